"""Descent follows x ← x − η g(x), and keeps every point."""

import numpy

from minibatch.descent import descend
from minibatch.schedules import polynomial


def test_each_step_on_a_parabola_shrinks_the_distance_by_the_same_factor() -> None:
    path = descend(lambda x: 2 * x, [10.0], 0.2, 10)
    assert path.shape == (11, 1)
    numpy.testing.assert_allclose(path[:, 0], 10 * (1 - 2 * 0.2) ** numpy.arange(11))


def test_a_schedule_gives_the_rate_of_each_step() -> None:
    schedule = polynomial(0.5, 1.0)
    path = descend(lambda x: numpy.ones(2), [0.0, 1.0], schedule, 3)
    rates = [schedule(t) for t in range(3)]
    numpy.testing.assert_allclose(path[1:, 0], -numpy.cumsum(rates))
    numpy.testing.assert_allclose(path[:, 1], path[:, 0] + 1)


def test_the_start_is_copied() -> None:
    start = numpy.array([1.0])
    path = descend(lambda x: x, start, 0.5, 2)
    assert start == [1.0]
    assert path[:, 0].tolist() == [1.0, 0.5, 0.25]
