"""The terms of the glossary: where the source has one, the text has its translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from polybook.check.content import FIELD, Content
from polybook.check.problem import Problem, problem
from polybook.check.turkish_words import lower, stems
from polybook.words import _

if TYPE_CHECKING:
    from polybook.glossary import Glossary

_OPTIONAL: Final = re.compile(r"\s*[(（][^()（）]*[)）]\s*")
_PHRASES: Final = re.compile(r"\bfor (example|instance)\b", re.IGNORECASE)


def term_problems(
    source: Content, text: Content, language: str, glossary: Glossary
) -> Iterator[Problem]:
    """A term of the source without its translation in the text. Longer terms come first."""
    rest = _PHRASES.sub(" ", FIELD.sub(" ", source.line))
    for term in sorted(glossary.terms, key=lambda term: -len(term.term)):
        pattern = _english(term.term)
        if not pattern.search(rest):
            continue
        rest = pattern.sub("\n", rest)
        spellings = term.accepted(language)
        if spellings and not any(_has(text.line, spelling, language) for spelling in spellings):
            yield problem(
                "term",
                _("{term} is {translation} in the glossary; the text does not have it"),
                _("Use the term of the glossary, or change the glossary for the whole book."),
                term=term.term,
                translation=" / ".join(spellings),
            )


@lru_cache(maxsize=1024)
def _english(term: str) -> re.Pattern[str]:
    """A term as a word of its own, also in the plural; what stands in brackets may be missing."""
    words = _OPTIONAL.sub(" ", term).split()
    if words and words[-1].endswith("y"):
        words[-1] = f"{re.escape(words[-1][:-1])}(?:y|ies)"
    elif words:
        words[-1] = f"{re.escape(words[-1])}(?:s|es)?"
    escaped = [re.escape(word) for word in words[:-1]] + words[-1:]
    return re.compile(rf"(?<![\w-]){'[ -]'.join(escaped)}(?![\w-])", re.IGNORECASE)


def _has(line: str, spelling: str, language: str) -> bool:
    core = _OPTIONAL.sub(" ", spelling).strip()
    if language.partition("_")[0] != "tr":
        return "".join(core.split()).casefold() in "".join(line.split()).casefold()
    return _turkish(core).search(lower(line)) is not None


@lru_cache(maxsize=1024)
def _turkish(core: str) -> re.Pattern[str]:
    words = ("|".join(map(re.escape, sorted(stems(word)))) for word in core.split())
    return re.compile(r"\w*\W+".join(rf"\b(?:{word})" for word in words))
