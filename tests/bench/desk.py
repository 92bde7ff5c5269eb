"""The needs desk: mutations a second among 100,000 needs (at scale 100), and while the log is compacted; and the desk's figures."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from graph.blocks import encode, frame_schema
from graph.desk import Desk
from graph.desk_drafts import NeedAnswer
from graph.desk_wishes import Move, Submission
from graph.kinds.demand_side import NeedStatus
from graph.kinds.terms import Instrument
from graph.knowledge import Knowledge
from graph.log import Counts, LoadHeader, Log
from graph.money import Money
from graph.ontology import Ontology
from graph.stores import open_log
from queries.needs_desk import needs_desk
from tests.bench.clock import Times, each, timed
from tests.bench.figure import Figure, at_least
from tests.bench.fresh import ROOT
from tests.bench.ground import DAY, Ground

NEEDS_A_SCALE = 1_000
FIRMS = 1_000
CALLERS = 16
BATCH = 500
WARM_UP = 3_000
TARGETS = {"sqlite": at_least(500), "neo4j": at_least(200)}
LABELS = {"sqlite": "SQLite", "neo4j": "Neo4j's log"}
RATE = "mutations/s"

_COMPACT = (
    "import sys; from graph.stores import open_log; log = open_log(sys.argv[1]); log.compact(grace=0); log.close()"
)


def measure(ground: Ground) -> Iterator[Figure]:
    """Mutations a second, each a load of its own, by sixteen callers at once; none waits for a snapshot."""
    for store in ("sqlite", "neo4j"):
        url = ground.new_url(store)
        server = ground.neo4j_seconds if store == "neo4j" else lambda: 0.0
        with open_log(url) as log:
            state_needs(log, max(FIRMS, round(NEEDS_A_SCALE * ground.scale)))
            knowledge = Knowledge.open(log, directory=None)
            knowledge.view().prepare()
            yield from _mutations(ground, store, url, knowledge, server)
            knowledge.refresh()
            if store == "sqlite":
                yield from _figures(ground, knowledge)
            knowledge.close()


def state_needs(log: Log, count: int) -> None:
    """A register of firms and so many needs of theirs, in one load."""
    ontology = Ontology.current()
    firms = pl.select(id=pl.format("enterprise:{}", pl.int_range(FIRMS)), name=pl.format("企业{}", pl.int_range(FIRMS)))
    place = pl.int_range(count)
    states = pl.Series([status.name for status in NeedStatus])
    needs = pl.select(
        id=pl.format("financingNeed:{}", place),
        enterprise=pl.format("enterprise:{}", place % FIRMS),
        amount=place % 997 * 10_000 + 10_000,
        instrument=pl.lit("DEBT"),
        status=pl.lit(states).gather(place % len(states)),
        valid_from=pl.lit(DAY) - pl.duration(days=place % 97),
    )
    load_id = log.begin(LoadHeader("register", "bench", ("Enterprise", "FinancingNeed")))
    for name, frame in (("Enterprise", firms), ("FinancingNeed", needs)):
        schema = frame_schema(ontology[name])
        log.append(
            load_id, name, encode(frame.cast({column: schema[column] for column in frame.columns})), frame.height
        )
    log.finish(load_id, compared_at=log.head().seq, counts=Counts(stated=firms.height + needs.height))


def _mutations(
    ground: Ground, store: str, url: str, knowledge: Knowledge, server: Callable[[], float]
) -> Iterator[Figure]:
    desk, keys, label = Desk(knowledge), itertools.count(), LABELS[store]
    batch = max(CALLERS, round(BATCH * min(1.0, ground.repetitions)))
    answers: list[NeedAnswer] = []

    def submit(_: object = None) -> NeedAnswer:
        firm = next(keys)
        wish = Submission(
            f"enterprise:{firm % FIRMS}", Money(10_000), Instrument.DEBT, "流动资金", f"key {firm}", "bench"
        )
        answer = desk.submit(wish)
        assert not answer.problems
        return answer

    def advance(answer: NeedAnswer) -> NeedAnswer:
        assert answer.need is not None
        moved = desk.advance(Move(answer.need.id, answer.moves[0], answer.version, "bench", "下一步"))
        assert not moved.problems
        return moved

    with ThreadPoolExecutor(CALLERS) as callers:
        # Whatever is made once is made by now; and a server that just started is still compiling what it runs.
        list(callers.map(submit, range(ground.times(WARM_UP) if store == "neo4j" else CALLERS)))
        before, snapshot = knowledge.log.head().seq, knowledge.snapshot
        times = Times()
        for _ in range(ground.times(5)):
            times += timed(lambda: answers.extend(callers.map(submit, range(batch))), server=server)
        note = f"{CALLERS} callers at once, each change its own load; {FIRMS:,} firms, snapshot untouched"
        note += ", server warm" if store == "neo4j" else ""
        yield Figure.of(f"applications, into {label}", RATE, times.rates(batch), TARGETS[store], note)
        moves = Times()
        moved: list[NeedAnswer] = []
        for start in range(0, len(answers), batch):
            some = answers[start : start + batch]
            moves += timed(lambda some=some: moved.extend(callers.map(advance, some)), server=server)  # type: ignore[misc]
        yield Figure.of(f"moves, into {label}", RATE, moves.rates(batch), TARGETS[store], note)
        assert knowledge.snapshot is snapshot
        assert knowledge.log.head().seq == before + len(answers) + len(moved)
        yield from _while_compacting(ground, store, url, callers, advance, moved, label)
    single = [submit() for _ in range(ground.times(20))]
    yield Figure.of(f"one move, one caller, into {label}", "ms", each(advance, single).milliseconds())


def _while_compacting(
    ground: Ground,
    store: str,
    url: str,
    callers: ThreadPoolExecutor,
    advance: Callable[[NeedAnswer], NeedAnswer],
    answers: Sequence[NeedAnswer],
    label: str,
) -> Iterator[Figure]:
    """Moves while another process compacts the log: how many a second, and the slowest of them."""
    waits: list[float] = []
    done: list[NeedAnswer] = []

    def one(answer: NeedAnswer) -> None:
        begun = time.perf_counter()
        done.append(advance(answer))
        waits.append(1000 * (time.perf_counter() - begun))

    compacting = subprocess.Popen([sys.executable, "-c", _COMPACT, url], cwd=ROOT)
    begun = time.perf_counter()
    left = list(answers)
    while left and (compacting.poll() is None or not waits):
        some, left = left[:CALLERS], left[CALLERS:]
        list(callers.map(one, some))
    seconds = time.perf_counter() - begun
    assert compacting.wait() == 0
    with open_log(url) as log:
        loads = {load.seq: load for load in log.loads()}
    assert all(loads[answer.version].header.source == "needs-desk" for answer in done)
    note = f"{len(done):,} moves, all in the log; one in twenty waited longer than the p95"
    yield Figure(f"moves while another process compacts, into {label}", RATE, (len(done) / seconds,), None, note)
    yield Figure(f"wait of a move meanwhile, into {label}", "ms", tuple(waits), None, f"slowest {max(waits):.0f} ms")


def _figures(ground: Ground, knowledge: Knowledge) -> Iterator[Figure]:
    def ask(_: object) -> None:
        view = knowledge.view()
        view.derived.clear()
        needs_desk(view)

    taken = each(ask, range(ground.times(5)))
    view = knowledge.view()
    count = view.handles("FinancingNeed").size
    yield Figure.of("figures of the desk, asked first of a view", "ms", taken.milliseconds(), None, f"{count:,} needs")
