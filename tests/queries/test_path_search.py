"""The search itself: hubs, budgets, pages, bad input, ids, evidence, time."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from graph.batch import Statement
from graph.errors import InvalidIdentifier, InvalidInput, LimitExceeded, NotFound
from graph.kinds.identity import Dataset
from graph.kinds.terms import Technique
from graph.money import Money
from graph.records import Ref
from queries.completeness import Budget, IncompleteReason
from queries.financing.need import NeedAsked
from queries.financing.path_id import is_path_id, parse
from queries.financing.techniques.table import TECHNIQUES, chosen
from queries.financing.terms import PathStatus
from queries.financing_paths import financing_path, financing_paths
from queries.hub_kinds import HUB_KINDS
from tests.graph.build import knowledge_of, load
from tests.graph.memory_log import MemoryLog
from tests.queries.finance import (
    PROGRAMME,
    WAN,
    ask,
    bank,
    capacities,
    chain_view,
    claim_view,
    dec,
    firm,
    need,
    only,
    ontology,
    product,
    programme,
    receivable,
    spine,
    supplies,
    view_of,
    wan,
)

UNDER = {"programme": Ref(PROGRAMME)}
DEEP = product(Technique.DEEP_TIER, "deep", **UNDER)


def hub(width: int, annual: object = 3650) -> list[object]:
    """e sells to `width` firms, each of which sells to the anchor; the widths differ by place unless `annual` is given."""
    records: list[object] = [firm("e"), programme(10_000), DEEP]
    for place in range(width):
        name = f"m{place:05d}"
        amount = place + 1 if annual is None else annual
        records += [firm(name), supplies("e", name, amount, 365), supplies(name, "anchor", 100_000, 365)]
    return records


def test_hub_of_nine_thousand_suppliers_gives_the_true_best() -> None:
    view = chain_view(*hub(9000, None))  # type: ignore[arg-type]
    found = ask(view, "e", first=3)
    assert capacities(found) == [9000, 8999, 8998]
    assert found.completeness.explored_count < 30_000
    assert (found.total, found.completeness.reason) == (100, IncompleteReason.BUDGET)


def test_hub_whose_paths_are_all_equal_is_told_apart_by_ids() -> None:
    view = chain_view(*hub(2000))  # type: ignore[arg-type]
    found = ask(view, "e", first=3, count=False)
    assert [spine(view, path)[4] for path in found.paths] == ["m00000", "m00001", "m00002"]
    assert (found.total, found.has_next, found.completeness.complete) == (None, True, True)


def test_layers_of_hubs_are_not_walked_one_by_one() -> None:
    # 60 firms a layer, all joined: 60³ walks of four links.
    records: list[object] = [firm("e"), programme(10_000), DEEP]
    layers = [[f"l{level}n{place:02d}" for place in range(60)] for level in range(3)]
    for layer in layers:
        records += [firm(name) for name in layer]
    records += [supplies("e", name, 50, 365) for name in layers[0]]
    for lower, upper in pairwise(layers):
        records += [supplies(one, other, 40, 365) for one in lower for other in upper]
    records += [supplies(name, "anchor", 30 if name != "l2n59" else 35, 365) for name in layers[2]]
    found = ask(chain_view(*records), "e", first=5, count=False)  # type: ignore[arg-type]
    assert capacities(found) == [35] * 5
    assert found.completeness.explored_count < 2_000


def test_spent_budget_gives_the_best_so_far_and_says_so() -> None:
    view = chain_view(*hub(300, None))  # type: ignore[arg-type]
    found = ask(view, "e", budget=Budget(expansions=100))
    assert (found.completeness.complete, found.completeness.reason) == (False, IncompleteReason.BUDGET)
    assert found.completeness.explored_count <= 100


def test_fewer_paths_than_there_are_is_a_cut() -> None:
    view = chain_view(*hub(5, None))  # type: ignore[arg-type]
    found = ask(view, "e", budget=Budget(max_paths=3))
    assert (capacities(found), found.has_next, found.completeness.reason) == ([5, 4, 3], False, IncompleteReason.BUDGET)
    assert ask(view, "e", budget=Budget(max_paths=5)).completeness.complete


def test_page_after_a_path_that_was_not_found_is_refused() -> None:
    view = claim_view(receivable(10))
    with pytest.raises(InvalidInput, match="none of the paths found"):
        ask(view, "seller", after="UEFUSA")


def test_firm_without_any_way_has_no_paths() -> None:
    found = ask(view_of(firm("alone")), "alone")
    assert (found.paths, found.total, found.completeness.complete, found.excluded_kinds) == ((), 0, True, HUB_KINDS)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"need": NeedAsked(Money(0))}, InvalidInput, "more than 0"),
        ({"need": NeedAsked(Money(-5))}, InvalidInput, "more than 0"),
        ({"need": NeedAsked(Money(10**20))}, InvalidInput, "at most"),
        ({"need": NeedAsked(Money(5, "USD"))}, InvalidInput, "no rate to CNY"),
        ({"need": NeedAsked(Money(5), tenor_min_days=9, tenor_max_days=3)}, InvalidInput, "exchange them"),
        ({"need": NeedAsked(Money(5), tenor_min_days=-1)}, InvalidInput, "negative"),
        ({"techniques": []}, InvalidInput, "choose among"),
        ({"sources": ["institution:nobody"]}, NotFound, "institution:nobody"),
        ({"sources": ["receivable:claim"]}, InvalidInput, "CapitalSource"),
        ({"status": [PathStatus.BLOCKED]}, InvalidInput, "status BLOCKED"),
        ({"status": []}, InvalidInput, "status is empty"),
        ({"budget": Budget(expansions=10**6)}, LimitExceeded, "50000"),
        ({"first": 0}, InvalidInput, "first 0"),
        ({"first": 101}, InvalidInput, "first 101"),
    ],
)
def test_bad_input_names_value_and_remedy(options: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        financing_paths(claim_view(receivable(10)), "enterprise:seller", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("identifier", "error"),
    [("enterprise:nobody", NotFound), ("seller", InvalidIdentifier), ("institution:bank", InvalidInput)],
)
def test_beneficiary_must_be_an_enterprise_of_the_view(identifier: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        financing_paths(claim_view(receivable(10)), identifier)


def test_id_names_technique_nodes_and_links_and_no_time() -> None:
    view = chain_view(*hub(1))  # type: ignore[arg-type]
    found = parse(only(ask(view, "e")).id)
    assert found.technique is Technique.DEEP_TIER
    assert [one.partition(":")[0] for one in found.chain] == [
        "institution", "loanProduct", "anchorProgramme", "enterprise", "supplies", "enterprise", "supplies", "enterprise",
    ]  # fmt: skip


@pytest.mark.parametrize("identifier", ["", "abc", "%%%", "enterprise:x", "RkFDVE9SSU5H", "中文"])
def test_what_is_no_path_id_is_refused(identifier: str) -> None:
    assert not is_path_id(identifier)
    with pytest.raises(InvalidIdentifier, match="financingPaths"):
        financing_path(claim_view(receivable(10)), identifier)


def test_path_is_evaluated_in_another_view() -> None:
    first = only(ask(claim_view(receivable(450)), "seller"))
    later = claim_view(receivable(450, paid=wan(50)))
    again = financing_path(later, first.id)
    assert again is not None
    assert (again.id, (again.capacity or 0) / WAN) == (first.id, 400)


def test_path_that_a_gate_blocks_now_is_shown_blocked() -> None:
    first = only(ask(claim_view(receivable(450)), "seller"))
    again = financing_path(claim_view(receivable(450, assignable=False)), first.id)
    assert again is not None
    assert again.status is PathStatus.BLOCKED


def test_path_whose_spine_is_gone_is_none() -> None:
    first = only(ask(claim_view(receivable(450)), "seller"))
    assert financing_path(claim_view(receivable(450, owner=Ref("enterprise:buyer"))), first.id) is None
    assert financing_path(claim_view(), first.id) is None


def test_path_is_evaluated_with_the_need_asked() -> None:
    view = claim_view(receivable(450))
    again = financing_path(view, only(ask(view, "seller")).id, need=need(30))
    assert again is not None
    assert again.capacity == 30 * WAN


def test_evidence_of_independent_sources_adds_up_and_the_weakest_step_decides() -> None:
    log = MemoryLog()
    trust = [
        Dataset(id="dataset:a", name="a", reliability=dec("0.9")),
        Dataset(id="dataset:b", name="b", reliability=dec("0.8")),
    ]
    base = [bank(), firm("seller"), firm("buyer"), product(Technique.RECEIVABLES_DISCOUNTING)]
    load(log, "a", [*trust, *base, Statement(receivable(450), "row 7", Decimal("0.5"))], ontology=ontology())
    load(log, "b", [receivable(450)], ontology=ontology())
    path = only(ask(knowledge_of(log, ontology=ontology()).view(date(2025, 6, 1)), "seller"))
    # Product: 0.9. Claim: 1 − (1 − 0.9·0.5)·(1 − 0.8) = 0.89.
    assert (path.evidence.strength, path.evidence.weakest_step) == (Decimal("0.89"), 2)
    assert [(one.source, one.locator, one.confidence) for one in path.steps[2].evidence] == [
        ("a", "row 7", Decimal("0.5")),
        ("b", None, Decimal(1)),
    ]


def test_answer_as_known_earlier_is_unchanged_by_later_loads() -> None:
    log = MemoryLog()
    base = [
        bank(),
        bank("other"),
        firm("seller"),
        firm("buyer"),
        product(Technique.RECEIVABLES_DISCOUNTING),
        receivable(450),
    ]
    load(log, "test", base, ontology=ontology(), recorded_at=datetime(2025, 1, 1, tzinfo=UTC))
    before = ask(knowledge_of(log, ontology=ontology()).view(), "seller")
    load(
        log, "test", [receivable(450, paid=wan(100))], ontology=ontology(), recorded_at=datetime(2025, 2, 1, tzinfo=UTC)
    )
    knowledge = knowledge_of(log, ontology=ontology())
    assert capacities(ask(knowledge.view(), "seller")) == [350]
    assert ask(knowledge.view(known_at=datetime(2025, 1, 15, tzinfo=UTC)), "seller").paths == before.paths


def test_fact_that_is_not_yet_valid_does_not_count() -> None:
    view = claim_view(replace(receivable(450), valid_from=date(2025, 7, 1)))
    assert not ask(view, "seller").paths


def test_regions_and_classes_are_never_steps() -> None:
    assert {"Region", "Industry", "Policy", "Tag", "Dataset"} <= set(HUB_KINDS)
    for row in TECHNIQUES.values():
        for spine_ in row.spines:
            assert not {step.farther for step in spine_.word} & set(HUB_KINDS)


def test_rows_are_chosen_in_the_order_of_the_table() -> None:
    rows = chosen([Technique.EQUITY, Technique.FACTORING])
    assert [row.technique for row in rows] == [Technique.FACTORING, Technique.EQUITY]
    assert [row.technique for row in chosen(None)] == list(Technique)


def test_every_row_says_whom_it_serves_and_in_both_languages() -> None:
    for row in TECHNIQUES.values():
        assert row.zh
        assert row.en
        assert row.measures
        assert row.serves
        assert row.spines


def test_adding_a_technique_is_adding_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    line = TECHNIQUES[Technique.COMPREHENSIVE_LINE]
    row = replace(line, technique=Technique.PROJECT_LOAN, en="Project loan", measures=(3,))
    monkeypatch.setitem(TECHNIQUES, Technique.PROJECT_LOAN, row)  # type: ignore[arg-type]
    view = view_of(bank(), firm("seller"), product(Technique.PROJECT_LOAN, max_amount=wan(70)))
    path = only(ask(view, "seller"))
    assert (path.technique, path.capacity) == (Technique.PROJECT_LOAN, 70 * WAN)
    assert financing_path(view, path.id) == path
