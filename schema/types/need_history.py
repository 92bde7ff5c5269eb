"""What a financing need answers beyond its record: its version, the moves it may make, and its way through the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from graph.desk_statements import NEED
from graph.kinds.demand_side import NeedStatus
from graph.need_moves import moves_from
from queries.need_history import NeedState as State
from queries.need_history import history_of, version_of
from schema.types.codes import code_enum
from schema.types.committed import CommittedNeed
from schema.types.derived import make_field
from schema.types.entity import Entity

code_enum(NeedStatus)


@strawberry.type(description="需求状态 · A state that a need was in, as somebody stated it")
class NeedState:
    """What `queries.need_history.NeedState` answers."""

    status: NeedStatus
    since: datetime | None = strawberry.field(
        description="自 · At the desk when it was recorded; of other datasets the day they state, at 00:00 in China; null: not stated"
    )
    until: datetime | None = strawberry.field(
        description="至 · When it left the state; null: it has not, or not stated"
    )
    is_move: bool | None = strawberry.field(
        description="The machine allows it after the state before; null: what was before the first one is not stated"
    )
    source: str = strawberry.field(description="来源 · The dataset that states it")
    actor: str = strawberry.field(description="经办 · Who made the load")
    note: str = strawberry.field(description="备注 · Empty: none")
    load: int = strawberry.field(description="Number of the load; of a move at the desk the version that it made")
    recorded_at: datetime

    @classmethod
    def of(cls, state: State) -> NeedState:
        """The state as the API shows it."""
        return cls(
            status=state.status,
            since=state.since,
            until=state.until,
            is_move=state.is_move,
            source=state.source,
            actor=state.actor,
            note=state.note,
            load=state.load,
            recorded_at=state.recorded_at,
        )


class VersionField(StrawberryField):
    """The version of a need."""

    def get_result(self, source: Entity, info: Info | None, args: list[Any], kwargs: Any) -> int:
        """The number of the load by which the desk last stated it."""
        if isinstance(source, CommittedNeed):
            return source.answer.version
        return version_of(source.scope.view, source.handle)


class MovesField(StrawberryField):
    """The states that a need may move to."""

    def get_result(self, source: Entity, info: Info | None, args: list[Any], kwargs: Any) -> list[str]:
        """Them, by label."""
        status = getattr(source.record, "status", None)
        return [one.value for one in moves_from(status)]


class HistoryField(StrawberryField):
    """The states of a need."""

    def get_result(self, source: Entity, info: Info | None, args: list[Any], kwargs: Any) -> list[NeedState]:
        """All of them, the earliest first."""
        scope = source.scope
        scope.check()
        return [NeedState.of(state) for state in history_of(scope.view, source.handle).states]


def need_fields() -> Mapping[str, Sequence[StrawberryField]]:
    """The fields, by kind name."""
    version = "版本 · Number of the load by which the desk last stated it, 0: it has not; what `advanceNeed` expects"
    return {
        NEED: [
            make_field("version", "version", int, version, VersionField),
            make_field(
                "moves", "moves", StrawberryList(code_enum(NeedStatus)),
                "可变更状态 · The states that it may move to now; empty: it is closed", MovesField,
            ),
            make_field(
                "history", "history", StrawberryList(NeedState),
                "流转记录 · Every state that it was in, from the log; the earliest first", HistoryField,
            ),
        ]
    }  # fmt: skip
