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

# By page: facts that its text derives or takes from the literature, and settings of experiments.
KNOWN = {
    "book/preface": {
        "200 times",  # how often a call is timed
    },
    "book/linear-scratch": {
        "four times",  # the error against the noise
    },
    "book/gd": {
        *("0.2", "5 percent"),  # a learning rate, and how near two others are to their limit
        "ten times",  # two curvatures
    },
    "book/sgd": {
        *("0.1", "0.2"),  # learning rates
        *("ten times", "a hundred times"),  # an error that falls with the square root
        "three times",  # how often `fit` is called
    },
    "book/minibatch-sgd": {
        *("0.4", "0.2", "0.05", "0.005"),  # learning rates
        # the clock of the example's processor, its registers, and half of one per cycle
        *("2 GHz", "64 bytes", "32 bytes"),
        # the memory of a mid-range server, and what a GPU asks of it compared with a CPU
        *("100 GB/s", "100 times"),
        # counted from the shapes: the product, one element, the matrices, values of float32
        *("0.0336", "0.0336 GFLOP", "512 FLOPs", "256 KiB", "4 bytes", "256 times"),
        # arithmetic intensities, and the bound that follows from the lowest of them
        *("21 FLOPs", "43 FLOPs", "25 GFLOP/s"),
        "60 times",  # how far off a printed formula is: 2/0.0336
        "a thousand times",  # a thought experiment: more data than there are
        *("tenfold", "fifteenfold"),  # four batch sizes: the arithmetic from one to the next
    },
    "book/batch-size": {
        "0.05",  # a learning rate
        "fourfold",  # what halves a deviation
        "3 %",  # the loss to be reached, above its minimum
        *("4 bytes", "64 MiB"),  # a value of float32; what a child process may have
        *("8 KiB", "16 MiB"),  # a layer's outputs for 32 and 65536 examples: 64 values each
    },
    "book/batch-norm": {
        *("0.05", "0.2"),  # learning rates
        "ten times",  # initial weights that are too small
    },
    "book/translating": {
        "3.10",  # a version of Python
        "4.0",  # a version of a licence
        "100 times",  # an example of what a translation may not change
    },
}


def _without_code_math_and_roles(text: str) -> str:
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"^\$\$.*?^\$\$[^\n]*$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^:name: .*$", "", text, flags=re.MULTILINE)
    return re.sub(r"\$[^$]+\$|\{[\w:]+\}`[^`]*`|`[^`\n]+`", " ", text)


def test_numbers_that_look_measured_are_the_known_ones_of_the_page(
    chapters: Mapping[str, Chapter], page_name: str
) -> None:
    text = _without_code_math_and_roles(prose(chapters[page_name]))
    typed = [*_MEASUREMENT.findall(text), *_DECIMAL.findall(text)]
    assert {" ".join(number.split()) for number in typed} == KNOWN.get(page_name, set())


def test_the_check_finds_what_it_is_for() -> None:
    text = (
        "It takes 3.4 ms, 20 µs, 1.2 seconds or 0.5 s at 17 GFLOP/s, 30 % or 12 percent more, "
        "100 times as much, ten times faster, 3 MiB."
    )
    assert len(_MEASUREMENT.findall(text)) == 10
    assert _MEASUREMENT.findall("in 2 epochs, 100 examples, four ways, 1500 rows") == []
