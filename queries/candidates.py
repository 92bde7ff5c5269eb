"""A spine found in the view, with its supports: what gates and limits are asked of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from queries.financing_terms import SupportKind
from queries.spines import Spine, Step
from queries.techniques import TechniqueRow


@dataclass(frozen=True, slots=True)
class Support:
    """What backs the financing step without carrying cash.

    `provider` who bears the loss (a pool, a guarantor; -1: still to be found), `instrument` the guarantee (-1: none); `cover_share`
    in millionths, None: not stated; `amount` most that it pays in 分, None: no such cap is stated.
    """

    kind: SupportKind
    provider: int
    instrument: int
    cover_share: int | None


@dataclass(frozen=True)
class Candidate:
    """Nodes from the source to the beneficiary and, for each step between them, the link that carries it (-1: a field, or an offer)."""

    row: TechniqueRow
    spine: Spine
    nodes: tuple[int, ...]
    links: tuple[int, ...]
    supports: tuple[Support, ...] = ()
    _by_role: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_role: dict[str, int] = {}
        for step, node in zip(self.steps, self.nodes, strict=False):
            # Of a repeated kind the node nearest to the beneficiary plays the role: the part, not its root.
            by_role[step.farther] = node
        object.__setattr__(self, "_by_role", by_role)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The step from each node to the next, repeated ones spelt out."""
        word = self.spine.word
        repeats = len(self.nodes) - len(word)
        return tuple(step for part in word for step in ([part] * repeats if part.repeated else [part]))

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
        return self._by_role.get(kind, -1)

    @property
    def product(self) -> int:
        """The product under which money is offered; -1: none."""
        return self.role("LoanProduct")

    @property
    def programme(self) -> int:
        """The anchor's programme; -1: none."""
        return self.role("AnchorProgramme")

    @property
    def asset(self) -> int:
        """The claim that is financed; -1: none."""
        receivable = self.role("Receivable")
        return receivable if receivable >= 0 else self.role("Voucher")

    @property
    def contract(self) -> int:
        """The contract in force that the path is; -1: none."""
        return max(self.role("Facility"), self.role("Loan"), self.role("InvestmentRound"))

    def trade(self) -> Iterator[tuple[int, int, int]]:
        """(seller, buyer, link) of each supply link on it, from the beneficiary's."""
        for place in range(len(self.links) - 1, -1, -1):
            if self.steps[place].relation == "SUPPLIES":
                yield self.nodes[place + 1], self.nodes[place], self.links[place]

    def support(self, kind: SupportKind) -> Support | None:
        """Its support of a kind, if it has one."""
        return next((support for support in self.supports if support.kind is kind), None)
