"""The book's chapters, runs, catalogs and built pages, each read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from reading import ReadCatalog, ReadPage

from polybook.catalogs import catalog_folder
from polybook.cells import Chapter, read_chapter
from polybook.config import Book, Language
from polybook.po import Catalog, read_catalog
from polybook.reader import stored_runs
from polybook.store import Run, Store


@pytest.fixture(scope="session")
def chapters(this_book: Book) -> Mapping[str, Chapter]:
    """Every page of the book by its name; reading it resolves its `:source:` cells."""
    return {page: read_chapter(this_book, Path(f"{page}.md")) for page in this_book.pages}


@pytest.fixture(scope="session")
def runs(
    this_book: Book,
    chapters: Mapping[str, Chapter],
    built_site: Path,
    shown_frameworks: tuple[str, ...],
) -> Mapping[str, Mapping[str, Run | None]]:
    """The run of each page and framework that the built site shows."""
    store = Store(this_book)
    return {page: stored_runs(text, store, shown_frameworks) for page, text in chapters.items()}


@pytest.fixture(scope="session")
def read_page(built_site: Path) -> ReadPage:
    """A built page of an edition."""

    @cache
    def read(edition: Language, page: str) -> BeautifulSoup:
        path = built_site / edition.url / f"{page}.html"
        return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

    return read


@pytest.fixture(scope="session")
def read_translations(this_book: Book) -> ReadCatalog:
    """The catalog of a page, or of the site's own words (`polybook`), in a language."""

    @cache
    def read(language: Language, page: str) -> Catalog:
        path = catalog_folder(this_book, language.code) / f"{page}.po"
        assert path.is_file(), f"there is no {path.relative_to(this_book.root)}"
        return read_catalog(path)

    return read
