"""Snapshots of versions that run no more: found and removed, and nobody who still reads from one is harmed."""

import os
import time
from pathlib import Path

import pytest
from filelock import FileLock

from graph.diagnosis import diagnose
from graph.kinds.parties import Enterprise
from graph.knowledge import Knowledge
from graph.ontology import Ontology
from graph.snapshot_folder import SnapshotFolder
from graph.snapshot_leftovers import IDLE_SECONDS, Leftover, leftovers, remove_idle
from tests.graph.build import knowledge_of, load
from tests.graph.memory_log import MemoryLog

ONTOLOGY = Ontology.current()
PRESENT = "another-hash"
"""As seen by a later version, whose ontology has another hash than the one that wrote the folder."""


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog("a-log")
    load(log, "register", [Enterprise(id="enterprise:1", name="甲")])
    return log


@pytest.fixture
def old(log: MemoryLog, tmp_path: Path) -> Path:
    """The folder of an older version, in which its last process stopped two days ago."""
    opened(log, tmp_path).close()
    folder = tmp_path / log.log_id / ONTOLOGY.hash
    age(folder)
    return folder


def opened(log: MemoryLog, folder: Path, publish_rows: int = 0) -> Knowledge:
    return knowledge_of(log, directory=folder, ontology=ONTOLOGY, publish_rows=publish_rows)


def age(folder: Path) -> None:
    before = time.time() - 2 * IDLE_SECONDS
    os.utime(folder, (before, before))


def names(knowledge: Knowledge) -> list[str]:
    view = knowledge.view()
    return view.texts(view.handles("Enterprise"), "name").to_list()


def test_a_folder_of_another_ontology_is_a_leftover_with_its_size(log: MemoryLog, tmp_path: Path, old: Path) -> None:
    (found,) = leftovers(tmp_path, log.log_id, PRESENT)
    assert found.path == old
    assert found.size_bytes == sum(file.stat().st_size for file in old.iterdir()) > 0
    assert found.is_idle


def test_the_present_folder_other_logs_and_foreign_folders_are_none(log: MemoryLog, tmp_path: Path, old: Path) -> None:
    (old.parent / "quarantine").mkdir()
    assert leftovers(tmp_path, log.log_id, ONTOLOGY.hash) == ()
    assert leftovers(tmp_path, "another-log", PRESENT) == ()
    assert [found.path for found in leftovers(tmp_path, log.log_id, PRESENT)] == [old]


def test_what_nobody_used_for_a_day_is_removed(log: MemoryLog, tmp_path: Path, old: Path) -> None:
    assert [found.path for found in remove_idle(leftovers(tmp_path, log.log_id, PRESENT))] == [old]
    assert not old.exists()
    assert leftovers(tmp_path, log.log_id, PRESENT) == ()


def test_a_reader_keeps_its_folder(log: MemoryLog, tmp_path: Path, old: Path) -> None:
    opened(log, tmp_path)
    assert remove_idle(leftovers(tmp_path, log.log_id, PRESENT)) == ()
    assert (old / "manifest.json").exists()


def test_a_folder_that_is_being_written_stays(log: MemoryLog, tmp_path: Path, old: Path) -> None:
    found = leftovers(tmp_path, log.log_id, PRESENT)
    with FileLock(old / "publish.lock"):
        assert remove_idle(found) == ()
    assert (old / "manifest.json").exists()


def test_a_file_that_is_not_ours_stays(log: MemoryLog, tmp_path: Path, old: Path) -> None:
    (old / "remarks.txt").write_text("keep")
    age(old)
    assert remove_idle(leftovers(tmp_path, log.log_id, PRESENT)) == ()
    assert (old / "remarks.txt").read_text() == "keep"


def test_a_reader_whose_folder_went_reads_on_and_makes_it_again(log: MemoryLog, tmp_path: Path, old: Path) -> None:
    reader = opened(log, tmp_path)
    age(old)
    remove_idle(leftovers(tmp_path, log.log_id, PRESENT))
    assert names(reader) == ["甲"]
    load(log, "register", [Enterprise(id="enterprise:2", name="乙")])
    reader.refresh()
    reader.close()
    assert names(reader) == ["甲", "乙"]
    assert names(opened(log, tmp_path)) == ["甲", "乙"]


def test_files_that_lost_their_names_are_written_again(log: MemoryLog, tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path, log.log_id, ONTOLOGY)
    snapshot = knowledge_of(log, ontology=ONTOLOGY).snapshot
    first = folder.publish(snapshot, None)
    assert first is not None
    age(folder.path)
    remove_idle(leftovers(tmp_path, log.log_id, PRESENT))
    again = folder.publish(first.snapshot, first)
    assert again is not None
    assert all((folder.path / entry.name).exists() for entry, _ in again.files.values())


@pytest.mark.parametrize(("days", "codes"), [(0.5, []), (2, ["OLD_SNAPSHOTS"])])
def test_the_doctor_names_what_can_go_and_lists_the_rest(log: MemoryLog, days: float, codes: list[str]) -> None:
    left = Leftover(Path("kept/a-log/0123"), 12_300_000, days * IDLE_SECONDS)
    found = diagnose(knowledge_of(log), leftovers=[left])
    assert [finding.code for finding in found.findings] == codes
    assert found.to_json()["otherSnapshots"][0]["sizeBytes"] == 12_300_000
    assert ("kept/a-log/0123 12.3 MB" in found.summary("memory", "en")) == bool(codes)
    assert ("kept/a-log/0123 12.3 MB" in found.summary("memory", "zh")) == bool(codes)
