"""Where a store is, and how it is opened: what settings come to for everything that works on a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from graph.errors import LuoshuError
from graph.knowledge import MAX_VIEWS, Knowledge
from graph.log import Log
from graph.ontology import Ontology
from graph.snapshot_leftovers import Leftover, leftovers
from graph.stores import open_log

if TYPE_CHECKING:
    from graph.drawing import Drawing


@dataclass(frozen=True)
class Place:
    """A store's address with what opens it, the folder for what is kept beside it, and the language of messages."""

    store: str
    data_dir: Path
    neo4j_user: str | None = None
    neo4j_password: str | None = field(default=None, repr=False)
    neo4j_database: str | None = None
    timezone: str = "Asia/Shanghai"
    max_views: int = MAX_VIEWS
    language: Literal["zh", "en"] = "en"

    @property
    def is_neo4j(self) -> bool:
        """Whether the store is a Neo4j."""
        return self.store.partition("://")[0].partition("+")[0] in ("neo4j", "bolt")

    @property
    def quarantine(self) -> Path:
        """The folder for rows that were rejected."""
        return self.data_dir / "quarantine"

    def leftovers(self, log: Log) -> tuple[Leftover, ...]:
        """The snapshots of other versions that lie beside those of this log."""
        return leftovers(self.data_dir, log.log_id, Ontology.current().hash)

    def open_log(self) -> Log:
        """The log. Raises ConfigurationError, StoreUnavailable."""
        return open_log(self.store, user=self.neo4j_user, password=self.neo4j_password, database=self.neo4j_database)

    def open(self) -> Knowledge:
        """The knowledge of the store, the caller's to close together with its log."""
        log = self.open_log()
        try:
            return Knowledge.open(log, directory=self.data_dir, timezone=self.timezone, max_views=self.max_views)
        except LuoshuError:
            log.close()
            raise

    @contextmanager
    def opened(self) -> Iterator[Knowledge]:
        """The knowledge of the store, for a while."""
        knowledge = self.open()
        try:
            yield knowledge
        finally:
            knowledge.close()
            knowledge.log.close()

    def drawing(self, address: str | None = None) -> Drawing:
        """The drawing in a Neo4j; left out: in the store itself."""
        # The driver is only loaded where it is used: it takes memory and time.
        from graph.drawing import Drawing

        auth = (self.neo4j_user, self.neo4j_password) if self.neo4j_user and self.neo4j_password else None
        return Drawing(address or self.store, auth=auth, database=self.neo4j_database)
