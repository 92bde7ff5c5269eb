"""What a missing fact would have to be for its gate to pass: the value under which a repair is tried.

Who states the fact states what is so; the value only shows what it would take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from graph.fields import FieldSpec, FieldType
from graph.kinds.parties import InstitutionType
from graph.kinds.terms import OfferStatus
from graph.money import CNY, Money
from queries.financing.cases import Case
from queries.financing.gates.of_offer import admitted_purposes
from queries.financing.limits.constraints import MissingFact
from queries.financing.repairs.asked import Asked, setting
from queries.financing.repairs.kinds import RepairKind
from queries.financing.repairs.repair import Repair
from queries.financing.spines import CHAIN_BOUND
from queries.financing.tenor import ANY, tenor_of, wanted

ENOUGH: Final = Money(10**12, CNY)
"""A hundred million 元 more than any limit of a small firm: an amount that bounds nothing."""
MOST_WORDS: Final = 8
"""Codes of a list that are tried, in their order."""
SOME_DAYS: Final = 180

NONE_OF_IT: Final = frozenset(
    {
        "used", "drawn", "outstanding", "paid", "credits", "disputed", "badLoanRate", "dilution", "marginShare", "downPayment",
        "ownCapital", "ownCapitalShare",
    }
)  # fmt: skip
"""Facts that are best when there is nothing of them."""
BY_PARTIES: Final = {
    "registryNo": RepairKind.REGISTER,
    "confirmed": RepairKind.CONFIRM,
    "accepted": RepairKind.CONFIRM,
    "notified": RepairKind.NOTIFY,
    "renewalCommitted": RepairKind.COMMIT_RENEWAL,
}
"""Facts that somebody has to bring about."""
NUMBERS: Final[Mapping[str, int]] = {"maxTier": CHAIN_BOUND, "processingDays": 0}


def stating(asked: Asked, facts: Iterable[MissingFact]) -> Iterator[Repair]:
    """Each of these facts stated, where a field holds it."""
    for fact in facts:
        if fact.record < 0:
            continue
        spec = asked.case.view.kind_of(fact.record).by_graph_name.get(fact.field)
        if spec is None:
            continue
        kind = BY_PARTIES.get(fact.field, RepairKind.STATE_FACT)
        for value in values_for(asked.case, fact.record, spec):
            yield setting(asked, kind, fact.record, spec.name, value, frozenset({asked.result.gate}))


def values_for(case: Case, record: int, spec: FieldSpec) -> Iterator[Any]:
    """The values of a record's field under which its gate may pass; none where no value can be thought of."""
    name = spec.graph_name
    match spec.holds:
        case FieldType.BOOL:
            # Without notice to the debtor nobody need be notified.
            yield name != "withNotice"
        case FieldType.TEXT if name == "purpose":
            yield from admitted_purposes(case)[:1]
        case FieldType.TEXT if spec.text_format is None:
            yield "已载明"
        case FieldType.DATE:
            yield case.view.as_of + timedelta(days=_days(case))
        case FieldType.INT:
            yield NUMBERS.get(name, _days(case) if spec.label.unit == "days" else 1)
        case FieldType.DECIMAL:
            yield Decimal(0 if name in NONE_OF_IT else 1)
        case FieldType.MONEY:
            # What contracts beside the path have out is best nothing; what the path itself stands on, enough.
            beside = case.view.has_kind(record, "Contract") and record not in case.candidate.nodes
            yield Money(0, CNY) if name in NONE_OF_IT or beside else ENOUGH
        case FieldType.TERM if spec.term is not None:
            if spec.term is OfferStatus:
                yield OfferStatus.OPEN
            elif spec.term is InstitutionType:
                yield from sorted(case.row.licensed, key=lambda one: one.name)[:1]
            else:
                yield from list(spec.term)[:MOST_WORDS]


def _days(case: Case) -> int:
    """So many days as both the need and the offer allow."""
    common = tenor_of(case).allowed.meet(wanted(case.need) or ANY)
    if common is None:
        return SOME_DAYS
    most = SOME_DAYS if common.high is None else min(SOME_DAYS, common.high)
    return max(common.low, most)
