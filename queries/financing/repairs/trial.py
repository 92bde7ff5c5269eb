"""Trying repairs: they are laid over the view, and the path is appraised there as if they had been made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from graph.errors import InvalidInput, NotFound
from graph.view import View
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised, appraise
from queries.financing.candidates import Candidate
from queries.financing.repairs.repair import Repair
from queries.financing.supports import marks_of, ways_to_support
from queries.financing.terms import Ternary


def passes(found: Appraised | None) -> bool:
    """Whether every gate says yes."""
    return found is not None and all(result.verdict is Ternary.YES for result in found.gates)


@dataclass(eq=False)
class Trials:
    """Tries repairs of paths that one appraisal found. `made` counts them."""

    appraisal: Appraisal
    made: int = 0
    _days: dict[date, View] = field(default_factory=dict)

    def with_repairs(self, candidate: Candidate, repairs: Sequence[Repair]) -> Appraised | None:
        """The path as it would be; None: it would be supported otherwise, or the repairs exclude each other."""
        self.made += 1
        try:
            view = self._view(repairs)
        except (InvalidInput, NotFound):
            # What ends while one waits can be released no more.
            return None
        changed = dict(pair for one in repairs for pair in one.need)
        need = self.appraisal.need_asked
        if need is not None and changed:
            need = replace(need, **changed)
            if (
                need.tenor_min_days is not None
                and need.tenor_max_days is not None
                and need.tenor_min_days > need.tenor_max_days
            ):
                return None
        appraisal = Appraisal(view, self.appraisal.beneficiary, need, self.appraisal.weights)
        added = [view.locate(one.adds) for one in repairs if one.adds is not None]
        marks = added or marks_of(candidate, candidate.supports)
        bare = replace(candidate, supports=())
        for supports in ways_to_support(appraisal, bare):
            if marks_of(bare, supports) == marks:
                return appraise(appraisal, replace(candidate, supports=supports))
        return None

    def _view(self, repairs: Sequence[Repair]) -> View:
        view = self.appraisal.view
        until = max((one.until for one in repairs if one.until is not None), default=None)
        if until is not None:
            if until not in self._days:
                self._days[until] = view.on(until)
            view = self._days[until]
        return view.with_changes([change for one in repairs for change in one.changes], trusted=True)
