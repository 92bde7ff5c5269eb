"""GraphQL over HTTP: what a request may look like, and the status, type and headers of its answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import anyio
import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Send
from starlette.types import Scope as HttpScope

from schema.context import Clock, Scope
from schema.errors import plain
from schema.execution import Answer, run
from schema.execution import Request as Asked
from schema.introspection import Introspections
from schema.limits import MAX_BODY_BYTES
from schema.readiness import Readiness

GRAPHQL_JSON: Final = "application/graphql-response+json"
JSON: Final = "application/json"
STATIC: Final = Path(__file__).parent / "static"

IDE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

_log = structlog.get_logger(__name__)


class Refused(Exception):
    """A request that is no GraphQL request, with the status that says so."""

    def __init__(
        self, status: int, message: str, code: str = "BAD_REQUEST", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.headers = headers


class Endpoint:
    """Answers `/graphql`. `seconds`: how long a request may run; `threads`: how many run at once, off the event loop."""

    def __init__(self, readiness: Readiness, seconds: float, threads: int) -> None:
        self.readiness = readiness
        self.seconds = seconds
        self._limiter = anyio.CapacityLimiter(threads)
        self._introspections = Introspections()

    async def __call__(self, scope: HttpScope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        request = Request(scope, receive)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        """The answer to one request. Never raises for what a client can send."""
        if request.method == "GET" and _wants_page(request):
            return HTMLResponse((STATIC / "graphiql" / "index.html").read_bytes(), headers=IDE_HEADERS)
        begun = time.monotonic()
        media = JSON
        try:
            media = _media_type(request)
            asked = await asked_of(request)
            status, body = await self._answer(request, asked, media)
            headers = {}
        except Refused as refusal:
            asked, status, headers = None, refusal.status, dict(refusal.headers or {})
            body = orjson.dumps(plain(refusal.message, refusal.code))
        except ClientDisconnect:
            return Response(status_code=499)
        _log.info(
            "request",
            method=request.method,
            operation=asked.operation if asked else None,
            status=status,
            milliseconds=round((time.monotonic() - begun) * 1000, 1),
            bytes=len(body),
        )
        headers |= {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return Response(body, status, headers, media_type=f"{media}; charset=utf-8")

    async def _answer(self, request: Request, asked: Asked, media: str) -> tuple[int, bytes]:
        service, schema = self.readiness.service, self.readiness.schema
        if service is None or schema is None:
            message = f"the service is not ready: {self.readiness.reason}; try again shortly"
            raise Refused(503, message, "STORE_UNAVAILABLE", {"Retry-After": "1"})
        kept = self._introspections.find(schema, asked)
        if kept is not None:
            return 200, kept
        clock = Clock.of(self.seconds)

        def work() -> tuple[Answer, bytes]:
            answer = run(schema, Scope(service, service.knowledge.view(), clock), asked)
            return answer, orjson.dumps(answer.body)

        finished: tuple[Answer, bytes] | None = None
        async with anyio.create_task_group() as tasks:

            async def watch() -> None:
                # A client that goes away frees its thread at the next check of the clock.
                while (await request.receive())["type"] != "http.disconnect":
                    pass
                clock.cancelled.set()

            tasks.start_soon(watch)
            # The resolvers' own deadline comes first; this one is for what does not look at the clock.
            with anyio.move_on_after(self.seconds + 1):
                finished = await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=self._limiter)
            clock.cancelled.set()
            tasks.cancel_scope.cancel()
        if finished is None or _timed_out(finished[0]):
            message = f"no answer within {self.seconds:g} s; ask for fewer rows or steps, or again later"
            raise Refused(504, message, "TIMEOUT")
        answer, body = finished
        self._introspections.keep(schema, asked, answer, body)
        return answer.status or (200 if answer.executed or media == JSON else 400), body


def _timed_out(answer: Answer) -> bool:
    return any(error["extensions"].get("code") == "TIMEOUT" for error in answer.body.get("errors", ()))


def _wants_page(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and "query" not in request.query_params


def _media_type(request: Request) -> str:
    """The type of the answer: the first of ours that the client takes."""
    accepted = request.headers.get("accept")
    if not accepted:
        return JSON
    ranges = {}
    for part in accepted.split(","):
        name, *parameters = part.strip().lower().split(";")
        quality = next((one.strip()[2:] for one in parameters if one.strip().startswith("q=")), "1")
        try:
            ranges[name.strip()] = float(quality)
        except ValueError:
            ranges[name.strip()] = 0.0
    explicit = [name for name in ranges if name in (GRAPHQL_JSON, JSON) and ranges[name] > 0]
    if explicit:
        return max(explicit, key=lambda name: ranges[name])
    if any(ranges.get(name, 0) > 0 for name in ("*/*", "application/*")):
        return JSON
    raise Refused(406, f"the answer comes as {GRAPHQL_JSON} or {JSON}; say in Accept that one of them is welcome")


async def asked_of(request: Request) -> Asked:
    """What a request asks. Raises Refused for one that is no GraphQL request."""
    if request.method == "GET":
        return _from_query(request)
    if request.method != "POST":
        raise Refused(
            405, f"{request.method} is not answered here; use POST, or GET with a query", headers={"Allow": "GET, POST"}
        )
    media, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    if media.strip() != JSON:
        raise Refused(415, f"send the request as {JSON}", headers={"Accept-Post": JSON})
    charset = parameters.partition("charset=")[2].strip().strip('"')
    if charset not in ("", "utf-8", "utf8"):
        raise Refused(415, f"send the request in UTF-8, not {charset[:40]}")
    return replace(request_of(_parsed(await _body(request), "body")), may_write=True)


async def _body(request: Request) -> bytes:
    """The body, never more of it than the limit."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BODY_BYTES:
            raise Refused(413, f"the body is longer than {MAX_BODY_BYTES:,} bytes", "LIMIT_EXCEEDED")
    return bytes(content)


def _from_query(request: Request) -> Asked:
    given = request.query_params
    content: dict[str, Any] = {name: given[name] for name in ("query", "operationName") if name in given}
    for name in ("variables", "extensions"):
        if given.get(name):
            content[name] = _parsed(given[name].encode(), name)
    return request_of(content)


def _parsed(content: bytes, what: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as exc:
        raise Refused(400, f"the {what} is no JSON: {exc}") from exc


def request_of(content: Any) -> Asked:
    """What a JSON value asks. Raises Refused for one that is no GraphQL request."""
    if not isinstance(content, dict):
        raise Refused(400, 'the body is no JSON object; send {"query": "…"}, one question a request')
    query, operation = content.get("query"), content.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise Refused(400, "`query` is missing, or no text")
    if operation is not None and not isinstance(operation, str):
        raise Refused(400, "`operationName` is no text")
    for name in ("variables", "extensions"):
        if content.get(name) is not None and not isinstance(content[name], dict):
            raise Refused(400, f"`{name}` is no JSON object")
    return Asked(query, content.get("variables"), operation)
