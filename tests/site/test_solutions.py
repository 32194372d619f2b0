"""Folded solutions open: by hand without scripts, by a link to what is in them, and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from polybook.config import Book

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

SOLUTION = "details.solution"


@pytest.fixture(scope="session")
def solved(built_site: Path, site: str, this_book: Book) -> str:
    """The address of a page with a folded solution that holds a figure, a table or a formula."""
    url = this_book.source_language.url
    return next(
        f"{site}{url}/{page}.html"
        for page in this_book.pages
        if _targets((built_site / url / f"{page}.html").read_text(encoding="utf-8"))
    )


def _targets(html: str) -> list[str]:
    """The names that links to the inside of folded solutions use."""
    soup = BeautifulSoup(html, "html.parser")
    kinds = ("figure", "table", "div.math")
    inside = ", ".join(f"{SOLUTION}:not([open]) {kind}[id]" for kind in kinds)
    return [str(target["id"]) for target in soup.select(inside)]


def _shows(solution: Locator) -> bool:
    shown: bool = solution.locator("p").first.evaluate("p => p.checkVisibility()")
    return shown


def test_a_solution_opens_without_scripts(browser: Browser, solved: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(solved)
        solution = page.locator(SOLUTION).first
        assert solution.get_attribute("open") is None
        solution.locator("summary").click()
        assert solution.get_attribute("open") is not None


def test_a_link_to_a_solution_or_into_it_opens_it(page: Page, solved: str) -> None:
    page.goto(solved)
    target = _targets(page.content())[0]
    solution = page.locator(SOLUTION).filter(has=page.locator(f"[id='{target}']"))
    own = solution.get_attribute("id")
    for name in (target, own):
        page.goto("about:blank")
        page.goto(f"{solved}#{name}")
        page.wait_for_function("box => box.open", arg=solution.element_handle())
        page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = false })")
        page.evaluate("location.hash = ''")
        page.evaluate("name => { location.hash = name }", name)
        page.wait_for_function("box => box.open", arg=solution.element_handle())


def test_solutions_are_on_paper(page: Page, solved: str) -> None:
    page.goto(solved)
    assert not any(_shows(solution) for solution in page.locator(SOLUTION).all())
    page.emulate_media(media="print")
    assert all(_shows(solution) for solution in page.locator(SOLUTION).all())
