"""Rules with a condition where gates ask them: offers, whole searches, mandates of funds, and what-ifs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph.errors import InvalidInput
from graph.kinds.places import Tag
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import SizeClass, Technique
from graph.records import Ref
from graph.what_if import Set
from queries.financing.terms import Gate, PathStatus
from queries.financing_reach import financing_reach
from queries.investment_targets import investment_targets
from queries.targets.criteria import CriterionKind, Verdict
from queries.why_not import why_not
from tests.queries.finance import SELLER, ask, bank, firm, missing_of, only, product, view_of, wan
from tests.queries.targets.world import FUND, commitment, fund

SMALL = {
    "all": [
        {"field": "employees", "operator": "LTE", "value": 300},
        {"not": {"field": "size", "operator": "EQ", "value": "LARGE"}},
    ]
}


def asked(condition: Any, kind: RuleKind = RuleKind.ELIGIBILITY, about: str = "loanProduct:product") -> Rule:
    return Rule(id="rule:small", kind=kind, name="small", about=Ref(about), condition=json.dumps(condition))


def offered(**seller: Any) -> Any:
    return view_of(
        bank(), firm("seller", **seller), product(Technique.COMPREHENSIVE_LINE, max_amount=wan(9)), asked(SMALL)
    )


def test_an_offer_is_open_to_whom_its_condition_lets_in() -> None:
    assert only(ask(offered(employees=300, size=SizeClass.SMALL), "seller")).status is PathStatus.AVAILABLE
    assert ask(offered(employees=301), "seller").paths == ()
    path = only(ask(offered(employees=10), "seller"))
    assert (path.status, missing_of(path, Gate.ELIGIBILITY)) == (PathStatus.CONDITIONAL, ["size"])


def test_why_not_names_the_rule() -> None:
    view = offered(employees=301)
    (blocked,) = why_not(view, SELLER).blocked
    failed = [one for one in blocked.path.gates if one.gate is Gate.ELIGIBILITY]
    assert [view.id_of(one.rule) for one in failed] == ["rule:small"]


def test_why_not_mends_a_condition_by_a_recognition_that_it_names() -> None:
    condition = {
        "any": [
            SMALL,
            {
                "all": [
                    {"field": "tags", "operator": "IN", "value": ["tag:t"]},
                    {"field": "annualRevenue", "operator": "GT", "value": 100},
                ]
            },
        ]
    }
    seller, line = firm("seller", employees=301), product(Technique.COMPREHENSIVE_LINE, max_amount=wan(9))
    (blocked,) = why_not(view_of(bank(), seller, line, Tag(id="tag:t", name="t"), asked(condition)), SELLER).blocked
    assert blocked.repair is not None
    assert sorted(str(one.field) for one in blocked.repair.repairs) == ["annualRevenue", "tags"]


def test_reach_asks_the_same_of_every_firm() -> None:
    firms = [firm("a", employees=1), firm("b", employees=900), firm("c")]
    view = view_of(bank(), *firms, product(Technique.COMPREHENSIVE_LINE, max_amount=wan(9)), asked(SMALL))
    found = financing_reach(view, "institution:bank")
    assert sorted(view.id_of(one.enterprise) for one in found.page(10)) == ["enterprise:a", "enterprise:c"]


def test_a_mandate_may_be_a_condition() -> None:
    records = [fund(), commitment(10_000, 10_000), asked(SMALL, RuleKind.MANDATE, FUND)]
    view = view_of(*records, firm("a", employees=1), firm("b", employees=900))
    found = investment_targets(view, fund=FUND, verdicts=tuple(Verdict))
    rows = {view.id_of(one.enterprise): one for one in found.page(10)}
    assert [one.kind for one in rows["enterprise:b"].failing] == [CriterionKind.MANDATE]
    (open_,) = [one for one in rows["enterprise:a"].unknown if one.kind is CriterionKind.MANDATE]
    assert [fact.field for fact in open_.missing] == ["size"]


def test_a_what_if_takes_no_condition_that_cannot_be_meant() -> None:
    view = offered(employees=301)
    wider = json.dumps({"field": "employees", "operator": "LTE", "value": 900})
    changed = view.with_changes([Set("rule:small", {"condition": wider})])
    assert only(ask(changed, "seller")).status is PathStatus.AVAILABLE
    with pytest.raises(InvalidInput, match="is no fact of an enterprise"):
        view.with_changes(
            [Set("rule:small", {"condition": json.dumps({"field": "staff", "operator": "EQ", "value": 1})})]
        )
