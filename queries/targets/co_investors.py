"""How near a firm's investors are to those that a fund invests with: |common| / |all| of the two sets (P. Jaccard, 1901)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from graph.snapshot import day_of
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.derived import once
from queries.financing.reaching.firms import Firms
from queries.ratios import Ints

KINDS = frozenset({"InvestedBy", "InvestmentRound", "Enterprise", "Fund", "Institution"})


@dataclass(frozen=True, slots=True, eq=False)
class Investors:
    """Who has invested in whom by today: pairs of a firm's place and a party, each once, sorted."""

    firm: Ints
    party: Ints

    @classmethod
    def of(cls, view: View) -> Investors:
        """The investors of all firms; made once a view."""
        return once(view, Investors, partial(cls._made, view), of=KINDS)

    @classmethod
    def _made(cls, view: View) -> Investors:
        links = view.handles("InvestedBy")
        rounds, party = view.refs(links, "source"), view.refs(links, "target")
        kept = (rounds >= 0) & (party >= 0)
        rounds, party = rounds[kept], party[kept]
        closed = view.ints(rounds, "closed_on")
        firm = Firms.of(view).places(view.refs(rounds, "enterprise"))
        done = ((closed == NOT_STATED) | (closed <= day_of(view.as_of))) & (firm >= 0)
        pairs = np.unique(np.stack([firm[done], party[done]]), axis=1) if done.any() else np.zeros((2, 0), np.int64)
        return cls(pairs[0], pairs[1])

    def beside(self, fund: int) -> Ints:
        """The parties with which a fund has invested in the same firm, itself not among them; ascending."""
        firms = self.firm[self.party == fund]
        parties = np.unique(self.party[np.isin(self.firm, firms)])
        return np.asarray(parties[parties != fund])

    def proximity(self, fund: int, firms: int) -> Ints:
        """By firm the proximity in millionths, rounded down; NOT_STATED where either set is empty."""
        found = np.full(firms, NOT_STATED)
        own = self.beside(fund)
        others = self.party != fund
        count = np.bincount(self.firm[others], minlength=firms)
        common = np.bincount(self.firm[others & np.isin(self.party, own)], minlength=firms)
        known = count > 0
        if len(own):
            found[known] = common[known] * MILLION // (count[known] + len(own) - common[known])
        return found

    def common(self, fund: int, place: int) -> list[int]:
        """The parties that have invested in a firm and beside the fund."""
        low, high = np.searchsorted(self.firm, [place, place + 1])
        parties = self.party[low:high]
        parties = parties[parties != fund]
        found: list[int] = parties[np.isin(parties, self.beside(fund))].tolist() if len(parties) else []
        return found
