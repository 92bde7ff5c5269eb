"""Paths that finance a claim: lendable, recourse, exposure, gates. Amounts in 万元."""

from datetime import date

import pytest

from graph.kinds.contracts import Encumbrance, EncumbranceKind, Facility, Loan
from graph.kinds.parties import Controls, Group, InstitutionType
from graph.kinds.supply_side import LimitKind
from graph.kinds.terms import DrawBasis, OfferStatus, Recourse, Technique
from graph.money import Money
from graph.records import Ref
from queries.financing.terms import ConstraintKind, Gate, PathRecourse, PathStatus, Ternary
from tests.graph.build import TODAY
from tests.queries.finance import (
    BANK,
    BUYER,
    SELLER,
    ask,
    bank,
    capacities,
    claim_view,
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

DISCOUNTING, FACTORING, LOAN = Technique.RECEIVABLES_DISCOUNTING, Technique.FACTORING, Technique.RECEIVABLES_LOAN
ASSIGNMENT, PLEDGE = EncumbranceKind.ASSIGNMENT, EncumbranceKind.PLEDGE
LIMITS = (limit(LimitKind.SINGLE_NAME, SELLER, 50, "e"), limit(LimitKind.SINGLE_NAME, BUYER, 1000, "b"))


def test_claim_is_worth_what_dilution_assignments_and_prior_debt_leave() -> None:
    view = claim_view(
        receivable(1000, dilution=dec("0.05")),
        encumbrance("assigned", ASSIGNMENT, 200),
        encumbrance("pledged", PLEDGE, 300),
        advance_rate=dec("0.8"),
    )
    path = only(ask(view, "seller"))
    assert capacities(ask(view, "seller")) == [300]
    assert path.binding_constraint.kind is ConstraintKind.ASSET_FREE
    free = constraint(path, ConstraintKind.ASSET_FREE)
    assert in_wan([free.limit, free.used, free.headroom]) == [600, 300, 300]


def test_path_runs_from_the_bank_over_product_and_claim_to_the_seller() -> None:
    view = claim_view(receivable(500))
    path = only(ask(view, "seller"))
    assert spine(view, path) == ["bank", "product", "claim", "seller"]
    assert [step.relation for step in path.steps] == ["OFFERED_BY", "TAKES", "OWNED_BY"]
    assert (path.technique, path.status, path.recourse) == (DISCOUNTING, PathStatus.AVAILABLE, PathRecourse.NOT_STATED)
    assert (view.id_of(path.obligor), path.currency) == (BUYER, "CNY")


@pytest.mark.parametrize(
    ("recourse", "expected", "binding"),
    [
        (Recourse.FULL, 50, ConstraintKind.SINGLE_NAME),
        (Recourse.NONE, 450, ConstraintKind.ASSET_FREE),
        (None, 50, ConstraintKind.SINGLE_NAME),
        (Recourse.PARTIAL, 50, ConstraintKind.SINGLE_NAME),
    ],
)
def test_recourse_decides_whose_limit_is_drawn(
    recourse: Recourse | None, expected: float, binding: ConstraintKind
) -> None:
    path = only(ask(claim_view(receivable(450), *LIMITS, recourse=recourse), "seller"))
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([expected], binding)


def test_unstated_recourse_fits_the_limits_of_both_sides() -> None:
    view = claim_view(receivable(450), limit(LimitKind.SINGLE_NAME, BUYER, 30))
    assert capacities(ask(view, "seller")) == [30]


def test_full_recourse_draws_on_the_buyer_where_the_product_says_so() -> None:
    small = limit(LimitKind.DEBTOR_LIMIT, BUYER, 30)
    also = claim_view(receivable(450), small, recourse=Recourse.FULL, buyer_limit_with_recourse=True)
    alone = claim_view(receivable(450), small, recourse=Recourse.FULL)
    assert (capacities(ask(also, "seller")), capacities(ask(alone, "seller"))) == ([30], [450])


def test_limit_of_another_lender_is_not_drawn() -> None:
    view = claim_view(receivable(450), limit(LimitKind.SINGLE_NAME, SELLER, 1, lender=Ref("institution:other")))
    assert capacities(ask(view, "seller")) == [450]


def test_limit_for_one_product_binds_only_that_product() -> None:
    view = claim_view(
        receivable(450),
        product(DISCOUNTING, "second"),
        limit(LimitKind.SINGLE_NAME, SELLER, 10, product=Ref("loanProduct:second")),
    )
    assert capacities(ask(view, "seller")) == [450, 10]


@pytest.mark.parametrize(("committed", "expected"), [(True, 100), (False, 300)])
def test_exposure_of_a_facility_is_its_limit_where_committed_else_what_is_drawn(
    committed: bool, expected: float
) -> None:
    facility = Facility(
        id="facility:f", lender=Ref(BANK), borrower=Ref(SELLER), limit=wan(500), drawn=wan(300), committed=committed
    )
    view = claim_view(receivable(450), limit(LimitKind.SINGLE_NAME, SELLER, 600), facility, recourse=Recourse.FULL)
    path = only(ask(view, "seller", DISCOUNTING))
    assert in_wan([path.capacity]) == [expected]
    assert in_wan([constraint(path, ConstraintKind.SINGLE_NAME).used]) == [500 if committed else 300]


def test_loans_drawn_under_a_facility_count_once() -> None:
    facility = Facility(id="facility:f", lender=Ref(BANK), borrower=Ref(SELLER), limit=wan(500), committed=False)
    inside = Loan(
        id="loan:in",
        lender=Ref(BANK),
        borrower=Ref(SELLER),
        facility=Ref("facility:f"),
        principal=wan(300),
        outstanding=wan(200),
    )
    outside = Loan(id="loan:out", lender=Ref(BANK), borrower=Ref(SELLER), principal=wan(40))
    view = claim_view(
        receivable(450), limit(LimitKind.SINGLE_NAME, SELLER, 600), facility, inside, outside, recourse=Recourse.FULL
    )
    path = only(ask(view, "seller", DISCOUNTING))
    assert in_wan([constraint(path, ConstraintKind.SINGLE_NAME).used]) == [240]


def test_facility_of_which_nobody_says_whether_it_is_committed_leaves_an_upper_bound() -> None:
    facility = Facility(id="facility:f", lender=Ref(BANK), borrower=Ref(SELLER), limit=wan(500), drawn=wan(300))
    view = claim_view(receivable(450), limit(LimitKind.SINGLE_NAME, SELLER, 600), facility, recourse=Recourse.FULL)
    path = only(ask(view, "seller", DISCOUNTING))
    assert (in_wan([path.capacity]), path.capacity_is_upper_bound) == ([300], True)


def test_margin_nets_out_only_where_the_limit_says_so() -> None:
    facility = Facility(
        id="facility:f", lender=Ref(BANK), borrower=Ref(SELLER), drawn=wan(300), margin=wan(100), committed=False
    )

    def used(net: bool) -> list[float | None]:
        bound = limit(LimitKind.SINGLE_NAME, SELLER, 600, net_of_margin=net)
        view = claim_view(receivable(450), bound, facility, recourse=Recourse.FULL)
        return in_wan([constraint(only(ask(view, "seller", DISCOUNTING)), ConstraintKind.SINGLE_NAME).used])

    assert (used(True), used(False)) == ([200], [300])


def test_group_limit_counts_every_member() -> None:
    group = Group(id="group:g", name="g")
    sister = firm("sister", group=Ref("group:g"))
    loan = Loan(id="loan:l", lender=Ref(BANK), borrower=Ref("enterprise:sister"), principal=wan(70))
    view = view_of(
        bank(), firm("seller", group=Ref("group:g")), sister, firm("buyer"), group, loan, receivable(450),
        product(DISCOUNTING, recourse=Recourse.FULL), limit(LimitKind.GROUP, "group:g", 100),
    )  # fmt: skip
    path = only(ask(view, "seller", DISCOUNTING))
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([30], ConstraintKind.GROUP)


def test_claims_financed_without_recourse_are_exposure_to_the_buyer() -> None:
    records = (
        product(DISCOUNTING, recourse=Recourse.NONE),
        receivable(200, id="receivable:old"),
        Loan(id="loan:l", lender=Ref(BANK), borrower=Ref(SELLER), product=Ref("loanProduct:product"), principal=wan(150)),
        Encumbrance(
            id="encumbrance:x", kind=ASSIGNMENT, asset=Ref("receivable:old"), creditor=Ref(BANK),
            secures=Ref("loan:l"), amount=wan(200), registry_no="r",
        ),
        limit(LimitKind.DEBTOR_LIMIT, BUYER, 400),
        limit(LimitKind.SINGLE_NAME, SELLER, 1, "tiny"),
    )  # fmt: skip
    view = view_of(bank(), firm("seller"), firm("buyer"), receivable(450), *records)
    found = ask(view, "seller", DISCOUNTING, status=[PathStatus.AVAILABLE])
    assert in_wan([constraint(found.paths[0], ConstraintKind.DEBTOR_LIMIT).used]) == [150]
    assert capacities(found) == [250]


def test_limit_in_face_leaves_headroom_in_principal_times_the_advance_rate() -> None:
    view = claim_view(
        receivable(1000), limit(LimitKind.DEBTOR_LIMIT, BUYER, 100, draw_basis=DrawBasis.FACE),
        recourse=Recourse.NONE, advance_rate=dec("0.8"),
    )  # fmt: skip
    path = only(ask(view, "seller"))
    assert in_wan([path.capacity, constraint(path, ConstraintKind.DEBTOR_LIMIT).headroom]) == [80, 100]
    assert constraint(path, ConstraintKind.DEBTOR_LIMIT).draw_per_yuan == dec("1.25")


@pytest.mark.parametrize(
    "fields",
    [{"advance_rate": None}, {}],
    ids=["no advance rate", "no dilution"],
)
def test_factor_that_nobody_states_leaves_an_upper_bound(fields: dict[str, None]) -> None:
    claim = receivable(1000) if fields else receivable(1000, dilution=None)
    path = only(ask(claim_view(claim, **fields), "seller"))
    assert (in_wan([path.capacity]), path.capacity_is_upper_bound) == ([1000], True)


def test_confirmed_payable_has_no_dilution() -> None:
    path = only(ask(claim_view(receivable(1000, dilution=dec("0.1"), confirmed=True)), "seller"))
    assert (in_wan([path.capacity]), path.capacity_is_upper_bound) == ([1000], False)


def test_limit_whose_amount_nobody_states_leaves_no_capacity() -> None:
    view = claim_view(receivable(450), limit(LimitKind.SINGLE_NAME, SELLER, None), recourse=Recourse.FULL)
    path = only(ask(view, "seller"))
    assert (path.capacity, path.binding_constraint.kind) == (None, ConstraintKind.SINGLE_NAME)
    assert (path.status, missing_of(path, Gate.LIMIT)) == (PathStatus.CONDITIONAL, ["limit"])


def test_paths_without_capacity_come_last() -> None:
    unstated = limit(LimitKind.SINGLE_NAME, SELLER, None, product=Ref("loanProduct:a"))
    view = claim_view(receivable(10), product(LOAN, "a"), unstated)
    assert capacities(ask(view, "seller")) == [10, None]


def test_limit_for_a_product_that_is_no_more_binds_nothing() -> None:
    gone = limit(LimitKind.SINGLE_NAME, SELLER, 1, product=Ref("loanProduct:gone"))
    assert capacities(ask(claim_view(receivable(10), gone), "seller")) == [10]


def test_need_bounds_the_capacity_first_among_equals() -> None:
    path = only(ask(claim_view(receivable(450)), "seller", need=need(450)))
    assert path.binding_constraint.kind is ConstraintKind.NEED


def test_product_maximum_bounds_the_capacity() -> None:
    path = only(ask(claim_view(receivable(450), max_amount=wan(200)), "seller"))
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([200], ConstraintKind.PRODUCT_MAX)


def test_capacity_below_the_product_minimum_is_no_path() -> None:
    assert not ask(claim_view(receivable(450), min_amount=wan(500)), "seller").paths
    assert ask(claim_view(receivable(450), min_amount=wan(400)), "seller", need=need(10)).paths


@pytest.mark.parametrize(
    ("fields", "gate", "missing"),
    [
        ({"assignable": None}, Gate.TITLE, ["assignable"]),
        ({"invoice_no": None, "delivery_no": None}, Gate.TRADE_EVIDENCE, ["invoiceNo", "deliveryNo"]),
    ],
)
def test_missing_fact_makes_a_path_conditional_and_is_named(
    fields: dict[str, None], gate: Gate, missing: list[str]
) -> None:
    path = only(ask(claim_view(receivable(450, **fields)), "seller"))
    assert (path.status, missing_of(path, gate)) == (PathStatus.CONDITIONAL, missing)


@pytest.mark.parametrize(
    ("fields", "product_fields"),
    [
        ({"assignable": False}, {}),
        ({}, {"status": OfferStatus.CLOSED}),
        ({}, {"status": OfferStatus.PLANNED}),
        ({"due_on": date(2025, 5, 1)}, {"overdue_max_days": 30}),
        ({"paid": wan(450)}, {}),
    ],
    ids=["not assignable", "closed", "planned", "overdue", "paid"],
)
def test_gate_that_says_no_leaves_no_path(fields: dict[str, object], product_fields: dict[str, object]) -> None:
    assert not ask(claim_view(receivable(450, **fields), **product_fields), "seller").paths


def test_claim_overdue_within_the_product_limit_keeps_its_worth() -> None:
    view = claim_view(receivable(450, due_on=date(2025, 5, 20)), overdue_max_days=30)
    assert capacities(ask(view, "seller")) == [450]


def test_registration_without_amount_leaves_no_path() -> None:
    assert not ask(claim_view(receivable(450), encumbrance("all", PLEDGE, None)), "seller").paths


def test_blanket_registration_of_the_seller_leaves_no_path() -> None:
    blanket = encumbrance("all", PLEDGE, None, asset=None, grantor=Ref(SELLER), blanket=True)
    assert not ask(claim_view(receivable(450), blanket), "seller").paths


def test_claim_on_a_related_party_is_not_financed() -> None:
    held = Controls(source=Ref(BUYER), target=Ref(SELLER), share=dec("0.6"))
    minority = Controls(source=Ref(BUYER), target=Ref(SELLER), share=dec("0.4"))
    assert not ask(claim_view(receivable(450), held), "seller").paths
    assert ask(claim_view(receivable(450), minority), "seller").paths


def test_unregistered_prior_claim_leaves_the_rank_unknown() -> None:
    view = claim_view(receivable(450), encumbrance("loose", PLEDGE, 100, registry_no=None))
    path = only(ask(view, "seller"))
    assert (verdict(path, Gate.REGISTRATION), missing_of(path, Gate.REGISTRATION)) == (Ternary.UNKNOWN, ["registryNo"])


@pytest.mark.parametrize(
    ("with_notice", "notified", "expected"),
    [
        (False, None, Ternary.YES),
        (True, True, Ternary.YES),
        (True, None, Ternary.UNKNOWN),
        (None, None, Ternary.UNKNOWN),
    ],
)
def test_notice_is_needed_only_where_the_product_works_with_it(
    with_notice: bool | None, notified: bool | None, expected: Ternary
) -> None:
    view = claim_view(receivable(450, notified=notified), technique=FACTORING, with_notice=with_notice)
    assert verdict(only(ask(view, "seller")), Gate.NOTICE) is expected


def test_factoring_with_notice_of_a_debtor_that_was_not_notified_is_no_path() -> None:
    view = claim_view(receivable(450, notified=False), technique=FACTORING, with_notice=True)
    assert not ask(view, "seller").paths


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(InstitutionType.BANK, True), (InstitutionType.FACTOR, False), (InstitutionType.GUARANTOR, False)],
)
def test_source_must_be_licensed_for_the_technique(kind: InstitutionType, expected: bool) -> None:
    view = view_of(bank(type=kind), firm("seller"), firm("buyer"), receivable(450), product(DISCOUNTING))
    assert bool(ask(view, "seller").paths) is expected


def test_source_of_unknown_type_is_conditional() -> None:
    view = view_of(bank(type=None), firm("seller"), firm("buyer"), receivable(450), product(DISCOUNTING))
    path = only(ask(view, "seller"))
    assert (path.status, missing_of(path, Gate.LICENCE)) == (PathStatus.CONDITIONAL, ["type"])


def test_tenor_of_need_product_and_claim_must_meet() -> None:
    due = {"due_on": date(2025, 7, 31)}  # 60 days from TODAY
    assert (due["due_on"] - TODAY).days == 60

    def found(tenor_min: int, tenor_max: int) -> int:
        asked = need(10, tenor_min_days=tenor_min, tenor_max_days=tenor_max)
        return len(ask(claim_view(receivable(450, **due)), "seller", need=asked).paths)

    assert [found(30, 60), found(60, 90), found(61, 90), found(1, 59)] == [1, 1, 0, 0]


def test_tenor_without_a_due_day_is_unknown_where_the_need_asks_for_one() -> None:
    view = claim_view(receivable(450))
    path = only(ask(view, "seller", need=need(10, tenor_max_days=90)))
    assert missing_of(path, Gate.TENOR) == ["dueOn"]
    assert verdict(only(ask(view, "seller")), Gate.TENOR) is Ternary.YES


@pytest.mark.parametrize(
    ("days", "needed_by", "expected"),
    [(5, date(2025, 6, 10), [Ternary.YES]), (15, date(2025, 6, 10), []), (None, date(2025, 6, 10), [Ternary.UNKNOWN])],
)
def test_money_must_come_by_the_day_that_it_is_needed(
    days: int | None, needed_by: date, expected: list[Ternary]
) -> None:
    view = claim_view(receivable(450), processing_days=days)
    found = ask(view, "seller", need=need(10, needed_by=needed_by))
    assert [verdict(path, Gate.TIMING) for path in found.paths] == expected


def test_purpose_must_be_among_those_of_the_product() -> None:
    view = claim_view(receivable(450), purposes=("流动资金", "技术改造"))
    assert ask(view, "seller", need=need(10, purpose="补充流动资金")).paths
    assert not ask(view, "seller", need=need(10, purpose="股权投资")).paths


def test_claim_in_another_currency_has_no_amount_without_a_rate() -> None:
    foreign = receivable(Money(450_000_000, "USD"))
    path = only(ask(claim_view(foreign), "seller"))
    assert (path.capacity, verdict(path, Gate.CURRENCY)) == (None, Ternary.UNKNOWN)


def test_claim_of_ten_to_the_thirteen_fen_is_exact() -> None:
    view = claim_view(receivable(Money(10**13 + 7), dilution=dec("0.000001")), advance_rate=dec("0.999999"))
    assert only(ask(view, "seller")).capacity == (10**13 + 7) * 999_999**2 // 10**12


def test_wrong_step_leaves_no_path() -> None:
    # The seller does not own the claim: the word breaks at OWNED_BY.
    assert not ask(claim_view(receivable(450, owner=Ref(BUYER))), "seller").paths
