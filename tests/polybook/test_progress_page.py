"""The page that shows how far the translations are."""

from __future__ import annotations

from collections.abc import Callable

from small_book import CONFIG, TOC
from test_fallback import KOREAN, PAGE, PATH, REPOSITORY, SETTINGS
from test_site import page, polybook

from polybook.config import Book, load_book
from polybook.translate_link import catalog_url, help_url, source_url

MakeBook = Callable[..., Book]

PROGRESS = "# Progress\n\n```{translation-progress}\n```\n"


def test_a_bar_for_each_language_and_a_row_for_each_page(make_book: MakeBook) -> None:
    book = make_book(
        **{
            "_config.yml": SETTINGS,
            "_toc.yml": TOC + "- file: book/progress\n",
            "book/one.md": PAGE,
            "book/progress.md": PROGRESS,
            "book/picture.png": "",
            PATH: KOREAN,
        }
    )
    built = polybook(book, "build", "-W", "--no-execute", "--jobs", "1")
    assert built.exit_code == 0, built.output
    for code in ("en", "ko"):
        shown = page(book, code, "book/progress")
        language, one = shown.select("div[role=progressbar]")
        assert (language["aria-label"], language["aria-valuenow"]) == ("한국어", "60")
        assert one["aria-valuetext"] == "60%"
        cells = [cell.get_text(" ", strip=True) for cell in shown.select("tbody")[1].select("td")]
        assert cells[1:3] == ["2", "0"] and cells[3] == "7 of 20"
        first, file = shown.select("tbody")[1].select("a")
        assert first["href"] == "../../ko/book/one.html" and first.get_text() == "1. One"
        assert file["href"] == f"{REPOSITORY}/blob/main/{PATH}"
        (target,) = shown.select("tbody a[href='#progress-ko']")
        assert target["lang"] == "ko" and shown.select("details #progress-ko")

    # a translation goes on: the page is read again, the others need not be
    path = book.root / PATH
    path.write_text(KOREAN + '\nmsgid "Head"\nmsgstr "머리"\n', encoding="utf-8")
    assert polybook(book, "build", "--no-execute", "--jobs", "1").exit_code == 0
    assert page(book, "ko", "book/progress").select_one("[role=progressbar]")[
        "aria-valuenow"
    ] == str(400 // 6)


def test_addresses_at_the_repository(make_book: MakeBook) -> None:
    languages = "        zh_CN: {label: 简体}\n        zh_TW: {label: 繁體, derived_from: zh_CN}\n"
    book = make_book(**{"_config.yml": SETTINGS + languages})
    files = f"{REPOSITORY}/blob/main"
    assert catalog_url(book, "zh_CN", "book/a b") == (
        f"{files}/locales/zh_CN/LC_MESSAGES/book/a%20b.po"
    )
    assert catalog_url(book, "zh_TW", "book/one") == f"{files}/locales/zh_TW/overrides.po"
    assert source_url(book, "book/one") == help_url(book, "en", "book/one")
    assert help_url(book, "ko", "book/one") == catalog_url(book, "ko", "book/one")
    (book.root / "_config.yml").write_text(CONFIG, encoding="utf-8")
    assert catalog_url(load_book(book.root), "ko", "book/one") is None
