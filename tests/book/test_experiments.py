"""Every experiment has run in every framework, every number is there and can be right."""

from __future__ import annotations

from collections.abc import Mapping

from reading import ReadPage, directives, tables

from polybook.cells import Chapter
from polybook.config import Language
from polybook.store import Run

Runs = Mapping[str, Mapping[str, Run | None]]


def test_every_chapter_has_run_in_every_framework(
    runs: Runs, shown_frameworks: tuple[str, ...], page_name: str
) -> None:
    assert None not in runs[page_name].values()
    if len(runs[page_name]) > 1:
        assert tuple(runs[page_name]) == shown_frameworks


def test_what_differs_between_frameworks_is_there_for_each_of_them(
    chapters: Mapping[str, Chapter], page_name: str
) -> None:
    """Cells with a framework's tag are neighbours, one for each framework in their order."""
    chapter = chapters[page_name]
    tags = [(i, chapter.framework_of(cell)) for i, cell in enumerate(chapter.notebook.cells)]
    tagged = [(i, name) for i, name in tags if name]
    names = [framework.name for framework in chapter.frameworks]
    for start in range(0, len(tagged), len(names)):
        group = tagged[start : start + len(names)]
        first, line = group[0][0], chapter.line(group[0][0])
        assert group == list(enumerate(names, first)), f"{chapter.path}:{line}"


def test_no_cell_is_without_its_outputs(
    read_page: ReadPage, edition: Language, page_name: str
) -> None:
    assert read_page(edition, page_name).select(".polybook-not-run") == []


def test_every_measured_table_is_full(
    read_page: ReadPage,
    chapters: Mapping[str, Chapter],
    shown_frameworks: tuple[str, ...],
    edition: Language,
    page_name: str,
) -> None:
    page = read_page(edition, page_name)
    for table in tables(chapters[page_name]):
        values = [value.get_text() for value in page.select(f"table#{table.name} .measured")]
        assert len(values) == len(table.rows) * len(table.columns) * len(shown_frameworks)
        assert all(any(character.isdigit() for character in value) for value in values), values


def test_every_measured_number_in_a_sentence_is_there(
    read_page: ReadPage, edition: Language, page_name: str
) -> None:
    values = [value.get_text() for value in read_page(edition, page_name).select(".measured")]
    assert [value for value in values if "—" in value or "NaN" in value or "∞" in value] == []


def test_every_figure_shows_every_framework(
    read_page: ReadPage,
    chapters: Mapping[str, Chapter],
    shown_frameworks: tuple[str, ...],
    edition: Language,
    page_name: str,
) -> None:
    page = read_page(edition, page_name)
    for directive in directives(chapters[page_name], "cell-figure"):
        figure = page.select_one(f"figure#{directive.options['name']}")
        assert figure is not None
        shown = [str(label["data-sync-id"]) for label in figure.select("label.sd-tab-label")]
        assert shown in ([], [*shown_frameworks]), directive.options["name"]
        assert len(figure.select("img")) == max(1, len(shown)), directive.options["name"]
