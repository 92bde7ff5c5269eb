"""From where money leads on: the parts of spines from a capital source to the record after which there are many ways.

A question starts at one record: a source (a bank stands for its branches), an anchor (its programmes, the limits that lenders have set on
it, its own cash), a programme, a pool (its products, and the loans that it covers), or who guarantees or insures. From there spines are
walked back to the source and on towards the firms: steps as far as edges say so, then a tail: a chain of supply links, every firm that an
offer is open to, or records each of which names its firm.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from graph.kinds.terms import Technique
from graph.snapshot_ids import KIND_SHIFT, kinds_in
from graph.view import View
from queries.columns import of_kinds
from queries.completeness import Meter
from queries.derived import once
from queries.financing.candidates import CONTRACTS
from queries.financing.limits.of_pool import covered_loans
from queries.financing.reaching.firms import FIRM
from queries.financing.reaching.forward import reversed_way
from queries.financing.search.walking import keeps, may_be_left, technique_code, techniques_of, walked
from queries.financing.spines import Form, Joined, Reaches, Spine, Step
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.terms import SupportKind
from queries.ratios import Ints

COVERS: Final = (("Guarantee", "guarantor"), ("InsurancePolicy", "insurer"))
"""Who covers, by kind of instrument."""
DEBTORS: Final = {"Guarantee": ("debtor",), "InsurancePolicy": ("debtor", "insured")}
MADE_BY: Final = {SupportKind.GUARANTEE: "Guarantee", SupportKind.INSURANCE: "InsurancePolicy"}
"""The instrument that makes a technique."""
OFFERS: Final = ("LoanProduct", "AnchorProgramme")
"""What heads are told apart by, beside the source."""


class Tail(enum.Enum):
    """How a spine goes on from its head to the firms."""

    CHAIN = "supply links that are walked"
    OPEN = "every firm that the offer is open to"
    RECORDS = "records, each of a firm"


@dataclass(frozen=True, slots=True)
class Head:
    """The nodes from the source, and the links between them (-1: a field, or an offer)."""

    nodes: tuple[int, ...]
    links: tuple[int, ...]

    def first(self, view: View, kind: str) -> int:
        """The first of its nodes of a kind; -1: none is."""
        return next((node for node in self.nodes if view.has_kind(node, kind)), -1)


@dataclass(frozen=True, eq=False)
class Family:
    """What is reached by one spine in one way.

    RECORDS: `nodes` a row a candidate, from the first after the head to the firm, with the `links` before each; `head` the place of its
    head, None: each goes with every head. CHAIN: at least `least` links, and of each head at most `most`.
    """

    row: TechniqueRow
    spine: Spine
    tail: Tail
    heads: tuple[Head, ...]
    nodes: Ints = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    links: Ints = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    head: Ints | None = None
    least: int = 1
    most: tuple[int, ...] = ()


def families(
    view: View, origin: int, words: Iterable[tuple[TechniqueRow, Spine]], meter: Meter, most_links: int | None
) -> Iterator[Family]:
    """Every way on from a record, those that are told on columns first; none where nothing leads from it, or the time is up."""
    seeds = _seeds(view, origin)
    for row, spine in sorted(words, key=lambda one: _effort(one[1])):
        for word in _spelt(spine):
            if meter.out_of_time(1):
                return
            for taken in _heads(view, seeds, row, spine, word):
                yield from _forward(view, row, spine, word, taken.at, taken.nodes, taken.links, meter, most_links)


def _effort(spine: Spine) -> int:
    """How much there is to look at one by one: nothing of what is open to every firm or walked on columns, least of what edges lead to."""
    last = spine.word[-1]
    if last.sells or isinstance(last.back, Joined):
        return int(last.sells)
    return 3 if any(isinstance(step.back, Joined) for step in spine.word) else 2


def _seeds(view: View, origin: int) -> dict[str, Ints]:
    """The records at which spines may be taken up, by the kind that a step names. Sources are kept under the empty name."""
    one = np.array([origin])
    if view.has_kind(origin, "AnchorProgramme"):
        return {"AnchorProgramme": one}
    seeds = {"": one}
    if view.has_kind(origin, FIRM):
        seeds["AnchorProgramme"] = view.holders("AnchorProgramme", "anchor", origin)
        seeds["CreditLimit"] = view.holders("CreditLimit", "on", origin)
    elif view.has_kind(origin, "Pool"):
        seeds["LoanProduct"] = view.holders("LoanProduct", "pool", origin)
        seeds["Loan"] = covered_loans(view, origin)
    elif view.has_kind(origin, "Institution"):
        seeds[""] = np.concatenate([one, view.holders("BankBranch", "bank", origin)])
    elif view.has_kind(origin, "Fund"):
        seeds["Fund"] = one
    for contract in _covered(view, origin):
        kind = view.kind_of(contract).name
        seeds[kind] = np.append(seeds.get(kind, np.zeros(0, np.int64)), contract)
    return seeds


def _covered(view: View, origin: int) -> list[int]:
    """The contracts in force that a party guarantees or insures."""
    found: list[int] = []
    for kind, name in COVERS:
        contracts = view.refs(view.holders(kind, name, origin), "contract")
        found += contracts[contracts >= 0].tolist()
    return list(dict.fromkeys(found))


def backed(view: View, origin: int, words: Iterable[tuple[TechniqueRow, Spine]]) -> Iterator[tuple[Family, Ints]]:
    """Offers of every lender that make a technique of a guarantee or policy which a party offers, and for which firms it does."""
    for row, spine in words:
        made_by = None if spine.support is None else MADE_BY.get(spine.support)
        for kind, name in COVERS:
            if kind != made_by:
                continue
            handles = view.holders(kind, name, origin)
            handles = handles[view.refs(handles, "contract") < 0]
            firms = [view.refs(handles, field) for field in DEBTORS[kind]]
            heads = _as_heads(*_back(view, row, spine.word, 1, products_of(view, row.technique)))
            if len(handles) and heads:
                named = np.unique(np.concatenate(firms))
                yield Family(row, spine, Tail.OPEN, heads), named[named >= 0]


def products_of(view: View, technique: Technique) -> Ints:
    """The products of a technique, in id order."""
    products = view.handles("LoanProduct")
    found: Ints = products[techniques_of(view, products) == technique_code(technique)]
    return found


def _as_heads(nodes: Ints, links: Ints) -> tuple[Head, ...]:
    return tuple(map(Head, map(tuple, nodes.tolist()), map(tuple, links.tolist())))


def _spelt(spine: Spine) -> Iterator[tuple[Step, ...]]:
    """The words of a spine with what is repeated spelt out, but for links of supply at its end."""
    place = next((at for at, step in enumerate(spine.word) if step.repeated and not step.sells), None)
    if place is None:
        yield spine.word
        return
    step = spine.word[place]
    for times in range(step.least, step.most + 1):
        yield (*spine.word[:place], *[step] * times, *spine.word[place + 1 :])


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """Heads as far as records at place `at` of a word: a row each, from the source."""

    at: int
    nodes: Ints
    links: Ints


def _heads(view: View, seeds: dict[str, Ints], row: TechniqueRow, spine: Spine, word: tuple[Step, ...]) -> list[_Taken]:
    """Where a word can be taken up, walked back to its sources."""
    found = []
    for at, step in enumerate(word):
        names = ("", step.farther) if at == 0 else (step.farther,)
        # Who covers a contract in force does not lead to what would repay or follow it.
        named = [name for name in names if name not in CONTRACTS or spine.form is Form.IN_FORCE]
        taken = [seeds[name] for name in named if name in seeds and len(seeds[name])]
        if not taken:
            continue
        records = np.unique(np.concatenate(taken))
        records = records[of_kinds(view, records, view.ontology.concrete(step.farther))]
        if not len(records) or (len(records) == 1 and _leads_nowhere(view, word, at, int(records[0]))):
            continue
        records = np.concatenate([ours[_meets(view, row, step, ours)] for ours in _by_kind(records, records)])
        nodes, links = _back(view, row, word, at, records)
        if len(nodes):
            found.append(_Taken(at, nodes, links))
    return found


def _leads_nowhere(view: View, word: tuple[Step, ...], at: int, seed: int) -> bool:
    """Whether no edge leads on from a record by the step at a place of a word."""
    step = word[at]
    if step.sells or isinstance(step.back, Joined):
        return False
    nearer = (FIRM,) if at == len(word) - 1 else view.ontology.concrete(word[at + 1].farther)
    return not len(reversed_way(view, step.back, np.array([seed]), nearer)[0])


def _back(view: View, row: TechniqueRow, word: tuple[Step, ...], at: int, records: Ints) -> tuple[Ints, Ints]:
    """Records walked back to their sources: the nodes from the source to each, and the links between them."""
    nodes, links = records.reshape(-1, 1), np.zeros((len(records), 0), np.int64)
    for step in reversed(word[:at]):
        if not len(nodes):
            break
        places, farther, over = walked(view, step, nodes[:, 0], row.technique, 0)
        ours = of_kinds(view, farther, view.ontology.concrete(step.farther))
        places, farther, over = places[ours], farther[ours], over[ours]
        nodes, links = np.column_stack([farther, nodes[places]]), np.column_stack([over, links[places]])
    return nodes, links


def _forward(
    view: View,
    row: TechniqueRow,
    spine: Spine,
    word: tuple[Step, ...],
    at: int,
    nodes: Ints,
    links: Ints,
    meter: Meter,
    most_links: int | None,
    *,
    heads_apart: bool = True,
) -> Iterator[Family]:
    """Walk on from place `at` of a word. Without `heads_apart` the rows are records that any head goes with."""
    for place in range(at, len(word)):
        step, last = word[place], place == len(word) - 1
        if not len(nodes):
            return
        if step.sells:
            yield from _chain(view, row, spine, word, place, nodes, links, most_links)
            return
        if isinstance(step.back, Joined):
            kept = _meets(view, row, step, nodes[:, -1])
            heads = _as_heads(nodes[kept], links[kept])
            if not heads:
                return
            if last:
                yield Family(row, spine, Tail.OPEN, heads)
                return
            for nodes, links in _records(view, row, spine, word, place + 1, meter):
                yield Family(row, spine, Tail.RECORDS, heads, nodes, links)
            return
        if heads_apart:
            granted = meter.take(len(nodes), place + 1)
            nodes, links = nodes[:granted], links[:granted]
        nearer = (FIRM,) if last else view.ontology.concrete(word[place + 1].farther)
        rows, onto, over = reversed_way(view, step.back, nodes[:, -1], nearer)
        if len(rows):
            ours = of_kinds(view, onto, nearer)
            rows, onto, over = rows[ours], onto[ours], over[ours]
        kept = _pairs_that_meet(view, row, step, nodes[rows, -1], onto, over)
        rows, onto, over = rows[kept], onto[kept], over[kept]
        nodes, links = np.column_stack([nodes[rows], onto]), np.column_stack([links[rows], over])
    if not len(nodes):
        return
    if not heads_apart:
        yield Family(row, spine, Tail.RECORDS, (), nodes, links)
        return
    width = 1 + max((place for place, step in enumerate(word) if step.farther in OFFERS), default=0)
    before = np.column_stack([nodes[:, :width], links[:, : width - 1]])
    distinct, head = _told_apart(before)
    heads = tuple(Head(tuple(one[:width]), tuple(one[width:])) for one in distinct.tolist())
    yield Family(row, spine, Tail.RECORDS, heads, nodes[:, width:], links[:, width - 1 :], head)


def _told_apart(rows: Ints) -> tuple[Ints, Ints]:
    """The rows, each once and in order, and the place of each of `rows` among them."""
    order = np.lexsort(rows.T[::-1])
    ordered = rows[order]
    fresh = np.ones(len(rows), bool)
    fresh[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    places = np.empty(len(rows), np.int64)
    places[order] = np.cumsum(fresh) - 1
    return ordered[fresh], places


def _records(
    view: View, row: TechniqueRow, spine: Spine, word: tuple[Step, ...], at: int, meter: Meter
) -> list[tuple[Ints, Ints]]:
    """The records that a joined step leads to, by kind, each with what lies between it and its firm, and the link before each.

    Kept with the view where no step asks for the technique: many ask for the same.
    """

    def make() -> list[tuple[Ints, Ints]]:
        found = []
        for kind in view.ontology.concrete(word[at].farther):
            records = view.handles(kind)
            if word[at - 1].near_when:
                records = records[may_be_left(view, word[at - 1], records, row.technique)]
            start, none = records.reshape(-1, 1), np.zeros((len(records), 0), np.int64)
            for family in _forward(view, row, spine, word, at, start, none, meter, None, heads_apart=False):
                joined = np.full(len(family.nodes), -1, np.int64)
                found.append((family.nodes, np.column_stack([joined, family.links])))
        return found

    rest = word[at - 1 :]
    if any(step.of_technique for step in rest[1:]):
        return make()
    return once(
        view,
        (_records, tuple((step.relation, step.farther, step.back, step.far_when, step.near_when) for step in rest)),
        make,
    )


def _chain(
    view: View,
    row: TechniqueRow,
    spine: Spine,
    word: tuple[Step, ...],
    place: int,
    nodes: Ints,
    links: Ints,
    most_links: int | None,
) -> Iterator[Family]:
    """The links at the end of a word. A programme that says how far it reaches is taken at its word."""
    step = word[place]
    assert place == len(word) - 1, "a chain of supply ends at the beneficiary"
    most = np.full(len(nodes), step.most if most_links is None else min(step.most, most_links), np.int64)
    for before, one in enumerate(word[:place]):
        for condition in one.far_when:
            if isinstance(condition, Reaches):
                stated = view.ints(nodes[:, before], condition.field)
                most = np.where(stated >= 0, np.minimum(most, stated), most)
    kept = most >= step.least
    heads = _as_heads(nodes[kept], links[kept])
    if heads:
        yield Family(row, spine, Tail.CHAIN, heads, least=step.least, most=tuple(most[kept].tolist()))


def _meets(view: View, row: TechniqueRow, step: Step, farther: Ints) -> Ints:
    """The places of farther nodes that a joined step leads from."""
    bare = Step(step.relation, step.farther, step.back, step.far_when)
    return np.flatnonzero(keeps(view, bare, farther, farther, farther, row.technique))


def _pairs_that_meet(view: View, row: TechniqueRow, step: Step, farther: Ints, nearer: Ints, links: Ints) -> Ints:
    kept = []
    # Columns are of one kind: pairs are asked about by the kinds of their ends.
    for here in _by_kind(farther, np.arange(len(farther))):
        for both in _by_kind(nearer[here], here):
            kept.append(both[keeps(view, step, nearer[both], farther[both], links[both], row.technique)])
    return np.sort(np.concatenate(kept)) if kept else np.zeros(0, np.int64)


def _by_kind(handles: Ints, places: Ints) -> list[Ints]:
    """The places of handles, apart by the handles' kinds."""
    kinds = kinds_in(handles) if len(handles) else []
    return [places] if len(kinds) == 1 else [places[handles >> KIND_SHIFT == kind] for kind in kinds]
