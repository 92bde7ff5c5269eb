"""A plan whole, who holds duties today, and what a unit answers for, over GraphQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from graph.ontology import Ontology
from schema.schema import Schema
from tests.queries.policy.plans import measure, plan
from tests.queries.policy.reforms import passes, unit
from tests.schema.world import World

UNITS = "unit { id } members { isResolved members { unit { id } listOrder printed span { start quote } membership { claims { quote } } } }"
TODAY = "today { holders { unit { id } since through { on } } isCertain isSplit announced { on } doubts { kind links { reason } } }"


@pytest.fixture(scope="module")
def town(schema: Schema, ontology: Ontology) -> World:
    amended = replace(measure(1, "用好并扩大资金池"), valid_from=date(2025, 1, 1))
    reform = passes("office", "new", 2025, reason="机构改革方案")
    doubtful = passes("bureau", "guild", None, reason="传闻")
    return World.stating(schema, ontology, *plan(), unit("new"), amended, reform, doubtful)


def policy(town: World, fields: str) -> Any:
    return town.ask(f'{{ policy(docNo: "河政办[2024]1号") {{ {fields} }} }}')["policy"]


def test_a_plan_whole(town: World) -> None:
    found = policy(
        town,
        "docNo title names { thing { id } mentions { span { start } source { id } } } openPoints { question { kind number } settled"
        f" missing {{ record {{ id }} field }} }} units {{ {UNITS} {TODAY} responsibilities {{ printed listOrder }} }}"
        " succession { holders { unit { id } } }",
    )
    assert (found["docNo"], found["title"]) == ("河政办〔2024〕1号", "方案")
    assert [one["thing"]["id"] for one in found["names"]] == ["pool:p", "institution:bank", "projectList:l"]
    assert found["names"][0]["mentions"][0] == {"span": {"start": 105}, "source": {"id": "measure:1"}}
    assert found["openPoints"][0] == {
        "question": {"kind": "POOL_SIZE", "number": 1},
        "settled": False,
        "missing": [{"record": {"id": "pool:p"}, "field": "balance"}],
    }
    office, members, bureau, banks = found["units"]
    assert office["today"]["holders"] == [
        {"unit": {"id": "governmentUnit:new"}, "since": "2025-01-01", "through": [{"on": "2025-01-01"}]}
    ]
    assert bureau["today"]["doubts"] == [{"kind": "UNDATED", "links": [{"reason": "传闻"}]}]
    assert (bureau["today"]["isCertain"], members["today"]) == (False, None)
    assert members["members"]["members"][2] == {
        "unit": {"id": "governmentUnit:guild"}, "listOrder": 3, "printed": "guild", "span": {"start": 420, "quote": "guild"},
        "membership": {"claims": [{"quote": "guild"}]},
    }  # fmt: skip
    assert banks["members"] == {"isResolved": False, "members": []}
    assert found["succession"] == {"holders": [{"unit": {"id": "policy:河政办〔2024〕1号"}}]}


def test_its_versions_tell_what_changed(town: World) -> None:
    first, second = policy(town, "versions { since until inForce changes { id part { id } before after } }")["versions"]
    assert (first["since"], first["until"], first["inForce"], first["changes"]) == (
        "2024-03-01",
        "2025-01-01",
        False,
        [],
    )
    [change] = second["changes"]
    assert (change["id"], change["before"]["text"], change["after"]["text"]) == (
        "measure:1",
        "用好资金池",
        "用好并扩大资金池",
    )


def test_both_lists_of_member_units(town: World) -> None:
    [group] = policy(town, "memberLists { committee { name } lists { unitSet { name } isResolved } onlyIn { id } }")[
        "memberLists"
    ]
    assert [one["isResolved"] for one in group["lists"]] == [False, True]
    assert group["onlyIn"] == [[], [{"id": "governmentUnit:guild"}]]


def test_an_entry_of_a_list_says_who_it_is_today(town: World) -> None:
    [first, second] = policy(
        town, "measures { responsible { printed members { isResolved } today { holders { unit { id } } } } }"
    )["measures"][0]["responsible"]
    assert first == {
        "printed": "市金融办",
        "members": None,
        "today": {"holders": [{"unit": {"id": "governmentUnit:new"}}]},
    }
    assert second["members"] == {"isResolved": True}


def test_what_a_unit_answers_for(town: World) -> None:
    found = town.ask(
        f'{{ accountability(unit: "new") {{ unit {{ id }} {TODAY} inherited {{ unit {{ id }} }} undated {{ on }}'
        " measures { measure { number } policy { docNo }"
        " charges { basis of { id } answers responsibility { listOrder printedRole } membership { id } }"
        " responsible { responsibility { printed } }"
        " targets { target { indicator } observations { period value claims { source { name } } } }"
        " arrangements { thing { id } mentions { at } contractCount contracts(first: 1) { id claims { locator } } participants { id } }"
        " observations { value } assessments { score } }"
        " duties { target { text } } committees { committee { name } } seats { printed } openSets { unitSet { name } } } }"
    )["accountability"]
    assert found["unit"] == {"id": "governmentUnit:new"}
    assert found["inherited"] == [{"unit": {"id": "governmentUnit:office"}}]
    [one] = found["measures"]
    assert (one["measure"], one["policy"]) == ({"number": 1}, {"docNo": "河政办〔2024〕1号"})
    assert [(each["basis"], each["answers"], each["membership"] is None) for each in one["charges"]] == [
        ("SUCCESSOR", "YES", True),
        ("SUCCESSOR", "YES", False),
    ]
    assert {each["responsibility"]["printedRole"] for each in one["charges"]} == {None}
    assert [each["value"] for each in one["targets"][0]["observations"]] == ["1", "2"]
    assert [
        (each["thing"]["id"], each["contractCount"], each["contracts"][0]["id"]) for each in one["arrangements"]
    ] == [
        ("pool:p", 1, "loan:2"),
        ("loanProduct:t", 1, "loan:1"),
    ]
    assert one["assessments"] == [{"score": "90"}]
    assert [each["target"]["text"] for each in found["duties"]] == ["统筹"]
    assert [each["unitSet"]["name"] for each in found["openSets"]] == ["各金融机构"]


def test_succession_is_asked_by_a_name_too(town: World) -> None:
    found = town.ask(
        '{ succession(unit: "市金融办") { unit { id } holders { unit { id } } applied { reason claims { source { name } } } } }'
    )
    assert found["succession"] == {
        "unit": {"id": "governmentUnit:office"},
        "holders": [{"unit": {"id": "governmentUnit:new"}}],
        "applied": [{"reason": "机构改革方案", "claims": [{"source": {"name": "test"}}]}],
    }


def test_another_day_has_another_holder(town: World) -> None:
    asked = '{ view(asOf: "2024-06-01") { succession(unit: "office") { holders { unit { id } } announced { on } } } }'
    assert town.ask(asked)["view"]["succession"] == {
        "holders": [{"unit": {"id": "governmentUnit:office"}}],
        "announced": [{"on": "2025-01-01"}],
    }


@pytest.mark.parametrize(
    ("question", "code", "message"),
    [
        ('policy(docNo: "河政办〔2024〕2号") { id }', "NOT_FOUND", "near it: 河政办〔2024〕1号"),
        ('policy(docNo: "") { id }', "INVALID_INPUT", "docNo is blank"),
        ('accountability(unit: "市教育局") { unit { id } }', "NOT_FOUND", "no unit is called '市教育局'"),
        ('accountability(unit: "pool:p") { unit { id } }', "INVALID_INPUT", "of kind Pool"),
        ('succession(unit: "x:1") { unit { id } }', "INVALID_INPUT", "which is no kind"),
        (
            'accountability(unit: "office") { measures { arrangements { contracts(first: -1) { id } } } }',
            "INVALID_INPUT",
            "first",
        ),
    ],
)
def test_bad_input_has_a_clear_answer(town: World, question: str, code: str, message: str) -> None:
    found = town.refused(f"{{ {question} }}")
    assert found[0] == code
    assert message in found[1]
