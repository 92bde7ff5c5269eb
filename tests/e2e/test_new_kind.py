"""A kind declared at run time is met everywhere, in both stores; a field added to a kind that has data is simply not stated yet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from neo4j import GraphDatabase

from graph.drawing import Drawing
from graph.kinds.parties import Enterprise
from graph.log import Log
from graph.ontology import Ontology
from graph.records import KINDS, Label, Node, Ref, declared_for_a_while
from graph.stores import open_log
from loaders.registry import open_source
from loaders.runner import run
from loaders.tabular.template import write_template
from schema.schema import build_schema
from tests.graph.build import knowledge_of
from tests.schema.world import World

Auth = tuple[str, str] | None

QUESTION = """{ lighthouses(filter: { visitors: { gte: 100 } }) { totalCount nodes { id name visitors
  owner { name lighthouses { totalCount } } claims { source { name } locator } } } }"""


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    """An empty log in each store."""
    if request.param == "sqlite":
        opened = open_log(f"sqlite:///{tmp_path / 'log.db'}")
    else:
        user, password = request.getfixturevalue("neo4j_auth") or (None, None)
        opened = open_log(request.getfixturevalue("empty_neo4j_uri"), user=user, password=password)
    with opened as log:
        yield log


def declare_lighthouse() -> type[Node]:
    class Lighthouse(Node, zh="灯塔工厂"):
        """A factory that others come to see."""

        name: Annotated[str, Label("名称")]
        owner: Annotated[Ref[Enterprise], Label("企业", inverse="lighthouses")]
        visitors: Annotated[int | None, Label("参观人次", unit="count")] = None

    return Lighthouse


def loaded(log: Log, folder: Path, ontology: Ontology) -> None:
    """Fill in the two kinds' templates as a person would, and load the folder."""
    rows = {
        "Enterprise": [{"id": "yunfan", "name": "云帆轴承"}],
        "Lighthouse": [
            {"id": "east", "name": "东厂", "owner": "yunfan", "visitors": "1200"},
            {"id": "west", "name": "西厂", "owner": "yunfan"},
        ],
    }
    for kind, filled in rows.items():
        file = write_template(folder, ontology[kind], ontology)
        header = next(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        with file.open("a", encoding="utf-8", newline="") as out:
            csv.DictWriter(out, header).writerows(filled)
    knowledge = knowledge_of(log, ontology=ontology)
    report = run(knowledge, open_source("tabular", folder, ontology, {"source": "visits"}), actor="tests")
    assert report.total.quarantined == 0


def test_a_new_kind_is_met_in_template_log_snapshot_schema_and_answer(log: Log, tmp_path: Path) -> None:
    with declared_for_a_while():
        declare_lighthouse()
        ontology = Ontology.current()
        loaded(log, tmp_path / "data", ontology)
        schema = build_schema(ontology)
        assert "type Lighthouse implements" in schema.as_str()
        assert "input LighthouseFilter" in schema.as_str()
        view = knowledge_of(log, ontology=ontology).view()
        assert view.ids_of(view.handles("Lighthouse")) == ["lighthouse:east", "lighthouse:west"]
        answer = World.over(log, schema, ontology).ask(QUESTION)["lighthouses"]
        assert answer["totalCount"] == 1
        [node] = answer["nodes"]
        assert (node["id"], node["visitors"]) == ("lighthouse:east", 1200)
        assert node["owner"] == {"name": "云帆轴承", "lighthouses": {"totalCount": 2}}
        assert node["claims"][0]["source"] == {"name": "visits"}


@pytest.mark.neo4j
def test_a_new_kind_is_drawn(log: Log, tmp_path: Path, empty_neo4j_uri: str, neo4j_auth: Auth) -> None:
    with declared_for_a_while():
        declare_lighthouse()
        ontology = Ontology.current()
        loaded(log, tmp_path / "data", ontology)
        with Drawing(empty_neo4j_uri, auth=neo4j_auth) as drawing:
            drawing.draw(knowledge_of(log, ontology=ontology).view(), log.log_id, log_is_elsewhere=True)
        with GraphDatabase.driver(empty_neo4j_uri, auth=neo4j_auth) as driver:
            statement = (
                "MATCH (l:Lighthouse)-[:OWNER]->(:Enterprise) RETURN l.id AS id, l.visitors AS visitors ORDER BY id"
            )
            drawn = [tuple(record.values()) for record in driver.execute_query(statement).records]
        assert drawn == [("lighthouse:east", 1200), ("lighthouse:west", None)]


def test_a_field_added_to_a_kind_with_data_is_not_stated_until_somebody_states_it(log: Log, tmp_path: Path) -> None:
    with declared_for_a_while():
        declare_lighthouse()
        loaded(log, tmp_path / "before", Ontology.current())
        del KINDS["Lighthouse"]

        class Lighthouse(Node, zh="灯塔工厂"):
            """A factory that others come to see."""

            name: Annotated[str, Label("名称")]
            owner: Annotated[Ref[Enterprise], Label("企业", inverse="lighthouses")]
            visitors: Annotated[int | None, Label("参观人次", unit="count")] = None
            awards: Annotated[int | None, Label("获奖次数", unit="count")] = None

        ontology = Ontology.current()
        world = World.over(log, build_schema(ontology), ontology)
        asked = "{ lighthouses { nodes { name visitors awards } } }"
        assert world.ask(asked)["lighthouses"]["nodes"] == [
            {"name": "东厂", "visitors": 1200, "awards": None},
            {"name": "西厂", "visitors": None, "awards": None},
        ]
        folder = tmp_path / "after"
        folder.mkdir()
        (folder / "lighthouses.csv").write_text(
            "id,name,owner,visitors,awards\neast,东厂,yunfan,1200,3\n", encoding="utf-8"
        )
        knowledge = knowledge_of(log, ontology=ontology)
        run(knowledge, open_source("tabular", folder, ontology, {"source": "visits"}), actor="tests")
        found = World.over(log, build_schema(ontology), ontology).ask(asked)["lighthouses"]["nodes"]
        assert [node["awards"] for node in found] == [3, None]
