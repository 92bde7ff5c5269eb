"""The figures of docs/performance.md, measured on a generated city.

make bench ARGS="--scale 100 --only load snapshot --json docs/performance.json --markdown docs/performance.md"
make bench ARGS="--growth --json docs/performance.json --markdown docs/performance.md"
"""

import argparse
import shlex
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from tests.bench import machine
from tests.bench.figure import Figure
from tests.bench.ground import STORES, Ground, Missing
from tests.bench.growth import SCALES
from tests.bench.report import GROWTH, Run, kept_runs, line, merged, write_json, write_markdown

SUBJECTS = {
    "load": "Loading",
    "snapshot": "Snapshot and views",
    "paths": "Financing paths",
    "reach": "Financing reach",
    "fundable": "Fundable amount and deadlines",
    "what_if": "What-ifs and why not",
    "search": "Search",
    "coverage": "Gaps in fund coverage",
    "targets": "Investment targets and portfolios",
    "drawing": "The drawing in Neo4j",
    "policy": "Policy: progress, eligibility, stacks",
    "desk": "The needs desk",
    "subscriptions": "Subscriptions",
    "memory": "Memory",
    GROWTH: "Growth with the graph",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of a run: 0 also where a target is missed, since other load may be why."""
    options = _parser().parse_args(arguments)
    if options.growth == []:
        options.growth = list(SCALES)
    kept = Path(options.json)
    scales, subjects = ([options.scale], options.only) if options.growth is None else (options.growth, [GROWTH])
    for scale in scales:
        with tempfile.TemporaryDirectory(prefix="luoshu-bench-", dir=options.data) as folder:
            ground = Ground(
                Path(folder),
                scale=scale,
                links=options.links,
                stores=tuple(options.store),
                repetitions=options.repetitions,
            )
            with ground:
                for subject in subjects:
                    run = measured(ground, subject)
                    kept.parent.mkdir(parents=True, exist_ok=True)
                    write_json(kept, merged(kept_runs(kept), [run]))
    if options.markdown:
        write_markdown(Path(options.markdown), kept_runs(kept), SUBJECTS)
    return 0


def measured(ground: Ground, subject: str) -> Run:
    """One subject, measured and printed as it goes."""
    load_before = machine.load_average()
    figures: list[Figure] = []
    missing: list[str] = []
    print(f"{SUBJECTS[subject]}, {ground.records:,} records, load average {load_before:.1f}", flush=True)
    try:
        for figure in import_module(f"tests.bench.{subject}").measure(ground):
            figures.append(figure)
            print(line(figure), flush=True)
    except Missing as what:
        missing.append(f"what needs Neo4j ({what})")
        print(f"  not measured: {missing[-1]}", flush=True)
    return Run(
        subject=subject,
        title=SUBJECTS[subject],
        command=_command(ground, subject),
        scale=ground.scale,
        links=ground.links,
        records=ground.records,
        machine=machine.describe(),
        commit=machine.commit(),
        load_before=load_before,
        load_after=machine.load_average(),
        figures=tuple(figures),
        missing=tuple(missing),
    )


def _command(ground: Ground, subject: str) -> str:
    links = "" if ground.links is None else f" --links {ground.links}"
    stores = "" if ground.stores == STORES else f" --store {' '.join(ground.stores)}"
    if subject == GROWTH:
        return f"make bench ARGS={shlex.quote(f'--growth{links}')}"
    return f"make bench ARGS={shlex.quote(f'--scale {ground.scale:g}{links}{stores} --only {subject}')}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures the figures of docs/performance.md.")
    parser.add_argument("--scale", type=float, default=10, help="1 is 1,000 enterprises; the targets are for 100")
    parser.add_argument("--links", type=int, help="supply links, where not 5,000 × scale")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=SUBJECTS,
        default=[one for one in SUBJECTS if one != GROWTH],
        help="subjects to measure",
    )
    parser.add_argument(
        "--growth",
        nargs="*",
        type=float,
        metavar="SCALE",
        help="financing at these scales, as one table; none given: 1 10 100",
    )
    parser.add_argument("--store", nargs="+", choices=STORES, default=list(STORES), help="stores to measure")
    parser.add_argument("--repetitions", type=float, default=1.0, help="measure so many times as often")
    parser.add_argument("--data", type=Path, help="where the data are put meanwhile; they are deleted in the end")
    parser.add_argument("--json", default=".luoshu/bench.json", help="where the figures are kept, older ones merged")
    parser.add_argument("--markdown", help="the page to write from the figures that are kept")
    return parser


if __name__ == "__main__":
    sys.exit(main())
