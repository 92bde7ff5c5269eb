"""What a financing costs: the worked case, ranges, who pays, subsidies, and what must hold of any charges."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.supply_side import DayCount
from queries.financing.cost import (
    Charge,
    CostKind,
    HighEnds,
    Relief,
    SubsidyStatus,
    act_365,
    cost_of,
    net_cash,
)
from queries.financing.proceeds import proceeds

F = Fraction
E, OTHER = 7, 8
RATE = F(1, 100) * 365 / 90
"""The annual rate of a discount of 1 on 100 in 90 days."""


def charge(kind: CostKind, low: Fraction | None, high: Fraction | None = None, **fields: object) -> Charge:
    given_: dict[str, object] = {"yearly": True, "up_front": kind is not CostKind.INTEREST, **fields}
    return Charge(kind, E, low, low if high is None else high, **given_)  # type: ignore[arg-type]


DISCOUNT = charge(CostKind.DISCOUNT, RATE)
COMMISSION = charge(CostKind.COMMISSION, F(1, 200), yearly=False)
INTEREST = charge(CostKind.INTEREST, F(42, 1000))


def test_discount_of_1_and_commission_of_a_half_on_100_in_90_days_cost_6_18_percent() -> None:
    cost = cost_of([DISCOUNT, COMMISSION], 90, capacity=10_000)
    assert cost.annual_bps == Decimal("617.597293")
    assert round(cost.annual_bps / 100, 2) == Decimal("6.18")
    assert (cost.complete, cost.low, cost.high, cost.days) == (True, cost.annual_bps, cost.annual_bps, 90)
    assert [(part.kind, part.payer, part.amount) for part in cost.parts] == [
        (CostKind.DISCOUNT, E, 100),
        (CostKind.COMMISSION, E, 50),
    ]
    assert proceeds(10_000, [DISCOUNT, COMMISSION], 90) == 9_850


def test_rate_printed_on_360_days_costs_365_of_360_parts_of_it() -> None:
    assert act_365(F(36, 1000), DayCount.ACT_360) == F(365, 10_000)
    assert act_365(F(36, 1000), DayCount.ACT_365) == act_365(F(36, 1000), None) == F(36, 1000)


def test_interest_alone_is_the_cost_whatever_the_term() -> None:
    assert cost_of([INTEREST], 30).annual_bps == cost_of([INTEREST], None).annual_bps == 420
    assert proceeds(1000, [INTEREST], None) == 1000


def test_fee_charged_once_weighs_the_more_the_shorter_the_term() -> None:
    # 0.5 off, 4.2 % a year: (0.5·365/T + 4.2)/99.5; T 365 → 4.7236 %, T 73 → 6.7337 %.
    assert cost_of([INTEREST, COMMISSION], 365).annual_bps == Decimal("472.361809")
    assert cost_of([INTEREST, COMMISSION], 73).annual_bps == Decimal("673.366834")


def test_fee_over_an_open_term_is_a_range_from_the_rate_to_the_shortest_term() -> None:
    cost = cost_of([INTEREST, COMMISSION], None, at_least=73)
    assert (cost.annual_bps, cost.low, cost.high, cost.complete) == (None, 420, Decimal("673.366834"), False)
    assert cost_of([INTEREST, COMMISSION], None).high is None
    assert cost_of([DISCOUNT], None, at_least=30).high is None


def test_yearly_fee_of_nothing_leaves_an_open_term_its_upper_end() -> None:
    none = replace(DISCOUNT, kind=CostKind.SERVICE_FEE, low=Fraction(0), high=Fraction(0))
    charges = [INTEREST, COMMISSION, none]
    assert cost_of(charges, None, at_least=73).high == cost_of([INTEREST, COMMISSION], None, at_least=73).high
    assert HighEnds.of(charges).upper_end(None, 73) == cost_of(charges, None, at_least=73).high


def test_range_of_rates_is_a_range_of_costs() -> None:
    cost = cost_of([charge(CostKind.INTEREST, F(4, 100), F(5, 100))], 365)
    assert (cost.annual_bps, cost.low, cost.high, cost.complete) == (None, 400, 500, False)


def test_rate_that_nobody_states_is_no_zero() -> None:
    cost = cost_of([Charge(CostKind.INTEREST, E, None, None, True, False)], 365)
    assert (cost.annual_bps, cost.low, cost.high, cost.after_subsidy_bps, cost.complete) == (None,) * 4 + (False,)


def test_guarantee_fee_that_nobody_states_leaves_the_upper_end_open() -> None:
    cost = cost_of([INTEREST, Charge(CostKind.GUARANTEE_FEE, E, F(0), None, True, True)], 365, capacity=100)
    assert (cost.low, cost.high, cost.complete) == (420, None, False)
    assert (cost.parts[1].bps, cost.parts[1].amount) == (None, None)


def test_what_another_pays_is_shown_and_costs_the_beneficiary_nothing() -> None:
    borne = Charge(CostKind.COMMISSION, OTHER, F(1, 100), F(1, 100), False, True, False)
    cost = cost_of([INTEREST, borne], 365, capacity=10_000)
    assert (cost.annual_bps, cost.parts[1].payer, cost.parts[1].amount) == (420, OTHER, 100)
    assert proceeds(10_000, [INTEREST, borne], 365) == 10_000


def test_fee_of_which_nobody_states_the_payer_may_be_borne() -> None:
    unsaid = Charge(CostKind.COMMISSION, -1, F(1, 100), F(1, 100), False, True, None)
    cost = cost_of([INTEREST, unsaid], 365)
    assert (cost.low, cost.high) == (420, Decimal("525.252525"))
    assert proceeds(10_000, [INTEREST, unsaid], 365) is None


def test_discount_that_eats_the_principal_has_no_cost_and_no_cash() -> None:
    whole = charge(CostKind.DISCOUNT, F(1))
    assert cost_of([whole], 365).high is None
    assert proceeds(100, [whole], 365) == 0


def relief(kind: CostKind, rate: Fraction | None, **fields: object) -> Relief:
    given_: dict[str, object] = {"of_charge": True, "yearly": False, **fields}
    return Relief(kind, OTHER, 9, SubsidyStatus.EXPECTED, rate, rate, **given_)  # type: ignore[arg-type]


def test_subsidy_of_half_the_interest_leaves_the_cost_before_it_as_it_is() -> None:
    cost = cost_of([INTEREST], 365, reliefs=[relief(CostKind.INTEREST_SUBSIDY, F(1, 2))], capacity=10_000)
    assert (cost.annual_bps, cost.after_subsidy_bps) == (420, 210)
    assert [(one.kind, one.amount, one.status) for one in cost.parts[1:]] == [
        (CostKind.INTEREST_SUBSIDY, 210, SubsidyStatus.EXPECTED)
    ]


def test_subsidy_is_never_more_than_what_it_lowers_nor_than_its_cap() -> None:
    much = relief(CostKind.INTEREST_SUBSIDY, F(9, 100), of_charge=False, yearly=True)
    assert cost_of([INTEREST], 365, reliefs=[much]).after_subsidy_bps == 0
    capped = replace(much, cap=F(1, 100))
    assert cost_of([INTEREST], 365, reliefs=[capped]).after_subsidy_bps == 320


def test_premium_subsidy_leaves_interest_alone() -> None:
    premium = charge(CostKind.PREMIUM, F(1, 100))
    found = cost_of([INTEREST, premium], 365, reliefs=[relief(CostKind.PREMIUM_SUBSIDY, F(1))])
    assert (found.annual_bps, found.after_subsidy_bps) == (Decimal("525.252525"), Decimal("424.242424"))


def test_subsidy_of_unknown_size_is_a_range_up_to_the_cost_before_it() -> None:
    cost = cost_of([INTEREST], 365, reliefs=[relief(CostKind.INTEREST_SUBSIDY, None)])
    assert (cost.after_subsidy_bps, cost.after_subsidy_low, cost.after_subsidy_high) == (None, None, 420)


def test_reward_to_the_lender_stands_apart_and_in_no_borrowers_cost() -> None:
    reward = relief(CostKind.LENDER_REWARD, F(2, 1000), of_charge=False)
    cost = cost_of([INTEREST], 365, rewards=[reward], capacity=100_000)
    assert (cost.annual_bps, cost.after_subsidy_bps, len(cost.parts)) == (420, 420, 1)
    assert [(one.kind, one.amount, one.borne) for one in cost.rewards] == [(CostKind.LENDER_REWARD, 200, False)]


shares = st.integers(0, 200_000).map(lambda millionths: F(millionths, 1_000_000))
kinds = st.sampled_from([CostKind.INTEREST, CostKind.DISCOUNT, CostKind.COMMISSION, CostKind.PREMIUM])


@st.composite
def charges(draw: st.DrawFn) -> list[Charge]:
    found = []
    for _ in range(draw(st.integers(1, 4))):
        low, more = draw(shares), draw(st.sampled_from([F(0), F(1, 1000), F(1, 50)]))
        yearly, up_front = draw(st.sampled_from([(True, False), (True, True), (False, True)]))
        borne = draw(st.sampled_from([True, True, False, None]))
        found.append(Charge(draw(kinds), E, low, low + more, yearly, up_front, borne))
    return found


@settings(max_examples=2000)
@given(charges(), st.integers(1, 730))
def test_high_end_is_no_lower_than_the_low_one_and_cash_is_the_principal_less_what_comes_off(
    found: list[Charge], days: int
) -> None:
    cost = cost_of(found, days)
    assert cost.high == HighEnds.of(found).upper_end(days)
    assert cost.complete == (cost.annual_bps is not None)
    if cost.low is not None and cost.high is not None:
        assert 0 <= cost.low <= cost.high
    least, most = net_cash(found, days, least=True), net_cash(found, days, least=False)
    assert least is not None
    assert most is not None
    assert least <= most <= 1
    plain = [one for one in found if one.borne and one.low == one.high]
    charged = sum((one.over(days, least=True) or F(0) for one in plain), F(0))
    taken = sum((one.over(days, least=True) or F(0) for one in plain if one.up_front), F(0))
    exact = cost_of(plain, days)
    if taken < 1:
        expected = charged / (1 - taken) * 365 / days * 10_000
        assert exact.annual_bps is not None
        assert abs(F(exact.annual_bps) - expected) <= F(1, 2_000_000)
        # What is shown of each part adds up to the whole.
        assert abs(sum((part.bps or 0 for part in exact.parts), Decimal(0)) - exact.annual_bps) < Decimal("0.00001")


@settings(max_examples=2000)
@given(charges(), charges(), st.integers(1, 730))
def test_further_charge_never_makes_it_cheaper(found: list[Charge], more: list[Charge], days: int) -> None:
    before, after = cost_of(found, days), cost_of([*found, *more], days)
    if after.high is not None:
        assert before.high is not None
        assert before.high <= after.high
    if after.low is not None:
        assert before.low is not None
        assert before.low <= after.low


@settings(max_examples=2000)
@given(charges(), shares, st.booleans(), st.integers(1, 730))
def test_subsidy_never_makes_it_dearer(found: list[Charge], rate: Fraction, of_charge: bool, days: int) -> None:
    subsidy = relief(CostKind.INTEREST_SUBSIDY, rate, of_charge=of_charge, yearly=not of_charge)
    cost = cost_of(found, days, reliefs=[subsidy])
    assert cost.high == cost_of(found, days).high
    for before, after in ((cost.low, cost.after_subsidy_low), (cost.high, cost.after_subsidy_high)):
        if before is not None and after is not None:
            assert 0 <= after <= before
