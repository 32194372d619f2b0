"""What must be translated is, and the pages show it (`polybook translate check` sees the rest)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import Tag
from reading import ReadCatalog, ReadPage, alternatives, captions, headings, table_headings

from polybook.catalogs import catalog_folder
from polybook.cells import Chapter
from polybook.config import Book, Language
from polybook.derive import derive_catalogs
from polybook.figures import svg_texts
from polybook.po import Catalog, Entry, catalogs_in, read_catalog
from polybook.store import Run
from polybook.words import SITE_WORDS

_PLACEHOLDER = re.compile(r"\{\w*\}|%s")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_MARKUP = re.compile(r"[$`*{\[]")


def _untranslated(catalog: Catalog, texts: list[str]) -> list[str]:
    """The texts for which a catalog has nothing that readers would see."""
    translated = {entry.source for entry in catalog.active if entry.current}
    return [text for text in dict.fromkeys(texts) if text not in translated]


def _entries(book: Book, language: Language) -> Iterator[Entry]:
    """What the catalogs of a language have translated."""
    for path in catalogs_in(catalog_folder(book, language.code)):
        yield from (entry for entry in read_catalog(path).active if entry.text)


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
    assert _untranslated(catalog, [entry.source for entry in catalog.active]) == []


def test_no_translation_is_a_guess(this_book: Book, translation: Language) -> None:
    assert [entry.source for entry in _entries(this_book, translation) if entry.fuzzy] == []


def test_the_sites_own_words_keep_their_placeholders(
    read_translations: ReadCatalog, translation: Language
) -> None:
    for entry in read_translations(translation, SITE_WORDS).active:
        kept, known = (sorted(_PLACEHOLDER.findall(text)) for text in (entry.text, entry.source))
        assert kept == known or not entry.text


def test_a_number_in_a_translation_stands_in_its_source(
    this_book: Book, translation: Language
) -> None:
    """A number with decimals would be a measured one if the source did not have it."""
    for entry in _entries(this_book, translation):
        found = {number.replace(",", ".") for number in _DECIMAL.findall(entry.text)}
        assert found <= set(_DECIMAL.findall(entry.source)), entry.source


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
        entry = catalog.find(source)
        text = entry.text if entry and entry.current else source
        if not _MARKUP.search(text):
            assert _plain(text) in shown, source
