"""Exercises, numbered in their chapter, and their solutions, folded until a reader opens them.

A solution is what stands between two directives, so that its cells are cells of the page.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Any, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator
from sphinx_design.shared import create_component, is_component

from polybook.texts import _

logger = logging.getLogger(__name__)

FOLDED = "dropdown"


def setup_exercises(app: Sphinx) -> None:
    """Register the directives; what an exercise is called is in `numfig_format`."""
    app.add_enumerable_node(exercise, "exercise", label_of, html=(visit_exercise, depart_exercise))
    app.add_directive("exercise", Exercise)
    app.add_directive("solution-start", SolutionStart)
    app.add_directive("solution-end", SolutionEnd)
    app.add_transform(FillSolutions)
    app.add_post_transform(NumberExercises)


class exercise(nodes.General, nodes.Element):
    """The blocks of an exercise, under a heading that is its number."""


class solution_end(nodes.Invisible, nodes.Element):
    """The place where a solution ends."""


def label_of(node: nodes.Node) -> str:
    """The label of an exercise, for want of a title."""
    return str(cast(exercise, node)["ids"][0])


def visit_exercise(translator: HTML5Translator, node: exercise) -> None:
    """Write the heading, one level below that of the section."""
    tag = f"h{min(translator.section_level + 1, 6)}"
    translator.body.append(translator.starttag(node, "div"))
    translator.body.append(f'<{tag} class="exercise__heading">')
    translator.add_fignumber(node)
    translator.add_permalink_ref(node, _("Link to this heading"))
    translator.body.append(f"</{tag}>\n")


def depart_exercise(translator: HTML5Translator, node: exercise) -> None:
    """End the exercise."""
    translator.body.append("</div>\n")


class Exercise(SphinxDirective):
    """The text of an exercise; its `:label:` is for its solution and for references."""

    has_content = True
    option_spec = {"label": directives.unchanged_required, "class": directives.class_option}

    def run(self) -> list[nodes.Node]:
        if "label" not in self.options:
            raise self.error("exercise needs :label:")
        self.assert_has_content()
        node = exercise("", classes=["exercise", *self.options.get("class", [])])
        self.set_source_info(node)
        self.options["name"] = self.options["label"]
        self.add_name(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class SolutionStart(SphinxDirective):
    """The beginning of the solution of the exercise that the argument names.

    It becomes a dropdown of sphinx-design, into which `FillSolutions` moves the solution:

    dropdown > (rubric with the name `<label>-solution`, content)

    With `:class: dropdown` it is closed at first.
    """

    required_arguments = 1
    option_spec = {"class": directives.class_option}

    def run(self) -> list[nodes.Node]:
        classes = self.options.get("class", [])
        title = nodes.rubric("", _("Solution"), translatable=False)
        self.options["name"] = f"{self.arguments[0]}-solution"
        self.add_name(title)
        solution = create_component(
            "dropdown",
            children=[title],
            opened=FOLDED not in classes,
            type="dropdown",
            has_title=True,
            icon=None,
            chevron=None,
            container_classes=["solution", *(name for name in classes if name != FOLDED)],
            title_classes=[],
            body_classes=[],
            solution=True,
        )
        self.set_source_info(solution)
        return [solution]


class SolutionEnd(SphinxDirective):
    """The end of the solution that began last."""

    def run(self) -> list[nodes.Node]:
        node = solution_end()
        self.set_source_info(node)
        return [node]


class FillSolutions(SphinxTransform):
    """Move what stands between two gates into the solution, before its cells become tabs."""

    default_priority = 4

    def apply(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(nodes.container)):
            if is_component(node, "dropdown") and node.get("solution"):
                self._fill(node)
        for gate in list(self.document.findall(solution_end)):
            gate.parent.remove(gate)

    @staticmethod
    def _fill(solution: nodes.container) -> None:
        parent = cast(nodes.Element, solution.parent)
        first = parent.index(solution) + 1
        content = list(
            takewhile(lambda node: not isinstance(node, solution_end), parent.children[first:])
        )
        if first + len(content) == len(parent):
            logger.warning(
                "solution-start: its solution-end is not beside it; both belong to the top level",
                location=solution,
                type="polybook",
                subtype="solution",
            )
            return
        del parent[first : first + len(content)]
        solution += content


class NumberExercises(SphinxPostTransform):
    """Make a plain reference to an exercise a numbered one."""

    default_priority = 7  # before `NameReferences` (8) and the resolution of references (9, 10)

    def run(self, **kwargs: Any) -> None:
        domain = cast(StandardDomain, self.env.get_domain("std"))
        for reference in self.document.findall(addnodes.pending_xref):
            page, name = domain.anonlabels.get(reference.get("reftarget"), ("", ""))
            numbered = self.env.toc_fignumbers.get(page, {}).get("exercise", {})
            if reference.get("reftype") == "ref" and not reference["refexplicit"]:
                reference["reftype"] = "numref" if name in numbered else "ref"
