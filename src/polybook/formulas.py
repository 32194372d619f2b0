"""Displayed formulas in the catalogs: those with words, as text that MyST does not read again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

_WORDS = re.compile(r"\\(text|mbox)\b")


def setup_formulas(app: Sphinx) -> None:
    app.add_transform(MarkFormulas)
    app.add_transform(UnmarkFormulas)


class TranslatableFormula(nodes.math_block, addnodes.translatable):
    """A displayed formula with words.

    Sphinx hands the translation of an ordinary one to the parser as a literal block of
    reStructuredText, which is none in Markdown.
    """

    def preserve_original_messages(self) -> None:
        self["message"] = self.astext().strip()

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        self.children = []
        self += nodes.Text(translated_message)
        self["translated"] = True

    def extract_original_messages(self) -> Sequence[str]:
        return [self["message"]]


class MarkFormulas(SphinxTransform):
    """Before Sphinx collects the messages: formulas with words are translatable, others not."""

    default_priority = 8

    def apply(self, **kwargs: Any) -> None:
        for formula in list(self.document.findall(nodes.math_block)):
            if _WORDS.search(formula.astext()):
                _replace(formula, TranslatableFormula)
            else:
                formula["translatable"] = False


class UnmarkFormulas(SphinxTransform):
    """After the translation: ordinary formulas again."""

    default_priority = 30

    def apply(self, **kwargs: Any) -> None:
        if self.app.builder.name != "gettext":
            for formula in list(self.document.findall(TranslatableFormula)):
                del formula["message"]
                _replace(formula, nodes.math_block)


def _replace(formula: nodes.math_block, kind: type[nodes.math_block]) -> None:
    other = kind(formula.rawsource, formula.astext(), **formula.attributes)
    other.source, other.line = formula.source, formula.line
    formula.replace_self(other)
