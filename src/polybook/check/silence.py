"""Rules that a translator switched off for one message, with a reason.

A comment above the message does it: `# polybook: allow RULE: reason`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from polybook.check.problem import Problem, problem
from polybook.words import _

_NAMES: Final = """
role citation math code link image footnote html substitution emphasis plain-text number unit
backtick dollar backslash role-literal full-width-markup bracket untranslated normalization
space pair ending letters term sentence-space punctuation particle-space particle han-space
latin-space quotation-marks characters apostrophe suffix dotted-i turkish-letters
decimal-comma percent
"""
RULES: Final = frozenset(_NAMES.split())

_ALLOW: Final = re.compile(r"polybook:\s*allow\b\s*([\w-]*)\s*:?\s*(.*)", re.DOTALL)


def allowed(comments: Iterable[str]) -> dict[str, str]:
    """The rules that comments name, each with its reason, which may be empty."""
    matches = filter(None, map(_ALLOW.match, comments))
    return {match[1]: match[2].strip() for match in matches}


def silenced(problems: Iterable[Problem], comments: Iterable[str]) -> Iterator[Problem]:
    """The problems that no comment allows, and what is wrong with the comments."""
    remaining = list(problems)
    for rule, reason in allowed(comments).items():
        if rule.startswith("unsafe"):
            yield problem(
                "allow",
                _("the rule {name} cannot be silenced"),
                _("Mend the text: the build would refuse it, too."),
                name=rule,
            )
        elif rule not in RULES:
            yield problem(
                "allow",
                _("there is no rule {name} to silence"),
                _("Copy the name between [ and ] from the message."),
                name=rule,
            )
        elif not reason:
            yield problem(
                "allow",
                _("the silenced rule {name} has no reason"),
                _("Write {comment}"),
                name=rule,
                comment=f"# polybook: allow {rule}: ...",
            )
        elif not any(found.rule == rule for found in remaining):
            yield problem(
                "allow",
                _("the rule {name} finds nothing here"),
                _("Delete the comment that silences it."),
                name=rule,
            )
        else:
            remaining = [found for found in remaining if found.rule != rule]
    yield from remaining
