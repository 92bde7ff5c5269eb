"""The drawing in a real Neo4j is the present view, record by record, however it came to be."""

import multiprocessing
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from neo4j import Driver, GraphDatabase

from graph.drawing import Drawing
from graph.drawing_state import DrawingLease
from graph.errors import ConfigurationError, InvalidInput, LoadInProgress, StoreCorrupt
from graph.kinds.contracts import Facility
from graph.kinds.identity import SameAs
from graph.kinds.parties import Enterprise, Fund, Institution, Supplies
from graph.kinds.places import Product, Region
from graph.kinds.policy import Observation, OpenQuestion, Policy
from graph.log import Mode
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Label, Link, Node, Record, Ref, Span, declared_for_a_while
from graph.sqlite_log import SqliteLog
from graph.validation import MAX_ID_BYTES
from graph.view import View
from tests.graph.build import TODAY, knowledge_of, load, view_of, withdraw
from tests.graph.drawn import seen_in, shown_in
from tests.graph.memory_log import MemoryLog
from tests.graph.oracle import Loaded
from tests.graph.worlds import loads, write

pytestmark = pytest.mark.neo4j

Auth = tuple[str, str] | None
A, B, C = (f"enterprise:{name}" for name in "abc")


@pytest.fixture
def uri(neo4j_uri: str, driver: Driver) -> str:
    """A database without nodes; constraints, which take seconds to make, stay from test to test."""
    driver.execute_query("MATCH (n) DETACH DELETE n")
    return neo4j_uri


@pytest.fixture
def driver(neo4j_uri: str, neo4j_auth: Auth) -> Iterator[Driver]:
    with GraphDatabase.driver(neo4j_uri, auth=neo4j_auth) as driver:
        yield driver


@pytest.fixture
def drawing(uri: str, neo4j_auth: Auth) -> Iterator[Drawing]:
    with Drawing(uri, auth=neo4j_auth) as drawing:
        yield drawing


def drawn(drawing: Drawing, view: View, log_id: str = "a log", *, anew: bool = False) -> int:
    return drawing.draw(view, log_id, log_is_elsewhere=True, anew=anew).rows


def firm(identifier: str, **fields: object) -> Enterprise:
    return Enterprise(id=identifier, **{"name": identifier, **fields})  # type: ignore[arg-type]


def test_a_fact_is_drawn_as_an_analyst_would_draw_it(drawing: Drawing, driver: Driver) -> None:
    view = view_of(
        firm(
            A, name="甲", region=Ref("region:4103"), registered_capital=Money(500, "USD", "5美元"), aliases=("a", "b")
        ),
        firm(B, founded_on=date(1999, 12, 31), employees=0),
        Region(id="region:4103", code="4103", name="洛阳市"),
        Supplies(
            source=Ref(A), target=Ref(B), product=Ref("product:钢"), annual_amount=Money(7), dilution=Decimal("0.05")
        ),
    )
    assert drawn(drawing, view) == 3 + 1 + 1
    (node,) = driver.execute_query(
        "MATCH (n:CapitalSource:Party:Enterprise {name: '甲'}) RETURN properties(n) AS n"
    ).records
    assert node["n"] == {
        "id": A,
        "name": "甲",
        "aliases": ["a", "b"],
        "registeredCapital": 500,
        "registeredCapitalCurrency": "USD",
        "registeredCapitalPrinted": "5美元",
    }
    (region,) = driver.execute_query(
        "MATCH (:Enterprise {id: $a})-[r:LOCATED_IN]->(t:Region) RETURN t.name AS t", a=A
    ).records
    assert region["t"] == "洛阳市"
    (link,) = driver.execute_query(
        "MATCH (s:Enterprise)-[r:SUPPLIES]->(t) RETURN s.id AS s, properties(r) AS r, t.id AS t"
    ).records
    assert (link["s"], link["t"]) == (A, B)
    assert link["r"] == {
        "id": f"supplies:{A.replace(':', '%3A')}:{B.replace(':', '%3A')}:product%3A钢",
        "product": "product:钢",
        "annualAmount": 7,
        "dilution": 0.05,
    }


def test_a_drawing_says_what_it_shows(drawing: Drawing) -> None:
    assert drawing.state().shown is None
    view = view_of(firm(A))
    drawn(drawing, view, "the log")
    state = drawing.state()
    assert state.shown is not None
    assert (state.shown.log_id, state.shown.seq, state.shown.as_of) == ("the log", 1, TODAY)
    assert state.pending is None
    assert state.drawn_at is not None


def test_drawing_again_changes_nothing(drawing: Drawing) -> None:
    view = view_of(firm(A), firm(B), Supplies(source=Ref(A), target=Ref(B)))
    assert drawn(drawing, view) == 3
    assert drawn(drawing, view) == 0


def test_a_reference_to_what_is_not_there_is_an_id(drawing: Drawing, driver: Driver) -> None:
    view = view_of(firm(A, region=Ref("region:9999")))
    drawn(drawing, view)
    assert shown_in(driver) == (
        [(frozenset({"Enterprise", "Party", "CapitalSource"}), (("id", A), ("name", A), ("regionId", "region:9999")))],
        [],
    )


def test_two_references_of_one_type_are_told_apart(drawing: Drawing, driver: Driver) -> None:
    view = view_of(
        Policy(id="policy:p", doc_no="p", title="计划"),
        OpenQuestion(
            id="openQuestion:1",
            policy=Ref("policy:p"),
            number=1,
            about=Ref("policy:p"),
            text="?",
            span=Span(3, 9, "原文"),
        ),
    )
    drawn(drawing, view)
    assert shown_in(driver) == seen_in(view)


def test_merged_firms_are_one_node_that_says_so(drawing: Drawing, driver: Driver) -> None:
    view = view_of(
        firm(A),
        firm(B),
        firm(C),
        SameAs(source=Ref(A), target=Ref(B), reason="代码表"),
        Supplies(source=Ref(C), target=Ref(B)),
    )
    drawn(drawing, view)
    assert shown_in(driver) == seen_in(view)
    (same,) = driver.execute_query("MATCH (n)-[r:SAME_AS]->(n) RETURN n.id AS n, r.targetId AS t").records
    assert (same["n"], same["t"]) == (A, B)


def test_decimals_too_wide_for_a_float_are_there_as_texts(drawing: Drawing, driver: Driver) -> None:
    drawn(drawing, view_of(observed("narrow", "999999999.999999"), observed("wide", "-9000000000.000001")))
    found = driver.execute_query(
        "MATCH (n:Observation) RETURN n.value AS value, n.valueExact AS exact ORDER BY n.id"
    ).records
    assert [tuple(record) for record in found] == [
        (999999999.999999, None),
        (-9000000000.000001, "-9000000000.000001"),
    ]


def observed(name: str, value: str) -> Observation:
    return Observation(id=f"observation:{name}", series="s", period="2025", value=Decimal(value))


def test_values_are_never_part_of_a_statement(drawing: Drawing, driver: Driver) -> None:
    evil = "'}) DETACH DELETE n //`\"\\"
    view = view_of(firm(A, name=evil), Product(id="product:x", name=evil))
    drawn(drawing, view)
    assert shown_in(driver) == seen_in(view)


def test_the_longest_ids_are_drawn(drawing: Drawing, driver: Driver) -> None:
    ids = [f"enterprise:{'%' * (MAX_ID_BYTES - 12)}{last}" for last in "ab"]
    product = f"product:{'%' * (MAX_ID_BYTES - 8)}"
    view = view_of(firm(ids[0]), firm(ids[1]), Supplies(source=Ref(ids[0]), target=Ref(ids[1]), product=Ref(product)))
    assert drawn(drawing, view) == 3
    assert shown_in(driver) == seen_in(view)


def test_a_kind_declared_at_run_time_is_drawn(drawing: Drawing, driver: Driver) -> None:
    with declared_for_a_while():

        class Vessel(Node, zh="船"):
            """A ship."""

            name: Annotated[str, Label("船名")]
            owner: Annotated[Ref[Enterprise] | None, Label("船东", relation="OWNED BY `X`")] = None

        class Charters(Link, zh="租船", relation="CHARTERS`]->() DELETE r //"):
            """A firm charters a ship."""

            source: Annotated[Ref[Enterprise], Label("租家")]
            target: Annotated[Ref[Vessel], Label("船")]

        ontology = Ontology.current()
        log = MemoryLog()
        records: list[Record] = [
            firm(A),
            Vessel(id="vessel:v", name="远洋", owner=Ref(A)),
            Charters(source=Ref(A), target=Ref("vessel:v")),
        ]
        load(log, "test", records, ontology=ontology)
        view = knowledge_of(log, ontology=ontology).view()
        assert drawn(drawing, view) == 4
        assert shown_in(driver) == seen_in(view)
        assert driver.execute_query("MATCH (n:Vessel) RETURN count(n) AS n").records[0]["n"] == 1

    other = view_of(firm(A))
    drawn(drawing, other)
    assert shown_in(driver) == seen_in(other)


def test_what_differs_is_all_that_is_written(drawing: Drawing, driver: Driver) -> None:
    log = MemoryLog()
    load(log, "one", [firm(A, region=Ref("region:1")), firm(B), *regions(1, 2), Supplies(source=Ref(A), target=Ref(B))])
    knowledge = knowledge_of(log)
    drawn(drawing, knowledge.view())
    load(log, "two", [firm(C), firm(A, region=Ref("region:2"), valid_from=date(2025, 5, 1))])
    knowledge.refresh()
    report = drawing.draw(knowledge.view(), "a log", log_is_elsewhere=True)
    assert (report.nodes, report.references, report.references_removed, report.links) == (2, 1, 1, 0)
    assert shown_in(driver) == seen_in(knowledge.view())


def test_a_kind_of_which_one_record_differs_is_not_drawn_whole(drawing: Drawing, driver: Driver) -> None:
    log = MemoryLog()
    facilities = [
        Facility(id=f"facility:{name}", lender=Ref("institution:b"), borrower=Ref(A), limit=Money(9), drawn=Money(4))
        for name in "xyz"
    ]
    load(log, "one", [firm(A), Institution(id="institution:b", name="银行"), *facilities])
    knowledge = knowledge_of(log)
    drawn(drawing, knowledge.view())
    load(log, "one", [replace(facilities[1], drawn=Money(5))])
    knowledge.refresh()
    report = drawing.draw(knowledge.view(), "a log", log_is_elsewhere=True)
    assert (report.nodes, report.rows) == (1, 1)
    assert shown_in(driver) == seen_in(knowledge.view())


def test_a_withdrawn_source_is_drawn_no_more(drawing: Drawing, driver: Driver) -> None:
    log = MemoryLog()
    load(log, "one", [firm(A)])
    load(log, "two", [firm(B), Supplies(source=Ref(A), target=Ref(B))])
    knowledge = knowledge_of(log)
    drawn(drawing, knowledge.view())
    withdraw(log, "two")
    knowledge.refresh()
    report = drawing.draw(knowledge.view(), "a log", log_is_elsewhere=True)
    assert (report.nodes_removed, report.links_removed) == (1, 1)
    assert [node[1] for node in shown_in(driver)[0]] == [(("id", A), ("name", A))]


def test_another_day_is_drawn_without_a_new_load(drawing: Drawing, driver: Driver) -> None:
    log = MemoryLog()
    load(
        log,
        "one",
        [firm(A), firm(B, valid_to=TODAY + timedelta(days=1)), firm(C, valid_from=TODAY + timedelta(days=1))],
    )
    knowledge = knowledge_of(log)
    drawn(drawing, knowledge.view())
    tomorrow = knowledge.view(TODAY + timedelta(days=1))
    report = drawing.draw(tomorrow, "a log", log_is_elsewhere=True)
    assert (report.nodes, report.nodes_removed) == (1, 1)
    assert shown_in(driver) == seen_in(tomorrow)


def test_what_analysts_add_to_a_node_stays(drawing: Drawing, driver: Driver) -> None:
    log = MemoryLog()
    load(log, "one", [firm(A, address="老城")])
    knowledge = knowledge_of(log)
    drawn(drawing, knowledge.view())
    driver.execute_query("MATCH (n:Enterprise) SET n.pagerank = 0.5 CREATE (n)-[:ON_MY_LIST]->(:Note {text: 'call'})")
    load(log, "one", [firm(A, name="新名")])
    knowledge.refresh()
    drawn(drawing, knowledge.view())
    (node,) = driver.execute_query("MATCH (n:Enterprise)-[:ON_MY_LIST]->(:Note) RETURN properties(n) AS n").records
    assert node["n"] == {"id": A, "name": "新名", "pagerank": 0.5}


def regions(*codes: int) -> list[Region]:
    return [Region(id=f"region:{code}", code=f"{code:02}", name=str(code)) for code in codes]


days = st.sampled_from([date(2024, 1, 1), TODAY, date(2025, 7, 1), date(2030, 1, 1)])


@pytest.mark.slow
def test_a_drawing_is_the_view_after_any_loads_on_any_day_and_any_interruption(
    drawing: Drawing, driver: Driver
) -> None:
    examples = iter(range(1_000))

    @settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(st.lists(st.tuples(loads, days, st.none() | st.integers(1, 6)), min_size=1, max_size=6))
    def check(story: list[tuple[Loaded, date, int | None]]) -> None:
        log, log_id = MemoryLog(), f"log {next(examples)}"
        knowledge = knowledge_of(log)
        drawn(drawing, knowledge.view(), log_id, anew=True)
        for loaded, day, interrupted_after in story:
            write(log, [loaded], Ontology.current())
            knowledge.refresh()
            view = knowledge.view(day)
            if interrupted_after is not None:
                draw_a_part(drawing, view, log_id, interrupted_after)
                continue
            drawn(drawing, view, log_id)
            assert shown_in(driver) == seen_in(view)
        drawn(drawing, knowledge.view(), log_id)
        assert shown_in(driver) == seen_in(knowledge.view())

    check()


def draw_a_part(drawing: Drawing, view: View, log_id: str, steps: int) -> None:
    left = iter(range(steps))

    def interrupt(done: int, total: int) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    try:
        drawing.draw(view, log_id, log_is_elsewhere=True, progress=interrupt)
    except KeyboardInterrupt:
        assert drawing.state().pending is not None


def test_a_drawer_that_is_killed_is_followed_by_another(
    uri: str, neo4j_auth: Auth, driver: Driver, tmp_path: Path
) -> None:
    path = tmp_path / "log.sqlite"
    with SqliteLog(path) as log:
        load(log, "one", chain_of(300))
        load(
            log,
            "two",
            [firm(f"enterprise:{number:04}", name="新", region=Ref("region:2")) for number in range(0, 300, 2)],
        )
        view = knowledge_of(log).view()
        moments = random.Random(7)
        context = multiprocessing.get_context("forkserver")
        for moment in [moments.uniform(0.0, 0.5) for _ in range(4)]:
            drawer = context.Process(target=draw_the_log, args=(path, uri, neo4j_auth))
            drawer.start()
            while driver.execute_query("MATCH (n:Region|LuoshuDrawing) RETURN count(n) AS n").records[0]["n"] == 0:
                time.sleep(0.02)
            time.sleep(moment)
            drawer.kill()
            drawer.join(60)
        with Drawing(uri, auth=neo4j_auth, lease_seconds=1.0) as drawing:
            drawing.draw(view, log.log_id, log_is_elsewhere=True)
    assert shown_in(driver) == seen_in(view)


def draw_the_log(path: Path, uri: str, auth: Auth) -> None:
    with SqliteLog(path) as log, Drawing(uri, auth=auth, lease_seconds=1.0) as drawing:
        while True:
            drawing.draw(knowledge_of(log).view(), log.log_id, log_is_elsewhere=True, anew=True)


def chain_of(length: int) -> list[Record]:
    ids = [f"enterprise:{number:04}" for number in range(length)]
    found: list[Record] = [
        firm(identifier, region=Ref(f"region:{number % 3}")) for number, identifier in enumerate(ids)
    ]
    found += [Supplies(source=Ref(low), target=Ref(high)) for low, high in zip(ids[1:], ids, strict=False)]
    return [
        *found,
        *[Supplies(source=Ref(low), target=Ref(ids[0]), product=Ref("product:x")) for low in ids[5:]],
        *regions(0, 1, 2),
    ]


def test_only_one_draws_at_a_time(uri: str, neo4j_auth: Auth) -> None:
    view = view_of(firm(A))
    with (
        Drawing(uri, auth=neo4j_auth, lease_seconds=0.4) as drawing,
        Drawing(uri, auth=neo4j_auth, lease_seconds=600.0) as other,
    ):
        drawn(drawing, view)
        held = DrawingLease(other._store, 600.0)
        held.take()
        with pytest.raises(LoadInProgress, match=r"process \d+ on .* is drawing"):
            drawn(drawing, view)
        held.release()
        assert drawn(drawing, view) == 0


def test_the_drawing_of_another_log_is_left_alone(drawing: Drawing, driver: Driver) -> None:
    drawn(drawing, view_of(firm(A)), "one log")
    with pytest.raises(ConfigurationError, match="shows another log"):
        drawn(drawing, view_of(firm(B)), "another log")
    drawn(drawing, view_of(firm(B)), "another log", anew=True)
    assert [node[1][0] for node in shown_in(driver)[0]] == [("id", B)]


def test_a_store_without_the_log_is_only_drawn_in_when_that_is_said(drawing: Drawing, driver: Driver) -> None:
    with pytest.raises(ConfigurationError, match="does not hold the log"):
        drawing.draw(view_of(firm(A)), "a log")
    driver.execute_query("CREATE (:LuoshuHead {name: 'head', logId: 'another'})")
    with pytest.raises(ConfigurationError, match="holds another log"):
        drawing.draw(view_of(firm(A)), "a log", log_is_elsewhere=True)
    assert drawing.draw(view_of(firm(A)), "another").nodes == 1


def test_a_view_that_knows_less_than_is_shown_is_refused(drawing: Drawing) -> None:
    drawn(drawing, view_of(firm(A), loads=[("two", Mode.PARTIAL, [firm(B)])]))
    with pytest.raises(InvalidInput, match=r"shows load 2 .* ends at load 1"):
        drawn(drawing, view_of(firm(A)))


def test_nodes_that_somebody_removed_are_missed(drawing: Drawing, driver: Driver) -> None:
    log = MemoryLog()
    load(log, "one", [firm(A), Fund(id="fund:f", name="基金")])
    knowledge = knowledge_of(log)
    drawn(drawing, knowledge.view())
    driver.execute_query("MATCH (n:Enterprise) DETACH DELETE n")
    load(log, "one", [firm(B), Supplies(source=Ref(A), target=Ref(B))])
    knowledge.refresh()
    with pytest.raises(StoreCorrupt, match="draw it anew"):
        drawn(drawing, knowledge.view())
    drawn(drawing, knowledge.view(), anew=True)
    assert shown_in(driver) == seen_in(knowledge.view())


def test_names_are_found_from_two_characters_on(drawing: Drawing, driver: Driver) -> None:
    drawn(drawing, view_of(firm(A, name="洛阳轴承有限公司"), firm(B, name="郑州面粉")))
    driver.execute_query("CALL db.awaitIndexes(60)")
    driver.execute_query("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")
    found = driver.execute_query(
        "CALL db.index.fulltext.queryNodes('luoshu_drawn_names', '轴承') YIELD node RETURN node.id AS id"
    )
    assert [record["id"] for record in found.records] == [A]


def test_every_label_and_link_type_is_constrained(drawing: Drawing, driver: Driver) -> None:
    drawn(drawing, view_of(firm(A)))
    found = driver.execute_query("SHOW CONSTRAINTS YIELD labelsOrTypes, properties, type").records
    constrained = {record["labelsOrTypes"][0] for record in found if record["properties"] == ["id"]}
    ontology = Ontology.current()
    assert {kind.name for kind in ontology.nodes} | {kind.relation for kind in ontology.links} <= constrained
