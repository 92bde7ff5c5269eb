"""Whom needs were put before, and who funded them: by bank or other financier, and by product."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from graph.view import View
from queries.columns import of_kinds
from queries.derived import once
from queries.ratios import Ints

LENDERS: Final = {"Loan": "lender", "Facility": "lender", "LoanBatch": "lender", "Lease": "lessor", "Swap": "creditor"}
"""Which field of a contract names who brings the money; of rounds the links INVESTED_BY, of syndicates the links LENT_BY too."""
PRODUCTS: Final = ("Loan", "Facility", "LoanBatch")


@dataclass
class Before:
    """The needs that were put before one financier, or for one of its products: recommended to it, and funded by it."""

    recommended: set[int] = field(default_factory=set)
    funded: set[int] = field(default_factory=set)

    @property
    def needs(self) -> set[int]:
        """All of them."""
        return self.recommended | self.funded


Key = tuple[int, int]
"""A financier (-1: not stated) and its product (-1: all of them together)."""


@dataclass(frozen=True)
class Financiers:
    """By financier and product, the needs that were put before it; and the needs of which some contract's funder is stated."""

    before: dict[Key, Before]
    attributed: set[int]


def financiers_of(view: View) -> Financiers:
    """The needs of a view by whom they were put before. Cost: a pass over recommendations and fulfilments, once a view."""
    return once(view, "financiers of needs", lambda: _financiers(view))


def bank_of(view: View, party: int) -> int:
    """Who lends: of a branch its bank."""
    return view.ref(party, "bank") if party >= 0 and view.has_kind(party, "BankBranch") else party


def _financiers(view: View) -> Financiers:
    found = Financiers({}, set())
    links = view.handles("RecommendedTo")
    targets = view.refs(links, "target")
    keys = {target: _key_of(view, target) for target in np.unique(targets[targets >= 0]).tolist()}
    for need, target in zip(view.refs(links, "source").tolist(), targets.tolist(), strict=True):
        for key in keys.get(target, ()):
            found.before.setdefault(key, Before()).recommended.add(need)
    links = view.handles("Fulfils")
    needs, contracts = view.refs(links, "target"), view.refs(links, "source")
    banks: dict[int, int] = {}
    for place, funder, product in _funders(view, contracts):
        bank = banks.setdefault(funder, bank_of(view, funder))
        need = int(needs[place])
        found.attributed.add(need)
        for key in {(bank, -1), (bank, product)}:
            found.before.setdefault(key, Before()).funded.add(need)
    return found


def _key_of(view: View, target: int) -> set[Key]:
    if view.has_kind(target, "LoanProduct"):
        bank = bank_of(view, view.ref(target, "lender"))
        return {(bank, -1), (bank, target)}
    return {(bank_of(view, target), -1)}


def _funders(view: View, contracts: Ints) -> list[tuple[int, int, int]]:
    """Place among the contracts, who funded, under which product (-1: none is stated)."""
    found: list[tuple[int, int, int]] = []
    for kind, lender in LENDERS.items():
        here = np.flatnonzero(of_kinds(view, contracts, (kind,)))
        funders = view.refs(contracts[here], lender)
        products = view.refs(contracts[here], "product") if kind in PRODUCTS else np.full(here.size, -1)
        stated = funders >= 0
        found += zip(here[stated].tolist(), funders[stated].tolist(), products[stated].tolist(), strict=True)
    for kind, link in (("InvestmentRound", "InvestedBy"), ("Loan", "LentBy")):
        here = np.flatnonzero(of_kinds(view, contracts, (kind,)))
        places, links = view.expand(link, "source", contracts[here])
        funders = view.refs(links, "target")
        found += [(int(here[place]), funder, -1) for place, funder in zip(places, funders.tolist(), strict=True)]
    return found
