"""The runner: every row ends up stated, unchanged or quarantined, and what a load cannot read it does not end."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.batch import Batch, Rejection
from graph.errors import InvalidInput, LoadInProgress
from graph.kinds.parties import Enterprise
from graph.knowledge import Knowledge
from graph.leasing import Leased
from graph.log import Mode
from graph.ontology import Ontology
from graph.sqlite_log import SqliteLog
from loaders.base import Extraction, Part
from loaders.progress import shown
from loaders.report import LoadReport
from loaders.runner import run
from loaders.tabular.extract import TabularLoader
from tests.graph.build import TODAY, knowledge_of
from tests.graph.memory_log import MemoryLog

ONTOLOGY = Ontology.current()
GOOD, BAD = "91980102MA00006L7J", "91980102MA00006L70"


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[Knowledge]:
    with SqliteLog(tmp_path / "log.sqlite") as log:
        yield knowledge_of(log, ontology=ONTOLOGY)


def firms(tmp_path: Path, *rows: str, heading: str = "id,name,creditCode,stage") -> Extraction:
    file = tmp_path / "enterprises.csv"
    file.write_text("\n".join((heading, *rows)) + "\n", encoding="utf-8")
    return TabularLoader().extract(file, ONTOLOGY, {"source": "register"})


def load(knowledge: Knowledge, extraction: Extraction, **options: Any) -> LoadReport:
    return run(knowledge, extraction, **{"actor": "tests", **options})


def adds_up(report: LoadReport) -> bool:
    return all(kind.offered == kind.stated + kind.unchanged + kind.quarantined for kind in report.kinds.values())


def test_every_row_is_accounted_for(knowledge: Knowledge, tmp_path: Path) -> None:
    rows = ("1,甲,,SEED", "2,乙,,少年期", "3,丙", f"4,丁,{BAD},", "5,戊,,", "5,己,,", "1,甲,,SEED", ",,,SEED")
    report = load(knowledge, firms(tmp_path, *rows), quarantine=tmp_path / "quarantine")
    kind = report.kinds["Enterprise"]
    assert (report.rows, kind.offered, kind.stated, kind.unchanged, kind.quarantined) == (8, 8, 1, 1, 6)
    assert report.by_code == {"BAD_CODE": 1, "RAGGED_ROW": 1, "BAD_IDENTIFIER": 1, "BAD_ID": 1, "DUPLICATE": 2}
    assert adds_up(report)
    again = load(knowledge, firms(tmp_path, *rows))
    assert (again.total.stated, again.total.unchanged, again.total.quarantined) == (0, 2, 6)


def test_the_quarantine_names_file_row_field_and_remedy(knowledge: Knowledge, tmp_path: Path) -> None:
    report = load(knowledge, firms(tmp_path, f"1,甲,{BAD},"), quarantine=tmp_path / "quarantine")
    assert report.quarantine is not None
    [row] = csv.DictReader(report.quarantine.read_text(encoding="utf-8-sig").splitlines())
    assert (row["file"], row["row"], row["field"], row["value"]) == ("enterprises.csv", "row 2", "creditCode", BAD)
    assert row["remedy"]


def test_duplicates_name_their_file(knowledge: Knowledge, tmp_path: Path) -> None:
    report = load(knowledge, firms(tmp_path, "1,甲,,", "1,乙,,"))
    assert [(item.file, item.row) for item in report.rejections] == [
        ("enterprises.csv", "row 2"),
        ("enterprises.csv", "row 3"),
    ]


def test_provenance_is_set(knowledge: Knowledge, tmp_path: Path) -> None:
    load(knowledge, firms(tmp_path, "1,甲,,"))
    [stored] = knowledge.log.loads()
    assert (stored.header.source, stored.header.actor, stored.header.scope) == ("register", "tests", "enterprises.csv")
    assert len(stored.header.input_hash or "") == 64
    assert knowledge.refresh().current("Enterprise", "register")["locator"].to_list() == ["row 2"]


def test_a_dry_run_leaves_no_trace(knowledge: Knowledge, tmp_path: Path) -> None:
    report = load(knowledge, firms(tmp_path, "1,甲,,", "2,乙,,x"), dry_run=True, quarantine=tmp_path / "quarantine")
    assert (report.seq, report.total.stated, report.total.quarantined, report.quarantine) == (None, 1, 1, None)
    assert knowledge.log.head().seq == 0
    assert not (tmp_path / "quarantine").exists()


def test_a_dry_run_needs_no_lease(knowledge: Knowledge, tmp_path: Path) -> None:
    with Leased(knowledge.log, "somebody"):
        assert load(knowledge, firms(tmp_path, "1,甲,,"), dry_run=True).total.stated == 1


def test_a_second_bulk_writer_is_told_who_loads(knowledge: Knowledge, tmp_path: Path) -> None:
    with Leased(knowledge.log, "night job"), pytest.raises(LoadInProgress, match="night job"):
        load(knowledge, firms(tmp_path, "1,甲,,"))


def test_the_lease_is_given_back_when_the_input_cannot_be_read(knowledge: Knowledge, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="colour"):
        load(knowledge, firms(tmp_path, "1,x", heading="id,colour"))
    with Leased(knowledge.log, "next"):
        pass
    assert knowledge.log.head().seq == 0


def full(knowledge: Knowledge, extraction: Extraction, **options: Any) -> LoadReport:
    return load(knowledge, extraction, **{"mode": Mode.FULL, **options})


MANY = [f"{number},甲,," for number in range(40)]


def test_a_full_load_is_of_today_unless_it_says_otherwise(knowledge: Knowledge, tmp_path: Path) -> None:
    full(knowledge, firms(tmp_path, *MANY))
    assert full(knowledge, firms(tmp_path, *MANY[1:])).kinds["Enterprise"].ended == 1
    assert knowledge.log.loads()[-1].header.stated_on == TODAY


@pytest.mark.parametrize("row", ["0,甲,,少年期", f"0,乙{'x' * 1_000_001},,"])
def test_a_row_with_a_legible_key_counts_as_present(knowledge: Knowledge, tmp_path: Path, row: str) -> None:
    full(knowledge, firms(tmp_path, *MANY))
    report = full(knowledge, firms(tmp_path, row, *MANY[1:]))
    assert (report.total.ended, report.total.quarantined, report.refused) == (0, 1, None)


@pytest.mark.parametrize("row", ["0,甲", ",,,", f",甲,{BAD},", "fund:0,甲,,"])
def test_a_row_without_a_legible_key_refuses_the_ending(knowledge: Knowledge, tmp_path: Path, row: str) -> None:
    full(knowledge, firms(tmp_path, *MANY))
    report = full(knowledge, firms(tmp_path, row if row != ",,," else ",,,SEED", *MANY[1:]))
    assert report.refused is not None
    assert "no legible key" in report.refused
    assert (report.total.ended, report.mode) == (0, "PARTIAL")


def test_rejections_without_their_rows_refuse_the_ending(knowledge: Knowledge) -> None:
    stated = Batch.of([Enterprise(id=f"enterprise:{number}", name="甲") for number in range(40)], ONTOLOGY)
    full(knowledge, Extraction.of("register", stated))
    fewer = Batch.of([Enterprise(id=f"enterprise:{number}", name="甲") for number in range(39)], ONTOLOGY)
    lost = Rejection("UNREAD", "Enterprise", "chars 3-9", "", "x", "cannot be read", "write it out")
    report = full(knowledge, Extraction.of("register", fewer, [lost]))
    assert (report.total.offered, report.total.quarantined, report.total.ended) == (40, 1, 0)
    assert report.refused is not None


def test_force_ends_all_the_same(knowledge: Knowledge, tmp_path: Path) -> None:
    full(knowledge, firms(tmp_path, *MANY))
    assert full(knowledge, firms(tmp_path, *MANY[:10]), force=True).total.ended == 30


def test_a_full_load_of_an_earlier_day_ends_as_of_that_day(knowledge: Knowledge, tmp_path: Path) -> None:
    full(knowledge, firms(tmp_path, *MANY), stated_on=date(2024, 1, 1))
    full(knowledge, firms(tmp_path, *MANY[1:]), stated_on=date(2024, 5, 1))
    current = knowledge.refresh().current("Enterprise", "register")
    assert current["until"].drop_nulls().to_list() == [date(2024, 5, 1)]


def test_a_withdrawal_is_no_load(knowledge: Knowledge, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="withdraw the source"):
        load(knowledge, firms(tmp_path, "1,甲,,"), mode=Mode.WITHDRAWAL)


class Heard:
    """Progress that remembers."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int | None]] = []
        self.rows = 0

    def stage(self, what: str, total: int | None) -> None:
        self.stages.append((what, total))

    def advance(self, rows: int) -> None:
        self.rows += rows


def test_progress_is_told_of_stages_and_rows(knowledge: Knowledge, tmp_path: Path) -> None:
    heard = Heard()
    load(knowledge, firms(tmp_path, "1,甲,,", "2,乙,,x"), progress=heard)
    assert heard.stages == [("reading register", None), ("writing register", None)]
    assert heard.rows == 2 + 1


def test_a_bar_is_shown_only_on_a_terminal(
    knowledge: Knowledge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with shown() as progress:
        load(knowledge, firms(tmp_path, "1,甲,,"), progress=progress)
    assert capsys.readouterr() == ("", "")


def test_several_parts_are_one_load(knowledge: Knowledge) -> None:
    parts = [
        Part(Batch.of([Enterprise(id=f"enterprise:{number}", name="甲")], ONTOLOGY), rows=1) for number in range(5)
    ]
    report = load(knowledge, Extraction("register", ("Enterprise",), iter(parts)))
    assert (report.seq, report.total.stated, report.rows) == (1, 5, 5)


cells = st.tuples(
    st.sampled_from(["1", "2", "3", "fund:4", ""]),
    st.sampled_from("甲乙"),
    st.sampled_from(["", GOOD, BAD]),
    st.sampled_from(["", "SEED", "少年期"]),
)


@settings(max_examples=60)
@given(st.lists(cells, max_size=6), st.randoms(use_true_random=False))
def test_counts_add_up_and_order_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, rows: Sequence[tuple[str, ...]], chance: Any
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    shuffled = list(rows)
    chance.shuffle(shuffled)
    found = []
    for order in (rows, shuffled):
        knowledge = knowledge_of(MemoryLog(), ontology=ONTOLOGY)
        report = load(knowledge, firms(folder, *(",".join(row) for row in order)))
        assert adds_up(report)
        assert report.total.offered == len([row for row in rows if any(row)])
        found.append((report.kinds, knowledge.refresh().current("Enterprise", "register").drop("locator").to_dicts()))
    assert found[0] == found[1]
