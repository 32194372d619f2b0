"""Minibatch gradient descent in PyTorch."""

from collections.abc import Callable

import numpy

import torch
from minibatch.training import History, Optimizer, fit, warm_up
from torch import Tensor

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


def tensor(values: numpy.ndarray) -> Tensor:
    """Move numbers to the device, as float32."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.tensor(values, dtype=torch.float32, device=device)


def synchronize() -> None:
    """Wait until the device has done all that it was asked for."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def numbers(array: Tensor) -> numpy.ndarray:
    """Bring numbers back from the device."""
    return array.detach().cpu().numpy().copy()


def take(array: Tensor, rows: numpy.ndarray) -> Tensor:
    """Pick rows of an array, in this order."""
    return array[torch.as_tensor(rows, device=array.device)]


def gradient(
    function: Callable[[Tensor], Tensor], x: numpy.ndarray
) -> numpy.ndarray:
    """Differentiate a scalar function at the point x."""
    point = tensor(x).requires_grad_()
    (slope,) = torch.autograd.grad(function(point), point)
    return slope.cpu().numpy()


def product_by_elements(A: Tensor, B: Tensor, rows: int) -> Tensor:
    """Compute the first rows of AB, one dot product per element."""
    C = torch.zeros(rows, B.shape[1], device=A.device)
    for i in range(rows):
        for j in range(B.shape[1]):
            C[i, j] = torch.dot(A[i, :], B[:, j])
    return C


def product_by_columns(A: Tensor, B: Tensor) -> Tensor:
    """Compute AB, one matrix-vector product per column."""
    C = torch.zeros(A.shape[0], B.shape[1], device=A.device)
    for j in range(B.shape[1]):
        C[:, j] = torch.mv(A, B[:, j])
    return C


def product(A: Tensor, B: Tensor) -> Tensor:
    """Compute AB in one call."""
    return torch.mm(A, B)


def product_by_blocks(A: Tensor, B: Tensor, width: int) -> Tensor:
    """Compute AB, one call per block of columns."""
    C = torch.zeros(A.shape[0], B.shape[1], device=A.device)
    for j in range(0, B.shape[1], width):
        C[:, j : j + width] = torch.mm(A, B[:, j : j + width])
    return C


def initial_params(num_features: int, seed: int = 0) -> list[Tensor]:
    """Draw the weights from N(0, 0.01²) and set the bias to zero."""
    weights = numpy.random.default_rng(seed).normal(0, 0.01, num_features)
    w = tensor(weights).requires_grad_()
    b = tensor(numpy.zeros(())).requires_grad_()
    return [w, b]


def linear(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Predict (n,) targets from X (n, d), weights w (d,) and bias b."""
    return X @ w + b


def squared_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    """Average half the squared errors of a minibatch."""
    return ((y_hat - y) ** 2 / 2).mean()


@torch.no_grad()
def sgd(
    params: list[Tensor],
    grads: list[Tensor],
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
        params: list[Tensor],
        optimizer: Optimizer,
        states: object,
        hyperparams: dict[str, float],
    ) -> None:
        self.params = params
        self.optimizer = optimizer
        self.states = states
        self.hyperparams = hyperparams

    def step(self, X: Tensor, y: Tensor) -> None:
        """Update the parameters from one minibatch."""
        loss = squared_loss(linear(X, *self.params), y)
        loss.backward()
        grads = [param.grad for param in self.params]
        self.optimizer(self.params, grads, self.states, self.hyperparams)
        for param in self.params:
            param.grad = None

    @torch.no_grad()
    def loss(self, X: Tensor, y: Tensor) -> float:
        """Return the mean loss of these examples."""
        return squared_loss(linear(X, *self.params), y).item()


class ConciseLinearRegression:
    """The same model from PyTorch's own layer, loss and optimizer."""

    def __init__(
        self, params: list[Tensor], hyperparams: dict[str, float]
    ) -> None:
        w, b = params
        self.layer = torch.nn.Linear(len(w), 1, device=w.device)
        with torch.no_grad():
            self.layer.weight.copy_(w.reshape(1, -1))
            self.layer.bias.copy_(b.reshape(1))
        self.mean_squared_error = torch.nn.MSELoss()
        learning_rate = hyperparams["learning_rate"]
        self.optimizer = torch.optim.SGD(
            self.layer.parameters(), lr=learning_rate
        )

    def step(self, X: Tensor, y: Tensor) -> None:
        """Update the parameters from one minibatch."""
        self.optimizer.zero_grad()
        # The mean squared error lacks the factor 1/2 of the squared loss.
        loss = self.mean_squared_error(self.layer(X).reshape(-1), y) / 2
        loss.backward()
        self.optimizer.step()

    @torch.no_grad()
    def loss(self, X: Tensor, y: Tensor) -> float:
        """Return the mean loss of these examples."""
        return self.mean_squared_error(self.layer(X).reshape(-1), y).item() / 2


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
    """Train with PyTorch's own classes, and record loss and time."""
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
