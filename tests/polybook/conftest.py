"""A small book with two frameworks that need nothing but Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_book import CONFIG, MODULES, ONE, TOC

from polybook.config import Book, load_book


@pytest.fixture
def make_book(tmp_path: Path) -> Callable[..., Book]:
    """Write a small book, with files of one's own put over it, and load it."""

    def make(**files: str) -> Book:
        content = {
            "_config.yml": CONFIG,
            "_toc.yml": TOC,
            "book/index.md": "# Front\n",
            "book/one.md": ONE,
            **{f"src/package/{name}": text for name, text in MODULES.items()},
            **files,
        }
        for name, text in content.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_book(tmp_path)

    return make


@pytest.fixture
def book(make_book: Callable[..., Book]) -> Book:
    return make_book()
