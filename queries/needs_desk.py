"""Figures of the needs desk: how long needs stay in a state, which are stuck, and what becomes of them by bank and product."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from graph.desk_statements import NEED
from graph.errors import InvalidInput
from graph.kinds.demand_side import NeedStatus
from graph.need_moves import CLOSED
from graph.view import NOT_STATED, View
from queries.columns import among
from queries.desk.financiers import Before, bank_of, financiers_of
from queries.desk.states import STATES, States, end_of, states_of
from queries.ratios import Ints

STUCK_DAYS: Final = 30
MAX_DAYS: Final = 36_500
_HOUR: Final = 3_600 * 10**6


@dataclass(frozen=True, slots=True)
class StateFigures:
    """One state: how many needs are in it, how many stays in it ended, and how long these took.

    `median_hours` of the stays of which both ends are stated, None where there are none; `undated` ended stays lack an end.
    """

    status: NeedStatus
    now: int
    ended: int
    undated: int
    median_hours: Fraction | None


@dataclass(frozen=True, slots=True)
class StuckNeed:
    """An open need that has not moved for more than so many days; `hours` since it came into its state."""

    need: int
    status: NeedStatus
    since: int
    hours: Fraction


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of the needs that were put before a financier, or for one of its products (-1: all of it together).

    Each need is in one of the six after `recommended`. `funded_unstated`: the need is FUNDED, but no contract says by whom.
    """

    financier: int
    product: int
    needs: int
    recommended: int
    funded: int
    funded_by_others: int
    funded_unstated: int
    rejected: int
    withdrawn: int
    open: int

    @property
    def rate(self) -> Fraction | None:
        """Funded by it, of all put before it; None: who funded is not stated of some."""
        return None if self.funded_unstated else self.rate_low

    @property
    def rate_low(self) -> Fraction:
        """The rate if others funded those of which it is not stated."""
        return Fraction(self.funded, self.needs)

    @property
    def rate_high(self) -> Fraction:
        """The rate if it funded them."""
        return Fraction(self.funded + self.funded_unstated, self.needs)


@dataclass(frozen=True, slots=True)
class DeskFigures:
    """The figures of some needs: all, or those put before a bank, or for a product.

    `states` in the machine's order; `undated_open` are open needs of which nobody states since when, or their state: whether they
    are stuck is not known. `stuck` the longest first, then by id. `conversions` by financier's id, all its needs before its products.
    """

    needs: int
    states: tuple[StateFigures, ...]
    stuck: tuple[StuckNeed, ...]
    undated_open: tuple[int, ...]
    conversions: tuple[Conversion, ...]


def needs_desk(
    view: View, *, bank: str | None = None, product: str | None = None, stuck_days: int = STUCK_DAYS
) -> DeskFigures:
    """The desk's figures, as known and dated by the view.

    `bank`: only needs that were recommended to it, its branches or for its products, or that it funded; `product` likewise. A need is
    stuck after more than `stuck_days` whole days in an open state.

    Raises InvalidInput for days that are negative or beyond a century, InvalidIdentifier or NotFound for a bank or product that is not
    there. Cost: a pass over all statements of needs, once a view.
    """
    if not 0 <= stuck_days <= MAX_DAYS:
        raise InvalidInput(f"stuckDays is {stuck_days}; give 0 to {MAX_DAYS:,}")
    financier = None if bank is None else bank_of(view, view.require(bank, "CapitalSource"))
    offer = None if product is None else view.require(product, "LoanProduct")
    found = financiers_of(view).before
    shown = {
        key: before
        for key, before in found.items()
        if financier in (None, key[0]) and (offer is None or key[1] == offer)
    }
    needs = view.handles(NEED)
    if financier is not None or offer is not None:
        chosen = set().union(*(before.needs for before in shown.values())) if shown else set()
        needs = needs[among(needs, np.array(sorted(chosen), np.int64))]
    states = states_of(view)
    here = among(states.need, np.sort(needs))
    last = _last_states(view, needs, states)
    stuck, undated = _stuck(view, needs, last, states, stuck_days)
    return DeskFigures(
        int(needs.size),
        tuple(_figures(place, states, here) for place in range(len(STATES))),
        stuck,
        undated,
        _conversions(view, shown),
    )


def _figures(place: int, states: States, here: np.ndarray) -> StateFigures:
    mine = here & (states.status == place)
    ended = mine & ~states.is_last
    dated = ended & (states.since != NOT_STATED) & (states.until != NOT_STATED)
    stays = np.sort(states.until[dated] - states.since[dated])
    middle = None
    if stays.size:
        middle = Fraction(int(stays[(stays.size - 1) // 2]) + int(stays[stays.size // 2]), 2 * _HOUR)
    return StateFigures(
        STATES[place], int((mine & states.is_last).sum()), int(ended.sum()), int(ended.sum() - dated.sum()), middle
    )


def _last_states(view: View, needs: Ints, states: States) -> Ints:
    """For each need, the place of the state in which it is; -1: nobody states one."""
    places = np.flatnonzero(states.is_last)
    if not places.size:
        return np.full(needs.size, -1, np.int64)
    at = np.searchsorted(states.need[places], needs).clip(max=places.size - 1)
    return np.where(states.need[places][at] == needs, places[at], -1)


def _stuck(
    view: View, needs: Ints, last: Ints, states: States, days: int
) -> tuple[tuple[StuckNeed, ...], tuple[int, ...]]:
    now, closed = end_of(view), [STATES.index(status) for status in CLOSED]
    stuck: list[StuckNeed] = []
    undated: list[int] = []
    for need, place in zip(needs.tolist(), last.tolist(), strict=True):
        if place >= 0 and states.status[place] in closed:
            continue
        if place < 0 or states.since[place] == NOT_STATED:
            undated.append(need)
            continue
        since = int(states.since[place])
        if now - since > days * 24 * _HOUR:
            stuck.append(StuckNeed(need, STATES[states.status[place]], since, Fraction(now - since, _HOUR)))
    # `needs` are in the order of their ids, which a stable sort keeps.
    stuck.sort(key=lambda one: one.since)
    return tuple(stuck), tuple(undated)


def _conversions(view: View, shown: dict[tuple[int, int], Before]) -> tuple[Conversion, ...]:
    needs = view.handles(NEED)
    places = view.ints(needs, "status")
    status = {
        need: None if place == NOT_STATED else STATES[place]
        for need, place in zip(needs.tolist(), places.tolist(), strict=True)
    }
    attributed = financiers_of(view).attributed
    found = []
    for (financier, product), before in shown.items():
        counts = dict.fromkeys(("funded", "others", "unstated", "rejected", "withdrawn", "open"), 0)
        for need in before.needs:
            counts[_outcome(need, status.get(need), before, attributed)] += 1
        found.append(Conversion(financier, product, len(before.needs), len(before.recommended), *counts.values()))
    found.sort(key=lambda one: (_id(view, one.financier), _id(view, one.product)))
    return tuple(found)


def _outcome(need: int, status: NeedStatus | None, before: Before, attributed: set[int]) -> str:
    if need in before.funded:
        return "funded"
    match status:
        case NeedStatus.FUNDED:
            return "others" if need in attributed else "unstated"
        case NeedStatus.REJECTED:
            return "rejected"
        case NeedStatus.WITHDRAWN:
            return "withdrawn"
        case _:
            return "open"


def _id(view: View, handle: int) -> bytes:
    return b"" if handle < 0 else view.id_of(handle).encode()
