"""Particles and suffixes after references and numbers, as `polybook.agreement` knows them."""

from __future__ import annotations

from collections.abc import Iterator

from polybook.check.content import OBJECT, Content, Piece

# The site makes what follows these agree with the number that they get.
AGREEING = ("{numref}", "{eq}", "{ref}", "{measured}")
_NUMBERS = ("1", "2", "3", "4", "5", "6", "9", "10", "40", "100", "1000")


def agreed(language: str, spoken: str, following: str) -> str:
    """`following` in the form that agrees with `spoken`."""
    # Imported here: it brings Sphinx along, which most messages do not need.
    from polybook.agreement import agree

    return agree(language, spoken, following, decimal="." in spoken)


def is_known(language: str, following: str) -> bool:
    """Whether the site makes this particle or suffix agree with any number."""
    return len({agreed(language, number, following) for number in _NUMBERS}) > 1


def objects_in_text(text: Content) -> Iterator[tuple[Piece, str, str]]:
    """Each role, formula or code with the text before and after it in the line."""
    parts = text.line.split(OBJECT)
    yield from zip(text.objects, parts, parts[1:], strict=False)
