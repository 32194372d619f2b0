"""A Korean particle stays on the line of the formula or code that it touches."""

from __future__ import annotations

import pytest
from docutils import nodes
from docutils.utils import new_document

from polybook.kept_together import KeepTogether


class _Korean:
    language = "ko"


class _English:
    language = "en"


def _pieces(after: str, monkeypatch: pytest.MonkeyPatch, config: type = _Korean) -> list[str]:
    """The unbroken pieces of a paragraph in which a formula stands before a text."""
    document = new_document("page")
    document += nodes.paragraph("", "", nodes.Text("앞의 "), nodes.math("", "x"), nodes.Text(after))
    monkeypatch.setattr(KeepTogether, "config", config, raising=False)
    KeepTogether(document).run()
    assert document.astext() == f"앞의 x{after}"
    return [node.astext() for node in document.findall(nodes.inline)]


@pytest.mark.parametrize(
    ("after", "piece"),
    [
        ("는 벡터이다.", "x는"),
        ("입니다. 다음은", "x입니다."),
        ("(은)", None),
        (" 는", None),
        ("와", "x와"),
        ("이라고할수있습니다", None),
    ],
)
def test_what_touches_a_formula_stays_with_it(
    after: str, piece: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _pieces(after, monkeypatch) == ([piece] if piece else [])


def test_other_languages_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _pieces("는 벡터이다.", monkeypatch, _English) == []
