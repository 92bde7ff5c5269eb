"""What enterprises ask funds for and what was invested, as columns: needs, rounds, and the cell of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from graph.kinds.demand_side import NeedStatus
from graph.kinds.terms import Instrument
from graph.snapshot import NOT_STATED, day_of
from graph.view import View
from queries.coverage.amounts import Amounts, added_up, amounts_of, years_of
from queries.coverage.matching import AskedFor, Invested, Placed, match_rounds
from queries.coverage.network import Ints
from queries.derived import once

UNKNOWN = -1
"""Of a handle, a code or a year: not known."""
UNTAGGED: frozenset[int] = frozenset()
EQUITY = list(Instrument).index(Instrument.EQUITY)
NO_END = int(np.iinfo(np.int64).max)
NO_DEMAND = (NeedStatus.REJECTED, NeedStatus.WITHDRAWN)
"""Needs that nobody asks for any more."""


class Cell(NamedTuple):
    """A leaf cell. Handles, places in the lists of stages and of instruments, tags in order of ids, a year; UNKNOWN where not known."""

    industry: int
    stage: int
    region: int
    instrument: int
    ticket_band: int
    tags: tuple[int, ...]
    period: int


class Uncounted(NamedTuple):
    """What cannot be added up: a need or round in a currency without a rate, a round without an amount, or, of modelled demand,
    an enterprise without the revenue that its benchmark is a share of.
    """

    record: int
    cell: Cell
    is_need: bool


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """The equity needs and rounds of a view.

    need, enterprise, amount, covered: by need, in order of ids; cell: of each need. placed: the money of rounds with the
    cell in which it counts. uncounted: what is in none of these sums. outside: firms that a benchmark could speak of, and none does.
    """

    need: Ints
    enterprise: Ints
    amount: Ints
    covered: Ints
    cell: tuple[Cell, ...]
    placed: tuple[tuple[Placed, Cell], ...]
    uncounted: tuple[Uncounted, ...]
    outside: int = 0

    def __len__(self) -> int:
        return len(self.need)


def demand_of(view: View) -> Demand:
    """All equity needs that are asked for, of every year, with what was invested against each by today; made once a view.

    The year of a need is that of the day it is needed by, else of its submission; it belongs where its enterprise is.
    Its tags are its own and its enterprise's. Cost: a few hops over needs, rounds and tags.
    """
    return once(view, demand_of, lambda: _demand_of(view))


def _demand_of(view: View) -> Demand:
    needs = _equity(view, "FinancingNeed")
    status = view.ints(needs, "status")
    needs = needs[~np.isin(status, [list(NeedStatus).index(one) for one in NO_DEMAND])]
    amounts = amounts_of(view, needs, "amount", owed=True)
    enterprise = view.refs(needs, "enterprise")
    due, asked = view.ints(needs, "needed_by"), view.ints(needs, "submitted_on")
    period = _years(np.where(due == NOT_STATED, asked, due))
    places = Places(view)
    cells = places.cells(enterprise, period, amounts, view.ints(needs, "stage"), needs)
    uncounted = [Uncounted(int(needs[at]), cells[at], True) for at in np.flatnonzero(~amounts.is_stated).tolist()]

    counted = np.flatnonzero(amounts.is_stated)
    rounds, cell_of_round, unstated = rounds_of(view, places)
    uncounted += unstated
    # Money meets only needs that a round names, or of an enterprise that has one.
    named = [need for money in rounds for need, _ in money.named]
    with_money = np.isin(needs, named) | np.isin(enterprise, [money.enterprise for money in rounds])
    asked_for = [
        AskedFor(
            need=int(needs[at]),
            # A need of which the enterprise is not there shares no round with another.
            enterprise=int(enterprise[at]) if enterprise[at] != UNKNOWN else -2 - at,
            period=int(period[at]),
            amount=int(amounts.value[at]),
            asked_on=None if asked[at] == NOT_STATED else int(asked[at]),
        )
        for at in counted[with_money[counted]].tolist()
    ]
    return matched(
        needs[counted],
        enterprise[counted],
        amounts.value[counted],
        [cells[at] for at in counted.tolist()],
        match_rounds(asked_for, rounds),
        cell_of_round,
        uncounted,
    )


def matched(
    need: Ints,
    enterprise: Ints,
    amount: Ints,
    cells: Sequence[Cell],
    money: Iterable[Placed],
    cell_of_round: Mapping[int, Cell],
    uncounted: Sequence[Uncounted],
    outside: int = 0,
) -> Demand:
    """Needs with the money that met them, each part of it in the cell where it counts."""
    cell_of_need = dict(zip(need.tolist(), cells, strict=True))
    covered: dict[int, int] = defaultdict(int)
    placed = []
    for part in money:
        if part.need is not None:
            covered[part.need] += part.covers
        placed.append((part, cell_of_round[part.round] if part.need is None else cell_of_need[part.need]))
    met = np.array([covered[one] for one in need.tolist()], np.int64)
    return Demand(need, enterprise, amount, met, tuple(cells), tuple(placed), tuple(uncounted), outside)


def _equity(view: View, kind: str) -> Ints:
    """The records of a kind whose instrument is equity; a round that states none brings equity."""
    handles = view.handles(kind)
    instrument = view.ints(handles, "instrument")
    return np.asarray(handles[np.isin(instrument, [EQUITY, NOT_STATED])], np.int64)


def _years(days: Ints) -> Ints:
    years = years_of(np.where(days == NOT_STATED, 0, days))
    return np.asarray(np.where(days == NOT_STATED, UNKNOWN, years), np.int64)


def rounds_of(view: View, places: Places) -> tuple[list[Invested], dict[int, Cell], list[Uncounted]]:
    """The rounds closed by today with what they fulfil, the cell of each, and those without an amount."""
    rounds = _equity(view, "InvestmentRound")
    closed = view.ints(rounds, "closed_on")
    is_closed = (closed == NOT_STATED) | (closed <= day_of(view.as_of))
    rounds, closed = rounds[is_closed], closed[is_closed]
    amounts = _round_amounts(view, rounds)
    enterprise, period = view.refs(rounds, "enterprise"), _years(closed)
    cells = places.cells(enterprise, period, amounts, np.full(len(rounds), NOT_STATED), None)
    place, links = view.expand("Fulfils", "source", rounds)
    named: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    part = amounts_of(view, links, "amount", owed=True)
    for at, need, amount, is_stated in zip(
        place.tolist(), view.refs(links, "target").tolist(), part.value.tolist(), part.is_stated.tolist(), strict=True
    ):
        named[at].append((need, amount if is_stated else None))
    invested, cell_of, uncounted = [], {}, []
    for at, handle in enumerate(rounds.tolist()):
        cell_of[handle] = cells[at]
        if amounts.is_stated[at]:
            firm = int(enterprise[at])
            invested.append(Invested(handle, firm, int(period[at]), int(amounts.value[at]), tuple(named[at])))
        else:
            uncounted.append(Uncounted(handle, cells[at], False))
    return invested, cell_of, uncounted


def _round_amounts(view: View, rounds: Ints) -> Amounts:
    """The amount of each round, else the sum of its investors' parts where each is stated."""
    own = amounts_of(view, rounds, "amount", owed=True)
    place, links = view.expand("InvestedBy", "source", rounds)
    parts = amounts_of(view, links, "amount", owed=True)
    total = added_up(parts.value, place, len(rounds), "Investors' parts of rounds")
    whole = np.zeros(len(rounds), np.bool_)
    whole[place] = True
    whole[place[~parts.is_stated]] = False
    by_parts = whole & ~own.is_stated & ~own.is_foreign
    return Amounts(np.where(by_parts, total, own.value), own.is_stated | by_parts, own.is_foreign)


class Places:
    """Where enterprises stand: their industry, stage, region and tags; and in which band an amount lies."""

    def __init__(self, view: View) -> None:
        self.view = view

    def cells(
        self, enterprise: Ints, period: Ints, amounts: Amounts, stage: Ints, needs: Ints | None
    ) -> Sequence[Cell]:
        """The cell of each need, or, without `needs`, of each enterprise, amount and year. A need's own stage comes first."""
        view = self.view
        known = np.unique(enterprise[enterprise != UNKNOWN])
        at = np.searchsorted(known, enterprise)
        is_known = enterprise != UNKNOWN

        def of_enterprise(values: Ints) -> Ints:
            return np.append(values, UNKNOWN)[np.where(is_known, at, len(known))]

        own_stage = of_enterprise(view.ints(known, "stage"))
        stages = np.where(stage == NOT_STATED, own_stage, stage)
        stages = np.where(stages == NOT_STATED, UNKNOWN, stages)
        tags = [*self._tags(known), UNTAGGED]
        own_tags = self._tags(needs) if needs is not None else [UNTAGGED] * len(enterprise)
        order = dict(zip(view.handles("Tag").tolist(), range(len(view.handles("Tag"))), strict=True))
        rows = zip(
            of_enterprise(view.refs(known, "industry")).tolist(),
            stages.tolist(),
            of_enterprise(view.refs(known, "region")).tolist(),
            [EQUITY] * len(enterprise),
            self._bands(amounts).tolist(),
            [
                tuple(sorted(own | tags[place], key=order.__getitem__)) if own or tags[place] else ()
                for own, place in zip(own_tags, np.where(is_known, at, len(known)).tolist(), strict=True)
            ],
            period.tolist(),
            strict=True,
        )
        return list(map(Cell._make, rows))

    def of_enterprises(self, enterprise: Ints, year: int, amounts: Amounts | None = None) -> Sequence[Cell]:
        """The cell of each enterprise itself, with an amount and in a year."""
        count = len(enterprise)
        nothing = np.zeros(count, np.bool_)
        stated = Amounts(np.zeros(count, np.int64), nothing, nothing) if amounts is None else amounts
        return self.cells(enterprise, np.full(count, year), stated, np.full(count, NOT_STATED), None)

    def _bands(self, amounts: Amounts) -> Ints:
        """The band of each amount: of several that hold it the one that begins highest, then ends lowest, then the first by id."""
        bands = self.view.handles("TicketBand")
        lower, upper = (amounts_of(self.view, bands, name) for name in ("lower", "upper"))
        end = np.where(upper.is_stated, upper.value, NO_END)
        is_clear = ~(lower.is_foreign | upper.is_foreign)
        found = np.full(len(amounts.value), UNKNOWN)
        for band in np.lexsort([-np.arange(len(bands)), -end, lower.value]).tolist():
            holds = (amounts.value >= lower.value[band]) & (amounts.value < end[band])
            found[holds & amounts.is_stated & is_clear[band]] = bands[band]
        return found

    def _tags(self, handles: Ints) -> list[frozenset[int]]:
        place, links = self.view.expand("Tagged", "source", handles)
        tagged: dict[int, set[int]] = defaultdict(set)
        for at, tag in zip(place.tolist(), self.view.refs(links, "target").tolist(), strict=True):
            tagged[at].add(tag)
        found = [UNTAGGED] * len(handles)
        for at, tags in tagged.items():
            found[at] = frozenset(tags)
        return found
