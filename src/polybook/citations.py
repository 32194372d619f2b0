"""Citations whose small words are in the language of the page: Kim and Lee, Kim et al."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from pybtex.richtext import Text
from sphinx.config import Config
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import (
    AuthorYearReferenceStyle,
)

from polybook.texts import _

OURS: Final = "polybook_author_year"


def configure_citations(config: Config) -> None:
    """Replace the style `author_year`, whose words are English, by the same in the language.

    A book without references does not load the extension, and has no such setting.
    """
    if getattr(config, "bibtex_reference_style", None) == "author_year":
        group = "sphinxcontrib.bibtex.style.referencing"
        register_plugin(group, OURS, LocalAuthorYear, force=True)
        config.bibtex_reference_style = OURS


def _between() -> Text:
    """What stands between two names."""
    # translators: two names of authors, as in "Robbins and Monro"
    text = str(_("{one} and {other}"))
    return Text(text.format(one="\0", other="\0").split("\0")[1])


def _after() -> Text:
    """What stands for further names after the first."""
    # translators: the first name of several, as in "Goyal et al."
    text = str(_("{one} et al."))
    return Text(text.format(one="\0").split("\0")[1])


@dataclass
class _LocalPerson(PersonStyle):
    """Names with the words of the page's language between them."""

    sep2: Text = field(default_factory=_between)
    last_sep: Text = field(default_factory=_between)
    other: Text = field(default_factory=_after)


@dataclass
class LocalAuthorYear(AuthorYearReferenceStyle):
    """Author and year, as in the style `author_year`."""

    person: PersonStyle = field(default_factory=_LocalPerson)
