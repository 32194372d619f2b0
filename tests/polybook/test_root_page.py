"""The root page has a plain link to every edition and asks nothing of another host."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from polybook.config import Language
from polybook.root_page import root_page

EDITIONS = (
    Language("en", "English", "en"),
    Language("zh_CN", "简体中文", "zh-cn"),
    Language("zh_TW", "繁體中文", "zh-tw"),
)
PAGE = root_page("Sums & <means>", EDITIONS, "book/index.html")
SOUP = BeautifulSoup(PAGE, "html.parser")


def test_every_edition_has_a_plain_link_in_its_own_language() -> None:
    links = SOUP.select("main a")
    assert [(link["href"], link["lang"], link.get_text()) for link in links] == [
        ("en/book/index.html", "en", "English"),
        ("zh-cn/book/index.html", "zh-CN", "简体中文"),
        ("zh-tw/book/index.html", "zh-TW", "繁體中文"),
    ]


def test_the_title_is_text() -> None:
    assert SOUP.title is not None
    assert SOUP.title.get_text() == "Sums & <means>"
    assert SOUP.find("means") is None


def test_every_edition_and_the_page_itself_are_alternates() -> None:
    tags = [link["hreflang"] for link in SOUP.select("link[rel=alternate]")]
    assert tags == ["en", "zh-CN", "zh-TW", "x-default"]


def test_nothing_is_loaded_from_anywhere() -> None:
    assert not SOUP.select("[src], link[rel=stylesheet]")
    assert not re.search(r"https?://|@import|url\(", PAGE)


def test_the_script_knows_the_editions_and_keeps_query_and_fragment() -> None:
    script = SOUP.find("script")
    assert script is not None
    assert '{"tag": "zh-TW", "url": "zh-tw"}' in script.get_text()
    assert "location.search + location.hash" in script.get_text()


def test_a_start_page_cannot_end_the_script() -> None:
    page = root_page("Book", EDITIONS, "</script>.html")
    assert page.count("</script>") == 1
