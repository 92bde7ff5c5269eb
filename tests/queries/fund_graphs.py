"""Random small graphs of firms, needs, rounds and funds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from graph.kinds.contracts import Commitment, InvestedBy, InvestmentRound
from graph.kinds.demand_side import FinancingNeed, Fulfils
from graph.kinds.parties import Enterprise, Fund, Tagged
from graph.kinds.places import Industry, IndustryLevel, Region, RegionLevel, Tag, TicketBand
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Dimension, Instrument, Operator, Stage
from graph.money import Money
from graph.records import Record, Ref

SECTIONS = ("A", "B")
DIVISIONS = ("01", "02", "06")
COUNTIES = ("419901", "419902")
TAGS = ("a", "b")
RULES: tuple[dict[str, Any], ...] = (
    {"dimension": Dimension.STAGE, "stage": Stage.SEED},
    {"dimension": Dimension.STAGE, "stage": Stage.GROWTH},
    {"dimension": Dimension.TAG, "tag": Ref("tag:a")},
    {"dimension": Dimension.TAG, "tag": Ref("tag:b"), "operator": Operator.NOT_IN},
    {"dimension": Dimension.TICKET, "operator": Operator.LTE, "amount": Money(700)},
    {"dimension": Dimension.REGION, "region": Ref("region:419901"), "operator": Operator.GTE, "value": Decimal("0.5")},
    {"dimension": Dimension.STAGE, "stage": Stage.SEED, "operator": Operator.LTE, "value": Decimal("0.3")},
    {"values": ("words",)},
)
"""Hard rules, among them shares and one that is known in words only."""


def money(minor: int) -> Money:
    return Money(minor)


@st.composite
def graphs(draw: st.DrawFn) -> list[Record]:
    """Up to six firms, eight needs, four rounds and four funds in a city of two counties."""
    amount = st.integers(0, draw(st.sampled_from([5, 1_000, 10**13])))
    industries = st.sampled_from([None, *(f"industry:s:{code}" for code in (*SECTIONS, *DIVISIONS))])
    regions = st.sampled_from([None, *(f"region:{code}" for code in ("4199", *COUNTIES))])
    stages = st.one_of(st.none(), st.sampled_from([Stage.SEED, Stage.GROWTH]))
    days = st.one_of(st.none(), st.sampled_from([date(2024, 5, 1), date(2025, 5, 1), date(2026, 5, 1)]))
    records: list[Record] = [
        *(Industry(scheme="s", code=code, name=code, level=IndustryLevel.SECTION) for code in SECTIONS),
        *(
            Industry(scheme="s", code=code, name=code, level=IndustryLevel.DIVISION, parent=Ref(f"industry:s:{above}"))
            for code, above in zip(DIVISIONS, ("A", "A", "B"), strict=True)
        ),
        Region(code="4199", name="city", level=RegionLevel.CITY),
        *(Region(code=code, name=code, level=RegionLevel.COUNTY, parent=Ref("region:4199")) for code in COUNTIES),
        *(Tag(id=f"tag:{name}", name=name) for name in TAGS),
    ]
    for number in range(draw(st.integers(0, 2))):
        lower, upper = draw(st.one_of(st.none(), amount)), draw(st.one_of(st.none(), amount))
        records.append(
            TicketBand(
                id=f"ticketBand:{number}",
                name=str(number),
                lower=None if lower is None else money(lower),
                upper=None if upper is None else money(upper),
            )
        )
    firms = draw(st.integers(1, 6))
    for number in range(firms):
        industry, region = draw(industries), draw(regions)
        records.append(
            Enterprise(
                id=f"enterprise:{number}",
                name=str(number),
                stage=draw(stages),
                industry=None if industry is None else Ref(industry),
                region=None if region is None else Ref(region),
            )
        )
    firm = st.integers(0, firms - 1).map(lambda number: Ref[Enterprise](f"enterprise:{number}"))
    needs = draw(st.integers(0, 8))
    for number in range(needs):
        records.append(
            FinancingNeed(
                id=f"financingNeed:{number}",
                enterprise=draw(firm),
                amount=money(draw(amount)),
                stage=draw(stages),
                instrument=Instrument.EQUITY,
                needed_by=draw(days),
                submitted_on=draw(days),
            )
        )
    carriers = [f"enterprise:{number}" for number in range(firms)] + [
        f"financingNeed:{number}" for number in range(needs)
    ]
    for carrier, tag in draw(
        st.lists(st.tuples(st.sampled_from(carriers), st.sampled_from(TAGS)), unique=True, max_size=6)
    ):
        records.append(Tagged(source=Ref(carrier), target=Ref(f"tag:{tag}")))
    funds = draw(st.integers(0, 4))
    for number in range(draw(st.integers(0, 4))):
        records.append(
            InvestmentRound(
                id=f"investmentRound:{number}", enterprise=draw(firm), amount=money(draw(amount)), closed_on=draw(days)
            )
        )
        if needs and draw(st.booleans()):
            target = Ref[FinancingNeed](f"financingNeed:{draw(st.integers(0, needs - 1))}")
            records.append(Fulfils(source=Ref(f"investmentRound:{number}"), target=target))
        if funds and draw(st.booleans()):
            holder = Ref[Fund](f"fund:{draw(st.integers(0, funds - 1))}")
            records.append(InvestedBy(source=Ref(f"investmentRound:{number}"), target=holder))
    for number in range(funds):
        records += draw(fund_records(number, amount, industries))
    return records


@st.composite
def fund_records(
    draw: st.DrawFn, number: int, amount: st.SearchStrategy[int], industries: st.SearchStrategy[str | None]
) -> list[Record]:
    """A fund with its mandate and, mostly, its commitment."""
    limit = st.one_of(st.none(), amount.map(money))
    about = Ref[Fund](f"fund:{number}")
    found: list[Record] = [
        Fund(
            id=f"fund:{number}",
            name=str(number),
            ticket_min=draw(limit),
            ticket_max=draw(limit),
            per_company_cap=draw(limit),
            investment_period_end=draw(st.sampled_from([None, date(2025, 1, 1), date(2026, 1, 1)])),
        )
    ]
    industry = draw(industries)
    if industry is not None:
        found.append(
            Rule(
                id=f"rule:{number}",
                kind=RuleKind.MANDATE,
                name="industry",
                about=about,
                dimension=Dimension.INDUSTRY,
                industry=Ref(industry),
            )
        )
    for place, fields in enumerate(draw(st.lists(st.sampled_from(RULES), max_size=2))):
        found.append(Rule(id=f"rule:{number}-{place}", kind=RuleKind.MANDATE, name="rule", about=about, **fields))
    if draw(st.integers(0, 3)):
        found.append(
            Commitment(
                id=f"commitment:{number}", fund=about, investor=Ref("enterprise:0"), committed=money(draw(amount))
            )
        )
    return found
