"""encumbrances: an asset's ledger, every right to it from the first day to the last, and what each left to be financed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from graph.errors import InvalidInput
from graph.history import Version
from graph.kinds.assets import Asset, Voucher
from graph.kinds.contracts import Encumbrance
from graph.money import Money
from graph.records import Term
from graph.values import millionths
from graph.view import View
from queries.ledger.balances import Balance, balances_of, claimed, currency_of
from queries.ledger.conflicts import LedgerConflict, conflicts_of
from queries.ledger.timeline import Timeline, timeline_of


class LedgerEvent(Term):
    """What happens to the rights to an asset."""

    ASSIGNMENT = "转让"
    PLEDGE = "质押"
    MORTGAGE = "抵押"
    RETENTION = "所有权保留"
    SPLIT = "拆分"
    AMENDMENT = "变更"
    RELEASE = "解除"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One event. `on` None: no day is stated; `version` the registration or part as it was made, of a release as it last was.

    `amount` in 分 of the asset's currency; None of a registration: it takes all, or its amount has no rate to that currency.
    """

    on: date | None
    event: LedgerEvent
    version: Version
    amount: int | None


@dataclass(frozen=True, slots=True)
class EncumbranceLedger:
    """The ledger of an asset; `current` its balance on the view's day, None where it is not in force then.

    No entries: nothing was ever registered over it nor split from it. No conflicts: the rights agree.
    """

    asset: int
    currency: str
    entries: tuple[LedgerEntry, ...]
    balances: tuple[Balance, ...]
    current: Balance | None
    conflicts: tuple[LedgerConflict, ...]


def encumbrances(view: View, asset: str, *, advance_rate: Decimal = Decimal(1)) -> EncumbranceLedger:
    """The ledger of an asset as the view knows it, past and future days included.

    Parameters
    ----------
    advance_rate
        α by which `lendable` is counted, above 0 and at most 1, to 6 places; a product's own is what its paths use.

    Raises
    ------
    InvalidInput, NotFound
        For an id that is no asset's, or not in the view, and an advance rate outside its range.

    Notes
    -----
    Cost: each registration that was ever made over the asset, once for each day on which anything changed.
    """
    handle = view.require(asset, "Asset", at="asset")
    if not 0 < advance_rate <= 1 or advance_rate != round(advance_rate, 6):
        raise InvalidInput(f"advanceRate is {advance_rate}; give a share above 0 and at most 1, to 6 places")
    timeline = timeline_of(view, handle)
    balances = balances_of(timeline, millionths(advance_rate))
    record = view.record(handle)
    assert isinstance(record, Asset)
    return EncumbranceLedger(
        handle,
        currency_of(record),
        tuple(sorted(_entries(timeline), key=_order)),
        balances,
        next((one for one in balances if _holds(one, view.as_of)), None),
        conflicts_of(timeline, balances),
    )


def _holds(balance: Balance, day: date) -> bool:
    return (balance.since or date.min) <= day and (balance.until is None or day < balance.until)


def _entries(timeline: Timeline) -> Iterator[LedgerEntry]:
    for versions in _histories(timeline.registrations):
        first = versions[0].record
        assert isinstance(first, Encumbrance)
        amounts = [claimed(timeline, one).value for one in versions]
        yield from _life(versions, amounts, LedgerEvent[first.kind.name], first.registered_on)
    for versions in _histories(timeline.parts):
        first = versions[0].record
        assert isinstance(first, Voucher)
        yield from _life(versions, [_face(one).minor for one in versions], LedgerEvent.SPLIT, first.issued_on)


def _life(
    versions: list[Version], amounts: list[int | None], made: LedgerEvent, made_on: date | None
) -> Iterator[LedgerEntry]:
    """What became of a registration or part: that it was made, each change of its terms, its end, and whether it was made again."""
    for version, amount, before in zip(versions, amounts, [None, *versions], strict=False):
        if before is None:
            yield LedgerEntry(made_on or version.since, made, version, amount)
        elif before.until == version.since:
            yield LedgerEntry(version.since, LedgerEvent.AMENDMENT, version, amount)
        else:
            yield LedgerEntry(before.until, LedgerEvent.RELEASE, before, amount)
            yield LedgerEntry(version.since, made, version, amount)
    if versions[-1].until is not None:
        yield LedgerEntry(versions[-1].until, LedgerEvent.RELEASE, versions[-1], amounts[-1])


def _face(version: Version) -> Money:
    assert isinstance(version.record, Voucher)
    return version.record.face


def _histories(versions: tuple[Version, ...]) -> list[list[Version]]:
    """Versions by record, each from its beginning."""
    found: dict[int, list[Version]] = {}
    for version in versions:
        found.setdefault(version.handle, []).append(version)
    return list(found.values())


def _order(entry: LedgerEntry) -> tuple[date, str, int]:
    return entry.on or date.min, entry.version.record.id, list(LedgerEvent).index(entry.event)
