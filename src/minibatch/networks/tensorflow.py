"""A small network with batch normalization in TensorFlow."""

from collections.abc import Callable

import numpy

import tensorflow as tf
from minibatch.networks import initial_weights
from minibatch.tensorflow import squared_loss

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
    normalization: Callable[[int], tf.keras.layers.Layer] | None = None,
    seed: int = 0,
    scale: float = 1.0,
) -> tf.keras.Sequential:
    """Build num_features -> width -> width -> 1 with ReLU.

    ``normalization(width)`` makes the layer that follows each linear layer
    but the last; ``scale`` multiplies all initial weights.
    """
    *hidden, last = initial_weights(num_features, width, seed, scale)
    layers = []
    for weights in hidden:
        layers.append(dense(weights))
        if normalization is not None:
            layers.append(normalization(width))
        layers.append(tf.keras.layers.ReLU())
    model = tf.keras.Sequential([*layers, dense(last)])
    model.build((None, num_features))
    return model


def dense(weights: numpy.ndarray) -> tf.keras.layers.Dense:
    """Make Keras's linear layer with these weights (inputs, outputs) and a
    zero bias.
    """
    layer = tf.keras.layers.Dense(weights.shape[1], kernel_initializer="zeros")
    layer.build((None, weights.shape[0]))
    layer.kernel.assign(weights)
    return layer


def batch_norm(
    X: tf.Tensor,
    gamma: tf.Tensor,
    beta: tf.Tensor,
    moving_mean: tf.Tensor,
    moving_variance: tf.Tensor,
    training: bool,
    momentum: float,
    epsilon: float,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Normalize each column of X (b, d); return the result and the new moving
    averages.
    """
    if training:
        mean = tf.reduce_mean(X, axis=0)
        variance = tf.reduce_mean((X - mean) ** 2, axis=0)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = (
            momentum * moving_variance + (1 - momentum) * variance
        )
    else:
        mean, variance = moving_mean, moving_variance
    X_hat = (X - mean) / (variance + epsilon) ** 0.5
    return gamma * X_hat + beta, moving_mean, moving_variance


class BatchNorm(tf.keras.layers.Layer):
    """Batch normalization from scratch, as a layer."""

    def __init__(
        self, width: int, momentum: float = 0.9, epsilon: float = 1e-5
    ) -> None:
        super().__init__()
        self.gamma = self.add_weight((width,), "ones")
        self.beta = self.add_weight((width,), "zeros")
        self.moving_mean = self.add_weight((width,), "zeros", trainable=False)
        self.moving_variance = self.add_weight(
            (width,), "ones", trainable=False
        )
        self.momentum = momentum
        self.epsilon = epsilon

    def call(self, X: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Normalize X (b, width), and in training mode move the averages."""
        Y, mean, variance = batch_norm(
            X,
            self.gamma,
            self.beta,
            self.moving_mean,
            self.moving_variance,
            training,
            self.momentum,
            self.epsilon,
        )
        if training:
            self.moving_mean.assign(mean)
            self.moving_variance.assign(variance)
        return Y


def concise_batch_norm(width: int) -> tf.keras.layers.BatchNormalization:
    """Make Keras's own layer, with the settings of `BatchNorm`."""
    # Keras's defaults are a momentum of 0.99 and an epsilon of 0.001.
    return tf.keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)


class Regression:
    """Regression with a network, trained by Keras's own SGD."""

    def __init__(
        self, network: tf.keras.Model, hyperparams: dict[str, float]
    ) -> None:
        self.network = network
        self.optimizer = tf.keras.optimizers.SGD(hyperparams["learning_rate"])
        self.optimizer.build(network.trainable_variables)

    @tf.function
    def step(self, X: tf.Tensor, y: tf.Tensor) -> None:
        """Update the parameters from one minibatch, in training mode."""
        params = self.network.trainable_variables
        with tf.GradientTape() as tape:
            loss = self._objective(X, y, training=True)
        grads = tape.gradient(loss, params)
        self.optimizer.apply_gradients(zip(grads, params, strict=True))

    def loss(self, X: tf.Tensor, y: tf.Tensor) -> float:
        """Return the mean loss of these examples, in prediction mode."""
        return float(self._objective(X, y, training=False))

    @tf.function
    def _objective(
        self, X: tf.Tensor, y: tf.Tensor, training: bool
    ) -> tf.Tensor:
        y_hat = tf.reshape(self.network(X, training=training), (-1,))
        return squared_loss(y_hat, y)


def predict(
    network: tf.keras.Model, X: tf.Tensor, training: bool = False
) -> numpy.ndarray:
    """Return the outputs (n, k) of a network or layer for X (n, d), in either
    mode.
    """
    return network(X, training=training).numpy()
