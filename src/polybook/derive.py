"""One language's catalogs from another's: converted characters, own words, human overrides.

`locales/<language>/terms.tsv` corrects words after the conversion. `overrides.po` beside it holds
the texts that people wrote: they win, by message, on whatever page it is, and are flagged as fuzzy
when the text they replace has changed since.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from polybook.catalogs import catalog_folder
from polybook.config import Book, Language
from polybook.errors import PolybookError
from polybook.po import Catalog, Entry, catalogs_in, new_catalog, read_catalog

OVERRIDES = "overrides.po"
TERMS = "terms.tsv"
CONVERSIONS = {("zh_CN", "zh_TW"): "s2twp"}


def derive_catalogs(book: Book, language: Language) -> list[Path]:
    """Derive the catalogs of a language; returns the files that changed.

    Raises `PolybookError` if the language is not derived or its word list has a wrong line.
    """
    if language.derived_from is None:
        raise PolybookError(
            f"{language.code} is not derived from another language (derived_from in _config.yml)"
        )
    convert = converter(book, language)
    source = catalog_folder(book, language.derived_from)
    originals = {path.relative_to(source): read_catalog(path) for path in catalogs_in(source)}
    overrides = _overrides(book, language, originals)
    own = {entry.source: entry.text for entry in overrides.active if entry.text}
    changed = [overrides.path] if overrides.entries and overrides.write() else []
    for name, original in originals.items():
        path = catalog_folder(book, language.code) / name
        derived = _derived(book, language, path, original, convert, own)
        if derived.write():
            changed.append(path)
    return changed


def _derived(
    book: Book,
    language: Language,
    path: Path,
    original: Catalog,
    convert: Callable[[str], str],
    own: dict[str, str],
) -> Catalog:
    catalog = new_catalog(path, book.title, language.code, language.label)
    entries = tuple(
        Entry(
            entry.source,
            own.get(entry.source) or convert(entry.text),
            flags=entry.flags,
            notes=entry.notes,
            previous=entry.previous,
        )
        for entry in original.active
    )
    return replace(catalog, entries=entries)


def _overrides(book: Book, language: Language, originals: dict[Path, Catalog]) -> Catalog:
    """The overrides, each with a note of the text it replaces, flagged where that one changed."""
    path = book.locales / language.code / OVERRIDES
    if not path.is_file():
        return new_catalog(path, book.title, language.code, language.label)
    texts = {entry.source: entry.text for catalog in originals.values() for entry in catalog.active}
    catalog = read_catalog(path)
    entries = tuple(_noted(entry, texts, str(language.derived_from)) for entry in catalog.entries)
    return replace(catalog, entries=entries)


def _noted(entry: Entry, texts: dict[str, str], code: str) -> Entry:
    note = f"{code}: " + texts.get(entry.source, "").replace("\n", "\\n")
    if entry.obsolete or not entry.text or entry.notes == (note,):
        return entry
    if entry.source not in texts or (entry.notes and not entry.fuzzy):
        # The text that it replaces is not the one that its author saw.
        return entry.change(flags=entry.flags | {"fuzzy"}, notes=entry.notes or (note,))
    return entry if entry.fuzzy else entry.change(notes=(note,))


def flagged_overrides(book: Book, language: Language) -> list[Entry]:
    """The overrides whose original has changed: a person should look at them."""
    path = book.locales / language.code / OVERRIDES
    return [e for e in read_catalog(path).active if e.fuzzy] if path.is_file() else []


def converter(book: Book, language: Language) -> Callable[[str], str]:
    """OpenCC's conversion, followed by the language's own words of the field (`terms.tsv`)."""
    from opencc import OpenCC

    pair = (str(language.derived_from), language.code)
    if pair not in CONVERSIONS:
        raise PolybookError(f"there is no conversion from {pair[0]} to {pair[1]}")
    convert: Callable[[str], str] = OpenCC(CONVERSIONS[pair]).convert
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
