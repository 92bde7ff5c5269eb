"""What is recommended for a need: paths and supports for what is still open of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graph.errors import InvalidInput, NotFound
from graph.kinds.contracts import Loan
from graph.kinds.demand_side import FinancingNeed, Fulfils, NeedStatus
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.supply_side import Subsidy, SubsidyKind
from graph.kinds.terms import Dimension, Instrument, Operator, SizeClass, Technique
from graph.money import Money
from graph.records import Record, Ref
from queries.eligibility import EligibilityVerdict
from queries.recommendations import recommendations
from tests.queries.finance import BANK, bank, firm, product, view_of, wan

FIRM = "enterprise:seller"
NEED = "financingNeed:1"


def need(**fields: Any) -> FinancingNeed:
    given = {"amount": wan(100), "instrument": Instrument.DEBT, "status": NeedStatus.CLASSIFIED, **fields}
    return FinancingNeed(id=NEED, enterprise=Ref(FIRM), **given)


def city(*records: Record) -> Any:
    line = product(Technique.COMPREHENSIVE_LINE, max_amount=wan(500), tenor_max_days=365)
    return view_of(bank(), firm("seller", size=SizeClass.SMALL), line, *records)


def test_paths_are_for_what_is_still_open() -> None:
    view = city(
        need(tenor_max_days=180, purpose="流动资金", needed_by=date(2025, 9, 1)),
        Loan(id="loan:1", borrower=Ref(FIRM), lender=Ref(BANK), principal=wan(30), outstanding=wan(30)),
        Fulfils(source=Ref("loan:1"), target=Ref(NEED)),
    )
    found = recommendations(view, NEED)
    assert found.asked is not None
    assert (found.asked.amount, found.asked.tenor_max_days, found.asked.purpose) == (wan(70), 180, "流动资金")
    assert found.paths is not None
    offered = [path for path in found.paths.paths if path.technique is Technique.COMPREHENSIVE_LINE]
    assert offered
    assert all(path.capacity is None or path.capacity <= wan(70).minor for path in offered)


def test_only_techniques_that_serve_its_instrument() -> None:
    found = recommendations(city(need(instrument=Instrument.EQUITY)), NEED)
    assert found.paths is not None
    assert all(path.technique is not Technique.COMPREHENSIVE_LINE for path in found.paths.paths)


@pytest.mark.parametrize("status", [NeedStatus.FUNDED, NeedStatus.REJECTED, NeedStatus.WITHDRAWN])
def test_nothing_is_recommended_for_a_closed_need(status: NeedStatus) -> None:
    found = recommendations(city(need(status=status)), NEED)
    assert (found.asked, found.paths, found.supports) == (None, None, ())


def rule(about: str, size: SizeClass) -> Rule:
    return Rule(
        id=f"rule:{about}",
        name=about,
        kind=RuleKind.ELIGIBILITY,
        about=Ref(about),
        dimension=Dimension.SIZE,
        operator=Operator.IN,
        size=size,
    )


def test_supports_that_it_may_have_come_first_and_those_that_it_may_not_are_left_out() -> None:
    subsidies = [
        Subsidy(id=f"subsidy:{name}", name=name, kind=SubsidyKind.INTEREST) for name in ("open", "small", "large")
    ]
    view = city(need(), *subsidies, rule("subsidy:small", SizeClass.SMALL), rule("subsidy:large", SizeClass.LARGE))
    found = [(view.id_of(one.about), one.verdict) for one in recommendations(view, NEED).supports]
    assert found == [
        ("subsidy:small", EligibilityVerdict.ELIGIBLE),
        ("subsidy:open", EligibilityVerdict.UNKNOWN),
    ]


def test_an_amount_in_a_currency_without_a_rate_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no rate to CNY"):
        recommendations(city(need(amount=Money(100, "USD"))), NEED)


def test_an_unknown_need_is_refused() -> None:
    with pytest.raises(NotFound):
        recommendations(city(), NEED)
