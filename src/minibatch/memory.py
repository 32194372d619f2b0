"""How much memory a call takes, and a limit to what a process can have."""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["limit_memory", "peak_memory"]

STATUS = Path("/proc/self/status")  # Linux's account of this process
CLEAR = Path("/proc/self/clear_refs")


def peak_memory(function: Callable[[], object], *, repeats: int = 3) -> int:
    """Return by how many bytes a call raises the memory of this process at
    its peak: the most of several calls, after one that is not counted.

    Linux keeps the highest resident size of a process and lets us reset it;
    what earlier calls have freed is given back first. The pages that the
    processes count are coarse: below a few MiB, the result is a rough one.
    Other systems cannot reset their high-water mark, so that only what
    exceeds all earlier peaks is seen there: measure from small to large.
    """
    function()
    growth = 0
    for _ in range(repeats):
        before = _restart()
        function()
        growth = max(growth, _peak() - before)
    return growth


def limit_memory(additional: int) -> None:
    """Let this process have at most so many more bytes, for the rest of its
    life.

    The limit is that of the system on the writable memory of a process
    (RLIMIT_DATA). Linux enforces it on all that a framework allocates on a
    CPU, macOS does not. A request beyond it is refused, as if no memory were
    left.
    """
    import resource

    held = _status("VmData") if STATUS.exists() else 0
    limit = held + additional
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _restart() -> int:
    """Set the high-water mark back to what is held now, and return this."""
    if not CLEAR.exists():
        return _peak()
    # glibc keeps freed memory for later requests: a call that is served from
    # there would seem to need nothing.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    CLEAR.write_text("5")
    return _status("VmRSS")


def _peak() -> int:
    if STATUS.exists():
        return _status("VmHWM")
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def _status(name: str) -> int:
    """Return an entry of the status, in bytes."""
    text = STATUS.read_text(encoding="ascii", errors="replace")
    found = re.search(rf"^{name}:\s*(\d+) kB$", text, re.MULTILINE)
    assert found is not None, f"{STATUS} has no {name}"
    return 1024 * int(found[1])
