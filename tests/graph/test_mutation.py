"""Mutations: changed fields are merged onto the row that their source states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InvalidInput, SourceChanged
from graph.kinds.terms import Stage
from graph.knowledge import Knowledge
from graph.money import Money
from graph.mutation import Change, mutate
from graph.ontology import Ontology
from graph.records import Ref
from graph.sqlite_log import SqliteLog
from graph.undoing import retract
from tests.graph.build import knowledge_of

ONTOLOGY = Ontology.current()
ID = "enterprise:1"


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[Knowledge]:
    with SqliteLog(tmp_path / "log.sqlite") as log:
        yield knowledge_of(log, ontology=ONTOLOGY)


def change(knowledge: Knowledge, *, source: str = "desk", **fields: Any) -> int:
    """State these fields of enterprise:1; the load's number."""
    return mutate(knowledge, source, [Change("Enterprise", ID, fields)], actor="tests").seq


def current(knowledge: Knowledge, kind: str = "Enterprise", source: str = "desk") -> dict[str, Any]:
    return knowledge.refresh().current(kind, source).row(-1, named=True)


def test_changed_fields_are_merged_onto_the_others(knowledge: Knowledge) -> None:
    change(knowledge, name="甲", stage=Stage.SEED, registered_capital=Money(100, "USD", "1美元"))
    change(knowledge, stage=Stage.GROWTH)
    row = current(knowledge)
    assert (row["name"], row["stage"]) == ("甲", "GROWTH")
    assert (row["registered_capital"], row["registered_capital_currency"]) == (100, "USD")


def test_another_sources_row_is_not_merged(knowledge: Knowledge) -> None:
    change(knowledge, source="register", name="甲", website="a.example")
    change(knowledge, name="乙")
    assert current(knowledge)["website"] is None


def test_a_field_set_to_nothing_is_stated_no_more(knowledge: Knowledge) -> None:
    change(knowledge, name="甲", registered_capital=Money(100, "USD"))
    change(knowledge, registered_capital=None)
    row = current(knowledge)
    assert (row["registered_capital"], row["registered_capital_currency"]) == (None, None)


def test_a_field_known_to_be_empty_stays_so_until_it_is_stated(knowledge: Knowledge) -> None:
    mutate(knowledge, "desk", [Change("Enterprise", ID, {"name": "甲"}, empty=("website",))], actor="tests")
    change(knowledge, stage=Stage.SEED)
    assert current(knowledge)["none"] == "website"
    change(knowledge, website="a.example")
    assert current(knowledge)["none"] is None


def test_a_change_that_changes_nothing_appends_nothing(knowledge: Knowledge) -> None:
    change(knowledge, name="甲")
    load = mutate(knowledge, "desk", [Change("Enterprise", ID, {"name": "甲"})], actor="tests")
    assert (load.rows, load.counts.unchanged) == (0, 1)


def test_a_change_without_a_date_goes_onto_the_latest_version(knowledge: Knowledge) -> None:
    for year, name in ((2020, "甲"), (2021, "乙")):
        dated = Change("Enterprise", ID, {"name": name}, valid_from=date(year, 1, 1))
        mutate(knowledge, "desk", [dated], actor="tests")
    change(knowledge, website="a.example")
    found = knowledge.refresh().current("Enterprise", "desk").sort("valid_from")
    assert found["website"].to_list() == [None, "a.example"]


def test_a_new_version_begins_anew(knowledge: Knowledge) -> None:
    change(knowledge, name="甲", website="a.example")
    mutate(knowledge, "desk", [Change("Enterprise", ID, {"name": "乙"}, valid_from=date(2021, 1, 1))], actor="tests")
    assert current(knowledge)["website"] is None


def test_a_retracted_record_begins_anew(knowledge: Knowledge) -> None:
    change(knowledge, name="甲", website="a.example")
    retract(knowledge, "desk", [ID], actor="tests")
    change(knowledge, name="乙")
    assert current(knowledge)["website"] is None


def test_a_link_is_changed_by_its_ends_and_key(knowledge: Knowledge) -> None:
    ends = {"source": Ref("1"), "target": Ref("2"), "product": Ref("steel")}
    mutate(knowledge, "desk", [Change("Supplies", fields={**ends, "payment_term_days": 30})], actor="tests")
    mutate(knowledge, "desk", [Change("Supplies", fields={**ends, "annual_amount": Money(5)})], actor="tests")
    row = current(knowledge, "Supplies")
    assert (row["payment_term_days"], row["annual_amount"]) == (30, 5)


def test_several_kinds_change_in_one_load(knowledge: Knowledge) -> None:
    changes = [
        Change("Enterprise", ID, {"name": "甲"}),
        Change("Enterprise", "enterprise:2", {"name": "乙"}),
        Change("Product", "steel", {"name": "钢"}),
    ]
    load = mutate(knowledge, "desk", changes, actor="tests")
    assert (load.header.kinds, load.rows) == (("Enterprise", "Product"), 3)


def test_an_overtaken_change_is_merged_onto_the_newer_row(knowledge: Knowledge, tmp_path: Path) -> None:
    change(knowledge, name="甲")
    with SqliteLog(tmp_path / "log.sqlite") as other:
        change(knowledge_of(other, ontology=ONTOLOGY), website="a.example")
        # This one still has the snapshot from before, as a concurrent writer would.
        change(knowledge, stage=Stage.SEED)
    row = current(knowledge)
    assert (row["name"], row["website"], row["stage"]) == ("甲", "a.example", "SEED")


def test_a_change_may_expect_the_row_that_it_saw(knowledge: Knowledge) -> None:
    seen = change(knowledge, name="甲")
    change(knowledge, website="a.example")
    stale = Change("Enterprise", ID, {"name": "乙"}, expected_load=seen)
    with pytest.raises(SourceChanged, match="changed by load 2 since load 1"):
        mutate(knowledge, "desk", [stale], actor="tests")
    assert current(knowledge)["name"] == "甲"


def test_a_change_may_expect_that_there_is_no_row(knowledge: Knowledge) -> None:
    new = Change("Enterprise", ID, {"name": "甲"}, expected_load=0)
    mutate(knowledge, "desk", [new], actor="tests")
    with pytest.raises(SourceChanged):
        mutate(knowledge, "desk", [new], actor="tests")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ([Change("Enterprise", ID, {"colour": "red"})], "colour is no field"),
        ([Change("Firm", ID, {"name": "甲"})], "'Firm' is no kind"),
        ([Change("Enterprise", ID, {"name": "甲"}, empty=("colour",))], "colour is no field"),
        ([Change("Enterprise", ID, {"credit_code": "123"})], "creditCode '123' is no valid"),
        ([Change("Enterprise", ID, {"name": "甲"}), Change("Enterprise", ID, {"name": "乙"})], "changed twice"),
        ([Change("Supplies", fields={"source": Ref("1")})], "target"),
        ([], "no changes"),
    ],
)
def test_a_change_that_the_ontology_refuses_writes_nothing(
    knowledge: Knowledge, changes: list[Change], why: str
) -> None:
    with pytest.raises(InvalidInput, match=why):
        mutate(knowledge, "desk", changes, actor="tests")
    assert knowledge.log.head().seq == 0
