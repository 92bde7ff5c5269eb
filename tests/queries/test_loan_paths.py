"""Paths that lend to the beneficiary itself: lines, guarantees, pools, contracts in force. Amounts in 万元."""

from datetime import date
from decimal import Decimal

import pytest

from graph.kinds.contracts import Facility, Guarantee, Loan
from graph.kinds.demand_side import FinancingNeed, Fulfils, NeedStatus
from graph.kinds.parties import BankBranch, EnterpriseStatus, Group, InstitutionType, Tagged
from graph.kinds.places import Industry, Region, Tag
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.supply_side import LimitKind, Pool
from graph.kinds.terms import Dimension, DrawBasis, Instrument, Operator, SizeClass, Stage, Technique
from graph.records import Record, Ref
from graph.view import View
from queries.financing.answers import FinancingPath
from queries.financing.terms import ConstraintKind, Gate, PathStatus, Stated, SupportKind, Ternary
from tests.queries.finance import (
    BANK,
    SELLER,
    WAN,
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
    spine,
    verdict,
    view_of,
    wan,
)

LINE, GUARANTEED, POOLED = Technique.COMPREHENSIVE_LINE, Technique.GUARANTEED_LOAN, Technique.POOL_BACKED_LOAN
GUARANTOR = "institution:guarantor"


def guarantor(**fields: object) -> Record:
    given = {"net_assets": wan(10_000), "guarantee_multiple": Decimal(10), "per_name_share": Decimal("0.1"), **fields}
    return bank("guarantor", type=InstitutionType.GUARANTOR, **given)


def offer(**fields: object) -> Guarantee:
    given = {"guarantor": Ref(GUARANTOR), "debtor": Ref(SELLER), **fields}
    return Guarantee(id="guarantee:offer", **given)


def pool(**fields: object) -> Pool:
    given = {"balance": wan(400), "multiple": Decimal(10), "draw_basis": DrawBasis.PRINCIPAL, **fields}
    return Pool(id="pool:p", name="p", **given)


def guaranteed_view(*records: Record, **fields: object) -> View:
    return view_of(bank(), firm("seller"), firm("other"), guarantor(), product(GUARANTEED, **fields), *records)


def bounds(path: FinancingPath, kind: ConstraintKind) -> list[list[float | None]]:
    return [in_wan([one.limit, one.used, one.headroom]) for one in path.constraints if one.kind is kind]


def test_guarantor_is_bound_in_all_and_for_one_name() -> None:
    outstanding = Guarantee(
        id="guarantee:g", guarantor=Ref(GUARANTOR), debtor=Ref("enterprise:other"), outstanding=wan(20_000)
    )
    path = only(ask(guaranteed_view(outstanding, offer(cover_share=Decimal(1))), "seller"))
    assert bounds(path, ConstraintKind.GUARANTOR) == [[100_000, 20_000, 80_000], [1000, 0, 1000]]
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([1000], ConstraintKind.GUARANTOR)


def test_cover_moves_its_share_from_the_debtor_to_the_guarantor() -> None:
    path = only(ask(guaranteed_view(offer(cover_share=dec("0.8")), limit(LimitKind.SINGLE_NAME, SELLER, 50)), "seller"))
    debtor = constraint(path, ConstraintKind.SINGLE_NAME)
    assert (in_wan([path.capacity, debtor.headroom]), debtor.draw_per_yuan) == ([250, 50], dec("0.2"))
    draws = {one.draw_per_yuan for one in path.constraints if one.kind is ConstraintKind.GUARANTOR}
    assert draws == {dec("0.8")}
    assert [path.capacity // WAN * share for share in (dec("0.2"), dec("0.8"))] == [50, 200]  # type: ignore[operator]


def test_share_of_cover_that_nobody_states_fits_both_limits() -> None:
    view = guaranteed_view(offer(), limit(LimitKind.SINGLE_NAME, SELLER, 50))
    path = only(ask(view, "seller"))
    assert (in_wan([path.capacity]), constraint(path, ConstraintKind.SINGLE_NAME).draw_per_yuan) == ([50], Decimal(1))


def test_offered_amount_bounds_the_guarantee() -> None:
    path = only(ask(guaranteed_view(offer(cover_share=dec("0.5"), amount=wan(100))), "seller"))
    assert in_wan([path.capacity]) == [200]


def test_guarantee_supports_the_last_step_and_carries_no_cash() -> None:
    path = only(ask(guaranteed_view(offer(cover_share=dec("0.8"))), "seller"))
    support = path.supports[0]
    assert (support.kind, support.cover_share, support.step) == (SupportKind.GUARANTEE, dec("0.8"), 1)
    assert support.provider not in path.nodes
    assert path.status is PathStatus.AVAILABLE


def test_without_an_offer_a_guarantee_is_still_to_be_found() -> None:
    view = guaranteed_view()
    path = only(ask(view, "seller"))
    assert (path.status, path.capacity) == (PathStatus.PROSPECTIVE, None)
    assert [(one.kind, one.by) for one in path.missing] == [("Guarantee", -1)]
    assert path.binding_constraint.kind is ConstraintKind.GUARANTOR


def test_guarantee_for_another_creditor_is_no_offer() -> None:
    view = view_of(
        bank(),
        bank("other"),
        firm("seller"),
        guarantor(),
        product(GUARANTEED),
        offer(creditor=Ref("institution:other")),
    )
    assert only(ask(view, "seller")).status is PathStatus.PROSPECTIVE


def test_each_offered_guarantee_makes_a_path_of_its_own() -> None:
    second = Guarantee(id="guarantee:second", guarantor=Ref("enterprise:other"), debtor=Ref(SELLER), amount=wan(70))
    found = ask(guaranteed_view(offer(cover_share=Decimal(1)), second), "seller")
    assert capacities(found) == [1000, 70]
    assert len({path.id for path in found.paths}) == 2


def test_wanted_supports_leave_out_paths_without_them() -> None:
    view = view_of(
        bank(), firm("seller"), guarantor(), product(GUARANTEED), product(LINE, "line", max_amount=wan(9)), offer()
    )
    assert {path.technique for path in ask(view, "seller", supports=[SupportKind.GUARANTEE]).paths} == {GUARANTEED}


def pooled_view(*records: Record, product_fields: dict[str, object] | None = None, **fields: object) -> View:
    offered = product(POOLED, pool=Ref("pool:p"), **(product_fields or {}))
    return view_of(bank(), firm("seller"), firm("other"), pool(**fields), offered, *records)


@pytest.mark.parametrize(
    ("basis", "expected", "draw"), [(DrawBasis.PRINCIPAL, 4000, "1"), (DrawBasis.COVER, 8000, "0.5"), (None, 4000, "1")]
)
def test_pool_covers_by_principal_or_by_the_covered_part(basis: DrawBasis | None, expected: float, draw: str) -> None:
    path = only(ask(pooled_view(draw_basis=basis, cover_share=dec("0.5")), "seller"))
    bound = constraint(path, ConstraintKind.POOL)
    assert (in_wan([path.capacity, bound.headroom]), bound.draw_per_yuan) == ([expected, 4000], dec(draw))


def test_what_a_pool_covers_already_is_used() -> None:
    loans = [
        Loan(id="loan:a", lender=Ref(BANK), borrower=Ref("enterprise:other"), pool=Ref("pool:p"), principal=wan(900), outstanding=wan(600)),
        Loan(id="loan:b", lender=Ref(BANK), borrower=Ref("enterprise:other"), product=Ref("loanProduct:product"), principal=wan(400)),
    ]  # fmt: skip
    whole = only(ask(pooled_view(*loans), "seller"))
    covered = only(ask(pooled_view(*loans, draw_basis=DrawBasis.COVER, cover_share=dec("0.5")), "seller"))
    assert bounds(whole, ConstraintKind.POOL) == [[4000, 1000, 3000]]
    assert bounds(covered, ConstraintKind.POOL) == [[4000, 500, 3500]]


def test_pool_caps_each_borrower() -> None:
    mine = Loan(id="loan:a", lender=Ref(BANK), borrower=Ref(SELLER), pool=Ref("pool:p"), principal=wan(30))
    found = ask(pooled_view(mine, per_borrower_cap=wan(100)), "seller", status=[PathStatus.AVAILABLE])
    assert bounds(only(found), ConstraintKind.POOL) == [[4000, 30, 3970], [100, 30, 70]]


@pytest.mark.parametrize("field", ["multiple", "balance"])
def test_pool_without_balance_or_multiple_leaves_no_capacity(field: str) -> None:
    path = only(ask(pooled_view(**{field: None}), "seller"))
    assert (path.capacity, path.status, missing_of(path, Gate.LIMIT)) == (None, PathStatus.CONDITIONAL, [field])
    assert path.binding_constraint.stated is Stated.NOT_STATED


def test_pool_stops_at_its_bad_loan_rate() -> None:
    assert not ask(pooled_view(stop_rate=dec("0.05"), bad_loan_rate=dec("0.05")), "seller").paths
    unknown = only(ask(pooled_view(stop_rate=dec("0.05")), "seller"))
    assert (unknown.status, missing_of(unknown, Gate.LIMIT)) == (PathStatus.CONDITIONAL, ["badLoanRate"])


def test_pool_backed_product_that_names_no_pool_has_no_capacity() -> None:
    path = only(ask(view_of(bank(), firm("seller"), product(POOLED)), "seller"))
    assert (path.capacity, path.binding_constraint.kind) == (None, ConstraintKind.POOL)


def line_view(*records: Record, **fields: object) -> View:
    return view_of(bank(), firm("seller"), product(LINE, **fields), *records)


def test_offered_line_is_bound_by_the_limits_alone() -> None:
    found = ask(line_view(limit(LimitKind.SINGLE_NAME, SELLER, 80), max_amount=wan(100)), "seller")
    assert (capacities(found), found.paths[0].status) == ([80], PathStatus.AVAILABLE)


def test_offered_line_of_which_nobody_states_a_bound_has_no_capacity() -> None:
    path = only(ask(line_view(), "seller", need=need(100)))
    assert (path.capacity, path.status, missing_of(path, Gate.LIMIT)) == (None, PathStatus.CONDITIONAL, ["maxAmount"])


def facility(**fields: object) -> Facility:
    given = {"lender": Ref(BANK), "borrower": Ref(SELLER), "limit": wan(500), "drawn": wan(300), **fields}
    return Facility(id="facility:f", **given)


def test_facility_in_force_has_its_undrawn_part() -> None:
    view = view_of(bank(), firm("seller"), facility())
    path = only(ask(view, "seller"))
    assert (path.technique, path.status, in_wan([path.capacity])) == (LINE, PathStatus.EXISTING, [200])
    assert [step.relation for step in path.steps] == ["GRANTED_BY", "GRANTED_TO"]


@pytest.mark.parametrize(("committed", "expected"), [(True, 200), (False, 60)])
def test_committed_facility_is_exposure_already(committed: bool, expected: float) -> None:
    small = limit(LimitKind.SINGLE_NAME, SELLER, 360)
    path = only(ask(view_of(bank(), firm("seller"), facility(committed=committed), small), "seller"))
    assert in_wan([path.capacity]) == [expected]
    shown = constraint(path, ConstraintKind.SINGLE_NAME)
    assert shown.stated is (Stated.NOT_APPLICABLE if committed else Stated.STATED)


def test_expired_facility_has_nothing_left() -> None:
    assert capacities(ask(view_of(bank(), firm("seller"), facility(expires_on=date(2025, 6, 1))), "seller")) == [0]


def test_facility_of_a_technique_is_a_path_of_that_technique() -> None:
    path = only(ask(view_of(bank(), firm("seller"), facility(technique=Technique.FACTORING)), "seller"))
    assert path.technique is Technique.FACTORING


def test_loan_in_force_has_no_capacity_left() -> None:
    loan = Loan(
        id="loan:l", lender=Ref(BANK), borrower=Ref(SELLER), product=Ref("loanProduct:product"), principal=wan(90)
    )
    found = ask(line_view(loan, max_amount=wan(100)), "seller")
    assert [(path.status, in_wan([path.capacity])) for path in found.paths] == [
        (PathStatus.EXISTING, [0]),
        (PathStatus.AVAILABLE, [100]),
    ]


def test_status_is_chosen() -> None:
    view = line_view(facility(), max_amount=wan(100))
    assert [path.status for path in ask(view, "seller", status=[PathStatus.EXISTING]).paths] == [PathStatus.EXISTING]


def test_branch_lends_for_its_bank() -> None:
    branch = BankBranch(id="bankBranch:x", name="x", bank=Ref(BANK))
    view = view_of(
        bank(), firm("seller"), branch, product(LINE, lender=Ref("bankBranch:x"), max_amount=wan(100)),
        limit(LimitKind.SINGLE_NAME, SELLER, 40),
    )  # fmt: skip
    assert capacities(ask(view, "seller", sources=[BANK])) == [40]


def test_sources_are_chosen() -> None:
    view = view_of(
        bank(), bank("other"), firm("seller"), product(LINE, max_amount=wan(1)),
        product(LINE, "p2", lender=Ref("institution:other"), max_amount=wan(2)),
    )  # fmt: skip
    assert [spine(view, path)[0] for path in ask(view, "seller", sources=["institution:other"]).paths] == ["other"]


def test_source_of_the_same_group_is_left_out_unless_asked_for_or_its_finance_company() -> None:
    def found(kind: InstitutionType, include: bool) -> int:
        lender = bank(type=kind, group=Ref("group:g"))
        view = view_of(
            lender,
            Group(id="group:g", name="g"),
            firm("seller", group=Ref("group:g")),
            product(LINE, max_amount=wan(1)),
        )
        return len(ask(view, "seller", include_intra_group=include).paths)

    cases = [(InstitutionType.BANK, False), (InstitutionType.BANK, True), (InstitutionType.FINANCE_COMPANY, False)]
    assert [found(*case) for case in cases] == [0, 1, 1]


def test_economic_dependence_is_no_control() -> None:
    group = Group(id="group:g", name="g", dependence=True)
    view = view_of(
        bank(group=Ref("group:g")), group, firm("seller", group=Ref("group:g")), product(LINE, max_amount=wan(1))
    )
    assert ask(view, "seller").paths


INDUSTRIES = (
    Industry(id="industry:s:C", scheme="s", code="C", name="C"),
    Industry(id="industry:s:C35", scheme="s", code="C35", name="C35", parent=Ref("industry:s:C")),
    Industry(id="industry:s:A", scheme="s", code="A", name="A"),
)


def eligible(*rules: Rule, **seller: object) -> list[Ternary]:
    view = view_of(
        bank(), firm("seller", **seller), product(LINE, max_amount=wan(9)), *INDUSTRIES, Tag(id="tag:t", name="t"),
        Region(code="41", name="r"), Tagged(source=Ref(SELLER), target=Ref("tag:t")), *rules,
    )  # fmt: skip
    return [verdict(path, Gate.ELIGIBILITY) for path in ask(view, "seller").paths]


def rule(name: str, dimension: Dimension | None, operator: Operator | None = Operator.IN, **fields: object) -> Rule:
    given = {"about": Ref("loanProduct:product"), **fields}
    return Rule(
        id=f"rule:{name}", kind=RuleKind.ELIGIBILITY, name=name, dimension=dimension, operator=operator, **given
    )


MANUFACTURING = rule("c", Dimension.INDUSTRY, industry=Ref("industry:s:C"))
FARMING = rule("a", Dimension.INDUSTRY, industry=Ref("industry:s:A"))
SMALL = rule("small", Dimension.SIZE, size=SizeClass.SMALL)
MACHINES = {"industry": Ref("industry:s:C35")}


def test_rule_on_an_industry_admits_all_below_it() -> None:
    assert eligible(MANUFACTURING, **MACHINES) == [Ternary.YES]


def test_rules_of_one_dimension_are_alternatives_of_several_all_hold() -> None:
    assert eligible(FARMING, MANUFACTURING, **MACHINES) == [Ternary.YES]
    assert eligible(MANUFACTURING, SMALL, **MACHINES, size=SizeClass.SMALL) == [Ternary.YES]
    assert eligible(MANUFACTURING, SMALL, **MACHINES, size=SizeClass.LARGE) == []


def test_excluding_rule_blocks_what_it_names() -> None:
    excluded = rule("not", Dimension.INDUSTRY, Operator.NOT_IN, industry=Ref("industry:s:C"))
    assert eligible(excluded, **MACHINES) == []
    assert eligible(excluded, industry=Ref("industry:s:A")) == [Ternary.YES]


def test_unknown_fact_about_the_firm_is_unknown_and_named() -> None:
    view = view_of(bank(), firm("seller"), product(LINE, max_amount=wan(9)), SMALL)
    path = only(ask(view, "seller"))
    assert (path.status, missing_of(path, Gate.ELIGIBILITY)) == (PathStatus.CONDITIONAL, ["size"])


def test_rule_in_words_is_unknown_and_a_preference_does_not_count() -> None:
    assert eligible(rule("words", None, None, text="市场前景好")) == [Ternary.UNKNOWN]
    assert eligible(rule("soft", Dimension.STAGE, stage=Stage.SEED, hard=False)) == [Ternary.YES]


def test_tags_are_decided_by_those_recorded() -> None:
    assert eligible(rule("t", Dimension.TAG, tag=Ref("tag:t"))) == [Ternary.YES]


def test_largest_ticket_caps_the_path_and_the_smallest_is_a_gate() -> None:
    most = rule("most", Dimension.TICKET, Operator.LTE, amount=wan(5))
    least = rule("least", Dimension.TICKET, Operator.GTE, amount=wan(3))
    view = view_of(bank(), firm("seller"), product(LINE, max_amount=wan(9)), most, least)
    assert capacities(ask(view, "seller")) == [5]
    assert capacities(ask(view, "seller", need=need(4))) == [4]
    assert not ask(view, "seller", need=need(2)).paths


def test_firm_that_is_struck_off_is_not_eligible() -> None:
    assert eligible(status=EnterpriseStatus.REVOKED) == []


def fin_need(name: str, amount: float, **fields: object) -> FinancingNeed:
    given = {"instrument": Instrument.DEBT, **fields}
    return FinancingNeed(id=f"financingNeed:{name}", enterprise=Ref(SELLER), amount=wan(amount), **given)


def test_open_needs_that_the_technique_serves_are_added_up() -> None:
    done = Fulfils(source=Ref("loan:l"), target=Ref("financingNeed:a"))
    records = (
        fin_need("a", 100), fin_need("b", 50), fin_need("equity", 7, instrument=Instrument.EQUITY),
        fin_need("old", 9, status=NeedStatus.FUNDED), done,
        Loan(id="loan:l", lender=Ref("institution:other"), borrower=Ref(SELLER), principal=wan(30)),
    )  # fmt: skip
    path = only(ask(line_view(*records, max_amount=wan(1000)), "seller"))
    wanted = constraint(path, ConstraintKind.NEED)
    assert in_wan([wanted.limit, wanted.used, wanted.headroom, path.capacity]) == [150, 30, 120, 120]


def test_need_due_first_gives_tenor_and_purpose() -> None:
    view = line_view(
        fin_need("late", 10, needed_by=date(2025, 12, 1), tenor_min_days=900),
        fin_need("soon", 10, needed_by=date(2025, 7, 1), tenor_min_days=90, tenor_max_days=180),
        max_amount=wan(1000), tenor_max_days=365, processing_days=5,
    )  # fmt: skip
    assert verdict(only(ask(view, "seller")), Gate.TENOR) is Ternary.YES


def test_without_any_need_the_need_is_no_limit() -> None:
    path = only(ask(line_view(max_amount=wan(1000)), "seller"))
    assert not [one for one in path.constraints if one.kind is ConstraintKind.NEED]


def test_asked_instruments_leave_out_techniques_that_serve_none_of_them() -> None:
    view = line_view(max_amount=wan(1000))
    assert not ask(view, "seller", need=need(1, instruments=(Instrument.EQUITY,))).paths
