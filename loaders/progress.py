"""How a long load tells how far it is: a port, silent unless somebody watches, and a bar on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress(Protocol):
    """Told of stages and of rows done."""

    def stage(self, what: str, total: int | None) -> None:
        """A stage begins, in words; `total` rows are to be done, None: unknown."""
        ...

    def advance(self, rows: int) -> None:
        """So many more rows of the stage are done."""
        ...


class Silent:
    """Tells nobody."""

    def stage(self, what: str, total: int | None) -> None:
        """Nothing."""

    def advance(self, rows: int) -> None:
        """Nothing."""


SILENT: Progress = Silent()


class Bar:
    """A bar a stage, on a terminal."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=None, visible=False)

    def stage(self, what: str, total: int | None) -> None:
        self._bars.stop_task(self._task)
        self._task = self._bars.add_task(what, total=total)

    def advance(self, rows: int) -> None:
        self._bars.advance(self._task, rows)


@contextmanager
def shown(console: Console | None = None) -> Iterator[Progress]:
    """Progress shown on a console (left out: standard error); nothing is drawn where that is no terminal."""
    console = console or Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=console, disable=not console.is_terminal) as bars:
        yield Bar(bars)
