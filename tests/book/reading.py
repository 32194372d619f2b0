"""Reading the book: its pages and catalogs, and what a chapter says besides its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from polybook.cells import Chapter
from polybook.config import Language
from polybook.po import Catalog

ReadPage = Callable[[Language, str], BeautifulSoup]
ReadCatalog = Callable[[Language, str], Catalog]

_OPTION = re.compile(r":([\w-]+):\s*(.*)")
_INFO = re.compile(r"\{([\w-]+)\}\s*(.*)")


@dataclass(frozen=True)
class Directive:
    """A fenced directive: name, argument, options, and its content as lines."""

    name: str
    argument: str
    options: dict[str, str]
    content: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A `measured-table`: its texts, and the keys of its rows and columns."""

    title: str
    name: str
    header: str
    columns: dict[str, str]
    rows: dict[str, str]


def prose(chapter: Chapter) -> str:
    """The chapter's Markdown without its code cells."""
    cells = chapter.notebook.cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def headings(chapter: Chapter) -> list[str]:
    """The headings in order, as Markdown."""
    tokens = MarkdownIt().parse(_without_front_matter(prose(chapter)))
    return [
        text.content
        for mark, text in zip(tokens, tokens[1:], strict=False)
        if mark.type == "heading_open"
    ]


def directives(chapter: Chapter, name: str) -> Iterator[Directive]:
    """The directives of that name at the top level, in order."""
    for token in MarkdownIt().parse(prose(chapter)):
        found = _INFO.fullmatch(token.info.strip()) if token.type == "fence" else None
        if found and found[1] == name:
            lines = token.content.splitlines()
            count = next((i for i, line in enumerate(lines) if not _OPTION.match(line)), len(lines))
            options = dict(line[1:].split(":", 1) for line in lines[:count])
            content = tuple(line.strip() for line in lines[count:] if line.strip())
            stripped = {key: text.strip() for key, text in options.items()}
            yield Directive(name, found[2], stripped, content)


def tables(chapter: Chapter) -> list[Table]:
    """The measured tables in order."""
    return [
        Table(
            title=table.argument,
            name=table.options["name"],
            header=table.options["header"],
            columns=_pairs(table.options["columns"].split(";"), "="),
            rows=_pairs(table.content, ":"),
        )
        for table in directives(chapter, "measured-table")
    ]


def captions(chapter: Chapter) -> list[str]:
    """The captions of figures and tables in order of kind, as Markdown."""
    figures = [" ".join(figure.content) for figure in directives(chapter, "cell-figure")]
    return figures + [table.title for table in tables(chapter)]


def alternatives(chapter: Chapter) -> list[str]:
    """The alternative texts of the figures."""
    return [figure.options["alt"] for figure in directives(chapter, "cell-figure")]


def table_headings(chapter: Chapter) -> list[str]:
    """The texts at the edges of the measured tables."""
    return [
        text
        for table in tables(chapter)
        for text in (table.header, *table.columns.values(), *table.rows.values())
    ]


def _pairs(lines: Iterable[str], separator: str) -> dict[str, str]:
    parts = (line.partition(separator) for line in lines if line.strip())
    return {key.strip(): text.strip() for key, _, text in parts}


def _without_front_matter(text: str) -> str:
    return re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
