"""How far the translations are: counts per language and page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from rich.table import Table

from polybook.catalogs import catalog_folder
from polybook.config import Book
from polybook.fingerprint import digest
from polybook.po import Entry, catalogs_in, read_catalog

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True)
class Counts:
    """Messages that are translated, fuzzy and missing, and the English words in them."""

    translated: int = 0
    fuzzy: int = 0
    missing: int = 0
    words: int = 0
    translated_words: int = 0

    @property
    def total(self) -> int:
        """The number of messages."""
        return self.translated + self.fuzzy + self.missing

    @property
    def percent(self) -> int:
        """The share of translated messages; 100 only if none is left to do."""
        return 100 * self.translated // self.total if self.total else 100

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            *(mine + its for mine, its in zip(_values(self), _values(other), strict=True))
        )


def _values(counts: Counts) -> tuple[int, int, int, int, int]:
    return (counts.translated, counts.fuzzy, counts.missing, counts.words, counts.translated_words)


def status(book: Book) -> dict[str, dict[str, Counts]]:
    """The counts of every page (and of `polybook`, the site's words) in every language.

    The pages are in the order of the table of contents. A page without a catalog counts nothing.
    """
    found: dict[str, dict[str, Counts]] = {}
    for language in book.languages[1:]:
        folder = catalog_folder(book, language.code)
        pages = {
            path.relative_to(folder).with_suffix("").as_posix(): count(path)
            for path in catalogs_in(folder)
        }
        order = [*book.pages, *sorted(set(pages) - set(book.pages))]
        found[language.code] = {page: pages[page] for page in order if page in pages}
    return found


def status_digest(book: Book) -> str:
    """The digest of all counts, in all languages: what a page that shows them depends on."""
    return digest(
        {
            code: {page: astuple(counts) for page, counts in pages.items()}
            for code, pages in status(book).items()
        }
    )


def count(path: Path) -> Counts:
    """The counts of one catalog."""
    return totals(map(_one, read_catalog(path).active))


def totals(counts: Iterable[Counts]) -> Counts:
    """The sum of some counts."""
    return sum(counts, Counts())


def _one(entry: Entry) -> Counts:
    words = len(_WORD.findall(entry.source))
    if entry.current:
        return Counts(translated=1, words=words, translated_words=words)
    return Counts(fuzzy=1, words=words) if entry.text else Counts(missing=1, words=words)


def status_table(found: dict[str, dict[str, Counts]]) -> Table:
    """The counts as a table for the terminal, with a line of totals per language."""
    table = Table()
    for heading in ("language", "page", "translated", "fuzzy", "missing", "words", "%"):
        table.add_column(heading, justify="left" if heading in ("language", "page") else "right")
    for code, pages in found.items():
        rows = [*pages.items(), ("all", totals(pages.values()))]
        for page, counts in rows:
            cells = (counts.translated, counts.fuzzy, counts.missing, counts.words, counts.percent)
            table.add_row(code, page, *map(str, cells), end_section=page == "all")
    return table
