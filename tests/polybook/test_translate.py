"""The translate commands: status, diff, init and derive, as a person runs them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest
from small_book import CONFIG
from test_site import page, polybook, translate

from polybook.config import Book, load_book
from polybook.diff import Change, compare
from polybook.errors import PolybookError
from polybook.new_language import add_language
from polybook.po import Entry, parse_catalog
from polybook.status import Counts, status, totals

MakeBook = Callable[..., Book]

PO = """\
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"

msgid "One two three."
msgstr "하나 둘 셋."

#, fuzzy
#| msgid "Four."
msgid "Four five."
msgstr "넷."

msgid "Six"
msgstr ""

#~ msgid "Gone"
#~ msgstr "사라짐"
"""
PATH = "locales/ko/LC_MESSAGES/book/one.po"


def catalog(book: Book, text: str):  # type: ignore[no-untyped-def]
    return parse_catalog(text, book.root / PATH)


def test_status_counts_messages_and_words(make_book: MakeBook) -> None:
    found = status(make_book(**{PATH: PO}))
    assert found == {"ko": {"book/one": Counts(1, 1, 1, words=6, translated_words=3)}}
    counts = totals(found["ko"].values())
    assert (counts.total, counts.percent) == (3, 33)


def test_a_catalog_is_complete_only_when_nothing_is_left(book: Book) -> None:
    assert Counts(translated=999, missing=1).percent == 99
    assert Counts(translated=7).percent == Counts().percent == 100


def test_status_is_printed_as_a_table_and_as_json(make_book: MakeBook) -> None:
    book = make_book(**{PATH: PO})
    assert "book/one" in polybook(book, "translate", "status").output
    found = json.loads(polybook(book, "translate", "status", "--json").output)
    assert found["ko"]["book/one"] == {
        "translated": 1,
        "fuzzy": 1,
        "missing": 1,
        "words": 6,
        "translated_words": 3,
        "percent": 33,
    }


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, Entry("a"), "To be translated"),
        (None, Entry("a", "가"), "Newly translated"),
        (Entry("a"), Entry("a", "가"), "Newly translated"),
        (Entry("a", "가"), Entry("a", "나"), "Translation changed"),
        (
            Entry("a", "가"),
            Entry("b", "가", flags=frozenset({"fuzzy"}), previous="a"),
            "Out of date: the English changed",
        ),
        (Entry("a", "가", flags=frozenset({"fuzzy"})), Entry("a", "나"), "Brought up to date"),
        (Entry("a", "가"), None, "Removed"),
    ],
)
def test_a_change_is_named_by_what_it_means(
    before: Entry | None, after: Entry | None, kind: str
) -> None:
    assert Change(before, after).kind == kind


def test_a_changed_source_is_compared_with_the_message_it_came_from(book: Book) -> None:
    old = catalog(book, PO)
    new = catalog(
        book,
        PO.replace(
            'msgid "One two three."\nmsgstr "하나 둘 셋."',
            '#, fuzzy\n#| msgid "One two three."\nmsgid "One two."\nmsgstr "하나 둘 셋."',
        ),
    )
    [change] = compare(old, new)
    assert change.before and change.after
    assert (change.before.source, change.after.source) == ("One two three.", "One two.")
    assert compare(old, old) == []


def git(book: Book, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=book.root, check=True, capture_output=True)


def test_diff_shows_a_reviewer_what_changed_since_a_revision(make_book: MakeBook) -> None:
    book = make_book(**{PATH: PO})
    git(book, "init", "-q")
    git(book, "add", ".")
    git(book, "commit", "-qm", "before")
    assert "No translation changes." in polybook(book, "translate", "diff", "HEAD").output
    changed = PO.replace("하나 둘 셋.", "하나, 둘, `` ``` 셋\u202e.")
    (book.root / PATH).write_text(changed, encoding="utf-8")
    shown = polybook(book, "translate", "diff", "HEAD").output
    assert "| ko | book/one | 1 |" in shown and "### Translation changed (1)" in shown
    assert "- 하나 둘 셋.\n+ 하나, 둘, `` ``` 셋<U+202E>.\n````\n" in shown
    assert (
        "git knows no revision 'nonsense'" in polybook(book, "translate", "diff", "nonsense").output
    )
    assert polybook(book, "translate", "diff", "--output=x").exit_code != 0


def test_a_sixth_language_is_in_the_menu_of_the_next_build(make_book: MakeBook) -> None:
    files = {"locales/glossary.csv": "term,ko,note\nminibatch,미니배치,some examples\n"}
    book = make_book(**files)
    added = polybook(book, "translate", "init", "pt_BR")
    assert added.exit_code == 0, added.output
    assert added.output.splitlines()[-5:] == [
        "_config.yml",
        "locales/glossary.csv",
        "locales/pt_BR/LC_MESSAGES/book/index.po",
        "locales/pt_BR/LC_MESSAGES/book/one.po",
        "locales/pt_BR/LC_MESSAGES/polybook.po",
    ]
    extended = load_book(book.root)
    assert [lang.code for lang in extended.languages] == ["en", "ko", "pt_BR"]
    assert extended.language("pt_BR").label == "português (Brasil)"
    glossary = (book.root / "locales/glossary.csv").read_text(encoding="utf-8")
    assert glossary == "term,ko,pt_BR,note\nminibatch,미니배치,,some examples\n"
    built = polybook(extended, "build", "--no-execute")
    assert built.exit_code == 0, built.output
    menu = page(extended, "en").select(".polybook-languages a")
    assert [link["href"] for link in menu] == [
        "../../en/book/one.html",
        "../../ko/book/one.html",
        "../../pt-br/book/one.html",
    ]
    portuguese = page(extended, "pt-br")
    assert portuguese.html is not None and portuguese.html["lang"] == "pt-BR"
    assert "What the cell prints." in portuguese.get_text()


def test_init_keeps_the_form_of_the_settings_and_refuses_nonsense(book: Book) -> None:
    before = (book.root / "_config.yml").read_text(encoding="utf-8")
    for code, message in (
        ("ko", "ko is in _config.yml already"),
        ("klingon", "no language code"),
        ("../x", "no language code"),
    ):
        with pytest.raises(PolybookError, match=message):
            add_language(book, code)
    assert (book.root / "_config.yml").read_text(encoding="utf-8") == before
    add_language(book, "ja", label="日本語")
    line = "        ja: {label: 日本語, url: ja}\n"
    assert (book.root / "_config.yml").read_text(encoding="utf-8") == CONFIG + line


def test_update_leaves_derived_languages_to_derive(make_book: MakeBook) -> None:
    config = CONFIG + "        zh_TW: {label: 繁體中文, derived_from: ko}\n"
    failed = polybook(make_book(**{"_config.yml": config}), "translate", "update", "zh_TW")
    assert failed.exit_code == 1 and "polybook translate derive zh_TW" in failed.output


def test_a_new_translation_is_shown_and_a_fuzzy_one_is_not(book: Book) -> None:
    polybook(book, "translate", "update")
    translate(book, "book/one", {"One": "하나"})
    path = book.root / PATH
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            'msgid "Experiment"\nmsgstr ""', '#, fuzzy\nmsgid "Experiment"\nmsgstr "낡은 번역"'
        ),
        encoding="utf-8",
    )
    polybook(book, "build", "--no-execute", "--language", "ko")
    shown = page(book, "ko").select_one("table.measured-table")
    assert shown is not None and "Experiment" in shown.get_text()
    title = page(book, "ko").select_one("h1")
    assert title is not None and "하나" in title.get_text()
