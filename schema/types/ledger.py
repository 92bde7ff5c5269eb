"""An asset's ledger as the API shows it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional

from graph.history import Version
from graph.kinds.contracts import Encumbrance
from queries.encumbrances import LedgerEntry as Entry
from queries.encumbrances import LedgerEvent, encumbrances
from queries.ledger.balances import Balance as Period
from queries.ledger.conflicts import ConflictKind
from queries.ledger.conflicts import LedgerConflict as Contradiction
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.derived import derived, question
from schema.types.entity import Entity, entity_of
from schema.types.evidence import Claim, claim_of
from schema.types.facts import MissingFact
from schema.types.values import Money, amount_of

code_enum(LedgerEvent)
code_enum(ConflictKind)


def _documents(scope: Scope, version: Version) -> list[Claim]:
    return [claim_of(scope, version.handle, statement) for statement in version.statements]


def _party(scope: Scope, identifier: str | None) -> Entity | None:
    return None if identifier is None else entity_of(scope, scope.view.find(identifier))


@strawberry.type(description="台账事项 · What happened to the rights to an asset")
class LedgerEntry:
    """One event."""

    on: date | None = strawberry.field(description="The day; null: no source states one")
    event: LedgerEvent
    record: Any = strawberry.field(
        graphql_type=derived("Record"), description="The registration, or the part split off"
    )
    creditor: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Node")), description="Who has the right; of a part: its owner"
    )
    secures: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Node")), description="The contract that it secures"
    )
    amount: Money | None = strawberry.field(description="Null of a registration: it takes all")
    registry_no: str | None
    rank: int | None
    documents: list[Claim] = strawberry.field(description="Who says so, and where")

    @classmethod
    def of(cls, scope: Scope, entry: Entry, currency: str) -> LedgerEntry:
        """The event as the API shows it."""
        record = entry.version.record
        registered = record if isinstance(record, Encumbrance) else None
        return cls(
            on=entry.on,
            event=entry.event,
            record=Entity(scope, entry.version.handle),
            creditor=_party(scope, registered.creditor if registered else getattr(record, "owner", None)),
            secures=_party(scope, registered.secures if registered else None),
            amount=amount_of(entry.amount, currency),
            registry_no=getattr(record, "registry_no", None),
            rank=registered.rank if registered else None,
            documents=_documents(scope, entry.version),
        )


@strawberry.type(
    description="余额时段 · What the asset is worth in a period, what is claimed of it, and what that leaves"
)
class LedgerBalance:
    """A period without a change. Amounts are null where the asset states no value."""

    since: date | None = strawberry.field(description="First day; null: from the beginning")
    until: date | None = strawberry.field(description="The day after the last; null: open")
    value: Money | None = strawberry.field(description="Before any claim, after dilution and what was split off")
    assigned: Money | None = strawberry.field(
        description="Each financing contract once; null: a registration takes all"
    )
    pledged: Money | None
    free: Money | None = strawberry.field(description="max(0, value − claims)")
    lendable: Money | None = strawberry.field(description="At the advance rate asked for, after prior secured debt")
    encumbered_whole: bool = strawberry.field(description="A registration without an amount takes all")
    upper_bound: bool = strawberry.field(description="A fact that nobody states could only lower it")
    missing: list[MissingFact]

    @classmethod
    def of(cls, scope: Scope, period: Period, currency: str) -> LedgerBalance:
        """The period as the API shows it."""
        return cls(
            since=period.since,
            until=period.until,
            value=amount_of(period.value, currency),
            assigned=amount_of(period.assigned, currency),
            pledged=amount_of(period.pledged, currency),
            free=amount_of(period.free, currency),
            lendable=amount_of(period.lendable, currency),
            encumbered_whole=period.encumbered_whole,
            upper_bound=period.at_most,
            missing=[MissingFact.of(scope, fact) for fact in period.missing],
        )


@strawberry.type(description="权利冲突 · Rights that contradict each other")
class LedgerConflict:
    """One contradiction."""

    kind: ConflictKind
    since: date | None
    until: date | None
    claimed: Money | None = strawberry.field(description="Null: no amounts contradict each other")
    available: Money | None
    excess: Money | None
    records: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Record")), description="Those concerned, by id"
    )
    documents: list[Claim]

    @classmethod
    def of(cls, scope: Scope, found: Contradiction, currency: str) -> LedgerConflict:
        """The contradiction as the API shows it."""
        return cls(
            kind=found.kind,
            since=found.since,
            until=found.until,
            claimed=amount_of(found.claimed, currency),
            available=amount_of(found.available, currency),
            excess=amount_of(found.excess, currency),
            records=[Entity(scope, version.handle) for version in found.versions],
            documents=[claim for version in found.versions for claim in _documents(scope, version)],
        )


@strawberry.type(description="权利台账 · Every right to an asset, past and to come, as it is known")
class EncumbranceLedger:
    """From the first day to the last."""

    asset: Any = strawberry.field(graphql_type=derived("Asset"))
    entries: list[LedgerEntry] = strawberry.field(description="By day; none: nothing was ever registered or split off")
    balances: list[LedgerBalance] = strawberry.field(description="By day, each from one change to the next")
    current: LedgerBalance | None = strawberry.field(description="On the day of the view; null: not in force then")
    conflicts: list[LedgerConflict] = strawberry.field(description="None: the rights agree")


@strawberry.type
class LedgerQuestions:
    """The question about the rights to an asset."""

    @question(
        graphql_type=EncumbranceLedger,
        description="权利负担 · Assignments, pledges, splits and releases of an asset; free and lendable at each date; conflicts",
    )
    def encumbrances(
        self, parent: strawberry.Parent[Scope], asset: strawberry.ID, advance_rate: Decimal = Decimal(1)
    ) -> Any:
        parent.check()
        found = encumbrances(parent.view, asset, advance_rate=advance_rate)
        return EncumbranceLedger(
            asset=Entity(parent, found.asset),
            entries=[LedgerEntry.of(parent, entry, found.currency) for entry in found.entries],
            balances=[LedgerBalance.of(parent, period, found.currency) for period in found.balances],
            current=None if found.current is None else LedgerBalance.of(parent, found.current, found.currency),
            conflicts=[LedgerConflict.of(parent, one, found.currency) for one in found.conflicts],
        )
