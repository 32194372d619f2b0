"""Every edition has every page, with the same code and formulas, and nothing of another one."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from reading import ReadPage

from polybook.cells import Chapter
from polybook.config import Book, Language

SCRIPTS = {
    "Hangul": re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]+"),
    "Chinese": re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+"),
    "Turkish": re.compile(r"[A-Za-zÇçÖöÜü]+[ğĞşŞıİ][A-Za-zçöüğşı]*|[ĞŞİğşı][A-Za-zçöüğşı]+"),
}
SCRIPT_OF = {"ko": "Hangul", "zh_CN": "Chinese", "zh_TW": "Chinese", "tr": "Turkish"}


def _article(page: BeautifulSoup) -> Tag:
    article = page.select_one("article.bd-article")
    assert article is not None
    return article


def _code(page: BeautifulSoup) -> list[str]:
    return [block.get_text().rstrip("\n") for block in page.select("div.cell_input pre")]


def _formulas(page: BeautifulSoup, display: bool) -> Counter[str]:
    """The formulas, with the words in them left out."""
    formulas = []
    for formula in _article(page).find_all("math"):
        if (formula.get("display") == "block") == display:
            bare = copy.copy(formula)
            for words in bare.find_all("mtext"):
                words.clear()
            formulas.append(str(bare))
    return Counter(formulas)


def _words_of_the_edition(page: BeautifulSoup) -> str:
    """A page's text without what is marked as another language, names of people, and code."""
    page = copy.copy(page)
    assert page.html is not None
    for part in page.html.select("[lang], pre, code, script, style, .citation, .bibtex-citation"):
        part.decompose()
    return page.get_text()


def test_every_page_of_the_table_of_contents_is_built(
    built_site: Path, read_page: ReadPage, edition: Language, page_name: str
) -> None:
    assert (built_site / edition.url / f"{page_name}.html").is_file()
    page = read_page(edition, page_name)
    assert page.html is not None
    assert page.html["lang"] == edition.tag
    assert len(page.select("article h1")) == 1


def test_a_page_shows_the_cells_of_its_source_in_order(
    this_book: Book,
    read_page: ReadPage,
    chapters: Mapping[str, Chapter],
    shown_frameworks: tuple[str, ...],
    page_name: str,
) -> None:
    chapter = chapters[page_name]
    sources = [
        cell.source.rstrip("\n")
        for cell in chapter.notebook.cells
        if cell.cell_type == "code"
        and chapter.framework_of(cell) in (None, *shown_frameworks)
        and not {"remove-input", "remove-cell"} & set(cell.metadata.get("tags", []))
    ]
    assert _code(read_page(this_book.source_language, page_name)) == sources


def test_code_is_the_same_in_every_edition(
    this_book: Book, read_page: ReadPage, translation: Language, page_name: str
) -> None:
    source = read_page(this_book.source_language, page_name)
    assert _code(read_page(translation, page_name)) == _code(source)


def test_formulas_are_the_same_in_every_edition_but_for_their_words(
    this_book: Book, read_page: ReadPage, translation: Language, page_name: str
) -> None:
    source, translated = (
        read_page(language, page_name) for language in (this_book.source_language, translation)
    )
    for display in (True, False):
        assert _formulas(translated, display) == _formulas(source, display)


def test_no_edition_shows_the_script_of_another(
    this_book: Book, read_page: ReadPage, translation: Language, page_name: str
) -> None:
    """An example in another language, as in a guide, stands in the source as well."""
    known = read_page(this_book.source_language, page_name).get_text()
    shown = _words_of_the_edition(read_page(translation, page_name))
    for name, letters in SCRIPTS.items():
        if SCRIPT_OF.get(translation.code) != name:
            assert set(letters.findall(shown)) <= set(letters.findall(known)), name


def test_every_figure_has_a_caption_and_alternative_texts(
    read_page: ReadPage, edition: Language, page_name: str
) -> None:
    page = read_page(edition, page_name)
    for image in page.find_all("img"):
        assert str(image.get("alt", "")).strip(), image["src"]
    for figure in page.select("figure.cell-figure"):
        caption = figure.select_one("figcaption .caption-text")
        assert caption is not None and caption.get_text(strip=True), figure["id"]
        assert figure.select("img"), figure["id"]


def test_figures_tables_and_sections_are_as_many_in_every_edition(
    this_book: Book, read_page: ReadPage, translation: Language, page_name: str
) -> None:
    source, translated = (
        read_page(language, page_name) for language in (this_book.source_language, translation)
    )
    for selector in ("article section[id]", "figure[id]", "table[id]", "article img", ".measured"):
        names, others = (
            [part.get("id") for part in page.select(selector)] for page in (source, translated)
        )
        assert names == others, selector


def test_citations_join_names_in_the_language_of_the_edition(
    read_page: ReadPage, translation: Language, page_name: str
) -> None:
    citations = read_page(translation, page_name).select("article .bibtex-citation")
    english = [text.get_text() for text in citations if text.find_parent(lang="en") is None]
    assert [text for text in english if " and " in text or "et al." in text] == []
