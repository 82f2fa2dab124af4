"""Rules of axe-core over every kind of page, light, dark and phone. Skipped, visibly, where axe-core is not installed:
pip install --target ~/.cache/scanyard/axe axe-core-python (or PYTHONPATH, or SCANYARD_AXE=path/to/axe.min.js)."""
import glob
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import SKIPPED, Browser, Preview  # noqa: E402 (the folder is no package)


def find_axe():
    """The path of axe.min.js, or the end of the tests as skipped."""
    cache = os.environ.get("SCANYARD_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "scanyard")
    folders = [os.path.join(cache, "axe")] + sys.path
    candidates = [os.environ.get("SCANYARD_AXE", "")]
    for folder in folders:
        candidates += sorted(glob.glob(os.path.join(folder or ".", "axe_core_python", "**", "axe*.js"), recursive=True))
    for candidate in candidates:
        if candidate and os.path.isfile(candidate):
            return candidate
    print("SKIPPED: axe-core is not installed; see the top of tests/browser/accessibility_test.py")
    sys.exit(SKIPPED)


AXE = find_axe()


class AccessibilityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.preview = Preview()
        cls.browser.driver.get(cls.preview.address_with_token)
        with open(AXE, encoding="utf-8") as script:
            cls.axe = script.read()

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.preview.stop()

    def check(self, path):
        self.browser.driver.get(self.preview.address + path)
        self.browser.script(self.axe)
        result = self.browser.driver.execute_async_script(
            "const done = arguments[0];"
            "axe.run(document).then(done, e => done({violations: [{id: String(e), nodes: []}]}))")
        faults = [f"{fault['id']}: {node['html'][:160]}" for fault in result["violations"] for node in fault["nodes"]]
        self.assertEqual(faults, [])

    def test_every_kind_of_page_keeps_the_rules(self):
        failed = [run["run"] for run in self.preview.json("/api/sweeps/2/cells/32")["members"]
                  if run["state"] == "failed"][0]
        paths = ["/", "/sweeps/1", "/sweeps/2", "/sweeps/3", "/sweeps/2/cells/32", "/runs/" + failed, "/workers",
                 "/coordinator", "/nowhere"]
        for width, scheme in ((1280, "light"), (1280, "dark"), (360, "light")):
            self.browser.size(width, 900, phone=width < 500)
            self.browser.media(scheme=scheme)
            for path in paths:
                with self.subTest(path=path, width=width, scheme=scheme):
                    self.check(path)


if __name__ == "__main__":
    unittest.main()
