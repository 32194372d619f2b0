"""What a message contains, as the book's own parser reads it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

# What Jupyter Book switches on unless _config.yml says otherwise.
EXTENSIONS: Final = frozenset({"colon_fence", "dollarmath", "linkify", "substitution", "tasklist"})

# Stands in `Content.line` for what is no text: a role, a formula, code, an image.
OBJECT: Final = "\ufffc"

# Roles whose whole content is text for the reader.
TEXT_ROLES: Final = frozenset(
    {"abbr", "dfn", "emphasis", "guilabel", "kbd", "menuselection", "strong", "sub", "sup"}
)

FIELD: Final = re.compile(r"\{\w*\}|%(?:\(\w+\))?[sd](?![A-Za-z])")

_TITLE_AND_TARGET: Final = re.compile(r"(.*?)\s*(?<!\\)<([^<>]*)>", re.DOTALL)
_WORDS_IN_MATH: Final = re.compile(r"(\\(?:text|mbox)\s*)\{([^{}\\$<>&#%]*)\}")
_FORMULA: Final = re.compile(r"\\(text|mbox)\b")
_FOOTNOTE: Final = re.compile(r"\[\^([^\]\s]{1,99})\]")


_TEXTS: Final = frozenset({"text", "escaped", "entity"})
_MARKS: Final = frozenset({"emphasis", "strong", "link", "html"})
KINDS: Final = _TEXTS | _MARKS | {"role", "math", "code", "image", "footnote", "substitution"}


@dataclass(frozen=True)
class Piece:
    """One inline element. `key` is what a translation must keep, `text` what it may change.

    `kind` is one of `KINDS`, or the parser's own name for markup that is not known here.
    """

    kind: str
    key: str = ""
    text: str = ""

    @property
    def written(self) -> str:
        """The element as it stands in a message, without a title."""
        marks = {"math": "$", "code": "`"}.get(self.kind, "")
        return f"{marks}{self.key}{marks}"


@dataclass(frozen=True)
class Content:
    """The inline `pieces` of a message in order, and the `blocks` that hold them.

    `formula` tells that the message is a displayed formula with words, and no Markdown.
    """

    raw: str
    blocks: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()
    formula: bool = False

    def keys(self, *kinds: str) -> Counter[str]:
        """How often each element of these kinds is there."""
        return Counter(piece.key for piece in self.pieces if piece.kind in kinds)

    @cached_property
    def line(self) -> str:
        """What readers see as text, with `OBJECT` for everything else."""
        if self.formula:
            return OBJECT.join(words for _, words in _WORDS_IN_MATH.findall(self.raw))
        return "".join(map(_as_text, self.pieces))

    @cached_property
    def literal(self) -> str:
        """The text whose characters nobody escaped: markup in it is markup that failed."""
        return "".join(
            piece.text if piece.kind == "text" else "" if piece.kind in _MARKS else OBJECT
            for piece in self.pieces
        )

    @cached_property
    def objects(self) -> tuple[Piece, ...]:
        """The pieces that stand as `OBJECT` in the line, in order."""
        return tuple(piece for piece in self.pieces if _as_text(piece) == OBJECT)


def _as_text(piece: Piece) -> str:
    if piece.kind in _TEXTS:
        return piece.text
    return "" if piece.kind in _MARKS else OBJECT


class Unparsable(Exception):
    """The book's parser fails on a text."""


@lru_cache(maxsize=4096)
def parse(text: str, formula: bool = False) -> Content:
    """What a message contains; raises `Unparsable`.

    A `formula` is taken as it is. A text that has `\\text{…}` outside of `$…$` is one.
    """
    if formula:
        return Content(text, pieces=(Piece("math", formula_key(text)),), formula=True)
    labels = {f":{label}": -1 for label in _FOOTNOTE.findall(text)}
    try:
        tokens = _parser().parse(text, {"footnotes": {"refs": labels}} if labels else {})
    except Exception as error:  # whatever it is, the build would meet it too
        raise Unparsable(str(error)) from error
    blocks = tuple(token.type + _block_detail(token) for token in tokens)
    pieces = tuple(piece for token in tokens for piece in _pieces(token.children or ()))
    return Content(text, blocks, pieces)


def read_pair(source: str, text: str) -> tuple[Content, Content]:
    """Source and text of a message, both read as what the source is; raises `Unparsable`."""
    formula = is_formula(source)
    # To the program that fills a field, % begins no comment.
    if FIELD.match(source):
        return _without_comment(source), _without_comment(text)
    known = parse(source, formula)
    if text.startswith("%") and fields(known):
        return known, _without_comment(text)
    return known, parse(text, formula)


def _without_comment(text: str) -> Content:
    content = parse(f"{OBJECT}{text}")
    first, *rest = content.pieces or (Piece("text"),)
    pieces = (replace(first, text=first.text.removeprefix(OBJECT)), *rest)
    return replace(content, raw=text, pieces=pieces)


def fields(content: Content) -> Counter[str]:
    """The fields of a text that a program fills, such as `{value}` and `%s`."""
    return Counter() if content.formula else Counter(FIELD.findall(content.literal))


def is_formula(source: str) -> bool:
    """Whether a source message is a displayed formula: only those have words outside of `$…$`."""
    if not _FORMULA.search(source):
        return False
    # One with line breaks may look like anything else to Markdown.
    return "\n" in source or _FORMULA.search(parse(source).literal) is not None


def formula_key(formula: str) -> str:
    """A formula without what a translation may change: the words in `\\text{…}`, and spaces."""
    return " ".join(_WORDS_IN_MATH.sub(r"\1{}", formula).split())


@cache
def _parser() -> MarkdownIt:
    config = MdParserConfig(enable_extensions=set(EXTENSIONS))
    # Escaped characters stay apart: they are meant to be seen.
    return create_md_parser(config, RendererHTML).disable(["text_join", "wordcount"])


def _block_detail(token: Token) -> str:
    """What tells blocks of one type apart: a directive's name and body, raw HTML, a target."""
    return "" if token.type == "inline" else f" {token.info.strip()} {token.content}".rstrip()


def _pieces(tokens: Iterable[Token]) -> Iterator[Piece]:
    for token in tokens:
        make = _MAKERS.get(token.type)
        if make is not None:
            yield make(token)
        elif token.type in ("softbreak", "hardbreak"):
            yield Piece("text", text="\n")
        elif not token.type.endswith("_close"):
            yield Piece(token.type, token.content)


def _role(token: Token) -> Piece:
    name, content = str(token.meta.get("name", "")), token.content.strip()
    if name in TEXT_ROLES:
        return Piece("role", f"{{{name}}}", content)
    if name == "math":
        return Piece("math", formula_key(content))
    match = _TITLE_AND_TARGET.fullmatch(content)
    title, target = match.groups() if match else ("", content)
    if name.startswith("cite"):
        target = ",".join(sorted(key.strip() for key in target.split(",")))
    return Piece("role", f"{{{name}}}`{target}`", title)


def _special(token: Token) -> Piece:
    if token.info == "entity":
        return Piece("entity", token.markup, token.content)
    if len(token.content) > 1:  # a backslash before a letter escapes nothing
        return Piece("text", text=token.content)
    return Piece("escaped", text=token.content)


def _attribute(token: Token, name: str) -> str:
    value: Any = token.attrGet(name)
    return "" if value is None else str(value)


_MAKERS: Final = {
    "text": lambda token: Piece("text", text=token.content),
    "text_special": _special,
    "myst_role": _role,
    "math_inline": lambda token: Piece("math", formula_key(token.content)),
    "math_inline_double": lambda token: Piece("math", formula_key(token.content)),
    "code_inline": lambda token: Piece("code", token.content),
    "link_open": lambda token: Piece("link", _attribute(token, "href"), _attribute(token, "title")),
    "image": lambda token: Piece("image", _attribute(token, "src"), token.content),
    "footnote_ref": lambda token: Piece("footnote", str(token.meta.get("label", ""))),
    "html_inline": lambda token: Piece("html", token.content),
    "em_open": lambda token: Piece("emphasis"),
    "strong_open": lambda token: Piece("strong"),
    "substitution_inline": lambda token: Piece("substitution", token.content),
}
