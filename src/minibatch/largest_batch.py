"""The largest minibatch that fits into a limited memory, tried in a process of
its own, which may break.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

import numpy

from minibatch.memory import limit_memory

__all__ = ["Outcome", "grow", "largest_batch"]

NUM_FEATURES = 5
SIZES = tuple(2**k for k in range(8, 19))


@dataclass(frozen=True)
class Outcome:
    """How the growth of a minibatch ended.

    ``batch_size`` is the largest that fits (0 if none), ``failed`` the next
    one, and ``error`` the name of the exception or signal that ended it.
    Without an error all sizes fit, and ``failed`` is 0.
    """

    batch_size: int
    failed: int
    error: str


def largest_batch(
    framework: str, width: int, additional: int, seconds: float = 60
) -> Outcome:
    """Train a network in a child process that may have so many bytes more
    than it holds at the start, with batch sizes that double.

    ``framework`` is the name of a module of this package: ``torch``,
    ``tensorflow``, ``mxnet``.
    """
    arguments = [framework, str(width), str(additional)]
    child = subprocess.run(
        [sys.executable, "-m", "minibatch.largest_batch", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=seconds,
    )
    return _outcome(child.stdout.splitlines(), child.returncode)


def grow(
    step: Callable[[int], object], sizes: Iterable[int]
) -> Iterator[tuple[str, object]]:
    """Make steps with growing sizes of minibatch until one fails; yield what
    happens.
    """
    for size in sizes:
        yield "try", size
        try:
            step(size)
        except Exception as error:
            yield "error", type(error).__name__
            return
        yield "fits", size


def _outcome(lines: list[str], returncode: int) -> Outcome:
    """Read what the child has printed, and how it ended."""
    said = dict(line.split() for line in lines)
    fits, tried = int(said.get("fits", 0)), int(said.get("try", 0))
    if fits == tried:
        if returncode or not tried:
            raise RuntimeError(f"the child ended with {returncode}: {lines}")
        return Outcome(fits, 0, "")
    ending = said.get("error")
    if ending is None:  # the framework ended the process: no exception
        ending = signal.Signals(-returncode).name if returncode < 0 else "exit"
    return Outcome(fits, tried, ending)


def _main(framework: str, width: int, additional: int) -> None:
    device = import_module(f"minibatch.{framework}")
    networks = import_module(f"minibatch.networks.{framework}")
    network = networks.network(NUM_FEATURES, width)
    model = networks.Regression(network, {"learning_rate": 0.01})

    def step(size: int) -> None:
        X = device.tensor(numpy.zeros((size, NUM_FEATURES), "float32"))
        model.step(X, device.tensor(numpy.zeros(size, "float32")))
        device.synchronize()

    step(SIZES[0])  # loads what the framework loads late
    limit_memory(additional)
    for event in grow(step, SIZES):
        print(*event, flush=True)


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
