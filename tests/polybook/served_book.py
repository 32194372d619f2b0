"""A small book that is served by `polybook serve` in a process of its own, and its open pages."""

from __future__ import annotations

import http.client
import json
import queue
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from small_book import CONFIG, MODULES, ONE, TOC

PATIENCE = 120  # seconds after which a test gives up; nothing here measures time
START = """
import sys
from pathlib import Path
from polybook.serve import serve
if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[3] or None, execute=sys.argv[2] == "execute", port=0,
          open_browser=False, say=lambda text: print(text, flush=True))
"""


def write_book(root: Path, **files: str) -> Path:
    content = {
        "_config.yml": CONFIG,
        "_toc.yml": TOC,
        "book/index.md": "# Front\n",
        "book/one.md": ONE,
        "locales/ko/LC_MESSAGES/book/one.po": korean("하나"),
        **{f"src/package/{name}": text for name, text in MODULES.items()},
        **files,
    }
    for name, text in content.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def korean(title: str) -> str:
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    return f'{header}\nmsgid "One"\nmsgstr "{title}"\n'


class Server:
    """`polybook serve` in a process of its own."""

    def __init__(self, root: Path, mode: str = "execute", language: str = "") -> None:
        self.root = root
        script = root / "start.py"
        script.write_text(START, encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(root), mode, language],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=root,
        )
        self.said: list[str] = []
        self.reader = Thread(target=self._read, daemon=True)
        self.reader.start()
        self.wait_for(r"http://\S+")
        self.address = re.findall(r"http://\S+", self.said[0])[0]

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.said.append(line.rstrip())

    def wait_for(self, pattern: str, after: int = 0) -> None:
        """Wait until a line that the server says matches."""
        until(lambda: any(re.search(pattern, line) for line in self.said[after:]), self.said)

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def wait_for_page(self, path: str, text: str) -> str:
        """Wait until a page has a text."""
        found: list[str] = []

        def there() -> bool:
            found[:] = [self.get(path)[1]]
            return text in found[0]

        until(there, self.said)
        return found[0]

    def runs(self) -> set[str]:
        return {path.name for path in (self.root / "_build/store").glob("*-*.json")}

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(PATIENCE) == 0, self.said
        self.reader.join()


def until(done: Callable[[], bool], said: list[str]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "\n".join(said)
        time.sleep(0.05)


class Page:
    """An open page: hears what its edition's script would hear."""

    def __init__(self, server: Server, path: str) -> None:
        self.server, self.path = server, path
        _status, html = server.get(path)
        found = re.search(r'data-edition="(\w+)" data-version="([^"]+)"', html)
        assert found, html[-300:]
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.request("GET", f"/-/events?edition={found[1]}&version={found[2]}")
        self.events: queue.Queue[tuple[str, str]] = queue.Queue()
        self.answer = connection.getresponse()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        kind = ""
        with suppress(OSError), self.answer:  # the server ends it, or the test
            while line := self.answer.readline().decode():
                name, _colon, value = line.strip().partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    self.events.put((kind, json.loads(value)))

    def wait_for(self, kind: str, text: str = "") -> str:
        while True:
            try:
                found, value = self.events.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError("\n".join(self.server.said)) from None
            if found == kind and text in value:
                return value

    def wait_to_show(self, text: str) -> None:
        """Wait for a reload after which the page has a text."""
        self.wait_for("reload")
        while text not in self.server.get(self.path)[1]:
            self.wait_for("reload")
