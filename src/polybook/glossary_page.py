"""The glossary as a page of the book: a table of terms, linked with those of the other editions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from polybook.config import Book, Language, load_book
from polybook.derive import TERMS, converter
from polybook.glossary import GLOSSARY_FILE, Term, load_glossary
from polybook.language_menu import menu_entries
from polybook.texts import _

TURKISH_ALPHABET = "abcçdefgğhıijklmnoöprsştuüvyz"


def setup_glossary_page(app: Sphinx) -> None:
    app.add_node(elsewhere)
    app.add_directive("translated-glossary", TranslatedGlossary)
    app.add_post_transform(LinkEditions)


class elsewhere(nodes.Inline, nodes.TextElement):
    """A term in the language `code`, to be linked to its entry `anchor` in that edition."""


class TranslatedGlossary(SphinxDirective):
    """The table of `locales/glossary.csv`, in the order of the edition's own alphabet.

    A row is the term in the edition's language, in the source language, the note, and the term in
    the other languages. The notes are messages of the page's catalog; the terms are not.
    """

    def run(self) -> list[nodes.Node]:
        book = load_book(self.env.app.srcdir)
        for name in (GLOSSARY_FILE, f"*/{TERMS}"):
            for file in book.locales.glob(name):
                self.env.note_dependency(str(file))
        edition = book.language(self.config.language)
        words = _translations(book)
        terms = sorted(
            load_glossary(book).terms,
            key=lambda term: sort_key(words(term, edition) or term.term, edition.code),
        )
        others = [language for language in book.languages[1:] if language != edition]
        head = _row(*(_cell(text, tag) for text, tag in self._headings(book, edition)))
        rows = [self._row(book, term, edition, others, words) for term in terms]
        return [_table(head, rows)]

    def _headings(self, book: Book, edition: Language) -> list[tuple[str, str | None]]:
        source = book.source_language
        own = [(edition.label, None)] if edition != source else []
        return [
            *own,
            (source.label, source.tag),
            (str(_("Note")), None),
            (str(_("Other languages")), None),
        ]

    def _row(
        self,
        book: Book,
        term: Term,
        edition: Language,
        others: list[Language],
        words: Translations,
    ) -> nodes.row:
        source = book.source_language
        word = words(term, edition)
        cells = [_cell(word or term.term, None if word else source.tag)]
        if edition != source:
            cells.append(_links([(source, term.term)], term.anchor))
        note = nodes.entry()
        if term.note:
            text = nodes.paragraph(term.note, term.note)
            text.source, text.line = self.get_source_info()
            note += text
        found = [(language, words(term, language)) for language in others]
        row = _row(*cells, note, _links([pair for pair in found if pair[1]], term.anchor))
        row["ids"] = [term.anchor]
        return row


Translations = Callable[[Term, Language], str]


def _translations(book: Book) -> Translations:
    """What a term is in a language; a derived language's empty cells are converted."""
    convert = {
        language.code: converter(book, language)
        for language in book.languages
        if language.derived_from
    }

    def translation(term: Term, language: Language) -> str:
        if language == book.source_language:
            return term.term
        accepted = term.accepted(language.code)
        if accepted or not language.derived_from:
            return accepted[0] if accepted else ""
        original = term.accepted(language.derived_from)
        return convert[language.code](original[0]) if original else ""

    return translation


def sort_key(text: str, code: str) -> tuple[Any, ...]:
    """The place of a word in its language's alphabet.

    Korean syllables are coded in their order. Simplified Chinese goes by pronunciation and
    traditional by strokes: the characters in common use have these orders in GB 2312 and Big5.
    Turkish has letters of its own. Other languages go by their letters without accents.
    """
    from unicodedata import normalize

    if code in ("zh_CN", "zh_TW"):
        return (text.encode("gb18030" if code == "zh_CN" else "big5hkscs", "replace"), text)
    if code == "tr":
        lower = text.replace("I", "ı").replace("İ", "i").lower()
        return ([TURKISH_ALPHABET.find(letter) for letter in lower], lower)
    if code == "ko":
        return (text,)
    plain = "".join(letter for letter in normalize("NFKD", text.casefold()) if letter.isascii())
    return (plain or text.casefold(), text)


def _table(head: nodes.row, rows: list[nodes.row]) -> nodes.table:
    group = nodes.tgroup("", cols=len(head))
    group += [nodes.colspec(colwidth=1) for _cell in head]
    group += [nodes.thead("", head), nodes.tbody("", *rows)]
    return nodes.table("", group, classes=["glossary-table", "colwidths-auto"])


def _row(*cells: nodes.Node) -> nodes.row:
    return nodes.row("", *cells)


def _cell(text: str, tag: str | None) -> nodes.entry:
    paragraph = _text_paragraph(text)
    paragraph["classes"] += [f"language-{tag}"] if tag else []
    return nodes.entry("", paragraph)


def _links(words: list[tuple[Language, str]], anchor: str) -> nodes.entry:
    paragraph = _text_paragraph()
    for language, word in words:
        paragraph += [nodes.Text(" · ")] if len(paragraph) else []
        paragraph += elsewhere("", word, code=language.code, anchor=anchor)
    return nodes.entry("", paragraph)


def _text_paragraph(text: str = "") -> nodes.paragraph:
    """A paragraph that is no message."""
    return nodes.paragraph("", text, translatable=False)


class LinkEditions(SphinxPostTransform):
    """Link the terms of the other languages with the editions that are built together."""

    default_priority = 100

    def run(self, **kwargs: Any) -> None:
        found = list(self.document.findall(elsewhere))
        if not found:
            return
        book = load_book(Path(self.app.srcdir))
        built = [book.language(code) for code in self.config.polybook_editions]
        suffix = getattr(self.app.builder, "link_suffix", None) or ".html"
        entries = menu_entries(built, self.config.language, self.env.docname, suffix)
        addresses = {
            language.code: entry.address for language, entry in zip(built, entries, strict=True)
        }
        for node in found:
            language = book.language(node["code"])
            classes = [f"language-{language.tag}"]
            address = addresses.get(language.code)
            if address is None:
                node.replace_self(nodes.inline("", node.astext(), classes=classes))
                continue
            link = nodes.reference("", node.astext(), refuri=f"{address}#{node['anchor']}")
            link["classes"] = classes
            link["reftitle"] = language.label
            node.replace_self(link)
