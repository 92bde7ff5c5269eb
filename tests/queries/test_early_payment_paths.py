"""An anchor that pays its own payables early, from its own cash. Amounts in 万元."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.kinds.assets import Receivable
from graph.kinds.contracts import EncumbranceKind, Facility
from graph.kinds.parties import Controls, Enterprise
from graph.kinds.supply_side import LimitKind
from graph.kinds.terms import OfferStatus, Technique
from graph.records import Ref
from graph.view import View
from queries.financing.terms import ConstraintKind, Gate, PathStatus, Ternary
from queries.financing_paths import financing_path
from tests.graph.build import TODAY, Stated
from tests.queries.finance import (
    BUYER,
    SELLER,
    ask,
    bank,
    capacities,
    constraint,
    dec,
    encumbrance,
    firm,
    in_wan,
    limit,
    missing_of,
    need,
    only,
    product,
    receivable,
    spine,
    verdict,
    view_of,
    wan,
)

EARLY = Technique.DYNAMIC_DISCOUNTING


def buyer(cash: float | None = 5000, **fields: Any) -> Enterprise:
    return firm("buyer", early_payment_cash=None if cash is None else wan(cash), **fields)


def claim(**fields: Any) -> Receivable:
    return receivable(1000, **{"confirmed": True, **fields})


def view_on(*records: Stated, cash: float | None = 5000, **offer: Any) -> View:
    offered = product(EARLY, **{"lender": Ref(BUYER), **offer})
    return view_of(bank(), bank("other"), firm("seller"), buyer(cash), offered, *records)


def test_anchor_pays_its_own_payable_from_its_own_cash() -> None:
    view = view_on(claim())
    path = only(ask(view, "seller"))
    assert spine(view, path) == ["buyer", "product", "claim", "seller"]
    assert (path.technique, path.status) == (EARLY, PathStatus.AVAILABLE)
    assert (path.obligor, path.recourse, in_wan([path.capacity])) == (-1, None, [1000])


@pytest.mark.parametrize(
    ("cash", "expected", "binding"),
    [(600, 600, ConstraintKind.STEP_AMOUNT), (5000, 750, ConstraintKind.ASSET_FREE)],
)
def test_it_brings_the_lesser_of_the_claims_value_and_the_cash(
    cash: float, expected: float, binding: ConstraintKind
) -> None:
    # V = 1,000·0.95 − 200 assigned; no α, and who pays a pledged claim pays whoever holds it.
    view = view_on(
        claim(confirmed=None, dilution=dec("0.05")),
        encumbrance("assigned", EncumbranceKind.ASSIGNMENT, 200),
        encumbrance("pledged", EncumbranceKind.PLEDGE, 300),
        cash=cash,
        advance_rate=dec("0.8"),
    )
    path = only(ask(view, "seller"))
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([expected], binding)
    assert missing_of(path, Gate.CONFIRMATION) == ["confirmed"]


def test_pledge_of_an_assigned_claim_frees_nothing() -> None:
    assigned, pledged = (
        encumbrance(kind.name, kind, amount, secures=Ref("facility:f"))
        for kind, amount in ((EncumbranceKind.ASSIGNMENT, 200), (EncumbranceKind.PLEDGE, 300))
    )
    line = Facility(id="facility:f", lender=Ref("institution:other"), borrower=Ref(SELLER))
    assert capacities(ask(view_on(claim(), assigned, line), "seller", EARLY)) == [800]
    assert capacities(ask(view_on(claim(), assigned, pledged, line), "seller", EARLY)) == [800]


def test_cash_that_nobody_states_leaves_no_capacity() -> None:
    path = only(ask(view_on(claim(), cash=None), "seller"))
    assert (path.capacity, path.status, missing_of(path, Gate.LIMIT)) == (
        None, PathStatus.CONDITIONAL, ["earlyPaymentCash"],
    )  # fmt: skip


def test_nobody_but_the_debtor_pays_early() -> None:
    view = view_on(claim(obligor=Ref("enterprise:third")), firm("third"))
    assert not ask(view, "seller", EARLY).paths


def test_early_payment_draws_on_no_lenders_limit() -> None:
    view = view_on(claim(), limit(LimitKind.DEBTOR_LIMIT, BUYER, 1), limit(LimitKind.SINGLE_NAME, SELLER, 1, "e"))
    assert capacities(ask(view, "seller")) == [1000]


@pytest.mark.parametrize(
    ("records", "gate"),
    [
        ((claim(confirmed=False),), Gate.CONFIRMATION),
        ((claim(), encumbrance("all", EncumbranceKind.PLEDGE, None)), Gate.PRIOR_CLAIM),
        ((claim(), Controls(source=Ref("enterprise:top"), target=Ref(SELLER)), firm("top"),
          Controls(source=Ref("enterprise:top"), target=Ref(BUYER))), Gate.RELATED_PARTY_TRADE),
    ],
)  # fmt: skip
def test_gate_that_says_no_blocks_it(records: tuple[Stated, ...], gate: Gate) -> None:
    path = only(ask(view_on(claim()), "seller"))
    view = view_on(*records)
    assert not ask(view, "seller").paths
    blocked = financing_path(view, path.id)
    assert blocked is not None
    assert (blocked.status, verdict(blocked, gate)) == (PathStatus.BLOCKED, Ternary.NO)


def test_offer_that_is_closed_pays_nothing() -> None:
    assert not ask(view_on(claim(), status=OfferStatus.CLOSED), "seller").paths


def test_money_stays_as_long_as_the_claim_would_have_run() -> None:
    view = view_on(claim(due_on=TODAY + timedelta(days=60)))
    fits = [bool(ask(view, "seller", need=need(10, tenor_min_days=days)).paths) for days in (60, 61)]
    assert fits == [True, False]


def test_cash_is_the_anchors_in_all() -> None:
    second = claim(id="receivable:second")
    found = ask(view_on(claim(), second, cash=600), "seller")
    assert capacities(found) == [600, 600]
    assert len({constraint(path, ConstraintKind.STEP_AMOUNT).on for path in found.paths}) == 1
