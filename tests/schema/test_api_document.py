"""What docs/api.md says against what the code does."""

import re
from pathlib import Path

import pytest

from schema.errors import CODES
from schema.limits import MAX_BODY_BYTES
from tests.schema.world import World

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_error_code_is_explained_and_no_other() -> None:
    section = TEXT.split("## Errors")[1].split("\n## ")[0]
    assert set(re.findall(r"`([A-Z][A-Z_]+)`", section)) == CODES.keys()


@pytest.mark.parametrize("document", re.findall(r"```graphql\n(.*?)```", TEXT, re.DOTALL))
def test_the_documents_shown_are_answered(town: World, document: str) -> None:
    assert town.ask(document)


def test_the_figures_are_those_of_the_code() -> None:
    assert f"{MAX_BODY_BYTES:,} bytes" in TEXT
