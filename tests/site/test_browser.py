"""What a reader chooses holds: the framework on all pages, the language at the same place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

sync_api = pytest.importorskip("playwright.sync_api")
Browser, BrowserContext, Page = sync_api.Browser, sync_api.BrowserContext, sync_api.Page

CHAPTER, INDEX = "en/book/chapter.html", "en/book/index.html"
NO_STORAGE = """
    Object.defineProperty(window, "localStorage", {get() { throw new DOMException("no"); }});
"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-US") as opened:
        yield opened


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of which every script error and failed request fails the test."""
    opened = context.new_page()
    opened.set_default_timeout(5000)
    opened.on("pageerror", lambda error: pytest.fail(str(error)))
    return opened


def _shown(page: Page) -> set[str]:
    script = "all => all.map(label => label.dataset.syncId)"
    chosen = page.eval_on_selector_all("input:checked + label", script)
    return set(chosen)


def _menu_addresses(page: Page) -> list[str]:
    page.click(".polybook-languages summary")
    page.wait_for_function("document.querySelector('.polybook-languages').open")
    page.wait_for_timeout(50)  # the event comes after the menu has opened
    return page.eval_on_selector_all(".polybook-languages a", "all => all.map(a => a.href)")


def test_a_framework_holds_in_all_tabs_on_all_pages_and_in_new_ones(
    site: str, page: Page, context: BrowserContext
) -> None:
    page.goto(site + CHAPTER)
    page.click("label[for=tab-0-tensorflow]")
    assert _shown(page) == {"tensorflow"}
    page.reload()
    assert _shown(page) == {"tensorflow"}
    page.goto(site + "ko/book/index.html")
    assert _shown(page) == {"tensorflow"}
    other = context.new_page()
    other.goto(site + INDEX)
    assert _shown(other) == {"tensorflow"}


def test_the_address_may_name_the_framework_and_it_holds(site: str, page: Page) -> None:
    page.goto(site + CHAPTER + "?framework=mxnet")
    assert _shown(page) == {"mxnet"}
    page.goto(site + INDEX)
    assert _shown(page) == {"mxnet"}


def test_an_unknown_framework_changes_nothing(site: str, page: Page) -> None:
    page.goto(site + CHAPTER + "?framework=mxnet")
    page.goto(site + CHAPTER + "?framework=nonsense&x=1#part-1")
    assert _shown(page) == {"mxnet"}
    assert page.url.endswith("chapter.html?x=1#part-1")


def test_a_later_choice_wins_over_the_address(site: str, page: Page) -> None:
    page.goto(site + CHAPTER + "?framework=mxnet")
    page.click("label[for=tab-0-pytorch]")
    page.reload()
    assert _shown(page) == {"pytorch"}


def test_without_storage_the_pages_work(site: str, page: Page) -> None:
    page.add_init_script(NO_STORAGE)
    page.goto(site + CHAPTER + "?framework=tensorflow")
    assert _shown(page) == {"tensorflow"}
    page.click("label[for=tab-1-mxnet]")
    assert _shown(page) == {"mxnet"}
    page.goto(site)
    page.wait_for_url(site + INDEX)


def test_the_menu_keeps_the_page_the_section_and_the_framework(site: str, page: Page) -> None:
    page.goto(site + CHAPTER + "?framework=mxnet")
    page.evaluate("document.getElementById('part-2').scrollIntoView()")
    addresses = _menu_addresses(page)
    assert addresses[1] == site + "ko/book/chapter.html?framework=mxnet#part-2"
    page.click("a[lang=zh-TW]")
    page.wait_for_url(site + "zh-tw/book/chapter.html?framework=mxnet#part-2")
    assert _shown(page) == {"mxnet"}


def test_at_the_top_of_a_page_the_menu_names_no_section(site: str, page: Page) -> None:
    page.goto(site + CHAPTER)
    assert _menu_addresses(page)[4] == site + "tr/book/chapter.html"


def test_the_fragment_in_view_is_kept(site: str, page: Page) -> None:
    page.goto(site + CHAPTER + "#tab-1-mxnet")
    assert _menu_addresses(page)[0].endswith("chapter.html#tab-1-mxnet")


def test_the_menu_opens_by_keyboard_and_closes_by_escape_and_by_a_click(
    site: str, page: Page
) -> None:
    page.goto(site + CHAPTER)
    menu = "document.querySelector('.polybook-languages').open"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(menu)
    page.keyboard.press("Escape")
    assert not page.evaluate(menu)
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.click(".polybook-languages summary")
    page.click("h1")
    assert not page.evaluate(menu)


def test_the_menu_works_without_scripts(site: str, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site + CHAPTER)
        page.click(".polybook-languages summary")
        page.click("a[lang=ko]")
        page.wait_for_url(site + "ko/book/chapter.html")


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        (["ko-KR"], "ko"),
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
        (["fr-FR"], "en"),
        ([], "en"),
    ],
)
def test_the_root_page_picks_the_readers_language(
    site: str, page: Page, languages: list[str], expected: str
) -> None:
    page.add_init_script(
        f"Object.defineProperty(navigator, 'languages', {{get: () => {languages!r}}})"
    )
    page.goto(site + "?framework=mxnet#part-1")
    page.wait_for_url(site + f"{expected}/book/index.html?framework=mxnet#part-1")


def test_the_root_page_remembers_the_language_chosen_in_the_menu(site: str, page: Page) -> None:
    page.goto(site + CHAPTER)
    page.click(".polybook-languages summary")
    page.click("a[lang=tr]")
    page.wait_for_url(site + "tr/book/chapter.html")
    page.goto(site)
    page.wait_for_url(site + "tr/book/index.html")


def test_the_root_page_has_links_without_scripts(site: str, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site)
        page.click("a[lang=zh-TW]")
        page.wait_for_url(site + "zh-tw/book/index.html")
