"""The language menu: the same page in every edition, as plain links that work without a script."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from polybook.config import load_book
from polybook.texts import _

TEMPLATES = Path(__file__).with_name("templates")


class Edition(Protocol):
    """What the menu has to know of a language: `polybook.config.Language` has it."""

    @property
    def code(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def tag(self) -> str: ...


@dataclass(frozen=True)
class MenuEntry:
    """One line of the menu: `label` in the language itself, BCP 47 `tag`, relative `address`."""

    label: str
    tag: str
    address: str
    edition: str
    current: bool


def menu_entries(
    editions: Sequence[Edition], current: str, page: str, suffix: str = ".html"
) -> tuple[MenuEntry, ...]:
    """The menu of a page such as `book/preface` in the edition whose language code is `current`.

    The addresses are relative to that page; the editions are folders beside each other.
    """
    to_root = "../" * (page.count("/") + 1)
    return tuple(
        MenuEntry(
            label=edition.label,
            tag=edition.tag,
            address=f"{to_root}{edition.url}/{quote(page)}{suffix}",
            edition=edition.url,
            current=edition.code == current,
        )
        for edition in editions
    )


def alternate_links(entries: Sequence[MenuEntry], page: str, page_address: str = "") -> str:
    """The `<link rel="alternate">` elements of a page for search engines and browsers.

    `page_address` is the page's full address where it is known: search engines want full ones.
    The root page, which picks a language, is the alternate for every other language.
    """
    root = "../" * (page.count("/") + 1)
    targets = [(entry.tag, entry.address) for entry in entries] + [("x-default", root)]
    return "".join(
        f'<link rel="alternate" hreflang="{html.escape(tag)}" '
        f'href="{html.escape(urljoin(page_address, address))}" />\n'
        for tag, address in targets
    )


def _add_menu(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    codes = app.config.polybook_editions
    editions = [lang for lang in load_book(app.srcdir).languages if lang.code in codes]
    if len(editions) < 2:
        return
    suffix = getattr(app.builder, "link_suffix", None) or ".html"
    entries = menu_entries(editions, app.config.language, pagename, suffix)
    context["polybook_languages"] = entries
    context["polybook_menu_title"] = _("Language")
    links = alternate_links(entries, pagename, context.get("pageurl") or "")
    context["metatags"] = context.get("metatags", "") + links


def _add_templates(app: Sphinx, config: Config) -> None:
    config.templates_path.append(str(TEMPLATES))


def setup_language_menu(app: Sphinx) -> None:
    """Add the menu's template, and its entries to every page.

    The value `polybook_editions` lists the language codes of the editions that are built together;
    a book that is built alone has none and gets no menu.
    """
    app.connect("config-inited", _add_templates)
    app.connect("html-page-context", _add_menu)
