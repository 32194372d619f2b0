"""All checks of the catalogs of a book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from polybook.check.content import Unparsable, read_pair
from polybook.check.entry import check_entry
from polybook.check.problem import Finding, Problem, problem
from polybook.check.turkish import apostrophes
from polybook.config import Book
from polybook.errors import PolybookError
from polybook.po import Catalog, Entry, catalogs_in, read_catalog
from polybook.words import _

if TYPE_CHECKING:
    from polybook.glossary import Glossary


def check_catalogs(book: Book, languages: Sequence[str]) -> list[Finding]:
    """What is wrong with the catalogs of some languages, file by file."""
    glossary = _glossary(book)
    return [finding for code in languages for finding in _check_language(book, code, glossary)]


def _check_language(book: Book, code: str, glossary: Glossary | None) -> Iterator[Finding]:
    catalogs: list[Catalog] = []
    base = book.language(code).derived_from
    for path in catalogs_in(book.locales / code):
        try:
            catalog = read_catalog(path)
        except PolybookError as error:
            yield Finding(path, _damaged(error))
            continue
        catalogs.append(catalog)
        origin = _origin(book, path, code, base)
        for entry in catalog.active:
            for found in check_entry(entry, code, glossary, origin.get(entry.source)):
                yield Finding(path, found)
    if code.partition("_")[0] == "tr":
        yield from _mixed_apostrophes(catalogs)


def _origin(book: Book, path: Path, code: str, base: str | None) -> dict[str, Entry]:
    """The entries that those of a derived language come from, by their source."""
    if base is None:
        return {}
    try:
        catalog = read_catalog(book.locales / base / path.relative_to(book.locales / code))
    except PolybookError:
        return {}  # the file has no origin, or it is damaged, which is said there
    return {entry.source: entry for entry in catalog.active}


def _glossary(book: Book) -> Glossary | None:
    from polybook.glossary import load_glossary

    return load_glossary(book)


def _damaged(error: PolybookError) -> Problem:
    found = problem(
        "file",
        _("the file cannot be read: {reason}"),
        _("Open it in Poedit, or compare it with its last version."),
        reason=error.message,
    )
    return replace(found, line=error.line or 1)


def _mixed_apostrophes(catalogs: Sequence[Catalog]) -> Iterator[Finding]:
    """All catalogs of a language have one kind of apostrophe, the more frequent one."""
    marked = [
        (catalog.path, entry, marks)
        for catalog in catalogs
        for entry in catalog.active
        if entry.current and len(marks := _apostrophes(entry)) == 1
    ]
    counts = Counter(mark for _path, _entry, marks in marked for mark in marks)
    if len(counts) < 2:
        return
    usual = counts.most_common(1)[0][0]
    for path, entry, marks in marked:
        if usual not in marks:
            found = problem(
                "apostrophe",
                _("the apostrophe is {mark}, elsewhere it is {usual}"),
                _("Use the same one in all catalogs."),
                mark="".join(marks),
                usual=usual,
            )
            yield Finding(path, replace(found, line=entry.text_line, source=entry.source))


def _apostrophes(entry: Entry) -> set[str]:
    try:
        return apostrophes(read_pair(entry.source, entry.text)[1])
    except (Unparsable, RecursionError):
        return set()


def shown_path(book: Book, path: Path) -> str:
    """A catalog's path as a person in the book's folder would name it."""
    return str(path.relative_to(book.root)) if path.is_relative_to(book.root) else str(path)
