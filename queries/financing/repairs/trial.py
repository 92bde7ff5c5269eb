"""Trying repairs: they are laid over the view, and the path is appraised there as if they had been made."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from graph.errors import InvalidInput, NotFound
from graph.view import View
from graph.what_if import Change
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised, appraise
from queries.financing.candidates import Candidate
from queries.financing.repairs.repair import Repair
from queries.financing.supports import marks_of, ways_to_support
from queries.financing.terms import PathStatus, Ternary

KEPT: Final = 16
"""Worlds with repairs that are kept for the next path."""


def passes(found: Appraised | None) -> bool:
    """Whether every gate says yes."""
    # A path that is refused shows it soonest by its status.
    return (
        found is not None
        and found.status is not PathStatus.BLOCKED
        and all(result.verdict is Ternary.YES for result in found.gates)
    )


@dataclass(eq=False)
class Trials:
    """Tries repairs of paths that one appraisal found."""

    appraisal: Appraisal
    _days: dict[date, View] = field(default_factory=dict)
    _appraisals: dict[Hashable, Appraisal | None] = field(default_factory=dict)

    def with_repairs(self, candidate: Candidate, repairs: Sequence[Repair]) -> Appraised | None:
        """The path as it would be; None: it would be supported otherwise, or the repairs exclude each other."""
        appraisal = self._appraisal(repairs)
        if appraisal is None:
            return None
        view = appraisal.view
        added = [view.locate(one.adds) for one in repairs if one.adds is not None]
        marks = added or marks_of(candidate, candidate.supports)
        bare = replace(candidate, supports=())
        for supports in ways_to_support(appraisal, bare):
            if marks_of(bare, supports) == marks:
                return appraise(appraisal, replace(candidate, supports=supports))
        return None

    def _appraisal(self, repairs: Sequence[Repair]) -> Appraisal | None:
        """An appraisal with the repairs made; None: they exclude each other. Many paths are mended by the same ones."""
        until = max((one.until for one in repairs if one.until is not None), default=None)
        changes = tuple(change for one in repairs for change in one.changes)
        need = tuple(pair for one in repairs for pair in one.need)
        key = (until, repr(changes), need)
        if key not in self._appraisals:
            if len(self._appraisals) >= KEPT:
                del self._appraisals[next(iter(self._appraisals))]
            self._appraisals[key] = self._made(until, changes, dict(need))
        return self._appraisals[key]

    def _made(self, until: date | None, changes: tuple[Change, ...], fields: Mapping[str, Any]) -> Appraisal | None:
        view, need = self.appraisal.view, self.appraisal.need_asked
        if need is not None and fields:
            need = replace(need, **fields)
            low, high = need.tenor_min_days, need.tenor_max_days
            if low is not None and high is not None and low > high:
                return None
        if until is not None:
            if until not in self._days:
                self._days[until] = view.on(until)
            view = self._days[until]
        try:
            view = view.with_changes(changes, trusted=True)
        except (InvalidInput, NotFound):
            # What ends while one waits can be released no more.
            return None
        return Appraisal(view, self.appraisal.beneficiary, need, self.appraisal.weights)
