"""Numbers and their units, as each language writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from polybook.check.content import Content
from polybook.check.number_words import SCALES, has_word_for, named_numbers
from polybook.check.problem import Problem, problem
from polybook.words import _

_NUMBER: Final = re.compile(
    r"[0-9]{1,3}(?:[\u00a0\u202f\u2009][0-9]{3})+(?![0-9])|[0-9]+(?:[.,][0-9]+)*"
)
_LONGEST: Final = 40
_NONE: Final = Decimal(-1)

# Symbols are the same in every language; these words of theirs may stand for them.
_UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "GHz": "gigahertz|기가헤르츠|吉赫兹",
        "MHz": "megahertz|메가헤르츠|兆赫兹",
        "kHz": "kilohertz|킬로헤르츠|千赫兹",
        "Hz": "hertz|헤르츠|赫兹",
        "TB/s": "",
        "GB/s": "",
        "MB/s": "",
        "TB": "테라바이트",
        "GB": "기가바이트",
        "MB": "메가바이트",
        "kB": "킬로바이트",
        "GiB": "",
        "MiB": "",
        "KiB": "",
        "GFLOP/s": "",
        "GFLOP": "",
        "FLOP": "",
        "FLOPs": "",
        "byte": "바이트|字节|位元組|bayt",
        "bit": "비트|位|比特|位元",
        "ns": "nanosecond|나노초|纳秒|奈秒|nanosaniye",
        "µs": "μs|microsecond|마이크로초|微秒|mikrosaniye",
        "ms": "millisecond|밀리초|毫秒|milisaniye",
        "s": "second|sn(?![a-z])|초(?!과|기)|秒|saniye",
        "mm": "millimet|밀리미터|毫米|milimetre",
        "dB": "decibel|데시벨|分贝|分貝|desibel",
    }
)
_SAME: Final = MappingProxyType({"FLOPs": "FLOP"})
_ONLY_WORDS: Final = frozenset({"byte", "bit"})


def _unit_pattern(unit: str, words: str) -> re.Pattern[str]:
    end = "" if unit in _ONLY_WORDS else "(?![A-Za-z/])"
    return re.compile(rf"[ \u00a0\u202f-]?(?:{unit}{end}{'|' + words if words else ''})")


_PATTERNS: Final = tuple((unit, _unit_pattern(unit, words)) for unit, words in _UNITS.items())


@dataclass(frozen=True)
class Quantity:
    """A number as it is `written`, its `value`, its unit if any, and the value `scaled` by a word.

    Both values are kept, since 만 may be a particle.
    """

    written: str
    value: Decimal
    unit: str = ""
    scaled: Decimal | None = None

    def equals(self, other: Quantity) -> bool:
        """Whether both may be the same number."""
        return not {self.value, self.scaled}.isdisjoint({other.value, other.scaled} - {None, _NONE})


def quantities(line: str, language: str) -> list[Quantity]:
    """The numbers in a line, read as `language` (en, ko, zh, tr) writes them."""
    return [
        _quantity(match[0], line[match.end() : match.end() + 20], language)
        for match in _NUMBER.finditer(line)
    ]


def _quantity(written: str, following: str, language: str) -> Quantity:
    value = _value(written, language)
    for word, scale in SCALES.get(language, {}).items():
        if following.lstrip(" \u00a0").startswith(word):
            return Quantity(written, value, scaled=value * scale)
    unit = next((unit for unit, pattern in _PATTERNS if pattern.match(following)), "")
    return Quantity(written, value, _SAME.get(unit, unit))


def _value(written: str, language: str) -> Decimal:
    number = re.sub(r"[^0-9.,]", "", written)[:_LONGEST]
    point, group = (",", ".") if language == "tr" else (".", ",")
    if re.fullmatch(rf"[1-9][0-9]{{0,2}}({re.escape(group)}[0-9]{{3}})+", number.split(point)[0]):
        number = number.replace(group, "")
    number = number.replace(point, ".", 1)
    # 3.11.2 is a version, 1,2,3 a list: compared as they are written
    return Decimal(number) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", number) else _NONE


def quantity_problems(source: Content, text: Content, language: str) -> Iterator[Problem]:
    """A number of the source that is missing, one that is new, one that lost its unit."""
    wanted, found = quantities(source.line, "en"), quantities(text.line, language)
    missing, extra = _difference(wanted, found)
    for quantity in missing:
        if not has_word_for(_small(quantity.value), text.line, language):
            yield problem(
                "number",
                _("the number {number} of the source is missing"),
                _("Write it with digits; a decimal point or comma is your language's own."),
                number=quantity.written,
            )
    named = named_numbers(source.line)
    for quantity in extra:
        if quantity.value not in named and not any(map(quantity.equals, wanted)):
            yield problem(
                "number",
                _("the source has no number {number}"),
                _("Compare it with the source."),
                number=quantity.written,
            )
    yield from _units(wanted, found)


def _difference(
    wanted: list[Quantity], found: list[Quantity]
) -> tuple[list[Quantity], list[Quantity]]:
    """What is only in one of the lists. The same spelling is the same number, else the value."""
    missing, extra = list(wanted), list(found)
    for same in (
        _written_alike,
        Quantity.equals,
    ):
        for quantity in list(extra):
            twin = next((other for other in missing if same(other, quantity)), None)
            if twin is not None:
                missing.remove(twin)
                extra.remove(quantity)
    return missing, extra


def _written_alike(one: Quantity, other: Quantity) -> bool:
    return one.written == other.written


def _small(value: Decimal) -> int:
    return int(value) if value in range(11) else -1


def _units(wanted: list[Quantity], found: list[Quantity]) -> Iterator[Problem]:
    for quantity in dict.fromkeys(wanted):
        same = [
            other for other in found if quantity.written == other.written or quantity.equals(other)
        ]
        if quantity.unit and same and all(other.unit != quantity.unit for other in same):
            yield problem(
                "unit",
                _("after {number} the unit of the source is missing: {unit}"),
                _("Write the unit of the source after the number."),
                number=quantity.written,
                unit=quantity.unit,
            )
