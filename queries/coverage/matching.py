"""Which needs the money of investment rounds met: by name, else of the same firm and year, oldest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A need: what a firm asks for. `asked_on` an ordinal day, None: not stated, last; `period` None: not stated."""

    need: int
    enterprise: int
    period: int | None
    amount: int
    asked_on: int | None


@dataclass(frozen=True, slots=True)
class Invested:
    """A closed round. `named`: the needs that it fulfils, with the part of it that is for each; None: what is left of it."""

    round: int
    enterprise: int
    period: int | None
    amount: int
    named: tuple[tuple[int, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """Money of a round in the cell of a need, or, with `need` None, in the cell of its enterprise and closing year.

    covers: the part that met the need; the rest of `amount` met none.
    """

    round: int
    need: int | None
    amount: int
    covers: int


def match_rounds(needs: Sequence[AskedFor], rounds: Sequence[Invested]) -> list[Placed]:
    """Where the money of each round counts: all of it, each 分 once.

    A round counts against the needs that it names, also where it is more than they ask for; what it gives to a need that
    is not among `needs` met none of them. What it names no need for counts against needs of the same enterprise and
    period, oldest first, up to what they still lack. The rest counts in the cell of the enterprise.
    What a need gets in all does not depend on the order of rounds; needs asked for on one day go by their place.
    """
    lacking = {asked.need: asked.amount for asked in needs}
    queues: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for asked in sorted(needs, key=lambda asked: (asked.asked_on is None, asked.asked_on or 0)):
        queues[asked.enterprise, asked.period].append(asked.need)
    placed: list[Placed] = []
    left: dict[int, int] = {}

    def place(money: Invested, need: int, amount: int) -> None:
        if amount:
            covers = min(amount, lacking.get(need, 0))
            placed.append(Placed(money.round, need if need in lacking else None, amount, covers))
            if covers:
                lacking[need] -= covers
            left[money.round] -= amount

    for money in rounds:
        left[money.round] = money.amount
        # Stated parts first: a need without one gets what they leave.
        for need, part in sorted(money.named, key=lambda named: named[1] is None):
            place(money, need, left[money.round] if part is None else min(part, left[money.round]))
    for money in rounds:
        for need in queues.get((money.enterprise, money.period), ()):
            place(money, need, min(left[money.round], lacking[need]))
        if left[money.round]:
            placed.append(Placed(money.round, None, left[money.round], 0))
    return placed
