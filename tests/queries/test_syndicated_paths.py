"""Syndicated loans: the lead that offers one, the banks that take part, and the dated shares between them. Amounts in 万元."""

from datetime import date
from decimal import Decimal

import pytest

from graph.kinds.contracts import Guarantee, JointCredit, LentBy, Loan, Participation
from graph.kinds.parties import InstitutionType, MemberOf
from graph.kinds.policy import CapitalBase, RegulatoryLimit, Rule, RuleKind, SyndicateShare
from graph.kinds.supply_side import LimitKind
from graph.kinds.terms import SyndicateRole, Technique
from graph.records import Record, Ref
from graph.view import View
from queries.financing.answers import FinancingPath
from queries.financing.terms import ConstraintKind, Gate, PathStatus, Stated
from queries.financing_paths import financing_path
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
    limit,
    missing_of,
    need,
    only,
    product,
    spine,
    view_of,
    wan,
)

SYNDICATED = Technique.SYNDICATED
PRODUCT = "loanProduct:product"


def takes_part(name: str, **fields: object) -> Participation:
    return Participation(source=Ref(f"institution:{name}"), target=Ref(PRODUCT), **fields)


def room(name: str, amount: float) -> Record:
    return limit(LimitKind.SINGLE_NAME, SELLER, amount, name, lender=Ref(f"institution:{name}"))


def share(which: SyndicateShare, value: str, name: str | None = None, **fields: object) -> Rule:
    return Rule(
        id=f"rule:{name or which.name}", kind=RuleKind.SYNDICATION, name=which.zh, syndicate_share=which, value=dec(value), **fields
    )  # fmt: skip


def rules(lead: str, others: str) -> list[Rule]:
    return [share(SyndicateShare.LEAD, lead), share(SyndicateShare.OTHERS, others)]


THREE = (room("bank", 800), room("b", 100), room("c", 100), takes_part("b"), takes_part("c"))


def syndicate_view(*records: Record, as_of: date = date(2025, 6, 30), **fields: object) -> View:
    return view_of(
        bank(), bank("b"), bank("c"), firm("seller"), product(SYNDICATED, **fields), *records, as_of=as_of
    )  # fmt: skip


def draws(path: FinancingPath) -> list[Decimal]:
    return [one.draw_per_yuan for one in path.constraints if one.kind is ConstraintKind.SINGLE_NAME]


@pytest.mark.parametrize(("lead", "others", "expected"), [("0.2", "0.5", 400), ("0.15", "0.3", 666.666666)])
def test_largest_loan_under_the_shares_of_lead_and_others(lead: str, others: str, expected: float) -> None:
    path = only(ask(syndicate_view(*THREE, *rules(lead, others)), "seller"))
    assert (path.technique, path.status, in_wan([path.capacity])) == (SYNDICATED, PathStatus.AVAILABLE, [expected])
    assert path.binding_constraint.kind is ConstraintKind.STEP_AMOUNT


def test_shares_are_those_of_the_day() -> None:
    old = [share(SyndicateShare.LEAD, "0.2", "lead-old", valid_from=date(2011, 8, 1), valid_to=date(2024, 11, 1)),
           share(SyndicateShare.OTHERS, "0.5", "others-old", valid_from=date(2011, 8, 1), valid_to=date(2024, 11, 1))]  # fmt: skip
    new = [share(SyndicateShare.LEAD, "0.15", "lead-new", valid_from=date(2024, 11, 1)),
           share(SyndicateShare.OTHERS, "0.3", "others-new", valid_from=date(2024, 11, 1))]  # fmt: skip
    days = (date(2024, 10, 31), date(2024, 11, 1))
    found = [ask(syndicate_view(*THREE, *old, *new, as_of=day), "seller") for day in days]
    assert [capacities(one) for one in found] == [[400], [666.666666]]


def test_lead_is_the_source_and_every_bank_is_drawn_on_by_its_part() -> None:
    view = syndicate_view(*THREE, *rules("0.2", "0.5"))
    path = only(ask(view, "seller"))
    assert spine(view, path) == ["bank", "product", "seller"]
    banks = [(view.id_of(one.party).partition(":")[2], one.role.name, one.share) for one in path.participants]
    assert banks == [("bank", "LEAD", dec("0.5")), ("b", "MEMBER", dec("0.25")), ("c", "MEMBER", dec("0.25"))]
    assert draws(path) == [dec("0.5"), dec("0.25"), dec("0.25")]


def test_need_scales_the_split() -> None:
    path = only(ask(syndicate_view(*THREE, *rules("0.2", "0.5")), "seller", need=need(100)))
    assert (in_wan([path.capacity]), draws(path)) == ([100], [dec("0.5"), dec("0.25"), dec("0.25")])


def test_bank_takes_no_more_than_it_says() -> None:
    records = (room("bank", 800), room("b", 500), takes_part("b", limit=wan(60)))
    assert capacities(ask(syndicate_view(*records, *rules("0.2", "0.5")), "seller")) == [120]


def test_guarantee_frees_no_limit_of_a_syndicate_that_asks_for_none() -> None:
    offer = Guarantee(id="guarantee:g", guarantor=Ref(BANK), debtor=Ref(SELLER), cover_share=Decimal(1))
    assert capacities(ask(syndicate_view(*THREE, *rules("0.2", "0.5"), offer), "seller")) == [400]


def test_joint_leads_keep_floor_and_cap_and_leave_the_others_rule_aside() -> None:
    joint = [share(SyndicateShare.JOINT_LEAD_FLOOR, "0.1"), share(SyndicateShare.JOINT_LEAD_CAP, "0.4")]
    records = (
        room("bank", 100),
        room("b", 100),
        room("c", 30),
        takes_part("b", role=SyndicateRole.LEAD),
        takes_part("c"),
    )
    view = syndicate_view(*records, *joint, *rules("0.9", "0.9"))
    path = only(ask(view, "seller"))
    assert in_wan([path.capacity]) == [150]
    assert [one.role.name for one in path.participants] == ["LEAD", "LEAD", "MEMBER"]


def test_rule_about_the_product_comes_before_the_general_one() -> None:
    own = share(SyndicateShare.OTHERS, "0.25", "own", about=Ref(PRODUCT))
    assert capacities(ask(syndicate_view(*THREE, *rules("0.2", "0.5"), own), "seller")) == [800]


def test_share_that_no_rule_states_leaves_an_upper_bound() -> None:
    path = only(ask(syndicate_view(*THREE, share(SyndicateShare.LEAD, "0.2")), "seller"))
    assert (in_wan([path.capacity]), path.capacity_is_upper_bound) == ([1000], True)
    assert [fact.field for fact in path.binding_constraint.missing] == ["rulesAbout"]


def test_bank_of_which_no_bound_is_stated_leaves_no_capacity() -> None:
    records = (room("bank", 800), takes_part("b"))
    path = only(ask(syndicate_view(*records, *rules("0.2", "0.5")), "seller"))
    assert (path.status, path.capacity, missing_of(path, Gate.LIMIT)) == (PathStatus.CONDITIONAL, None, ["limitsSet"])


def test_without_other_banks_their_participation_is_to_be_created() -> None:
    path = only(ask(syndicate_view(room("bank", 800), *rules("0.2", "0.5")), "seller"))
    assert (path.status, path.capacity) == (PathStatus.PROSPECTIVE, None)
    assert [(one.kind, one.by) for one in path.missing] == [("Participation", -1)]


def test_others_without_room_block_it() -> None:
    records = (room("bank", 800), room("b", 0), takes_part("b"))
    view = syndicate_view(*records, *rules("0.2", "0.5"))
    assert not ask(view, "seller").paths


def test_path_is_found_again_by_its_id() -> None:
    view = syndicate_view(*THREE, *rules("0.2", "0.5"))
    path = only(ask(view, "seller"))
    assert financing_path(view, path.id) == path


@pytest.mark.parametrize("named", [True, False])
def test_syndicated_loan_in_force_stands_once_under_its_lead(named: bool) -> None:
    loan = Loan(
        id="loan:l", borrower=Ref(SELLER), technique=SYNDICATED, principal=wan(500), lender=Ref(BANK) if named else None
    )
    parts = [
        LentBy(source=Ref("loan:l"), target=Ref(BANK), share=dec("0.4"), role=SyndicateRole.LEAD),
        LentBy(source=Ref("loan:l"), target=Ref("institution:b"), share=dec("0.6")),
    ]
    view = view_of(bank(), bank("b"), firm("seller"), loan, *parts)
    path = only(ask(view, "seller"))
    assert (path.status, spine(view, path), in_wan([path.capacity])) == (
        PathStatus.EXISTING,
        ["bank", "l", "seller"],
        [0],
    )
    assert [one.share for one in path.participants] == [dec("0.4"), dec("0.6")]
    assert financing_path(view, path.id) == path


def test_limit_that_nobody_draws_on_does_not_apply() -> None:
    records = (room("bank", 800), room("b", 100), room("c", 0), takes_part("b"), takes_part("c"))
    path = only(ask(syndicate_view(*records, *rules("0.2", "0.5")), "seller"))
    assert in_wan([path.capacity]) == [200]
    assert [one.stated for one in path.constraints if one.draw_per_yuan == 0] == [Stated.NOT_APPLICABLE]


def test_product_maximum_bounds_the_whole_loan() -> None:
    path = only(ask(syndicate_view(*THREE, *rules("0.2", "0.5"), max_amount=wan(300)), "seller"))
    assert (in_wan([path.capacity]), constraint(path, ConstraintKind.PRODUCT_MAX).draw_per_yuan) == ([300], 1)


def test_syndicate_draws_whole_on_the_joint_credit_of_any_of_its_banks() -> None:
    joint = JointCredit(id="jointCredit:j", on=Ref(SELLER), limit=wan(500), used=wan(200))
    member = MemberOf(source=Ref("institution:c"), target=Ref("jointCredit:j"))
    path = only(ask(syndicate_view(*THREE, *rules("0.2", "0.5"), joint, member), "seller"))
    assert in_wan([path.capacity]) == [300]
    assert path.binding_constraint.kind is ConstraintKind.JOINT_CREDIT


def test_statutory_limit_of_each_bank_is_its_room() -> None:
    statute = Rule(
        id="rule:statute", kind=RuleKind.REGULATORY_LIMIT, name="单一客户", limit_kind=RegulatoryLimit.SINGLE_NAME,
        base=CapitalBase.NET_CAPITAL, value=dec("0.1"), institution_type=InstitutionType.BANK,
    )  # fmt: skip
    view = view_of(
        bank(net_capital=wan(8000)), bank("b", net_capital=wan(1000)), bank("c", net_capital=wan(1000)), firm("seller"),
        product(SYNDICATED), takes_part("b"), takes_part("c"), statute, *rules("0.15", "0.3"),
    )  # fmt: skip
    path = only(ask(view, "seller"))
    assert (in_wan([path.capacity]), draws(path)) == ([666.666666], [dec("0.7"), dec("0.15"), dec("0.15")])
