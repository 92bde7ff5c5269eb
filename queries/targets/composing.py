"""Which deals meet all requirements with the least money and then the fewest deals, in whole 分.

Firms into which a yuan does the same are of one group. So many deals of a group may bring any total from so many smallest tickets to the
sum of so many largest amounts: a group is one amount, however many firms it has. First the least money is looked for, then the fewest
deals that bring so much, of the groups that come first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from queries.targets.bounds import Bounds
from queries.targets.branching import Search
from queries.targets.tickets import Group


@dataclass(frozen=True, slots=True)
class Composed:
    """(money, number of deals) by group; None: none were found.

    proven: there is no less money, and no fewer deals with as little; where none were found, that there are none. at_least: what no
    deals within the budget that meet all bring less than, None: there are none.
    """

    deals: tuple[tuple[int, int], ...] | None
    proven: bool
    at_least: int | None

    @classmethod
    def nothing(cls, groups: int) -> Composed:
        """No deal, and none is needed."""
        return cls(((0, 0),) * groups, True, 0)

    @property
    def total(self) -> int | None:
        """All the money."""
        return None if self.deals is None else sum(money for money, _ in self.deals)


def compose(groups: Sequence[Group], needed: Bounds, budget: int) -> Composed:
    """The deals within a budget; of equal ones those of the groups that come first, as far as the effort goes.

    Cost: grows with 2^groups at worst, up to what `queries.targets.branching` spends on one question.
    """
    if needed.hold((0,) * len(groups)):
        return Composed.nothing(len(groups))
    if not groups or budget <= 0:
        return Composed(None, True, None)
    cheapest = Search(groups, needed, budget).run()
    if cheapest.totals is None:
        return Composed(None, cheapest.least is None, cheapest.least)
    total = sum(cheapest.totals)
    counts = _deals(groups, cheapest.totals)
    # No sum of places of fewer deals comes to the price of another one.
    price = len(groups) * (sum(counts) + 1)
    prices = [price + place for place in range(len(groups))]
    fewest = Search(groups, needed, budget, total, prices).run(cheapest.totals)
    totals = fewest.totals or cheapest.totals
    counts = _deals(groups, totals)
    proven = cheapest.least == total and fewest.least is not None and fewest.least // price == sum(counts)
    return Composed(tuple(zip(totals, counts, strict=True)), proven, cheapest.least)


def _deals(groups: Sequence[Group], totals: Sequence[int]) -> list[int]:
    return [group.deals(money) or 0 for group, money in zip(groups, totals, strict=True)]
