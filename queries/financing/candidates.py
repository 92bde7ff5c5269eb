"""A spine found in the view, with its supports: what gates and limits are asked of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from queries.financing.spines import Form, Spine, Step
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.terms import COVERING, SupportKind

CONTRACTS: Final = (
    "Facility", "Loan", "InvestmentRound", "Lease", "BondIssue", "PppContract", "Swap", "Collaboration",
)  # fmt: skip
"""Kinds that a financing in force is: what its money moves under."""


@lru_cache(maxsize=4096)
def _contracts(spine: Spine, nodes: int) -> tuple[int, ...]:
    """Where contracts in force stand in a path of so many nodes."""
    places = spine.places(nodes) if spine.form is Form.IN_FORCE else {}
    return tuple(places[kind] for kind in CONTRACTS if kind in places)


@dataclass(frozen=True, slots=True)
class Support:
    """What backs the financing step without carrying cash.

    `provider` who bears the loss or pays (a pool, a guarantor; -1: still to be found, or nobody states who), `instrument` the record that
    says so (-1: none); `cover_share` in millionths, None: not stated, 0 of what covers nothing.
    """

    kind: SupportKind
    provider: int
    instrument: int
    cover_share: int | None

    @property
    def covers(self) -> bool:
        """Whether it bears a share of the loss: subsidies of costs and funding cover nothing."""
        return self.kind in COVERING


@dataclass(frozen=True, slots=True)
class Candidate:
    """Nodes from the source to the beneficiary and, for each step between them, the link that carries it (-1: a field, or an offer)."""

    row: TechniqueRow
    spine: Spine
    nodes: tuple[int, ...]
    links: tuple[int, ...]
    supports: tuple[Support, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The step from each node to the next, repeated ones spelt out."""
        return self.spine.spelt(len(self.nodes))

    @property
    def contract(self) -> int:
        """The contract in force that it is; -1: an offer, or an instrument to create."""
        return max((self.nodes[place] for place in _contracts(self.spine, len(self.nodes))), default=-1)

    @property
    def source(self) -> int:
        """Where the money comes from."""
        return self.nodes[0]

    @property
    def beneficiary(self) -> int:
        """Whom it reaches."""
        return self.nodes[-1]

    def role(self, kind: str) -> int:
        """The node that stands on a step of this kind (as the word names it), nearest to the beneficiary; -1: none does."""
        place = self.spine.places(len(self.nodes)).get(kind)
        return -1 if place is None else self.nodes[place]

    @property
    def giver(self) -> int:
        """The pool or voucher scheme that gives the money itself; -1: none does."""
        return max(self.role("Pool"), self.role("VoucherScheme"))

    def link(self, relation: str) -> int:
        """The link that carries the step of a relation, nearest to the source; -1: there is none."""
        steps = zip(self.steps, self.links, strict=True)
        return next((link for step, link in steps if step.relation == relation), -1)

    def trade(self) -> Iterator[tuple[int, int, int]]:
        """(seller, buyer, link) of each link on it over which money comes back for what was sold, from the beneficiary's."""
        steps = self.steps
        for place in range(len(self.links) - 1, -1, -1):
            if steps[place].sells:
                yield self.nodes[place + 1], self.nodes[place], self.links[place]

    def support(self, kind: SupportKind) -> Support | None:
        """Its support of a kind, if it has one."""
        return next((support for support in self.supports if support.kind is kind), None)
