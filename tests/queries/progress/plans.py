"""A small plan for tests: a policy of a place, targets, what was observed, what counts toward them. Today is 2025-06-01."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from graph.kinds.contracts import Collaboration, Loan, LoanBatch
from graph.kinds.parties import Enterprise, GovernmentUnit, Institution
from graph.kinds.places import Region
from graph.kinds.policy import (
    CountsToward,
    Measure,
    Observation,
    ObservationBasis,
    Policy,
    Responsibility,
    Target,
    TargetKind,
    Theme,
)
from graph.kinds.supply_side import LoanProduct, VoucherScheme
from graph.kinds.terms import Operator
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.progress.progress import TargetProgress
from queries.target_progress import target_progress
from tests.graph.build import TODAY, knowledge_of, load
from tests.graph.memory_log import MemoryLog
from tests.queries.finance import ontology

POLICY = "policy:plan"
PLACE = Ref[Any]("region:98")
LEVEL, FLOW, TO_DATE = ObservationBasis.LEVEL, ObservationBasis.FLOW, ObservationBasis.TO_DATE
SERIES = "series"
PLAN: tuple[Record, ...] = (
    Region(code="98", name="place"),
    Policy(id=POLICY, doc_no="plan", title="plan", region=PLACE),
    Theme(id="theme:plan:1", policy=Ref(POLICY), number=1, title="one"),
    Measure(id="measure:plan:1", policy=Ref(POLICY), theme=Ref("theme:plan:1"), number=1, title="m", text="m"),
    Institution(id="institution:bank", name="bank"),
    Enterprise(id="enterprise:a", name="a"),
    Enterprise(id="enterprise:b", name="b"),
    LoanProduct(id="loanProduct:p", name="p"),
    VoucherScheme(id="voucherScheme:v", name="v"),
    GovernmentUnit(id="governmentUnit:office", name="office"),
)


def dec(value: float | str | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def goal(kind: TargetKind, amount: float | str | None, number: int = 1, **fields: Any) -> Target:
    """A target of the plan, measured by the series unless it says otherwise."""
    given: dict[str, Any] = {
        "id": f"target:plan:{number}", "policy": Ref(POLICY), "number": number, "indicator": "it", "kind": kind, "printed": "it",
        "operator": Operator.GTE, "value": dec(amount), "unit": "亿元", "series": SERIES,
        "baseline": dec(fields.pop("baseline", None)),
    }  # fmt: skip
    return Target(**{**given, **fields})


def saw(period: str, value: float | str | None, name: str | None = None, **fields: Any) -> Observation:
    """An observation of the series for the place."""
    given: dict[str, Any] = {
        "id": f"observation:{name or period}", "series": SERIES, "subject": PLACE, "period": period, "value": dec(value),
        "unit": "亿元", "basis": LEVEL,
    }  # fmt: skip
    return Observation(**{**given, **fields})


def batch(name: str, period: str | None, amount: float | None, **fields: Any) -> LoanBatch:
    """Loans of the bank under the product, in 亿元."""
    money = None if amount is None else Money.of(Decimal(str(amount)), unit="亿元")
    given: dict[str, Any] = {"lender": Ref("institution:bank"), "product": Ref("loanProduct:p"), "period": period}
    return LoanBatch(**{"id": f"loanBatch:{name}", "amount": money, **given, **fields})


def loan(name: str, on: date | None, amount: float | None, **fields: Any) -> Loan:
    """A loan of the bank under the product, in 亿元."""
    money = None if amount is None else Money.of(Decimal(str(amount)), unit="亿元")
    given: dict[str, Any] = {"lender": Ref("institution:bank"), "product": Ref("loanProduct:p"), "start_on": on}
    return Loan(**{"id": f"loan:{name}", "borrower": Ref("enterprise:a"), "principal": money, **given, **fields})


def voucher(name: str, firm: str, on: date | None, amount: float | None, **fields: Any) -> Collaboration:
    """A voucher of the scheme for a firm, in 万元."""
    money = None if amount is None else Money.of(Decimal(str(amount)), unit="万元")
    given: dict[str, Any] = {
        "enterprise": Ref(f"enterprise:{firm}"),
        "scheme": Ref("voucherScheme:v"),
        "granted_on": on,
    }
    return Collaboration(**{"id": f"collaboration:{name}", "voucher_amount": money, **given, **fields})


def counts(source: str, number: int = 1) -> CountsToward:
    """Something counts toward a target."""
    return CountsToward(source=Ref(source), target=Ref(f"target:plan:{number}"))


def answers(unit: str = "governmentUnit:office", measure: int = 1) -> Responsibility:
    """A unit answers for a measure."""
    return Responsibility(source=Ref(unit), target=Ref(f"measure:plan:{measure}"), list_order=1, printed="office")


Load = tuple[str, list[Record]]


def plan_view(*records: Record, as_of: date = TODAY, loads: Sequence[Load] = ()) -> View:
    """The plan with these records, by one source, and then what others state."""
    log = MemoryLog()
    for source, stated in (("test", [*PLAN, *records]), *loads):
        load(log, source, stated, ontology=ontology())
    return knowledge_of(log, ontology=ontology()).view(as_of)


def progress(*records: Record, as_of: date = TODAY, loads: Sequence[Load] = ()) -> TargetProgress:
    """The progress of the only target."""
    [found] = target_progress(plan_view(*records, as_of=as_of, loads=loads))
    return found


def lacks(view: View, found: TargetProgress) -> list[str]:
    """What is missing, as record and field."""
    return [f"{view.id_of(fact.record).partition(':')[2]} {fact.field}" for fact in found.missing]
