"""Who brings money beside the source of a path, as the API shows it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import strawberry
from strawberry.types.base import StrawberryOptional

from graph.kinds.terms import SyndicateRole
from queries.financing.participants import Participant as OfLoan
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.derived import derived
from schema.types.entity import Entity, entity_of

code_enum(SyndicateRole)


@strawberry.type(description="参贷行 · A bank of a syndicated loan, the path's source among them")
class Participant:
    """One bank's part."""

    party: Any = strawberry.field(graphql_type=derived("Node"))
    role: SyndicateRole
    link: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Record")),
        description="The link that says so; null: it offers the loan",
    )
    share: Decimal | None = strawberry.field(
        description="Of the loan, and of what it draws on this bank's limits [0–1]; null: not stated"
    )

    @classmethod
    def of(cls, scope: Scope, shown: OfLoan) -> Participant:
        """The participant as the API shows it."""
        party, link = Entity(scope, shown.party), entity_of(scope, shown.link)
        return cls(party=party, role=shown.role, link=link, share=shown.share)
