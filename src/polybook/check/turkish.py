"""Turkish: apostrophes and suffixes, dotted and dotless i, letters typed in ASCII."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from polybook.check.agreeing import AGREEING, agreed, is_known, objects_in_text
from polybook.check.content import OBJECT, Content
from polybook.check.problem import Problem, problem
from polybook.check.turkish_words import WITHOUT_ASCII_TWIN, ascii_only, lower
from polybook.words import _

APOSTROPHES: Final = "'’"
_LETTERS: Final = "a-zçğıöşüâîû"
_SUFFIX: Final = re.compile(rf"(\s?)(['’‘]?)([{_LETTERS}]+)")
_AFTER_NUMBER: Final = re.compile(rf"(?<![\w.,])(\d+(?:[.,]\d+)*)(['’]?)([{_LETTERS}]+)(?!\w)")
_AFTER_ABBREVIATION: Final = re.compile(rf"\b([A-ZÇĞİÖŞÜ]{{2,}})([{_LETTERS}]+)\b")
_NUMBER_BEFORE: Final = re.compile(rf"[\d{_LETTERS}A-ZÇĞİÖŞÜ] (['’])([{_LETTERS}]+)\b")
_DOT: Final = "\u0307"
_FULL_WIDTH: Final = re.compile("[，。；：？！（）、「」“”]?[，。；：？！（）、「」]")
_DECIMAL_POINT: Final = re.compile(r"(?<![\w.])0\.\d+(?![\w.])")
_PERCENT: Final = re.compile(r"\d[\d.,]*\s?%")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORTEST_STEM: Final = 5
_LONG_TEXT: Final = 80  # letters, of which a dozen are usually letters of Turkish alone


def turkish_problems(source: Content, text: Content, terms: Iterable[str]) -> Iterator[Problem]:
    """What a Turkish editor would mark; `terms` are words whose spelling is known."""
    yield from _apostrophes(text)
    yield from _suffixes(text.line)
    yield from _letters(text, terms)
    yield from _numbers(source, text)


def apostrophes(text: Content) -> set[str]:
    """Which apostrophes stand between a word, number or reference and a suffix."""
    return set(re.findall(rf"(?<=[\w\ufffc])([{APOSTROPHES}])(?=[{_LETTERS}])", text.line))


def _apostrophes(text: Content) -> Iterator[Problem]:
    if len(apostrophes(text)) > 1:
        yield problem(
            "apostrophe",
            _("the text has straight and curly apostrophes"),
            _("Use one kind."),
        )
    for piece, _before, after in objects_in_text(text):
        match = _SUFFIX.match(after)
        if not match:
            continue
        space, mark, suffix = match.groups()
        if not space and not mark:
            yield problem(
                "apostrophe",
                _("there is no apostrophe between {element} and {suffix}"),
                _("Write {right}."),
                right=f"{piece.written}'{suffix}",
                element=piece.written,
                suffix=suffix,
            )
        elif space and mark and mark != "‘":
            yield _space_before_suffix(mark + suffix)
        elif mark and piece.key.startswith(AGREEING) and not is_known("tr", mark + suffix):
            yield problem(
                "suffix",
                _("the site cannot make {suffix} agree with the number before it"),
                _("Use a simple suffix, or put a noun after the reference."),
                suffix=mark + suffix,
            )


def _space_before_suffix(suffix: str) -> Problem:
    return problem(
        "apostrophe",
        _("there is a space before the suffix {suffix}"),
        _("The suffix follows directly."),
        suffix=suffix,
    )


def _suffixes(line: str) -> Iterator[Problem]:
    if match := _NUMBER_BEFORE.search(line):
        yield _space_before_suffix(match[1] + match[2])
    for number, mark, suffix in _AFTER_NUMBER.findall(line):
        if not is_known("tr", f"'{suffix}"):
            continue
        right = agreed("tr", number, f"'{suffix}")[1:]
        if not mark or right != suffix:
            yield problem(
                "suffix",
                _("{wrong} should be {right}"),
                _("A suffix after a number has an apostrophe and the form of the spoken number."),
                wrong=f"{number}{mark}{suffix}",
                right=f"{number}'{right}",
            )
    for word, suffix in _AFTER_ABBREVIATION.findall(line):
        if is_known("tr", f"'{suffix}"):
            yield problem(
                "apostrophe",
                _("there is no apostrophe between {element} and {suffix}"),
                _("Write {right}."),
                right=f"{word}'{suffix}",
                element=word,
                suffix=suffix,
            )


def _letters(text: Content, terms: Iterable[str]) -> Iterator[Problem]:
    line = text.line
    if f"i{_DOT}" in line or f"I{_DOT}" in line or f"ı{_DOT}" in line:
        yield problem(
            "dotted-i",
            _("a dot stands over an i as a character of its own (U+0307)"),
            _("Delete it: Turkish has i, İ, ı and I. A program may have lowered İ wrongly."),
        )
    if match := _FULL_WIDTH.search(line):
        yield problem(
            "punctuation",
            _("{sign} is full-width punctuation"),
            _("Write the half-width sign."),
            sign=match[0],
        )
    words = dict.fromkeys(_WORD.findall(line))
    if sum(map(len, words)) >= _LONG_TEXT and line.replace(OBJECT, "").isascii():
        yield problem(
            "turkish-letters",
            _("the text has no Turkish letter at all"),
            _("Write ç, ğ, ı, İ, ö, ş and ü where they belong."),
        )
        return
    for wrong, right in dict.fromkeys(_misspelled(words, terms)):
        yield problem(
            "turkish-letters",
            _("{wrong} lacks Turkish letters"),
            _("Write {right}, with ç, ğ, ı, İ, ö, ş and ü where they belong."),
            wrong=wrong,
            right=right,
        )


def _misspelled(words: Iterable[str], terms: Iterable[str]) -> Iterator[tuple[str, str]]:
    parts = {lower(part) for term in terms for part in _WORD.findall(term)}
    known = {part for part in parts if len(part) >= _SHORTEST_STEM} | set(WITHOUT_ASCII_TWIN)
    # a final ç may soften to c: başlangıç, başlangıcı
    stems = sorted(word.removesuffix("ç") for word in known)
    marked = [(ascii_only(stem), stem) for stem in stems if ascii_only(stem) != stem]
    for word in words:
        small = lower(word)
        if word[1:] != small[1:] and not word.isupper():
            continue  # a name such as JavaScript
        lost = [stem for bare, stem in marked if _lost_marks(small, bare, stem)]
        if lost:
            yield word, max(lost, key=len)


def _lost_marks(word: str, bare: str, stem: str) -> bool:
    """Whether a word begins with a stem, but in ASCII or with the wrong one of i and ı."""
    if ascii_only(word) != bare and len(stem) < _SHORTEST_STEM:
        return False
    begin = word[: len(stem)]
    typed = begin.isascii() or begin.replace("ı", "i") == stem.replace("ı", "i")
    return typed and begin != stem and ascii_only(begin) == bare


def _numbers(source: Content, text: Content) -> Iterator[Problem]:
    if match := _DECIMAL_POINT.search(text.line):
        yield problem(
            "decimal-comma",
            _("{number} has a decimal point"),
            _("Write {right}."),
            number=match[0],
            right=match[0].replace(".", ","),
        )
    if match := _PERCENT.search(text.line):
        yield problem(
            "percent",
            _("the percent sign stands after the number: {place}"),
            _("Turkish writes it before the number: {right}."),
            place=match[0],
            right=f"%{match[0].rstrip(' %')}",
        )
