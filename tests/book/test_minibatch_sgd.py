"""The minibatch chapter: its formulas hold, and the frameworks train the same model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy
import pytest
from reading import tables

from minibatch import reference
from minibatch.airfoil_model import generate
from minibatch.data import _whiten
from minibatch.descent import descend
from polybook.cells import Chapter
from polybook.store import Run

CHAPTER = "book/minibatch-sgd"
TRAINING = "tab-training"

Runs = Mapping[str, Mapping[str, Run | None]]


TABLE = _whiten(generate(150))
FEATURES, TARGETS = TABLE[:, :-1], TABLE[:, -1]
PARAMETERS = numpy.linspace(-0.5, 0.5, 5)


def _gradients() -> numpy.ndarray:
    """The gradient of each example's loss at some parameters (n, d), by hand."""
    errors = FEATURES @ PARAMETERS - TARGETS
    return errors[:, numpy.newaxis] * FEATURES


def _minibatch_gradients(b: int, replace: bool, draws: int = 20_000) -> numpy.ndarray:
    """The gradients of random minibatches of b examples (draws, d)."""
    random = numpy.random.default_rng(0)
    n = len(FEATURES)
    if replace:
        rows = random.integers(n, size=(draws, b))
    else:
        rows = random.permuted(numpy.tile(numpy.arange(n), (draws, 1)), axis=1)[:, :b]
    return _gradients()[rows].mean(axis=1)


def test_the_arithmetic_of_the_memory_hierarchy() -> None:
    appetite = 2e9 * 16 * 32
    assert appetite == pytest.approx(1e12, rel=0.03)
    n = m = p = 256
    k = 64
    flops = 2 * n * m * p
    assert flops == 33_554_432 and round(flops / 1e9, 4) == 0.0336
    assert 2 * n * m * k / (4 * (n * m + m * k + n * k)) == pytest.approx(21, abs=0.5)
    assert flops / (4 * (n * m + m * p + n * p)) == pytest.approx(43, abs=0.5)
    assert 2 * n * m / (4 * (n * m + m + n)) == pytest.approx(0.5, rel=0.01)
    assert 2 * m / (4 * 2 * m) == 0.25
    assert 2 / (flops / 1e9) == pytest.approx(60, abs=0.5)
    assert 0.03 / (flops / 1e9) == pytest.approx(0.9, abs=0.01)


def test_the_gradient_of_the_objective_is_the_mean_of_the_examples_gradients() -> None:
    def objective(w: numpy.ndarray) -> numpy.ndarray:
        return reference.squared_loss(reference.linear(FEATURES, w, 0.0), TARGETS)

    numpy.testing.assert_allclose(
        reference.gradient(objective, PARAMETERS), _gradients().mean(axis=0), atol=1e-8
    )


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("b", [1, 10, 75])
def test_a_minibatch_gradient_has_the_expectation_and_deviation_of_the_text(
    b: int, replace: bool
) -> None:
    n, gradients = len(FEATURES), _gradients()
    found = _minibatch_gradients(b, replace)
    deviation = gradients.std(axis=0) * b**-0.5
    if not replace:
        deviation *= numpy.sqrt((n - b) / (n - 1))
    error = 5 * deviation / len(found) ** 0.5
    assert (abs(found.mean(axis=0) - gradients.mean(axis=0)) < error).all()
    numpy.testing.assert_allclose(found.std(axis=0), deviation, rtol=0.05)


def test_a_minibatch_of_all_examples_without_replacement_has_no_noise() -> None:
    n = len(FEATURES)
    assert _minibatch_gradients(n, replace=False, draws=10).std(axis=0).max() < 1e-12


@pytest.mark.parametrize(("share", "falls"), [(0.95, True), (1.05, False)])
def test_gradient_descent_converges_only_below_the_limit_of_the_rate(
    share: float, falls: bool
) -> None:
    hessian = FEATURES.T @ FEATURES / len(FEATURES)
    eigenvalues, vectors = numpy.linalg.eigh(hessian)
    limit = 2 / eigenvalues.max()
    path = descend(lambda w: hessian @ w, vectors[:, -1], share * limit, 20)
    factor = 1 - share * limit * eigenvalues.max()
    assert path[1] @ vectors[:, -1] == pytest.approx(factor)
    assert bool(numpy.linalg.norm(path[-1]) < 1) is falls


def test_the_number_of_different_examples_in_an_epoch_with_replacement() -> None:
    random = numpy.random.default_rng(0)
    n = 1500
    drawn = [len(set(random.integers(n, size=n))) for _ in range(200)]
    expected = n * (1 - (1 - 1 / n) ** n)
    assert expected == pytest.approx(0.632 * n, rel=1e-3)
    assert numpy.mean(drawn) == pytest.approx(expected, rel=0.005)


def test_duplicates_change_the_variance_of_a_minibatch_as_the_text_says() -> None:
    variance = _gradients().var(axis=0)
    n, b = len(FEATURES), 10
    random = numpy.random.default_rng(0)
    twice = numpy.concatenate([_gradients(), _gradients()])
    rows = random.permuted(numpy.tile(numpy.arange(2 * n), (20_000, 1)), axis=1)[:, :b]
    factor = (2 * n - b) / (2 * n - 1)
    assert factor > (n - b) / (n - 1)
    numpy.testing.assert_allclose(
        twice[rows].mean(axis=1).var(axis=0), variance / b * factor, rtol=0.05
    )


def _training(chapters: Mapping[str, Chapter], runs: Runs) -> dict[tuple[str, str], float]:
    """The loss at the end of each experiment in each framework."""
    [table] = [table for table in tables(chapters[CHAPTER]) if table.name == TRAINING]
    return {
        (framework, experiment): run.value(f"{experiment}.loss")
        for framework, run in runs[CHAPTER].items()
        for experiment in table.rows
        if run
    }


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


def test_the_solutions_say_what_their_runs_show(runs: Runs) -> None:
    for framework, run in runs[CHAPTER].items():
        assert run, framework
        least = run.value("optimum.loss")
        assert least <= run.value("decaying.loss") < run.value("constant.loss"), framework
        assert least <= run.value("replaced.loss") < 1.1 * least
        assert run.value("replaced.drawn") == pytest.approx(
            run.value("replaced.expected"), rel=0.01
        )
        assert run.value("gd_genie.loss") == pytest.approx(run.value("gd.loss"), rel=1e-5)
        assert run.value("batch_genie.loss") == pytest.approx(run.value("batch_10.loss"), rel=0.05)
