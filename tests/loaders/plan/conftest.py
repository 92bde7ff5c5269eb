"""The two plans that the tests read: the Luoyang text of the test data, where it is, and the fictional plan that ships."""

from pathlib import Path

import pytest

from loaders.plan import PlanReading, read_plan

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "loaders" / "sample" / "plan.txt"


@pytest.fixture(scope="session")
def luoyang_text(test_data: Path) -> str:
    """The Luoyang plan's text exactly as given."""
    texts = sorted((test_data / "seeds").glob("*.txt"))
    if not texts:
        pytest.skip(f"Test data missing: no plan text in {test_data / 'seeds'}")
    return texts[0].read_bytes().decode("utf-8")


@pytest.fixture(scope="session")
def luoyang(luoyang_text: str) -> PlanReading:
    """The reading of the Luoyang plan."""
    return read_plan(luoyang_text)


@pytest.fixture(scope="session")
def sample_text() -> str:
    """The fictional plan's text."""
    return SAMPLE.read_bytes().decode("utf-8")


@pytest.fixture(scope="session")
def sample(sample_text: str) -> PlanReading:
    """The reading of the fictional plan."""
    return read_plan(sample_text)
