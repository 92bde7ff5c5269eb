"""Distributors financed on what they buy from an anchor that buys back. Amounts in 万元."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.kinds.contracts import BuyBack, Facility, Loan
from graph.kinds.parties import Controls, Enterprise, Institution, Supplies
from graph.kinds.supply_side import AnchorProgramme, LimitKind, LoanProduct
from graph.kinds.terms import DrawBasis, Technique
from graph.money import Money
from graph.records import Ref
from graph.view import View
from queries.financing.terms import ConstraintKind, Gate, PathStatus, Ternary
from queries.financing_paths import financing_path
from tests.graph.build import TODAY, Stated
from tests.queries.finance import (
    ANCHOR,
    BANK,
    PROGRAMME,
    ask,
    bank,
    capacities,
    constraint,
    dec,
    firm,
    in_wan,
    limit,
    missing_of,
    need,
    only,
    product,
    programme,
    spine,
    supplies,
    verdict,
    view_of,
    wan,
)

DISTRIBUTOR = Technique.DISTRIBUTOR_FINANCE
DEALER = "enterprise:dealer"


def sells(annual: float | Money | None = 3650, **fields: Any) -> Supplies:
    """What the anchor sells to the dealer a year."""
    return supplies("anchor", "dealer", annual, None, **fields)


def scheme(limit: float | None = 5000, **fields: Any) -> AnchorProgramme:
    """The anchor's programme for its distributors: 90 days of selling through, 30 % margin."""
    return programme(limit, **{"sell_through_days": 90, "margin_share": dec("0.3"), **fields})


def promise(limit: float | None = 1000, **fields: Any) -> BuyBack:
    """The anchor's promise to buy back of the dealer."""
    given = {"programme": Ref(PROGRAMME), "distributor": Ref(DEALER), **fields}
    return BuyBack(**{"id": "buyBack:it", "limit": None if limit is None else wan(limit), **given})


def lent(amount: float, borrower: str = DEALER, name: str = "l", **fields: Any) -> Loan:
    """What a dealer owes under the programme."""
    given = {"programme": Ref(PROGRAMME), "technique": DISTRIBUTOR, "lender": Ref(BANK), **fields}
    return Loan(id=f"loan:{name}", borrower=Ref(borrower), principal=wan(amount), **given)


def offered(**fields: Any) -> LoanProduct:
    return product(DISTRIBUTOR, **{"programme": Ref(PROGRAMME), "advance_rate": None, **fields})


PARTIES: tuple[Institution | Enterprise, ...] = (bank(), firm("anchor"), firm("dealer"))


def view_on(*records: Stated) -> View:
    return view_of(*PARTIES, *records)


def new_paths(view: View, **options: Any) -> list[float | None]:
    """What paths that are not yet in force can bring."""
    status = [PathStatus.AVAILABLE, PathStatus.CONDITIONAL, PathStatus.PROSPECTIVE]
    return capacities(ask(view, "dealer", DISTRIBUTOR, status=status, **options))


def test_buying_from_an_anchor_makes_a_distributor() -> None:
    view = view_on(sells(), scheme(), offered())
    path = only(ask(view, "dealer"))
    assert (path.technique, path.status) == (DISTRIBUTOR, PathStatus.PROSPECTIVE)
    assert spine(view, path) == ["bank", "product", "programme", "anchor", "dealer"]
    # ⌊3,650 · 90 / 365⌋ · (1 − 30 %).
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([630], ConstraintKind.LINK_WIDTH)
    assert in_wan([path.steps[-1].amount]) == [630]
    assert not path.capacity_is_upper_bound
    assert view.id_of(path.obligor) == DEALER
    [missing] = path.missing
    assert (missing.kind, view.id_of(missing.by), view.id_of(missing.holder)) == ("BuyBack", ANCHOR, DEALER)


def test_programme_without_a_product_is_financed_by_its_funder() -> None:
    view = view_on(sells(), scheme())
    path = only(ask(view, "dealer"))
    assert (spine(view, path), in_wan([path.capacity])) == (["bank", "programme", "anchor", "dealer"], [630])


def test_promise_to_buy_back_makes_it_available() -> None:
    view = view_on(sells(), scheme(), offered(), promise())
    path = only(ask(view, "dealer"))
    assert (path.status, in_wan([path.capacity])) == (PathStatus.AVAILABLE, [630])
    assert spine(view, path) == ["bank", "product", "programme", "it", "dealer"]


def test_promise_covers_all_that_the_dealer_buys() -> None:
    goods = [Ref("product:cars"), Ref("product:parts")]
    links = [sells(3650, product=goods[0]), sells(365, product=goods[1], sell_through_days=10)]
    both = view_on(*links, scheme(), offered(), promise())
    assert new_paths(both) == [637]


def test_each_kind_of_goods_is_a_way_of_its_own_until_there_is_a_promise() -> None:
    links = [sells(3650, product=Ref("product:cars")), sells(365, product=Ref("product:parts"), sell_through_days=10)]
    assert new_paths(view_on(*links, scheme(), offered())) == [630, 7]


@pytest.mark.parametrize(
    ("link", "fields", "missing"),
    [
        (sells(None), {}, "annualAmount"),
        (sells(), {"sell_through_days": None}, "sellThroughDays"),
        (sells(), {"margin_share": None}, "marginShare"),
        (sells(Money(5, "USD")), {}, "rate USD/CNY"),
    ],
)
def test_factor_that_nobody_states_leaves_the_width_not_stated(
    link: Supplies, fields: dict[str, Any], missing: str
) -> None:
    for more in ((), (promise(),)):
        path = only(ask(view_on(link, scheme(**fields), offered(), *more), "dealer"))
        assert (path.capacity, path.binding_constraint.kind) == (None, ConstraintKind.LINK_WIDTH)
        assert missing_of(path, Gate.LIMIT) == [missing]


def test_promise_to_who_is_not_known_to_buy_has_no_width() -> None:
    path = only(ask(view_on(scheme(), offered(), promise()), "dealer"))
    assert (path.capacity, path.status, missing_of(path, Gate.LIMIT)) == (None, PathStatus.CONDITIONAL, ["suppliedBy"])


@pytest.mark.parametrize(
    ("fields", "records", "expected", "binding"),
    [
        ({}, (promise(400),), 400, ConstraintKind.BUY_BACK),
        ({"buy_back_limit": wan(300)}, (promise(400),), 300, ConstraintKind.BUY_BACK),
        ({"buy_back_limit": wan(300)}, (), 300, ConstraintKind.BUY_BACK),
        ({"limit": 200}, (), 200, ConstraintKind.ANCHOR_LIMIT),
        ({}, (limit(LimitKind.SINGLE_NAME, DEALER, 50),), 50, ConstraintKind.SINGLE_NAME),
        ({}, (limit(LimitKind.SINGLE_NAME, ANCHOR, 50),), 630, ConstraintKind.LINK_WIDTH),
    ],
    ids=["promise", "all promises", "before a promise", "programme", "dealer", "the anchor owes nothing"],
)
def test_limits_bind(
    fields: dict[str, Any], records: tuple[Stated, ...], expected: float, binding: ConstraintKind
) -> None:
    path = only(ask(view_on(sells(), scheme(**fields), offered(), *records), "dealer"))
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([expected], binding)


def test_what_dealers_owe_already_uses_what_is_bought_back() -> None:
    other = lent(150, "enterprise:other", "other")
    view = view_on(sells(), scheme(buy_back_limit=wan(500)), offered(), promise(400), lent(100), other, firm("other"))
    path = only(ask(view, "dealer", status=[PathStatus.AVAILABLE]))
    bounds = [one for one in path.constraints if one.kind is ConstraintKind.BUY_BACK]
    assert [in_wan([one.limit, one.used, one.headroom]) for one in bounds] == [[400, 100, 300], [500, 250, 250]]
    width = constraint(path, ConstraintKind.LINK_WIDTH)
    assert in_wan([width.limit, width.used, width.headroom]) == [630, 100, 530]
    assert in_wan([path.capacity]) == [250]


def test_line_counts_what_is_drawn_of_it_once() -> None:
    line = Facility(
        id="facility:f", lender=Ref(BANK), borrower=Ref(DEALER), product=Ref("loanProduct:product"),
        technique=DISTRIBUTOR, limit=wan(200), drawn=wan(120),
    )  # fmt: skip
    view = view_on(sells(), scheme(), offered(), line, lent(90, facility=Ref("facility:f")), lent(10, name="apart"))
    path = only(ask(view, "dealer", status=[PathStatus.PROSPECTIVE]))
    assert in_wan([constraint(path, ConstraintKind.LINK_WIDTH).used]) == [130]
    assert capacities(ask(view, "dealer", status=[PathStatus.EXISTING])) == [80, 0]


def test_supplier_loans_under_the_same_programme_are_no_distributors() -> None:
    paid = lent(100, "enterprise:supplier", technique=Technique.PAYABLES_FINANCE)
    assert new_paths(view_on(sells(), scheme(buy_back_limit=wan(500)), offered(), paid, firm("supplier"))) == [500]


def test_promise_that_has_ended_is_blocked_and_another_may_be_made() -> None:
    live = view_on(sells(), scheme(), offered(), promise())
    path = only(ask(live, "dealer"))
    over = view_on(sells(), scheme(), offered(), promise(expires_on=TODAY))
    blocked = financing_path(over, path.id)
    assert blocked is not None
    assert (blocked.status, verdict(blocked, Gate.LIMIT)) == (PathStatus.BLOCKED, Ternary.NO)
    assert only(ask(over, "dealer")).status is PathStatus.PROSPECTIVE


def test_money_is_out_no_longer_than_the_promise() -> None:
    view = view_on(sells(), scheme(), offered(), promise(expires_on=TODAY + timedelta(days=60)))
    fits = [bool(ask(view, "dealer", need=need(10, tenor_min_days=days)).paths) for days in (60, 61)]
    assert fits == [True, False]


def test_anchor_that_controls_its_dealer_is_no_way() -> None:
    holds = Controls(source=Ref(ANCHOR), target=Ref(DEALER), share=dec("0.6"))
    for more in ((), (promise(),)):
        assert not ask(view_on(sells(), scheme(), offered(), holds, *more), "dealer").paths


def test_face_basis_draws_one_yuan_for_a_yuan_since_nothing_is_advanced_in_part() -> None:
    view = view_on(sells(), scheme(100, draw_basis=DrawBasis.FACE), offered(advance_rate=dec("0.5")))
    assert new_paths(view) == [100]


def test_depth_of_suppliers_is_no_matter_for_distributors() -> None:
    path = only(ask(view_on(sells(), scheme(max_tier=None), offered(), promise()), "dealer"))
    assert path.status is PathStatus.AVAILABLE


@pytest.mark.parametrize(("purpose", "fits"), [("原料采购", True), ("补充流动资金", True), ("研发投入", False)])
def test_money_buys_goods(purpose: str, fits: bool) -> None:
    view = view_on(sells(), scheme(), offered(), promise())
    assert bool(ask(view, "dealer", need=need(10, purpose=purpose)).paths) is fits


def test_who_sells_to_the_anchor_is_no_distributor() -> None:
    view = view_on(supplies("dealer", "anchor", 3650, 90), scheme(), offered())
    assert not ask(view, "dealer", DISTRIBUTOR).paths


def test_path_in_force_is_existing() -> None:
    path = only(ask(view_on(lent(100), scheme()), "dealer", DISTRIBUTOR))
    assert (path.status, path.capacity) == (PathStatus.EXISTING, 0)
