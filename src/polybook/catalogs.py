"""The translations' catalogs: update them from the chapters, compile them for the site.

`locales/<language>/LC_MESSAGES/<page>.po` holds a page, `polybook.po` the site's own words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog as Messages
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

from polybook.config import Book, Language
from polybook.errors import PolybookError
from polybook.merge import merge
from polybook.po import Catalog, Entry, catalogs_in, new_catalog, read_catalog
from polybook.words import SITE_WORDS

EPOCH = datetime.fromtimestamp(0, timezone.utc)

__all__ = ["catalog_folder", "compile_catalogs", "compiled_folder", "update_catalogs"]


def catalog_folder(book: Book, code: str) -> Path:
    """The folder of a language's catalogs."""
    return book.locales / code / "LC_MESSAGES"


def compiled_folder(book: Book) -> Path:
    """The folder of the catalogs that the site is built from; nobody edits them."""
    return book.build / "locales"


def update_catalogs(
    book: Book,
    templates: Path,
    languages: Iterable[Language],
    incomplete: Collection[str] = (),
) -> list[Path]:
    """Merge the page templates below `templates` and the site's words into the catalogs.

    Returns the files that changed. On `incomplete` pages no message is retired: their figures,
    whose texts are messages, have not been drawn.
    """
    wanted = {
        path.relative_to(templates).with_suffix(".po"): [
            entry for entry in read_catalog(path).active if entry.source
        ]
        for path in catalogs_in(templates, "*.pot")
    }
    wanted[Path(f"{SITE_WORDS}.po")] = site_words(book)
    changed = []
    for language in languages:
        folder = catalog_folder(book, language.code)
        catalogs = {name: _existing(book, folder / name, language) for name in wanted}
        texts = {
            entry.source: entry.text
            for catalog in catalogs.values()
            for entry in catalog.active
            if entry.current
        }
        for name, catalog in catalogs.items():
            messages = wanted[name]
            if name.with_suffix("").as_posix() in incomplete:
                messages = _with_known(messages, catalog)
            merged = merge(catalog, messages, texts)
            if merged.write():
                changed.append(merged.path)
    return changed


def _with_known(messages: Sequence[Entry], catalog: Catalog) -> list[Entry]:
    """The messages, and those of the catalog that they lack, each after what it stands behind."""
    entries = {entry.source: entry for entry in messages}
    order = list(entries)
    place = 0
    for entry in catalog.active:
        if entry.source not in entries:
            order.insert(place, entry.source)
            entries[entry.source] = entry
        place = order.index(entry.source) + 1
    return [entries[source] for source in order]


def _existing(book: Book, path: Path, language: Language) -> Catalog:
    if path.is_file():
        return read_catalog(path)
    return new_catalog(path, book.title, language.code, language.label)


def site_words(book: Book) -> list[Entry]:
    """The site's own words as messages: the book's title and the texts of polybook."""
    entries = {book.title: Entry(book.title, notes=("The title of the book",))}
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    for _file, _line, message, comments, _context in extract_from_dir(
        Path(__file__).parent,
        method_map=methods,
        keywords={"_": None},
        comment_tags=("translators:",),
        strip_comment_tags=True,
    ):
        text = str(message)
        entries.setdefault(text, Entry(text, notes=tuple(comments)))
    return list(entries.values())


def compile_catalogs(book: Book, code: str) -> None:
    """Write the catalogs that the edition is built from, after a look at every text in them.

    Raises `PolybookError` with file and line for the texts that are refused.
    """
    source, target = catalog_folder(book, code), compiled_folder(book) / code / "LC_MESSAGES"
    catalogs = [read_catalog(path) for path in catalogs_in(source)]
    _refuse(catalogs)
    files: dict[Path, bytes] = {}
    for catalog in catalogs:
        name = target / catalog.path.relative_to(source)
        texts = {entry.source: entry.text for entry in catalog.active if entry.current}
        content = _compiled(texts, code)
        files |= {name: catalog.render().encode(), name.with_suffix(".mo"): content}
        if catalog.path == source / f"{SITE_WORDS}.po":
            # Sphinx asks there before its own words and the theme's
            files[name.with_name("sphinx.mo")] = content
    for path, content in files.items():
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in set(target.rglob("*.*o")) - set(files):
        path.unlink()


def _compiled(texts: Mapping[str, str], code: str) -> bytes:
    # the header has dates: fixed ones, so that the same texts give the same file
    messages = Messages(locale=code, charset="utf-8", creation_date=EPOCH, revision_date=EPOCH)
    for source, text in texts.items():
        messages.add(source, text)
    buffer = BytesIO()
    write_mo(buffer, messages)
    return buffer.getvalue()


def _refuse(catalogs: Iterable[Catalog]) -> None:
    """Stop at texts that would do what a translation must not do."""
    from polybook.check.security import entry_refusals

    errors = [
        str(PolybookError(f"refused: {problem.message}", catalog.path, entry.text_line))
        for catalog in catalogs
        for entry in catalog.active
        if entry.text
        for problem in entry_refusals(entry)
    ]
    if errors:
        raise PolybookError("\n".join(errors))
