"""Money of the capital market: loans that follow a fund, bonds, and partnerships with public bodies. Amounts in 万元."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.contracts import (
    BondIssue,
    BondType,
    Commitment,
    InvestedBy,
    InvestmentRound,
    Loan,
    PppContract,
    PppPart,
)
from graph.kinds.parties import Fund, GovernmentUnit, InstitutionType
from graph.kinds.places import LinkedWith
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.supply_side import LimitKind
from graph.kinds.terms import Dimension, Instrument, OfferStatus, Operator, Stage, Technique
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.financing.terms import ConstraintKind, Gate, PathStatus
from queries.financing_paths import financing_path
from tests.examples import FEW_WORLDS
from tests.graph.build import TODAY
from tests.queries.finance import (
    BANK,
    SELLER,
    ask,
    bank,
    capacities,
    constraint,
    firm,
    in_wan,
    limit,
    missing_of,
    need,
    only,
    product,
    spine,
    view_of,
    wan,
)

LINKAGE, BOND, PPP = Technique.INVEST_LOAN_LINKAGE, Technique.BOND, Technique.PPP
FUND = "fund:f"
OPEN = (PathStatus.AVAILABLE, PathStatus.CONDITIONAL)


def fund(**fields: object) -> Fund:
    return Fund(id=FUND, name="f", **fields)


def link(**fields: object) -> LinkedWith:
    return LinkedWith(source=Ref(FUND), target=Ref(BANK), **{"per_yuan": Decimal(2), **fields})


def invested(amount: float | None, fund_id: str = FUND) -> list[Record]:
    return [
        InvestmentRound(id="investmentRound:r", enterprise=Ref(SELLER), amount=wan(500)),
        InvestedBy(
            source=Ref("investmentRound:r"), target=Ref(fund_id), amount=None if amount is None else wan(amount)
        ),
    ]


def linkage_view(*records: Record, **fields: object) -> View:
    return view_of(bank(), bank("other"), firm("seller"), fund(), product(LINKAGE, **fields), *records)


def test_bank_lends_the_ratio_of_what_its_fund_has_invested() -> None:
    view = linkage_view(link(), *invested(150))
    path = only(ask(view, "seller", LINKAGE, status=OPEN))
    assert (path.status, in_wan([path.capacity])) == (PathStatus.AVAILABLE, [300])
    assert spine(view, path) == ["bank", "product", "f", "r", "seller"]
    assert [step.relation for step in path.steps] == ["OFFERED_BY", "LINKED_WITH", "INVESTED_BY", "INVESTED_IN"]
    assert financing_path(view, path.id) == path


def test_what_the_bank_has_lent_after_a_fund_already_is_used() -> None:
    loans = [
        Loan(id="loan:a", lender=Ref(BANK), borrower=Ref(SELLER), technique=LINKAGE, principal=wan(80)),
        Loan(id="loan:b", lender=Ref("institution:other"), borrower=Ref(SELLER), technique=LINKAGE, principal=wan(90)),
    ]
    path = only(ask(linkage_view(link(), *invested(150), *loans), "seller", LINKAGE, status=OPEN))
    shown = constraint(path, ConstraintKind.STEP_AMOUNT)
    assert in_wan([shown.limit, shown.used, path.capacity]) == [300, 80, 220]


@pytest.mark.parametrize(("ratio", "amount", "missing"), [(None, 150, "perYuan"), (Decimal(2), None, "amount")])
def test_linkage_without_ratio_or_amount_leaves_no_capacity(
    ratio: Decimal | None, amount: float | None, missing: str
) -> None:
    view = linkage_view(link(per_yuan=ratio), *invested(amount))
    path = only(ask(view, "seller", LINKAGE, status=OPEN))
    assert (path.status, path.capacity, missing_of(path, Gate.LIMIT)) == (PathStatus.CONDITIONAL, None, [missing])


def test_fund_that_is_not_linked_with_the_bank_leads_to_no_loan() -> None:
    assert not ask(linkage_view(*invested(150)), "seller", LINKAGE).paths


def committed(amount: float) -> Commitment:
    return Commitment(id="commitment:c", fund=Ref(FUND), investor=Ref("institution:other"), committed=wan(amount))


def test_where_the_fund_has_not_invested_its_round_is_to_be_made() -> None:
    path = only(ask(linkage_view(link(), committed(1000)), "seller", LINKAGE))
    assert (path.status, in_wan([path.capacity])) == (PathStatus.PROSPECTIVE, [2000])
    made = path.missing[0]
    assert (made.kind, made.by, made.holder) == ("InvestmentRound", path.nodes[2], path.beneficiary)


def test_round_to_be_made_is_bound_by_the_funds_ticket() -> None:
    view = view_of(
        bank(), bank("other"), firm("seller"), fund(ticket_max=wan(100)), product(LINKAGE), link(), committed(1000)
    )
    assert capacities(ask(view, "seller", LINKAGE)) == [200]


def test_fund_whose_mandate_excludes_the_firm_makes_no_round() -> None:
    mandate = Rule(
        id="rule:m", kind=RuleKind.MANDATE, name="m", about=Ref(FUND), dimension=Dimension.STAGE, operator=Operator.IN, stage=Stage.SEED
    )  # fmt: skip
    view = view_of(
        bank(),
        bank("other"),
        firm("seller", stage=Stage.MATURE),
        fund(),
        product(LINKAGE),
        link(),
        committed(1000),
        mandate,
    )
    assert not ask(view, "seller", LINKAGE).paths


def test_round_that_is_closed_is_followed_whatever_the_mandate_says() -> None:
    mandate = Rule(
        id="rule:m", name="m", kind=RuleKind.MANDATE, about=Ref(FUND), dimension=Dimension.STAGE, operator=Operator.IN, stage=Stage.SEED
    )  # fmt: skip
    world = bank(), bank("other"), firm("seller", stage=Stage.GROWTH), fund(), product(LINKAGE), link(), mandate
    assert capacities(ask(view_of(*world, *invested(150)), "seller", LINKAGE, status=OPEN)) == [300]


def test_linked_loan_draws_on_the_banks_limits_and_closes_with_its_offer() -> None:
    view = linkage_view(link(), *invested(150), limit(LimitKind.SINGLE_NAME, SELLER, 40))
    assert capacities(ask(view, "seller", LINKAGE, status=OPEN)) == [40]
    assert not ask(linkage_view(link(), *invested(150), status=OfferStatus.CLOSED), "seller", LINKAGE).paths


def bond(**fields: object) -> BondIssue:
    given = {
        "issuer": Ref(SELLER), "underwriter": Ref(BANK), "type": BondType.PLAIN, "approved": wan(1000), "issued": wan(0),
        "approval_until": date(2030, 1, 1), **fields,
    }  # fmt: skip
    return BondIssue(id="bondIssue:b", **given)


def bond_view(*records: Record, **fields: object) -> View:
    return view_of(bank(), firm("seller"), bond(**fields), *records)


@pytest.mark.parametrize("kind", [BondType.GREEN_ENTERPRISE, BondType.GREEN_COMPANY, BondType.PLAIN, None])
def test_approved_bond_brings_what_is_not_issued(kind: BondType | None) -> None:
    view = bond_view(type=kind)
    path = only(ask(view, "seller"))
    assert (path.technique, path.status, in_wan([path.capacity])) == (BOND, PathStatus.AVAILABLE, [1000])
    assert spine(view, path) == ["bank", "b", "seller"]
    assert financing_path(view, path.id) == path


def test_bond_that_is_partly_issued_is_in_force_with_the_rest() -> None:
    path = only(ask(bond_view(issued=wan(400)), "seller"))
    assert (path.status, in_wan([path.capacity])) == (PathStatus.EXISTING, [600])


@pytest.mark.parametrize(("issued", "expected"), [(0, []), (400, [0])])
def test_after_the_approval_nothing_can_be_issued(issued: float, expected: list[float]) -> None:
    assert capacities(ask(bond_view(issued=wan(issued), approval_until=date(2025, 1, 1)), "seller")) == expected


def test_last_day_of_the_approval_counts() -> None:
    assert capacities(ask(bond_view(approval_until=TODAY), "seller")) == [1000]


@pytest.mark.parametrize(
    ("field", "gate"), [("approval_until", Gate.TIMING), ("approved", Gate.LIMIT), ("issued", Gate.LIMIT)]
)
def test_fact_about_the_bond_that_nobody_states_is_named(field: str, gate: Gate) -> None:
    path = only(ask(bond_view(**{field: None}), "seller"))
    shown = "approvalUntil" if field == "approval_until" else field
    assert (path.status, missing_of(path, gate)) == (PathStatus.CONDITIONAL, [shown])


@pytest.mark.parametrize("kind", [BondType.GREEN_FINANCIAL, BondType.POLICY_BANK])
def test_bond_of_a_lenders_kind_is_no_spine(kind: BondType) -> None:
    assert not ask(bond_view(type=kind), "seller").paths


def test_underwriter_must_be_licensed() -> None:
    def found(kind: InstitutionType) -> int:
        return len(ask(view_of(bank(type=kind), firm("seller"), bond()), "seller").paths)

    kinds = (InstitutionType.BANK, InstitutionType.SECURITIES_FIRM, InstitutionType.FACTOR)
    assert [found(kind) for kind in kinds] == [1, 1, 0]


def test_firm_without_a_bond_may_issue_one_where_somebody_underwrites() -> None:
    view = view_of(bank(), firm("seller"), product(BOND, max_amount=wan(700)))
    path = only(ask(view, "seller"))
    assert (path.status, in_wan([path.capacity])) == (PathStatus.PROSPECTIVE, [700])
    assert [(one.kind, one.by) for one in path.missing] == [("BondIssue", path.beneficiary)]


@settings(max_examples=FEW_WORLDS)
@given(st.integers(0, 10**13), st.integers(0, 10**13))
def test_bond_brings_approved_less_issued(approved: int, issued: int) -> None:
    found = ask(bond_view(approved=Money(approved), issued=Money(issued)), "seller")
    expected = max(0, approved - issued)
    assert [path.capacity for path in found.paths] == ([expected] if expected or issued else [])


def ppp(**fields: object) -> PppContract:
    given = {"debt_part": wan(800), "equity_part": wan(200), **fields}
    return PppContract(id="pppContract:p", sponsor=Ref("governmentUnit:city"), vehicle=Ref(SELLER), **given)


def promise(part: Instrument, by: str = BANK, **fields: object) -> PppPart:
    return PppPart(source=Ref("pppContract:p"), target=Ref(by), part=part, **fields)


def ppp_view(*records: Record) -> View:
    city = GovernmentUnit(id="governmentUnit:city", name="city")
    return view_of(bank(), bank("other"), firm("seller"), city, *records)


def test_promised_parts_are_in_force_with_what_is_not_paid() -> None:
    view = ppp_view(
        ppp(), promise(Instrument.DEBT, amount=wan(600), paid=wan(250)), promise(Instrument.EQUITY, amount=wan(50))
    )
    found = ask(view, "seller")
    assert {path.status for path in found.paths} == {PathStatus.EXISTING}
    parts = {tuple(in_wan([path.capacity])): path.obligor >= 0 for path in found.paths}
    assert parts == {(350,): True, (50,): False}
    assert len({path.id for path in found.paths}) == 2
    assert [financing_path(view, path.id) for path in found.paths] == list(found.paths)


def test_each_part_meets_needs_of_its_instrument() -> None:
    view = ppp_view(ppp(), promise(Instrument.DEBT), promise(Instrument.EQUITY))
    asked = {one: need(1000, instruments=(one,)) for one in (Instrument.DEBT, Instrument.EQUITY)}
    assert [capacities(ask(view, "seller", need=one)) for one in asked.values()] == [[800], [200]]


def test_bank_offers_for_the_debt_that_nobody_has_promised() -> None:
    view = ppp_view(ppp(), promise(Instrument.DEBT, "institution:other", amount=wan(500)), product(PPP))
    path = only(ask(view, "seller", status=OPEN))
    assert (path.status, in_wan([path.capacity])) == (PathStatus.AVAILABLE, [300])
    assert spine(view, path) == ["bank", "product", "p", "seller"]


def test_fund_may_bring_the_equity_that_nobody_has_promised() -> None:
    mandate = Rule(
        id="rule:m", kind=RuleKind.MANDATE, name="m", about=Ref(FUND), dimension=Dimension.STAGE, operator=Operator.IN, stage=Stage.MATURE
    )  # fmt: skip
    view = view_of(
        bank("other"), firm("seller", stage=Stage.MATURE), GovernmentUnit(id="governmentUnit:city", name="city"), fund(),
        committed(1000), ppp(), promise(Instrument.EQUITY, "institution:other", amount=wan(80)), mandate,
    )  # fmt: skip
    path = only(ask(view, "seller", PPP, status=OPEN))
    assert (path.status, in_wan([path.capacity]), spine(view, path)) == (
        PathStatus.AVAILABLE,
        [120],
        ["f", "p", "seller"],
    )
    assert path.obligor < 0


def test_part_of_which_nobody_states_the_amount_leaves_no_capacity() -> None:
    path = only(ask(ppp_view(ppp(debt_part=None), product(PPP)), "seller"))
    assert (path.status, missing_of(path, Gate.LIMIT)) == (PathStatus.CONDITIONAL, ["debtPart"])


def test_part_that_is_promised_whole_leaves_nothing_to_offer() -> None:
    assert not ask(
        ppp_view(ppp(), promise(Instrument.DEBT, "institution:other"), product(PPP)), "seller", status=OPEN
    ).paths
