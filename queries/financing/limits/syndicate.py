"""The largest loan that several banks can give together: each within its headroom, their shares within the rules.

One lead takes at least λ of it and leaves the others together at least δ. Of joint leads each takes at least a floor and none more than
a cap; δ is then no rule. Every bank with more room than its share asks for may take the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

ZERO = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of a syndicated loan that rules bound, each 0–1: λ and δ of a single lead, floor and cap of each joint lead."""

    lead: Fraction = ZERO
    others: Fraction = ZERO
    joint_floor: Fraction = ZERO
    joint_cap: Fraction = ONE


@dataclass(frozen=True, slots=True)
class Syndicate:
    """`amount` in 分, and a split of it: what each bank takes of a yuan, leads first, as they were given. Of 0 there is no split."""

    amount: int
    leads: tuple[Fraction, ...] = ()
    others: tuple[Fraction, ...] = ()


def syndicate(leads: Sequence[int], others: Sequence[int], shares: Shares) -> Syndicate:
    """The largest T for which Σ xᵢ = T, 0 ≤ xᵢ ≤ headroomᵢ and the leads' shares hold. Headrooms in 分, at least 0; at least one lead.

    Only T is rounded, down; the split is exact: the leads take their least first, then the other banks what they can, then the leads
    the rest, each in proportion to the room that it has.
    """
    single = len(leads) == 1
    least = shares.lead if single else shares.joint_floor
    most = ONE - shares.others if single else shares.joint_cap
    if least > most or least * len(leads) > 1:
        return Syndicate(0)
    bound = min((Fraction(room) / least for room in leads), default=ZERO) if least else None
    total = _largest(leads, sum(others), most)
    amount = floor(total if bound is None else min(total, bound))
    if amount == 0:
        return Syndicate(0)
    rooms = [min(Fraction(room, amount), most) - least for room in leads]
    rest = ONE - least * len(leads)
    by_others = min(rest, Fraction(sum(others), amount))
    return Syndicate(
        amount,
        tuple(least + extra for extra in _apportioned(rest - by_others, rooms)),
        tuple(_apportioned(by_others, [Fraction(room, amount) for room in others])),
    )


def _largest(leads: Sequence[int], others: int, most: Fraction) -> Fraction:
    """The largest T with Σ min(headroom, most·T) + others ≥ T: what the leads may take within their cap, and what the others have.

    The left side rises ever slower with T, so there is one; with no cap on all of it the headrooms decide.
    """
    rooms = sorted(leads, reverse=True)
    amount = ZERO
    # From the lead with most room down, those at their cap take most·T, the others all that they have. Past a piece in which the left
    # side has fallen behind T it rises more slowly than T, so the divisor is above 0.
    for capped in range(len(rooms) + 1):
        amount = (others + sum(rooms[capped:])) / (ONE - most * capped)
        if capped == len(rooms) or most * amount >= rooms[capped]:
            break
    return amount


def _apportioned(amount: Fraction, rooms: Sequence[Fraction]) -> list[Fraction]:
    """An amount over banks in proportion to their rooms, which together have at least so much."""
    total = sum(rooms, ZERO)
    return [amount * room / total if total else ZERO for room in rooms]
