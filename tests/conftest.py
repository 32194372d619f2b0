"""Which frameworks the tests run with (those asked for must be there), and the book, built."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from polybook.config import Book

# A busy machine is no mistake in the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# The name of a tab, a kernel and a test marker, and the distribution's importable name.
FRAMEWORKS = {"pytorch": "torch", "tensorflow": "tensorflow", "mxnet": "mxnet"}

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--framework",
        action="append",
        choices=tuple(FRAMEWORKS),
        help="run this framework's tests, and fail if it is not installed; may be repeated "
        "(default: MINIBATCH_FRAMEWORKS, names between commas; else all that are installed)",
    )


def pytest_configure(config: pytest.Config) -> None:
    for framework in FRAMEWORKS:
        config.addinivalue_line("markers", f"{framework}: needs {framework}")
    if unknown := asked_for(config) - FRAMEWORKS.keys():
        raise pytest.UsageError(f"MINIBATCH_FRAMEWORKS names {', '.join(sorted(unknown))}")


def asked_for(config: pytest.Config) -> set[str]:
    environment = os.environ.get("MINIBATCH_FRAMEWORKS", "")
    names = config.getoption("--framework") or environment.split(",")
    return {name.strip() for name in names if name.strip()}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    asked = asked_for(item.config)
    for framework, module in FRAMEWORKS.items():
        if item.get_closest_marker(framework) is None:
            continue
        if asked and framework not in asked:
            pytest.skip(f"{framework} was not asked for")
        if find_spec(module) is None:
            if framework in asked:
                pytest.fail(f"{framework} was asked for, but {module} is not installed")
            pytest.skip(f"{module} is not installed")


@cache
def load_this_book() -> Book:
    from polybook.config import load_book

    return load_book(ROOT)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`edition` is each language, `translation` each but the source, `page_name` each page."""
    asked = {"edition", "translation", "page_name"} & set(metafunc.fixturenames)
    if not asked:
        return
    book = load_this_book()
    if "edition" in asked:
        metafunc.parametrize("edition", book.languages, ids=lambda language: language.code)
    if "translation" in asked:
        metafunc.parametrize("translation", book.languages[1:], ids=lambda language: language.code)
    if "page_name" in asked:
        metafunc.parametrize("page_name", book.pages)


@pytest.fixture(scope="session")
def this_book() -> Book:
    """The book in this repository."""
    return load_this_book()


@pytest.fixture(scope="session")
def shown_frameworks(pytestconfig: pytest.Config) -> tuple[str, ...]:
    """The frameworks of the built site: those asked for, else those that are installed."""
    installed = {name for name, module in FRAMEWORKS.items() if find_spec(module)}
    asked = asked_for(pytestconfig)
    if missing := asked - installed:
        pytest.fail(f"asked for, but not installed: {', '.join(sorted(missing))}")
    return tuple(name for name in FRAMEWORKS if name in (asked or installed))


@pytest.fixture(scope="session")
def built_site(shown_frameworks: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site, built with warnings as errors; `_build/site` if it is complete."""
    site = ROOT / "_build/site"
    command = [sys.executable, "-m", "polybook.cli", "build", "-W"]
    if len(shown_frameworks) < len(FRAMEWORKS):
        site = tmp_path_factory.mktemp("site")
        command += [f"--framework={name}" for name in shown_frameworks] + [f"--output={site}"]
    done = subprocess.run(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        pytest.fail(f"the book cannot be built:\n{done.stdout}", pytrace=False)
    return site
