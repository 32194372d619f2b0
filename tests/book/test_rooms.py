"""The two packages keep apart, and what a chapter shows of them is there."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from polybook.cells import Chapter, definition
from polybook.config import Book

STRANGERS = {
    "polybook": {"minibatch", "torch", "tensorflow", "mxnet"},
    "minibatch": {
        *("polybook", "sphinx", "docutils", "jupyter_book", "myst_nb", "myst_parser"),
        *("IPython", "ipykernel", "nbformat", "nbclient", "jupyter_client", "babel"),
    },
}


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}: relative imports hide where a name comes from"
            yield str(node.module).partition(".")[0]


def _code(file: Path) -> str:
    """A module without its comments and docstrings, whose examples may be of any book."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""
    return ast.unparse(tree)


@pytest.mark.parametrize("package", STRANGERS)
def test_a_package_imports_nothing_of_the_other_room(this_book: Book, package: str) -> None:
    files = sorted((this_book.source / package).rglob("*.py"))
    assert files
    for file in files:
        assert set(_imports(file)) & STRANGERS[package] == set(), file.name


def test_polybook_knows_nothing_of_the_books_subject(this_book: Book) -> None:
    for file in sorted((this_book.source / "polybook").rglob("*.py")):
        text = _code(file).lower()
        for word in ("gradient", "airfoil", "pytorch", "tensorflow", "mxnet"):
            assert word not in text, f"{word} in {file.name}"


def test_every_definition_that_a_page_shows_is_in_the_sources(
    this_book: Book, chapters: Mapping[str, Chapter], page_name: str
) -> None:
    for cell in chapters[page_name].notebook.cells:
        if name := cell.metadata.get("source"):
            assert cell.source == definition(this_book.source, name)
            ast.parse(cell.source)


def test_a_definition_of_a_framework_is_tagged_with_it(
    chapters: Mapping[str, Chapter], page_name: str
) -> None:
    modules = {"torch": "pytorch", "tensorflow": "tensorflow", "mxnet": "mxnet"}
    chapter = chapters[page_name]
    for cell in chapter.notebook.cells:
        if name := cell.metadata.get("source"):
            found = [modules[part] for part in name.split(".") if part in modules]
            assert [chapter.framework_of(cell)] == (found or [None]), name
