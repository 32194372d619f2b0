"""The notebook that MyST-NB renders: a chapter with its stored outputs in place.

MyST-NB asks the reader for every `.md` page. What it gets back never runs again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from polybook.cells import Chapter, MergedCell, merge, read_chapter
from polybook.config import load_book
from polybook.store import Run, Store


def read(text: str, *, root: str, frameworks: Sequence[str], strict: bool) -> NotebookNode:
    """The notebook of a page's text, for `nb_custom_formats`.

    `frameworks` are those whose tabs are shown; `strict` as in `Store`.
    """
    book = load_book(root)
    chapter = read_chapter(book, Path("page.md"), text)
    return present(chapter, stored_runs(chapter, Store(book, strict), frameworks))


def stored_runs(chapter: Chapter, store: Store, frameworks: Sequence[str]) -> dict[str, Run | None]:
    """The stored run of each shown framework, None where there is none."""
    return {
        framework.name: store.find(chapter, framework)
        for framework in chapter.runs_in()
        if not frameworks or framework.name in frameworks
    }


def present(chapter: Chapter, runs: Mapping[str, Run | None]) -> NotebookNode:
    """The chapter with its outputs, arranged for MyST-NB.

    Cells that belong together in a tab set share `polybook.group` in their metadata:
    neighbouring cells of different frameworks, and the outputs of a cell that every framework
    ran. `polybook.missing` marks a cell without a stored run.
    """
    merged = merge(chapter, {name: run.output_nodes() for name, run in runs.items() if run})
    arranged: list[tuple[int, NotebookNode]] = []
    groups = _Groups()
    for cell in merged:
        if cell.cell.cell_type != "code":
            groups.close()
            arranged.append((cell.source_line, cell.cell))
        elif cell.framework is None:
            groups.close()
            shown = _for_every_framework(cell, runs, groups)
            arranged += [(cell.source_line, part) for part in shown]
        elif cell.framework in runs:
            group = groups.of(cell.framework)
            arranged.append((cell.source_line, _for_one_framework(cell, runs, group)))
    notebook = nbformat.v4.new_notebook(metadata=dict(chapter.notebook.metadata))
    notebook.cells = [cell for _, cell in arranged]
    notebook.metadata["source_map"] = [line for line, _ in arranged]
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    notebook.metadata.setdefault("language_info", {"name": language})
    notebook.metadata["mystnb"] = {"execution_mode": "off"}
    return notebook


class _Groups:
    """Numbers the tab sets: one more when a framework comes back after another one."""

    def __init__(self) -> None:
        self.number, self.seen = 0, list[str]()

    def of(self, framework: str) -> int:
        if framework in self.seen[:-1]:
            self.close()
        if framework not in self.seen:
            self.seen.append(framework)
        return self.number

    def close(self) -> None:
        self.number, self.seen = self.number + 1, []


def _for_one_framework(
    cell: MergedCell, runs: Mapping[str, Run | None], group: int
) -> NotebookNode:
    assert cell.framework is not None
    outputs = cell.outputs.get(cell.framework, [])
    missing = runs[cell.framework] is None
    return _shown(cell, outputs, framework=cell.framework, group=group, missing=missing)


def _for_every_framework(
    cell: MergedCell, runs: Mapping[str, Run | None], groups: _Groups
) -> list[NotebookNode]:
    """The cell's text once; its outputs once if they are all the same, else in tabs."""
    every = [cell.outputs.get(name, []) for name in runs]
    if not any(run is None for run in runs.values()) and all(o == every[0] for o in every):
        return [_shown(cell, every[0] if every else [])]
    if not any(runs.values()):
        return [_shown(cell, [], missing=True)]
    shown = [_shown(cell, [])]
    for name, run in runs.items():
        outputs = cell.outputs.get(name, [])
        if outputs or (run is None and any(every)):
            part = _shown(cell, outputs, framework=name, group=groups.of(name), missing=run is None)
            part.metadata["tags"] = [*part.metadata.get("tags", []), "remove-input"]
            shown.append(part)
    groups.close()
    return shown


def _shown(cell: MergedCell, outputs: list[NotebookNode], **placement: Any) -> NotebookNode:
    metadata = {**cell.cell.metadata, "polybook": placement}
    return nbformat.v4.new_code_cell(cell.cell.source, outputs=outputs, metadata=metadata)
