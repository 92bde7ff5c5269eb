"""Records that lack a required field: shown as such, and left out of every question."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types.base import StrawberryList
from strawberry.types.field import StrawberryField

from schema.scalars import Json
from schema.types.derived import declared_fields, derived, make_field
from schema.types.entity import Entity
from schema.types.evidence import Claim, ClaimsField
from schema.types.stated import stated_fields


class IncompleteEntity(Entity):
    """A record in force that lacks what its kind requires."""

    __slots__ = ()

    @property
    def graphql_type(self) -> str:
        """Its own type, since the kind's promises what it lacks."""
        return "IncompleteRecord"

    @property
    def kind(self) -> Any:
        """The label by which the enum Kind knows its kind."""
        return self.spec.name

    @property
    def missing(self) -> list[str]:
        """The required fields that nobody states."""
        by_name = self.spec.by_name
        return [by_name[name].graph_name for name in self.scope.view.missing_fields(self.handle)]

    @property
    def stated(self) -> Json:
        """What its sources state together."""
        return stated_fields(self.spec, self.record)


def incomplete_fields() -> list[StrawberryField]:
    """The fields of IncompleteRecord."""

    @strawberry.type
    class Fields:
        id: strawberry.ID
        kind: Any = strawberry.field(graphql_type=derived("Kind"), description="What it is")
        missing: list[str] = strawberry.field(description="Required fields that nobody states")
        stated: Json = strawberry.field(description="What its sources state together, by field")

    claims = make_field("claims", "claims", StrawberryList(Claim), "What each source says of it", ClaimsField)
    return [*declared_fields(Fields), claims]
