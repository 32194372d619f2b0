"""Texts for people outside the site, translated in the same catalog; without Sphinx."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from polybook.config import Book
from polybook.po import read_catalog

SITE_WORDS = "polybook"


def _(text: str) -> str:
    """Mark a text for translation; it stays English until `in_language` is asked."""
    return text


def in_language(book: Book, code: str, text: str) -> str:
    """The text in a language, as the language's catalog of the site's words has it, or as it is."""
    path = book.locales / code / "LC_MESSAGES" / f"{SITE_WORDS}.po"
    return _texts(path, path.stat().st_mtime_ns).get(text, text) if path.is_file() else text


@cache
def _texts(path: Path, modified: int) -> dict[str, str]:
    return {entry.source: entry.text for entry in read_catalog(path).active if entry.current}
