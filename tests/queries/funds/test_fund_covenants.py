"""The covenants of a fund, by hand. Amounts in 万元; today is 2025-06-01."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from graph.kinds.contracts import Commitment
from graph.kinds.demand_side import FinancingNeed, Fulfils
from graph.kinds.parties import FundType, Tagged
from graph.kinds.places import Industry, IndustryLevel, Region, RegionLevel, Tag
from graph.kinds.policy import CovenantKind as K
from graph.kinds.policy import CovenantVariant as V
from graph.kinds.policy import MoneyBase as B
from graph.kinds.policy import RuleKind
from graph.kinds.terms import CapitalOrigin, Dimension, Instrument, Operator, Ownership, Stage
from graph.log import Mode
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.financing.terms import Stated
from queries.fund_covenants import fund_covenants
from queries.funds.judging import Covenant
from queries.funds.measures import NotApplicable
from tests.graph.build import view_of
from tests.queries.funds.vehicles import CITY, LP, WAN, commits, firm, fund, invests, rule

GOV, SOE, PRIVATE = CapitalOrigin


def covenant(view: View, kind: K, variant: V | None = None, base: B | None = None, of: str = "fund:f") -> Covenant:
    """The one covenant of this kind, definition and money."""
    [found] = [
        one
        for one in fund_covenants(view, of)
        if one.kind is kind and variant in (None, one.variant) and base in (None, one.base)
    ]
    return found


def mixed() -> list[Record]:
    """2,000 of the city, 1,000 of the province, 3,000 of state-owned firms, 4,000 private; half of each is paid in."""
    parts = ((2000, GOV, True), (1000, GOV, False), (3000, SOE, None), (4000, PRIVATE, None))
    return [
        LP,
        *(
            commits("f", amount, amount / 2, origin=origin, municipal=city, id=f"commitment:{amount}")
            for amount, origin, city in parts
        ),
    ]


@pytest.mark.parametrize("base", [B.COMMITTED, B.PAID_IN])
def test_leverage_by_its_three_definitions(base: B) -> None:
    view = view_of(fund("f"), *mixed())
    found = [
        covenant(view, K.LEVERAGE, variant, base)
        for variant in (V.TOTAL_TO_MUNICIPAL, V.TOTAL_TO_FISCAL, V.NON_FISCAL_TO_FISCAL)
    ]
    assert [one.value for one in found] == [5, Fraction(10, 3), Fraction(7, 3)]
    scale = WAN if base is B.COMMITTED else WAN // 2
    assert [one.measure.numerator for one in found] == [10_000 * scale, 10_000 * scale, 7_000 * scale]
    assert [one.measure.denominator for one in found] == [2_000 * scale, 3_000 * scale, 3_000 * scale]
    assert {one.stated for one in found} == {Stated.NOT_APPLICABLE}
    assert {one.not_applicable for one in found} == {NotApplicable.NO_RULE}


def test_leverage_of_project_money_takes_in_other_investors() -> None:
    """The fund's 1,000 are as its money is: 200 of the city, 300 fiscal; beside it 500 of a private firm: 1,500 in all."""
    view = view_of(
        fund("f"), *mixed(), firm("x"), firm("co", ownership=Ownership.PRIVATE),
        *invests("r", "x", ("f", 1000), ("enterprise:co", 500), amount=1500),
    )  # fmt: skip
    found = [covenant(view, K.LEVERAGE, variant, B.PROJECT).value for variant in list(V)[:3]]
    assert found == [Fraction(15, 2), 5, 4]


def test_what_a_round_has_beyond_its_stated_parts_is_of_unknown_origin() -> None:
    view = view_of(fund("f"), *mixed(), firm("x"), *invests("r", "x", ("f", 1000), amount=1500))
    found = covenant(view, K.LEVERAGE, V.TOTAL_TO_FISCAL, B.PROJECT)
    assert (found.value, found.measure.low, found.measure.high) == (None, Fraction(1500, 800), 5)
    assert [(view.id_of(one.record), one.field) for one in found.missing] == [("investmentRound:r", "investors")]


def test_shares_of_capital() -> None:
    view = view_of(
        fund("f"), *mixed(),
        rule("social", "f", covenant=K.CAPITAL_SHARE, variant=V.SOCIAL, operator=Operator.GTE, value=0.8),
        rule("fiscal", "f", covenant=K.CAPITAL_SHARE, variant=V.FISCAL, operator=Operator.LTE, value=0.2),
    )  # fmt: skip
    shares = [
        covenant(view, K.CAPITAL_SHARE, variant, B.COMMITTED) for variant in (V.FISCAL, V.SOE, V.PRIVATE, V.SOCIAL)
    ]
    assert [one.value for one in shares] == [Fraction(3, 10), Fraction(3, 10), Fraction(2, 5), Fraction(7, 10)]
    assert (shares[3].met, shares[3].shortfall, shares[3].distance) == (False, 1000 * WAN, Fraction(-1, 10))
    assert (shares[0].met, shares[0].shortfall) == (False, 1000 * WAN)
    assert view.id_of(shares[3].rule) == "rule:social"


def test_money_whose_origin_nobody_states_may_still_decide() -> None:
    """Of 10,000, 1,000 are of unknown origin: fiscal are 2,000 to 3,000."""
    capital = [
        commits("f", 2000, origin=GOV, municipal=True, id="commitment:1"),
        commits("f", 7000, origin=PRIVATE, id="commitment:2"),
        commits("f", 1000, id="commitment:3"),
    ]
    view = view_of(
        LP, fund("f"), *capital,
        rule("low", "f", covenant=K.LEVERAGE, variant=V.TOTAL_TO_FISCAL, value=3),
        rule("mid", "f", covenant=K.LEVERAGE, variant=V.TOTAL_TO_FISCAL, value=4),
        rule("top", "f", covenant=K.LEVERAGE, variant=V.TOTAL_TO_FISCAL, value=6),
    )  # fmt: skip
    found = {view.id_of(one.rule): one for one in fund_covenants(view, "fund:f") if one.rule >= 0}
    assert [found[f"rule:{name}"].met for name in ("low", "mid", "top")] == [True, None, False]
    assert [found[f"rule:{name}"].stated.name for name in ("low", "mid", "top")] == ["STATED", "NOT_STATED", "STATED"]
    mid = found["rule:mid"]
    assert (mid.value, mid.measure.low, mid.measure.high) == (None, Fraction(10, 3), 5)
    assert [(view.id_of(one.record), one.field) for one in mid.missing] == [("commitment:3", "origin")]


def test_who_the_investor_is_tells_whose_money_it_is() -> None:
    view = view_of(
        CITY, fund("f"), firm("state", ownership=Ownership.MUNICIPAL_SOE),
        commits("f", 30, by="governmentUnit:city"), commits("f", 70, by="enterprise:state"),
    )  # fmt: skip
    assert covenant(view, K.CAPITAL_SHARE, V.SOE, B.COMMITTED).value == Fraction(7, 10)
    assert covenant(view, K.LEVERAGE, V.TOTAL_TO_FISCAL, B.COMMITTED).value == Fraction(10, 3)
    of_city = covenant(view, K.LEVERAGE, V.TOTAL_TO_MUNICIPAL, B.COMMITTED)
    assert (of_city.value, of_city.measure.low) == (None, Fraction(10, 3))


def test_a_fund_without_fiscal_money_has_nothing_to_lever() -> None:
    view = view_of(
        LP,
        fund("f"),
        commits("f", 100, origin=PRIVATE),
        rule("r", "f", covenant=K.LEVERAGE, variant=V.TOTAL_TO_FISCAL, value=4),
    )
    found = covenant(view, K.LEVERAGE, V.TOTAL_TO_FISCAL, B.COMMITTED)
    assert (found.met, found.stated, found.not_applicable) == (
        None,
        Stated.NOT_APPLICABLE,
        NotApplicable.NOTHING_TO_MEASURE,
    )


def test_a_fund_without_commitments_is_not_stated() -> None:
    view = view_of(fund("f"), rule("r", "f", covenant=K.LEVERAGE, variant=V.TOTAL_TO_FISCAL, value=4))
    found = covenant(view, K.LEVERAGE, V.TOTAL_TO_FISCAL, B.COMMITTED)
    assert (found.met, found.stated, found.value) == (None, Stated.NOT_STATED, None)
    assert [(view.id_of(one.record), one.field) for one in found.missing] == [("fund:f", "commitments")]


def test_mixed_currencies_without_a_rate_are_not_stated() -> None:
    view = view_of(
        LP, fund("f"), commits("f", 100, origin=GOV), commits("f", Money(WAN, "USD"), origin=SOE, id="commitment:usd")
    )
    found = covenant(view, K.CAPITAL_SHARE, V.SOE, B.COMMITTED)
    assert found.value is None
    assert [one.field for one in found.missing if "rate" in one.field] == ["committed: rate to CNY"]


def reinvesting(*records: Record, base: B) -> View:
    """A guidance fund with 2,000 in the fund, 1,200 of it paid in; 2,700 of 3,000 invested at home; 1.5 times are wanted."""
    return view_of(
        LP, fund("g", type=FundType.GUIDANCE), fund("f", type=FundType.VENTURE, region=Ref("region:4199")),
        commits("f", 2000, 1200, by="fund:g"), commits("f", 3000, 2000),
        Region(code="4199", name="city"), Region(code="419901", name="county", parent=Ref("region:4199")), Region(code="42", name="else"),
        firm("home", region=Ref("region:419901")), firm("away", region=Ref("region:42")), firm("nowhere"),
        *invests("r1", "home", ("f", 2700)), *invests("r2", "away", ("f", 300)),
        rule("back", "f", covenant=K.REINVESTMENT, value=1.5, money_base=base), *records,
    )  # fmt: skip


def test_reinvestment_falls_short_on_committed_and_is_met_on_paid_in_money() -> None:
    committed = covenant(reinvesting(base=B.COMMITTED), K.REINVESTMENT)
    assert (committed.met, committed.shortfall, committed.surplus) == (False, 300 * WAN, 0)
    assert (committed.value, committed.measure.denominator) == (Fraction(27, 20), 2000 * WAN)
    paid_in = covenant(reinvesting(base=B.PAID_IN), K.REINVESTMENT)
    assert (paid_in.met, paid_in.shortfall, paid_in.surplus) == (True, 0, 900 * WAN)


def test_coefficients_weigh_what_counts() -> None:
    """The tagged firm's 2,700 count 1.2 times, the largest that fits; what went elsewhere counts half: 3,240 + 150."""
    half = rule("half", "f", kind=RuleKind.COEFFICIENT, covenant=K.REINVESTMENT, region=Ref("region:42"), value=0.5)
    view = reinvesting(
        Tag(id="tag:lead", name="lead"), Tagged(source=Ref("enterprise:home"), target=Ref("tag:lead")),
        rule("lead", "f", kind=RuleKind.COEFFICIENT, covenant=K.REINVESTMENT, tag=Ref("tag:lead"), value=1.2), half,
        base=B.COMMITTED,
    )  # fmt: skip
    found = covenant(view, K.REINVESTMENT)
    assert (found.measure.numerator, found.met) == (3390 * WAN, True)
    assert [(one.weight, view.id_of(one.rule)) for one in found.counted] == [
        (Fraction(6, 5), "rule:lead"), (Fraction(1, 2), "rule:half")
    ]  # fmt: skip


def test_a_firm_of_which_nobody_says_where_it_is_decides_only_where_it_must() -> None:
    needed = covenant(view := reinvesting(*invests("r3", "nowhere", ("f", 400)), base=B.COMMITTED), K.REINVESTMENT)
    assert (needed.met, needed.stated, needed.shortfall) == (None, Stated.NOT_STATED, None)
    assert [(view.id_of(one.record), one.field) for one in needed.missing] == [("enterprise:nowhere", "region")]
    idle = covenant(reinvesting(*invests("r3", "nowhere", ("f", 200)), base=B.COMMITTED), K.REINVESTMENT)
    assert (idle.met, idle.value) == (False, None)


def test_a_guidance_fund_counts_what_all_funds_below_invested() -> None:
    view = view_of(
        LP, fund("g", type=FundType.GUIDANCE, region=Ref("region:4199")), fund("f"), Region(code="4199", name="city"),
        commits("g", 2000), commits("f", 1000, by="fund:g"), commits("f", 1000), firm("x", region=Ref("region:4199")),
        *invests("r", "x", ("f", 1600)), rule("back", "g", covenant=K.REINVESTMENT, value=1.5),
    )  # fmt: skip
    found = covenant(view, K.REINVESTMENT, of="fund:g")
    assert (found.value, found.met, found.surplus) == (Fraction(8, 5), True, 100 * WAN)


def test_a_fund_without_guidance_money_owes_no_reinvestment() -> None:
    view = view_of(LP, fund("f"), commits("f", 10), rule("r", covenant=K.REINVESTMENT, value=1.5))
    assert covenant(view, K.REINVESTMENT).not_applicable is NotApplicable.NOTHING_TO_MEASURE


def industries() -> list[Record]:
    return [
        Industry(scheme="s", code="C", name="C", level=IndustryLevel.SECTION),
        Industry(scheme="s", code="37", name="37", level=IndustryLevel.DIVISION, parent=Ref("industry:s:C")),
        Industry(scheme="s", code="I", name="I", level=IndustryLevel.SECTION),
    ]


def test_the_main_field_takes_in_all_below_it() -> None:
    view = view_of(
        LP, *industries(), fund("f"), commits("f", 1000, 800),
        firm("a", industry=Ref("industry:s:37")), firm("b", industry=Ref("industry:s:I")),
        *invests("r1", "a", ("f", 300)), *invests("r2", "b", ("f", 200)),
        rule("main", "f", covenant=K.MAIN_FIELD, industry=Ref("industry:s:C"), value=0.7),
        rule("size", "f", kind=RuleKind.MANDATE, dimension=Dimension.INDUSTRY, operator=Operator.GTE, value=0.6,
             industry=Ref("industry:s:C")),
    )  # fmt: skip
    found = {view.id_of(one.rule): one for one in fund_covenants(view, "fund:f") if one.kind is K.MAIN_FIELD}
    main = found["rule:main"]
    assert (main.value, main.met, main.shortfall) == (Fraction(3, 5), False, 50 * WAN)
    assert found["rule:size"].met is True


def test_a_main_field_that_no_rule_names_is_not_stated() -> None:
    view = view_of(LP, fund("f"), commits("f", 10), rule("main", "f", covenant=K.MAIN_FIELD, value=0.7))
    found = covenant(view, K.MAIN_FIELD)
    assert (found.stated, [one.field for one in found.missing]) == (Stated.NOT_STATED, ["industry"])


def test_paces_rates_and_exits() -> None:
    """400 of 1,000 paid in; 300 invested and 20 in a sub-fund; a quarter of the period is over; 100 came back."""
    view = view_of(
        LP, firm("x"), fund("s"), commits("s", 50, 20, by="fund:f"),
        fund("f", established_on=date(2024, 6, 1), investment_period_end=date(2028, 6, 1), distributed=Money(100 * WAN)),
        commits("f", 1000, 400), *invests("r", "x", ("f", 300)),
    )  # fmt: skip
    values = {one.kind: one.value for one in fund_covenants(view, "fund:f") if one.variant is None}
    assert values[K.PAID_IN_PACE] == Fraction(2, 5)
    assert values[K.DEPLOYMENT_RATE] == Fraction(8, 25)
    assert values[K.DEPLOYMENT_PACE] == Fraction(320, 1000) / Fraction(365, 1461)
    assert values[K.DPI] == Fraction(1, 4)


def test_more_invested_than_committed_is_a_rate_above_one() -> None:
    view = view_of(LP, firm("x"), fund("f"), commits("f", 100, 80), *invests("r", "x", ("f", 130)))
    assert covenant(view, K.DEPLOYMENT_RATE).value == Fraction(13, 10)


def test_a_pace_is_due_so_many_months_after_the_start() -> None:
    view = view_of(
        LP, fund("f", established_on=date(2024, 6, 2)), commits("f", 1000, 400),
        rule("first", "f", covenant=K.PAID_IN_PACE, value=0.5, max_months=11),
        rule("next", "f", covenant=K.PAID_IN_PACE, value=0.6, max_months=12),
    )  # fmt: skip
    first, following = [one for one in fund_covenants(view, "fund:f") if one.kind is K.PAID_IN_PACE]
    assert (first.met, first.shortfall) == (False, 100 * WAN)
    assert (following.met, following.not_applicable) == (None, NotApplicable.NOT_YET_DUE)


def test_early_is_what_a_firm_was_when_the_round_closed() -> None:
    """The firm has grown since; the other's need was for growth, whatever it is itself."""
    grown = [("later", Mode.PARTIAL, [firm("a", stage=Stage.GROWTH, valid_from=date(2025, 3, 1))])]
    view = view_of(
        LP, fund("f"), commits("f", 1000), firm("a", stage=Stage.SEED, valid_from=date(2020, 1, 1)), firm("b", stage=Stage.STARTUP),
        *invests("r1", "a", ("f", 30)), *invests("r2", "b", ("f", 10)),
        FinancingNeed(
            id="financingNeed:n", enterprise=Ref("enterprise:b"), amount=Money(1), instrument=Instrument.EQUITY, stage=Stage.GROWTH
        ),
        Fulfils(source=Ref("investmentRound:r2"), target=Ref("financingNeed:n")), loads=grown,
    )  # fmt: skip
    assert covenant(view, K.EARLY_STAGE).value == Fraction(3, 4)


def test_a_rule_says_which_stages_are_early() -> None:
    view = view_of(
        LP, fund("f"), commits("f", 1000), firm("a", stage=Stage.GROWTH), *invests("r1", "a", ("f", 30)),
        rule("early", "f", covenant=K.EARLY_STAGE, value=0.5, values=("SEED", "成长期")),
    )  # fmt: skip
    assert covenant(view, K.EARLY_STAGE).met is True


def test_concentration_is_over_cells() -> None:
    """60, 30 and 10 in three sections: 0.46; with the 10 in no known one between 0.46 and 0.58."""
    known = [firm(name, industry=Ref(f"industry:s:{name}")) for name in ("C", "I")]
    rounds = [*invests("r1", "C", ("f", 60)), *invests("r2", "I", ("f", 30)), *invests("r3", "none", ("f", 10))]
    by_industry = rule("hhi", "f", covenant=K.CONCENTRATION, dimension=Dimension.INDUSTRY, value=0.5)
    view = view_of(LP, *industries(), fund("f"), commits("f", 100), *known, firm("none"), *rounds, by_industry)
    found = covenant(view, K.CONCENTRATION)
    assert (found.value, found.measure.low, found.measure.high) == (None, Fraction(46, 100), Fraction(58, 100))
    assert (found.met, [one.field for one in found.missing]) == (None, ["industry"])


def test_concentration_rolls_counties_up() -> None:
    places: list[Record] = [
        Region(code="419901", name="county", level=RegionLevel.COUNTY),
        Region(code="P1", name="park", level=RegionLevel.PARK, parent=Ref("region:419901")),
    ]
    view = view_of(
        LP, *places, fund("f"), commits("f", 100), firm("a", region=Ref("region:419901")), firm("b", region=Ref("region:P1")),
        *invests("r1", "a", ("f", 60)), *invests("r2", "b", ("f", 40)),
        rule("hhi", "f", covenant=K.CONCENTRATION, dimension=Dimension.REGION, value=0.5),
    )  # fmt: skip
    found = covenant(view, K.CONCENTRATION)
    assert (found.value, found.met, found.shortfall) == (1, False, 50 * WAN)


def idle(*records: Record, later: list[Record] | None = None) -> Covenant:
    """The months in which a fifth or more of the money lay idle; six are allowed."""
    limit = rule("idle", "f", covenant=K.IDLE_MONTHS, value=0.2, max_months=6)
    loads = [("later", Mode.PARTIAL, later)] if later else ()
    return covenant(view_of(LP, fund("f"), firm("x"), limit, *records, loads=loads), K.IDLE_MONTHS)


def paid(amount: float, since: date | None) -> Commitment:
    """What is paid in of 1,000 from a day on."""
    return commits("f", 1000, amount, valid_from=since)


def test_money_lies_idle_since_it_last_fell_below_the_share() -> None:
    """500 came in 2024-01, 450 of them went out in 2024-03; 300 more lie idle since 2024-10-15."""
    found = idle(
        paid(500, date(2024, 1, 10)), *invests("r", "x", ("f", 450), closed_on=date(2024, 3, 5)),
        later=[paid(800, date(2024, 10, 15))],
    )  # fmt: skip
    assert (found.value, found.met, found.distance) == (7, False, -1)
    assert (found.measure.numerator, found.measure.denominator) == (350 * WAN, 800 * WAN)


def test_idle_money_counts_from_the_day_that_it_came() -> None:
    assert idle(paid(500, date(2025, 1, 1))).value == 5


def test_money_at_work_is_not_idle() -> None:
    found = idle(paid(500, date(2024, 1, 10)), *invests("r", "x", ("f", 450), closed_on=date(2024, 3, 5)))
    assert (found.value, found.met) == (0, True)


def test_money_of_which_nobody_says_when_it_came_is_idle_at_least_since_the_last_change() -> None:
    found = idle(paid(500, None), *invests("r", "x", ("f", 50), closed_on=date(2024, 3, 5)))
    assert (found.value, found.measure.low, found.met) == (None, 14, False)
    assert [one.field for one in found.missing] == ["validFrom"]


def test_a_round_without_a_day_may_have_ended_the_idleness() -> None:
    found = idle(
        paid(500, date(2024, 1, 10)), *invests("r", "x", ("f", 350), closed_on=None),
        *invests("s", "x", ("f", 60), closed_on=date(2024, 3, 5)), later=[paid(800, date(2025, 3, 1))],
    )  # fmt: skip
    assert (found.value, found.measure.low, found.met) == (None, 3, None)
    assert [one.field for one in found.missing] == ["closedOn"]


def test_rules_count_on_their_days_and_own_ones_go_first() -> None:
    general = rule("general", covenant=K.PAID_IN_PACE, value=0.9, fund_type=FundType.VENTURE)
    others = rule("others", covenant=K.DPI, value=0.9, fund_type=FundType.ANGEL)
    past = rule("past", "f", covenant=K.PAID_IN_PACE, value=0.1, valid_from=date(2020, 1, 1), valid_to=date(2024, 1, 1))
    records: list[Record] = [LP, fund("f", type=FundType.VENTURE), commits("f", 100, 50), general, others, past]
    view = view_of(*records)
    assert view.id_of(covenant(view, K.PAID_IN_PACE).rule) == "rule:general"
    assert covenant(view, K.DPI).not_applicable is NotApplicable.NO_RULE
    own = view_of(*records, rule("own", "f", covenant=K.PAID_IN_PACE, value=0.4))
    assert [own.id_of(one.rule) for one in fund_covenants(own, "fund:f") if one.rule >= 0] == ["rule:own"]
    then = view_of(*records, as_of=date(2023, 1, 1))
    assert then.id_of(covenant(then, K.PAID_IN_PACE).rule) == "rule:past"


def test_a_rule_without_its_number_is_not_stated() -> None:
    view = view_of(LP, fund("f"), commits("f", 100, 50), rule("r", "f", covenant=K.PAID_IN_PACE))
    found = covenant(view, K.PAID_IN_PACE)
    assert (found.stated, found.value, [one.field for one in found.missing]) == (
        Stated.NOT_STATED,
        Fraction(1, 2),
        ["value"],
    )


def test_every_kind_is_answered_with_or_without_rules() -> None:
    found = fund_covenants(view_of(fund("f")), "fund:f")
    assert {one.kind for one in found} == set(K)
    assert len({(one.kind, one.variant, one.base) for one in found}) == len(found)
    assert all(one.stated is Stated.NOT_APPLICABLE for one in found)
    assert Decimal(len(found)) == 30
