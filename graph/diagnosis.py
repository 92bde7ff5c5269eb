"""What is wrong with a store and what to do about it, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from graph.health import KindHealth, SourceHealth, kind_health, source_health
from graph.knowledge import Knowledge
from graph.snapshot_leftovers import Leftover
from graph.view import View

if TYPE_CHECKING:
    from graph.drawing_state import DrawingState


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: what it is, and the remedy. `serious`: something does not work until it is mended."""

    code: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    serious: bool = False


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How a store stands: the last load seen, its size, what it holds by kind and source, and what to look at."""

    log_id: str
    version: int
    recorded_at: datetime | None
    size_bytes: int | None
    kinds: Sequence[KindHealth]
    sources: Sequence[SourceHealth]
    ignored: dict[str, int] = field(default_factory=dict)
    drawing: DrawingState | None = None
    leftovers: Sequence[Leftover] = ()
    findings: Sequence[Finding] = ()

    @property
    def records(self) -> int:
        """Live records of all kinds."""
        return sum(kind.live for kind in self.kinds)

    def summary(self, store: str, language: str) -> str:
        """The diagnosis in plain words, `zh` or `en`."""
        size = "" if self.size_bytes is None else f", {self.size_bytes / 1e6:,.1f} MB"
        recorded = self.recorded_at.isoformat() if self.recorded_at else "–"
        held = ", ".join(f"{kind.kind} {kind.live:,}" for kind in self.kinds if kind.live)
        by_source = [
            f"  {source.source}: {len(source.loads)} / {source.current:,}{' (withdrawn)' if source.withdrawn else ''}"
            for source in self.sources
        ]
        if language == "zh":
            lines = [
                f"库 {store} 可以打开{size}；第 {self.version} 次装载，{recorded}",
                f"有效记录 {self.records:,}：{held}",
            ]
            lines += ["来源：装载次数 / 现行陈述", *by_source]
            lines += [f"! {finding.zh}\n  → {finding.remedy_zh}" for finding in self.findings]
            return "\n".join(lines if self.findings else [*lines, "没有发现问题。"])
        lines = [
            f"The store {store} opens{size}; load {self.version} of {recorded}",
            f"{self.records:,} live records: {held}",
        ]
        lines += ["Sources: loads / statements that stand", *by_source]
        lines += [f"! {finding.en}\n  → {finding.remedy_en}" for finding in self.findings]
        return "\n".join(lines if self.findings else [*lines, "Nothing to mend."])

    def to_json(self) -> dict[str, Any]:
        """The diagnosis as JSON values."""
        return {
            "logId": self.log_id,
            "version": self.version,
            "recordedAt": self.recorded_at.isoformat() if self.recorded_at else None,
            "sizeBytes": self.size_bytes,
            "records": self.records,
            "kinds": {
                kind.kind: {
                    "live": kind.live,
                    "incomplete": kind.incomplete,
                    "inConflict": kind.in_conflict,
                    "dangling": kind.dangling,
                    "danglingExamples": [list(example) for example in kind.examples],
                }
                for kind in self.kinds
            },
            "sources": {
                source.source: {
                    "loads": len(source.loads),
                    "statements": source.statements,
                    "current": source.current,
                    "quarantined": sum(load.counts.quarantined for load in source.loads),
                    "incomplete": source.incomplete,
                    "inConflict": source.in_conflict,
                    "withdrawn": source.withdrawn,
                }
                for source in self.sources
            },
            "ignored": self.ignored,
            "drawing": _drawing(self.drawing),
            "otherSnapshots": [
                {"folder": str(left.path), "sizeBytes": left.size_bytes, "idleSeconds": round(left.idle_seconds)}
                for left in self.leftovers
            ],
            "findings": [
                {"code": finding.code, "problem": finding.en, "remedy": finding.remedy_en, "serious": finding.serious}
                for finding in self.findings
            ],
        }


def diagnose(
    knowledge: Knowledge, drawing: DrawingState | None = None, leftovers: Sequence[Leftover] = ()
) -> Diagnosis:
    """How the present view of a store stands, with the snapshots of other versions beside it. Cost: a few passes over all
    statements."""
    view = knowledge.view()
    kinds, sources = kind_health(view), source_health(view)
    ignored = dict(view.snapshot.ignored)
    loads = view.snapshot.loads
    return Diagnosis(
        log_id=knowledge.log.log_id,
        version=view.seq,
        recorded_at=loads[-1].recorded_at if loads else None,
        size_bytes=knowledge.log.size_bytes(),
        kinds=kinds,
        sources=sources,
        ignored=ignored,
        drawing=drawing,
        leftovers=tuple(leftovers),
        findings=(*_findings(view, kinds, sources, ignored, drawing), *_leftover_findings(leftovers)),
    )


def _findings(
    view: View,
    kinds: Sequence[KindHealth],
    sources: Sequence[SourceHealth],
    ignored: dict[str, int],
    drawing: DrawingState | None,
) -> list[Finding]:
    found: list[Finding] = []
    if not view.seq:
        found.append(
            Finding(
                "EMPTY",
                "库中没有任何装载",
                "the store holds no load",
                "用 luoshu load 装载数据，或用 luoshu run 装载样例",
                "load data with luoshu load, or the sample with luoshu run",
            )
        )
    incomplete = {kind.kind: kind.incomplete for kind in kinds if kind.incomplete}
    if incomplete:
        listed = _listed(incomplete)
        found.append(
            Finding(
                "INCOMPLETE",
                f"缺少必填字段、不参与任何问题的记录：{listed}",
                f"records that lack a required field, so that no question sees them: {listed}",
                "装载补全这些字段的来源；node(id) 会列出缺少的字段",
                "load a source that states the missing fields; node(id) names them",
            )
        )
    dangling = {kind.kind: kind.dangling for kind in kinds if kind.dangling}
    if dangling:
        example = next(kind.examples[0] for kind in kinds if kind.examples)
        found.append(
            Finding(
                "DANGLING",
                f"指向不存在记录的引用：{_listed(dangling)}；例如 {example[0]} 的 {example[1]} → {example[2]}",
                f"references to records that are not there: {_listed(dangling)}; for one, {example[0]} {example[1]} → {example[2]}",
                "装载被引用的记录，或更正引用",
                "load the records that are referred to, or correct the references",
            )
        )
    conflicts = {kind.kind: kind.in_conflict for kind in kinds if kind.in_conflict}
    if conflicts:
        found.append(
            Finding(
                "CONFLICT",
                f"各来源所述不一致的记录：{_listed(conflicts)}",
                f"records on which sources differ: {_listed(conflicts)}",
                "查看记录的 conflicts；为 Dataset 声明 reliability 决定以谁为准",
                "look at their conflicts; state the reliability of each Dataset to say who counts first",
            )
        )
    quarantined = {
        source.source: total
        for source in sources
        if (total := sum(load.counts.quarantined for load in source.loads[-1:]))
    }
    if quarantined:
        found.append(
            Finding(
                "QUARANTINED",
                f"最近一次装载中被隔离的行：{_listed(quarantined)}",
                f"rows rejected by the last load of their source: {_listed(quarantined)}",
                "按隔离文件里的原因更正后重新装载",
                "mend them as the quarantine file says, and load again",
            )
        )
    if ignored:
        found.append(
            Finding(
                "UNKNOWN_COLUMNS",
                f"库中有本版本不认识的种类或字段：{_listed(ignored)}",
                f"the store holds kinds or fields that this version does not know: {_listed(ignored)}",
                "用写入它们的版本打开，或忽略",
                "open it with the version that wrote them, or leave them",
            )
        )
    if drawing is not None:
        found += _drawing_findings(view, drawing)
    return found


def _leftover_findings(leftovers: Sequence[Leftover]) -> list[Finding]:
    """Folders in use are none: they go when their version runs no more."""
    idle = [leftover for leftover in leftovers if leftover.is_idle]
    if not idle:
        return []
    listed = ", ".join(f"{leftover.path} {leftover.size_bytes / 1e6:,.1f} MB" for leftover in idle)
    return [
        Finding(
            "OLD_SNAPSHOTS",
            f"其他版本留下的、一天以上无人使用的快照：{listed}",
            f"snapshots of other versions that nobody has used for a day: {listed}",
            "运行 luoshu compact 将其清除",
            "run luoshu compact, which removes them",
        )
    ]


def _drawing_findings(view: View, drawing: DrawingState) -> list[Finding]:
    shown = drawing.shown
    if drawing.pending is not None:
        return [
            Finding(
                "DRAWING_UNFINISHED",
                "Neo4j 中的图只画了一部分",
                "the drawing in Neo4j was begun and not finished",
                "再运行 luoshu draw，它会接着画",
                "run luoshu draw again; it goes on where it stopped",
                serious=True,
            )
        ]
    if shown is None:
        return [
            Finding(
                "NOT_DRAWN", "Neo4j 中还没有图", "nothing is drawn in Neo4j yet", "运行 luoshu draw", "run luoshu draw"
            )
        ]
    if shown.seq < view.seq or shown.as_of != view.as_of:
        return [
            Finding(
                "DRAWING_BEHIND",
                f"Neo4j 中的图停在第 {shown.seq} 次装载、{shown.as_of.isoformat()}；库已到第 {view.seq} 次",
                f"the drawing shows load {shown.seq} on {shown.as_of.isoformat()}; the store is at load {view.seq}",
                "运行 luoshu draw",
                "run luoshu draw",
            )
        ]
    return []


def _drawing(state: DrawingState | None) -> dict[str, Any] | None:
    if state is None:
        return None
    shown = state.shown
    return {
        "load": shown.seq if shown else None,
        "asOf": shown.as_of.isoformat() if shown else None,
        "drawnAt": state.drawn_at.isoformat() if state.drawn_at else None,
        "unfinished": state.pending is not None,
    }


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
