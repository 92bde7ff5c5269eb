"""Timing: how long by the clock, and how much of the processor."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of several runs of one thing: by the clock, and of the processor (all threads), which other load hardly disturbs."""

    clock: tuple[float, ...] = ()
    processor: tuple[float, ...] = ()

    def __add__(self, other: Times) -> Times:
        return Times(self.clock + other.clock, self.processor + other.processor)

    def rates(self, count: int) -> Times:
        """How many of `count` things a second."""
        return self._each(lambda seconds: count / seconds)

    def milliseconds(self) -> Times:
        """The same in milliseconds."""
        return self._each(lambda seconds: 1000 * seconds)

    def _each(self, convert: Callable[[float], float]) -> Times:
        return Times(tuple(map(convert, self.clock)), tuple(map(convert, self.processor)))

    @classmethod
    def of(cls, runs: Iterable[Sequence[float]]) -> Self:
        """Of pairs (clock, processor), as another process hands them over."""
        found = list(runs)
        return cls(tuple(run[0] for run in found), tuple(run[1] for run in found))


def timed(action: Callable[[], Any], *, tidy: bool = True, server: Callable[[], float] = lambda: 0.0) -> Times:
    """One run of an action.

    `tidy`: started with nothing left to collect. `server` tells the processor time of a server so far, which then counts too.
    """
    if tidy:
        gc.collect()
    processor, clock = time.process_time() + server(), time.perf_counter()
    action()
    return Times((time.perf_counter() - clock,), (time.process_time() + server() - processor,))


def each(action: Callable[[Any], Any], arguments: Iterable[Any]) -> Times:
    """A run of an action for each of its arguments, one after the other, as requests come."""
    gc.collect()
    return sum((timed(partial(action, argument), tidy=False) for argument in arguments), Times())
