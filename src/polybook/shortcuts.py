"""What other packages work out again for every message of a page, worked out once in a process.

Only the time changes: each shortcut gives what the original gives.
"""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.environment import BuildEnvironment


def take_shortcuts() -> None:
    """Put the shortcuts in place; once is enough, and what is installed must not change after."""
    import pybtex.plugin
    from docutils import frontend
    from sphinx.domains.std import StandardDomain

    # MyST makes a document with default settings for every passage, mostly to throw it away.
    settings = cache(frontend.get_default_settings)
    frontend.get_default_settings = lambda *components: copy(settings(*components))
    # Pybtex reads the metadata of all that is installed for each of its plug-ins.
    entry_points = cache(pybtex.plugin.entry_points)
    pybtex.plugin.entry_points = lambda **wanted: entry_points(**wanted)
    # Sphinx unpickles a whole page for each numbered reference to it, only to look at it.
    resolve = StandardDomain._resolve_numref_xref
    StandardDomain._resolve_numref_xref = (  # type: ignore[method-assign]
        lambda domain, env, *rest: resolve(domain, _Pages(env), *rest)  # type: ignore[arg-type]
    )


class _Pages:
    """An environment whose pages are unpickled once: for those who change nothing in them."""

    _known: WeakKeyDictionary[BuildEnvironment, dict[str, nodes.document]] = WeakKeyDictionary()

    def __init__(self, env: BuildEnvironment) -> None:
        self._env = env

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)

    def get_doctree(self, page: str) -> nodes.document:
        """The page as it was read."""
        pages = self._known.setdefault(self._env, {})
        if page not in pages:
            pages[page] = self._env.get_doctree(page)
        return pages[page]
