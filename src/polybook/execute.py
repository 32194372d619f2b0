"""Run what is missing: one job per chapter and framework, each in a kernel of its own.

Every kernel gets its own processor cores and as many threads, so that jobs side by side do not
disturb each other's timings; chapters that ask to be alone run one after the other, at the end.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import queue
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from polybook import probe
from polybook.cells import Chapter, read_chapter
from polybook.config import Book, Framework, cores
from polybook.errors import PolybookError
from polybook.fingerprint import file_digest
from polybook.store import Provenance, Run, Store, run_key

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
STARTUP_SECONDS = 120


@dataclass(frozen=True)
class Job:
    """One chapter's cells for one framework, to be run."""

    chapter: Chapter
    framework: Framework

    def __str__(self) -> str:
        return f"{self.chapter.page} [{self.framework.name}]"


@dataclass(frozen=True)
class Outcome:
    """What became of a chapter × framework: `state` is stored, run or failed."""

    page: str
    framework: str
    state: str
    seconds: float | None = None
    error: PolybookError | None = None


Report = Callable[[str, Job, Outcome | None], None]


def chapters_of(book: Book, pages: Iterable[str] | None = None) -> list[Chapter]:
    """The chapters of the book, or those of the given pages, read and checked."""
    return [read_chapter(book, Path(f"{page}.md")) for page in (pages or book.pages)]


def pages_without_runs(book: Book) -> list[str]:
    """The pages that lack a stored run of some framework."""
    store = Store(book, strict=False)
    return [
        chapter.page
        for chapter in chapters_of(book)
        if not all(store.find(chapter, framework) for framework in chapter.runs_in())
    ]


def execute(
    book: Book,
    chapters: Sequence[Chapter],
    frameworks: Sequence[str] = (),
    *,
    refresh: bool = False,
    jobs: int | None = None,
    report: Report = lambda event, job, outcome: None,
) -> list[Outcome]:
    """Run the chapters × frameworks that the store lacks (all of them with `refresh`).

    `jobs` limits how many kernels run side by side. `report` hears of every `start` and `end`.
    Returns one outcome per chapter × framework in reading order; failures do not stop the others.
    """
    store = Store(book)
    outcomes: dict[tuple[str, str], Outcome] = {}
    missing: list[Job] = []
    for chapter in chapters:
        for framework in chapter.runs_in():
            if frameworks and framework.name not in frameworks:
                continue
            stored = None if refresh else store.find(chapter, framework)
            place = (chapter.page, framework.name)
            if stored:
                outcomes[place] = Outcome(*place, "stored", stored.provenance.seconds)
            else:
                outcomes[place] = Outcome(*place, "missing")
                missing.append(Job(chapter, framework))
    for outcome in _Runner(book, store, report).run(missing, jobs):
        outcomes[outcome.page, outcome.framework] = outcome
    return list(outcomes.values())


class _Runner:
    """Runs jobs side by side, then those that want to be alone; an interrupt ends the kernels."""

    def __init__(self, book: Book, store: Store, report: Report) -> None:
        self.book, self.store, self.report = book, store, report
        self.kernels: set[int] = set()

    def run(self, missing: list[Job], limit: int | None) -> list[Outcome]:
        known = self.store.seconds()
        longest_first = sorted(
            missing,
            key=lambda job: -known.get(f"{job.chapter.page} {job.framework.name}", float("inf")),
        )
        beside = [job for job in longest_first if not job.chapter.settings.alone]
        alone = [job for job in longest_first if job.chapter.settings.alone]
        return self._run_on(_shares(beside)[:limit], beside) + self._run_on([cores()], alone)

    def _run_on(self, shares: list[tuple[int, ...]], jobs: list[Job]) -> list[Outcome]:
        """Run jobs, each on one of the shares of cores; no share has two jobs at a time."""
        free: queue.SimpleQueue[tuple[int, ...]] = queue.SimpleQueue()
        for share in shares:
            free.put(share)

        def run(job: Job) -> Outcome:
            share = free.get()
            try:
                return self._run_one(job, share)
            finally:
                free.put(share)

        with ThreadPoolExecutor(max_workers=len(shares)) as pool:
            futures = [pool.submit(run, job) for job in jobs]
            try:
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for kernel in list(self.kernels):
                    os.kill(kernel, signal.SIGTERM)
                raise

    def _run_one(self, job: Job, share: tuple[int, ...]) -> Outcome:
        self.report("start", job, None)
        place = (job.chapter.page, job.framework.name)
        started = time.perf_counter()
        try:
            run = asyncio.run(run_job(self.book, job, share, self.kernels))
            self.store.add(run)
            outcome = Outcome(*place, "run", run.provenance.seconds)
        except PolybookError as error:
            outcome = Outcome(*place, "failed", time.perf_counter() - started, error)
        self.report("end", job, outcome)
        return outcome


def _shares(jobs: list[Job]) -> list[tuple[int, ...]]:
    """The cores in shares as wide as the jobs' threads ask for; at least one share."""
    width = max((job.framework.threads for job in jobs), default=1)
    mine = cores()
    return [mine[start : start + width] for start in range(0, len(mine) - width + 1, width)] or [
        mine
    ]


async def run_job(book: Book, job: Job, share: tuple[int, ...], kernels: set[int]) -> Run:
    """Run one job in a new kernel on the cores `share`; `kernels` holds its process while it runs.

    Raises `PolybookError` with chapter, line and framework when a cell fails or takes too long,
    or the kernel dies or cannot start.
    """
    chapter, framework = job.chapter, job.framework
    indices = chapter.split(framework.name)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [_cell_to_run(chapter.notebook.cells[index]) for index in indices]
    client = _client(book, job, notebook)
    cell_seconds: list[float] = []
    line = 1
    try:
        async with _kernel(client, book, framework, share, kernels):
            for place, index in enumerate(indices):
                line = chapter.line(index)
                before = time.perf_counter()
                await client.async_execute_cell(notebook.cells[place], place)
                cell_seconds.append(time.perf_counter() - before)
            found = await _probe(client, book, chapter)
    except NoSuchKernel:
        raise PolybookError(
            f"there is no Jupyter kernel {framework.kernel!r} here", chapter.path, 1, framework.name
        ) from None
    except CellExecutionError as error:
        index = indices[len(cell_seconds)]
        raise _cell_error(chapter, framework, index, error) from None
    except CellTimeoutError:
        seconds = chapter.settings.timeout
        raise PolybookError(
            f"the cell took more than {seconds} s and was stopped",
            chapter.path,
            line,
            framework.name,
        ) from None
    except (DeadKernelError, RuntimeError) as error:
        raise PolybookError(
            f"the kernel died: {error}", chapter.path, line, framework.name
        ) from None
    return _record(book, job, notebook, cell_seconds, found)


def _client(book: Book, job: Job, notebook: NotebookNode) -> NotebookClient:
    return NotebookClient(
        notebook,
        timeout=job.chapter.settings.timeout,
        startup_timeout=STARTUP_SECONDS,
        kernel_name=job.framework.kernel,
        resources={"metadata": {"path": str(book.root)}},
        extra_arguments=["--InlineBackend.figure_formats={'svg'}"],
        store_widget_state=False,
    )


@asynccontextmanager
async def _kernel(
    client: NotebookClient,
    book: Book,
    framework: Framework,
    share: tuple[int, ...],
    kernels: set[int],
) -> AsyncIterator[None]:
    """A running kernel, on sockets that only this user can reach where the system has them."""
    with tempfile.TemporaryDirectory(prefix="polybook-") as sockets:
        manager: KernelManager = client.create_kernel_manager()
        manager.connection_file = str(Path(sockets) / "kernel.json")
        if os.name == "posix":
            manager.transport = "ipc"
            manager.ip = str(Path(sockets) / "kernel")
        environment = _environment(book, framework)
        async with client.async_setup_kernel(env=environment, cwd=str(book.root)):
            pid = getattr(manager.provisioner, "pid", None)
            if pid and hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(pid, share)  # before the kernel starts threads of its own
            kernels.update({pid} if pid else ())
            try:
                yield
            finally:
                kernels.discard(pid)


def _cell_to_run(cell: NotebookNode) -> NotebookNode:
    tags = [tag for tag in cell.metadata.get("tags", []) if tag == "raises-exception"]
    return nbformat.v4.new_code_cell(cell.source, metadata={"tags": tags})


def _environment(book: Book, framework: Framework) -> dict[str, str]:
    paths = [str(book.source), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        **{name: str(framework.threads) for name in THREAD_VARIABLES},
        "PYTHONPATH": os.pathsep.join(paths),
        "MATPLOTLIBRC": str(Path(__file__).with_name("matplotlibrc")),
        **framework.environment,
    }


async def _probe(client: NotebookClient, book: Book, chapter: Chapter) -> dict[str, Any]:
    """Ask the kernel what the run depended on and measured."""
    arguments = f"{str(book.source)!r}, {chapter.settings.values!r}, {book.data!r}"
    cell = nbformat.v4.new_code_cell(
        f"{inspect.getsource(probe.probe)}\nprint(probe(globals(), {arguments}))"
    )
    client.nb.cells.append(cell)
    try:
        await client.async_execute_cell(cell, len(client.nb.cells) - 1)
    except CellExecutionError as error:
        raise PolybookError(
            f"after the last cell: {error.ename}: {error.evalue}", chapter.path, 1
        ) from None
    finally:
        client.nb.cells.pop()
    text = "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
    found: dict[str, Any] = json.loads(text.strip().splitlines()[-1])
    return found


def _record(
    book: Book, job: Job, notebook: NotebookNode, cell_seconds: list[float], found: dict[str, Any]
) -> Run:
    chapter, framework = job.chapter, job.framework
    return Run(
        page=chapter.page,
        framework=framework.name,
        key=run_key(chapter, framework),
        outputs=tuple(cell.outputs for cell in notebook.cells),
        files={name: file_digest(book.source / name) or "" for name in found["files"]},
        distributions=found["distributions"],
        data=found["data"],
        values=found["values"],
        provenance=Provenance(
            date=datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            commit=_commit(book.root),
            threads=framework.threads,
            alone=chapter.settings.alone,
            seconds=sum(cell_seconds),
            cell_seconds=tuple(cell_seconds),
            packages=_packages(book, notebook, found),
            **{name: found[name] for name in ("processor", "system", "python", "memory")},
        ),
    )


def _packages(book: Book, notebook: NotebookNode, found: dict[str, Any]) -> tuple[str, ...]:
    """The distributions that the cells and the book's modules import by name."""
    texts = [cell.source for cell in notebook.cells]
    texts += [(book.source / name).read_text(encoding="utf-8") for name in found["files"]]
    names = {
        name
        for text in texts
        for name in re.findall(r"^\s*(?:import|from)\s+([A-Za-z_]\w*)", text, re.MULTILINE)
    }
    owners = {owner for name in names for owner in found["modules"].get(name, [])}
    return tuple(sorted(owners & found["distributions"].keys()))


def _cell_error(
    chapter: Chapter, framework: Framework, index: int, error: CellExecutionError
) -> PolybookError:
    line = chapter.line(index)
    text = re.sub(r"\x1b\[[0-9;]*m", "", error.traceback)
    frames = [int(number) for number in re.findall(r"Cell In\[\d+\], line (\d+)", text)]
    if frames and not chapter.notebook.cells[index].metadata.get("source"):
        line = chapter.code_line(index) + frames[0] - 1
    return PolybookError(
        f"{error.ename}: {error.evalue}", chapter.path, line, framework.name, details=_short(text)
    )


def _short(traceback: str, most: int = 12) -> str:
    lines = [line for line in traceback.splitlines() if line.strip()]
    kept = lines if len(lines) <= most else ["…", *lines[-most:]]
    return "\n".join(f"    {line}" for line in kept)


@cache
def _commit(root: Path) -> str | None:
    """The commit that the book's folder is at, with a + where files differ from it."""
    try:
        result = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return result.stdout.strip() or None
