"""Catalogs keep what people wrote, change little, and one language is derived from another."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import polybook
from polybook.catalogs import site_words, update_catalogs
from polybook.config import Book
from polybook.derive import derive_catalogs, flagged_overrides
from polybook.errors import PolybookError
from polybook.po import Catalog, Entry, read_catalog

MakeBook = Callable[..., Book]

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def template(folder: Path, *messages: str) -> Path:
    entries = tuple(Entry(message) for message in messages)
    Catalog(folder / "book/one.pot", Entry(""), entries).write()
    return folder


def korean(book: Book) -> Path:
    return book.locales / "ko/LC_MESSAGES/book/one.po"


def update(book: Book, *messages: str, incomplete: tuple[str, ...] = ()) -> list[Path]:
    templates = template(book.root / "templates", *messages)
    return update_catalogs(book, templates, [book.language("ko")], incomplete)


def fill(book: Book, **texts: str) -> None:
    catalog = read_catalog(korean(book))
    assert set(texts) <= {entry.source for entry in catalog.active}
    entries = tuple(
        entry.change(text=texts.get(entry.source, entry.text)) for entry in catalog.entries
    )
    replace(catalog, entries=entries).write()


def test_an_update_twice_changes_nothing_the_second_time(book: Book) -> None:
    assert {path.name for path in update(book, "One", "Two")} == {"one.po", "polybook.po"}
    before = korean(book).read_bytes()
    assert update(book, "One", "Two") == []
    assert korean(book).read_bytes() == before
    assert b"Date" not in before and b"EMAIL" not in before and b"#:" not in before


def test_translations_and_translators_comments_are_kept(book: Book) -> None:
    update(book, "One", "Two")
    text = korean(book).read_text(encoding="utf-8")
    text = text.replace('msgid "One"\nmsgstr ""', '# a remark\nmsgid "One"\nmsgstr "하나"')
    korean(book).write_text(text, encoding="utf-8")
    update(book, "Zero", "One", "Two")
    entry = read_catalog(korean(book)).find("One")
    assert entry and (entry.text, entry.comments) == ("하나", ("a remark",))


def test_a_changed_message_keeps_its_translation_as_fuzzy_with_the_previous_text(
    book: Book,
) -> None:
    update(book, "The middle is the minibatch.")
    fill(book, **{"The middle is the minibatch.": "가운데가 미니배치입니다."})
    update(book, "The middle is the mini-batch.")
    text = korean(book).read_text(encoding="utf-8")
    assert '#, fuzzy\n#| msgid "The middle is the minibatch."\n' in text
    assert 'msgstr "가운데가 미니배치입니다."' in text


def test_a_removed_message_is_kept_as_obsolete_and_comes_back(book: Book) -> None:
    update(book, "A sentence that goes away.", "Two")
    fill(book, **{"A sentence that goes away.": "사라질 문장."})
    update(book, "Two")
    assert '#~ msgstr "사라질 문장."' in korean(book).read_text(encoding="utf-8")


def test_figure_texts_of_a_page_that_has_not_been_run_are_not_retired(book: Book) -> None:
    update(book, "One", "epoch")
    fill(book, epoch="에포크")
    update(book, "One", incomplete=("book/one",))
    entry = read_catalog(korean(book)).find("epoch")
    assert entry and entry.text == "에포크" and entry.current


def test_figure_texts_of_a_page_that_has_not_been_run_stay_where_they_are(book: Book) -> None:
    update(book, "loss", "One", "epoch", "Two", "step")
    before = korean(book).read_bytes()
    assert update(book, "One", "Two", incomplete=("book/one",)) == []
    assert korean(book).read_bytes() == before
    update(book, "Zero", "One", "Three", incomplete=("book/one",))
    sources = [entry.source for entry in read_catalog(korean(book)).active]
    assert sources == ["loss", "Zero", "One", "epoch", "Two", "step", "Three"]


def test_braces_in_prose_make_no_format(book: Book) -> None:
    update(book, "See {numref}`fig-one` and 100% of it.")
    assert "format" not in korean(book).read_text(encoding="utf-8")


def test_the_sites_words_are_found_in_the_package_itself(book: Book) -> None:
    words = {entry.source for entry in site_words(book)}
    assert {
        "A small book",
        "Section %s",
        "Language",
        "How these numbers were made",
        "generated stand-in",
        "This cell has not been run yet.",
        "Light",
    } <= words


def test_no_word_of_the_site_is_marked_where_the_extractor_does_not_look(book: Book) -> None:
    """Babel does not look into f-strings."""
    words = {entry.source for entry in site_words(book)}
    marked = {
        call.args[0].value
        for path in Path(polybook.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "_"
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(marked) > 50 and marked - words == set()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('msgid "One"\nmsgstr "하나\n', 6),
        ('msgid "One"\nmsgstr "하나"\nstray words\n', 7),
        ('msgid One\nmsgstr "하나"\n', 5),
    ],
)
def test_a_damaged_po_file_is_an_error_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "one.po"
    path.write_text(HEADER + text, encoding="utf-8")
    with pytest.raises(PolybookError) as error:
        read_catalog(path)
    assert (error.value.path, error.value.line) == (path, line)


def test_a_po_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "one.po"
    path.write_bytes((HEADER + 'msgid "One"\nmsgstr "하나"\n').encode("euc-kr"))
    with pytest.raises(PolybookError, match="UTF-8"):
        read_catalog(path)


CHINESE = """\
sphinx:
  config:
    polybook:
      frameworks:
        alpha: {label: Alpha}
      languages:
        en: {label: English}
        zh_CN: {label: 简体中文}
        zh_TW: {label: 繁體中文, derived_from: zh_CN}
"""


def chinese_book(make_book: MakeBook, **files: str) -> Book:
    po = HEADER + 'msgid "cache"\nmsgstr "缓存"\n\nmsgid "data"\nmsgstr "数据集和缓存"\n'
    return make_book(
        **{"_config.yml": CHINESE, "locales/zh_CN/LC_MESSAGES/book/one.po": po, **files}
    )


def taiwanese(book: Book) -> dict[str, str]:
    derive_catalogs(book, book.language("zh_TW"))
    path = book.locales / "zh_TW/LC_MESSAGES/book/one.po"
    return {entry.source: entry.text for entry in read_catalog(path).entries}


def test_a_language_is_derived_with_its_own_words(make_book: MakeBook) -> None:
    book = chinese_book(make_book)
    assert taiwanese(book) == {"cache": "快取", "data": "資料集和快取"}
    assert derive_catalogs(book, book.language("zh_TW")) == []


def test_the_word_list_and_human_overrides_win_and_stay(make_book: MakeBook) -> None:
    book = chinese_book(
        make_book,
        **{
            "locales/zh_TW/terms.tsv": "# remark\n快取\t快取記憶體\n",
            "locales/zh_TW/overrides.po": HEADER + 'msgid "data"\nmsgstr "資料"\n',
        },
    )
    assert taiwanese(book) == {"cache": "快取記憶體", "data": "資料"}
    assert taiwanese(book) == {"cache": "快取記憶體", "data": "資料"}


def test_a_wrong_line_in_the_word_list_is_an_error_with_its_line(make_book: MakeBook) -> None:
    book = chinese_book(make_book, **{"locales/zh_TW/terms.tsv": "快取\t快取\n甲 乙\n"})
    with pytest.raises(PolybookError, match=r"terms.tsv:2: a line is two words with a tab"):
        derive_catalogs(book, book.language("zh_TW"))


def test_a_language_that_is_not_derived_says_so(book: Book) -> None:
    with pytest.raises(PolybookError, match="ko is not derived from another language"):
        derive_catalogs(book, book.language("ko"))


def test_an_override_is_flagged_when_the_text_it_replaces_has_changed(
    make_book: MakeBook,
) -> None:
    book = chinese_book(
        make_book, **{"locales/zh_TW/overrides.po": HEADER + 'msgid "data"\nmsgstr "資料"\n'}
    )
    taiwan = book.language("zh_TW")
    assert taiwanese(book)["data"] == "資料" and not flagged_overrides(book, taiwan)
    chinese = book.root / "locales/zh_CN/LC_MESSAGES/book/one.po"
    text = chinese.read_text(encoding="utf-8")
    chinese.write_text(text.replace("数据集和缓存", "数据和缓存"), encoding="utf-8")
    assert taiwanese(book)["data"] == "資料"
    assert [entry.source for entry in flagged_overrides(book, taiwan)] == ["data"]
    overrides = book.root / "locales/zh_TW/overrides.po"
    seen = overrides.read_text(encoding="utf-8").replace("#, fuzzy\n", "")
    overrides.write_text(seen.replace("数据集和缓存", "数据和缓存"), encoding="utf-8")
    assert taiwanese(book)["data"] == "資料" and not flagged_overrides(book, taiwan)


def test_a_moved_paragraph_takes_its_translation_along(book: Book) -> None:
    update(book, "A paragraph that moves.")
    fill(book, **{"A paragraph that moves.": "옮겨 가는 단락."})
    folder = template(book.root / "templates", "Another one.")
    Catalog(folder / "book/index.pot", Entry(""), (Entry("A paragraph that moves."),)).write()
    update_catalogs(book, folder, [book.language("ko")])
    entry = read_catalog(book.locales / "ko/LC_MESSAGES/book/index.po").find(
        "A paragraph that moves."
    )
    assert entry and entry.current and entry.text == "옮겨 가는 단락."


HAND_MADE = """# Translators: A. Author <a@example.org>
# A second line of theirs.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Last-Translator: A. Author <a@example.org>\\n"
"X-Generator: Poedit 3.4\\n"

#  a remark with two spaces
#: ../somewhere.md:12
#, no-wrap
msgid "One "
"sentence."
msgstr ""
"한 "
"문장."
msgid "Two"
msgstr "둘"


msgid "Three"
msgstr ""

#~ msgid "Old"
#~ msgstr "옛것"
# the last word
"""


def test_a_hand_made_file_is_left_as_it_is(book: Book) -> None:
    path = korean(book)
    path.parent.mkdir(parents=True)
    path.write_text(HAND_MADE, encoding="utf-8")
    assert korean(book) not in update(book, "One sentence.", "Two", "Three")
    assert path.read_text(encoding="utf-8") == HAND_MADE


def test_a_new_message_changes_its_own_lines_only(book: Book) -> None:
    path = korean(book)
    path.parent.mkdir(parents=True)
    path.write_text(HAND_MADE, encoding="utf-8")
    update(book, "One sentence.", "New", "Two", "Three")
    assert path.read_text(encoding="utf-8") == HAND_MADE.replace(
        'msgid "Two"', '\nmsgid "New"\nmsgstr ""\nmsgid "Two"', 1
    )


texts = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r"), max_size=40)


@given(
    sources=st.lists(texts.filter(bool), unique=True, max_size=6),
    translation=texts,
    comment=st.text("ab 가", max_size=9),
)
def test_what_is_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory, sources: list[str], translation: str, comment: str
) -> None:
    path = tmp_path_factory.mktemp("po") / "one.po"
    entries = tuple(
        Entry(
            source,
            translation,
            flags=frozenset({"fuzzy"}),
            comments=(comment.strip(),),
            previous=translation or None,
            notes=("note",),
        )
        for source in sources
    )
    Catalog(path, Entry("", "Language: ko\n"), entries).write()
    read = read_catalog(path)
    assert [e.change(line=0, text_line=0) for e in read.entries] == list(entries)
    assert read.render() == path.read_text(encoding="utf-8")
