"""The settings are validated, and every error names the line and the key."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from small_book import CONFIG

from polybook.config import Book
from polybook.errors import PolybookError

MakeBook = Callable[..., Book]


def test_the_settings_are_read(book: Book) -> None:
    assert [framework.name for framework in book.frameworks] == ["alpha", "beta"]
    assert [(lang.code, lang.url, lang.label) for lang in book.languages] == [
        ("en", "en", "English"),
        ("ko", "ko", "한국어"),
    ]
    assert book.pages == ("book/index", "book/one")
    assert book.framework("beta").kernel == "python3"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "label: Alpha",
            "label: 3",
            r"_config.yml:10: .*frameworks\.alpha\.label: expected a text, found 3",
        ),
        (
            "{label: Alpha}",
            "{kernel: x}",
            r"_config.yml:10: .*frameworks\.alpha\.label: is missing",
        ),
        (
            "{label: Alpha}",
            "{label: A, colour: red}",
            r"frameworks\.alpha\.colour: unknown key; it takes",
        ),
        ("alpha:", "Alpha!:", r"frameworks\.Alpha!: a framework's name is a cell tag"),
        (
            "timeout: 60",
            "timeout: 0",
            r"_config.yml:8: .*polybook\.timeout: expected a number above zero",
        ),
        (
            "timeout: 60",
            "timeout: soon",
            r"polybook\.timeout: expected a whole number, found 'soon'",
        ),
        ("timeout: 60", "tiemout: 60", r"polybook\.tiemout: unknown key"),
        ("timeout: 60", "source: lib", r"polybook\.source: there is no folder 'lib'"),
        ("ko: {label", "no: {label", r"languages: the key False must be a text: put it in quotes"),
        ("ko: {label", "korean: {label", r"languages\.korean: expected a language code"),
        (
            "{label: 한국어}",
            "{label: 한국어, url: en}",
            r"languages\.ko\.url: 'en' is not a folder name of its own",
        ),
        (
            "{label: 한국어}",
            "{label: 한국어, derived_from: ja}",
            r"ko\.derived_from: 'ja' is no language",
        ),
        ("    polybook:", "    polyglot:", r"sphinx\.config\.polybook: is missing"),
        ("title: A small book", "title: [", r"_config.yml:\d+: "),
    ],
)
def test_a_wrong_setting_is_an_error_that_names_line_and_key(
    make_book: MakeBook, old: str, new: str, message: str
) -> None:
    assert old in CONFIG
    with pytest.raises(PolybookError) as error:
        make_book(**{"_config.yml": CONFIG.replace(old, new)})
    assert re.search(message, str(error.value)), str(error.value)


def test_a_folder_without_settings_says_where_to_run(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from polybook.config import load_book

    with pytest.raises(PolybookError, match="run polybook in the book's folder"):
        load_book(tmp_path)


def test_an_unknown_framework_or_language_is_answered_with_those_there_are(book: Book) -> None:
    with pytest.raises(PolybookError, match="no framework 'gamma'.*alpha, beta"):
        book.framework("gamma")
    with pytest.raises(PolybookError, match="no language 'ja'.*en, ko"):
        book.language("ja")
