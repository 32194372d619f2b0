"""Linear regression without iterations, in double precision.

Gauss (1809), "Theoria motus corporum coelestium": the normal equations.
"""

import numpy

__all__ = ["least_squares", "with_ones"]


def with_ones(features: numpy.ndarray) -> numpy.ndarray:
    """Append a column of ones to features (n, d), for the bias."""
    n = len(features)
    return numpy.column_stack([features.astype(float), numpy.ones(n)])


def least_squares(
    features: numpy.ndarray, targets: numpy.ndarray
) -> numpy.ndarray:
    """Solve the normal equations: the weights and then the bias, (d + 1,).

    Raises `numpy.linalg.LinAlgError` if they have no single solution.
    """
    X = with_ones(features)
    return numpy.linalg.solve(X.T @ X, X.T @ targets)
