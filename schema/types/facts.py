"""Facts that nobody states, as the API names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import strawberry

from queries.financing.limits.constraints import MissingFact as Fact
from schema.context import Scope
from schema.types.derived import derived
from schema.types.entity import Entity

MAX_FACTS: Final = 100
"""Of a sum over many records so many facts that lack are named."""


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

    @classmethod
    def first(cls, scope: Scope, facts: Sequence[Fact]) -> list[MissingFact]:
        """The first MAX_FACTS of them, as the API shows them."""
        return [cls.of(scope, fact) for fact in facts[:MAX_FACTS]]
