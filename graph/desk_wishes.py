"""What the needs desk can be asked to do, and what is wrong with it before anybody looks at the need."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from graph.desk_problems import Problem, ProblemCode
from graph.identifiers import make_id
from graph.kinds.demand_side import NeedStatus
from graph.kinds.terms import Instrument
from graph.money import MAX_MINOR, MINOR_PER_MAJOR, Money
from graph.validation import MAX_INT

MAX_KEY: Final = 200
MAX_NOTE: Final = 2_000
MAX_PURPOSE: Final = 2_000
MAX_ACTOR: Final = 100
MAX_NAMED: Final = 50
"""Records that a move may name."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An application for money by an enterprise. `amount` in 分; tenors in days, both ends included; None: not stated."""

    enterprise: str
    amount: Money
    instrument: Instrument
    purpose: str
    key: str
    actor: str
    tenor_min_days: int | None = None
    tenor_max_days: int | None = None
    needed_by: date | None = None
    note: str = ""

    @property
    def need_id(self) -> str:
        """The id of the need: it follows from the key, so that the same key is the same need."""
        return make_id("financingNeed", "desk", digest(self.key)[:24])

    @property
    def content(self) -> str:
        """What tells this application from another with the same key; who sends it does not."""
        days = (self.tenor_min_days, self.tenor_max_days, self.needed_by and self.needed_by.isoformat())
        money = (self.amount.minor, self.amount.currency)
        return digest([self.enterprise, *money, self.instrument.name, self.purpose.strip(), *days, self.note])

    def problems(self, today: date) -> Iterator[Problem]:
        """What is wrong with it by itself."""
        yield from _key(self.key)
        yield from _words(self.actor, self.note)
        if not 0 < self.amount.minor <= MAX_MINOR:
            message = f"input.amount is {self.amount.amount} {self.amount.currency}"
            remedy = f"give more than 0 and at most {MAX_MINOR // MINOR_PER_MAJOR}, in major units"
            yield Problem(ProblemCode.BAD_AMOUNT, "input.amount", message, remedy)
        purpose = self.purpose.strip()
        if not purpose:
            yield Problem(
                ProblemCode.BAD_PURPOSE, "input.purpose", "input.purpose is blank", "say what the money is for"
            )
        elif len(purpose) > MAX_PURPOSE:
            message = f"input.purpose has {len(purpose):,} characters"
            yield Problem(ProblemCode.BAD_PURPOSE, "input.purpose", message, f"give at most {MAX_PURPOSE:,}")
        for name, days in (("tenorMinDays", self.tenor_min_days), ("tenorMaxDays", self.tenor_max_days)):
            if days is not None and not 0 <= days <= MAX_INT:
                yield Problem(ProblemCode.BAD_TENOR, f"input.{name}", f"input.{name} is {days}", "give days from 0")
        least, most = self.tenor_min_days, self.tenor_max_days
        if least is not None and most is not None and least > most:
            message = f"input.tenorMinDays {least} is above tenorMaxDays {most}"
            yield Problem(ProblemCode.BAD_TENOR, "input.tenorMinDays", message, "exchange them")
        if self.needed_by is not None and self.needed_by < today:
            message = f"input.neededBy {self.needed_by} lies before today, {today}"
            yield Problem(ProblemCode.BAD_DATE, "input.neededBy", message, "give today or a later day, or leave it out")


@dataclass(frozen=True, slots=True)
class Move:
    """A need moves to another state. `expected` the version that the caller saw; `key` None: without an idempotency key.

    `recommended` the sources of capital and products that it is put before; `contracts` what funds it.
    """

    need_id: str
    to: NeedStatus
    expected: int
    actor: str
    note: str = ""
    key: str | None = None
    recommended: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """What tells this move from another with the same key."""
        named = [sorted(self.recommended), sorted(self.contracts)]
        return digest([self.need_id, self.to.name, self.expected, self.note, *named])

    def problems(self, _today: date) -> Iterator[Problem]:
        """What is wrong with it by itself."""
        if self.key is not None:
            yield from _key(self.key)
        yield from _words(self.actor, self.note)
        for name, ids, status in (
            ("recommendedTo", self.recommended, NeedStatus.RECOMMENDED),
            ("contracts", self.contracts, NeedStatus.FUNDED),
        ):
            if ids and self.to is not status:
                message = f"{name} names {len(ids)} records, but the need moves to {self.to.name}"
                yield Problem(ProblemCode.UNKNOWN_RECORD, name, message, f"name them in a move to {status.name}")
            if len(ids) > MAX_NAMED:
                message = f"{name} names {len(ids)} records"
                yield Problem(ProblemCode.UNKNOWN_RECORD, name, message, f"name at most {MAX_NAMED}")


def digest(content: Any) -> str:
    """SHA-256 of plain content, in hexadecimal digits."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _key(key: str) -> Iterator[Problem]:
    if not key.strip():
        yield Problem(
            ProblemCode.BAD_KEY, "idempotencyKey", "idempotencyKey is blank", "give one that names this request alone"
        )
    elif len(key) > MAX_KEY:
        message = f"idempotencyKey has {len(key):,} characters"
        yield Problem(ProblemCode.BAD_KEY, "idempotencyKey", message, f"give at most {MAX_KEY}")


def _words(actor: str, note: str) -> Iterator[Problem]:
    if not actor.strip() or len(actor) > MAX_ACTOR:
        message = f"actor has {len(actor.strip()):,} characters"
        yield Problem(ProblemCode.BAD_NOTE, "actor", message, f"say who acts in 1 to {MAX_ACTOR}")
    if len(note) > MAX_NOTE:
        message = f"note has {len(note):,} characters"
        yield Problem(ProblemCode.BAD_NOTE, "note", message, f"give at most {MAX_NOTE:,}")
