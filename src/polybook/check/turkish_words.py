"""Turkish words under their suffixes, and words that lost their letters."""

from __future__ import annotations

import re
from typing import Final

_LOWER: Final = str.maketrans({"I": "ı", "İ": "i"})
_ASCII: Final = str.maketrans("çğıöşüâîû", "cgiosuaiu")
_SOFTENED: Final = ("pb", "çc", "td", "kğg")
_POSSESSIVE: Final = re.compile(r"(.{3,}?)(?:s?[ıiuü])$")
_NARROW_VOWEL: Final = re.compile(r"(.*[^aeıioöuü])[ıiuü]([^aeıioöuü])$")

# Frequent words that are no words at all without their own letters.
_FREQUENT: Final = """
için çok çünkü değil böyle şöyle büyük küçük değer örnek öğren eğitim işlem yöntem düşük yüksek
olduğu göre çarpım ölçüm ağırlık sürekli aynı sıfır doğrusal başlangıç güncelle hızlı yavaş
şimdi döngü düzey özet alıştırma bölüm şekil gösterir inişi önbellek vektörleştirme değiş
işaret ölçek çözüm özellik
"""
WITHOUT_ASCII_TWIN: Final = frozenset(_FREQUENT.split())


def lower(text: str) -> str:
    """Lower case as Turkish has it: I is ı, İ is i."""
    return text.translate(_LOWER).lower()


def ascii_only(text: str) -> str:
    """A word in lower case as somebody without a Turkish keyboard would type it."""
    return text.translate(_ASCII)


def stems(word: str) -> set[str]:
    """Beginnings of which each form of a word has one: suffixes soften and drop letters.

    `önbellek` has `önbelle`, because of `önbelleğe`; `kayıp` has `kayb`, because of `kaybı`.
    """
    word = lower(word)
    base = match[1] if (match := _POSSESSIVE.match(word)) and len(word) > 4 else word
    found = {base}
    for letters in _SOFTENED:
        if base[-1] in letters and len(base) > 3:
            found = {base[:-1] + letter for letter in letters}
    for form in list(found):
        if narrow := _NARROW_VOWEL.match(form):
            found.add(narrow[1] + narrow[2])
    return found
