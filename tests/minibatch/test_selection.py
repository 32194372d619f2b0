"""A framework that was asked for and is missing fails the tests; otherwise it is skipped."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
PROBE = "import pytest\n\n@pytest.mark.mxnet\ndef test_probe():\n    pass\n"
# Loaded before the conftest, it makes this environment one without frameworks.
HIDE = "import importlib.util\nimportlib.util.find_spec = lambda name, package=None: None\n"


def run(folder: Path, *options: str, frameworks: str = "", hidden: bool = True) -> str:
    """The end of pytest's report on one test that is marked ``mxnet``."""
    shutil.copy(CONFTEST, folder)
    (folder / "test_probe.py").write_text(PROBE)
    (folder / "hide.py").write_text(HIDE if hidden else "")
    environment = os.environ | {"MINIBATCH_FRAMEWORKS": frameworks, "PYTHONPATH": str(folder)}
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "hide", "--rootdir", ".", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    return finished.stdout + finished.stderr


def test_a_framework_that_is_missing_is_skipped_with_a_reason(tmp_path: Path) -> None:
    report = run(tmp_path)
    assert "1 skipped" in report
    assert "mxnet is not installed" in report


def test_a_framework_that_was_asked_for_and_is_missing_fails(tmp_path: Path) -> None:
    report = run(tmp_path, "--framework", "mxnet")
    assert "1 error" in report
    assert "mxnet was asked for, but mxnet is not installed" in report


def test_the_environment_may_ask_for_a_framework(tmp_path: Path) -> None:
    assert "1 error" in run(tmp_path, frameworks="pytorch, mxnet")


def test_a_framework_that_was_not_asked_for_is_skipped(tmp_path: Path) -> None:
    report = run(tmp_path, "--framework", "pytorch", "--framework", "tensorflow")
    assert "mxnet was not asked for" in report


@pytest.mark.parametrize("option", [("--framework", "jax"), ()])
def test_an_unknown_framework_is_refused(option: tuple[str, ...], tmp_path: Path) -> None:
    report = run(tmp_path, *option, frameworks="" if option else "jax")
    assert "jax" in report
    assert "passed" not in report


@pytest.mark.mxnet
def test_a_framework_that_is_installed_runs(tmp_path: Path) -> None:
    assert "1 passed" in run(tmp_path, hidden=False)
