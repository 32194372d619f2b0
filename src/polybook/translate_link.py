"""Where a page's translation is mended: addresses in the repository, and a link on each page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from polybook.config import Book
from polybook.pages import book_of
from polybook.texts import _

BRANCH = "main"
TEMPLATE = "translate-link.html"


def catalog_url(book: Book, code: str, page: str) -> str | None:
    """The address of a page's PO file at the repository, None if no repository is configured.

    For a derived language it is the file of human overrides: its PO files are made.
    """
    if book.language(code).derived_from:
        return _file_url(book, f"locales/{code}/overrides.po")
    return _file_url(book, f"locales/{code}/LC_MESSAGES/{page}.po")


def source_url(book: Book, page: str) -> str | None:
    """The address of a page's Markdown file at the repository, None if none is configured."""
    return _file_url(book, f"{page}.md")


def help_url(book: Book, code: str, page: str) -> str | None:
    """Where a reader of an edition can mend a page: its PO file, or the text itself."""
    own = code == book.source_language.code
    return source_url(book, page) if own else catalog_url(book, code, page)


def _file_url(book: Book, path: str) -> str | None:
    return f"{book.repository.rstrip('/')}/blob/{BRANCH}/{quote(path)}" if book.repository else None


def setup_translate_link(app: Sphinx) -> None:
    app.connect("config-inited", _add_to_footer)
    app.connect("html-page-context", _add_link)


def _add_to_footer(app: Sphinx, config: Config) -> None:
    options = config.html_theme_options
    items = [*options.get("article_footer_items", []), TEMPLATE]
    config.html_theme_options = {**options, "article_footer_items": items}


def _add_link(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    book, code = book_of(app), app.config.language
    if pagename not in book.pages:  # the search page has no text of its own
        return
    own = code == book.source_language.code
    context["polybook_translate_address"] = help_url(book, code, pagename)
    context["polybook_translate_text"] = _("Edit this page") if own else _("Translate this page")
