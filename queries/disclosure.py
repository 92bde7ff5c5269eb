"""What a firm has disclosed, category by category: fresh, stale or missing; and the same counted over many firms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

import numpy as np

from graph.errors import InvalidInput
from graph.kinds.policy import DisclosureCategory, Observation
from graph.snapshot_columns import NOT_STATED
from graph.view import View, day_of
from queries.columns import among
from queries.inventory.categories import CATEGORIES, LIST_OF, DisclosureList, DisclosureState
from queries.progress.periods import Period, period_of
from queries.ratios import Ints

STALE_AFTER_DAYS: Final = 365
"""After so many days without a new one a disclosure is stale, unless the question gives another number."""
MAX_STALE_AFTER_DAYS: Final = 36_500

_UNDATED: Final = NOT_STATED + 1
"""Among last days: something was disclosed, and nobody can say when."""


@dataclass(frozen=True, slots=True)
class DisclosureStatus:
    """One category of one firm. last: the records of the last day, several where several sources or records are of it, by id.

    on: the last day of the last period that is over; None: nothing is dated. age_days: since then. records: all that there are.
    in_conflict: those of the last day say different things.
    """

    category: DisclosureCategory
    list: DisclosureList
    state: DisclosureState
    on: date | None
    age_days: int | None
    records: int
    last: tuple[int, ...]
    in_conflict: bool


@dataclass(frozen=True, slots=True)
class DisclosureCompleteness:
    """The five categories of one list, counted."""

    list: DisclosureList
    fresh: int
    stale: int
    undated: int
    missing: int

    @property
    def share(self) -> Fraction:
        """Fresh ones over all."""
        return Fraction(self.fresh, self.fresh + self.stale + self.undated + self.missing)


@dataclass(frozen=True, slots=True)
class DisclosureCoverage:
    """How many firms stand how in one category."""

    category: DisclosureCategory
    list: DisclosureList
    enterprises: int
    fresh: int
    stale: int
    undated: int
    missing: int


def disclosure(
    view: View, enterprise: str, *, stale_after_days: int = STALE_AFTER_DAYS
) -> tuple[DisclosureStatus, ...]:
    """The ten categories of a firm: those of the platform in printed order, then the five others. Neither stands for one of the other.

    What it discloses is Observations about it with a `disclosure`; of FINANCING_NEED also its needs, by the day they were submitted.
    A disclosure is of the last day of its period, and stale once that is more than `stale_after_days` ago. Periods that are not over are
    not counted.

    Raises InvalidIdentifier, InvalidInput or NotFound for an enterprise that is not in the view, InvalidInput for days out of range.
    """
    _check(stale_after_days)
    handle = view.require(enterprise, "Enterprise")
    stated: dict[DisclosureCategory, list[tuple[int, Period | None]]] = {one: [] for one in LIST_OF}
    for one in view.holders("Observation", "subject", handle).tolist():
        record = view.record(one)
        assert isinstance(record, Observation)
        if record.disclosure is not None:
            stated[record.disclosure].append((one, period_of(record.period)))
    for one in view.holders("FinancingNeed", "enterprise", handle).tolist():
        day = view.value(one, "submitted_on")
        stated[DisclosureCategory.FINANCING_NEED].append((one, None if day is None else Period(day, day)))
    return tuple(
        _status(view, category, of, stated[category], stale_after_days)
        for of, categories in CATEGORIES.items()
        for category in categories
    )


def disclosure_completeness(
    view: View, enterprise: str, *, stale_after_days: int = STALE_AFTER_DAYS
) -> tuple[DisclosureCompleteness, ...]:
    """The same counted, list by list. Raises as `disclosure` does."""
    found = disclosure(view, enterprise, stale_after_days=stale_after_days)
    return tuple(
        DisclosureCompleteness(of, *_counted([one.state for one in found if one.list is of])) for of in DisclosureList
    )


def disclosure_coverage(
    view: View, *, stale_after_days: int = STALE_AFTER_DAYS, region: str | None = None
) -> tuple[DisclosureCoverage, ...]:
    """How many firms stand how in each category: all firms, or those located in one region itself.

    Raises NotFound for a region that is not in the view, InvalidInput for days out of range. Cost: one pass over observations and needs.
    """
    _check(stale_after_days)
    firms = view.handles("Enterprise")
    if region is not None:
        firms = firms[view.refs(firms, "region") == view.require(region, "Region")]
    firms = np.sort(firms)
    last = _last_days(view, firms)
    today = day_of(view.as_of)
    found = []
    for of, categories in CATEGORIES.items():
        for category in categories:
            days = last[category]
            fresh = int((days >= today - stale_after_days).sum())
            undated, missing = int((days == _UNDATED).sum()), int((days == NOT_STATED).sum())
            stale = int(firms.size) - fresh - undated - missing
            found.append(DisclosureCoverage(category, of, int(firms.size), fresh, stale, undated, missing))
    return tuple(found)


def _check(stale_after_days: int) -> None:
    if not 0 <= stale_after_days <= MAX_STALE_AFTER_DAYS:
        raise InvalidInput(
            f"staleAfterDays is {stale_after_days}; give a number of days from 0 to {MAX_STALE_AFTER_DAYS}"
        )


def _status(
    view: View,
    category: DisclosureCategory,
    of: DisclosureList,
    stated: list[tuple[int, Period | None]],
    stale_after_days: int,
) -> DisclosureStatus:
    stated = [one for one in stated if one[1] is None or one[1].last <= view.as_of]
    dated = [period.last for _, period in stated if period is not None]
    on = max(dated, default=None)
    age = None if on is None else (view.as_of - on).days
    if age is None:
        state = DisclosureState.UNDATED if stated else DisclosureState.MISSING
    else:
        state = DisclosureState.FRESH if age <= stale_after_days else DisclosureState.STALE
    last = tuple(sorted((one for one, period in stated if (period and period.last) == on), key=view.id_of))
    return DisclosureStatus(category, of, state, on, age, len(stated), last, _differ(view, last))


def _differ(view: View, records: tuple[int, ...]) -> bool:
    """Whether observations of one series and day say different things, or the sources of one do."""
    observed = [one for one in records if view.has_kind(one, "Observation")]
    if any(conflict.field in ("value", "text") for one in observed for conflict in view.conflicts(one)):
        return True
    said: dict[str, set[tuple[object, ...]]] = {}
    for one in observed:
        record = view.record(one)
        assert isinstance(record, Observation)
        said.setdefault(record.series, set()).add((record.value, record.unit, record.text))
    return any(len(values) > 1 for values in said.values())


def _counted(states: list[DisclosureState]) -> tuple[int, int, int, int]:
    order = (DisclosureState.FRESH, DisclosureState.STALE, DisclosureState.UNDATED, DisclosureState.MISSING)
    fresh, stale, undated, missing = (states.count(one) for one in order)
    return fresh, stale, undated, missing


def _last_days(view: View, firms: Ints) -> dict[DisclosureCategory, Ints]:
    """By category, the last day that each firm disclosed for; NOT_STATED: nothing, _UNDATED: nothing that is dated."""
    today = day_of(view.as_of)
    last = {one: np.full(firms.size, NOT_STATED, np.int64) for one in LIST_OF}
    observations = view.handles("Observation")
    kinds = view.ints(observations, "disclosure")
    stated = kinds != NOT_STATED
    observations, kinds = observations[stated], kinds[stated]
    if observations.size:
        texts = view.texts(observations, "period")
        day_by_text = {text: _last_day(period_of(text)) for text in texts.unique().to_list()}
        days = np.array([day_by_text[text] for text in texts.to_list()], np.int64)
        subjects = view.refs(observations, "subject")
        for place, category in enumerate(DisclosureCategory):
            mine = (kinds == place) & (days <= today)
            _latest(last[category], firms, subjects[mine], days[mine])
    needs = view.handles("FinancingNeed")
    submitted = view.ints(needs, "submitted_on")
    submitted = np.where(submitted == NOT_STATED, _UNDATED, submitted)
    over = submitted <= today
    _latest(last[DisclosureCategory.FINANCING_NEED], firms, view.refs(needs, "enterprise")[over], submitted[over])
    return last


def _last_day(period: Period | None) -> int:
    return _UNDATED if period is None else day_of(period.last)


def _latest(last: Ints, firms: Ints, subjects: Ints, days: Ints) -> None:
    """Move the last days of firms on to the latest of these."""
    mine = among(subjects, firms)
    np.maximum.at(last, np.searchsorted(firms, subjects[mine]), days[mine])
