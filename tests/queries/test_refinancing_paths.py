"""Bridges over maturing loans, and debts turned into equity. Amounts in 万元."""

from datetime import timedelta
from decimal import Decimal

import pytest

from graph.kinds.contracts import Loan, Swap
from graph.kinds.parties import InstitutionType
from graph.kinds.supply_side import Pool, PoolKind
from graph.kinds.terms import Instrument, OfferStatus, Technique
from graph.records import Record, Ref
from graph.view import View
from queries.financing.cost import CostKind
from queries.financing.techniques.table import TECHNIQUES
from queries.financing.terms import ConstraintKind, Gate, PathStatus, Ternary
from queries.financing_paths import financing_path
from tests.graph.build import TODAY
from tests.queries.finance import (
    BANK,
    SELLER,
    ask,
    bank,
    capacities,
    constraint,
    dec,
    firm,
    in_wan,
    missing_of,
    need,
    only,
    product,
    spine,
    verdict,
    view_of,
    wan,
)

BRIDGE, SWAP = Technique.BRIDGE, Technique.DEBT_EQUITY_SWAP
POOL = "pool:bridge"


def pool(**fields: object) -> Pool:
    given = {"kind": PoolKind.BRIDGE, "status": OfferStatus.OPEN, "balance": wan(500), **fields}
    return Pool(id=POOL, name="bridge", **given)


def loan(name: str = "old", **fields: object) -> Loan:
    given = {
        "lender": Ref(BANK), "borrower": Ref(SELLER), "principal": wan(300), "outstanding": wan(200),
        "due_on": TODAY + timedelta(days=20), "renewal_committed": True, **fields,
    }  # fmt: skip
    return Loan(id=f"loan:{name}", **given)


def bridge_view(*records: Record, **fields: object) -> View:
    return view_of(bank(), firm("seller"), firm("other"), pool(**fields), *records)


def test_pool_bridges_what_is_owed_on_the_maturing_loan() -> None:
    view = bridge_view(loan())
    path = only(ask(view, "seller", BRIDGE))
    assert (path.status, in_wan([path.capacity]), spine(view, path)) == (
        PathStatus.AVAILABLE, [200], ["bridge", "old", "seller"],
    )  # fmt: skip
    assert path.binding_constraint.kind is ConstraintKind.STEP_AMOUNT
    assert verdict(path, Gate.RENEWAL_COMMITMENT) is Ternary.YES
    assert financing_path(view, path.id) == path


def test_bridge_is_bound_by_the_pools_cash() -> None:
    out = loan("bridge", lender=Ref(POOL), borrower=Ref("enterprise:other"), technique=BRIDGE, outstanding=wan(380))
    path = only(ask(bridge_view(loan(), out), "seller", BRIDGE))
    shown = constraint(path, ConstraintKind.POOL)
    assert in_wan([shown.limit, shown.used, path.capacity]) == [500, 380, 120]


def test_bridge_caps_each_borrower_and_stops_at_its_bad_loan_rate() -> None:
    assert capacities(ask(bridge_view(loan(), per_borrower_cap=wan(80)), "seller", BRIDGE)) == [80]
    stopped = bridge_view(loan(), stop_rate=Decimal("0.05"), bad_loan_rate=Decimal("0.05"))
    assert not ask(stopped, "seller", BRIDGE).paths


@pytest.mark.parametrize(
    ("fields", "gate", "missing"),
    [
        ({"renewal_committed": None}, Gate.RENEWAL_COMMITMENT, "renewalCommitted"), ({"due_on": None}, Gate.TIMING, "dueOn"),
    ],
)  # fmt: skip
def test_fact_about_the_loan_that_nobody_states_is_named(fields: dict[str, object], gate: Gate, missing: str) -> None:
    path = only(ask(bridge_view(loan(**fields)), "seller", BRIDGE))
    assert (path.status, missing_of(path, gate)) == (PathStatus.CONDITIONAL, [missing])


@pytest.mark.parametrize(
    "fields",
    [
        {"renewal_committed": False}, {"due_on": TODAY - timedelta(days=1)}, {"due_on": TODAY + timedelta(days=61)},
        {"outstanding": wan(0)},
    ],
)  # fmt: skip
def test_without_commitment_or_maturity_the_bridge_is_blocked(fields: dict[str, object]) -> None:
    view = bridge_view(loan(), window_days=60)
    path = only(ask(view, "seller", BRIDGE))
    blocked = financing_path(bridge_view(loan(**fields), window_days=60), path.id)
    assert blocked is not None
    assert blocked.status is PathStatus.BLOCKED


def test_pool_that_is_closed_or_does_not_say_so() -> None:
    assert not ask(bridge_view(loan(), status=OfferStatus.CLOSED), "seller", BRIDGE).paths
    path = only(ask(bridge_view(loan(), status=None), "seller", BRIDGE))
    assert missing_of(path, Gate.PRODUCT_OPEN) == ["status"]


def test_pool_of_another_kind_bridges_nothing() -> None:
    assert not ask(bridge_view(loan(), kind=PoolKind.RISK), "seller", BRIDGE).paths


def test_bridge_in_force_is_no_loan_to_be_bridged() -> None:
    own = loan("bridge", lender=Ref(POOL), technique=BRIDGE)
    found = ask(bridge_view(own), "seller", BRIDGE)
    assert [(path.status, in_wan([path.capacity])) for path in found.paths] == [(PathStatus.EXISTING, [0])]


def test_bridge_serves_refinancing_within_its_longest_days() -> None:
    view = bridge_view(loan(), max_days=15)
    assert not ask(view, "seller", need=need(10, instruments=(Instrument.DEBT,)), sources=[POOL]).paths
    refinance = need(10, instruments=(Instrument.REFINANCE,), tenor_min_days=10)
    assert capacities(ask(view, "seller", need=refinance)) == [10]
    longer = need(10, instruments=(Instrument.REFINANCE,), tenor_min_days=20)
    assert not ask(view, "seller", need=longer).paths


def test_neither_bridge_nor_swap_brings_new_money() -> None:
    assert [TECHNIQUES[one].new_money for one in (BRIDGE, SWAP)] == [False, False]


def test_bank_swaps_what_it_is_owed() -> None:
    view = view_of(
        bank(), bank("other"), firm("seller"), product(SWAP), loan(), loan("theirs", lender=Ref("institution:other"))
    )
    path = only(ask(view, "seller", SWAP))
    assert (path.status, in_wan([path.capacity]), spine(view, path)) == (
        PathStatus.AVAILABLE, [200], ["bank", "product", "old", "seller"],
    )  # fmt: skip
    assert path.obligor < 0
    assert financing_path(view, path.id) == path


def test_swap_in_force_has_nothing_left() -> None:
    swap = Swap(id="swap:s", creditor=Ref(BANK), debtor=Ref(SELLER), debt=wan(90))
    path = only(ask(view_of(bank(), firm("seller"), swap), "seller"))
    assert (path.technique, path.status, in_wan([path.capacity])) == (SWAP, PathStatus.EXISTING, [0])
    assert in_wan([path.binding_constraint.used]) == [90]


@pytest.mark.parametrize(("status", "expected"), [(None, [PathStatus.CONDITIONAL]), (OfferStatus.CLOSED, [])])
def test_swap_depends_on_the_offer(status: OfferStatus | None, expected: list[PathStatus]) -> None:
    view = view_of(bank(), firm("seller"), product(SWAP, status=status), loan())
    assert [path.status for path in ask(view, "seller", SWAP).paths] == expected


def test_lessor_swaps_no_debt() -> None:
    view = view_of(bank(type=InstitutionType.LESSOR), firm("seller"), product(SWAP), loan())
    assert not ask(view, "seller", SWAP).paths


def test_bridge_costs_its_fee_a_day_for_the_days_bridged() -> None:
    # 0.05 % a day of 200 for 15 days is 1.5, off 200 at once: 1.5/198.5·365/15 = 18.39 % a year.
    view = bridge_view(loan(), daily_fee_rate=dec("0.0005"), max_days=15)
    path = only(ask(view, "seller", BRIDGE))
    [part] = path.cost.parts
    assert (part.kind, view.id_of(part.payer), part.borne) == (CostKind.BRIDGE_FEE, SELLER, True)
    assert in_wan([part.amount, path.proceeds]) == [1.5, 198.5]
    assert (path.cost.complete, path.cost.days, path.cost.annual_bps) == (True, 15, dec("1838.790932"))
    assert part.bps == path.cost.annual_bps


def test_bridge_costs_its_fee_for_the_days_that_are_needed() -> None:
    view = bridge_view(loan(), daily_fee_rate=dec("0.0005"), max_days=15)
    asked = need(100, instruments=(Instrument.REFINANCE,), tenor_max_days=10)
    path = only(ask(view, "seller", BRIDGE, need=asked))
    assert (path.cost.days, in_wan([path.cost.parts[0].amount])) == (10, [0.5])


def test_bridge_over_unknown_days_costs_at_least_its_fee() -> None:
    path = only(ask(bridge_view(loan(), daily_fee_rate=dec("0.0005")), "seller", BRIDGE))
    assert (path.cost.annual_bps, path.cost.low, path.cost.high) == (None, dec("1825"), None)
    assert (path.cost.complete, path.cost.parts[0].amount, path.proceeds) == (False, None, None)
    assert [fact.field for fact in path.cost.missing] == ["maxDays"]


def test_bridge_of_a_pool_that_states_no_fee_is_not_free() -> None:
    path = only(ask(bridge_view(loan(), max_days=15), "seller", BRIDGE))
    assert (path.cost.complete, path.cost.low, path.cost.high) == (False, 0, None)
    assert [fact.field for fact in path.cost.missing] == ["dailyFeeRate"]


@pytest.mark.parametrize(("rate", "kind"), [(None, CostKind.BRIDGE_FEE), (dec("0.06"), CostKind.INTEREST)])
def test_bridge_in_force_costs_its_own_rate_or_the_pools_fee(rate: Decimal | None, kind: CostKind) -> None:
    own = loan("bridge", lender=Ref(POOL), technique=BRIDGE, annual_rate=rate)
    path = only(ask(bridge_view(own, daily_fee_rate=dec("0.0005")), "seller", BRIDGE))
    assert [part.kind for part in path.cost.parts] == [kind]


def test_cheaper_of_two_bridges_comes_first() -> None:
    dear = Pool(
        id="pool:a", name="a", kind=PoolKind.BRIDGE, status=OfferStatus.OPEN, balance=wan(500), max_days=15, daily_fee_rate=dec("0.001")
    )  # fmt: skip
    view = bridge_view(loan(), dear, daily_fee_rate=dec("0.0001"), max_days=15)
    found = ask(view, "seller", BRIDGE)
    assert [spine(view, path)[0] for path in found.paths] == ["bridge", "a"]
    assert found.paths == ask(view, "seller", BRIDGE, first=1).paths + found.paths[1:]
