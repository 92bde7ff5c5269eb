"""What may be had together by what is recorded: exclusions, dependencies, and caps over several supports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from graph.dependencies import cycles
from graph.kinds.stacking import SupportCap
from graph.kinds.supply_side import CapPeriod, Subsidy, VoucherScheme
from graph.view import View
from queries.derived import offer_record, once
from queries.tally import Amount, amount_of


class Bond(NamedTuple):
    """Another support, and the record that ties the two."""

    other: int
    clause: int


@dataclass(frozen=True, slots=True)
class StatedCap:
    """A cap: the record that states it, on what, how much (None: no amount), how many (None: any), and over what time."""

    clause: int
    members: frozenset[int]
    amount: Amount | None
    count: int | None
    period: CapPeriod | None


@dataclass(frozen=True, slots=True)
class Relations:
    """By support what it excludes, either way, and what it requires; and the caps, those on one support alone first.

    `circular` supports that require themselves by way of others: nobody can have one.
    """

    excludes: Mapping[int, tuple[Bond, ...]]
    requires: Mapping[int, tuple[Bond, ...]]
    caps: tuple[StatedCap, ...]
    circular: frozenset[int]


def relations(view: View) -> Relations:
    """What is recorded in a view; made once."""
    return once(view, Relations, lambda: _made(view))


def _made(view: View) -> Relations:
    excludes: dict[int, list[Bond]] = {}
    requires: dict[int, list[Bond]] = {}
    for link in view.handles("Excludes").tolist():
        source, target = view.ref(link, "source"), view.ref(link, "target")
        if min(source, target) >= 0 and source != target:
            excludes.setdefault(source, []).append(Bond(target, link))
            excludes.setdefault(target, []).append(Bond(source, link))
    for link in view.handles("Requires").tolist():
        source, target = view.ref(link, "source"), view.ref(link, "target")
        if min(source, target) >= 0:
            requires.setdefault(source, []).append(Bond(target, link))
    members: dict[int, set[int]] = {}
    for link in view.handles("CappedBy").tolist():
        source, target = view.ref(link, "source"), view.ref(link, "target")
        if min(source, target) >= 0:
            members.setdefault(target, set()).add(source)
    return Relations(
        {one: tuple(bonds) for one, bonds in excludes.items()},
        {one: tuple(bonds) for one, bonds in requires.items()},
        (
            *_own_caps(view),
            *(_shared(view, cap, members.get(cap, set())) for cap in view.handles("SupportCap").tolist()),
        ),
        frozenset(_circular(view, requires)),
    )


def _circular(view: View, requires: Mapping[int, Sequence[Bond]]) -> Iterator[int]:
    edges = [(view.id_of(one), view.id_of(bond.other)) for one, bonds in requires.items() for bond in bonds]
    return (view.find(member) for members, _ in cycles(edges) for member in members)


def _own_caps(view: View) -> list[StatedCap]:
    """What each support by itself gives one enterprise at most in a period."""
    subsidies = [(one, offer_record(view, one, Subsidy)) for one in view.handles("Subsidy").tolist()]
    schemes = [(one, offer_record(view, one, VoucherScheme)) for one in view.handles("VoucherScheme").tolist()]
    stated = [(one, record.per_enterprise_cap, "perEnterpriseCap", record.cap_period) for one, record in subsidies]
    stated += [(one, record.per_firm_max, "perFirmMax", record.cap_period) for one, record in schemes]
    return [
        StatedCap(one, frozenset({one}), amount_of(money, one, name, view=view), None, period)
        for one, money, name, period in stated
        if money is not None
    ]


def _shared(view: View, handle: int, members: set[int]) -> StatedCap:
    record = offer_record(view, handle, SupportCap)
    amount = None if record.amount is None else amount_of(record.amount, handle, "amount", view=view)
    return StatedCap(handle, frozenset(members), amount, record.count, record.period)
