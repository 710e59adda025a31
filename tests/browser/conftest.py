"""What browser tests share: a Chromium, the web as a process of its own, pages that tell tales."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from satu.project.gateways import free_port
from tests.browser.web import Webs
from tests.browsers import chromium

if TYPE_CHECKING:
    from tests.live_city import LiveCity

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
START_SECONDS = 60
DELAY_S = 900


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a module, and gone after them.

    Playwright keeps an event loop running in this thread, in which Django refuses to be asked
    and asyncio.run to start: Django is told to answer, and other tests come after the end.
    """
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        launched = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        yield launched
        launched.close()


@pytest.fixture
def city(database: Any) -> LiveCity:
    from tests.live_city import LiveCity

    return LiveCity(database)


@pytest.fixture(scope="session")
def webs() -> Iterator[Webs]:
    made = Webs(SATU_PUBLIC_DELAY=str(DELAY_S))
    yield made
    made.end()


@pytest.fixture
def web(city: LiveCity, webs: Webs) -> Iterator[str]:
    """The address of a web process that serves the test's database."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with webs.serving(port):
        _wait_for(f"{address}/healthz")
        yield address


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            assert time.monotonic() < deadline, f"{address} does not answer"
            time.sleep(0.02)


class Visitor:
    """A browser of its own; `faults` are outside requests, errors and broken answers."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("request", self._note_request)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", self._note_line)

    def _note_request(self, request: Request) -> None:
        if request.url.startswith("data:"):
            return
        if urlsplit(request.url).netloc != urlsplit(self.address).netloc:
            self.faults.append(f"outside: {request.url}")

    def _note_line(self, line: Any) -> None:
        if line.type in ("error", "warning"):
            self.faults.append(f"console: {line.text}")

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture
def visit(browser: Browser, web: str) -> Iterator[Callable[..., Visitor]]:
    """`visit(width, height, **context options)`: a new visitor; it must find no fault."""
    opened: list[Visitor] = []

    def new(width: int = 1280, height: int = 800, **options: Any) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        opened.append(Visitor(context, web))
        return opened[-1]

    yield new
    faults = [fault for visitor in opened for fault in visitor.faults]
    for visitor in opened:
        visitor.context.close()
    assert faults == []
