"""Change the text beside a node, where another text may be equal to it."""

from __future__ import annotations

from docutils import nodes


def reword(old: nodes.Text, text: str) -> None:
    """Put a text in the place of `old` itself; docutils would take the first one that is equal."""
    siblings = old.parent.children
    place = next(index for index, child in enumerate(siblings) if child is old)
    old.parent[place] = nodes.Text(text)
