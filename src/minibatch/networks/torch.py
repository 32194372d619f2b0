"""A small network with batch normalization in PyTorch."""

from collections.abc import Callable

import numpy

import torch
from minibatch.networks import initial_weights
from minibatch.torch import squared_loss, tensor
from torch import Tensor

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
    normalization: Callable[[int], torch.nn.Module] | None = None,
    seed: int = 0,
    scale: float = 1.0,
) -> torch.nn.Sequential:
    """Build num_features -> width -> width -> 1 with ReLU.

    ``normalization(width)`` makes the layer that follows each linear layer
    but the last; ``scale`` multiplies all initial weights.
    """
    *hidden, last = initial_weights(num_features, width, seed, scale)
    layers: list[torch.nn.Module] = []
    for weights in hidden:
        layers.append(dense(weights))
        if normalization is not None:
            layers.append(normalization(width))
        layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers, dense(last))


def dense(weights: numpy.ndarray) -> torch.nn.Linear:
    """Make PyTorch's linear layer with these weights (inputs, outputs) and a
    zero bias.
    """
    weight = tensor(weights.T)
    inputs, outputs = weights.shape
    layer = torch.nn.Linear(inputs, outputs, device=weight.device)
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.zero_()
    return layer


def batch_norm(
    X: Tensor,
    gamma: Tensor,
    beta: Tensor,
    moving_mean: Tensor,
    moving_variance: Tensor,
    training: bool,
    momentum: float,
    epsilon: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Normalize each column of X (b, d); return the result and the new moving
    averages.
    """
    if training:
        mean = X.mean(dim=0)
        variance = ((X - mean) ** 2).mean(dim=0)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = (
            momentum * moving_variance + (1 - momentum) * variance
        )
    else:
        mean, variance = moving_mean, moving_variance
    X_hat = (X - mean) / (variance + epsilon) ** 0.5
    return gamma * X_hat + beta, moving_mean, moving_variance


class BatchNorm(torch.nn.Module):
    """Batch normalization from scratch, as a layer."""

    moving_mean: Tensor
    moving_variance: Tensor

    def __init__(
        self, width: int, momentum: float = 0.9, epsilon: float = 1e-5
    ) -> None:
        super().__init__()
        zeros, ones = numpy.zeros(width), numpy.ones(width)
        self.gamma = torch.nn.Parameter(tensor(ones))
        self.beta = torch.nn.Parameter(tensor(zeros))
        self.register_buffer("moving_mean", tensor(zeros))
        self.register_buffer("moving_variance", tensor(ones))
        self.momentum = momentum
        self.epsilon = epsilon

    def forward(self, X: Tensor) -> Tensor:
        """Normalize X (b, width), and in training mode move the averages."""
        Y, mean, variance = batch_norm(
            X,
            self.gamma,
            self.beta,
            self.moving_mean,
            self.moving_variance,
            self.training,
            self.momentum,
            self.epsilon,
        )
        # No gradient shall flow through the averages of earlier steps.
        self.moving_mean = mean.detach()
        self.moving_variance = variance.detach()
        return Y


def concise_batch_norm(width: int) -> torch.nn.BatchNorm1d:
    """Make PyTorch's own layer, with the settings of `BatchNorm`."""
    # PyTorch's momentum is the weight of the new value, not of the old.
    layer = torch.nn.BatchNorm1d(width, eps=1e-5, momentum=1 - 0.9)
    return layer.to(tensor(numpy.zeros(0)).device)


class Regression:
    """Regression with a network, trained by PyTorch's own SGD."""

    def __init__(
        self, network: torch.nn.Module, hyperparams: dict[str, float]
    ) -> None:
        self.network = network
        self.optimizer = torch.optim.SGD(
            network.parameters(), lr=hyperparams["learning_rate"]
        )

    def step(self, X: Tensor, y: Tensor) -> None:
        """Update the parameters from one minibatch, in training mode."""
        self.network.train()
        self.optimizer.zero_grad()
        squared_loss(self.network(X).reshape(-1), y).backward()
        self.optimizer.step()

    @torch.no_grad()
    def loss(self, X: Tensor, y: Tensor) -> float:
        """Return the mean loss of these examples, in prediction mode."""
        self.network.eval()
        return squared_loss(self.network(X).reshape(-1), y).item()


@torch.no_grad()
def predict(
    network: torch.nn.Module, X: Tensor, training: bool = False
) -> numpy.ndarray:
    """Return the outputs (n, k) of a network or layer for X (n, d), in either
    mode.
    """
    network.train(training)
    return network(X).cpu().numpy()
