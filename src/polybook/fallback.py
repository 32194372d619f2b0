"""Passages without a current translation: in English, marked as such, counted at the page's top.

Beside a passage whose English changed, the older translation can be opened.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from itertools import chain
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import init as init_locale
from sphinx.transforms import SphinxTransform
from sphinx.util.i18n import docname_to_domain
from sphinx.util.nodes import extract_messages
from sphinx.writers.html5 import HTML5Translator

from polybook.catalogs import catalog_folder
from polybook.config import Book
from polybook.figures import TranslatableFigure
from polybook.older import (
    ENGLISH,
    OlderTranslations,
    depart_older,
    older_translation,
    visit_older,
)
from polybook.pages import book_of
from polybook.po import read_catalog
from polybook.texts import _
from polybook.translate_link import help_url

MARK = "polybook-english"
_MESSAGES = "polybook_messages"
_PASSAGES = "polybook_passages"


def setup_fallback(app: Sphinx) -> None:
    app.add_node(untranslated_notice, html=(visit_notice, None))
    app.add_node(older_translation, html=(visit_older, depart_older))
    app.add_transform(KeepMessages)
    app.add_transform(MarkPassages)
    app.add_transform(AddNotice)
    app.connect("html-page-context", mark_navigation)


class untranslated_notice(nodes.General, nodes.Element):
    """How many of a page's passages (`english` of `total`) are in English; `address` for help.

    It has no text of its own, so that the search does not find it.
    """


def visit_notice(translator: HTML5Translator, node: untranslated_notice) -> None:
    """Write the notice, with its link if there is a repository."""
    text = _(
        "{english} of {total} passages of this page are not translated yet; they appear in English."
    ).format(english=node["english"], total=node["total"])
    help_text = html.escape(_("Help translate this page"))
    link = ""
    if node["address"]:
        link = f' <a href="{html.escape(node["address"])}" rel="noopener">{help_text}</a>'
    translator.body.append(
        f'<p class="polybook-untranslated" role="note">{html.escape(text)}{link}</p>\n'
    )
    raise nodes.SkipNode


def page_texts(app: Sphinx, page: str) -> Mapping[str, str]:
    """The current translations of a page, as Sphinx itself finds them."""
    folders = [str(app.srcdir / folder) for folder in app.config.locale_dirs]
    domain = docname_to_domain(page, app.config.gettext_compact)
    catalog, found = init_locale(folders, app.config.language, domain)
    return dict(getattr(catalog, "_catalog", {})) if found else {}


def english_class(book: Book) -> str:
    """The class that docutils writes as the attribute `lang` of the source language."""
    return f"language-{book.source_language.tag}"


class _Edition(SphinxTransform):
    """A transform of whole pages, in editions other than the source language's."""

    def apply(self, **kwargs: Any) -> None:
        whole = "<translated>" not in str(self.document["source"])
        self.book = book_of(self.app)
        translated = self.config.language != self.book.source_language.code
        if whole and translated and self.app.builder.name != "gettext":
            self.mark()

    def mark(self) -> None:
        raise NotImplementedError


class KeepMessages(_Edition):
    """Before the translation: note which node shows which message."""

    default_priority = 19

    def mark(self) -> None:
        self.env.temp_data[_MESSAGES] = [
            (node, message)
            for node, message in extract_messages(self.document)
            if not _in_front_matter(node)
        ]
        self.env.temp_data[_PASSAGES] = {}
        _english_captions(self.env)[self.env.docname] = []


class MarkPassages(_Edition):
    """After the translation: give what is still English its language, and its older translation."""

    default_priority = 21

    def mark(self) -> None:
        texts = page_texts(self.app, self.env.docname)
        older = self._older()
        for node, message in self.env.temp_data.pop(_MESSAGES):
            shown = _shown(node, message, texts)
            note_passage(self.env.temp_data, message, shown)
            if isinstance(node, TranslatableFigure):
                node.translate(texts)
            if not shown:
                older.add(node, message)
                mark_english(node, message, english_class(self.book))

    def _older(self) -> OlderTranslations:
        own, source = self.book.language(self.config.language), self.book.source_language
        path = catalog_folder(self.book, own.code) / f"{self.env.docname}.po"
        if not path.is_file():
            return OlderTranslations(self, {}, own.tag, source.tag)
        self.env.note_dependency(str(path))
        entries = {entry.source: entry for entry in read_catalog(path).active}
        return OlderTranslations(self, entries, own.tag, source.tag)


def _in_front_matter(node: nodes.Node) -> bool:
    """Whether a node is one of the page's settings, which are fields until Sphinx takes them."""
    while node.parent and not isinstance(node.parent, nodes.document):
        node = node.parent
    return isinstance(node, (nodes.field_list, nodes.docinfo))


def note_passage(temp_data: dict[str, Any], message: str, shown: bool) -> None:
    """Count a message of the page being read; `shown` tells whether it is translated."""
    if _PASSAGES in temp_data:
        temp_data[_PASSAGES][message] = shown


def note_caption(env: BuildEnvironment, caption: str, shown: bool) -> None:
    """Count a part title of the page being read, which other pages show as well."""
    note_passage(env.temp_data, caption, shown)
    if _PASSAGES in env.temp_data and not shown:
        _english_captions(env)[env.docname].append(caption)


def _english_captions(env: BuildEnvironment) -> dict[str, list[str]]:
    """The part titles that are in English, by the page whose table of contents they are in."""
    if not hasattr(env, "polybook_english_captions"):
        env.polybook_english_captions = {}  # type: ignore[attr-defined]
    captions: dict[str, list[str]] = env.polybook_english_captions  # type: ignore[attr-defined]
    return captions


def _shown(node: nodes.Element, message: str, texts: Mapping[str, str]) -> bool:
    """Whether readers see the translation.

    Sphinx notes that on text; it drops a translation that does not parse as one.
    """
    if isinstance(node, (nodes.image, addnodes.translatable)):
        return bool(texts.get(message, "").strip())
    return bool(node.get("translated", False))


def mark_english(node: nodes.Element, message: str, language: str) -> None:
    """Mark a node as being in the source language, for browsers and for the style sheet.

    Titles and captions are marked inside: their numbers are in the language of the page, and lists
    of contents copy what is inside. Of a figure only the alternative text is the element's own.
    """
    if isinstance(node, (nodes.title, nodes.caption)):
        inside = nodes.inline("", "", *node.children, classes=[language, MARK])
        node.children = []
        node.append(inside)
    elif not isinstance(node, nodes.image) or node.get("alt") == message:
        node["classes"] += [language, MARK]


def in_english(node: nodes.Node | None) -> bool:
    """Whether a node stands in a passage that appears in English."""
    while isinstance(node, nodes.Element):
        if {MARK, ENGLISH} & set(node["classes"]):
            return True
        node = node.parent
    return False


class AddNotice(_Edition):
    """Say at the page's top how much of it is in English, once all its messages are known."""

    default_priority = 102  # after the part titles of the front page

    def mark(self) -> None:
        passages: dict[str, bool] = self.env.temp_data.pop(_PASSAGES)
        english = sum(not shown for shown in passages.values())
        if not english:
            return
        page = self.env.docname
        notice = untranslated_notice(
            english=english,
            total=len(passages),
            address=help_url(self.book, self.config.language, page),
        )
        section = next(iter(self.document.findall(nodes.section)), None)
        if section is None:
            self.document.insert(0, notice)
        else:  # its title comes first
            section.insert(1, notice)


def mark_navigation(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Mark the part titles that are in English, and keep translators in browsers off code."""
    language = book_of(app).source_language.tag
    plain = {
        f'<span class="caption-text">{text}</span>': (
            f'<span class="caption-text" lang="{language}">{text}</span>'
        )
        for text in map(html.escape, chain.from_iterable(_english_captions(app.env).values()))
    }

    def mark(text: str) -> str:
        for without, with_language in plain.items():
            text = text.replace(without, with_language)
        return text

    toctree = context.get("toctree")
    if toctree and plain:
        context["toctree"] = lambda **options: mark(toctree(**options))
    if "body" in context:
        body = context["body"].replace(' notranslate">', ' notranslate" translate="no">')
        context["body"] = mark(body)
