"""The inventory of pools and subsidies, computed by hand. Amounts are 万元; today is 2025-06-01."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from graph.kinds.contracts import Loan, LoanBatch
from graph.kinds.parties import Enterprise
from graph.kinds.rates import ExchangeRate
from graph.kinds.supply_side import LoanProduct, Pool, PoolKind, Subsidy, SubsidyKind
from graph.kinds.terms import DrawBasis, OfferStatus
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.financing.terms import Ternary
from queries.pool_inventory import PoolStatus, pool_inventory
from queries.subsidy_inventory import subsidy_inventory
from tests.queries.finance import WAN, bank, view_of, wan

FIRM = Enterprise(id="enterprise:a", name="a")


def pool(name: str = "q", balance: float | Money | None = 100, **fields: Any) -> Pool:
    given = {
        "kind": PoolKind.RISK,
        "multiple": Decimal(10),
        "balance": None if balance is None else wan(balance),
        "loss_paid": wan(5),
    }
    return Pool(id=f"pool:{name}", name=name, **{**given, **fields})


def loan(name: str, left: float | None, of: str = "q", **fields: Any) -> Loan:
    given = {
        "borrower": Ref("enterprise:a"),
        "pool": Ref(f"pool:{of}"),
        "outstanding": None if left is None else wan(left),
    }
    return Loan(id=f"loan:{name}", **{**given, **fields})


def status(*records: Record) -> PoolStatus:
    [found] = pool_inventory(view_of(FIRM, bank(), *records))
    return found


def lacks(view: View, found: PoolStatus) -> list[str]:
    return [f"{view.id_of(fact.record).partition(':')[2]} {fact.field}" for fact in found.missing]


def test_headroom_is_multiple_times_balance_less_what_is_covered() -> None:
    found = status(pool(), loan("x", 300), loan("y", 100))
    assert (found.limit, found.covered, found.headroom, found.loans) == (1000 * WAN, 400 * WAN, 600 * WAN, 2)
    assert (found.idle, found.stopped, found.at_most, found.utilisation) == (
        Ternary.NO,
        Ternary.NO,
        False,
        Fraction(2, 5),
    )
    assert found.loss_share == Fraction(5, 105)
    assert found.missing == ()


def test_on_cover_only_the_covered_part_counts() -> None:
    found = status(pool(draw_basis=DrawBasis.COVER, cover_share=Decimal("0.5")), loan("x", 300))
    assert (found.covered, found.outstanding, found.basis) == (150 * WAN, 300 * WAN, DrawBasis.COVER)


def test_a_pool_without_loans_is_idle() -> None:
    assert status(pool()).idle is Ternary.YES
    assert status(pool(), loan("x", 0)).idle is Ternary.YES


def test_of_a_pool_that_is_only_named_nobody_knows_whether_it_is_idle() -> None:
    view = view_of(pool(balance=None))
    [found] = pool_inventory(view)
    assert (found.idle, found.balance, found.headroom) == (Ternary.UNKNOWN, None, None)
    assert lacks(view, found) == ["q balance", "q loans"]
    assert status(pool(balance=None), loan("x", 0)).idle is Ternary.YES


def test_a_loan_without_an_amount_leaves_unknown_whether_it_is_idle() -> None:
    view = view_of(FIRM, pool(), loan("x", None))
    [found] = pool_inventory(view)
    assert (found.idle, found.covered, found.headroom, found.outstanding) == (Ternary.UNKNOWN, None, None, None)
    assert "x outstanding" in lacks(view, found)
    assert status(pool(), loan("x", None), loan("y", 1)).idle is Ternary.NO


def test_loans_told_as_sums_leave_unknown_what_is_out() -> None:
    product = LoanProduct(id="loanProduct:p", name="p", pool=Ref("pool:q"))
    batch = LoanBatch(id="loanBatch:b", lender=Ref("institution:bank"), product=Ref("loanProduct:p"), amount=wan(50))
    view = view_of(FIRM, bank(), pool(), product, batch)
    [found] = pool_inventory(view)
    assert (found.idle, found.batches, found.headroom, found.at_most) == (Ternary.UNKNOWN, 1, 1000 * WAN, True)
    assert lacks(view, found) == ["b outstanding"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"balance": None}, "balance"),
        ({"multiple": None}, "multiple"),
        ({"loss_paid": None}, "lossPaid"),
        ({"kind": None}, "kind"),
    ],
)
def test_what_a_pool_does_not_state_is_named_and_no_zero(fields: dict[str, Any], field: str) -> None:
    view = view_of(FIRM, pool(**fields), loan("x", 300))
    [found] = pool_inventory(view)
    assert lacks(view, found) == [f"q {field}"]
    if field in ("balance", "multiple"):
        assert (found.limit, found.headroom, found.utilisation) == (None, None, None)
    if field == "lossPaid":
        assert (found.loss_paid, found.loss_share) == (None, None)


def test_a_pool_of_nothing_has_no_headroom_and_no_ratio() -> None:
    found = status(pool(balance=0, loss_paid=wan(0)))
    assert (found.limit, found.headroom, found.utilisation, found.loss_share) == (0, 0, None, None)


@pytest.mark.parametrize(
    ("rate", "stopped", "headroom", "at_most"),
    [
        ("0.05", Ternary.YES, 0, False),
        ("0.04", Ternary.NO, 1000 * WAN, False),
        (None, Ternary.UNKNOWN, 1000 * WAN, True),
    ],
)
def test_a_pool_stops_at_its_bad_loan_rate(rate: str | None, stopped: Ternary, headroom: int, at_most: bool) -> None:
    found = status(pool(stop_rate=Decimal("0.05"), bad_loan_rate=None if rate is None else Decimal(rate)))
    assert (found.stopped, found.headroom, found.at_most) == (stopped, headroom, at_most)


def test_a_bridge_has_what_is_not_out_of_it_and_needs_no_multiple() -> None:
    bridge = pool(kind=PoolKind.BRIDGE, multiple=None)
    found = status(bridge, loan("x", 30, lender=Ref("pool:q"), pool=None))
    assert (found.limit, found.headroom, found.missing, found.loans) == (100 * WAN, 70 * WAN, (), 1)
    assert status(pool(kind=PoolKind.BRIDGE, multiple=None)).idle is Ternary.YES


def test_other_money_counts_at_its_rate_less_the_haircut() -> None:
    dollars = pool(balance=Money.of(10, unit="万元", currency="USD"))
    rate = ExchangeRate(id="exchangeRate:usd", currency="USD", rate=Decimal(7), haircut=Decimal("0.1"))
    assert status(dollars, rate).balance == 63 * WAN
    assert status(dollars).balance is None


def test_pools_come_by_kind_and_id_and_may_be_narrowed() -> None:
    view = view_of(
        pool("c", kind=None),
        pool("b", kind=PoolKind.BRIDGE),
        pool("a", kind=PoolKind.BRIDGE),
        pool("d", kind=PoolKind.GUARANTEE),
    )
    assert [view.id_of(one.pool)[-1] for one in pool_inventory(view)] == ["d", "a", "b", "c"]
    assert [view.id_of(one.pool)[-1] for one in pool_inventory(view, PoolKind.BRIDGE)] == ["a", "b"]
    assert pool_inventory(view_of(FIRM)) == ()


def test_subsidies_in_force_come_by_kind() -> None:
    def subsidy(name: str, kind: SubsidyKind | None, status: OfferStatus | None, **fields: Any) -> Subsidy:
        return Subsidy(id=f"subsidy:{name}", name=name, kind=kind, status=status, **fields)

    view = view_of(
        FIRM,
        subsidy("a", SubsidyKind.INTEREST, OfferStatus.OPEN),
        subsidy("b", SubsidyKind.INTEREST, None),
        subsidy("c", SubsidyKind.INTEREST, OfferStatus.OPEN, granted_to=Ref("enterprise:a")),
        subsidy("d", SubsidyKind.INTEREST, OfferStatus.OPEN, valid_to=date(2025, 1, 1)),
        subsidy("e", None, OfferStatus.CLOSED),
        subsidy("f", SubsidyKind.LISTING, OfferStatus.PLANNED),
    )
    groups = {one.kind: one for one in subsidy_inventory(view)}
    names = {kind: [view.id_of(one)[-1] for one in group.subsidies] for kind, group in groups.items()}
    assert list(groups) == [*SubsidyKind, None]
    assert (names[SubsidyKind.INTEREST], names[SubsidyKind.LISTING], names[None]) == (["a", "b", "c"], ["f"], ["e"])
    interest = groups[SubsidyKind.INTEREST]
    assert [
        len(one) for one in (interest.open, interest.planned, interest.closed, interest.not_stated, interest.granted)
    ] == [1, 0, 0, 1, 1]
    assert groups[SubsidyKind.PREMIUM].subsidies == ()
    [only] = subsidy_inventory(view, SubsidyKind.LISTING)
    assert len(only.planned) == 1
    assert [one.kind for one in subsidy_inventory(view_of(FIRM))] == list(SubsidyKind)
