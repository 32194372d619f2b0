"""Formulas become well-formed MathML, or a warning that names the place."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from polybook.mathml import FormulaError, to_mathml

FORMULAS = [
    r"\mathbf{g}_t = \partial_{\mathbf{w}} f(\mathbf{x}_t, \mathbf{w})",
    r"\frac{1}{|\mathcal{B}_t|} \sum_{i \in \mathcal{B}_t} \mathbf{g}_i",
    r"\eta",
    r"\mathbb{E}[\mathbf{g}_t]",
    r"\mathcal{N}(0, 0.01^2)",
    r"\begin{aligned} a &= b \\ &\approx \left( \frac{c}{2} \right) \end{aligned}",
    r"10^{12}\,\mathrm{bytes/s}",
    r"x \text{ if 기울기 小批量 eğim } y",
    r"b^{-1/2} \cdot \sqrt{n} \times 3",
    r"\hat{\boldsymbol{\sigma}}_\mathcal{B} \leftarrow \operatorname{Var}(x)",
    r"\lim_{n \to \infty} \log n",
    r"\begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix}^\top",
]


def _math(latex: str, *, display: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(to_mathml(latex, display=display))


@pytest.mark.parametrize("latex", FORMULAS)
@pytest.mark.parametrize("display", [False, True])
def test_what_the_book_writes_is_well_formed_mathml(latex: str, display: bool) -> None:
    math = _math(latex, display=display)
    assert math.tag == "math"
    assert (math.get("display") == "block") == display
    assert "\\" not in "".join(math.itertext())


def test_words_in_a_formula_keep_their_script_and_spaces() -> None:
    text = next(_math(r"x \text{ 小批量 기울기 ığ } y").iter("mtext")).text
    assert text is not None
    assert text.replace("\u00a0", " ") == " 小批量 기울기 ığ "


def test_a_bold_letter_is_its_own_character_with_no_mark_for_a_variant() -> None:
    assert "".join(_math(r"\mathbf{g} \mathcal{B}").itertext()) == "𝐠ℬ"


@pytest.mark.parametrize(
    "latex", [r"a \\ b", "a\n\nb", r"\begin{align} a &= 1 \\ b &= 2 \end{align}"]
)
def test_a_displayed_formula_of_two_lines_has_two_rows(latex: str) -> None:
    assert len(list(_math(latex, display=True).iter("mtr"))) == 2


@pytest.mark.parametrize("environment", ["align", "align*", "equation", "gather"])
def test_an_environment_leaves_the_numbering_to_sphinx(environment: str) -> None:
    math = _math(rf"\begin{{{environment}}} a = b \end{{{environment}}}", display=True)
    assert "".join(math.itertext()).strip() == "a=b"


@pytest.mark.parametrize("latex", [r"\frac{", r"\nosuchcommand{x}", r"a & b", r"\end{aligned}"])
def test_what_cannot_be_read_is_an_error_with_a_place(latex: str) -> None:
    with pytest.raises(FormulaError, match=r"^\d+: "):
        to_mathml(latex)


@pytest.mark.parametrize(
    ("latex", "tags"),
    [
        (r"f'", ["mrow", "mi", "mo"]),
        (r"f''(x)", ["mrow", "mi", "mo", "mo", "mi", "mo"]),
        (r"\mathbf{w}'^\top", ["msup", "mrow", "mi", "mo", "mi"]),
    ],
)
def test_a_prime_is_not_raised_twice(latex: str, tags: list[str]) -> None:
    assert [part.tag for part in _math(latex).iter()][1:] == tags
