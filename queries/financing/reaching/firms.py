"""All enterprises of a view as columns, by place in id order, and what each of them still asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from graph.kinds.demand_side import NeedStatus
from graph.kinds.parties import EnterpriseStatus
from graph.kinds.terms import Instrument
from graph.money import Money
from graph.snapshot_columns import NOT_STATED
from graph.snapshot_ids import NUMBER_MASK
from graph.view import View
from queries.columns import is_foreign
from queries.derived import once
from queries.exchange import in_currency, owed_in
from queries.financing.control import control_groups, ultimate_controllers
from queries.financing.need import CLOSED, CONTRACT_AMOUNTS, brought
from queries.ratios import UNLIMITED, UNSTATED, Ints

FIRM: Final = "Enterprise"
NO_DAY: Final = 2**31
"""A need without a day comes after every other."""


@dataclass(frozen=True, slots=True, eq=False)
class Firms:
    """`handles` in id order; a firm is named by its place among them. `struck_off` those that the register has closed."""

    handles: Ints
    struck_off: np.ndarray
    _place: Ints

    @classmethod
    def of(cls, view: View) -> Firms:
        """The firms of a view; made once a view."""
        return once(view, Firms, lambda: cls._made(view))

    @classmethod
    def _made(cls, view: View) -> Firms:
        handles = view.handles(FIRM)
        place = np.full(int((handles & NUMBER_MASK).max(initial=-1)) + 2, -1, np.int64)
        place[handles & NUMBER_MASK] = np.arange(len(handles))
        status = view.ints(handles, "status")
        active = [NOT_STATED, list(EnterpriseStatus).index(EnterpriseStatus.ACTIVE)]
        return cls(handles, ~np.isin(status, active), place)

    def __len__(self) -> int:
        return len(self.handles)

    def places(self, handles: Ints) -> Ints:
        """The place of each handle; -1 of what is no enterprise, or none of these."""
        if not len(self.handles):
            return np.full(len(handles), -1, np.int64)
        ours = (handles >= 0) & (handles >> 32 == self.handles[0] >> 32)
        return np.where(ours, self._place[np.where(ours, handles & NUMBER_MASK, 0)], -1)

    def some(self, places: Ints | Sequence[int]) -> np.ndarray:
        """A mask of these places."""
        mask = np.zeros(len(self), bool)
        mask[np.asarray(places, np.int64)] = True
        return mask

    def among(self, handles: Ints) -> np.ndarray:
        """A mask of those that are among these records."""
        places = self.places(handles)
        return self.some(places[places >= 0])

    def linked(self, view: View, kind: str, targets: Sequence[int]) -> np.ndarray:
        """A mask of those that links of a kind join to any of the targets."""
        _, links = view.expand(kind, "target", np.array(targets, np.int64))
        return self.among(view.refs(links, "source"))


def control(view: View) -> tuple[Ints, Ints]:
    """By firm, the group under whose control it is (-1: none), and who controls it in the end. Made once a view."""

    def make() -> tuple[Ints, Ints]:
        handles = Firms.of(view).handles
        return control_groups(view, handles), ultimate_controllers(view, handles)

    return once(view, control, make)


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """What firms ask for of some instruments, by firm.

    `amount` in 分 (UNLIMITED: it asks for nothing, UNSTATED: in a currency without a rate). Of the need due first: tenors and
    `needed_by`, NOT_STATED where not stated, and by number the class of firms that ask for the same days (`tenor`), or for the same purpose
    (`purpose`, where none is stated and where nothing is asked for being classes of their own).
    """

    amount: Ints
    tenor_min: Ints
    tenor_max: Ints
    needed_by: Ints
    tenor: Ints
    purpose: Ints

    @classmethod
    def of(cls, view: View, serves: tuple[Instrument, ...]) -> Needs:
        """The open needs of these instruments; made once a view."""
        return once(view, (Needs, serves), lambda: cls._made(view, serves))

    @classmethod
    def _made(cls, view: View, serves: tuple[Instrument, ...]) -> Needs:
        firms, every = Firms.of(view), _open(view)
        codes = [list(Instrument).index(one) for one in serves]
        ours = np.isin(every.instrument, codes)
        needs, owner, left = every.needs[ours], every.owner[ours], every.left[ours]
        amount = np.full(len(firms), UNLIMITED)
        asking = np.unique(owner)
        sums = np.zeros(len(firms), np.int64)
        np.add.at(sums, owner, np.maximum(left, 0))
        amount[asking] = sums[asking]
        amount[owner[left == UNSTATED]] = UNSTATED
        needed = view.ints(needs, "needed_by")
        order = np.lexsort((view.rank(needs), np.where(needed == NOT_STATED, NO_DAY, needed), owner))
        firm, first = np.unique(owner[order], return_index=True)
        due = needs[order][first]
        shortest, longest, day = (np.full(len(firms), NOT_STATED) for _ in range(3))
        for name, column in (("tenor_min_days", shortest), ("tenor_max_days", longest), ("needed_by", day)):
            column[firm] = view.ints(due, name)
        texts = view.texts(due, "purpose").to_list()
        place = {text: at for at, text in enumerate(sorted({text for text in texts if text is not None}))}
        purpose = np.full(len(firms), len(place) + 1, np.int64)
        purpose[firm] = [len(place) if text is None else place[text] for text in texts]
        _, at_least = np.unique(shortest, return_inverse=True)
        _, at_most = np.unique(longest, return_inverse=True)
        _, tenor = np.unique(at_least * (len(firms) + 1) + at_most, return_inverse=True)
        return cls(amount, shortest, longest, day, tenor, purpose)


def classes_in(classes: Ints, mask: np.ndarray) -> Iterator[tuple[int, int]]:
    """Each class that firms of a mask are of, and the first of these firms."""
    counts = np.bincount(classes[mask])
    for one in np.flatnonzero(counts).tolist():
        yield one, int(np.argmax(mask & (classes == one)))


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """Needs that still ask for money: of which firm, of which instrument, and how much is left (UNSTATED: without a rate)."""

    needs: Ints
    owner: Ints
    instrument: Ints
    left: Ints


def _open(view: View) -> _Open:
    return once(view, _Open, lambda: _opened(view))


def _opened(view: View) -> _Open:
    needs = view.handles("FinancingNeed")
    owner = Firms.of(view).places(view.refs(needs, "enterprise"))
    closed = [list(NeedStatus).index(status) for status in CLOSED]
    kept = (owner >= 0) & ~np.isin(view.ints(needs, "status"), closed)
    needs, owner = needs[kept], owner[kept]
    amount, unrated = in_currency(view, needs, "amount", owed=True)
    left = np.where(unrated, UNSTATED, amount - _fulfilled(view, needs))
    kept = unrated | (left > 0)
    return _Open(needs[kept], owner[kept], view.ints(needs[kept], "instrument"), left[kept])


def _fulfilled(view: View, needs: Ints) -> Ints:
    """What contracts brought of each need, in 分 of CNY."""
    total = np.zeros(len(needs), np.int64)
    places, links = view.expand("Fulfils", "target", needs)
    if not len(links):
        return total
    amounts, simple = view.ints(links, "amount"), ~is_foreign(view, links, "amount")
    contracts = view.refs(links, "source")
    for code in np.unique(contracts[contracts >= 0] >> 32).tolist():
        here = np.flatnonzero((contracts >> 32 == code) & (contracts >= 0) & (amounts == NOT_STATED))
        name = CONTRACT_AMOUNTS.get(view.kind_of(int(contracts[here][0])).name) if len(here) else None
        if name is not None:
            amounts[here] = view.ints(contracts[here], name)
            simple[here] &= ~is_foreign(view, contracts[here], name)
    np.add.at(total, places, np.where(amounts == NOT_STATED, 0, amounts))
    in_yuan = ~is_foreign(view, needs, "amount")
    # Where a currency comes in, rates do: as one need by itself is told.
    for place in np.unique(places[~simple | ~in_yuan[places]]).tolist():
        money = view.value(int(needs[place]), "amount")
        own, _ = brought(view, links[places == place].tolist(), money.currency)
        whole = in_currency(view, needs[place : place + 1], "amount", owed=True)[0]
        total[place] = own if in_yuan[place] else _converted(view, money, own, int(whole[0]))
    return total


def _converted(view: View, money: Money, own: int, whole: int) -> int:
    """What contracts brought of a need in another currency, as what of its `whole` is not left."""
    if own >= money.minor:
        return whole
    return whole - (owed_in(view, replace(money, minor=money.minor - own)) or 0)
