"""Particles, suffixes and closing marks stay on the line of the formula or code that they touch.

Browsers may break a line beside a formula, even before a full stop; and a Korean particle, or a
Turkish suffix after its apostrophe, is no word of its own.
"""

from __future__ import annotations

import re
from typing import Any, Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from polybook.rewording import reword

_TOUCHING: Final = re.compile(
    r"(?:[가-힣]{1,5}(?![가-힣])|['’][a-zçğıöşü]{1,8}(?!\w)|(?=\W))"
    r"[,.;:!?)\]…，。、；：！？）」』》]*"
)


class KeepTogether(SphinxPostTransform):
    """Put a formula or code and what touches it into one unbroken piece."""

    default_priority = 210  # after the particles agree (200)

    def run(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(_is_formula_or_code)):
            text = node.next_node(descend=False, siblings=True)
            if not isinstance(text, nodes.Text):
                continue
            if (touching := _TOUCHING.match(text)) and touching[0]:
                reword(text, text[touching.end() :])
                together = nodes.inline("", "", classes=["kept-together"])
                node.parent.replace(node, together)
                together += [node, nodes.Text(touching[0])]


def _is_formula_or_code(node: nodes.Node) -> bool:
    return isinstance(node, (nodes.math, nodes.literal))


def setup_kept_together(app: Sphinx) -> None:
    app.add_post_transform(KeepTogether)
