"""How much in all: what an enterprise can be brought together, how well deadlines hold, and the same question in Cypher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from graph.kinds.terms import Instrument
from graph.money import Money
from graph.view import View
from queries.completeness import Budget, IncompleteReason
from queries.financing.need import NeedAsked, open_needs
from queries.financing_paths import UNBLOCKED, financing_paths
from queries.financing_reach import financing_reach
from queries.fundable_amount import fundable_amount
from queries.why_not import why_not
from tests.bench.clock import each, timed
from tests.bench.cypher import LINKS, CypherQuestions, ratio
from tests.bench.figure import Figure, at_most
from tests.bench.ground import Ground
from tests.bench.paths import hub_of, sampled

SAMPLE: Final = 40
AMOUNTS: Final = (5_000_000, 50_000_000)
BUDGETS: Final = (100, 200, 500, 1000, 2000)
"""Milliseconds in which a question is cut; those that it does not need are not counted."""


def measure(ground: Ground) -> Iterator[Figure]:
    """Milliseconds of a question, how far it goes beyond its deadline, how much longer Cypher takes."""
    view = ground.view
    firms = sampled(view, ground.times(SAMPLE))
    ask = partial(fundable_amount, view)
    ask(firms[0])
    note = "new money of paths that exist or are available: least cost, mix, and what stops it"
    for amount in AMOUNTS:
        asked = partial(ask, need=NeedAsked(Money(amount * 100), (Instrument.DEBT,)))
        name = f"fundable amount of any enterprise, for a need of {amount:,} yuan"
        yield Figure.of(name, "ms", each(asked, firms).milliseconds(), at_most(50), note)
        every = partial(asked, status=UNBLOCKED)
        name = f"fundable amount for a need of {amount:,} yuan, of paths of every status"
        yield Figure.of(name, "ms", each(every, firms).milliseconds())
    needy = [
        firm
        for firm in sampled(view, ground.times(3 * SAMPLE))
        if open_needs(view, view.require(firm, "Enterprise", at=""))
    ]
    note = f"{len(needy)} enterprises that ask for money"
    yield Figure.of(
        "fundable amount for the enterprise's own needs", "ms", each(ask, needy).milliseconds(), at_most(50), note
    )
    unlimited = [firm for firm in firms if firm not in needy]
    note = "enterprises that ask for nothing: all that every limit together lets through"
    yield Figure.of("fundable amount without a need", "ms", each(ask, unlimited).milliseconds(), None, note)
    every = partial(ask, status=UNBLOCKED)
    yield Figure.of(
        "fundable amount without a need, of paths of every status", "ms", each(every, unlimited).milliseconds()
    )
    hub, _ = hub_of(view)
    times = each(lambda _: every(hub), range(ground.times(10))).milliseconds()
    yield Figure.of("fundable amount of the hub, of paths of every status", "ms", times)
    yield from _deadlines(view, hub)
    yield from _against_cypher(ground.for_cypher)


def _deadlines(view: View, hub: str) -> Iterator[Figure]:
    """How long a question takes that its deadline cuts, as a share of the time that it has."""
    bank = view.id_of(int(view.handles("Institution")[0]))
    questions: tuple[tuple[str, Callable[[Budget], Any]], ...] = (
        ("financing paths of the hub", lambda budget: financing_paths(view, hub, budget=budget, first=100)),
        ("fundable amount of the hub", lambda budget: fundable_amount(view, hub, status=UNBLOCKED, budget=budget)),
        ("whyNot of the hub", lambda budget: why_not(view, hub, budget=budget)),
        ("financing reach of a bank", lambda budget: financing_reach(view, bank, budget=budget)),
    )
    for name, ask in questions:
        shares = []
        for milliseconds in BUDGETS:
            found: list[Any] = []
            taken = timed(partial(_kept, found, ask, Budget(milliseconds=milliseconds)))
            if found[0].completeness.reason is IncompleteReason.TIME:
                shares.append(1000 * taken.clock[0] / milliseconds)
        if shares:
            note = f"cut {len(shares)} times, of budgets of {', '.join(map(str, BUDGETS))} ms"
            yield Figure(f"time against the deadline: {name}", "×", tuple(shares), at_most(1.1), note)


def _kept(found: list[Any], ask: Callable[[Budget], Any], budget: Budget) -> None:
    found.append(ask(budget))


def _against_cypher(ground: Ground) -> Iterator[Figure]:
    view = ground.view
    firms = sampled(view, ground.times(15))
    with CypherQuestions(ground) as cypher:
        for links in LINKS:
            name = f"Cypher against ours: fundable amount, Cypher a sum under two kinds of limits, with chains of up to {links} links"
            ours = partial(fundable_amount, view, status=UNBLOCKED)
            yield ratio(name, ours, partial(cypher.fundable, links=links), firms, ground)
