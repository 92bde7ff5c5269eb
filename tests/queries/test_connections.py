"""How two records hang together: simple paths over all relations, shortest first, never through a hub kind."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInput, LimitExceeded, NotFound
from graph.kinds.contracts import Loan
from graph.kinds.parties import Enterprise, Institution, Supplies
from graph.kinds.places import Product, Region
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.completeness import Budget
from queries.connections import ConnectionPaths, connections
from tests.graph.build import view_of


def firm(key: str, region: str | None = None) -> Enterprise:
    return Enterprise(id=f"enterprise:{key}", name=key, region=None if region is None else Ref(f"region:{region}"))


def supplies(source: str, target: str) -> Supplies:
    return Supplies(source=Ref(f"enterprise:{source}"), target=Ref(f"enterprise:{target}"))


def loan(key: str, lender: str, borrower: str) -> Loan:
    return Loan(id=f"loan:{key}", lender=Ref(f"institution:{lender}"), borrower=Ref(f"enterprise:{borrower}"))


def shown(view: View, answer: ConnectionPaths) -> list[list[str]]:
    return [[view.id_of(node).partition(":")[2] for node in path.nodes] for path in answer.paths]


TOWN: list[Record] = [
    Region(code="980102", name="浮桥区"), Institution(id="institution:bank", name="银行"),
    firm("a", "980102"), firm("b", "980102"), firm("c"), firm("d"),
    supplies("a", "b"), supplies("b", "a"), supplies("c", "b"), loan("1", "bank", "a"), loan("2", "bank", "d"),
]  # fmt: skip
VIEW = view_of(*TOWN)


def test_paths_run_over_links_and_fields_either_way() -> None:
    answer = connections(VIEW, "enterprise:c", "enterprise:d", max_steps=6)
    assert shown(VIEW, answer) == [["c", "b", "a", "1", "bank", "2", "d"]]
    assert answer.completeness.complete


def test_a_step_names_every_relation_between_its_ends() -> None:
    step = connections(VIEW, "enterprise:a", "enterprise:b", first=1).paths[0].steps[0]
    assert [(relation.relation, relation.forward) for relation in step.relations] == [
        ("SUPPLIES", True),
        ("SUPPLIES", False),
    ]


def test_parallel_links_stand_in_the_order_of_their_ids_however_they_were_loaded() -> None:
    goods = [Product(id=f"product:{key}", name=key) for key in "ab"]
    links = [
        Supplies(source=Ref("enterprise:x"), target=Ref("enterprise:y"), product=Ref(good.id), annual_amount=Money(1))
        for good in goods
    ]
    answers = []
    for order in (links, links[::-1]):
        view = view_of(*goods, firm("x"), firm("y"), *order)
        step = connections(view, "enterprise:x", "enterprise:y", max_steps=1).paths[0].steps[0]
        answers.append([view.id_of(relation.link) for relation in step.relations])
    assert answers[0] == answers[1] == sorted(answers[0])


def test_a_region_never_stands_in_between_but_may_be_an_end() -> None:
    assert shown(VIEW, connections(VIEW, "enterprise:a", "enterprise:b", max_steps=2)) == [["a", "b"]]
    assert shown(VIEW, connections(VIEW, "region:980102", "enterprise:c", max_steps=2)) == [["980102", "b", "c"]]


def test_through_names_the_only_kinds_in_between() -> None:
    assert connections(VIEW, "enterprise:c", "enterprise:d", through=["Enterprise"]).paths == ()
    assert shown(VIEW, connections(VIEW, "enterprise:a", "enterprise:d", through=["Loan", "Institution"])) == [
        ["a", "1", "bank", "2", "d"]
    ]


def test_what_does_not_hang_together_gives_no_path() -> None:
    view = view_of(firm("a"), firm("b"))
    answer = connections(view, "enterprise:a", "enterprise:b")
    assert answer.paths == ()
    assert answer.completeness.complete


def test_a_spent_budget_says_so() -> None:
    answer = connections(VIEW, "enterprise:c", "enterprise:d", budget=Budget(expansions=2))
    assert answer.completeness.reason is not None
    assert answer.completeness.reason.name == "BUDGET"


def test_a_spent_budget_leaves_the_paths_of_the_lengths_that_were_done() -> None:
    answers = [connections(VIEW, "enterprise:a", "enterprise:c", budget=Budget(expansions=count)) for count in (3, 50)]
    assert [shown(VIEW, answer) for answer in answers] == [[], [["a", "b", "c"]]]
    assert [answer.completeness.complete for answer in answers] == [False, True]
    assert [answer.completeness.complete_to_depth for answer in answers] == [1, 6]


def test_enough_short_paths_spare_the_search_for_longer_ones() -> None:
    few, all_of_them = (connections(VIEW, "enterprise:a", "enterprise:b", first=first) for first in (1, 10))
    assert few.completeness.complete
    assert few.completeness.explored_count < all_of_them.completeness.explored_count


@pytest.mark.parametrize(
    ("target", "options", "error"),
    [
        ("enterprise:a", {}, InvalidInput),
        ("enterprise:z", {}, NotFound),
        ("enterprise:b", {"first": 0}, InvalidInput),
        ("enterprise:b", {"max_steps": 9}, LimitExceeded),
        ("enterprise:b", {"through": ["Planet"]}, InvalidInput),
        ("enterprise:b", {"through": ["Region"]}, InvalidInput),
    ],
)
def test_what_cannot_be_meant_is_refused(target: str, options: dict[str, int], error: type[Exception]) -> None:
    with pytest.raises(error):
        connections(VIEW, "enterprise:a", target, **options)  # type: ignore[arg-type]


pairs = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] != pair[1]), max_size=14)


@settings(max_examples=50)
@given(pairs, st.integers(1, 5), st.integers(1, 30))
def test_paths_equal_enumeration(links: set[tuple[int, int]], steps: int, first: int) -> None:
    view = view_of(*(firm(str(key)) for key in range(7)), *(supplies(str(a), str(b)) for a, b in sorted(links)))
    graph = nx.Graph(sorted(links))
    graph.add_nodes_from(range(7))
    expected = sorted(
        nx.all_simple_paths(graph, 0, 6, cutoff=steps), key=lambda path: (len(path), [str(node) for node in path])
    )
    answer = connections(view, "enterprise:0", "enterprise:6", first=first, max_steps=steps)
    assert shown(view, answer) == [[str(node) for node in path] for path in expected[:first]]


KINDS = {"enterprise": "Enterprise", "institution": "Institution", "loan": "Loan", "region": "Region"}
REGIONS = ("980102", "980103")


@st.composite
def towns(draw: st.DrawFn) -> tuple[list[Record], nx.Graph[str]]:
    """Firms in regions, that supply and borrow; and the same as a graph of ids, drawn apart from our ontology."""
    graph: nx.Graph[str] = nx.Graph()
    records: list[Record] = [Institution(id=f"institution:{bank}", name=bank) for bank in "xy"]
    records += [Region(code=code, name=code) for code in REGIONS]
    for key in "abcde":
        region = draw(st.sampled_from([None, *REGIONS]))
        records.append(firm(key, region))
        if region is not None:
            graph.add_edge(f"enterprise:{key}", f"region:{region}")
    links = st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")).filter(lambda pair: pair[0] != pair[1])
    for source, target in sorted(draw(st.sets(links, max_size=8))):
        records.append(supplies(source, target))
        graph.add_edge(f"enterprise:{source}", f"enterprise:{target}")
    for number, (lender, borrower) in enumerate(
        draw(st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("abcde")), max_size=6))
    ):
        records.append(loan(str(number), lender, borrower))
        graph.add_edge(f"loan:{number}", f"institution:{lender}")
        graph.add_edge(f"loan:{number}", f"enterprise:{borrower}")
    graph.add_nodes_from(record.id for record in records if not isinstance(record, Supplies | Region))
    graph.add_nodes_from(f"region:{code}" for code in REGIONS)
    return records, graph


THROUGH = (None, ["Enterprise"], ["Loan", "Institution"], ["Enterprise", "Loan", "Institution", "Controls"])


@settings(max_examples=60, deadline=None)
@given(towns(), st.sampled_from(THROUGH), st.integers(1, 8), st.integers(1, 12), st.data())
def test_paths_over_all_relations_equal_enumeration(
    town: tuple[list[Record], nx.Graph[str]], through: list[str] | None, steps: int, first: int, data: st.DataObject
) -> None:
    records, graph = town
    view = view_of(*records)
    ends = st.sampled_from(sorted(graph))
    source, target = data.draw(st.tuples(ends, ends).filter(lambda pair: pair[0] != pair[1]))
    let_through = {"Enterprise", "Loan", "Institution"} & set(through or KINDS.values())
    walked = graph.copy()
    if through is not None and "Controls" in through:
        walked.remove_edges_from([edge for edge in graph.edges if all(end.startswith("enterprise") for end in edge)])
    expected = sorted(
        (
            path
            for path in nx.all_simple_paths(walked, source, target, cutoff=steps)
            if all(KINDS[node.partition(":")[0]] in let_through for node in path[1:-1])
        ),
        key=lambda path: (len(path), [node.encode() for node in path]),
    )
    answer = connections(view, source, target, first=first, max_steps=steps, through=through)
    assert [[view.id_of(node) for node in path.nodes] for path in answer.paths] == expected[:first]
    assert answer.completeness.complete
    assert all(step.relations for path in answer.paths for step in path.steps)
