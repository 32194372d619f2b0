"""Chinese: full-width punctuation, spaces, quotation marks, one set of characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from polybook.check.agreeing import objects_in_text
from polybook.check.content import OBJECT, Content, Piece
from polybook.check.problem import Problem, problem
from polybook.words import _

HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_WIDE: Final = "，。；：？！（）、《》「」"
_HALF_WIDTH: Final = re.compile(
    rf"(?<=[{HAN}])\s?[,;:!?]|[,;:!?]\s*(?=[{HAN}])|(?<=[{HAN}])\.(?!\w)"
)
_LAST_STOP: Final = re.compile(rf"(?<=[{OBJECT}A-Za-z0-9)])[.!?]$")
_BRACKETS: Final = re.compile(r"(.?\s?)(?<![A-Za-z0-9])\(([^()]*)\)(\s?.?)")
_ELLIPSIS: Final = re.compile(rf"(?<=[{HAN}])\.{{2,}}|\.{{2,}}(?=[{HAN}])|。{{2,}}")
_HAN_SPACE: Final = re.compile(rf"[{HAN}]\s+[{HAN}]")
_SPACE_AT_WIDE: Final = re.compile(rf".?\s[{_WIDE}]|[{_WIDE}]\s.?")
_NO_LATIN_SPACE: Final = re.compile(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]")
_STRAIGHT_QUOTES: Final = re.compile(rf"[{HAN}]\s?[\"']|[\"']\s?[{HAN}]")
_LATIN_ROLES: Final = ("{measured}", "{cite:t}")
_NUMBERED: Final = ("{numref}", "{ref}`ex-")
_PLACES: Final = ("`fig-", "`tab-", "`ex-")


def chinese_problems(text: Content, language: str) -> Iterator[Problem]:
    """What a Chinese editor would mark, in the simplified (zh_CN) or traditional (zh_TW) script."""
    line = text.line
    if not re.search(f"[{HAN}]", line):
        return
    yield from _punctuation(line)
    yield from _spaces(text)
    yield from _quotes(line, language)
    if language == "zh_CN" and (strange := _traditional(line)):
        yield problem(
            "characters",
            _("{character} is a traditional character"),
            _("Write the simplified one: {simplified}."),
            character=strange[0],
            simplified=strange[1],
        )


def _punctuation(line: str) -> Iterator[Problem]:
    match = _HALF_WIDTH.search(line) or _LAST_STOP.search(line)
    brackets = next(
        (found for found in _BRACKETS.finditer(line) if re.search(f"[{HAN}]", found[0])), None
    )
    if match or brackets:
        sign = match[0].strip() if match else "( )"
        yield problem(
            "punctuation",
            _("{sign} is half-width beside Chinese text"),
            _("Write {signs} and no space beside them."),
            sign=sign,
            signs="，。；：？！（）",
        )
    if _ELLIPSIS.search(line):
        yield problem("punctuation", _("dots in a row"), _("Write {marks}."), marks="……")


def _spaces(text: Content) -> Iterator[Problem]:
    line = text.line
    match = _HAN_SPACE.search(line) or _SPACE_AT_WIDE.search(line)
    place = match[0] if match else next(_shown_spaces(text), "")
    if place:
        yield problem(
            "han-space",
            _("there is a space in {place}"),
            _("No space between Chinese characters, nor beside full-width punctuation."),
            place=place,
        )
    tight = _NO_LATIN_SPACE.search(line)
    place = tight[0] if tight else next(_tight_objects(text), "")
    if place:
        yield problem(
            "latin-space",
            _("there is no space in {place}"),
            _("One space between Chinese characters and Latin words, numbers, formulas or code."),
            place=place,
        )


def _shown_spaces(text: Content) -> Iterator[str]:
    """A reference to a figure begins with a Chinese character, one to a section ends so, too."""
    for piece, before, after in objects_in_text(text):
        if not piece.key.startswith(_NUMBERED):
            continue
        if re.search(f"[{HAN}] $", before):
            yield f"{before[-2:]}{piece.key}"
        if "`sec-" in piece.key and re.match(f" [{HAN}]", after):
            yield f"{piece.key}{after[:2]}"


def _tight_objects(text: Content) -> Iterator[str]:
    for piece, before, after in objects_in_text(text):
        shown = piece.written
        if _begins_in_latin(piece) and re.search(f"[{HAN}]$", before):
            yield f"{before[-1:]}{shown}"
        if _ends_in_latin(piece) and re.match(f"[{HAN}]", after):
            yield f"{shown}{after[:1]}"


def _begins_in_latin(piece: Piece) -> bool:
    return piece.kind in ("math", "code") or piece.key.startswith(_LATIN_ROLES)


def _ends_in_latin(piece: Piece) -> bool:
    if piece.key.startswith(_NUMBERED):
        return any(place in piece.key for place in _PLACES)
    return piece.kind in ("math", "code") or (
        piece.key.startswith("{measured}`") and ":" in piece.key
    )


def _quotes(line: str, language: str) -> Iterator[Problem]:
    wrong = "“”" if language == "zh_TW" else "「」"
    right = "「」" if language == "zh_TW" else "“”"
    match = _STRAIGHT_QUOTES.search(line)
    if match or any(mark in line for mark in wrong):
        yield problem(
            "quotation-marks",
            _("the quotation marks are not those of the language"),
            _("Write {marks}."),
            marks=right,
        )


def _traditional(line: str) -> tuple[str, str] | None:
    simplified = _simplify()(line)
    if len(simplified) != len(line):
        return None
    return next(((a, b) for a, b in zip(line, simplified, strict=True) if a != b), None)


@cache
def _simplify() -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert
