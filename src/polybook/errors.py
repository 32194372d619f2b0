"""The one exception of this package: something a person can mend, with the place to mend it."""

from __future__ import annotations

from pathlib import Path


class PolybookError(Exception):
    """A fault in the book's files or cells, as `FILE:LINE [FRAMEWORK]: MESSAGE`.

    `details` holds the lines below the message, such as a short traceback.
    """

    def __init__(
        self,
        message: str,
        path: Path | str | None = None,
        line: int | None = None,
        framework: str | None = None,
        details: str = "",
    ) -> None:
        self.message = message
        self.path = _shown(path)
        self.line = line
        self.framework = framework
        self.details = details
        super().__init__(str(self))

    def __str__(self) -> str:
        place = "" if self.path is None else f"{self.path}"
        place += "" if self.line is None else f":{self.line}"
        place += "" if self.framework is None else f" [{self.framework}]"
        return (
            (f"{place}: " if place else "")
            + self.message
            + (f"\n{self.details}" if self.details else "")
        )


def _shown(path: Path | str | None) -> Path | str | None:
    """A path as a person in the book's folder would name it."""
    if isinstance(path, Path) and path.is_relative_to(Path.cwd()):
        return path.relative_to(Path.cwd())
    return path
