"""The `polybook` command."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from polybook.config import Book, Language, load_book
from polybook.errors import PolybookError
from polybook.site import BuildOptions

_jobs = click.option("--jobs", type=click.IntRange(min=1), help="How many run side by side.")
_framework = click.option(
    "--framework",
    "frameworks",
    multiple=True,
    metavar="NAME",
    help="Only this framework; may be given several times.",
)


class _Commands(click.Group):
    """A group whose commands report what a person can mend without a traceback."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except PolybookError as error:
            click.echo(f"polybook: {error}", err=True)
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="minibatch-book")
@click.pass_context
def main(context: click.Context) -> None:
    """Build a book whose code runs once and which is published in several languages.

    Run it in the folder of the book, where _config.yml is.
    """
    context.obj = load_book()


@main.command()
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="CODE",
    help="Only this language; may be given several times.",
)
@_framework
@_jobs
@click.option("--no-execute", is_flag=True, help="Run nothing; mark cells without stored outputs.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the site goes (default: _build/site).",
)
@click.option("-W", "--warnings-as-errors", is_flag=True, help="Fail on a warning of Sphinx.")
@click.pass_obj
def build(
    book: Book,
    languages: tuple[str, ...],
    frameworks: tuple[str, ...],
    jobs: int | None,
    no_execute: bool,
    output: Path | None,
    warnings_as_errors: bool,
) -> None:
    """Run what is missing and write the site in all languages."""
    from polybook import site

    options = BuildOptions(languages, frameworks, jobs, not no_execute, output, warnings_as_errors)
    site.build(book, options, click.echo)


@main.command()
@click.argument("chapters", nargs=-1)
@_framework
@click.option("--refresh", is_flag=True, help="Run again what is stored, too.")
@_jobs
@click.pass_obj
def execute(
    book: Book,
    chapters: tuple[str, ...],
    frameworks: tuple[str, ...],
    refresh: bool,
    jobs: int | None,
) -> None:
    """Run the chapters' cells that have no stored outputs (all chapters if none is named)."""
    from rich.console import Console

    from polybook import execute as execution
    from polybook.progress import Progress, outcome_table

    names = [book.framework(name).name for name in frameworks]
    pages = [_page(book, name) for name in chapters]
    with Progress() as progress:
        outcomes = execution.execute(
            book,
            execution.chapters_of(book, pages),
            names,
            refresh=refresh,
            jobs=jobs,
            report=progress.report,
        )
    shown = names or [framework.name for framework in book.frameworks]
    Console().print(outcome_table(outcomes, shown))
    errors = [outcome.error for outcome in outcomes if outcome.error]
    if errors:
        raise PolybookError("\n".join(map(str, errors)))


def _page(book: Book, name: str) -> str:
    """The page that a person means by its path or its last part."""
    wanted = name.removesuffix(".md")
    found = [page for page in book.pages if wanted in (page, Path(page).name)]
    if not found:
        raise PolybookError(f"there is no chapter {name!r}; there are: {', '.join(book.pages)}")
    return found[0]


@main.command()
@click.option("--language", metavar="CODE", help="The edition to show (default: all of them).")
@click.option("--no-execute", is_flag=True, help="Run nothing; no framework need be installed.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port (default: 8000, or a free one)."
)
@click.option("--no-browser", is_flag=True, help="Do not open the page.")
@_jobs
@click.pass_obj
def serve(
    book: Book,
    language: str | None,
    no_execute: bool,
    port: int | None,
    no_browser: bool,
    jobs: int | None,
) -> None:
    """Show the book in the browser, on this computer only, and reload it after every save."""
    from polybook.serve import serve as serve_book

    serve_book(
        book.root,
        language,
        execute=not no_execute,
        port=port,
        open_browser=not no_browser,
        jobs=jobs,
        say=click.echo,
    )


@main.group()
def translate() -> None:
    """Keep the translations up to date."""


@translate.command()
@click.argument("languages", nargs=-1)
@click.pass_obj
def update(book: Book, languages: tuple[str, ...]) -> None:
    """Bring the catalogs up to date with the chapters (all languages if none is named)."""
    for path in _update(book, _languages(book, languages)):
        click.echo(path.relative_to(book.root))


def _languages(book: Book, codes: tuple[str, ...]) -> list[Language]:
    """The languages that people translate into, or those of the given codes."""
    return [book.language(code) for code in codes] or [
        language for language in book.languages[1:] if not language.derived_from
    ]


def _update(book: Book, languages: list[Language]) -> list[Path]:
    from polybook.catalogs import update_catalogs
    from polybook.execute import pages_without_runs
    from polybook.render import RenderOptions, extract_messages

    for language in languages:
        if language.derived_from:
            raise PolybookError(
                f"{language.code} is derived from {language.derived_from}: run "
                f"`polybook translate derive {language.code}`"
            )
    templates = extract_messages(book, RenderOptions(strict=False, fresh=True))
    incomplete = pages_without_runs(book)
    for page in incomplete:
        click.echo(
            f"{page}: not all its cells have been run; messages of figures are kept", err=True
        )
    return update_catalogs(book, templates, languages, incomplete)


@translate.command()
@click.argument("languages", nargs=-1)
@click.pass_obj
def check(book: Book, languages: tuple[str, ...]) -> None:
    """Look for mistakes in the catalogs; exit status 1 if there are any."""
    from polybook.check.command import check as check_languages

    chosen = [book.language(code) for code in languages] or list(book.languages[1:])
    sys.exit(check_languages(book, chosen))


@translate.command()
@click.argument("language")
@click.pass_obj
def derive(book: Book, language: str) -> None:
    """Derive a language's catalogs from those of another one, human overrides kept."""
    from polybook.derive import derive_catalogs, flagged_overrides

    for path in derive_catalogs(book, book.language(language)):
        click.echo(path.relative_to(book.root))
    for entry in flagged_overrides(book, book.language(language)):
        path = book.locales / language / "overrides.po"
        message = (
            "the text that this override replaces has changed: look at it, then remove its fuzzy"
        )
        click.echo(PolybookError(message, path, entry.line), err=True)


@translate.command()
@click.argument("code")
@click.option("--label", help="The language's name in itself (default: as Babel knows it).")
@click.pass_obj
def init(book: Book, code: str, label: str | None) -> None:
    """Add a language: to _config.yml, the glossary and, empty, to the catalogs."""
    from polybook.new_language import add_language

    changed = add_language(book, code, label)
    extended = load_book(book.root)
    for path in [*changed, *_update(extended, [extended.language(code)])]:
        click.echo(path.relative_to(book.root))


@translate.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.pass_obj
def status(book: Book, as_json: bool) -> None:
    """Show how much of each page is translated."""
    from dataclasses import asdict

    from polybook.status import status as counts_of
    from polybook.status import status_table

    found = counts_of(book)
    if as_json:
        import json

        click.echo(
            json.dumps(
                {
                    code: {
                        page: {**asdict(counts), "percent": counts.percent}
                        for page, counts in pages.items()
                    }
                    for code, pages in found.items()
                },
                indent=1,
            )
        )
        return
    from rich.console import Console

    Console().print(status_table(found))


@translate.command()
@click.argument("revision")
@click.pass_obj
def diff(book: Book, revision: str) -> None:
    """Show what changed in the translations since a revision of git, as Markdown."""
    from polybook.diff import diff_markdown

    click.echo(diff_markdown(book, revision), nl=False)


if __name__ == "__main__":
    main()
