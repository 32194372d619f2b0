"""The glossary: read with care, and a page that links the languages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from small_book import CONFIG

from polybook.config import Book, Language
from polybook.errors import PolybookError
from polybook.glossary import Glossary, load_glossary
from polybook.glossary_page import sort_key
from polybook.po import Entry, new_catalog

MakeBook = Callable[..., Book]

CSV = """\
term,ko,note
step,스텝,one update
minibatch,미니배치;작은 배치,"a few examples, averaged"
loss function,,
"""


def read(make_book: MakeBook, text: str | bytes) -> Glossary:
    book = make_book()
    book.locales.mkdir(exist_ok=True)
    content = text if isinstance(text, bytes) else text.encode()
    (book.locales / "glossary.csv").write_bytes(content)
    return load_glossary(book)


def test_terms_have_translations_notes_and_lines(make_book: MakeBook) -> None:
    step, minibatch, loss = read(make_book, CSV).terms
    assert (step.term, step.accepted("ko"), step.note, step.line) == (
        "step", ("스텝",), "one update", 2
    )  # fmt: skip
    assert minibatch.accepted("ko") == ("미니배치", "작은 배치")
    assert minibatch.note == "a few examples, averaged"
    assert (loss.accepted("ko"), loss.accepted("tr"), loss.anchor) == ((), (), "term-loss-function")


def test_a_byte_order_mark_and_empty_lines_do_no_harm(make_book: MakeBook) -> None:
    terms = read(make_book, "\ufeffterm,ko,note\r\n\r\nstep,스텝,\r\n".encode()).terms
    assert [(term.term, term.line) for term in terms] == [("step", 3)]


def test_a_book_without_the_file_has_no_terms(book: Book) -> None:
    assert load_glossary(book) == Glossary()


def test_a_language_that_is_added_needs_its_column(make_book: MakeBook) -> None:
    book = make_book(**{"locales/glossary.csv": CSV})
    grown = replace(book, languages=(*book.languages, Language("ja", "日本語", "ja")))
    with pytest.raises(PolybookError, match="glossary.csv:1: there is no column 'ja'"):
        load_glossary(grown)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("term,ko\n", 1, "no column 'note'"),
        ("", 1, "no column 'term'"),
        ("term,ko,xx,note\n", 1, "'xx' is no language"),
        ("term,ko,ko,note\n", 1, "two columns 'ko'"),
        ("term,ko,note\nstep,스텝\n", 2, "expected 3 cells, found 2"),
        ("term,ko,note\nstep,스텝,a, b\n", 2, "quotation marks"),
        ("term,ko,note\n,스텝,\n", 2, "no term"),
        ('term,ko,note\nloss,손실,"a\nb"\nstep,스텝,\nStep,스텝,\n', 5, "line 4 already"),
        ('term,ko,note\nstep,"스텝"x,\n', 2, "no CSV"),
        ('term,ko,note\nstep,"스텝,\n', 2, "no CSV"),
        (b"term,ko,note\nstep," + b"\xff\xfe,\n", 2, "not UTF-8"),
    ],
)
def test_a_bad_glossary_is_an_error_with_its_line(
    make_book: MakeBook, text: str | bytes, line: int, message: str
) -> None:
    with pytest.raises(PolybookError, match=message) as error:
        read(make_book, text)
    assert error.value.line == line


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", ["batch", "Batch size", "loss", "step"]),
        ("ko", ["가중치", "경사하강법", "미니배치", "학습률"]),
        ("tr", ["adım", "çatı", "dönem", "ek yük", "ısı", "İşlemci", "ortalama", "önbellek"]),
        ("zh_CN", ["步", "参数", "方差", "梯度", "学习率"]),  # bù, cānshù, fāngchā, tīdù, xuéxílǜ
        ("zh_TW", ["步", "參數", "梯度", "學習率"]),  # 7, 11, 11 and 16 strokes
        ("fr", ["étape", "gradient", "perte"]),
    ],
)
def test_terms_are_in_the_order_of_their_alphabet(code: str, words: list[str]) -> None:
    assert sorted(reversed(words), key=lambda word: sort_key(word, code)) == words


def pages(make_book: MakeBook) -> dict[str, BeautifulSoup]:
    catalog = new_catalog(make_book().locales / "ko/LC_MESSAGES/book/index.po", "", "ko", "")
    replace(catalog, entries=(Entry("one update", "갱신 한 번"),)).write()
    book = make_book(
        **{
            "_config.yml": CONFIG,
            "locales/glossary.csv": CSV,
            "book/index.md": "# Front\n\n```{translated-glossary}\n```\n",
        }
    )
    command = [sys.executable, "-m", "polybook.cli", "build", "--no-execute", "-W"]
    done = subprocess.run(command, cwd=book.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        code: BeautifulSoup(
            (book.build / f"site/{code}/book/index.html").read_text(encoding="utf-8"),
            "html.parser",
        )
        for code in ("en", "ko")
    }


def test_the_page_lists_and_links_the_terms_of_each_edition(make_book: MakeBook) -> None:
    found = pages(make_book)
    korean = found["ko"].select("table.glossary-table tbody tr")
    assert [row["id"] for row in korean] == [
        "term-loss-function", "term-minibatch", "term-step"
    ]  # fmt: skip
    own, english, note, _others = korean[2].find_all("td")
    assert own.get_text(strip=True) == "스텝"
    assert english.a["href"] == "../../en/book/index.html#term-step"
    assert english.a["lang"] == "en"
    assert note.get_text(strip=True) == "갱신 한 번"
    missing = korean[0].find("td")
    assert missing.get_text(strip=True) == "loss function"
    assert missing.p["lang"] == "en"
    english_rows = found["en"].select("table.glossary-table tbody tr")
    link = english_rows[2].find_all("td")[-1].a
    assert (link["href"], link["lang"], link.get_text()) == (
        "../../ko/book/index.html#term-step", "ko", "스텝"
    )  # fmt: skip
