"""Every question and connection with values at the edge: an answer or a coded error, never a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.schema import Schema
from tests.schema.world import ANCHOR, POLICY, TIER1, World

INTS = [0, 1, -1, 2**31 - 1, -(2**31), 501]
TEXTS = [
    "",
    " ",
    "x",
    "💥" * 40,
    "enterprise:",
    ":x",
    "enterprise:a:b:c",
    "%",
    "\x00",
    "a\nb",
    "x" * 3000,
    ANCHOR,
    TIER1,
    POLICY,
    "e30",
    "W10",
]
DECIMALS = ["0", "-1", "0.000000000000000001", "9" * 39, "1", "0.5"]
DATES = ["0001-01-01", "9999-12-31", "2025-06-01"]
JSONS: list[Any] = [
    {}, [], "x", 5, {"name": "x" * 3000}, {"name": None}, {"name": {"a": 1}}, {"name": ["x"]}, {"employees": True}, {"id": "x"}, {"id": 5},
    {"employees": 1e300}, {"employees": "\x00"}, {"annualRevenue": {"amount": "x"}}, {"source": ANCHOR, "target": TIER1}, {"colour": 1},
    {"creditCode": "9" * 18}, {"validFrom": "9999-12-31"}, {"validTo": "0001-01-01"}, {"aliases": [[], {}]}, {"name": "a", "code": "1"},
]  # fmt: skip
MOMENTS = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2025-06-01T00:00:00+08:00", "0001-01-01T00:00:00+14:00"]


def values_of(type_: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of an input type as JSON."""
    bare = get_nullable_type(type_)
    named = get_named_type(type_)
    if is_list_type(bare):
        return st.lists(values_of(bare.of_type, depth + 1), max_size=2)
    if isinstance(named, GraphQLEnumType):
        return st.sampled_from(list(named.values))
    if isinstance(named, GraphQLInputObjectType):
        fields = {name: field for name, field in named.fields.items() if depth < 3 or str(field.type).endswith("!")}
        if named.extensions["strawberry-definition"].is_one_of:
            return st.sampled_from(sorted(fields)).flatmap(
                lambda name: st.fixed_dictionaries({name: values_of(fields[name].type, depth + 1)})
            )
        wanted = {name: field for name, field in fields.items() if str(field.type).endswith("!")}
        optional = st.lists(st.sampled_from(sorted(fields)), max_size=2) if fields else st.just([])
        return optional.flatmap(
            lambda chosen: st.fixed_dictionaries(
                {name: values_of(fields[name].type, depth + 1) for name in {*wanted, *chosen}}
            )
        )
    pools: dict[str, list[Any]] = {
        "Int": INTS, "ID": TEXTS, "String": TEXTS, "Decimal": DECIMALS, "Date": DATES, "DateTime": MOMENTS, "Boolean": [True, False],
        "JSON": JSONS,
    }  # fmt: skip
    return st.sampled_from(pools[named.name])


def selection(field: GraphQLField, depth: int = 0) -> str:
    """Some leaves below a field."""
    named = get_named_type(field.type)
    if is_leaf_type(named):
        return ""
    if not isinstance(named, GraphQLObjectType):
        return "{ id }"
    parts = [
        f"{name}{selection(below, depth + 1)}"
        for name, below in named.fields.items()
        if not any(is_required_argument(argument) for argument in below.args.values())
        and (
            is_leaf_type(get_named_type(below.type))
            or (depth < 2 and name in ("nodes", "paths", "cells", "tiers", "pageInfo", "firms"))
        )
    ]
    return "{ " + " ".join(["__typename", *parts]) + " }"


QUESTIONS = (
    "node", "nodes", "search", "supplyTiers", "connections", "financingPaths", "financingPath", "whyNot", "financingReach",
    "fundableAmount", "encumbrances", "fundTree", "fundCovenants", "fundCoverageGaps", "policy", "sources",
    "enterprises", "receivables", "financingNeeds", "policies", "observations", "view",
)  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
@settings(max_examples=25)
@given(data=st.data())
def test_no_argument_makes_a_fault(town: World, schema: Schema, name: str, data: st.DataObject) -> None:
    query = schema._schema.query_type
    assert query is not None
    field = query.fields[name]
    chosen: dict[str, Any] = {}
    for argument, definition in field.args.items():
        if is_required_argument(definition) or data.draw(st.booleans()):
            chosen[argument] = data.draw(values_of(definition.type))
    declared = ", ".join(f"${argument}: {field.args[argument].type}" for argument in chosen)
    given_ = ", ".join(f"{argument}: ${argument}" for argument in chosen)
    document = (
        f"query{f'({declared})' if chosen else ''} {{ {name}{f'({given_})' if chosen else ''} {selection(field)} }}"
    )
    body = town.answer(document, chosen).body
    for error in _errors(body):
        assert error["extensions"]["code"] in ("INVALID_INPUT", "NOT_FOUND", "LIMIT_EXCEEDED"), error


def _errors(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from body.get("errors", ())
