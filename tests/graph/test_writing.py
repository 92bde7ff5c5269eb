"""A load of a source: what is compared, dropped, quarantined and ended, and what happens when it was overtaken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.batch import Batch, Statement
from graph.errors import InvalidInput, LeaseLost, SourceChanged
from graph.kinds.parties import Enterprise, MemberOf, Supplies
from graph.kinds.places import Product
from graph.knowledge import Knowledge
from graph.leasing import Leased
from graph.log import LoadHeader, Mode
from graph.ontology import Ontology
from graph.pending import TRIES
from graph.records import Record, Ref
from graph.sqlite_log import SqliteLog
from graph.validation import validate
from graph.writing import Unread, Written, confirmed_by, write
from tests.graph.build import knowledge_of
from tests.graph.memory_log import MemoryLog

ONTOLOGY = Ontology.current()
DAY = date(2024, 5, 1)

Stated = Statement | Record


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[Knowledge]:
    with SqliteLog(tmp_path / "log.sqlite") as log:
        yield knowledge_of(log, ontology=ONTOLOGY)


def put(
    knowledge: Knowledge,
    *stated: Stated,
    source: str = "register",
    mode: Mode = Mode.PARTIAL,
    stated_on: date | None = None,
    kinds: tuple[str, ...] = ("Enterprise",),
    **options: Any,
) -> Written:
    """Write these records as a load of their own; a full one states the day DAY unless it says another."""
    batch, rejections = validate(Batch.of(stated, ONTOLOGY), ONTOLOGY, source)
    assert not rejections, rejections
    header = LoadHeader(source, "tests", kinds, mode, stated_on=stated_on or (DAY if mode is Mode.FULL else None))
    return write(knowledge, header, batch.frames, **{"lease": None, **options})


def firm(number: int, name: str = "甲", **fields: Any) -> Enterprise:
    return Enterprise(id=f"enterprise:{number}", name=name, **fields)


def names(knowledge: Knowledge, as_of: date | None = None) -> dict[str, str]:
    view = knowledge.view(as_of)
    handles = view.handles("Enterprise")
    return {view.id_of(int(handle)): view.value(int(handle), "name") for handle in handles}


# twice = once


def test_a_load_is_visible_when_it_is_finished(knowledge: Knowledge) -> None:
    written = put(knowledge, firm(1))
    assert written.load is not None
    assert (written.load.seq, written.load.rows, written.load.counts.stated) == (1, 1, 1)
    knowledge.refresh()
    assert names(knowledge) == {"enterprise:1": "甲"}


def test_stating_the_same_again_appends_nothing(knowledge: Knowledge) -> None:
    put(knowledge, firm(1), firm(2, "乙"))
    written = put(knowledge, firm(2, "乙"), firm(1))
    assert written.load is not None
    assert (written.load.rows, written.load.counts.stated, written.load.counts.unchanged) == (0, 0, 2)


def test_only_what_changed_is_appended(knowledge: Knowledge) -> None:
    put(knowledge, firm(1), firm(2))
    written = put(knowledge, firm(1), firm(2, "丙"))
    assert (written.kinds["Enterprise"].stated, written.kinds["Enterprise"].unchanged) == (1, 1)


def test_the_locator_is_not_compared_and_the_first_one_stands(knowledge: Knowledge) -> None:
    put(knowledge, Statement(firm(1), locator="row 2"))
    assert put(knowledge, Statement(firm(1), locator="row 99")).kinds["Enterprise"].stated == 0
    assert knowledge.refresh().current("Enterprise", "register")["locator"].to_list() == ["row 2"]


def test_the_confidence_is_compared(knowledge: Knowledge) -> None:
    put(knowledge, Statement(firm(1), confidence=Decimal("0.5")))
    assert put(knowledge, Statement(firm(1), confidence=Decimal("0.6"))).kinds["Enterprise"].stated == 1


def test_what_is_known_to_be_empty_is_compared(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    assert put(knowledge, Statement(firm(1), none=("website",))).kinds["Enterprise"].stated == 1


def test_another_source_states_the_same_on_its_own(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    assert put(knowledge, firm(1), source="bank").kinds["Enterprise"].stated == 1


def test_a_value_that_is_no_longer_stated_is_a_change(knowledge: Knowledge) -> None:
    put(knowledge, firm(1, website="a.example"))
    put(knowledge, firm(1))
    assert knowledge.refresh().current("Enterprise", "register")["website"].to_list() == [None]


def test_a_dry_run_counts_and_writes_nothing(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    written = put(knowledge, firm(1), firm(2), dry_run=True)
    assert written.load is None
    assert (written.kinds["Enterprise"].stated, written.kinds["Enterprise"].unchanged) == (1, 1)
    assert knowledge.log.head().seq == 1


def test_recorded_at_is_passed_on(knowledge: Knowledge) -> None:
    moment = datetime(2031, 1, 2, tzinfo=UTC)
    written = put(knowledge, firm(1), recorded_at=moment)
    assert written.load is not None
    assert written.load.recorded_at == moment


def test_a_load_larger_than_a_block_is_cut_into_blocks(knowledge: Knowledge) -> None:
    count = 70_000
    frame = pl.DataFrame({"id": [f"enterprise:{number}" for number in range(count)], "name": ["甲"] * count})
    told: list[int] = []
    header = LoadHeader("register", "tests", ("Enterprise",))
    written = write(knowledge, header, {"Enterprise": frame}, lease=None, advance=told.append)
    assert written.load is not None
    assert [block.rows for block in written.load.blocks] == [65_536, 4_464]
    assert told == [65_536, 4_464]


# duplicates


def test_different_rows_with_one_key_are_all_quarantined(knowledge: Knowledge) -> None:
    written = put(
        knowledge,
        Statement(firm(1, "甲"), locator="row 2"),
        Statement(firm(2, "乙"), locator="row 3"),
        Statement(firm(1, "丙"), locator="row 4"),
    )
    assert (written.kinds["Enterprise"].stated, written.kinds["Enterprise"].duplicates) == (1, 2)
    assert [(item.code, item.row, item.field, item.value) for item in written.rejections] == [
        ("DUPLICATE", "row 2", "name", "甲"),
        ("DUPLICATE", "row 4", "name", "丙"),
    ]
    assert "row 2, row 4" in written.rejections[0].reason
    knowledge.refresh()
    assert names(knowledge) == {"enterprise:2": "乙"}


def test_equal_rows_with_one_key_are_one(knowledge: Knowledge) -> None:
    written = put(knowledge, Statement(firm(1), locator="row 2"), Statement(firm(1), locator="row 3"))
    counts = written.kinds["Enterprise"]
    assert (counts.stated, counts.repeated, counts.unchanged, counts.duplicates) == (1, 1, 1, 0)
    assert knowledge.refresh().current("Enterprise", "register")["locator"].to_list() == ["row 2"]


def test_versions_of_one_id_are_no_duplicates(knowledge: Knowledge) -> None:
    written = put(
        knowledge, firm(1, "甲", valid_from=date(2020, 1, 1)), firm(1, "乙", valid_from=date(2021, 1, 1)), firm(1)
    )
    assert written.kinds["Enterprise"].stated == 3


def test_links_are_told_apart_by_their_key(knowledge: Knowledge) -> None:
    ends = {"source": Ref("enterprise:1"), "target": Ref("enterprise:2")}
    written = put(
        knowledge,
        Supplies(**ends, product=Ref("product:steel"), payment_term_days=30),
        Supplies(**ends, payment_term_days=60),
        Supplies(**ends, product=Ref("product:steel"), payment_term_days=90),
        kinds=("Supplies",),
    )
    assert (written.kinds["Supplies"].stated, written.kinds["Supplies"].duplicates) == (1, 2)


def test_a_key_without_a_value_is_a_key(knowledge: Knowledge) -> None:
    link = MemberOf(source=Ref("post:x"), target=Ref("committee:y"))
    put(knowledge, link, kinds=("MemberOf",))
    assert put(knowledge, link, kinds=("MemberOf",)).kinds["MemberOf"].stated == 0


# dates


def test_an_undated_row_restates_the_latest_dated_version(knowledge: Knowledge) -> None:
    put(knowledge, firm(1, "甲", valid_from=date(2020, 1, 1)), firm(1, "乙", valid_from=date(2021, 1, 1)))
    assert put(knowledge, firm(1, "乙")).kinds["Enterprise"].stated == 0
    written = put(knowledge, firm(1, "丙"))
    assert (written.kinds["Enterprise"].stated, written.kinds["Enterprise"].redated) == (1, 1)
    knowledge.refresh()
    assert names(knowledge, date(2020, 6, 1)) == {"enterprise:1": "甲"}
    assert names(knowledge, date(2021, 6, 1)) == {"enterprise:1": "丙"}


def test_loading_it_once_more_changes_nothing_then(knowledge: Knowledge) -> None:
    put(knowledge, firm(1, "甲", valid_from=date(2020, 1, 1)))
    put(knowledge, firm(1, "乙"))
    assert put(knowledge, firm(1, "乙")).kinds["Enterprise"].stated == 0


def test_an_undated_row_beside_the_dated_version_is_the_version_before_it(knowledge: Knowledge) -> None:
    both = (firm(1, "甲"), firm(1, "乙", valid_from=date(2021, 1, 1)))
    put(knowledge, *both)
    assert put(knowledge, *both).kinds["Enterprise"].stated == 0
    knowledge.refresh()
    assert names(knowledge, date(2020, 6, 1)) == {"enterprise:1": "甲"}


# full loads


def firms(count: int) -> list[Enterprise]:
    return [firm(number) for number in range(count)]


def test_what_a_full_load_states_no_more_ends_that_day(knowledge: Knowledge) -> None:
    put(knowledge, *firms(40), mode=Mode.FULL)
    written = put(knowledge, *firms(39), mode=Mode.FULL)
    assert written.kinds["Enterprise"].ended == 1
    assert written.load is not None
    assert (written.load.header.mode, written.load.counts.ended) == (Mode.FULL, 1)
    knowledge.refresh()
    assert "enterprise:39" in names(knowledge, date(2024, 4, 30))
    assert "enterprise:39" not in names(knowledge, DAY)


def test_a_partial_load_ends_nothing(knowledge: Knowledge) -> None:
    put(knowledge, *firms(2))
    assert put(knowledge, firm(0)).kinds["Enterprise"].ended == 0


def test_what_has_ended_does_not_end_again(knowledge: Knowledge) -> None:
    put(knowledge, *firms(40), mode=Mode.FULL)
    put(knowledge, *firms(39), mode=Mode.FULL)
    assert put(knowledge, *firms(39), mode=Mode.FULL, stated_on=date(2024, 6, 1)).kinds["Enterprise"].ended == 0


def test_what_has_ended_and_is_stated_again_stands_again(knowledge: Knowledge) -> None:
    put(knowledge, *firms(40), mode=Mode.FULL)
    put(knowledge, *firms(39), mode=Mode.FULL)
    assert put(knowledge, *firms(40), mode=Mode.FULL).kinds["Enterprise"].stated == 1
    knowledge.refresh()
    assert "enterprise:39" in names(knowledge)


def test_only_what_began_by_that_day_can_vanish(knowledge: Knowledge) -> None:
    put(knowledge, *firms(40), firm(99, valid_from=date(2024, 5, 2)))
    assert put(knowledge, *firms(40), mode=Mode.FULL).kinds["Enterprise"].ended == 0


def test_a_version_that_a_later_one_follows_needs_no_end(knowledge: Knowledge) -> None:
    put(knowledge, firm(1, "甲", valid_from=date(2023, 1, 1)))
    written = put(knowledge, firm(1, "乙", valid_from=date(2024, 1, 1)), mode=Mode.FULL)
    assert (written.kinds["Enterprise"].stated, written.kinds["Enterprise"].ended, written.refused) == (1, 0, None)


def test_another_sources_statements_never_vanish(knowledge: Knowledge) -> None:
    put(knowledge, *firms(2), source="bank")
    assert put(knowledge, firm(5), mode=Mode.FULL).kinds["Enterprise"].ended == 0


def test_a_kind_that_the_load_does_not_cover_does_not_vanish(knowledge: Knowledge) -> None:
    put(knowledge, *firms(30), Product(id="product:steel", name="钢"), kinds=("Enterprise", "Product"))
    written = put(knowledge, *firms(30), mode=Mode.FULL)
    assert set(written.kinds) == {"Enterprise"}


def test_a_covered_kind_without_rows_vanishes(knowledge: Knowledge) -> None:
    kinds = ("Enterprise", "Product")
    put(knowledge, *firms(30), Product(id="product:steel", name="钢"), kinds=kinds)
    assert put(knowledge, *firms(30), mode=Mode.FULL, kinds=kinds).kinds["Product"].ended == 1


def test_quarantined_keys_count_as_present(knowledge: Knowledge) -> None:
    put(knowledge, *firms(40), mode=Mode.FULL)
    unread = Unread({"Enterprise": pl.DataFrame({"id": ["enterprise:39"]})}, quarantined=1)
    written = put(knowledge, *firms(39), mode=Mode.FULL, unread=unread)
    assert (written.kinds["Enterprise"].ended, written.refused) == (0, None)
    assert written.load is not None
    assert written.load.counts.quarantined == 1


def test_duplicates_count_as_present(knowledge: Knowledge) -> None:
    put(knowledge, *firms(40), mode=Mode.FULL)
    written = put(knowledge, *firms(39), firm(39, "乙"), firm(39, "丙"), mode=Mode.FULL)
    assert (written.kinds["Enterprise"].ended, written.kinds["Enterprise"].duplicates) == (0, 2)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"unread": Unread(illegible=1, quarantined=1)}, "no legible key"),
        ({"stated_on": date(2024, 4, 30)}, "before that of the last full load"),
    ],
)
def test_a_safeguard_refuses_the_ending_and_the_rest_stands(
    knowledge: Knowledge, options: dict[str, Any], why: str
) -> None:
    put(knowledge, *firms(40), mode=Mode.FULL)
    written = put(knowledge, *firms(39), firm(50), mode=Mode.FULL, **options)
    assert written.refused is not None
    assert why in written.refused.message
    assert "--force" in written.refused.message
    assert (written.kinds["Enterprise"].stated, written.kinds["Enterprise"].ended) == (1, 0)
    assert written.load is not None
    assert written.load.header.mode is Mode.PARTIAL
    forced = put(knowledge, *firms(39), firm(50), mode=Mode.FULL, force=True, **options)
    assert (forced.refused, forced.kinds["Enterprise"].ended) == (None, 1)


@pytest.mark.parametrize(("left", "refused"), [(38, False), (37, True)])
def test_more_than_five_per_cent_vanished_refuses_the_ending(knowledge: Knowledge, left: int, refused: bool) -> None:
    put(knowledge, *firms(40), mode=Mode.FULL)
    written = put(knowledge, *firms(left), mode=Mode.FULL)
    assert (written.refused is not None) is refused
    assert written.kinds["Enterprise"].ended == (0 if refused else 40 - left)


def test_a_refused_full_load_is_not_the_last_full_one(knowledge: Knowledge) -> None:
    put(knowledge, *firms(40), mode=Mode.FULL)
    put(knowledge, firm(0), mode=Mode.FULL, stated_on=date(2024, 9, 1))
    assert put(knowledge, *firms(39), mode=Mode.FULL, stated_on=date(2024, 6, 1)).refused is None


def test_a_full_load_wants_its_day(knowledge: Knowledge) -> None:
    with pytest.raises(InvalidInput, match="stated_on"):
        write(knowledge, LoadHeader("register", "tests", ("Enterprise",), Mode.FULL), {}, lease=None)


# overtaken


def test_an_overtaken_load_compares_again(knowledge: Knowledge, tmp_path: Path) -> None:
    put(knowledge, firm(1), firm(2))
    with SqliteLog(tmp_path / "log.sqlite") as other:
        rival = knowledge_of(other)
        overtaking = iter([(firm(1, "乙"),), (firm(2, "丙"),)])

        def overtake(rows: int) -> None:
            for stated in overtaking:
                put(rival, *stated)
                return

        written = put(knowledge, firm(1, "乙"), firm(2, "丙"), firm(3), advance=overtake)
    assert written.load is not None
    assert (written.load.seq, written.load.rows) == (4, 1)
    assert (written.kinds["Enterprise"].stated, written.kinds["Enterprise"].unchanged) == (1, 2)


def test_a_load_of_another_kind_overtakes_nobody(knowledge: Knowledge, tmp_path: Path) -> None:
    with SqliteLog(tmp_path / "log.sqlite") as other:
        rival = knowledge_of(other)
        steel = Product(id="product:steel", name="钢")
        told: list[int] = []

        def overtake(rows: int) -> None:
            told.append(rows)
            put(rival, steel, kinds=("Product",))

        put(knowledge, firm(1), advance=overtake)
    assert told == [1]


def test_a_load_that_is_overtaken_again_and_again_gives_up(knowledge: Knowledge, tmp_path: Path) -> None:
    with SqliteLog(tmp_path / "log.sqlite") as other:
        rival = knowledge_of(other)
        rounds: list[int] = []

        def overtake(rows: int) -> None:
            rounds.append(rows)
            put(rival, firm(7, str(len(rounds))))

        with pytest.raises(SourceChanged):
            put(knowledge, firm(1), advance=overtake)
        assert len(rounds) == TRIES
        assert {load.header.source for load in other.loads()} == {"register"}
        assert len(other.loads()) == TRIES


def test_a_load_whose_lease_was_taken_over_leaves_nothing(knowledge: Knowledge) -> None:
    with Leased(knowledge.log, "first") as first:
        knowledge.log.release(first.lease)
        with Leased(knowledge.log, "second") as second:
            with pytest.raises(LeaseLost):
                put(knowledge, firm(1), lease=lambda: first.lease)
            put(knowledge, firm(2), lease=lambda: second.lease)
    knowledge.refresh()
    assert names(knowledge) == {"enterprise:2": "甲"}


# what a load confirms


def test_a_load_notes_which_loads_it_confirms(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    put(knowledge, firm(2))
    put(knowledge, firm(3), source="bank")
    put(knowledge, firm(4))
    written = put(knowledge, firm(1), firm(2), firm(4), firm(5))
    assert written.load is not None
    assert written.load.header.note == "confirms 1-2,4"
    assert confirmed_by(written.load) == {1, 2, 4}


def test_a_load_that_repeats_nothing_confirms_nothing(knowledge: Knowledge) -> None:
    written = put(knowledge, firm(1))
    assert written.load is not None
    assert confirmed_by(written.load) == frozenset()


# any sequence of loads

rows = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from("甲乙"), st.sampled_from([None, 2019, 2021, 2023])), max_size=8
)


@settings(max_examples=60)
@given(st.lists(st.tuples(rows, st.booleans()), min_size=1, max_size=5))
def test_full_and_partial_loads_come_to_what_a_dictionary_does(
    loads: list[tuple[list[tuple[int, str, int | None]], bool]],
) -> None:
    knowledge = knowledge_of(MemoryLog(), ontology=ONTOLOGY)
    standing: dict[tuple[int, date], str | None] = {}
    for stated, full in loads:
        keyed: dict[tuple[int, date | None], set[str]] = {}
        for number, name, year in stated:
            keyed.setdefault((number, date(year, 1, 1) if year else None), set()).add(name)
        good = {key: found.pop() for key, found in keyed.items() if len(found) == 1}
        protected = {number for (number, day), _ in keyed.items() if (number, day) not in good}
        own: dict[tuple[int, date], str] = {}
        for (number, day), name in good.items():
            versions = sorted(version for known, version in standing if known == number)
            latest = versions[-1] if versions else date.min
            redated = day is None and date.min not in versions and latest > date.min and (number, latest) not in good
            own[(number, day or (latest if redated else date.min))] = name
        if full:
            gone = [
                key
                for key, name in standing.items()
                if name is not None
                and key not in own
                and key[0] not in protected
                and not any(number == key[0] and version > key[1] for number, version in own)
            ]
            standing |= dict.fromkeys(gone)
        standing |= own
        put(
            knowledge,
            *(firm(number, name, valid_from=date(year, 1, 1) if year else None) for number, name, year in stated),
            mode=Mode.FULL if full else Mode.PARTIAL,
            force=True,
        )
    current = knowledge.refresh().current("Enterprise", "register").filter(pl.col("op") == 0)
    found = {
        (int(row["id"].split(":")[1]), row["valid_from"] or date.min): row["name"]
        for row in current.iter_rows(named=True)
    }
    assert found == {key: name for key, name in standing.items() if name is not None}
