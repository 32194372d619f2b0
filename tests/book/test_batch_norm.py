"""The chapter on batch normalization: its formulas hold, and its runs show what the text says."""

from __future__ import annotations

from collections.abc import Mapping

import numpy
import pytest

from minibatch.networks import reference
from polybook.store import Run

CHAPTER = "book/batch-norm"
RUNS = ("plain", "plain_fast", "plain_small", "normalized", "normalized_fast", "normalized_small")
Runs = Mapping[str, Mapping[str, Run | None]]
RANDOM = numpy.random.default_rng(0)


@pytest.fixture(scope="module")
def chapter_runs(runs: Runs) -> list[Run]:
    found = [run for run in runs[CHAPTER].values() if run]
    assert len(found) == len(runs[CHAPTER]) > 0
    return found


def normalize(X: numpy.ndarray, epsilon: float = 1e-5) -> numpy.ndarray:
    return reference.batch_norm(X, 1.0, 0.0, 0.0, 1.0, True, 0.9, epsilon)[0]


def test_the_layer_computes_the_formula() -> None:
    X = RANDOM.normal(3, 2, size=(7, 4))
    variance = ((X - X.mean(axis=0)) ** 2).mean(axis=0)
    expected = 1.5 * (X - X.mean(axis=0)) / (variance + 0.1) ** 0.5 - 0.5
    found, mean, moving = reference.batch_norm(X, 1.5, -0.5, 4.0, 5.0, True, 0.8, 0.1)
    assert found == pytest.approx(expected)
    assert mean == pytest.approx(0.8 * 4.0 + 0.2 * X.mean(axis=0))
    assert moving == pytest.approx(0.8 * 5.0 + 0.2 * variance)


def test_two_directions_are_removed_from_the_gradient() -> None:
    X, weights = RANDOM.normal(size=(2, 20, 3))
    layer = reference.BatchNorm(3, epsilon=0.0)
    layer.forward(X, training=True)
    grad = layer.backward(weights)
    assert grad.sum(axis=0) == pytest.approx(0)
    assert (grad * (X - X.mean(axis=0))).sum(axis=0) == pytest.approx(0)


def test_the_variance_of_a_normalized_value_is_the_one_of_first_order() -> None:
    values, z, batch_size = RANDOM.gamma(3.0, size=100_000), 1.5, 400  # skewed on purpose
    standardized = (values - values.mean()) / values.std()
    X = RANDOM.choice(standardized, size=(batch_size, 4000))
    X[0] = z
    skewness, kurtosis = (standardized**3).mean(), (standardized**4).mean()
    expected = (1 + skewness * z + (kurtosis - 1) / 4 * z**2) / batch_size
    assert normalize(X)[0].var() == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("distance", [0.1, 1.0, 100.0])
def test_two_examples_are_normalized_to_plus_and_minus_one(distance: float) -> None:
    assert normalize(numpy.array([3.0, 3.0 + distance])) == pytest.approx([-1, 1], abs=1e-2)


def test_a_single_example_is_normalized_to_beta() -> None:
    assert (normalize(RANDOM.normal(size=(1, 5))) == 0).all()


def test_the_gradient_at_larger_weights_is_smaller_and_orthogonal() -> None:
    X, w = RANDOM.normal(size=(50, 5)), RANDOM.normal(size=5)
    target = RANDOM.normal(size=50)
    layer = reference.BatchNorm(1, epsilon=0.0)

    def gradient(w: numpy.ndarray) -> numpy.ndarray:
        outputs = layer.forward((X @ w)[:, numpy.newaxis], training=True)
        return X.T @ layer.backward(outputs - target[:, numpy.newaxis])[:, 0]

    assert 10 * gradient(10 * w) == pytest.approx(gradient(w))
    assert gradient(w) @ w == pytest.approx(0, abs=1e-9)


def test_a_frozen_normalization_folds_into_the_linear_layer() -> None:
    X, w = RANDOM.normal(size=(50, 5)), RANDOM.normal(size=5)
    c, gamma, beta, m, v, epsilon = 0.3, 1.5, -0.2, 0.7, 2.0, 1e-5
    separate, *_ = reference.batch_norm(X @ w + c, gamma, beta, m, v, False, 0.9, epsilon)
    factor = gamma / (v + epsilon) ** 0.5
    assert X @ (factor * w) + beta + gamma * (c - m) / (v + epsilon) ** 0.5 == pytest.approx(
        separate
    )


def test_the_frameworks_train_the_same_networks(chapter_runs: list[Run]) -> None:
    for name in ("plain", "plain_small", "normalized", "normalized_small"):
        losses = [run.value(f"{name}.loss") for run in chapter_runs]
        assert losses == pytest.approx([losses[0]] * len(losses), rel=1e-2), name


def test_the_concise_layer_trains_as_the_one_from_scratch(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert run.value("concise.loss") == pytest.approx(run.value("normalized.loss"), rel=0.02)


def test_every_run_learns_but_the_plain_one_with_small_weights(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        losses = {name: run.value(f"{name}.loss") for name in RUNS}
        assert losses.pop("plain_small") == pytest.approx(0.5, abs=0.05)
        assert max(losses.values()) < 0.4
        assert losses["normalized_small"] < 0.25


def test_the_noise_is_that_of_theory(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert run.value("noise.measured") == pytest.approx(run.value("noise.theory"), rel=0.15)


def test_the_gradient_shrinks_as_the_weights_grow(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert run.value("scale.ratio") == pytest.approx(10, rel=0.02)
        assert abs(run.value("scale.cosine")) < 0.02


def test_the_steps_to_forget_are_the_first_that_suffice(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        for name, momentum in (("fast", 0.9), ("slow", 0.99)):
            steps = run.value(f"forget.{name}")
            assert momentum**steps <= 0.01 < momentum ** (steps - 1)
