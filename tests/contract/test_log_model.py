"""Any sequence of operations does to a log what it does to a simple model of one in memory."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from graph.errors import InvalidInput, LeaseLost, LoadError, LoadInProgress, LuoshuError, SourceChanged
from graph.log import Counts, Head, Lease, Load, LoadHeader, Log, Mode
from tests.contract.logs import block, header, rows_of

KINDS = ("Firm", "Product")
NOON = datetime(2099, 1, 1, 12, tzinfo=UTC)


@dataclass
class OpenLoad:
    """A load in the model: its header and the ids in its blocks by kind."""

    header: LoadHeader
    ids: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Model:
    """What a log is, without a store."""

    opened: dict[str, OpenLoad] = field(default_factory=dict)
    finished: list[tuple[str, OpenLoad, datetime]] = field(default_factory=list)
    token: int = 0
    holder: str | None = None
    running: bool = False

    def refusal_to_add(self, load_id: str, kind: str) -> type[LuoshuError] | None:
        if load_id not in self.opened:
            return LoadError
        asked = self.opened[load_id].header
        return InvalidInput if asked.mode is Mode.WITHDRAWAL or kind not in asked.kinds else None

    def refusal_to_finish(
        self, load_id: str, compared_at: int, token: int | None, moment: datetime
    ) -> type[LuoshuError] | None:
        if load_id not in self.opened:
            return LoadError
        if token is not None and (token != self.token or self.holder is None):
            return LeaseLost
        mine = self.opened[load_id].header
        for _, load, _ in self.finished[compared_at:]:
            withdrawn = Mode.WITHDRAWAL in (mine.mode, load.header.mode)
            if load.header.source == mine.source and (withdrawn or set(load.header.kinds) & set(mine.kinds)):
                return SourceChanged
        return InvalidInput if self.finished and moment < self.finished[-1][2] else None


class LogMachine(RuleBasedStateMachine):
    """Does the same to a log and to the model."""

    new_log: Callable[[], Log]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.known: list[str] = ["never begun"]
        self.leases: list[Lease | None] = [None]
        self.rows = 0

    @initialize()
    def start(self) -> None:
        self.log = self.new_log()

    @rule(
        source=st.sampled_from(["register", "survey"]),
        kinds=st.sampled_from([("Firm",), ("Product",), KINDS]),
        mode=st.sampled_from([Mode.PARTIAL, Mode.PARTIAL, Mode.WITHDRAWAL]),
    )
    def begin(self, source: str, kinds: tuple[str, ...], mode: Mode) -> None:
        asked = header(source, *kinds, mode=mode)
        load_id = self.log.begin(asked)
        self.model.opened[load_id] = OpenLoad(asked)
        self.known.append(load_id)

    @rule(data=st.data(), kind=st.sampled_from(KINDS), count=st.integers(1, 3))
    def append(self, data: st.DataObject, kind: str, count: int) -> None:
        load_id = data.draw(st.sampled_from(self.known))
        ids = [f"{kind}:{self.rows + number}" for number in range(count)]
        self.rows += count
        with expecting(self.model.refusal_to_add(load_id, kind)) as refused:
            self.log.append(load_id, kind, block(*ids), count)
        if refused is None:
            self.model.opened[load_id].ids.setdefault(kind, []).extend(ids)

    @rule(data=st.data(), kind=st.sampled_from(KINDS))
    def replace_blocks(self, data: st.DataObject, kind: str) -> None:
        load_id = data.draw(st.sampled_from(self.known))
        with expecting(None if load_id in self.model.opened else LoadError) as refused:
            self.log.replace_blocks(load_id, kind)
        if refused is None:
            self.model.opened[load_id].ids.pop(kind, None)

    @rule(data=st.data(), minutes=st.integers(0, 3), stated=st.integers(0, 9))
    def finish(self, data: st.DataObject, minutes: int, stated: int) -> None:
        load_id = data.draw(st.sampled_from(self.known))
        lease = data.draw(st.sampled_from(self.leases))
        compared_at = data.draw(st.integers(max(0, len(self.model.finished) - 2), len(self.model.finished)))
        moment = NOON + timedelta(minutes=minutes)
        seqs = {done: seq for seq, (done, _, _) in enumerate(self.model.finished, start=1)}
        expected = None
        if load_id not in seqs:
            token = None if lease is None else lease.token
            expected = self.model.refusal_to_finish(load_id, compared_at, token, moment)
        with expecting(expected) as refused:
            done = self.log.finish(
                load_id, compared_at=compared_at, counts=Counts(stated=stated), lease=lease, recorded_at=moment
            )
        if refused is None and load_id not in seqs:
            self.model.finished.append((load_id, self.model.opened.pop(load_id), moment))
            assert done.counts == Counts(stated=stated)
        if refused is None:
            assert done.seq == seqs.get(load_id, len(self.model.finished))

    @rule(data=st.data())
    def abandon(self, data: st.DataObject) -> None:
        load_id = data.draw(st.sampled_from(self.known))
        self.log.abandon(load_id)
        self.model.opened.pop(load_id, None)

    @rule(owner=st.sampled_from(["day", "night"]), ttl=st.sampled_from([-1.0, 600.0]))
    def acquire(self, owner: str, ttl: float) -> None:
        busy = self.model.holder is not None and self.model.running
        with expecting(LoadInProgress if busy else None) as refused:
            lease = self.log.acquire(owner, ttl)
        if refused is None:
            self.model.token, self.model.holder, self.model.running = self.model.token + 1, owner, ttl > 0
            assert (lease.token, lease.owner) == (self.model.token, owner)
            self.leases.append(lease)

    @rule(data=st.data(), ttl=st.sampled_from([-1.0, 600.0]))
    def renew(self, data: st.DataObject, ttl: float) -> None:
        lease = data.draw(st.sampled_from(self.leases))
        if lease is None:
            return
        held = lease.token == self.model.token and self.model.holder is not None
        with expecting(None if held else LeaseLost) as refused:
            self.log.renew(lease, ttl)
        if refused is None:
            self.model.running = ttl > 0

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        lease = data.draw(st.sampled_from(self.leases))
        if lease is None:
            return
        self.log.release(lease)
        if lease.token == self.model.token:
            self.model.holder = None

    @rule(grace=st.sampled_from([0.0, 600.0]))
    def compact(self, grace: float) -> None:
        busy = self.model.holder is not None and self.model.running
        with expecting(LoadInProgress if busy else None) as refused:
            self.log.compact(grace=grace)
        if refused is None:
            self.model.token, self.model.holder = self.model.token + 1, None
            if grace == 0.0:
                self.model.opened.clear()

    @invariant()
    def the_log_is_what_the_model_is(self) -> None:
        if not hasattr(self, "log"):
            return
        last = self.model.finished[-1][2] if self.model.finished else Head(0).recorded_at
        assert self.log.head() == Head(len(self.model.finished), last)
        assert [self.seen(load) for load in self.log.loads()] == [
            (seq, load_id, moment, load.header, load.ids)
            for seq, (load_id, load, moment) in enumerate(self.model.finished, start=1)
        ]

    def seen(self, load: Load) -> tuple[int, str, datetime, LoadHeader, dict[str, list[str]]]:
        ids = {kind: [str(row["id"]) for row in rows] for kind, rows in rows_of(self.log, load).items()}
        return load.seq, load.load_id, load.recorded_at, load.header, ids

    def teardown(self) -> None:
        if hasattr(self, "log"):
            self.log.close()


def expecting(refusal: type[LuoshuError] | None) -> Any:
    return nullcontext() if refusal is None else pytest.raises(refusal)


def test_a_log_does_what_the_model_does(store: str, new_url: Callable[[], str], open_url: Callable[[str], Log]) -> None:
    class Machine(LogMachine):
        @staticmethod
        def new_log() -> Log:
            return open_url(new_url())

    sizes = settings(max_examples=40 if store == "sqlite" else 15, stateful_step_count=25)
    run_state_machine_as_test(Machine, settings=sizes)
