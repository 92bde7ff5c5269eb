"""Dated rules on terms: what a hard one forbids, what one in principle flags, and what nobody can tell. Amounts in 万元."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from graph.kinds.assets import Bill
from graph.kinds.policy import Rule, RuleKind, TermSubject
from graph.kinds.terms import SizeClass, Technique
from graph.records import Record, Ref
from graph.view import View
from queries.financing.answers import FinancingPath
from queries.financing.limits.of_term import last_day
from queries.financing.terms import ConstraintKind, Gate, PathStatus, Stated, Ternary
from queries.financing_paths import financing_path
from tests.queries.finance import (
    BUYER,
    PROGRAMME,
    ask,
    bank,
    claim_view,
    firm,
    in_wan,
    missing_of,
    need,
    product,
    programme,
    receivable,
    supplies,
    verdict,
    view_of,
    voucher,
)  # fmt: skip

DEEP, PAYABLES, DISCOUNT = Technique.DEEP_TIER, Technique.PAYABLES_FINANCE, Technique.RECEIVABLES_DISCOUNTING
FROM = date(2025, 6, 15)
DAY_BEFORE, DAY = date(2025, 6, 14), FROM
YEAR: dict[str, Any] = {"max_months": 12, "valid_from": FROM}
HALF: dict[str, Any] = {"max_months": 6, "valid_from": FROM, "hard": False}


def rule(subject: TermSubject, name: str = "term", **fields: Any) -> Rule:
    return Rule(id=f"rule:{name}", name=name, kind=RuleKind.TERM, term_of=subject, **fields)


def voucher_view(*rules: Record, due: date | None, issued: date | None = date(2025, 6, 1), as_of: date = DAY) -> View:
    held = voucher("root", "t1", 500, issued_on=issued, due_on=due), voucher("v", "seller", 100, "root")
    offered = product(DEEP, programme=Ref(PROGRAMME))
    return view_of(
        bank(), firm("anchor"), firm("t1"), firm("seller"), programme(1000), offered, *held, *rules, as_of=as_of
    )


def seen(view: View, path_id: str) -> FinancingPath:
    path = financing_path(view, path_id)
    assert path is not None
    return path


def flags(path: FinancingPath) -> list[tuple[int | None, Stated]]:
    return [(one.headroom, one.stated) for one in path.constraints if one.kind is ConstraintKind.TERM_RULE]


def test_hard_rule_forbids_a_longer_voucher_from_its_day_on() -> None:
    limits = rule(TermSubject.VOUCHER, **YEAR)
    before = voucher_view(limits, due=date(2026, 6, 2), as_of=DAY_BEFORE)
    path = ask(before, "seller", DEEP, status=[PathStatus.CONDITIONAL, PathStatus.AVAILABLE]).paths[0]
    assert (in_wan([path.capacity]), flags(path)) == ([100], [])
    after = voucher_view(limits, due=date(2026, 6, 2))
    assert not ask(after, "seller", DEEP, status=[PathStatus.CONDITIONAL, PathStatus.AVAILABLE]).paths
    blocked = seen(after, path.id)
    assert (blocked.status, blocked.capacity, flags(blocked)) == (PathStatus.BLOCKED, 0, [(0, Stated.STATED)])
    assert blocked.binding_constraint.kind is ConstraintKind.TERM_RULE
    named = {gate.gate: after.id_of(gate.rule) for gate in blocked.gates if gate.rule >= 0}
    assert named == {Gate.TENOR: "rule:term", Gate.LIMIT: "rule:term"}


def test_voucher_of_exactly_a_year_keeps_the_rule() -> None:
    view = voucher_view(rule(TermSubject.VOUCHER, **YEAR), due=date(2026, 6, 1))
    assert in_wan([ask(view, "seller", DEEP).paths[0].capacity]) == [100]


def test_rule_in_principle_flags_and_bounds_nothing() -> None:
    rules = rule(TermSubject.VOUCHER, "half", **HALF), rule(TermSubject.VOUCHER, **YEAR)
    path = ask(voucher_view(*rules, due=date(2026, 2, 1)), "seller", DEEP).paths[0]
    assert (in_wan([path.capacity]), flags(path)) == ([100], [(0, Stated.NOT_APPLICABLE)])
    assert verdict(path, Gate.TENOR) is Ternary.YES


def test_days_that_nobody_states_leave_it_open() -> None:
    path = ask(voucher_view(rule(TermSubject.VOUCHER, **YEAR), due=None, issued=None), "seller", DEEP).paths[0]
    assert (path.status, in_wan([path.capacity])) == (PathStatus.CONDITIONAL, [100])
    assert missing_of(path, Gate.TENOR) == ["issuedOn", "dueOn"]


def test_rule_without_a_length_leaves_it_open() -> None:
    path = ask(voucher_view(rule(TermSubject.VOUCHER), due=date(2026, 6, 1)), "seller", DEEP).paths[0]
    assert missing_of(path, Gate.TENOR) == ["maxDays"]


def test_voucher_still_to_be_created_can_run_as_long_as_the_rule_lets_it() -> None:
    records = (bank(), firm("anchor"), firm("t1"), firm("t2"), programme(1000), product(DEEP, programme=Ref(PROGRAMME)))
    links = supplies("t1", "anchor", 3650, 90), supplies("t2", "t1", 3650, 90)
    view = view_of(*records, *links, rule(TermSubject.VOUCHER, **YEAR), as_of=DAY)
    for days, found in ((365, 1), (400, 0)):
        paths = ask(view, "t2", DEEP, need=need(10, tenor_min_days=days, tenor_max_days=500)).paths
        assert len(paths) == found


@pytest.mark.parametrize(
    ("buyer", "seller", "days", "flagged"),
    [
        (SizeClass.LARGE, SizeClass.SMALL, 61, True),
        (SizeClass.LARGE, SizeClass.SMALL, 60, False),
        (SizeClass.LARGE, SizeClass.LARGE, 90, False),
        (SizeClass.MEDIUM, SizeClass.SMALL, 90, False),
        (None, SizeClass.SMALL, 90, False),
    ],
)
def test_late_payment_of_a_large_buyer_to_a_smaller_firm_is_flagged(
    buyer: SizeClass | None, seller: SizeClass, days: int, flagged: bool
) -> None:
    late = rule(TermSubject.SME_PAYMENT, max_days=60, hard=False, valid_from=date(2025, 6, 1))
    records = (bank(), firm("anchor", size=buyer), firm("t1", size=seller), programme(1000), late)
    view = view_of(
        *records, supplies("t1", "anchor", 3650, days), product(PAYABLES, programme=Ref(PROGRAMME)), as_of=DAY
    )
    path = ask(view, "t1", PAYABLES).paths[0]
    assert flags(path) == ([(0, Stated.NOT_APPLICABLE)] if flagged else [])
    assert path.capacity is not None
    assert path.capacity > 0


def test_claim_that_runs_too_long_is_flagged_as_its_link_would_be() -> None:
    late = rule(TermSubject.SME_PAYMENT, max_days=60, hard=False)
    parties = firm("seller", size=SizeClass.MICRO), firm("buyer", size=SizeClass.LARGE)
    claim = receivable(450, issued_on=date(2025, 5, 1), due_on=date(2025, 7, 1))
    view = view_of(bank(), *parties, product(DISCOUNT), claim, late)
    assert flags(ask(view, "seller", DISCOUNT).paths[0]) == [(0, Stated.NOT_APPLICABLE)]


def test_bill_that_runs_too_long_is_no_security() -> None:
    bill = Bill(
        id="bill:b", owner=Ref("enterprise:seller"), acceptor=Ref(BUYER), face=voucher("x", "seller", 100).face,
        issued_on=date(2025, 5, 1), due_on=date(2025, 11, 2),
    )  # fmt: skip
    offered = product(Technique.BILL_DISCOUNT, advance_rate=Decimal(1))
    statuses = [PathStatus.AVAILABLE, PathStatus.CONDITIONAL]
    free, bound = (
        view_of(bank(), firm("seller"), firm("buyer"), offered, bill, *rules)
        for rules in ((), (rule(TermSubject.BILL, max_months=6),))
    )
    assert [len(ask(view, "seller", Technique.BILL_DISCOUNT, status=statuses).paths) for view in (free, bound)] == [
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("fields", "start", "expected"),
    [
        ({"max_months": 6}, date(2025, 8, 31), date(2026, 2, 28)),
        ({"max_months": 12}, date(2024, 2, 29), date(2025, 2, 28)),
        ({"max_months": 12}, date(2025, 12, 15), date(2026, 12, 15)),
        ({"max_days": 60}, date(2025, 6, 1), date(2025, 7, 31)),
        ({"max_days": 60, "max_months": 1}, date(2025, 6, 1), date(2025, 7, 1)),
        ({}, date(2025, 6, 1), None),
    ],
)
def test_last_day_counts_months_of_the_calendar(fields: dict[str, Any], start: date, expected: date | None) -> None:
    assert last_day(rule(TermSubject.VOUCHER, **fields), start) == expected


def test_view_without_rules_flags_nothing() -> None:
    path = ask(claim_view(receivable(450)), "seller", DISCOUNT).paths[0]
    assert flags(path) == []
