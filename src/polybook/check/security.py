"""What a translation must never do. A text refused here is refused by the build as well.

A translation is untrusted input: the parser that reads it knows directives that read files,
substitutions that run expressions and roles that evaluate. So nothing but text may be new in a
translation, and what is no text must stand in its source.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from polybook.check.characters import forbidden, named
from polybook.check.content import (
    FIELD,
    KINDS,
    Content,
    Piece,
    Unparsable,
    fields,
    is_formula,
    parse,
    read_pair,
)
from polybook.check.problem import Problem, problem
from polybook.po import Entry
from polybook.words import _

__all__ = ["entry_refusals", "refusals"]

SHORTEST_LIMIT: Final = 2000
GROWTH: Final = 8
LONGEST_RUN: Final = 16
MOST_DELIMITERS: Final = 100
# A source is what the catalog says it is, and has its limits, too.
LONGEST_SOURCE: Final = 20_000
MOST_IN_SOURCE: Final = 2000

# What is too much even for the parser.
TOO_MUCH: Final = frozenset({"unsafe-size", "unsafe-nesting"})

# Only words: nothing in such a text is markup.
_WORDS_ONLY: Final = re.compile(
    r"[^\W\d_](?:[\w ,;!?()'’“”，。；？！（）、「」《》]|[.:](?=\s|$))*"
)
_RUN: Final = re.compile(rf"([*_`\[\](){{}}<>$~!|\\-])\1{{{LONGEST_RUN},}}")
_DELIMITERS: Final = re.compile(r"[*_`\[\]{}<>$~\\]")
_TAG: Final = re.compile(r"<[A-Za-z/!?][^<>]*>?")
_SCHEME: Final = re.compile(
    r"[(<\"'=\[]\s*(?:javascript|vbscript|data)\s*:|(?:javascript|vbscript|data):(?=[^\s:])"
    r"|\]\(\s*<?\s*(?!https?:|mailto:)[a-z][a-z0-9+.-]*:"
)
# Themes write some words between quotation marks without a look at what is in them.
_ATTRIBUTE: Final = re.compile(
    r"[\"'`]\s*/?\s*(?:on[A-Za-z]+|style|src|href|srcdoc|formaction)\s*="
)
_SPACES: Final = re.compile(r"[\s\x00-\x1f]+")
_NO_CHECKS: Final = re.compile(r"#\s*noqa\s*$")
_REFERENCE: Final = re.compile(r"\]\s?\[([^\]]*)\]|^\s*\[([^\]]+)\]:")
_FORMAT: Final = re.compile(r"[{}]|%(?=[(\w])")
_DANGEROUS_MATH: Final = re.compile(
    r"\\(?:href|url|html\w*|require|[egx]?def|let|(?:re)?newcommand|newenvironment|unicode|class"
    r"|cssId|style|includegraphics|input|include|write|catcode|csname)\b"
)
# What an older translation may keep of an older source: references and numbers, nothing active.
_HARMLESS_ROLES: Final = re.compile(r"\{(numref|ref|eq|cite(:\w+)?|measured|term)\}")


def refusals(source: str, text: str, previous: str | None = None) -> list[Problem]:
    """What makes a text unfit to be read by the book's parser, whoever wrote it.

    `previous` is the source that a fuzzy text translates. It comes from the same hands as the text:
    plain references, formulas, code and links may come from it, nothing else.
    """
    early = list(_refused_unread(source, text))
    if early or not text or (text == source and previous is None):
        return early
    if _WORDS_ONLY.fullmatch(text) and not FIELD.search(source):
        return []
    try:
        return _refused_as_read(source, text, previous)
    except (Unparsable, RecursionError):
        return [
            problem(
                "unsafe-text",
                _("the book's parser fails on this text"),
                _("Write it anew, close to the source."),
            )
        ]


def _refused_as_read(source: str, text: str, previous: str | None) -> list[Problem]:
    known, found = read_pair(source, text)
    if previous is not None:
        known = _with_older(known, previous)
    problems = [*_blocks(known, found), *_elements(known, found), *_scripts(known, found)]
    # No program ever fills a fuzzy text.
    return problems + (_format(known, found) if previous is None else [])


def entry_refusals(entry: Entry) -> list[Problem]:
    """`refusals` for an entry of a catalog, fuzzy or not, with the line and the source."""
    previous = entry.previous or "" if entry.fuzzy else None
    return [
        replace(found, line=entry.text_line, source=entry.source)
        for found in refusals(entry.source, entry.text, previous)
    ]


def _refused_unread(source: str, text: str) -> Iterator[Problem]:
    """What is refused before the parser sees it, so that the parser ends quickly."""
    if not source.strip():
        yield problem(
            "unsafe-text",
            _("this text translates no message"),
            _("Remove the entry; run `polybook translate update`."),
        )
    limit = max(SHORTEST_LIMIT, GROWTH * len(source))
    if len(text) > limit or len(source) > LONGEST_SOURCE:
        yield problem(
            "unsafe-size",
            _("the text has {count} characters, more than {limit}"),
            _("Translate the message and nothing else."),
            count=len(text),
            limit=limit,
        )
        return
    if character := forbidden(source, text):
        yield problem(
            "unsafe-character",
            _("the text has a character that nobody can see: {character}"),
            _("Delete it. An editor can show it as its code."),
            character=named(character),
        )
    marks, usual = len(_DELIMITERS.findall(text)), len(_DELIMITERS.findall(source))
    too_many = marks > MOST_DELIMITERS + 2 * usual or usual > MOST_IN_SOURCE
    if too_many or _RUN.search(text):
        yield problem(
            "unsafe-nesting",
            _("the text has far more markup characters than its source"),
            _("Use the markup of the source and no other."),
        )


def _with_older(known: Content, previous: str) -> Content:
    if list(_refused_unread(previous, previous)):
        return known
    kept = [piece for piece in parse(previous, is_formula(previous)).pieces if _harmless(piece)]
    return replace(known, pieces=(*known.pieces, *kept))


def _harmless(piece: Piece) -> bool:
    if piece.kind == "role":
        return bool(_HARMLESS_ROLES.match(piece.key))
    if piece.kind == "math":
        return not _DANGEROUS_MATH.search(piece.key)
    if piece.kind == "link":
        return piece.key.startswith(("https://", "http://", "mailto:", "#"))
    if piece.kind == "code":
        return not re.search("[<{]", piece.key)
    return piece.kind == "footnote"


def _blocks(known: Content, found: Content) -> Iterator[Problem]:
    if found.blocks == known.blocks:
        return
    first = next((block for block in found.blocks if block not in known.blocks), "")
    kind = first.partition(" ")[0]
    if kind in ("fence", "colon_fence", "code_block"):
        template = _("the text begins a directive or a block of code")
    elif kind in ("html_block",):
        template = _("the text has raw HTML that its source does not have")
    elif kind.startswith(("ordered_list", "bullet_list", "list_item")):
        template = _("the beginning of the text makes it a list")
    elif kind == "myst_line_comment":
        template = _("a % at the beginning hides the whole text")
    elif kind.startswith("heading"):
        template = _("the beginning of the text makes it a heading")
    else:
        template = _("the text is not the one paragraph that its source is")
    yield problem(
        "unsafe-block",
        template,
        _(
            "Put a backslash before the first sign (`2\\.`, `\\%`, `\\-`), "
            "or begin with another word."
        ),
    )


def _elements(known: Content, found: Content) -> Iterator[Problem]:
    """Roles, formulas, links, images, HTML and substitutions that the source does not have."""
    for kind, (rule, template, advice) in _NEW.items():
        for key in found.keys(kind) - known.keys(kind):
            if key not in known.keys(kind):
                yield problem(rule, template, advice, element=key)
    unknown = {piece.kind for piece in found.pieces} - {piece.kind for piece in known.pieces}
    if kinds := unknown - KINDS:
        yield problem(
            "unsafe-text",
            _("the text has markup that its source does not have: {element}"),
            _KEEP,
            element=min(kinds),
        )
    labels = {"".join(match) for match in _REFERENCE.findall(known.raw)}
    for match in _REFERENCE.findall(found.raw):
        if "".join(match) not in labels and not found.formula:
            rule, template, advice = _NEW["link"]
            yield problem(rule, template, advice, element="".join(match))


_KEEP: Final = _("Use what the source has, and nothing else of this kind.")

_NEW: Final = {
    "role": ("unsafe-role", _("the source has no role {element}"), _KEEP),
    "math": (
        "unsafe-math",
        _("the source has no formula {element}"),
        _(
            "Copy the formula from the source; "
            "only words inside its text commands may be translated."
        ),
    ),
    "link": ("unsafe-link", _("the source has no link to {element}"), _KEEP),
    "image": ("unsafe-image", _("the source has no image {element}"), _KEEP),
    "html": (
        "unsafe-html",
        _("the text has raw HTML that its source does not have: {element}"),
        _("Remove it."),
    ),
    "substitution": (
        "unsafe-substitution",
        _("the text has an expression in double braces: {element}"),
        _("Remove it."),
    ),
}


def _scripts(known: Content, found: Content) -> Iterator[Problem]:
    """What a browser or Sphinx might read in a text, even where Markdown does not."""
    here = "".join(_readable(found, known))
    for pattern in (_TAG, _ATTRIBUTE):
        for match in Counter(pattern.findall(here)) - Counter(pattern.findall(known.raw)):
            rule, template, advice = _NEW["html"]
            if not found.keys("html")[match]:
                yield problem(rule, template, advice, element=match)
    if "{{" in here and "{{" not in known.raw and not found.keys("substitution"):
        rule, template, advice = _NEW["substitution"]
        yield problem(rule, template, advice, element="{{")
    clear, hidden = _unhidden(found.raw), _unhidden(known.raw)
    for match in Counter(_SCHEME.findall(clear)) - Counter(_SCHEME.findall(hidden)):
        yield problem(
            "unsafe-link",
            _("the text has an address that runs a program: {element}"),
            _("Remove it."),
            element=match,
        )
    for entity in found.keys("entity") - known.keys("entity"):
        if _hides(html.unescape(entity)):
            yield problem(
                "unsafe-entity",
                _("{element} hides a character"),
                _("Write the character itself."),
                element=entity,
            )
    if _NO_CHECKS.search(found.raw) and not _NO_CHECKS.search(known.raw):
        yield problem(
            "unsafe-text",
            _("`# noqa` at the end switches off the checks of Sphinx"),
            _("Remove it."),
        )


def _readable(found: Content, known: Content) -> Iterator[str]:
    """All that may reach a page as text: also titles of roles and links, and new code."""
    for piece in found.pieces:
        if piece.kind == "code":
            yield "" if piece.key in known.keys("code") else piece.key
        elif piece.kind not in ("math", "html"):
            yield piece.text


def _unhidden(text: str) -> str:
    """A text as a lenient reader of addresses would take it."""
    for _round in range(2):
        text = unquote(html.unescape(text), errors="replace")
    text = unicodedata.normalize("NFKC", text).replace("\\", "").casefold()
    return _SPACES.sub(
        " ", re.sub("[\u0000-\u0008\u200b-\u200f\u2060-\u206f\ufeff\u00ad]", "", text)
    )


def _hides(decoded: str) -> bool:
    return decoded.isascii() or bool(forbidden("", decoded))


def _format(known: Content, found: Content) -> list[Problem]:
    """A message that a program fills has its fields, and no brace or percent sign besides.

    `{value.__class__}` would read what is not for the page, `{value:>99999999}` fill the memory.
    """
    wanted = fields(known)
    here, there = "".join(_readable(found, known)), known.literal
    signs = [len(_FORMAT.findall(FIELD.sub("", text))) for text in (here, there)]
    if not wanted or (Counter(FIELD.findall(here)) == wanted and signs[0] <= signs[1]):
        return []
    return [
        problem(
            "unsafe-placeholder",
            _("the fields are not those of the source: {fields}"),
            _("Copy each of them from the source, once, with its braces or its percent sign."),
            fields=" ".join(wanted.elements()),
        )
    ]
