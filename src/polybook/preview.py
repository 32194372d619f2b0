"""The builds behind `polybook serve`, in a process of their own that has Sphinx at the ready.

The builder process imports what a build needs once and then forks a child for each edition, and
one for the chapters' runs; what a save has changed is therefore never seen by an older import.
The editions that somebody looks at come first. A page is shown before missing cells have run, and
again afterwards.
"""

from __future__ import annotations

import contextlib
import filecmp
import gc
import os
import re
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from polybook.config import Book, Language, cores, load_book
from polybook.errors import PolybookError
from polybook.fingerprint import tool_digest

CATALOG_SUFFIXES = (".po", ".tsv", ".csv")
STOP_SECONDS = 8.0
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class PreviewBook(Book):
    """The same book with working files of its own, so that other builds are not disturbed."""

    @property
    def build(self) -> Path:
        return super().build / "serve"

    @property
    def store(self) -> Path:
        return super().build / "store"

    @property
    def site(self) -> Path:
        """The folder that is served."""
        return self.build / "site"


def load_preview(root: Path) -> PreviewBook:
    """Load the book; raises `PolybookError` as `load_book` does."""
    book = load_book(root)
    return PreviewBook(**{item.name: getattr(book, item.name) for item in fields(book)})


@dataclass(frozen=True)
class PreviewOptions:
    """What is shown: the codes of the `editions`; `execute` runs missing cells."""

    root: Path
    editions: tuple[str, ...]
    execute: bool = True
    jobs: int | None = None


@dataclass(frozen=True)
class Order:
    """What the builder is told: the files that `changed` and the editions that are `viewed`."""

    changed: tuple[Path, ...] = ()
    viewed: tuple[str, ...] = ()


@dataclass(frozen=True)
class News:
    """What the builder tells: how an edition (or, with an empty code, the runs) came out.

    `problem` is empty if all is well. `changed` says that there is something new to see, `remarks`
    are warnings. `modules` is what the task has imported: the builder then has it for the next one.
    """

    edition: str
    problem: str = ""
    changed: bool = False
    remarks: str = ""
    seconds: float = 0.0
    modules: tuple[str, ...] = ()


Task = Callable[[PreviewOptions, str], News]


def builder(orders: Connection, options: PreviewOptions) -> None:
    """The builder process: takes `Order`s and sends `News` until the other end is closed."""
    if hasattr(os, "setsid"):
        os.setsid()  # the server ends this process and its children, not the terminal
    _heed_interrupts()
    with contextlib.suppress(KeyboardInterrupt):
        try:
            _warm_up(options)
            _Builder(orders, options).run()
        except (EOFError, BrokenPipeError):
            return  # the server is gone
        except Exception:
            orders.send(News("", problem=traceback.format_exc()))


def _heed_interrupts() -> None:
    """What a shell starts in the background ignores them otherwise."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _warm_up(options: PreviewOptions) -> None:
    from polybook.render import preload

    with contextlib.suppress(PolybookError):
        preload(load_book(options.root))
    tool_digest()
    gc.freeze()  # the children do not copy what they never change


def _imported(options: PreviewOptions) -> tuple[str, ...]:
    """What this process has imported, except the modules that people edit beside the book."""
    source = load_book(options.root).source
    return tuple(
        name
        for name, module in list(sys.modules.items())
        if name.startswith("polybook.")
        or not Path(getattr(module, "__file__", None) or "/").is_relative_to(source)
    )


def _import(names: tuple[str, ...]) -> None:
    for name in names:
        if name not in sys.modules:
            with contextlib.suppress(Exception):  # some can only be imported in a build
                import_module(name)


@dataclass
class _Child:
    """A process that does one task, and where its news come from."""

    process: BaseProcess
    news: Connection
    interrupted: bool = False

    def interrupt(self) -> None:
        """Tell it to end itself and the kernels that it has started."""
        if self.process.pid and self.process.is_alive() and not self.interrupted:
            self.interrupted = True
            os.kill(self.process.pid, signal.SIGINT)

    def stop(self) -> None:
        """End it."""
        self.interrupt()
        self.process.join(STOP_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


@dataclass
class _Builder:
    """Renders outdated editions, at once those that are viewed; then runs what is missing."""

    orders: Connection
    options: PreviewOptions
    outdated: list[str] = field(default_factory=list)
    viewed: tuple[str, ...] = ()
    rendering: dict[str, _Child] = field(default_factory=dict)
    unsure_of_runs: bool = True
    unseen_runs: bool = False
    running: _Child | None = None

    def run(self) -> None:
        self._note(self.orders.recv())
        self._outdate()
        try:
            while True:
                self._start_tasks()
                self._listen()
        finally:
            for child in [*self.rendering.values(), *([self.running] if self.running else [])]:
                child.stop()

    def _outdate(self) -> None:
        """All editions are to be rendered; the chapters are read here, once for all of them."""
        from polybook.execute import chapters_of

        self.outdated = list(self.options.editions)
        with contextlib.suppress(Exception):  # each edition will tell what is wrong
            chapters_of(load_preview(self.options.root))

    def _start_tasks(self) -> None:
        """Start what can be started. Nobody who looks at a page waits for other editions."""
        for code in sorted(self.outdated, key=lambda code: code not in self.viewed):
            free = len(self.rendering) < (self.options.jobs or len(cores()))
            if code not in self.rendering and (free or code in self.viewed):
                patient = code not in self.viewed
                self.rendering[code] = _start(render_preview, self.options, code, patient)
                self.outdated.remove(code)
        busy = self.outdated or self.rendering or self.running
        if self.options.execute and self.unsure_of_runs and not busy:
            self.unsure_of_runs = False
            self.running = _start(run_missing, self.options)

    def _listen(self) -> None:
        """Wait for an order or the end of a task, and take note of it."""
        children = {child.news: code for code, child in self.rendering.items()}
        runs = [self.running.news] if self.running else []
        for source in wait([self.orders, *children, *runs]):
            if source is self.orders:
                self._note(self.orders.recv())
            elif self.running and source is self.running.news:
                self._finish_runs(self.running)
            else:
                code = next(code for news, code in children.items() if news is source)
                news = _result(self.rendering.pop(code), code)
                self.orders.send(replace(news, modules=()))
                _import(news.modules)

    def _note(self, order: Order) -> None:
        self.viewed = order.viewed
        if not order.changed:
            return
        self._outdate()
        if any(path.suffix not in CATALOG_SUFFIXES for path in order.changed):
            self.unsure_of_runs = True
            if self.running:  # the files are not those with which the runs began
                self.running.interrupt()

    def _finish_runs(self, child: _Child) -> None:
        self.running = None
        news = _result(child, "")
        if child.interrupted:
            self.unseen_runs = True  # it may have stored some before it ended
            return
        self.orders.send(news)
        if news.changed or self.unseen_runs:
            self.unseen_runs = False
            self._outdate()


def _start(task: Task, options: PreviewOptions, code: str = "", patient: bool = False) -> _Child:
    """Start a task in a child; a `patient` one leaves the processor to others."""
    # Elsewhere a fork is not safe once some system library has been loaded.
    linux = sys.platform.startswith("linux")
    context: ForkContext | SpawnContext = get_context("fork") if linux else get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(task, options, code, patient, writer))
    process.start()
    writer.close()
    return _Child(process, reader)


def _child(task: Task, options: PreviewOptions, code: str, patient: bool, news: Connection) -> None:
    _heed_interrupts()
    if patient and hasattr(os, "nice"):
        os.nice(10)
    started = time.perf_counter()
    try:
        found = task(options, code)
    except PolybookError as error:
        found = News(code, problem=str(error))
    except KeyboardInterrupt:
        return
    except Exception:  # whatever it is, the server lives on and shows it
        found = News(code, problem=traceback.format_exc())
    news.send(replace(found, seconds=time.perf_counter() - started))


def _result(child: _Child, code: str) -> News:
    try:
        news: News = child.news.recv()
    except EOFError:
        news = News(code, problem="the build was ended from outside")
    child.process.join()
    return news


def run_missing(options: PreviewOptions, _code: str) -> News:
    """Run the cells that the store lacks."""
    from polybook.execute import chapters_of, execute
    from polybook.progress import Progress

    book = load_book(options.root)
    with Progress() as progress:
        outcomes = execute(book, chapters_of(book), jobs=options.jobs, report=progress.report)
    errors = [str(outcome.error) for outcome in outcomes if outcome.error]
    return News(
        "", problem="\n".join(errors), changed=any(outcome.state == "run" for outcome in outcomes)
    )


def render_preview(options: PreviewOptions, code: str) -> News:
    """Render one edition and, if all went well, put it in its place."""
    from polybook.catalogs import compile_catalogs
    from polybook.execute import chapters_of
    from polybook.render import RenderOptions, edition_folder, render_edition

    gc.disable()  # a third of the time otherwise; this process ends soon
    book = load_preview(options.root)
    language = book.language(code)
    chapters_of(book)  # their faults are told better here than by Sphinx
    compile_catalogs(book, code)
    folder = edition_folder(book, language)
    stamp = folder / "tool"
    known = stamp.read_text(encoding="utf-8") if stamp.is_file() else ""
    # Sphinx notes what it has read before it writes the pages: after an end in between, and after
    # other versions, it has to begin anew.
    stamp.unlink(missing_ok=True)
    environment = folder / "doctrees/environment.pickle"
    before = _stamp(environment)
    settings = RenderOptions(
        editions=options.editions, strict=options.execute, fresh=known != tool_digest()
    )
    edition = render_edition(book, language, settings)
    if edition.ok or _stamp(environment) == before:
        folder.mkdir(parents=True, exist_ok=True)
        stamp.write_text(tool_digest() if edition.ok else known, encoding="utf-8")
    messages = _COLOUR.sub("", edition.messages).strip()
    if not edition.ok:
        return News(code, problem=messages or "the edition could not be rendered")
    changed = publish(folder / "html", book.site / language.url)
    return News(code, changed=changed, remarks=messages, modules=_imported(options))


def publish(new: Path, site: Path) -> bool:
    """Make the served folder like the new one, file by file; tell whether anything changed."""
    wanted = dict(_files(new))
    known = dict(_files(site)) if site.is_dir() else {}
    changed = [
        name
        for name, stamp in wanted.items()
        if known.get(name) != stamp
        # Sphinx writes some files again as they are
        and not (name in known and filecmp.cmp(new / name, site / name, shallow=False))
    ]
    for name in changed:
        target = site / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        shutil.copy2(new / name, part)
        os.replace(part, target)
    removed = known.keys() - wanted.keys()
    for name in removed:
        (site / name).unlink()
    return bool(changed or removed)


def _files(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in ("_sources", ".doctrees")]
        for name in names:
            if not name.startswith("."):
                path = Path(place) / name
                yield path.relative_to(folder).as_posix(), _stamp(path)


def _stamp(path: Path) -> tuple[int, int]:
    """Time and size of a file, zero if there is none."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)


def chosen_editions(book: Book, language: Language | None) -> tuple[str, ...]:
    """All editions; with a language that one, first, and the source language to compare with."""
    if language is None:
        return tuple(each.code for each in book.languages)
    return tuple(dict.fromkeys([language.code, book.source_language.code]))
