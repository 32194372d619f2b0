"""The chapter on gradient descent: its formulas hold, and its descents go as they say."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy
import pytest

from minibatch import reference
from minibatch.airfoil_model import generate
from minibatch.data import _whiten
from minibatch.descent import descend
from polybook.store import Run

CHAPTER = "book/gd"
PRECONDITIONERS = ("none", "diagonal", "newton")

Runs = Mapping[str, Mapping[str, Run | None]]

TABLE = _whiten(generate(300)).astype(float)
FEATURES, TARGETS = TABLE[:, :-1] * [2, 1, 1, 1, 1], TABLE[:, -1]
HESSIAN = FEATURES.T @ FEATURES / len(FEATURES)
MINIMUM = numpy.linalg.solve(HESSIAN, FEATURES.T @ TARGETS / len(FEATURES))


def _loss(w: numpy.ndarray) -> float:
    return float(((FEATURES @ w - TARGETS) ** 2).mean() / 2)


def _slope(w: numpy.ndarray) -> numpy.ndarray:
    return HESSIAN @ (w - MINIMUM)


def _runs(runs: Runs) -> dict[str, Run]:
    return {framework: run for framework, run in runs[CHAPTER].items() if run}


@pytest.mark.parametrize("rate", [0.01, 0.2, 0.49])
def test_a_step_below_the_limit_goes_down_by_at_least_the_bound(rate: float) -> None:
    most_curved = 4.0  # of the function below, where the cosine is -1
    points = numpy.linspace(-6, 6, 101)
    slopes = points - 3 * numpy.sin(points)

    def value(x: numpy.ndarray) -> numpy.ndarray:
        return x**2 / 2 + 3 * numpy.cos(x)

    bound = value(points) - rate * (1 - rate * most_curved / 2) * slopes**2
    assert (value(points - rate * slopes) <= bound + 1e-12).all()


def test_a_small_step_goes_down_in_proportion_to_the_rate() -> None:
    slope = 4 * 0.2 * (0.2**2 - 1) + 0.3

    def remainder(rate: float) -> float:
        def value(x: float) -> float:
            return (x**2 - 1) ** 2 + 0.3 * x

        return value(0.2 - rate * slope) - value(0.2) + rate * slope**2

    assert remainder(1e-3) / remainder(1e-4) == pytest.approx(100, rel=0.02)


def test_the_loss_above_the_minimum_is_quadratic_in_the_distance() -> None:
    w = numpy.linspace(-1, 1, 5)
    distance = w - MINIMUM
    gap = _loss(w) - _loss(MINIMUM)
    assert gap == pytest.approx(distance @ HESSIAN @ distance / 2)
    numpy.testing.assert_allclose(reference.gradient(_loss, w), _slope(w), atol=1e-6)


def test_a_step_multiplies_the_distance_along_each_eigenvector() -> None:
    eigenvalues, eigenvectors = numpy.linalg.eigh(HESSIAN)
    path = descend(_slope, numpy.ones(5), 0.3, 4) - MINIMUM
    before, after = path[0] @ eigenvectors, path[4] @ eigenvectors
    numpy.testing.assert_allclose(after, (1 - 0.3 * eigenvalues) ** 4 * before)


@pytest.mark.parametrize(("factor", "shrinks"), [(0.99, True), (1.01, False)])
def test_two_over_the_largest_eigenvalue_is_the_limit(factor: float, shrinks: bool) -> None:
    rate = factor * 2 / numpy.linalg.eigvalsh(HESSIAN)[-1]
    path = descend(_slope, numpy.ones(5), rate, 2000) - MINIMUM
    first, last = numpy.linalg.norm(path[[0, -1]], axis=1)
    assert (last < first) == shrinks


def test_the_best_rate_has_the_smallest_factor() -> None:
    eigenvalues = numpy.linalg.eigvalsh(HESSIAN)

    def factor(rate: float) -> float:
        return float(abs(1 - rate * eigenvalues).max())

    condition = eigenvalues[-1] / eigenvalues[0]
    best = 2 / (eigenvalues[0] + eigenvalues[-1])
    assert factor(best) == pytest.approx((condition - 1) / (condition + 1))
    assert factor(best) < min(factor(0.99 * best), factor(1.01 * best))
    assert math.isclose(999 / 1001, 1 - 2 / 1000, abs_tol=1e-5)


def test_newtons_method_needs_one_step() -> None:
    P = numpy.linalg.inv(HESSIAN)
    path = descend(lambda w: P @ _slope(w), numpy.ones(5), 1.0, 1)
    numpy.testing.assert_allclose(path[1], MINIMUM)


def test_a_preconditioner_is_a_change_of_variables() -> None:
    """Diagonal: the columns scaled. Newton: their correlations removed, too."""
    diagonal = numpy.diag(1 / numpy.diag(HESSIAN))
    values, vectors = numpy.linalg.eigh(HESSIAN)
    for P, root in {
        "diagonal": (diagonal, numpy.sqrt(diagonal)),
        "newton": (numpy.linalg.inv(HESSIAN), vectors / numpy.sqrt(values) @ vectors.T),
    }.values():
        path = descend(lambda w, P=P: P @ _slope(w), numpy.ones(5), 0.3, 5)
        X = FEATURES @ root
        start = numpy.linalg.solve(root, numpy.ones(5))
        changed = descend(lambda u, X=X: X.T @ (X @ u - TARGETS) / len(X), start, 0.3, 5)
        numpy.testing.assert_allclose(changed @ root, path)
        numpy.testing.assert_allclose(numpy.diag(X.T @ X / len(X)), 1)
    numpy.testing.assert_allclose(X.T @ X / len(X), numpy.eye(5), atol=1e-10)


def test_a_rotation_leaves_nothing_to_a_diagonal_preconditioner() -> None:
    turn = numpy.array([[1, -1], [1, 1]]) / math.sqrt(2)
    askew = turn @ numpy.diag([1.0, 10.0]) @ turn.T
    numpy.testing.assert_allclose(numpy.diag(askew), 5.5)


def test_the_descents_of_the_page_end_where_the_formula_says(runs: Runs) -> None:
    for framework, run in _runs(runs).items():
        assert run.value("good.position") == pytest.approx(5 * 0.6**10, rel=1e-5), framework
        assert run.value("small.position") == pytest.approx(-5 * 0.96**10, rel=1e-5), framework
        assert run.value("left.value") < 0 < run.value("right.value"), framework
        assert run.value("newton_end.position") == pytest.approx(0.0754, abs=1e-3), framework


def test_the_condition_number_bounds_the_steps(runs: Runs) -> None:
    for run in _runs(runs).values():
        for name in PRECONDITIONERS[:2]:
            condition = run.value(f"{name}.condition")
            factor = (condition - 1) / (condition + 1)
            most = math.ceil(math.log(1e-3) / (2 * math.log(factor)))
            assert 0 < run.value(f"{name}.steps") <= most, name
        assert run.value("newton.condition") == pytest.approx(1)
        assert run.value("newton.steps") == 1


def test_a_better_preconditioner_means_fewer_steps(runs: Runs) -> None:
    for run in _runs(runs).values():
        for quantity in ("condition", "steps"):
            none, diagonal, newton = (run.value(f"{name}.{quantity}") for name in PRECONDITIONERS)
            assert none > diagonal > newton


def test_the_frameworks_agree(runs: Runs) -> None:
    known, *others = _runs(runs).values()
    names = [f"{name}.{key}" for name in PRECONDITIONERS for key in ("condition", "steps")]
    for run in others:
        for name in [*names, "limit.rate", "left.value", "right.value"]:
            assert run.value(name) == pytest.approx(known.value(name), rel=1e-4), name
