"""Answers about the schema alone are kept; whatever depends on the view or on variables is asked anew."""

from __future__ import annotations

import orjson
import pytest
from graphql import get_introspection_query

from schema.context import Scope
from schema.execution import Request, run
from schema.introspection import MAX_KEPT, Introspections
from tests.schema.world import World


def asked(town: World, kept: Introspections, request: Request) -> bytes:
    """The answer to a request, made anew and offered to be kept."""
    answer = run(town.schema, Scope.present(town.service, 30.0), request)
    body = orjson.dumps(answer.body)
    kept.keep(town.schema, request, answer, body)
    return body


@pytest.mark.parametrize(
    "query",
    [get_introspection_query(), "{ __typename }", '{ one: __type(name: "View") { name } __schema { description } }'],
)
def test_an_answer_about_the_schema_alone_is_kept_as_it_was_given(town: World, query: str) -> None:
    kept = Introspections()
    request = Request(query)
    assert kept.find(town.schema, request) is None
    body = asked(town, kept, request)
    assert kept.find(town.schema, request) == body


@pytest.mark.parametrize(
    "request_",
    [
        Request("{ version }"),
        Request("{ __typename version }"),
        Request("{ ...f } fragment f on Query { version }"),
        Request("{ ... { version } }"),
        Request("query a { __typename } query b { version }", None, "a"),
        Request("query($n: String!) { __type(name: $n) { name } }", {"n": "View"}),
        Request("{ __schema { nothing } }"),
        Request("{ __typename"),
        Request("query($n: String!) { __type(name: $n) { name } }"),
    ],
)
def test_what_depends_on_more_or_fails_is_not_kept(town: World, request_: Request) -> None:
    kept = Introspections()
    asked(town, kept, request_)
    assert kept.find(town.schema, request_) is None


def test_each_operation_of_a_text_has_its_own_answer(town: World) -> None:
    kept = Introspections()
    text = 'query a { __type(name: "View") { name } } query b { __type(name: "Query") { name } }'
    bodies = [asked(town, kept, Request(text, None, name)) for name in "ab"]
    assert [kept.find(town.schema, Request(text, None, name)) for name in "ab"] == bodies
    assert bodies[0] != bodies[1]


def test_a_text_asked_with_variables_is_not_answered_from_what_was_kept_without(town: World) -> None:
    kept = Introspections()
    text = 'query($n: String! = "View") { __type(name: $n) { name } }'
    asked(town, kept, Request(text))
    assert kept.find(town.schema, Request(text, {"n": "Query"})) is None


def test_the_longest_unasked_answer_goes_first(town: World) -> None:
    kept = Introspections()
    requests = [Request(f"{{ a{number}: __typename }}") for number in range(MAX_KEPT + 1)]
    for request in requests[:-1]:
        asked(town, kept, request)
    kept.find(town.schema, requests[0])
    asked(town, kept, requests[-1])
    found = [kept.find(town.schema, request) is not None for request in requests]
    assert found == [True, False, *[True] * (MAX_KEPT - 1)]
