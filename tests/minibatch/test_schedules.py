"""Learning rates fall as their formulas say."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minibatch.schedules import constant, exponential, piecewise, polynomial

rates = st.floats(1e-6, 10)
steps = st.integers(0, 10_000)


@given(rates, steps)
def test_a_constant_rate_does_not_change(rate: float, t: int) -> None:
    assert constant(rate)(t) == rate


@given(rates, st.floats(0, 0.1), steps)
def test_an_exponential_rate_falls_by_the_same_factor_each_step(
    rate: float, decay: float, t: int
) -> None:
    schedule = exponential(rate, decay)
    assert schedule(0) == rate
    assert schedule(t + 1) == pytest.approx(schedule(t) * math.exp(-decay))


@given(rates, st.floats(0, 10), st.floats(0.1, 2), steps)
def test_a_polynomial_rate_is_its_formula(rate: float, decay: float, power: float, t: int) -> None:
    schedule = polynomial(rate, decay, power)
    assert schedule(0) == rate
    assert schedule(t) == pytest.approx(rate / (decay * t + 1) ** power)


def test_a_piecewise_rate_changes_at_its_boundaries() -> None:
    schedule = piecewise([1.0, 0.1, 0.01], [3, 5])
    assert [schedule(t) for t in range(7)] == [1, 1, 1, 0.1, 0.1, 0.01, 0.01]


@pytest.mark.parametrize(
    ("values", "boundaries", "message"),
    [
        ([1.0], [3], "1 rates need 0 boundaries, not 1"),
        ([1.0, 0.1, 0.01], [5, 3], r"the boundaries \[5, 3\] do not grow"),
        ([1.0, 0.1, 0.01], [3, 3], r"the boundaries \[3, 3\] do not grow"),
    ],
)
def test_boundaries_that_do_not_fit_are_refused(
    values: list[float], boundaries: list[int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        piecewise(values, boundaries)
