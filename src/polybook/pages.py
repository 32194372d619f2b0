"""The runs behind each page of a Sphinx build: executed before reading, kept in the environment."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from polybook.cells import Chapter, read_chapter
from polybook.config import Book, load_book
from polybook.reader import stored_runs
from polybook.store import Run, Store


def setup_pages(app: Sphinx) -> None:
    app.connect("env-get-outdated", pages_with_other_runs)
    app.connect("env-before-read-docs", run_missing)


def book_of(app: Sphinx) -> Book:
    """The book that is being built."""
    return load_book(app.srcdir)


def shown_runs(app: Sphinx, page: str) -> dict[str, Run | None]:
    """The run of each shown framework that a page's outputs come from."""
    book = book_of(app)
    return _runs(app, book, read_chapter(book, Path(f"{page}.md")))


def _runs(app: Sphinx, book: Book, chapter: Chapter) -> dict[str, Run | None]:
    store = Store(book, strict=app.config.polybook_strict)
    return stored_runs(chapter, store, app.config.polybook_frameworks)


def _chapters(app: Sphinx, book: Book, pages: Iterable[str]) -> list[Chapter]:
    paths = [Path(f"{page}.md") for page in sorted(pages)]
    return [read_chapter(book, path) for path in paths if (book.root / path).is_file()]


def _identities(runs: dict[str, Run | None]) -> dict[str, str | None]:
    return {name: run.identity if run else None for name, run in runs.items()}


def pages_with_other_runs(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """The pages to read again because their outputs are no longer those shown."""
    book = book_of(app)
    known: dict[str, Any] = getattr(env, "polybook_runs", {})
    return [
        chapter.page
        for chapter in _chapters(app, book, env.found_docs - added - changed)
        if _identities(_runs(app, book, chapter)) != known.get(chapter.page)
        or (app.config.polybook_execute and None in known.get(chapter.page, {}).values())
    ]


def run_missing(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Before reading: run what the pages to be read lack, all at once."""
    book = book_of(app)
    chapters = _chapters(app, book, docnames)
    if app.config.polybook_execute:
        from polybook.execute import execute
        from polybook.progress import Progress

        with Progress() as progress:
            outcomes = execute(
                book, chapters, app.config.polybook_frameworks, report=progress.report
            )
        errors = [outcome.error for outcome in outcomes if outcome.error]
        if errors:
            from sphinx.errors import ExtensionError

            raise ExtensionError("\n".join(map(str, errors)))
    if not hasattr(env, "polybook_runs"):
        env.polybook_runs = {}  # type: ignore[attr-defined]
    for chapter in chapters:
        env.polybook_runs[chapter.page] = _identities(_runs(app, book, chapter))  # type: ignore[attr-defined]
