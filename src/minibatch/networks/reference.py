"""A small network with batch normalization in NumPy, its gradient written by
hand: the oracle of the tests.

Same public names and signatures as the framework modules, in double precision.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy

from minibatch.networks import initial_weights
from minibatch.reference import squared_loss, tensor

__all__ = [
    "BatchNorm",
    "Regression",
    "batch_norm",
    "concise_batch_norm",
    "dense",
    "network",
    "predict",
]


class Layer(Protocol):
    """What `network` strings together: ``backward`` takes the gradient of the
    loss with respect to the last result of ``forward``, and returns the one
    with respect to its input.
    """

    params: list[numpy.ndarray]
    grads: list[numpy.ndarray]

    def forward(self, X: numpy.ndarray, training: bool) -> numpy.ndarray:
        """Compute the result (b, outputs) for X (b, inputs)."""

    def backward(self, grad: numpy.ndarray) -> numpy.ndarray:
        """Keep the gradients of the parameters; return that of the input."""


def network(
    num_features: int,
    width: int,
    normalization: Callable[[int], Layer] | None = None,
    seed: int = 0,
    scale: float = 1.0,
) -> list[Layer]:
    """Build num_features -> width -> width -> 1 with ReLU.

    ``normalization(width)`` makes the layer that follows each linear layer
    but the last; ``scale`` multiplies all initial weights.
    """
    *hidden, last = initial_weights(num_features, width, seed, scale)
    layers: list[Layer] = []
    for weights in hidden:
        layers.append(dense(weights))
        if normalization is not None:
            layers.append(normalization(width))
        layers.append(_ReLU())
    return [*layers, dense(last)]


def dense(weights: numpy.ndarray) -> Layer:
    """Make a linear layer with these weights (inputs, outputs) and a zero
    bias.
    """
    return _Dense(weights)


class _Dense:
    def __init__(self, weights: numpy.ndarray) -> None:
        self.params = [tensor(weights), numpy.zeros(weights.shape[1])]
        self.grads: list[numpy.ndarray] = []

    def forward(self, X: numpy.ndarray, training: bool) -> numpy.ndarray:
        self.X = X
        return X @ self.params[0] + self.params[1]

    def backward(self, grad: numpy.ndarray) -> numpy.ndarray:
        self.grads = [self.X.T @ grad, grad.sum(axis=0)]
        return grad @ self.params[0].T


class _ReLU:
    def __init__(self) -> None:
        self.params: list[numpy.ndarray] = []
        self.grads: list[numpy.ndarray] = []

    def forward(self, X: numpy.ndarray, training: bool) -> numpy.ndarray:
        self.positive = X > 0
        return X * self.positive

    def backward(self, grad: numpy.ndarray) -> numpy.ndarray:
        return grad * self.positive


def batch_norm(
    X: numpy.ndarray,
    gamma: numpy.ndarray,
    beta: numpy.ndarray,
    moving_mean: numpy.ndarray,
    moving_variance: numpy.ndarray,
    training: bool,
    momentum: float,
    epsilon: float,
) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Normalize each column of X (b, d); return the result and the new moving
    averages.
    """
    mean, variance = moving_mean, moving_variance
    if training:
        mean, variance = X.mean(axis=0), X.var(axis=0)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = (
            momentum * moving_variance + (1 - momentum) * variance
        )
    X_hat = (X - mean) / numpy.sqrt(variance + epsilon)
    return gamma * X_hat + beta, moving_mean, moving_variance


class BatchNorm:
    """Batch normalization as a layer, with the gradient of training mode."""

    def __init__(
        self, width: int, momentum: float = 0.9, epsilon: float = 1e-5
    ) -> None:
        self.params = [numpy.ones(width), numpy.zeros(width)]
        self.grads: list[numpy.ndarray] = []
        self.moving_mean = numpy.zeros(width)
        self.moving_variance = numpy.ones(width)
        self.momentum = momentum
        self.epsilon = epsilon

    def forward(self, X: numpy.ndarray, training: bool) -> numpy.ndarray:
        """Normalize X (b, width), and in training mode move the averages."""
        self.X = X
        Y, self.moving_mean, self.moving_variance = batch_norm(
            X,
            self.params[0],
            self.params[1],
            self.moving_mean,
            self.moving_variance,
            training,
            self.momentum,
            self.epsilon,
        )
        return Y

    def backward(self, grad: numpy.ndarray) -> numpy.ndarray:
        """Return the gradient of the input of the last ``forward``, which
        was in training mode (Ioffe and Szegedy, 2015, section 3).
        """
        deviation = numpy.sqrt(self.X.var(axis=0) + self.epsilon)
        X_hat = (self.X - self.X.mean(axis=0)) / deviation
        self.grads = [(grad * X_hat).sum(axis=0), grad.sum(axis=0)]
        grad = self.params[0] * grad  # of X_hat
        # The mean takes away what all examples share, the variance what is
        # along X_hat.
        along = X_hat * (grad * X_hat).mean(axis=0)
        return (grad - grad.mean(axis=0) - along) / deviation


def concise_batch_norm(width: int) -> BatchNorm:
    """Make the same layer: NumPy has none of its own."""
    return BatchNorm(width)


class Regression:
    """Regression with a network, trained by plain SGD."""

    def __init__(
        self, network: list[Layer], hyperparams: dict[str, float]
    ) -> None:
        self.network = network
        self.learning_rate = hyperparams["learning_rate"]

    def step(self, X: numpy.ndarray, y: numpy.ndarray) -> None:
        """Update the parameters from one minibatch, in training mode."""
        y_hat = predict(self.network, X, training=True)
        grad = (y_hat - y.reshape(-1, 1)) / len(y)
        for layer in reversed(self.network):
            grad = layer.backward(grad)
        for layer in self.network:
            for param, change in zip(layer.params, layer.grads, strict=True):
                param -= self.learning_rate * change

    def loss(self, X: numpy.ndarray, y: numpy.ndarray) -> float:
        """Return the mean loss of these examples, in prediction mode."""
        return float(squared_loss(predict(self.network, X)[:, 0], y))


def predict(
    network: list[Layer], X: numpy.ndarray, training: bool = False
) -> numpy.ndarray:
    """Return the outputs (n, k) of a network or layer for X (n, d), in either
    mode.
    """
    for layer in network:
        X = layer.forward(X, training)
    return X
