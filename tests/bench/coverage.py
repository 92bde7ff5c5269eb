"""Gaps in fund coverage by industry, stage and region: the network solved anew, and asked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from graph.kinds.places import IndustryLevel
from graph.kinds.terms import Stage
from queries.coverage.cell_id import CellDimension, Levels
from queries.fund_coverage import FundCoverage, fund_coverage
from tests.bench.clock import Times, each, timed
from tests.bench.figure import Figure, at_most
from tests.bench.ground import DAY, Ground
from tests.bench.snapshot import seen_whole

LEVELS = Levels(industry=IndustryLevel.DIVISION)
SOME_FUNDS = 300
BY = (CellDimension.INDUSTRY, CellDimension.STAGE, CellDimension.REGION)


def measure(ground: Ground) -> Iterator[Figure]:
    """Milliseconds until all cells are there."""
    # A network is kept with its view, so each day is solved anew.
    days = iter(range(1_000))
    for most in (SOME_FUNDS, None):
        solved = Times()
        for _ in range(ground.times(9)):
            view = ground.knowledge.view(DAY - timedelta(days=next(days)))
            seen_whole(view)
            funds = None if most is None else view.ids_of(view.handles("Fund")[:most])
            ask = partial(fund_coverage, view, by=BY, levels=LEVELS, funds=funds)
            solved += timed(ask)
        found = ask()
        name = f"industry × stage × region, solved anew with {'all' if most is None else most} funds"
        yield Figure.of(name, "ms", solved.milliseconds(), at_most(300), f"{_shape(found)}, {len(found.funds):,} funds")
    again = each(lambda _: fund_coverage(view, by=BY, levels=LEVELS), range(ground.times(20)))
    yield Figure.of("the same, asked again of the view", "ms", again.milliseconds())
    again = each(lambda stage: fund_coverage(view, by=(stage,)), [CellDimension.STAGE] * ground.times(20))
    yield Figure.of("by stage alone, of the same view", "ms", again.milliseconds())


def _shape(found: FundCoverage) -> str:
    sizes = [len({cell.key.values[dimension] for cell in found.cells}) for dimension in BY]
    assert sizes[1] <= len(Stage) + 1
    return f"{' × '.join(map(str, sizes))}: {len(found.cells):,} cells"
