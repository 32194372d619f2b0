"""Stored runs, found by content: what ran, in which kernel, with which modules, versions and data.

A stored run is one JSON file, `<key>-<rest>.json`. The key says what was asked to run; the rest
tells runs of the same cells apart that had other modules, versions or data.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import nbformat
from nbformat import NotebookNode

from polybook.cells import Chapter
from polybook.config import Book, Framework
from polybook.fingerprint import data_at_hand, digest, file_digest, installed_version

FORMAT = 1


@dataclass(frozen=True)
class Provenance:
    """How a run was made. Seconds are wall-clock, memory is the kernel's peak in bytes.

    `packages` are the distributions that the cells and the book's modules import by name.
    """

    date: str
    commit: str | None
    processor: str
    system: str
    python: str
    threads: int
    alone: bool
    seconds: float
    cell_seconds: tuple[float, ...]
    memory: int
    packages: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One chapter's cells, run once in one framework's kernel.

    `outputs` has one list per cell of `Chapter.split`. `files` maps the book's modules that were
    imported to their digests, `distributions` the imported packages to their versions, `data` the
    data sets to their checksums, None where the data were generated.
    """

    page: str
    framework: str
    key: str
    outputs: tuple[list[dict[str, Any]], ...]
    files: Mapping[str, str]
    distributions: Mapping[str, str]
    data: Mapping[str, str | None]
    values: Mapping[str, Any]
    provenance: Provenance

    @cached_property
    def identity(self) -> str:
        """The digest of all that the outputs depend on, and of when they were made."""
        return digest([self.key, self.files, self.distributions, self.data, self.provenance.date])

    @property
    def generated_data(self) -> tuple[str, ...]:
        """The data sets that were not at hand, so that their numbers were generated."""
        return tuple(name for name, checksum in self.data.items() if checksum is None)

    def output_nodes(self) -> list[list[NotebookNode]]:
        """The outputs as nbformat nodes, a list per cell."""
        return [[nbformat.from_dict(output) for output in outputs] for outputs in self.outputs]

    def value(self, name: str) -> Any:
        """The measured value of a dotted name; raises `KeyError`."""
        value: Any = self.values
        for part in name.split("."):
            if not isinstance(value, Mapping) or part not in value:
                raise KeyError(name)
            value = value[part]
        return value


def run_key(chapter: Chapter, framework: Framework) -> str:
    """The digest of the cells' text and the kernel's settings: what is asked to run."""
    cells = [chapter.notebook.cells[index] for index in chapter.split(framework.name)]
    return digest(
        [
            FORMAT,
            [[cell.source, "raises-exception" in cell.metadata.get("tags", [])] for cell in cells],
            asdict(framework) | {"label": None},
            chapter.settings.alone,
            chapter.settings.values,
        ]
    )


class Store:
    """The stored runs of a book.

    With `strict=False` a distribution that is not installed counts as unchanged, so that stored
    outputs can be shown on a machine without the frameworks.
    """

    def __init__(self, book: Book, strict: bool = True) -> None:
        self.book, self.strict = book, strict
        self._noting = Lock()

    def find(self, chapter: Chapter, framework: Framework) -> Run | None:
        """The newest stored run that still holds, or None."""
        paths = self.book.store.glob(f"{run_key(chapter, framework)}-*.json")
        runs = [run for run in map(_load, paths) if run and self._holds(run)]
        return max(runs, key=lambda run: run.provenance.date, default=None)

    def add(self, run: Run) -> None:
        """Write a run aside, then give it its name: readers see all of it or nothing."""
        self.book.store.mkdir(parents=True, exist_ok=True)
        rest = digest([run.files, run.distributions, run.data])[:16]
        target = self.book.store / f"{run.key}-{rest}.json"
        with tempfile.NamedTemporaryFile(
            "w", dir=self.book.store, suffix=".part", delete=False, encoding="utf-8"
        ) as file:
            json.dump({"format": FORMAT, **asdict(run)}, file, ensure_ascii=False)
        os.replace(file.name, target)
        self._note_seconds(run)

    def seconds(self) -> dict[str, float]:
        """The seconds that the last runs took, by `page framework`."""
        try:
            known: dict[str, float] = json.loads(self._times.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return known

    @property
    def _times(self) -> Path:
        return self.book.store / "seconds.json"

    def _note_seconds(self, run: Run) -> None:
        with self._noting:
            known = self.seconds() | {f"{run.page} {run.framework}": run.provenance.seconds}
            part = self._times.with_suffix(".part")
            part.write_text(json.dumps(known, indent=1, sort_keys=True), encoding="utf-8")
            os.replace(part, self._times)

    def _holds(self, run: Run) -> bool:
        if any(file_digest(self.book.source / name) != known for name, known in run.files.items()):
            return False
        for name, version in run.distributions.items():
            installed = installed_version(name)
            if installed != version and (self.strict or installed is not None):
                return False
        if any(run.data.values()) and all(run.data.values()):
            return True  # the data were the real ones, whose checksum the module itself pins
        at_hand = data_at_hand(self.book) if run.data else {}
        return all(checksum or not at_hand.get(name) for name, checksum in run.data.items())


def _load(path: Path) -> Run | None:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored.pop("format") != FORMAT:
            return None
        provenance = Provenance(**stored.pop("provenance"))
        return Run(provenance=provenance, **stored)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a file that is damaged or of another version is no stored run
