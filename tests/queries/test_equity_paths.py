"""Paths from funds: dry powder, tickets, caps, mandates, investment periods. Amounts in 万元."""

from datetime import date

import pytest

from graph.kinds.contracts import Commitment, InvestedBy, InvestmentRound
from graph.kinds.parties import Fund
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Dimension, Operator, Stage, Technique
from graph.records import Record, Ref
from graph.view import View
from queries.financing.terms import ConstraintKind, Gate, PathStatus
from tests.queries.finance import (
    SELLER,
    ask,
    capacities,
    constraint,
    firm,
    in_wan,
    missing_of,
    need,
    only,
    spine,
    view_of,
    wan,
)

FUND = "fund:f"
MANDATE = Rule(
    id="rule:m",
    kind=RuleKind.MANDATE,
    name="m",
    about=Ref(FUND),
    dimension=Dimension.STAGE,
    operator=Operator.IN,
    stage=Stage.SEED,
)


def fund(name: str = "f", **fields: object) -> Fund:
    return Fund(id=f"fund:{name}", name=name, **fields)  # type: ignore[arg-type]


def committed(
    amount: float, name: str = "c", to: str = FUND, by: str = "enterprise:lp", **fields: object
) -> Commitment:
    given = {"fund": Ref(to), "investor": Ref(by), "committed": wan(amount), **fields}
    return Commitment(id=f"commitment:{name}", **given)  # type: ignore[arg-type]


def fund_view(*records: Record, stage: Stage | None = Stage.SEED, **fields: object) -> View:
    return view_of(firm("seller", stage=stage), firm("lp"), fund(**fields), MANDATE, *records)


def test_fund_may_invest_its_dry_powder() -> None:
    view = fund_view(
        committed(10_000, paid_in=wan(4000)),
        InvestmentRound(id="investmentRound:r", enterprise=Ref("enterprise:lp"), amount=wan(3500)),
        InvestedBy(source=Ref("investmentRound:r"), target=Ref(FUND), amount=wan(3500)),
        signed_unpaid=wan(600), reserves=wan(500), fees_paid=wan(400), fees_due=wan(1000),
    )  # fmt: skip
    path = only(ask(view, "seller"))
    assert (path.technique, path.status, spine(view, path)) == (Technique.EQUITY, PathStatus.AVAILABLE, ["f", "seller"])
    powder = constraint(path, ConstraintKind.FUND_DRY_POWDER)
    assert in_wan([powder.limit, powder.used, powder.headroom, path.capacity]) == [10_000, 6000, 4000, 4000]
    assert (path.obligor, path.recourse) == (-1, None)


def test_ticket_and_company_cap_bound_a_deal() -> None:
    view = fund_view(committed(10_000), ticket_max=wan(800), per_company_cap=wan(900))
    assert in_wan([only(ask(view, "seller")).capacity]) == [800]
    held = (
        InvestmentRound(id="investmentRound:r", enterprise=Ref(SELLER), amount=wan(700)),
        InvestedBy(source=Ref("investmentRound:r"), target=Ref(FUND), amount=wan(700)),
    )
    found = ask(fund_view(committed(10_000), *held, ticket_max=wan(800), per_company_cap=wan(900)), "seller")
    assert capacities(found) == [0, 200]
    assert found.paths[0].status is PathStatus.EXISTING
    assert found.paths[1].binding_constraint.kind is ConstraintKind.FUND_CONCENTRATION


def test_headroom_below_the_smallest_ticket_is_no_path() -> None:
    assert not ask(fund_view(committed(100), ticket_min=wan(200)), "seller").paths
    assert ask(fund_view(committed(300), ticket_min=wan(200)), "seller", need=need(10)).paths


def test_fund_without_any_commitment_has_no_stated_capacity() -> None:
    path = only(ask(fund_view(), "seller"))
    assert (path.capacity, path.binding_constraint.kind) == (None, ConstraintKind.FUND_DRY_POWDER)
    assert (path.status, missing_of(path, Gate.LIMIT)) == (PathStatus.CONDITIONAL, ["committed"])


@pytest.mark.parametrize(("end", "paths"), [(date(2025, 6, 1), 0), (date(2025, 6, 2), 1), (None, 1)])
def test_fund_makes_no_new_deals_after_its_investment_period(end: date | None, paths: int) -> None:
    assert len(ask(fund_view(committed(100), investment_period_end=end), "seller").paths) == paths


def test_mandate_decides_three_valued() -> None:
    assert not ask(fund_view(committed(100), stage=Stage.MATURE), "seller").paths
    path = only(ask(fund_view(committed(100), stage=None), "seller"))
    assert (path.status, missing_of(path, Gate.ELIGIBILITY)) == (PathStatus.CONDITIONAL, ["stage"])


def test_fund_without_a_mandate_is_unknown() -> None:
    view = view_of(firm("seller", stage=Stage.SEED), firm("lp"), fund(), committed(100))
    assert missing_of(only(ask(view, "seller")), Gate.ELIGIBILITY) == ["rulesAbout"]


def test_parent_fund_reaches_the_firm_over_its_sub_fund_with_the_sub_funds_money() -> None:
    view = fund_view(
        fund("parent"), committed(100, by="fund:parent"), committed(5000, "p", "fund:parent"), parent=Ref("fund:parent")
    )
    found = ask(view, "seller", sources=["fund:parent"])
    assert [spine(view, path) for path in found.paths] == [["parent", "f", "seller"], ["parent", "seller"]]
    assert capacities(found) == [100, 4900]
