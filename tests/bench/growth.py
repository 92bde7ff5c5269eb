"""How the questions of financing grow with the graph: the same figures at several scales, told as one table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from graph.kinds.terms import Instrument
from graph.money import Money
from queries.financing.need import NeedAsked
from queries.financing_paths import financing_paths
from queries.fundable_amount import fundable_amount
from queries.why_not import why_not
from tests.bench.clock import each
from tests.bench.figure import Figure, at_most
from tests.bench.fundable import AMOUNTS
from tests.bench.ground import Ground
from tests.bench.paths import SAMPLE, SEED, WARM, hub_of, sampled
from tests.bench.reach import listed

SCALES: Final = (1.0, 10.0, 100.0)


def measure(ground: Ground) -> Iterator[Figure]:
    """Milliseconds of each question at one scale, warm; the figures of all scales have the same names."""
    view = ground.view
    firms = sampled(view, ground.times(SAMPLE))
    paths = partial(financing_paths, view, count=False)
    for firm in sampled(view, ground.times(WARM), seed=SEED + 1):
        paths(firm)
    times = each(paths, firms).milliseconds()
    yield Figure.of("financing paths", "ms", times, at_most(10), "the first 20 of any enterprise, all techniques")
    fundable = partial(fundable_amount, view, need=NeedAsked(Money(AMOUNTS[0] * 100), (Instrument.DEBT,)))
    fundable(firms[0])
    some = firms[: ground.times(40)]
    note = f"of any enterprise, for {AMOUNTS[0]:,} yuan"
    yield Figure.of("fundable amount", "ms", each(fundable, some).milliseconds(), at_most(50), note)
    why = partial(why_not, view, count=False)
    why(firms[0])
    note = "the first 20 of any enterprise, with repairs"
    yield Figure.of("why not", "ms", each(why, some).milliseconds(), at_most(200), note)
    hub, suppliers = hub_of(view)
    listed(view, hub)
    times = each(lambda _: listed(view, hub), range(ground.times(20))).milliseconds()
    note = f"from the largest anchor, 5 tiers, the first 50 with counts; {suppliers.size:,} suppliers"
    yield Figure.of("financing reach", "ms", times, at_most(100), note)
