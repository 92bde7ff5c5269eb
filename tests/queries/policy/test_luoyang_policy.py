"""The plan of the test data, asked whole: open thresholds and labels, two member lists, sets, and reforms that other sources state."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from graph.kinds.identity import SucceededBy
from graph.kinds.parties import GovernmentUnit, Institution
from graph.kinds.policy import OpenQuestionKind
from graph.knowledge import Knowledge
from graph.ontology import Ontology
from graph.records import Record, Ref
from graph.view import View
from loaders.registry import open_source
from loaders.runner import run
from queries.accountability import accountability
from queries.policy.document_number import require_policy
from queries.policy.open_points import open_points
from queries.policy_document import policy_committees, policy_names, policy_units
from queries.succession import succession
from tests.graph.build import knowledge_of, load
from tests.graph.memory_log import MemoryLog

DOC_NO = "洛政办〔2017〕70号"
NAMED_INSTITUTION = f"institution:{DOC_NO}:"


def loaded(test_data: Path, *more: Record) -> Knowledge:
    texts = sorted((test_data / "seeds").glob("*.txt"))
    if not texts:
        pytest.skip("no plan text in the test data")
    log = MemoryLog()
    knowledge = knowledge_of(log)
    assert run(knowledge, open_source("plan", texts[0], Ontology.current()), actor="tests").is_clean
    if more:
        load(log, "reforms", more)
    knowledge.refresh()
    return knowledge


@pytest.fixture(scope="module")
def plan(test_data: Path) -> View:
    return loaded(test_data).view()


@pytest.fixture(scope="module")
def reformed(test_data: Path) -> Knowledge:
    """The plan and reforms whose days and new bodies are made up for the test."""
    regulator, commission = "governmentUnit:洛阳银监分局", "governmentUnit:洛阳市工业信息化委"
    return loaded(
        test_data,
        *(GovernmentUnit(id=f"governmentUnit:{name}", name=name) for name in ("监管二局", "监管三局", "工信新局")),
        Institution(id="institution:并入行", name="并入行"),
        SucceededBy(source=Ref(regulator), target=Ref("governmentUnit:监管二局"), on=date(2019, 1, 1), reason="一号文"),
        SucceededBy(source=Ref("governmentUnit:监管二局"), target=Ref("governmentUnit:监管三局"), on=date(2023, 7, 1)),
        SucceededBy(source=Ref(commission), target=Ref("governmentUnit:工信新局"), on=date(2019, 3, 1)),
        SucceededBy(source=Ref(f"{NAMED_INSTITUTION}洛阳银行"), target=Ref("institution:并入行"), on=date(2022, 5, 1)),
        SucceededBy(source=Ref("governmentUnit:洛阳市工商局"), target=Ref("governmentUnit:监管二局")),
    )


def numbers(view: View, unit: str) -> list[int]:
    return [view.value(one.measure, "number") for one in accountability(view, unit).measures]


def test_its_thresholds_labels_and_sizes_are_open(plan: View) -> None:
    points = open_points(plan, require_policy(plan, DOC_NO))
    found: dict[OpenQuestionKind, list[str]] = {}
    for one in points:
        if one.settled is False:
            found.setdefault(plan.value(one.question, "kind"), []).append(plan.value(one.question, "text"))
    assert len(found[OpenQuestionKind.THRESHOLD]) == 2
    assert {text.partition(":")[0] for text in found[OpenQuestionKind.LABEL]} >= {"9+2工作布局", "565现代产业体系"}
    assert len(found[OpenQuestionKind.LIST_MEMBERS]) == 6
    assert len(found[OpenQuestionKind.BASELINE]) == 6
    assert len(found[OpenQuestionKind.FUND_SIZE]) == 9
    assert all(one.settled is not True for one in points)


def test_both_member_lists_are_there_with_their_places(plan: View) -> None:
    group = next(one for one in policy_committees(plan, require_policy(plan, DOC_NO)) if one.lists)
    body, annex = group.lists
    assert (len(body.members), len(annex.members)) == (11, 12)
    assert (body.is_resolved, annex.is_resolved) == (False, True)
    assert [[plan.value(unit, "name") for unit in only] for only in group.only_in] == [[], ["洛阳市保险行业协会"]]
    spans = [plan.value(member.link, "span") for one in group.lists for member in one.members]
    assert all(span.quote for span in spans)
    assert [span.start for span in spans] == sorted(span.start for span in spans)


def test_nineteen_units_and_sets_answer_in_printed_order(plan: View) -> None:
    units = policy_units(plan, require_policy(plan, DOC_NO))
    assert len(units) == 19
    assert sum(len(one.responsibilities) for one in units) == 91
    assert [len(one.members.members) for one in units if one.members is not None] == [12, 0, 0]


def test_it_names_funds_pools_and_lists(plan: View) -> None:
    kinds = [plan.kind_of(one.thing).name for one in policy_names(plan, require_policy(plan, DOC_NO))]
    counts = {kind: kinds.count(kind) for kind in ("Fund", "Pool", "ProjectList", "VoucherScheme", "Committee")}
    assert counts == {"Fund": 9, "Pool": 7, "ProjectList": 6, "VoucherScheme": 2, "Committee": 2}


def test_a_bank_that_a_list_names_answers_and_the_open_sets_stay_open(plan: View) -> None:
    found = accountability(plan, f"{NAMED_INSTITUTION}洛阳银行")
    assert [plan.value(one.measure, "number") for one in found.measures] == [27]
    assert {plan.value(one.unit_set, "name") for one in found.open_sets} == {"各金融机构", "地方法人金融机构"}


def test_member_units_answer_for_what_the_set_answers_for(plan: View) -> None:
    assert numbers(plan, "洛阳市保险行业协会") == [1, 2, 17]
    assert numbers(plan, "市金融办") == sorted([2, 1, 3, 4, 5, 9, 11, 12, 13, 14, 17, 18, 19, 22, 23, 24, 25, 26, 27])


@pytest.mark.parametrize(("day", "holder"), [(2018, "洛阳银监分局"), (2020, "监管二局"), (2024, "监管三局")])
def test_who_is_responsible_today_follows_the_reforms(reformed: Knowledge, day: int, holder: str) -> None:
    view = reformed.view(date(day, 6, 1))
    found = succession(view, view.require("governmentUnit:洛阳银监分局"))
    assert [view.value(unit, "name") for unit in found.units] == [holder]
    assert numbers(view, f"governmentUnit:{holder}") == [1, 2, 5, 6, 11, 13, 16, 21, 22, 23, 27]


def test_an_undated_reform_moves_nothing(reformed: Knowledge) -> None:
    view = reformed.view(date(2020, 6, 1))
    assert [
        view.value(unit, "name") for unit in succession(view, view.require("governmentUnit:洛阳市工商局")).units
    ] == ["洛阳市工商局"]
    assert len(accountability(view, "governmentUnit:监管二局").undated) == 1


def test_the_printed_list_stays_as_it_was_printed(reformed: Knowledge) -> None:
    view = reformed.view(date(2024, 6, 1))
    units = policy_units(view, require_policy(view, DOC_NO))
    bank = next(one for one in units if view.value(one.unit, "name") == "洛阳银行")
    assert bank.today is not None
    assert [view.value(unit, "name") for unit in bank.today.units] == ["并入行"]
    assert [view.value(link, "printed") for link in bank.responsibilities] == ["洛阳银行"]
