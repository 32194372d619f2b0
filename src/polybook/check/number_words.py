"""Numbers that are written as words, in English and in the languages of the translations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_ENGLISH: Final[Mapping[str, int]] = MappingProxyType(
    {
        word: value
        for words, value in (
            ("zero no none", 0),
            ("a an one once single first each every only per", 1),
            ("two twice double doubles doubled second both half halves pair", 2),
            ("three thrice third thirds triple", 3),
            ("four fourth quarter quarters", 4),
            ("five fifth fifths", 5),
            ("six sixth", 6),
            ("seven seventh", 7),
            ("eight eighth", 8),
            ("nine ninth", 9),
            ("ten tenth tenths tens", 10),
            ("eleven", 11),
            ("twelve dozen", 12),
            ("fifteen", 15),
            ("sixteen", 16),
            ("twenty", 20),
            ("thirty", 30),
            ("forty", 40),
            ("fifty", 50),
            ("sixty", 60),
            ("hundred hundreds hundredth hundredths", 100),
            ("thousand thousands thousandth", 1000),
            ("million millions millionth", 10**6),
            ("billion billions billionth", 10**9),
        )
        for word in words.split()
    }
)

# Zero to ten; a word counts wherever it stands in the text.
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ko": "영 한|하나|첫 두|둘 세|셋|석 네|넷 다섯 여섯 일곱 여덟 아홉 열",
        "zh": "零 一 二|两|兩|双|雙 三 四 五 六 七 八 九 十",
        "tr": "sıfır bir|ilk|tek iki üç dört beş altı yedi sekiz dokuz on",
    }
)

# Words after a number that multiply it.
SCALES: Final[Mapping[str, Mapping[str, int]]] = MappingProxyType(
    {
        "en": {"thousand": 10**3, "million": 10**6, "billion": 10**9},
        "ko": {"천": 10**3, "만": 10**4, "억": 10**8, "조": 10**12},
        "zh": {"千": 10**3, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8},
        "tr": {"bin": 10**3, "milyon": 10**6, "milyar": 10**9},
    }
)


def named_numbers(english: str) -> set[int]:
    """The numbers that an English text has as words: two, twice, a tenth, fifteenfold."""
    numbers = set()
    for word in re.findall(r"[a-z]+", english.casefold()):
        value = _ENGLISH.get(word.removesuffix("fold") or word, _ENGLISH.get(word))
        if value is not None:
            numbers.add(value)
    return numbers


def has_word_for(number: int, text: str, language: str) -> bool:
    """Whether a text has a number from zero to ten as a word of its language."""
    words = _WORDS.get(language, "").split()
    if not 0 <= number < len(words):
        return False
    pattern = rf"\b({words[number]})" if language == "tr" else words[number]
    return re.search(pattern, text.casefold().replace("i̇", "i")) is not None
