"""Pages that are not fully translated: what readers see in English, and beside it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag
from small_book import CONFIG, FRONT, TOC
from test_site import page, polybook

from polybook.config import Book
from polybook.figures import translate_svg

MakeBook = Callable[..., Book]

REPOSITORY = "https://example.org/a/book"
SETTINGS = CONFIG.replace("      timeout: 60\n", f"      repository: {REPOSITORY}/\n")
PARTS = (
    TOC.replace("options: {numbered: true}\n", "")
    .replace("chapters:", "parts:\n- caption: Part\n  numbered: true\n  chapters:")
    .replace("- file", "  - file")
)

PAGE = """\
(sec-one)=
# One

A translated paragraph.

A missing paragraph with {numref}`sec-two`.

A changed paragraph with {numref}`sec-two`, {measured}`speed` and $x$.

- A missing item
- A translated item

| Head | Same |
| ---- | ---- |
| Cell | `x`  |

$$ 3 \\text{ seconds} $$ (eq-one)

![A missing picture](picture.png)

(sec-two)=
## A changed title

```python
code
```
"""

KOREAN = """\
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"

msgid "A translated paragraph."
msgstr "번역된 문단."

#, fuzzy
#| msgid "An early paragraph with {numref}`sec-gone`, {measured}`speed`, $x$ and $\\\\frac$."
msgid "A changed paragraph with {numref}`sec-two`, {measured}`speed` and $x$."
msgstr "예전 문단 {numref}`sec-gone`, {measured}`speed`, $x$."

msgid "A translated item"
msgstr "번역된 항목"

msgid "Same"
msgstr "Same"

#, fuzzy
#| msgid "An early <script>title</script>"
msgid "A changed title"
msgstr "예전 제목"
"""
PATH = "locales/ko/LC_MESSAGES/book/one.po"


def build(make_book: MakeBook, **files: str) -> Book:
    content = {"_config.yml": SETTINGS, "_toc.yml": PARTS, "book/one.md": PAGE, PATH: KOREAN}
    book = make_book(**{"book/picture.png": "", **content, **files})
    built = polybook(book, "build", "-W", "--no-execute", "--jobs", "1")
    assert built.exit_code == 0, built.output
    return book


def language_of(tag: Tag | None) -> str:
    """The language that a browser takes an element to be in."""
    assert tag is not None
    own = tag if tag.get("lang") else tag.find_parent(lang=True)
    assert isinstance(own, Tag)
    return str(own["lang"])


def holding(soup: BeautifulSoup, text: str) -> Tag:
    """The innermost element of the article that holds a text."""
    found = [tag for tag in soup.select("article *") if text in tag.get_text()]
    return found[-1]


@pytest.fixture
def book(make_book: MakeBook) -> Book:
    return build(make_book)


def test_a_passage_is_in_its_language_counted_and_beside_its_older_translation(book: Book) -> None:
    korean = page(book, "ko")
    english = ("A missing paragraph", "A missing item", "Head", "Cell", "seconds", "A changed")
    assert {text: language_of(holding(korean, text)) for text in english} == dict.fromkeys(
        english, "en"
    )
    for text in ("번역된 문단.", "번역된 항목", "Same", "code"):
        assert language_of(holding(korean, text)) == "ko", text
    image = korean.select_one("img[alt='A missing picture']")
    assert language_of(image) == "en"
    # the title's number is not English, nor its entry in the lists of contents Korean
    heading = korean.select_one("#a-changed-title h2")
    assert heading is not None and language_of(heading) == "ko"
    assert language_of(heading.select_one(".polybook-english")) == "en"
    entries = korean.select("a.nav-link[href='#a-changed-title']")
    assert {language_of(entry.select_one(".polybook-english")) for entry in entries} == {"en"}
    assert language_of(korean.select_one(".bd-sidebar-primary .caption-text")) == "en"
    # a reference in an English passage has an English name
    assert "A missing paragraph with Section 1.1." in korean.get_text()
    for block in korean.select("div.highlight-python"):
        assert block["translate"] == "no" and not block.get("lang")

    notice = korean.select_one("article section > p.polybook-untranslated")
    assert notice is not None and notice.find_previous_sibling().name == "h1"
    assert "11 of 14 passages" in notice.get_text()
    address = f"{REPOSITORY}/blob/main/locales/ko/LC_MESSAGES/book/one.po"
    assert notice.select_one("a")["href"] == address

    paragraph, title = korean.select("details.polybook-older")
    assert language_of(paragraph) == "ko" and not paragraph.has_attr("open")
    older, _label, then = paragraph.select("p")
    assert (language_of(older), language_of(then)) == ("ko", "en")
    # what no longer exists is a name, not a broken reference; nor does it warn
    assert older.select_one("code").get_text() == "sec-gone" and older.select_one("math")
    assert [part.get_text() for part in paragraph.select(".measured")] == ["—", "—"]
    assert "An early paragraph with sec-gone" in then.get_text()
    assert title.find_previous_sibling().name == "h2"
    assert "An early <script>title</script>" in title.get_text() and not title.select("script")

    link = korean.select_one("a.polybook-translate-link")
    assert (link["href"], link["rel"]) == (address, ["noopener"])
    front = page(book, "ko", "book/index")
    assert "2 of 2 passages" in front.get_text()  # its title, and that of the book's part
    # neither the notice nor its link is found by a search
    index = (book.build / "site/ko/searchindex.js").read_text(encoding="utf-8")
    assert "passages" not in json.dumps(index)


def test_the_source_edition_and_a_translated_page_say_nothing(book: Book) -> None:
    english = page(book, "en")
    assert not english.select(".polybook-untranslated, .polybook-english, .polybook-older")
    link = english.select_one("a.polybook-translate-link")
    assert link["href"] == f"{REPOSITORY}/blob/main/book/one.md"
    assert not page(book, "ko", "search").select("a.polybook-translate-link")


def test_without_a_catalog_everything_is_english_and_without_a_repository_unlinked(
    make_book: MakeBook,
) -> None:
    book = build(make_book, **{"_config.yml": CONFIG, PATH: 'msgid ""\nmsgstr ""\n'})
    korean = page(book, "ko")
    assert "14 of 14 passages" in korean.get_text()
    assert not korean.select(".polybook-untranslated a, a.polybook-translate-link")


def test_inside_a_note_the_older_translation_stays_in_the_note(make_book: MakeBook) -> None:
    page_text = FRONT + "# One\n\n```{note}\nA note.\n```\n"
    text = '#, fuzzy\n#| msgid "Before"\nmsgid "A note."\nmsgstr "예전"\n'
    korean = page(build(make_book, **{"book/one.md": page_text, PATH: text}), "ko")
    assert "2 of 2 passages" in korean.get_text()
    older = korean.select_one("div.admonition details.polybook-older")
    assert older is not None and "예전" in older.get_text() and "Before" in older.get_text()


def test_words_of_a_figure_without_a_translation_are_marked_in_the_picture() -> None:
    svg = '<svg><text x="1">loss</text><text>epoch</text><text>0.5</text></svg>'
    assert translate_svg(svg, {"epoch": "에포크"}, ",", "en") == (
        '<svg><text x="1" lang="en">loss</text><text>에포크</text><text>0,5</text></svg>'
    )
