"""The fair maximum flow by its definition: every set of leaves, every cut, exact fractions. For up to 5 leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import combinations

from queries.coverage.network import CoverageNetwork

LARGE = 10**18


@dataclass(frozen=True)
class Case:
    """A coverage network as plain values: see `CoverageNetwork.of`."""

    unmet: tuple[int, ...]
    funds: tuple[int | None, ...]
    edges: tuple[tuple[int, int, int], ...]
    shared: tuple[tuple[int, int], ...] = field(default=())

    @property
    def network(self) -> CoverageNetwork:
        return CoverageNetwork.of(self.unmet, self.funds, self.edges, self.shared)

    def sized(self, size_not_stated: int) -> Case:
        funds = tuple(size_not_stated if size is None else size for size in self.funds)
        return Case(self.unmet, funds, self.edges, self.shared)


@cache
def most(case: Case, leaves: frozenset[int]) -> int:
    """ρ: the most that these leaves can get together from the funds, as the smallest of all cuts."""
    fed_by = [-1] * len(case.funds) + [above for above, _ in case.shared]
    size = [size or 0 for size in case.funds] + [cap for _, cap in case.shared]
    cuts = []
    for side in range(1 << len(size)):
        inside = [bool(side >> node & 1) for node in range(len(size))]
        cut = sum(size[n] for n in range(len(size)) if not inside[n] and (fed_by[n] < 0 or inside[fed_by[n]]))
        cuts.append(cut + sum(cap for node, leaf, cap in case.edges if leaf in leaves and inside[node]))
    return min(cuts)


def sets(leaves: set[int]) -> list[frozenset[int]]:
    return [frozenset(some) for size in range(1, len(leaves) + 1) for some in combinations(sorted(leaves), size)]


def can_flow(case: Case, amount: list[int]) -> bool:
    return all(sum(amount[leaf] for leaf in some) <= most(case, some) for some in sets(set(range(len(amount)))))


def fair(case: Case) -> list[Fraction]:
    """The fraction of each leaf: raise all together, stop those that some set of leaves holds back, go on with the rest."""
    wanting = {leaf for leaf, amount in enumerate(case.unmet) if amount}
    every = sets(wanting)
    level: dict[int, Fraction] = {}
    while len(level) < len(wanting):
        held: list[tuple[Fraction, frozenset[int]]] = []
        for some in every:
            rising = some - level.keys()
            if rising:
                taken = sum(level[leaf] * case.unmet[leaf] for leaf in some & level.keys())
                held.append(((most(case, some) - taken) / Fraction(sum(case.unmet[leaf] for leaf in rising)), rising))
        reached = min([Fraction(1), *(limit for limit, _ in held)])
        stopped = set(wanting - level.keys()) if reached == 1 else set().union(*(s for at, s in held if at == reached))
        level |= dict.fromkeys(stopped, reached)
    return [level.get(leaf, Fraction(1)) for leaf in range(len(case.unmet))]


def whole(case: Case, at_least: list[int] | None = None) -> list[int]:
    """Fair amounts in whole units: rounded down, then one more each by largest remainder while that can flow."""
    exact = [fraction * amount for fraction, amount in zip(fair(case), case.unmet, strict=True)]
    given = [int(amount) for amount in exact]

    def order(leaf: int) -> tuple[bool, Fraction, int]:
        return (at_least is None or at_least[leaf] <= int(exact[leaf]), int(exact[leaf]) - exact[leaf], leaf)

    for leaf in sorted((leaf for leaf in range(len(given)) if given[leaf] < exact[leaf]), key=order):
        given[leaf] += 1
        if not can_flow(case, given):
            given[leaf] -= 1
    return given
