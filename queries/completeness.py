"""How complete an answer is, and what a search may spend: a cut answer says so, it is never a silent one and never an error."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from graph.errors import InvalidInput, LimitExceeded
from graph.fields import camel

RESERVED_SHARE: Final = 5
"""A repeated step leaves one part in this many of the expansions to the steps that come after it: what is reached must be finished."""


class IncompleteReason(enum.Enum):
    """Why an answer is not complete."""

    BUDGET = "BUDGET"
    """Expansions, steps or paths ran out. The same question is cut at the same place again."""
    TIME = "TIME"
    """The deadline passed. The only cut that may differ from run to run."""
    ACCESS = "ACCESS"
    """Something that the viewer may not see would have been part of the answer."""
    FANOUT = "FANOUT"
    """A record with too many neighbours was not passed through."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Whether all was found.

    `explored_count` records whose neighbours were looked at; `complete_to_depth` steps within which nothing was left out.
    """

    complete: bool
    reason: IncompleteReason | None
    explored_count: int
    complete_to_depth: int
    truncated_by_access: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """What one search may spend; each at most the service's own limit (`LIMITS`), which is also the default."""

    expansions: int = 50_000
    milliseconds: int = 5_000
    max_steps: int = 8
    max_paths: int = 100

    def checked(self) -> Budget:
        """This budget.

        Raises InvalidInput for a part below 1, LimitExceeded for one above the service's limit.
        """
        for name in ("expansions", "milliseconds", "max_steps", "max_paths"):
            value, limit, shown = getattr(self, name), getattr(LIMITS, name), f"budget.{camel(name)}"
            if value < 1:
                raise InvalidInput(f"{shown} {value} allows no search; give 1 to {limit}, or leave it out")
            if value > limit:
                raise LimitExceeded(f"{shown} {value} is above {limit}, the service's limit; give at most {limit}")
        return self


LIMITS: Final = Budget()


@dataclass
class Meter:
    """What a search has spent of its budget. Expansions are counted in id order, so a cut by them is deterministic."""

    budget: Budget = LIMITS
    clock: Callable[[], float] = time.monotonic
    explored: int = 0
    reason: IncompleteReason | None = None
    cut_at: int | None = None
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = self.clock() + self.budget.milliseconds / 1000

    def take(self, wanted: int, depth: int, *, repeated: bool = False) -> int:
        """How many of `wanted` records, at `depth` steps, may still be expanded; they are counted as explored."""
        allowed = self.budget.expansions
        if repeated:
            allowed -= allowed // RESERVED_SHARE
        granted = 0 if self.out_of_time(depth) else max(0, min(wanted, allowed - self.explored))
        self.explored += granted
        if granted < wanted:
            self.cut(IncompleteReason.BUDGET, depth)
        return granted

    def out_of_time(self, depth: int) -> bool:
        """Whether the deadline has passed; the answer then says so."""
        if self.clock() < self.deadline:
            return False
        self.cut(IncompleteReason.TIME, depth)
        return True

    def cut(self, reason: IncompleteReason, depth: int) -> None:
        """Note that something at `depth` steps and beyond was left out. The first reason stands."""
        self.reason = self.reason or reason
        self.cut_at = depth if self.cut_at is None else min(self.cut_at, depth)

    def answer(self, depth: int) -> Completeness:
        """The completeness of a search that would have gone `depth` steps deep."""
        complete_to = depth if self.cut_at is None else min(depth, max(0, self.cut_at - 1))
        return Completeness(self.reason is None, self.reason, self.explored, complete_to)
