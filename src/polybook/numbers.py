"""Measured numbers as text: three significant digits, in the language's own number format."""

from __future__ import annotations

import math

from babel.numbers import format_decimal, format_scientific

SIGNIFICANT_DIGITS = "@@@"


def measured_text(value: float | int | str | bool, language: str) -> str:
    """A measured value in the number format of `language` (a gettext code such as zh_CN).

    A number below zero has a minus sign, not a hyphen.
    """
    if isinstance(value, (str, bool)):
        return str(value)
    return _number_text(value, language).replace("-", "−")


def _number_text(value: float | int, language: str) -> str:
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: "−∞"}.get(value, "NaN")
    if isinstance(value, int):
        return format_decimal(value, locale=language, group_separator=False)
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e6:
        return _scientific(value, language)
    return format_decimal(value, format=SIGNIFICANT_DIGITS, locale=language, group_separator=False)


def _scientific(value: float, language: str) -> str:
    mantissa, exponent = format_scientific(value, format="0.00E0", locale=language).split("E")
    raised = exponent.translate(str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}\u00a0×\u00a010{raised}"
