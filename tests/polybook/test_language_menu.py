"""The menu leads to the same page in every edition, and search engines are told."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from jinja2 import Environment, FileSystemLoader

from polybook.config import Language
from polybook.language_menu import TEMPLATES, alternate_links, menu_entries

EDITIONS = (
    Language("en", "English", "en"),
    Language("ko", "한국어", "ko"),
    Language("zh_CN", "简体中文", "zh-cn"),
    Language("tr", "Türkçe", "tr"),
)


def _menu(current: str = "ko", page: str = "book/preface") -> BeautifulSoup:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    text = environment.get_template("language-menu.html").render(
        polybook_languages=menu_entries(EDITIONS, current, page), polybook_menu_title="언어"
    )
    return BeautifulSoup(text, "html.parser")


@pytest.mark.parametrize("page", ["index", "book/preface", "a/b/c", "genindex"])
def test_each_address_leads_to_the_same_page_of_its_edition(page: str) -> None:
    here = f"https://example.org/site/en/{page}.html"
    addresses = [urljoin(here, entry.address) for entry in menu_entries(EDITIONS, "en", page)]
    assert addresses == [
        f"https://example.org/site/{edition.url}/{page}.html" for edition in EDITIONS
    ]


def test_each_link_is_labelled_and_marked_in_its_own_language() -> None:
    links = _menu().find_all("a")
    assert [link.get_text() for link in links] == [edition.label for edition in EDITIONS]
    assert [link["lang"] for link in links] == ["en", "ko", "zh-CN", "tr"]
    assert [link["hreflang"] for link in links] == ["en", "ko", "zh-CN", "tr"]


def test_only_the_current_language_is_marked_and_shown_closed() -> None:
    menu = _menu("zh_CN")
    assert [link["lang"] for link in menu.select("a[aria-current=page]")] == ["zh-CN"]
    summary = menu.select_one("details > summary")
    assert summary is not None
    assert summary.get_text(" ", strip=True) == "언어 简体中文"
    assert menu.select_one("details[open]") is None


def test_there_is_no_menu_without_editions() -> None:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    assert environment.get_template("language-menu.html").render().strip() == ""


def test_every_edition_and_the_root_page_are_alternates() -> None:
    entries = menu_entries(EDITIONS, "tr", "book/preface")
    links = BeautifulSoup(alternate_links(entries, "book/preface"), "html.parser").find_all("link")
    assert [link["hreflang"] for link in links] == ["en", "ko", "zh-CN", "tr", "x-default"]
    assert links[1]["href"] == "../../ko/book/preface.html"
    assert links[-1]["href"] == "../../"


def test_alternates_are_full_addresses_where_the_page_has_one() -> None:
    entries = menu_entries(EDITIONS, "tr", "book/preface")
    page = "https://example.org/tr/book/preface.html"
    links = BeautifulSoup(alternate_links(entries, "book/preface", page), "html.parser")
    assert [link["href"] for link in links.find_all("link")][-2:] == [
        page, "https://example.org/"
    ]  # fmt: skip
