"""Loans for listed projects: cost less required own capital. Amounts in 万元."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graph.kinds.contracts import InvestmentRound, Loan
from graph.kinds.demand_side import FinancingNeed, Fulfils, ListedIn, Project, ProjectList
from graph.kinds.places import Industry
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.supply_side import LimitKind
from graph.kinds.terms import Instrument, Technique
from graph.money import Money
from graph.records import Ref
from graph.view import View
from queries.financing.answers import FinancingPath
from queries.financing.terms import ConstraintKind, Gate, PathStatus, Ternary
from queries.financing_paths import financing_path
from tests.graph.build import TODAY, Stated
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
    verdict,
    view_of,
    wan,
)

PROJECT_LOAN = Technique.PROJECT_LOAN
LIST = ProjectList(id="projectList:l", name="重点项目")
LISTED = ListedIn(source=Ref("project:it"), target=Ref("projectList:l"))
STEEL = Industry(id="industry:steel", scheme="gbt4754-2017", code="31", name="黑色金属冶炼")


def project(**fields: Any) -> Project:
    given = {"owner": Ref(SELLER), "cost": wan(1000), "own_capital": wan(200)}
    return Project(**{"id": "project:it", "name": "p", **given, **fields})


def share(value: str | None, name: str = "rule", **fields: Any) -> Rule:
    return Rule(id=f"rule:{name}", kind=RuleKind.OWN_CAPITAL, name=name, value=dec(value), **fields)


def view_on(it: Project, *records: Stated, as_of: date = TODAY, owner: dict[str, Any] | None = None) -> View:
    firms = firm("seller", **(owner or {})), firm("spv")
    return view_of(bank(), *firms, product(PROJECT_LOAN, advance_rate=None), it, LIST, LISTED, *records, as_of=as_of)


def path_on(it: Project, *records: Stated, **options: Any) -> FinancingPath:
    return only(ask(view_on(it, *records, **options), "seller", PROJECT_LOAN))


def test_listed_project_is_lent_its_cost_less_own_capital() -> None:
    view = view_on(project())
    path = only(ask(view, "seller"))
    assert spine(view, path) == ["bank", "product", "it", "seller"]
    assert (path.technique, path.status, path.capacity_is_upper_bound) == (PROJECT_LOAN, PathStatus.AVAILABLE, False)
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([800], ConstraintKind.STEP_AMOUNT)
    assert view.id_of(path.obligor) == SELLER


def test_company_of_the_project_owes_what_its_owner_is_lent() -> None:
    limits = limit(LimitKind.SINGLE_NAME, "enterprise:spv", 300), limit(LimitKind.SINGLE_NAME, SELLER, 1, "own")
    view = view_on(project(vehicle=Ref("enterprise:spv")), *limits)
    for beneficiary in ("seller", "spv"):
        path = only(ask(view, beneficiary))
        assert (view.id_of(path.obligor), in_wan([path.capacity])) == ("enterprise:spv", [300])


def test_owner_that_runs_its_project_has_one_path() -> None:
    assert capacities(ask(view_on(project(vehicle=Ref(SELLER))), "seller")) == [800]


def test_project_that_is_on_no_list_is_blocked() -> None:
    path = path_on(project())
    view = view_of(bank(), firm("seller"), product(PROJECT_LOAN), project())
    assert not ask(view, "seller").paths
    blocked = financing_path(view, path.id)
    assert blocked is not None
    assert (blocked.status, verdict(blocked, Gate.ELIGIBILITY)) == (PathStatus.BLOCKED, Ternary.NO)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"own_capital": None, "own_capital_share": dec("0.25")}, 750),
        ({"own_capital_share": dec("0.25")}, 750),
        ({"own_capital_share": dec("0.1")}, 800),
        ({"own_capital": wan(1200)}, None),
    ],
    ids=["share", "share above the amount", "amount above the share", "more than the cost"],
)
def test_project_states_its_own_capital(fields: dict[str, Any], expected: float | None) -> None:
    found = capacities(ask(view_on(project(**fields), share("0.9")), "seller"))
    assert found == ([] if expected is None else [expected])


def test_share_is_rounded_against_the_loan() -> None:
    path = path_on(project(own_capital=None, own_capital_share=dec("0.333333"), cost=Money(10)))
    assert path.capacity == 6


def test_dated_rule_sets_the_share_where_the_project_states_none() -> None:
    rules = (
        share("0.3", "old", valid_to=date(2025, 6, 1)),
        share("0.2", "new", valid_from=date(2025, 6, 1)),
    )
    bare = project(own_capital=None)
    today = path_on(bare, *rules)
    assert (in_wan([today.capacity]), in_wan([path_on(bare, *rules, as_of=date(2025, 5, 31)).capacity])) == (
        [800],
        [700],
    )
    view = view_on(bare, *rules)
    assert view.id_of(constraint(only(ask(view, "seller")), ConstraintKind.STEP_AMOUNT).record) == "rule:new"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ((), 800),
        ((share("0.4", "steel", industry=Ref("industry:steel")),), 600),
        ((share("0.4", "steel", industry=Ref("industry:steel")), share("0.1", "listed", about=Ref("projectList:l"))), 900),
        ((share("0.5", "other list", about=Ref("projectList:other")), ProjectList(id="projectList:other", name="o")), 800),
        ((share("0.25", "second"),), 750),
        ((share("0.9", "wish", hard=False),), 800),
    ],
    ids=["general", "industry", "list before industry", "another list", "stricter of equals", "a preference"],
)  # fmt: skip
def test_rule_most_of_its_own_counts(more: tuple[Stated, ...], expected: float) -> None:
    owner = {"industry": Ref("industry:steel")}
    path = path_on(project(own_capital=None), STEEL, share("0.2", "general"), *more, owner=owner)
    assert in_wan([path.capacity]) == [expected]


@pytest.mark.parametrize(
    ("it", "rules", "missing"),
    [
        (project(own_capital=None), (), ["ownCapital"]),
        (project(own_capital=None), (share(None),), ["value"]),
        (project(cost=None), (), ["cost"]),
    ],
)
def test_what_nobody_states_leaves_no_capacity(it: Project, rules: tuple[Rule, ...], missing: list[str]) -> None:
    path = path_on(it, *rules)
    assert (path.capacity, path.status, missing_of(path, Gate.LIMIT)) == (None, PathStatus.CONDITIONAL, missing)


def test_what_its_needs_were_lent_already_comes_off() -> None:
    asked = FinancingNeed(
        id="financingNeed:n", enterprise=Ref(SELLER), amount=wan(900), instrument=Instrument.DEBT,
        project=Ref("project:it"),
    )  # fmt: skip
    loan = Loan(id="loan:l", lender=Ref(BANK), borrower=Ref(SELLER), principal=wan(300))
    raised = InvestmentRound(id="investmentRound:r", enterprise=Ref(SELLER), amount=wan(100))
    meets = (Fulfils(source=Ref(one.id), target=Ref("financingNeed:n")) for one in (loan, raised))
    path = path_on(project(), asked, loan, raised, *meets)
    assert in_wan([constraint(path, ConstraintKind.STEP_AMOUNT).used]) == [300]
    assert in_wan([path.capacity]) == [500]


@pytest.mark.parametrize(("purpose", "fits"), [("技术改造", True), ("设备更新", True), ("补充流动资金", False)])
def test_project_money_builds_and_equips(purpose: str, fits: bool) -> None:
    assert bool(ask(view_on(project()), "seller", need=need(10, purpose=purpose)).paths) is fits


def test_project_loan_in_force_is_existing() -> None:
    loan = Loan(id="loan:l", lender=Ref(BANK), borrower=Ref(SELLER), technique=PROJECT_LOAN, principal=wan(300))
    path = only(ask(view_of(bank(), firm("seller"), loan), "seller", PROJECT_LOAN))
    assert (path.status, path.capacity) == (PathStatus.EXISTING, 0)
