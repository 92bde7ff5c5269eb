"""Repairs of gates that say who may take part and what for: rules, purpose, related trade, a commitment to renew. Amounts in 万元."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from graph.kinds.contracts import Commitment, Loan
from graph.kinds.demand_side import FinancingNeed, Project, ProjectList
from graph.kinds.parties import Fund, Group
from graph.kinds.places import Industry, Region, Tag
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.supply_side import LimitKind, Pool, PoolKind, VoucherScheme
from graph.kinds.terms import Dimension, Instrument, OfferStatus, Operator, Recourse, Stage, Technique
from graph.records import Ref
from graph.view import View
from queries.financing.need import NeedAsked
from queries.financing.repairs.kinds import RepairKind
from queries.financing.repairs.repair import Repair
from queries.financing.terms import PathStatus
from queries.financing_paths import financing_path
from queries.why_not import BlockedPath, why_not
from tests.graph.build import TODAY, Stated
from tests.queries.finance import (
    BANK,
    PROGRAMME,
    RECEIVABLE,
    SELLER,
    bank,
    claim_view,
    firm,
    limit,
    need,
    product,
    programme,
    receivable,
    supplies,
    view_of,
    wan,
)  # fmt: skip

TAG = Tag(id="tag:htfe", name="高新技术企业")
STEEL, FOOD = (Industry(id=f"industry:{code}", scheme="s", code=code, name=code) for code in ("31", "14"))
GROUP = Group(id="group:g", name="g")


def rule(dimension: Dimension | None, operator: Operator = Operator.IN, name: str = "r", **fields: Any) -> Rule:
    given = {"kind": RuleKind.ELIGIBILITY, "about": Ref("loanProduct:product"), "name": name, **fields}
    return Rule(id=f"rule:{name}", dimension=dimension, operator=operator, **given)


def ruled(*records: Stated, **seller: Any) -> View:
    """A product of the bank under these rules, and a claim of the seller's that it would take."""
    return view_of(
        bank(), firm("seller", **seller), firm("buyer"), product(Technique.RECEIVABLES_LOAN), receivable(100), *records
    )


def blocked(view: View, asked: NeedAsked | None = None, name: str = "seller") -> BlockedPath:
    [one] = why_not(view, f"enterprise:{name}", need=asked).blocked
    return one


def kinds(path: BlockedPath) -> list[str]:
    return [] if path.repair is None else [one.kind.name for one in path.repair.repairs]


def mended(view: View, path: BlockedPath, asked: NeedAsked | None = None) -> PathStatus:
    """What the path is once the changes of its repair are laid over the view, checked as those of a question are."""
    assert path.repair is not None
    changes = [change for one in path.repair.repairs for change in one.changes]
    again = financing_path(view.with_changes(changes), path.path.id, need=asked)
    assert again is not None
    return again.status


def only(path: BlockedPath, kind: RepairKind) -> Repair:
    assert path.repair is not None
    [one] = path.repair.repairs
    assert one.kind is kind
    return one


def test_a_lender_that_will_not_renew_is_asked_for_its_commitment() -> None:
    loan = Loan(
        id="loan:old", lender=Ref(BANK), borrower=Ref(SELLER), principal=wan(300), due_on=TODAY + timedelta(days=20),
        renewal_committed=False,
    )  # fmt: skip
    pool = Pool(id="pool:b", name="b", kind=PoolKind.BRIDGE, status=OfferStatus.OPEN, balance=wan(500))
    view = view_of(bank(), firm("seller"), loan, pool)
    path = blocked(view)
    one = only(path, RepairKind.COMMIT_RENEWAL)
    assert (view.id_of(one.on), one.field) == ("loan:old", "renewalCommitted")
    assert mended(view, path) is PathStatus.AVAILABLE
    assert path.repair is not None
    assert path.repair.cost == 3


def test_a_related_claim_is_attested_to_be_at_arms_length() -> None:
    view = view_of(
        bank(), GROUP, firm("seller", group=Ref("group:g")), firm("buyer", group=Ref("group:g")),
        product(Technique.RECEIVABLES_LOAN), receivable(100),
    )  # fmt: skip
    path = blocked(view)
    assert view.id_of(only(path, RepairKind.ATTEST_TRADE).on) == RECEIVABLE
    assert mended(view, path) is PathStatus.AVAILABLE


def test_related_links_of_a_chain_are_attested_one_by_one() -> None:
    view = view_of(
        bank(), GROUP, *(firm(name, group=Ref("group:g")) for name in ("anchor", "t1", "t2")), programme(100),
        product(Technique.DEEP_TIER, programme=Ref(PROGRAMME)), supplies("t2", "t1", 365, 30), supplies("t1", "anchor", 365, 30),
    )  # fmt: skip
    path = blocked(view, name="t2")
    assert kinds(path) == ["ATTEST_TRADE", "ATTEST_TRADE"]
    assert mended(view, path) is PathStatus.PROSPECTIVE


def test_a_distributors_purchases_are_attested_on_its_link() -> None:
    view = view_of(
        bank(), GROUP, firm("anchor", group=Ref("group:g")), firm("buyer", group=Ref("group:g")),
        programme(100, sell_through_days=90, margin_share=Decimal("0.3"), buy_back_limit=wan(500)),
        product(Technique.DISTRIBUTOR_FINANCE, programme=Ref(PROGRAMME)), supplies("anchor", "buyer", 3650, 30),
    )  # fmt: skip
    path = blocked(view, name="buyer")
    one = only(path, RepairKind.ATTEST_TRADE)
    assert view.kind_of(one.on).name == "Supplies"
    assert mended(view, path) is PathStatus.PROSPECTIVE


def test_money_for_what_an_offer_is_not_for_is_asked_for_what_it_is_for() -> None:
    view = claim_view(receivable(100), purposes=("购置设备", "技术改造"))
    path = blocked(view, need(50, purpose="流动资金"))
    one = only(path, RepairKind.CHANGE_PURPOSE)
    assert (one.on, one.field, one.need) == (-1, "purpose", (("purpose", "购置设备"),))
    assert mended(view, path, need(50, purpose="购置设备")) is PathStatus.AVAILABLE


def test_a_recorded_purpose_is_changed_where_it_is_recorded() -> None:
    recorded = FinancingNeed(
        id="financingNeed:n", enterprise=Ref(SELLER), amount=wan(50), instrument=Instrument.DEBT, purpose="流动资金"
    )
    view = claim_view(receivable(100), recorded, purposes=("购置设备",))
    path = blocked(view)
    assert (only(path, RepairKind.CHANGE_PURPOSE).need, mended(view, path)) == ((), PathStatus.AVAILABLE)


def test_a_recognition_that_a_rule_asks_for_is_obtained() -> None:
    view = ruled(TAG, rule(Dimension.TAG, tag=Ref("tag:htfe")))
    path = blocked(view)
    assert only(path, RepairKind.OBTAIN_TAG).field == "tags"
    assert mended(view, path) is PathStatus.AVAILABLE


def test_of_alternative_recognitions_one_does_and_of_two_rules_both() -> None:
    other = Tag(id="tag:srdi", name="专精特新")
    either = ruled(
        TAG, other, rule(Dimension.TAG, tag=Ref("tag:htfe")), rule(Dimension.TAG, name="q", tag=Ref("tag:srdi"))
    )
    assert kinds(blocked(either)) == ["OBTAIN_TAG"]
    both = ruled(TAG, rule(Dimension.TAG, tag=Ref("tag:htfe")), rule(Dimension.STAGE, name="q", stage=Stage.SEED))
    path = blocked(both)
    assert sorted(kinds(path)) == ["OBTAIN_TAG", "STATE_FACT"]
    assert mended(both, path) is PathStatus.AVAILABLE


def test_the_industry_that_a_rule_asks_is_stated_where_nobody_states_it() -> None:
    view = ruled(
        STEEL, FOOD, TAG, rule(Dimension.TAG, tag=Ref("tag:htfe")), rule(Dimension.INDUSTRY, name="q", industry=Ref("industry:31"))
    )  # fmt: skip
    path = blocked(view)
    assert sorted(kinds(path)) == ["OBTAIN_TAG", "STATE_FACT"]
    assert mended(view, path) is PathStatus.AVAILABLE


def test_of_an_excluded_industry_another_is_stated() -> None:
    view = ruled(
        STEEL, FOOD, TAG, rule(Dimension.TAG, tag=Ref("tag:htfe")),
        rule(Dimension.INDUSTRY, Operator.NOT_IN, name="q", industry=Ref("industry:14")),
    )  # fmt: skip
    path = blocked(view)
    assert path.repair is not None
    changes = [repr(change) for one in path.repair.repairs for change in one.changes]
    assert any("industry:31" in change for change in changes)


def test_an_industry_of_another_scheme_stands_beside_the_firms_own() -> None:
    own = Industry(id="industry:44", scheme="other", code="44", name="44")
    view = ruled(
        STEEL, own, TAG, rule(Dimension.TAG, tag=Ref("tag:htfe")), rule(Dimension.INDUSTRY, name="q", industry=Ref("industry:31")),
        industry=Ref("industry:44"),
    )  # fmt: skip
    path = blocked(view)
    assert path.repair is not None
    assert {one.field for one in path.repair.repairs} == {"tags", "otherIndustries"}
    assert mended(view, path) is PathStatus.AVAILABLE


def test_less_than_the_smallest_ticket_is_asked_for_in_full() -> None:
    view = ruled(rule(Dimension.TICKET, Operator.GTE, amount=wan(80)))
    path = blocked(view, need(50))
    one = only(path, RepairKind.ASK_FOR_MORE)
    assert (one.amount, one.need) == (wan(30), (("amount", wan(80)),))
    assert mended(view, path, need(80)) is PathStatus.AVAILABLE


def test_a_recorded_need_grows_to_the_smallest_ticket() -> None:
    parts = [
        FinancingNeed(id=f"financingNeed:{at}", enterprise=Ref(SELLER), amount=wan(25), instrument=Instrument.DEBT)
        for at in range(2)
    ]
    view = ruled(rule(Dimension.TICKET, Operator.GTE, amount=wan(80)), *parts)
    path = blocked(view)
    assert (view.id_of(only(path, RepairKind.ASK_FOR_MORE).on), mended(view, path)) == (
        "financingNeed:0", PathStatus.AVAILABLE,
    )  # fmt: skip


def test_a_project_that_no_list_has_is_put_on_one() -> None:
    it = Project(id="project:it", name="p", owner=Ref(SELLER), cost=wan(1000), own_capital=wan(200))
    lists = [ProjectList(id=f"projectList:{name}", name=name) for name in ("b", "a")]
    view = view_of(bank(), firm("seller"), product(Technique.PROJECT_LOAN), it, *lists)
    path = blocked(view)
    assert "projectList:a" in repr(only(path, RepairKind.LIST_PROJECT).changes)
    assert mended(view, path) is PathStatus.AVAILABLE
    assert blocked(view_of(bank(), firm("seller"), product(Technique.PROJECT_LOAN), it)).repair is None


def test_a_fund_that_states_no_mandate_states_one_beside_what_else_is_mended() -> None:
    fund = Fund(id="fund:f", name="f", investment_period_end=TODAY - timedelta(days=1))
    money = Commitment(id="commitment:c", fund=Ref("fund:f"), investor=Ref("enterprise:lp"), committed=wan(900))
    view = view_of(firm("seller"), firm("lp"), fund, money)
    path = blocked(view)
    assert kinds(path) == ["RENEW", "STATE_FACT"]
    assert mended(view, path) is PathStatus.AVAILABLE


@pytest.mark.parametrize(
    "rules",
    [
        (Region(id="region:here", code="410301", name="此地"), rule(Dimension.REGION, region=Ref("region:here"))),
        (rule(Dimension.STAGE, stage=Stage.SEED),),
        (TAG, rule(Dimension.TAG, tag=Ref("tag:htfe")), rule(None, name="q", text="信用良好")),
        (rule(Dimension.INSTRUMENT, instrument=Instrument.EQUITY),),
    ],
)  # fmt: skip
def test_what_a_firm_is_and_what_is_said_in_words_only_no_repair_changes(rules: tuple[Stated, ...]) -> None:
    there = Region(id="region:there", code="410302", name="彼地")
    view = ruled(there, *rules, region=Ref("region:there"), stage=Stage.MATURE)
    assert blocked(view).repair is None


def test_a_voucher_is_asked_for_a_service_that_it_buys() -> None:
    scheme = VoucherScheme(
        id="voucherScheme:v", name="v", status=OfferStatus.OPEN, budget=wan(100), per_firm_max=wan(9), services=("研发服务",)
    )  # fmt: skip
    view = view_of(firm("seller"), scheme, TAG, rule(Dimension.TAG, about=Ref("voucherScheme:v"), tag=Ref("tag:htfe")))
    path = blocked(view, need(1, purpose="购置设备", instruments=(Instrument.GRANT,)))
    assert sorted(kinds(path)) == ["CHANGE_PURPOSE", "OBTAIN_TAG"]


def test_a_loan_that_falls_due_too_late_to_be_bridged_is_waited_for() -> None:
    loan = Loan(
        id="loan:old", lender=Ref(BANK), borrower=Ref(SELLER), principal=wan(300), due_on=TODAY + timedelta(days=100),
        renewal_committed=True,
    )  # fmt: skip
    pool = Pool(id="pool:b", name="b", kind=PoolKind.BRIDGE, status=OfferStatus.OPEN, balance=wan(500), window_days=30)
    one = only(blocked(view_of(bank(), firm("seller"), loan, pool)), RepairKind.WAIT)
    assert (one.days, one.until) == (70, TODAY + timedelta(days=70))


def test_a_pool_that_is_closed_opens_again() -> None:
    loan = Loan(
        id="loan:old", lender=Ref(BANK), borrower=Ref(SELLER), principal=wan(300), due_on=TODAY + timedelta(days=9),
        renewal_committed=True,
    )  # fmt: skip
    pool = Pool(id="pool:b", name="b", kind=PoolKind.BRIDGE, status=OfferStatus.CLOSED, balance=wan(500))
    view = view_of(bank(), firm("seller"), loan, pool)
    path = blocked(view)
    assert view.id_of(only(path, RepairKind.OPEN_PRODUCT).on) == "pool:b"
    assert mended(view, path) is PathStatus.AVAILABLE


def test_an_offer_that_begins_above_what_a_claim_is_worth_begins_lower() -> None:
    view = claim_view(receivable(100), min_amount=wan(150))
    path = blocked(view)
    one = only(path, RepairKind.LOWER_MINIMUM)
    assert (one.field, one.amount) == ("minAmount", wan(50))
    assert mended(view, path) is PathStatus.AVAILABLE


def test_what_other_loans_have_out_is_best_nothing() -> None:
    other = Loan(id="loan:other", lender=Ref(BANK), borrower=Ref(SELLER))
    cap = limit(LimitKind.SINGLE_NAME, SELLER, 100)
    view = claim_view(receivable(50), other, cap, recourse=Recourse.FULL, status=OfferStatus.CLOSED)
    path = blocked(view)
    assert sorted(kinds(path)) == ["OPEN_PRODUCT", "STATE_FACT"]
    assert mended(view, path) is PathStatus.AVAILABLE
