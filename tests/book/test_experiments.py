"""Every experiment has run in every framework, every number is there and can be right."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from reading import ReadPage, directives, tables

from polybook.cells import Chapter
from polybook.config import Language
from polybook.store import Run

CHAPTER = "book/minibatch-sgd"
TRAINING = "tab-training"

Runs = Mapping[str, Mapping[str, Run | None]]


def _training(chapters: Mapping[str, Chapter], runs: Runs) -> dict[tuple[str, str], float]:
    """The loss at the end of each experiment in each framework."""
    [table] = [table for table in tables(chapters[CHAPTER]) if table.name == TRAINING]
    return {
        (framework, experiment): run.value(f"{experiment}.loss")
        for framework, run in runs[CHAPTER].items()
        for experiment in table.rows
        if run
    }


def test_every_chapter_has_run_in_every_framework(
    runs: Runs, shown_frameworks: tuple[str, ...], page_name: str
) -> None:
    assert None not in runs[page_name].values()
    if len(runs[page_name]) > 1:
        assert tuple(runs[page_name]) == shown_frameworks


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


def test_training_ends_at_the_loss_that_a_linear_model_can_reach(
    chapters: Mapping[str, Chapter], runs: Runs
) -> None:
    losses = _training(chapters, runs)
    real = all(all(run.data.values()) for run in runs[CHAPTER].values() if run)
    least, most = (0.24, 0.26) if real else (0.2, 0.3)  # the stand-in is only like the data
    assert len(losses) == 5 * len(runs[CHAPTER])
    assert {place: loss for place, loss in losses.items() if not least < loss < most} == {}


def test_the_frameworks_train_the_same_model(chapters: Mapping[str, Chapter], runs: Runs) -> None:
    losses = _training(chapters, runs)
    first = next(iter(runs[CHAPTER]))
    for (framework, experiment), loss in losses.items():
        known = losses[first, experiment]
        assert loss == pytest.approx(known, rel=1e-3), (framework, experiment)


def test_the_concise_implementation_trains_as_the_one_from_scratch(
    chapters: Mapping[str, Chapter], runs: Runs
) -> None:
    losses = _training(chapters, runs)
    for framework in runs[CHAPTER]:
        concise, from_scratch = losses[framework, "concise"], losses[framework, "batch_10"]
        assert concise == pytest.approx(from_scratch, rel=1e-4), framework
