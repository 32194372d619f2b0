"""Messages are read as the book reads them, and told in a form that does no harm."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import yaml

from polybook.check.content import EXTENSIONS, OBJECT, is_formula, parse
from polybook.check.problem import fill, shown
from polybook.config import Book


def test_the_parser_is_the_one_of_the_book(this_book: Book) -> None:
    found = importlib.util.find_spec("jupyter_book")
    assert found is not None and found.origin is not None
    path = Path(found.origin).with_name("default_config.yml")
    defaults = yaml.safe_load(path.read_text(encoding="utf-8"))["parse"]
    own = yaml.safe_load((this_book.root / "_config.yml").read_text(encoding="utf-8"))
    assert set(defaults["myst_enable_extensions"]) == EXTENSIONS
    assert "parse" not in own


def test_a_message_is_read_into_what_it_contains() -> None:
    content = parse("See {ref}`here <sec-gd>`, $x$, `c` and [it](https://a.example/), *now*[^1].")
    kinds = ["role", "math", "code", "link", "emphasis", "footnote"]
    assert {kind: list(content.keys(kind)) for kind in kinds} == {
        "role": ["{ref}`sec-gd`"],
        "math": ["x"],
        "code": ["c"],
        "link": ["https://a.example/"],
        "emphasis": [""],
        "footnote": ["1"],
    }
    assert content.line == f"See {OBJECT}, {OBJECT}, {OBJECT} and it, now{OBJECT}."


def test_the_words_of_a_displayed_formula_may_change_and_nothing_else() -> None:
    source = "\\begin{aligned}\n\\text{loss} &= 1 \\\\\n\\end{aligned}"
    assert is_formula(source) and not is_formula("Here $\\text{loss}$ is a formula.")
    translated = parse(source.replace("loss", "손실"), formula=True)
    assert translated.pieces == parse(source, formula=True).pieces
    assert translated.line == "손실"


def test_an_excerpt_shows_characters_that_act_on_a_terminal() -> None:
    assert shown("a\x1b[31m\u202eb\n") == "a<U+001B>[31m<U+202E>b<U+000A>"
    assert shown("x" * 100) == "x" * 59 + "…"


def test_a_translated_message_of_the_checker_reads_nothing_of_its_values() -> None:
    assert fill("{a} {a.__class__} {b}", {"a": "1"}) == "1 {a.__class__} {b}"


def test_the_build_can_refuse_without_sphinx() -> None:
    code = (
        "import sys; from polybook.check.security import refusals; refusals('A $x$.', 'B $x$.');"
        "sys.exit('sphinx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
