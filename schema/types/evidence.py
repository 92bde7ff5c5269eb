"""Where a record is known from: claims of sources, and fields on which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import strawberry
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from graph.records import Span
from graph.view import StatementView
from queries.financing.evidence import Claim as Contribution
from schema.scalars import Json
from schema.types.derived import derived
from schema.types.entity import Entity
from schema.types.source import SourceOverview
from schema.types.stated import as_json, stated_fields

if TYPE_CHECKING:
    from schema.context import Scope


@strawberry.type(description="来源陈述 · What one source says of a record, and where it says so")
class Claim:
    """One statement that contributes to a record."""

    record: Any = strawberry.field(graphql_type=derived("Record"), description="The record that it is about")
    source: Any = strawberry.field(graphql_type=derived("Source"), description="The dataset that says it")
    locator: str | None = strawberry.field(description="Where in the source: row 17; chars 120-150")
    quote: str | None = strawberry.field(description="What stands there, where the source is a text")
    confidence: Decimal = strawberry.field(description="How sure the source is [0–1]; 1 where it does not say")
    recorded_at: datetime = strawberry.field(description="When the load that brought it was recorded")
    valid_from: date | None = strawberry.field(description="From which day on it holds; null: the source states none")
    load: int = strawberry.field(description="Number of the load that brought it")
    stated: Json = strawberry.field(description="The fields that it states, by name")


@strawberry.type(description="来源与其值 · What one source states for a field")
class SourcedValue:
    """One side of a conflict."""

    source: Any = strawberry.field(graphql_type=derived("Source"), description="The dataset")
    value: Json = strawberry.field(description="The value that it states")


@strawberry.type(description="矛盾 · A field for which sources state different values; the first one is shown")
class FieldConflict:
    """One field, every stated value."""

    field: str = strawberry.field(description="Name of the field")
    values: list[SourcedValue] = strawberry.field(description="By reliability, the one shown first")


class ClaimsField(StrawberryField):
    """What each source says of the record, the first to be believed first."""

    def get_result(self, source: Entity, info: Info | None, args: list[Any], kwargs: Any) -> list[Claim]:
        """One claim a contributing statement."""
        scope = source.scope
        return [claim_of(scope, source.handle, statement) for statement in scope.view.statements(source.handle)]


def claim_of(scope: Scope, handle: int, statement: StatementView) -> Claim:
    """A statement of a record as the API shows it."""
    span = getattr(statement.record, "span", None)
    return Claim(
        record=Entity(scope, handle),
        source=SourceOverview(scope, statement.source),
        locator=statement.locator,
        quote=span.quote if isinstance(span, Span) else None,
        confidence=Decimal(1) if statement.confidence is None else statement.confidence,
        recorded_at=statement.recorded_at,
        valid_from=statement.valid_from,
        load=statement.load,
        stated=stated_fields(scope.view.kind_of(handle), statement.record),
    )


def claims_of(scope: Scope, claims: Sequence[Contribution]) -> list[Claim]:
    """Claims that an answer rests on as the API shows them: with all that each source states of the record."""
    found = []
    for claim in claims:
        stated = scope.view.statements(claim.record)
        statement = next((one for one in stated if one.source == claim.source), None)
        if statement is not None:
            found.append(claim_of(scope, claim.record, statement))
    return found


class ConflictsField(StrawberryField):
    """The fields of the record of which its sources state different values."""

    def get_result(self, source: Entity, info: Info | None, args: list[Any], kwargs: Any) -> list[FieldConflict]:
        """One conflict a field; empty: the sources agree."""
        by_name = source.spec.by_name
        return [
            FieldConflict(
                field=by_name[conflict.field].graph_name,
                values=[
                    SourcedValue(source=SourceOverview(source.scope, name), value=as_json(value))
                    for name, value in conflict.values
                ],
            )
            for conflict in source.scope.view.conflicts(source.handle)
        ]
