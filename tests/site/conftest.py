"""A browser on the really built site of this book, which fails a test for whatever goes wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from serving import serve

from polybook.config import Book, Language

sync_api = pytest.importorskip("playwright.sync_api")
Browser, BrowserContext, Page = sync_api.Browser, sync_api.BrowserContext, sync_api.Page

# No sandbox, as a container has none; and nothing that speaks to the network by itself.
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def site(built_site: Path) -> Iterator[str]:
    """The address of the built site's root, with a slash at its end."""
    with serve(built_site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: `CHROMIUM`, or the system's; with `POLYBOOK_BROWSER=required` there must be one."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        if os.environ.get("POLYBOOK_BROWSER") == "required":
            pytest.fail("there is no chromium here; CHROMIUM may name one")
        pytest.skip("needs chromium")
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, args=[*CHROMIUM_OPTIONS])
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader who has never been here, on a wide window, with an English browser."""
    with browser.new_context(locale="en-US") as opened:
        yield opened


def _watch(page: Page, site: str, problems: list[str]) -> Page:
    """Note every error of a script, on the console and of a request, and every other host."""
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("console", lambda message: _note_message(message, problems))
    page.on("requestfailed", lambda request: _note_failure(request, problems))
    page.on("response", lambda response: _note_response(response, site, problems))
    return page


@pytest.fixture
def new_page(site: str, context: BrowserContext) -> Iterator[Callable[[], Page]]:
    """Opens tabs of which whatever goes wrong fails the test."""
    problems: list[str] = []
    yield lambda: _watch(context.new_page(), site, problems)
    assert problems == []


def _note_message(message: sync_api.ConsoleMessage, problems: list[str]) -> None:
    if message.type in ("error", "warning"):
        problems.append(f"console: {message.text}")


def _note_failure(request: sync_api.Request, problems: list[str]) -> None:
    if request.failure != "net::ERR_ABORTED":  # the page was left before the file was there
        problems.append(f"request: {request.url}: {request.failure}")


def _note_response(response: sync_api.Response, site: str, problems: list[str]) -> None:
    if response.status >= 400:
        problems.append(f"status {response.status}: {response.url}")
    if not response.url.startswith((site, "data:", "blob:")):
        problems.append(f"another host: {response.url}")


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    """A tab of which whatever goes wrong fails the test."""
    return new_page()


@dataclass(frozen=True)
class OpenPage:
    """A page that has loaded and is only looked at, and what went `wrong` with it."""

    tab: Page
    wrong: list[str]


@pytest.fixture(scope="session")
def look_at(site: str, browser: Browser) -> Iterator[Callable[[Language, str], OpenPage]]:
    """Opens a page of an edition, once for all tests that change nothing in it."""
    with browser.new_context(locale="en-US") as context:

        @cache
        def look(edition: Language, page: str) -> OpenPage:
            wrong: list[str] = []
            tab = _watch(context.new_page(), site, wrong)
            tab.goto(f"{site}{edition.url}/{page}.html")
            tab.wait_for_load_state("networkidle")
            tab.wait_for_timeout(100)  # the last scripts to start put others' words right
            return OpenPage(tab, wrong)

        yield look


@pytest.fixture(scope="session")
def tabbed(built_site: Path, this_book: Book, shown_frameworks: tuple[str, ...]) -> str:
    """A page that has tabs, such as `book/chapter`; skips where one framework is shown alone."""
    if len(shown_frameworks) < 2:
        pytest.skip("needs two frameworks")
    edition = built_site / this_book.source_language.url
    return next(
        page
        for page in this_book.pages
        if 'data-sync-group="framework"' in (edition / f"{page}.html").read_text(encoding="utf-8")
    )
