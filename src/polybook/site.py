"""The whole site: decide what changed, run, render the editions, put them in place together."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polybook.config import Book, Language, cores
from polybook.errors import PolybookError
from polybook.fingerprint import (
    catalog_files,
    data_at_hand,
    digest,
    files_digest,
    text_files,
    tool_digest,
)

STAMP = ".polybook.json"


@dataclass(frozen=True)
class BuildOptions:
    """What `polybook build` was asked for; empty tuples mean all."""

    languages: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    jobs: int | None = None
    execute: bool = True
    output: Path | None = None
    warnings_are_errors: bool = False


def build(book: Book, options: BuildOptions, say: Callable[[str], None]) -> None:
    """Build the site, if anything changed since the last one.

    Raises `PolybookError` when a cell fails or an edition cannot be rendered; the site that is
    there stays in place then.
    """
    output = (options.output or book.build / "site").resolve()
    languages = [book.language(code) for code in options.languages] or list(book.languages)
    frameworks = tuple(book.framework(name).name for name in options.frameworks)
    stamp = read_stamp(output)
    inputs = inputs_digest(book, options)
    if stamp.get("inputs") == inputs and all(
        (output / language.url).is_dir() for language in languages
    ):
        say(f"Nothing changed: {_shown(output)}")
        return
    digests = _run(book, options, frameworks, say)
    editions = {
        language.code: digest(
            [
                tool_digest(),
                text_files(book),
                catalog_files(book, language.code),
                _progress(book),
                digests,
                frameworks,
                options.languages,
            ]
        )
        for language in languages
    }
    known = stamp.get("editions", {})
    outdated = [
        language
        for language in languages
        if known.get(language.code) != editions[language.code]
        or not (output / language.url).is_dir()
    ]
    _render(book, outdated, languages, frameworks, options, stamp, say)
    _publish(book, outdated, languages, output)
    stamp = {"inputs": inputs, "tool": tool_digest(), "editions": {**known, **editions}}
    (output / STAMP).write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    say(
        f"Built {', '.join(language.code for language in outdated) or 'nothing anew'}: "
        f"{_shown(output)}"
    )


def _progress(book: Book) -> str | None:
    """The digest of the counts of all languages, where a page of the book shows them."""
    from polybook.status import status_digest

    pages = (book.page_path(page) for page in book.pages)
    shown = any("{translation-progress}" in page.read_text(encoding="utf-8") for page in pages)
    return status_digest(book) if shown else None


def inputs_digest(book: Book, options: BuildOptions) -> str:
    """The digest of everything that a build with these options depends on."""
    return digest(
        [
            tool_digest(),
            text_files(book),
            files_digest(book.root, [book.source, book.locales]),
            data_at_hand(book),
            sorted(options.languages),
            sorted(options.frameworks),
            options.execute,
        ]
    )


def read_stamp(output: Path) -> dict[str, Any]:
    """What the last build noted beside the site; empty if there is none."""
    try:
        stamp: dict[str, Any] = json.loads((output / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def _run(
    book: Book, options: BuildOptions, frameworks: tuple[str, ...], say: Callable[[str], None]
) -> list[Any]:
    """Run what is missing; returns the identities of the runs that the pages will show."""
    from polybook.execute import chapters_of, execute
    from polybook.progress import Progress
    from polybook.reader import stored_runs
    from polybook.store import Store

    chapters = chapters_of(book)
    if options.execute:
        with Progress() as progress:
            outcomes = execute(
                book, chapters, frameworks, jobs=options.jobs, report=progress.report
            )
        errors = [outcome.error for outcome in outcomes if outcome.error]
        if errors:
            raise PolybookError("\n".join(map(str, errors)))
    store = Store(book, strict=options.execute)
    shown = {chapter.page: stored_runs(chapter, store, frameworks) for chapter in chapters}
    for page, runs in shown.items():
        for name, run in runs.items():
            for data_set in run.generated_data if run else ():
                say(f"{page} [{name}]: computed from a generated stand-in for {data_set}")
    return [
        [page, {name: run.identity if run else None for name, run in runs.items()}]
        for page, runs in shown.items()
    ]


def _render(
    book: Book,
    outdated: Sequence[Language],
    languages: Sequence[Language],
    frameworks: tuple[str, ...],
    options: BuildOptions,
    stamp: dict[str, Any],
    say: Callable[[str], None],
) -> None:
    from polybook.catalogs import compile_catalogs
    from polybook.render import RenderOptions, render

    for language in outdated:
        compile_catalogs(book, language.code)
    render_options = RenderOptions(
        frameworks=frameworks,
        editions=tuple(language.code for language in languages),
        strict=options.execute,
        warnings_are_errors=options.warnings_are_errors,
        fresh=stamp.get("tool") != tool_digest(),
    )
    editions = render(book, outdated, render_options, options.jobs or len(cores()))
    for edition in editions:
        if edition.messages.strip():
            say(f"{edition.language.code}:\n{edition.messages.strip()}")
    failed = [edition.language.code for edition in editions if not edition.ok]
    if failed:
        raise PolybookError(
            f"these editions could not be rendered: {', '.join(failed)}; the site is as it was"
        )


def _publish(
    book: Book, outdated: Sequence[Language], languages: Sequence[Language], output: Path
) -> None:
    """Copy the new editions beside the old ones, then swap all of them."""
    from polybook.render import edition_folder
    from polybook.root_page import root_page

    output.mkdir(parents=True, exist_ok=True)
    ready = []
    for language in outdated:
        new = output / f".{language.url}.new"
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(
            edition_folder(book, language) / "html",
            new,
            ignore=shutil.ignore_patterns(".buildinfo*", "_sources", ".doctrees"),
        )
        _drop_unused(new)
        ready.append((new, output / language.url))
    for new, target in ready:
        old = target.with_name(f".{target.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        new.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    page = output / ".index.html.new"
    page.write_text(root_page(book.title, languages, f"{book.pages[0]}.html"), encoding="utf-8")
    os.replace(page, output / "index.html")
    (output / ".nojekyll").touch()


def _drop_unused(edition: Path) -> None:
    """Remove the images and bundles of earlier builds, which no page names any more."""
    pages = [path.read_text(encoding="utf-8") for path in edition.rglob("*.html")]
    named = {name for page in pages for name in re.findall(r'/([^/"?]+)["?]', page)}
    for pattern in ("_images/*", "_static/bundle-*"):
        for path in edition.glob(pattern):
            if path.name not in named:
                path.unlink()


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
