"""What must be translated is, a translation keeps what is no prose, and the pages show it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag
from reading import ReadCatalog, ReadPage, alternatives, captions, headings, table_headings

from polybook.catalogs import catalog_folder
from polybook.cells import Chapter
from polybook.config import Book, Language
from polybook.derive import derive_catalogs
from polybook.figures import svg_texts
from polybook.po import Catalog, Entry, read_catalog
from polybook.store import Run
from polybook.texts import FIXED_WORDS
from polybook.words import SITE_WORDS

_PLACEHOLDER = re.compile(r"\{\w*\}|%s")
_MARKUP = re.compile(r"[$`*{\[]")
_NO_WORDS = re.compile(r"[\W\d]*")


def _messages(catalog: Catalog) -> Iterator[Entry]:
    return iter(catalog.active)


def _untranslated(catalog: Catalog, texts: list[str]) -> list[str]:
    """The texts for which a catalog has nothing that Sphinx would show."""
    shown = {message.source for message in catalog.active if message.text and not message.fuzzy}
    return [text for text in dict.fromkeys(texts) if text not in shown]


def _plain(text: str) -> str:
    """A text with the typographer's quotes made plain, and single spaces."""
    for typographic, plain in ("’'", "‘'", '“"', '”"'):
        text = text.replace(typographic, plain)
    return " ".join(text.split())


def test_headings_captions_and_tables_are_translated(
    read_translations: ReadCatalog,
    chapters: Mapping[str, Chapter],
    translation: Language,
    page_name: str,
) -> None:
    chapter = chapters[page_name]
    texts = [
        *headings(chapter),
        *captions(chapter),
        *alternatives(chapter),
        *table_headings(chapter),
    ]
    assert _untranslated(read_translations(translation, page_name), texts) == []


def test_the_words_in_figures_are_translated(
    read_translations: ReadCatalog,
    runs: Mapping[str, Mapping[str, Run | None]],
    translation: Language,
    page_name: str,
) -> None:
    drawn = [
        output["data"]["image/svg+xml"]
        for run in runs[page_name].values()
        for outputs in (run.outputs if run else ())
        for output in outputs
        if "image/svg+xml" in output.get("data", {})
    ]
    if texts := [text for svg in drawn for text in svg_texts("".join(svg))]:
        assert _untranslated(read_translations(translation, page_name), texts) == []


def test_the_sites_own_words_are_translated(
    read_translations: ReadCatalog, translation: Language
) -> None:
    catalog = read_translations(translation, SITE_WORDS)
    assert _untranslated(catalog, [message.source for message in _messages(catalog)]) == []


def test_no_translation_is_a_guess(this_book: Book, translation: Language) -> None:
    folder = catalog_folder(this_book, translation.code)
    for path in sorted(folder.rglob("*.po")):
        catalog = read_catalog(path)
        guesses = [message.source[:60] for message in _messages(catalog) if message.fuzzy]
        assert guesses == [], path.name


def test_the_sites_own_words_keep_their_placeholders(
    read_translations: ReadCatalog, translation: Language
) -> None:
    for message in _messages(read_translations(translation, SITE_WORDS)):
        source, text = message.source, message.text
        if text:
            assert sorted(_PLACEHOLDER.findall(text)) == sorted(_PLACEHOLDER.findall(source))


def test_a_number_in_a_translation_stands_in_its_source(
    this_book: Book, translation: Language
) -> None:
    """A number with decimals would be a measured one if the source did not have it."""
    number = re.compile(r"\d+[.,]\d+")
    for path in sorted(catalog_folder(this_book, translation.code).rglob("*.po")):
        for message in _messages(read_catalog(path)):
            known = set(number.findall(message.source))
            found = {text.replace(",", ".") for text in number.findall(message.text)}
            assert found <= known, message.source[:60]


def test_derived_catalogs_are_up_to_date(
    this_book: Book, translation: Language, tmp_path: Path
) -> None:
    if translation.derived_from is None:
        pytest.skip("is not derived")
    shutil.copytree(this_book.locales, tmp_path / "locales")
    assert derive_catalogs(replace(this_book, root=tmp_path), translation) == []


def _own_text(part: Tag) -> str:
    """A heading's or caption's text without its number and the link to itself."""
    texts = part.find_all(string=True)
    kept = [
        text
        for text in texts
        if not text.find_parent(class_=["section-number", "caption-number", "headerlink"])
    ]
    return _plain("".join(kept))


@pytest.mark.parametrize(
    ("selector", "texts_of"),
    [
        ("article :is(h1, h2, h3, h4)", headings),
        ("article :is(figure figcaption, table > caption)", captions),
        ("article figure.cell-figure img", alternatives),
        ("article table.measured-table :is(th, td:first-child)", table_headings),
    ],
    ids=["headings", "captions", "alternative texts", "table headings"],
)
def test_the_page_shows_the_translations(
    read_page: ReadPage,
    read_translations: ReadCatalog,
    chapters: Mapping[str, Chapter],
    translation: Language,
    page_name: str,
    selector: str,
    texts_of: object,
) -> None:
    assert callable(texts_of)
    if not (sources := texts_of(chapters[page_name])):
        return
    catalog = read_translations(translation, page_name)
    parts = read_page(translation, page_name).select(selector)
    shown = {_plain(str(part["alt"])) if part.name == "img" else _own_text(part) for part in parts}
    for source in sources:
        message = catalog.find(source)
        text = str(message.text if message and message.text else source)
        if not _MARKUP.search(text):
            assert _plain(text) in shown, source


def _theme_texts(page: BeautifulSoup) -> Iterator[str]:
    """The words around the article, read or read out: texts, titles, labels, placeholders."""
    assert page.body is not None
    inside = {id(part) for article in page.select("article") for part in article.descendants}
    known = [*page.select("[lang]"), *page.select("script, style, kbd, .copyright")]
    inside |= {id(part) for marked in known[1:] for part in marked.descendants}
    for text in page.body.find_all(string=True):
        if type(text) is NavigableString and id(text) not in inside:
            yield _plain(text)
    for part in page.find_all(True):
        if part.get("class") == ["headerlink"] or id(part) not in inside:
            for attribute in ("title", "aria-label", "placeholder", "data-bs-title", "alt"):
                yield _plain(str(part.get(attribute, "")))


def test_the_theme_speaks_the_language_of_the_edition(
    this_book: Book, read_page: ReadPage, translation: Language, page_name: str
) -> None:
    english = set(_theme_texts(read_page(this_book.source_language, page_name)))
    texts = _theme_texts(read_page(translation, page_name))
    # polybook.js replaces the fixed ones in the browser: tests/site looks there
    left = {text for text in texts if text in english and not _NO_WORDS.fullmatch(text)}
    left -= FIXED_WORDS.keys()
    assert left == set()
