"""Which files of a book were saved: their time stamps, looked at again and again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from polybook.config import CONFIG_FILE, TOC_FILE, Book

Stamps = Mapping[Path, tuple[int, int]]

SUFFIXES = {".md", ".py", ".po", ".tsv", ".csv", ".yml", ".bib", ".svg", ".png", ".css", ".js"}
SETTLE_SECONDS = 0.05


def stamps(book: Book) -> Stamps:
    """Time and size of every file that people edit: settings, pages, modules, translations."""
    folders = {book.page_path(page).parent for page in book.pages} - {book.root}
    found: dict[Path, tuple[int, int]] = {}
    for path in [book.root / CONFIG_FILE, book.root / TOC_FILE, *map(book.page_path, book.pages)]:
        found |= _stamp(path)
    for folder in {*folders, book.source, book.locales}:
        for path in _edited(folder):
            found |= _stamp(path)
    return found


def changes(book: Book, known: Stamps) -> tuple[Stamps, tuple[Path, ...]]:
    """The stamps now and the files that differ, once an editor has finished to write them."""
    now = stamps(book)
    while now != known:
        time.sleep(SETTLE_SECONDS)
        before, now = now, stamps(book)
        if now == before:
            break
    differing = {path for path in {*known, *now} if known.get(path) != now.get(path)}
    return now, tuple(sorted(differing))


def _stamp(path: Path) -> dict[Path, tuple[int, int]]:
    try:
        status = path.stat()
    except OSError:
        return {}
    return {path: (status.st_mtime_ns, status.st_size)}


def _edited(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        for name in names:
            if not name.startswith(".") and Path(name).suffix in SUFFIXES:
                yield Path(place) / name
