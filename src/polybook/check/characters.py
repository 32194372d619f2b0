"""Characters that a reader cannot see, or that make a text look like another one."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Invisible, although letters, marks or symbols to Unicode; and what stands for a lost character.
_INVISIBLE: Final = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc\ufffd"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
_HARMLESS: Final = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0373\u1100-\u115e\u1161-\u11ff\u2010-\u2027"
    r"\u2030-\u205e\u2190-\u21ff\u2200-\u22ff\u3001-\u303e\u3041-\u3096\u3400-\u4dbf"
    r"\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e\u00a0\u202f\u2009]*"
)
_FORBIDDEN: Final = re.compile(f"[{_INVISIBLE}]")
_UNSEEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_STACKED_MARKS: Final = 3


def forbidden(source: str, text: str) -> str:
    """The first character of a text that no translation needs, or an empty string.

    Control, format and private characters, unassigned ones, bidirectional overrides, those of no
    width, tags, and piles of accents. A line break or tabulator may stand where the source has one.
    """
    if _HARMLESS.fullmatch(text):
        return ""
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if character in "\n\t" and character in source:
            continue
        if marks > _STACKED_MARKS or category in _UNSEEN_CATEGORIES:
            return character
        if _FORBIDDEN.match(character):
            return character
    return ""


def named(character: str) -> str:
    """A character as its code and name."""
    name = unicodedata.name(character, unicodedata.category(character))
    return f"U+{ord(character):04X} {name}"
