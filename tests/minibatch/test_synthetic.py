"""Made data follow their model, and their noise is as large as asked for."""

import numpy
import pytest

from minibatch.synthetic import linear_data


def test_without_noise_the_targets_are_linear_in_the_features() -> None:
    features, targets = linear_data([2.0, -1.0], 0.5, 0.0, 50)
    assert (features.shape, targets.shape) == ((50, 2), (50,))
    assert features.dtype == targets.dtype == numpy.float32
    numpy.testing.assert_allclose(targets, features @ [2.0, -1.0] + 0.5, atol=1e-6)


@pytest.mark.parametrize("noise", [0.1, 2.0])
def test_the_noise_has_its_standard_deviation(noise: float) -> None:
    features, targets = linear_data([2.0], 0.5, noise, 10_000)
    errors = targets - features @ [2.0] - 0.5
    assert errors.std() == pytest.approx(noise, rel=0.05)


def test_features_have_mean_zero_and_variance_one() -> None:
    features, _ = linear_data([1.0, 1.0, 1.0], 0.0, 1.0, 10_000)
    numpy.testing.assert_allclose(features.mean(axis=0), 0, atol=0.05)
    numpy.testing.assert_allclose(features.var(axis=0), 1, atol=0.05)


def test_the_seed_decides_on_the_data() -> None:
    first, again, other = (linear_data([1.0], 0.0, 1.0, 5, seed)[0] for seed in (0, 0, 1))
    assert (first == again).all()
    assert (first != other).any()
