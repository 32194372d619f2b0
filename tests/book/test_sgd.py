"""The chapter on SGD: its formulas hold, and its runs show what the text says."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy
import pytest

from minibatch.airfoil_model import generate
from minibatch.data import _whiten
from minibatch.descent import descend
from minibatch.schedules import constant, exponential, piecewise, polynomial
from polybook.store import Run

CHAPTER = "book/sgd"
Runs = Mapping[str, Mapping[str, Run | None]]

TABLE = _whiten(generate(150))
FEATURES, TARGETS = TABLE[:, :-1].astype(float), TABLE[:, -1].astype(float)
STEPS = numpy.arange(1_000_000)


@pytest.fixture(scope="module")
def chapter_runs(runs: Runs) -> list[Run]:
    found = [run for run in runs[CHAPTER].values() if run]
    assert len(found) == len(runs[CHAPTER]) > 0
    return found


def _gradients() -> numpy.ndarray:
    """The gradient of each example's loss at some parameters (n, d), by hand."""
    errors = FEATURES @ numpy.linspace(-0.5, 0.5, 5) - TARGETS
    return errors[:, numpy.newaxis] * FEATURES


def _mean_squares(rates: numpy.ndarray, curvature: float, first: float = 0.0) -> numpy.ndarray:
    """The mean square before and after each step, by the recursion, for noise of variance 1."""
    squares = [first]
    for rate in rates:
        squares.append((1 - rate * curvature) ** 2 * squares[-1] + rate**2)
    return numpy.array(squares)


def test_the_mean_of_k_gradients_is_as_far_from_the_full_one_as_the_text_says() -> None:
    gradients = _gradients()
    sigma = math.sqrt(((gradients - gradients.mean(axis=0)) ** 2).sum(axis=1).mean())
    random = numpy.random.default_rng(0)
    for k in (1, 10, 100):
        means = gradients[random.integers(len(gradients), size=(5_000, k))].mean(axis=1)
        squares = ((means - gradients.mean(axis=0)) ** 2).sum(axis=1)
        assert math.sqrt(squares.mean()) == pytest.approx(sigma / math.sqrt(k), rel=0.05)


@pytest.mark.parametrize("curvature", [1.0, 4.0])
def test_the_recursion_for_the_mean_square_holds_and_ends_in_the_balance(
    curvature: float,
) -> None:
    random = numpy.random.default_rng(0)
    paths = descend(
        lambda x: curvature * x + random.normal(size=x.shape), numpy.full(20_000, 3.0), 0.1, 60
    )
    expected = _mean_squares(numpy.full(60, 0.1), curvature, first=9.0)
    numpy.testing.assert_allclose((paths**2).mean(axis=1), expected, rtol=0.05)
    balance = 0.1 / (curvature * (2 - 0.1 * curvature))
    end = _mean_squares(numpy.full(1000, 0.1), curvature, first=9.0)[-1]
    assert end == pytest.approx(balance)


def test_the_wandering_is_roughly_proportional_to_the_rate() -> None:
    squares = [_mean_squares(numpy.full(5_000, rate), 1.0)[-1] for rate in (0.1, 0.05)]
    assert squares[0] / squares[1] == pytest.approx(2, rel=0.05)


def test_the_rates_of_an_exponential_schedule_have_the_finite_sum_of_the_text() -> None:
    rates = [exponential(0.2, 0.15)(t) for t in range(1_000)]
    assert sum(rates) == pytest.approx(0.2 / (1 - math.exp(-0.15)))


def test_a_piecewise_schedule_ends_with_a_constant_rate() -> None:
    rate = piecewise([0.2, 0.05], boundaries=[50])
    assert {rate(t) for t in range(50, 10_000)} == {0.05}


@pytest.mark.parametrize("power", [0.3, 0.5, 0.75, 1.0, 1.2, 1.5])
def test_the_powers_that_fulfil_the_conditions_of_robbins_and_monro(power: float) -> None:
    """A sum is infinite if each decade adds at least as much as the one before it."""
    rates = (0.2 * STEPS + 1) ** -power
    assert rates[7] == pytest.approx(polynomial(1, 0.2, power)(7))
    for terms, is_infinite in [(rates, power <= 1), (rates**2, power <= 0.5)]:
        decades = numpy.diff(terms.cumsum()[[10**3 - 1, 10**4 - 1, 10**5 - 1, 10**6 - 1]])
        grows = (decades[1:] > 0.99 * decades[:-1]).all()
        assert grows == is_infinite


def test_the_start_is_forgotten_exactly_if_the_sum_of_the_rates_is_infinite() -> None:
    kept = {power: numpy.prod(1 - 0.2 * (STEPS + 1.0) ** -power) for power in (0.5, 1.0, 2.0)}
    assert kept[0.5] < 1e-100
    assert kept[1.0] == pytest.approx(len(STEPS) ** -0.2 / math.gamma(0.8), rel=1e-3)
    assert kept[2.0] > 0.7


def test_the_power_of_a_half_converges_in_the_mean_square() -> None:
    rates = 0.2 * (STEPS[:100_000] + 1) ** -0.5
    squares = _mean_squares(rates, 1.0, first=16.0)
    numpy.testing.assert_allclose(squares[[10_000, 100_000]], rates[[9_999, -1]] / 2, rtol=0.05)


def test_the_bound_for_convex_objectives_holds_for_any_rates() -> None:
    """Both sides of the sum over the steps, and of the bound on the averaged iterate."""
    start = numpy.tile((-4.0, 3.0), (500, 1))
    for rate in (constant(0.05), constant(0.5), polynomial(0.5, 0.1), exponential(0.5, 0.1)):
        random = numpy.random.default_rng(0)

        def slope(x: numpy.ndarray, random: numpy.random.Generator = random) -> numpy.ndarray:
            return numpy.sign(x) + random.normal(size=x.shape)

        rates = numpy.array([rate(t) for t in range(400)])
        path = descend(slope, start, rate, 400)
        losses = numpy.abs(path[:-1]).sum(axis=2).mean(axis=1)
        bound = 5**2 + 2**2 * (rates**2).sum()
        # For this function, only the last distance that the text drops is between the sides.
        last = (path[-1] ** 2).sum(axis=1).mean()
        assert 2 * rates @ losses == pytest.approx(bound - last, rel=0.05)
        average = numpy.tensordot(rates / rates.sum(), path[:-1], 1)
        assert numpy.abs(average).sum(axis=1).mean() <= bound / (2 * rates.sum())


def test_the_rate_of_the_text_gives_the_bound_its_simple_form() -> None:
    D, G, T = 5, 2, 300
    rate = D / (G * math.sqrt(T))
    assert (D**2 + G**2 * T * rate**2) / (2 * T * rate) == pytest.approx(D * G / math.sqrt(T))


def test_the_chance_that_an_example_is_missed() -> None:
    for n in (100, 1500, 10**6):
        chance = (1 - 1 / n) ** n
        assert chance == pytest.approx(math.exp(n * math.log(1 - 1 / n)))
        assert chance == pytest.approx(math.exp(-1 - 1 / (2 * n)), rel=max(n**-2, 1e-9))
    assert chance == pytest.approx(1 / math.e, rel=1e-6) and 1 / math.e > 1 / 3


def test_the_noise_of_the_sum_of_an_epoch() -> None:
    gradients, n = _gradients(), len(FEATURES)
    random = numpy.random.default_rng(0)
    replaced = gradients[random.integers(n, size=(20_000, n))].sum(axis=1)
    numpy.testing.assert_allclose(replaced.var(axis=0), n * gradients.var(axis=0), rtol=0.05)
    shuffled = gradients[random.permutation(n)].sum(axis=0)
    numpy.testing.assert_allclose(shuffled, n * gradients.mean(axis=0))


def test_the_best_probabilities_have_the_least_mean_square() -> None:
    gradients, n = _gradients(), len(FEATURES)
    norms = numpy.linalg.norm(gradients, axis=1)

    def mean_square(p: numpy.ndarray) -> float:
        return float((norms**2 / p).sum() / n**2)

    least = mean_square(norms / norms.sum())
    assert least == pytest.approx(norms.mean() ** 2)
    random = numpy.random.default_rng(0)
    assert all(mean_square(random.dirichlet(numpy.ones(n))) > least for _ in range(20))


@pytest.mark.parametrize(("curvature", "deviation"), [(1.0, 1.0), (4.0, 0.5)])
def test_the_best_rates_are_a_polynomial_schedule(curvature: float, deviation: float) -> None:
    m = first = 16.0
    c = 1 + deviation**2 / (curvature**2 * first)
    schedule = polynomial(1 / (curvature * c), decay=1 / c, power=1)
    for t in range(50):
        rate = curvature * m / (curvature**2 * m + deviation**2)
        assert rate == pytest.approx(schedule(t))
        others = rate * numpy.linspace(0.5, 1.5, 11)
        squares = (1 - others * curvature) ** 2 * m + others**2 * deviation**2
        assert squares.argmin() == 5
        m = squares[5]
    assert 1 / m == pytest.approx(1 / first + 50 * curvature**2 / deviation**2)


def test_the_mean_of_all_gradients_is_the_full_gradient(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert run.value("unbiased.difference") < 1e-5, run.framework


def test_the_noise_does_not_vanish_at_the_minimum(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert run.value("minimum.signal") < 1e-5 < run.value("minimum.noise"), run.framework


@pytest.mark.parametrize(
    "key",
    ["whole", "half", "constant", "piecewise", "exponential", "polynomial", "missed", "best_rate"],
)
def test_what_was_found_is_what_was_expected(chapter_runs: list[Run], key: str) -> None:
    for run in chapter_runs:
        found, expected = run.value(f"{key}.found"), run.value(f"{key}.expected")
        assert found == pytest.approx(expected, rel=0.1), run.framework


def test_the_schedules_end_in_the_order_of_the_text(chapter_runs: list[Run]) -> None:
    order = ["piecewise", "polynomial", "constant", "exponential"]
    for run in chapter_runs:
        losses = [run.value(f"{name}.expected") for name in order]
        assert losses == sorted(losses), run.framework


def test_the_averaged_iterates_keep_within_the_bound(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert run.value("bound.share") < 1, run.framework


def test_shuffling_leaves_less_noise_than_replacement(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert run.value("shuffled.loss") < run.value("replaced.loss"), run.framework


def test_the_frameworks_train_alike(chapter_runs: list[Run]) -> None:
    first = chapter_runs[0]
    for run in chapter_runs[1:]:
        for key in ("shuffled.loss", "replaced.loss", "perfect.last"):
            assert run.value(key) == pytest.approx(first.value(key), abs=1e-5), run.framework


def test_weighted_draws_are_unbiased_and_the_best_weights_help(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert run.value("best.error") < 1e-5, run.framework
        assert run.value("uniform.deviation") == pytest.approx(run.value("start.noise"))
        assert run.value("best.deviation") <= run.value("uniform.deviation"), run.framework


def test_a_perfect_fit_has_no_noise_in_the_end(chapter_runs: list[Run]) -> None:
    for run in chapter_runs:
        assert run.value("perfect.last") < 1e-4 * run.value("perfect.first"), run.framework
