"""Exercises are numbered and referenced; their solutions are folded parts of the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag
from small_book import CONFIG, FRONT, ONE, TOC
from test_fallback import holding, language_of
from test_site import code_of, page, polybook, translate

from polybook.cells import read_chapter
from polybook.config import Book
from polybook.po import read_catalog

MakeBook = Callable[..., Book]

EXERCISE = """\
```{exercise}
:label: ex-one

What does it print?
```

```{solution-start} ex-one
:class: dropdown
```

Let us run it, before {ref}`ex-two`.

"""
# the last cell of the small book, its figure and its table are the solution
SHOWN = "```{code-cell} python\nprint"
SOLVED = f"""\
{ONE.replace(SHOWN, EXERCISE + SHOWN)}
$$ x = 1 $$ (eq-one)

```{{solution-end}}
```

See {{ref}}`ex-one` and {{ref}}`there <ex-two>`.

```{{exercise}}
:label: ex-two

What else?
```

```{{solution-start}} ex-two
```
Nothing else.
```{{solution-end}}
```
"""


def build(make_book: MakeBook, **files: str) -> Book:
    book = make_book(**{"book/one.md": SOLVED, **files})
    built = polybook(book, "build", "-W", "--jobs", "1")
    assert built.exit_code == 0, built.output
    return book


def solutions(soup: BeautifulSoup) -> list[Tag]:
    return soup.select("article details.solution")


@pytest.fixture
def book(make_book: MakeBook) -> Book:
    return build(make_book)


def test_an_exercise_is_numbered_in_its_chapter_and_referenced_by_its_number(book: Book) -> None:
    english = page(book, "en")
    headings = english.select("div.exercise > h2 > .caption-number")
    assert [heading.get_text(strip=True) for heading in headings] == [
        "Exercise 1.1",
        "Exercise 1.2",
    ]
    assert "See Exercise 1.1 and there." in english.get_text()
    links = english.select("article a.internal[href^='#ex-']")
    assert [link["href"] for link in links] == ["#ex-two", "#ex-one", "#ex-two"]
    assert english.select("div.exercise#ex-one") and english.select("details#ex-one-solution")
    assert [tag["id"] for tag in english.select("[id]")] == list(
        dict.fromkeys(tag["id"] for tag in english.select("[id]"))
    )


def test_a_solution_is_folded_and_holds_all_that_is_between_its_gates(book: Book) -> None:
    folded, opened = solutions(page(book, "en"))
    assert not folded.has_attr("open") and opened.has_attr("open")
    summary = folded.select_one("summary")
    assert summary is not None and summary.get_text(strip=True) == "Solution"
    assert (
        "Let us run it, before Exercise 1.2." in folded.get_text()
        and "Nothing else." in opened.get_text()
    )
    for part in ("#fig-one .sd-tab-set", "table#tab-one", "#equation-eq-one", "div.cell_input pre"):
        assert folded.select_one(part), part
    assert "alphaalpha" in folded.get_text() and "betabeta" in folded.get_text()
    # what follows a solution is outside of it
    assert holding(page(book, "en"), "See Exercise 1.1").find_parent("details") is None


def test_the_cells_of_a_solution_are_cells_of_the_page(make_book: MakeBook, book: Book) -> None:
    with_solutions = read_chapter(book, book.page_path("book/one"))
    shown = code_of(page(book, "en"))
    assert [text.strip() for text in shown] == [
        cell.source for cell in with_solutions.notebook.cells if cell.cell_type == "code"
    ]
    plain = read_chapter(make_book(), book.page_path("book/one"), ONE)
    assert with_solutions.split("alpha") and len(with_solutions.split("alpha")) == len(
        plain.split("alpha")
    )


def test_exercises_and_solutions_are_translated_and_their_words_too(book: Book) -> None:
    polybook(book, "translate", "update")
    messages = [
        entry.source
        for entry in read_catalog(book.locales / "ko/LC_MESSAGES/book/one.po").active
        if entry.source
    ]
    for text in (
        "What does it print?",
        "Let us run it, before {ref}`ex-two`.",
        "What the cell prints.",
        "What else?",
    ):
        assert text in messages
    assert not {"Solution", "Exercise", "Exercise 1.1"} & set(messages)
    see = "See {ref}`ex-one` and {ref}`there <ex-two>`."
    translate(
        book, "book/one", {see: "{ref}`ex-one`와 {ref}`저기 <ex-two>`.", "Nothing else.": "없다."}
    )
    translate(book, "polybook", {"Exercise %s": "연습문제 %s", "Solution": "풀이"})
    built = polybook(book, "build", "-W", "--jobs", "1")
    assert built.exit_code == 0, built.output
    korean = page(book, "ko")
    text = korean.get_text()
    assert "연습문제 1.1과 저기." in text and "없다." in solutions(korean)[1].get_text()
    assert [s.select_one("summary").get_text(strip=True) for s in solutions(korean)] == [
        "풀이",
        "풀이",
    ]
    # what is not translated is marked, with English names; the headings are in Korean
    assert language_of(holding(korean, "What does it print?")) == "en"
    assert language_of(holding(korean, "Let us run it, before Exercise 1.2.")) == "en"
    assert {language_of(tag) for tag in korean.select(".exercise__heading, summary")} == {"ko"}
    assert code_of(korean) == code_of(page(book, "en"))


def test_the_texts_of_exercises_and_solutions_are_searched(book: Book) -> None:
    index = (book.build / "site/en/searchindex.js").read_text(encoding="utf-8")
    assert '"print"' in index or "print:" in index
    assert '"els"' in index or "els:" in index  # the stem of "else"


def test_an_exercise_of_another_chapter_is_referenced(make_book: MakeBook) -> None:
    book = build(
        make_book,
        **{
            "_toc.yml": TOC + "- file: book/two\n",
            "book/two.md": "# Two\n\nSee {ref}`ex-two` and {numref}`ex-three`.\n\n"
            "```{exercise}\n:label: ex-three\n\nWhy?\n```\n",
        },
    )
    assert "See Exercise 1.2 and Exercise 2.1." in page(book, "en", "book/two").get_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "````{note}\n```{solution-start} ex-used\n```\n````\n",
            "WARNING: solution-start: its solution-end is not beside it",
        ),
        (
            "```{exercise}\n:label: ex-used\n\nWhy?\n```\n",
            "WARNING: duplicate label ex-used, other instance in",
        ),
    ],
    ids=["gate-in-note", "label-of-another-page"],
)
def test_what_only_the_whole_book_shows_is_a_warning_with_its_line(
    make_book: MakeBook, text: str, message: str
) -> None:
    book = make_book(
        **{
            "_config.yml": CONFIG,
            "_toc.yml": TOC + "- file: book/two\n",
            "book/one.md": FRONT + "# One\n\n```{exercise}\n:label: ex-used\n\nWhy?\n```\n",
            "book/two.md": "# Two\n\n" + text,
        }
    )
    failed = polybook(book, "build", "-W", "--language", "en")
    assert failed.exit_code == 1
    assert re.search(r"book/two\.md:\d+: " + re.escape(message), failed.output), failed.output
