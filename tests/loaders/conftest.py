"""The sample city, generated and loaded once for all tests that walk over it."""

import pytest

from graph.knowledge import Knowledge
from graph.ontology import Ontology
from graph.view import View
from loaders.city import generate_city
from loaders.city.generator import DEFAULT_DAY
from loaders.registry import open_source
from loaders.runner import run
from tests.graph.build import knowledge_of
from tests.graph.memory_log import MemoryLog


@pytest.fixture(scope="session")
def city_knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The sample city; nothing more may be loaded into it."""
    bundle = generate_city(tmp_path_factory.mktemp("city"))
    knowledge = knowledge_of(MemoryLog())
    assert run(knowledge, open_source("city", bundle.folder, Ontology.current()), actor="tests").is_clean
    knowledge.refresh()
    return knowledge


@pytest.fixture(scope="session")
def view(city_knowledge: Knowledge) -> View:
    """The sample city on its day."""
    return city_knowledge.view(DEFAULT_DAY)
