"""A stored run is found as long as nothing that it depends on changed, and only then."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from polybook.cells import read_chapter
from polybook.config import Book
from polybook.fingerprint import file_digest
from polybook.store import Provenance, Run, Store, run_key


def stored(book: Book, **changes: object) -> Run:
    chapter, framework = read_chapter(book, Path("book/one.md")), book.framework("alpha")
    run = Run(
        page=chapter.page,
        framework="alpha",
        key=run_key(chapter, framework),
        outputs=([], [], [], []),
        files={"package/alpha.py": file_digest(book.source / "package/alpha.py") or ""},
        distributions={},
        data={},
        values={"run": {"loss": 0.5}},
        provenance=Provenance(
            date="2026-01-01T00:00:00+00:00",
            commit=None,
            processor="p",
            system="s",
            python="3",
            threads=1,
            alone=False,
            seconds=1.0,
            cell_seconds=(),
            memory=1,
            packages=(),
        ),
    )
    run = dataclasses.replace(run, **changes)  # type: ignore[arg-type]
    Store(book).add(run)
    return run


def found(book: Book, framework: str = "alpha", strict: bool = True) -> Run | None:
    chapter = read_chapter(book, Path("book/one.md"))
    return Store(book, strict).find(chapter, book.framework(framework))


def rewrite(book: Book, name: str, old: str, new: str) -> None:
    path = book.root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_stored_run_is_found_whole(book: Book) -> None:
    run = stored(book)
    kept = found(book)
    assert kept is not None
    assert (kept.identity, kept.value("run.loss")) == (run.identity, 0.5)
    assert found(book, "beta") is None


def test_prose_does_not_matter(book: Book) -> None:
    stored(book)
    rewrite(book, "book/one.md", "# One", "# Another title")
    assert found(book)


def test_another_frameworks_cell_does_not_matter(book: Book) -> None:
    stored(book)
    rewrite(book, "book/one.md", "from package.beta import name", "name = 'other'")
    assert found(book)


def test_a_tag_that_hides_does_not_matter(book: Book) -> None:
    stored(book)
    rewrite(book, "book/one.md", ":tags: [alpha]", ":tags: [alpha, hide-input]")
    assert found(book)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("book/one.md", "print(twice(name))", "print(name)"),
        ("book/one.md", "from package.alpha import name", "name = 'other'"),
        ("book/one.md", "values: results", "alone: true"),
        ("src/package/alpha.py", "alpha", "aleph"),
        ("src/package/shared.py", "text + text", "2 * text"),
        ("_config.yml", "alpha: {label: Alpha}", "alpha: {label: Alpha, threads: 2}"),
        ("_config.yml", "alpha: {label: Alpha}", "alpha: {label: Alpha, environment: {A: b}}"),
    ],
)
def test_a_change_of_what_ran_matters(book: Book, name: str, old: str, new: str) -> None:
    from polybook.config import load_book

    stored(book)
    rewrite(book, name, old, new)
    assert found(load_book(book.root)) is None


def test_a_module_that_the_run_did_not_import_does_not_matter(book: Book) -> None:
    stored(book)
    rewrite(book, "src/package/beta.py", "beta", "bet")
    assert found(book)


def test_the_label_of_a_framework_does_not_matter(book: Book) -> None:
    from polybook.config import load_book

    stored(book)
    rewrite(book, "_config.yml", "label: Alpha", "label: ALPHA")
    assert found(load_book(book.root))


def test_another_version_of_a_distribution_matters(book: Book) -> None:
    stored(book, distributions={"pytest": "0.0.1"})
    assert found(book) is None
    assert found(book, strict=False) is None


def test_a_distribution_that_is_not_installed_matters_only_for_running(book: Book) -> None:
    stored(book, distributions={"no-such-distribution": "1"})
    assert found(book) is None
    assert found(book, strict=False)


DATA = "def sources():\n    return {'set.dat': %r}\n"


def with_data(make_book: Callable[..., Book], checksum: str | None) -> Book:
    book = make_book(**{"src/data_at_hand.py": DATA % checksum})
    return dataclasses.replace(book, data="data_at_hand.sources")


@pytest.fixture(autouse=True)
def _forget_module(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "data_at_hand", raising=False)


def test_a_run_on_generated_data_holds_until_the_real_ones_are_at_hand(
    make_book: Callable[..., Book], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    book = with_data(make_book, None)
    stored(book, data={"set.dat": None})
    assert found(book)
    monkeypatch.delitem(sys.modules, "data_at_hand", raising=False)
    assert found(with_data(make_book, "sha1:abc")) is None


def test_a_run_on_the_real_data_holds_without_them(make_book: Callable[..., Book]) -> None:
    book = with_data(make_book, None)
    stored(book, data={"set.dat": "sha1:abc"})
    assert found(book)


def test_a_damaged_file_or_one_of_another_format_is_no_run(book: Book) -> None:
    stored(book)
    [path] = book.store.glob("*-*.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content)[:-40], encoding="utf-8")
    assert found(book) is None
    path.write_text(json.dumps(content | {"format": 0}), encoding="utf-8")
    assert found(book) is None


def test_the_newest_of_several_runs_is_shown(book: Book) -> None:
    run = stored(book)
    newer = dataclasses.replace(run.provenance, date="2026-02-01T00:00:00+00:00")
    stored(book, provenance=newer, distributions={"pytest": pytest.__version__})
    kept = found(book)
    assert kept is not None and kept.provenance.date == newer.date
