"""The small book as a whole: built in two languages, rebuilt, broken, mended."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup
from small_book import ONE

from polybook.config import Book
from polybook.po import read_catalog

MakeBook = Callable[..., Book]


class Result(NamedTuple):
    exit_code: int
    output: str


def polybook(book: Book, *arguments: str) -> Result:
    """Run the command in a book's folder, as a person does."""
    command = [sys.executable, "-m", "polybook.cli", *arguments]
    done = subprocess.run(
        command, cwd=book.root, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return Result(done.returncode, done.stdout)


def page(book: Book, language: str, name: str = "book/one") -> BeautifulSoup:
    html = (book.build / f"site/{language}/{name}.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser")


def translate(book: Book, name: str, texts: dict[str, str]) -> None:
    catalog = read_catalog(book.locales / f"ko/LC_MESSAGES/{name}.po")
    assert set(texts) <= {entry.source for entry in catalog.active}
    entries = tuple(
        entry.change(text=texts.get(entry.source, entry.text)) for entry in catalog.entries
    )
    replace(catalog, entries=entries).write()


def code_of(soup: BeautifulSoup) -> list[str]:
    return [block.get_text() for block in soup.select("div.cell_input pre")]


def test_a_book_is_built_translated_and_rebuilt(book: Book) -> None:
    built = polybook(book, "build", "-W")
    assert built.exit_code == 0, built.output
    assert (book.build / "site/index.html").is_file()

    english = page(book, "en")
    assert english.html is not None and english.html["lang"] == "en"
    assert "1.25 and 1.25 (Alpha), 1.00 (Beta)" in english.get_text()
    assert [tab.get_text(strip=True) for tab in english.select("label.sd-tab-label")] == [
        "Alpha",
        "Beta",
        "Alpha",
        "Beta",
    ]
    assert "alphaalpha" in english.get_text() and "betabeta" in english.get_text()
    cells = [cell.get_text(strip=True) for cell in english.select("table.measured-table tbody td")]
    assert cells[-4:] == ["1.25", "1.00", "1.00\u00a0×\u00a010⁻⁵", "1.00\u00a0×\u00a010⁻⁵"]
    assert english.select_one("details.polybook-provenance")

    # a second build does nothing, and imports neither Sphinx nor nbclient for it
    check = (
        "import sys; from polybook.cli import main\ntry: main(['build', '-W'])\n"
        "except SystemExit: print([m for m in ('sphinx', 'nbclient', 'numpy') "
        "if m in sys.modules])"
    )
    again = subprocess.run(
        [sys.executable, "-c", check], cwd=book.root, capture_output=True, text=True, check=True
    )
    assert "Nothing changed" in again.stdout and "[]" in again.stdout, again.stdout

    # the catalogs are made, filled and used; only that language is rendered anew
    updated = polybook(book, "translate", "update")
    assert "locales/ko/LC_MESSAGES/book/one.po" in updated.output
    assert polybook(book, "translate", "update").output == ""
    translate(
        book,
        "book/one",
        {"One": "하나", "What the cell prints.": "셀의 출력.", "Experiment": "실험"},
    )
    translate(book, "polybook", {"Figure %s": "그림 %s", "Date": "날짜", "A small book": "작은 책"})
    rebuilt = polybook(book, "build", "-W", "--jobs", "1")
    assert "run," not in rebuilt.output and "Built ko:" in rebuilt.output, rebuilt.output
    korean = page(book, "ko")
    assert korean.html is not None and korean.html["lang"] == "ko"
    text = korean.get_text()
    for word in ("하나", "셀의 출력.", "실험", "그림 1.1", "날짜", "작은 책"):
        assert word in text, word
    assert code_of(korean) == code_of(english)
    assert [a["href"] for a in korean.select("link[hreflang]")] == [
        "../../en/book/one.html",
        "../../ko/book/one.html",
        "../../",
    ]


def test_no_word_of_one_edition_gets_into_another(make_book: MakeBook) -> None:
    from small_book import CONFIG, TOC

    book = make_book(
        **{
            "_config.yml": CONFIG.replace(
                "ko: {label: 한국어}", "ko: {label: 한국어}\n        tr: {label: Türkçe}"
            ),
            "_toc.yml": TOC.replace("chapters:", "parts:\n- caption: Part\n  chapters:").replace(
                "- file", "  - file"
            ),
        }
    )
    polybook(book, "translate", "update")
    translate(book, "book/index", {"Part": "부"})
    translate(book, "polybook", {"Date": "날짜"})
    built = polybook(book, "build", "--no-execute", "--jobs", "1")
    assert built.exit_code == 0, built.output
    captions = {code: page(book, code).select_one("p.caption") for code in ("en", "tr", "ko")}
    assert {code: found and found.get_text() for code, found in captions.items()} == {
        "en": "Part",
        "tr": "Part",
        "ko": "부",
    }


def test_a_prose_edit_runs_no_cell_and_a_module_edit_only_its_own(book: Book) -> None:
    polybook(book, "build")
    path = book.root / "book/one.md"
    path.write_text(ONE.replace("# One", "# Another"), encoding="utf-8")
    edited = polybook(book, "build")
    assert "running" not in edited.output and "Built en, ko" in edited.output, edited.output
    assert "Another" in page(book, "en").get_text()
    assert "Another" in page(book, "en", "book/index").get_text()  # its list of chapters
    (book.source / "package/beta.py").write_text("name = 'bet'\n", encoding="utf-8")
    rerun = polybook(book, "build")
    assert re.findall(r"(\S+ \[\w+\]): running", rerun.output) == ["book/one [beta]"]
    assert "betbet" in page(book, "en").get_text()


def test_a_failing_cell_leaves_the_last_good_site_in_place(book: Book) -> None:
    polybook(book, "build")
    before = (book.build / "site/en/book/one.html").read_bytes()
    path = book.root / "book/one.md"
    path.write_text(ONE.replace("print(twice(name))", "print(twice(nome))"), encoding="utf-8")
    failed = polybook(book, "build")
    assert failed.exit_code == 1
    line = path.read_text().splitlines().index("print(twice(nome))") + 1
    assert f"polybook: book/one.md:{line} [alpha]: NameError: name 'nome' is not" in failed.output
    assert f"book/one.md:{line} [beta]: NameError" in failed.output
    assert (book.build / "site/en/book/one.html").read_bytes() == before


def test_a_warning_is_an_error_where_that_is_asked_for(make_book: MakeBook) -> None:
    book = make_book(**{"book/one.md": ONE.replace("{numref}`fig-one`", "{numref}`fig-none`")})
    failed = polybook(book, "build", "-W", "--language", "en")
    assert failed.exit_code == 1
    assert "fig-none" in failed.output and "could not be rendered: en" in failed.output
    assert not (book.build / "site/en").exists()


def test_without_running_cells_are_marked_and_one_language_is_built(book: Book) -> None:
    built = polybook(book, "build", "--no-execute", "--language", "ko", "--output", "elsewhere")
    assert built.exit_code == 0 and "running" not in built.output
    assert sorted(item.name for item in (book.root / "elsewhere").iterdir()) == [
        ".nojekyll",
        ".polybook.json",
        "index.html",
        "ko",
    ]
    html = (book.root / "elsewhere/ko/book/one.html").read_text(encoding="utf-8")
    assert html.count("This cell has not been run yet.") == 4


def test_one_framework_is_built_without_the_others(make_book: MakeBook) -> None:
    book = make_book(**{"src/package/beta.py": "import a_framework_that_is_not_installed\n"})
    built = polybook(book, "build", "-W", "--framework", "alpha", "--language", "en")
    assert built.exit_code == 0, built.output
    soup = page(book, "en")
    assert {tab.get_text(strip=True) for tab in soup.select("label.sd-tab-label")} == {"Alpha"}
    assert "alphaalpha" in soup.get_text() and "1.25 and 1.25 (Alpha)." in soup.get_text()


def test_execute_prints_a_table_and_fails_with_its_cells(book: Book) -> None:
    done = polybook(book, "execute", "one", "--framework", "alpha")
    assert done.exit_code == 0 and re.search(r"book/one.*run \d+\.\d s", done.output)
    stored = polybook(book, "execute")
    assert re.search(r"book/one.*stored \d+\.\d s.*run \d+\.\d s", stored.output)
    unknown = polybook(book, "execute", "two")
    assert unknown.exit_code == 1
    assert "there is no chapter 'two'; there are: book/index, book/one" in unknown.output


def test_jupyter_book_alone_runs_what_is_missing_and_gives_the_english_edition(book: Book) -> None:
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "-W", "."]
    built = subprocess.run(command, cwd=book.root, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    html = (book.build / "html/book/one.html").read_text(encoding="utf-8")
    assert "alphaalpha" in html and "betabeta" in html and 'class="language-menu' not in html
    (book.root / "book/one.md").write_text(
        ONE.replace("print(twice(name))", "1 / 0"), encoding="utf-8"
    )
    failed = subprocess.run(command, cwd=book.root, capture_output=True, text=True)
    assert failed.returncode != 0
    assert re.search(r"book/one.md:\d+ \[alpha\]: ZeroDivisionError", failed.stdout + failed.stderr)


def test_the_stamp_is_beside_the_site_and_is_no_secret(book: Book) -> None:
    polybook(book, "build", "--no-execute", "--language", "en")
    stamp = json.loads((book.build / "site/.polybook.json").read_text(encoding="utf-8"))
    assert set(stamp) == {"inputs", "tool", "editions"}


def test_a_translation_that_is_no_po_file_is_an_error_with_file_and_line(
    make_book: MakeBook,
) -> None:
    book = make_book(**{"locales/ko/LC_MESSAGES/book/one.po": 'msgid "One"\nmsgstr "하나\n'})
    failed = polybook(book, "build", "--no-execute")
    assert failed.exit_code == 1
    assert "book/one.po:2" in failed.output
