"""An asset through time, with every registration over it and every part split from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from graph.history import Version, ever_held, versions
from graph.kinds.assets import Asset, Receivable, Voucher
from graph.kinds.contracts import Encumbrance
from graph.view import View


@dataclass(frozen=True, eq=False)
class Timeline:
    """What is known of an asset: its own versions, those of the registrations over it, of the parts split from it, and of what it was
    split from (`lineage`, nearest first). Each list by beginning, then id.
    """

    view: View
    asset: int
    own: tuple[Version, ...]
    registrations: tuple[Version, ...]
    parts: tuple[Version, ...]
    lineage: tuple[tuple[Version, ...], ...]

    @cached_property
    def days(self) -> list[date | None]:
        """The days on which something begins or ends, earliest first; None: the beginning."""
        found: set[date | None] = set()
        for version in (*self.own, *self.registrations, *self.parts, *(one for line in self.lineage for one in line)):
            found |= {version.since} | ({version.until} if version.until is not None else set())
        found |= {due + timedelta(days=1) for due in self._due_days() if due != date.max}
        return sorted(found, key=lambda day: day or date.min)

    def _due_days(self) -> set[date]:
        vouchers = (one.record for line in (self.own, *self.lineage) for one in line)
        return {one.due_on for one in vouchers if isinstance(one, Voucher) and one.due_on is not None}

    def asset_on(self, day: date | None) -> Asset | None:
        """The asset on a day; None where it was not in force."""
        found = covering(self.own, day)
        return found.record if found is not None and isinstance(found.record, Asset) else None

    def registered_on(self, day: date | None) -> list[Version]:
        """The registrations over the asset on a day, blanket ones of its owner of that day among them; by id."""
        asset = self.asset_on(day)
        here = [one for one in self.registrations if covers(one, day) and asset is not None and is_over(one, asset)]
        return sorted(here, key=lambda one: one.record.id)

    def parts_on(self, day: date | None) -> list[Version]:
        """The parts split from the asset that stand on a day; by id."""
        asset = self.asset_on(day)
        parts = [one for one in self.parts if covers(one, day) and asset is not None]
        return sorted((one for one in parts if _parent(one) == self.own[0].record.id), key=lambda one: one.record.id)

    def root_on(self, day: date | None) -> Voucher | None:
        """The voucher that the asset was split from in the end, on a day: itself where it is a root."""
        line = [covering(versions, day) for versions in (self.own, *self.lineage)]
        found = [one.record for one in line if one is not None and isinstance(one.record, Voucher)]
        return found[-1] if found else None


def timeline_of(view: View, asset: int) -> Timeline:
    """All that the view knows of an asset and of the rights to it, on every day. Cost: what is registered over it, one by one."""
    own = tuple(versions(view, asset))
    handles = dict.fromkeys(ever_held(view, "Encumbrance", "asset", asset).tolist())
    if view.has_kind(asset, "Receivable"):
        for owner in dict.fromkeys(one.record.owner for one in own if isinstance(one.record, Receivable)):
            holder = view.locate(owner)
            if holder >= 0:
                handles |= dict.fromkeys(ever_held(view, "Encumbrance", "grantor", holder).tolist())
    registrations = [one for handle in handles for one in versions(view, handle) if _concerns(one, own)]
    parts: list[Version] = []
    lineage: list[tuple[Version, ...]] = []
    if view.has_kind(asset, "Voucher"):
        children = ever_held(view, "Voucher", "parent", asset).tolist()
        parts = [one for handle in children for one in versions(view, handle)]
        lineage = _lineage(view, asset)
    return Timeline(view, asset, own, _by_beginning(registrations), _by_beginning(parts), tuple(lineage))


def covering(found: Iterable[Version], day: date | None) -> Version | None:
    """The version of a record that holds on a day."""
    return next((one for one in found if covers(one, day)), None)


def covers(version: Version, day: date | None) -> bool:
    """Whether a version holds on a day; None: the beginning."""
    begun = version.since is None or (day is not None and version.since <= day)
    return begun and (version.until is None or day is None or day < version.until)


def is_over(version: Version, asset: Asset) -> bool:
    """Whether a registration is over this asset, by itself or as one of all receivables of its owner."""
    record = version.record
    if not isinstance(record, Encumbrance):
        return False
    blanket = record.blanket is True and record.grantor == asset.owner and isinstance(asset, Receivable)
    return record.asset == asset.id or blanket


def _concerns(version: Version, own: tuple[Version, ...]) -> bool:
    return any(is_over(version, one.record) for one in own if isinstance(one.record, Asset))


def _lineage(view: View, part: int) -> list[tuple[Version, ...]]:
    found: list[tuple[Version, ...]] = []
    seen = {part}
    parent = view.ref(part, "parent")
    while parent >= 0 and parent not in seen:
        seen.add(parent)
        found.append(tuple(versions(view, parent)))
        parent = view.ref(parent, "parent")
    return found


def _parent(version: Version) -> str | None:
    record = version.record
    return record.parent if isinstance(record, Voucher) else None


def _by_beginning(found: Iterable[Version]) -> tuple[Version, ...]:
    return tuple(sorted(found, key=lambda one: (one.since or date.min, one.record.id)))
