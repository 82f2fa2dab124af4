"""The page in headless Chromium, over the known data of web_preview. Run by ctest; by hand:
SCANYARD_BIN_DIR=build/debug/bin /usr/bin/python3 tests/browser/page_test.py [-v] [PageTest.test_name]"""
import math
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import Browser, Preview  # noqa: E402 (the folder is no package)

from selenium.webdriver.common.keys import Keys  # noqa: E402


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()

    def setUp(self):
        self.preview = Preview()
        self.addCleanup(self.close)
        self.browser.media()
        self.browser.size(1280, 900)
        self.browser.driver.get(self.preview.address_with_token)
        self.browser.errors()
        self.browser.requested_addresses()

    def close(self):
        self.browser.driver.get("about:blank")
        self.preview.stop()

    def open(self, path):
        self.browser.driver.get(self.preview.address + path)

    def wait_until_live(self):
        self.browser.wait(lambda _: self.browser.text("#live") == "Live", "the page says that it is live")

    def pages(self):
        """One address of each kind of page, with a run of each state."""
        paths = ["/", "/sweeps/1", "/sweeps/2", "/sweeps/3", "/sweeps/4", "/sweeps/1/cells/12", "/sweeps/2/cells/32",
                 "/sweeps/3/cells/35", "/workers", "/coordinator"]
        states = set()
        for sweep, cell in ((2, 32), (2, 33), (3, 35)):
            for run in self.preview.json(f"/api/sweeps/{sweep}/cells/{cell}")["members"]:
                if run["state"] not in states:
                    paths.append("/runs/" + run["run"])
                states.add(run["state"])
        self.assertEqual(states, {"queued", "running", "finished", "diverged", "failed", "cancelled"})
        return paths

    def test_the_token_leaves_the_address_and_stays_in_a_cookie_that_scripts_cannot_read(self):
        self.assertEqual(self.browser.driver.current_url, self.preview.address + "/")
        self.assertEqual(self.browser.script("return document.cookie"), "")
        self.browser.driver.delete_all_cookies()
        self.open("/sweeps/1")
        self.assertIn("Not signed in", self.browser.text("h1"))
        self.assertEqual(self.browser.find_all("nav"), [])

    def test_every_page_renders_without_a_complaint_and_asks_only_this_server(self):
        for path in self.pages():
            with self.subTest(path):
                self.open(path)
                self.wait_until_live()
                self.assertTrue(self.browser.text("h1").strip())
                self.assertEqual(self.browser.errors(), [])
                self.assertEqual(self.browser.driver.title, self.browser.find("main").get_attribute("data-title"))
        addresses = [address for address in self.browser.requested_addresses() if not address.startswith("about:")]
        self.assertGreater(len(addresses), 20)
        for address in addresses:
            self.assertTrue(address.startswith(self.preview.address + "/"), address)

    def test_hostile_names_and_logs_do_nothing(self):
        for path in self.pages():
            self.open(path)
            self.assertEqual(self.browser.find_all("main script, main img, main [onload], main [onerror]"), [])
            self.assertNotIn("taken over", self.browser.driver.title)

    def test_the_table_shows_the_numbers_of_the_model(self):
        self.open("/sweeps/2")
        rows = [[cell.text for cell in row.find_elements("css selector", "th, td")]
                for row in self.browser.find_all("#results tbody tr")]
        self.assertEqual(rows[1][:6], ["bdlru", "1", "0.562", "0.56", "+0.002", "0.528 ± 0.023"])
        self.assertEqual(rows[1][8:12], ["5 of 8", "0 of 5 (0 to 43 %)", "1", "1"])
        self.assertEqual(rows[2][:5], ["bdlru", "2", "no result yet", "1.00", ""])
        self.open("/sweeps/1")
        cells = self.preview.json("/api/sweeps/1/table")["cells"]
        self.assertEqual(len(cells), 30)
        shown = [cell.text for cell in self.browser.find_all("#results .value")]
        self.assertEqual(sorted(shown), sorted(f"{cell['value']:.3f}" for cell in cells))
        # What the best of 5 of these 45 runs would be, over all choices: counted here once more.
        values = sorted(run["value"] for run in self.preview.json("/api/sweeps/1/cells/12")["members"])
        expected = sum(value * math.comb(below, 4) for below, value in enumerate(values)) / math.comb(len(values), 5)
        self.assertIn("0.613\npublished 0.62 (−0.007)\nmean 0.533 ± 0.062\nbest of 5, "
                      f"expected {expected:.3f}\n"
                      "45 of 45 runs\n0 solved (0 to 8 %)",
                      [cell.text for cell in self.browser.find_all("#results td")])

    def test_what_happens_shows_without_a_reload_and_the_reader_keeps_their_place(self):
        self.open("/sweeps/2")
        self.wait_until_live()
        self.browser.size(1280, 500)
        self.browser.script("""
            window.same_page = true;
            document.querySelector('details:last-of-type').open = true;
            document.querySelector('.links a[href$="table.csv"]').focus();
            window.scrollTo(0, 300);""")
        before = self.browser.script("return window.scrollY")
        self.assertGreater(before, 200)
        self.preview.tell("finish 12")
        self.browser.wait(lambda _: "24 finished" in self.browser.text(".counts"), "the new results are shown")
        self.browser.wait(lambda _: "0.999" in self.browser.text("#results"), "the table has the new number")
        self.assertTrue(self.browser.script("return window.same_page === true"))
        self.assertTrue(self.browser.script("return document.querySelector('details:last-of-type').open"))
        self.assertTrue(self.browser.script("return document.activeElement.href.endsWith('table.csv')"))
        self.assertEqual(self.browser.script("return window.scrollY"), before)
        self.assertIn("bdlru m=2", self.browser.text("svg.plot"))
        self.assertEqual(self.browser.errors(), [])

    def test_a_notice_that_comes_and_goes_above_takes_neither_focus_nor_scroll_position(self):
        self.open("/sweeps/2")
        self.wait_until_live()
        self.browser.size(600, 700)
        self.browser.script("""
            document.querySelector('#results').parentElement.scrollLeft = 70;
            document.querySelector('.links a[href$="table.csv"]').focus();""")

        def check():
            self.assertTrue(self.browser.script("return document.activeElement.href?.endsWith('table.csv') === true"))
            self.assertEqual(
                self.browser.script("return document.querySelector('#results').parentElement.scrollLeft"), 70)

        self.preview.tell("lose")
        self.browser.wait(lambda _: "no worker is connected" in self.browser.text("main"), "the notice comes")
        check()
        self.preview.tell("finish 100")
        self.browser.wait(lambda _: "no worker is connected" not in self.browser.text("main"), "the notice goes")
        check()
        self.assertEqual(self.browser.errors(), [])

    def test_rows_that_change_places_end_where_the_server_has_them(self):
        self.open("/sweeps/2/cells/33")
        self.wait_until_live()
        self.preview.tell("finish 4")
        rows = "return [...document.querySelectorAll('#runs tbody tr')].map(row => row.id)"
        address = self.browser.driver.current_url
        self.open_in_background_and_wait("/sweeps/2/cells/33")
        self.browser.wait(lambda _: self.browser.script("return document.querySelector('#runs tr.best') !== null"),
                          "the best run is marked")
        merged = self.browser.script(rows)
        self.browser.driver.get(address)
        self.assertEqual(merged, self.browser.script(rows))

    def test_a_scrolled_table_and_a_selection_stay_as_they_are(self):
        self.open("/sweeps/1")
        self.wait_until_live()
        self.browser.size(400, 800)
        self.browser.script("""
            document.querySelector('#results').parentElement.scrollLeft = 90;
            getSelection().selectAllChildren(document.querySelector('h1 bdi'));""")
        self.preview.tell("submit another")
        self.open_in_background_and_wait("/sweeps/1")
        self.assertEqual(self.browser.script("return document.querySelector('#results').parentElement.scrollLeft"), 90)
        self.assertEqual(self.browser.script("return getSelection().toString()"), "permutations")

    def open_in_background_and_wait(self, path):
        """Waits until the open page has fetched its content once more."""
        count = "return performance.getEntriesByType('resource').filter(e => e.name.includes('fragment=1')).length"
        self.browser.wait(lambda _: self.browser.script(count) > 0, f"{path} was fetched again")

    def test_new_sweeps_failures_and_lost_workers_appear(self):
        self.wait_until_live()
        self.preview.tell("submit second-try")
        self.browser.wait(lambda _: "second-try" in self.browser.text("main"), "the new sweep is listed")
        self.assertIn("second-try", self.browser.text("#sweep-5"))
        self.open("/workers")
        self.wait_until_live()
        self.preview.tell("lose")
        self.browser.wait(lambda _: "No worker is connected now." in self.browser.text("main"), "workers are lost")
        self.assertIn("scanyard-worker --join /data/scanyard/join/worker.yaml", self.browser.text(".command"))

    def test_a_database_that_breaks_is_told_on_the_open_page(self):
        self.open("/workers")
        self.wait_until_live()
        self.preview.tell("break")
        self.browser.wait(lambda _: "damaged at page 17" in self.browser.text("main"), "the error is shown")

    def test_a_server_that_goes_away_is_noticed_and_found_again(self):
        token = "a-token-that-stays-the-same"
        first = Preview("--token", token)
        self.browser.driver.get(first.address_with_token)
        self.wait_until_live()
        self.browser.script("window.same_page = true")
        first.stop()
        self.browser.wait(lambda _: "No connection" in self.browser.text("#live"), "the loss is noticed")
        second = Preview("--token", token, "--port", str(first.port))
        self.addCleanup(second.stop)
        self.wait_until_live()
        second.tell("submit after-the-restart")
        self.browser.wait(lambda _: "after-the-restart" in self.browser.text("main"), "news arrive again")
        self.assertTrue(self.browser.script("return window.same_page === true"))

    def test_a_server_with_a_new_token_says_that_one_is_signed_out(self):
        first = Preview()
        self.browser.driver.get(first.address_with_token)
        self.wait_until_live()
        first.stop()
        second = Preview("--port", str(first.port))
        self.addCleanup(second.stop)
        self.browser.wait(lambda _: "Signed out" in self.browser.text("#live"), "the new token is noticed")
        self.assertIn("permutations", self.browser.text("main"))

    def test_many_open_tabs_do_not_starve_each_other(self):
        driver = self.browser.driver
        first = driver.current_window_handle
        for _ in range(8):
            driver.switch_to.new_window("tab")
            self.open("/workers")
        self.wait_until_live()
        self.preview.tell("lose")
        self.browser.wait(lambda _: "No worker is connected now." in self.browser.text("main"), "the last tab follows")
        for handle in driver.window_handles:
            if handle != first:
                driver.switch_to.window(handle)
                driver.close()
        driver.switch_to.window(first)

    def test_nothing_is_wider_than_a_phone(self):
        self.browser.size(360, 740, phone=True)
        for path in self.pages():
            with self.subTest(path):
                self.open(path)
                self.assertLessEqual(self.browser.script("return document.documentElement.scrollWidth"), 360)
                outside = self.browser.script("""
                    return [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, .skip, thead, svg')
                        && e.getBoundingClientRect().right > 361).map(e => e.outerHTML.slice(0, 80))""")
                self.assertEqual(outside, [])
                small = self.browser.script("""
                    return [...document.querySelectorAll('svg.plot.on-narrow text')].filter(
                        e => e.getBoundingClientRect().height < 9).length""")
                self.assertEqual(small, 0)
                hidden = self.browser.script("""
                    return [...document.querySelectorAll('svg.plot.on-narrow, caption span')].filter(
                        e => e.getBoundingClientRect().right > 361).map(e => e.outerHTML.slice(0, 80))""")
                self.assertEqual(hidden, [], "plots and captions are seen whole, without scrolling sideways")
                for plot in self.browser.find_all("svg.plot.on-wide"):
                    self.assertFalse(plot.is_displayed())

    def test_dark_mode_is_dark_with_readable_text_and_plots(self):
        self.open("/sweeps/1")
        light = self.browser.colour("svg.plot .c0", "color")
        self.browser.media(scheme="dark")
        self.assertLess(max(self.browser.colour("body", "backgroundColor")), 60)
        self.assertGreater(min(self.browser.colour("body", "color")), 200)
        self.assertGreater(min(self.browser.colour("svg.plot .legend text", "fill")), 200)
        self.assertNotEqual(self.browser.colour("svg.plot .c0", "color"), light)

    def test_a_page_prints_without_its_controls_in_black_on_white(self):
        self.open("/sweeps/1")
        pdf = self.browser.pdf()
        self.assertTrue(pdf.startswith(b"%PDF-"))
        self.assertGreater(len(pdf), 20000)
        self.browser.media(media="print", scheme="dark")
        for selector in ("nav", ".find", ".live", ".links"):
            self.assertFalse(self.browser.find(selector).is_displayed(), selector)
        self.assertFalse(self.browser.find("#spec").is_displayed())
        headings = [heading.text for heading in self.browser.find_all("h2") if heading.is_displayed()]
        self.assertIn("Results", headings)
        self.assertNotIn("Spec", headings)
        self.assertEqual(self.browser.colour("body", "backgroundColor"), [255, 255, 255])
        self.assertEqual(self.browser.colour("body", "color"), [0, 0, 0])

    def test_everything_can_be_reached_with_the_keyboard(self):
        self.open("/sweeps/1")
        active = self.browser.driver.switch_to
        reached = []
        for _ in range(120):
            active.active_element.send_keys(Keys.TAB)
            element = active.active_element
            if element.tag_name == "body":
                break
            outline = self.browser.script("return getComputedStyle(document.activeElement).outlineStyle")
            self.assertNotEqual(outline, "none", element.get_attribute("outerHTML")[:100])
            reached.append(element)
        self.assertEqual(reached[0].get_attribute("class"), "skip")
        for selector in ("a[href]", "input", "button.find, .find button", ".scroll", "summary"):
            missed = [element for element in self.browser.find_all(selector)
                      if element not in reached and not element.find_elements("xpath", "ancestor::details")]
            self.assertEqual([element.get_attribute("outerHTML")[:80] for element in missed
                              if element.tag_name != "summary"], [], selector)

    def test_keys_skip_the_header_open_details_and_scroll_a_wide_table(self):
        self.browser.size(500, 800)
        self.open("/sweeps/1")
        self.browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        self.browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
        self.assertTrue(self.browser.driver.current_url.endswith("#main"))
        self.browser.find("details summary").send_keys(Keys.ENTER)
        self.assertTrue(self.browser.script("return document.querySelector('details').open"))
        box = self.browser.find(".scroll")
        for _ in range(3):
            box.send_keys(Keys.ARROW_RIGHT)
        self.browser.wait(lambda _: self.browser.script("return document.querySelector('.scroll').scrollLeft") > 0,
                          "the table has scrolled")

    def test_a_reader_gets_from_a_sweep_to_the_command_that_repeats_its_best_run(self):
        self.browser.find("#sweep-2 a").click()
        self.assertEqual(self.browser.text("h1 bdi"), "demo")
        self.browser.find("#cell-32 a").click()
        self.assertEqual(self.browser.text(".big"), "0.562")
        self.browser.find("#runs tr.best a").click()
        self.assertIn('scanyard-train --shape \'{"batch":128,', self.browser.text("main"))
        self.assertEqual(self.browser.find_all("svg.plot")[0].get_attribute("role"), "img")
        self.browser.find(".crumbs a[href='/sweeps/2']").click()
        self.assertEqual(self.browser.text("h1 bdi"), "demo")

    def test_a_run_is_found_by_the_start_of_its_id(self):
        run = self.preview.json("/api/sweeps/2/cells/32")["members"][0]["run"]
        self.browser.find("#find-run").send_keys(run[:9], Keys.ENTER)
        self.browser.wait(lambda d: d.current_url.endswith("/runs/" + run), "the run's page is open")
        self.browser.find("#find-run").send_keys("nonsense", Keys.ENTER)
        self.browser.wait(lambda _: "Not found" in self.browser.text("h1"), "an unknown run is told")

    def test_a_command_is_copied(self):
        self.browser.command("Browser.grantPermissions", origin=self.preview.address,
                             permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        self.open("/sweeps/2")
        self.browser.find(".copy").click()
        self.browser.wait(lambda _: self.browser.text(".copy") == "Copied", "the button answers")
        copied = self.browser.driver.execute_async_script(
            "const done = arguments[0]; navigator.clipboard.readText().then(done, e => done(String(e)))")
        self.assertEqual(copied, self.browser.text(".command code"))

    def test_pages_are_whole_without_scripts(self):
        plain = Browser(scripts=False)
        self.addCleanup(plain.quit)
        plain.driver.get(self.preview.address_with_token)
        plain.driver.get(self.preview.address + "/sweeps/2")
        self.assertIn("0.562", plain.find("#results").text)
        # The driver never counts what stands in <noscript> as shown, so its size is asked.
        self.assertIn("reload the page", plain.text("noscript"))
        self.assertGreater(plain.script("return document.querySelector('noscript').getBoundingClientRect().width"), 50)
        self.assertFalse(plain.find(".copy").is_displayed())
        plain.find("details summary").click()
        self.assertTrue(plain.find("details pre, details table").is_displayed())

    def test_an_empty_page_says_what_to_do_next(self):
        empty = Preview("--empty")
        self.addCleanup(empty.stop)
        self.browser.driver.get(empty.address_with_token)
        self.assertIn("No sweeps yet.", self.browser.text("main"))
        self.assertIn("scanyard submit ", self.browser.text("main"))
        self.browser.driver.get(empty.address + "/workers")
        self.assertIn("No worker has ever connected.", self.browser.text("main"))


if __name__ == "__main__":
    unittest.main()
