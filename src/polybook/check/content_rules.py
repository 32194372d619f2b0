"""Order may change, content may not: what the source has must be there, as often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from polybook.check.content import Content
from polybook.check.problem import Problem, problem
from polybook.words import _

LONGEST_LABEL: Final = 400

_COPY: Final = _("Copy {element} from the source to where your language wants it.")
_LOST: Final = {
    "role": ("role", _("{element} of the source is missing")),
    "math": ("math", _("the formula {element} is missing or changed")),
    "code": ("code", _("the code {element} is missing or changed")),
    "link": ("link", _("the link to {element} is missing")),
    "image": ("image", _("the image {element} is missing")),
    "footnote": ("footnote", _("the footnote {element} is missing")),
    "html": ("html", _("the HTML {element} is missing")),
    "substitution": ("substitution", _("the expression {element} is missing")),
}


def content_problems(source: Content, text: Content) -> Iterator[Problem]:
    """What is lost, what stands too often, and what is new without being dangerous."""
    for kind, (rule, template) in _LOST.items():
        wanted, found = source.keys(kind), text.keys(kind)
        for element in wanted - found:
            name = "citation" if element.startswith("{cite") else rule
            yield problem(name, template, _COPY, element=element)
        for element, count in (found - wanted).items():
            if element in wanted:
                yield problem(
                    rule,
                    _("{element} stands {count}×, in the source {wanted}×"),
                    _("Keep it as often as the source has it."),
                    element=element,
                    count=count + wanted[element],
                    wanted=wanted[element],
                )
            elif kind in ("code", "footnote"):
                yield problem(
                    rule,
                    _("the source has no {element}"),
                    _("Use what the source has, and nothing else of this kind."),
                    element=element,
                )
    yield from _emphasis(source, text)


def _emphasis(source: Content, text: Content) -> Iterator[Problem]:
    for kind in ("emphasis", "strong"):
        wanted = source.keys(kind).total()
        found = text.keys(kind).total()
        if found < wanted and text.literal.count("*") <= source.literal.count("*"):
            yield problem(
                "emphasis",
                _("emphasized passages: {found} in the text, {wanted} in the source"),
                _(
                    "Emphasize the same words. A star marks only where it touches the word: "
                    "no space or punctuation just inside it."
                ),
                wanted=wanted,
                found=found,
            )
        elif found > wanted == 0 and _is_plain(source):
            yield problem(
                "plain-text",
                _("the text has markup, its source has none"),
                _(
                    "Labels and alternative texts show every sign as it is: write plain text. "
                    "In a paragraph, allow it with a comment."
                ),
            )


def _is_plain(source: Content) -> bool:
    """Whether a source may be a label or an alternative text: no markup, and not long."""
    return len(source.raw) < LONGEST_LABEL and all(piece.kind == "text" for piece in source.pieces)
