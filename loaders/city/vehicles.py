"""Which fund of the city is of what kind, and which hold others: guidance funds, their sub-funds, and funds of the market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from loaders.city import names
from loaders.city.sheet import Dice, numbered

BLOCK: Final = 30
"""So many funds stand together: guidance funds hold sub-funds of their own block."""
EVERY, AT = 6, 4
"""Every sixth fund invests through others, from the fifth on."""
OF_PARENT: Final = (0.2, 0.35, 0.3, 0.45)
"""The share that public money has in a fund, in turn."""


@dataclass(frozen=True)
class Vehicles:
    """The funds by place. kind: of names.FUND_TYPES, -1: a guidance fund; guides: of names.GUIDANCE, -1: it invests itself.

    parent: the guidance fund that it is a sub-fund of, -1: none. other: a second fund that has committed to it. size: what is committed
    to it in 元. stated: whether anybody states that, of three of the first thirty nobody does. fiscal: the share of public money.
    """

    ids: list[str]
    kind: np.ndarray
    guides: np.ndarray
    parent: np.ndarray
    other: np.ndarray
    size: np.ndarray
    stated: np.ndarray
    fiscal: np.ndarray

    @classmethod
    def of(cls, dice: Dice) -> Vehicles:
        """The funds of a city: 30 at scale 1."""
        count = dice.count(30)
        place = np.arange(count)
        is_guide = place % EVERY == AT
        kind = np.where(is_guide, -1, (place - (place + EVERY - AT - 1) // EVERY) % len(names.FUND_TYPES))
        guides = np.where(is_guide, place // EVERY % len(names.GUIDANCE), -1)
        parent, other = np.full(count, -1), np.full(count, -1)
        for number, (_, _, types, _) in enumerate(names.GUIDANCE):
            held = np.isin(kind, [at for at, one in enumerate(names.FUND_TYPES) if one[0] in types])
            guide = place // BLOCK * BLOCK + EVERY * number + AT
            # One in five is a fund of the market, without public money above it.
            parent = np.where(held & (guide < count) & (place % 5 != 3), guide, parent)
        # The province's fund is in the city's guidance fund for dual use, and the city's first one in some sub-funds of others.
        province, first = place // BLOCK * BLOCK + EVERY * 4 + AT, place // BLOCK * BLOCK + AT
        other = np.where((guides == 1) & (province < count), province, other)
        shared = (kind == [one[0] for one in names.FUND_TYPES].index("TECH_TRANSFER")) & (parent >= 0) & (first < count)
        other = np.where(shared, first, other)
        stated = (place % 10 != 9) | (place >= BLOCK)
        fiscal = np.array(OF_PARENT)[place % len(OF_PARENT)]
        size = 10 ** np.random.Generator(np.random.PCG64([dice.seed, 7])).normal(7.45, 0.3, count)
        given = np.zeros(count)
        of_sub = (parent >= 0) & stated
        np.add.at(given, parent[of_sub], (size * fiscal)[of_sub])
        np.add.at(given, other[of_sub & (other >= 0)], (size * 0.1)[of_sub & (other >= 0)])
        # The third guidance fund has promised more than it has.
        whole = given * np.where(guides == 2, 0.95, 1.3)
        size = np.where(is_guide & (given > 0), whole, size)
        return cls(
            numbered("fund:fund", count, 5).to_list(), kind, guides, parent, other, size, stated, fiscal,
        )  # fmt: skip

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.ids)

    @property
    def direct(self) -> np.ndarray:
        """Those that invest in firms themselves; all where there is no other."""
        found = np.flatnonzero(self.guides < 0)
        return found if len(found) else np.arange(self.count)

    def type_of(self, place: int) -> str:
        """The type of a fund."""
        table = names.FUND_TYPES if self.guides[place] < 0 else names.GUIDANCE
        return str(table[int(self.kind[place] if self.guides[place] < 0 else self.guides[place])][0])

    def name_of(self, place: int) -> str:
        """The name of a fund, which tells its place where several are of a kind."""
        if self.guides[place] >= 0:
            name, block = names.GUIDANCE[int(self.guides[place])][1], place // BLOCK
            return name if block == 0 else f"{name}第{block + 1}期"
        return f"云舟{names.FUND_TYPES[int(self.kind[place])][1]}{place + 1}期"
