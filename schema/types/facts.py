"""Facts that nobody states, as the API names them."""

from __future__ import annotations

from typing import Any

import strawberry

from queries.financing.limits.constraints import MissingFact as Fact
from schema.context import Scope
from schema.types.derived import derived
from schema.types.entity import Entity


@strawberry.type(
    description="待补事实 · A fact that nobody states: a field of a record, or what it is in words where no field holds it"
)
class MissingFact:
    """Names what would have to be stated."""

    record: Any = strawberry.field(graphql_type=derived("Record"))
    field: str

    @classmethod
    def of(cls, scope: Scope, fact: Fact) -> MissingFact:
        """The fact as the API shows it."""
        return cls(record=Entity(scope, fact.record), field=fact.field)
