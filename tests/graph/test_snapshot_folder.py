"""Kept snapshots: mapped when they can be trusted, made again when not, and never changed under anybody's feet."""

import json
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock

from graph.kinds.parties import Enterprise
from graph.knowledge import PUBLISH_ROWS, Knowledge
from graph.ontology import Ontology
from graph.records import Ref
from graph.snapshot_files import checksum
from graph.snapshot_folder import SnapshotFolder
from tests.graph.build import append, knowledge_of, load
from tests.graph.memory_log import MemoryLog

ONTOLOGY = Ontology.current()


def firm(number: int) -> Enterprise:
    return Enterprise(id=f"enterprise:{number}", name=f"企业{number}")


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog("a-log")
    load(log, "register", [firm(1), firm(2)])
    return log


def opened(log: MemoryLog, folder: Path) -> Knowledge:
    return knowledge_of(log, directory=folder, ontology=ONTOLOGY)


def kept(log: MemoryLog, folder: Path) -> Path:
    """The folder with the log's snapshot in it."""
    opened(log, folder).close()
    return folder / log.log_id / ONTOLOGY.hash


def names(knowledge: Knowledge) -> list[str]:
    view = knowledge.view()
    return view.texts(view.handles("Enterprise"), "name").to_list()


def many(log: MemoryLog, start: int, count: int) -> None:
    ids = [f"enterprise:{number}" for number in range(start, start + count)]
    append(log, "register", {"Enterprise": pl.DataFrame({"id": ids, "name": ids})})


def is_mapped(knowledge: Knowledge) -> bool:
    return not knowledge.snapshot.tables["Enterprise"].number.flags.owndata


def test_the_folder_is_named_by_log_and_ontology(log: MemoryLog, tmp_path: Path) -> None:
    assert (kept(log, tmp_path) / "manifest.json").exists()


def test_the_next_to_open_maps_what_was_kept(log: MemoryLog, tmp_path: Path) -> None:
    kept(log, tmp_path)
    again = opened(log, tmp_path)
    assert is_mapped(again)
    assert names(again) == ["企业1", "企业2"]


def test_loads_since_then_are_read_from_the_log(log: MemoryLog, tmp_path: Path) -> None:
    kept(log, tmp_path)
    load(log, "register", [firm(3)])
    assert names(opened(log, tmp_path)) == ["企业1", "企业2", "企业3"]


@pytest.mark.parametrize("damage", [b"", b"no manifest", b"{}", b'{"format": 1}', b"[]"])
def test_a_damaged_manifest_is_made_again(log: MemoryLog, tmp_path: Path, damage: bytes) -> None:
    folder = kept(log, tmp_path)
    (folder / "manifest.json").write_bytes(damage)
    assert names(opened(log, tmp_path)) == ["企业1", "企业2"]


@pytest.mark.parametrize("cut", [0, 100, -1])
def test_a_torn_file_is_made_again(log: MemoryLog, tmp_path: Path, cut: int) -> None:
    folder = kept(log, tmp_path)
    (torn,) = folder.glob("Enterprise.*.arrow")
    torn.write_bytes(torn.read_bytes()[:cut])
    again = opened(log, tmp_path)
    assert names(again) == ["企业1", "企业2"]
    again.close()
    assert is_mapped(opened(log, tmp_path))


def test_a_flipped_bit_is_noticed(log: MemoryLog, tmp_path: Path) -> None:
    folder = kept(log, tmp_path)
    (flipped,) = folder.glob("Enterprise.*.arrow")
    data = bytearray(flipped.read_bytes())
    data[data.index("企业1".encode())] ^= 1
    flipped.write_bytes(data)
    assert names(opened(log, tmp_path)) == ["企业1", "企业2"]


def test_a_missing_file_is_made_again(log: MemoryLog, tmp_path: Path) -> None:
    folder = kept(log, tmp_path)
    for file in folder.glob("*.arrow"):
        file.unlink()
    assert names(opened(log, tmp_path)) == ["企业1", "企业2"]


def test_another_course_of_the_log_is_not_taken_for_this_one(log: MemoryLog, tmp_path: Path) -> None:
    kept(log, tmp_path)
    restored = MemoryLog(log.log_id)
    assert names(opened(restored, tmp_path)) == []
    load(restored, "register", [firm(7)], recorded_at=log.head().recorded_at)
    assert names(opened(restored, tmp_path)) == ["企业7"]


def test_only_kinds_that_changed_are_written_again(log: MemoryLog, tmp_path: Path) -> None:
    load(log, "register", [Enterprise(id="enterprise:5", name="五", region=Ref("region:410300"))])
    folder = kept(log, tmp_path)
    (region,) = folder.glob("Region.*.arrow")
    knowledge = opened(log, tmp_path)
    many(log, 1000, PUBLISH_ROWS)
    knowledge.refresh()
    knowledge.close()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["files"]["Region"]["name"] == region.name
    assert len([*folder.glob("Enterprise.*.arrow")]) == 2


def test_another_worker_takes_what_was_published(log: MemoryLog, tmp_path: Path) -> None:
    kept(log, tmp_path)
    publisher, worker = opened(log, tmp_path), opened(log, tmp_path)
    many(log, 1000, PUBLISH_ROWS)
    publisher.refresh()
    publisher.close()
    assert names(worker) == ["企业1", "企业2"]
    worker.refresh()
    assert len(names(worker)) == PUBLISH_ROWS + 2
    assert is_mapped(worker)


def test_a_worker_takes_files_in_the_background_when_it_knows_as_much(log: MemoryLog, tmp_path: Path) -> None:
    kept(log, tmp_path)
    worker = knowledge_of(log, directory=tmp_path, ontology=ONTOLOGY, publish_rows=10**9)
    publisher = knowledge_of(log, directory=tmp_path, ontology=ONTOLOGY, publish_rows=100)
    many(log, 1000, 200)
    worker.refresh()
    before = names(worker)
    assert not is_mapped(worker)
    publisher.refresh()
    publisher.settle()
    worker.refresh()
    worker.settle()
    assert is_mapped(worker)
    assert names(worker) == before


def test_a_view_that_is_asked_keeps_its_snapshot_while_the_files_change(log: MemoryLog, tmp_path: Path) -> None:
    kept(log, tmp_path)
    knowledge = opened(log, tmp_path)
    view = knowledge.view()
    many(log, 1000, PUBLISH_ROWS)
    knowledge.refresh()
    knowledge.close()
    assert view.texts(view.handles("Enterprise"), "name").to_list() == ["企业1", "企业2"]
    assert len(names(knowledge)) == PUBLISH_ROWS + 2


def test_the_publisher_maps_its_own_files(log: MemoryLog, tmp_path: Path) -> None:
    knowledge = opened(log, tmp_path)
    names(knowledge)
    knowledge.close()
    assert is_mapped(knowledge)
    assert names(knowledge) == ["企业1", "企业2"]


def test_a_folder_that_cannot_be_written_is_not_tried_again_without_new_loads(
    log: MemoryLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    knowledge = opened(log, tmp_path / "file")
    for _ in range(3):
        knowledge.settle()
        knowledge.refresh()
    knowledge.close()
    assert capsys.readouterr().out.count("snapshot not kept") == 1


def test_two_workers_publish_one_at_a_time(log: MemoryLog, tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path, log.log_id, ONTOLOGY)
    folder.path.mkdir(parents=True)
    snapshot = knowledge_of(log, ontology=ONTOLOGY).snapshot
    with FileLock(folder.path / "publish.lock"):
        assert folder.publish(snapshot, None) is None
    assert folder.publish(snapshot, None) is not None


def test_whoever_comes_late_does_not_overwrite_another_generation(log: MemoryLog, tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path, log.log_id, ONTOLOGY)
    snapshot = knowledge_of(log, ontology=ONTOLOGY).snapshot
    first = folder.publish(snapshot, None)
    assert first is not None
    assert folder.publish(snapshot, None) is None
    assert folder.publish(snapshot, first) is not None


def test_replaced_files_go_after_their_grace_period(log: MemoryLog, tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path, log.log_id, ONTOLOGY, grace=-1.0)
    snapshot = knowledge_of(log, ontology=ONTOLOGY).snapshot
    first = folder.publish(snapshot, None)
    load(log, "register", [firm(3)])
    second = folder.publish(knowledge_of(log, ontology=ONTOLOGY).snapshot, first)
    assert second is not None
    assert {file.name for file in folder.path.glob("*.arrow")} == {entry.name for entry, _ in second.files.values()}


def test_replaced_files_stay_for_their_grace_period(log: MemoryLog, tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path, log.log_id, ONTOLOGY)
    first = folder.publish(knowledge_of(log, ontology=ONTOLOGY).snapshot, None)
    assert first is not None
    load(log, "register", [firm(3)])
    folder.publish(knowledge_of(log, ontology=ONTOLOGY).snapshot, first)
    assert all((folder.path / entry.name).exists() for entry, _ in first.files.values())


def test_a_checksum_is_of_the_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "some"
    file.write_bytes(b"123456789")
    assert checksum(file) == 0xCBF43926
