"""Paths along supply chains and vouchers under an anchor's programme. Amounts in 万元."""

from datetime import date
from decimal import Decimal

import pytest

from graph.kinds.contracts import EncumbranceKind, Loan
from graph.kinds.parties import Controls, Group, InstitutionType
from graph.kinds.supply_side import LimitKind
from graph.kinds.terms import DrawBasis, Technique
from graph.money import Money
from graph.records import Ref
from queries.completeness import Budget, IncompleteReason
from queries.financing.terms import ConstraintKind, Gate, PathStatus, Stated, Ternary
from tests.queries.finance import (
    ANCHOR,
    BANK,
    PROGRAMME,
    ask,
    bank,
    capacities,
    chain_view,
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
    programme,
    receivable,
    spine,
    supplies,
    verdict,
    view_of,
    voucher,
    wan,
)

DEEP, PAYABLES, FACTORING = Technique.DEEP_TIER, Technique.PAYABLES_FINANCE, Technique.FACTORING
UNDER = {"programme": Ref(PROGRAMME)}
DEEP_PRODUCT = product(DEEP, "deep", **UNDER)
PAYABLES_PRODUCT = product(PAYABLES, "payables", **UNDER)
CHAIN = (
    firm("t1"), firm("t2"), firm("t3"),
    supplies("t1", "anchor", 3650, 90), supplies("t2", "t1", 730, 60),
    supplies("t3", "anchor", 365, 30), supplies("t2", "t3", 3650, 90),
)  # fmt: skip


def test_reach_case_as_paths() -> None:
    view = chain_view(*CHAIN, programme(1000), DEEP_PRODUCT, PAYABLES_PRODUCT)
    found = ask(view, "t2")
    assert capacities(found) == [120, 30]
    assert [spine(view, path)[3:] for path in found.paths] == [["anchor", "t1", "t2"], ["anchor", "t3", "t2"]]
    assert {(path.technique, path.status) for path in found.paths} == {(DEEP, PathStatus.PROSPECTIVE)}
    first = only(ask(view, "t1"))
    assert (first.technique, first.status, in_wan([first.capacity])) == (PAYABLES, PathStatus.PROSPECTIVE, [900])
    assert in_wan([constraint(first, ConstraintKind.ANCHOR_LIMIT).headroom]) == [1000]
    assert capacities(ask(view, "t3")) == [30]


def test_steps_carry_the_widths_of_their_links() -> None:
    view = chain_view(*CHAIN, programme(1000), DEEP_PRODUCT)
    path = ask(view, "t2").paths[0]
    assert [(step.relation, in_wan([step.amount])) for step in path.steps] == [
        ("OFFERED_BY", [None]), ("UNDER", [None]), ("ANCHORED_BY", [None]), ("SUPPLIES", [900]), ("SUPPLIES", [120]),
    ]  # fmt: skip
    assert [(one.kind, view.id_of(one.by), view.id_of(one.holder)) for one in path.missing] == [
        ("Voucher", ANCHOR, "enterprise:t1"),
        ("Voucher", "enterprise:t1", "enterprise:t2"),
    ]


def test_width_is_what_recorded_claims_leave_of_the_balance() -> None:
    view = chain_view(
        firm("t1"), supplies("t1", "anchor", 3650, 90, dilution=dec("0.05")), programme(1000),
        product(PAYABLES, advance_rate=dec("0.8"), **UNDER),
        receivable(700, id="receivable:old", owner=Ref("enterprise:t1"), obligor=Ref(ANCHOR), confirmed=False),
    )  # fmt: skip
    path = only(ask(view, "t1"))
    width = constraint(path, ConstraintKind.LINK_WIDTH)
    assert in_wan([width.limit, width.used, width.headroom, width.admits, path.capacity]) == [900, 700, 200, 152, 152]
    assert width.draw_per_yuan == dec("1.315789")


def test_claim_in_another_currency_leaves_the_width_not_stated() -> None:
    claim = receivable(
        Money(700, "USD"), id="receivable:old", owner=Ref("enterprise:t1"), obligor=Ref(ANCHOR), confirmed=False
    )
    view = chain_view(firm("t1"), supplies("t1", "anchor", 3650, 90), programme(1000), PAYABLES_PRODUCT, claim)
    path = only(ask(view, "t1"))
    assert (path.capacity, missing_of(path, Gate.LIMIT)) == (None, ["rate to CNY"])


def test_vouchers_on_a_link_use_its_width_until_they_mature() -> None:
    chain = (*CHAIN, programme(1000), DEEP_PRODUCT, voucher("root", "t1", 500), voucher("part", "t2", 50, "root"))
    path = ask(chain_view(*chain), "t2", status=[PathStatus.PROSPECTIVE]).paths[0]
    widths = [one for one in path.constraints if one.kind is ConstraintKind.LINK_WIDTH]
    assert [in_wan([one.limit, one.used, one.headroom]) for one in widths] == [[120, 50, 70], [900, 500, 400]]
    due = (*CHAIN, programme(1000), DEEP_PRODUCT, voucher("root", "t1", 500, due_on=date(2025, 5, 31)))
    assert in_wan([ask(chain_view(*due), "t2").paths[0].capacity]) == [120]


def test_blanket_registration_over_a_seller_closes_its_links() -> None:
    blanket = encumbrance("all", EncumbranceKind.PLEDGE, None, asset=None, grantor=Ref("enterprise:t1"), blanket=True)
    view = chain_view(*CHAIN, programme(1000), DEEP_PRODUCT, blanket)
    assert [spine(view, path)[-2] for path in ask(view, "t2").paths] == ["t3"]


def test_link_without_a_term_is_not_stated_and_last_never_zero() -> None:
    view = chain_view(*CHAIN, firm("t4"), supplies("t2", "t4", 9999, None), supplies("t4", "anchor", 9999, 99),
                      programme(1000), DEEP_PRODUCT)  # fmt: skip
    found = ask(view, "t2")
    assert capacities(found) == [120, 30, None]
    last = found.paths[-1]
    assert (last.status, last.binding_constraint.kind) == (PathStatus.PROSPECTIVE, ConstraintKind.LINK_WIDTH)
    assert last.binding_constraint.stated is Stated.NOT_STATED
    assert missing_of(last, Gate.LIMIT) == ["paymentTermDays"]


def test_link_without_a_term_is_a_way_where_all_others_carry_less_than_the_product_gives() -> None:
    links = (supplies("t1", "anchor", 3650, 90), supplies("t2", "t1", 730, 60), supplies("t2", "t3", 3650, None))
    chain = (firm("t1"), firm("t2"), firm("t3"), *links, supplies("t3", "anchor", 3650, 90))
    least = product(DEEP, "deep", min_amount=wan(200), **UNDER)
    view = chain_view(*chain, programme(1000), least)
    (path,) = ask(view, "t2").paths
    assert spine(view, path)[3:] == ["anchor", "t3", "t2"]
    assert path.capacity is None


def test_link_without_dilution_leaves_an_upper_bound() -> None:
    view = chain_view(firm("t1"), supplies("t1", "anchor", 3650, 90, dilution=None), programme(1000), PAYABLES_PRODUCT)
    path = only(ask(view, "t1"))
    assert (in_wan([path.capacity]), path.capacity_is_upper_bound) == ([900], True)


def test_programme_limit_binds_less_what_is_financed_under_it() -> None:
    loans = [
        Loan(id="loan:a", lender=Ref(BANK), borrower=Ref("enterprise:t3"), programme=Ref(PROGRAMME), principal=wan(600)),
        Loan(id="loan:b", lender=Ref(BANK), borrower=Ref("enterprise:t3"), product=Ref("loanProduct:payables"),
             principal=wan(500), outstanding=wan(100)),
    ]  # fmt: skip
    view = chain_view(*CHAIN, programme(1000), PAYABLES_PRODUCT, *loans)
    path = only(ask(view, "t1"))
    used = constraint(path, ConstraintKind.ANCHOR_LIMIT)
    assert in_wan([path.capacity, used.limit, used.used, used.headroom]) == [300, 1000, 700, 300]
    assert path.binding_constraint.kind is ConstraintKind.ANCHOR_LIMIT


def test_programme_without_a_limit_leaves_no_capacity() -> None:
    path = only(ask(chain_view(*CHAIN, programme(None), PAYABLES_PRODUCT), "t1"))
    assert (path.capacity, path.binding_constraint.kind) == (None, ConstraintKind.ANCHOR_LIMIT)


def test_programme_that_is_used_up_is_no_path() -> None:
    assert not ask(chain_view(*CHAIN, programme(1000, used=wan(1000)), PAYABLES_PRODUCT), "t1").paths


def test_programme_limit_in_face_is_drawn_by_the_face() -> None:
    half = product(PAYABLES, "payables", advance_rate=dec("0.5"), **UNDER)
    view = chain_view(*CHAIN, programme(100, draw_basis=DrawBasis.FACE), half)
    path = only(ask(view, "t1"))
    assert (in_wan([path.capacity]), constraint(path, ConstraintKind.ANCHOR_LIMIT).draw_per_yuan) == ([50], Decimal(2))


def test_chain_is_no_longer_than_the_programme_reaches() -> None:
    view = chain_view(*CHAIN, programme(1000, max_tier=1), DEEP_PRODUCT, PAYABLES_PRODUCT)
    assert (len(ask(view, "t1").paths), len(ask(view, "t2").paths)) == (1, 0)


def test_programme_that_does_not_say_how_deep_it_reaches_is_searched_to_five_links_and_says_so() -> None:
    firms = [firm(f"s{place}") for place in range(7)]
    links = [supplies(f"s{place + 1}", f"s{place}", 3650, 90) for place in range(6)]
    view = chain_view(*firms, *links, supplies("s0", "anchor", 3650, 90), programme(1000, max_tier=None), DEEP_PRODUCT)
    path = only(ask(view, "s4"))
    assert (path.status, missing_of(path, Gate.ELIGIBILITY)) == (PathStatus.PROSPECTIVE, ["maxTier"])
    assert not ask(view, "s5").paths


def test_firm_is_not_passed_twice() -> None:
    view = chain_view(
        firm("a"), firm("b"), supplies("a", "b", 3650, 90), supplies("b", "a", 3650, 90), supplies("b", "anchor", 3650, 90),
        programme(1000), DEEP_PRODUCT,
    )  # fmt: skip
    assert [spine(view, path)[3:] for path in ask(view, "a").paths] == [["anchor", "b", "a"]]
    assert not ask(view, "b").paths


def test_one_wrong_step_type_leaves_no_path() -> None:
    # The programme's product finances another technique; the anchor buys nothing from t1.
    assert not ask(chain_view(*CHAIN, programme(1000), product(FACTORING, **UNDER)), "t2").paths
    assert not ask(
        chain_view(firm("t1"), supplies("anchor", "t1", 3650, 90), programme(1000), PAYABLES_PRODUCT), "t1"
    ).paths


def test_programme_without_products_is_financed_by_its_funder() -> None:
    view = chain_view(*CHAIN, programme(1000))
    path = ask(view, "t2").paths[0]
    assert spine(view, path) == ["bank", "programme", "anchor", "t1", "t2"]
    assert (path.capacity_is_upper_bound, missing_of(path, Gate.PRODUCT_OPEN)) == (True, ["products"])


def test_trade_between_related_firms_carries_nothing() -> None:
    held = Controls(source=Ref(ANCHOR), target=Ref("enterprise:t1"), share=dec("0.51"))
    view = chain_view(*CHAIN, held, programme(1000), DEEP_PRODUCT)
    assert [spine(view, path)[-2] for path in ask(view, "t2").paths] == ["t3"]


def test_buyer_with_a_debtor_limit_and_no_programme_makes_factoring_prospective() -> None:
    records = (firm("seller"), firm("buyer"), supplies("seller", "buyer", 3650, 90), product(FACTORING, "f"))
    limited = (*records, limit(LimitKind.DEBTOR_LIMIT, "enterprise:buyer", 400, product=Ref("loanProduct:f")))
    path = only(ask(view_of(bank(), *limited), "seller"))
    assert (path.technique, path.status, in_wan([path.capacity])) == (FACTORING, PathStatus.PROSPECTIVE, [400])
    assert (path.binding_constraint.kind, [one.kind for one in path.missing]) == (
        ConstraintKind.DEBTOR_LIMIT,
        ["Receivable"],
    )
    assert not ask(view_of(bank(), *records), "seller").paths


def test_debtor_limit_for_any_product_serves_the_lenders_factoring_products() -> None:
    records = (firm("seller"), firm("buyer"), supplies("seller", "buyer", 3650, 90))
    view = view_of(
        bank(),
        *records,
        product(FACTORING, "f"),
        product(FACTORING, "g"),
        limit(LimitKind.DEBTOR_LIMIT, "enterprise:buyer", 400),
    )
    assert [spine(view, path)[1] for path in ask(view, "seller").paths] == ["f", "g"]


def test_buyer_with_a_programme_is_not_factored_prospectively() -> None:
    view = chain_view(
        firm("t1"), supplies("t1", "anchor", 3650, 90), programme(1000), PAYABLES_PRODUCT, product(FACTORING, "f"),
        limit(LimitKind.DEBTOR_LIMIT, ANCHOR, 400),
    )  # fmt: skip
    assert {path.technique for path in ask(view, "t1").paths} == {PAYABLES}


def test_confirmed_receivable_is_payables_finance() -> None:
    claim = receivable(500, owner=Ref("enterprise:t1"), obligor=Ref(ANCHOR), confirmed=True)
    view = chain_view(firm("t1"), claim, programme(400), PAYABLES_PRODUCT)
    path = only(ask(view, "t1"))
    assert spine(view, path) == ["bank", "payables", "programme", "claim", "t1"]
    assert (path.status, in_wan([path.capacity]), path.binding_constraint.kind) == (
        PathStatus.AVAILABLE,
        [400],
        ConstraintKind.ANCHOR_LIMIT,
    )


@pytest.mark.parametrize(("confirmed", "statuses"), [(None, [PathStatus.CONDITIONAL]), (False, [])])
def test_unconfirmed_receivable_is_not_yet(confirmed: bool | None, statuses: list[PathStatus]) -> None:
    claim = receivable(500, owner=Ref("enterprise:t1"), obligor=Ref(ANCHOR), confirmed=confirmed)
    found = ask(chain_view(firm("t1"), claim, programme(400), PAYABLES_PRODUCT), "t1")
    assert [path.status for path in found.paths] == statuses


def test_part_of_a_voucher_is_financed_at_the_advance_rate() -> None:
    view = chain_view(
        firm("t1"), firm("t2"), voucher("root", "t1", 1000), voucher("part", "t2", 400, "root"), programme(300, used=wan(0)),
        product(DEEP, "deep", advance_rate=dec("0.95"), **UNDER),
    )  # fmt: skip
    path = only(ask(view, "t2"))
    assert spine(view, path) == ["bank", "deep", "programme", "root", "part", "t2"]
    part = constraint(path, ConstraintKind.VOUCHER_PART)
    assert in_wan([part.headroom, part.admits, path.capacity]) == [400, 380, 300]
    assert (path.status, path.binding_constraint.kind) == (PathStatus.AVAILABLE, ConstraintKind.ANCHOR_LIMIT)


def test_what_is_split_off_and_assigned_of_a_part_is_gone() -> None:
    view = chain_view(
        firm("t1"), firm("t2"), firm("t3"), voucher("root", "t1", 1000), voucher("part", "t2", 400, "root"),
        voucher("leaf", "t3", 150, "part"), programme(5000), DEEP_PRODUCT,
        encumbrance("a", EncumbranceKind.ASSIGNMENT, 50, asset=Ref("voucher:part")),
    )  # fmt: skip
    assert (capacities(ask(view, "t2")), capacities(ask(view, "t3"))) == ([200], [150])
    assert spine(view, only(ask(view, "t3")))[2:] == ["programme", "root", "part", "leaf", "t3"]


def test_root_voucher_is_payables_finance_and_no_deep_tier() -> None:
    view = chain_view(firm("t1"), voucher("root", "t1", 1000), programme(5000), DEEP_PRODUCT, PAYABLES_PRODUCT)
    assert only(ask(view, "t1")).technique is PAYABLES


def test_voucher_part_matures_with_its_root() -> None:
    view = chain_view(
        firm("t1"), firm("t2"), voucher("root", "t1", 1000, due_on=date(2025, 7, 1)), voucher("part", "t2", 400, "root"),
        programme(5000), DEEP_PRODUCT,
    )  # fmt: skip
    path = only(ask(view, "t2", need=need(1000, tenor_min_days=30, tenor_max_days=30)))
    assert verdict(path, Gate.TENOR) is Ternary.YES
    assert not ask(view, "t2", need=need(1000, tenor_min_days=31)).paths


def test_voucher_that_runs_longer_than_its_programme_allows_is_no_path() -> None:
    root = voucher("root", "t1", 1000, issued_on=date(2025, 1, 1), due_on=date(2025, 12, 1))
    view = chain_view(firm("t1"), root, programme(5000, voucher_max_days=180), PAYABLES_PRODUCT)
    assert not ask(view, "t1").paths


def test_finance_company_serves_outsiders_only_by_its_licence() -> None:
    def found(outside: bool | None) -> list[str]:
        lender = bank(type=InstitutionType.FINANCE_COMPANY, group=Ref("group:g"), finances_outside_group=outside)
        records = (
            Group(id="group:g", name="g"),
            firm("anchor", group=Ref("group:g")),
            *CHAIN,
            programme(1000),
            PAYABLES_PRODUCT,
        )
        return [verdict(path, Gate.LICENCE).name for path in ask(view_of(lender, *records), "t1").paths]

    assert [found(True), found(None), found(False)] == [["YES"], ["UNKNOWN"], []]


def test_budget_of_steps_cuts_longer_chains_and_says_so() -> None:
    view = chain_view(*CHAIN, programme(1000), DEEP_PRODUCT, PAYABLES_PRODUCT)
    found = ask(view, "t2", budget=Budget(max_steps=4))
    assert not found.paths
    assert (found.completeness.complete, found.completeness.reason) == (False, IncompleteReason.BUDGET)
    assert ask(view, "t2", budget=Budget(max_steps=8)).completeness.complete


def test_chain_of_ten_to_the_thirteen_fen_is_exact() -> None:
    link = supplies("t1", "anchor", Money(10**13 + 1), 90, dilution=dec("0.000003"))
    view = chain_view(firm("t1"), link, programme(10**9), product(PAYABLES, advance_rate=dec("0.999999"), **UNDER))
    assert only(ask(view, "t1")).capacity == ((10**13 + 1) * 90 // 365) * 999_999 * 999_997 // 10**12
