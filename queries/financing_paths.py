"""financingPaths: the ways of money to an enterprise, best first; financingPath: one of them, evaluated again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import Final, NamedTuple

from graph.errors import InvalidInput
from graph.kinds.terms import Technique
from graph.view import View
from queries.completeness import LIMITS, Budget, IncompleteReason, Meter
from queries.financing.answers import FinancingPath, FinancingPaths
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised, appraise
from queries.financing.candidates import Candidate
from queries.financing.gates.of_offer import is_struck_off
from queries.financing.need import NeedAsked
from queries.financing.path_building import path_of
from queries.financing.path_id import parse, path_id
from queries.financing.repairs.blocked import MAX_BLOCKED, Blocked
from queries.financing.score import DEFAULT, Weights
from queries.financing.search.automaton import Automaton
from queries.financing.search.best_first import BestFirst, Sparing, Wanted
from queries.financing.search.walking import leads
from queries.financing.sources import Sources
from queries.financing.spines import Form, Spine
from queries.financing.supports import OFFERS, support_of
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.techniques.table import TECHNIQUES, chosen
from queries.financing.terms import Gate, PathStatus, SupportKind
from queries.hub_kinds import HUB_KINDS

DEFAULT_FIRST: Final = 20
UNBLOCKED: Final = (PathStatus.EXISTING, PathStatus.AVAILABLE, PathStatus.CONDITIONAL, PathStatus.PROSPECTIVE)

STATUSES: Final = {
    Form.IN_FORCE: frozenset({PathStatus.EXISTING}),
    Form.OFFERED: frozenset({PathStatus.AVAILABLE, PathStatus.CONDITIONAL}),
    Form.TO_CREATE: frozenset({PathStatus.PROSPECTIVE}),
}


def financing_paths(
    view: View,
    beneficiary: str,
    *,
    need: NeedAsked | None = None,
    techniques: Iterable[Technique] | None = None,
    sources: Sequence[str] | None = None,
    supports: Iterable[SupportKind] | None = None,
    status: Iterable[PathStatus] = UNBLOCKED,
    weights: Weights = DEFAULT,
    budget: Budget = LIMITS,
    include_intra_group: bool = False,
    first: int = DEFAULT_FIRST,
    after: str | None = None,
    count: bool = True,
) -> FinancingPaths:
    """The financing paths to an enterprise: a stated capacity before none, score ↓, status, capacity ↓, cost ↑ (its upper end; none last),
    steps ↑, then node ids from the source.

    Parameters
    ----------
    need
        What is to be financed; None: the sum of the enterprise's open needs that a technique serves. Techniques that serve none of its
        instruments are left out.
    techniques, sources, supports
        Only these techniques; only from these sources (a bank stands for its branches); only paths with any of these supports.
    status
        Only paths of these; BLOCKED is not among them.
    weights
        Of the parts of the score; they sum to 1.
    budget
        What the search may spend; at most the service's limits.
    include_intra_group
        Also from sources under one control with the enterprise. The group's finance company always counts.
    first, after
        The page: how many paths (1 to the budget's), after the path with this id.
    count
        Whether to find out how many paths there are, up to the budget's; without it the search ends with the page.

    Returns
    -------
    FinancingPaths
        Empty when there is no way. A cut by the budget leaves the best paths, in order, and says so.

    Raises
    ------
    InvalidInput, NotFound
        For values that cannot be meant, and an enterprise or source that is not in the view.

    Notes
    -----
    Cost: the firms within `max_steps` of supply chain and the offers of each technique once, then a few steps for each path.
    """
    drawing = drawn(
        view,
        beneficiary,
        need=need,
        techniques=techniques,
        sources=sources,
        supports=supports,
        status=status,
        weights=weights,
        budget=budget,
        include_intra_group=include_intra_group,
    )
    appraisal, meter, deepest = drawing.appraisal, drawing.meter, drawing.deepest
    page = _page(view, drawing.paths, budget.max_paths, first, after)
    total = page.found
    if count:
        total += sum(1 for _ in islice(page.rest, budget.max_paths - page.found))
    if (count or page.found == budget.max_paths) and total == budget.max_paths and next(page.rest, None) is not None:
        meter.cut(IncompleteReason.BUDGET, deepest + 1)
    return FinancingPaths(
        tuple(path_of(appraisal, one) for one in page.paths),
        total if count else None,
        page.has_next,
        meter.answer(deepest),
        HUB_KINDS,
    )


class Drawing(NamedTuple):
    """Appraised paths in their order, as far as they are drawn: `meter` then says how complete they are to `deepest` steps.

    `again` draws spared candidates in their places among the rest.
    """

    appraisal: Appraisal
    meter: Meter
    deepest: int
    paths: Iterator[Appraised]
    again: Callable[[Iterable[Appraised]], Iterator[Appraised]]


def drawn(
    view: View,
    beneficiary: str,
    *,
    need: NeedAsked | None = None,
    techniques: Iterable[Technique] | None = None,
    sources: Sequence[str] | None = None,
    supports: Iterable[SupportKind] | None = None,
    status: Iterable[PathStatus] = UNBLOCKED,
    weights: Weights = DEFAULT,
    budget: Budget = LIMITS,
    include_intra_group: bool = False,
    new_money: bool = False,
    cheapest: bool = False,
    sparing: Sparing | None = None,
) -> Drawing:
    """The paths of `financing_paths` one by one, appraised but not yet told, however many there are.

    `new_money`: only of techniques that bring any and, where the enterprise has open needs, that serve one of them. `cheapest` and
    `sparing`: see `BestFirst`.
    """
    handle = view.require(beneficiary, "Enterprise", at="beneficiary")
    meter = Meter(budget.checked())
    appraisal = Appraisal(view, handle, None if need is None else need.checked(view), weights.checked())
    wanted = Wanted(_statuses(status), frozenset(supports or ()))
    rows = [row for row in chosen(techniques) if _serves(row, need) and (row.new_money or not new_money)]
    words = _words(appraisal, rows, wanted)
    if new_money and need is None and appraisal.open_needs:
        words = [(row, spine) for row, spine in words if appraisal.need(row, spine).needs]
    automaton = Automaton(appraisal, meter)
    arrivals = automaton.run(words)
    allowed = Sources.of(appraisal, sources, include_intra_group)
    search = BestFirst(appraisal, meter, wanted, automaton.deepest, allowed, cheapest, sparing)
    return Drawing(appraisal, meter, automaton.deepest, search.paths(arrivals), search.again)


class Listing(NamedTuple):
    """Blocked candidates in their order; `meter` says how complete they are to `deepest` steps."""

    appraisal: Appraisal
    meter: Meter
    deepest: int
    paths: list[Appraised]


def blocked_candidates(
    view: View,
    beneficiary: str,
    *,
    need: NeedAsked | None = None,
    techniques: Iterable[Technique] | None = None,
    sources: Sequence[str] | None = None,
    budget: Budget = LIMITS,
    most: int = MAX_BLOCKED,
) -> Listing:
    """The candidates that a gate says no of, as `whyNot` tells them: appraised, fewest failed gates first, at most `most`."""
    handle = view.require(beneficiary, "Enterprise", at="beneficiary")
    meter = Meter(budget.checked())
    appraisal = Appraisal(view, handle, None if need is None else need.checked(view))
    rows = [row for row in chosen(techniques) if _serves(row, need)]
    automaton = Automaton(appraisal, meter, blocked=True)
    arrivals = automaton.run(_words(appraisal, rows, Wanted(frozenset({PathStatus.BLOCKED}))))
    allowed = Sources.of(appraisal, sources, False)
    found = Blocked(appraisal, meter, automaton.deepest, allowed).candidates(arrivals, most)
    return Listing(appraisal, meter, automaton.deepest, found)


def financing_path(
    view: View, identifier: str, *, need: NeedAsked | None = None, weights: Weights = DEFAULT
) -> FinancingPath | None:
    """The path with this id as it is in this view, BLOCKED where a gate says no; None where its spine is not there.

    Raises InvalidIdentifier when it is no id of a path.
    """
    asked = parse(identifier)
    row = TECHNIQUES[asked.technique]
    handles = [view.find(one) for one in asked.chain]
    marks = [view.find(one) for one in asked.supports]
    if any(one < 0 for one in (*handles, *marks)) or not view.has_kind(handles[-1], "Enterprise"):
        return None
    nodes = [one for one in handles if not view.kind_of(one).is_link]
    appraisal = Appraisal(view, nodes[-1], None if need is None else need.checked(view), weights.checked())
    for spine in row.spines:
        links = _links(view, handles)
        if len(spine.word) <= len(nodes) - 1 and _spells(view, row, spine, tuple(nodes), links):
            bare = Candidate(row, spine, tuple(nodes), links)
            chosen_supports = support_of(appraisal, bare, marks)
            if chosen_supports is not None:
                candidate = Candidate(row, spine, tuple(nodes), links, chosen_supports)
                return path_of(appraisal, appraise(appraisal, candidate))
    return None


def _statuses(status: Iterable[PathStatus]) -> frozenset[PathStatus]:
    statuses = frozenset(status)
    if PathStatus.BLOCKED in statuses:
        raise InvalidInput(
            "status BLOCKED: blocked paths are no answer here; leave it out, or ask financingPath for one by its id"
        )
    if not statuses:
        raise InvalidInput(f"status is empty; choose among {', '.join(one.name for one in UNBLOCKED)}")
    return statuses


def _serves(row: TechniqueRow | Spine, need: NeedAsked | None) -> bool:
    """Whether a technique, or a way of one, can meet a need; a way that says nothing of its own serves what its technique does."""
    return need is None or not need.instruments or row.serves is None or bool(set(need.instruments) & set(row.serves))


def _words(appraisal: Appraisal, rows: Iterable[TechniqueRow], wanted: Wanted) -> list[tuple[TechniqueRow, Spine]]:
    """The words that may come to a path that is wanted."""
    if PathStatus.BLOCKED in wanted.statuses:
        return [(row, spine) for row in rows for spine in row.spines if _serves(spine, appraisal.need_asked)]
    struck_off = is_struck_off(appraisal)

    def may_be(spine: Spine) -> frozenset[PathStatus]:
        may_lack_support = {PathStatus.PROSPECTIVE} if spine.support in OFFERS else set()
        return STATUSES[spine.form] | may_lack_support

    return [
        (row, spine)
        for row in rows
        for spine in row.spines
        if _serves(spine, appraisal.need_asked)
        and may_be(spine) & wanted.statuses
        and not (struck_off and Gate.ELIGIBILITY in spine.gates)
    ]


class _Page(NamedTuple):
    """Some paths of a drawing: how many were `found` so far, those of the page among them, and the `rest`."""

    paths: list[Appraised]
    has_next: bool
    found: int
    rest: Iterator[Appraised]


def _page(view: View, drawn: Iterator[Appraised], most: int, first: int, after: str | None) -> _Page:
    if not 1 <= first <= LIMITS.max_paths:
        raise InvalidInput(f"first {first}: give 1 to {LIMITS.max_paths}")
    before = 0
    if after is not None:
        for one in islice(drawn, most):
            before += 1
            if path_id(view, one.candidate) == after:
                break
        else:
            raise InvalidInput(f"after {after[:80]!r} is none of the paths found; take the cursor of the page before")
    paths = list(islice(drawn, min(first, most - before)))
    found = before + len(paths)
    following = None if found == most else next(drawn, None)
    if following is None:
        return _Page(paths, False, found, drawn)
    return _Page(paths, True, found + 1, drawn)


def _links(view: View, handles: list[int]) -> tuple[int, ...]:
    links: list[int] = []
    for before, here in pairwise(handles):
        if view.kind_of(here).is_link:
            links.append(here)
        elif not view.kind_of(before).is_link:
            links.append(-1)
    return tuple(links)


def _spells(view: View, row: TechniqueRow, spine: Spine, nodes: tuple[int, ...], links: tuple[int, ...]) -> bool:
    """Whether nodes and links are a word of the spine in this view."""
    candidate = Candidate(row, spine, nodes, links)
    steps = candidate.steps
    if len(steps) != len(nodes) - 1 or len(set(nodes)) < len(nodes):
        return False
    repeats = sum(step.repeated for step in steps)
    if any(step.repeated and not step.least <= repeats <= step.most for step in steps):
        return False
    hops = 0
    for place in range(len(steps) - 1, -1, -1):
        step = steps[place]
        if not view.has_kind(nodes[place], step.farther):
            return False
        if not leads(view, step, nodes[place + 1], nodes[place], links[place], row.technique, hops):
            return False
        hops = hops + 1 if step.repeated or step.sells else 0
    return True
