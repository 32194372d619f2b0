"""Attacks are refused, mistakes give their messages, and right texts none."""

from __future__ import annotations

from typing import Any

import pytest
from corpora import GLOSSARY, LANGUAGES, attacks, entries

from polybook.check import check_entry, entry_refusals, refusals
from polybook.check.silence import RULES
from polybook.po import Entry

FUZZY = frozenset({"fuzzy"})


def _attack(attack: dict[str, Any]) -> tuple[str, str]:
    return attack.get("source", "The loss falls."), attack["text"] * attack.get("times", 1)


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: repr(attack["text"])[1:40])
def test_an_attack_is_refused_by_the_build_and_by_the_check(attack: dict[str, Any]) -> None:
    source, text = _attack(attack)
    assert attack["refused"] in {problem.rule for problem in refusals(source, text)}
    for language in LANGUAGES:
        found = check_entry(Entry(source, text), language, GLOSSARY)
        assert attack["refused"] in {problem.rule for problem in found}


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: repr(attack["text"])[1:40])
def test_an_attack_cannot_be_silenced(attack: dict[str, Any]) -> None:
    source, text = _attack(attack)
    comments = (f"polybook: allow {attack['refused']}: it is harmless",)
    found = check_entry(Entry(source, text, comments=comments), "ko", None)
    assert attack["refused"] in {problem.rule for problem in found}


# No program fills a fuzzy text, and an older source had other references.
HARMLESS_WHEN_OLD = frozenset({"unsafe-role", "unsafe-math", "unsafe-link"})
NEVER_FILLED = "unsafe-placeholder"


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: repr(attack["text"])[1:40])
def test_a_fuzzy_text_is_no_way_round(attack: dict[str, Any]) -> None:
    """Whoever writes the text can write the previous source, too."""
    source, text = _attack(attack)
    if attack["refused"] == NEVER_FILLED:
        return
    assert refusals(source, text, "")
    if attack["refused"] not in HARMLESS_WHEN_OLD:
        entry = Entry(source, text, flags=FUZZY, previous=text)
        assert entry_refusals(entry) == check_entry(entry, "ko", None) != []


def test_what_is_active_is_refused_in_a_fuzzy_text_whatever_the_previous_source() -> None:
    for text in (
        "손실 {eval}`1`",
        "손실 {download}`/etc/passwd`",
        "손실 {{ env }}",
        "$\\href{x}{y}$",
        "[손실](javascript:alert(1))",
        "[손실](file:///etc/passwd)",
        "![손실](x.png)",
        "<b>손실</b>",
        "# 손실",
    ):
        assert refusals("The loss falls.", text, text), text


def test_a_fuzzy_text_may_keep_what_its_own_source_had() -> None:
    previous = "See {numref}`fig-old`, $x$, `old` and [it](https://a.example/)."
    text = "{numref}`fig-old`, $x$, `old`, [그것](https://a.example/)을 봅시다."
    assert refusals("See {numref}`fig-new`.", text, previous) == []
    assert refusals("See {numref}`fig-new`.", text) != []


def test_there_are_enough_of_each() -> None:
    assert len(attacks()) >= 100
    assert len(entries("mistakes")) >= 50


@pytest.mark.parametrize(
    ("language", "entry"), entries("mistakes"), ids=lambda value: getattr(value, "context", value)
)
def test_a_mistake_gives_its_messages(language: str, entry: Entry) -> None:
    found = check_entry(entry, language, GLOSSARY)
    assert tuple(f"[{problem.rule}] {problem.message}" for problem in found) == entry.notes
    assert {problem.line for problem in found} == {entry.text_line}
    assert all(problem.hint and problem.source == entry.source for problem in found)


def test_every_rule_has_a_mistake() -> None:
    seen = {note.partition("]")[0][1:] for _, entry in entries("mistakes") for note in entry.notes}
    assert RULES - seen == set()


@pytest.mark.parametrize(
    ("language", "entry"), entries("right"), ids=lambda value: getattr(value, "context", value)
)
def test_a_right_text_has_no_problem(language: str, entry: Entry) -> None:
    found = check_entry(entry, language, GLOSSARY)
    assert [(problem.rule, problem.message) for problem in found] == []


def test_texts_that_readers_do_not_see_are_not_checked() -> None:
    assert check_entry(Entry("See {numref}`fig-gd`."), "ko", GLOSSARY) == []
    assert check_entry(Entry("A $x$.", "<b>", obsolete=True), "ko", GLOSSARY) == []
    assert check_entry(Entry("A $x$.", "없음.", flags=FUZZY), "ko", GLOSSARY) == []
