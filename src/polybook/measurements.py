"""Measured values in the text: a role for one number, a directive for a table of them.

The values come from the dict that a chapter's kernels leave behind (`polybook.values` in its
front matter); nothing is typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from polybook.numbers import measured_text
from polybook.pages import shown_runs
from polybook.store import Run
from polybook.texts import _

logger = logging.getLogger(__name__)

UNKNOWN = "—"


def setup_measurements(app: Sphinx) -> None:
    app.add_role("measured", MeasuredRole())
    app.add_directive("measured-table", MeasuredTable)
    app.add_transform(FillMeasurements)


class measured(nodes.Inline, nodes.TextElement):
    """A value to be filled in: `value` is its dotted name, `framework` one of them or None."""


class MeasuredRole(SphinxRole):
    """`name` gives the values of all frameworks, `framework:name` that of one."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        framework, _colon, name = self.text.strip().rpartition(":")
        node = measured("", value=name, framework=framework or None)
        self.set_source_info(node)
        return [node], []


class MeasuredTable(SphinxDirective):
    """A table of experiments × (quantities × frameworks).

    The argument is the title. `:columns:` lists the quantities, `key = Heading; key = Heading`.
    Each line of the content is a row, `key: label`; its cells hold the values `row.column`.
    """

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {
        "name": directives.unchanged_required,
        "header": directives.unchanged_required,
        "columns": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        columns = dict(self._pairs(self.options.get("columns", "").split(";"), "=", ":columns:"))
        rows = dict(self._pairs(self.content, ":", "a row"))
        frameworks = self._frameworks()
        width = 1 + len(columns) * len(frameworks)
        group = nodes.tgroup("", cols=width)
        group += [nodes.colspec("", colwidth=1) for _column in range(width)]
        group += nodes.thead("", *self._head(columns, frameworks))
        group += nodes.tbody("", *self._body(rows, columns, frameworks))
        title = self._text(nodes.title, self.arguments[0])
        table = nodes.table("", title, group, classes=["measured-table"])
        self.set_source_info(table)
        self.add_name(table)
        return [table]

    def _pairs(self, lines: Any, separator: str, what: str) -> Iterator[tuple[str, str]]:
        for line in filter(str.strip, lines):
            key, found, text = line.partition(separator)
            if not (found and key.strip() and text.strip()):
                raise self.error(f"measured-table: {what} is `key {separator} text`, not {line!r}")
            yield key.strip(), text.strip()

    def _frameworks(self) -> dict[str, str]:
        shown = self.config.polybook_frameworks
        return {
            name: settings["label"]
            for name, settings in self.config.polybook["frameworks"].items()
            if not shown or name in shown
        }

    def _head(self, columns: Mapping[str, str], frameworks: Mapping[str, str]) -> list[nodes.row]:
        corner = nodes.entry(
            "", self._text(nodes.paragraph, self.options.get("header", "")), morerows=1
        )
        quantities = [
            nodes.entry("", self._text(nodes.paragraph, text), morecols=len(frameworks) - 1)
            for text in columns.values()
        ]
        labels = [
            nodes.entry("", nodes.paragraph("", label, translatable=False))
            for _column in columns
            for label in frameworks.values()
        ]
        return [nodes.row("", corner, *quantities), nodes.row("", *labels)]

    def _body(
        self, rows: Mapping[str, str], columns: Mapping[str, str], frameworks: Mapping[str, str]
    ) -> Iterator[nodes.row]:
        for key, label in rows.items():
            cells = [
                nodes.entry(
                    "",
                    nodes.paragraph(
                        "",
                        "",
                        measured("", value=f"{key}.{column}", framework=framework),
                        translatable=False,
                    ),
                )
                for column in columns
                for framework in frameworks
            ]
            yield nodes.row("", nodes.entry("", self._text(nodes.paragraph, label)), *cells)

    def _text(self, kind: type[nodes.TextElement], text: str) -> nodes.TextElement:
        children, _messages = self.state.inline_text(text, self.lineno)
        node = kind(text, "", *children)
        node.source, node.line = self.get_source_info()
        return node


class FillMeasurements(SphinxTransform):
    """Put the numbers of the page's runs in place, after the translation."""

    default_priority = 31

    def apply(self, **kwargs: Any) -> None:
        if self.app.builder.name == "gettext":
            return
        found = list(self.document.findall(measured))
        runs = shown_runs(self.app, self.env.docname) if found else {}
        for node in found:
            node.replace_self(nodes.inline("", self._value(node, runs), classes=["measured"]))

    def _value(self, node: measured, runs: Mapping[str, Run | None]) -> str:
        names = [node["framework"]] if node["framework"] else list(runs)
        values = {
            name: self._one(node, runs.get(name))
            for name in names
            if name in runs or node["framework"]
        }
        if node["framework"]:
            return values[node["framework"]]
        labels = self.config.polybook["frameworks"]
        one = _("{value} ({framework})")
        return (
            _(", ").join(
                one.format(value=value, framework=labels[name]["label"])
                for name, value in values.items()
            )
            or UNKNOWN
        )

    def _one(self, node: measured, run: Run | None) -> str:
        if run is None:
            return UNKNOWN
        try:
            return measured_text(run.value(node["value"]), self.config.language)
        except KeyError:
            logger.warning(
                "the run left no value %r",
                node["value"],
                location=node,
                type="polybook",
                subtype="measured",
            )
            return UNKNOWN
