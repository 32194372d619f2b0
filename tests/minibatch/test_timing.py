"""Clocks wait for the device; rates follow from the shapes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minibatch.timing import Timer, benchmark, gigaflops


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that moves only when a test moves it: ``clock[0]`` are the seconds."""
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


def test_a_timer_adds_up_its_laps(clock: list[float]) -> None:
    timer = Timer()
    for lap in (1.0, 2.0):
        with timer:
            clock[0] += lap
        clock[0] += 10
    assert timer.seconds == 3


def test_stop_returns_the_lap(clock: list[float]) -> None:
    timer = Timer()
    timer.start()
    clock[0] += 1
    assert timer.stop() == 1
    timer.start()
    clock[0] += 2
    assert timer.stop() == 2


def test_a_lap_counts_the_work_that_the_device_has_queued(clock: list[float]) -> None:
    queue = [5.0]

    def synchronize() -> None:
        clock[0] += sum(queue)
        queue.clear()

    timer = Timer(synchronize)
    timer.start()
    assert clock[0] == 5
    queue.append(7)
    timer.stop()
    assert timer.seconds == 7


def test_a_timer_that_was_not_started_cannot_be_stopped() -> None:
    with pytest.raises(RuntimeError, match="before it was started"):
        Timer().stop()


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9), st.integers(0, 3))
def test_a_benchmark_is_the_median_without_the_warm_up(laps: list[float], warmup: int) -> None:
    now = 0.0
    coming = iter([1000.0] * warmup + laps)

    def function() -> None:
        nonlocal now
        now += next(coming)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "perf_counter", lambda: now)
        seconds = benchmark(function, warmup=warmup, repeats=len(laps))
    assert min(laps) - 1e-6 <= seconds <= max(laps) + 1e-6
    assert sum(lap <= seconds + 1e-6 for lap in laps) >= len(laps) / 2
    assert sum(lap >= seconds - 1e-6 for lap in laps) >= len(laps) / 2


def test_a_benchmark_waits_for_the_device_before_each_reading() -> None:
    calls: list[str] = []
    benchmark(
        lambda: calls.append("call"),
        synchronize=lambda: calls.append("wait"),
        warmup=1,
        repeats=2,
    )
    assert calls == ["call", *["wait", "call", "wait"] * 2]


def test_a_benchmark_without_repeats_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        benchmark(lambda: None, repeats=0)


def test_a_product_of_256_by_256_is_0_0336_gigaflop() -> None:
    assert gigaflops(1, 256, 256, 256) == pytest.approx(0.0336, rel=2e-3)


@given(st.integers(1, 99), st.integers(1, 99), st.integers(1, 99), st.floats(1e-6, 1e3))
def test_the_rate_does_not_depend_on_how_many_rows_are_done(
    n: int, m: int, p: int, seconds: float
) -> None:
    rate = gigaflops(seconds, 1, m, p)
    assert gigaflops(n * seconds, n, m, p) == pytest.approx(rate)
