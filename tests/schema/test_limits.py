"""What one request may ask for; an exponential document must cost no more than its length."""

import pytest
from graphql import parse

from schema import limits
from schema.limits import excess
from schema.schema import Schema
from tests.schema.world import ANCHOR, World


def bomb(levels: int) -> str:
    """Each fragment spreads the next one twice: 2^levels fields in a few hundred bytes."""
    parts = [f"fragment f{level} on Enterprise{{...f{level + 1} ...f{level + 1}}}" for level in range(levels)]
    return "{enterprises(first:1){nodes{...f0}}}" + "".join(parts) + f"fragment f{levels} on Enterprise{{name}}"


def test_an_exponential_document_is_refused_by_its_cost(town: World) -> None:
    document = bomb(18)
    assert len(document) < 900
    code, message = town.refused(document)
    assert code == "LIMIT_EXCEEDED"
    assert "262,1" in message


def test_an_exponential_document_is_measured_in_one_visit_a_fragment(schema: Schema) -> None:
    # Without memory this would take longer than the universe has.
    error = excess(schema._schema, parse(bomb(300)), None)
    assert error is not None


def test_a_fragment_that_spreads_itself_is_left_to_validation(town: World) -> None:
    code, message = town.refused(
        "{ enterprises { nodes { ...a } } } fragment a on Enterprise { group { members { nodes { ...a } } } }"
    )
    assert code == "GRAPHQL_VALIDATION_FAILED"
    assert "itself" in message


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{ enterprises { nodes " + "{ group { members { nodes " * 8 + "{ id }" + "} } }" * 8 + " } }", "fields deep"),
        ("{ " + " ".join(f"a{number}: __typename" for number in range(limits.MAX_ALIASES + 1)) + " }", "aliases"),
        ("{ __typename " + "@include(if: true) " * (limits.MAX_DIRECTIVES + 1) + "}", "directives"),
        ("{ enterprises(first: 500) { nodes { suppliedBy(first: 500) { nodes { id } } } } }", "fields to answer"),
        ("{ " + "__typename " * (limits.MAX_SAME_FIELD + 1) + "}", "one field"),
        ("{ a: __schema { queryType { name } } b: __schema { queryType { name } } c: __schema { queryType { name } }"
         " d: __schema { queryType { name } } e: __schema { queryType { name } } }", "fields to answer"),
    ],
)  # fmt: skip
def test_too_much_is_refused_with_its_name(town: World, document: str, words: str) -> None:
    code, message = town.refused(document)
    assert code == "LIMIT_EXCEEDED"
    assert words in message


def test_a_document_of_too_many_tokens_is_refused_before_it_is_read(town: World) -> None:
    code, message = town.refused("{ " + "id " * limits.MAX_TOKENS + "}")
    assert code == "LIMIT_EXCEEDED"
    assert "tokens" in message


def test_a_page_size_given_by_a_variable_counts(town: World) -> None:
    document = (
        "query($n: Int!) { enterprises(first: $n) { nodes { suppliedBy(first: $n) { nodes { id source { id } } } } } }"
    )
    assert town.ask(document, {"n": 5})["enterprises"]["nodes"]
    code, message = town.refused(document, {"n": 400})
    assert code == "LIMIT_EXCEEDED"
    assert "fields to answer" in message


def test_variables_cannot_be_nested_without_end(town: World) -> None:
    condition: dict[str, object] = {}
    for _ in range(limits.MAX_VARIABLE_DEPTH + 1):
        condition = {"not": condition}
    code, _ = town.refused("query($f: EnterpriseFilter) { enterprises(filter: $f) { totalCount } }", {"f": condition})
    assert code == "LIMIT_EXCEEDED"


def test_an_ordinary_question_is_far_from_any_limit(town: World) -> None:
    document = (
        "query($id: ID!) { node(id: $id) { ... on Enterprise { name suppliedBy(first: 20) { nodes { source { name"
        " receivables(first: 20) { nodes { face { amount } claims { source { name } } } } } } } } } }"
    )
    assert town.ask(document, {"id": ANCHOR})["node"]["name"] == "河东重工集团有限公司"


def test_introspection_as_clients_send_it_is_answered(town: World) -> None:
    from graphql import get_introspection_query

    found = town.ask(get_introspection_query(descriptions=True))
    assert {"Query", "Enterprise"} <= {one["name"] for one in found["__schema"]["types"]}
