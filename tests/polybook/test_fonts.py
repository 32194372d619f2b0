"""The fonts hold the characters for which the style sheet sends browsers to them."""

from __future__ import annotations

import re

import pytest
from fontTools.ttLib import TTFont

from polybook.assets import STATIC
from polybook.bundle import ICONS

FACES = {
    match["name"]: match["characters"]
    for match in re.finditer(
        r'url\("fonts/(?P<name>[\w-]+)\.woff2"\)[^}]*unicode-range:(?P<characters>[^;]*);',
        (STATIC / "polybook.css").read_text(encoding="utf-8"),
    )
}


def _characters(unicode_range: str) -> set[int]:
    spans = [span.strip().removeprefix("U+").split("-") for span in unicode_range.split(",")]
    return {code for span in spans for code in range(int(span[0], 16), int(span[-1], 16) + 1)}


@pytest.mark.parametrize("name", ["polybook-math", "polybook-math-more", "polybook-icons"])
def test_a_font_holds_what_the_style_sheet_asks_of_it(name: str) -> None:
    with TTFont(STATIC / "fonts" / f"{name}.woff2") as font:
        assert set(font.getBestCmap()) >= _characters(FACES[name])


@pytest.mark.parametrize("name", ["polybook-math", "polybook-math-more"])
def test_a_font_for_formulas_can_stretch_and_place_them(name: str) -> None:
    with TTFont(STATIC / "fonts" / f"{name}.woff2") as font:
        assert font["MATH"].table.MathConstants is not None


def test_every_icon_of_the_small_font_keeps_its_rule() -> None:
    assert _characters(FACES["polybook-icons"]) <= ICONS


def test_the_fonts_are_small() -> None:
    size = {path.stem: path.stat().st_size for path in (STATIC / "fonts").glob("*.woff2")}
    assert size["polybook-math"] < 40_000
    assert sum(size.values()) < 100_000
