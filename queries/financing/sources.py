"""Which sources a question lets in: those it names, and of all others none that is under one control with the enterprise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.errors import InvalidInput
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK, kinds_in
from graph.view import View
from queries.derived import once
from queries.financing.appraisal import Appraisal
from queries.financing.control import GROUPS, Control, control_groups, control_of, ultimate_controllers
from queries.financing.gates.of_offer import is_finance_company
from queries.ratios import Ints


@dataclass(frozen=True, eq=False)
class Sources:
    """What a question says of sources. `asked` None: any; a bank stands for its branches. `intra_group`: the enterprise's own group too,
    whose finance company always counts."""

    appraisal: Appraisal
    own: Control
    asked: frozenset[int] | None
    intra_group: bool

    @classmethod
    def of(cls, appraisal: Appraisal, sources: Sequence[str] | None, intra_group: bool) -> Sources:
        """The sources of a question by their ids.

        Raises InvalidInput, NotFound for those that cannot be meant.
        """
        view = appraisal.view
        asked = (
            None
            if sources is None
            else frozenset(
                view.require(one, "CapitalSource", at=f"sources[{place}]") for place, one in enumerate(sources)
            )
        )
        if asked is not None and not asked:
            raise InvalidInput("sources is an empty list: name whose money it may be, or leave it out for any")
        return cls(appraisal, control_of(view, appraisal.beneficiary), asked, intra_group)

    def admits(self, source: int) -> bool:
        """Whether the question lets a source in."""
        return self.appraisal.once(("allowed", source), lambda: bool(self.among(np.array([source]))[0]))

    def among(self, sources: Ints) -> np.ndarray:
        """As `admits`, of many sources."""
        found = np.ones(len(sources), bool)
        kinds = sources >> KIND_SHIFT
        for code in kinds_in(sources):
            here = np.flatnonzero(kinds == code)
            found[here] = self._of_kind(sources[here], code)
        return found

    def _of_kind(self, sources: Ints, code: int) -> np.ndarray:
        view = self.appraisal.view
        known, numbers = _Controlled.of(view, view.kind(code).name), sources & NUMBER_MASK
        entities = known.entity[numbers]
        found = np.ones(len(sources), bool)
        if self.asked is not None:
            asked = list(self.asked)
            found = np.isin(sources, asked) | np.isin(entities, asked)
        if not self.intra_group:
            shared = known.top[numbers] == self.own.top
            if self.own.group >= 0:
                shared |= known.group[numbers] == self.own.group
            for place in np.flatnonzero(found & shared).tolist():
                found[place] = is_finance_company(view, int(entities[place]))
        return found


@dataclass(frozen=True, eq=False)
class _Controlled:
    """By number of a kind: the person in law that each is or belongs to, and under whose control that is."""

    entity: Ints
    group: Ints
    top: Ints

    @classmethod
    def of(cls, view: View, kind: str) -> _Controlled:
        """Those of one kind, told once a view."""
        return once(view, (_Controlled, kind), lambda: cls._made(view, kind), of=GROUPS | {"BankBranch", kind})

    @classmethod
    def _made(cls, view: View, kind: str) -> _Controlled:
        handles = view.handles(kind)
        entities = handles
        if kind == "BankBranch":
            banks = view.refs(handles, "bank")
            entities = np.where(banks >= 0, banks, handles)
        size = view.snapshot.ids[view.snapshot.codes[kind]].size
        columns = []
        for values in (entities, control_groups(view, entities), ultimate_controllers(view, entities)):
            column = np.full(size, -1, np.int64)
            column[handles & NUMBER_MASK] = values
            columns.append(column)
        return cls(*columns)
