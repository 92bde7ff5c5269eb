"""The page on loading shows what there is: its mapping can be read, its codes are those of the code, its forms are read."""

from __future__ import annotations

import re
from pathlib import Path

from graph.ontology import Ontology
from loaders.tabular.mapping_yaml import parse_mapping

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "loading.md").read_text(encoding="utf-8")


def test_the_mapping_shown_can_be_read() -> None:
    match = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None
    spec = parse_mapping(match[1], "page", Ontology.current())
    assert spec.kinds == ("Dataset", "Loan")


def test_every_reason_code_stands_on_the_page() -> None:
    # A reason code is the first argument of what makes a rejection of a row.
    made = re.compile(
        r"(?:Rejection|Fault|RowFault|_Check|_fault|BadCondition)\(\s*(?:\w+, )?(?:code=)?\"([A-Z_]{5,})\""
    )
    used: set[str] = set()
    for folder in ("graph", "loaders"):
        for file in (ROOT / folder).rglob("*.py"):
            used.update(made.findall(file.read_text(encoding="utf-8")))
    shown = set(re.findall(r"`([A-Z]+_?[A-Z_]+)`", PAGE[PAGE.index("| code |") :]))
    assert len(used) > 20
    assert used == shown
