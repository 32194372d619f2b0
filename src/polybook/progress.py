"""What the runs are doing: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

from threading import Lock
from types import TracebackType

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from polybook.execute import Job, Outcome


class Progress:
    """Shows the running jobs; `report` is what `polybook.execute.execute` reports to."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)
        self.live = self.console.is_terminal
        self.bar = Bar(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
        )
        self.tasks: dict[str, TaskID] = {}
        self.lock = Lock()

    def __enter__(self) -> Progress:
        if self.live:
            self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.live:
            self.bar.stop()

    def report(self, event: str, job: Job, outcome: Outcome | None) -> None:
        """Note the `start` or the `end` of a job."""
        with self.lock:
            if event == "start" and self.live:
                self.tasks[str(job)] = self.bar.add_task(str(job), total=None)
            elif event == "start":
                self._line(f"{job}: running")
            elif outcome:
                if self.live:
                    self.bar.remove_task(self.tasks.pop(str(job)))
                self._line(f"{job}: {outcome.state}, {outcome.seconds or 0:.1f} s")

    def _line(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)


def outcome_table(outcomes: list[Outcome], frameworks: list[str]) -> Table:
    """The table of chapter × framework: stored, run or failed, and the seconds it took."""
    table = Table(title=None)
    table.add_column("chapter")
    for framework in frameworks:
        table.add_column(framework, justify="right")
    by_place = {(outcome.page, outcome.framework): outcome for outcome in outcomes}
    for page in dict.fromkeys(outcome.page for outcome in outcomes):
        cells = [by_place.get((page, framework)) for framework in frameworks]
        table.add_row(page, *(_cell(outcome) for outcome in cells))
    return table


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return "–"
    seconds = "" if outcome.seconds is None else f" {outcome.seconds:.1f} s"
    return f"{outcome.state}{seconds}"
