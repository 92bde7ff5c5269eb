"""Asked in Cypher of the drawing, as an analyst would, supply tiers and connections come to what the questions answer."""

import random
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase

from graph.drawing import Drawing
from graph.knowledge import Knowledge
from graph.log import EPOCH
from graph.ontology import Ontology
from graph.view import View
from loaders.city import generate_city
from loaders.registry import open_source
from loaders.runner import run
from queries.connections import ConnectionStep, connections
from queries.hub_kinds import HUB_KINDS
from queries.supply_tiers import Direction, supply_tiers
from tests.graph.build import knowledge_of
from tests.graph.drawn import seen_in, shown_in
from tests.graph.memory_log import MemoryLog

pytestmark = pytest.mark.neo4j

TIERS = """
MATCH p = shortestPath((root:Enterprise {id: $root})<-[:SUPPLIES*1..4]-(firm:Enterprise))
WHERE firm <> root
  AND all(link IN relationships(p) WHERE ($product IS NULL OR link.product = $product)
                                     AND ($share IS NULL OR link.shareOfSupplierRevenue >= $share))
RETURN firm.id AS firm, length(p) AS tier
"""

CONNECTIONS = """
MATCH p = (a {id: $source}) ((x)-[r]-(y) WHERE NOT type(r) IN ['SAME_AS', 'POSSIBLY_SAME_AS', 'MARKING_OWNER']
                                           AND (y.id = $target OR none(label IN labels(y) WHERE label IN $hubs))){1,3} (b {id: $target})
WITH [n IN nodes(p) | n.id] AS ids
WHERE all(place IN range(0, size(ids) - 1) WHERE NOT ids[place] IN ids[..place])
RETURN DISTINCT ids
"""

BETWEEN = "MATCH (x {id: $x})-[r]-(y {id: $y}) RETURN type(r) AS type, startNode(r) = x AS forward, r.id AS id"


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """A city of a hundred firms, five hundred supply links and all that belongs to them."""
    bundle = generate_city(tmp_path_factory.mktemp("city"), scale=0.1)
    knowledge = knowledge_of(MemoryLog())
    report = run(knowledge, open_source("tabular", bundle.folder, Ontology.current(), {}), actor="tests")
    assert report.is_clean
    knowledge.refresh()
    return knowledge


@pytest.fixture(scope="module")
def view(knowledge: Knowledge) -> View:
    """That city today."""
    return knowledge.view()


@pytest.fixture(scope="module")
def driver(view: View, neo4j_uri: str, neo4j_auth: tuple[str, str] | None) -> Iterator[Driver]:
    """A database with the drawing of that city."""
    with GraphDatabase.driver(neo4j_uri, auth=neo4j_auth) as driver, Drawing(neo4j_uri, auth=neo4j_auth) as drawing:
        driver.execute_query("MATCH (n:LuoshuHead) DETACH DELETE n")
        drawing.draw(view, "a city", log_is_elsewhere=True, anew=True)
        yield driver


def test_every_record_of_the_city_is_drawn(
    knowledge: Knowledge, view: View, driver: Driver, neo4j_uri: str, neo4j_auth: tuple[str, str] | None
) -> None:
    assert shown_in(driver) == seen_in(view)
    with Drawing(neo4j_uri, auth=neo4j_auth) as drawing:
        nothing = knowledge.view(known_at=EPOCH)
        removed = drawing.draw(nothing, "a city", log_is_elsewhere=True)
        assert shown_in(driver) == seen_in(nothing) == ([], [])
        written = drawing.draw(view, "a city", log_is_elsewhere=True)
    assert (removed.nodes_removed, removed.links_removed) == (written.nodes, written.links)
    assert shown_in(driver) == seen_in(view)


def roots(view: View) -> list[str]:
    """Firms that others supply: the largest buyer, and some at random."""
    _, links = view.expand("Supplies", "target", view.handles("Enterprise"))
    buyers = view.ids_of(view.refs(links, "target"))
    largest = max(set(buyers), key=lambda buyer: (buyers.count(buyer), buyer))
    return [largest, *random.Random(3).sample(sorted(set(buyers)), 5)]


@pytest.mark.parametrize("share", [None, Decimal("0.02")])
@pytest.mark.parametrize("of_one_product", [False, True])
def test_supply_tiers(view: View, driver: Driver, of_one_product: bool, share: Decimal | None) -> None:
    found = 0
    for root in roots(view):
        product = a_product_of(view, root) if of_one_product else None
        answer = supply_tiers(
            view, root, direction=Direction.SUPPLIERS, max_tiers=4, product=product, min_share_of_supplier_revenue=share
        )
        asked = {"root": root, "product": product, "share": None if share is None else float(share)}
        in_cypher = {record["firm"]: record["tier"] for record in driver.execute_query(TIERS, asked).records}
        ours = {firm: tier.tier for tier in answer.tiers for firm in view.ids_of(tier.firms)}
        assert ours == in_cypher
        found += len(ours)
    assert found > 0


def a_product_of(view: View, root: str) -> str:
    links = view.holders("Supplies", "target", view.find(root))
    return view.id_of(int(view.refs(links[:1], "product")[0]))


def test_the_links_of_supply_tiers(view: View, driver: Driver) -> None:
    root = roots(view)[0]
    answer = supply_tiers(view, root, direction=Direction.SUPPLIERS, max_tiers=2)
    before = [root]
    for tier in answer.tiers:
        firms = view.ids_of(tier.firms)
        in_cypher = driver.execute_query(
            "MATCH (s:Enterprise)-[r:SUPPLIES]->(t:Enterprise) WHERE s.id IN $firms AND t.id IN $before RETURN r.id AS id",
            firms=firms,
            before=before,
        ).records
        assert sorted(view.ids_of(tier.links)) == sorted(record["id"] for record in in_cypher)
        before = firms


def test_connections(view: View, driver: Driver) -> None:
    dice = random.Random(11)
    firms, banks = view.ids_of(view.handles("Enterprise")), view.ids_of(view.handles("Institution"))
    claims, places = view.ids_of(view.handles("Receivable")), view.ids_of(view.handles("Region"))
    pairs = [
        *((dice.choice(firms), dice.choice(firms)) for _ in range(4)),
        *((dice.choice(banks), dice.choice(firms)) for _ in range(2)),
        (dice.choice(claims), dice.choice(banks)),
        (dice.choice(places), dice.choice(firms)),
    ]
    found = 0
    for source, target in pairs:
        if source == target:
            continue
        answer = connections(view, source, target, first=100, max_steps=3)
        assert answer.completeness.complete
        asked = {"source": source, "target": target, "hubs": list(HUB_KINDS)}
        in_cypher = [record["ids"] for record in driver.execute_query(CONNECTIONS, asked).records]
        in_cypher.sort(key=lambda ids: (len(ids), [identifier.encode() for identifier in ids]))
        assert [[view.id_of(node) for node in path.nodes] for path in answer.paths] == in_cypher[:100]
        found += len(answer.paths)
    assert found > 20


def test_the_relations_of_connections(view: View, driver: Driver) -> None:
    firms = view.ids_of(view.handles("Enterprise"))
    answer = connections(view, firms[0], firms[7], first=10, max_steps=3)
    for path in answer.paths:
        assert [(step.source, step.target) for step in path.steps] == list(pairwise(path.nodes))
        for step in path.steps:
            ends: dict[str, Any] = {"x": view.id_of(step.source), "y": view.id_of(step.target)}
            in_cypher = {
                (record["type"], record["forward"], record["id"])
                for record in driver.execute_query(BETWEEN, ends).records
            }
            assert relations_of(view, step) == in_cypher
    assert answer.paths


def relations_of(view: View, step: ConnectionStep) -> set[tuple[str, bool, str | None]]:
    return {
        (relation.relation, relation.forward, None if relation.link < 0 else view.id_of(relation.link))
        for relation in step.relations
    }


DOCUMENT = Path(__file__).parents[2] / "docs" / "drawing.md"
STATEMENTS = re.findall(r"```cypher\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_statements_of_the_documentation_answer(view: View, driver: Driver, statement: str) -> None:
    driver.execute_query("CALL db.awaitIndexes(60)")
    driver.execute_query("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")
    firms = view.ids_of(view.handles("Enterprise"))
    name = view.texts(view.handles("Enterprise")[:1], "name")[0]
    asked = {"text": name[:2], "root": roots(view)[0], "source": firms[0], "target": firms[7]}
    assert driver.execute_query(statement, asked).records
