"""The translations' catalogs: compile, update from the chapters, derive one language from another.

`locales/<language>/LC_MESSAGES/<page>.po` holds a page, `polybook.po` the site's own words.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from polybook.config import Book, Language
from polybook.errors import PolybookError

SITE_WORDS = "polybook"
OVERRIDES = "overrides.po"
TERMS = "terms.tsv"
_UNUSED_HEADERS = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator):'
    rb".*\n",
    re.MULTILINE,
)
_PO_LINE = re.compile(r'(#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d+\])?)\s*)?"([^"\\]|\\.)*")?')


def catalog_folder(book: Book, code: str) -> Path:
    """The folder of a language's catalogs."""
    return book.locales / code / "LC_MESSAGES"


def read_catalog(path: Path, locale: str) -> Catalog:
    """Read a PO file; raises `PolybookError` with file and line if it is malformed."""
    try:
        content = path.read_bytes()
        for number, line in enumerate(content.decode("utf-8").splitlines(), 1):
            if not _PO_LINE.fullmatch(line.strip()):  # Babel would drop it without a word
                raise PolybookError(
                    "this is not a line of a PO file; is a quotation mark missing?", path, number
                )
        return read_po(BytesIO(content), locale=locale, abort_invalid=True)
    except PoFileError as error:
        raise PolybookError(str(error), path, error.lineno) from None
    except (UnicodeDecodeError, ValueError) as error:
        raise PolybookError(f"this is no PO file in UTF-8: {error}", path) from None


def write_catalog(path: Path, catalog: Catalog) -> bool:
    """Write a PO file in the one form of this project, if that changes it; tell whether it did.

    No time stamps and no line numbers, so that a diff shows texts only.
    """
    buffer = BytesIO()
    write_po(
        buffer, catalog, width=0, include_previous=True, include_lineno=False, omit_header=False
    )
    content = _UNUSED_HEADERS.sub(b"", buffer.getvalue())
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    os.replace(part, path)
    return True


def compile_catalogs(book: Book, code: str) -> None:
    """Write the `.mo` file beside every catalog of a language that is newer than it.

    The site's words are compiled under Sphinx's name as well: Sphinx asks there first.
    """
    for path in sorted(catalog_folder(book, code).rglob("*.po")):
        target = path.with_suffix(".mo")
        if not target.is_file() or target.stat().st_mtime < path.stat().st_mtime:
            buffer = BytesIO()
            write_mo(buffer, read_catalog(path, code))
            target.write_bytes(buffer.getvalue())
            if path == catalog_folder(book, code) / f"{SITE_WORDS}.po":
                target.with_name("sphinx.mo").write_bytes(buffer.getvalue())


def update_catalogs(
    book: Book,
    templates: Path,
    languages: Iterable[Language],
    incomplete: Collection[str] = (),
) -> list[Path]:
    """Merge the page templates below `templates` and the site's words into the catalogs.

    Returns the files that changed. A message whose source changed keeps its translation as fuzzy
    beside the previous source; one that is gone stays as obsolete, but not on `incomplete` pages:
    their figures, whose texts are messages, have not been drawn.
    """
    site_words = site_word_template(book)
    changed = []
    for language in languages:
        folder = catalog_folder(book, language.code)
        pages = {
            path.relative_to(templates).with_suffix(".po"): read_catalog(path, language.code)
            for path in sorted(templates.rglob("*.pot"))
        }
        pages[Path(f"{SITE_WORDS}.po")] = site_words
        for name, template in pages.items():
            catalog = _existing(folder / name, language)
            if name.with_suffix("").as_posix() in incomplete:
                template = _with_messages_of(catalog, template)
            catalog.update(template, keep_user_comments=True)
            _tidy(catalog, book, language)
            if write_catalog(folder / name, catalog):
                changed.append(folder / name)
    return changed


def _with_messages_of(catalog: Catalog, template: Catalog) -> Catalog:
    """The template with the catalog's messages after its own, so that none is retired."""
    whole = Catalog(charset="utf-8")
    for message in [*_messages(template), *_messages(catalog)]:
        if message.id not in whole:
            whole.add(message.id, auto_comments=message.auto_comments, context=message.context)
    return whole


def site_word_template(book: Book) -> Catalog:
    """The template of the site's own words: the book's title and the texts of polybook."""
    template = Catalog(charset="utf-8")
    template.add(book.title, auto_comments=["The title of the book"])
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    for _file, _line, message, comments, context in extract_from_dir(
        Path(__file__).parent,
        method_map=methods,
        keywords={"_": None},
        comment_tags=("translators:",),
        strip_comment_tags=True,
    ):
        template.add(message, auto_comments=comments, context=context)
    return template


def _existing(path: Path, language: Language) -> Catalog:
    if path.is_file():
        return read_catalog(path, language.code)
    return Catalog(locale=language.code, charset="utf-8", fuzzy=False)


def _tidy(catalog: Catalog, book: Book, language: Language) -> None:
    catalog.project, catalog.version = book.title, "1"
    catalog.language_team = language.label
    catalog.fuzzy = False
    catalog.header_comment = f"# {book.title}: {language.label}"
    for message in catalog:
        message.locations = []
        # Babel guesses formats from braces and percent signs; prose has them without being a format
        message.flags &= {"fuzzy"}


def derive_catalogs(book: Book, language: Language) -> list[Path]:
    """Convert the catalogs that `language` is derived from; returns the files that changed.

    `locales/<language>/terms.tsv` corrects words after the conversion, longest first.
    Translations in `locales/<language>/overrides.po` win, by message, on whatever page it is.
    """
    if language.derived_from is None:
        raise PolybookError(
            f"{language.code} is not derived from another language (derived_from in _config.yml)"
        )
    convert = _converter(book, language)
    source, target = (catalog_folder(book, code) for code in (language.derived_from, language.code))
    overrides = _overrides(book, language)
    changed = []
    for path in sorted(source.rglob("*.po")):
        derived = Catalog(locale=language.code, charset="utf-8", fuzzy=False)
        for message in _messages(read_catalog(path, language.derived_from)):
            text = overrides.get(str(message.id)) or convert(str(message.string))
            derived.add(
                message.id,
                text,
                flags=message.flags,
                context=message.context,
                auto_comments=message.auto_comments,
            )
        _tidy(derived, book, language)
        if write_catalog(target / path.relative_to(source), derived):
            changed.append(target / path.relative_to(source))
    return changed


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _overrides(book: Book, language: Language) -> dict[str, str]:
    path = book.locales / language.code / OVERRIDES
    if not path.is_file():
        return {}
    return {
        str(message.id): str(message.string)
        for message in _messages(read_catalog(path, language.code))
        if message.string
    }


def _converter(book: Book, language: Language) -> Callable[[str], str]:
    """OpenCC's conversion, followed by the language's own words of the field (`terms.tsv`)."""
    from opencc import OpenCC

    conversions = {("zh_CN", "zh_TW"): "s2twp"}
    pair = (str(language.derived_from), language.code)
    if pair not in conversions:
        raise PolybookError(f"there is no conversion from {pair[0]} to {pair[1]}")
    convert = OpenCC(conversions[pair]).convert
    terms = _terms(book, language)
    if not terms:
        return convert
    pattern = re.compile("|".join(map(re.escape, sorted(terms, key=len, reverse=True))))
    return lambda text: pattern.sub(lambda match: terms[match[0]], convert(text))


def _terms(book: Book, language: Language) -> dict[str, str]:
    path = book.locales / language.code / TERMS
    if not path.is_file():
        return {}
    terms = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            word, tab, term = line.partition("\t")
            if not (tab and word.strip() and term.strip()):
                raise PolybookError("a line is two words with a tab between", path, number)
            terms[word.strip()] = term.strip()
    return terms
