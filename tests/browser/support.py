"""The preview server and a headless Chromium for the tests beside this file."""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request

SKIPPED = 77  # what ctest counts as skipped
DEADLINE_S = 60  # generous: many machines build beside the tests

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    print("SKIPPED: python3-selenium is not installed (scripts/setup.sh --test installs it)")
    sys.exit(SKIPPED)


def find_program(names):
    """The first of these programs that exists, or the end of the tests as skipped."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    print(f"SKIPPED: none of {', '.join(names)} is installed (scripts/setup.sh --test installs them)")
    sys.exit(SKIPPED)


CHROMIUM = find_program(["chromium", "chromium-browser", "google-chrome"])
CHROMEDRIVER = find_program(["chromedriver", "/usr/lib/chromium-browser/chromedriver"])


class Preview:
    """A running web_preview: serves known data, and changes them on a line of its stdin."""

    def __init__(self, *arguments):
        program = os.path.join(os.environ["SCANYARD_BIN_DIR"], "web_preview")
        self.process = subprocess.Popen([program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address_with_token = self.process.stdout.readline().strip()
        self.address, self.token = self.address_with_token.split("/?token=")
        self.port = int(self.address.rsplit(":", 1)[1])

    def tell(self, line):
        """Changes the data and returns when it has happened."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if answer != "ok":
            raise AssertionError(f"web_preview answered '{answer}' to '{line}'")

    def json(self, path):
        """The data behind a page."""
        request = urllib.request.Request(self.address + path, headers={"Authorization": "Bearer " + self.token})
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as reply:
            return json.load(reply)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(DEADLINE_S)
        self.process.stdout.close()


class Browser:
    """A headless Chromium with a fresh profile."""

    def __init__(self, scripts=True):
        self.profile = tempfile.mkdtemp(prefix="scanyard-browser-")
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                     f"--user-data-dir={self.profile}"):
            options.add_argument(flag)
        if not scripts:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service(CHROMEDRIVER), options=options)
        self.driver.set_page_load_timeout(DEADLINE_S)
        self.size(1280, 900)

    def quit(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def size(self, width, height, phone=False):
        """The size of the page itself; windows have a smallest width."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                     mobile=phone)

    def media(self, media="", scheme="light"):
        self.command("Emulation.setEmulatedMedia", media=media,
                     features=[{"name": "prefers-color-scheme", "value": scheme}])

    def command(self, name, **arguments):
        return self.driver.execute_cdp_cmd(name, arguments)

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def wait(self, condition, what):
        """Waits until condition(driver) holds; elements that are replaced meanwhile are asked again."""
        WebDriverWait(self.driver, DEADLINE_S, poll_frequency=0.05).until(condition, what)

    def find(self, selector):
        return self.driver.find_element("css selector", selector)

    def find_all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def text(self, selector):
        return self.script("return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def colour(self, selector, what):
        """A computed colour as [red, green, blue], 0 to 255."""
        value = self.script("return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]", selector,
                            what)
        return [float(part) for part in value[value.index("(") + 1:-1].split(",")[:3]]

    def errors(self):
        """What the console complained about since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] != "INFO"]

    def requested_addresses(self):
        """Everything that was asked of any server since the last call."""
        addresses = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                addresses.append(message["params"]["request"]["url"])
        return addresses

    def pdf(self):
        return base64.b64decode(self.command("Page.printToPDF", printBackground=False)["data"])
