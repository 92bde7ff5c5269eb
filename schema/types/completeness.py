"""How complete an answer is, as the API shows it."""

from __future__ import annotations

import strawberry

from queries.completeness import Completeness as Found
from queries.completeness import IncompleteReason

Reason = strawberry.enum(IncompleteReason, description="不完整原因 · Why an answer is not complete")


@strawberry.type(description="完整性 · A cut answer says so")
class Completeness:
    """Whether all was found."""

    complete: bool
    reason: IncompleteReason | None
    explored_count: int = strawberry.field(description="Records whose neighbours were looked at")
    complete_to_depth: int = strawberry.field(description="Steps within which nothing was left out")
    truncated_by_access: bool

    @classmethod
    def of(cls, found: Found) -> Completeness:
        """The completeness as the API shows it."""
        return cls(
            complete=found.complete,
            reason=found.reason,
            explored_count=found.explored_count,
            complete_to_depth=found.complete_to_depth,
            truncated_by_access=found.truncated_by_access,
        )
