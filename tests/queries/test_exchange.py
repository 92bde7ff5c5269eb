"""Money of another currency: by a dated rate less its haircut, what is owed in full, and not at all without a rate. Amounts in 万元."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidInput
from graph.kinds.contracts import Commitment, Facility
from graph.kinds.demand_side import FinancingNeed, Fulfils
from graph.kinds.parties import Fund
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.rates import ExchangeRate
from graph.kinds.supply_side import LimitKind
from graph.kinds.terms import Dimension, Instrument, Operator, Technique
from graph.money import Money
from graph.records import Ref
from queries.coverage.supply import fund_supplies
from queries.exchange import in_currency, owed_in, rate, worth_in
from queries.financing.need import NeedAsked
from queries.financing.terms import ConstraintKind, Gate, PathStatus, Ternary
from tests.queries.finance import (
    BANK,
    SELLER,
    WAN,
    ask,
    bank,
    claim_view,
    constraint,
    firm,
    in_wan,
    limit,
    missing_of,
    only,
    product,
    receivable,
    verdict,
    view_of,
)  # fmt: skip

LINE = Technique.COMPREHENSIVE_LINE


def quoted(currency: str, price: str, haircut: str = "0", name: str = "", **fields: Any) -> ExchangeRate:
    return ExchangeRate(
        id=f"exchangeRate:{currency}{name}", currency=currency, rate=Decimal(price), haircut=Decimal(haircut), **fields
    )


def usd(amount: int) -> Money:
    return Money(amount * WAN, "USD")


DOLLAR = quoted("USD", "7", "0.02")


def test_worth_is_net_of_the_haircut_and_debt_is_not() -> None:
    view = view_of(DOLLAR)
    assert (worth_in(view, Money(100, "USD")), owed_in(view, Money(100, "USD"))) == (686, 700)


def test_parts_of_a_fen_round_against_the_borrower() -> None:
    view = view_of(quoted("JPY", "4.8123", per=100))
    assert (worth_in(view, Money(99, "JPY")), owed_in(view, Money(99, "JPY"))) == (4, 5)


def test_rate_is_read_both_ways_and_by_way_of_the_home_currency() -> None:
    view = view_of(quoted("USD", "7", "0.02"), quoted("EUR", "8", "0.01"))
    back, across = rate(view, "CNY", "USD"), rate(view, "EUR", "USD")
    assert back is not None
    assert across is not None
    assert (back.full, back.net) == (Fraction(1, 7), Fraction(98, 700))
    assert (across.full, across.net) == (Fraction(8, 7), Fraction(8, 7) * Fraction(99, 100) * Fraction(98, 100))


def test_of_several_rates_in_force_the_last_quoted_counts() -> None:
    old, new = quoted("USD", "6", quoted_on=date(2025, 1, 1)), quoted("USD", "7", name="n", quoted_on=date(2025, 5, 1))
    later = quoted("USD", "9", name="l", quoted_on=date(2030, 1, 1))
    assert owed_in(view_of(old, new, later), Money(1, "USD")) == 7


def test_rate_holds_from_its_day() -> None:
    first, second = quoted("USD", "6", valid_from=date(2024, 1, 1)), quoted("USD", "7", valid_from=date(2025, 1, 1))
    views = [view_of(first, second, as_of=day) for day in (date(2024, 6, 1), date(2025, 6, 1))]
    assert [owed_in(view, Money(1, "USD")) for view in views] == [6, 7]
    assert owed_in(view_of(first, as_of=date(2023, 1, 1)), Money(1, "USD")) is None


@pytest.mark.parametrize("price", ["0", "-7"])
def test_rate_that_is_not_above_nothing_is_none(price: str) -> None:
    assert rate(view_of(quoted("USD", price)), "USD") is None


def test_column_converts_what_it_can_and_marks_the_rest() -> None:
    revenues = (Money(5), Money(5, "USD"), Money(5, "EUR"), None)
    firms = [firm(name, annual_revenue=money) for name, money in zip("abcd", revenues, strict=True)]
    view = view_of(DOLLAR, *firms)
    amounts, unrated = in_currency(view, view.handles("Enterprise"), "annual_revenue", owed=True)
    assert amounts[:3].tolist() == [5, 35, 5]
    assert unrated.tolist() == [False, False, True, False]


@given(st.integers(0, 10**13), st.integers(1, 10**9), st.integers(0, 10**6))
def test_conversion_is_exact_to_the_last_fen(minor: int, price: int, haircut: int) -> None:
    shown = view_of(quoted("USD", str(Decimal(price).scaleb(-6)), str(Decimal(haircut).scaleb(-6))))
    full = Fraction(minor * price, 10**6)
    worth, owed = worth_in(shown, Money(minor, "USD")), owed_in(shown, Money(minor, "USD"))
    assert worth == (full * Fraction(10**6 - haircut, 10**6)).__floor__()
    assert owed == full.__ceil__()


def test_claim_in_another_currency_counts_at_the_rate_less_the_haircut() -> None:
    view = claim_view(receivable(usd(100)), DOLLAR)
    path = only(ask(view, "seller"))
    assert (in_wan([path.capacity]), path.currency, verdict(path, Gate.CURRENCY)) == ([686], "CNY", Ternary.YES)
    bare = only(ask(claim_view(receivable(usd(100))), "seller"))
    assert (bare.capacity, missing_of(bare, Gate.CURRENCY)) == (None, ["rate USD/CNY"])


def test_need_in_another_currency_counts_in_full() -> None:
    view = claim_view(receivable(10_000), DOLLAR)
    path = only(ask(view, "seller", need=NeedAsked(usd(100))))
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([700], ConstraintKind.NEED)


def test_need_without_a_rate_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="no rate to CNY is stated on 2025-06-01; load an ExchangeRate of USD"):
        ask(claim_view(receivable(10_000)), "seller", need=NeedAsked(usd(100)))


def test_own_need_in_another_currency_is_fulfilled_in_its_own() -> None:
    need = FinancingNeed(id="financingNeed:n", enterprise=Ref(SELLER), amount=usd(100), instrument=Instrument.DEBT)
    line = Facility(
        id="facility:f", lender=Ref(BANK), borrower=Ref(SELLER), limit=usd(60), technique=Technique.FACTORING
    )
    link = Fulfils(source=Ref("facility:f"), target=Ref("financingNeed:n"))
    view = claim_view(receivable(10_000), DOLLAR, need, line, link)
    paths = ask(view, "seller", status=[PathStatus.AVAILABLE]).paths
    bound = constraint(paths[0], ConstraintKind.NEED)
    assert in_wan([bound.limit, bound.used, bound.headroom]) == [700, 420, 280]


def test_limit_loses_the_haircut_and_what_is_used_of_it_does_not() -> None:
    capped = replace(limit(LimitKind.SINGLE_NAME, SELLER, None), limit=usd(100), used=usd(50))
    view = view_of(bank(), firm("seller"), product(LINE), DOLLAR, capped)
    bound = constraint(only(ask(view, "seller")), ConstraintKind.SINGLE_NAME)
    assert in_wan([bound.limit, bound.used, bound.headroom]) == [686, 350, 336]


def test_product_in_a_cheap_currency_is_not_kept_back_by_bounds_in_another() -> None:
    cheap = product(LINE, max_amount=Money(400 * WAN, "JPY"), currency="JPY")
    view = view_of(
        bank(), firm("seller"), quoted("JPY", "0.05"), cheap, product(LINE, "home", max_amount=Money(10 * WAN))
    )
    assert in_wan([path.capacity for path in ask(view, "seller").paths]) == [20, 10]


def test_least_amount_of_a_rule_and_the_least_of_several_caps_are_told_across_currencies() -> None:
    rules = [
        Rule(
            id=f"rule:{name}", name=name, kind=RuleKind.ELIGIBILITY, about=Ref("loanProduct:product"), dimension=Dimension.TICKET,
            operator=operator, amount=money,
        )
        for name, operator, money in (
            ("a", Operator.LTE, Money(600 * WAN)), ("b", Operator.LTE, usd(80)), ("c", Operator.GTE, usd(10)),
        )
    ]  # fmt: skip
    view = claim_view(receivable(10_000), DOLLAR, *rules)
    assert in_wan([only(ask(view, "seller")).capacity]) == [548.8]
    amounts = (69 * WAN, 70 * WAN)
    assert [len(ask(view, "seller", need=NeedAsked(Money(amount))).paths) for amount in amounts] == [0, 1]


def test_fund_of_another_currency_has_dry_powder_at_the_rate() -> None:
    fund = Fund(id="fund:f", name="f", reserves=usd(10))
    promised = Commitment(id="commitment:c", fund=Ref("fund:f"), investor=Ref("enterprise:lp"), committed=usd(100))
    view = view_of(fund, firm("lp"), firm("seller"), promised, DOLLAR)
    assert in_wan([fund_supplies(view, view.handles("Fund")).funds[0].dry_powder]) == [616]
