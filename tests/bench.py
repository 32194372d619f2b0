"""What builds and training cost, as tables and as JSON: only ratios within one run mean anything.

Builds run the real `polybook` command on a copy of the book; what ran in each is read off the
files that it left, not off what it says. Training runs in a process per framework, set up as the
kernels of the chapters are.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from html.parser import HTMLParser
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from polybook.config import Book, cores, load_book
from polybook.execute import THREAD_VARIABLES
from polybook.fingerprint import installed_version
from polybook.probe import probe

ROOT = Path(__file__).resolve().parents[1]
TRACKED_OR_NEW = ("--cached", "--others", "--exclude-standard")
COPIED = ("_config.yml", "_toc.yml", "book", "locales", "src")
MODULES = {"pytorch": "torch", "tensorflow": "tensorflow", "mxnet": "mxnet"}
DISTRIBUTIONS = ("torch", "tensorflow", "tensorflow-cpu", "mxnet", "numpy", "jupyter-book")
WORDS = frozenset({"cells run", "editions"})


@dataclass(frozen=True)
class Edit:
    """A small change of one file: what the first match of `pattern` becomes."""

    name: str
    path: str
    pattern: str
    replacement: str

    def apply(self, root: Path) -> None:
        """Change the file below `root`; raises `ClickException` if nothing in it matches."""
        file = root / self.path
        text = file.read_text(encoding="utf-8")
        text, count = re.subn(self.pattern, self.replacement, text, count=1, flags=re.MULTILINE)
        if not count:
            raise click.ClickException(f"{self.path}: found nothing to edit for {self.name}")
        file.write_text(text, encoding="utf-8")


EDITS = (
    Edit(
        "one prose edit",
        "book/minibatch-sgd.md",
        r"^([A-Z][^`{}$*\n]*\.)$",
        r"\1 Here is one sentence more.",
    ),
    Edit(
        "one PO edit",
        "locales/ko/LC_MESSAGES/book/minibatch-sgd.po",
        r'^(msgstr "[^"\\`{}$*\n]{20,})"$',
        r'\1 …"',
    ),
    Edit("one module edit", "src/minibatch/tensorflow.py", r"\Z", "\n# One comment more.\n"),
)


@dataclass(frozen=True)
class Job:
    """One chapter's cells that ran for one framework; memory is the kernel's peak in bytes."""

    page: str
    framework: str
    cells: int
    seconds: float
    memory: int

    def __str__(self) -> str:
        return f"{Path(self.page).name} [{self.framework}]: {self.cells}"


@dataclass(frozen=True)
class Usage:
    """What a command took of the machine.

    Seconds are on the wall, processor seconds those of all its processes together; memory is the
    peak of the largest process in bytes. The processor seconds suffer less from a busy machine.
    """

    seconds: float
    processor_seconds: float
    memory: int


@dataclass(frozen=True)
class Cost:
    """What one command took, which jobs it ran and which editions it rendered."""

    name: str
    usage: Usage
    jobs: tuple[Job, ...]
    editions: tuple[str, ...]


@dataclass(frozen=True)
class Copy:
    """A copy of the book, and the environment in which its own `polybook` works on it."""

    book: Book
    environment: Mapping[str, str]

    def cost(self, name: str, *arguments: str) -> Cost:
        """Run the command, and see which runs and which editions are newer than before."""
        click.echo(f"{name} …", err=True)
        store, site = self.stored(), self.editions()
        command = [str(Path(sys.executable).with_name("polybook")), *arguments]
        usage = usage_of(command, self.book.root, self.environment)
        jobs = [job_of(path) for path, age in self.stored().items() if store.get(path) != age]
        editions = [code for code, age in self.editions().items() if site.get(code) != age]
        jobs.sort(key=lambda job: (job.page, list(MODULES).index(job.framework)))
        return Cost(name, usage, tuple(jobs), tuple(editions))

    def stored(self) -> dict[Path, int]:
        """The stored runs, and when each was written."""
        return {path: path.stat().st_mtime_ns for path in self.book.store.glob("*-*.json")}

    def editions(self) -> dict[str, tuple[int, int]]:
        """The editions in the site, and what tells a folder from the one that it replaced."""
        folders = {
            language.code: self.book.build / "site" / language.url
            for language in self.book.languages
        }
        stats = {code: folder.stat() for code, folder in folders.items() if folder.is_dir()}
        return {code: (stat.st_ino, stat.st_ctime_ns) for code, stat in stats.items()}


def job_of(path: Path) -> Job:
    """What a stored run says about itself."""
    run = json.loads(path.read_text(encoding="utf-8"))
    made = run["provenance"]
    return Job(run["page"], run["framework"], len(run["outputs"]), made["seconds"], made["memory"])


def usage_of(command: list[str], folder: Path, environment: Mapping[str, str]) -> Usage:
    """Run a command and wait for it.

    Raises `ClickException`, with what the command said, if it fails.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as messages:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=messages, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            messages.seek(0)
            raise click.ClickException(f"{' '.join(command)} failed:\n{messages.read()}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Usage(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * unit)


@contextmanager
def copied_book(environment: Mapping[str, str]) -> Iterator[Copy]:
    """A temporary copy of the book as it is now, without what git ignores: nothing is built."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder).resolve()
        for name in git("ls-files", "-z", *TRACKED_OR_NEW, *COPIED).split("\0"):
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, root / name)
        # The copy's own polybook, so that nothing depends on what happens to the original.
        yield Copy(load_book(root), {**environment, "PYTHONPATH": str(root / "src")})


def git(*arguments: str) -> str:
    """What git answers about this project; raises `ClickException` if it cannot."""
    result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    if result.returncode:
        raise click.ClickException(f"git {arguments[0]}: {result.stderr.strip()}")
    return result.stdout.strip("\0\n")


class Requests(HTMLParser):
    """The addresses that a browser asks for when it loads a page, but for what it loads lazily."""

    RELATIONS = frozenset({"stylesheet", "icon", "preload", "modulepreload"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: dict[str, None] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address of a style sheet, icon, script or image."""
        values = dict(attrs)
        address = values.get("src") if tag in ("script", "img") else None
        if tag == "link" and self.RELATIONS & set((values.get("rel") or "").split()):
            address = values.get("href")
        if address and values.get("loading") != "lazy" and not address.startswith("data:"):
            self.addresses[address] = None


def page_weight(page: Path) -> dict[str, Any]:
    """Requests and gzipped bytes of a built page with what its HTML names.

    Fonts are not counted: which of them a style sheet needs, only a browser can tell.
    """
    addresses = Requests(page.read_text(encoding="utf-8")).addresses
    outside = [address for address in addresses if re.match(r"(https?:)?//", address)]
    local = [address.split("?")[0] for address in addresses if address not in outside]
    missing = [name for name in local if not (page.parent / name).is_file()]
    files = [page, *(page.parent / name for name in local if name not in missing)]
    weight = sum(len(gzip.compress(file.read_bytes())) for file in files)
    requests = 1 + len(addresses)
    return {"requests": requests, "bytes": weight, "outside": outside, "missing": missing}


def measure_builds(environment: Mapping[str, str], frameworks: Sequence[str]) -> dict[str, Any]:
    """Build a copy of the book cold, unchanged and after each edit; then run all its cells anew."""
    with copied_book(environment) as copy:
        chosen = framework_options(copy.book, frameworks)
        costs = [copy.cost("cold", "build", *chosen)]
        edition = copy.book.build / "site" / copy.book.source_language.url
        pages = {page: page_weight(edition / f"{page}.html") for page in copy.book.pages}
        costs.append(copy.cost("no change", "build", *chosen))
        for edit in EDITS:
            edit.apply(copy.book.root)
            costs.append(copy.cost(edit.name, "build", *chosen))
        refresh = copy.cost("execute --refresh", "execute", "--refresh", *chosen)
    cold = costs[0].usage.seconds
    builds = [asdict(cost) | {"ratio_to_cold": cost.usage.seconds / cold} for cost in costs]
    show(build_table(costs), refresh_table(refresh), page_table(pages))
    return {"builds": builds, "refresh": asdict(refresh), "pages": pages}


def framework_options(book: Book, frameworks: Sequence[str]) -> list[str]:
    """What to tell `polybook` so that it takes these frameworks: nothing if they are all."""
    if set(frameworks) == {framework.name for framework in book.frameworks}:
        return []
    return [word for name in frameworks for word in ("--framework", name)]


def build_table(costs: Sequence[Cost]) -> Table:
    """A row per build: time, ratio to the cold one, memory, and what ran."""
    columns = ("build", "seconds", "of cold", "CPU s", "MB", "cells run", "editions")
    table = table_of("Builds: ratio of the seconds to cold, peak memory", *columns)
    for cost in costs:
        table.add_row(
            cost.name,
            f"{cost.usage.seconds:.3g}",
            f"{cost.usage.seconds / costs[0].usage.seconds:.2g}",
            f"{cost.usage.processor_seconds:.3g}",
            megabytes(cost.usage.memory),
            "\n".join(map(str, cost.jobs)) or "none",
            " ".join(cost.editions) or "none",
        )
    return table


def refresh_table(cost: Cost) -> Table:
    """A row per chapter and framework, and the whole command."""
    table = table_of("polybook execute --refresh", "chapter: cells", "seconds", "peak MB")
    for job in cost.jobs:
        table.add_row(str(job), f"{job.seconds:.3g}", megabytes(job.memory))
    usage = cost.usage
    table.add_row("in all, from start to end", f"{usage.seconds:.3g}", megabytes(usage.memory))
    return table


def page_table(pages: Mapping[str, Mapping[str, Any]]) -> Table:
    """A row per page: requests, gzipped kilobytes, requests to other hosts and in vain."""
    columns = ("page", "requests", "KB gzipped", "from outside", "missing")
    table = table_of("Pages, without fonts", *columns)
    for page, weight in pages.items():
        counts = [f"{len(weight[kind])}" for kind in ("outside", "missing")]
        table.add_row(page, f"{weight['requests']}", f"{weight['bytes'] / 1000:.0f}", *counts)
    return table


@dataclass(frozen=True)
class Training:
    """One way to train; more epochs where they are short, so that the clock has something to do."""

    model: str
    batch_size: int
    num_epochs: int

    def seconds_per_epoch(self, framework: ModuleType, data: Sequence[Any]) -> float:
        """Train once; returns the seconds that an epoch took, without compiling and evaluating."""
        how = {"learning_rate": 0.005}
        if self.model == "concise":
            history = framework.train_concise(how, *data, self.batch_size, self.num_epochs)
        else:
            history = framework.train(
                framework.sgd, None, how, *data, self.batch_size, self.num_epochs
            )
        return float(history.seconds_per_epoch)


TRAININGS = (
    Training("scratch", 1, 1),
    Training("scratch", 10, 5),
    Training("scratch", 100, 20),
    Training("scratch", 1500, 100),
    Training("concise", 10, 5),
)


def train_here(framework: str, repeats: int) -> None:
    """Print, as JSON, the seconds per epoch of every training and repeat, in this process."""
    from minibatch.data import airfoil, sources

    warnings.simplefilter("ignore")  # generated data are named in the facts
    module, data = import_module(f"minibatch.{MODULES[framework]}"), airfoil()
    # Round by round, so that a disturbance does not spoil all repeats of one training.
    rounds = [
        [training.seconds_per_epoch(module, data) for training in TRAININGS] for _ in range(repeats)
    ]
    print(json.dumps({"data": sources(), "repeats": list(zip(*rounds, strict=True))}))


def measure_training(
    environment: Mapping[str, str], frameworks: Sequence[str], repeats: int
) -> dict[str, Any]:
    """Train in a process per framework; returns the best seconds per epoch of each training."""
    found = {}
    for name in frameworks:
        click.echo(f"training with {name} …", err=True)
        command = [sys.executable, __file__, "--train", name, "--repeats", str(repeats)]
        kernel = kernel_environment(environment, name)
        result = subprocess.run(command, env=kernel, stdout=subprocess.PIPE)
        if result.returncode:
            raise click.ClickException(f"training with {name} failed")
        found[name] = json.loads(result.stdout.splitlines()[-1])
    best = {name: [min(laps) for laps in found[name]["repeats"]] for name in frameworks}
    show(training_table(best))
    results = [
        asdict(training)
        | {
            "framework": name,
            "seconds_per_epoch": best[name][row],
            "ratio_to_pytorch": ratio(best, name, row),
            "repeats": found[name]["repeats"][row],
        }
        for row, training in enumerate(TRAININGS)
        for name in frameworks
    ]
    return {"data": found[frameworks[0]]["data"], "training": results}


def kernel_environment(environment: Mapping[str, str], name: str) -> dict[str, str]:
    """The environment that polybook gives to the kernels of this framework."""
    framework = load_book(ROOT).framework(name)
    return {
        **environment,
        **{variable: str(framework.threads) for variable in THREAD_VARIABLES},
        "PYTHONPATH": str(ROOT / "src"),
        **framework.environment,
    }


def ratio(best: Mapping[str, Sequence[float]], name: str, row: int) -> float | None:
    """The seconds of a framework over PyTorch's for the same training, None without PyTorch."""
    return best[name][row] / best["pytorch"][row] if "pytorch" in best else None


def training_table(best: Mapping[str, Sequence[float]]) -> Table:
    """A row per model and batch size: each framework's seconds, and their ratio to PyTorch's."""
    table = table_of("Seconds per epoch (ratio to PyTorch)", "model", "batch size", *best)
    for row, training in enumerate(TRAININGS):
        ratios = {name: ratio(best, name, row) for name in best}
        cells = [
            f"{best[name][row]:.3g} ({'–' if part is None else f'{part:.2f}'})"
            for name, part in ratios.items()
        ]
        table.add_row(training.model, str(training.batch_size), *cells)
    return table


def table_of(title: str, first: str, *others: str) -> Table:
    """An empty table: the first column names the rows, and only words may wrap in the others."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right", no_wrap=name not in WORDS)
    return table


def show(*tables: Table) -> None:
    """Print tables as they are: the brackets in them are no markup, and rows stay whole."""
    Console(markup=False, width=max(Console().width, 112)).print(*tables, sep="\n")


def megabytes(count: int) -> str:
    """A number of bytes in megabytes."""
    return f"{count / 1e6:.0f}"


def machine() -> dict[str, Any]:
    """What was measured on, and how busy it was: the same facts that a stored run keeps."""
    facts = json.loads(probe({}, str(ROOT / "src"), None, None))
    return {
        **{name: facts[name] for name in ("processor", "system", "python")},
        "cores": len(cores()),
        "load_average_before": os.getloadavg()[0],
        "versions": {name: installed_version(name) for name in DISTRIBUTIONS},
        "commit": git("describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"),
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }


def frameworks_here(book: Book) -> tuple[str, ...]:
    """The book's frameworks that are installed."""
    names = [framework.name for framework in book.frameworks]
    return tuple(name for name in names if find_spec(MODULES[name]))


def same_folder_for_data() -> dict[str, str]:
    """The environment, with a relative MINIBATCH_DATA still meaning the same elsewhere."""
    folder = os.environ.get("MINIBATCH_DATA")
    return {**os.environ, **({"MINIBATCH_DATA": str(Path(folder).resolve())} if folder else {})}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--builds-only", is_flag=True, help="Leave the training out.")
@click.option("--training-only", is_flag=True, help="Leave the builds out.")
@click.option(
    "--framework",
    "frameworks",
    multiple=True,
    type=click.Choice(tuple(MODULES)),
    help="Only this framework; may be given several times (default: all that are installed).",
)
@click.option(
    "--repeats", default=5, type=click.IntRange(min=1), help="The best of so many counts."
)
@click.option(
    "--output",
    default=ROOT / "_build" / "bench.json",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the JSON goes (default: _build/bench.json).",
)
@click.option("--train", hidden=True, help="Only train, in this process, with this framework.")
def main(
    builds_only: bool,
    training_only: bool,
    frameworks: tuple[str, ...],
    repeats: int,
    output: Path,
    train: str | None,
) -> None:
    """Measure what builds and training cost, as tables and as JSON."""
    if train:
        train_here(train, repeats)
        return
    if builds_only and training_only:
        raise click.UsageError("--builds-only and --training-only leave nothing to measure")
    environment = same_folder_for_data()
    chosen = frameworks or frameworks_here(load_book(ROOT))
    results = {"machine": machine()}
    if not builds_only:
        results |= measure_training(environment, chosen, repeats)
    if not training_only:
        results |= measure_builds(environment, chosen)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    busy = results["machine"]["load_average_before"]
    click.echo(f"One-minute load before the start: {busy:.1f} on {len(cores())} cores. {output}")


if __name__ == "__main__":
    main()
