"""The book in the browser: what a save builds again, who may look, and how it ends."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from served_book import PATIENCE, Page, Server, korean, until, write_book
from small_book import CONFIG, ONE

from polybook.preview import News, publish
from polybook.serve import Audience


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
