"""The schema, built once, and a town to ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.ontology import Ontology
from schema.schema import Schema, build_schema
from tests.schema.world import World


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    return Ontology.current()


@pytest.fixture(scope="session")
def schema(ontology: Ontology) -> Schema:
    return build_schema(ontology)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, schema: Schema, ontology: Ontology) -> Iterator[World]:
    """A town that no test changes."""
    world = World.built(tmp_path_factory.mktemp("town"), schema, ontology)
    yield world
    world.log.close()


@pytest.fixture
def changing(tmp_path: Path, schema: Schema, ontology: Ontology) -> Iterator[World]:
    """A town of one's own, to load more into."""
    world = World.built(tmp_path, schema, ontology)
    yield world
    world.log.close()
