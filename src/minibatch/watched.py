"""A model that keeps the path of its parameters."""

from collections.abc import Callable
from typing import Any

import numpy

from minibatch.training import Array

__all__ = ["Watched"]


class Watched:
    """A model that notes its parameters at the start and after each step.

    ``numbers`` brings a parameter back to NumPy; ``path`` holds vectors of
    all the parameters, in their order.
    """

    def __init__(
        self, model: Any, numbers: Callable[[Array], numpy.ndarray]
    ) -> None:
        self.model = model
        self.loss = model.loss
        self.numbers = numbers
        self.path = [self.point()]

    def step(self, X: Array, y: Array) -> None:
        """Update the parameters from one minibatch, and note them."""
        self.model.step(X, y)
        self.path.append(self.point())

    def point(self) -> numpy.ndarray:
        """Return all parameters as one vector."""
        parts = [self.numbers(param) for param in self.model.params]
        return numpy.concatenate([part.reshape(-1) for part in parts])
