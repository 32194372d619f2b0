"""What a build depends on, as digests. Light imports only: this decides that nothing changed."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import sys
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from polybook.config import CONFIG_FILE, TOC_FILE, Book
from polybook.errors import PolybookError

# files that tools make beside those that people write
_MADE = re.compile(r"\.(mo|pyc|part)$|\.egg-info/")


def digest(content: object) -> str:
    """The SHA-256 of JSON-like content, shortened to 32 hexadecimal digits."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def file_digest(path: Path) -> str | None:
    """The SHA-256 of a file's content, None if there is no such file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def files_digest(root: Path, paths: Iterable[Path]) -> dict[str, str | None]:
    """The digests of files and of all files below folders, by their place in `root`."""
    files = [
        file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
    ]
    return {
        file.relative_to(root).as_posix(): file_digest(file)
        for file in files
        if file.is_file() and not _MADE.search(file.as_posix())
    }


def installation() -> list[str]:
    """The names and versions of what is installed, read off the folder names."""
    folders = [Path(folder) for folder in sys.path if folder]
    return [
        sys.version,
        *sorted(
            {
                item.name
                for folder in folders
                if folder.is_dir()
                for item in folder.glob("*.dist-info")
            }
        ),
    ]


def text_files(book: Book) -> dict[str, str | None]:
    """The digests of settings, table of contents and everything in the folders of the pages."""
    folders = {book.page_path(page).parent for page in book.pages} - {book.root}
    pages = [book.page_path(page) for page in book.pages]
    return files_digest(
        book.root, [book.root / CONFIG_FILE, book.root / TOC_FILE, *pages, *sorted(folders)]
    )


def catalog_files(book: Book, code: str) -> dict[str, str | None]:
    """The digests of a language's translations."""
    return files_digest(book.root, [book.locales / code])


@cache
def tool_digest() -> str:
    """The digest of polybook itself and of everything installed beside it."""
    package = Path(__file__).parent
    return digest([installation(), files_digest(package, [package])])


@cache
def installed_version(distribution: str) -> str | None:
    """The version of an installed distribution, None if it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def data_at_hand(book: Book) -> dict[str, str | None]:
    """The checksums of the data sets at hand now, from the function that the book names."""
    if not book.data:
        return {}
    module, _, function = book.data.rpartition(".")
    if str(book.source) not in sys.path:
        sys.path.insert(0, str(book.source))
    try:
        checksums: dict[str, str | None] = getattr(importlib.import_module(module), function)()
    except (ImportError, AttributeError) as error:
        raise PolybookError(
            f"sphinx.config.polybook.data: {book.data}: {error}", CONFIG_FILE
        ) from None
    return checksums
