"""Small random worlds in which firms differ: their needs, sizes and places, groups, what banks have out on them, and rules on all that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from graph.kinds.contracts import Facility, JointCredit, Loan
from graph.kinds.demand_side import FinancingNeed
from graph.kinds.parties import Controls, EnterpriseStatus, Group, InstitutionType, MemberOf
from graph.kinds.places import Region
from graph.kinds.policy import CapitalBase, RegulatoryLimit, Rule, RuleKind, TermSubject
from graph.kinds.supply_side import CreditLimit, LimitKind, Pool
from graph.kinds.terms import Dimension, DrawBasis, Instrument, Operator, SizeClass, Stage
from graph.money import Money
from graph.records import Record, Ref
from tests.queries.finance import bank
from tests.queries.path_worlds import BANKS, amounts, maybe, records_of, worlds

REGIONS = ("region:n", "region:s")
days = st.sampled_from([date(2025, 6, 10), date(2025, 9, 1), date(2026, 6, 1)])
terms = st.sampled_from([30, 60, 90, 180])


def some(values: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Any]]:
    """A few of them."""
    return st.lists(values, max_size=most)


@st.composite
def reach_worlds(draw: st.DrawFn) -> list[Record]:
    """All records of a world."""
    world = draw(worlds(5))
    ids = [one.id for one in world.firms]
    firm = st.sampled_from(ids)
    world = replace(
        world,
        firms=tuple(
            replace(
                one, size=draw(maybe(st.sampled_from(list(SizeClass)))), stage=draw(maybe(st.sampled_from(list(Stage)))),
                region=draw(maybe(st.sampled_from(REGIONS).map(Ref))), group=draw(st.sampled_from([None, None, None, Ref("group:g")])),
                status=draw(st.sampled_from([None, None, None, None, EnterpriseStatus.REVOKED])),
            )
            for one in world.firms
        ),
        programmes=tuple(
            replace(
                one, funder=draw(maybe(st.sampled_from(BANKS).map(Ref))), revolving=draw(st.sampled_from([None, False, False, True])),
                expires_on=draw(maybe(days)), draw_basis=draw(maybe(st.sampled_from(list(DrawBasis)[:2]))),
                voucher_max_days=draw(maybe(terms)),
            )
            for one in world.programmes
        ),
        products=tuple(
            replace(
                one, tenor_min_days=draw(maybe(st.sampled_from([0, 60]))), tenor_max_days=draw(maybe(terms)),
                min_amount=draw(maybe(st.integers(1, 60).map(Money))), processing_days=draw(maybe(st.sampled_from([1, 30]))),
                purposes=draw(st.sampled_from([(), (), ("采购",)])), pool=draw(st.sampled_from([None, None, Ref("pool:p")])),
                overdue_max_days=draw(maybe(st.just(10))), draw_basis=draw(maybe(st.just(DrawBasis.FACE))),
            )
            for one in world.products
        ),
        receivables=tuple(
            replace(one, due_on=draw(maybe(days)), issued_on=draw(maybe(st.just(date(2025, 5, 1))))) for one in world.receivables
        ),
        vouchers=tuple(
            replace(one, due_on=draw(maybe(days)), issued_on=draw(maybe(st.just(date(2025, 5, 1))))) for one in world.vouchers
        ),
    )  # fmt: skip
    records: list[Record] = [
        *(one for one in records_of(world) if one.id not in BANKS),
        *(
            bank(
                name.partition(":")[2], type=draw(kinds_of_bank), net_capital=Money(4000),
                group=draw(st.sampled_from([None, Ref("group:g")])),
            )
            for name in BANKS
        ),
        *(Region(code=name.partition(":")[2], name=name) for name in REGIONS),
        Group(id="group:g", name="g", dependence=draw(st.sampled_from([None, True, False]))),
        Pool(
            id="pool:p", name="p", balance=Money(300), multiple=draw(maybe(st.just(Decimal(2)))),
            per_borrower_cap=draw(maybe(amounts)), cover_share=draw(maybe(st.just(Decimal("0.5")))),
        ),
    ]  # fmt: skip
    records += [
        FinancingNeed(
            id=f"financingNeed:{place}", enterprise=Ref(one), amount=draw(amounts),
            instrument=draw(st.sampled_from([Instrument.DEBT, Instrument.DEBT, Instrument.EQUITY])),
            tenor_min_days=draw(maybe(st.sampled_from([30, 90]))), tenor_max_days=draw(maybe(st.sampled_from([120, 365]))),
            purpose=draw(maybe(st.sampled_from(["采购原料", "研发"]))), needed_by=draw(maybe(days)),
        )
        for place, one in enumerate(draw(some(firm, 4)))
    ]  # fmt: skip
    records += draw(some(st.builds(_controls, firm, firm), 2))
    records += [MemberOf(source=Ref(one), target=Ref("group:g")) for one in set(draw(some(firm, 1)))]
    records += [
        Loan(
            id=f"loan:x{place}", lender=Ref(draw(st.sampled_from(BANKS))), borrower=Ref(one), principal=draw(amounts),
            pool=draw(st.sampled_from([None, Ref("pool:p")])),
        )
        for place, one in enumerate(draw(some(firm, 2)))
    ]  # fmt: skip
    records += [
        Facility(
            id=f"facility:x{place}", lender=Ref(draw(st.sampled_from(BANKS))), borrower=Ref(one), limit=draw(amounts),
            drawn=draw(maybe(st.integers(0, 100).map(Money))), committed=draw(st.sampled_from([True, False, None])),
        )
        for place, one in enumerate(draw(some(firm, 2)))
    ]  # fmt: skip
    records += [
        CreditLimit(
            id=f"creditLimit:x{place}", lender=Ref(draw(st.sampled_from(BANKS))), on=Ref(one), limit=draw(maybe(amounts)),
            kind=draw(st.sampled_from([LimitKind.GROUP, LimitKind.SINGLE_NAME])), draw_basis=draw(maybe(st.just(DrawBasis.FACE))),
        )
        for place, one in enumerate(draw(some(st.sampled_from([*ids, "group:g"]), 2)))
    ]  # fmt: skip
    records += draw(some(_rules([*(one.id for one in world.products), *(one.id for one in world.programmes)]), 3))
    if draw(st.integers(0, 3)) == 0:
        records.append(JointCredit(id="jointCredit:j", on=Ref(draw(firm)), limit=draw(maybe(amounts))))
        records.append(MemberOf(source=Ref(BANKS[0]), target=Ref("jointCredit:j")))
    return list({(type(one), one.id or repr(one)): one for one in records}.values())


kinds_of_bank = st.sampled_from(
    [InstitutionType.BANK, InstitutionType.BANK, InstitutionType.FINANCE_COMPANY, InstitutionType.FACTOR]
)


def _controls(holder: str, held: str) -> Controls:
    return Controls(source=Ref(holder), target=Ref(held), share=Decimal("0.6"))


@st.composite
def _rules(draw: st.DrawFn, offers: list[str]) -> Rule:
    """A rule on whom an offer takes, on what a bank may have out, or on how long something runs."""
    name = f"rule:{draw(st.integers(0, 10**6))}"
    match draw(st.integers(0, 5)):
        case 0:
            return Rule(
                id=name, kind=RuleKind.REGULATORY_LIMIT, name="r", institution_type=InstitutionType.BANK, value=Decimal("0.1"),
                limit_kind=draw(st.sampled_from([RegulatoryLimit.SINGLE_NAME, RegulatoryLimit.GROUP, RegulatoryLimit.DEBTOR])),
                base=CapitalBase.NET_CAPITAL,
            )  # fmt: skip
        case 1:
            return Rule(
                id=name, kind=RuleKind.TERM, name="r", term_of=draw(st.sampled_from([TermSubject.VOUCHER, TermSubject.SME_PAYMENT])),
                max_days=draw(st.sampled_from([60, 90])), hard=draw(st.sampled_from([True, True, False])),
            )  # fmt: skip
    about: Ref[Any] = Ref(draw(st.sampled_from(offers)))
    fields: dict[str, Any]
    operator = draw(st.sampled_from([Operator.IN, Operator.NOT_IN]))
    match draw(st.sampled_from([Dimension.REGION, Dimension.SIZE, Dimension.STAGE, Dimension.TICKET])):
        case Dimension.REGION:
            fields = {
                "dimension": Dimension.REGION,
                "operator": operator,
                "region": Ref(draw(st.sampled_from(REGIONS))),
            }
        case Dimension.SIZE:
            fields = {"dimension": Dimension.SIZE, "operator": operator, "size": draw(st.sampled_from(list(SizeClass)))}
        case Dimension.STAGE:
            fields = {"dimension": Dimension.STAGE, "operator": operator, "stage": draw(st.sampled_from(list(Stage)))}
        case _:
            fields = {
                "dimension": Dimension.TICKET, "operator": draw(st.sampled_from([Operator.GTE, Operator.LTE])), "amount": draw(amounts),
            }  # fmt: skip
    return Rule(id=name, kind=RuleKind.ELIGIBILITY, name="r", about=about, **fields)
