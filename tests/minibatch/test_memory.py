"""What a call needs is measured, and a limit to the memory is kept."""

import subprocess
import sys
from collections.abc import Callable

import numpy
import pytest

from minibatch.memory import peak_memory

MIB = 2**20

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's account of a process")


def use(mebibytes: int) -> Callable[[], None]:
    """A function that writes so much memory and frees it again."""
    return lambda: numpy.zeros(mebibytes * MIB, "uint8").fill(1)


@linux
@pytest.mark.parametrize("mebibytes", [16, 64])
def test_the_peak_is_what_the_call_has_used(mebibytes: int) -> None:
    assert mebibytes - 4 < peak_memory(use(mebibytes)) / MIB < mebibytes + 4


@linux
def test_memory_that_was_free_before_the_call_counts_as_well() -> None:
    use(64)()
    kept = [numpy.ones(MIB // 8) for _ in range(32)]
    del kept  # the C library may keep these for what comes
    assert peak_memory(use(16)) / MIB > 12


@linux
def test_an_earlier_and_higher_peak_does_not_count() -> None:
    use(128)()
    assert peak_memory(use(16)) / MIB < 20


@linux
def test_what_is_held_before_the_call_does_not_count() -> None:
    held = numpy.ones(64 * MIB, "uint8")
    assert peak_memory(lambda: int(held.sum())) / MIB < 8


@linux
@pytest.mark.parametrize(("mebibytes", "outcome"), [(16, "fits"), (64, "MemoryError")])
def test_a_limited_process_gets_its_allowance_and_no_more(mebibytes: int, outcome: str) -> None:
    code = f"""
import numpy
from minibatch.memory import limit_memory
limit_memory({32 * MIB})
try:
    numpy.ones({mebibytes * MIB}, "uint8")
    print("fits")
except MemoryError:
    print("MemoryError")
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == outcome
