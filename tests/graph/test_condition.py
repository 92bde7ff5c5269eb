"""Conditions as data: what they say once read, and what cannot be meant, each named with its place and a remedy."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from graph.batch import Batch, Rejection
from graph.condition import (
    BadCondition,
    Comparison,
    Either,
    Every,
    Negation,
    OfRule,
    facts_of,
    read_condition,
    rules_named,
)
from graph.dependencies import cycles
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.stacking import Requires
from graph.kinds.supply_side import Subsidy
from graph.kinds.terms import Operator, SizeClass
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Record, Ref
from graph.validation import check

ONTOLOGY = Ontology.current()
FACTS = facts_of(ONTOLOGY)
SMALL = {"field": "employees", "operator": "LTE", "value": 300}


def read(stated: Any) -> Any:
    return read_condition(json.dumps(stated), FACTS)


def rejected(*records: Record) -> tuple[list[str], list[Rejection]]:
    found = check(Batch.of(records, ONTOLOGY), ONTOLOGY, "test")
    kept = [one for frame in found.kept.frames.values() for one in frame.get_column("id").to_list()]
    return kept, found.rejections


def rule(name: str, stated: Any) -> Rule:
    text = stated if isinstance(stated, str) else json.dumps(stated, ensure_ascii=False)
    return Rule(id=f"rule:{name}", kind=RuleKind.ELIGIBILITY, name=name, condition=text)


def test_a_condition_is_read_into_stored_units() -> None:
    found = read(
        {
            "all": [
                SMALL,
                {"any": [{"field": "annualRevenue", "operator": "GTE", "value": 5000000.5}, {"rule": "rule:young"}]},
                {"not": {"field": "size", "operator": "IN", "value": ["LARGE", "MICRO"]}},
                {"field": "foundedOn", "operator": "GT", "value": "1970-01-11"},
                {"field": "defaultProbability", "operator": "LT", "value": 0.05},
            ]
        }
    )
    assert isinstance(found, Every)
    staff, either, negation, founded, risk = found.parts
    assert (staff.operator, staff.values) == (Operator.LTE, (300,))
    assert isinstance(either, Either)
    assert [type(one) for one in either.parts] == [Comparison, OfRule]
    assert either.parts[0].values == (500_000_050,)
    assert isinstance(negation, Negation)
    assert negation.part.values == (list(SizeClass).index(SizeClass.LARGE), list(SizeClass).index(SizeClass.MICRO))
    assert (founded.values, risk.values) == ((10,), (50_000,))
    assert [one.fact.name for one in (staff, founded, risk)] == ["employees", "foundedOn", "defaultProbability"]
    assert list(rules_named(found)) == ["rule:young"]


@pytest.mark.parametrize(
    ("stated", "fault", "words"),
    [
        ({**SMALL, "field": "staff"}, "UNKNOWN_FIELD", '"staff" is no fact of an enterprise; use one of address'[:38]),
        ({**SMALL, "operator": "LESS"}, "BAD_OPERATOR", '"LESS" does not compare employees'),
        ({"field": "size", "operator": "GTE", "value": "SMALL"}, "BAD_OPERATOR", "use one of EQ, IN, NOT_IN"),
        ({"field": "size", "operator": "EQ", "value": "TINY"}, "BAD_VALUE", "give one of LARGE, MEDIUM, SMALL, MICRO"),
        ({"field": "size", "operator": "EQ", "value": ["SMALL"]}, "BAD_VALUE", "is no value for EQ"),
        ({"field": "size", "operator": "IN", "value": []}, "BAD_VALUE", "is no value for IN"),
        ({"field": "region", "operator": "EQ", "value": "industry:x"}, "BAD_VALUE", "give an id region:…"),
        ({"field": "annualRevenue", "operator": "GTE", "value": 0.001}, "BAD_VALUE", "exact to 分"),
        ({"field": "employees", "operator": "GTE", "value": True}, "BAD_VALUE", "give a whole number"),
        ({"field": "employees", "operator": "GTE", "value": float("inf")}, "BAD_VALUE", "give a whole number"),
        ({"all": []}, "BAD_CONDITION", "at all: [] is no list"),
        ({"all": [SMALL, {"any": [3]}]}, "BAD_CONDITION", "at all[1].any[0]: 3 is no object"),
        ({"all": [SMALL], "any": [SMALL]}, "BAD_CONDITION", "are no keys of a condition"),
        ({"rule": "policy:x"}, "BAD_CONDITION", "are no keys of a condition"),
        ("employees <= 300", "BAD_CONDITION", "is no object"),
    ],
)
def test_what_cannot_be_meant_is_named(stated: Any, fault: str, words: str) -> None:
    with pytest.raises(BadCondition) as caught:
        read(stated)
    assert caught.value.fault == fault
    assert words in f"{caught.value.reason}; {caught.value.remedy}"


@pytest.mark.parametrize("text", ["", "{", "__import__('os')", "[" * 100_000])
def test_what_is_no_json_is_no_condition(text: str) -> None:
    with pytest.raises(BadCondition, match="is no JSON"):
        read_condition(text, FACTS)


def test_a_condition_is_not_deeper_than_it_can_be_read() -> None:
    deep: Any = SMALL
    for _ in range(20):
        deep = {"not": deep}
    with pytest.raises(BadCondition, match="deeper than 12"):
        read(deep)
    with pytest.raises(BadCondition, match="more than 200 parts"):
        read({"any": [SMALL] * 300})


def test_a_load_keeps_good_rules_and_says_what_is_wrong_with_others() -> None:
    kept, found = rejected(
        rule("good", SMALL), rule("field", {**SMALL, "field": "staff"}), rule("operator", {**SMALL, "operator": "~"})
    )
    assert kept == ["rule:good"]
    assert {(one.code, one.field) for one in found} == {("UNKNOWN_FIELD", "condition"), ("BAD_OPERATOR", "condition")}


def test_rules_that_depend_on_themselves_are_rejected_with_the_way_round() -> None:
    kept, found = rejected(
        rule("a", {"rule": "rule:b"}), rule("b", {"all": [SMALL, {"not": {"rule": "rule:a"}}]}), rule("c", {"rule": "rule:a"}),
        rule("self", {"rule": "rule:self"}), rule("d", {"rule": "rule:elsewhere"}),
    )  # fmt: skip
    assert kept == ["rule:c", "rule:d"]
    assert {one.code for one in found} == {"DEPENDENCY_CYCLE"}
    assert {one.reason for one in found} == {
        "depends on itself: rule:a → rule:b → rule:a", "depends on itself: rule:self → rule:self",
    }  # fmt: skip


def test_supports_that_presuppose_each_other_are_rejected() -> None:
    pairs = (("x", "y"), ("y", "x"), ("z", "x"))
    found = check(
        Batch.of([Requires(source=Ref(f"subsidy:{a}"), target=Ref(f"subsidy:{b}")) for a, b in pairs], ONTOLOGY), ONTOLOGY, "test"
    )  # fmt: skip
    assert found.kept.frames["Requires"].select(pl.col("source")).to_series().to_list() == ["subsidy:z"]
    assert [one.reason for one in found.rejections] == ["depends on itself: subsidy:x → subsidy:y → subsidy:x"] * 2


def test_a_cap_of_nothing_is_rejected() -> None:
    kept, (one,) = rejected(
        Subsidy(id="subsidy:s", name="s", cap=Money(0)), Subsidy(id="subsidy:t", name="t", cap=Money(1))
    )
    assert kept == ["subsidy:t"]
    assert (one.code, one.field, one.reason) == ("OUT_OF_RANGE", "cap", "is a cap of 0, which lets nothing through")


def test_circles_are_told_once_each() -> None:
    assert list(cycles([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])) == [(["a", "b", "c"], "a → b → c → a")]
    assert list(cycles([("a", "b"), ("b", "c")])) == []
