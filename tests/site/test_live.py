"""A page of `polybook serve` in a browser: it reloads where it was, and shows what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from served_book import PATIENCE, Server, korean, write_book
from small_book import ONE

LONG = ONE + "\n".join(f"\nParagraph {number}.\n" for number in range(200))


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    book = write_book(tmp_path_factory.mktemp("live"), **{"book/one.md": LONG})
    started = Server(book, "no-execute", "ko")
    yield started
    started.end()


def test_a_page_reloads_in_place_and_shows_what_is_wrong(server: Server, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 700})
    catalog = server.root / "locales/ko/LC_MESSAGES/book/one.po"
    page.goto(f"http://127.0.0.1:{server.port}/ko/book/one.html")
    page.wait_for_selector("article h1:has-text('하나')", timeout=1000 * PATIENCE)
    page.evaluate("scrollTo({top: 1500, behavior: 'instant'})")
    catalog.write_text(korean("첫째"))
    page.wait_for_selector("article h1:has-text('첫째')", state="attached", timeout=1000 * PATIENCE)
    page.wait_for_function("Math.abs(scrollY - 1500) < 5", timeout=1000 * PATIENCE)

    catalog.write_text(korean('"'))
    problem = page.wait_for_selector("#polybook-problem", timeout=1000 * PATIENCE)
    assert "one.po:5" in problem.inner_text()
    assert "첫째" in page.inner_text("article h1")
    catalog.write_text(korean("처음"))
    page.wait_for_selector("article h1:has-text('처음')", state="attached", timeout=1000 * PATIENCE)
    assert page.query_selector("#polybook-problem") is None
    page.close()
