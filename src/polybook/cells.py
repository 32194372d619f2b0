"""Chapters as cells: read, check, split by framework, merge the outputs back. No side effects.

A chapter is a MyST notebook. Its top-level code cells belong to the framework they are tagged
with, or, without such a tag, to every framework.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import nbformat
import yaml
from markdown_it.token import Token
from nbformat import NotebookNode

from polybook.config import Book, Framework
from polybook.errors import PolybookError
from polybook.gates import check_gates, has_gates

OTHER_TAGS = frozenset(
    f"{verb}-{part}"
    for verb in ("hide", "remove")
    for part in ("input", "output", "cell", "stdout", "stderr")
) | {"raises-exception", "skip-execution", "scroll-output", "full-width", "margin"}

_EXTENSIONS = {"colon_fence", "dollarmath"}
_NESTED_CELL = re.compile(r"^\s*(?:`{3,}|~{3,}|:{3,})\s*\{code-cell\}", re.MULTILINE)


@dataclass(frozen=True)
class Settings:
    """What a chapter asks for in the `polybook` entry of its front matter.

    `alone`: no other kernel runs beside its kernels. `values`: the name of the dict that its
    kernels leave behind for the page to quote. `timeout`: seconds that a cell may take.
    """

    alone: bool = False
    values: str | None = None
    timeout: int = 300


@dataclass(frozen=True)
class Chapter:
    """A page of the book and its cells; `path` is relative to the book's folder."""

    path: Path
    text: str
    notebook: NotebookNode
    settings: Settings
    frameworks: tuple[Framework, ...]

    @property
    def page(self) -> str:
        """The page's name without suffix, as Sphinx names it."""
        return self.path.with_suffix("").as_posix()

    def line(self, index: int) -> int:
        """The line, from 1, on which the cell of that index begins."""
        number = int(self.notebook.metadata.source_map[index])
        # MyST-NB counts lines from 0 for prose, and to the line inside the fence for code
        return number if self.notebook.cells[index].cell_type == "code" else number + 1

    def code_line(self, index: int) -> int:
        """The line, from 1, of a cell's first line of code, below its options."""
        first = self.notebook.cells[index].source.partition("\n")[0].strip()
        lines = self.text.splitlines()
        start = self.line(index)
        return (
            next(
                (number for number in range(start, len(lines)) if lines[number].strip() == first),
                start - 1,
            )
            + 1
        )

    @cached_property
    def tagged(self) -> bool:
        """Whether any cell belongs to one framework only."""
        return any(self.framework_of(cell) for cell in self.notebook.cells)

    def framework_of(self, cell: NotebookNode) -> str | None:
        """The framework that a cell is tagged with, None for a cell of every framework."""
        names = {framework.name for framework in self.frameworks}
        return next((tag for tag in cell.metadata.get("tags", []) if tag in names), None)

    def split(self, framework: str) -> list[int]:
        """The indices of the cells that run in the framework's kernel, in order."""
        return [
            index
            for index, cell in enumerate(self.notebook.cells)
            if cell.cell_type == "code"
            and "skip-execution" not in cell.metadata.get("tags", [])
            and self.framework_of(cell) in (None, framework)
        ]

    def runs_in(self) -> tuple[Framework, ...]:
        """The frameworks to run: all if a cell is tagged, else the first; none without cells."""
        if not any(cell.cell_type == "code" for cell in self.notebook.cells):
            return ()
        return self.frameworks if self.tagged else self.frameworks[:1]


@dataclass(frozen=True)
class MergedCell:
    """A cell of the page with the outputs that each framework's run gave for it.

    `source_line` is its entry in MyST-NB's source map.
    """

    cell: NotebookNode
    source_line: int
    framework: str | None
    outputs: Mapping[str, list[NotebookNode]]


def merge(
    chapter: Chapter, runs: Mapping[str, Sequence[Sequence[NotebookNode]]]
) -> list[MergedCell]:
    """Every cell of the chapter once, in order, with the outputs of the frameworks' runs.

    `runs` maps a framework to the outputs of its cells, in the order of `Chapter.split`.
    """
    position = {
        framework: {index: place for place, index in enumerate(chapter.split(framework))}
        for framework in runs
    }
    return [
        MergedCell(
            cell,
            int(chapter.notebook.metadata.source_map[index]),
            chapter.framework_of(cell),
            {
                framework: list(outputs[position[framework][index]])
                for framework, outputs in runs.items()
                if index in position[framework]
            },
        )
        for index, cell in enumerate(chapter.notebook.cells)
    ]


def is_chapter(text: str) -> bool:
    """Whether a Markdown text has cells to run, as its front matter says."""
    from myst_nb.core.read import is_myst_markdown_notebook

    return is_myst_markdown_notebook(text)


def read_chapter(book: Book, path: Path, text: str | None = None) -> Chapter:
    """Read a page and check its cells.

    Raises `PolybookError` with file and line for an unknown tag, a cell inside another directive
    (where it would be lost), a `:source:` that does not exist, and what `check_gates` refuses.
    """
    path = path if not path.is_absolute() else path.relative_to(book.root)
    if text is None:
        text = _read_text(book, path)
    if has_gates(text):
        check_gates(_blocks(text), path)
    if not is_chapter(text):
        cell = nbformat.v4.new_markdown_cell(text)
        notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"source_map": [0]})
        return Chapter(path, text, notebook, Settings(timeout=book.timeout), book.frameworks)
    _refuse_nested_cells(_fences(text), path)
    try:
        notebook = deepcopy(_parse(text))
    except PolybookError as error:
        raise PolybookError(error.message, path, error.line) from None
    settings = _settings(book, notebook, path)
    chapter = Chapter(path, text, notebook, settings, book.frameworks)
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            _check_tags(chapter, cell, chapter.line(index))
            _fill_source(book, cell, path, chapter.line(index))
    return chapter


def _read_text(book: Book, path: Path) -> str:
    try:
        return (book.root / path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PolybookError(
            "the table of contents names it, but there is no such file", path
        ) from None
    except UnicodeDecodeError as error:
        raise PolybookError(f"this is not UTF-8: {error}", path) from None


@lru_cache(maxsize=64)
def _parse(text: str) -> NotebookNode:
    """The notebook of a chapter's text; raises `PolybookError` with a line and no file."""
    from myst_nb.core.read import MystMetadataParsingError, read_myst_markdown_notebook
    from myst_parser.config.main import MdParserConfig

    config = MdParserConfig(enable_extensions=_EXTENSIONS)
    faults = (MystMetadataParsingError, yaml.YAMLError, nbformat.ValidationError)
    try:
        return read_myst_markdown_notebook(text, config=config, add_source_map=True)
    except faults as fault:
        error = fault
    lines = text.splitlines()
    for fence in _fences(text):
        first, last = fence.map or (0, 0)
        try:
            read_myst_markdown_notebook("\n".join(lines[first:last]), config=config)
        except faults as fault:
            message = f"the cell's options: {_first_line(fault)}"
            raise PolybookError(message, line=first + 1) from None
    raise PolybookError(f"the front matter: {_first_line(error)}", line=1)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _settings(book: Book, notebook: NotebookNode, path: Path) -> Settings:
    asked: Any = notebook.metadata.pop("polybook", {})
    types = {"alone": bool, "values": str, "timeout": int}
    if not isinstance(asked, dict):
        raise PolybookError("polybook: expected a mapping in the front matter", path, 1)
    for name, value in asked.items():
        if name not in types:
            raise PolybookError(
                f"polybook.{name}: unknown key; it takes: {', '.join(types)}", path, 1
            )
        if not isinstance(value, types[name]):
            raise PolybookError(f"polybook.{name}: found {value!r}", path, 1)
    return Settings(**{"timeout": book.timeout, **asked})


def _check_tags(chapter: Chapter, cell: NotebookNode, line: int) -> None:
    frameworks = [framework.name for framework in chapter.frameworks]
    tags = cell.metadata.get("tags", [])
    if not isinstance(tags, list):
        raise PolybookError(f"tags: expected a list, found {tags!r}", chapter.path, line)
    for tag in tags:
        if tag not in frameworks and tag not in OTHER_TAGS:
            known = ", ".join([*frameworks, *sorted(OTHER_TAGS)])
            raise PolybookError(f"unknown tag {tag!r}; it may be: {known}", chapter.path, line)
    if sum(tag in frameworks for tag in tags) > 1:
        raise PolybookError(
            "a cell belongs to one framework, or without a tag to all", chapter.path, line
        )


def _fences(text: str) -> list[Token]:
    """The fenced blocks of a text: directives and cells, with their lines."""
    return [token for token in _blocks(text) if token.type in ("fence", "colon_fence")]


@lru_cache(maxsize=64)
def _blocks(text: str) -> list[Token]:
    """The blocks of a text, with their lines."""
    from markdown_it.renderer import RendererHTML
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    config = MdParserConfig(enable_extensions=_EXTENSIONS, disable_syntax=["inline"])
    return [token for token in create_md_parser(config, RendererHTML).parse(text) if token.map]


def _refuse_nested_cells(fences: list[Token], path: Path) -> None:
    for fence in fences:
        is_cell = fence.info.startswith("{code-cell}")
        nested = None if is_cell else _NESTED_CELL.search(fence.content)
        line = (fence.map or [0])[0] + 1
        if is_cell and (fence.type == "colon_fence" or fence.level > 0):
            raise _lost_cell("a list, a quote or a colon fence", path, line)
        if nested and fence.info.startswith("{"):
            line += fence.content[: nested.end()].count("\n") + 1
            raise _lost_cell(fence.info.partition("}")[0] + "}", path, line)


def _lost_cell(where: str, path: Path, line: int) -> PolybookError:
    return PolybookError(
        f"a code cell inside {where} would never run: put it at the top level; neighbouring cells "
        "of different frameworks become tabs by themselves",
        path,
        line,
    )


def _fill_source(book: Book, cell: NotebookNode, path: Path, line: int) -> None:
    name = cell.metadata.get("source")
    if name is None:
        return
    if cell.source.strip():
        raise PolybookError("a cell with :source: holds no text of its own", path, line)
    try:
        cell.source = definition(book.source, str(name))
    except LookupError as error:
        raise PolybookError(f":source: {name}: {error.args[0]}", path, line) from None


def definition(source: Path, name: str) -> str:
    """The text of a function or class, decorators included, read without importing it.

    `name` is dotted, such as `package.module.function`. Raises `LookupError` saying what exists.
    """
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module = source.joinpath(*parts[:length])
        for file in (module.with_suffix(".py"), module / "__init__.py"):
            if file.is_file():
                return _definition_in(file, parts[length:], file.relative_to(source.parent))
    raise LookupError(f"there is no module {'.'.join(parts[:-1])} in {source.name}/")


def _definition_in(file: Path, names: list[str], shown: Path) -> str:
    text = file.read_text(encoding="utf-8")
    body: list[ast.stmt] = ast.parse(text).body
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    node = None
    for name in names:
        known = {item.name: item for item in body if isinstance(item, kinds)}
        if name not in known:
            raise LookupError(f"{shown} does not define {name}; it defines: {', '.join(known)}")
        node = known[name]
        body = node.body
    assert node is not None
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return textwrap.dedent("\n".join(text.splitlines()[first - 1 : node.end_lineno]))
