"""Errors from outside: a code, a message with value and remedy, nothing of the inside."""

import pytest

from graph import errors
from schema.context import Scope
from schema.errors import CODES
from schema.execution import Request, run
from schema.types.entity import Entity
from tests.schema.world import World


@pytest.mark.parametrize(
    ("document", "code", "words"),
    [
        ("{", "GRAPHQL_PARSE_FAILED", "Syntax Error"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED", "Cannot query field 'nothing'"),
        ("mutation { __typename }", "GRAPHQL_VALIDATION_FAILED", "queries"),
        ('{ node(id: "enterprise") { id } }', "INVALID_INPUT", "'enterprise' is not an id"),
        ("{ enterprises(first: -1) { nodes { id } } }", "INVALID_INPUT", "first is -1"),
        ("{ enterprises(first: 501) { nodes { id } } }", "LIMIT_EXCEEDED", "at most 500"),
        ('{ enterprises(after: "💥") { nodes { id } } }', "INVALID_INPUT", "no cursor"),
        ('{ search(text: " ") { nodes { id } } }', "INVALID_INPUT", "search text"),
        ('{ view(asOf: "2025-02-30") { version } }', "INVALID_INPUT", "2025-02-30"),
        ('{ view(knownAt: "2025-01-01T00:00:00") { version } }', "INVALID_INPUT", "offset"),
        ('{ enterprises(filter: { netAssets: { gt: { amount: "1e309" } } }) { totalCount } }', "INVALID_INPUT", "1e309"),
        ('{ enterprises(filter: { netAssets: { gt: { amount: "NaN" } } }) { totalCount } }', "INVALID_INPUT", "NaN"),
        ('{ financingPaths(beneficiary: "enterprise:nobody") { paths { totalCount } } }', "NOT_FOUND", "enterprise:nobody"),
        ('{ financingPaths(beneficiary: "enterprise:nobody", first: 101) { paths { totalCount } } }', "LIMIT_EXCEEDED", "101"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(town: World, document: str, code: str, words: str) -> None:
    found, message = town.refused(document)
    assert (found, words in message) == (code, True), message


def test_a_wrong_variable_is_invalid_input(town: World) -> None:
    code, message = town.refused("query($d: Date) { view(asOf: $d) { version } }", {"d": "yesterday"})
    assert code == "INVALID_INPUT"
    assert "yesterday" in message


def test_a_mistyped_field_gives_no_name_away(town: World) -> None:
    _, message = town.refused("{ enterprisess { totalCount } }")
    assert "Did you mean" not in message


def test_a_mistyped_code_gives_no_name_away(town: World) -> None:
    _, message = town.refused("{ enterprises(filter: { stage: { eq: SEEDS } }) { totalCount } }")
    assert "Did you mean" not in message


def test_a_fault_of_ours_is_masked_and_logged(
    town: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_self: Entity) -> str:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(Entity, "display_name", property(broken))
    body = run(
        town.schema, Scope.present(town.service, 10), Request("{ enterprises(first: 1) { nodes { displayName } } }")
    ).body
    [error] = body["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(body)
    fault = error["message"].rsplit(" ", 1)[1]
    logged = capsys.readouterr()
    assert fault in logged.out + logged.err
    assert "secret of the inside" in logged.out + logged.err


def test_a_request_out_of_time_says_so(town: World) -> None:
    body = run(town.schema, Scope.present(town.service, -1.0), Request("{ enterprises { totalCount } }")).body
    assert body["errors"][0]["extensions"] == {"code": "TIMEOUT", "retryable": True}


def test_every_code_of_the_error_tree_is_documented() -> None:
    def codes(cls: type[errors.LuoshuError]) -> set[str]:
        return {cls.code}.union(*(codes(below) for below in cls.__subclasses__()))

    assert codes(errors.LuoshuError) <= CODES.keys()
