"""One executable book in several languages: cells run once, all editions share the outputs.

`polybook` is a Jupyter Book extension (`sphinx.extra_extensions: [polybook]`) and a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Wire the extension into Sphinx; imported only then, so that the command starts quickly."""
    from polybook.extension import setup_extension

    return setup_extension(app)
