"""GraphQL over WebSocket, by the protocol graphql-transport-ws: one socket, many operations.

A socket is closed with the protocol's own codes: 4400 for what is no message, 4401 for an operation before the beginning, 4406 for
another protocol, 4408 for no beginning in time, 4409 for an id that is in use, 4429 for a second beginning; and with 1012 when the
service stops, 1013 when it is not ready, has too many, or is read too slowly: then a client should come again.
"""

from __future__ import annotations

from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Any, Final

import anyio
import orjson
import structlog
from anyio.abc import TaskGroup
from starlette.types import Receive, Send
from starlette.types import Scope as SocketScope
from starlette.websockets import WebSocket, WebSocketDisconnect

from schema.execution import Request
from schema.http import Refused, request_of
from schema.streams import Refusal, Stopping, Streams

PROTOCOL: Final = "graphql-transport-ws"
MAX_ID: Final = 200
COME_AGAIN: Final = "come again, since the last cursor"

_log = structlog.get_logger(__name__)


class _Closed(Exception):
    """The socket is to be closed."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Sockets:
    """Answers WebSockets at `/graphql`."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self.open = 0

    async def __call__(self, scope: SocketScope, receive: Receive, send: Send) -> None:
        """Serve one socket (ASGI)."""
        socket = WebSocket(scope, receive, send)
        streams = self.streams
        if not streams.options.admits(socket.headers):
            _log.warning("foreign origin", origin=socket.headers.get("origin", "")[:200])
            await socket.close()
            return
        if PROTOCOL not in socket.scope["subprotocols"]:
            await socket.accept()
            await socket.close(4406, f"Subprotocol not acceptable; use {PROTOCOL}")
            return
        await socket.accept(PROTOCOL)
        if not streams.readiness.ready:
            await socket.close(1013, "the service is not ready; try again shortly")
        elif streams.is_full or self.open >= streams.options.most:
            await socket.close(1013, "too many operations are streamed; try again later")
        else:
            self.open += 1
            try:
                await _Socket(socket, streams).serve()
            finally:
                self.open -= 1


class _Socket:
    """One socket that was accepted."""

    def __init__(self, socket: WebSocket, streams: Streams) -> None:
        self._socket = socket
        self._streams = streams
        self._options = streams.options
        self._begun = False
        self._operations: dict[str, anyio.CancelScope] = {}
        self._sending = anyio.Lock()
        self._ending: _Closed | None = None
        self._told = 0

    async def serve(self) -> None:
        """Serve it until either side closes it."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._end_with_service, tasks)
            try:
                await self._receive(tasks)
            except _Closed as closed:
                self._ending = self._ending or closed
            except WebSocketDisconnect:
                pass
            tasks.cancel_scope.cancel()
        if self._ending is not None:
            # Who does not read does not get to know why.
            with anyio.move_on_after(1.0), suppress(RuntimeError, WebSocketDisconnect):
                await self._socket.close(self._ending.code, self._ending.reason[:120])
        _log.info("socket", told=self._told, code=None if self._ending is None else self._ending.code)

    async def _end_with_service(self, tasks: TaskGroup) -> None:
        await self._streams.stopped.wait()
        self._end(_Closed(1012, f"the service stops; {COME_AGAIN}"), tasks)

    def _end(self, closed: _Closed, tasks: TaskGroup) -> None:
        self._ending = self._ending or closed
        tasks.cancel_scope.cancel()

    async def _receive(self, tasks: TaskGroup) -> None:
        while True:
            message = await self._message()
            if message is None:
                if not self._begun:
                    raise _Closed(4408, "Connection initialisation timeout")
                if not self._operations:
                    raise _Closed(1000, "no operation for too long")
                continue
            match message:
                case {"type": "connection_init"}:
                    if self._begun:
                        raise _Closed(4429, "Too many initialisation requests")
                    self._begun = True
                    await self._send(b'{"type":"connection_ack"}')
                case {"type": "ping"}:
                    await self._send(b'{"type":"pong"}')
                case {"type": "pong"}:
                    pass
                case {"type": "subscribe", "id": str(identifier), "payload": dict(payload)} if identifier:
                    self._subscribe(tasks, identifier, payload)
                case {"type": "complete", "id": str(identifier)}:
                    operation = self._operations.pop(identifier, None)
                    if operation is not None:
                        operation.cancel()
                case _:
                    raise _Closed(4400, f"no message of {PROTOCOL}")

    async def _message(self) -> Any:
        """The next message; None: there was none in time."""
        with anyio.move_on_after(self._options.idle_seconds if self._begun else self._options.begin_seconds):
            received = await self._socket.receive()
            if received["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(received.get("code", 1005))
            try:
                message = orjson.loads(received.get("text") or "")
            except orjson.JSONDecodeError as exc:
                raise _Closed(4400, "a message is no JSON") from exc
            if not isinstance(message, dict):
                raise _Closed(4400, "a message is no JSON object")
            return message
        return None

    def _subscribe(self, tasks: TaskGroup, identifier: str, payload: dict[str, Any]) -> None:
        if not self._begun:
            raise _Closed(4401, "Unauthorized: send connection_init first")
        if identifier in self._operations:
            raise _Closed(4409, f"Subscriber for {identifier[:40]} already exists")
        if len(identifier) > MAX_ID:
            raise _Closed(4400, f"an id is longer than {MAX_ID} characters")
        if len(self._operations) >= self._options.most_a_socket:
            raise _Closed(4400, f"more than {self._options.most_a_socket} operations over one socket; complete some")
        try:
            request = replace(request_of(payload), may_write=True)
        except Refused as refused:
            raise _Closed(4400, refused.message) from refused
        self._operations[identifier] = scope = anyio.CancelScope()
        tasks.start_soon(self._operate, tasks, identifier, request, scope)

    async def _operate(self, tasks: TaskGroup, identifier: str, request: Request, scope: anyio.CancelScope) -> None:
        """Tell the answers of one operation."""
        name = orjson.dumps(identifier)
        try:
            with scope:
                try:
                    async with aclosing(self._streams.told(request)) as answers:
                        async for told in answers:
                            await self._send(b'{"id":%b,"type":"next","payload":%b}' % (name, told.body))
                            self._told += 1
                except Refusal as refusal:
                    self._forget(identifier, scope)
                    errors = orjson.dumps(refusal.answer.body["errors"])
                    await self._send(b'{"id":%b,"type":"error","payload":%b}' % (name, errors))
                else:
                    # From here on the client may use the id again.
                    self._forget(identifier, scope)
                    await self._send(b'{"id":%b,"type":"complete"}' % name)
        except _Closed as closed:
            self._end(closed, tasks)
        except WebSocketDisconnect:
            tasks.cancel_scope.cancel()
        except Stopping:
            pass
        finally:
            self._forget(identifier, scope)

    def _forget(self, identifier: str, scope: anyio.CancelScope) -> None:
        if self._operations.get(identifier) is scope:
            del self._operations[identifier]

    async def _send(self, message: bytes) -> None:
        """Send a message once the ones before are sent. Raises _Closed when the client does not read."""
        with anyio.move_on_after(self._options.send_seconds):
            async with self._sending:
                await self._socket.send_text(message.decode())
            return
        raise _Closed(1013, f"read too slowly; {COME_AGAIN}")
