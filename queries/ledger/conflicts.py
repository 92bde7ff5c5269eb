"""Where the rights to one asset contradict each other, with the amounts and the registrations that do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from graph.history import Version
from graph.kinds.assets import Asset, Voucher
from graph.kinds.contracts import Encumbrance, EncumbranceKind
from graph.records import Term
from queries.ledger.balances import Balance, claim_of
from queries.ledger.timeline import Timeline, is_over


class ConflictKind(Term):
    """How rights to an asset contradict each other."""

    CLAIMS_ABOVE_VALUE = "权利合计超过价值"
    TWO_FIRST_RANKS = "第一顺位重复"
    PARTS_ABOVE_PARENT = "拆分合计超过母凭证"
    ASSIGNMENT_AFTER_PLEDGE = "质押未解除即转让"


@dataclass(frozen=True, slots=True)
class LedgerConflict:
    """One contradiction from `since` (None: the beginning) to before `until` (None: open).

    `claimed` and `available` in 分 where amounts contradict each other (None: they do not, or are not stated), `excess` the difference;
    `versions` the registrations or parts concerned, by id.
    """

    kind: ConflictKind
    since: date | None
    until: date | None
    claimed: int | None
    available: int | None
    versions: tuple[Version, ...]

    @property
    def excess(self) -> int | None:
        """What is claimed beyond what there is."""
        return None if self.claimed is None or self.available is None else self.claimed - self.available


def conflicts_of(timeline: Timeline, balances: Iterable[Balance]) -> tuple[LedgerConflict, ...]:
    """Every contradiction, by beginning, kind and ids; empty: the rights agree."""
    found = [*_above_value(timeline, balances), *_pairs(timeline), *_above_parent(timeline)]
    order = list(ConflictKind).index
    return tuple(
        sorted(
            found,
            key=lambda one: (one.since or date.min, order(one.kind), [version.record.id for version in one.versions]),
        )
    )


def _above_value(timeline: Timeline, balances: Iterable[Balance]) -> Iterator[LedgerConflict]:
    for balance in balances:
        if balance.value is None or balance.assigned is None or balance.pledged is None:
            continue
        claims = balance.assigned + balance.pledged
        if claims > balance.value:
            registered = tuple(timeline.registered_on(balance.since))
            yield LedgerConflict(
                ConflictKind.CLAIMS_ABOVE_VALUE, balance.since, balance.until, claims, balance.value, registered
            )


def _pairs(timeline: Timeline) -> Iterator[LedgerConflict]:
    over = [one for one in timeline.registrations if isinstance(one.record, Encumbrance)]
    for one, other in combinations(over, 2):
        if one.handle == other.handle or claim_of(timeline, one).contract == claim_of(timeline, other).contract:
            continue
        period = _overlap(timeline, one, other)
        if period is None:
            continue
        both = tuple(sorted((one, other), key=lambda version: version.record.id))
        if _rank(one) == _rank(other) == 1:
            yield LedgerConflict(ConflictKind.TWO_FIRST_RANKS, *period, None, None, both)
        if _is_assignment_after_pledge(one, other) or _is_assignment_after_pledge(other, one):
            yield LedgerConflict(ConflictKind.ASSIGNMENT_AFTER_PLEDGE, *period, None, None, both)


def _overlap(timeline: Timeline, one: Version, other: Version) -> tuple[date | None, date | None] | None:
    """The first period in which both registrations are over the asset; None: never."""
    for own in timeline.own:
        three = (own, one, other)
        since = max(version.since or date.min for version in three)
        until = min(version.until or date.max for version in three)
        if since < until and isinstance(own.record, Asset) and is_over(one, own.record) and is_over(other, own.record):
            return (None if since == date.min else since), (None if until == date.max else until)
    return None


def _rank(version: Version) -> int | None:
    record = version.record
    return record.rank if isinstance(record, Encumbrance) else None


def _is_assignment_after_pledge(later: Version, earlier: Version) -> bool:
    """Whether one assigns to somebody what the other, registered before it, has pledged to somebody else."""
    one, other = later.record, earlier.record
    assert isinstance(one, Encumbrance)
    assert isinstance(other, Encumbrance)
    kinds = one.kind is EncumbranceKind.ASSIGNMENT and other.kind is EncumbranceKind.PLEDGE
    return kinds and one.creditor != other.creditor and _registered(earlier) < _registered(later)


def _registered(version: Version) -> date:
    """The day of a registration; one without a day counts as from the beginning."""
    record = version.record
    assert isinstance(record, Encumbrance)
    return record.registered_on or version.since or date.min


def _above_parent(timeline: Timeline) -> Iterator[LedgerConflict]:
    days = timeline.days
    for day, following in zip(days, [*days[1:], None], strict=True):
        asset = timeline.asset_on(day)
        if not isinstance(asset, Voucher):
            continue
        parts = timeline.parts_on(day)
        faces = (one.record.face for one in parts if isinstance(one.record, Voucher))
        total = sum(face.minor for face in faces if face.currency == asset.face.currency)
        if total > asset.face.minor:
            yield LedgerConflict(ConflictKind.PARTS_ABOVE_PARENT, day, following, total, asset.face.minor, tuple(parts))
