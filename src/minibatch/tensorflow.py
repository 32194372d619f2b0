"""Minibatch gradient descent in TensorFlow."""

from collections.abc import Callable

import numpy

import tensorflow as tf
from minibatch.training import History, Optimizer, fit, warm_up

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


def tensor(values: numpy.ndarray) -> tf.Tensor:
    """Move numbers to the device, as float32."""
    return tf.constant(values, tf.float32)


def synchronize() -> None:
    """Wait until the device has done all that it was asked for."""
    tf.test.experimental.sync_devices()


def numbers(array: tf.Tensor) -> numpy.ndarray:
    """Bring numbers back from the device."""
    return array.numpy().copy()


def take(array: tf.Tensor, rows: numpy.ndarray) -> tf.Tensor:
    """Pick rows of an array, in this order."""
    return tf.gather(array, rows)


def gradient(
    function: Callable[[tf.Tensor], tf.Tensor], x: numpy.ndarray
) -> numpy.ndarray:
    """Differentiate a scalar function at the point x."""
    point = tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(point)
        value = function(point)
    return tape.gradient(value, point).numpy()


def product_by_elements(A: tf.Tensor, B: tf.Tensor, rows: int) -> tf.Tensor:
    """Compute the first rows of AB, one dot product per element."""
    C = tf.Variable(tf.zeros((rows, B.shape[1])))
    for i in range(rows):
        for j in range(B.shape[1]):
            C[i, j].assign(tf.reduce_sum(A[i, :] * B[:, j]))
    return C.value()


def product_by_columns(A: tf.Tensor, B: tf.Tensor) -> tf.Tensor:
    """Compute AB, one matrix-vector product per column."""
    C = tf.Variable(tf.zeros((A.shape[0], B.shape[1])))
    for j in range(B.shape[1]):
        C[:, j].assign(tf.linalg.matvec(A, B[:, j]))
    return C.value()


def product(A: tf.Tensor, B: tf.Tensor) -> tf.Tensor:
    """Compute AB in one call."""
    return tf.matmul(A, B)


def product_by_blocks(A: tf.Tensor, B: tf.Tensor, width: int) -> tf.Tensor:
    """Compute AB, one call per block of columns."""
    C = tf.Variable(tf.zeros((A.shape[0], B.shape[1])))
    for j in range(0, B.shape[1], width):
        C[:, j : j + width].assign(tf.matmul(A, B[:, j : j + width]))
    return C.value()


def initial_params(num_features: int, seed: int = 0) -> list[tf.Variable]:
    """Draw the weights from N(0, 0.01²) and set the bias to zero."""
    weights = numpy.random.default_rng(seed).normal(0, 0.01, num_features)
    w = tf.Variable(tensor(weights))
    b = tf.Variable(tensor(numpy.zeros(())))
    return [w, b]


def linear(X: tf.Tensor, w: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Predict (n,) targets from X (n, d), weights w (d,) and bias b."""
    return tf.linalg.matvec(X, w) + b


def squared_loss(y_hat: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Average half the squared errors of a minibatch."""
    return tf.reduce_mean((y_hat - y) ** 2 / 2)


def sgd(
    params: list[tf.Variable],
    grads: list[tf.Tensor],
    states: object,
    hyperparams: dict[str, float],
) -> None:
    """Move each parameter against its gradient, in place."""
    for param, grad in zip(params, grads, strict=True):
        param.assign_sub(hyperparams["learning_rate"] * grad)


class LinearRegression:
    """Linear regression from scratch, with any optimizer."""

    def __init__(
        self,
        params: list[tf.Variable],
        optimizer: Optimizer,
        states: object,
        hyperparams: dict[str, float],
    ) -> None:
        self.params = params
        self.optimizer = optimizer
        self.states = states
        self.hyperparams = hyperparams

    @tf.function(jit_compile=True)
    def step(self, X: tf.Tensor, y: tf.Tensor) -> None:
        """Update the parameters from one minibatch."""
        with tf.GradientTape() as tape:
            loss = squared_loss(linear(X, *self.params), y)
        grads = tape.gradient(loss, self.params)
        self.optimizer(self.params, grads, self.states, self.hyperparams)

    def loss(self, X: tf.Tensor, y: tf.Tensor) -> float:
        """Return the mean loss of these examples."""
        return float(squared_loss(linear(X, *self.params), y))


class ConciseLinearRegression:
    """The same model from Keras's own layer, loss and optimizer."""

    def __init__(
        self, params: list[tf.Variable], hyperparams: dict[str, float]
    ) -> None:
        w, b = params
        self.layer = tf.keras.layers.Dense(1)
        self.layer.build((None, w.shape[0]))
        self.layer.set_weights([tf.reshape(w, (-1, 1)), tf.reshape(b, (1,))])
        self.mean_squared_error = tf.keras.losses.MeanSquaredError()
        self.optimizer = tf.keras.optimizers.SGD(hyperparams["learning_rate"])
        self.optimizer.build(self.layer.trainable_variables)

    @tf.function(jit_compile=True)
    def step(self, X: tf.Tensor, y: tf.Tensor) -> None:
        """Update the parameters from one minibatch."""
        params = self.layer.trainable_variables
        with tf.GradientTape() as tape:
            y_hat = tf.reshape(self.layer(X), (-1,))
            # The mean squared error lacks the factor 1/2 of the squared loss.
            loss = self.mean_squared_error(y, y_hat) / 2
        grads = tape.gradient(loss, params)
        self.optimizer.apply_gradients(zip(grads, params, strict=True))

    def loss(self, X: tf.Tensor, y: tf.Tensor) -> float:
        """Return the mean loss of these examples."""
        y_hat = tf.reshape(self.layer(X), (-1,))
        return float(self.mean_squared_error(y, y_hat)) / 2


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
    warm_up(model, X, y, batch_size)
    return fit(
        model,
        X,
        y,
        batch_size,
        num_epochs,
        synchronize=synchronize,
        shuffle=take,
        split=tf.split,
    )


def train_concise(
    hyperparams: dict[str, float],
    features: numpy.ndarray,
    targets: numpy.ndarray,
    batch_size: int,
    num_epochs: int,
) -> History:
    """Train with Keras's own classes, and record loss and time."""
    X, y = tensor(features), tensor(targets)
    params = initial_params(X.shape[1])
    model = ConciseLinearRegression(params, hyperparams)
    warm_up(model, X, y, batch_size)
    return fit(
        model,
        X,
        y,
        batch_size,
        num_epochs,
        synchronize=synchronize,
        shuffle=take,
        split=tf.split,
    )
