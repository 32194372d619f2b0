"""`polybook serve`: the book in the browser, built again and reloaded after every save.

Only this computer can reach it. A thread per request serves files and tells the open pages when to
reload; the main thread watches the book's files; the builds happen in a process of their own
(`polybook.preview`), so that no bad file can end the server.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import queue
import secrets
import signal
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from polybook.config import CONFIG_FILE, TOC_FILE, Book, Language, load_book
from polybook.errors import PolybookError
from polybook.preview import (
    News,
    Order,
    PreviewOptions,
    builder,
    chosen_editions,
    load_preview,
)
from polybook.root_page import root_page
from polybook.watch import changes, stamps

ADDRESS = "127.0.0.1"
PORT = 8000
LOOK_SECONDS = 0.25
STOP_SECONDS = 20.0
ALIVE_SECONDS = 15.0
SCRIPT = Path(__file__).parent / "templates/live.js"
WAITING = b"<!DOCTYPE html><meta charset=utf-8><title>polybook</title><p>The book is being built."

Say = Callable[[str], None]


def serve(
    root: Path,
    language: str | None = None,
    *,
    execute: bool = True,
    port: int | None = None,
    open_browser: bool = True,
    jobs: int | None = None,
    say: Say = print,
) -> None:
    """Serve the book until Ctrl-C.

    `language` shows that edition and the source language only. Without `execute` no cell runs.
    Raises `PolybookError` when the book has no valid settings at the start, or the port is taken.
    """
    book = load_preview(root)
    chosen = book.language(language) if language else None
    options = PreviewOptions(book.root, chosen_editions(book, chosen), execute, jobs)
    shown = [book.language(code) for code in options.editions]
    book.site.mkdir(parents=True, exist_ok=True)
    first = f"{book.pages[0]}.html"
    (book.site / "index.html").write_text(root_page(book.title, shown, first), encoding="utf-8")
    audience = Audience({edition.url: edition.code for edition in shown})
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with _server(book.site, audience, port) as address:
        page = f"{address}{chosen.url}/{first}" if chosen else address
        say(f"{page}  (Ctrl-C ends it)")
        if open_browser:
            webbrowser.open(page)
        with contextlib.suppress(KeyboardInterrupt):
            _work(options, audience, chosen or shown[0], say)


def _work(options: PreviewOptions, audience: Audience, default: Language, say: Say) -> None:
    """Watch the files and keep the builder busy, until an interrupt."""
    own = Path(__file__).parent
    book: Book = load_book(options.root)
    known = stamps(book)
    worker = _Worker(options)
    try:
        worker.send(Order(viewed=(default.code,)))
        viewed = audience.viewed()
        while True:
            for news in worker.news(LOOK_SECONDS):
                _tell(news, audience, say)
            known, changed = changes(book, known)
            if {book.root / CONFIG_FILE, book.root / TOC_FILE} & set(changed):
                book = _load_again(book)
            if changed and (not worker.alive or any(path.is_relative_to(own) for path in changed)):
                worker.stop()
                worker = _Worker(options)
            if changed or viewed != audience.viewed():
                viewed = audience.viewed()
                worker.send(Order(changed, viewed or (default.code,)))
    finally:
        worker.stop()


def _load_again(book: Book) -> Book:
    """The book with its new settings, or as it was if they are faulty: the builder tells that."""
    try:
        new = load_book(book.root)
        return new if new.pages else book
    except Exception:  # whatever is wrong with them, the server lives on
        return book


def _tell(news: News, audience: Audience, say: Say) -> None:
    audience.hear(news)
    name = news.edition or "cells"
    if news.remarks:
        say(f"{name}:\n{news.remarks}")
    if news.problem:
        say(f"{name}: not built\n{news.problem}")
    elif news.changed:
        say(f"{name}: {news.seconds:.1f} s")


class _Worker:
    """The builder process and the connection to it."""

    def __init__(self, options: PreviewOptions) -> None:
        context = multiprocessing.get_context("spawn")  # no threads and no locks of ours in it
        self.connection: Connection
        self.connection, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=builder, args=(theirs, options))
        self.process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    def send(self, order: Order) -> None:
        with contextlib.suppress(OSError):
            self.connection.send(order)

    def news(self, seconds: float) -> Iterator[News]:
        """What has come within some seconds, or is there already."""
        try:
            if self.connection.poll(seconds):
                yield self.connection.recv()
                while self.connection.poll(0):
                    yield self.connection.recv()
        except (EOFError, OSError):
            time.sleep(seconds)

    def stop(self) -> None:
        """End the process, which ends its children and their kernels."""
        if self.process.pid and self.process.is_alive():
            os.kill(self.process.pid, signal.SIGINT)
        self.process.join(STOP_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.connection.close()


@dataclass
class Audience:
    """The open pages, what is wrong with their editions, and which version each one should show.

    `editions` maps the folders of the site to language codes.
    """

    editions: dict[str, str]
    session: str = field(default_factory=lambda: secrets.token_hex(4))
    versions: dict[str, int] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    pages: dict[queue.SimpleQueue[tuple[str, str]], str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def viewed(self) -> tuple[str, ...]:
        """The codes of the editions of which a page is open."""
        with self.lock:
            return tuple(sorted(set(self.pages.values())))

    def version(self, code: str) -> str:
        """The version of an edition that a page is loaded from."""
        return f"{self.session}.{self.versions.get(code, 0)}"

    def built(self, code: str) -> bool:
        """Whether an edition has been rendered since the start."""
        return self.versions.get(code, 0) > 0

    def hear(self, news: News) -> None:
        """Pass the news on to the pages that they concern."""
        with self.lock:
            self.problems[news.edition] = news.problem
            first = bool(news.edition) and news.edition not in self.versions and not news.problem
            if news.edition and (news.changed or first):
                self.versions[news.edition] = self.versions.get(news.edition, 0) + 1
            for page, code in self.pages.items():
                if news.edition in ("", code):
                    page.put(("problem", self._problem(code)))
                    if news.edition and (news.changed or first):
                        page.put(("reload", ""))

    def _problem(self, code: str) -> str:
        return "\n\n".join(filter(None, [self.problems.get(code), self.problems.get("")]))

    def join(self, code: str, version: str) -> queue.SimpleQueue[tuple[str, str]]:
        """A page of an edition begins to listen, and hears at once what it has missed."""
        page: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        with self.lock:
            self.pages[page] = code
            page.put(("problem", self._problem(code)))
            if version != self.version(code):
                page.put(("reload", ""))
        return page

    def leave(self, page: queue.SimpleQueue[tuple[str, str]]) -> None:
        """A page is closed."""
        with self.lock:
            self.pages.pop(page, None)


@contextlib.contextmanager
def _server(site: Path, audience: Audience, port: int | None) -> Iterator[str]:
    """A running server; gives its address, with a slash at the end."""
    handler = partial(Handler, site=site, audience=audience)
    try:
        server = _bind(handler, port)
    except OSError as error:
        raise PolybookError(
            f"port {port} cannot be used: {error.strerror}; choose another one with --port"
        ) from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield f"http://{ADDRESS}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # the pages that listen would never end


def _bind(handler: Any, port: int | None) -> ThreadingHTTPServer:
    if port is None:
        with contextlib.suppress(OSError):
            return _Server((ADDRESS, PORT), handler)
    return _Server((ADDRESS, port or 0), handler)


class Handler(SimpleHTTPRequestHandler):
    """Serves the site's files and, below `/-/`, the script of the pages and their events."""

    def __init__(self, *arguments: Any, site: Path, audience: Audience) -> None:
        self.site, self.audience = site, audience
        super().__init__(*arguments, directory=str(site))

    def do_GET(self) -> None:
        """Answer a request."""
        address = urlsplit(self.path)
        if not self._is_for_us():
            self.send_error(HTTPStatus.FORBIDDEN, "Not a host name of this server")
        elif address.path == "/-/live.js":
            self._send(SCRIPT.read_bytes(), "text/javascript")
        elif address.path == "/-/events":
            self._events(parse_qs(address.query))
        else:
            super().do_GET()

    def do_HEAD(self) -> None:
        """Answer a request without the content."""
        if self._is_for_us():
            super().do_HEAD()
        else:
            self.send_error(HTTPStatus.FORBIDDEN, "Not a host name of this server")

    def _is_for_us(self) -> bool:
        """Whether the page was asked for by this server's name.

        Another site could give its own name this address, and would then be let in by the browser.
        """
        port = self.server.server_port  # type: ignore[attr-defined]
        return self.headers.get("Host") in (f"{ADDRESS}:{port}", f"localhost:{port}")

    def send_head(self) -> Any:
        """Files of the site only: no listings, nothing that links lead out of it to."""
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.partition("?")[0].endswith("/"):
            path = path / "index.html"
        edition = self.audience.editions.get(urlsplit(self.path).path.strip("/").partition("/")[0])
        if edition and not self.audience.built(edition):
            return self._page(WAITING, edition, HTTPStatus.SERVICE_UNAVAILABLE)
        if not path.resolve().is_relative_to(self.site.resolve()) or (
            not path.is_file() and not (path / "index.html").is_file()
        ):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        if edition and path.suffix == ".html" and path.is_file():
            return self._page(path.read_bytes(), edition, HTTPStatus.OK)
        return super().send_head()

    def _page(self, content: bytes, edition: str, status: HTTPStatus) -> BytesIO:
        version = self.audience.version(edition)
        script = f'<script src="/-/live.js" data-edition="{edition}" data-version="{version}">'
        content += f"{script}</script>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return BytesIO(content)

    def _send(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _events(self, query: dict[str, list[str]]) -> None:
        """Tell a page what happens, as server-sent events, until it is closed."""
        code, version = query.get("edition", [""])[0], query.get("version", [""])[0]
        if code not in self.audience.editions.values():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        page = self.audience.join(code, version)
        try:
            while True:
                try:
                    kind, text = page.get(timeout=ALIVE_SECONDS)
                    message = f"event: {kind}\ndata: {json.dumps(text)}\n\n"
                except queue.Empty:
                    message = ": still here\n\n"
                self.wfile.write(message.encode())
        except OSError:
            pass  # the page was closed
        finally:
            self.audience.leave(page)

    def end_headers(self) -> None:
        """Nothing is kept by the browser: the next build may differ."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal is for what is wrong with the book."""
