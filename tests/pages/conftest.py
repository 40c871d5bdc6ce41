"""A real browser: the system's Chromium, driven by Playwright; without one the tests say so."""

import os
import shutil
from collections.abc import Iterator

import httpx
import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> Iterator[playwright.Browser]:  # type: ignore[valid-type]
    """One browser for all tests of a worker."""
    found = os.environ.get("SAYSO_TEST_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium is installed: see CONTRIBUTING")
    flags = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


class Tab:
    """One tab of a browser on one server; it notes what goes wrong and where requests go."""

    def __init__(self, browser: playwright.Browser, base: str, **options: object):  # type: ignore[valid-type]
        self.context = browser.new_context(base_url=base, **options)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._console)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _console(self, message: playwright.ConsoleMessage) -> None:  # type: ignore[valid-type]
        if message.type == "error" and "status of" not in message.text:
            self.errors.append(message.text)


@pytest.fixture
def tab(chromium: playwright.Browser) -> Iterator[object]:  # type: ignore[valid-type]
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
