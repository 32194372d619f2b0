"""The command names file, line and rule, in English and in the catalog's language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polybook.catalogs import compile_catalogs
from polybook.check import check_catalogs
from polybook.check.command import check
from polybook.config import Book, load_book
from polybook.errors import PolybookError

MakeBook = Callable[..., Book]

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
ONE = "locales/ko/LC_MESSAGES/book/one.po"
WORDS = "locales/ko/LC_MESSAGES/polybook.po"


def _said(book: Book) -> tuple[int, list[str]]:
    lines: list[str] = []
    status = check(book, [book.language("ko")], lines.append)
    return status, "\n".join(lines).splitlines()


def test_a_finding_has_its_place_its_rule_and_what_to_do(make_book: MakeBook) -> None:
    book = make_book(**{ONE: HEADER + 'msgid "See $x$."\nmsgstr "봅시다."\n'})
    assert _said(book) == (
        1,
        [
            f"{ONE}:6: [math] the formula x is missing or changed",
            "    Copy x from the source to where your language wants it.",
            "ko: 1 problem",
        ],
    )


def test_a_finding_is_told_in_the_language_of_the_catalog_too(make_book: MakeBook) -> None:
    words = 'msgid "there are two spaces in a row"\nmsgstr "공백이 두 개 있습니다"\n'
    po = HEADER + 'msgid "See."\nmsgstr "자  봅시다."\n'
    status, lines = _said(make_book(**{ONE: po, WORDS: HEADER + words}))
    assert status == 1
    assert "    공백이 두 개 있습니다 Delete one." in lines


def test_catalogs_without_problems_give_status_zero(make_book: MakeBook) -> None:
    book = make_book(**{ONE: HEADER + 'msgid "See $x$."\nmsgstr "$x$를 봅시다."\n'})
    assert _said(book) == (0, ["ko: 0 problems"])


def test_a_damaged_file_is_a_finding_with_its_line(make_book: MakeBook) -> None:
    book = make_book(**{ONE: HEADER + 'msgid "One"\nmsgstr "하나\n'})
    [finding] = check_catalogs(book, ["ko"])
    assert (finding.path, finding.problem.rule, finding.problem.line) == (
        book.root / ONE,
        "file",
        6,
    )


def test_the_build_refuses_what_nobody_checked(make_book: MakeBook) -> None:
    attack = 'msgid "See."\nmsgstr "<script>alert(1)</script>"\n'
    book = make_book(**{ONE: HEADER + attack})
    with pytest.raises(PolybookError, match=rf"{ONE}:6: refused: "):
        compile_catalogs(book, "ko")


def test_a_derived_language_inherits_what_its_origin_allows(make_book: MakeBook) -> None:
    config = (
        "sphinx: {config: {polybook: {frameworks: {a: {label: A}}, languages: {"
        "en: {label: E}, zh_CN: {label: C}, zh_TW: {label: T, derived_from: zh_CN}}}}}\n"
    )
    allow = "# polybook: allow number: the heading says it\n"
    message = 'msgid "16 cores"\nmsgstr "核心"\n'
    book = make_book(
        **{
            "_config.yml": config,
            "locales/zh_CN/LC_MESSAGES/book/one.po": HEADER + allow + message,
            "locales/zh_TW/LC_MESSAGES/book/one.po": HEADER + message,
        }
    )
    assert check_catalogs(book, ["zh_CN", "zh_TW"]) == []


def test_one_kind_of_apostrophe_holds_in_all_catalogs_of_turkish(tmp_path: Path) -> None:
    config = (
        "sphinx: {config: {polybook: {frameworks: {a: {label: A}}, "
        "languages: {en: {label: English}, tr: {label: Türkçe}}}}}\n"
    )
    (tmp_path / "src").mkdir()
    (tmp_path / "_config.yml").write_text(config, encoding="utf-8")
    folder = tmp_path / "locales/tr/LC_MESSAGES"
    folder.mkdir(parents=True)
    for name, mark in (("one", "'"), ("two", "'"), ("three", "’")):
        text = f'{HEADER}msgid "SGD\'s loss"\nmsgstr "SGD{mark}nin kaybı"\n'
        (folder / f"{name}.po").write_text(text, encoding="utf-8")
    [finding] = check_catalogs(load_book(tmp_path), ["tr"])
    assert finding.path.name == "three.po" and finding.problem.rule == "apostrophe"


def test_the_catalogs_of_this_book_have_no_problem(this_book: Book) -> None:
    codes = [language.code for language in this_book.languages[1:]]
    findings = check_catalogs(this_book, codes)
    assert [(found.path.name, found.problem.line, found.problem.rule) for found in findings] == []
