"""What the checker says of a message: once in English, and in the language of the catalog."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from polybook.config import Book
from polybook.words import in_language

LONGEST_EXCERPT: Final = 60
_FIELD: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Problem:
    """One fault of a translation: what is wrong (`message`) and what to do (`hint`).

    `template` and `advice` are the English texts with `{fields}`, which `values` fill. `line` is
    that of the text in its catalog, 0 while unknown, and `source` the message it translates.
    """

    rule: str
    template: str
    advice: str
    values: Mapping[str, str] = field(default_factory=dict)
    line: int = 0
    source: str = ""

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return fill(self.template, self.values)

    @property
    def hint(self) -> str:
        """What to do about it, in English."""
        return fill(self.advice, self.values)

    def render(self, book: Book, code: str) -> str:
        """Message and hint in a language, in English where they are not translated."""
        texts = (in_language(book, code, text) for text in (self.template, self.advice))
        return " ".join(fill(text, self.values) for text in texts)


@dataclass(frozen=True)
class Finding:
    """A problem and the catalog it stands in."""

    path: Path
    problem: Problem


def problem(rule: str, template: str, advice: str, **values: object) -> Problem:
    """A problem whose values are fit for a terminal."""
    return Problem(rule, template, advice, {name: shown(value) for name, value in values.items()})


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its known fields filled.

    `str.format` would let the translation of a template read attributes of the values.
    """
    return _FIELD.sub(lambda match: values.get(match[1], match[0]), template)


def shown(value: object) -> str:
    """A value as an excerpt: short, on one line, and with nothing that acts on a terminal."""
    text = str(value)
    if len(text) > LONGEST_EXCERPT:
        text = f"{text[: LONGEST_EXCERPT - 1]}…"
    return "".join(
        character
        if unicodedata.category(character)[0] in "LNPS" or character in " \u0301\u0307"
        else f"<U+{ord(character):04X}>"
        for character in text
    )
