"""The NASA airfoil self-noise measurements, whitened, from a folder, the cache
or the network.

Brooks, Pope and Marcolini (1989), "Airfoil Self-Noise and Prediction", NASA RP
1218; UCI Machine Learning Repository no. 291, CC BY 4.0. NumPy and pooch are
imported only when data are read.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

__all__ = ["DataError", "GeneratedDataWarning", "airfoil", "sources"]

FILE = "airfoil_self_noise.dat"
URL = f"http://d2l-data.s3-accelerate.amazonaws.com/{FILE}"
SHA1 = "76e5be1548fd8222e5074cf0faae75edff8cf93f"
ROWS = 1503
COLUMNS = 6


class DataError(Exception):
    """The data cannot be used; the message says which file and line, and
    what to do.
    """


class GeneratedDataWarning(UserWarning):
    """The data are not measurements: they were generated, as none could be
    fetched.
    """


def airfoil(
    n: int = 1500, *, allow_generated: bool = True
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Return the features (n, 5) and targets (n,) of the first n rows,
    whitened, as float32.

    Features are frequency, angle of attack, chord, velocity and displacement
    thickness; the target is the sound level. Each column has mean 0 and
    variance 1. The file comes from the folder named by ``MINIBATCH_DATA``,
    else the user's cache, else the network; without a network the numbers are
    generated, with a `GeneratedDataWarning`. Raises `DataError` for a file
    that is not the published one, and, unless ``allow_generated``, when there
    is none.
    """
    if not 1 <= n <= ROWS:
        raise DataError(
            f"n is {n}, but {FILE} has {ROWS} rows: ask for 1 to {ROWS}"
        )
    path = _local_file()
    try:
        table = _read(path or _download())
    except OSError as error:
        problem = f"{path or URL}: could not be read ({type(error).__name__})."
        if path or not allow_generated:
            raise DataError(f"{problem}\n{_ADVICE}") from error
        advice = f"What follows is computed from generated numbers. {_ADVICE}"
        warnings.warn(
            f"{problem}\n{advice}", GeneratedDataWarning, stacklevel=2
        )
        from minibatch.airfoil_model import generate

        table = generate(ROWS)
    table = _whiten(table[:n])
    return table[:, :-1], table[:, -1]


def sources() -> dict[str, str | None]:
    """Return the checksum of the file that `airfoil` would read, or None when
    none is at hand.

    Asked after `airfoil`, None means that its numbers were generated.
    """
    path = _local_file()
    right = path is not None and _sha1(path.read_bytes()) == SHA1
    return {FILE: f"sha1:{SHA1}" if right else None}


_ADVICE = (
    f"Fetch {FILE} (UCI data set no. 291) into a folder, "
    "and name that folder in MINIBATCH_DATA."
)


def _local_file() -> Path | None:
    folder = os.environ.get("MINIBATCH_DATA")
    candidates = [Path(folder) / FILE] if folder else []
    candidates.append(_cache_folder() / FILE)
    return next((path for path in candidates if path.is_file()), None)


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("minibatch", appauthor=False)


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _download() -> Path:
    """Fetch the file into the cache; `OSError` is a failing network,
    `DataError` a wrong file.
    """
    import pooch

    # A page of the book shows what its cells print; only problems belong
    # there.
    pooch.get_logger().setLevel("WARNING")
    try:
        path = pooch.retrieve(
            URL,
            known_hash=f"sha1:{SHA1}",
            fname=FILE,
            path=_cache_folder(),
            downloader=pooch.HTTPDownloader(timeout=10),
        )
    except ValueError as error:
        problem = f"{URL}: what came is not the published file: {error}"
        raise DataError(f"{problem}\n{_ADVICE}") from error
    return Path(path)


def _read(path: Path) -> numpy.ndarray:
    """Return the table (1503, 6) of the published file; `DataError` says
    what another one is.
    """
    import numpy

    content = path.read_bytes()
    rows = [
        _row(path, line, text)
        for line, text in enumerate(content.splitlines(), 1)
    ]
    if len(rows) < ROWS:
        raise _wrong(
            path, len(rows), f"the file ends after {len(rows)} of {ROWS} rows"
        )
    if len(rows) > ROWS:
        raise _wrong(
            path, len(rows), f"the file has {len(rows)} rows, not {ROWS}"
        )
    if (checksum := _sha1(content)) != SHA1:
        raise DataError(
            f"{path}: its SHA-1 is {checksum}, not {SHA1}\n{_advice_for(path)}"
        )
    return numpy.array(rows)


def _row(path: Path, line: int, text: bytes) -> list[float]:
    try:
        row = [float(number) for number in text.split(b"\t")]
    except ValueError:
        row = []
    if len(row) != COLUMNS:
        raise _wrong(
            path,
            line,
            f"expected {COLUMNS} numbers between tabs, got {text[:60]!r}",
        )
    return row


def _wrong(path: Path, line: int, problem: str) -> DataError:
    return DataError(f"{path}:{line}: {problem}\n{_advice_for(path)}")


def _advice_for(path: Path) -> str:
    return f"Delete {path}, so that it is fetched anew. {_ADVICE}"


def _whiten(table: numpy.ndarray) -> numpy.ndarray:
    import numpy

    # A column that does not vary in so few rows has no variance to bring to 1:
    # it becomes 0.
    deviation = numpy.where(
        numpy.ptp(table, axis=0) > 0, table.std(axis=0), numpy.inf
    )
    return ((table - table.mean(axis=0)) / deviation).astype(numpy.float32)
