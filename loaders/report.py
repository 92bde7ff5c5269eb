"""What a load came to, in numbers and in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from graph.batch import Rejection
from loaders.base import READ_AS_NOT_STATED

LISTED_REJECTIONS: Final = 100
"""So many are listed in JSON; the quarantine file has all."""


@dataclass(frozen=True, slots=True)
class KindReport:
    """What became of one kind's rows: `offered` = `stated` + `unchanged` + `quarantined`.

    `repeated` are among the unchanged: equal rows of this load are one. `ended` are statements of earlier loads.
    """

    offered: int = 0
    stated: int = 0
    unchanged: int = 0
    quarantined: int = 0
    repeated: int = 0
    ended: int = 0
    redated: int = 0

    def __add__(self, other: KindReport) -> KindReport:
        return KindReport(
            self.offered + other.offered,
            self.stated + other.stated,
            self.unchanged + other.unchanged,
            self.quarantined + other.quarantined,
            self.repeated + other.repeated,
            self.ended + other.ended,
            self.redated + other.redated,
        )


@dataclass(frozen=True, slots=True)
class LoadReport:
    """A load's outcome.

    `seq` and `recorded_at` are None for a dry run; `rows` is how many rows of the input were read; `rejections` the first ones, all
    are counted in `by_code` and written to `quarantine`; `notes` says what a reader should know, and how often it was so; `refused` why a
    full load ended nothing; `seconds` by stage.
    """

    source: str
    mode: str
    dry_run: bool
    seq: int | None
    recorded_at: datetime | None
    rows: int
    kinds: Mapping[str, KindReport]
    by_code: Mapping[str, int] = field(default_factory=dict)
    rejections: Sequence[Rejection] = ()
    quarantine: Path | None = None
    notes: Mapping[str, int] = field(default_factory=dict)
    refused: str | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def total(self) -> KindReport:
        """The sum over all kinds."""
        return sum(self.kinds.values(), KindReport())

    @property
    def is_clean(self) -> bool:
        """Whether nothing was quarantined and nothing refused."""
        return not self.total.quarantined and self.refused is None

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values: counts as numbers, moments in ISO 8601, of the rejections the first `LISTED_REJECTIONS`."""
        return {
            "source": self.source,
            "mode": self.mode,
            "dryRun": self.dry_run,
            "load": self.seq,
            "recordedAt": self.recorded_at.isoformat() if self.recorded_at else None,
            "rows": self.rows,
            "total": _counts(self.total),
            "kinds": {name: _counts(kind) for name, kind in self.kinds.items()},
            "rejectionCount": sum(self.by_code.values()),
            "rejectionsByCode": dict(self.by_code),
            "rejections": [
                {
                    "code": item.code,
                    "kind": item.kind,
                    "file": item.file,
                    "row": item.row,
                    "field": item.field,
                    "value": item.value,
                    "reason": item.reason,
                    "remedy": item.remedy,
                }
                for item in self.rejections[:LISTED_REJECTIONS]
            ],
            "quarantine": str(self.quarantine) if self.quarantine else None,
            "notes": dict(self.notes),
            "refused": self.refused,
            "seconds": {stage: round(seconds, 3) for stage, seconds in self.seconds.items()},
        }

    def summary(self, language: str = "en") -> str:
        """The report in plain words, `zh` or `en`: a line what happened, then what to look at."""
        return "\n".join(_chinese(self) if language == "zh" else _english(self))


def _counts(kind: KindReport) -> dict[str, int]:
    return {
        "offered": kind.offered,
        "stated": kind.stated,
        "unchanged": kind.unchanged,
        "quarantined": kind.quarantined,
        "repeated": kind.repeated,
        "ended": kind.ended,
        "redated": kind.redated,
    }


def _english(report: LoadReport) -> list[str]:
    total = report.total
    what = "Would load" if report.dry_run else f"Load {report.seq} of"
    lines = [
        f"{what} {report.source}: {total.offered:,} statements from {report.rows:,} rows: {total.stated:,} new or changed, "
        f"{total.unchanged:,} unchanged, {total.quarantined:,} quarantined, {total.ended:,} ended{_pace(report, ' in {:.1f} s')}."
    ]
    if total.repeated:
        lines.append(f"{total.repeated:,} of the unchanged repeat a row of the same load.")
    if total.redated:
        lines.append(f"{total.redated:,} rows without a date took the place of the source's latest dated version.")
    lines += [f"{what} ({count:,})." for what, count in report.notes.items()]
    if total.quarantined:
        codes = ", ".join(f"{code} {count:,}" for code, count in sorted(report.by_code.items()))
        where = f"; see {report.quarantine}" if report.quarantine else ""
        lines.append(f"Quarantined for: {codes}{where}.")
    if report.refused:
        lines.append(f"Not ended: {report.refused}.")
    return lines


def _chinese(report: LoadReport) -> list[str]:
    total = report.total
    what = f"试装 {report.source}" if report.dry_run else f"{report.source} 第 {report.seq} 次装载"
    lines = [
        f"{what}：读入 {report.rows:,} 行，得 {total.offered:,} 条陈述：新增或变更 {total.stated:,}，未变 {total.unchanged:,}，"
        f"隔离 {total.quarantined:,}，终止 {total.ended:,}{_pace(report, '，用时 {:.1f} 秒')}。"
    ]
    if total.repeated:
        lines.append(f"未变者中有 {total.repeated:,} 条与本次另一行相同。")
    if total.redated:
        lines.append(f"{total.redated:,} 条无日期的陈述取代了本来源最近一个有日期的版本。")
    lines += [f"{_note_in_chinese(what)}（{count:,}）。" for what, count in report.notes.items()]
    if total.quarantined:
        codes = "、".join(f"{code} {count:,}" for code, count in sorted(report.by_code.items()))
        where = f"；详见 {report.quarantine}" if report.quarantine else ""
        lines.append(f"隔离原因：{codes}{where}。")
    if report.refused:
        lines.append(f"未作终止：{report.refused}。")
    return lines


def _note_in_chinese(note: str) -> str:
    where = note.removesuffix(READ_AS_NOT_STATED)
    return note if where == note else f"{where}：视为未载明"


def _pace(report: LoadReport, form: str) -> str:
    seconds = sum(report.seconds.values())
    return form.format(seconds) if seconds else ""
