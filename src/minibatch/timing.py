"""Clocks that wait for the device, and rates that follow from the shapes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from types import TracebackType

__all__ = ["Timer", "benchmark", "gigaflops"]


class Timer:
    """A stopwatch that adds up the seconds between its starts and stops.

    ``synchronize`` is called before the clock is read, so that work which a
    device still has in its queue is counted where it was asked for.
    ``seconds`` holds the sum of all finished laps.
    """

    def __init__(
        self, synchronize: Callable[[], object] | None = None
    ) -> None:
        self.seconds = 0.0
        self._synchronize = synchronize or (lambda: None)
        self._started: float | None = None

    def start(self) -> None:
        """Begin a lap."""
        self._synchronize()
        self._started = time.perf_counter()

    def stop(self) -> float:
        """End the lap and return its seconds; raises `RuntimeError` if none
        was begun.
        """
        if self._started is None:
            raise RuntimeError(
                "the timer was stopped before it was started: "
                "call start() first"
            )
        self._synchronize()
        lap = time.perf_counter() - self._started
        self._started = None
        self.seconds += lap
        return lap

    def __enter__(self) -> Timer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def benchmark(
    function: Callable[[], object],
    *,
    synchronize: Callable[[], object] | None = None,
    warmup: int = 1,
    repeats: int = 5,
) -> float:
    """Return the median seconds of one call of ``function``.

    The first ``warmup`` calls compile and fill caches; they are not timed.
    Raises `ValueError` if ``repeats`` is less than one.
    """
    if repeats < 1:
        raise ValueError(
            f"repeats is {repeats}; a median needs at least one call"
        )
    for _ in range(warmup):
        function()
    timer = Timer(synchronize)
    laps = []
    for _ in range(repeats):
        timer.start()
        function()
        laps.append(timer.stop())
    return statistics.median(laps)


def gigaflops(seconds: float, n: int, m: int, p: int) -> float:
    """Return the GFLOP/s of a product of an (n, m) and an (m, p) matrix that
    took ``seconds``.

    Each of the n·p elements takes m multiplications and m additions: 2·n·m·p
    operations.
    """
    return 2 * n * m * p / seconds / 1e9
