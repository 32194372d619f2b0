"""What MyST-NB gets to render, figure texts, measured numbers and provenance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_book import FRONT

from polybook.cells import Chapter, read_chapter
from polybook.config import Book
from polybook.figures import svg_texts, translate_svg
from polybook.numbers import measured_text
from polybook.provenance import provenance_html
from polybook.reader import present
from polybook.store import Provenance, Run

PROVENANCE = Provenance(
    date="2026-01-02T03:04:05+00:00",
    commit="abc123",
    processor="A <fast> CPU",
    system="Linux",
    python="3.11.7",
    threads=1,
    alone=True,
    seconds=12.5,
    cell_seconds=(1.0,),
    memory=3 * 2**20,
    packages=("numpy",),
)


def run_of(chapter: Chapter, framework: str, *texts: str) -> Run:
    outputs = tuple(
        [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
        for text in texts
    )
    assert len(outputs) == len(chapter.split(framework))
    return Run(
        page=chapter.page,
        framework=framework,
        key="",
        outputs=outputs,
        files={},
        distributions={"numpy": "1.26.4"},
        data={},
        values={},
        provenance=PROVENANCE,
    )


def chapter_with(book: Book, *cells: tuple[str, str]) -> Chapter:
    text = FRONT + "".join(
        f"\n```{{code-cell}} python\n{f':tags: [{tag}]' if tag else ''}\n{code}\n```\n"
        for code, tag in cells
    )
    return read_chapter(book, Path("book/one.md"), text)


def groups(
    chapter: Chapter, runs: dict[str, Run | None]
) -> list[tuple[str, str | None, int | None]]:
    placed = [(cell.source, cell.metadata["polybook"]) for cell in present(chapter, runs).cells]
    return [(source, place.get("framework"), place.get("group")) for source, place in placed]


def test_neighbouring_cells_of_different_frameworks_share_a_tab_set(book: Book) -> None:
    chapter = chapter_with(book, ("a", "alpha"), ("b", "beta"), ("c", ""), ("d", "alpha"))
    runs = {"alpha": run_of(chapter, "alpha", "", "", ""), "beta": run_of(chapter, "beta", "", "")}
    found = groups(chapter, runs)
    assert [place[:2] for place in found] == [
        ("a", "alpha"),
        ("b", "beta"),
        ("c", None),
        ("d", "alpha"),
    ]
    assert found[0][2] == found[1][2] != found[3][2]


def test_a_framework_that_comes_back_opens_a_new_tab_set(book: Book) -> None:
    chapter = chapter_with(book, ("a", "alpha"), ("b", "beta"), ("c", "alpha"), ("d", "beta"))
    runs = {"alpha": run_of(chapter, "alpha", "", ""), "beta": run_of(chapter, "beta", "", "")}
    numbers = [group for _source, _framework, group in groups(chapter, runs)]
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


def test_equal_outputs_of_a_shared_cell_are_shown_once(book: Book) -> None:
    chapter = chapter_with(book, ("a", "alpha"), ("c", ""))
    runs = {"alpha": run_of(chapter, "alpha", "", "same"), "beta": run_of(chapter, "beta", "same")}
    shown = present(chapter, runs).cells
    assert [cell.source for cell in shown] == ["a", "c"]
    assert shown[1].outputs[0].text == "same"


def test_different_outputs_of_a_shared_cell_are_shown_in_tabs_below_its_code(book: Book) -> None:
    chapter = chapter_with(book, ("a", "alpha"), ("c", ""))
    runs = {"alpha": run_of(chapter, "alpha", "", "one"), "beta": run_of(chapter, "beta", "two")}
    shown = present(chapter, runs).cells[1:]
    assert [
        (cell.metadata["polybook"].get("framework"), [o.text for o in cell.outputs])
        for cell in shown
    ] == [(None, []), ("alpha", ["one"]), ("beta", ["two"])]
    assert all("remove-input" in cell.metadata["tags"] for cell in shown[1:])


def test_cells_without_a_run_are_marked(book: Book) -> None:
    chapter = chapter_with(book, ("a", "alpha"), ("b", "beta"), ("c", ""))
    shown = present(chapter, {"alpha": run_of(chapter, "alpha", "", "one"), "beta": None}).cells
    assert [cell.metadata["polybook"].get("missing") for cell in shown] == [
        False,
        True,
        None,
        False,
        True,
    ]
    nothing = present(chapter, {"alpha": None, "beta": None}).cells
    assert all(cell.metadata["polybook"]["missing"] for cell in nothing)


def test_frameworks_that_are_not_shown_leave_no_cell(book: Book) -> None:
    chapter = chapter_with(book, ("a", "alpha"), ("b", "beta"))
    shown = present(chapter, {"beta": run_of(chapter, "beta", "")}).cells
    assert [cell.source for cell in shown] == ["b"]


SVG = '<svg><text style="x">loss &amp; time</text><text>0.5</text><text>epoch</text></svg>'


def test_the_words_of_a_figure_are_its_messages() -> None:
    assert list(svg_texts(SVG)) == ["loss & time", "epoch"]


def test_the_words_of_a_figure_are_translated_and_nothing_else() -> None:
    translated = translate_svg(SVG, {"loss & time": "손실 <시간>", "0.5": "no"})
    assert ">손실 &lt;시간&gt;</text>" in translated
    assert ">epoch<" in translated
    assert translate_svg(SVG, {}) == SVG


def test_the_numbers_of_a_figure_have_the_languages_decimal_point() -> None:
    assert ">0,5</text>" in translate_svg(SVG, {}, ",")
    assert translate_svg("<text>v1.2 batch</text>", {}, ",") == "<text>v1.2 batch</text>"


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (0.24812, "en", "0.248"),
        (0.24812, "tr", "0,248"),
        (-1.97, "en", "−1.97"),
        (-3, "ko", "−3"),
        (12.345, "ko", "12.3"),
        (1234.5, "zh_CN", "1230"),
        (1500, "en", "1500"),
        (65536, "tr", "65536"),
        (1.5e-5, "en", "1.50\u00a0×\u00a010⁻⁵"),
        (1.5e-5, "tr", "1,50\u00a0×\u00a010⁻⁵"),
        (2.5e7, "en", "2.50\u00a0×\u00a010⁷"),
        (0.0, "en", "0"),
        ("a text", "en", "a text"),
        (float("nan"), "en", "NaN"),
        (float("inf"), "en", "∞"),
    ],
)
def test_numbers_have_three_significant_digits_in_the_languages_format(
    value: float | str, language: str, text: str
) -> None:
    assert measured_text(value, language) == text


@given(st.floats(min_value=1e-30, max_value=1e30))
def test_a_number_reads_back_within_half_a_unit_of_its_third_digit(value: float) -> None:
    text = measured_text(value, "en")
    digits = text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")).replace(
        "\u00a0×\u00a010", "e"
    )
    assert abs(float(digits) - value) <= 0.00501 * value


def test_provenance_names_everything_and_escapes_it(book: Book) -> None:
    chapter = chapter_with(book, ("a", "alpha"))
    html = provenance_html({"alpha": run_of(chapter, "alpha", "")}, {"alpha": "Alpha"}, "en")
    for fact in (
        "Python 3.11.7",
        "numpy 1.26.4",
        "A &lt;fast&gt; CPU",
        "1 (no other run beside it)",
        "Jan 2, 2026",
        "12.5 s",
        "3.00 MiB",
        "abc123",
    ):
        assert fact in html, fact
    assert "generated stand-in" not in html


def test_provenance_says_when_data_were_generated(
    book: Book, make_book: Callable[..., Book]
) -> None:
    import dataclasses

    chapter = chapter_with(book, ("a", "alpha"))
    run = dataclasses.replace(run_of(chapter, "alpha", ""), data={"set.dat": None})
    assert "set.dat: generated stand-in" in provenance_html({"alpha": run}, {"alpha": "A"}, "en")
    real = dataclasses.replace(run, data={"set.dat": "sha1:abc"})
    assert "<code>sha1:abc</code>" in provenance_html({"alpha": real}, {"alpha": "A"}, "en")
