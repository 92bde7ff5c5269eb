"""Enterprises whose loans fall due soon, with the cases open about them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from graph.errors import InvalidInput
from graph.kinds.contracts import Loan
from graph.kinds.demand_side import Case, Concerns, FinancingNeed, NeedStatus
from graph.kinds.parties import Enterprise, Institution
from graph.kinds.terms import Instrument
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.consultations import consultations
from tests.graph.build import TODAY, view_of


def city(*records: Record) -> View:
    firms = [Enterprise(id=f"enterprise:{number}", name=f"{number}号") for number in range(1, 4)]
    return view_of(*firms, Institution(id="institution:1", name="银行"), *records)


def loan(name: str, days: int | None, owed: int | None = 100, borrower: str = "enterprise:1", **fields: object) -> Loan:
    return Loan(
        id=f"loan:{name}",
        borrower=Ref(borrower),
        due_on=None if days is None else TODAY + timedelta(days=days),
        outstanding=None if owed is None else Money(owed),
        **fields,  # type: ignore[arg-type]  # as each test wants them
    )


def names(view: View, within: int = 90) -> list[tuple[str, list[str]]]:
    return [
        (view.id_of(one.enterprise)[-1], [view.id_of(item.loan).removeprefix("loan:") for item in one.loans])
        for one in consultations(view, within_days=within)
    ]


def test_loans_that_fall_due_within_the_days_by_enterprise_the_earliest_first() -> None:
    view = city(
        loan("a", 90),
        loan("b", 5),
        loan("late", 91),
        loan("open", None),
        loan("c", 4, borrower="enterprise:2"),
        loan("of a bank", 3, borrower="institution:1"),
    )
    assert names(view) == [("2", ["c"]), ("1", ["b", "a"])]
    assert names(view, 4) == [("2", ["c"])]
    first = consultations(view)[1]
    assert [one.days for one in first.loans] == [5, 90]
    assert (first.amount, first.known) == (200, 200)


def test_overdue_is_what_is_stated_to_be_outstanding_after_its_day() -> None:
    view = city(loan("paid", -5, 0), loan("who knows", -5, None), loan("overdue", -5, 7), loan("repaid", 5, 0))
    assert names(view) == [("1", ["overdue"])]
    assert consultations(view)[0].loans[0].days == -5


def test_an_amount_that_nobody_states_is_named() -> None:
    view = city(loan("a", 1, 50), loan("b", 2, None), loan("c", 3, None, principal=Money(30)))
    [found] = consultations(view)
    assert (found.amount, found.known) == (None, 80)
    assert [(view.id_of(one.record), one.field) for one in found.missing] == [("loan:b", "outstanding")]


def test_an_amount_in_a_currency_without_a_rate_is_named() -> None:
    owed = Loan(id="loan:usd", borrower=Ref("enterprise:1"), due_on=TODAY, outstanding=Money(5, "USD"))
    [found] = consultations(city(owed))
    assert [one.field for one in found.missing] == ["rate USD/CNY"]


def test_cases_that_are_open_and_what_they_concern() -> None:
    day = timedelta(days=1)
    view = city(
        loan("a", 1),
        loan("b", 2),
        Case(id="case:open", enterprise=Ref("enterprise:1"), opened_on=TODAY),
        Case(id="case:closed", enterprise=Ref("enterprise:1"), opened_on=date(2025, 1, 1), resolved_on=TODAY),
        Case(id="case:closing", enterprise=Ref("enterprise:1"), resolved_on=TODAY + day),
        Case(id="case:later", enterprise=Ref("enterprise:1"), opened_on=TODAY + day),
        Concerns(source=Ref("case:open"), target=Ref("loan:b")),
        Concerns(source=Ref("case:closed"), target=Ref("loan:a")),
    )
    [found] = consultations(view)
    assert [view.id_of(case) for case in found.cases] == ["case:closing", "case:open"]
    assert [view.id_of(one) for one in found.concerned] == ["loan:b"]


def test_needs_that_ask_for_refinancing_are_shown_while_they_are_open() -> None:
    def need(number: int, instrument: Instrument, status: NeedStatus) -> FinancingNeed:
        return FinancingNeed(
            id=f"financingNeed:{number}",
            enterprise=Ref("enterprise:1"),
            amount=Money(1),
            instrument=instrument,
            status=status,
        )

    view = city(
        loan("a", 1),
        need(1, Instrument.REFINANCE, NeedStatus.APPLIED),
        need(2, Instrument.REFINANCE, NeedStatus.REJECTED),
        need(3, Instrument.DEBT, NeedStatus.APPLIED),
    )
    [found] = consultations(view)
    assert [view.id_of(one) for one in found.refinancing] == ["financingNeed:1"]


@pytest.mark.parametrize("days", [-1, 3_651])
def test_days_that_cannot_be_meant_are_refused(days: int) -> None:
    with pytest.raises(InvalidInput, match=f"withinDays is {days}"):
        consultations(city(), within_days=days)
