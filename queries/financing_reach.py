"""financingReach: whom a source, an anchor, a programme or a pool can finance, each firm once with its best path."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.errors import InvalidInput, LimitExceeded
from graph.kinds.terms import Technique
from graph.view import View
from queries.completeness import Budget, Completeness, Meter
from queries.financing.answers import FinancingPath
from queries.financing.joint.programme import Solved
from queries.financing.path_building import path_of
from queries.financing.reaching.firms import Firms
from queries.financing.reaching.search import Search
from queries.financing.reaching.together import fundable, together
from queries.financing.spines import CHAIN_BOUND
from queries.financing.techniques.table import TECHNIQUES, chosen
from queries.keyset import MAX_FIRST
from queries.ratios import UNLIMITED, UNREACHED, UNSTATED, Ints
from queries.trees import descendants

ORIGINS: Final = ("CapitalSource", "AnchorProgramme")
"""What money may lead from: a source (enterprises and pools are), or a programme."""
BUDGET: Final = Budget(expansions=5_000_000)
"""Each firm is looked at once a tier and a way; what is appraised by itself counts as one."""
DEFAULT_FIRST: Final = 50


class ReachOrder(enum.Enum):
    """How firms are listed; of equal ones first the nearest, then by id."""

    CAPACITY = "CAPACITY"
    UNCOVERED_NEED = "UNCOVERED_NEED"
    TIER = "TIER"


@dataclass(frozen=True, slots=True)
class ReachFilter:
    """Which firms count: of any of these industries and regions, with all below them; with any of these tags; at any of these tiers.

    `techniques` the only ones whose paths count at all. Amounts in 分; what is not stated reaches no amount.
    """

    industries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    tiers: tuple[int, ...] = ()
    techniques: tuple[Technique, ...] | None = None
    min_capacity: int | None = None
    min_uncovered_need: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many firms share something: `record` an industry or region (-1: none is stated), or `tier`."""

    count: int
    record: int = -1
    tier: int | None = None


@dataclass(frozen=True, slots=True)
class ReachedEnterprise:
    """One firm. Amounts in 分: `capacity` of its best path (None: not stated), `need` what is open of what that path's technique serves
    (None: it asks for nothing, or in a currency without a rate), `uncovered_need` = max(0, need − capacity), without a capacity the need.
    """

    enterprise: int
    tier: int
    technique: Technique
    capacity: int | None
    need: int | None
    uncovered_need: int | None


@dataclass(frozen=True, eq=False)
class FinancingReach:
    """All firms that count, in their order, and counts of them."""

    view: View
    origin: int
    rows: Ints
    by_tier: tuple[Count, ...]
    by_industry: tuple[Count, ...]
    by_region: tuple[Count, ...]
    completeness: Completeness
    search: Search
    needs: Ints
    uncovered: Ints

    @property
    def total(self) -> int:
        """How many firms there are."""
        return len(self.rows)

    def place_after(self, enterprise: str) -> int:
        """How many rows come before what follows a firm. Raises InvalidInput where it is none of them."""
        place = self.search.firms.places(np.array([self.view.locate(enterprise)]))
        found = np.flatnonzero(self.rows == place[0]) if place[0] >= 0 else place[:0]
        if not len(found):
            raise InvalidInput(
                f"after {enterprise[:80]!r} is none of the firms reached; take the cursor of the page before"
            )
        return int(found[0]) + 1

    def page(self, first: int = DEFAULT_FIRST, after: str | None = None) -> list[ReachedEnterprise]:
        """Some rows: `first` of them (0 to MAX_FIRST) after the firm with this id.

        Raises LimitExceeded, InvalidInput.
        """
        if first < 0:
            raise InvalidInput(f"first is {first}; ask for 0 to {MAX_FIRST} rows")
        if first > MAX_FIRST:
            raise LimitExceeded(f"first is {first}; at most {MAX_FIRST} rows a page, then go on with `after`")
        start = 0 if after is None else self.place_after(after)
        return [self._row(place) for place in self.rows[start : start + first].tolist()]

    def best(self, enterprise: int) -> FinancingPath | None:
        """The best path of a firm that is reached, as `financing_path` gives it; None where it is not."""
        place = int(self.search.firms.places(np.array([enterprise]))[0])
        found = None if place < 0 else self.search.path(place)
        return None if found is None else path_of(self.search.takings.appraisal(place), found)

    def fundable(self, enterprise: int, seconds: float) -> Solved:
        """The largest amount of new money from `origin` that reaches one firm, found within so many seconds."""
        return fundable(self.search, int(self.search.firms.places(np.array([enterprise]))[0]), seconds)

    def joint_capacity(self, seconds: float) -> Solved:
        """The largest amount of new money from `origin` that reaches all rows together, found within so many seconds."""
        return together(self.search, np.sort(self.rows), seconds)

    def _row(self, place: int) -> ReachedEnterprise:
        best = self.search.best
        return ReachedEnterprise(
            int(self.search.firms.handles[place]),
            int(best.tier[place]),
            list(TECHNIQUES)[int(best.technique[place])],
            _stated(int(best.capacity[place])),
            _stated(int(self.needs[place])),
            _stated(int(self.uncovered[place])),
        )


def financing_reach(
    view: View,
    origin: str,
    *,
    filter: ReachFilter | None = None,
    order: ReachOrder = ReachOrder.UNCOVERED_NEED,
    max_tier: int | None = None,
    budget: Budget = BUDGET,
) -> FinancingReach:
    """Every firm that some path leads to from `origin`, once, with its best path: largest capacity, fewest tiers, technique, node ids.

    A path leads from its source (a bank stands for its branches), from the programme that it is under and that programme's anchor, from
    the buyer whose limit it draws on, from a fund that it goes through or follows, and from the pool, guarantor or insurer that covers it.
    The firms in between that pass a chain on are no origins of it.

    Parameters
    ----------
    filter
        Which firms count, and which techniques.
    max_tier
        Paths over no more deals of trade, 0 to CHAIN_BOUND and more; None: as far as programmes reach.

    Returns
    -------
    FinancingReach
        Empty where nobody is reached. A cut by the budget leaves what was found, and says so.

    Raises
    ------
    InvalidInput, NotFound
        For values that cannot be meant, and records that are not in the view.

    Notes
    -----
    Cost: one pass over the supply links a tier, one over all firms for each offer, and an appraisal for each claim, contract or firm
    with limits of its own that may be better than what is known.
    """
    wanted = filter or ReachFilter()
    if max_tier is not None and max_tier < 0:
        raise InvalidInput(f"maxTier {max_tier} is negative; give 0 or more, {CHAIN_BOUND} is as deep as chains go")
    handle = view.require(origin, *ORIGINS, at="from")
    rows = chosen(wanted.techniques)
    search = Search(view, handle, Meter(budget), max_tier)
    search.run([(row, spine) for row in rows for spine in row.spines])
    needs = search.needs()
    best = search.best
    uncovered = np.where((needs < 0) | (needs >= UNLIMITED), needs, np.maximum(0, needs - np.maximum(best.capacity, 0)))
    places = np.flatnonzero(_counted(view, search, wanted, uncovered))
    return FinancingReach(
        view,
        handle,
        places[_sorted(best.capacity[places], best.tier[places], uncovered[places], places, order)],
        tuple(_by_tier(best.tier[places])),
        tuple(_by_record(view, search.firms, places, "industry")),
        tuple(_by_record(view, search.firms, places, "region")),
        search.meter.answer(search.deepest),
        search,
        needs,
        uncovered,
    )


def _counted(view: View, search: Search, wanted: ReachFilter, uncovered: Ints) -> np.ndarray:
    """The firms that are reached and asked for."""
    firms, best = search.firms, search.best
    kept = best.capacity != UNREACHED
    kept[firms.places(np.array([search.origin]))[0]] &= not view.has_kind(search.origin, "Enterprise")
    for kind, ids, field, others in (
        ("Industry", wanted.industries, "industry", "InIndustry"),
        ("Region", wanted.regions, "region", None),
    ):
        if ids:
            at = f"filter.{field}"
            within = [below for one in ids for below in descendants(view, view.require(one, kind, at=at))]
            match = np.isin(view.refs(firms.handles, field), within)
            if others is not None:
                match |= firms.linked(view, others, within)
            kept &= match
    if wanted.tags:
        kept &= firms.linked(view, "Tagged", [view.require(one, "Tag", at="filter.tag") for one in wanted.tags])
    if wanted.tiers:
        kept &= np.isin(best.tier, wanted.tiers)
    if wanted.min_capacity is not None:
        kept &= best.capacity >= wanted.min_capacity
    if wanted.min_uncovered_need is not None:
        kept &= (uncovered >= wanted.min_uncovered_need) & (uncovered < UNLIMITED)
    return np.asarray(kept)


def _sorted(capacity: Ints, tier: Ints, uncovered: Ints, places: Ints, order: ReachOrder) -> Ints:
    asked = np.where(uncovered >= UNLIMITED, -1, uncovered)
    keys = {
        ReachOrder.CAPACITY: (places, tier, -capacity),
        ReachOrder.UNCOVERED_NEED: (places, tier, -capacity, -asked),
        ReachOrder.TIER: (places, -capacity, tier),
    }
    return np.lexsort(keys[order])


def _by_tier(tiers: Ints) -> list[Count]:
    found, counts = np.unique(tiers, return_counts=True)
    return [Count(count, tier=tier) for tier, count in zip(found.tolist(), counts.tolist(), strict=True)]


def _by_record(view: View, firms: Firms, places: Ints, field: str) -> list[Count]:
    """Firms by what they name in a field, most first, then by id; those that name nothing last."""
    found, counts = np.unique(view.refs(firms.handles[places], field), return_counts=True)
    named = [Count(count, record) for record, count in zip(found.tolist(), counts.tolist(), strict=True)]
    return sorted(
        named, key=lambda one: (one.record < 0, -one.count, view.id_of(one.record) if one.record >= 0 else "")
    )


def _stated(amount: int) -> int | None:
    return amount if UNSTATED < amount < UNLIMITED else None
