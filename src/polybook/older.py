"""The older translation of a passage whose English has changed, to be opened beside it.

Its text comes from a PO file and matches no source of today: of what it renders to, only plain
marks of text are kept, formulas, and the references and values that the English has as well.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.i18n import publish_msgstr
from sphinx.util.logging import suppress_logging
from sphinx.writers.html5 import HTML5Translator

from polybook.check.security import entry_refusals, refusals
from polybook.mathml import FormulaError, to_mathml
from polybook.measurements import measured
from polybook.po import Entry
from polybook.texts import _

ENGLISH = "polybook-older__english"

_MARKS = (nodes.emphasis, nodes.strong, nodes.literal, nodes.inline)
# what has no place for a block of text beside its parts
_PARTS = (nodes.figure, nodes.table, nodes.line_block, nodes.field, nodes.field_list)
_NO_PROSE = (nodes.image, nodes.math_block, nodes.meta, addnodes.translatable)


class older_translation(nodes.General, nodes.Element):
    """Two paragraphs: the older translation, and the English that it translates."""


def visit_older(translator: HTML5Translator, node: older_translation) -> None:
    """Begin a block that is closed until a reader opens it."""
    summary = html.escape(_("Older translation"))
    translator.body.append(f'<details class="polybook-older"><summary>{summary}</summary>\n')


def depart_older(translator: HTML5Translator, node: older_translation) -> None:
    """End the block."""
    translator.body.append("</details>\n")


class OlderTranslations:
    """Adds the older translations of a page's `entries`, which are by their source.

    `tag` and `source_tag` are the languages of the edition and of the source.
    """

    def __init__(
        self, transform: SphinxTransform, entries: Mapping[str, Entry], tag: str, source_tag: str
    ) -> None:
        self.transform, self.entries = transform, entries
        self.tag, self.source_tag = tag, source_tag

    def add(self, node: nodes.Element, message: str) -> None:
        """Put the older translation of a passage after it, if there is one that may be shown."""
        entry = self.entries.get(message)
        if entry is None or not (entry.text and entry.fuzzy and entry.previous):
            return
        if not isinstance(node, _NO_PROSE) and not entry_refusals(entry):
            _insert_after(node, self._block(node, entry, entry.previous))

    def _block(self, node: nodes.Element, entry: Entry, previous: str) -> older_translation:
        known = {_key(part) for part in node.findall(_is_filled_in)}
        text = self._parsed(entry.text, node.line or 1, known)
        if refusals(entry.source, previous, previous):
            english: list[nodes.Node] = [nodes.Text(_visible(previous))]
        else:
            english = self._parsed(previous, node.line or 1, known)
        then = nodes.inline("", _("It translates this English text:"))
        return older_translation(
            "",
            nodes.paragraph("", "", *text, classes=[f"language-{self.tag}"]),
            nodes.paragraph("", "", then, classes=["polybook-older__label"]),
            nodes.paragraph("", "", *english, classes=[f"language-{self.source_tag}", ENGLISH]),
        )

    def _parsed(self, text: str, line: int, known: set[Any]) -> list[nodes.Node]:
        """The text as a translation renders, without a warning and without a trace elsewhere."""
        app, config, document = self.transform.app, self.transform.config, self.transform.document
        citations = app.env.domaindata.get("cite", {}).get("citation_refs", [])
        noted = len(citations)
        with suppress_logging():
            patch = publish_msgstr(app, text, document["source"], line, config, document.settings)
        del citations[noted:]
        if not isinstance(patch, nodes.paragraph):
            return [nodes.Text(_visible(text))]
        return [part for child in patch.children for part in _plain(child, known)]


def _visible(text: str) -> str:
    """A text as it stands, without characters that a reader cannot see, and not endless."""
    return "".join(character for character in text if character.isprintable())[:2000]


def _plain(node: nodes.Node, known: set[Any]) -> list[nodes.Node]:
    """What may be shown of a parsed text: new nodes without names, links and raw HTML."""
    if _is_filled_in(node):
        part = cast(nodes.Element, node).deepcopy()
        if _key(part) not in known:
            return [nodes.literal("", part.get("reftarget") or part["value"])]
        for element in part.findall(nodes.Element):
            element["ids"] = element["names"] = []
        return [part]
    if isinstance(node, nodes.math):
        return [nodes.math("", node.astext()) if _readable(node) else _literal(node)]
    if isinstance(node, (nodes.Invisible, nodes.footnote_reference)):
        return []
    if isinstance(node, nodes.reference):
        return [part for child in node.children for part in _plain(child, known)]
    if isinstance(node, nodes.Text):
        return [nodes.Text(str(node))]
    if isinstance(node, _MARKS):
        copy = type(node)("", "")
        copy.extend(part for child in node.children for part in _plain(child, known))
        return [copy]
    return [nodes.Text(node.astext())]


def _literal(node: nodes.Node) -> nodes.literal:
    return nodes.literal("", node.astext())


def _readable(formula: nodes.math) -> bool:
    try:
        to_mathml(formula.astext())
    except FormulaError:
        return False
    return True


def _is_filled_in(node: nodes.Node) -> bool:
    """Whether the text of a node is known later only."""
    return isinstance(node, (addnodes.pending_xref, measured))


def _key(part: nodes.Node) -> tuple[Any, ...]:
    assert isinstance(part, nodes.Element)
    names = ("refdomain", "reftype", "reftarget", "framework", "value")
    return tuple(part.get(name) for name in names)


def _insert_after(node: nodes.Element, block: older_translation) -> None:
    """Put a block after a passage, as near as the document's structure allows."""
    if isinstance(node, nodes.term):
        cast(nodes.Element, node.parent[-1]).insert(0, block)
        return
    parent = cast(nodes.Element, node.parent)
    while isinstance(parent, _PARTS) or parent.get("design_component") in ("tab-item", "tab-set"):
        node, parent = parent, cast(nodes.Element, parent.parent)
    parent.insert(parent.index(node) + 1, block)
