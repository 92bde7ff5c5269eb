"""Subscriptions, whatever carries them: where each stands in the log, and its events as answers.

The log is the queue. A subscriber holds its place in it and nothing else: it reads a page once it has sent the one before, so one
that reads slowly keeps nobody waiting and fills no memory.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

import orjson
import strawberry
from graphql import DocumentNode, Executor, FieldNode, Node, VariableNode

from graph.changes import Change, ChangeReader, ChangeType, Position
from graph.ontology import Ontology
from schema.context import Clock, Scope, Service
from schema.event_execution import begin, event_answer
from schema.execution import Answer, Request, parsed
from schema.log_cursor import log_cursor, position_of
from schema.types.change_events import EventAnswer

MOST_REHEARSED: Final = 8
"""Kinds that are got ready when somebody begins to follow them."""
BATCH_BYTES: Final = 262_144
BATCH_SECONDS: Final = 0.1
"""A batch ends once its answers have so many bytes, or have taken so long."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event: the answer to it as JSON, and its cursor."""

    body: bytes
    cursor: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some events in order, and the place in the log that they reach."""

    told: tuple[Told, ...]
    reached: Position


@dataclass(frozen=True, slots=True)
class Followed:
    """What a subscription follows: the changes after a place, of these kinds and ids; None: all.

    To GraphQL it is a stream; it is read by pages instead (`Following.batch`).
    """

    place: Position
    kinds: frozenset[str] | None
    ids: frozenset[str] | None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        """Nothing."""
        raise StopAsyncIteration


@dataclass(frozen=True, slots=True)
class Start:
    """What the fields of `Subscription` are asked of. `resume`: the cursor of a client that comes back, in place of `since`."""

    service: Service
    reader: ChangeReader
    resume: str | None

    @property
    def ontology(self) -> Ontology:
        """The kinds that there are."""
        return self.service.knowledge.snapshot.ontology

    def follow(self, since: str | None, kinds: frozenset[str] | None, ids: frozenset[str] | None) -> Followed:
        """The changes after a cursor; None: from now on. Raises InvalidInput for a cursor that is none of this log."""
        cursor = self.resume or since
        if cursor is None:
            return Followed(self.reader.end, kinds, ids)
        knowledge = self.service.knowledge
        place = position_of(cursor, knowledge.log.log_id, knowledge.log.head().seq)
        if place.seq > self.reader.seq:
            # A cursor of another server, which has seen a load that is not read here yet.
            knowledge.refresh()
        return Followed(place, kinds, ids)


@dataclass(frozen=True)
class Following:
    """A subscription that has begun."""

    start: Start
    executor: Executor[Any]
    followed: Followed
    seconds: float
    same: tuple[object, ...]
    """Equal for subscriptions that are told the same of the same place: but for where they begin they ask the same."""

    def batch(self, place: Position) -> Batch:
        """The next events after a place; none, and that very place: there is nothing new. At most a page."""
        page = self.start.reader.page(place, self.followed.kinds, self.followed.ids)
        told: list[Told] = []
        size, ends_at = 0, time.monotonic() + BATCH_SECONDS
        for change in page.changes:
            told.append(self._told(change))
            size += len(told[-1].body)
            if size > BATCH_BYTES or time.monotonic() > ends_at:
                return Batch(tuple(told), change.position)
        return Batch(tuple(told), page.reached)

    def rehearse(self) -> None:
        """Answer of one record a kind that is followed, for nobody: what answers of it take is made now (indexes, the executor's plans), so
        that the first event does not wait for it. Who follows all kinds, or many, waits for the rest at their first events.
        """
        view = self.start.service.knowledge.view()
        for name in sorted(self.followed.kinds or ())[:MOST_REHEARSED]:
            handles = view.handles(name)
            if view.seq and len(handles):
                load, handle = view.snapshot.load(view.seq), int(handles[0])
                place = Position(view.seq, name, view.id_of(handle))
                self._told(Change(view.seq, load.recorded_at, name, place.id, ChangeType.STATED, view, handle, place))

    def _told(self, change: Change) -> Told:
        scope = Scope(self.start.service, change.view, Clock.of(self.seconds))
        answer = event_answer(self.executor, EventAnswer(scope, change), scope)
        log_id = self.start.service.knowledge.log.log_id
        return Told(orjson.dumps(answer.body), log_cursor(log_id, change.position))


def _asked(request: Request) -> tuple[object, ...]:
    """What a request asks but for where it begins."""
    variables = dict(request.variables or {})
    variables.pop(_begins_by(parsed(request.query)) or "", None)
    return request.query, request.operation, orjson.dumps(variables, option=orjson.OPT_SORT_KEYS)


def _begins_by(document: DocumentNode) -> str | None:
    """The variable that gives `since` and nothing else; None: there is none."""
    uses: dict[str, int] = {}
    begins: str | None = None
    for node in _nodes(document):
        if isinstance(node, VariableNode):
            uses[node.name.value] = uses.get(node.name.value, 0) + 1
        if isinstance(node, FieldNode):
            for argument in node.arguments or ():
                if argument.name.value == "since" and isinstance(argument.value, VariableNode):
                    begins = argument.value.name.value
    # Once where it is declared, once as `since`.
    return begins if begins is not None and uses[begins] == 2 else None


def _nodes(node: Node) -> Iterator[Node]:
    waiting: list[Any] = [node]
    while waiting:
        one = waiting.pop()
        yield one
        for name in one.keys:
            below = getattr(one, name, None)
            waiting += [
                part for part in (below if isinstance(below, list | tuple) else [below]) if isinstance(part, Node)
            ]


def follow(schema: strawberry.Schema, start: Start, request: Request, seconds: float) -> Following | Answer:
    """The subscription that a request asks for; an answer with errors where it cannot be meant. `seconds` an event may take."""
    begun = begin(schema, start, request)
    if isinstance(begun, Answer):
        return begun
    executor, followed = begun
    return Following(start, executor, followed, seconds, _asked(request))
