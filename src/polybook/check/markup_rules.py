"""Markup that would not render as meant, and faults that any language can have."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from polybook.check.content import OBJECT, Content, fields
from polybook.check.problem import Problem, problem
from polybook.words import _

_STARS: Final = re.compile(r"(.?)(\*+)(.?)", re.DOTALL)
_UNDERSCORES: Final = re.compile(r"(?<![\w])_(?=\w)|(?<=\w)_(?!\w)")
_ROLE_NAME: Final = re.compile(rf"\{{[a-z][a-z:_-]*\}}(?=\s*(?:`|{OBJECT}|$))")
_FULL_WIDTH_MARKUP: Final = re.compile("[｀＊＄｛｝［］＼]")
_PAIRS: Final = ("()", "（）", "“”", "「」", "『』", "《》", "[]", "【】")
_SPACE_BEFORE: Final = re.compile(r"\S([ \u00a0]+[.,;:!?](?=\s|$))")
_END: Final = re.compile(r"[.!?:;…。！？：；][\s)）\"'”’」』》*_]*$")
_SENTENCE_END: Final = re.compile(r"[.!?][)\"”]?$")
_SCRIPTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "ko": frozenset({"LATIN", "GREEK", "HANGUL", "CJK", "MICRO", "MODIFIER"}),
        "zh": frozenset({"LATIN", "GREEK", "CJK", "MICRO", "MODIFIER"}),
        "tr": frozenset({"LATIN", "GREEK", "MICRO", "MODIFIER"}),
    }
)
_EXAMPLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "role": "{numref}`name`",
        "code": "`code`",
        "formula": "$…$",
        "price": "\\$",
        "link": "[text](address)",
    }
)
_ENOUGH_WORDS: Final = 4


def markup_problems(source: Content, text: Content) -> Iterator[Problem]:
    """Signs that stay on the page although they were meant as markup."""
    here, there = text.literal, source.literal
    yield from _stars(here, there)
    for sign, rule, template, advice in (
        (
            "`",
            "backtick",
            _("{sign} has no partner and stays on the page"),
            _("A role is {role}, code is {code}: with a backtick on both sides."),
        ),
        (
            "$",
            "dollar",
            _("{sign} has no partner and stays on the page"),
            _("A formula is {formula}, without a space just inside; a price needs {price}."),
        ),
        (
            "\\",
            "backslash",
            _("a backslash stays on the page"),
            _("Outside of formulas and code it belongs before a sign of markup only."),
        ),
    ):
        if here.count(sign) > there.count(sign):
            yield problem(rule, template, advice, sign=sign, **_EXAMPLES)
    for name in Counter(_ROLE_NAME.findall(here)) - fields(source):
        yield problem(
            "role-literal",
            _("{name} stays on the page"),
            _("Its text follows at once between backticks: {role}."),
            name=name,
            **_EXAMPLES,
        )
    for sign in sorted(set(_FULL_WIDTH_MARKUP.findall(here)) - set(there)):
        yield problem(
            "full-width-markup",
            _("{sign} is a full-width sign and no markup"),
            _("Switch the input method and write the half-width sign."),
            sign=sign,
        )
    if sum(map(here.count, "[]")) > sum(map(there.count, "[]")):
        yield problem(
            "bracket",
            _("a bracket stays on the page"),
            _("A link is {link}, without a space between."),
            **_EXAMPLES,
        )


def _stars(here: str, there: str) -> Iterator[Problem]:
    extra = here.count("*") - there.count("*")
    if extra > 0:
        runs = list(_STARS.finditer(here))
        stars = next((run for run in runs if _is_torn(run)), runs[0])
        yield problem(
            "emphasis",
            _("{stars} stays on the page: it cannot begin or end emphasis in {place}"),
            _(
                "The marks must touch a letter inside. Where a letter touches them outside, "
                "move brackets and punctuation out: {example}."
            ),
            example="*에포크*(epoch)는",
            stars=stars[2],
            place=here[max(0, stars.start() - 8) : stars.end() + 8].strip(),
        )
    elif len(_UNDERSCORES.findall(here)) > len(_UNDERSCORES.findall(there)):
        yield problem(
            "emphasis",
            _("_ stays on the page: it does not emphasize here"),
            _("Write {right} instead of {wrong}."),
            right="*…*",
            wrong="_…_",
        )


def _is_torn(run: re.Match[str]) -> bool:
    """Whether punctuation on one side and a letter on the other decide against the writer."""
    before, _stars, after = run.groups()
    sides = [side for side in (before, after) if side.strip()]
    return len(sides) == 2 and sum(side.isalnum() for side in sides) == 1


def text_problems(source: Content, text: Content, language: str) -> Iterator[Problem]:
    """Faults of the text itself that do not depend on the language's own rules."""
    raw, line = text.raw, text.line
    if raw == source.raw and len(re.findall(r"[^\W\d]{2,}", source.line)) >= _ENOUGH_WORDS:
        yield problem(
            "untranslated",
            _("the text is the English one"),
            _("Translate it, or leave it empty: readers then see that it is not translated."),
        )
        return
    if unicodedata.normalize("NFC", raw) != raw:
        yield problem(
            "normalization",
            _("letters are written in pieces (decomposed)"),
            _("Save the text in Unicode's form NFC; on macOS, type it instead of copying names."),
        )
    yield from _spaces(source, text)
    yield from _pairs(source, text)
    if _SENTENCE_END.search(source.raw) and not _END.search(raw):
        yield problem(
            "ending",
            _("the source ends a sentence, the text does not"),
            _("Put the full stop of your language at the end."),
        )
    known = _SCRIPTS.get(language)
    strange = [c for c in line if known and _is_letter(c) and not _expected(c, known, source.line)]
    if strange:
        yield problem(
            "letters",
            _("{letter} is a letter of another script: {name}"),
            _("Type the letter that it looks like."),
            letter=strange[0],
            name=unicodedata.name(strange[0], "?"),
        )


def _is_letter(character: str) -> bool:
    return character.isalpha() or "０" <= character <= "９"


def _expected(letter: str, scripts: frozenset[str], source: str) -> bool:
    return letter.isascii() or letter in source or _script(letter) in scripts


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return "FULLWIDTH" if name.startswith("FULLWIDTH") else re.split(r"[ -]", name)[0]


def _spaces(source: Content, text: Content) -> Iterator[Problem]:
    template = advice = ""
    if text.raw != text.raw.strip() and source.raw == source.raw.strip():
        template, advice = _("the text begins or ends with a space"), _("Delete it.")
    elif "  " in text.line and "  " not in source.line:
        template, advice = _("there are two spaces in a row"), _("Delete one.")
    elif (match := _SPACE_BEFORE.search(text.line)) and not _SPACE_BEFORE.search(source.line):
        template, advice = _("there is a space before {place}"), _("Delete it.")
        yield problem("space", template, advice, place=match[1].strip())
        return
    if template:
        yield problem("space", template, advice)


def _pairs(source: Content, text: Content) -> Iterator[Problem]:
    for opening, closing in _PAIRS:
        if text.line.count(opening) != text.line.count(closing) and (
            source.line.count(opening) == source.line.count(closing)
        ):
            yield problem(
                "pair",
                _("{opening} and {closing} do not come in pairs"),
                _("Add the missing one, or delete the one too many."),
                opening=opening,
                closing=closing,
            )
