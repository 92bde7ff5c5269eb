"""Financing reach: from the largest anchor, its programme and its bank, whole and page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from graph.view import View
from queries.financing_reach import FinancingReach, ReachFilter, ReachOrder, financing_reach
from tests.bench.clock import each, timed
from tests.bench.figure import Figure, at_most
from tests.bench.ground import DAY, Ground
from tests.bench.paths import hub_of

PAGE = 50
TIERS = 5


def measure(ground: Ground) -> Iterator[Figure]:
    """Milliseconds of a question with its first page and counts."""
    view = ground.view
    hub, _ = hub_of(view)
    cold = timed(partial(page, ground.knowledge.view(DAY - timedelta(days=1)), hub))
    yield Figure.of("the first question of a cold view", "ms", cold.milliseconds())
    found = financing_reach(view, hub, max_tier=TIERS)
    tiers = ", ".join(f"{one.count:,} at tier {one.tier}" for one in found.by_tier)
    note = f"{len(view.handles('Supplies')):,} links; {tiers}"
    rows = each(lambda _: listed(view, hub), range(ground.times(20))).milliseconds()
    yield Figure.of("the largest anchor, 5 tiers: the first 50 firms, with counts", "ms", rows, at_most(100), note)
    whole = each(lambda _: page(view, hub), range(ground.times(20))).milliseconds()
    yield Figure.of("the same, with the best path of each of the 50 told in full", "ms", whole)
    narrow = ReachFilter(tiers=(2,))
    filtered = partial(page, view, hub, filter=narrow, order=ReachOrder.CAPACITY)
    yield Figure.of(
        "the same, of tier 2 alone, by capacity",
        "ms",
        each(lambda _: filtered(), range(ground.times(10))).milliseconds(),
    )
    # Of a city of a few firms nobody else is an anchor.
    others = [one for one in _anchors(view, ground.times(20)) if one != hub] or [hub]
    times = each(partial(listed, view), others).milliseconds()
    yield Figure.of("any other anchor, asked for the first time", "ms", times, None, f"{len(others)} anchors")
    banks = view.ids_of(view.handles("Institution"))[:1]
    times = each(partial(page, view), banks).milliseconds()
    yield Figure.of("a bank, over all techniques", "ms", times, at_most(5_500), "the deadline is 5 s")
    times = timed(lambda: found.joint_capacity(5)).milliseconds()
    yield Figure.of("what the largest anchor brings to all of them together", "ms", times)
    for row in found.page(1):
        alone = timed(partial(found.fundable, row.enterprise, 5)).milliseconds()
        yield Figure.of("what it brings to one of them in all", "ms", alone)


def listed(view: View, origin: str) -> FinancingReach:
    """A reach with its first page of rows."""
    found = financing_reach(view, origin, max_tier=TIERS)
    found.page(PAGE)
    return found


def page(view: View, origin: str, **options: object) -> FinancingReach:
    """The same with the best path of each row."""
    found = financing_reach(view, origin, max_tier=TIERS, **options)  # type: ignore[arg-type]
    for row in found.page(PAGE):
        assert found.best(row.enterprise) is not None
    return found


def _anchors(view: View, size: int) -> list[str]:
    anchors = view.refs(view.handles("AnchorProgramme"), "anchor")
    step = max(1, len(anchors) // max(1, size))
    return view.ids_of(anchors[anchors >= 0][::step][:size])
