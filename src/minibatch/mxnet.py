"""Minibatch gradient descent in MXNet."""

from collections.abc import Callable

import numpy

# MXNet 1.9.1 still asks for numpy.bool, which NumPy 1.24 removed.
vars(numpy).setdefault("bool", bool)

from minibatch.training import History, Optimizer, fit, warm_up  # noqa: E402
from mxnet import autograd, gluon, np, npx  # noqa: E402

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

npx.set_np()


def tensor(values: numpy.ndarray) -> np.ndarray:
    """Move numbers to the device, as float32."""
    device = npx.gpu() if npx.num_gpus() else npx.cpu()
    return np.array(values, dtype="float32", ctx=device)


def synchronize() -> None:
    """Wait until the device has done all that it was asked for."""
    npx.waitall()


def numbers(array: np.ndarray) -> numpy.ndarray:
    """Bring numbers back from the device."""
    return array.asnumpy()


def take(array: np.ndarray, rows: numpy.ndarray) -> np.ndarray:
    """Pick rows of an array, in this order."""
    return np.take(array, np.array(rows, ctx=array.ctx), axis=0)


def gradient(
    function: Callable[[np.ndarray], np.ndarray], x: numpy.ndarray
) -> numpy.ndarray:
    """Differentiate a scalar function at the point x."""
    point = tensor(x)
    point.attach_grad()
    with autograd.record():
        value = function(point)
    value.backward()
    return point.grad.asnumpy()


def product_by_elements(A: np.ndarray, B: np.ndarray, rows: int) -> np.ndarray:
    """Compute the first rows of AB, one dot product per element."""
    C = np.zeros((rows, B.shape[1]), ctx=A.ctx)
    for i in range(rows):
        for j in range(B.shape[1]):
            C[i, j] = np.dot(A[i, :], B[:, j])
    return C


def product_by_columns(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Compute AB, one matrix-vector product per column."""
    C = np.zeros((A.shape[0], B.shape[1]), ctx=A.ctx)
    for j in range(B.shape[1]):
        C[:, j] = np.dot(A, B[:, j])
    return C


def product(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Compute AB in one call."""
    return np.dot(A, B)


def product_by_blocks(A: np.ndarray, B: np.ndarray, width: int) -> np.ndarray:
    """Compute AB, one call per block of columns."""
    C = np.zeros((A.shape[0], B.shape[1]), ctx=A.ctx)
    for j in range(0, B.shape[1], width):
        C[:, j : j + width] = np.dot(A, B[:, j : j + width])
    return C


def initial_params(num_features: int, seed: int = 0) -> list[np.ndarray]:
    """Draw the weights from N(0, 0.01²) and set the bias to zero."""
    weights = numpy.random.default_rng(seed).normal(0, 0.01, num_features)
    w, b = tensor(weights), tensor(numpy.zeros(()))
    w.attach_grad()
    b.attach_grad()
    return [w, b]


def linear(X: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Predict (n,) targets from X (n, d), weights w (d,) and bias b."""
    return X.dot(w) + b


def squared_loss(y_hat: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Average half the squared errors of a minibatch."""
    return ((y_hat - y) ** 2 / 2).mean()


def sgd(
    params: list[np.ndarray],
    grads: list[np.ndarray],
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
        params: list[np.ndarray],
        optimizer: Optimizer,
        states: object,
        hyperparams: dict[str, float],
    ) -> None:
        self.params = params
        self.optimizer = optimizer
        self.states = states
        self.hyperparams = hyperparams
        self.objective = gluon.nn.HybridLambda(
            lambda F, X, y, w, b: squared_loss(linear(X, w, b), y)
        )
        self.objective.hybridize(static_alloc=True)

    def step(self, X: np.ndarray, y: np.ndarray) -> None:
        """Update the parameters from one minibatch."""
        with autograd.record():
            loss = self.objective(X, y, *self.params)
        loss.backward()
        grads = [param.grad for param in self.params]
        self.optimizer(self.params, grads, self.states, self.hyperparams)

    def loss(self, X: np.ndarray, y: np.ndarray) -> float:
        """Return the mean loss of these examples."""
        return squared_loss(linear(X, *self.params), y).item()


class ConciseLinearRegression:
    """The same model from Gluon's own layer, loss and trainer."""

    def __init__(
        self, params: list[np.ndarray], hyperparams: dict[str, float]
    ) -> None:
        w, b = params
        self.layer = gluon.nn.Dense(1, in_units=len(w))
        self.layer.initialize(ctx=w.ctx)
        self.layer.weight.set_data(w.reshape(1, -1))
        self.layer.bias.set_data(b.reshape(1))
        self.layer.hybridize(static_alloc=True)
        self.squared_loss = gluon.loss.L2Loss()
        self.squared_loss.hybridize(static_alloc=True)
        self.trainer = gluon.Trainer(
            self.layer.collect_params(), "sgd", hyperparams, kvstore=None
        )

    def step(self, X: np.ndarray, y: np.ndarray) -> None:
        """Update the parameters from one minibatch."""
        with autograd.record():
            # L2Loss has the factor 1/2, and gives one loss per example.
            losses = self.squared_loss(self.layer(X), y)
        losses.backward()
        # The trainer divides the sum of their gradients by the batch size.
        self.trainer.step(len(y))

    def loss(self, X: np.ndarray, y: np.ndarray) -> float:
        """Return the mean loss of these examples."""
        return self.squared_loss(self.layer(X), y).mean().item()


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
    )


def train_concise(
    hyperparams: dict[str, float],
    features: numpy.ndarray,
    targets: numpy.ndarray,
    batch_size: int,
    num_epochs: int,
) -> History:
    """Train with Gluon's own classes, and record loss and time."""
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
    )
