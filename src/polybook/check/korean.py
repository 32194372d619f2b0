"""Korean: spaces after sentences, particles after words, numbers and references, punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from polybook.check.agreeing import AGREEING, agreed, is_known, objects_in_text
from polybook.check.content import OBJECT, Content
from polybook.check.problem import Problem, problem
from polybook.words import _

_NO_SPACE_AFTER_STOP: Final = re.compile(rf"[가-힣][.!?](?=[가-힣A-Za-z0-9{OBJECT}‘“])")
_FULL_WIDTH: Final = re.compile("[，。；：？！（）、～％]")
_LOOSE_PARTICLE: Final = re.compile(
    rf"([가-힣A-Za-z0-9)’”]|{OBJECT}) (는|를|을|에서|에게|으로|로부터|부터|까지|께서)(?=[\s.,]|$)"
)
_LOOSE_AFTER_OBJECT: Final = re.compile(
    rf"{OBJECT} (은|가|과|와|의|에|로|도|처럼|이라는|이라고|입니다|이다|이며|이고)(?=[\s.,]|$)"
)
_UNDECIDED: Final = re.compile(
    r"은\(는\)|는\(은\)|이\(가\)|가\(이\)|을\(를\)|를\(을\)|과\(와\)|와\(과\)|\(으\)로|\(이\)[라며]"
    r"|(?<![가-힣])(?:은/는|이/가|을/를|과/와)"
)
_DOUBLED: Final = re.compile(
    r"[가-힣](를를|을를|를을|은는|는은|에에|에서에서|으로으로)(?=[\s.,]|$)"
)
_AFTER_WORD: Final = re.compile(r"([가-힣]+?)(를|와|을|으로)(?![가-힣])")
_NATURAL: Final = ("가을", "마을", "노을", "고을")
_AFTER_NUMBER: Final = re.compile(
    r"(?<![A-Za-z0-9.,])(\d+(?:\.\d+)?)(은|는|이|가|을|를|과|와|으로|로)(?![가-힣])"
)
_PARTICLE: Final = "(은|는|이|가|을|를|과|와|으로|로)(?![가-힣])"
_CHANGING: Final = re.compile(r"(은|는|을|를|과|와|으로|이라|이었|이야|였)[가-힣]")
_RIEUL: Final = 8


def korean_problems(source: Content, text: Content, terms: Iterable[str]) -> Iterator[Problem]:
    """What a Korean editor would mark; `terms` are nouns whose particles can be checked."""
    yield from _punctuation(text.line)
    yield from _particles(text, terms)


def _punctuation(line: str) -> Iterator[Problem]:
    if match := _NO_SPACE_AFTER_STOP.search(line):
        yield problem(
            "sentence-space",
            _("there is no space after the sentence that ends in {place}"),
            _("Put a space after the full stop."),
            place=match[0],
        )
    if match := _FULL_WIDTH.search(line):
        yield problem(
            "punctuation",
            _("{sign} is full-width; Korean has half-width punctuation"),
            _("Write the half-width sign, and a space where Korean has one."),
            sign=match[0],
        )


def _particles(text: Content, terms: Iterable[str]) -> Iterator[Problem]:
    line = text.line
    for pattern in (_LOOSE_PARTICLE, _LOOSE_AFTER_OBJECT):
        if match := pattern.search(line):
            yield problem(
                "particle-space",
                _("there is a space before the particle {particle}"),
                _("A particle follows its word, reference or formula directly."),
                particle=match[match.re.groups],
            )
    if match := _UNDECIDED.search(line):
        yield problem(
            "particle",
            _("{particle} leaves the choice to the reader"),
            _("Write one form; after a numbered reference the site chooses the right one."),
            particle=match[0],
        )
    if match := _DOUBLED.search(line):
        yield problem(
            "particle",
            _("the particle stands twice: {particle}"),
            _("Delete one of them."),
            particle=match[1],
        )
    for wrong, right in dict.fromkeys((*_wrong_after_words(line, terms), *_after_numbers(line))):
        yield problem(
            "particle",
            _("{wrong} should be {right}"),
            _("The particle depends on whether the last syllable ends in a consonant."),
            wrong=wrong,
            right=right,
        )
    for piece, _before, after in objects_in_text(text):
        word = re.match("[가-힣]+", after)
        if not word or not piece.key.startswith(AGREEING) or not _CHANGING.match(word[0]):
            continue
        if not is_known("ko", word[0]):
            yield problem(
                "particle",
                _("the site cannot make {particle} agree with the number before it"),
                _("Use a simple particle, or put a noun between the reference and the particle."),
                particle=word[0],
            )


def _wrong_after_words(line: str, terms: Iterable[str]) -> Iterator[tuple[str, str]]:
    for match in _AFTER_WORD.finditer(line):
        word, particle = match.groups()
        final = (ord(word[-1]) - ord("가")) % 28
        vowel = final == 0 or (final == _RIEUL and particle == "으로")
        if vowel != (particle in ("를", "와")) and not match[0].endswith(_NATURAL):
            other = {"를": "을", "와": "과", "을": "를", "으로": "로"}[particle]
            yield match[0], word + other
    for term in terms:
        if not re.search("[가-힣]$", term):
            continue
        for match in re.finditer(re.escape(term) + _PARTICLE, line):
            right = agreed("ko", term, match[1])
            if right != match[1]:
                yield match[0], term + right


def _after_numbers(line: str) -> Iterator[tuple[str, str]]:
    for number, particle in _AFTER_NUMBER.findall(line):
        right = agreed("ko", number, particle)
        if right and right != particle:
            yield number + particle, number + right
