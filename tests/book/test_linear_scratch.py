"""The chapter on linear regression: its formulas hold, and training finds the closed form."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy
import pytest

from minibatch import reference
from minibatch.closed_form import least_squares, with_ones
from minibatch.synthetic import linear_data
from minibatch.training import fit
from minibatch.watched import Watched
from polybook.store import Run

CHAPTER = "book/linear-scratch"
PARAMETERS = ("w1", "w2", "w3", "b")
TRUTH = numpy.array([1.5, -2.0, 0.5, 3.0])

Runs = Mapping[str, Mapping[str, Run | None]]

FEATURES, TARGETS = linear_data(TRUTH[:3], TRUTH[3], 0.5, 1000)
X = with_ones(FEATURES)
SOLUTION = least_squares(FEATURES, TARGETS)


def _loss(theta: numpy.ndarray) -> float:
    return float(((X @ theta - TARGETS) ** 2).mean() / 2)


def _runs(runs: Runs) -> dict[str, Run]:
    return {framework: run for framework, run in runs[CHAPTER].items() if run}


def _trained(features: numpy.ndarray, rate: float, epochs: int) -> numpy.ndarray:
    """The path of training with all examples in each step."""
    params = reference.initial_params(features.shape[1])
    model = reference.LinearRegression(params, reference.sgd, None, {"learning_rate": rate})
    watched = Watched(model, reference.numbers)
    fit(watched, features, TARGETS, len(features), epochs)
    return numpy.array(watched.path)


def test_the_most_likely_parameters_are_those_of_least_squares() -> None:
    sigma, y, y_hat = 0.7, 1.3, 0.4
    density = math.exp(-((y - y_hat) ** 2) / (2 * sigma**2)) / math.sqrt(2 * math.pi * sigma**2)
    formula = -((y - y_hat) ** 2) / (2 * sigma**2) - math.log(2 * math.pi * sigma**2) / 2
    assert math.log(density) == pytest.approx(formula)


def test_the_gradient_by_hand_is_that_of_differences() -> None:
    theta = numpy.linspace(-1, 1, 4)
    by_hand = X.T @ (X @ theta - TARGETS) / len(X)
    numpy.testing.assert_allclose(reference.gradient(_loss, theta), by_hand, atol=1e-8)


def test_every_other_point_lies_higher_by_the_formula() -> None:
    for theta in (TRUTH, numpy.zeros(4), -TRUTH):
        excess = ((X @ (theta - SOLUTION)) ** 2).sum() / (2 * len(X))
        assert _loss(theta) == pytest.approx(_loss(SOLUTION) + excess)


def test_the_true_parameters_have_half_the_variance_of_the_noise_as_loss() -> None:
    assert _loss(TRUTH) == pytest.approx(0.5**2 / 2, rel=0.1)


def test_the_error_of_the_closed_form_is_the_expected_one() -> None:
    for n in (100, 400):
        data = [linear_data(TRUTH[:3], TRUTH[3], 0.5, n, seed) for seed in range(200)]
        squares = [((least_squares(*made) - TRUTH) ** 2).sum() for made in data]
        assert math.sqrt(numpy.mean(squares)) == pytest.approx(0.5 * math.sqrt(4 / n), rel=0.1)


def test_four_times_the_noise_is_four_times_the_error() -> None:
    small, large = (
        least_squares(*linear_data(TRUTH[:3], TRUTH[3], noise, 50)) - TRUTH for noise in (0.5, 2.0)
    )
    numpy.testing.assert_allclose(large, 4 * small, rtol=1e-4)


def test_a_copied_feature_keeps_the_difference_of_its_weights() -> None:
    copied = numpy.column_stack([FEATURES, FEATURES[:, 0]])
    path = _trained(copied, 0.2, 80)
    difference = path[:, 0] - path[:, 3]
    numpy.testing.assert_allclose(difference, difference[0], atol=1e-12)
    assert path[-1, 0] + path[-1, 3] == pytest.approx(SOLUTION[0], abs=1e-4)


def test_training_finds_the_parameters(runs: Runs) -> None:
    for run in _runs(runs).values():
        for name, true in zip(PARAMETERS, TRUTH, strict=True):
            closed, trained = run.value(f"{name}.closed"), run.value(f"{name}.trained")
            assert closed == pytest.approx(true, abs=0.07), name
            assert trained == pytest.approx(closed, abs=0.05), name


def test_nothing_is_below_the_closed_form(runs: Runs) -> None:
    for run in _runs(runs).values():
        assert run.value("made.closed") < run.value("made.true")
        for data in ("made", "airfoil"):
            closed, trained = run.value(f"{data}.closed"), run.value(f"{data}.trained")
            assert closed - 1e-6 < trained < closed * 1.01, data
        assert 0 < run.value("airfoil.explained") < 1


def test_the_two_gradients_differ_by_rounding(runs: Runs) -> None:
    for run in _runs(runs).values():
        assert run.value("gradient.difference") < 1e-5


def test_the_copied_feature_shares_its_weight(runs: Runs) -> None:
    for run in _runs(runs).values():
        assert run.value("copied.rank") == 4
        assert run.value("copied.sum") == pytest.approx(run.value("w1.closed"), abs=1e-4)
        assert run.value("copied.after") == pytest.approx(run.value("copied.before"), abs=1e-5)


def test_the_frameworks_learn_the_same(runs: Runs) -> None:
    known, *others = _runs(runs).values()
    names = [f"{name}.trained" for name in (*PARAMETERS, "made", "airfoil")]
    for run in others:
        for name in names:
            assert run.value(name) == pytest.approx(known.value(name), rel=1e-4), name
