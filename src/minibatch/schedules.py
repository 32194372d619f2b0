"""Learning rates that change from step to step: functions of the step t.

Robbins and Monro (1951): SGD converges if the rates add up to infinity and
their squares do not.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence

__all__ = ["Schedule", "constant", "exponential", "piecewise", "polynomial"]

Schedule = Callable[[int], float]


def constant(rate: float) -> Schedule:
    """Keep the rate."""
    return lambda t: rate


def piecewise(rates: Sequence[float], boundaries: Sequence[int]) -> Schedule:
    """Take the next rate from each boundary on.

    Raises `ValueError` unless the boundaries grow and there is one more rate.
    """
    if len(rates) != len(boundaries) + 1:
        raise ValueError(
            f"{len(rates)} rates need {len(rates) - 1} boundaries, "
            f"not {len(boundaries)}"
        )
    if list(boundaries) != sorted(set(boundaries)):
        raise ValueError(f"the boundaries {list(boundaries)} do not grow")
    return lambda t: rates[bisect_right(boundaries, t)]


def exponential(rate: float, decay: float) -> Schedule:
    """Let the rate fall as rate · exp(-decay · t)."""
    return lambda t: rate * math.exp(-decay * t)


def polynomial(rate: float, decay: float, power: float = 0.5) -> Schedule:
    """Let the rate fall as rate · (decay · t + 1) ** -power."""
    return lambda t: rate * (decay * t + 1) ** -power
