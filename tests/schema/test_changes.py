"""What-ifs over GraphQL: changes in the words of a load, over any question."""

from typing import Any

import pytest

from graph.kinds.parties import Enterprise
from tests.schema.world import ANCHOR, LONER, TIER1, TIER2, World, credit_code

VIEW = "query($changes: [ChangeInput!]) { view(changes: $changes) { %s } }"
PROGRAMME = "anchorProgramme:east"


def asked(town: World, question: str, *changes: dict[str, Any]) -> Any:
    """What a question answers with these changes."""
    return town.ask(VIEW % question, {"changes": list(changes)})["view"]


def test_any_question_can_be_asked_of_a_what_if(town: World) -> None:
    question = (
        f'financingPaths(beneficiary: "{TIER2}", status: [PROSPECTIVE]) {{ paths {{ nodes {{ capacity {{ amount }}'
        " bindingConstraint { kind } } } }"
        f' connections(from: "{TIER2}", to: "{ANCHOR}", first: 1) {{ paths {{ steps {{ from {{ id }} }} }} }}'
        " fundCoverageGaps(by: []) { total { demand { amount } } } enterprises { totalCount }"
    )
    changes: list[dict[str, Any]] = [
        {"set": {"id": PROGRAMME, "fields": {"limit": "30万元"}}},
        {"set": {"id": "financingNeed:n2", "fields": {"amount": {"amount": "900000"}}}},
        {"remove": LONER},
    ]
    found = asked(town, question, *changes)
    [path] = found["financingPaths"]["paths"]["nodes"]
    assert path == {"capacity": {"amount": "300000.00"}, "bindingConstraint": {"kind": "ANCHOR_LIMIT"}}
    assert found["fundCoverageGaps"]["total"]["demand"] == {"amount": "900000.00"}
    assert found["enterprises"]["totalCount"] == 3
    assert found["connections"]["paths"]


def test_nothing_of_a_what_if_stays(town: World) -> None:
    question = f'node(id: "{ANCHOR}") {{ id ... on Enterprise {{ name }} }}'
    asked(town, question, {"set": {"id": ANCHOR, "fields": {"name": "别名厂"}}})
    assert asked(town, question)["node"]["name"] == "河东重工集团有限公司"
    assert town.ask(f"{{ {question} }}")["node"]["name"] == "河东重工集团有限公司"


def test_an_assumed_value_names_the_source_of_assumptions_and_the_change(town: World) -> None:
    question = f'node(id: "{ANCHOR}") {{ ... on Enterprise {{ claims {{ locator stated load source {{ name loads {{ note }} }} }} }} }}'
    found = asked(town, question, {"set": {"id": ANCHOR, "fields": {"employees": 5}}})
    claim = found["node"]["claims"][0]
    assert claim["locator"] == "changes[0].set"
    assert claim["stated"] == {"employees": 5}
    assert claim["source"] == {"name": "假设 what-if", "loads": [{"note": "nothing is written"}]}


def test_the_version_tells_a_what_if_from_its_view(town: World) -> None:
    base = town.ask("{ version }")["version"]
    first = asked(town, "version", {"remove": LONER})["version"]
    assert first.startswith(f"{base}+")
    assert asked(town, "version", {"remove": TIER1})["version"] != first


def test_an_added_firm_is_found_by_its_name(town: World) -> None:
    question = 'search(text: "假想厂") { nodes { id } }'
    added = {"add": {"kind": "ENTERPRISE", "fields": {"name": "假想厂", "creditCode": credit_code(77)}}}
    assert asked(town, question, added)["search"]["nodes"] == [{"id": f"enterprise:{credit_code(77)}"}]
    assert town.ask(f"{{ {question} }}")["search"]["nodes"] == []


def test_a_removed_firm_is_found_no_more(town: World) -> None:
    question = 'search(text: "石桥铸造厂") { nodes { id } }'
    assert asked(town, question, {"remove": TIER2})["search"]["nodes"] == []


def test_values_are_read_in_the_words_of_a_load(town: World) -> None:
    fields = {
        "name": "甲厂", "stage": "成长期", "annualRevenue": "3.5亿元", "registeredCapital": {"amount": 5, "currency": "USD"},
        "foundedOn": "2020年1月2日", "aliases": ["一", "二"], "employees": "1,200",
    }  # fmt: skip
    question = (
        'node(id: "enterprise:x") { ... on Enterprise { name stage annualRevenue { amount printed } registeredCapital'
        " { amount currency } foundedOn aliases employees } }"
    )
    found = asked(town, question, {"add": {"kind": "ENTERPRISE", "fields": {"id": "enterprise:x", **fields}}})
    assert found["node"] == {
        "name": "甲厂",
        "stage": "GROWTH",
        "annualRevenue": {"amount": "350000000.00", "printed": "3.5亿元"},
        "registeredCapital": {"amount": "5.00", "currency": "USD"},
        "foundedOn": "2020-01-02",
        "aliases": ["一", "二"],
        "employees": 1200,
    }


def test_the_same_changes_asked_twice_in_a_request_answer_alike(town: World) -> None:
    document = (
        "query($c: [ChangeInput!]) { a: view(changes: $c) { version enterprises { totalCount } }"
        " b: view(changes: $c) { version enterprises { totalCount } } }"
    )
    found = town.ask(document, {"c": [{"remove": LONER}]})
    assert found["a"] == found["b"]


PAGES = (
    f'query($changes: [ChangeInput!], $after: String) {{ view(changes: $changes) {{ financingPaths(beneficiary: "{TIER1}", first: 1,'
    " after: $after) { paths { totalCount edges { cursor node { id } } } } } }"
)
TWO = [
    {"add": {"kind": "LOAN_PRODUCT", "fields": {"id": f"loanProduct:{name}", "name": name, "technique": "COMPREHENSIVE_LINE",
                                                "lender": "institution:" + credit_code(50), "status": "OPEN", "maxAmount": 100}}}
    for name in ("a", "b")
]  # fmt: skip


def test_the_pages_of_a_what_if_hold_on_to_its_changes_whatever_is_loaded_meanwhile(changing: World) -> None:
    first = changing.ask(PAGES, {"changes": TWO})["view"]["financingPaths"]["paths"]
    changing.add("register", [Enterprise(credit_code=credit_code(20), name="新来厂")])
    [edge] = first["edges"]
    second = changing.ask(PAGES, {"changes": TWO, "after": edge["cursor"]})["view"]["financingPaths"]["paths"]
    assert second["totalCount"] == first["totalCount"]
    assert second["edges"][0]["node"]["id"] != edge["node"]["id"]


def test_a_cursor_of_other_changes_is_refused(town: World) -> None:
    [edge] = town.ask(PAGES, {"changes": TWO})["view"]["financingPaths"]["paths"]["edges"]
    for changes in ([], TWO[:1], [*TWO, {"remove": LONER}]):
        code, message = town.refused(PAGES, {"changes": changes, "after": edge["cursor"]})
        assert code == "INVALID_INPUT"
        assert "other changes" in message


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({}, "GRAPHQL_VALIDATION_FAILED", "exactly one"),
        ({"remove": "x", "set": {"id": "x", "fields": {}}}, "GRAPHQL_VALIDATION_FAILED", "exactly one"),
        ({"remove": "enterprise:nobody"}, "NOT_FOUND", "changes[0].remove"),
        ({"set": {"id": "nonsense", "fields": {}}}, "INVALID_INPUT", "changes[0].set.id 'nonsense'"),
        ({"set": {"id": ANCHOR, "fields": []}}, "INVALID_INPUT", "changes[0].set.fields is []"),
        ({"set": {"id": ANCHOR, "fields": {"employee": 1}}}, "INVALID_INPUT", "did you mean employees"),
        ({"set": {"id": ANCHOR, "fields": {"employees": "many"}}}, "INVALID_INPUT", "changes[0].set.fields.employees 'many'"),
        ({"set": {"id": ANCHOR, "fields": {"employees": [1]}}}, "INVALID_INPUT", "changes[0].set.fields.employees is [1]"),
        ({"set": {"id": ANCHOR, "fields": {"stage": "OLD"}}}, "INVALID_INPUT", "use one of"),
        ({"set": {"id": ANCHOR, "fields": {"annualRevenue": {"amount": 1, "unit": "元"}}}}, "INVALID_INPUT", "annualRevenue"),
        ({"set": {"id": PROGRAMME, "fields": {"anchor": "enterprise:nobody"}}}, "NOT_FOUND", "fields.anchor"),
        ({"set": {"id": PROGRAMME, "fields": {"limit": -1}}}, "INVALID_INPUT", "changes[0].set.fields.limit"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_meant_is_refused(town: World, change: dict[str, Any], code: str, words: str) -> None:
    found, message = town.refused(VIEW % "version", {"changes": [change]})
    assert (found, words in message) == (code, True), message


def test_too_many_changes_are_refused(town: World) -> None:
    code, message = town.refused(VIEW % "version", {"changes": [{"remove": LONER}] * 101})
    assert code == "LIMIT_EXCEEDED"
    assert "100" in message
