"""What a snapshot makes of blocks: rows, sources, and an ontology that has moved on since they were written."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from graph.blocks import LOAD, Op, frame_schema
from graph.errors import StoreCorrupt
from graph.kinds.parties import Enterprise, Supplies
from graph.kinds.policy import Mentions
from graph.log import Block, Mode
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Label, Link, Node, Ref, declared_for_a_while
from tests.graph.build import append, knowledge_of, load, view_of, withdraw
from tests.graph.memory_log import MemoryLog

FIRM = Enterprise(id="enterprise:a", name="甲", registered_capital=Money(7, "USD", "7"))


def frame(**columns: object) -> pl.DataFrame:
    return pl.DataFrame({name: [value] for name, value in columns.items()})


# what a source states


def test_current_rows_are_those_that_stand() -> None:
    log = MemoryLog()
    load(log, "register", [FIRM, replace(FIRM, id="enterprise:b")])
    load(log, "register", [replace(FIRM, name="新")])
    load(log, "tax", [FIRM])
    current = knowledge_of(log).snapshot.current("Enterprise", "register")
    assert current.select("id", "name", "registered_capital", "registered_capital_currency", LOAD).rows() == [
        ("enterprise:a", "新", 7, "USD", 2), ("enterprise:b", "甲", 7, "USD", 1)
    ]  # fmt: skip


def test_current_rows_have_the_statement_columns_of_their_kind() -> None:
    log = MemoryLog()
    load(log, "register", [FIRM])
    snapshot = knowledge_of(log).snapshot
    assert dict(snapshot.current("Enterprise", "register").schema) == frame_schema(snapshot.ontology["Enterprise"]) | {
        LOAD: pl.Int32
    }
    assert snapshot.current("Enterprise", "nobody").height == snapshot.current("Fund", "register").height == 0


def test_current_rows_written_again_change_nothing() -> None:
    log = MemoryLog()
    link = Supplies(
        source=Ref(FIRM.id), target=Ref("enterprise:b"), product=Ref("product:p"), valid_from=date(2024, 1, 1)
    )
    load(log, "register", [FIRM, link])
    snapshot = knowledge_of(log).snapshot
    for kind in ("Enterprise", "Supplies"):
        current = snapshot.current(kind, "register")
        append(log, "register", {kind: current.select(list(frame_schema(snapshot.ontology[kind])))})
        again = knowledge_of(log).snapshot.current(kind, "register")
        assert_frame_equal(again.drop(LOAD), current.drop(LOAD))


def test_current_links_come_with_their_ids() -> None:
    log = MemoryLog()
    load(
        log, "register", [Supplies(source=Ref("enterprise:a"), target=Ref("enterprise:b:c%"), product=Ref("product:p"))]
    )
    current = knowledge_of(log).snapshot.current("Supplies", "register")
    assert current["id"].to_list() == ["supplies:enterprise%3Aa:enterprise%3Ab%3Ac%25:product%3Ap"]


def test_current_rows_may_be_of_any_op() -> None:
    log = MemoryLog()
    load(log, "register", [FIRM])
    load(log, "register", [FIRM], ops={"op": [Op.END.value], "until": [date(2024, 1, 1)]})
    (row,) = knowledge_of(log).snapshot.current("Enterprise", "register").rows(named=True)
    assert (row["op"], row["until"], row["name"], row["registered_capital"]) == (1, date(2024, 1, 1), "甲", 7)


def test_a_withdrawn_source_states_nothing() -> None:
    log = MemoryLog()
    load(log, "register", [FIRM])
    load(log, "tax", [FIRM], mode=Mode.FULL)
    withdraw(log, "register")
    snapshot = knowledge_of(log).snapshot
    assert snapshot.current("Enterprise", "register").height == 0
    register, tax = snapshot.sources()
    assert (register.source, register.loads, register.statements, register.current, register.withdrawn) == (
        "register",
        2,
        1,
        0,
        True,
    )
    assert (tax.current, tax.withdrawn, tax.last_full) == (1, False, log.loads()[1])


# blocks


def test_equal_rows_of_one_load_are_one() -> None:
    log = MemoryLog()
    rows = pl.concat([frame(id="enterprise:a", name="甲")] * 2)
    append(log, "register", {"Enterprise": rows})
    assert knowledge_of(log).snapshot.tables["Enterprise"].rows == 1


@pytest.mark.parametrize("names", [("甲", "乙"), ("乙", "甲")])
def test_different_rows_of_one_key_in_one_load_come_to_the_same_in_any_order(names: Sequence[str]) -> None:
    log = MemoryLog()
    append(log, "register", {"Enterprise": pl.DataFrame({"id": ["enterprise:a"] * 2, "name": names})})
    view = knowledge_of(log).view()
    assert view.value(view.require("enterprise:a"), "name") == "乙"


def test_a_compacted_block_gives_each_row_its_load() -> None:
    log = MemoryLog()
    rows = pl.DataFrame({"id": ["enterprise:a"] * 2, "name": ["旧", "新"], LOAD: [1, 2]})
    first, second = (append(log, "register", {"Enterprise": part}) for part in rows.drop(LOAD).iter_slices(1))
    log.share(Block("shared", "Enterprise", 2, next(_blocks_of(rows))), {first.seq: 1, second.seq: 1})
    knowledge = knowledge_of(log)
    names = [knowledge.view(known_at=each.recorded_at) for each in log.loads()]
    assert [view.value(view.require("enterprise:a"), "name") for view in names] == ["旧", "新"]


def _blocks_of(rows: pl.DataFrame) -> Iterator[bytes]:
    log = MemoryLog()
    append(log, "register", {"Enterprise": rows})
    yield from (block.data for block in log.blocks([ref.id for ref in log.loads()[0].blocks]))


class Compacting(MemoryLog):
    """A log whose blocks are gone the first time that they are asked for."""

    gone = 1

    def blocks(self, ids: Sequence[str]) -> Iterator[Block]:
        if self.gone:
            self.gone -= 1
            raise StoreCorrupt("a block was replaced; list the loads again", code="BLOCK_GONE", retryable=True)
        return super().blocks(ids)


def test_loads_are_listed_again_when_a_block_was_replaced_meanwhile() -> None:
    log = Compacting()
    load(log, "register", [FIRM])
    assert knowledge_of(log).view().handles("Enterprise").size == 1


def test_a_block_that_stays_gone_is_an_error() -> None:
    log = Compacting()
    log.gone = 1000
    load(log, "register", [FIRM])
    with pytest.raises(StoreCorrupt, match="replaced"):
        knowledge_of(log)


def test_a_load_whose_rows_are_missing_is_an_error() -> None:
    log = MemoryLog()
    load(log, "register", [FIRM])
    log.share(Block("other", "Enterprise", 0, next(_blocks_of(frame(id="enterprise:a").clear()))), {1: 0})
    with pytest.raises(StoreCorrupt, match="load 1 of register has 0 rows in its blocks, but says 1"):
        knowledge_of(log)


# an ontology that has moved on


def test_unknown_kinds_and_columns_are_left_alone_and_counted() -> None:
    log = MemoryLog()
    append(
        log,
        "register",
        {"Enterprise": frame(id="enterprise:a", name="甲", mood="好"), "Spaceship": frame(id="spaceship:1")},
    )
    knowledge = knowledge_of(log)
    assert knowledge.snapshot.ignored == {"Spaceship": 1, "Enterprise.mood": 1}
    assert knowledge.view().handles("Enterprise").size == 1


def test_rows_that_are_about_nobody_are_left_alone_and_counted() -> None:
    log = MemoryLog()
    rows = pl.DataFrame({"id": ["enterprise:a", None, "fund:f", "a"], "name": ["甲"] * 4})
    links = pl.DataFrame({"source": ["enterprise:a", None], "target": ["enterprise:a"] * 2})
    append(log, "register", {"Enterprise": rows, "Supplies": links, "Fund": pl.DataFrame({"name": ["基金"]})})
    knowledge = knowledge_of(log)
    view = knowledge.view()
    assert knowledge.snapshot.ignored == {"Enterprise.id": 3, "Supplies.id": 1, "Fund.id": 1}
    assert [view.handles(kind).size for kind in ("Enterprise", "Supplies", "Fund")] == [1, 1, 0]


def test_a_field_that_blocks_lack_reads_as_null() -> None:
    log = MemoryLog()
    append(log, "register", {"Enterprise": frame(id="enterprise:a", name="甲")})
    view = knowledge_of(log).view()
    assert view.value(view.require("enterprise:a"), "stage") is None


def test_a_code_that_the_list_has_lost_reads_as_null() -> None:
    log = MemoryLog()
    append(log, "register", {"Enterprise": frame(id="enterprise:a", name="甲", stage="DREAM")})
    view = knowledge_of(log).view()
    handle = view.require("enterprise:a")
    assert (view.value(handle, "stage"), view.ints(view.handles("Enterprise"), "stage").tolist()) == (None, [-(2**63)])


def test_kinds_and_fields_that_were_renamed_keep_their_data() -> None:
    log = MemoryLog()
    append(
        log,
        "yard",
        {"Ship": frame(id="ship:1", title="一号", mass=5), "Berth": frame(source="ship:1", target="ship:1")},
    )
    with declared_for_a_while():

        class Vessel(Node, zh="船", was=("Ship",)):
            """A ship."""

            name: Annotated[str, Label("名称", was=("title",))]
            tonnage: Annotated[int | None, Label("吨位", was=("mass",))] = None

        class Mooring(Link, zh="泊位", was=("Berth",)):
            """Two ships side by side."""

            source: Annotated[Ref[Vessel], Label("船")]
            target: Annotated[Ref[Vessel], Label("邻船")]

        view = knowledge_of(log, ontology=Ontology.current()).view()
        handle = view.require("vessel:1")
        assert view.record(handle) == Vessel(id="vessel:1", name="一号", tonnage=5)
        assert view.find("ship:1") == handle
        (mooring,) = view.holders("Mooring", "source", handle).tolist()
        assert view.id_of(mooring) == "mooring:vessel%3A1:vessel%3A1"
        assert view.find("berth:ship%3A1:ship%3A1") == mooring


def test_a_kind_declared_at_run_time_is_like_any_other() -> None:
    with declared_for_a_while():

        class Bridge(Node, zh="桥"):
            """A bridge."""

            name: Annotated[str, Label("名称")]
            built_by: Annotated[Ref[Enterprise] | None, Label("承建方", inverse="bridges")] = None

        view = view_of(FIRM, Bridge(id="bridge:1", name="一桥", built_by=Ref(FIRM.id)))
        assert view.ids_of(view.holders("Bridge", "built_by", view.require(FIRM.id))) == ["bridge:1"]


def test_links_are_told_apart_by_keys_of_any_type() -> None:
    policy = Enterprise(id="enterprise:p", name="文")
    mentions = [Mentions(source=Ref(policy.id), target=Ref(FIRM.id), at=at) for at in (30, 4)]
    view = view_of(FIRM, policy, *mentions)
    assert [identifier.rpartition(":")[2] for identifier in view.ids_of(view.handles("Mentions"))] == ["30", "4"]
    assert view.value(view.find(view.ids_of(view.handles("Mentions"))[0]), "at") == 30
