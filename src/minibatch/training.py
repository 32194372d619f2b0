"""The epoch loop, which exists once, and the record that it returns."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import getitem
from typing import Any, Protocol

import numpy

from minibatch.timing import Timer

__all__ = [
    "Array",
    "History",
    "Model",
    "Optimizer",
    "fit",
    "minibatches",
    "slices",
    "warm_up",
]

# An array, tensor or variable of whichever framework: the loop only slices it.
Array = Any
Optimizer = Callable[[Any, Any, Any, dict[str, float]], None]
"""Changes the parameters in place: ``optimizer(params, grads, states,
hyperparams)``.
"""


class Model(Protocol):
    """What the epoch loop asks of a model."""

    def step(self, X: Array, y: Array) -> None:
        """Update the parameters from one minibatch."""

    def loss(self, X: Array, y: Array) -> float:
        """Return the mean loss of these examples."""


@dataclass(frozen=True)
class History:
    """What a training run went through, one entry per evaluation; the first is
    before any step.

    ``epochs`` counts passes over the data (fractions within a pass),
    ``seconds`` is the training time up to there without the evaluations,
    ``losses`` are means over the whole data set.
    """

    epochs: tuple[float, ...]
    seconds: tuple[float, ...]
    losses: tuple[float, ...]

    @property
    def loss(self) -> float:
        """The loss at the end."""
        return self.losses[-1]

    @property
    def seconds_per_epoch(self) -> float:
        """The training time of one pass over the data."""
        return self.seconds[-1] / self.epochs[-1]


def slices(array: Array, sizes: list[int]) -> Iterator[Array]:
    """Cut an array into consecutive slices of these numbers of rows."""
    start = 0
    for size in sizes:
        yield array[start : start + size]
        start += size


def minibatches(
    features: Array,
    targets: Array,
    batch_size: int,
    *,
    split: Callable = slices,
) -> Iterator[tuple[Array, Array]]:
    """Iterate over minibatches (X, y) in the order of the rows; the last may
    be smaller.

    Raises `ValueError` if ``batch_size`` is less than one.
    """
    if batch_size < 1:
        raise ValueError(
            f"batch_size is {batch_size}; a minibatch has at least one example"
        )
    n = len(features)
    sizes = [min(batch_size, n - start) for start in range(0, n, batch_size)]
    return zip(split(features, sizes), split(targets, sizes), strict=True)


def warm_up(
    model: Model, features: Array, targets: Array, batch_size: int
) -> None:
    """Let a framework compile the step for the sizes of minibatch to come,
    before a clock runs.

    The examples are zeros, for which a linear model whose bias is still zero
    has a zero gradient: the parameters do not change.
    """
    for size in {
        min(batch_size, len(features)),
        len(features) % batch_size,
    } - {0}:
        model.step(0 * features[:size], 0 * targets[:size])


def fit(
    model: Model,
    features: Array,
    targets: Array,
    batch_size: int,
    num_epochs: int,
    *,
    synchronize: Callable[[], object] | None = None,
    shuffle: Callable[[Array, Any], Array] = getitem,
    split: Callable = slices,
    with_replacement: bool = False,
    seed: int = 0,
) -> History:
    """Train for some epochs, on freshly shuffled minibatches, and record loss
    and time.

    ``shuffle(array, order)`` puts rows in a new order and ``split(array,
    sizes)`` cuts them, both on the device. With replacement, an epoch draws
    as many rows as there are, some of them twice. The loss is evaluated
    about ten times an epoch, while the clock stands still.
    """
    random = numpy.random.default_rng(seed)
    n = len(features)
    steps = math.ceil(n / batch_size)
    interval = math.ceil(steps / 10)
    records = [(0.0, 0.0, model.loss(features, targets))]
    timer = Timer(synchronize)
    timer.start()
    for epoch in range(num_epochs):
        order = random.permutation(n)
        if with_replacement:
            order = random.integers(n, size=n)
        shuffled = shuffle(features, order), shuffle(targets, order)
        for step, (X, y) in enumerate(
            minibatches(*shuffled, batch_size, split=split), 1
        ):
            model.step(X, y)
            if step % interval == 0 or step == steps:
                timer.stop()
                loss = model.loss(features, targets)
                records.append((epoch + step / steps, timer.seconds, loss))
                timer.start()
    return History(*zip(*records, strict=True))
