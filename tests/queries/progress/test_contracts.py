"""What contracts add up to for a target, computed by hand. Loans in 亿元, vouchers in 万元; today is 2025-06-01."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from graph.kinds.contracts import Commitment
from graph.kinds.demand_side import ListedIn, ProjectList
from graph.kinds.parties import Fund
from graph.kinds.policy import Target, TargetKind
from graph.kinds.rates import ExchangeRate
from graph.kinds.supply_side import LoanProduct, Pool, Subsidy
from graph.money import Money
from graph.records import Record, Ref
from queries.financing.terms import Ternary
from queries.progress.figures import Figure, ProgressStatus
from queries.target_progress import target_progress
from tests.queries.progress.plans import (
    FLOW,
    PLACE,
    batch,
    counts,
    goal,
    lacks,
    loan,
    plan_view,
    progress,
    saw,
    voucher,
)

MET, NOT_MET, NOT_STATED = ProgressStatus.MET, ProgressStatus.NOT_MET, ProgressStatus.NOT_STATED
START = date(2023, 1, 1)
PRODUCT = counts("loanProduct:p")


def lent(value: float = 30, **fields: Any) -> Target:
    return goal(TargetKind.CUMULATIVE, value, **{"series": None, "period_from": START, **fields})


def figure(*records: Record) -> Figure:
    found = progress(*records).recorded
    assert found is not None
    return found.figure


def lacking(*records: Record) -> list[str]:
    view = plan_view(*records)
    [found] = target_progress(view)
    return lacks(view, found)


def test_loans_and_batches_of_the_period_add_up() -> None:
    loans = [loan("y", date(2024, 2, 1), 3), loan("old", date(2022, 5, 1), 9)]
    records = [batch("x", "2023", 12), batch("early", "2022", 50), batch("late", "2025", 50), *loans]
    found = progress(lent(), PRODUCT, *records)
    assert found.recorded is not None
    assert (found.recorded.figure.value, found.status, found.progress) == (None, NOT_STATED, None)
    found = progress(lent(), PRODUCT, *(one for one in records if one.id != "loanBatch:late"))
    assert (found.value, found.status, found.progress, found.reported) == (15, NOT_MET, Fraction(1, 2), None)


def test_a_batch_across_the_edge_of_the_period_counts_at_most() -> None:
    found = figure(lent(), PRODUCT, batch("x", "2023", 12), batch("edge", "2022-07-01/2023-06-30", 5, region=PLACE))
    assert (found.low, found.high) == (12, 17)


def test_what_is_told_of_a_year_and_of_its_quarters_counts_once() -> None:
    quarters = [batch(f"q{number}", f"2023Q{number}", 3) for number in (1, 2)]
    assert figure(lent(), PRODUCT, batch("x", "2023", 12), *quarters).value == 12
    other_place = [batch(f"q{number}", f"2023Q{number}", 3, region=Ref("region:98")) for number in (1, 2)]
    assert figure(lent(), PRODUCT, batch("x", "2023", 12), *other_place).value == 18


def test_of_two_batches_of_one_period_the_second_counts_perhaps() -> None:
    twice = [lent(), PRODUCT, batch("a", "2023", 12), batch("b", "2023", 10), batch("c", "2023-07/2024-06", 4)]
    found = figure(*twice)
    assert (found.low, found.high) == (12, 26)
    assert "b whether it is among others of its period" in lacking(*twice)


def test_a_gap_between_batches_is_not_nothing() -> None:
    gap = [lent(), PRODUCT, batch("a", "2023Q1", 12), batch("c", "2023Q3", 4)]
    assert (figure(*gap).low, figure(*gap).high) == (16, None)
    assert "c loans from 2023-04-01 to before 2023-07-01" in lacking(*gap)


def test_batches_tell_of_no_day_after_the_last_one() -> None:
    due = lent(30, by=date(2024, 12, 31))
    view = plan_view(due, PRODUCT, batch("a", "2023", 12))
    [found] = target_progress(view)
    assert found.recorded is not None
    assert (found.recorded.figure.through, found.status) == (date(2023, 12, 31), NOT_STATED)
    assert progress(due, PRODUCT, batch("a", "2023/2024", 12)).status is NOT_MET
    assert progress(due, PRODUCT, batch("a", "2023", 31)).status is MET


def test_people_come_from_batches_only() -> None:
    people = lent(3, unit="万人")
    assert (
        progress(people, PRODUCT, batch("x", "2023", 12, people=21_000), batch("y", "2024", None, people=9_000)).status
        is MET
    )
    unknown = [people, PRODUCT, batch("x", "2023", 12, people=21_000), batch("y", "2024", 5)]
    found = figure(*unknown)
    assert (found.low, found.high) == (Fraction(21, 10), None)
    assert "y people" in lacking(*unknown)
    assert figure(people, PRODUCT, loan("l", date(2024, 1, 1), 1)).high is None


def test_an_amount_that_a_batch_does_not_state_is_never_zero() -> None:
    found = progress(lent(), PRODUCT, batch("x", "2023", 12), batch("y", "2024", None))
    assert (found.status, found.value, found.progress) == (NOT_STATED, None, None)
    assert progress(lent(12), PRODUCT, batch("x", "2023", 12), batch("y", "2024", None)).status is MET


def test_nothing_recorded_is_not_nothing_lent() -> None:
    found = progress(lent(), PRODUCT)
    assert (found.status, found.value) == (NOT_STATED, None)
    assert "p loans" in lacking(lent(), PRODUCT)


def test_loans_outside_the_period_are_nothing_in_it() -> None:
    found = progress(lent(), PRODUCT, batch("early", "2022", 50))
    assert (found.status, found.value) == (NOT_MET, 0)


def test_without_the_first_day_of_its_period_nothing_is_counted() -> None:
    undated = [lent(period_from=None), PRODUCT, batch("x", "2023", 40)]
    found = progress(*undated)
    assert (found.status, found.value, found.progress) == (NOT_STATED, None, None)
    assert "plan:1 periodFrom" in lacking(*undated)


def test_a_loan_that_a_batch_may_hold_counts_perhaps() -> None:
    records = [
        lent(),
        PRODUCT,
        batch("x", "2023", 12),
        loan("in", date(2023, 6, 1), 2),
        loan("after", date(2024, 6, 1), 1),
    ]
    found = figure(*records)
    assert (found.low, found.high) == (13, 15)
    assert "x whether the single loans of its period are among it" in lacking(*records)


def test_a_loan_without_a_day_counts_perhaps_and_one_without_an_amount_has_no_bound() -> None:
    undated = [lent(), PRODUCT, batch("x", "2023", 12), loan("l", None, 2)]
    assert (figure(*undated).low, figure(*undated).high) == (12, 14)
    assert "l startOn" in lacking(*undated)
    assert figure(lent(), PRODUCT, batch("x", "2023", 12), loan("l", date(2024, 1, 1), None)).high is None


def test_loans_in_other_money_count_at_its_rate_and_without_one_are_not_stated() -> None:
    dollars = loan("l", date(2024, 1, 1), None, principal=Money.of(1, unit="亿元", currency="USD"))
    rate = ExchangeRate(id="exchangeRate:usd", currency="USD", rate=Decimal(7), haircut=Decimal("0.1"), quoted_on=START)
    assert figure(lent(), PRODUCT, dollars, rate).value == 7
    assert figure(lent(), PRODUCT, dollars).value is None
    assert "l principal: rate to CNY" in lacking(lent(), PRODUCT, dollars)


def test_reported_and_recorded_stand_side_by_side_and_the_reported_one_decides() -> None:
    reported = saw("2023", 14, basis=FLOW)
    found = progress(lent(15, series="series"), PRODUCT, reported, batch("x", "2023", 16), batch("y", "2024", 5))
    assert found.reported is not None
    assert found.recorded is not None
    assert (found.reported.status, found.recorded.status, found.status) == (NOT_MET, MET, NOT_MET)
    assert found.difference == -2


def test_the_recorded_figure_decides_where_nothing_is_reported() -> None:
    found = progress(lent(15, series="series", by=date(2025, 12, 31)), PRODUCT, batch("x", "2023", 16))
    assert (found.status, found.on_track) == (MET, Ternary.YES)


def test_a_contract_under_two_records_that_count_counts_once() -> None:
    pool = Pool(id="pool:q", name="q")
    product = LoanProduct(id="loanProduct:r", name="r", pool=Ref("pool:q"))
    loans = [
        loan("l", date(2024, 1, 1), 2, product=Ref("loanProduct:r")),
        batch("x", "2023", 5, product=Ref("loanProduct:r")),
    ]
    found = figure(lent(), pool, product, *loans, counts("pool:q"), counts("loanProduct:r"))
    assert found.value == 7
    assert [(one.contracts, one.batches) for one in found.under] == [(1, 1), (0, 0)]


def test_vouchers_granted_add_up_in_money_and_in_firms() -> None:
    granted = [
        voucher("1", "a", date(2024, 1, 5), 10),
        voucher("2", "a", date(2024, 3, 5), 20),
        voucher("3", "b", date(2024, 4, 5), 5),
    ]
    scheme = counts("voucherScheme:v")
    budget = goal(TargetKind.BUDGET, 50, unit="万元", series=None)
    assert progress(budget, scheme, *granted).progress == Fraction(35, 50)
    firms = goal(TargetKind.COUNT, 2, unit="家", series=None)
    assert progress(firms, scheme, *granted).status is MET
    assert figure(firms, scheme, *granted[:2]).value == 1
    assert (
        figure(firms, scheme, voucher("1", "a", None, 10)).value,
        figure(budget, scheme, voucher("1", "a", None, 10)).low,
    ) == (None, 0)


def test_members_of_a_list_are_counted_and_never_invented() -> None:
    target = goal(TargetKind.COUNT, 2, unit="家", series=None)
    listed = [ProjectList(id="projectList:l", name="l", expected_count=2), counts("projectList:l")]
    member = ListedIn(source=Ref("enterprise:a"), target=Ref("projectList:l"))
    assert figure(target, *listed, member).value == 1
    found = progress(target, *listed)
    assert (found.status, found.value) == (NOT_STATED, None)


def test_a_stock_is_what_pools_hold_and_funds_have_been_promised() -> None:
    pool = Pool(id="pool:q", name="q", balance=Money.of(4500, unit="万元"))
    stock = goal(TargetKind.STOCK, 4000, unit="万元", series=None)
    assert progress(stock, pool, counts("pool:q")).status is MET
    assert progress(stock, Pool(id="pool:q", name="q"), counts("pool:q")).status is NOT_STATED
    promised: dict[str, Any] = {"investor": Ref("enterprise:a"), "committed": Money.of(5, unit="亿元")}
    fund = [Fund(id="fund:f", name="f"), Commitment(id="commitment:c", fund=Ref("fund:f"), **promised)]
    assert figure(goal(TargetKind.STOCK, 5, series=None), *fund, counts("fund:f")).value == 5


def test_a_rate_is_that_of_a_subsidy() -> None:
    rate = goal(TargetKind.RATE, 2, unit="‰", series=None)
    subsidy = Subsidy(id="subsidy:s", name="s", rate=Decimal("0.002"))
    assert (figure(rate, subsidy, counts("subsidy:s")).value, progress(rate, subsidy, counts("subsidy:s")).status) == (
        2,
        MET,
    )


@pytest.mark.parametrize("source", ["governmentUnit:office", "loanProduct:p"])
def test_what_cannot_count_is_named(source: str) -> None:
    target = goal(TargetKind.COUNT, 2, unit="个百分点", series=None)
    assert progress(target, counts(source), batch("x", "2023", 1)).status is NOT_STATED
    assert any("contracts do not tell" in one for one in lacking(target, counts(source)))
