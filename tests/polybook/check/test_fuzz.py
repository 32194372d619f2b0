"""The checker takes any text, and says the same whatever it is asked in between."""

from __future__ import annotations

from corpora import GLOSSARY, LANGUAGES
from hypothesis import given
from hypothesis import strategies as st

from polybook.check import check_entry, refusals
from polybook.check.content import parse
from polybook.po import Entry

PARTS = (
    "{numref}`fig-gd`",
    "{numref}",
    "`code`",
    "`",
    "$x$",
    "$",
    "*",
    "**",
    "_",
    "[text](https://a.example/)",
    "[",
    "](",
    "![",
    "<b>",
    "<",
    "{{",
    "}}",
    "\\",
    "\\text{",
    "&#106;",
    "javascript:",
    "```{note}",
    ":::",
    "1. ",
    "- ",
    "%",
    "%s",
    "{value}",
    "www.",
    "[^1]",
    "16 GB/s",
    "0,05",
    "1.500",
    "손실은",
    " 는",
    "梯度，",
    " ",
    "Gradyan'ın ",
    "ı̇",
    "\n",
    "\u202e",
)
marked = st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=40).map("".join)
texts = st.text(max_size=60) | marked
flags = st.sampled_from([frozenset(), frozenset({"fuzzy"})])


@given(source=texts, text=texts, language=st.sampled_from([*LANGUAGES, "de"]), flags=flags)
def test_any_text_can_be_checked(
    source: str, text: str, language: str, flags: frozenset[str]
) -> None:
    entry = Entry(source, text, flags=flags, previous=text, comments=(text,), text_line=3)
    for problem in check_entry(entry, language, GLOSSARY):
        assert problem.message.isprintable() and problem.hint
        assert problem.line == 3


@given(source=texts, text=texts)
def test_what_the_parser_finds_new_is_refused(source: str, text: str) -> None:
    """The invariant behind the rules: a text that passes brings nothing active along."""
    if not refusals(source, text):
        known, found = parse(source), parse(text)
        for kind in ("html", "link", "image", "substitution"):
            assert known.formula or found.keys(kind).keys() <= known.keys(kind).keys()


@given(text=texts)
def test_a_copy_of_the_source_loses_nothing(text: str) -> None:
    lost = {"role", "citation", "math", "code", "link", "image", "footnote", "number", "unit"}
    found = check_entry(Entry(text, text), "ko", None)
    assert not lost & {problem.rule for problem in found}
