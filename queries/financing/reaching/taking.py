"""Which firms an offer takes, and what bounds it whoever the firm is, for all firms at once.

What does not depend on the firm is asked of one firm and holds for all. Each gate that looks at a firm is asked of one firm of each
class that it can tell apart. Firms that stand apart are appraised one by one, and so is whatever has a gate that is not known here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from graph.kinds.policy import TermSubject
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
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
from queries.financing.reaching.apart import apart
from queries.financing.reaching.firms import Firms, Needs, control
from queries.financing.reaching.heads import Family, Head, Tail
from queries.financing.reaching.rules import excluded
from queries.financing.reaching.trade import Trade
from queries.financing.supports import ways_to_support
from queries.financing.terms import ConstraintKind, Gate, Ternary
from queries.ratios import UNLIMITED

OWN: Final = frozenset({ConstraintKind.NEED, ConstraintKind.LINK_WIDTH, ConstraintKind.TERM_RULE})
"""Limits that are measured by firm or by link."""
ALIKE: Final = (Gate.LICENCE, Gate.PRODUCT_OPEN, Gate.CURRENCY)
"""Gates that answer every firm alike, but for the finance company of a group."""
KNOWN: Final = frozenset(
    {*ALIKE, Gate.ELIGIBILITY, Gate.TENOR, Gate.TIMING, Gate.PURPOSE, Gate.LIMIT, Gate.RELATED_PARTY_TRADE}
)
NEVER: Final = 2**40
ASKED: Final = KNOWN - {Gate.TENOR, Gate.LIMIT, Gate.RELATED_PARTY_TRADE}
"""Gates that are asked of one firm as they are, whichever chain leads to it."""
VOUCHERS: Final = frozenset({TermSubject.VOUCHER})
PAYMENTS: Final = frozenset({TermSubject.SME_PAYMENT})


@dataclass(frozen=True, eq=False)
class Taking:
    """What one head of a family takes.

    `takes` by firm: no gate says no; `apart` by firm: it is to be appraised by itself, and `takes` says nothing of it. `bound` what the
    offer brings at most in 分, where all of its limits are `stated`; `least` what it brings at least, if anything. `first` the terms in
    days of the last link to the anchor that the firms of a class admit (None: any), with the masks of the classes.
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

    def of(self, family: Family, head: Head) -> Taking | None:
        """What a head takes; None where it is not told on columns."""
        if not KNOWN.issuperset(family.spine.gates):
            return None
        takes = self.outside(head.nodes[0]).copy()
        if Gate.ELIGIBILITY in family.spine.gates:
            takes &= ~self.firms.struck_off
        if not takes.any():
            return Taking(takes, np.zeros(len(takes), bool), UNLIMITED, True, 1, MILLION)
        trial = self._case(family, head, int(np.argmax(takes)))
        alone = apart(trial) | self._of_finance_company(trial)
        plain = takes & ~alone
        if not plain.any():
            bare = self._taking(family, head, trial, takes, alone)
            return replace(bare, bound=UNLIMITED, stated=False)
        case = self._case(family, head, int(np.argmax(plain)))
        return self._taking(family, head, case, takes, alone)

    def one(self, family: Family, head: Head, place: int) -> Taking:
        """What a head of a chain takes of one firm: `takes` and `first` of it alone."""
        case = self._case(family, head, place)
        takes = self.firms.some([place])
        for gate in family.spine.gates:
            if gate in ASKED and not self._passes(gate, case):
                takes[place] = False
        return self._bounded(family, head, case, takes, np.zeros(len(takes), bool))

    def _taking(self, family: Family, head: Head, case: Case, takes: np.ndarray, alone: np.ndarray) -> Taking:
        alike = all(self._passes(gate, case) for gate in ALIKE if gate in family.spine.gates)
        plain = takes & ~alone & alike
        for gate, narrow in NARROWED.items():
            if gate in family.spine.gates and plain.any():
                narrow(self, family, head, case, plain)
        return self._bounded(family, head, case, plain, alone & takes)

    def _bounded(self, family: Family, head: Head, case: Case, plain: np.ndarray, alone: np.ndarray) -> Taking:
        found = [one for kind in family.spine.limits if kind not in OWN for one in LIMITS[kind](case)]
        if ConstraintKind.SINGLE_NAME in family.spine.limits:
            found += statutory_totals(case)
        bound, stated = _bound(found)
        if family.tail is Tail.OPEN and not any(one.applies for one in found):
            stated = False
        least = max(1, least_amount(case) or 0) if Gate.LIMIT in family.spine.gates else 0
        if bound < least:
            plain = np.zeros(len(plain), bool)
        rate = MILLION if case.rate is None else case.rate
        first = tuple(self._first_terms(family, head, plain)) if family.tail is Tail.CHAIN else ()
        return Taking(plain, alone, bound, stated, least, rate, first)

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

    def outside(self, source: int) -> np.ndarray:
        """`_outside` of a source, kept for the question."""
        if ("outside", source) not in self.kept:
            self.kept["outside", source] = self._outside(source)
        found = self.kept["outside", source]
        assert isinstance(found, np.ndarray)
        return found

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

    def _case(self, family: Family, head: Head, place: int, first: int = -1) -> Case:
        """The case of one firm: over a chain the shortest there could be, with this link to the anchor."""
        appraisal, nodes, links = self.appraisal(place), head.nodes, head.links
        if family.tail is Tail.CHAIN:
            trade = Trade.of(self.view)
            link = int(trade.handles[max(first, 0)]) if len(trade.handles) else -1
            middle = [int(self.firms.handles[trade.seller[max(first, 0)]])] * (family.least - 1) if link >= 0 else []
            nodes, links = (*nodes, *middle), (*links, *[link] * family.least)
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
            for place, mask in self._tenor_classes(family, plain):
                if not self._passes(Gate.TENOR, self._case(family, head, place)):
                    plain &= ~mask

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
        needs = self.needs(family)
        # A need without a purpose is one thing, no need at all another.
        classes = np.where(needs.amount >= UNLIMITED, -2, needs.purpose)
        for one in np.unique(classes[plain]).tolist():
            mask = classes == one
            if not self._passes(Gate.PURPOSE, self._case(family, head, int(np.argmax(mask & plain)))):
                plain &= ~mask

    def _tenor_classes(self, family: Family, plain: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """A firm of each class of tenors asked for, and the class."""
        needs = self.needs(family)
        key = np.unique(needs.tenor_min, return_inverse=True)[1] * (len(plain) + 1)
        key = key + np.unique(needs.tenor_max, return_inverse=True)[1]
        for one in np.unique(key[plain]).tolist():
            mask = key == one
            yield int(np.argmax(mask & plain)), mask

    def _first_terms(
        self, family: Family, head: Head, plain: np.ndarray
    ) -> Iterator[tuple[frozenset[int] | None, np.ndarray]]:
        """The classes of firms by what they admit as the term of the last link to the anchor."""
        trade, anchor = Trade.of(self.view), self.firms.places(np.array([head.nodes[-1]]))
        links = trade.of_buyers(anchor[anchor >= 0])
        terms, at = np.unique(trade.term[links], return_index=True)
        if Gate.TENOR not in family.spine.gates or not len(links):
            yield None, plain
            return
        classes: dict[frozenset[int] | None, np.ndarray] = {}
        for place, mask in self._tenor_classes(family, plain):
            cases = {
                term: self._case(family, head, place, int(link))
                for term, link in zip(terms.tolist(), links[at].tolist(), strict=True)
            }
            if any(within_terms(case, VOUCHERS).answer is Ternary.NO for case in cases.values()):
                continue
            met = frozenset(term for term, case in cases.items() if days_in_common(case).answer is not Ternary.NO)
            admitted = None if len(met) == len(cases) else met
            if met:
                classes[admitted] = classes.get(admitted, np.zeros(len(plain), bool)) | (mask & plain)
        yield from classes.items()


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
