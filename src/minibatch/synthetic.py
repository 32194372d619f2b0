"""Data that were made to fit a linear model, whose true weights are known."""

from collections.abc import Sequence

import numpy

__all__ = ["linear_data"]


def linear_data(
    weights: Sequence[float], bias: float, noise: float, n: int, seed: int = 0
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Draw features (n, d) from N(0, 1), and targets (n,) that depend on
    them linearly, but for noise.

    The noise has the standard deviation ``noise``; all is float32.
    """
    random = numpy.random.default_rng(seed)
    features = random.normal(size=(n, len(weights)))
    errors = random.normal(0, noise, n)
    targets = features @ numpy.array(weights) + bias + errors
    return features.astype(numpy.float32), targets.astype(numpy.float32)
