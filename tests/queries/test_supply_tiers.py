"""Suppliers tier by tier: each firm once, at its lowest tier, with the links that carry it."""

from __future__ import annotations

from decimal import Decimal

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInput, LimitExceeded, NotFound
from graph.kinds.parties import Enterprise, Supplies
from graph.kinds.places import Product
from graph.records import Ref
from graph.view import View
from queries.supply_tiers import Direction, SupplyTiers, supply_tiers
from tests.graph.build import view_of


def firm(key: str) -> Enterprise:
    return Enterprise(id=f"enterprise:{key}", name=key)


def supplies(source: str, target: str, product: str | None = None, **values: Decimal) -> Supplies:
    return Supplies(
        source=Ref(f"enterprise:{source}"),
        target=Ref(f"enterprise:{target}"),
        product=None if product is None else Ref(f"product:{product}"),
        **values,
    )


def shown(view: View, answer: SupplyTiers) -> list[list[str]]:
    return [[identifier.removeprefix("enterprise:") for identifier in view.ids_of(tier.firms)] for tier in answer.tiers]


CHAIN = view_of(
    *(firm(key) for key in "abcdef"),
    supplies("b", "a"), supplies("c", "a"), supplies("c", "b"), supplies("d", "c"), supplies("a", "d"), supplies("e", "d"),
    Product(id="product:steel", name="钢"), supplies("f", "a", "steel", share_of_supplier_revenue=Decimal("0.4")),
)  # fmt: skip


def test_each_firm_stands_at_its_lowest_tier_and_the_root_in_none() -> None:
    answer = supply_tiers(CHAIN, "enterprise:a", direction=Direction.SUPPLIERS, max_tiers=5)
    assert shown(CHAIN, answer) == [["b", "c", "f"], ["d"], ["e"]]
    assert answer.completeness.complete


def test_buyers_go_the_other_way() -> None:
    answer = supply_tiers(CHAIN, "enterprise:e", direction=Direction.BUYERS, max_tiers=2)
    assert shown(CHAIN, answer) == [["d"], ["c"]]


def test_tiers_stop_at_the_bound() -> None:
    assert shown(CHAIN, supply_tiers(CHAIN, "enterprise:a", direction=Direction.SUPPLIERS, max_tiers=1)) == [
        ["b", "c", "f"]
    ]


def test_a_firm_comes_with_the_links_to_the_tier_before() -> None:
    answer = supply_tiers(CHAIN, "enterprise:a", direction=Direction.SUPPLIERS, max_tiers=2)
    member = answer.tiers[1].member(0)
    assert CHAIN.id_of(member.firm) == "enterprise:d"
    assert [CHAIN.id_of(link) for link in member.links] == ["supplies:enterprise%3Ad:enterprise%3Ac"]


def test_only_links_of_the_product_are_walked() -> None:
    answer = supply_tiers(CHAIN, "enterprise:a", direction=Direction.SUPPLIERS, product="product:steel")
    assert shown(CHAIN, answer) == [["f"]]


@pytest.mark.parametrize(("least", "expected"), [("0.4", [["f"]]), ("0.41", [])])
def test_a_link_that_does_not_state_its_share_is_not_known_to_reach_it(least: str, expected: list[list[str]]) -> None:
    answer = supply_tiers(
        CHAIN, "enterprise:a", direction=Direction.SUPPLIERS, min_share_of_supplier_revenue=Decimal(least)
    )
    assert shown(CHAIN, answer) == expected


def test_a_firm_that_nobody_supplies_has_no_tiers() -> None:
    assert supply_tiers(CHAIN, "enterprise:f", direction=Direction.SUPPLIERS).tiers == ()


@pytest.mark.parametrize(
    ("root", "options", "error"),
    [
        ("enterprise:z", {}, NotFound),
        ("product:steel", {}, InvalidInput),
        ("enterprise:a", {"max_tiers": 0}, InvalidInput),
        ("enterprise:a", {"max_tiers": 11}, LimitExceeded),
        ("enterprise:a", {"min_share_of_buyer_cost": Decimal("1.5")}, InvalidInput),
    ],
)
def test_what_cannot_be_meant_is_refused(root: str, options: dict[str, int], error: type[Exception]) -> None:
    with pytest.raises(error):
        supply_tiers(CHAIN, root, direction=Direction.SUPPLIERS, **options)  # type: ignore[arg-type]


pairs = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=18)


@settings(max_examples=50)
@given(pairs, st.integers(1, 5))
def test_tiers_are_the_shortest_distances(links: set[tuple[int, int]], deepest: int) -> None:
    view = view_of(*(firm(str(key)) for key in range(7)), *(supplies(str(a), str(b)) for a, b in sorted(links)))
    answer = supply_tiers(view, "enterprise:0", direction=Direction.SUPPLIERS, max_tiers=deepest)
    graph = nx.DiGraph([(b, a) for a, b in links])
    graph.add_node(0)
    distance = nx.single_source_shortest_path_length(graph, 0, cutoff=deepest)
    expected = [sorted(str(node) for node, tier in distance.items() if tier == at) for at in range(1, deepest + 1)]
    assert shown(view, answer) == [tier for tier in expected if tier]
    for tier in answer.tiers:
        assert np.diff(tier.starts).min() >= 1
