"""What numbered things are called in references: Chapter 2, Section 2.1, Figure 2.3."""

from __future__ import annotations

from typing import Any, Final, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import clean_astext

from polybook.fallback import in_english
from polybook.words import _

# The kinds of Sphinx's `numfig_format`, and chapters, which Sphinx takes for sections.
FORMATS: Final = {
    "chapter": _("Chapter %s"),
    "section": _("Section %s"),
    "figure": _("Figure %s"),
    "table": _("Table %s"),
    "code-block": _("Listing %s"),
    "exercise": _("Exercise %s"),
}


def setup_numbering(app: Sphinx) -> None:
    app.add_post_transform(NameReferences)


class NameReferences(SphinxPostTransform):
    """Call a chapter a chapter, and everything by its English name where the passage is English."""

    default_priority = 8  # references are resolved at 9 and 10

    def run(self, **kwargs: Any) -> None:
        for reference in self.document.findall(addnodes.pending_xref):
            if reference["reftype"] != "numref" or reference["refexplicit"]:
                continue
            english = in_english(reference)
            target = reference["reftarget"]
            if self._is_chapter(target):
                text = FORMATS["chapter"] if english else self.config.numfig_format["chapter"]
            elif english:
                text = FORMATS.get(self._kind(target) or "", "")
            else:
                continue
            if text:
                reference["refexplicit"] = True
                reference.children = [nodes.inline("", text)]

    @property
    def _domain(self) -> StandardDomain:
        return cast(StandardDomain, self.env.get_domain("std"))

    def _is_chapter(self, target: str) -> bool:
        """Whether a label names a whole page: the section that the page's title heads."""
        page, _name, title = self._domain.labels.get(target, ("", "", ""))
        return bool(page) and clean_astext(self.env.titles[page]) == title

    def _kind(self, target: str) -> str | None:
        """What a label names: a section, figure, table, listing or exercise."""
        page, name = self._domain.anonlabels.get(target, ("", ""))
        node = self.env.get_doctree(page).ids.get(name) if page else None
        return self._domain.get_enumerable_node_type(node) if node else None
