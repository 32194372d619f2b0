"""A small network with batch normalization in MXNet."""

from collections.abc import Callable

import numpy

from minibatch.mxnet import squared_loss, tensor
from minibatch.networks import initial_weights
from mxnet import autograd, gluon, np

__all__ = [
    "BatchNorm",
    "Regression",
    "batch_norm",
    "concise_batch_norm",
    "dense",
    "network",
    "predict",
]


def network(
    num_features: int,
    width: int,
    normalization: Callable[[int], gluon.Block] | None = None,
    seed: int = 0,
    scale: float = 1.0,
) -> gluon.nn.Sequential:
    """Build num_features -> width -> width -> 1 with ReLU.

    ``normalization(width)`` makes the layer that follows each linear layer
    but the last; ``scale`` multiplies all initial weights.
    """
    *hidden, last = initial_weights(num_features, width, seed, scale)
    layers = gluon.nn.Sequential()
    for weights in hidden:
        layers.add(dense(weights))
        if normalization is not None:
            layers.add(normalization(width))
        layers.add(gluon.nn.Activation("relu"))
    layers.add(dense(last))
    return layers


def dense(weights: numpy.ndarray) -> gluon.nn.Dense:
    """Make Gluon's linear layer with these weights (inputs, outputs) and a
    zero bias.
    """
    weight = tensor(weights.T)
    layer = gluon.nn.Dense(weights.shape[1], in_units=weights.shape[0])
    layer.initialize(ctx=weight.ctx)
    layer.weight.set_data(weight)
    return layer


def batch_norm(
    X: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    moving_mean: np.ndarray,
    moving_variance: np.ndarray,
    training: bool,
    momentum: float,
    epsilon: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normalize each column of X (b, d); return the result and the new moving
    averages.
    """
    if training:
        mean = X.mean(axis=0)
        variance = ((X - mean) ** 2).mean(axis=0)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = (
            momentum * moving_variance + (1 - momentum) * variance
        )
    else:
        mean, variance = moving_mean, moving_variance
    X_hat = (X - mean) / (variance + epsilon) ** 0.5
    return gamma * X_hat + beta, moving_mean, moving_variance


class BatchNorm(gluon.Block):
    """Batch normalization from scratch, as a layer."""

    def __init__(
        self, width: int, momentum: float = 0.9, epsilon: float = 1e-5
    ) -> None:
        super().__init__()
        ones = tensor(numpy.ones(width))
        self.gamma = self.params.get("gamma", shape=width, init="ones")
        self.beta = self.params.get("beta", shape=width, init="zeros")
        self.initialize(ctx=ones.ctx)
        self.moving_mean, self.moving_variance = 0 * ones, ones
        self.momentum = momentum
        self.epsilon = epsilon

    def forward(self, X: np.ndarray) -> np.ndarray:
        """Normalize X (b, width), and in training mode move the averages."""
        Y, mean, variance = batch_norm(
            X,
            self.gamma.data(),
            self.beta.data(),
            self.moving_mean,
            self.moving_variance,
            autograd.is_training(),
            self.momentum,
            self.epsilon,
        )
        # No gradient shall flow through the averages of earlier steps.
        self.moving_mean = mean.detach()
        self.moving_variance = variance.detach()
        return Y


def concise_batch_norm(width: int) -> gluon.nn.BatchNorm:
    """Make Gluon's own layer, with the settings of `BatchNorm`."""
    layer = gluon.nn.BatchNorm(
        axis=-1, momentum=0.9, epsilon=1e-5, in_channels=width
    )
    layer.initialize(ctx=tensor(numpy.zeros(1)).ctx)
    return layer


class Regression:
    """Regression with a network, trained by Gluon's own trainer."""

    def __init__(
        self, network: gluon.Block, hyperparams: dict[str, float]
    ) -> None:
        self.network = network
        self.trainer = gluon.Trainer(
            network.collect_params(), "sgd", hyperparams, kvstore=None
        )

    def step(self, X: np.ndarray, y: np.ndarray) -> None:
        """Update the parameters from one minibatch, in training mode."""
        with autograd.record():
            loss = squared_loss(self.network(X).reshape(-1), y)
        loss.backward()
        # The loss is a mean already: the trainer shall not divide again.
        self.trainer.step(1)

    def loss(self, X: np.ndarray, y: np.ndarray) -> float:
        """Return the mean loss of these examples, in prediction mode."""
        return squared_loss(self.network(X).reshape(-1), y).item()


def predict(
    network: gluon.Block, X: np.ndarray, training: bool = False
) -> numpy.ndarray:
    """Return the outputs (n, k) of a network or layer for X (n, d), in either
    mode.
    """
    with autograd.train_mode() if training else autograd.predict_mode():
        return network(X).asnumpy()
