"""Render the editions with Jupyter Book's own Sphinx set-up, one process per language."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polybook.catalogs import compiled_folder
from polybook.config import CONFIG_FILE, Book, Language


@dataclass(frozen=True)
class Edition:
    """The rendering of one language: `ok`, and what Sphinx had to say (its warnings)."""

    language: Language
    ok: bool
    messages: str


@dataclass(frozen=True)
class RenderOptions:
    """What the editions have in common. `fresh` forgets what earlier builds have read."""

    frameworks: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    strict: bool = True
    warnings_are_errors: bool = False
    fresh: bool = False


def edition_folder(book: Book, language: Language) -> Path:
    """The working folder of an edition; `html/` in it is what readers get."""
    return book.build / "editions" / language.code


def render(
    book: Book, languages: Sequence[Language], options: RenderOptions, jobs: int
) -> list[Edition]:
    """Render the languages side by side, at most `jobs` at a time.

    Each has a process of its own: Sphinx keeps the words of the first language it has loaded.
    """
    preload(book)
    method = "fork" if sys.platform.startswith("linux") else "spawn"
    work = [(book, language, options) for language in languages]
    with multiprocessing.get_context(method).Pool(jobs, maxtasksperchild=1) as pool:
        return pool.starmap(render_edition, work, chunksize=1)


def preload(book: Book) -> None:
    """Import what every edition needs once, before the processes part."""
    from importlib import import_module
    from pkgutil import walk_packages

    from jupyter_book.config import get_final_config

    from polybook.shortcuts import take_shortcuts

    config, _meta = get_final_config(
        user_yaml=book.root / CONFIG_FILE,
        cli_config={"latex_individualpages": False},
        sourcedir=book.root,
    )
    modules = {*config["extensions"], config["html_theme"], "polybook.extension"}
    modules |= {"jupyter_book.sphinx", "sphinx.builders.html", "sphinx.application"}
    import myst_nb

    modules |= {
        module.name
        for module in walk_packages(myst_nb.__path__, "myst_nb.", onerror=lambda name: None)
        if ".ext." in module.name or module.name.endswith(("sphinx_ext", "sphinx_"))
    }
    for module in sorted(modules):
        import_module(module)
    take_shortcuts()


def render_edition(book: Book, language: Language, options: RenderOptions) -> Edition:
    """Render one language into its working folder."""
    folder = edition_folder(book, language)
    return _sphinx(book, language, folder / "html", folder / "doctrees", "html", options)


def extract_messages(book: Book, options: RenderOptions) -> Path:
    """Write the templates (`.pot`) of all pages; returns their folder.

    Raises nothing: what Sphinx has to say is in the edition's messages.
    """
    from polybook.errors import PolybookError

    folder = book.build / "gettext"
    edition = _sphinx(
        book, book.source_language, folder / "templates", folder / "doctrees", "gettext", options
    )
    if not edition.ok:
        raise PolybookError(f"the messages could not be extracted:\n{edition.messages}")
    return folder / "templates"


def _sphinx(
    book: Book,
    language: Language,
    output: Path,
    doctrees: Path,
    builder: str,
    options: RenderOptions,
) -> Edition:
    from jupyter_book.sphinx import build_sphinx

    overrides: dict[str, Any] = {
        "latex_individualpages": False,
        "language": language.code,
        "locale_dirs": [str(compiled_folder(book).relative_to(book.root))],
        "polybook_execute": False,
        "polybook_strict": options.strict,
        "polybook_frameworks": list(options.frameworks),
        "polybook_editions": list(options.editions),
    }
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = build_sphinx(
            str(book.root),
            str(output),
            doctreedir=str(doctrees),
            noconfig=True,
            path_config=str(book.root / CONFIG_FILE),
            confoverrides=overrides,
            builder=builder,
            quiet=True,
            freshenv=options.fresh,
            force_all=options.fresh,
            warningiserror=options.warnings_are_errors,
            keep_going=True,
        )
    return Edition(language, status == 0, err.getvalue())
