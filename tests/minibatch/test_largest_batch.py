"""A minibatch grows until its step fails, in a process that may break."""

import sys

import pytest

from minibatch.largest_batch import SIZES, Outcome, _outcome, grow, largest_batch

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps the limit")


def test_growth_ends_at_the_first_error() -> None:
    def step(size: int) -> None:
        if size > 4:
            raise MemoryError

    events = [
        ("try", 2),
        ("fits", 2),
        ("try", 4),
        ("fits", 4),
        ("try", 8),
        ("error", "MemoryError"),
    ]
    assert list(grow(step, [2, 4, 8, 16])) == events


def test_growth_without_an_error_ends_with_the_sizes() -> None:
    assert list(grow(lambda size: None, [2])) == [("try", 2), ("fits", 2)]


@pytest.mark.parametrize(
    ("lines", "returncode", "outcome"),
    [
        (["try 2", "fits 2", "try 4", "error MemoryError"], 0, Outcome(2, 4, "MemoryError")),
        (["try 2", "error MemoryError"], 0, Outcome(0, 2, "MemoryError")),
        (["try 2", "fits 2", "try 4"], -6, Outcome(2, 4, "SIGABRT")),
        (["try 2", "fits 2", "try 4"], 1, Outcome(2, 4, "exit")),
        # an error is told, then the framework breaks while the process ends
        (["try 2", "fits 2", "try 4", "error OpError"], -6, Outcome(2, 4, "OpError")),
        (["try 2", "fits 2"], 0, Outcome(2, 0, "")),
    ],
)
def test_the_outcome_is_read_from_what_the_child_said(
    lines: list[str], returncode: int, outcome: Outcome
) -> None:
    assert _outcome(lines, returncode) == outcome


@pytest.mark.parametrize(("lines", "returncode"), [([], 1), ([], 0)])
def test_a_child_that_never_tried_is_a_mistake(lines: list[str], returncode: int) -> None:
    with pytest.raises(RuntimeError, match="child"):
        _outcome(lines, returncode)


@linux
@pytest.mark.parametrize(
    "framework",
    [
        pytest.param("torch", marks=pytest.mark.pytorch),
        pytest.param("tensorflow", marks=pytest.mark.tensorflow),
        pytest.param("mxnet", marks=pytest.mark.mxnet),
    ],
)
def test_a_framework_without_memory_fails_and_this_process_lives(framework: str) -> None:
    width, additional = 64, 64 * 2**20
    outcome = largest_batch(framework, width, additional)
    assert outcome.error
    assert outcome.failed == 2 * outcome.batch_size
    assert outcome.batch_size in SIZES
    # the outputs of both hidden layers, in float32, must fit
    assert outcome.batch_size * 2 * width * 4 <= additional
