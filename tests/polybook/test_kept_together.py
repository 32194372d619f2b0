"""What touches a formula or code, and is no word of its own, stays on its line."""

from __future__ import annotations

import pytest
from docutils import nodes
from docutils.utils import new_document

from polybook.kept_together import KeepTogether


def _pieces(after: str) -> list[str]:
    """The unbroken pieces of a paragraph in which a formula stands before a text."""
    document = new_document("page")
    document += nodes.paragraph("", "", nodes.Text("앞의 "), nodes.math("", "x"), nodes.Text(after))
    KeepTogether(document).run()
    assert document.astext() == f"앞의 x{after}"
    return [node.astext() for node in document.findall(nodes.inline)]


@pytest.mark.parametrize(
    ("after", "piece"),
    [
        ("는 벡터이다.", "x는"),
        ("와, y는", "x와,"),
        ("입니다. 다음은", "x입니다."),
        ("，其中", "x，"),
        ("）。", "x）。"),
        ("'nın değeri", "x'nın"),
        ("’i, y", "x’i,"),
        (", where", "x,"),
        (".", "x."),
    ],
)
def test_what_touches_a_formula_stays_with_it(after: str, piece: str) -> None:
    assert _pieces(after) == [piece]


def test_a_text_that_is_equal_to_an_earlier_one_stays_in_its_place() -> None:
    document = new_document("page")
    document += nodes.paragraph(
        "", "", nodes.emphasis("", "a"), nodes.Text("."), nodes.math("", "x"), nodes.Text(".")
    )
    KeepTogether(document).run()
    assert document.astext() == "a.x."


@pytest.mark.parametrize("after", [" 는", " is", "(은)", "-th", "이라고할수있습니다", "的值", "s"])
def test_words_do_not(after: str) -> None:
    assert _pieces(after) == []
