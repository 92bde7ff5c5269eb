"""Walking a step back on columns: from nodes near the beneficiary to those on the source's side, under the step's conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from graph.kinds.terms import Technique
from graph.records import Term
from graph.snapshot_columns import NOT_STATED
from graph.snapshot_ids import kinds_in
from graph.view import View
from queries.columns import among, is_stated
from queries.derived import once
from queries.financing.spines import (
    Back,
    Begun,
    Condition,
    Held,
    Is,
    Joined,
    Lacks,
    Linked,
    Named,
    NoneOf,
    OfTechnique,
    OneOf,
    Reaches,
    States,
    Step,
    Through,
    Unlike,
    With,
    Without,
)
from queries.ratios import UNLIMITED, Ints
from queries.spans import rows_of

Pairs = tuple[Ints, Ints, Ints]

NOWHERE: Final[Pairs] = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
ANY: Final = -1
"""Of a technique by code: whatever it is."""
FEW_RECORDS: Final = 20_000
"""Of kinds with so many records all references are read at once."""


def walked(view: View, step: Step, nodes: Ints, technique: Technique, hops: int) -> Pairs:
    """The places in `nodes` from which the step can be taken, the farther nodes, and the links between (-1: a field)."""
    places, farther, links = followed(view, step.back, nodes)
    if step.near_when and len(places):
        held = may_be_left(view, step, nodes, technique)[places]
        places, farther, links = places[held], farther[held], links[held]
    if step.far_when and len(farther):
        held = _all_hold(view, step.far_when, farther, technique, hops)
        places, farther, links = places[held], farther[held], links[held]
    if step.link_when and len(links):
        held = _all_hold(view, step.link_when, links, technique, hops)
        places, farther, links = places[held], farther[held], links[held]
    return places, farther, links


def may_be_left(view: View, step: Step, nodes: Ints, technique: Technique) -> np.ndarray:
    """The nodes from which a step may be taken at all."""
    return _all_hold(view, step.near_when, nodes, technique, 0)


def may_be_reached(view: View, step: Step, nodes: Ints, hops: Ints | int) -> np.ndarray:
    """The nodes that a step may lead to after so many links each, whatever their technique."""
    return _all_hold(view, step.of_farther, nodes, None, hops)


def may_be_taken(view: View, step: Step, links: Ints) -> np.ndarray:
    """The links over which a step may lead."""
    return _all_hold(view, step.link_when, links, None, 0)


def keeps(view: View, step: Step, nearer: Ints, farther: Ints, links: Ints, technique: Technique) -> np.ndarray:
    """Which pairs of nodes, each of one kind, keep the conditions of a step, before any link is walked."""
    kept = may_be_left(view, step, nearer, technique) & _all_hold(view, step.far_when, farther, technique, 0)
    return np.asarray(kept & may_be_taken(view, step, links)) if step.link_when else kept


@dataclass(eq=False)
class Once:
    """A way back followed from each node once, however many layers it stands in: the pairs by `known` node, ascending."""

    back: Back
    known: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    starts: Ints = field(default_factory=lambda: np.zeros(1, np.int64))
    farther: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    links: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def add(self, view: View, fresh: Ints) -> None:
        """Follow it from nodes that are not known yet, each once."""
        places, farther, links = followed(view, self.back, fresh)
        near = np.concatenate([np.repeat(self.known, np.diff(self.starts)), fresh[places]])
        order = np.argsort(near, kind="stable")
        self.known = np.sort(np.concatenate([self.known, fresh]))
        self.starts = np.searchsorted(near[order], np.append(self.known, UNLIMITED))
        self.farther = np.concatenate([self.farther, farther])[order]
        self.links = np.concatenate([self.links, links])[order]

    def pairs(self, nodes: Ints) -> Pairs:
        """Where it leads from these nodes, as far as it was followed from them."""
        if not len(self.known):
            return self.known, self.known, self.known
        at = np.searchsorted(self.known, nodes).clip(max=len(self.known) - 1)
        first = self.starts[at]
        counts = np.where(self.known[at] == nodes, self.starts[at + 1] - first, 0)
        rows = rows_of(first, counts)
        return np.repeat(np.arange(len(nodes)), counts), self.farther[rows], self.links[rows]


def followed(view: View, back: Back, nodes: Ints, technique: int = ANY) -> Pairs:
    """Where a way back leads, without conditions; `technique`, by code: who asks wants nothing of another one, and it may be left out."""
    match back:
        case Held(kind, field) if len(nodes) == 1:
            farther = view.holders(kind, field, int(nodes[0]))
            if not len(farther):
                return NOWHERE
            return np.zeros(len(farther), np.int64), farther, np.full(len(farther), -1, np.int64)
        case Named(field):
            farther = _refs(view, nodes, field)
            places = np.flatnonzero(farther >= 0)
            return places, farther[places], np.full(len(places), -1, np.int64)
        case Held(kind, field):
            small = len(view.handles(kind)) <= FEW_RECORDS
            places, farther = _held(view, kind, field, nodes, technique) if small else view.expand(kind, field, nodes)
            return places, farther, np.full(len(places), -1, np.int64)
        case Linked(kind, near, far):
            places, links = view.expand(kind, near, nodes)
            return places, view.refs(links, far), links
        case Through(first, then):
            at, between, over = followed(view, first, nodes)
            places, farther, _ = followed(view, then, between, technique)
            return at[places], farther, over[places]
        case Joined():
            raise TypeError("a joined step has no edges to follow")


def _held(view: View, kind: str, field: str, nodes: Ints, technique: int) -> tuple[Ints, Ints]:
    """As the view's `expand`, of a kind with few records: from a list of all, or all of a technique, made once a view."""

    def make() -> tuple[Ints, Ints]:
        holders = view.handles(kind)
        if technique != ANY:
            holders = holders[techniques_of(view, holders) == technique]
        targets = view.refs(holders, field)
        order = np.argsort(targets, kind="stable")
        return targets[order], holders[order]

    targets, holders = once(view, (_held, kind, field, technique), make)
    low, high = np.searchsorted(targets, nodes), np.searchsorted(targets, nodes, side="right")
    counts = high - low
    return np.repeat(np.arange(len(nodes)), counts), holders[rows_of(low, counts)]


def _refs(view: View, nodes: Ints, field: str) -> Ints:
    """`refs` of nodes of several kinds; -1 where the kind has no such field."""
    if len(nodes) and ((nodes >> 32) == nodes[0] >> 32).all():
        known = field in view.kind_of(int(nodes[0])).by_name
        return view.refs(nodes, field) if known else np.full(len(nodes), -1, np.int64)
    found = np.full(len(nodes), -1, np.int64)
    kinds = kinds_in(nodes)
    if len(kinds) == 1:
        return view.refs(nodes, field) if field in view.kind_of(int(nodes[0])).by_name else found
    for code in kinds:
        here = (nodes >> 32) == code
        if field in view.kind_of(int(nodes[here][0])).by_name:
            found[here] = view.refs(nodes[here], field)
    return found


def _all_hold(
    view: View, conditions: tuple[Condition, ...], nodes: Ints, technique: Technique | None, hops: Ints | int
) -> np.ndarray:
    kept = np.ones(len(nodes), bool)
    for condition in conditions if len(nodes) else ():
        kept &= _holds(view, condition, nodes, technique, hops)
    return kept


def _holds(view: View, condition: Condition, nodes: Ints, technique: Technique | None, hops: Ints | int) -> np.ndarray:
    match condition:
        case OfTechnique():
            assert technique is not None, "the technique is asked first of all"
            return _of_technique(view, nodes, technique)
        case Is(field, term):
            return np.asarray(view.ints(nodes, field) == list(type(term)).index(term))
        case NoneOf(field, terms):
            return ~np.isin(view.ints(nodes, field), _codes(terms))
        case OneOf(field, terms):
            return np.isin(view.ints(nodes, field), [*_codes(terms), NOT_STATED])
        case States(field):
            return is_stated(view, nodes, field)
        case Begun(field, begun):
            return np.asarray((view.ints(nodes, field) > 0) == begun)
        case Lacks(field):
            return ~is_stated(view, nodes, field)
        case Without(kind, field):
            return ~among(nodes, _named(view, kind, field))
        case With(kind, field):
            return among(nodes, _named(view, kind, field))
        case Unlike(field, other):
            return np.asarray(view.refs(nodes, field) != view.refs(nodes, other))
        case Reaches(field):
            most = view.ints(nodes, field)
            return np.asarray((most == NOT_STATED) | (most >= hops))


def _codes(terms: tuple[Term, ...]) -> list[int]:
    return [list(type(term)).index(term) for term in terms]


def _named(view: View, kind: str, field: str) -> Ints:
    """All that the records of a kind name in a field, ascending; made once a view."""

    def make() -> Ints:
        named = np.unique(view.refs(view.handles(kind), field))
        return named[named >= 0]

    return once(view, (_named, kind, field), make)


def _of_technique(view: View, nodes: Ints, technique: Technique) -> np.ndarray:
    """Whether products and contracts are of a technique."""
    return np.asarray(techniques_of(view, nodes) == technique_code(technique))


def techniques_of(view: View, nodes: Ints) -> Ints:
    """The techniques of products and contracts, by code: a facility of none is a comprehensive line, a loan of none its product's."""
    if not len(nodes):
        return np.zeros(0, np.int64)
    kind = view.kind_of(int(nodes[0])).name
    codes = view.ints(nodes, "technique")
    if kind == "Facility":
        codes = np.where(codes == NOT_STATED, technique_code(Technique.COMPREHENSIVE_LINE), codes)
    elif kind == "Loan":
        products = view.refs(nodes, "product")
        named = (codes == NOT_STATED) & (products >= 0)
        codes = codes.copy()
        codes[named] = view.ints(products[named], "technique")
    return codes


def technique_code(technique: Technique) -> int:
    """The place of a technique in its list, as columns hold it."""
    return list(Technique).index(technique)


def leads(view: View, step: Step, nearer: int, farther: int, link: int, technique: Technique, hops: int) -> bool:
    """Whether a step leads back from one node to another over this link, after so many links of a repeated step."""
    if isinstance(step.back, Joined):
        handles = np.array([farther])
        return link < 0 and bool(_all_hold(view, step.far_when, handles, technique, hops)[0])
    _, reached, links = walked(view, step, np.array([nearer]), technique, hops)
    return bool(((reached == farther) & (links == link)).any())
