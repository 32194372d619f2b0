"""PO files, entry by entry, in the form in which people left them.

An entry that does not change is written back as it was read, to the letter: its line breaks,
comments and flags. So a diff shows what changed and nothing else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from polybook.errors import PolybookError

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s*")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class Entry:
    """One message: its `source` text (msgid) and its `text` in the language (msgstr).

    `comments` are the translators' own, `notes` are for translators, `previous` is the source that
    a fuzzy text translates. `line` is the entry's first line in its file, from 1, and `text_line`
    that of its msgstr; `raw` is the entry as it stands there, with the empty lines before it, None
    once it has changed.
    """

    source: str
    text: str = ""
    context: str | None = None
    flags: frozenset[str] = frozenset()
    comments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    previous: str | None = None
    obsolete: bool = False
    line: int = 0
    text_line: int = 0
    raw: str | None = field(default=None, compare=False)

    @property
    def fuzzy(self) -> bool:
        """Whether the text translates an earlier source, or a person should look at it."""
        return "fuzzy" in self.flags

    @property
    def current(self) -> bool:
        """Whether readers see the text: it is there, not fuzzy and not obsolete."""
        return bool(self.text) and not self.fuzzy and not self.obsolete

    def change(self, **changes: Any) -> Entry:
        """The entry with other contents; the same one if nothing differs."""
        changed = replace(self, **changes)
        return self if changed == self else replace(changed, raw=None)


@dataclass(frozen=True)
class Catalog:
    """A PO file: the `header` entry (its source is empty), the `entries` and what follows them."""

    path: Path
    header: Entry
    entries: tuple[Entry, ...] = ()
    tail: str = ""

    @property
    def active(self) -> list[Entry]:
        """The entries that are not obsolete."""
        return [entry for entry in self.entries if not entry.obsolete]

    def find(self, source: str) -> Entry | None:
        """The active entry of a source text."""
        return next((entry for entry in self.active if entry.source == source), None)

    def render(self) -> str:
        """The file's text."""
        first = self.header.raw or _render(self.header)
        rest = [entry.raw or f"\n{_render(entry)}" for entry in self.entries]
        return "".join([first, *rest, self.tail])

    def write(self) -> bool:
        """Write the file if its text changed, aside first; tell whether it did."""
        content = self.render().encode("utf-8")
        if self.path.is_file() and self.path.read_bytes() == content:
            return False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(content)
        os.replace(part, self.path)
        return True


def new_catalog(path: Path, title: str, code: str, label: str) -> Catalog:
    """A catalog without messages, for a language."""
    fields = {
        "Project-Id-Version": title,
        "Language": code,
        "Language-Team": label,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return Catalog(path, Entry("", text, comments=(f"{title}: {label}",)))


def read_catalog(path: Path) -> Catalog:
    """Read a PO file; raises `PolybookError` with file and line for what is no PO file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise PolybookError("there is no such catalog", path) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PolybookError(f"this is not UTF-8: {error.reason}", path, line) from None
    return parse_catalog(text, path)


def parse_catalog(text: str, path: Path) -> Catalog:
    """The catalog that a PO file's text is; `path` is for messages and for writing it."""
    entries, tail = _parse(text, path)
    if entries and not entries[0].source:
        return Catalog(path, entries[0], tuple(entries[1:]), tail)
    header = new_catalog(path, path.stem, "", "").header
    return Catalog(path, header, tuple(entries), tail)


class _Builder:
    """Gathers the lines of one entry."""

    def __init__(self, line: int, gap: list[str]) -> None:
        self.line, self.text_line = line, line
        self.lines = gap
        self.strings: dict[str, str] = {}
        self.flags: set[str] = set()
        self.comments: list[str] = []
        self.notes: list[str] = []
        self.previous: list[str] = []
        self.obsolete = False
        self.keyword = ""

    @property
    def complete(self) -> bool:
        return any(name.startswith("msgstr") for name in self.strings)

    def entry(self) -> Entry:
        return Entry(
            source=self.strings["msgid"],
            text=self.strings.get("msgstr", self.strings.get("msgstr[0]", "")),
            context=self.strings.get("msgctxt"),
            flags=frozenset(self.flags),
            comments=tuple(self.comments),
            notes=tuple(self.notes),
            previous="".join(self.previous) if self.previous else None,
            obsolete=self.obsolete,
            line=self.line,
            text_line=self.text_line,
            raw="".join(f"{line}\n" for line in self.lines),
        )


def _parse(text: str, path: Path) -> tuple[list[Entry], str]:
    """The entries of a PO file's text, and the comments after the last one."""
    entries: list[Entry] = []
    builder: _Builder | None = None
    seen: dict[tuple[str | None, str], int] = {}
    gap: list[str] = []
    for number, full in enumerate(text.split("\n"), 1):
        full = full.rstrip("\r")
        line = full.strip()
        if builder and builder.complete and (not line or _begins(line)):
            _finish(builder, entries, seen, path)
            builder = None
        if not line and builder is None:
            gap.append(full)
            continue
        if builder is None:
            builder, gap = _Builder(number, gap), []
        builder.lines.append(full)
        _read_line(builder, line, number, path)
    if builder and builder.strings:
        if not builder.complete:
            raise PolybookError("this message has no msgstr", path, builder.line)
        _finish(builder, entries, seen, path)
        return entries, ""
    rest = [*(builder.lines if builder else []), *gap]
    return entries, "\n".join(rest)


def _begins(line: str) -> bool:
    """Whether a line cannot belong to an entry that has its msgstr already."""
    bare = re.sub(r"^#~\s?", "", line)
    return bare.startswith(("#", "msgid", "msgctxt")) and not bare.startswith("msgid_plural")


def _finish(
    builder: _Builder, entries: list[Entry], seen: dict[tuple[str | None, str], int], path: Path
) -> None:
    if "msgid" not in builder.strings:
        raise PolybookError("this message has no msgid", path, builder.line)
    entry = builder.entry()
    key = (entry.context, entry.source)
    if not entry.obsolete and (entry.source or not entries):
        if key in seen:
            raise PolybookError(
                f"this message stands in line {seen[key]} already", path, entry.line
            )
        seen[key] = entry.line
    entries.append(entry)


def _read_line(builder: _Builder, line: str, number: int, path: Path) -> None:
    if line.startswith("#~"):
        builder.obsolete = True
        line = line[2:].strip()
        line = f"#{line}" if line.startswith("|") else line
    if line.startswith("#|"):
        keyword, rest = _split(line[2:].strip())
        if keyword in ("msgid", ""):
            builder.previous.append(_unquote(rest, number, path))
    elif line.startswith("#,"):
        builder.flags |= {flag.strip() for flag in line[2:].split(",") if flag.strip()}
    elif line.startswith("#."):
        builder.notes.append(line[2:].strip())
    elif line.startswith("#:"):
        pass  # places in the source: kept with the entry's text, of no use here
    elif line.startswith("#"):
        builder.comments.append(line[1:].strip())
    elif line:
        keyword, rest = _split(line)
        builder.keyword = keyword or builder.keyword
        if not builder.keyword or (keyword and keyword in builder.strings):
            raise PolybookError("this is no line of a PO file", path, number)
        if keyword == "msgstr":
            builder.text_line = number
        string = _unquote(rest, number, path)
        builder.strings[builder.keyword] = builder.strings.get(builder.keyword, "") + string


def _split(line: str) -> tuple[str, str]:
    match = _KEYWORD.match(line)
    return (match[1], line[match.end() :]) if match else ("", line)


def _unquote(text: str, number: int, path: Path) -> str:
    match = _STRING.fullmatch(text)
    if not match:
        raise PolybookError(
            "expected a text in quotation marks; is one missing, or a \\ before one inside?",
            path,
            number,
        )
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), match[1])


def quote(text: str) -> list[str]:
    """A string as PO lines: one, or, if it has several lines, one for each after an empty one."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("\t", "\\t").replace("\r", "\\r")
    lines = escaped.split("\n")
    parts = [f'"{line}\\n"' for line in lines[:-1]] + ([f'"{lines[-1]}"'] if lines[-1] else [])
    return parts if len(parts) == 1 else ['""', *parts]


def _render(entry: Entry) -> str:
    lines = [f"# {comment}".rstrip() for comment in entry.comments]
    lines += [f"#. {note}" for note in entry.notes]
    lines += [f"#, {', '.join(sorted(entry.flags))}"] if entry.flags else []
    if entry.previous is not None:
        first, *rest = quote(entry.previous)
        lines += [f"#| msgid {first}", *(f"#| {part}" for part in rest)]
    for keyword, text in (
        ("msgctxt", entry.context),
        ("msgid", entry.source),
        ("msgstr", entry.text),
    ):
        if text is not None:
            first, *rest = quote(text)
            lines += [f"{keyword} {first}", *rest]
    if entry.obsolete:
        lines = [line if line.startswith("# ") else _struck(line) for line in lines]
    return "".join(f"{line}\n" for line in lines)


def _struck(line: str) -> str:
    return f"#~{line[1:]}" if line.startswith("#|") else line if line[0] == "#" else f"#~ {line}"


def catalogs_in(folder: Path, pattern: str = "*.po") -> Iterator[Path]:
    """The PO files below a folder, in order."""
    yield from sorted(folder.rglob(pattern))
