"""The figures kept as JSON, one entry a subject and scale, and told as Markdown; the notes on the page are people's and stay."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from tests.bench.figure import Figure

NOTES: Final = "## Notes"
"""From this heading on a page is written by hand."""

GROWTH: Final = "growth"
"""The subject whose runs at several scales are one table."""

_HEAD: Final = """\
# Performance

Measured by `make bench`; each table names the command that takes it again. Everything up to the notes is written by the bench, from
the samples in [performance.json](performance.json): add `--json docs/performance.json --markdown docs/performance.md` to such a command.

`p50` is the median and what a target is held against, unless the target names the p95; `p95` stands where there are at least 20
samples. `best` is the sample that other load on the machine disturbed least. `processor` is the median by processor time of all threads
instead of the clock: what an idle machine would show, or less where several threads share the work. A ratio compares two things that
were done in turn in one run. The data are those of `luoshu generate city`: scale 1 has 1,000 enterprises and 5,000 supply links.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One subject, measured at one scale. `missing`: what could not be measured, and why."""

    subject: str
    title: str
    command: str
    scale: float
    links: int | None
    records: int
    machine: Mapping[str, str]
    commit: str
    load_before: float
    load_after: float
    figures: tuple[Figure, ...]
    missing: tuple[str, ...] = field(default=())

    @property
    def key(self) -> tuple[str, float, int]:
        """What a later run of the same replaces."""
        return self.subject, self.scale, self.links or 0

    def to_json(self) -> dict[str, Any]:
        """The run as it is kept."""
        kept = {name: getattr(self, name) for name in self.__slots__}
        return kept | {"figures": [figure.to_json() for figure in self.figures]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """What `to_json` gave."""
        figures = tuple(Figure.from_json(figure) for figure in kept["figures"])
        return cls(**(kept | {"figures": figures, "missing": tuple(kept["missing"])}))


def kept_runs(path: Path) -> list[Run]:
    """The runs that a file holds; none where there is no file."""
    if not path.exists():
        return []
    return [Run.from_json(run) for run in json.loads(path.read_text())["runs"]]


def merged(old: Iterable[Run], new: Iterable[Run]) -> list[Run]:
    """All runs, the newer ones in place of older ones of the same subject and scale."""
    return list(({run.key: run for run in old} | {run.key: run for run in new}).values())


def write_json(path: Path, runs: Iterable[Run]) -> None:
    """Keep the runs in a file."""
    path.write_text(json.dumps({"runs": [run.to_json() for run in runs]}, ensure_ascii=False, indent=1) + "\n")


def write_markdown(path: Path, runs: Iterable[Run], order: Iterable[str]) -> None:
    """The page of these runs, by subject in this order, larger scales first; its notes stay as they are."""
    before = path.read_text() if path.exists() else ""
    start = before.find(f"\n{NOTES}\n")
    notes = before[start + 1 :] if start >= 0 else f"{NOTES}\n"
    found = list(runs)
    parts = [_HEAD]
    for subject in order:
        mine = sorted((run for run in found if run.subject == subject), key=lambda run: (-run.scale, run.links or 0))
        if mine:
            parts.append(f"## {mine[0].title}\n")
            parts += [growth(mine)] if subject == GROWTH else [section(run) for run in mine]
    machines = sorted({" · ".join(run.machine.values()) for run in found})
    parts.append("## Machine\n\n" + "\n".join(f"- {machine}" for machine in machines) + "\n")
    path.write_text("\n".join(parts) + f"\n{notes}")


def section(run: Run) -> str:
    """The table of one run."""
    lines = [
        f"`{run.command}`: {_size(run)}. Load average {run.load_before:.1f} before and {run.load_after:.1f} after"
        f"{f', commit {run.commit}' if run.commit else ''}.",
        "",
        "| | p50 | p95 | best | processor | samples | target | reached | |",
        "|---|--:|--:|--:|--:|--:|--:|---|---|",
    ]
    lines += [_row(figure) for figure in run.figures]
    lines += [f"\nNot measured: {what}." for what in run.missing]
    return "\n".join(lines) + "\n"


def growth(runs: Iterable[Run]) -> str:
    """One table of the runs of one subject at several scales, smallest first: p50 of each figure, and p95 where there is one."""
    by_scale = sorted(runs, key=lambda run: (run.scale, run.links or 0))
    names = list(dict.fromkeys(figure.name for run in by_scale for figure in run.figures))
    found = [{figure.name: figure for figure in run.figures} for run in by_scale]
    lines = [
        *(f"`{command}`." for command in dict.fromkeys(run.command for run in by_scale)),
        "",
        f"| p50 (p95; processor) | {' | '.join(_size(run) for run in by_scale)} | growth | target |",
        f"|---|{'--:|' * (len(by_scale) + 2)}",
    ]
    for name in names:
        figures = [each.get(name) for each in found]
        known = [figure for figure in figures if figure is not None]
        grown = f"× {number(known[-1].p50 / known[0].p50)}" if len(known) > 1 else ""
        target = "" if known[-1].target is None else f"{_target(known[-1])}: {_reached(known[-1])}"
        cells = ["" if figure is None else _spread(figure) for figure in figures]
        lines.append(f"| {name}: {known[-1].note} | {' | '.join(cells)} | {grown} | {target} |")
    loads = ", ".join(f"{run.load_before:.1f} to {run.load_after:.1f}" for run in by_scale)
    commits = ", ".join(dict.fromkeys(run.commit for run in by_scale if run.commit))
    return "\n".join([*lines, "", f"Load average {loads}{f'; commit {commits}' if commits else ''}."]) + "\n"


def _spread(figure: Figure) -> str:
    p95 = "" if figure.p95 is None else f"{number(figure.p95)}; "
    processor = "" if figure.processor_p50 is None else number(figure.processor_p50)
    return f"{number(figure.p50)} {figure.unit} ({p95}{processor})"


def line(figure: Figure) -> str:
    """One figure for the terminal."""
    verdict = "" if figure.target is None else f"  target {_target(figure)}: {_reached(figure)}"
    p95 = "" if figure.p95 is None else f", p95 {number(figure.p95)}"
    processor = "" if figure.processor_p50 is None else f", processor {number(figure.processor_p50)}"
    samples = f"best {number(figure.best)} of {len(figure.samples)}{processor}"
    return f"  {figure.name:<58} {number(figure.p50):>10} {figure.unit}{p95} ({samples}){verdict}"


def number(value: float) -> str:
    """A number with three digits that count, or all of them where it is whole and large."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{digits}f}" if abs(value) >= 0.01 or value == 0 else f"{value:.2g}"


def _size(run: Run) -> str:
    enterprises = max(1, round(run.scale * 1000))
    links = run.links or round(run.scale * 5000)
    return f"{enterprises:,} enterprises, {links:,} supply links, {run.records:,} records"


def _row(figure: Figure) -> str:
    p95 = "" if figure.p95 is None else number(figure.p95)
    target = "" if figure.target is None else _target(figure)
    cells = (
        figure.name,
        f"{number(figure.p50)} {figure.unit}",
        p95,
        number(figure.best),
        "" if figure.processor_p50 is None else number(figure.processor_p50),
        str(len(figure.samples)),
        target,
        _reached(figure),
        figure.note,
    )
    return f"| {' | '.join(cells)} |"


def _target(figure: Figure) -> str:
    assert figure.target is not None
    sign = "≥" if figure.target.more else "≤"
    return f"{'p95 ' if figure.target.by_p95 else ''}{sign} {number(figure.target.bound)}"


def _reached(figure: Figure) -> str:
    if figure.reached is None:
        return ""
    if figure.reached:
        return "yes"
    return "at best" if figure.reached_at_best and not (figure.target and figure.target.by_p95) else "**no**"
