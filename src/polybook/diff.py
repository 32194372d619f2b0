"""What a change does to the translations, as Markdown for a reviewer."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from polybook.catalogs import catalog_folder
from polybook.config import Book, Language
from polybook.errors import PolybookError
from polybook.po import Catalog, Entry, catalogs_in, new_catalog, parse_catalog, read_catalog


@dataclass(frozen=True)
class Change:
    """One message before and after; None where it was or is not there."""

    before: Entry | None
    after: Entry | None

    @property
    def kind(self) -> str:
        """What happened to the message, as a heading for its like."""
        if self.after is None:
            return "Removed"
        if self.before is None or not self.before.text:
            return "Newly translated" if self.after.current else "To be translated"
        if self.after.fuzzy and not self.before.fuzzy:
            return "Out of date: the English changed"
        if self.after.current and not self.before.current:
            return "Brought up to date"
        return "Translation changed"


KINDS = (
    "Translation changed",
    "Newly translated",
    "Brought up to date",
    "Out of date: the English changed",
    "To be translated",
    "Removed",
)


def diff_markdown(book: Book, revision: str) -> str:
    """The changes of all catalogs between a revision of git and the working tree."""
    _check_revision(book, revision)
    parts = [f"# Translations since `{revision}`", "", *_summary(book, revision)]
    for language in book.languages[1:]:
        for page, changes in _changes(book, language, revision):
            parts += ["", f"## {language.label} (`{language.code}`): {page}"]
            parts += list(_details(changes))
    return "\n".join(parts) + "\n"


def _summary(book: Book, revision: str) -> Iterator[str]:
    rows = []
    for language in book.languages[1:]:
        for page, changes in _changes(book, language, revision):
            counts = [sum(change.kind == kind for change in changes) for kind in KINDS]
            cells = [language.code, page, *(str(count or "") for count in counts)]
            rows.append(f"| {' | '.join(cells)} |")
    if not rows:
        yield "No translation changes."
        return
    heads = ["language", "page", *(kind.partition(":")[0].lower() for kind in KINDS)]
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    yield from rows


def _changes(book: Book, language: Language, revision: str) -> Iterator[tuple[str, list[Change]]]:
    folder = catalog_folder(book, language.code)
    names = {path.relative_to(folder) for path in catalogs_in(folder)}
    names |= _names_at(book, folder, revision)
    for name in sorted(names):
        changes = compare(_at(book, folder / name, revision), _now(folder / name))
        if changes:
            yield name.with_suffix("").as_posix(), changes


def compare(before: Catalog, after: Catalog) -> list[Change]:
    """The messages that differ, in the order of `after`, removed ones at the end."""
    old = {entry.source: entry for entry in before.active}
    new = {entry.source: entry for entry in after.active}
    changes = []
    for source, entry in new.items():
        # a changed message is the successor of the one whose text it kept
        known = old.get(source) or old.get(entry.previous or "")
        if known is None or (known.source, known.text, known.fuzzy) != (
            source,
            entry.text,
            entry.fuzzy,
        ):
            changes.append(Change(known, entry))
    succeeded = {entry.previous for entry in new.values()}
    return changes + [
        Change(entry, None)
        for source, entry in old.items()
        if source not in new and source not in succeeded
    ]


def _details(changes: list[Change]) -> Iterator[str]:
    for kind in KINDS:
        alike = [change for change in changes if change.kind == kind]
        if alike:
            yield from ("", f"### {kind} ({len(alike)})")
        for change in alike:
            yield from ("", *_one(change))


def _one(change: Change) -> Iterator[str]:
    before, after = change.before, change.after
    entry = after or before
    assert entry is not None
    yield from _quoted("English", entry.source, before.source if before else None)
    yield from _quoted("Translation", after.text if after else "", before.text if before else None)


def _quoted(title: str, text: str, earlier: str | None) -> Iterator[str]:
    """A text in a fence that nothing in it can close; with the earlier one where it differs."""
    lines = [f"  {line}" for line in text.split("\n")] if text else []
    if earlier and earlier != text:
        lines = [f"- {line}" for line in earlier.split("\n")]
        lines += [f"+ {line}" for line in text.split("\n")] if text else []
    if not lines:
        return
    content = "\n".join(_visible(line) for line in lines)
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", content)), default=0))
    yield f"{title}:"
    yield from ("", f"{fence}diff", content, fence)


def _visible(text: str) -> str:
    """Characters that could deceive a reviewer's eye, as their code points."""
    return "".join(
        char if char.isprintable() or char == "\n" else f"<U+{ord(char):04X}>" for char in text
    )


def _now(path: Path) -> Catalog:
    return read_catalog(path) if path.is_file() else new_catalog(path, "", "", "")


def _at(book: Book, path: Path, revision: str) -> Catalog:
    shown = _git(book, "show", f"{revision}:./{path.relative_to(book.root).as_posix()}")
    return new_catalog(path, "", "", "") if shown is None else parse_catalog(shown, path)


def _names_at(book: Book, folder: Path, revision: str) -> set[Path]:
    place = folder.relative_to(book.root).as_posix()
    listed = _git(book, "ls-tree", "-r", "--name-only", revision, "--", place) or ""
    return {Path(line).relative_to(place) for line in listed.splitlines() if line.endswith(".po")}


def _check_revision(book: Book, revision: str) -> None:
    found = None
    if not revision.startswith("-"):
        found = _git(book, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if found is None:
        raise PolybookError(f"git knows no revision {revision!r} here")


def _git(book: Book, *arguments: str) -> str | None:
    """What git says in the book's folder, None if it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=book.root, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.decode("utf-8", errors="replace")
