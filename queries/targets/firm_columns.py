"""What covenants ask of firms, of all of them at once, three-valued."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.kinds.policy import Rule
from graph.kinds.terms import SizeClass, Stage
from graph.records import Term
from graph.snapshot_columns import NOT_STATED
from graph.view import View
from queries.derived import once
from queries.financing.gates.eligibility import NO, UNKNOWN, YES, Verdicts
from queries.financing.reaching.firms import Firms
from queries.funds.counting import EARLY, Conditions, conditions, early_stages
from queries.trees import descendants


class FirmColumns:
    """What covenants ask of firms, of all at once: as `queries.funds.counting.FirmFacts` of money put in today."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.firms = Firms.of(view)

    def all_of(self, wanted: Conditions) -> Verdicts:
        """By firm, whether all conditions hold; a condition that names nothing cannot be told."""
        found = np.full(len(self.firms), YES, np.int8)
        for name, value in wanted.items():
            np.minimum(found, self.has(name, value), out=found)
        return found

    def has(self, name: str, value: object) -> Verdicts:
        """By firm, whether one condition holds. Made once a view."""
        return once(self.view, (FirmColumns, name, value), lambda: self._has(name, value))

    def early(self, rule: Rule) -> Verdicts:
        """By firm, whether money in it now is money at an early stage."""
        stages = early_stages(rule)
        rest = self.all_of({name: value for name, value in conditions(rule).items() if name != "stage"})
        return np.minimum(rest, self._coded("stage", EARLY if stages is None else stages))

    def _has(self, name: str, value: object) -> Verdicts:
        if value is None:
            return np.full(len(self.firms), UNKNOWN, np.int8)
        if isinstance(value, (Stage, SizeClass)):
            return self._coded(name, (value,))
        place = self.view.find(value) if isinstance(value, str) else -1
        handles = self.firms.handles
        match name:
            case "tag":
                return self._ternary(self.firms.linked(self.view, "Tagged", [place]), np.ones(len(handles), bool))
            case "region":
                own = self.view.refs(handles, "region")
                return self._ternary(np.isin(own, self._below(place)), own >= 0)
        own, below = self.view.refs(handles, "industry"), self._below(place)
        return self._ternary(np.isin(own, below) | self.firms.linked(self.view, "InIndustry", below), own >= 0)

    def _below(self, place: int) -> list[int]:
        return descendants(self.view, place) if place >= 0 else []

    def _coded(self, name: str, values: Sequence[Term]) -> Verdicts:
        codes = self.view.ints(self.firms.handles, name)
        among = [list(type(value)).index(value) for value in values]
        return self._ternary(np.isin(codes, among), codes != NOT_STATED)

    def _ternary(self, met: np.ndarray, known: np.ndarray) -> Verdicts:
        return np.where(met, YES, np.where(known, NO, UNKNOWN)).astype(np.int8)
