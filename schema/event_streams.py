"""GraphQL over server-sent events, one operation a request (graphql-sse, distinct connections mode).

Each event carries its cursor as its id, so that what comes again by itself (EventSource) goes on where it was.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import Final

import anyio
import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as HttpScope

from schema.errors import plain
from schema.execution import Request as Asked
from schema.http import JSON, Refused, asked_of
from schema.streams import Refusal, Stopping, Streams

EVENT_STREAM: Final = "text/event-stream"
_HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
)

_log = structlog.get_logger(__name__)


def wants_events(request: Request) -> bool:
    """Whether the client asks for a stream of events."""
    return EVENT_STREAM in request.headers.get("accept", "").lower()


class EventStreams:
    """Answers requests at `/graphql` that ask for a stream of events."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams

    async def __call__(self, scope: HttpScope, receive: Receive, send: Send) -> None:
        """Serve one stream (ASGI)."""
        request = Request(scope, receive)
        try:
            asked = await self._asked(request)
        except ClientDisconnect:
            return
        except Refused as refused:
            body = orjson.dumps(plain(refused.message, refused.code))
            response = Response(body, refused.status, dict(refused.headers or {}), media_type=JSON)
            await response(scope, receive, send)
            return
        await _EventStream(self.streams, request, send).serve(asked)

    async def _asked(self, request: Request) -> Asked:
        streams = self.streams
        if not streams.options.admits(request.headers):
            _log.warning("foreign origin", origin=request.headers.get("origin", "")[:200])
            raise Refused(
                403, "pages of this origin may not open streams here; see LUOSHU_ALLOWED_ORIGINS", "FORBIDDEN"
            )
        if not streams.readiness.ready:
            message = f"the service is not ready: {streams.readiness.reason}; try again shortly"
            raise Refused(503, message, "STORE_UNAVAILABLE", {"Retry-After": "1"})
        if streams.is_full:
            message = f"{streams.readiness.streams} operations are streamed already; try again later"
            raise Refused(503, message, "LIMIT_EXCEEDED", {"Retry-After": "10"})
        return await asked_of(request)


class _EventStream:
    """One stream."""

    def __init__(self, streams: Streams, request: Request, send: Send) -> None:
        self._streams = streams
        self._request = request
        self._send = send
        self._sending = anyio.Lock()
        self._told = 0

    async def serve(self, asked: Asked) -> None:
        """Tell the answers of an operation until it is complete or the client goes away."""
        await self._send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        await self._write(b":\n\n")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch, tasks.cancel_scope)
            tasks.start_soon(self._beat, tasks.cancel_scope)
            await self._tell(asked)
            tasks.cancel_scope.cancel()
        with anyio.move_on_after(1.0), anyio.CancelScope():
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        _log.info("event stream", operation=asked.operation, told=self._told)

    async def _tell(self, asked: Asked) -> None:
        resume = self._request.headers.get("last-event-id") or None
        try:
            async with aclosing(self._streams.told(asked, resume)) as answers:
                async for told in answers:
                    cursor = f"id: {told.cursor}\n".encode() if told.cursor else b""
                    if not await self._write(b"event: next\n%bdata: %b\n\n" % (cursor, told.body)):
                        return
                    self._told += 1
        except Refusal as refusal:
            await self._write(b"event: next\ndata: %b\n\n" % orjson.dumps(refusal.answer.body))
        except Stopping:
            # Not complete: a client comes again, with its last cursor.
            await self._write(b"retry: 1000\n: the service stops; come again\n\n")
            return
        await self._write(b"event: complete\ndata:\n\n")

    async def _write(self, part: bytes) -> bool:
        """Send a part once the ones before are sent; False: the client does not read."""
        with anyio.move_on_after(self._streams.options.send_seconds):
            async with self._sending:
                await self._send({"type": "http.response.body", "body": part, "more_body": True})
            return True
        return False

    async def _watch(self, ends: anyio.CancelScope) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        ends.cancel()

    async def _beat(self, ends: anyio.CancelScope) -> None:
        while True:
            await anyio.sleep(self._streams.options.beat_seconds)
            if not await self._write(b":\n\n"):
                ends.cancel()
