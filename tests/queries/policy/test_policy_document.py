"""A document by its number: what it names, its units today, what it leaves open, its versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from graph.errors import InvalidInput, NotFound
from graph.kinds.demand_side import ListedIn
from graph.kinds.parties import Enterprise
from graph.kinds.policy import Policy, Rule, RuleKind
from graph.kinds.supply_side import Pool
from graph.log import Mode
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.policy.document_number import document_number, require_policy
from queries.policy.member_lists import committee_lists
from queries.policy.open_points import open_points
from queries.policy_document import policy_names, policy_units, policy_versions
from queries.succession import succession
from tests.graph.build import view_of
from tests.queries.policy.plans import ISSUED, POLICY, measure, plan
from tests.queries.policy.reforms import passes, unit


@pytest.fixture(scope="module")
def view() -> View:
    return view_of(*plan())


def asked(view: View) -> int:
    return require_policy(view, "河政办〔2024〕1号")


@pytest.mark.parametrize(
    "typed", ["河政办[2024]1号", "河政办 (2024) １号", "河政办【２０２４】1号", "河政办〔2024〕1号"]
)
def test_a_number_is_found_however_its_brackets_are_typed(view: View, typed: str) -> None:
    assert document_number(typed) == "河政办〔2024〕1号"
    assert view.id_of(require_policy(view, typed)) == POLICY


def test_a_number_that_no_document_has_names_the_near_ones(view: View) -> None:
    with pytest.raises(
        NotFound, match=r"there is no document '河政办〔2024〕2号' on 2025-06-01 .* near it: 河政办〔2024〕1号"
    ):
        require_policy(view, "河政办〔2024〕2号")


def test_a_number_that_is_like_no_other_names_where_to_look(view: View) -> None:
    with pytest.raises(NotFound, match="`policies` lists all documents"):
        require_policy(view, "无此文")


def test_a_document_that_is_not_in_force_says_when_it_is() -> None:
    early = view_of(*plan(), as_of=date(2024, 2, 29))
    with pytest.raises(NotFound, match=r"is not in force on 2024-02-29 .*: it is from 2024-03-01; ask for such a day"):
        asked(early)
    ended = view_of(Policy(doc_no="旧〔2010〕3号", title="旧", valid_to=date(2015, 1, 1)))
    with pytest.raises(NotFound, match="it is until 2015-01-01"):
        require_policy(ended, "旧〔2010〕3号")


def test_a_blank_number_is_refused(view: View) -> None:
    with pytest.raises(InvalidInput, match="docNo is blank"):
        require_policy(view, "  ")


def test_a_document_that_was_replaced_names_what_took_its_place() -> None:
    newer = Policy(doc_no="河政办〔2025〕9号", title="新方案")
    link = replace(passes("a", "b", 2025), source=Ref(POLICY), target=Ref("policy:河政办〔2025〕9号"))
    view = view_of(*plan(), newer, link)
    assert [view.id_of(one) for one in succession(view, asked(view)).units] == ["policy:河政办〔2025〕9号"]


def test_what_it_names_stands_once_each_in_the_order_of_the_text(view: View) -> None:
    found = policy_names(view, asked(view))
    assert [view.id_of(one.thing) for one in found] == ["pool:p", "institution:bank", "projectList:l"]
    assert [view.value(link, "at") for link in found[0].mentions] == [105, 110]


def test_its_units_stand_in_printed_order_with_who_they_are_today() -> None:
    view = view_of(*plan(), unit("new"), passes("office", "new", 2025))
    found = policy_units(view, asked(view))
    assert [view.value(one.unit, "name") for one in found] == ["office", "领导小组成员单位", "bureau", "各金融机构"]
    assert [one.today and [view.value(unit, "name") for unit in one.today.units] for one in found] == [
        ["new"],
        None,
        ["bureau"],
        None,
    ]
    assert [one.members and (len(one.members.members), one.members.is_resolved) for one in found] == [
        None,
        (3, True),
        None,
        (0, False),
    ]


def test_both_member_lists_are_kept_with_their_places(view: View) -> None:
    found = committee_lists(view, view.require("committee:group"))
    spans = [[view.value(one.link, "span").start for one in lists.members] for lists in found.lists]
    assert spans == [[300, 310], [400, 410, 420]]
    assert [one.is_resolved for one in found.lists] == [False, True]
    assert [[view.id_of(unit) for unit in only] for only in found.only_in] == [[], ["governmentUnit:guild"]]


def settled(view: View) -> dict[str, bool | None]:
    return {view.value(one.question, "kind").name: one.settled for one in open_points(view, asked(view))}


def test_what_it_leaves_open_is_open_until_somebody_states_it(view: View) -> None:
    assert settled(view) == {
        "POOL_SIZE": False, "BASELINE": False, "LIST_MEMBERS": False, "THRESHOLD": False, "UNIT_SET": False, "LEAD": None,
    }  # fmt: skip
    missing = {(view.id_of(fact.record), fact.field) for one in open_points(view, asked(view)) for fact in one.missing}
    assert missing == {
        ("pool:p", "balance"), ("target:1", "baseline"), ("projectList:l", "listed"), ("rule:trigger", "statedInSource"),
        ("unitSet:banks", "memberLinks"),
    }  # fmt: skip


def test_another_source_settles_what_it_states_and_nothing_else() -> None:
    stated: list[Record] = [
        Pool(id="pool:p", name="风险池", balance=Money.of(4000, unit="万元")),
        Enterprise(id="enterprise:f", name="f"),
        ListedIn(source=Ref("enterprise:f"), target=Ref("projectList:l")),
        # Another document's numbers are another rule: they never fill in the plan's.
        Rule(id="rule:2018", kind=RuleKind.SYNDICATION_TRIGGER, name="银团", count=3, stated_in_source=True),
    ]
    view = view_of(*plan(), loads=[("bank", Mode.PARTIAL, stated)])
    assert settled(view) == {
        "POOL_SIZE": True, "BASELINE": False, "LIST_MEMBERS": True, "THRESHOLD": False, "UNIT_SET": False, "LEAD": None,
    }  # fmt: skip
    assert view.value(view.require("rule:trigger"), "count") is None


def test_its_versions_say_what_changed_and_which_is_in_force() -> None:
    amended = replace(measure(1, "用好并扩大资金池"), valid_from=date(2025, 1, 1))
    added = Rule(
        id="rule:cap",
        kind=RuleKind.TERM,
        name="期限",
        policy=Ref(POLICY),
        value=Decimal(2),
        valid_from=date(2026, 1, 1),
    )
    view = view_of(*plan(), amended, added)
    first, second, third = policy_versions(view, asked(view))
    assert [(one.since, one.until) for one in (first, second, third)] == [
        (ISSUED, date(2025, 1, 1)), (date(2025, 1, 1), date(2026, 1, 1)), (date(2026, 1, 1), None),
    ]  # fmt: skip
    assert [one.in_force for one in (first, second, third)] == [False, True, False]
    assert first.changes == ()
    [change] = second.changes
    assert change.before is not None
    assert change.after is not None
    assert (view.id_of(change.part), change.before.record.text, change.after.record.text) == (  # type: ignore[attr-defined]
        "measure:1", "用好资金池", "用好并扩大资金池",
    )  # fmt: skip
    assert [(view.id_of(one.part), one.before is None) for one in third.changes] == [("rule:cap", True)]
