"""A real browser: the system's Chromium, driven by Playwright; without one the tests say so."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage

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
BOTH_LOOKS = os.environ.get("SAYSO_TEST_CROWD") == "1"


class Tab:
    """One tab of a browser on one server; it notes what goes wrong and where requests go."""

    def __init__(self, browser: "Browser", base: str, **options: Any):
        self.context = browser.new_context(base_url=base, **options)
        self.context.set_default_timeout(60_000)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note)
        self.page.on("request", lambda request: self.requests.append(request.url))

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
            if not BOTH_LOOKS and n != turn % len(LOOKS):
                continue
            found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
            faults = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]
            assert faults == []

    def show(self, width: int, scheme: Literal["dark", "light"]) -> None:
        """At another width and colour scheme; nothing is cut off."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width


OpenTab = Callable[..., Tab]


@pytest.fixture
def tab(chromium: "Browser") -> Iterator[OpenTab]:
    """``tab(client, width=360, dark=True, script=False)``: a tab on that client's server."""
    opened: list[Tab] = []

    def open_tab(
        client: httpx.Client, width: int = 1280, dark: bool = False, script: bool = True
    ) -> Tab:
        made = Tab(
            chromium, str(client.base_url), viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light", java_script_enabled=script,
        )  # fmt: skip
        opened.append(made)
        return made

    yield open_tab
    for one in opened:
        one.context.close()
