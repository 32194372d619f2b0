"""The root page finds the reader's language; the menu keeps page, section and framework."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from polybook.config import Book, Language

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MENU = ".polybook-languages"
# A section in the middle of the page that has another one after it.
MIDDLE = """
    const sections = [...document.querySelectorAll("article section section[id]")];
    const section = sections[Math.floor(sections.length / 2)];
    section.scrollIntoView({ behavior: "instant" });
    section.id
"""


@pytest.fixture
def start(this_book: Book) -> str:
    """The first page of an edition."""
    return f"{this_book.pages[0]}.html"


@pytest.fixture
def last_page(this_book: Book) -> str:
    """A page that is not the first one."""
    return f"{this_book.pages[-1]}.html"


def _open_menu(page: Page) -> None:
    page.click(f"{MENU} summary")
    page.wait_for_function(f"document.querySelector('{MENU}').open")
    page.wait_for_timeout(50)  # the event comes after the menu has opened


def _point_and_click(page: Page, selector: str) -> None:
    """Click where the element is; the driver's own click may scroll the page before."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def _menu_addresses(page: Page) -> list[str]:
    _open_menu(page)
    return page.eval_on_selector_all(f"{MENU} li a", "all => all.map(a => a.href)")


@pytest.mark.parametrize(
    ("languages", "url"),
    [
        (["ko-KR"], "ko"),
        (["ko"], "ko"),
        (["tr"], "tr"),
        (["zh"], "zh-cn"),
        (["zh-CN"], "zh-cn"),
        (["zh-SG"], "zh-cn"),
        (["zh-TW"], "zh-tw"),
        (["zh-HK"], "zh-tw"),
        (["zh-MO"], "zh-tw"),
        (["zh-Hant"], "zh-tw"),
        (["zh-Hant-CN"], "zh-tw"),
        (["zh-Hans-HK", "en"], "zh-cn"),
        (["fr-FR", "tr-TR", "en"], "tr"),
        (["fr"], "en"),
        ([], "en"),
    ],
)
def test_the_root_page_picks_the_readers_language(
    site: str, page: Page, start: str, languages: list[str], url: str
) -> None:
    page.add_init_script(
        f"Object.defineProperty(navigator, 'languages', {{get: () => {json.dumps(languages)}}})"
    )
    page.goto(site + "?framework=pytorch&x=1")
    page.wait_for_url(f"{site}{url}/{start}?framework=pytorch&x=1")


def test_the_root_page_remembers_the_language_chosen_in_the_menu(
    site: str, page: Page, start: str, last_page: str
) -> None:
    page.goto(f"{site}en/{last_page}")
    page.click(f"{MENU} summary")
    page.click(f"{MENU} a[lang=tr]")
    page.wait_for_url(f"{site}tr/{last_page}")
    page.goto(site)
    page.wait_for_url(f"{site}tr/{start}")


def test_the_root_page_has_links_without_scripts(site: str, browser: Browser, start: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site)
        page.click("a[lang=zh-TW]")
        page.wait_for_url(f"{site}zh-tw/{start}")


def test_the_menu_leads_to_the_same_page_in_every_language(
    site: str, this_book: Book, page: Page, edition: Language, page_name: str
) -> None:
    page.goto(f"{site}{edition.url}/{page_name}.html")
    here = page.locator(f"{MENU}__current")
    assert here.inner_text() == edition.label
    assert _menu_addresses(page) == [
        f"{site}{language.url}/{page_name}.html" for language in this_book.languages
    ]


def test_the_menu_keeps_the_page_the_section_and_the_framework(
    site: str, page: Page, tabbed: str, shown_frameworks: tuple[str, ...]
) -> None:
    page.goto(f"{site}en/{tabbed}.html?framework={shown_frameworks[-1]}")
    section = page.evaluate(MIDDLE)
    _point_and_click(page, f"{MENU} summary")
    _point_and_click(page, f"{MENU} a[lang=zh-TW]")
    page.wait_for_url(f"{site}zh-tw/{tabbed}.html?framework={shown_frameworks[-1]}#{section}")
    checked = page.locator("input:checked + label.sd-tab-label").first
    assert checked.get_attribute("data-sync-id") == shown_frameworks[-1]
    page.wait_for_function(
        "name => Math.abs(document.getElementById(name).getBoundingClientRect().top) < innerHeight",
        arg=section,
    )


def test_the_fragment_in_view_is_kept(site: str, page: Page, tabbed: str) -> None:
    page.goto(f"{site}en/{tabbed}.html")
    name = page.locator("article figure[id]").first.get_attribute("id")
    page.goto(f"{site}en/{tabbed}.html#{name}")
    assert _menu_addresses(page)[0] == f"{site}en/{tabbed}.html#{name}"


def test_the_menu_opens_by_keyboard_and_closes_by_escape_and_by_a_click(
    site: str, page: Page, last_page: str
) -> None:
    page.goto(f"{site}en/{last_page}")
    opened = f"document.querySelector('{MENU}').open"
    page.focus(f"{MENU} summary")
    page.keyboard.press("Enter")
    assert page.evaluate(opened)
    page.keyboard.press("Escape")
    assert not page.evaluate(opened)
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.click(f"{MENU} summary")
    page.click("article h1")
    assert not page.evaluate(opened)


def test_the_menu_works_without_scripts(site: str, browser: Browser, last_page: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}en/{last_page}")
        page.click(f"{MENU} summary")
        page.click(f"{MENU} a[lang=ko]")
        page.wait_for_url(f"{site}ko/{last_page}")
