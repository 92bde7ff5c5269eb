"""Targets of funds, a page of fifty with all their reasons: of a fund that was not asked about yet, and asked again; and portfolios."""

from __future__ import annotations

from collections.abc import Iterator

from graph.money import Money
from queries.investment_targets import InvestmentTargets, investment_targets
from queries.portfolio import Portfolio, portfolio
from tests.bench.clock import each
from tests.bench.figure import Figure, at_most
from tests.bench.ground import DAY, Ground
from tests.bench.snapshot import seen_whole

PAGE = 50
BUDGET = Money(10**12)


def measure(ground: Ground) -> Iterator[Figure]:
    """Milliseconds until the page, or the portfolio, is there."""
    view = ground.knowledge.view(DAY)
    seen_whole(view)
    funds = view.ids_of(view.handles("Fund")[: 2 * ground.times(20) + 1])

    def page(fund: str) -> InvestmentTargets:
        found = investment_targets(view, fund=fund)
        found.page(PAGE)
        return found

    # A small city has hardly a fund: then all are the same.
    half = len(funds) // 2 + 1
    first, asked, others = funds[:1], funds[1:half] or funds, funds[half:] or funds
    yield Figure.of("targets of the first fund asked about in a view", "ms", each(page, first).milliseconds())
    shown = page(asked[0])
    detail = f"{shown.total:,} of {sum(count for _, count in shown.counts):,} enterprises"
    yield Figure.of(
        "targets of one fund, asked for the first time", "ms", each(page, asked).milliseconds(), at_most(100), detail
    )
    yield Figure.of("the same, asked again of the view", "ms", each(page, asked).milliseconds())
    found: list[Portfolio] = []
    taken = each(lambda fund: found.append(portfolio(view, fund, BUDGET)), others or asked)
    exact = sum(one.exact for one in found)
    yield Figure.of("portfolio of one fund", "ms", taken.milliseconds(), None, f"{exact} of {len(found)} proven")
