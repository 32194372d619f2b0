"""The epoch loop shows every example once an epoch and stops its clock for the loss."""

import dataclasses
import time

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minibatch import reference
from minibatch.training import History, fit, minibatches, slices, warm_up


class Recorder:
    """A model that notes the minibatches it is given."""

    def __init__(self) -> None:
        self.seen: list[list[float]] = []

    def step(self, X: numpy.ndarray, y: numpy.ndarray) -> None:
        assert (X[:, 0] == y).all()
        self.seen.append(y.tolist())

    def loss(self, X: numpy.ndarray, y: numpy.ndarray) -> float:
        return float(len(self.seen))


def numbered(n: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    return numpy.arange(n, dtype=float).reshape(-1, 1), numpy.arange(n, dtype=float)


@given(st.lists(st.integers(1, 9)))
def test_slices_put_together_are_the_array(sizes: list[int]) -> None:
    array = list(range(sum(sizes)))
    parts = list(slices(array, sizes))
    assert [len(part) for part in parts] == sizes
    assert sum(parts, []) == array


@given(st.integers(1, 50), st.integers(1, 60))
def test_minibatches_hold_every_example_once_in_order(n: int, batch_size: int) -> None:
    batches = list(minibatches(*numbered(n), batch_size))
    assert numpy.concatenate([y for _, y in batches]).tolist() == list(range(n))
    assert all(len(y) == batch_size for _, y in batches[:-1])
    assert 1 <= len(batches[-1][1]) <= batch_size


@pytest.mark.parametrize("batch_size", [0, -1])
def test_a_minibatch_without_examples_is_refused(batch_size: int) -> None:
    with pytest.raises(ValueError, match="at least one example"):
        minibatches(*numbered(3), batch_size)


@given(st.integers(1, 40), st.integers(1, 50), st.integers(1, 3), st.integers(0, 9))
def test_each_epoch_shows_every_example_once(
    n: int, batch_size: int, num_epochs: int, seed: int
) -> None:
    model = Recorder()
    fit(model, *numbered(n), batch_size, num_epochs, seed=seed)
    seen = sum(model.seen, [])
    for epoch in range(num_epochs):
        assert sorted(seen[epoch * n : (epoch + 1) * n]) == list(range(n))


def test_epochs_have_different_orders_that_the_seed_fixes() -> None:
    runs = []
    for seed in (0, 0, 1):
        model = Recorder()
        fit(model, *numbered(30), 30, 2, seed=seed)
        runs.append(model.seen)
    assert runs[0] == runs[1] != runs[2]
    assert runs[0][0] != runs[0][1]


def test_with_replacement_some_examples_come_twice_and_others_not_at_all() -> None:
    n = 1000
    model = Recorder()
    fit(model, *numbered(n), 10, 2, with_replacement=True)
    epochs = [sum(model.seen[:100], []), sum(model.seen[100:], [])]
    assert epochs[0] != epochs[1]
    for epoch in epochs:
        assert len(epoch) == n
        # An example is left out with the probability (1 - 1/n)^n, about 1/e; 5 deviations of slack.
        assert abs(n - len(set(epoch)) - n / numpy.e) < 5 * 10


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 3))
def test_a_history_begins_before_the_first_step_and_ends_after_the_last(
    n: int, batch_size: int, num_epochs: int
) -> None:
    model = Recorder()
    history = fit(model, *numbered(n), batch_size, num_epochs)
    assert (history.epochs[0], history.seconds[0], history.losses[0]) == (0, 0, 0)
    assert history.epochs[-1] == num_epochs
    assert history.loss == len(model.seen)
    assert set(range(num_epochs + 1)) <= set(history.epochs)
    assert list(history.epochs) == sorted(set(history.epochs))
    assert list(history.seconds) == sorted(history.seconds)
    assert len(history.epochs) <= 10 * num_epochs + 1


def test_the_clock_stands_still_while_the_loss_is_evaluated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])

    class Slow(Recorder):
        def step(self, X: numpy.ndarray, y: numpy.ndarray) -> None:
            now[0] += 1

        def loss(self, X: numpy.ndarray, y: numpy.ndarray) -> float:
            now[0] += 1000
            return 0.0

    history = fit(Slow(), *numbered(20), 5, 3)
    assert history.seconds[-1] == 12
    assert history.seconds_per_epoch == 4


def test_the_clock_waits_for_the_device() -> None:
    events: list[str] = []

    class Noting(Recorder):
        def step(self, X: numpy.ndarray, y: numpy.ndarray) -> None:
            events.append("step")

        def loss(self, X: numpy.ndarray, y: numpy.ndarray) -> float:
            events.append("loss")
            return 0.0

    fit(Noting(), *numbered(4), 4, 1, synchronize=lambda: events.append("wait"))
    assert events == ["loss", "wait", "step", "wait", "loss", "wait"]


@given(st.integers(1, 20), st.integers(1, 25))
def test_a_warm_up_meets_every_size_of_minibatch_and_changes_nothing(
    n: int, batch_size: int
) -> None:
    X, y = numpy.ones((n, 3)), numpy.ones(n)
    params = reference.initial_params(3)
    before = [param.copy() for param in params]
    sizes = set()

    class Model(reference.LinearRegression):
        def step(self, X: numpy.ndarray, y: numpy.ndarray) -> None:
            sizes.add(len(y))
            super().step(X, y)

    warm_up(Model(params, reference.sgd, None, {"learning_rate": 1}), X, y, batch_size)
    assert all((new == old).all() for new, old in zip(params, before, strict=True))
    assert sizes == {len(batch) for _, batch in minibatches(X, y, batch_size)}


def test_a_history_cannot_be_changed() -> None:
    history = History((0.0,), (0.0,), (0.5,))
    with pytest.raises(dataclasses.FrozenInstanceError):
        history.losses = ()  # type: ignore[misc]
