"""Cells of a group become one sphinx-design tab set, a tab per framework."""

from __future__ import annotations

from itertools import groupby
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx_design.shared import create_component, is_component

from polybook.texts import _


def setup_tabs(app: Sphinx) -> None:
    app.add_transform(GroupCells)


def cells_in(node: nodes.Node) -> list[nodes.container]:
    """The code cells that MyST-NB rendered below a node, in order."""
    return [cell for cell in node.findall(nodes.container) if cell.get("nb_element") == "cell_code"]


def placement(cell: nodes.Node) -> dict[str, Any]:
    """What `polybook.reader.present` said of a cell: framework, group, missing."""
    if not isinstance(cell, nodes.container) or cell.get("nb_element") != "cell_code":
        return {}
    placed: dict[str, Any] = cell["cell_metadata"].get("polybook", {})
    return placed


class GroupCells(SphinxTransform):
    """Gather neighbouring cells of one group into a tab set, before the texts are translated."""

    default_priority = 5

    def apply(self, **kwargs: Any) -> None:
        labels = {
            name: settings["label"] for name, settings in self.config.polybook["frameworks"].items()
        }
        cells = cells_in(self.document)
        for cell in cells:
            if placement(cell).get("missing"):
                cell += not_run()
        for _number, members in groupby(cells, lambda cell: placement(cell).get("group")):
            group = list(members)
            if "group" in placement(group[0]):
                self._replace(group, tab_set(group, labels))

    def _replace(self, group: list[nodes.container], tabs: nodes.container) -> None:
        parent = group[0].parent
        index = parent.index(group[0])
        for cell in group:
            parent.remove(cell)
        parent.insert(index, tabs)
        for item in tabs.findall(nodes.container):
            if is_component(item, "tab-item"):
                label, content = cast("list[nodes.Element]", item.children)
                content += [
                    cell for cell in group if placement(cell)["framework"] == label["sync_id"]
                ]


def tab_set(group: list[nodes.container], labels: dict[str, str]) -> nodes.container:
    """An empty tab set for the frameworks of a group, in the node tree of sphinx-design:

    tab-set > tab-item > (rubric with sync_id and sync_group, tab-content)
    """
    tabs = create_component("tab-set", classes=["sd-tab-set"])
    tabs.source, tabs.line = group[0].source, group[0].line
    for framework in dict.fromkeys(placement(cell)["framework"] for cell in group):
        label = nodes.rubric(
            "",
            nodes.Text(labels[framework]),
            classes=["sd-tab-label"],
            sync_id=framework,
            sync_group="framework",
            translatable=False,
        )
        item = create_component("tab-item", classes=["sd-tab-item"])
        item.source, item.line = tabs.source, tabs.line
        item += [label, create_component("tab-content", classes=["sd-tab-content"])]
        tabs += item
    return tabs


def not_run() -> nodes.paragraph:
    """The note below a cell that has no stored outputs."""
    text = _("This cell has not been run yet.")
    return nodes.paragraph("", text, classes=["polybook-not-run"], translatable=False)
