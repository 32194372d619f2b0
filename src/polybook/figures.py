"""Figures: caption and alternative text for a cell's outputs, and SVG texts that are translated.

The texts of an SVG output (written by matplotlib with `svg.fonttype: none`) and its alternative
text join the page's catalog by Sphinx's own protocol for translatable nodes; no cell runs again.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from babel.numbers import get_decimal_symbol
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator
from sphinx_design.shared import is_component

from polybook.pages import book_of

logger = logging.getLogger(__name__)

_NUMBER = re.compile(r"[-−+]?\d*\.\d+")
_TEXT = re.compile(r"(<text\b[^>]*>)([^<]+)(</text>)")


def setup_figures(app: Sphinx) -> None:
    app.add_node(cell_image, html=(visit_cell_image, None))
    app.add_directive("cell-figure", CellFigure)
    app.add_transform(WrapOutputs)
    app.add_transform(MarkFigures)
    app.add_transform(WriteFigures)


class cell_image(nodes.image):
    """An SVG that a cell drew; `size` is its width and height in pixels, None if unknown."""


def visit_cell_image(translator: HTML5Translator, node: cell_image) -> None:
    """Write an image that is fetched when it is needed, in a space kept free for it."""
    builder = translator.builder
    address = builder.images.get(node["uri"])
    size = dict(zip(("width", "height"), map(str, node["size"] or ()), strict=False))
    source = posixpath.join(builder.imgpath, quote(address)) if address else node["uri"]
    translator.body.append(
        translator.emptytag(
            node, "img", "\n", src=source, alt=node.get("alt", ""), loading="lazy", **size
        )
    )
    raise nodes.SkipNode


class CellFigure(SphinxDirective):
    """Caption and alternative text of what the cell above draws.

    It becomes the docutils `figure` around the outputs (in their tab set), so that it is numbered
    and referenced once for all frameworks.
    """

    has_content = True
    option_spec = {"name": directives.unchanged_required, "alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        for name in ("name", "alt"):
            if name not in self.options:
                raise self.error(f"cell-figure needs :{name}:")
        self.assert_has_content()
        parsed = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, parsed)
        if len(parsed) != 1 or not isinstance(parsed[0], nodes.paragraph):
            raise self.error("the caption of a cell-figure is one paragraph")
        text = parsed[0]
        caption = nodes.caption(text.rawsource, "", *text.children)
        caption.source, caption.line = text.source, text.line
        figure = nodes.figure("", caption, classes=["cell-figure"], alt=self.options["alt"])
        self.set_source_info(figure)
        self.add_name(figure)
        return [figure]


class WrapOutputs(SphinxTransform):
    """Move the outputs above a `cell-figure` into it, once the tabs are made."""

    default_priority = 6

    def apply(self, **kwargs: Any) -> None:
        for figure in list(self.document.findall(nodes.figure)):
            if "cell-figure" not in figure["classes"]:
                continue
            outputs = self._outputs_above(figure)
            if outputs is None:
                logger.warning(
                    "cell-figure: there is no cell with outputs directly above it",
                    location=figure,
                    type="polybook",
                    subtype="figure",
                )
                continue
            outputs.parent.remove(outputs)
            figure.insert(0, outputs)
            for image in outputs.findall(nodes.image):
                image["alt"] = figure["alt"]

    @staticmethod
    def _outputs_above(figure: nodes.figure) -> nodes.Element | None:
        position = figure.parent.index(figure)
        above = figure.parent[position - 1] if position else None
        # a name's target stands between the cell and the figure
        while isinstance(above, nodes.target):
            position -= 1
            above = figure.parent[position - 1] if position else None
        if isinstance(above, nodes.container) and is_component(above, "tab-set"):
            return above
        if isinstance(above, nodes.container) and above.get("nb_element") == "cell_code":
            return next(
                (
                    child
                    for child in above.children
                    if isinstance(child, nodes.Element)
                    and child.get("nb_element") != "cell_code_source"
                ),
                None,
            )
        return None


class TranslatableFigure(nodes.image, addnodes.translatable):
    """An SVG output whose texts and alternative text are messages of the page's catalog."""

    def preserve_original_messages(self) -> None:
        svg = Path(self["svg_path"]).read_text(encoding="utf-8")
        alternative = [self["alt"]] if "alt" in self else []
        self["messages"] = list(dict.fromkeys([*alternative, *svg_texts(svg)]))
        self["translations"] = {}

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        self["translations"][original_message] = translated_message

    def translate(self, texts: Mapping[str, str]) -> None:
        """Take all translations of a page: Sphinx stops at the first that equals its message."""
        self["translations"] = {
            message: texts[message] for message in self["messages"] if texts.get(message)
        }

    def extract_original_messages(self) -> Sequence[str]:
        messages: Sequence[str] = self["messages"]
        return messages


def svg_size(svg: str) -> tuple[int, int] | None:
    """The width and height of an SVG in CSS pixels, None if it does not tell them in points."""
    found = re.search(r'<svg\b[^>]*?\bwidth="([\d.]+)pt" height="([\d.]+)pt"', svg)
    return (round(float(found[1]) * 4 / 3), round(float(found[2]) * 4 / 3)) if found else None


def svg_texts(svg: str) -> Iterator[str]:
    """The words in an SVG, in order: every text element that has a letter."""
    for match in _TEXT.finditer(svg):
        text = html.unescape(match[2]).strip()
        if any(character.isalpha() for character in text):
            yield text


def translate_svg(
    svg: str,
    translations: Mapping[str, str],
    decimal_point: str = ".",
    source_tag: str | None = None,
) -> str:
    """The SVG with its words replaced by their translations and its numbers' points by the
    language's own. Words without a translation are marked as being in the language `source_tag`.
    """

    def replace(match: re.Match[str]) -> str:
        start, text = match[1], html.unescape(match[2])
        if _NUMBER.fullmatch(text.strip()):
            text = text.replace(".", decimal_point)
        elif source_tag and any(map(str.isalpha, text)) and text.strip() not in translations:
            start = f'{start[:-1]} lang="{source_tag}">'
        return start + html.escape(translations.get(text.strip(), text), quote=False) + match[3]

    return _TEXT.sub(replace, svg)


class MarkFigures(SphinxTransform):
    """Make the SVG outputs translatable before Sphinx collects the messages of a page."""

    default_priority = 7

    def apply(self, **kwargs: Any) -> None:
        for image in list(self.document.findall(nodes.image)):
            if image["uri"].endswith(".svg") and "jupyter_execute/" in image["uri"]:
                node = TranslatableFigure("", **image.attributes)
                node["svg_path"] = str(Path(self.app.srcdir) / image["uri"].lstrip("/"))
                node.source, node.line = _place(image)
                image.replace_self(node)


def _place(node: nodes.Node | None) -> tuple[str | None, int]:
    while node is not None and not node.source:
        node = node.parent
    return (node.source, node.line or 1) if node else (None, 1)


class WriteFigures(SphinxTransform):
    """After the translation: write the edition's SVG and put an ordinary image in its place."""

    default_priority = 30

    def apply(self, **kwargs: Any) -> None:
        if self.app.builder.name == "gettext":
            return
        source_language = book_of(self.app).source_language
        for node in list(self.document.findall(TranslatableFigure)):
            own = ("messages", "translations", "svg_path")
            image = cell_image("", **{k: v for k, v in node.attributes.items() if k not in own})
            translations = node["translations"]
            if "alt" in node:
                image["alt"] = translations.get(node["alt"], node["alt"])
            image["size"] = svg_size(Path(node["svg_path"]).read_text(encoding="utf-8"))
            decimal_point = get_decimal_symbol(self.config.language)
            if self.config.language != source_language.code:
                source = Path(node["svg_path"])
                target = source.with_suffix(f".{self.config.language}.svg")
                svg = translate_svg(
                    source.read_text(encoding="utf-8"),
                    translations,
                    decimal_point,
                    source_language.tag,
                )
                target.write_text(svg, encoding="utf-8")
                image["uri"] = f"{node['uri'].removesuffix('.svg')}.{self.config.language}.svg"
            node.replace_self(image)
