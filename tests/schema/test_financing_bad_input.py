"""What cannot be meant, asked of every question about financing: the message names the value, the place and what to do instead."""

from __future__ import annotations

from typing import Final

import pytest

from tests.schema.world import ANCHOR, BANK, POLICY, TIER1, TIER2, World, credit_code, firm_id

QUESTIONS: Final = {
    "financingPaths": "paths { totalCount } completeness { complete reason exploredCount completeToDepth }",
    "fundableAmount": "amount { amount } upper { amount } completeness { complete reason exploredCount completeToDepth }",
    "whyNot": "total blocked { repairWasTried } completeness { complete reason exploredCount completeToDepth }",
}
HUGE: Final = "1" + "0" * 20
NOBODY: Final = firm_id(99)

# Arguments, code, and words of the message: the value, the place, the remedy.
ASKED: Final = (
    (f'beneficiary: "{NOBODY}"', "NOT_FOUND", (NOBODY, "beneficiary", "search for it by name")),
    (f'beneficiary: "{BANK}"', "INVALID_INPUT", (BANK, "beneficiary", "give an id of Enterprise")),
    ('beneficiary: "receivable:r1"', "INVALID_INPUT", ("receivable:r1", "beneficiary", "give an id of Enterprise")),
    (f'beneficiary: "{credit_code(3)}"', "INVALID_INPUT", (credit_code(3), "beneficiary", "looks like enterprise:")),
    ('beneficiary: ""', "INVALID_INPUT", ("''", "beneficiary", "looks like enterprise:")),
    ('sources: ["institution:nobody"]', "NOT_FOUND", ("institution:nobody", "sources[0]", "search for it by name")),
    (f'sources: ["{BANK}", "{POLICY}"]', "INVALID_INPUT", (POLICY, "sources[1]", "give an id of CapitalSource")),
    ("sources: []", "INVALID_INPUT", ("empty list", "sources", "leave it out")),
    ("techniques: []", "INVALID_INPUT", ("empty list", "techniques", "choose among")),
    ("need: { amount: { amount: 0 } }", "INVALID_INPUT", ("0.00", "need.amount", "give more than 0")),
    ("need: { amount: { amount: -5 } }", "INVALID_INPUT", ("-5", "need.amount", "give an amount from 0")),
    ('need: { amount: { amount: "0.001" } }', "INVALID_INPUT", ("0.001", "need.amount", "exact to 分")),
    (f'need: {{ amount: {{ amount: "{HUGE}" }} }}', "INVALID_INPUT", (HUGE, "need.amount", "give at most 1000000000000000")),
    ('need: { amount: { amount: "1e20" } }', "INVALID_INPUT", ("1e20", "Decimal", "write it as a string")),
    ('need: { amount: { amount: 5, currency: "USD" } }', "INVALID_INPUT", ("USD", "need.amount", "load an ExchangeRate")),
    (
        "need: { amount: { amount: 5 }, tenorMinDays: 90, tenorMaxDays: 30 }", "INVALID_INPUT",
        ("90", "need.tenorMinDays", "exchange them"),
    ),
    ("need: { amount: { amount: 5 }, tenorMinDays: -1 }", "INVALID_INPUT", ("-1", "need.tenorMinDays", "from 0")),
    ("budget: { expansions: 50001 }", "LIMIT_EXCEEDED", ("50001", "budget.expansions", "give at most 50000")),
    ("budget: { milliseconds: 5001 }", "LIMIT_EXCEEDED", ("5001", "budget.milliseconds", "give at most 5000")),
    ("budget: { maxSteps: 9 }", "LIMIT_EXCEEDED", ("9", "budget.maxSteps", "give at most 8")),
    ("budget: { maxPaths: 101 }", "LIMIT_EXCEEDED", ("101", "budget.maxPaths", "give at most 100")),
    ("budget: { maxSteps: 0 }", "INVALID_INPUT", ("0", "budget.maxSteps", "give 1 to 8")),
)  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(("arguments", "code", "words"), ASKED)
def test_it_is_refused_with_value_place_and_remedy(
    town: World, question: str, arguments: str, code: str, words: tuple[str, ...]
) -> None:
    given = arguments if "beneficiary" in arguments else f'beneficiary: "{TIER2}", {arguments}'
    found, message = town.refused(f"{{ {question}({given}) {{ {QUESTIONS[question]} }} }}")
    assert found == code
    assert [word for word in words if word not in message] == [], message


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ('fill: "0.5"', ("sum to 1.20", "weights", "what is left out has its default")),
        ('fill: "1.5"', ("1.5", "weights.fill", "give 0 to 1")),
        ('cost: "-0.1"', ("-0.1", "weights.cost", "give 0 to 1")),
        ("costBestBps: 500, costWorstBps: 400", ("500", "weights.costBestBps", "below costWorstBps 400")),
    ],
)
def test_weights_that_do_not_sum_are_refused(town: World, weights: str, words: tuple[str, ...]) -> None:
    document = f'{{ financingPaths(beneficiary: "{TIER2}", weights: {{ {weights} }}) {{ paths {{ totalCount }} }} }}'
    code, message = town.refused(document)
    assert code == "INVALID_INPUT"
    assert [word for word in words if word not in message] == [], message


@pytest.mark.parametrize("identifier", ["", "x", "AAAA", "ZmluYW5jaW5nUGF0aA", TIER2, "receivable:r1"])
def test_a_path_id_that_is_none_is_refused(town: World, identifier: str) -> None:
    code, message = town.refused(f'{{ financingPath(id: "{identifier}") {{ id }} }}')
    assert (code, f"{identifier!r} is no id of a financing path; take it from" in message) == ("INVALID_INPUT", True)


def test_a_path_of_nodes_that_are_not_there_is_none(town: World) -> None:
    document = f'{{ financingPaths(beneficiary: "{TIER2}") {{ paths {{ nodes {{ id }} }} }} }}'
    [one, *_] = town.ask(document)["financingPaths"]["paths"]["nodes"]
    gone = '[{ remove: "loanProduct:chain" }]'
    ask = (
        f'{{ view(changes: {gone}) {{ financingPath(id: "{one["id"]}") {{ id }} node(id: "{one["id"]}") {{ id }} }} }}'
    )
    assert town.ask(ask)["view"] == {"financingPath": None, "node": None}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (f'from: "{NOBODY}"', "NOT_FOUND", (NOBODY, "from", "search for it by name")),
        ('from: "receivable:r1"', "INVALID_INPUT", ("receivable:r1", "from", "give an id of")),
        ('from: "x"', "INVALID_INPUT", ("'x'", "from", "looks like enterprise:")),
        (f'from: "{BANK}", maxTier: -1', "INVALID_INPUT", ("-1", "maxTier", "give 0 or more")),
        (f'from: "{BANK}", first: 100000', "LIMIT_EXCEEDED", ("100000", "first", "at most 500")),
        (f'from: "{BANK}", filter: {{ region: ["{BANK}"] }}', "INVALID_INPUT", (BANK, "filter.region", "give an id of Region")),
        (f'from: "{BANK}", filter: {{ tag: ["tag:none"] }}', "NOT_FOUND", ("tag:none", "filter.tag", "search for it by name")),
        (
            f'from: "{BANK}", filter: {{ minCapacity: {{ amount: -1 }} }}', "INVALID_INPUT",
            ("-1", "filter.minCapacity", "give an amount from 0"),
        ),
        (
            f'from: "{BANK}", filter: {{ minUncoveredNeed: {{ amount: "{HUGE}" }} }}', "INVALID_INPUT",
            (HUGE, "filter.minUncoveredNeed", "give at most"),
        ),
        (
            f'from: "{BANK}", filter: {{ minCapacity: {{ amount: 5, currency: "USD" }} }}', "INVALID_INPUT",
            ("USD", "filter.minCapacity", "give it in CNY"),
        ),
    ],
)  # fmt: skip
def test_a_reach_that_cannot_be_meant_is_refused(
    town: World, arguments: str, code: str, words: tuple[str, ...]
) -> None:
    found, message = town.refused(f"{{ financingReach({arguments}) {{ enterprises {{ totalCount }} }} }}")
    assert found == code
    assert [word for word in words if word not in message] == [], message


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (f'asset: "{ANCHOR}"', "INVALID_INPUT", (ANCHOR, "asset", "give an id of Asset")),
        ('asset: "receivable:none"', "NOT_FOUND", ("receivable:none", "asset", "search for it by name")),
        ('asset: "receivable:r1", advanceRate: 2', "INVALID_INPUT", ("2", "advanceRate", "give a share above 0")),
    ],
)
def test_a_ledger_that_cannot_be_meant_is_refused(
    town: World, arguments: str, code: str, words: tuple[str, ...]
) -> None:
    found, message = town.refused(f"{{ encumbrances(asset: {arguments[7:]}) {{ conflicts {{ kind }} }} }}")
    assert found == code
    assert [word for word in words if word not in message] == [], message


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_budget_that_runs_out_is_a_partial_answer(town: World, question: str) -> None:
    document = f'{{ {question}(beneficiary: "{TIER1}", budget: {{ expansions: 1 }}) {{ {QUESTIONS[question]} }} }}'
    found = town.ask(document)[question]["completeness"]
    assert (found["complete"], found["reason"]) == (False, "BUDGET")
    assert found["exploredCount"] <= 1
    assert town.ask(document)[question]["completeness"] == found


def test_what_a_cut_search_found_bounds_the_amount_from_below_only(town: World) -> None:
    asked = f'fundableAmount(beneficiary: "{TIER1}", budget: {{ expansions: 1 }})'
    found = town.ask(f"{{ {asked} {{ lower {{ amount }} upper {{ amount }} method }} }}")["fundableAmount"]
    assert (found["upper"], found["method"]) == (None, "BOUNDS")
