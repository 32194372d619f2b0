"""The data are the published ones, or the error says what is wrong; no test needs a network."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy
import pooch
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from minibatch import data
from minibatch.airfoil_model import CHORDS, LARGEST_ANGLE, THICKEST, VELOCITIES, generate
from minibatch.data import DataError, GeneratedDataWarning, airfoil, sources
from minibatch.reference import sgd, train

PUBLISHED = f"sha1:{data.SHA1}"
TABLE = "".join("\t".join(f"{x:.9g}" for x in row) + "\r\n" for row in generate(data.ROWS)).encode()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the user's; a download fails the test unless that replaces it."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(data, "_cache_folder", lambda: folder)
    monkeypatch.delenv("MINIBATCH_DATA", raising=False)
    downloads(monkeypatch, lambda output: pytest.fail("nothing should be downloaded"))
    return folder


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A file with the shape of the published one, which for this test has the right checksum."""
    monkeypatch.setattr(data, "SHA1", hashlib.sha1(TABLE).hexdigest())
    return TABLE


@pytest.fixture
def folder(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that MINIBATCH_DATA names."""
    path = tmp_path / "data"
    path.mkdir()
    monkeypatch.setenv("MINIBATCH_DATA", str(path))
    return path


def downloads(monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], object]) -> None:
    """Let a download write what the test wants."""

    def download(self: object, url: str, output: object, *others: object) -> None:
        assert url == data.URL
        write(Path(getattr(output, "name", output)))

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", download)


def no_network(output: Path) -> None:
    raise requests.ConnectionError("no route to host")


def times_out(output: Path) -> None:
    output.write_bytes(TABLE[:100])
    raise requests.Timeout("nothing came for 10 s")


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_in_the_folder_is_used(folder: Path, published: bytes) -> None:
    (folder / data.FILE).write_bytes(published)
    features, targets = airfoil()
    assert features.shape == (1500, 5)
    assert targets.shape == (1500,)
    assert features.dtype == targets.dtype == numpy.float32
    assert sources() == {data.FILE: f"sha1:{data.SHA1}"}


def test_a_file_in_the_cache_is_used_when_the_folder_has_none(
    folder: Path, cache: Path, published: bytes
) -> None:
    cache.mkdir()
    (cache / data.FILE).write_bytes(published)
    airfoil()
    assert sources() == {data.FILE: f"sha1:{data.SHA1}"}


def test_a_download_is_kept_in_the_cache(
    cache: Path, published: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sources() == {data.FILE: None}
    downloads(monkeypatch, lambda output: output.write_bytes(published))
    first = airfoil()
    assert files_in(cache) == [data.FILE]
    assert sources() == {data.FILE: f"sha1:{data.SHA1}"}
    downloads(monkeypatch, lambda output: pytest.fail("downloaded twice"))
    assert (airfoil()[0] == first[0]).all()


def test_a_download_waits_no_longer_than_ten_seconds(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeouts = []

    def refuse(url: str, **options: object) -> None:
        timeouts.append(options["timeout"])
        raise requests.ConnectTimeout

    monkeypatch.undo()
    monkeypatch.setattr(data, "_cache_folder", lambda: cache)
    monkeypatch.delenv("MINIBATCH_DATA", raising=False)
    monkeypatch.setattr(requests, "get", refuse)
    with pytest.warns(GeneratedDataWarning):
        airfoil()
    assert timeouts == [10]


def test_a_download_with_a_wrong_checksum_is_an_error_and_leaves_nothing(
    cache: Path, published: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads(monkeypatch, lambda output: output.write_bytes(published + b"\r\n"))
    with pytest.raises(DataError, match="not the published file") as error:
        airfoil()
    assert data.URL in str(error.value)
    assert "MINIBATCH_DATA" in str(error.value)
    assert files_in(cache) == []
    assert sources() == {data.FILE: None}


@pytest.mark.parametrize("failure", [no_network, times_out])
def test_without_a_network_the_data_are_generated_with_a_warning(
    cache: Path, failure: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads(monkeypatch, failure)
    with pytest.warns(GeneratedDataWarning, match="generated numbers"):
        features, targets = airfoil()
    assert features.shape == (1500, 5)
    assert targets.shape == (1500,)
    assert files_in(cache) == []
    assert sources() == {data.FILE: None}


def test_without_a_network_generated_data_can_be_refused(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads(monkeypatch, no_network)
    with pytest.raises(DataError, match="ConnectionError") as error:
        airfoil(allow_generated=False)
    assert "MINIBATCH_DATA" in str(error.value)


LINES = TABLE.splitlines(keepends=True)
WRONG_FILES = {
    "truncated after a row": (b"".join(LINES[:700]), ":700: the file ends after 700 of 1503 rows"),
    "truncated within a row": (b"".join(LINES[:700]) + LINES[700][:9], ":701: expected 6 numbers"),
    "empty": (b"", ":0: the file ends after 0 of 1503 rows"),
    "too long": (TABLE + LINES[0], ":1504: the file has 1504 rows, not 1503"),
    "not numbers": (LINES[0] + b"a\tb\tc\td\te\tf\r\n" + TABLE, ":2: expected 6 numbers"),
    "a page of a proxy": (b"<html>\n</html>\n", ":1: expected 6 numbers between tabs"),
    "other numbers": (TABLE.replace(b"1", b"2"), ": its SHA-1 is "),
}


@pytest.mark.parametrize("case", WRONG_FILES)
@pytest.mark.parametrize("place", ["folder", "cache"])
def test_a_wrong_file_is_an_error_with_its_line_and_what_to_do(
    case: str, place: str, folder: Path, cache: Path, published: bytes
) -> None:
    content, message = WRONG_FILES[case]
    path = {"folder": folder, "cache": cache}[place] / data.FILE
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        airfoil()
    assert f"{path}{message}" in str(error.value)
    assert f"Delete {path}" in str(error.value)
    assert path.read_bytes() == content
    assert sources() == {data.FILE: None}


def test_a_file_that_cannot_be_read_is_an_error(
    folder: Path, published: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / data.FILE).write_bytes(published)

    def refuse(path: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match="PermissionError"):
        airfoil()


@pytest.mark.parametrize("n", [0, -1, data.ROWS + 1])
def test_more_rows_than_there_are_is_an_error(n: int) -> None:
    with pytest.raises(DataError, match="ask for 1 to 1503"):
        airfoil(n)


@given(st.integers(1, data.ROWS))
def test_columns_that_vary_are_whitened_and_others_are_zero(n: int) -> None:
    raw = generate(n)
    table = data._whiten(raw)
    assert numpy.allclose(table.mean(axis=0), 0, atol=1e-5)
    assert numpy.allclose(table.var(axis=0), numpy.ptp(raw, axis=0) > 0, atol=1e-4)


def test_the_first_rows_are_taken_before_whitening(folder: Path, published: bytes) -> None:
    (folder / data.FILE).write_bytes(published)
    features, targets = airfoil(100)
    raw = generate(data.ROWS)[:100]
    assert numpy.allclose(features[:, 0], (raw[:, 0] - raw[:, 0].mean()) / raw[:, 0].std())
    assert numpy.allclose(targets, (raw[:, 5] - raw[:, 5].mean()) / raw[:, 5].std(), atol=1e-5)


def test_the_stand_in_is_always_the_same_and_lies_in_the_measured_ranges() -> None:
    table = generate(data.ROWS)
    assert (table == generate(data.ROWS)).all()
    assert table.shape == (data.ROWS, data.COLUMNS)
    frequency, angle, chord, velocity, thickness, level = table.T
    assert frequency.min() == 200 and frequency.max() == 20_000
    assert angle.min() >= 0 and angle.max() <= LARGEST_ANGLE
    assert set(chord) == set(CHORDS) and set(velocity) == set(VELOCITIES)
    assert thickness.min() > 0 and thickness.max() <= THICKEST
    assert level.min() >= 103 and level.max() < 141


def test_linear_regression_explains_about_half_of_the_stand_in_as_of_the_measurements() -> None:
    table = data._whiten(generate(1500))
    history = train(sgd, None, {"learning_rate": 0.05}, table[:, :-1], table[:, -1], 10, 2)
    assert 0.23 < history.loss < 0.28


@pytest.mark.skipif("MINIBATCH_DATA" not in os.environ, reason="MINIBATCH_DATA is not set")
def test_the_published_file_is_read() -> None:
    features, targets = airfoil(allow_generated=False)
    assert sources() == {data.FILE: PUBLISHED}
    assert numpy.allclose(features.mean(axis=0), 0, atol=1e-5)
    assert numpy.allclose(features.var(axis=0), 1, atol=1e-4)
    assert numpy.allclose([targets.mean(), targets.var()], [0, 1], atol=1e-4)
