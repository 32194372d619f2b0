"""Chapters run once per framework, each in a kernel of its own; failures name their line."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from small_book import FRONT, ONE

from polybook.config import Book
from polybook.execute import Outcome, chapters_of, execute
from polybook.store import Store

MakeBook = Callable[..., Book]


def run(book: Book, **options: object) -> list[Outcome]:
    return execute(book, chapters_of(book), **options)  # type: ignore[arg-type]


def states(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.framework: outcome.state for outcome in outcomes}


def chapter(*cells: str, front: str = FRONT) -> str:
    return front + "".join(f"\n```{{code-cell}} python\n{cell}\n```\n" for cell in cells)


def error_of(outcomes: list[Outcome], framework: str = "alpha") -> str:
    return str(next(o.error for o in outcomes if o.framework == framework and o.error))


def test_what_is_missing_runs_once_and_is_stored(book: Book) -> None:
    assert states(run(book)) == {"alpha": "run", "beta": "run"}
    assert states(run(book)) == {"alpha": "stored", "beta": "stored"}
    [one] = [c for c in chapters_of(book) if c.page == "book/one"]
    kept = Store(book).find(one, book.framework("alpha"))
    assert kept is not None
    assert kept.outputs[2][0]["text"] == "alphaalpha\n"
    assert kept.values == {"run": {"loss": 1.25, "seconds": 1e-05}}
    assert sorted(kept.files) == ["package/__init__.py", "package/alpha.py"]
    assert "ipykernel" in kept.distributions
    assert kept.provenance.memory > 2**20 and kept.provenance.seconds > 0
    assert len(kept.provenance.cell_seconds) == len(kept.outputs) == 3


def test_one_framework_and_refresh(book: Book) -> None:
    assert states(run(book, frameworks=["beta"])) == {"beta": "run"}
    assert states(run(book, frameworks=["beta"], refresh=True)) == {"beta": "run"}


def test_a_change_in_one_frameworks_module_runs_that_framework_only(book: Book) -> None:
    run(book)
    (book.source / "package/beta.py").write_text("name = 'bet'\n", encoding="utf-8")
    assert states(run(book)) == {"alpha": "stored", "beta": "run"}


def test_a_failing_cell_names_chapter_line_and_framework_and_the_others_are_kept(
    make_book: MakeBook,
) -> None:
    book = make_book(
        **{
            "src/package/beta.py": "name = 3\n\ndef broken(): return 1 / 0\n",
            "book/one.md": ONE.replace(
                "from package.beta import name\n", "from package import beta\nbeta.broken()\n"
            ),
        }
    )
    outcomes = run(book)
    assert states(outcomes) == {"alpha": "run", "beta": "failed"}
    message = error_of(outcomes, "beta")
    line = (book.root / "book/one.md").read_text().splitlines().index("beta.broken()") + 1
    assert message.startswith(f"book/one.md:{line} [beta]: ZeroDivisionError: division by zero\n")
    assert "beta.broken()" in message and len(message.splitlines()) < 20
    assert states(run(book)) == {"alpha": "stored", "beta": "failed"}


def test_a_hung_cell_is_stopped_after_its_time(make_book: MakeBook) -> None:
    front = FRONT.replace("{values: results}", "{timeout: 2}")
    book = make_book(**{"book/one.md": chapter("import time; time.sleep(60)", front=front)})
    assert error_of(run(book)) == (
        "book/one.md:7 [alpha]: the cell took more than 2 s and was stopped"
    )


def test_a_dead_kernel_is_reported(make_book: MakeBook) -> None:
    book = make_book(**{"book/one.md": chapter("a = 1", "import os; os._exit(3)")})
    assert error_of(run(book)).startswith("book/one.md:11 [alpha]: the kernel died")


def test_a_kernel_that_is_not_installed_is_named(make_book: MakeBook) -> None:
    from small_book import CONFIG

    config = CONFIG.replace("alpha: {label: Alpha}", "alpha: {label: Alpha, kernel: nope}")
    outcomes = run(make_book(**{"_config.yml": config}))
    assert states(outcomes) == {"alpha": "failed", "beta": "run"}
    assert error_of(outcomes) == "book/one.md:1 [alpha]: there is no Jupyter kernel 'nope' here"


@pytest.mark.parametrize(
    ("last", "message"),
    [
        ("pass", "the chapter promises a dict 'results', but its cells leave none"),
        ("results = {'a': object}", "results.a is neither a number nor a text"),
    ],
)
def test_values_that_are_missing_or_no_numbers_are_refused(
    make_book: MakeBook, last: str, message: str
) -> None:
    book = make_book(**{"book/one.md": chapter(last)})
    assert message in error_of(run(book))


def test_a_cell_that_may_fail_keeps_its_error_as_output(make_book: MakeBook) -> None:
    text = FRONT.replace("polybook: {values: results}\n", "") + (
        "\n```{code-cell} python\n:tags: [raises-exception]\n1 / 0\n```\n"
    )
    assert states(run(make_book(**{"book/one.md": text}))) == {"alpha": "run"}


def test_kernels_side_by_side_have_their_own_cores_and_threads(make_book: MakeBook) -> None:
    cores = "import os\nresults = {'cores': ','.join(map(str, sorted(os.sched_getaffinity(0)))),"
    cores += " 'threads': os.environ['OMP_NUM_THREADS']}"
    text = ONE.replace('results = {"run": {"loss": 0.25 * len(name), "seconds": 1e-05}}', cores)
    book = make_book(**{"book/one.md": text})
    assert states(run(book)) == {"alpha": "run", "beta": "run"}
    [one] = [c for c in chapters_of(book) if c.page == "book/one"]
    runs = [Store(book).find(one, framework) for framework in book.frameworks]
    shares = [set(str(kept.values["cores"]).split(",")) for kept in runs if kept]
    assert all(len(share) == 1 for share in shares)
    if len(os.sched_getaffinity(0)) > 1:
        assert not shares[0] & shares[1]
    assert all(kept and kept.values["threads"] == "1" for kept in runs)


def test_a_chapter_that_asks_for_it_runs_alone(make_book: MakeBook) -> None:
    text = ONE.replace("{values: results}", "{values: results, alone: true}")
    book = make_book(**{"book/one.md": text})
    running: list[str] = []
    most = 0

    def report(event: str, job: object, outcome: object) -> None:
        nonlocal most
        running.append(str(job)) if event == "start" else running.remove(str(job))
        most = max(most, len(running))

    run(book, report=report)
    assert most == 1


def test_the_longest_known_job_starts_first(book: Book) -> None:
    run(book)
    times = book.store / "seconds.json"
    times.write_text('{"book/one alpha": 1.0, "book/one beta": 9.0}', encoding="utf-8")
    started: list[str] = []
    run(
        book,
        refresh=True,
        jobs=1,
        report=lambda event, job, outcome: started.append(str(job)) if event == "start" else None,
    )
    assert started == ["book/one [beta]", "book/one [alpha]"]
