"""What a repair is asked for, and how one is put: a field of a record set, or the need changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from graph.fields import camel
from graph.kinds.demand_side import FinancingNeed
from graph.money import Money
from graph.what_if import Set
from queries.financing.appraised import Appraised
from queries.financing.cases import Case
from queries.financing.gates.table import GateResult
from queries.financing.repairs.kinds import RepairKind
from queries.financing.repairs.repair import Repair
from queries.financing.terms import Gate, Ternary


class Asked(NamedTuple):
    """A blocked path, and one of its gates that does not say yes."""

    case: Case
    found: Appraised
    result: GateResult

    def says_no(self, gate: Gate) -> bool:
        """Whether it is this gate, and it says no."""
        return self.result.gate is gate and self.result.verdict is Ternary.NO


def setting(
    asked: Asked, kind: RepairKind, on: int, field: str, value: object, mends: frozenset[Gate], **more: object
) -> Repair:
    """A repair that sets one field (by Python name) of a record."""
    view = asked.case.view
    shown = view.kind_of(on).by_name[field].graph_name
    return Repair(kind, mends, on, shown, changes=(Set(view.id_of(on), {field: value}),), **more)  # type: ignore[arg-type]


def asking(
    asked: Asked,
    kind: RepairKind,
    field: str,
    value: object,
    *,
    days: int | None = None,
    amount: Money | None = None,
) -> Iterator[Repair]:
    """The need is changed: that of the question, else the records of the beneficiary's that say otherwise.

    `amount` by which more is asked for: a recorded need grows by it.
    """
    case, mends = asked.case, frozenset({asked.result.gate})
    if case.appraisal.need_asked is not None:
        yield Repair(kind, mends, -1, camel(field), amount, days, need=((field, value),))
        return
    needs = [(handle, case.appraisal.record(handle, FinancingNeed)) for handle in case.need.needs]
    if not needs:
        return
    first, need = min(needs, key=lambda one: (one[1].needed_by or date.max, one[1].id))
    moved = [first]
    if field == "needed_by":
        moved = [handle for handle, need in needs if need.needed_by is not None and need.needed_by < value]  # type: ignore[operator]
    if amount is not None:
        if need.amount.currency != amount.currency:
            return
        value = Money(need.amount.minor + amount.minor, amount.currency)
    changes = tuple(Set(case.view.id_of(handle), {field: value}) for handle in moved)
    yield Repair(kind, mends, first, camel(field), amount, days, changes=changes)
