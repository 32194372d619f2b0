"""The built book in a browser, in every edition: what a reader sees, and what it asks of whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from serving import serve

from polybook.config import Book, Language

sync_api = pytest.importorskip("playwright.sync_api")
Browser, Page = sync_api.Browser, sync_api.Page

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def book_site(built_site: Path) -> Iterator[str]:
    """The address of the built book, with a slash at its end."""
    with serve(built_site) as address:
        yield address


@pytest.fixture
def page(browser: Browser, book_site: str) -> Iterator[Page]:
    """A page of which no error, no failed request and no request elsewhere is let pass."""
    faults: list[str] = []
    host = urlsplit(book_site).netloc
    with browser.new_context(viewport=DESKTOP, locale="en-US") as context:
        opened = context.new_page()
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on(
            "console",
            lambda message: message.type in ("error", "warning") and faults.append(message.text),
        )
        opened.on(
            "requestfailed",
            # a page that leads elsewhere breaks off what it was loading
            lambda request: (
                request.failure != "net::ERR_ABORTED"
                and faults.append(f"{request.failure}: {request.url}")
            ),
        )
        opened.on(
            "response",
            lambda answer: answer.status >= 400 and faults.append(f"{answer.status} {answer.url}"),
        )
        opened.on(
            "request",
            lambda request: (
                urlsplit(request.url).netloc not in (host, "")
                and faults.append(f"elsewhere: {request.url}")
            ),
        )
        yield opened
    assert faults == []


def chapter(book: Book) -> str:
    """The page of the book with the experiments."""
    return "book/minibatch-sgd"


def open_page(page: Page, site: str, edition: Language, name: str, query: str = "") -> None:
    page.goto(f"{site}{edition.url}/{name}.html{query}", wait_until="load")


def scroll_through(page: Page) -> None:
    """Show every part of the page once, so that what is loaded late is loaded."""
    page.evaluate(
        """async () => {
            for (let y = 0; y < document.body.scrollHeight; y += 600) {
                window.scrollTo(0, y);
                await new Promise(requestAnimationFrame);
            }
            await Promise.all([...document.images].filter(i => i.offsetParent).map(i =>
                i.complete || new Promise(done => { i.onload = i.onerror = done; })));
        }"""
    )


def test_a_page_asks_nobody_else_and_has_no_error(
    page: Page, book_site: str, edition: Language, page_name: str
) -> None:
    open_page(page, book_site, edition, page_name)
    scroll_through(page)
    broken = "[...document.images].filter(i => i.offsetParent && !i.naturalWidth).map(i => i.src)"
    assert page.evaluate(broken) == []
    assert page.evaluate("document.documentElement.lang") == edition.tag


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_page_does_not_scroll_sideways(
    page: Page, book_site: str, edition: Language, page_name: str, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)
    open_page(page, book_site, edition, page_name)
    scroll_through(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_every_character_has_a_glyph(
    page: Page, book_site: str, edition: Language, page_name: str
) -> None:
    """No text is drawn with the font of last resort, whose glyphs are empty boxes."""
    open_page(page, book_site, edition, page_name)
    tools = page.context.new_cdp_session(page)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    root = tools.send("DOM.getDocument")["root"]["nodeId"]
    selector = "article p, article h1, article h2, article h3, article li, article td, article th"
    found = tools.send("DOM.querySelectorAll", {"nodeId": root, "selector": selector})["nodeIds"]
    fonts: set[str] = set()
    for node in found[:400]:
        used = tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        fonts |= {font["familyName"] for font in used if font["glyphCount"]}
    assert fonts and not {font for font in fonts if "LastResort" in font or not font}
    if edition.code in ("ko", "zh_CN", "zh_TW"):
        assert any("CJK" in font or "Noto Sans K" in font for font in fonts), fonts
    missing = page.evaluate(MISSING_GLYPHS)
    assert missing == [], missing


# A character without a glyph looks like one that no font can have.
MISSING_GLYPHS = """() => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 40;
    const context = canvas.getContext("2d", {willReadFrequently: true});
    const style = getComputedStyle(document.querySelector("article p"));
    function drawn(character) {
        context.clearRect(0, 0, 40, 40);
        context.font = `24px ${style.fontFamily}`;
        context.textBaseline = "top";
        context.fillText(character, 4, 4);
        return context.getImageData(0, 0, 40, 40).data.join();
    }
    const box = drawn("\\u{10FFFE}"), empty = drawn(" ");
    const article = document.querySelector("article").cloneNode(true);
    article.querySelectorAll("math, script, style").forEach(part => part.remove());
    const characters = new Set(article.textContent.replace(/[\\s\\p{M}\\p{Cf}]/gu, ""));
    return [...characters].filter(c => [box, empty].includes(drawn(c)));
}"""


def shown(page: Page) -> set[str]:
    script = "all => all.map(label => label.dataset.syncId)"
    return set(page.eval_on_selector_all("input:checked + label[data-sync-id]", script))


def test_a_framework_holds_on_the_real_pages(
    page: Page, book_site: str, this_book: Book, shown_frameworks: tuple[str, ...]
) -> None:
    if len(shown_frameworks) < 2:
        pytest.skip("needs two frameworks")
    first, last = shown_frameworks[0], shown_frameworks[-1]
    english, korean = this_book.language("en"), this_book.language("ko")
    open_page(page, book_site, english, chapter(this_book))
    assert shown(page) == {first}
    page.click(f"label[data-sync-id={last}] >> nth=0")
    assert shown(page) == {last}
    page.reload()
    assert shown(page) == {last}
    open_page(page, book_site, korean, chapter(this_book))
    assert shown(page) == {last}
    open_page(page, book_site, korean, chapter(this_book), f"?framework={first}")
    assert shown(page) == {first}


def test_the_menu_leads_to_the_same_section_with_the_framework(
    page: Page, book_site: str, this_book: Book, translation: Language
) -> None:
    open_page(page, book_site, this_book.source_language, chapter(this_book), "?framework=mxnet")
    page.evaluate("document.getElementById('four-runs').scrollIntoView({behavior: 'instant'})")
    # as a reader's click does, and unlike the driver's own, without scrolling
    for part in ("summary", f"a[lang={translation.tag}]"):
        page.eval_on_selector(f".polybook-languages {part}", "part => part.click()")
    page.wait_for_url(
        f"{book_site}{translation.url}/{chapter(this_book)}.html?framework=mxnet#four-runs"
    )
    heading = page.locator("#four-runs > h2").bounding_box()
    assert heading is not None and -50 < heading["y"] < 400


def test_the_root_leads_to_the_first_page_of_the_readers_language(
    page: Page, book_site: str, this_book: Book
) -> None:
    page.goto(book_site)
    page.wait_for_url(f"{book_site}en/{this_book.pages[0]}.html")


def test_tooltips_of_the_theme_are_in_the_language(
    page: Page, book_site: str, this_book: Book, translation: Language
) -> None:
    open_page(page, book_site, translation, chapter(this_book))
    fixed = ["Toggle primary sidebar", "Toggle secondary sidebar", "Copy", "Main", "Page"]
    page.wait_for_function("!document.querySelector('.copybtn[data-tooltip=\"Copy\"]')")
    attributes = ["title", "aria-label", "data-bs-title", "data-tooltip"]
    left = page.evaluate(
        "([words, names]) => names.flatMap(name => [...document.querySelectorAll(`[${name}]`)]"
        ".map(part => part.getAttribute(name)).filter(text => words.includes(text)))",
        [fixed, attributes],
    )
    assert left == []
