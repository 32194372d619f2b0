"""Korean particles stay on the line of the formula or code that they belong to.

Browsers may break a line beside a formula; between a formula and its particle, a reader of Korean
would stumble: a particle is no word of its own.
"""

from __future__ import annotations

import re
from typing import Any, Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

_PARTICLE: Final = re.compile(r"[가-힣]{1,5}[,.!?)]?(?![가-힣])")


class KeepTogether(SphinxPostTransform):
    """Put a formula or code and the particle that touches it into one unbroken piece."""

    default_priority = 210  # after the particles agree (200)

    def run(self, **kwargs: Any) -> None:
        if self.config.language != "ko":
            return
        for node in list(self.document.findall(_is_formula_or_code)):
            text = node.next_node(descend=False, siblings=True)
            if isinstance(text, nodes.Text) and (particle := _PARTICLE.match(text)):
                text.parent.replace(text, nodes.Text(text[particle.end() :]))
                together = nodes.inline("", "", classes=["kept-together"])
                node.parent.replace(node, together)
                together += [node, nodes.Text(particle[0])]


def _is_formula_or_code(node: nodes.Node) -> bool:
    return isinstance(node, (nodes.math, nodes.literal))


def setup_kept_together(app: Sphinx) -> None:
    app.add_post_transform(KeepTogether)
