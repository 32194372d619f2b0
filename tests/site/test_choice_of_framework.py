"""The framework that a reader chooses holds: in all tabs, on all pages, in all languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from polybook.config import Book

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NO_STORAGE = """
    Object.defineProperty(window, "localStorage", {get() { throw new DOMException("no"); }});
"""


@pytest.fixture
def chapter(site: str, this_book: Book, tabbed: str) -> str:
    """The address of a page with tabs in the source language."""
    return f"{site}{this_book.source_language.url}/{tabbed}.html"


@pytest.fixture
def last(shown_frameworks: tuple[str, ...]) -> str:
    """A framework that is not the one shown without a choice."""
    return shown_frameworks[-1]


def choose(page: Page, framework: str, number: int = 0) -> None:
    page.locator(f"label.sd-tab-label[data-sync-id={framework}]").nth(number).click()


def shown(page: Page) -> set[str]:
    script = "all => all.map(label => label.dataset.syncId)"
    return set(page.eval_on_selector_all("input:checked + label.sd-tab-label", script))


def test_a_framework_holds_in_all_tabs_on_all_pages_and_in_new_ones(
    site: str,
    chapter: str,
    tabbed: str,
    this_book: Book,
    page: Page,
    new_page: Callable[[], Page],
    shown_frameworks: tuple[str, ...],
    last: str,
) -> None:
    page.goto(chapter)
    assert shown(page) == {shown_frameworks[0]}
    choose(page, last)
    assert shown(page) == {last}
    page.reload()
    assert shown(page) == {last}
    page.goto(f"{site}{this_book.languages[-1].url}/{tabbed}.html")
    assert shown(page) == {last}
    other = new_page()
    other.goto(chapter)
    assert shown(other) == {last}


def test_a_tab_below_the_first_ones_changes_them_too(chapter: str, page: Page, last: str) -> None:
    page.goto(chapter)
    choose(page, last, 1)
    assert shown(page) == {last}
    # those in a folded solution are not visible
    tabs = page.locator(".sd-tab-set:visible").count()
    assert page.locator(".sd-tab-content:visible").count() == tabs > 1


def test_the_tabs_work_by_keyboard(
    chapter: str, page: Page, shown_frameworks: tuple[str, ...]
) -> None:
    page.goto(chapter)
    page.locator(".sd-tab-set > input:checked").first.focus()
    page.keyboard.press("ArrowRight")
    assert shown(page) == {shown_frameworks[1]}


def test_the_address_may_name_the_framework_and_it_holds(
    chapter: str, page: Page, last: str
) -> None:
    page.goto(f"{chapter}?framework={last}")
    assert shown(page) == {last}
    page.goto(chapter)
    assert shown(page) == {last}


def test_an_unknown_framework_changes_nothing(chapter: str, page: Page, last: str) -> None:
    page.goto(f"{chapter}?framework={last}")
    page.goto(f"{chapter}?framework=nonsense&x=1#summary")
    assert shown(page) == {last}
    assert page.url == f"{chapter}?x=1#summary"


def test_a_later_choice_wins_over_the_address(
    chapter: str, page: Page, shown_frameworks: tuple[str, ...], last: str
) -> None:
    page.goto(f"{chapter}?framework={last}")
    choose(page, shown_frameworks[0])
    page.reload()
    assert shown(page) == {shown_frameworks[0]}


def test_without_storage_the_pages_work(
    site: str,
    chapter: str,
    this_book: Book,
    browser: Browser,
    shown_frameworks: tuple[str, ...],
    last: str,
) -> None:
    with browser.new_context() as context:
        page = context.new_page()  # unwatched: the theme's own scripts complain
        page.add_init_script(NO_STORAGE)
        page.goto(f"{chapter}?framework={last}")
        assert shown(page) == {last}
        choose(page, shown_frameworks[0], 1)
        assert shown(page) == {shown_frameworks[0]}
        page.goto(site)
        page.wait_for_url(f"{site}{this_book.source_language.url}/{this_book.pages[0]}.html")
