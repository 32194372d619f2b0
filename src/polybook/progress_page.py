"""How far the translations are, as a part of a page: a bar per language, a row per page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import cast

from babel.numbers import format_decimal, format_percent
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import clean_astext
from sphinx.writers.html5 import HTML5Translator

from polybook.config import Language
from polybook.language_menu import menu_entries
from polybook.pages import book_of
from polybook.status import Counts, status, status_digest, totals
from polybook.texts import _
from polybook.translate_link import catalog_url
from polybook.words import SITE_WORDS

DIRECTIVE = "translation-progress"


def setup_progress_page(app: Sphinx) -> None:
    app.add_node(translation_progress, html=(visit_progress, None))
    app.add_directive(DIRECTIVE, TranslationProgress)
    app.connect("env-get-outdated", pages_with_other_counts)
    app.connect("env-purge-doc", forget_page)


class translation_progress(nodes.General, nodes.Element):
    """Where the counts are shown; they are counted when the page is written."""


class TranslationProgress(SphinxDirective):
    """`translation-progress`, without argument, option or content."""

    def run(self) -> list[nodes.Node]:
        _counted_pages(self.env)[self.env.docname] = status_digest(book_of(self.env.app))
        return [translation_progress()]


def _counted_pages(env: BuildEnvironment) -> dict[str, str]:
    if not hasattr(env, "polybook_progress"):
        env.polybook_progress = {}  # type: ignore[attr-defined]
    pages: dict[str, str] = env.polybook_progress  # type: ignore[attr-defined]
    return pages


def pages_with_other_counts(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """The pages to read again because a translation went on."""
    known = _counted_pages(env)
    current = status_digest(book_of(app)) if known else ""
    return [page for page, counted in known.items() if counted != current and page not in removed]


def forget_page(app: Sphinx, env: BuildEnvironment, page: str) -> None:
    """Forget what a page has shown: it is read again, or gone."""
    _counted_pages(env).pop(page, None)


def visit_progress(translator: HTML5Translator, node: translation_progress) -> None:
    """Write the overview of the languages, then the pages of each."""
    app = translator.builder.app
    page = translator.builder.current_docname
    translator.body.append("".join(_Progress(app, page).html()))
    raise nodes.SkipNode


class _Progress:
    """The HTML of the counts, in the language of the edition, as seen from a page."""

    def __init__(self, app: Sphinx, page: str) -> None:
        self.app, self.page = app, page
        self.book, self.locale = book_of(app), app.config.language
        self.status = status(self.book)

    def html(self) -> Iterator[str]:
        languages = [self.book.language(code) for code in self.status]
        sums = {code: totals(pages.values()) for code, pages in self.status.items()}
        rows = [
            self._row(self._language(language), language, sums[language.code])
            for language in languages
        ]
        yield self._table(_("Language"), rows)
        for language in languages:
            yield from self._pages(language, self.status[language.code])

    def _language(self, language: Language) -> str:
        return (
            f'<a href="#progress-{language.tag}" lang="{language.tag}">{escape(language.label)}</a>'
        )

    def _pages(self, language: Language, pages: Mapping[str, Counts]) -> Iterator[str]:
        """The pages of a language, folded, each with its PO file."""
        rows = [
            self._row(
                self._page(language, page),
                language,
                counts,
                label=self._title(page),
                file=catalog_url(self.book, language.code, page),
            )
            for page, counts in pages.items()
        ]
        table = self._table(_("Pages"), rows, files=bool(self.book.repository))
        yield (
            f'<details class="polybook-progress__pages">'
            f'<summary lang="{language.tag}">{escape(language.label)}</summary>'
            f'<div id="progress-{language.tag}">'
            f"{table}</div></details>\n"
        )

    def _page(self, language: Language, page: str) -> str:
        """A page's title, linked to that page in the edition of the language."""
        title = self._title_html(page)
        if page not in self.book.pages or language.code not in self.app.config.polybook_editions:
            return title
        (entry,) = menu_entries([language], self.locale, page)
        to_root = "../" * (self.page.count("/") + 1)
        address = to_root + entry.address.removeprefix("../" * (page.count("/") + 1))
        return f'<a href="{escape(address)}" hreflang="{language.tag}">{title}</a>'

    def _title(self, page: str) -> str:
        if page == SITE_WORDS:
            return str(_("Words of the site"))
        title = self.app.env.titles.get(page)
        return clean_astext(title) if title else page

    def _title_html(self, page: str) -> str:
        """The title, which is marked where it is still in English."""
        title = self.app.env.titles.get(page)
        if title is None:
            return escape(self._title(page))
        builder = cast(StandaloneHTMLBuilder, self.app.builder)
        return str(builder.render_partial(title)["title"])

    def _table(self, first: str, rows: Iterable[str], files: bool = False) -> str:
        heads = [first, _("Translated"), _("To be checked"), _("Missing"), _("Words")]
        heads += [_("File")] if files else []
        cells = "".join(f'<th scope="col">{escape(str(head))}</th>' for head in heads)
        return (
            '<div class="table-scroll"><table class="polybook-progress">'
            f"<thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>\n"
        )

    def _row(
        self,
        name: str,
        language: Language,
        counts: Counts,
        label: str | None = None,
        file: str | None = None,
    ) -> str:
        words = _("{translated} of {total}").format(
            translated=self._number(counts.translated_words), total=self._number(counts.words)
        )
        cells = [
            self._bar(counts, label or language.label),
            self._number(counts.fuzzy),
            self._number(counts.missing),
            escape(words),
        ]
        if file:
            cells.append(f'<a href="{escape(file)}" rel="noopener">PO</a>')
        data = "".join(f"<td>{cell}</td>" for cell in cells)
        return f'<tr><th scope="row">{name}</th>{data}</tr>'

    def _number(self, number: int) -> str:
        return format_decimal(number, locale=self.locale)

    def _bar(self, counts: Counts, label: str) -> str:
        """A bar of two parts, translated and to be checked, with the percentage beside it."""
        percent = counts.percent
        fuzzy = 100 * counts.fuzzy // counts.total if counts.total else 0
        text = format_percent(percent / 100, locale=self.locale)
        return (
            f'<div class="polybook-bar" role="progressbar" aria-label="{escape(label)}" '
            f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent}" '
            f'aria-valuetext="{text}">'
            f'<span style="width:{percent}%"></span><span style="width:{fuzzy}%"></span></div> '
            f'<span class="polybook-bar__percent" aria-hidden="true">{text}</span>'
        )
