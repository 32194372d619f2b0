"""The terms of the field and their translations: `locales/glossary.csv`, without Sphinx.

A line is a term in the source language, its translation per language, and a note in the source
language. Where several translations are right, they stand with semicolons between, the one that
the glossary page shows first.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from polybook.config import CONFIG_FILE, Book
from polybook.errors import PolybookError

__all__ = ["GLOSSARY_FILE", "Glossary", "Term", "load_glossary"]

GLOSSARY_FILE = "glossary.csv"


@dataclass(frozen=True)
class Term:
    """One line: `term`, `translations` by language code (none where empty), `note`, its `line`."""

    term: str
    translations: Mapping[str, str]
    note: str = ""
    line: int = 0

    @property
    def anchor(self) -> str:
        """The entry's name on the glossary page of every edition."""
        return "term-" + re.sub(r"\W+", "-", self.term.lower()).strip("-")

    def accepted(self, code: str) -> tuple[str, ...]:
        """All translations into a language that are right; none if the glossary has none."""
        parts = self.translations.get(code, "").split(";")
        return tuple(part.strip() for part in parts if part.strip())


@dataclass(frozen=True)
class Glossary:
    """The terms, in the order of the file."""

    terms: tuple[Term, ...] = ()


def load_glossary(book: Book) -> Glossary:
    """Read the glossary; a book without the file has an empty one.

    Raises `PolybookError` with file and line for a column that is missing or belongs to no
    language, a line with more or fewer cells, a term that stands there twice, and bad CSV.
    """
    path = book.locales / GLOSSARY_FILE
    if not path.is_file():
        return Glossary()
    rows = _rows(path)
    _line, header = next(rows, (1, []))
    _check_header(header, book, path)
    seen: dict[str, int] = {}
    terms = []
    for line, cells in rows:
        term = _term(header, cells, path, line)
        if term.anchor in seen:
            raise PolybookError(
                f"{term.term!r} stands in line {seen[term.anchor]} already", path, line
            )
        seen[term.anchor] = line
        terms.append(term)
    return Glossary(tuple(terms))


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with its line, from 1."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PolybookError(f"this is not UTF-8: {error.reason}", path, line) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise PolybookError(f"this is no CSV: {error}", path, line) from None


def _check_header(header: Sequence[str], book: Book, path: Path) -> None:
    needed = ["term", *(language.code for language in book.languages[1:]), "note"]
    for name in needed:
        if name not in header:
            raise PolybookError(
                f"there is no column {name!r}; the first line has to name: {','.join(needed)}",
                path,
                1,
            )
    for name in header:
        if name not in needed:
            raise PolybookError(
                f"the column {name!r} is no language of {CONFIG_FILE}; add it there, or remove it",
                path,
                1,
            )
        if header.count(name) > 1:
            raise PolybookError(f"there are two columns {name!r}", path, 1)


def _term(header: Sequence[str], cells: Sequence[str], path: Path, line: int) -> Term:
    if len(cells) != len(header):
        raise PolybookError(
            f"expected {len(header)} cells, found {len(cells)}; a text with a comma needs "
            "quotation marks around it",
            path,
            line,
        )
    values = dict(zip(header, cells, strict=True))
    term, note = values.pop("term"), values.pop("note")
    if not term:
        raise PolybookError("this line has no term", path, line)
    return Term(term, {code: text for code, text in values.items() if text}, note, line)
