"""The normal equations give the minimum, or say that there is no single one."""

import numpy
import pytest

from minibatch.closed_form import least_squares, with_ones
from minibatch.synthetic import linear_data

FEATURES, TARGETS = linear_data([1.0, -2.0, 0.5], 3.0, 0.5, 40)


def test_a_column_of_ones_stands_for_the_bias() -> None:
    X = with_ones(FEATURES)
    assert X.dtype == numpy.float64
    assert (X[:, :-1] == FEATURES).all()
    assert (X[:, -1] == 1).all()


def test_the_solution_is_that_of_the_singular_value_decomposition() -> None:
    known = numpy.linalg.lstsq(with_ones(FEATURES), TARGETS, rcond=None)[0]
    numpy.testing.assert_allclose(least_squares(FEATURES, TARGETS), known, rtol=1e-10)


def test_the_errors_of_the_solution_are_orthogonal_to_every_column() -> None:
    X = with_ones(FEATURES)
    errors = X @ least_squares(FEATURES, TARGETS) - TARGETS
    numpy.testing.assert_allclose(X.T @ errors, 0, atol=1e-10)


def test_without_noise_the_solution_is_the_truth() -> None:
    exact = with_ones(FEATURES) @ [1.0, -2.0, 0.5, 3.0]
    numpy.testing.assert_allclose(least_squares(FEATURES, exact), [1.0, -2.0, 0.5, 3.0])


def test_features_without_variance_have_no_single_solution() -> None:
    with pytest.raises(numpy.linalg.LinAlgError):
        least_squares(numpy.ones((4, 1)), numpy.arange(4.0))
