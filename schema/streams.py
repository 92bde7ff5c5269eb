"""What both ways of streaming share: how many may be open, how an operation is told, event by event, and how all are told the end.

One thread of the process waits for new loads; when it has read them, it wakes all who stand at the end of the log. Whoever stands at
the same place and asks the same shares one batch.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

import anyio
import orjson
from starlette.datastructures import Headers
from strawberry import Schema

from graph.changes import ChangeReader, Position
from graph.errors import LuoshuError
from schema.context import Scope
from schema.errors import coded, plain
from schema.event_execution import is_subscription
from schema.execution import Answer, Request, run
from schema.following import Batch, Following, Start, Told, follow
from schema.readiness import Readiness

MAX_SHARED: Final = 64
"""Batches that are kept for whoever else stands at their place: those at the end of the log all do."""

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class StreamOptions:
    """How the service streams.

    `most` how many operations may run at once, and how many WebSockets be open; `most_a_socket` how many run over one; `threads` how
    many are read for and answered at once; `begin_seconds` how long a WebSocket may take to begin, `idle_seconds` how long it may have
    no operation; `beat_seconds` how often an event stream shows life; `send_seconds` how long a client may take to read; `origins` the
    origins of pages beside the service's own that may open streams.
    """

    most: int = 1_000
    most_a_socket: int = 50
    threads: int = 2
    begin_seconds: float = 10.0
    idle_seconds: float = 600.0
    beat_seconds: float = 15.0
    send_seconds: float = 20.0
    origins: frozenset[str] = frozenset()

    def admits(self, headers: Headers) -> bool:
        """Whether a page may open a stream: one of the service itself, or of `origins`; programs, which name no origin, may."""
        origin = headers.get("origin")
        if origin is None or origin in self.origins:
            return True
        _, found, host = origin.partition("://")
        return bool(found) and host == headers.get("host")


class Refusal(Exception):
    """An operation that does not begin, or cannot go on; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body)
        self.answer = answer


class Stopping(Exception):
    """The service stops; a client should come again, with its last cursor."""


class Streams:
    """The operations that are being streamed. For one event loop; `wake` and `stop` may be called from any thread."""

    def __init__(self, readiness: Readiness, options: StreamOptions, seconds: float) -> None:
        self.readiness = readiness
        self.options = options
        self.stopped = asyncio.Event()
        self._seconds = seconds
        self._moved = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._limiter = anyio.CapacityLimiter(options.threads)
        self._reader: ChangeReader | None = None
        self._shared: OrderedDict[tuple[object, ...], asyncio.Future[Batch]] = OrderedDict()
        self._rehearsed: dict[tuple[object, ...], asyncio.Future[None]] = {}

    @property
    def is_full(self) -> bool:
        """Whether no more operations may begin."""
        return self.readiness.streams >= self.options.most

    def start(self) -> None:
        """Take the loop that is running for the one of all streams."""
        self._loop = asyncio.get_running_loop()

    def wake(self) -> None:
        """Let everybody look whether there is something new."""
        self._in_loop(self._wake)

    def stop(self) -> None:
        """Let all streams end."""
        self._in_loop(self._stop)

    def _in_loop(self, call: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    def _stop(self) -> None:
        self.stopped.set()
        self._wake()

    async def told(self, request: Request, resume: str | None = None) -> AsyncGenerator[Told, None]:
        """The answers of an operation: of a query its one, of a subscription one an event, for as long as there are any.

        `resume` is the cursor of a client that comes back. Raises Refusal and Stopping.
        """
        service, schema = self.readiness.service, self.readiness.schema
        if service is None or schema is None:
            message = f"the service is not ready: {self.readiness.reason}; try again shortly"
            raise Refusal(Answer(plain(message, "STORE_UNAVAILABLE"), False))
        with self._counted():
            reader = self._reader = self._reader or ChangeReader(service.knowledge)
            start = Start(service, reader, resume)
            begun = await self._in_thread(partial(_begun, schema, start, request, self._seconds))
            if isinstance(begun, Answer):
                raise Refusal(begun)
            if isinstance(begun, Told):
                yield begun
                return
            place = begun.followed.place
            self._rehearse(begun)
            while not self.stopped.is_set():
                moved = self._moved
                batch = await self._batch(begun, place)
                for told in batch.told:
                    yield told
                # A batch that others asked for earlier may be older than the wake-up that this one waits for.
                if batch.reached == place and place.seq > reader.seq:
                    await moved.wait()
                place = batch.reached
            raise Stopping

    @contextmanager
    def _counted(self) -> Iterator[None]:
        if self.is_full:
            message = f"{self.readiness.streams} operations are streamed already, and no more may be; close some, or try again later"
            raise Refusal(Answer(plain(message, "LIMIT_EXCEEDED"), False))
        self.readiness.streams += 1
        try:
            yield
        finally:
            self.readiness.streams -= 1

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    def _rehearse(self, following: Following) -> None:
        """Get the first event ready meanwhile, once for all who ask the same."""
        if following.same in self._rehearsed:
            return
        if len(self._rehearsed) >= MAX_SHARED:
            self._rehearsed.clear()
        self._rehearsed[following.same] = asyncio.ensure_future(self._in_thread(following.rehearse))

    async def _batch(self, following: Following, place: Position) -> Batch:
        """The next events after a place, shared with all who stand there and ask the same."""
        key = (*following.same, place)
        found = self._shared.get(key)
        if found is None:
            found = self._shared[key] = asyncio.ensure_future(self._in_thread(partial(following.batch, place)))
            found.add_done_callback(partial(self._keep, key, place))
            while len(self._shared) > MAX_SHARED:
                self._shared.popitem(last=False)
        try:
            # Who goes away meanwhile takes it from nobody.
            return await asyncio.shield(found)
        except LuoshuError as exc:
            raise Refusal(Answer(coded(exc), False)) from exc

    def _keep(self, key: tuple[object, ...], place: Position, done: asyncio.Future[Batch]) -> None:
        """Keep a batch that says the same whenever it is asked for."""
        if done.cancelled() or done.exception() is not None or done.result().reached == place:
            self._shared.pop(key, None)


def _begun(schema: Schema, start: Start, request: Request, seconds: float) -> Told | Following | Answer:
    """The one answer of what is no subscription, or a subscription that has begun; an answer with errors where it cannot be meant."""
    if is_subscription(request):
        return follow(schema, start, request, seconds)
    answer = run(schema, Scope.present(start.service, seconds), request)
    return Told(orjson.dumps(answer.body), "") if answer.executed else answer
