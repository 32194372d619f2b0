"""Particles and suffixes that agree with the number of the reference before them.

A translator writes `{numref}`fig-gd`은` or `{eq}`eq-gd`'de` once. The number that the reference
gets may change later, and with it the right form: 3.1은 but 3.2는, 3.1'de but 3.3'te. Only text
that touches a reference is changed, and only if its first word is, as a whole, a known particle.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any, Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from polybook.rewording import reword

_LAST_NUMBER: Final = re.compile(r"(\d+)[^\w]*$")


def agree(language: str, spoken: str, following: str, *, decimal: bool = False) -> str:
    """Return `following` with its leading particle or suffix made to agree with `spoken`.

    `language` is a code such as `ko` or `tr`; text in other languages is returned unchanged, and so
    is text whose first word is no particle known here. The last number of 3.10 is a ten, or with
    `decimal` the digits of a fraction.

    >>> agree("ko", "그림 3.1", "는 손실이다.")
    '은 손실이다.'
    >>> agree("tr", "Şekil 3.3", "'de görülür.")
    "'te görülür."
    """
    rule = _RULES.get(language.partition("_")[0])
    if decimal and language == "ko":
        spoken = re.sub(r".*\.\d*(\d)$", r"\1", spoken)  # a fraction is read digit by digit
    return rule(spoken, following) if rule else following


# Korean: what counts is whether the last syllable ends in a consonant, and for 으로 whether in ㄹ.

_ZERO_TO_NINE: Final = "영일이삼사오육칠팔구"
_TENS: Final = ((12, "조"), (8, "억"), (4, "만"), (3, "천"), (2, "백"), (1, "십"))

# After a consonant, after a vowel; and what may follow either.
_KOREAN_PAIRS: Final = (
    ("은", "는", ("", "커녕")),
    ("이", "가", ("",)),
    ("을", "를", ("",)),
    ("과", "와", ("", "의", "는", "도", "만", "같이", "함께")),
    ("으로", "로", ("", "는", "도", "만", "의", "까지", "부터", "부터의", "부터는")),
    ("으로", "로", ("서", "서의", "서는", "서도", "써", "써는")),
    ("이", "", ("나", "나마", "란", "랑", "든", "든지", "라", "라고", "라는", "라면", "라도")),
    ("이", "", ("라서", "라며", "라든지", "며", "고", "다", "므로", "지만", "면", "니", "니까")),
    ("이", "", ("거나", "자", "지", "던", "야")),
    ("이었", "였", ("다", "고", "으며", "지만", "던", "으나")),
)


def _korean_forms() -> dict[str, tuple[str, str]]:
    return {
        form + tail: (consonant + tail, vowel + tail)
        for consonant, vowel, tails in _KOREAN_PAIRS
        for tail in tails
        for form in (consonant, vowel)
    }


_KOREAN_FORMS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(_korean_forms())


def _last_syllable(spoken: str) -> str:
    """The last syllable of a text that ends in Hangul or a number, else an empty string."""
    number = _LAST_NUMBER.search(spoken)
    if number is None:
        word = re.search(r"([가-힣])[^\w]*$", spoken)
        return word[1] if word else ""
    digits = number[1]
    zeros = len(digits) - len(digits.rstrip("0"))
    if zeros == 0 or not digits.strip("0"):
        return _ZERO_TO_NINE[int(digits[-1])]
    return next(word for power, word in _TENS if zeros >= power)


def _agree_korean(spoken: str, following: str) -> str:
    word = re.match(r"[가-힣]+", following)
    forms = _KOREAN_FORMS.get(word[0]) if word else None
    syllable = _last_syllable(spoken)
    if word is None or forms is None or not syllable:
        return following
    final = (ord(syllable) - ord("가")) % 28  # the number of the consonant that closes it; 8 is ㄹ
    after_vowel = final == 0 or (final == 8 and forms[0].startswith("으로"))
    return forms[after_vowel] + following[word.end() :]


# Turkish: A and I follow the last vowel, D and C harden after a voiceless consonant, and a letter
# in brackets is a buffer, written after a vowel only (I in brackets: after a consonant only).

_ONES: Final = ("sıfır", "bir", "iki", "üç", "dört", "beş", "altı", "yedi", "sekiz", "dokuz")
_TENS_WORDS: Final = ("on", "yirmi", "otuz", "kırk", "elli", "altmış", "yetmiş", "seksen", "doksan")
_POWERS: Final = ((12, "trilyon"), (9, "milyar"), (6, "milyon"), (3, "bin"), (2, "yüz"))

# The sooner one wins where two share a form: 'i is taken as the accusative, not the possessive.
_TURKISH_SUFFIXES: Final = (
    "DA",
    "DAn",
    "DAki",
    "DAkiler",
    "DAkilerin",
    "DAkine",
    "DAkini",
    "DAkinin",
    "DAkinden",
    "(y)A",
    "(y)I",
    "(n)In",
    "(y)lA",
    "DIr",
    "DAdIr",
    "DAydI",
    "(y)DI",
    "(y)sA",
    "(y)ken",
    "lAr",
    "lArI",
    "lArA",
    "lArIn",
    "lArdA",
    "lArdAn",
    "lIk",
    "lI",
    "sIz",
    "CA",
    "(ş)Ar",
    "(I)ncI",
    "(I)ncIsI",
    "(I)ncIdA",
    "(s)I",
    "(s)InA",
    "(s)InI",
    "(s)InIn",
    "(s)IndA",
    "(s)IndAn",
    "(s)IndAki",
    "(s)IylA",
    "(s)IdIr",
)
_HIGH_VOWEL: Final[Mapping[str, str]] = MappingProxyType(
    dict(zip("aıeiouöü", "ııiiuuüü", strict=True))
)
_SUFFIX: Final = re.compile(r"['’‘]([a-zçğıöşü]+)(?!\w)")


def _attached(suffix: str, word: str) -> str:
    """The form that a suffix takes after a word."""
    written = word
    for buffer, plain in re.findall(r"\((\w)\)|(\w)", suffix):
        after_vowel = written[-1] in _HIGH_VOWEL
        if buffer and after_vowel == (buffer == "I"):
            continue
        vowel = next(letter for letter in reversed(written) if letter in _HIGH_VOWEL)
        letters = {
            "A": "a" if vowel in "aıou" else "e",
            "I": _HIGH_VOWEL[vowel],
            "D": "t" if written[-1] in "fstkçşhp" else "d",
            "C": "ç" if written[-1] in "fstkçşhp" else "c",
        }
        letter = buffer or plain
        written += letters.get(letter, letter)
    return written[len(word) :]


def _turkish_forms() -> dict[str, str]:
    # No number ends in the last three; they make the forms known that are right after no number.
    words = (*_ONES, *_TENS_WORDS, *(word for _, word in _POWERS), "u", "ü", "ut")
    return {
        _attached(suffix, word): suffix
        for suffix, word in product(reversed(_TURKISH_SUFFIXES), words)
    }


_TURKISH_FORMS: Final[Mapping[str, str]] = MappingProxyType(_turkish_forms())


def _last_word(digits: str) -> str:
    """The last word of a number as it is said: 20 is yirmi, 300 is üç yüz, 4000 is dört bin."""
    zeros = len(digits) - len(digits.rstrip("0"))
    if zeros == 0 or not digits.strip("0"):
        return _ONES[int(digits[-1])]
    if zeros == 1:
        return _TENS_WORDS[int(digits[-2]) - 1]
    return next(word for power, word in _POWERS if zeros >= power)


def _agree_turkish(spoken: str, following: str) -> str:
    number, written = _LAST_NUMBER.search(spoken), _SUFFIX.match(following)
    suffix = _TURKISH_FORMS.get(written[1]) if written else None
    if number is None or written is None or suffix is None:
        return following
    # A suffix never opens a quotation, whatever the typographer of quotation marks took it for.
    apostrophe = following[0].replace("‘", "’")
    return apostrophe + _attached(suffix, _last_word(number[1])) + following[written.end() :]


_RULES: Final[Mapping[str, Callable[[str, str], str]]] = MappingProxyType(
    {"ko": _agree_korean, "tr": _agree_turkish}
)


class AgreeWithReferences(SphinxPostTransform):
    """Make what touches a numbered reference or a measured value agree with it, once known."""

    default_priority = 200  # after the references are resolved (10)

    def run(self, **_: Any) -> None:
        """Look at every reference inside the book, and measured value, that text follows directly.

        Citations are left alone: the particle after one agrees with the word before it.
        """
        for node in list(self.document.findall(nodes.TextElement)):
            text = node.next_node(descend=False, siblings=True)
            measured = isinstance(node, nodes.inline) and "measured" in node["classes"]
            if not isinstance(text, nodes.Text) or not (measured or _is_numbered(node)):
                continue
            agreed = agree(self.config.language, node.astext(), text.astext(), decimal=measured)
            if agreed != text.astext():
                reword(text, agreed)


def _is_numbered(node: nodes.Element) -> bool:
    return isinstance(node, nodes.reference) and bool(node.get("internal"))


def setup_agreement(app: Sphinx) -> None:
    """Register the transform; languages without such rules are left alone."""
    app.add_post_transform(AgreeWithReferences)
