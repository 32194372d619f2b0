"""The book in the browser: what a save builds again, who may look, and how it ends."""

from __future__ import annotations

import http.client
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import psutil
import pytest
from small_book import CONFIG, MODULES, ONE, TOC

from polybook.preview import News, publish
from polybook.serve import Audience

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
            found, value = self.events.get(timeout=PATIENCE)
            if found == kind and text in value:
                return value

    def wait_to_show(self, text: str) -> None:
        """Wait for a reload after which the page has a text."""
        self.wait_for("reload")
        while text not in self.server.get(self.path)[1]:
            self.wait_for("reload")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(write_book(tmp_path_factory.mktemp("served")))
    try:
        for path in ("/en/book/one.html", "/ko/book/one.html"):
            started.wait_for_page(path, "betabeta")
        yield started
    finally:
        started.end()


def test_the_script_is_added_to_the_answer_and_not_to_the_file(server: Server) -> None:
    assert "/-/live.js" in server.get("/ko/book/one.html")[1]
    assert server.get("/-/live.js")[0] == 200
    file = server.root / "_build/serve/site/ko/book/one.html"
    assert "live.js" not in file.read_text(encoding="utf-8")


def test_a_saved_translation_is_shown_and_nothing_else_is_built(server: Server) -> None:
    runs = server.runs()
    english = server.root / "_build/serve/site/en/book/one.html"
    before = english.stat().st_mtime_ns
    page = Page(server, "/ko/book/one.html")
    (server.root / "locales/ko/LC_MESSAGES/book/one.po").write_text(korean("첫째"))
    page.wait_to_show("첫째")
    assert english.stat().st_mtime_ns == before
    assert server.runs() == runs


def test_a_saved_text_is_shown_without_running_cells(server: Server) -> None:
    runs = server.runs()
    page = Page(server, "/en/book/one.html")
    chapter = server.root / "book/one.md"
    chapter.write_text(chapter.read_text() + "\nA sentence more.\n")
    page.wait_to_show("A sentence more.")
    server.wait_for_page("/ko/book/one.html", "A sentence more.")
    assert server.runs() == runs


def test_a_saved_module_runs_the_cells_that_import_it(server: Server) -> None:
    runs = server.runs()
    page = Page(server, "/en/book/one.html")
    (server.root / "src/package/beta.py").write_text('name = "gamma"\n')
    page.wait_for("reload")  # the page as it is without the cells' outputs
    page.wait_to_show("gammagamma")
    assert "alphaalpha" in server.get("/en/book/one.html")[1]
    server.wait_for_page("/ko/book/one.html", "gammagamma")
    new = server.runs() - runs
    assert len(new) == 1
    run = json.loads((server.root / "_build/store" / new.pop()).read_text())
    assert run["framework"] == "beta"


@pytest.mark.parametrize(
    ("name", "wrong", "problem"),
    [
        ("book/one.md", ONE.replace(":tags: [alpha]", ":tags: [delta]"), r"book/one\.md:11: "),
        ("locales/ko/LC_MESSAGES/book/one.po", korean('"'), r"one\.po:5: "),
        ("_config.yml", CONFIG.replace("timeout: 60", "timeout: 0"), r"_config\.yml"),
        ("_toc.yml", "format: jb-book\nroot: [\n", r"_toc\.yml"),
    ],
)
def test_a_bad_file_is_told_on_the_page_and_the_last_good_one_stays(
    server: Server, name: str, wrong: str, problem: str
) -> None:
    page = Page(server, "/ko/book/one.html")
    page.wait_for("problem")
    path = server.root / name
    good = path.read_text()
    site = server.root / "_build/serve/site/ko/book/one.html"
    shown = site.read_bytes()
    path.write_text(wrong)
    try:
        while not (told := page.wait_for("problem")):
            pass
        assert re.search(problem, told), told
        assert site.read_bytes() == shown
        server.wait_for(problem)
    finally:
        path.write_text(good)
    while page.wait_for("problem"):
        pass
    assert server.process.poll() is None


def test_a_failing_cell_is_told_with_its_line_and_framework(server: Server) -> None:
    page = Page(server, "/en/book/one.html")
    module = server.root / "src/package/alpha.py"
    module.write_text("name = 1 / 0\n")
    while "ZeroDivisionError" not in (told := page.wait_for("problem")):
        pass
    assert "book/one.md:13 [alpha]" in told
    module.write_text('name = "alpha"\n')
    page.wait_to_show("alphaalpha")
    server.wait_for_page("/ko/book/one.html", "alphaalpha")


def test_only_this_computer_under_this_servers_name_is_answered(server: Server) -> None:
    for host in (f"evil.example:{server.port}", "127.0.0.1", f"127.0.0.1.evil:{server.port}", ""):
        assert server.get("/en/book/one.html", Host=host)[0] == 403
        assert server.get("/-/events?edition=en&version=0", Host=host)[0] == 403
    assert server.get("/en/book/one.html", Host=f"localhost:{server.port}")[0] == 200
    listening = psutil.Process(server.process.pid).net_connections("inet")
    assert {c.laddr.ip for c in listening if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_nothing_but_files_of_the_site_is_sent(server: Server) -> None:
    site = server.root / "_build/serve/site"
    (site / "en/link.txt").symlink_to(server.root / "_config.yml")
    for path in (
        "/../_config.yml",
        "/en/../../../../_config.yml",
        "/%2e%2e/%2e%2e/%2e%2e/_config.yml",
        "/en/..%2f..%2f..%2f..%2f_config.yml",
        "//etc/passwd",
        "/en/link.txt",
        "/en/_static/",
        "/en/missing.html",
    ):
        status, text = server.get(path)
        assert status == 404, path
        assert "polybook" not in text and "root:" not in text and "Directory listing" not in text


def test_a_taken_port_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    root = write_book(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        program = "from pathlib import Path; from polybook.serve import serve; serve(Path('.'), "
        done = subprocess.run(
            [sys.executable, "-c", f"{program}port={taken.getsockname()[1]})"],
            cwd=root,
            capture_output=True,
            text=True,
        )
    assert "choose another one with --port" in done.stderr


def test_without_running_cells_the_page_says_so(tmp_path: Path) -> None:
    server = Server(write_book(tmp_path), "no-execute", "ko")
    try:
        assert server.address.endswith("/ko/book/index.html")
        server.wait_for_page("/ko/book/one.html", "하나")
        assert not server.runs()
        assert "book/one [" not in "\n".join(server.said)
    finally:
        server.end()


def test_an_interrupt_ends_the_kernels_too(tmp_path: Path) -> None:
    slow = ONE.replace("print(twice(name))", "import time\ntime.sleep(600)\nprint(twice(name))")
    server = Server(write_book(tmp_path, **{"book/one.md": slow}))
    server.wait_for(r"book/one \[.*\]: running")
    family = psutil.Process(server.process.pid)
    until(
        lambda: any("ipykernel" in " ".join(child.cmdline()) for child in _children(family)),
        server.said,
    )
    children = _children(family)
    server.end()
    _gone, alive = psutil.wait_procs(children, timeout=PATIENCE / 4)
    assert not alive


def _children(process: psutil.Process) -> list[psutil.Process]:
    found = []
    for child in process.children(recursive=True):
        try:
            child.cmdline()
            found.append(child)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def test_a_page_of_an_older_version_is_told_to_reload_when_it_joins() -> None:
    audience = Audience({"en": "en"})
    loaded_from = audience.version("en")
    audience.hear(News("en", changed=True))
    page = audience.join("en", loaded_from)
    assert [page.get(), page.get()] == [("problem", ""), ("reload", "")]
    page = audience.join("en", audience.version("en"))
    assert (page.get(), page.empty()) == (("problem", ""), True)


def test_news_reach_the_pages_of_their_edition_only() -> None:
    audience = Audience({"en": "en", "ko": "ko"})
    english, korean_page = (audience.join(code, audience.version(code)) for code in ("en", "ko"))
    english.get(), korean_page.get()
    audience.hear(News("ko", problem="one.po:3: wrong"))
    assert korean_page.get() == ("problem", "one.po:3: wrong")
    assert english.empty()
    assert audience.viewed() == ("en", "ko")
    audience.leave(korean_page)
    assert audience.viewed() == ("en",)


def test_only_changed_files_are_put_in_place(tmp_path: Path) -> None:
    new, site = tmp_path / "new", tmp_path / "site"
    new.mkdir()
    for name in ("same", "changed", "gone", ".buildinfo"):
        (new / name).write_text(name)
    assert publish(new, site)
    assert not publish(new, site)
    same = (site / "same").stat().st_ino
    (new / "gone").unlink()
    (new / "changed").write_text("other text")
    assert publish(new, site)
    assert sorted(os.listdir(site)) == ["changed", "same"]
    assert (site / "changed").read_text() == "other text"
    assert (site / "same").stat().st_ino == same
