"""The town as people meet it: served on this machine, seen in a real Chromium."""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.simple_server import make_server as make_eid_server

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from werkzeug.serving import WSGIRequestHandler, make_server

from app.demo import eid
from tests.town import Town

WIDE = (1280, 900)
PROGRAMS = ("chromium", "chromedriver")
SWITCHES = (
    "--headless=new",
    # As root, as in a container, Chromium has no sandbox; it sees nothing but this machine.
    "--no-sandbox",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-features=OptimizationHints,OptimizationGuideOnDeviceModel,Translate,MediaRouter",
    # Pages are too short-lived for what is compiled at leisure to pay: docs/decisions/0040.
    "--js-flags=--no-opt --no-maglev",
    "--lang=sv-SE",
    f"--window-size={WIDE[0]},{WIDE[1]}",
)


class Quiet(WSGIRequestHandler):
    """The application logs by itself."""

    def log(self, type: str, message: str, *arguments: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(server: Any) -> Iterator[None]:
    """Serve in a thread until left."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@pytest.fixture(scope="session")
def site(town: Town) -> Iterator[str]:
    """The address of the served town."""
    server = make_server("127.0.0.1", town.port, town.app, threaded=True, request_handler=Quiet)
    server.daemon_threads = True
    with serving(server):
        yield town.settings.public_url


@pytest.fixture(scope="session")
def demonstration_e_id(town: Town) -> Iterator[None]:
    """The demonstration e-ID, on a site of its own."""
    application = eid.create(town.settings)
    with serving(
        make_eid_server("127.0.0.1", town.port_of_eid, application, eid.Server, eid.Quiet)
    ):
        yield


@dataclass
class Chromium:
    """One browser for all tests of a worker; each test begins with nothing kept in it."""

    driver: webdriver.Chrome
    site: str
    runs_scripts: bool = True
    # The page that several checks look at, until somebody goes elsewhere.
    shows: object = None

    def forget(self) -> None:
        """As if it had just been bought."""
        self.forget_all_but_the_page()
        # A page of the same site: to leave the site would cost a new process each time.
        self.driver.get(self.site + "/health/live")

    def forget_all_but_the_page(self) -> None:
        """The same, for whoever leaves the page at once."""
        self.shows = None
        self.told("Network.clearBrowserCookies")
        self.run_scripts(True)
        self.prefer_nothing()

    def prefer_nothing(self) -> None:
        """An ordinary window of somebody who has changed no setting."""
        self.told("Emulation.clearDeviceMetricsOverride")
        self.prefer()
        self.set_text_size(1)

    def run_scripts(self, yes: bool) -> None:
        """Run the scripts of pages, or none of them."""
        self.runs_scripts = yes
        self.told("Emulation.setScriptExecutionDisabled", value=not yes)

    def told(self, command: str, **parameters: Any) -> Any:
        """A command of the developer tools."""
        return self.driver.execute_cdp_cmd(command, parameters)

    def prefer(self, **features: str) -> None:
        """What the person has set in the system: color_scheme="dark", forced_colors="active"."""
        wanted = [
            {
                "name": f"{'prefers-' if name == 'color_scheme' else ''}{name}".replace("_", "-"),
                "value": value,
            }
            for name, value in features.items()
        ]
        self.told("Emulation.setEmulatedMedia", features=wanted)

    def narrow(self, width: int, height: int = 800) -> None:
        """A window of this width."""
        self.told(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def set_text_size(self, times: float) -> None:
        """How large the person has set text in the browser."""
        self.told(
            "Page.setFontSizes",
            fontSizes={"standard": round(16 * times), "fixed": round(13 * times)},
        )

    def hold(self, cookies: dict[str, str]) -> None:
        """Have these cookies."""
        for name, value in cookies.items():
            self.told("Network.setCookie", name=name, value=value, url=self.site, path="/")

    def get(self, address: str) -> "Chromium":
        """Go to an address of the town."""
        self.driver.get(self.site + address)
        return self

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script on the page returns."""
        return self.driver.execute_script(script, *arguments)

    @property
    def status(self) -> int:
        """The status with which the present page came."""
        script = "return performance.getEntriesByType('navigation')[0].responseStatus"
        return int(self.run(script))

    @property
    def heading(self) -> str:
        """The page's h1."""
        return self.driver.find_element(By.TAG_NAME, "h1").text

    @property
    def text(self) -> str:
        """What is read in the main part."""
        return self.driver.find_element(By.TAG_NAME, "main").text

    def find(self, path: str) -> WebElement:
        """The first element by XPath."""
        return self.driver.find_element(By.XPATH, path)

    def press(self, words: str, *, where: str = "main", onwards: str = "") -> "Chromium":
        """Press the visible button or link with these words, and wait for where it leads.

        `onwards` is a part of the address to wait for, when scripts on the way may lead further.
        """
        path = f"//{where}//*[self::button or self::a][contains(normalize-space(.), '{words}')]"
        try:
            before = self._click(path, words)
        except StaleElementReferenceException:
            # The page read itself again meanwhile: a finger finds the button of the new one.
            before = self._click(path, words)
        self._wait(lambda: self._has_left(before))
        if onwards and self.runs_scripts:
            self._wait(lambda: onwards in self.driver.current_url)
        return self

    def _click(self, path: str, words: str) -> WebElement:
        before = self.driver.find_element(By.TAG_NAME, "html")
        seen = [
            each
            for each in self.driver.find_elements(By.XPATH, path)
            if each.is_displayed() and each.get_attribute("tabindex") != "-1"
        ]
        assert seen, f"nothing to press is called {words!r} at {self.driver.current_url}"
        seen[0].click()
        return before

    def _wait(self, until: Callable[[], bool]) -> None:
        ignored = (StaleElementReferenceException, NoSuchElementException)
        wait = WebDriverWait(self.driver, 10, 0.02, ignored_exceptions=ignored)
        wait.until(lambda _: until())

    def _has_left(self, page: WebElement) -> bool:
        now = self.driver.find_elements(By.TAG_NAME, "html")
        loaded = self.driver.find_elements(By.XPATH, "//footer | //form")
        return bool(now and loaded and now[0].id != page.id)

    def fill(self, name: str, text: str) -> "Chromium":
        """Type into the field with a name."""
        field = self.driver.find_element(By.NAME, name)
        field.clear()
        field.send_keys(text)
        return self

    def choose(self, name: str, value: str) -> "Chromium":
        """Choose an answer."""
        field = self.find(f"//input[@name='{name}'][@value='{value}']")
        self.find(f"//label[@for='{field.get_attribute('id')}']").click()
        return self


def started(folder: Path, *switches: str, **preferences: Any) -> webdriver.Chrome:
    """A Chromium that keeps its things in a folder, with what the person has set in it.

    Skips the test where there is none, except in continuous integration, where it fails.
    """
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing:
        told = f"{', '.join(missing)} is missing: apt-get install chromium chromium-driver"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(told)
    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    for switch in (*SWITCHES, *switches, f"--user-data-dir={folder}"):
        options.add_argument(switch)
    preferences["intl.accept_languages"] = "sv,sv-SE"
    options.add_experimental_option("prefs", preferences)
    driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    driver.set_script_timeout(60)
    driver.set_page_load_timeout(30)
    return driver


@pytest.fixture(scope="session")
def browser_program(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """Chromium, started once for each worker."""
    driver = started(tmp_path_factory.mktemp("chromium"))
    yield Chromium(driver, site)
    driver.quit()


@pytest.fixture
def chromium(browser_program: Chromium) -> Chromium:
    """The browser, with nothing kept from before."""
    browser_program.forget()
    return browser_program
