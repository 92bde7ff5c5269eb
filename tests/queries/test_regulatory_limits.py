"""What regulators cap: share × base − exposure, by dated rules; gross of supports; all that a lender has out counts. Amounts in 万元."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.assets import Bill
from graph.kinds.contracts import (
    Encumbrance,
    EncumbranceKind,
    Facility,
    Guarantee,
    JointCredit,
    Lease,
    LentBy,
    Loan,
    PppContract,
    PppPart,
)  # fmt: skip
from graph.kinds.parties import BankBranch, Group, InstitutionType, MemberOf
from graph.kinds.places import Region, RegionLevel
from graph.kinds.policy import CapitalBase, RegulatoryLimit, Rule, RuleKind
from graph.kinds.supply_side import LimitKind
from graph.kinds.terms import DrawBasis, Instrument, Recourse, Technique
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.financing.answers import ConstraintShown, FinancingPath
from queries.financing.terms import ConstraintKind, PathStatus
from tests.examples import FEW_WORLDS
from tests.queries.finance import (
    BANK,
    BUYER,
    SELLER,
    ask,
    bank,
    claim_view,
    constraint,
    dec,
    firm,
    in_wan,
    limit,
    only,
    product,
    receivable,
    view_of,
    wan,
)  # fmt: skip

LINE, GUARANTEED, DISCOUNT = Technique.COMPREHENSIVE_LINE, Technique.GUARANTEED_LOAN, Technique.RECEIVABLES_DISCOUNTING
SINGLE, GROUP = ConstraintKind.SINGLE_NAME, ConstraintKind.GROUP
NAME, CONNECTED = RegulatoryLimit.SINGLE_NAME, RegulatoryLimit.CONNECTED


def cap(scope: RegulatoryLimit, share: str | None, name: str = "cap", **fields: Any) -> Rule:
    given = {"base": CapitalBase.NET_CAPITAL, "institution_type": InstitutionType.BANK, **fields}
    return Rule(
        id=f"rule:{name}", name=name, kind=RuleKind.REGULATORY_LIMIT, limit_kind=scope, value=dec(share), **given
    )


def lent_view(*records: Record, as_of: date = date(2025, 6, 1), **fields: Any) -> View:
    lender = bank(**{"net_capital": wan(10_000), "tier1_capital": wan(8000), "net_assets": wan(9000), **fields})
    others = (bank("other"), firm("seller"), firm("sister"), firm("buyer"), product(LINE))
    given = {record.id or repr(record): record for record in (lender, *others, *records)}
    dated = [record for record in records if record.valid_from is not None]
    return view_of(*(record for record in given.values() if record not in dated), *dated, as_of=as_of)


def line(view: View) -> FinancingPath:
    return only(ask(view, "seller", LINE, status=[PathStatus.AVAILABLE, PathStatus.CONDITIONAL]))


def loan(name: str, amount: float | None, borrower: str = SELLER, **fields: Any) -> Loan:
    given = {"lender": Ref(BANK), **fields}
    return Loan(id=f"loan:{name}", borrower=Ref(borrower), principal=None if amount is None else wan(amount), **given)


def facility(limit_: float, drawn: float | None, **fields: Any) -> Facility:
    return Facility(
        id="facility:f", lender=Ref(BANK), borrower=Ref(SELLER), limit=wan(limit_), drawn=None if drawn is None else wan(drawn), **fields
    )  # fmt: skip


def sisters(share: Decimal | str, contract: str | None = None) -> Guarantee:
    """A guarantee of the seller's sister: of a contract, or offered."""
    return Guarantee(
        id=f"guarantee:{contract}",
        guarantor=Ref("enterprise:sister"),
        debtor=Ref(SELLER),
        contract=None if contract is None else Ref(contract),
        cover_share=dec(str(share)),
        amount=wan(10**6),
    )


def shown(one: ConstraintShown) -> list[float | None]:
    return in_wan([one.limit, one.used, one.headroom])


def used(*records: Record) -> float | None:
    """What counts on the seller under a cap of its name."""
    return shown(constraint(line(lent_view(cap(NAME, "1"), *records)), SINGLE))[1]


@pytest.mark.parametrize(
    ("base", "limit_"),
    [
        (CapitalBase.NET_CAPITAL, 1000),
        (CapitalBase.TIER1_CAPITAL, 800),
        (CapitalBase.NET_ASSETS, 900),
        (CapitalBase.RISK_ASSETS, 7000),
    ],
)
def test_headroom_is_share_of_the_base_less_exposure(base: CapitalBase, limit_: float) -> None:
    view = lent_view(cap(NAME, "0.1", base=base), loan("l", 300), risk_assets=wan(70_000))
    assert shown(constraint(line(view), SINGLE)) == [limit_, 300, limit_ - 300]


def test_two_versions_of_a_rule_give_two_answers() -> None:
    old = cap(NAME, "0.15", valid_from=date(2018, 7, 1))
    new = cap(NAME, "0.10", valid_from=date(2025, 1, 1))
    capacities = [line(lent_view(old, new, as_of=day)).capacity for day in (date(2024, 12, 31), date(2025, 1, 1))]
    assert in_wan(capacities) == [1500, 1000]


def test_rule_in_force_later_does_not_bind_yet() -> None:
    view = lent_view(cap(NAME, "0.10", valid_from=date(2026, 1, 1)))
    assert line(view).capacity is None


@pytest.mark.parametrize(
    "fields",
    [
        {"institution_type": InstitutionType.FACTOR},
        {"institution_type": None},
        {"institution_type": None, "about": Ref("institution:other")},
        {"hard": False},
    ],
)
def test_rule_for_others_or_a_preference_does_not_bind(fields: dict[str, Any]) -> None:
    assert line(lent_view(cap(NAME, "0.1", **fields))).capacity is None


def test_rule_about_one_institution_binds_it() -> None:
    view = lent_view(cap(NAME, "0.1", institution_type=None, about=Ref(BANK)))
    assert in_wan([line(view).capacity]) == [1000]


def test_rule_of_a_region_binds_who_is_in_it_and_may_bind_who_may_be() -> None:
    here = Region(id="region:a", code="410300", name="甲", level=RegionLevel.CITY)
    there = Region(id="region:b", code="420100", name="乙", level=RegionLevel.CITY)
    rule = cap(NAME, "0.1", region=Ref("region:a"))
    regions: list[Ref[Region] | None] = [Ref("region:a"), Ref("region:b"), None]
    found = [line(lent_view(here, there, rule, region=region)) for region in regions]
    assert in_wan([path.capacity for path in found]) == [1000, None, None]
    assert [fact.field for fact in found[2].binding_constraint.missing] == ["region"]


def test_number_or_base_that_nobody_states_leaves_the_capacity_not_stated() -> None:
    path = line(lent_view(cap(NAME, None)))
    assert (path.capacity, [fact.field for fact in path.binding_constraint.missing]) == (None, ["value"])
    path = line(lent_view(cap(NAME, "0.1"), net_capital=None))
    assert [fact.field for fact in path.binding_constraint.missing] == ["netCapital"]


@pytest.mark.parametrize(("committed", "exposure"), [(True, 500), (False, 300)])
def test_facility_counts_once_by_its_commitment(committed: bool, exposure: float) -> None:
    drawing = loan("drawn", 300, facility=Ref("facility:f"))
    assert used(facility(500, None, committed=committed), drawing) == exposure
    assert used(facility(500, 300, committed=committed), drawing) == exposure


def test_commitment_that_nobody_states_leaves_an_upper_bound() -> None:
    view = lent_view(cap(NAME, "0.1"), facility(500, 300))
    path = line(view)
    assert (in_wan([path.capacity]), path.capacity_is_upper_bound) == ([700], True)


def test_margin_nets_out_only_of_a_limit_on_net_exposure() -> None:
    line_ = facility(500, 300, committed=True, margin=wan(100))
    assert used(line_) == 500
    view = lent_view(cap(NAME, "1", net_of_margin=True), line_)
    assert shown(constraint(line(view), SINGLE))[1] == 400


def test_leases_guarantees_and_debt_of_partnerships_count() -> None:
    lease = Lease(id="lease:l", lessor=Ref(BANK), lessee=Ref(SELLER), price=wan(100), down_payment=dec("0.2"))
    own = Guarantee(
        id="guarantee:g", guarantor=Ref(BANK), debtor=Ref(SELLER), amount=wan(50), contract=Ref("loan:elsewhere")
    )
    elsewhere = loan("elsewhere", 50, lender=Ref("institution:other"))
    partnership = PppContract(id="pppContract:p", sponsor=Ref(BUYER), vehicle=Ref(SELLER))
    part = PppPart(source=Ref("pppContract:p"), target=Ref(BANK), part=Instrument.DEBT, amount=wan(7))
    assert [used(lease), used(own, elsewhere), used(partnership, part)] == [80, 50, 7]
    assert used(lease, own, elsewhere, partnership, part) == 137


def test_lender_counts_its_own_part_of_a_syndicated_loan() -> None:
    shared = loan("s", 1000)
    member = LentBy(source=Ref("loan:s"), target=Ref("institution:other"), share=dec("0.4"))
    assert used(shared, member) == 600
    led = loan("s", 1000, lender=Ref("institution:other"))
    ours = LentBy(source=Ref("loan:s"), target=Ref(BANK), share=dec("0.3"))
    assert used(led, ours) == 300


def test_loans_of_a_branch_are_its_banks() -> None:
    branch = BankBranch(id="bankBranch:b", name="b", bank=Ref(BANK))
    assert used(branch, loan("l", 30, lender=Ref("bankBranch:b"))) == 30


def test_claims_bought_count_on_who_owes_them_a_bill_on_its_acceptor() -> None:
    bill = Bill(id="bill:b", owner=Ref("enterprise:sister"), acceptor=Ref(SELLER), face=wan(40))
    bought = Encumbrance(
        id="encumbrance:e", kind=EncumbranceKind.ASSIGNMENT, asset=Ref("bill:b"), creditor=Ref(BANK), amount=wan(40)
    )
    owed = receivable(30, owner=Ref("enterprise:sister"), obligor=Ref(SELLER))
    sold = Encumbrance(
        id="encumbrance:r", kind=EncumbranceKind.ASSIGNMENT, asset=Ref(owed.id), creditor=Ref(BANK), amount=wan(30)
    )
    assert [used(bill, bought), used(bill, bought, owed, sold)] == [40, 70]


def test_cover_moves_the_lenders_own_limit_and_no_statutory_one() -> None:
    guarantee = Guarantee(id="guarantee:o", guarantor=Ref("institution:g"), debtor=Ref(SELLER), cover_share=dec("0.8"))
    guarantor = bank("g", type=InstitutionType.GUARANTOR, net_assets=wan(10_000), guarantee_multiple=Decimal(10))
    own = limit(LimitKind.SINGLE_NAME, SELLER, 50)
    view = lent_view(guarantor, guarantee, own, product(GUARANTEED, "g"), cap(NAME, "0.02"))
    path = only(ask(view, "seller", GUARANTEED))
    draws = {
        one.record >= 0 and view.id_of(one.record): one.draw_per_yuan for one in path.constraints if one.kind is SINGLE
    }
    assert draws == {"creditLimit:limit": dec("0.2"), "rule:cap": Decimal(1)}
    assert (in_wan([path.capacity]), view.id_of(path.binding_constraint.record)) == ([200], "rule:cap")


def test_covered_loan_counts_whole_on_a_statutory_limit() -> None:
    covered = Guarantee(
        id="guarantee:c", guarantor=Ref("institution:other"), debtor=Ref(SELLER), contract=Ref("loan:l"), cover_share=dec("0.8")
    )  # fmt: skip
    view = lent_view(cap(NAME, "0.1"), limit(LimitKind.SINGLE_NAME, SELLER, 1000), loan("l", 100), covered)
    found = [shown(one) for one in line(view).constraints if one.kind is SINGLE]
    assert found == [[1000, 20, 980], [1000, 100, 900]]


def test_group_of_control_counts_all_its_names_and_dependence_only_where_the_rule_says_so() -> None:
    groups = Group(id="group:g", name="g"), Group(id="group:d", name="d", dependence=True)
    members = (firm("seller", group=Ref("group:g")), firm("sister", group=Ref("group:g")))
    dependent = MemberOf(source=Ref(SELLER), target=Ref("group:d")), MemberOf(source=Ref(BUYER), target=Ref("group:d"))
    loans = (loan("a", 100), loan("b", 20, "enterprise:sister"), loan("c", 3, BUYER))
    view = lent_view(
        *groups, *members, *dependent, *loans, cap(RegulatoryLimit.GROUP, "0.15"), cap(CONNECTED, "0.2", "connected")
    )
    found = [shown(one) for one in line(view).constraints if one.kind is GROUP]
    assert found == [[1500, 120, 1380], [2000, 123, 1877]]


def test_name_in_no_group_draws_on_no_group_limit() -> None:
    view = lent_view(cap(NAME, "0.1"), cap(CONNECTED, "0.2", "connected"))
    assert not [one for one in line(view).constraints if one.kind is GROUP]


def test_recourse_decides_whose_statutory_limit_a_claim_draws_on() -> None:
    records = (cap(NAME, "0.1", about=Ref(BANK), institution_type=None), receivable(5000))
    drawn = {}
    for recourse in (Recourse.FULL, Recourse.NONE, None):
        view = claim_view(bank(net_capital=wan(10_000)), *records, recourse=recourse)
        path = only(ask(view, "seller", DISCOUNT))
        drawn[recourse] = sorted(view.id_of(one.on) for one in path.constraints if one.kind is SINGLE)
    assert drawn == {Recourse.FULL: [SELLER], Recourse.NONE: [BUYER], None: [BUYER, SELLER]}


def test_partial_recourse_draws_by_its_share_where_it_is_stated() -> None:
    limits = (limit(LimitKind.SINGLE_NAME, SELLER, 50), limit(LimitKind.SINGLE_NAME, BUYER, 1000, "buyer"))
    found = {}
    for share in ("0.25", None):
        view = claim_view(receivable(450), *limits, recourse=Recourse.PARTIAL, recourse_share=dec(share))
        path = only(ask(view, "seller", DISCOUNT))
        found[share] = (
            in_wan([path.capacity])[0],
            [one.draw_per_yuan for one in path.constraints if one.kind is SINGLE],
        )
    assert found == {"0.25": (200, [dec("0.25"), dec("0.75")]), None: (50, [Decimal(1), Decimal(1)])}


@pytest.mark.parametrize(("recourse", "capacity"), [(Recourse.FULL, 50), (Recourse.NONE, 450)])
def test_recourse_decides_between_fifty_and_four_hundred_and_fifty(recourse: Recourse, capacity: float) -> None:
    limits = (limit(LimitKind.SINGLE_NAME, SELLER, 50), limit(LimitKind.SINGLE_NAME, BUYER, 1000, "buyer"))
    view = claim_view(receivable(450), *limits, recourse=recourse)
    assert in_wan([only(ask(view, "seller", DISCOUNT)).capacity]) == [capacity]


def test_one_debtor_of_a_factors_claims_is_capped() -> None:
    factor = bank(type=InstitutionType.FACTOR, risk_assets=wan(1000))
    rule = cap(RegulatoryLimit.DEBTOR, "0.5", base=CapitalBase.RISK_ASSETS, institution_type=InstitutionType.FACTOR)
    earlier = receivable(200, id="receivable:old", owner=Ref("enterprise:other"))
    bought = Encumbrance(
        id="encumbrance:e", kind=EncumbranceKind.ASSIGNMENT, asset=Ref(earlier.id), creditor=Ref(BANK), amount=wan(200)
    )
    view = view_of(
        factor, firm("seller"), firm("buyer"), firm("other"), rule, earlier, bought, receivable(450),
        product(Technique.FACTORING, recourse=Recourse.NONE, with_notice=True),
    )  # fmt: skip
    bound = constraint(only(ask(view, "seller", Technique.FACTORING)), ConstraintKind.DEBTOR_LIMIT)
    assert shown(bound) == [500, 200, 300]


def test_micro_lender_is_bound_in_all_and_for_one_name() -> None:
    lender: dict[str, Any] = {
        "type": InstitutionType.MICRO_LENDER,
        "guarantee_multiple": Decimal(2),
        "per_name_share": dec("0.1"),
    }
    view = lent_view(loan("a", 100), loan("b", 17_500, BUYER), **lender)
    path = line(view)
    assert shown(constraint(path, SINGLE)) == [900, 100, 800]
    assert shown(constraint(path, ConstraintKind.GUARANTOR)) == [18_000, 17_600, 400]
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([400], ConstraintKind.GUARANTOR)


def test_rules_bind_a_guarantor_in_all_for_a_debtor_and_for_its_group() -> None:
    guarantor = bank("g", type=InstitutionType.GUARANTOR, net_assets=wan(10_000), guarantee_multiple=Decimal(10))
    offer = Guarantee(id="guarantee:o", guarantor=Ref("institution:g"), debtor=Ref(SELLER), cover_share=Decimal(1))
    given = [
        Guarantee(id=f"guarantee:{name}", guarantor=Ref("institution:g"), debtor=Ref(f"enterprise:{name}"), outstanding=wan(amount))
        for name, amount in (("sister", 400), ("buyer", 50))
    ]  # fmt: skip
    members = (
        Group(id="group:g", name="g"),
        firm("seller", group=Ref("group:g")),
        firm("sister", group=Ref("group:g")),
    )
    of_type = {"base": CapitalBase.NET_ASSETS, "institution_type": InstitutionType.GUARANTOR}
    scopes = (("a", NAME, "0.1"), ("b", RegulatoryLimit.GROUP, "0.15"), ("c", RegulatoryLimit.TOTAL, "10"))
    caps = [cap(scope, share, name, **of_type) for name, scope, share in scopes]
    view = lent_view(guarantor, offer, *given, *members, *caps, product(GUARANTEED, "g"))
    path = only(ask(view, "seller", GUARANTEED))
    bounds = [one for one in path.constraints if one.kind is ConstraintKind.GUARANTOR and one.record >= 0]
    by_rule = {view.id_of(one.record): shown(one) for one in bounds}
    assert by_rule == {
        "rule:a": [1000, 0, 1000],
        "rule:b": [1500, 400, 1100],
        "rule:c": [100_000, 450, 99_550],
    }


def test_joint_credit_counts_what_all_its_banks_have_out() -> None:
    joint = JointCredit(id="jointCredit:j", on=Ref(SELLER), limit=wan(1000))
    banks = [MemberOf(source=Ref(one), target=Ref("jointCredit:j")) for one in (BANK, "institution:other")]
    loans = loan("a", 300), loan("b", 500, lender=Ref("institution:other"))
    path = line(lent_view(joint, *banks, *loans))
    assert shown(constraint(path, ConstraintKind.JOINT_CREDIT)) == [1000, 800, 200]
    assert path.binding_constraint.kind is ConstraintKind.JOINT_CREDIT
    outsider = line(lent_view(joint, banks[1], *loans))
    assert not [one for one in outsider.constraints if one.kind is ConstraintKind.JOINT_CREDIT]


def test_joint_credit_on_a_group_binds_its_names() -> None:
    joint = JointCredit(id="jointCredit:j", on=Ref("group:g"), limit=wan(1000), used=wan(600))
    bank_ = MemberOf(source=Ref(BANK), target=Ref("jointCredit:j"))
    view = lent_view(joint, bank_, Group(id="group:g", name="g"), firm("seller", group=Ref("group:g")))
    assert shown(constraint(line(view), ConstraintKind.JOINT_CREDIT)) == [1000, 600, 400]


def test_two_names_of_one_group_draw_on_its_limit_once() -> None:
    guarantee = sisters("0.8")
    members = (
        Group(id="group:g", name="g"),
        firm("seller", group=Ref("group:g")),
        firm("sister", group=Ref("group:g")),
    )
    view = lent_view(*members, guarantee, limit(LimitKind.GROUP, "group:g", 100), product(GUARANTEED, "g"))
    bound = constraint(only(ask(view, "seller", GUARANTEED)), GROUP)
    assert (bound.draw_per_yuan, in_wan([bound.admits])) == (Decimal(1), [100])


def test_cover_raises_the_advance_and_the_maximum_only_where_the_offer_says_so() -> None:
    guarantee = sisters("0.5")
    found = []
    for more in (None, wan(500)):
        offered = product(GUARANTEED, "g", max_amount=wan(100), max_amount_with_cover=more)
        found.append(only(ask(lent_view(guarantee, offered), "seller", GUARANTEED)).capacity)
    assert in_wan(found) == [100, 500]


def test_maximum_on_face_admits_its_advance_rate() -> None:
    view = claim_view(receivable(450), max_amount=wan(100), advance_rate=dec("0.8"), draw_basis=DrawBasis.FACE)
    bound = constraint(only(ask(view, "seller", DISCOUNT)), ConstraintKind.PRODUCT_MAX)
    assert (in_wan([bound.headroom, bound.admits]), bound.draw_per_yuan) == ([100, 80], dec("1.25"))


def test_amounts_of_ten_to_the_thirteen_fen_are_exact() -> None:
    view = lent_view(
        cap(NAME, "0.999999"), Loan(id="loan:l", lender=Ref(BANK), borrower=Ref(SELLER), principal=Money(1)), net_capital=Money(10**13 + 7)
    )  # fmt: skip
    assert line(view).capacity == (10**13 + 7) * 999_999 // 10**6 - 1


@settings(max_examples=FEW_WORLDS)
@given(st.integers(0, 1000), st.integers(0, 10**6), st.integers(0, 1000), st.booleans())
def test_further_cap_or_exposure_never_raises_a_capacity(first: int, share: int, out: int, committed: bool) -> None:
    before = lent_view(limit(LimitKind.SINGLE_NAME, SELLER, first))
    capped = (limit(LimitKind.SINGLE_NAME, SELLER, first), cap(NAME, str(Decimal(share).scaleb(-6))))
    found = [ask(view, "seller", LINE, status=[PathStatus.AVAILABLE]).paths for view in (
        before, lent_view(*capped), lent_view(*capped, facility(1000, out, committed=committed)))]  # fmt: skip
    amounts = [paths[0].capacity or 0 if paths else 0 for paths in found]
    assert amounts == sorted(amounts, reverse=True)


@settings(max_examples=FEW_WORLDS)
@given(st.integers(0, 1000), st.integers(0, 10**6), st.integers(0, 10**6))
def test_supports_never_raise_statutory_headroom(out: int, covered: int, offered: int) -> None:
    guarantees = [
        sisters(Decimal(covered).scaleb(-6), "loan:l"),
        sisters(Decimal(offered).scaleb(-6)),
    ]
    records = (cap(NAME, "0.1"), loan("l", out), product(GUARANTEED, "g"))
    bare = line(lent_view(*records))
    backed = ask(lent_view(*records, *guarantees), "seller", GUARANTEED, status=list(PathStatus)[:4]).paths
    headrooms = [one.admits for path in backed for one in path.constraints if one.kind is SINGLE]
    assert headrooms == [constraint(bare, SINGLE).admits] * len(headrooms)
    assert all((path.capacity or 0) <= (bare.capacity or 0) for path in backed)
