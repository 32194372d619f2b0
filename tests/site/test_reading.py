"""Every page can be read: its script, its formulas, its width, its words; nothing goes wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup, NavigableString

from polybook.config import Book, Language

if TYPE_CHECKING:
    from conftest import OpenPage
    from playwright.sync_api import Browser, Page

MISSING_GLYPHS = Path(__file__).with_name("glyphs.js").read_text(encoding="utf-8")
SAMPLES = {"ko": "한글", "zh_CN": "小批量", "zh_TW": "臺灣", "tr": "ğış"}
# The national forms of the Chinese characters, in the names of the fonts that have all of them.
NATIONAL = {"ko": "KR", "zh_CN": "SC", "zh_TW": "TC"}
UNASSIGNED = "\u0530"  # has no glyph in any font
NO_WORDS = re.compile(r"[\W\d]*")


@pytest.fixture
def opened(
    look_at: Callable[[Language, str], OpenPage], edition: Language, page_name: str
) -> OpenPage:
    return look_at(edition, page_name)


@pytest.fixture(scope="session")
def scripts_of_the_machine(browser: Browser) -> set[str]:
    """The languages that some font of this machine can write."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content("<p>a</p>")
        return {
            code
            for code, sample in SAMPLES.items()
            if not set(page.evaluate(MISSING_GLYPHS, sample)) & set(sample)
        }


@pytest.fixture
def _fonts(edition: Language, scripts_of_the_machine: set[str]) -> None:
    """Skips for a language that no font of this machine can write."""
    if edition.code in SAMPLES and edition.code not in scripts_of_the_machine:
        if os.environ.get("POLYBOOK_BROWSER") == "required":
            pytest.fail(f"this machine has no font for {edition.label}")
        pytest.skip(f"needs a font for {edition.label}")


@pytest.mark.usefixtures("_fonts")
def test_every_character_has_a_glyph(opened: OpenPage) -> None:
    assert opened.tab.evaluate(MISSING_GLYPHS, UNASSIGNED) == [UNASSIGNED]


@pytest.mark.usefixtures("_fonts")
def test_every_character_of_a_figure_has_a_glyph(opened: OpenPage, page: Page) -> None:
    addresses = "all => all.map(image => image.src)"
    for address in opened.tab.eval_on_selector_all("article figure img", addresses):
        page.set_content(page.request.get(address).text())
        assert page.evaluate(MISSING_GLYPHS, UNASSIGNED) == [UNASSIGNED], address


@pytest.mark.usefixtures("_fonts")
def test_chinese_characters_have_the_forms_of_the_readers_country(
    opened: OpenPage, edition: Language
) -> None:
    if edition.code not in NATIONAL:
        pytest.skip("has no Chinese characters")
    session = opened.tab.context.new_cdp_session(opened.tab)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    found = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "article p"})
    names = {
        font["familyName"]
        for node in found["nodeIds"]
        for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    }
    forms = {name.rpartition(" ")[2] for name in names if " CJK " in name}
    assert forms <= {NATIONAL[edition.code]}


def test_a_page_loads_without_errors_and_from_this_host_alone(opened: OpenPage) -> None:
    opened.tab.evaluate("document.querySelectorAll('img').forEach(i => { i.loading = 'eager'; })")
    opened.tab.wait_for_function("[...document.images].every(image => image.complete)")
    assert opened.wrong == []


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_no_page_scrolls_sideways(opened: OpenPage, width: int) -> None:
    usual = opened.tab.viewport_size
    opened.tab.set_viewport_size({"width": width, "height": 844})
    try:
        assert opened.tab.evaluate("document.documentElement.scrollWidth") <= width
    finally:
        opened.tab.set_viewport_size(usual)


def test_formulas_are_mathml_and_drawn(opened: OpenPage) -> None:
    assert opened.tab.locator(".math-error, mjx-container, .MathJax").count() == 0
    assert "\\(" not in opened.tab.locator("article").inner_text()
    opened.tab.evaluate("document.querySelectorAll('details').forEach(all => { all.open = true; })")
    # what stands in the tab of another framework has no width
    empty = """all => all.filter(span => !span.querySelector('math') || span.checkVisibility()
        && !span.getBoundingClientRect().width).map(span => span.textContent)"""
    assert opened.tab.eval_on_selector_all("article .math", empty) == []


def _theme_texts(page: BeautifulSoup) -> Iterator[str]:
    """The words around the article, read or read out: texts, titles, labels, placeholders."""
    apart = page.select("article, body [lang], script, style, noscript, kbd, .copyright")
    inside = {id(part) for marked in apart for part in marked.descendants}
    assert page.body is not None
    for text in page.body.find_all(string=True):
        if type(text) is NavigableString and id(text) not in inside:
            yield " ".join(text.split())
    for part in page.find_all(True):
        if part.get("class") == ["headerlink"] or id(part) not in inside:
            for attribute in ("title", "aria-label", "placeholder", "data-bs-original-title"):
                yield str(part.get(attribute, ""))


def test_the_theme_speaks_the_language_of_the_edition(
    look_at: Callable[[Language, str], OpenPage],
    this_book: Book,
    translation: Language,
    page_name: str,
) -> None:
    source, translated = (
        set(_theme_texts(BeautifulSoup(look_at(language, page_name).tab.content(), "html.parser")))
        for language in (this_book.source_language, translation)
    )
    assert {text for text in source & translated if not NO_WORDS.fullmatch(text)} == set()
