"""Descent along the gradient of any function, which keeps its path."""

from collections.abc import Callable, Sequence

import numpy

from minibatch.schedules import Schedule

__all__ = ["descend"]


def descend(
    gradient: Callable[[numpy.ndarray], numpy.ndarray],
    start: Sequence[float] | numpy.ndarray,
    learning_rate: float | Schedule,
    num_steps: int,
) -> numpy.ndarray:
    """Step against the gradient, and return the path (num_steps + 1, d).

    ``learning_rate`` is a number or a function of the step t = 0, 1, …
    """
    path = [numpy.array(start, dtype=numpy.float64)]
    for t in range(num_steps):
        rate = learning_rate(t) if callable(learning_rate) else learning_rate
        path.append(path[-1] - rate * gradient(path[-1]))
    return numpy.array(path)
