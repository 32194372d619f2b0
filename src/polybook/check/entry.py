"""All checks of one entry of a catalog."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from polybook.check.chinese import chinese_problems
from polybook.check.content import Content, Unparsable, read_pair
from polybook.check.content_rules import content_problems
from polybook.check.korean import korean_problems
from polybook.check.markup_rules import markup_problems, text_problems
from polybook.check.problem import Problem
from polybook.check.quantities import quantity_problems
from polybook.check.security import TOO_MUCH, entry_refusals
from polybook.check.silence import allowed, silenced
from polybook.check.terms import term_problems
from polybook.check.turkish import turkish_problems
from polybook.po import Entry

if TYPE_CHECKING:
    from polybook.glossary import Glossary


def check_entry(
    entry: Entry, language: str, glossary: Glossary | None, origin: Entry | None = None
) -> list[Problem]:
    """What is wrong with an entry in a language such as `ko` or `zh_CN`.

    `origin` is the entry that this one is derived from: what is allowed there is allowed here.
    An entry without a text, and an obsolete one, have no problems; a fuzzy one is looked at for
    what is dangerous only, since readers may open it.
    """
    if not entry.text or entry.obsolete:
        return []
    refused = entry_refusals(entry)
    if entry.fuzzy:
        return refused
    if any(one.rule in TOO_MUCH for one in refused):
        return refused
    reasons = allowed(origin.comments) if origin else {}
    inherited = {rule for rule, reason in reasons.items() if reason}
    found = (one for one in _problems(entry, language, glossary) if one.rule not in inherited)
    problems = [*refused, *silenced(found, entry.comments)]
    return [replace(one, line=entry.text_line, source=entry.source) for one in problems]


def _problems(entry: Entry, language: str, glossary: Glossary | None) -> Iterator[Problem]:
    try:
        source, text = read_pair(entry.source, entry.text)
    except (Unparsable, RecursionError):
        return  # refused
    if source.formula:
        yield from content_problems(source, text)
        return
    family = language.partition("_")[0]
    yield from content_problems(source, text)
    yield from markup_problems(source, text)
    yield from text_problems(source, text, family)
    yield from quantity_problems(source, text, family)
    if glossary is not None:
        yield from term_problems(source, text, language, glossary)
    yield from _language_problems(source, text, language, _terms(language, glossary))


def _language_problems(
    source: Content, text: Content, language: str, terms: tuple[str, ...]
) -> Iterator[Problem]:
    family = language.partition("_")[0]
    if text.raw == source.raw:
        return  # a name or a symbol, the same in every language
    if family == "ko":
        yield from korean_problems(source, text, terms)
    elif family == "zh":
        yield from chinese_problems(text, language)
    elif family == "tr":
        yield from turkish_problems(source, text, terms)


def _terms(language: str, glossary: Glossary | None) -> tuple[str, ...]:
    """The words that the glossary has in a language, without what stands in brackets."""
    if glossary is None:
        return ()
    parts = (part for term in glossary.terms for part in term.accepted(language))
    return tuple(core for part in parts if (core := part.partition("(")[0].strip()))
