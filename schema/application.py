"""The web application: opens the knowledge, keeps it fresh while requests run, says whether it is ready, and lets go in the end."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date

import anyio
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from graph.errors import LuoshuError
from graph.knowledge import Knowledge
from graph.search import SearchIndex
from schema.context import Service
from schema.event_streams import EventStreams, wants_events
from schema.forethought import Forethought
from schema.http import STATIC, Endpoint
from schema.readiness import Readiness
from schema.schema import build_schema
from schema.search_upkeep import SearchUpkeep
from schema.sockets import Sockets
from schema.streams import StreamOptions, Streams

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Options:
    """How the application serves.

    `request_seconds` how long a request may run; `threads` how many run at once; `poll_seconds` how long a wait for new loads is at
    most; `retry_seconds` how long to rest when the store does not answer; `tomorrow_seconds` how long before midnight the view of the
    next day is made; `stop_seconds` how long what runs beside requests may take to end; `streams` how subscribers are served.
    """

    request_seconds: float = 10.0
    threads: int = 8
    poll_seconds: float = 0.2
    retry_seconds: float = 1.0
    tomorrow_seconds: float = 600.0
    stop_seconds: float = 3.0
    streams: StreamOptions = field(default_factory=StreamOptions)


def application(
    open_knowledge: Callable[[], Knowledge],
    options: Options,
    fail: Callable[[LuoshuError], None],
    greet: Callable[[Knowledge], None] = lambda knowledge: None,
) -> tuple[Starlette, Readiness]:
    """The application and its readiness.

    `open_knowledge` is called off the event loop once it starts, again while the store cannot be reached; an error that no retry
    mends goes to `fail`, which should end the process. `greet` is called once questions are answered.
    """
    readiness = Readiness()
    streams = Streams(readiness, options.streams, options.request_seconds)
    readiness.on_stop = streams.stop

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        streams.start()
        keeper = _Keeper(readiness, open_knowledge, options, fail, greet, streams.wake)
        thread = threading.Thread(target=keeper.run, name="knowledge", daemon=True)
        thread.start()
        try:
            yield
        finally:
            readiness.stop()
            keeper.stop.set()
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(thread.join, 5.0)

    async def readyz(_request: Request) -> Response:
        """200 once requests are answered, 503 before and while shutting down."""
        return JSONResponse(_state_of(readiness), 200 if readiness.ready else 503)

    endpoint = _Front(Endpoint(readiness, options.request_seconds, options.threads), EventStreams(streams))
    routes = [
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", Sockets(streams)),
        Route("/healthz", _healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/", _home, methods=["GET"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    return Starlette(routes=routes, lifespan=lifespan), readiness


@dataclass(frozen=True)
class _Front:
    """Gives a request to whom it is for."""

    answers: Endpoint
    events: EventStreams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        chosen = self.events if wants_events(Request(scope)) else self.answers
        await chosen(scope, receive, send)


async def _healthz(_request: Request) -> Response:
    """200 while the process answers at all."""
    return JSONResponse({"status": "ok"})


async def _home(_request: Request) -> Response:
    return RedirectResponse("/graphql")


def _state_of(readiness: Readiness) -> dict[str, object]:
    state: dict[str, object] = {"ready": readiness.ready}
    if readiness.service is not None:
        state["version"] = str(readiness.service.knowledge.snapshot.seq)
    if not readiness.ready:
        state["reason"] = "shutting down" if readiness.stopping else readiness.reason
    if readiness.streams:
        state["streams"] = readiness.streams
    if readiness.behind is not None:
        state["behind"] = readiness.behind
    return state


@dataclass
class _Keeper:
    """Opens the knowledge, then brings it up to date with every new load, until it is told to stop."""

    readiness: Readiness
    open_knowledge: Callable[[], Knowledge]
    options: Options
    fail: Callable[[LuoshuError], None]
    greet: Callable[[Knowledge], None]
    moved: Callable[[], None]

    def __post_init__(self) -> None:
        self.stop = threading.Event()
        self.forethought = Forethought()
        self._prepared_on: date | None = None

    def run(self) -> None:
        """Run until stopped. Whatever else ends it ends the process: without it nobody would see new loads."""
        try:
            knowledge = self._opened()
            if knowledge is None:
                return
            self.forethought.start()
            try:
                self._keep_fresh(knowledge)
            finally:
                self.forethought.stop(self.options.stop_seconds)
                knowledge.close()
                knowledge.log.close()
        finally:
            if not self.stop.is_set():
                self.fail(LuoshuError("the service cannot go on; what its log says last is why"))

    def _opened(self) -> Knowledge | None:
        begun = time.monotonic()
        self.readiness.reason = "opening the store and building the snapshot"
        while not self.stop.is_set():
            try:
                knowledge = self.open_knowledge()
                schema = build_schema(knowledge.snapshot.ontology)
                knowledge.view().prepare()
            except LuoshuError as exc:
                if not exc.retryable:
                    _log.error("cannot start", code=exc.code, problem=exc.message)
                    self.readiness.reason = exc.message
                    self.stop.set()
                    self.fail(exc)
                    return None
                _log.warning("store unavailable", problem=exc.message)
                self.readiness.reason = exc.message
                self.stop.wait(self.options.retry_seconds)
                continue
            # What is there by now stays: the collector need not go through it again while requests run.
            gc.collect()
            gc.freeze()
            knowledge.listen(self.moved)
            self.readiness.schema = schema
            self.readiness.service = Service(knowledge, SearchIndex(knowledge.snapshot.ontology))
            _log.info("ready", version=knowledge.snapshot.seq, seconds=round(time.monotonic() - begun, 2))
            return knowledge
        return None

    def _keep_fresh(self, knowledge: Knowledge) -> None:
        service = self.readiness.service
        if service is None:
            return
        self.greet(knowledge)
        search = SearchUpkeep(service.search, self._end)
        search.of(knowledge.snapshot)
        search.start()
        try:
            self._follow(knowledge, search)
        finally:
            search.stop(self.options.stop_seconds)

    def _end(self) -> None:
        if not self.stop.is_set():
            self.fail(LuoshuError("the service cannot go on without its search; what its log says last is why"))

    def _follow(self, knowledge: Knowledge, search: SearchUpkeep) -> None:
        self.forethought.of(knowledge.view())
        while not self.stop.is_set():
            try:
                before = knowledge.snapshot.seq
                if knowledge.log.wait(before, self.options.poll_seconds).seq > before:
                    begun = time.monotonic()
                    snapshot = knowledge.refresh()
                    search.of(snapshot)
                    self.forethought.of(knowledge.view())
                    _log.info(
                        "refreshed", version=snapshot.seq, milliseconds=round((time.monotonic() - begun) * 1000, 1)
                    )
                self.readiness.behind = None
                self._prepare_tomorrow(knowledge)
            except LuoshuError as exc:
                # Reads go on from memory; new loads are seen once the store answers again.
                if self.readiness.behind is None:
                    _log.warning("store unavailable", problem=exc.message)
                self.readiness.behind = exc.message
                self.stop.wait(self.options.retry_seconds)

    def _prepare_tomorrow(self, knowledge: Knowledge) -> None:
        today = knowledge.today()
        if self._prepared_on != today and knowledge.seconds_to_midnight() < self.options.tomorrow_seconds:
            self.forethought.of(knowledge.prepare_tomorrow())
            self._prepared_on = today
