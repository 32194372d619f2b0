"""Which frameworks the tests run with: those asked for must be there, others may be absent."""

import os
from importlib.util import find_spec

import pytest
from hypothesis import settings

# A busy machine is no mistake in the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# The name of a tab, a kernel and a test marker, and the distribution's importable name.
FRAMEWORKS = {"pytorch": "torch", "tensorflow": "tensorflow", "mxnet": "mxnet"}


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
