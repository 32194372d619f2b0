"""Chapters are split by framework and merged without loss; mistakes name file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_book import FRONT

from polybook.cells import definition, merge, read_chapter
from polybook.config import Book
from polybook.errors import PolybookError

MISTAKES = sorted((Path(__file__).parent / "mistakes").glob("*.md"))


def cell(text: str, *tags: str) -> str:
    options = f":tags: [{', '.join(tags)}]\n" if tags else ""
    return f"```{{code-cell}} python\n{options}{text}\n```\n"


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_in_a_chapter_is_refused_with_its_line(book: Book, path: Path) -> None:
    wanted = path.with_suffix(".txt").read_text(encoding="utf-8").strip()
    with pytest.raises(PolybookError) as error:
        read_chapter(book, Path("book/one.md"), path.read_text(encoding="utf-8"))
    assert str(error.value).startswith(wanted)


tagged_cells = st.lists(
    st.one_of(
        st.builds(cell, st.from_regex(r"[a-z]{1,4} = [0-9]{1,3}", fullmatch=True)),
        st.builds(
            cell,
            st.from_regex(r"[a-z]{1,4} = [0-9]{1,3}", fullmatch=True),
            st.sampled_from(["alpha", "beta"]),
        ),
        st.from_regex(r"[A-Z][a-z ]{0,20}[a-z]\n", fullmatch=True),
    ),
    max_size=12,
)


@given(parts=tagged_cells)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_merging_the_split_gives_every_cell_back_once_in_order(
    book: Book, parts: list[str]
) -> None:
    chapter = read_chapter(book, Path("book/one.md"), FRONT + "\n" + "\n".join(parts))
    before = [dict(cell) for cell in chapter.notebook.cells]
    names = [framework.name for framework in chapter.frameworks]
    runs = {
        name: [
            [nbformat.v4.new_output("stream", text=f"{name} {index}")]
            for index in chapter.split(name)
        ]
        for name in names
    }
    merged = merge(chapter, runs)
    assert [dict(part.cell) for part in merged] == before
    for index, part in enumerate(merged):
        ran_in = [name for name in names if index in chapter.split(name)]
        assert list(part.outputs) == ran_in
        assert all(part.outputs[name][0].text == f"{name} {index}" for name in ran_in)


def test_a_cell_without_a_tag_belongs_to_every_framework(book: Book) -> None:
    text = FRONT + cell("a = 1", "alpha") + "\n" + cell("b = 2") + "\n" + cell("c = 3", "beta")
    chapter = read_chapter(book, Path("book/one.md"), text)
    assert chapter.split("alpha") == [0, 1]
    assert chapter.split("beta") == [1, 2]
    assert [framework.name for framework in chapter.runs_in()] == ["alpha", "beta"]


def test_a_page_without_framework_tags_runs_once(book: Book) -> None:
    chapter = read_chapter(book, Path("book/one.md"), FRONT + cell("a = 1"))
    assert [framework.name for framework in chapter.runs_in()] == ["alpha"]


def test_a_page_without_cells_runs_nowhere(book: Book) -> None:
    assert read_chapter(book, Path("book/index.md")).runs_in() == ()


def test_a_source_cell_holds_the_definition_with_its_decorators(
    make_book: Callable[..., Book],
) -> None:
    text = (
        "import functools\n\nclass Kept:\n    @property\n    def value(self):\n        return 1\n"
    )
    text += "\n@functools.cache\ndef cached(n):\n    '''Docs.'''\n    return n\n"
    book = make_book(**{"src/package/deep.py": text})
    assert definition(book.source, "package.deep.cached").startswith("@functools.cache\ndef cached")
    assert definition(book.source, "package.deep.Kept.value").splitlines()[0] == "@property"


def test_lines_count_from_the_start_of_the_file(book: Book) -> None:
    chapter = read_chapter(book, Path("book/one.md"))
    lines = chapter.text.splitlines()
    cells = [index for index, cell in enumerate(chapter.notebook.cells) if cell.cell_type == "code"]
    assert all(lines[chapter.line(index) - 1].startswith("```{code-cell}") for index in cells)
    assert lines[chapter.code_line(cells[0]) - 1] == "from package.alpha import name"
