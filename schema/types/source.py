"""Sources: what was loaded, when and how much, how much was rejected, what is incomplete or in conflict."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import strawberry

from graph.health import SourceHealth
from graph.log import Load as FinishedLoad
from graph.view import dataset_id
from schema.types.derived import derived
from schema.types.entity import Entity, entity_of

if TYPE_CHECKING:
    from schema.context import Scope


@strawberry.enum(description="装载方式 · What a load says about what it does not state")
class LoadMode(enum.Enum):
    """The modes of `graph.log.Mode`."""

    FULL = strawberry.enum_value("FULL", description="全量 · What it states no more ends at statedOn")
    PARTIAL = strawberry.enum_value("PARTIAL", description="增量 · Nothing")
    WITHDRAWAL = strawberry.enum_value("WITHDRAWAL", description="撤回 · Nothing of the source counts any more")


@strawberry.type(description="一次装载 · One finished load")
class Load:
    """A load with its counts."""

    number: int = strawberry.field(description="Number of the load; views of it have it as version")
    recorded_at: datetime = strawberry.field(description="When it was recorded, and so from when on it is known")
    mode: LoadMode
    actor: str = strawberry.field(description="Who ran it")
    kinds: list[str] = strawberry.field(description="The kinds that it covers, by class name")
    scope: str = strawberry.field(description="What part of the source it covers, in words")
    stated_on: date | None = strawberry.field(description="The day whose state it gives")
    stated: int = strawberry.field(description="Rows that said something new")
    unchanged: int = strawberry.field(description="Rows that said what the source says already")
    quarantined: int = strawberry.field(
        description="Rows that were rejected, each with its reason in the quarantine file"
    )
    ended: int = strawberry.field(description="Statements that it ended")
    note: str = strawberry.field(description="What it was for, where it was no ordinary load")

    @classmethod
    def of(cls, load: FinishedLoad) -> Load:
        """The load as the API shows it."""
        header, counts = load.header, load.counts
        return cls(
            number=load.seq,
            recorded_at=load.recorded_at,
            mode=LoadMode[header.mode.name],
            actor=header.actor,
            kinds=list(header.kinds),
            scope=header.scope,
            stated_on=header.stated_on,
            stated=counts.stated,
            unchanged=counts.unchanged,
            quarantined=counts.quarantined,
            ended=counts.ended,
            note=header.note,
        )


class SourceOverview:
    """A source in a view; how it stands is counted when first asked for."""

    def __init__(self, scope: Scope, name: str) -> None:
        self.scope = scope
        self.name = name

    @property
    def id(self) -> str:
        """The id of the Dataset record about it, stated or not."""
        return dataset_id(self.name)

    @property
    def dataset(self) -> Entity | None:
        """The Dataset record, where one is stated."""
        return entity_of(self.scope, self.scope.view.find(self.id))

    @property
    def reliability(self) -> Decimal:
        """Chance that a statement of it is right."""
        return self.health.reliability

    @property
    def health(self) -> SourceHealth:
        """What the view knows of it."""
        return self.scope.source_health[self.name]

    @property
    def first_loaded_at(self) -> datetime:
        """When its first load was recorded."""
        return self.health.loads[0].recorded_at

    @property
    def last_loaded_at(self) -> datetime:
        """When its last load was recorded."""
        return self.health.loads[-1].recorded_at

    @property
    def loads(self) -> list[Load]:
        """Its loads, the newest first."""
        return [Load.of(load) for load in reversed(self.health.loads)]

    @property
    def quarantined(self) -> int:
        """Rows rejected, over all loads."""
        return sum(load.counts.quarantined for load in self.health.loads)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.health, name)


@strawberry.type(description="来源 · A dataset that statements come from: one column set of one publisher")
class Source:
    """What `SourceOverview` answers, by the same names."""

    id: strawberry.ID = strawberry.field(description="Id of the Dataset record about it, stated or not")
    name: str = strawberry.field(description="The name that loads give as their source")
    dataset: Any = strawberry.field(
        graphql_type=derived("Dataset") | None,
        description="Who publishes it and how reliable it is, where that is stated",
    )
    reliability: Decimal = strawberry.field(
        description="可靠性 · Chance that a statement of it is right [0–1]; 0.5 where none is stated"
    )
    first_loaded_at: datetime
    last_loaded_at: datetime
    loads: list[Load] = strawberry.field(description="Its loads, the newest first")
    statements: int = strawberry.field(description="Rows that it stated so far")
    current: int = strawberry.field(description="Rows that stand")
    records: int = strawberry.field(description="Records to which it contributes on this day")
    quarantined: int = strawberry.field(description="Rows rejected, over all its loads")
    incomplete: int = strawberry.field(
        description="Of its records, how many lack a required field, so that no question sees them"
    )
    in_conflict: int = strawberry.field(
        description="Of its records, how many have a field that another source states otherwise"
    )
    withdrawn: bool = strawberry.field(description="Whether the source was withdrawn since its last load")
