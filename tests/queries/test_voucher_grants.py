"""Vouchers that public money gives for services. Amounts in 万元."""

import pytest

from graph.kinds.contracts import Collaboration
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.supply_side import VoucherScheme
from graph.kinds.terms import Dimension, Instrument, OfferStatus, Operator, SizeClass, Technique
from graph.records import Record, Ref
from graph.view import View
from queries.financing.techniques.table import TECHNIQUES
from queries.financing.terms import ConstraintKind, Gate, PathStatus
from queries.financing_paths import financing_path
from tests.queries.finance import (
    SELLER,
    ask,
    capacities,
    constraint,
    firm,
    in_wan,
    missing_of,
    need,
    only,
    spine,
    view_of,
    wan,
)

GRANT = Technique.GRANT_VOUCHER
SCHEME = "voucherScheme:v"
SMALL = Rule(
    id="rule:small", kind=RuleKind.ELIGIBILITY, name="small", about=Ref(SCHEME), dimension=Dimension.SIZE,
    operator=Operator.IN, size=SizeClass.SMALL,
)  # fmt: skip


def scheme(**fields: object) -> VoucherScheme:
    given = {"status": OfferStatus.OPEN, "budget": wan(5000), "per_firm_max": wan(20), **fields}
    return VoucherScheme(id=SCHEME, name="v", **given)


def given_to(name: str, enterprise: str, amount: float | None, **fields: object) -> Collaboration:
    return Collaboration(
        id=f"collaboration:{name}", enterprise=Ref(enterprise), scheme=Ref(SCHEME),
        voucher_amount=None if amount is None else wan(amount), **fields,
    )  # fmt: skip


def voucher_view(*records: Record, size: SizeClass | None = SizeClass.SMALL, **fields: object) -> View:
    return view_of(firm("seller", size=size), firm("other"), scheme(**fields), SMALL, *records)


def test_scheme_gives_a_firm_up_to_its_most() -> None:
    view = voucher_view()
    path = only(ask(view, "seller"))
    assert (path.technique, path.status, in_wan([path.capacity])) == (GRANT, PathStatus.AVAILABLE, [20])
    assert (spine(view, path), path.obligor, path.steps[0].relation) == (["v", "seller"], -1, "MAY_GRANT")
    assert financing_path(view, path.id) == path


def test_what_the_firm_was_given_is_used_and_in_force() -> None:
    found = ask(voucher_view(given_to("a", SELLER, 15)), "seller")
    assert {path.status: in_wan([path.capacity]) for path in found.paths} == {
        PathStatus.AVAILABLE: [5], PathStatus.EXISTING: [0],
    }  # fmt: skip


@pytest.mark.parametrize(("used", "expected"), [(None, 8), (4997, 3)])
def test_budget_bounds_all_firms_together(used: float | None, expected: float) -> None:
    view = voucher_view(given_to("a", "enterprise:other", 4992), used=None if used is None else wan(used))
    path = only(ask(view, "seller"))
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([expected], ConstraintKind.POOL)


def test_without_a_most_for_one_firm_the_budget_gives_no_capacity() -> None:
    path = only(ask(voucher_view(per_firm_max=None), "seller"))
    assert (path.status, missing_of(path, Gate.LIMIT)) == (PathStatus.CONDITIONAL, ["perFirmMax"])


def test_voucher_pays_for_services_only() -> None:
    def statuses(purpose: str | None, **fields: object) -> list[PathStatus]:
        wanted = need(10, instruments=(Instrument.GRANT,), purpose=purpose)
        return [path.status for path in ask(voucher_view(**fields), "seller", need=wanted).paths]

    assert [statuses("检测服务"), statuses("购置设备")] == [[PathStatus.AVAILABLE], []]
    assert statuses("检测", services=("设计",)) == []
    assert statuses(None) == [PathStatus.CONDITIONAL]


def test_need_that_states_no_purpose_is_named() -> None:
    path = only(ask(voucher_view(), "seller", need=need(10, instruments=(Instrument.GRANT,))))
    assert missing_of(path, Gate.PURPOSE) == ["purpose"]


def test_rules_say_who_may_use_it() -> None:
    assert not ask(voucher_view(size=SizeClass.LARGE), "seller").paths
    assert missing_of(only(ask(voucher_view(size=None), "seller")), Gate.ELIGIBILITY) == ["size"]
    open_to_whom = only(ask(view_of(firm("seller"), scheme()), "seller"))
    assert missing_of(open_to_whom, Gate.ELIGIBILITY) == ["rulesAbout"]


@pytest.mark.parametrize(("status", "expected"), [(OfferStatus.PLANNED, []), (None, [PathStatus.CONDITIONAL])])
def test_scheme_must_be_open(status: OfferStatus | None, expected: list[PathStatus]) -> None:
    assert [path.status for path in ask(voucher_view(status=status), "seller").paths] == expected


def test_collaboration_whose_voucher_nobody_states_leaves_the_rest_open() -> None:
    found = ask(voucher_view(given_to("a", SELLER, None)), "seller", status=[PathStatus.CONDITIONAL])
    assert constraint(only(found), ConstraintKind.STEP_AMOUNT).used is None


def test_voucher_is_new_money_for_its_purposes_only() -> None:
    row = TECHNIQUES[GRANT]
    assert row.new_money
    assert "研发" in row.purposes
    assert not capacities(ask(voucher_view(), "seller", need=need(1, instruments=(Instrument.DEBT,))))
