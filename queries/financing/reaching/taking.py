"""Which firms an offer takes, and what bounds it whoever the firm is, for all firms at once.

What does not depend on the firm is asked of one firm and holds for all. Each gate that looks at a firm is asked of one firm of each
class that it can tell apart. Firms that stand apart are appraised one by one, and so is whatever has a gate that is not known here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, cast

import numpy as np

from graph.kinds.policy import TermSubject
from graph.money import Money
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.derived import once
from queries.financing.appraisal import Appraisal
from queries.financing.candidates import Candidate
from queries.financing.cases import Case
from queries.financing.control import control_of, legal_entity
from queries.financing.gates.of_offer import is_finance_company, subjects
from queries.financing.gates.of_terms import days_in_common, least_amount
from queries.financing.gates.table import GATES
from queries.financing.limits.constraints import Constraint
from queries.financing.limits.of_term import within_terms
from queries.financing.limits.regulatory import statutory_totals
from queries.financing.limits.table import LIMITS
from queries.financing.need import NeedAsked
from queries.financing.reaching.apart import OWN, apart, room
from queries.financing.reaching.firms import Firms, Needs, classes_in, control
from queries.financing.reaching.heads import Family, Head, Tail
from queries.financing.reaching.lately import lately
from queries.financing.reaching.rules import excluded
from queries.financing.reaching.trade import Trade
from queries.financing.supports import ways_to_support
from queries.financing.terms import ConstraintKind, Gate, Ternary
from queries.ratios import UNLIMITED, Ints, share_of

ALIKE: Final = (Gate.LICENCE, Gate.PRODUCT_OPEN, Gate.CURRENCY)
"""Gates that answer every firm alike, but for the finance company of a group."""
KNOWN: Final = frozenset(
    {*ALIKE, Gate.ELIGIBILITY, Gate.TENOR, Gate.TIMING, Gate.PURPOSE, Gate.LIMIT, Gate.RELATED_PARTY_TRADE}
)
NEVER: Final = 2**40
"""In days: later than any, or longer."""
HEADS: Final = 128
"""So many heads' takings are kept with a view."""
ANY_NEED: Final = NeedAsked(Money(1))
"""For what does not depend on the need."""
VOUCHERS: Final = frozenset({TermSubject.VOUCHER})
PAYMENTS: Final = frozenset({TermSubject.SME_PAYMENT})


@dataclass(frozen=True, eq=False)
class Taking:
    """What one head of a family takes.

    No gate says no to firms that it `takes`, nor to those `apart`, whose limits are to be looked at one by one. `bound` what the offer
    brings at most in 分, where all of its limits are `stated`; `least` what it brings at least, if anything. `first` the terms in days
    of the last link to the anchor that the firms of a class admit (None: any), with the masks of the classes.
    """

    takes: np.ndarray
    apart: np.ndarray
    bound: int
    stated: bool
    least: int
    rate: int
    first: tuple[tuple[frozenset[int] | None, np.ndarray], ...] = ()


@dataclass(eq=False)
class Takings:
    """What heads take, for one question; `needs` those that a technique serves."""

    view: View
    firms: Firms = field(init=False)
    kept: dict[object, object] = field(default_factory=dict)
    _appraisals: dict[int, Appraisal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.firms = Firms.of(self.view)

    def needs(self, family: Family) -> Needs:
        """What firms ask for of what a family serves."""
        return Needs.of(self.view, family.spine.serves or family.row.serves)

    def appraisal(self, place: int) -> Appraisal:
        """The appraisal of one firm by its own needs, kept for the question."""
        found = self._appraisals.get(place)
        if found is None:
            found = self._appraisals[place] = Appraisal(self.view, int(self.firms.handles[place]))
        return found

    def of(self, family: Family, head: Head, more: Collection[Gate] = (), row: int = -1) -> Taking | None:
        """What a head takes; None where it is not told on columns. Of records with one of them, whose own gates are told (`more`)."""
        if not KNOWN.union(more).issuperset(family.spine.gates):
            return None
        if row >= 0:
            self.kept["row", family, head] = row
        key = (family.row.technique, family.spine, family.tail, head)
        return lately(self.view, "takings", key, HEADS, lambda: self._taking(family, head))

    def _taking(self, family: Family, head: Head) -> Taking:
        takes = self.outside(head.nodes[0]).copy()
        if Gate.ELIGIBILITY in family.spine.gates:
            takes &= ~self.firms.struck_off
        if not takes.any():
            return Taking(takes, np.zeros(len(takes), bool), UNLIMITED, True, 1, MILLION)
        case = self._case(family, head, int(np.argmax(takes)))
        alone = apart(case)
        if (takes & ~alone).any():
            case = self._case(family, head, int(np.argmax(takes & ~alone)))
        takes &= self._licensed(family, head, case)
        for gate, narrow in NARROWED.items():
            if gate in family.spine.gates and takes.any():
                narrow(self, family, head, case, takes)
        found = self._constraints(family, case)
        bound, stated = _bound(found)
        if family.tail is Tail.OPEN and not any(one.applies for one in found):
            stated = False
        least = max(1, least_amount(case) or 0) if Gate.LIMIT in family.spine.gates else 0
        if not (takes & ~alone).any():
            bound, stated = UNLIMITED, False
        elif bound < least:
            # What is too little for all is too little for those apart, whose own limits come on top.
            takes = np.zeros(len(takes), bool)
        rate = MILLION if case.rate is None else case.rate
        first = tuple(self._first_terms(family, head, takes)) if family.tail is Tail.CHAIN else ()
        return Taking(takes & ~alone, alone & takes, bound, stated, least, rate, first)

    def one(self, family: Family, head: Head, place: int, most: int, taking: Taking) -> tuple[int, bool]:
        """What a head of a chain brings a firm that stands apart at most, and whether that is stated; of its own limits no more is asked
        than whether they leave room for `most`."""
        if self.leaves(family, head, place, most, taking):
            return taking.bound, True
        return _bound(self._constraints(family, self._at_large(family, head, place)))

    def leaves(self, family: Family, head: Head, place: int, amount: int, taking: Taking) -> bool:
        """Whether the limits of the lender that a firm draws on are known to leave room for an amount. What they leave is kept with the
        view, by lender and firm."""
        known = self.rooms(head)
        if known[place] < 0:
            known[place] = room(self._at_large(family, head, place))
        return taking.stated and share_of(int(known[place]), taking.rate) >= amount

    def rooms(self, head: Head) -> Ints:
        """By firm, what the limits of a head's lender are known to leave it, in 分; -1: nobody has looked. Kept with the view."""
        key = (Takings.rooms, legal_entity(self.view, head.nodes[0]))
        return once(self.view, key, lambda: np.full(len(self.firms), -1, np.int64))

    def _at_large(self, family: Family, head: Head, place: int) -> Case:
        """The case of a firm, whatever it needs."""
        appraisal = Appraisal(self.view, int(self.firms.handles[place]), ANY_NEED)
        return self._case(family, head, place, appraisal=appraisal)

    @staticmethod
    def _constraints(family: Family, case: Case) -> list[Constraint]:
        """What bounds a case whichever chain leads to it, but for the need."""
        found = [one for kind in family.spine.limits if kind not in OWN for one in LIMITS[kind](case)]
        return [*found, *statutory_totals(case)] if ConstraintKind.SINGLE_NAME in family.spine.limits else found

    def breaks_term(self, family: Family, head: Head, link: int) -> bool:
        """Whether a hard rule on terms of payment forbids a link, by its place in the trade."""
        trade, handles = Trade.of(self.view), self.firms.handles
        seller, buyer = int(handles[trade.seller[link]]), int(handles[trade.buyer[link]])
        chain = [seller] * family.least
        nodes = (*head.nodes[:-1], buyer, *chain)
        links = (*head.links, *[int(trade.handles[link])] * family.least)
        appraisal = self.appraisal(int(trade.seller[link]))
        case = Case(appraisal, Candidate(family.row, family.spine, nodes, links))
        return within_terms(case, PAYMENTS).answer is Ternary.NO

    def open_to(self, head: Head) -> np.ndarray:
        """The firms that the source of a head may finance at all."""
        return np.asarray(self.outside(head.nodes[0]) & ~self.firms.struck_off)

    def outside(self, source: int) -> np.ndarray:
        """The firms that are not under one control with a source (of a finance company all), kept for the question."""
        if ("outside", source) not in self.kept:
            self.kept["outside", source] = self._outside(source)
        found = self.kept["outside", source]
        assert isinstance(found, np.ndarray)
        return found

    def _licensed(self, family: Family, head: Head, case: Case) -> np.ndarray:
        """The firms to which the gates that answer all alike say nothing against; a finance company's own group may be another thing."""
        every = np.ones(len(self.firms), bool)
        gates = [gate for gate in ALIKE if gate in family.spine.gates]
        mates = self._of_finance_company(case)
        for mask in (mates, ~mates):
            if mask.any():
                trial = self._case(family, head, int(np.argmax(mask)))
                if not all(self._passes(gate, trial) for gate in gates):
                    every &= ~mask
        return every

    def _outside(self, source: int) -> np.ndarray:
        """The firms that are not under one control with a source; of a finance company all."""
        entity = legal_entity(self.view, source)
        if is_finance_company(self.view, source):
            return np.ones(len(self.firms), bool)
        groups, tops = control(self.view)
        found = control_of(self.view, entity)
        group, top = found.group, found.top
        return np.asarray((tops != top) & ((groups != group) | (groups < 0)))

    def _of_finance_company(self, case: Case) -> np.ndarray:
        """The firms of the group of a finance company, which it may finance where it may not finance others."""
        if not is_finance_company(self.view, case.source):
            return np.zeros(len(self.firms), bool)
        groups, _ = control(self.view)
        group = control_of(self.view, case.lender).group
        return np.asarray((groups == group) & (groups >= 0))

    def _case(
        self, family: Family, head: Head, place: int, first: int = -1, appraisal: Appraisal | None = None
    ) -> Case:
        """The case of one firm: over a chain the shortest there could be, with this link to the anchor."""
        appraisal, nodes, links = appraisal or self.appraisal(place), head.nodes, head.links
        if family.tail is Tail.CHAIN:
            trade = Trade.of(self.view)
            link = int(trade.handles[max(first, 0)]) if len(trade.handles) else -1
            middle = [int(self.firms.handles[trade.seller[max(first, 0)]])] * (family.least - 1) if link >= 0 else []
            nodes, links = (*nodes, *middle), (*links, *[link] * family.least)
        elif family.tail is Tail.RECORDS:
            row = cast(int, self.kept["row", family, head])
            nodes = (*nodes, *family.nodes[row, :-1].tolist())
            links = (*links, *family.links[row].tolist())
        else:
            links = (*links, -1)
        bare = Candidate(family.row, family.spine, (*nodes, appraisal.beneficiary), links)
        supports = next(iter(ways_to_support(appraisal, bare)))
        return Case(appraisal, Candidate(family.row, family.spine, bare.nodes, links, supports))

    @staticmethod
    def _passes(gate: Gate, case: Case) -> bool:
        return GATES[gate](case).answer is not Ternary.NO

    def _by_rules(self, family: Family, head: Head, case: Case, plain: np.ndarray) -> None:
        amounts = Needs.of(self.view, family.row.serves).amount
        for subject, kind in subjects(case):
            plain &= ~excluded(self.view, kind, subject, amounts, family.row.serves[0])
        if plain.any() and not self._passes(Gate.ELIGIBILITY, self._case(family, head, int(np.argmax(plain)))):
            plain[:] = False

    def _by_tenor(self, family: Family, head: Head, case: Case, plain: np.ndarray) -> None:
        if family.tail is Tail.OPEN:
            self._by_class(family, head, Gate.TENOR, self.needs(family).tenor, plain)

    def _by_timing(self, family: Family, head: Head, case: Case, plain: np.ndarray) -> None:
        needed = self.needs(family).needed_by
        days = np.unique(needed[plain]).tolist()

        def passes(day: int) -> bool:
            place = int(np.argmax(plain & (needed == day)))
            return self._passes(Gate.TIMING, self._case(family, head, place))

        if days[0] == NOT_STATED and not passes(days.pop(0)):
            plain &= needed != NOT_STATED
        # What comes in time for one day does for every later one.
        late = bisect_left(days, True, key=passes)
        plain &= (needed == NOT_STATED) | (needed >= (days[late] if late < len(days) else NEVER))

    def _by_purpose(self, family: Family, head: Head, case: Case, plain: np.ndarray) -> None:
        self._by_class(family, head, Gate.PURPOSE, self.needs(family).purpose, plain)

    def _by_class(self, family: Family, head: Head, gate: Gate, classes: Ints, plain: np.ndarray) -> None:
        for one, place in classes_in(classes, plain):
            if not self._passes(gate, self._case(family, head, place)):
                plain &= classes != one

    def _first_terms(
        self, family: Family, head: Head, plain: np.ndarray
    ) -> Iterator[tuple[frozenset[int] | None, np.ndarray]]:
        """The classes of firms by what they admit as the term of the last link to the anchor."""
        found: dict[frozenset[int] | None, np.ndarray] = {}
        classes = self.needs(family).tenor
        for one, place in classes_in(classes, plain):
            admitted = self._admitted(family, head, place)
            mask = plain & (classes == one)
            found[admitted] = found[admitted] | mask if admitted in found else mask
        yield from ((admitted, mask) for admitted, mask in found.items() if admitted is None or admitted)

    def _admitted(self, family: Family, head: Head, place: int) -> frozenset[int] | None:
        """The terms of the last link to the anchor that fit the days that a firm asks for; None: all that there are."""
        key = ("admitted", family.spine, head, int(self.needs(family).tenor[place]))
        if key not in self.kept:
            self.kept[key] = self._fitting(family, head, place)
        found = self.kept[key]
        assert found is None or isinstance(found, frozenset)
        return found

    def _fitting(self, family: Family, head: Head, place: int) -> frozenset[int] | None:
        trade, anchor = Trade.of(self.view), self.firms.places(np.array([head.nodes[-1]]))
        links = trade.of_buyers(anchor[anchor >= 0])
        terms, at = np.unique(trade.term[links], return_index=True)
        if Gate.TENOR not in family.spine.gates:
            return None
        cases = [self._case(family, head, place, link) for link in links[at].tolist()]
        if any(within_terms(case, VOUCHERS).answer is Ternary.NO for case in cases):
            return frozenset()
        met = [
            term
            for term, case in zip(terms.tolist(), cases, strict=True)
            if days_in_common(case).answer is not Ternary.NO
        ]
        return None if len(met) == len(cases) else frozenset(met)


Narrowing = Callable[[Takings, Family, Head, Case, np.ndarray], None]
NARROWED: Final[dict[Gate, Narrowing]] = {
    Gate.ELIGIBILITY: Takings._by_rules,
    Gate.TENOR: Takings._by_tenor,
    Gate.TIMING: Takings._by_timing,
    Gate.PURPOSE: Takings._by_purpose,
}
"""Gates that look at the firm, and how each narrows a mask of firms in place."""


def _bound(found: list[Constraint]) -> tuple[int, bool]:
    """The least that stated limits admit, and whether all are stated."""
    admitted = [one.admits for one in found if one.applies]
    stated = [one for one in admitted if one is not None]
    return min([UNLIMITED, *stated]), len(stated) == len(admitted)
