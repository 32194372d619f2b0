"""What other packages work out again for every message of a page, worked out once in a process.

Only the time changes: each shortcut gives what the original gives.
"""

from __future__ import annotations

from copy import copy
from functools import cache


def take_shortcuts() -> None:
    """Put the shortcuts in place; once is enough, and what is installed must not change after."""
    import pybtex.plugin  # type: ignore[import-untyped]
    from docutils import frontend

    # MyST makes a document with default settings for every passage, mostly to throw it away.
    settings = cache(frontend.get_default_settings)
    frontend.get_default_settings = lambda *components: copy(settings(*components))
    # Pybtex reads the metadata of all that is installed for each of its plug-ins.
    entry_points = cache(pybtex.plugin.entry_points)
    pybtex.plugin.entry_points = lambda **wanted: entry_points(**wanted)
