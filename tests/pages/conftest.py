"""A real browser: the system's Chromium, driven by Playwright; without one the tests say so."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest

from tests.conftest import AT_LENGTH

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """One browser for a module: while it is open, its event loop counts as the running one."""
    driver = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    known = (os.environ.get("SAYSO_TEST_CHROMIUM"), *map(shutil.which, BROWSERS))
    found = next(filter(None, known), None)
    if found is None:
        pytest.skip("no Chromium is installed: see CONTRIBUTING")
    with driver.sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=found, args=FLAGS)
        except driver.Error as refused:
            pytest.skip(f"{found} does not start: {refused.message[:200]}")
        yield browser
        browser.close()


LOOKS: list[tuple[int, Literal["dark", "light"]]] = [(360, "dark"), (1280, "light")]
"""How wide a page is shown, and in which colours."""
FAULTS = """axe.run({resultTypes: ['violations']}).then(found =>
    found.violations.map(one => `${one.id}: ${one.nodes[0].html}`))"""
"""Of all that axe says, only faults leave the browser: the rest is long."""
Wait = Literal["commit", "domcontentloaded", "load", "networkidle"]


class Tab:
    """One tab of a browser; it notes what goes wrong and where requests go."""

    def __init__(self, browser: "Browser"):
        self.context = browser.new_context()
        self.context.set_default_timeout(60_000)
        self.page = self.context.new_page()
        self.protocol = self.context.new_cdp_session(self.page)
        self.base = ""
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def begin(self, base: str, width: int = 1280, dark: bool = False, script: bool = True) -> None:
        """Be as a new tab is, on this server."""
        self.end()
        self.base, self.errors, self.requests = base, [], []
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(
            media="null", color_scheme="dark" if dark else "light",
            reduced_motion="null", forced_colors="null", contrast="null",
        )  # fmt: skip
        self.protocol.send("Emulation.setScriptExecutionDisabled", {"value": not script})

    def end(self) -> None:
        """Leave the server, while it is there, and forget all that was kept of it."""
        if not self.base:
            return
        self.context.set_offline(False)
        if not self.page.url.startswith(f"{self.base}/"):
            self.page.goto(f"{self.base}/pages/icon.svg")
        self.page.evaluate("sessionStorage.clear()")  # what a tab keeps goes only on a page of it
        self.page.goto("about:blank")
        self.page.mouse.move(-1, -1)
        self.context.clear_cookies()
        self.context.clear_permissions()
        stored = {"origin": self.base, "storageTypes": "all"}
        self.protocol.send("Storage.clearDataForOrigin", stored)
        self.protocol.send("Network.clearBrowserCache")
        self.base = ""

    def open(self, path: str, wait_until: Wait = "load") -> "Page":
        """Show a page of the server; `networkidle` where what comes late is to be seen, too."""
        self.page.goto(self.base + path, wait_until=wait_until)
        return self.page

    def _note(self, message: "ConsoleMessage") -> None:
        if message.type == "error" and "status of" not in message.text:
            self.errors.append(message.text)

    def check_accessibility(self, turn: int) -> None:
        """Axe finds no fault, and nothing is cut off, on a phone in the dark or wide and light.

        Axe takes turns, for all pages have one stylesheet; the long form has it do both.
        """
        axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
        self.page.evaluate(axe.axe_script)
        for n, look in enumerate(LOOKS):
            self.show(*look)
            if not AT_LENGTH and n != turn % len(LOOKS):
                continue
            assert self.page.evaluate(FAULTS) == []

    def show(self, width: int, scheme: Literal["dark", "light"]) -> None:
        """At another width and colour scheme; nothing is cut off."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width


OpenTab = Callable[..., Tab]


@pytest.fixture(scope="module")
def only_tab(chromium: "Browser") -> Tab:
    """One for a module: to open another takes longer than most pages do."""
    return Tab(chromium)


@pytest.fixture
def tab(only_tab: Tab) -> Iterator[OpenTab]:
    """``tab(client, width=360, dark=True, script=False)``: a tab on that client's server.

    It is the same one for all tests of a module. When a test ends (`Tab.end`) it goes online and to
    an empty page, and drops cookies, permissions, every kind of storage and the files it has kept;
    when one begins, its width, colours, medium and script are as asked for, and nothing is noted.
    `test_browser.py` holds it to that.
    """

    def open_tab(client: httpx.Client, **asked: Any) -> Tab:
        only_tab.begin(str(client.base_url).rstrip("/"), **asked)
        return only_tab

    yield open_tab
    only_tab.end()
