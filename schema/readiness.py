"""Whether the service can answer, and what answers once it can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import strawberry

from schema.context import Service


@dataclass
class Readiness:
    """Written by the lifespan, read by every request."""

    reason: str = "starting"
    service: Service | None = None
    schema: strawberry.Schema | None = None
    stopping: bool = False
    behind: str | None = None
    """Why the newest loads are not seen, while the store does not answer; None: they are."""
    streams: int = 0
    """How many operations are being streamed."""
    on_stop: Callable[[], None] = lambda: None
    """Called when the service begins to stop, in any thread."""

    def stop(self) -> None:
        """Begin to stop: new requests are refused, and streams end."""
        self.stopping = True
        self.on_stop()

    @property
    def ready(self) -> bool:
        """Whether requests are answered."""
        return self.service is not None and not self.stopping
