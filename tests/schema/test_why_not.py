"""Why not, over GraphQL: blocked paths, failed gates, and repairs that can be laid over the view as they stand."""

from typing import Any

from tests.schema.world import ANCHOR, BANK, TIER1, World, credit_code

WHY = (
    "query($changes: [ChangeInput!], $id: ID!, $costs: [RepairCostInput!]) { view(changes: $changes) {"
    " whyNot(beneficiary: $id, costs: $costs, techniques: [RECEIVABLES_DISCOUNTING]) { total completeness { complete }"
    " blocked { repairCost repairIsExact repairWasTried failedGates { gate verdict } path { id status capacity { amount } }"
    " leastRepair { kind zh en field cost amount { amount } days until mends on { id } changes need } } } } }"
)
PRODUCT: dict[str, Any] = {
    "add": {
        "kind": "LOAN_PRODUCT",
        "fields": {
            "id": "loanProduct:paper", "name": "贴现", "lender": BANK, "technique": "RECEIVABLES_DISCOUNTING", "status": "CLOSED",
            "advanceRate": "0.8", "recourse": "NONE",
        },
    }
}  # fmt: skip
PAPERS: dict[str, Any] = {"assignable": False, "contractNo": "c", "invoiceNo": "i", "deliveryNo": "d", "dilution": 0}
CHANGES = [PRODUCT, {"set": {"id": "receivable:r1", "fields": PAPERS}}, {"remove": "receivable:r2"}]


def test_a_blocked_path_names_its_failed_gates_and_the_cheapest_repair(town: World) -> None:
    found = town.ask(WHY, {"changes": CHANGES, "id": TIER1})["view"]["whyNot"]
    assert found["total"] == 1
    assert found["completeness"]["complete"]
    [one] = found["blocked"]
    assert one["path"]["status"] == "BLOCKED"
    assert [gate["gate"] for gate in one["failedGates"]] == ["PRODUCT_OPEN", "TITLE"]
    assert [repair["kind"] for repair in one["leastRepair"]] == ["ALLOW_TRANSFER", "OPEN_PRODUCT"]
    assert (one["repairCost"], one["repairIsExact"], one["repairWasTried"]) == ("9", True, True)
    first, second = one["leastRepair"]
    assert first == {
        "kind": "ALLOW_TRANSFER", "zh": "准许转让", "en": "Have the asset made assignable", "field": "assignable", "cost": "3",
        "amount": None, "days": None, "until": None, "mends": ["TITLE"], "on": {"id": "receivable:r1"}, "need": None,
        "changes": [{"set": {"id": "receivable:r1", "fields": {"assignable": True}}}],
    }  # fmt: skip
    assert second["changes"] == [{"set": {"id": "loanProduct:paper", "fields": {"status": "OPEN"}}}]


def test_its_changes_make_the_path_pass_when_they_are_laid_over_the_view(town: World) -> None:
    [one] = town.ask(WHY, {"changes": CHANGES, "id": TIER1})["view"]["whyNot"]["blocked"]
    repaired = [*CHANGES, *(change for repair in one["leastRepair"] for change in repair["changes"])]
    document = (
        "query($changes: [ChangeInput!], $id: ID!) { view(changes: $changes) { financingPath(id: $id)"
        " { status gates { verdict } } } }"
    )
    path = town.ask(document, {"changes": repaired, "id": one["path"]["id"]})["view"]["financingPath"]
    assert path["status"] == "AVAILABLE"
    assert {gate["verdict"] for gate in path["gates"]} == {"YES"}


def test_costs_decide_between_repairs(town: World) -> None:
    costs = [{"kind": "OPEN_PRODUCT", "cost": "0.5"}, {"kind": "ALLOW_TRANSFER", "cost": "2"}]
    [one] = town.ask(WHY, {"changes": CHANGES, "id": TIER1, "costs": costs})["view"]["whyNot"]["blocked"]
    assert one["repairCost"] == "2.5"


def test_a_firm_with_nothing_blocked_has_an_empty_answer(town: World) -> None:
    found = town.ask(WHY, {"changes": [], "id": ANCHOR})["view"]["whyNot"]
    assert (found["total"], found["blocked"]) == (0, [])


def test_the_ontology_shows_the_catalogue_with_its_costs(town: World) -> None:
    rows = {row["code"]: row for row in town.ask("{ ontology { repairs { code zh en cost } } }")["ontology"]["repairs"]}
    assert rows["CONFIRM"] == {
        "code": "CONFIRM",
        "zh": "取得确权",
        "en": "Obtain the buyer's or bank's confirmation",
        "cost": "2",
    }


def test_values_that_cannot_be_meant_are_refused(town: World) -> None:
    asked = "{ whyNot(beneficiary: %s, %s) { total } }"
    for given, code, words in (
        ("first: 0", "INVALID_INPUT", "first 0"),
        ("first: 101", "LIMIT_EXCEEDED", "101"),
        ('costs: [{ kind: WAIT, cost: "-1" }]', "INVALID_INPUT", "costs.WAIT -1"),
        ('costs: [{ kind: WAIT, cost: "1" }, { kind: WAIT, cost: "1" }]', "INVALID_INPUT", "WAIT twice"),
        ("need: { amount: { amount: 0 } }", "INVALID_INPUT", "need.amount"),
        (f'sources: ["{ANCHOR}x"]', "NOT_FOUND", ANCHOR),
    ):
        found, message = town.refused(asked % (f'"{TIER1}"', given))
        assert (found, words in message) == (code, True), message
    code, message = town.refused(f'{{ whyNot(beneficiary: "enterprise:{credit_code(99)}") {{ total }} }}')
    assert code == "NOT_FOUND"
