"""What the doctor finds, in both languages."""

from datetime import UTC, date, datetime

import pytest

from graph.diagnosis import diagnose
from graph.drawing_state import DrawingState, Shown
from graph.kinds.parties import Enterprise
from graph.records import Ref
from tests.graph.build import TODAY, knowledge_of, load
from tests.graph.memory_log import MemoryLog


def test_a_sound_store_has_nothing_to_mend() -> None:
    log = MemoryLog()
    load(log, "one", [Enterprise(id="enterprise:1", name="甲")])
    found = diagnose(knowledge_of(log))
    assert (found.version, found.records, list(found.findings)) == (1, 1, [])
    assert "Nothing to mend" in found.summary("memory", "en")
    assert "没有发现问题" in found.summary("memory", "zh")


def test_each_finding_has_a_remedy_in_both_languages() -> None:
    log = MemoryLog()
    load(
        log,
        "one",
        [Enterprise(id="enterprise:1", name="甲", group=Ref("group:gone")), Enterprise(id="enterprise:2", name=None)],
    )  # type: ignore[arg-type]
    load(log, "two", [Enterprise(id="enterprise:1", name="乙")])
    found = diagnose(knowledge_of(log))
    assert [finding.code for finding in found.findings] == ["INCOMPLETE", "DANGLING", "CONFLICT"]
    for finding in found.findings:
        assert finding.remedy_en in found.summary("memory", "en")
        assert finding.remedy_zh in found.summary("memory", "zh")
    assert found.to_json()["kinds"]["Enterprise"]["incomplete"] == 1


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (DrawingState(), "NOT_DRAWN"),
        (DrawingState(Shown("memory", 0, TODAY, "shape")), "DRAWING_BEHIND"),
        (DrawingState(Shown("memory", 1, date(2025, 5, 31), "shape")), "DRAWING_BEHIND"),
        (DrawingState(None, None, Shown("memory", 1, TODAY, "shape")), "DRAWING_UNFINISHED"),
        (DrawingState(Shown("memory", 1, TODAY, "shape"), datetime(2025, 6, 1, tzinfo=UTC)), None),
    ],
)
def test_a_drawing_is_compared_with_the_store(state: DrawingState, code: str | None) -> None:
    log = MemoryLog()
    load(log, "one", [Enterprise(id="enterprise:1", name="甲")])
    found = diagnose(knowledge_of(log), state)
    assert [finding.code for finding in found.findings] == ([] if code is None else [code])
    assert "drawing" in found.to_json()
