"""Minibatch gradient descent in NumPy with a hand-written gradient: the oracle
of the tests.

Same public names and signatures as the framework modules, in double precision.
"""

from collections.abc import Callable

import numpy

from minibatch.training import History, Optimizer, fit

__all__ = [
    "ConciseLinearRegression",
    "LinearRegression",
    "gradient",
    "initial_params",
    "linear",
    "numbers",
    "product",
    "product_by_blocks",
    "product_by_columns",
    "product_by_elements",
    "sgd",
    "squared_loss",
    "synchronize",
    "take",
    "tensor",
    "train",
    "train_concise",
]


def tensor(values: numpy.ndarray) -> numpy.ndarray:
    """Copy numbers, as float64: the oracle is more precise than what it
    judges.
    """
    return numpy.array(values, dtype=numpy.float64)


def synchronize() -> None:
    """Wait for nothing: a NumPy call has done its work when it returns."""


def numbers(array: numpy.ndarray) -> numpy.ndarray:
    """Copy numbers: they are on no device."""
    return array.copy()


def take(array: numpy.ndarray, rows: numpy.ndarray) -> numpy.ndarray:
    """Pick rows of an array, in this order."""
    return array[rows]


def gradient(
    function: Callable[[numpy.ndarray], numpy.ndarray], x: numpy.ndarray
) -> numpy.ndarray:
    """Differentiate a scalar function at the point x, by central
    differences: exact for quadratic functions but for rounding.
    """
    x = numpy.asarray(x, dtype=numpy.float64)
    slopes = numpy.empty_like(x)
    for index in numpy.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += 1e-5
        behind[index] -= 1e-5
        slopes[index] = (function(ahead) - function(behind)) / 2e-5
    return slopes


def product_by_elements(
    A: numpy.ndarray, B: numpy.ndarray, rows: int
) -> numpy.ndarray:
    """Compute the first rows of AB, one dot product per element."""
    C = numpy.zeros((rows, B.shape[1]))
    for i in range(rows):
        for j in range(B.shape[1]):
            C[i, j] = A[i, :] @ B[:, j]
    return C


def product_by_columns(A: numpy.ndarray, B: numpy.ndarray) -> numpy.ndarray:
    """Compute AB, one matrix-vector product per column."""
    C = numpy.zeros((A.shape[0], B.shape[1]))
    for j in range(B.shape[1]):
        C[:, j] = A @ B[:, j]
    return C


def product(A: numpy.ndarray, B: numpy.ndarray) -> numpy.ndarray:
    """Compute AB in one call."""
    return A @ B


def product_by_blocks(
    A: numpy.ndarray, B: numpy.ndarray, width: int
) -> numpy.ndarray:
    """Compute AB, one call per block of columns."""
    C = numpy.zeros((A.shape[0], B.shape[1]))
    for j in range(0, B.shape[1], width):
        C[:, j : j + width] = A @ B[:, j : j + width]
    return C


def initial_params(num_features: int, seed: int = 0) -> list[numpy.ndarray]:
    """Draw the weights from N(0, 0.01²) and set the bias to zero."""
    w = tensor(numpy.random.default_rng(seed).normal(0, 0.01, num_features))
    b = tensor(numpy.zeros(()))
    return [w, b]


def linear(
    X: numpy.ndarray, w: numpy.ndarray, b: numpy.ndarray
) -> numpy.ndarray:
    """Predict (n,) targets from X (n, d), weights w (d,) and bias b."""
    return X @ w + b


def squared_loss(y_hat: numpy.ndarray, y: numpy.ndarray) -> numpy.floating:
    """Average half the squared errors of a minibatch."""
    return ((y_hat - y) ** 2 / 2).mean()


def sgd(
    params: list[numpy.ndarray],
    grads: list[numpy.ndarray],
    states: object,
    hyperparams: dict[str, float],
) -> None:
    """Move each parameter against its gradient, in place."""
    for param, grad in zip(params, grads, strict=True):
        param -= hyperparams["learning_rate"] * grad


class LinearRegression:
    """Linear regression from scratch, with any optimizer."""

    def __init__(
        self,
        params: list[numpy.ndarray],
        optimizer: Optimizer,
        states: object,
        hyperparams: dict[str, float],
    ) -> None:
        self.params = params
        self.optimizer = optimizer
        self.states = states
        self.hyperparams = hyperparams

    def step(self, X: numpy.ndarray, y: numpy.ndarray) -> None:
        """Update the parameters from one minibatch, with the gradient of
        the mean half square.
        """
        errors = linear(X, *self.params) - y
        grads = [X.T @ errors / len(y), errors.mean()]
        self.optimizer(self.params, grads, self.states, self.hyperparams)

    def loss(self, X: numpy.ndarray, y: numpy.ndarray) -> float:
        """Return the mean loss of these examples."""
        return float(squared_loss(linear(X, *self.params), y))


class ConciseLinearRegression(LinearRegression):
    """The same model: NumPy has no layers, losses or optimizers of its own."""

    def __init__(
        self, params: list[numpy.ndarray], hyperparams: dict[str, float]
    ) -> None:
        super().__init__(params, sgd, None, hyperparams)


def train(
    optimizer: Optimizer,
    states: object,
    hyperparams: dict[str, float],
    features: numpy.ndarray,
    targets: numpy.ndarray,
    batch_size: int,
    num_epochs: int,
) -> History:
    """Train linear regression from scratch, and record loss and time."""
    X, y = tensor(features), tensor(targets)
    params = initial_params(X.shape[1])
    model = LinearRegression(params, optimizer, states, hyperparams)
    return fit(model, X, y, batch_size, num_epochs, synchronize=synchronize)


def train_concise(
    hyperparams: dict[str, float],
    features: numpy.ndarray,
    targets: numpy.ndarray,
    batch_size: int,
    num_epochs: int,
) -> History:
    """Train linear regression with `ConciseLinearRegression`, and record
    loss and time.
    """
    X, y = tensor(features), tensor(targets)
    params = initial_params(X.shape[1])
    model = ConciseLinearRegression(params, hyperparams)
    return fit(model, X, y, batch_size, num_epochs, synchronize=synchronize)
