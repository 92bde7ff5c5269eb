"""Serving on a socket: structured logs, readiness before the end, and a limit to how long the end may take."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import structlog
import uvicorn

from graph.errors import ConfigurationError, LuoshuError
from graph.knowledge import Knowledge
from schema.application import Options, application
from schema.limits import MAX_BODY_BYTES


def serve(
    host: str,
    port: int,
    open_knowledge: Callable[[], Knowledge],
    options: Options,
    greet: Callable[[str, Knowledge], None],
    *,
    shutdown_seconds: int,
) -> None:
    """Serve until told to stop; `greet` is told the address and the knowledge once questions are answered.

    Port 0 is any that is free. Raises ConfigurationError when the address cannot be listened on, and whatever keeps the knowledge from
    being opened.
    """
    failed: list[LuoshuError] = []

    def fail(exc: LuoshuError) -> None:
        failed.append(exc)
        server.should_exit = True

    listener = _listener(host, port)
    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/graphql"
    web, readiness = application(open_knowledge, options, fail, lambda knowledge: greet(address, knowledge))
    config = uvicorn.Config(
        web,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=shutdown_seconds,
        lifespan="on",
        ws_max_size=MAX_BODY_BYTES,
        ws_per_message_deflate=False,
    )
    server = _Server(config, readiness.stop)
    with listener:
        server.run(sockets=[listener])
    if failed:
        raise failed[0]


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as exc:
        raise ConfigurationError(
            f"LUOSHU_HOST {host} and LUOSHU_PORT {port} cannot be listened on ({exc}); stop what uses them, or set others"
        ) from exc


class _Server(uvicorn.Server):
    """Says that it is not ready any more before it stops to listen."""

    def __init__(self, config: uvicorn.Config, not_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._not_ready = not_ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Flip readiness, then stop; a second interrupt stops at once. To be stopped is no failure: the exit code is 0."""
        self._not_ready()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def configure_logs(level: str, form: str) -> None:
    """Write logs to standard error: `form` json, text, or auto (text on a terminal)."""
    as_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if as_json else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
