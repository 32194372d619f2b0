"""Exercises and solutions in a page's text: every gate has its other half, every label its one use.

A solution stands between two gates, `{solution-start}` and `{solution-end}`, because a cell inside
a directive would never run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from markdown_it.token import Token

from polybook.errors import PolybookError

__all__ = ["check_gates", "has_gates"]

_NAMES = re.compile(r"\{(?:exercise|solution-(?:start|end))\}")
_INFO = re.compile(r"\{(exercise|solution-start|solution-end)\}\s*(.*)")
_LABEL = re.compile(r"(?::[\w-]+:.*\n)*?:label:[ \t]*(\S+)")


def has_gates(text: str) -> bool:
    """Whether a page's text may have exercises or solutions."""
    return bool(_NAMES.search(text))


def check_gates(blocks: Iterable[Token], path: Path) -> None:
    """Look at the exercises and the gates of solutions among a page's blocks, which are in order.

    Raises `PolybookError` with file and line for a gate without its other half or inside something
    else, a heading in a solution, a label that is missing or used twice, and a solution of what is
    no exercise above it.
    """
    page = _Page(path)
    for block in blocks:
        line = (block.map or [0])[0] + 1
        fenced = block.type in ("fence", "colon_fence")
        directive = _INFO.fullmatch(block.info.strip()) if fenced else None
        if block.type == "heading_open" and block.level == 0:
            page.heading(line)
        elif directive is None:
            continue
        elif directive[1] == "exercise":
            page.exercise(_LABEL.match(block.content), line)
        elif block.level > 0:
            raise page.error("a gate of a solution belongs to the top level of the page", line)
        elif directive[1] == "solution-start":
            page.start(directive[2], line)
        else:
            page.end(line)
    page.close()


class _Page:
    """What has been seen of a page: where each exercise and each solution is, and the open gate."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.exercises: dict[str, int] = {}
        self.solutions: dict[str, int] = {}
        self.opened: int | None = None

    def error(self, message: str, line: int) -> PolybookError:
        return PolybookError(message, self.path, line)

    def heading(self, line: int) -> None:
        if self.opened is not None:
            raise self.error(
                f"a heading inside the solution that starts on line {self.opened}: end it before",
                line,
            )

    def exercise(self, label: re.Match[str] | None, line: int) -> None:
        self.close()
        if label is None:
            raise self.error("an exercise needs a :label: for its solution and for links", line)
        name = label[1]
        if name in self.exercises:
            known = self.exercises[name]
            raise self.error(f"the exercise on line {known} has the label {name!r} already", line)
        self.exercises[name] = line

    def start(self, name: str, line: int) -> None:
        self.close()
        if not name:
            raise self.error("a solution-start names the label of its exercise", line)
        if name not in self.exercises:
            known = ", ".join(self.exercises) or "none"
            raise self.error(f"there is no exercise {name!r} above; there are: {known}", line)
        if name in self.solutions:
            known = str(self.solutions[name])
            raise self.error(f"the exercise {name!r} has a solution already, on line {known}", line)
        self.solutions[name] = self.opened = line

    def end(self, line: int) -> None:
        if self.opened is None:
            raise self.error("there is no solution-start for this solution-end", line)
        self.opened = None

    def close(self) -> None:
        if self.opened is not None:
            raise self.error("there is no solution-end for this solution-start", self.opened)
