"""Add a language: its line in `_config.yml`, its glossary column, its catalogs."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import yaml
from babel import Locale, UnknownLocaleError

from polybook.config import CONFIG_FILE, SECTION, Book
from polybook.errors import PolybookError

GLOSSARY = "glossary.csv"


def add_language(book: Book, code: str, label: str | None = None) -> list[Path]:
    """Configure a new language and give the glossary a column; returns the files that changed.

    `label` is the language's name in itself; Babel knows that of most languages. Raises
    `PolybookError` for a code that is no language's, or is there already.
    """
    if code in {language.code for language in book.languages}:
        raise PolybookError(f"{code} is in {CONFIG_FILE} already")
    try:
        locale = Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        raise PolybookError(f"{code!r} is no language code such as ja or pt_BR") from None
    name = label or locale.get_display_name() or code
    changed = [_configure(book, code, name)]
    glossary = book.locales / GLOSSARY
    return [*changed, *([_add_column(glossary, code)] if glossary.is_file() else [])]


def _configure(book: Book, code: str, label: str) -> Path:
    """Write the language's line after the last one, with the file's comments and form kept."""
    path = book.root / CONFIG_FILE
    text = path.read_text(encoding="utf-8")
    node: Any = yaml.compose(text)
    for key in (*SECTION, "languages"):
        node = next(value for name, value in node.value if name.value == key)
    last_key, last_value = node.value[-1]
    lines = text.split("\n")
    indent = " " * last_key.start_mark.column
    url = code.lower().replace("_", "-")
    place = last_value.end_mark.line + (1 if last_value.end_mark.column else 0)
    lines.insert(place, f"{indent}{code}: {{label: {label}, url: {url}}}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _add_column(path: Path, code: str) -> Path:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    place = header.index("note") if "note" in header else len(header)
    header.insert(place, code)
    for row in rows:
        row.insert(place, "")
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    path.write_text(buffer.getvalue(), encoding="utf-8")
    return path
