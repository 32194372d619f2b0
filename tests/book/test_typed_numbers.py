"""No measured number is typed: what looks like one in the prose is a known fact or a setting."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reading import prose

from polybook.cells import Chapter

_DIGITS = r"\d[\d.,]*[ \u00a0-]?"
_WORDS = (
    r"(?:half|ten|tens|a tenth|nine tenths|a hundred|hundreds|a thousand|thousands|a million"
    r"|twice|two|three|four|five|fifteen)(?:[ \u00a0-]|(?=fold))"
)
_UNIT = (
    r"(?:%|percent|GFLOP(?:/s|s)?|FLOPs?|[GMk]B(?:/s)?|[GMK]iB|bytes(?:/s)?|GHz|µs|ms|ns|s"
    r"|(?:milli|micro|nano)?seconds?|minutes?|hours?|times|fold|faster|slower)"
)
_MEASUREMENT = re.compile(rf"\b(?:{_DIGITS}|{_WORDS}){_UNIT}(?![\w/])")
_DECIMAL = re.compile(r"\d+\.\d+")

# Facts that the text derives or takes from the literature, and settings of the experiments.
FACTS = {
    # the clock of the example's processor, its registers, and half of one per cycle
    "2 GHz",
    "64 bytes",
    "32 bytes",
    # the memory of a mid-range server, and what a GPU asks of it compared with a CPU
    "100 GB/s",
    "100 times",
    # counted from the shapes: the product, one element, the matrices, values of float32
    "0.0336 GFLOP",
    "512 FLOPs",
    "256 KiB",
    "4 bytes",
    "256 times",
    # arithmetic intensities, and the bound that follows from the lowest of them
    "21 FLOPs",
    "43 FLOPs",
    "25 GFLOP/s",
    # how far off two printed formulas are: 2/0.0336 and 0.03/0.0336
    "60 times",
    # a thought experiment: more data than there are
    "a thousand times",
    # four neighbouring batch sizes: how much more arithmetic from one to the next
    "tenfold",
    "fifteenfold",
    # SGD: what precision costs when the error falls with the square root; how often `fit` is called
    *("ten times", "a hundred times", "three times"),
    # linear regression: the error against the noise; gradient descent: how near two rates are
    *("four times", "5 percent"),
    # the batch size: what halves a deviation; the loss to be reached; the memory of a child process
    *("fourfold", "3 %", "64 MiB"),
    # a layer's outputs for 32 and for 65536 examples: 64 units of 4 bytes each
    *("8 KiB", "16 MiB"),
}
SETTINGS = {
    # learning rates
    *("0.4", "0.05", "0.005"),
    # learning rates of the chapter on SGD
    *("0.1", "0.2"),
    # the billions of operations of a product, a fact from above
    "0.0336",
    # versions: of Python, of a licence
    *("3.10", "4.0"),
}


def _without_code_math_and_roles(text: str) -> str:
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"^\$\$.*?^\$\$[^\n]*$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^:name: .*$", "", text, flags=re.MULTILINE)
    return re.sub(r"\$[^$]+\$|\{[\w:]+\}`[^`]*`|`[^`\n]+`", " ", text)


def _typed(chapters: Mapping[str, Chapter], pattern: re.Pattern[str]) -> set[str]:
    texts = (_without_code_math_and_roles(prose(chapter)) for chapter in chapters.values())
    return {" ".join(found.split()) for text in texts for found in pattern.findall(text)}


def test_numbers_with_the_unit_of_a_measurement_are_known_facts(
    chapters: Mapping[str, Chapter],
) -> None:
    assert _typed(chapters, _MEASUREMENT) - FACTS == set()


def test_numbers_with_decimals_are_settings_or_versions(chapters: Mapping[str, Chapter]) -> None:
    assert _typed(chapters, _DECIMAL) - SETTINGS == set()


def test_what_is_allowed_is_in_the_text(chapters: Mapping[str, Chapter]) -> None:
    texts = " ".join(prose(chapter) for chapter in chapters.values())
    assert {fact for fact in FACTS | SETTINGS if fact not in " ".join(texts.split())} == set()


def test_the_check_finds_what_it_is_for() -> None:
    text = (
        "It takes 3.4 ms, 20 µs, 1.2 seconds or 0.5 s at 17 GFLOP/s, 30 % or 12 percent more, "
        "100 times as much, ten times faster, 3 MiB."
    )
    assert len(_MEASUREMENT.findall(text)) == 10
    assert _MEASUREMENT.findall("in 2 epochs, 100 examples, four ways, 1500 rows") == []
