"""The chapter on the batch size: its formulas hold, and its runs show what the text says."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy
import pytest

from minibatch.airfoil_model import generate
from minibatch.data import _whiten
from polybook.store import Run

CHAPTER = "book/batch-size"
Runs = Mapping[str, Mapping[str, Run | None]]

TABLE = _whiten(generate(150))
FEATURES, TARGETS = TABLE[:, :-1].astype(float), TABLE[:, -1].astype(float)
N = len(TARGETS)
HESSIAN = FEATURES.T @ FEATURES / N
LARGEST = float(numpy.linalg.eigvalsh(HESSIAN)[-1])


@pytest.fixture(scope="module")
def chapter_runs(runs: Runs) -> list[Run]:
    found = [run for run in runs[CHAPTER].values() if run]
    assert len(found) == len(runs[CHAPTER]) > 0
    return found


def _cost(w: numpy.ndarray) -> float:
    return float(numpy.mean((FEATURES @ w - TARGETS) ** 2 / 2))


def _gradients(w: numpy.ndarray) -> numpy.ndarray:
    """The gradient of each example's loss (n, d), by hand."""
    return (FEATURES @ w - TARGETS)[:, numpy.newaxis] * FEATURES


@pytest.mark.parametrize("multiple", [0.1, 0.5, 0.95, 1.5])
def test_a_step_on_all_the_data_changes_the_cost_as_the_formula_says(multiple: float) -> None:
    random = numpy.random.default_rng(0)
    rate = multiple * 2 / LARGEST
    for w in random.normal(size=(20, 5)):
        g = _gradients(w).mean(axis=0)
        change = -rate * g @ g + rate**2 / 2 * g @ HESSIAN @ g
        bound = -rate * (1 - rate * LARGEST / 2) * g @ g
        assert _cost(w - rate * g) - _cost(w) == pytest.approx(change, rel=1e-9, abs=1e-12)
        assert change <= bound + 1e-12


@pytest.mark.parametrize(("multiple", "rises"), [(0.9, False), (1.1, True)])
def test_the_limit_of_the_rate_is_sharp(multiple: float, rises: bool) -> None:
    w, costs = numpy.zeros(5), []
    for _ in range(200):
        costs.append(_cost(w))
        w = w - multiple * 2 / LARGEST * _gradients(w).mean(axis=0)
    assert bool(numpy.diff(costs).max() > 1e-12) is rises
    assert (costs[-1] > costs[-2] + 1e-12) is rises


def test_the_deviation_without_replacement_is_exact() -> None:
    gradients = _gradients(numpy.zeros(5))[:6]
    n, full = len(gradients), gradients.mean(axis=0)
    variance = ((gradients - full) ** 2).sum(axis=1).mean()
    for b in (1, 2, 3):
        subsets = [rows for rows in product(range(n), repeat=b)]
        for replace, factor in ((True, 1.0), (False, (n - b) / (n - 1))):
            chosen = [rows for rows in subsets if replace or len(set(rows)) == b]
            means = gradients[numpy.array(chosen)].mean(axis=1)
            mean_square = ((means - full) ** 2).sum(axis=1).mean()
            assert mean_square == pytest.approx(variance / b * factor), (b, replace)


def test_at_the_noise_scale_the_noise_is_as_large_as_the_signal() -> None:
    gradients = _gradients(numpy.zeros(5))
    full = gradients.mean(axis=0)
    variance = ((gradients - full) ** 2).sum(axis=1).mean()
    noise_scale = variance / (full @ full)
    assert variance / noise_scale == pytest.approx(full @ full)


def test_the_time_of_an_epoch_falls_to_the_arithmetic_alone() -> None:
    n, overhead, arithmetic = 1000, 1e-4, 1e-6
    epochs = [n / b * (overhead + arithmetic * b) for b in (1, 10, 100, 1000)]
    sums = [n * overhead / b + n * arithmetic for b in (1, 10, 100, 1000)]
    assert epochs == pytest.approx(sums)
    assert epochs == sorted(epochs, reverse=True)
    assert min(epochs) > n * arithmetic


def test_the_counted_memory_is_that_of_both_hidden_layers() -> None:
    outputs = numpy.zeros((2, 1, 64), "float32")
    assert outputs.nbytes == 512
    assert 64 * 2**20 == 512 * 2**17
    assert (32 * 64 * 4, 65536 * 64 * 4) == (8 * 2**10, 16 * 2**20)  # one layer, 8 KiB and 16 MiB


def test_parts_of_different_sizes_add_up_to_the_whole() -> None:
    gradients = _gradients(numpy.ones(5))
    parts = [gradients[start : start + 40] for start in range(0, N, 40)]
    assert len({len(part) for part in parts}) == 2
    weighted = sum(len(part) / N * part.mean(axis=0) for part in parts)
    plain = numpy.mean([part.mean(axis=0) for part in parts], axis=0)
    full = gradients.mean(axis=0)
    assert weighted == pytest.approx(full)
    assert plain != pytest.approx(full)


def test_with_the_whole_set_the_cost_never_rises_and_otherwise_it_does(
    chapter_runs: list[Run],
) -> None:
    for run in chapter_runs:
        assert run.value("limit") > 0.05
        assert run.value("rises.whole") == 0
        assert run.value("rises.middle") > 10
        assert run.value("rises.single") > 10


def test_the_drawn_deviations_follow_the_formulas(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert run.value("noise.with") < 0.15
        assert run.value("noise.without") < 0.15
        assert run.value("noise.scale") > 1


def test_the_frameworks_draw_the_same_noise(chapter_runs: list[Run]) -> None:
    for name in ("limit", "noise.with", "noise.without", "noise.scale"):
        values = [run.value(name) for run in chapter_runs]
        assert values == pytest.approx([values[0]] * len(values), rel=1e-3), name


def test_no_batch_size_is_quicker_than_the_quickest(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert min(run.value(f"goal.{name}") for name in ("single", "middle", "whole")) >= 1
        assert run.value("goal.best") in {*(2**k for k in range(11)), 1500}


def test_the_powers_of_two_are_compared(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        for work, power in product(("step", "layer"), (32, 64, 128, 256)):
            assert run.value(f"{work}_{power}.ratio") > 0
            assert run.value(f"{work}_{power}.spread") > 0


def test_a_step_needs_at_least_the_memory_that_must_be_kept(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        # what the C library has in reserve may hide a little of it
        assert run.value("memory.bytes") > 0.9 * 512
        assert run.value("limited.batch_size") <= 2**17


def test_parts_give_the_gradient_of_the_whole_in_less_memory(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert run.value("parts.difference") < 1e-5
        assert run.value("parts.part") < run.value("parts.whole")
