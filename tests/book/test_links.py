"""Every address inside the built site leads to a file of the site and to a place in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from polybook.config import Book, Language

Pages = Mapping[Path, BeautifulSoup]


@pytest.fixture(scope="session")
def pages(built_site: Path) -> Pages:
    """Every page of the site by its path."""
    files = [path for path in built_site.rglob("*.html") if "_static" not in path.parts]
    return {
        path.resolve(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in files
    }


def _addresses(page: BeautifulSoup) -> Iterator[str]:
    for part in page.select("[href], [src], meta[http-equiv=Refresh]"):
        address = part.get("href") or part.get("src") or str(part["content"]).partition("url=")[2]
        if not urlsplit(str(address)).scheme:
            yield str(address)


def _target(path: Path, address: str) -> Path:
    place = (path.parent / unquote(urlsplit(address).path)) if urlsplit(address).path else path
    return (place / "index.html" if place.is_dir() else place).resolve()


def test_every_address_leads_somewhere(pages: Pages) -> None:
    @cache
    def names(target: Path) -> frozenset[str]:
        return frozenset(str(part["id"]) for part in pages[target].select("[id]"))

    lost = []
    for path, page in pages.items():
        for address in _addresses(page):
            target, fragment = _target(path, address), unquote(urlsplit(address).fragment)
            if not target.is_file() or (fragment and fragment not in names(target)):
                lost.append(f"{path.parent.name}/{path.name}: {address}")
    assert lost == []


def test_every_name_on_a_page_is_given_once(pages: Pages) -> None:
    for path, page in pages.items():
        count = Counter(str(part["id"]) for part in page.select("article [id]"))
        assert [name for name, times in count.items() if times > 1] == [], path


def test_a_page_refers_to_the_same_places_in_every_edition(
    this_book: Book, built_site: Path, pages: Pages, translation: Language, page_name: str
) -> None:
    def places(edition: Language) -> Counter[str]:
        page = pages[(built_site / edition.url / f"{page_name}.html").resolve()]
        return Counter(str(link["href"]) for link in page.select("article p a.reference.internal"))

    assert places(translation) == places(this_book.source_language)


def test_no_file_is_left_from_an_earlier_build(built_site: Path, pages: Pages) -> None:
    shown = {_target(path, address) for path, page in pages.items() for address in _addresses(page)}
    left = [path for path in built_site.glob("*/_images/*") if path.resolve() not in shown]
    assert left == []
