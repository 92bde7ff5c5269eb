"""What money from one record brings to a firm in all, or to many firms together: capacities of paths do not add, since paths share limits.

Few paths are put together exactly. Many are bounded: from below by the best path of each firm, put together exactly, and by a flow over
supply links; from above by that flow with links as wide as the best offer makes them, and by what the firms need.
"""

from __future__ import annotations

import time
from itertools import islice
from typing import Final

import numpy as np

from queries.completeness import LIMITS, Budget
from queries.financing.appraised import Appraised
from queries.financing.candidates import Candidate
from queries.financing.control import legal_entity
from queries.financing.joint.capacity import joint_capacity
from queries.financing.joint.chains import Chains, Root, chain_capacity
from queries.financing.joint.programme import Left, Solved, SolveMethod
from queries.financing.joint.shared_limits import JointPath
from queries.financing.limits.of_anchor import headrooms
from queries.financing.reaching.search import Search
from queries.financing.reaching.tiers import tier_of
from queries.financing.reaching.trade import Trade
from queries.financing_paths import drawn
from queries.ratios import UNLIMITED, UNSTATED, Ints

FEW_FIRMS: Final = 40
"""Up to so many firms all of their paths are looked for."""
FEW_PATHS: Final = 400
"""Of one firm; and of all that are put together by their best paths alone."""
FEW_LINKS: Final = 50_000
"""Over so many links a flow is found; over more the last links before the anchors bound it."""


def leads(search: Search, candidate: Candidate) -> bool:
    """Whether a path comes from the record of a search: its source or whose branch it is, its programme or the anchor of it, the buyer
    whose limit it draws on, or who covers it."""
    view, origin = search.view, search.origin
    places = [candidate.source, legal_entity(view, candidate.source)]
    for node in candidate.nodes[:-1]:
        kind = view.kind_of(node).name
        if kind == "AnchorProgramme":
            places += [node, view.ref(node, "anchor")]
        elif kind == "CreditLimit":
            places.append(view.ref(node, "on"))
        elif kind == "Fund":
            places.append(node)
    return origin in places or any(support.provider == origin for support in candidate.supports)


def fundable(search: Search, place: int, seconds: float) -> Solved:
    """The largest amount that reaches one firm. Cost: its paths, and a solution over them."""
    until = time.monotonic() + seconds
    paths, complete = _paths(search, place, until)
    found = joint_capacity(paths, _left(until), complete=complete)
    return found if complete else _between(search, np.array([place]), found)


def together(search: Search, places: Ints, seconds: float) -> Solved:
    """The largest amount that reaches these firms together."""
    until = time.monotonic() + seconds
    paths: list[JointPath] = []
    complete = len(places) <= FEW_FIRMS
    for place in places.tolist() if complete else ():
        found, whole = _paths(search, place, until)
        paths += found
        complete &= whole and len(paths) <= FEW_PATHS
        if not complete:
            break
    if complete:
        return joint_capacity(paths, _left(until))
    return _between(search, places, _of_best(search, places, until))


def _left(until: float) -> Left:
    return lambda: until - time.monotonic()


def _paths(search: Search, place: int, until: float) -> tuple[list[JointPath], bool]:
    """The paths of new money to one firm, and whether these are all."""
    left = until - time.monotonic()
    if left <= 0:
        return [], False
    view, takings = search.view, search.takings
    sources = sorted({view.id_of(source) for source in search.sources})
    budget = Budget(LIMITS.expansions, max(1, min(LIMITS.milliseconds, int(left * 1000))))
    drawing = drawn(
        view,
        view.id_of(int(takings.firms.handles[place])),
        techniques=search.techniques,
        sources=sources,
        budget=budget,
        new_money=True,
    )
    ours = (one for one in drawing.paths if _counts(search, one))
    found = [JointPath(drawing.appraisal, one) for one in islice(ours, FEW_PATHS)]
    return found, next(ours, None) is None and drawing.meter.reason is None


def _counts(search: Search, found: Appraised) -> bool:
    most = search.most_links
    return leads(search, found.candidate) and (most is None or tier_of(search.view, found.candidate) <= most)


def _of_best(search: Search, places: Ints, until: float) -> Solved:
    """What the best paths of the firms bring together, of those that bring most."""
    brings = places[search.best.capacity[places] > 0]
    brings = brings[np.argsort(-search.best.capacity[brings], kind="stable")][:FEW_PATHS]
    paths = []
    for place in brings.tolist():
        if time.monotonic() >= until:
            break
        found = search.path(place)
        if found is not None and found.candidate.row.new_money:
            paths.append(JointPath(search.takings.appraisal(place), found))
    return joint_capacity(paths, _left(until), complete=False)


def _between(search: Search, places: Ints, known: Solved) -> Solved:
    """What is known from below, bounded from above as far as it can be."""
    bounds = [_needed(search, places), _led_on(search, places)]
    upper = min((one for one in bounds if one is not None), default=None)
    method = SolveMethod.EXACT_FLOW if known.lower == upper else SolveMethod.BOUNDS
    return Solved(known.lower, method, known.lower, upper)


def _needed(search: Search, places: Ints) -> int | None:
    """What the firms ask for in all; None where one of them asks for nothing, or not in a known currency."""
    needs = {id(need): need for need in (search.takings.needs(family) for family in search.families)}
    if len(needs) != 1:
        return None if needs else 0
    ((_, need),) = needs.items()
    amounts = need.amount[places]
    return None if ((amounts >= UNLIMITED) | (amounts == UNSTATED)).any() else sum(amounts.tolist())


def _led_on(search: Search, places: Ints) -> int | None:
    """The most that programmes lead on: what each has left, the widths of the last links to its anchor, what is held under it.

    Where few links lead to the firms, a flow over them. None where money comes without any programme.
    """
    roots: dict[int, tuple[int, int, int]] = {}
    direct: list[tuple[int, int, int]] = []
    programmes, left = headrooms(search.view)
    rate = 0
    for family, rows in search.led:
        for head in family.heads:
            programme = head.first(search.view, "AnchorProgramme")
            if programme < 0:
                return None
            room = int(left[np.searchsorted(programmes, programme)])
            anchor = int(search.firms.places(np.array([search.view.ref(programme, "anchor")]))[0])
            deepest = max(family.most, default=0)
            before = roots.get(programme, (anchor, 0, 0))
            roots[programme] = (anchor, UNLIMITED if room < 0 else room, max(before[2], deepest))
        rate = max(rate, search.most_rate(family))
        if rows is not None:
            kept = np.isin(rows.firm, places) & (rows.bound > 0)
            named = [list(roots).index(head.first(search.view, "AnchorProgramme")) for head in family.heads]
            at = rows.family.head
            heads = np.zeros(len(rows.firm), np.int64) if at is None else at
            pairs = zip(heads[kept].tolist(), rows.firm[kept].tolist(), rows.bound[kept].tolist(), strict=True)
            direct += [(named[head], firm, bound) for head, firm, bound in pairs]
    if not roots:
        return None
    return _cut(search, places, list(roots.values()), direct, rate)


def _cut(
    search: Search, places: Ints, roots: list[tuple[int, int, int]], direct: list[tuple[int, int, int]], rate: int
) -> int:
    """No more than this leaves the programmes."""
    trade, total = Trade.of(search.view), 0
    stated = (trade.level > 0) & (trade.level < trade.unstated)
    for place, (anchor, room, _) in enumerate(roots):
        links = trade.of_buyers(np.array([anchor])) if anchor >= 0 else np.zeros(0, np.int64)
        onward = sum(trade.principal(trade.level[links[stated[links]]], rate).tolist())
        total += min(room, onward + sum(bound for root, _, bound in direct if root == place))
    links = _within(trade, stated, roots)
    if len(links) > FEW_LINKS or len(direct) > FEW_LINKS or any(anchor < 0 for anchor, _, _ in roots):
        return total
    keeps = np.zeros(len(search.firms), np.int64)
    needs = np.max([search.takings.needs(family).amount[places] for family, _ in search.led], axis=0)
    keeps[places] = np.where(needs < 0, UNLIMITED, needs)
    network = Chains(
        trade.seller[links],
        trade.buyer[links],
        trade.principal(trade.level[links], rate),
        keeps,
        [Root(anchor, room, depth) for anchor, room, depth in roots],
        direct,
    )
    found = chain_capacity(network).upper
    return total if found is None else min(total, found)


def _within(trade: Trade, stated: np.ndarray, roots: list[tuple[int, int, int]]) -> Ints:
    """The links within reach of the anchors, as long as they are few."""
    frontier = np.unique([anchor for anchor, _, _ in roots if anchor >= 0]).astype(np.int64)
    seen, found = frontier, np.zeros(0, np.int64)
    for _ in range(max((depth for _, _, depth in roots), default=0)):
        links = trade.of_buyers(frontier)
        links = links[stated[links]]
        found = np.concatenate([found, links])
        if len(found) > FEW_LINKS:
            break
        frontier = np.setdiff1d(trade.seller[links], seen)
        seen = np.union1d(seen, frontier)
    return np.unique(found)
