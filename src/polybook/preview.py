"""The builds behind `polybook serve`, in a process of their own that has Sphinx at the ready.

The builder process imports what a build needs once and then forks a child for each edition, and
one for the chapters' runs; what a save has changed is therefore never seen by an older import.
The editions that somebody looks at come first. A page is shown before missing cells have run, and
again afterwards.
"""

from __future__ import annotations

import contextlib
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
    from polybook.shortcuts import take_shortcuts

    with contextlib.suppress(PolybookError):
        preload(load_book(options.root))
    take_shortcuts()
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

    def stop(self) -> None:
        """End it, and the kernels that it has started."""
        if self.process.pid and self.process.is_alive():
            os.kill(self.process.pid, signal.SIGINT)
        self.process.join(STOP_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


@dataclass
class _Builder:
    """Renders outdated editions, those that are viewed first; then runs what is missing."""

    orders: Connection
    options: PreviewOptions
    outdated: list[str] = field(default_factory=list)
    viewed: tuple[str, ...] = ()
    unsure_of_runs: bool = True
    running: _Child | None = None
    rendering: dict[str, _Child] = field(default_factory=dict)

    def run(self) -> None:
        self.outdated = list(self.options.editions)
        try:
            while True:
                self._listen(None if self._idle else 0)
                if self.outdated:
                    self._render(self._next())
                elif self.unsure_of_runs and self.options.execute:
                    self.unsure_of_runs = False
                    self.running = _start(run_missing, self.options, "")
        finally:
            for child in self.rendering.values():
                child.stop()
            self._stop_running()

    @property
    def _idle(self) -> bool:
        return not self.outdated and not (self.unsure_of_runs and self.options.execute)

    def _listen(self, seconds: float | None) -> None:
        """Wait for an order or the end of the runs, and take note of it."""
        sources = [self.orders, *([self.running.news] if self.running else [])]
        for source in wait(sources, seconds):
            if source is self.orders:
                self._note(self.orders.recv())
            elif self.running:
                child, self.running = self.running, None
                news = _result(child, "")
                self.orders.send(news)
                if news.changed:
                    self.outdated = list(self.options.editions)

    def _note(self, order: Order) -> None:
        self.viewed = order.viewed
        if not order.changed:
            return
        self.outdated = list(self.options.editions)
        if any(path.suffix not in CATALOG_SUFFIXES for path in order.changed):
            # The files are not those with which the runs began.
            self._stop_running()
            self.unsure_of_runs = True

    def _next(self) -> list[str]:
        """The editions to render now: those that are viewed, or as many others as fit."""
        viewed = [code for code in self.outdated if code in self.viewed]
        return viewed or self.outdated[: self.options.jobs or len(cores())]

    def _render(self, codes: list[str]) -> None:
        from polybook.execute import chapters_of

        self.outdated = [code for code in self.outdated if code not in codes]
        with contextlib.suppress(
            Exception
        ):  # each edition tells it; here they are only parsed once
            chapters_of(load_preview(self.options.root))
        self.rendering = {code: _start(render_preview, self.options, code) for code in codes}
        while self.rendering:
            ready = wait([child.news for child in self.rendering.values()])
            for code, child in list(self.rendering.items()):
                if child.news in ready:
                    news = _result(child, code)
                    self.orders.send(replace(news, modules=()))
                    _import(news.modules)
                    del self.rendering[code]

    def _stop_running(self) -> None:
        if self.running:
            child, self.running = self.running, None
            child.stop()
            self.unsure_of_runs = True


def _start(task: Task, options: PreviewOptions, code: str) -> _Child:
    # Elsewhere a fork is not safe once some system library has been loaded.
    linux = sys.platform.startswith("linux")
    context: ForkContext | SpawnContext = get_context("fork") if linux else get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(task, options, code, writer))
    process.start()
    writer.close()
    return _Child(process, reader)


def _child(task: Task, options: PreviewOptions, code: str, news: Connection) -> None:
    _heed_interrupts()
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
    stamp = edition_folder(book, language) / "tool"
    fresh = not stamp.is_file() or stamp.read_text(encoding="utf-8") != tool_digest()
    edition = render_edition(
        book,
        language,
        RenderOptions(editions=options.editions, strict=options.execute, fresh=fresh),
    )
    messages = _COLOUR.sub("", edition.messages).strip()
    if not edition.ok:
        return News(code, problem=messages or "the edition could not be rendered")
    stamp.write_text(tool_digest(), encoding="utf-8")
    changed = publish(edition_folder(book, language) / "html", book.site / language.url)
    return News(code, changed=changed, remarks=messages, modules=_imported(options))


def publish(new: Path, site: Path) -> bool:
    """Make the served folder like the new one, file by file; tell whether anything changed."""
    wanted = dict(_files(new))
    known = dict(_files(site)) if site.is_dir() else {}
    changed = [name for name, stamp in wanted.items() if known.get(name) != stamp]
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
                status = path.stat()
                yield path.relative_to(folder).as_posix(), (status.st_mtime_ns, status.st_size)


def chosen_editions(book: Book, language: Language | None) -> tuple[str, ...]:
    """All editions; with a language that one, first, and the source language to compare with."""
    if language is None:
        return tuple(each.code for each in book.languages)
    return tuple(dict.fromkeys([language.code, book.source_language.code]))
