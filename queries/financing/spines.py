"""The words that financing paths are spelt in: typed steps from a capital source to the beneficiary, and how each is walked back.

A step lies between two nodes of a spine; `back` leads from the node nearer to the beneficiary to those on the source's side. All
of it is data: the automaton of `queries.financing.search` runs any word, so that a technique is a row of
`queries.financing.techniques` and nothing else.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from graph.kinds.terms import Instrument
from graph.records import Term
from queries.financing.terms import BeneficiaryRole, ConstraintKind, Gate, SupportKind

if TYPE_CHECKING:
    from queries.financing.techniques.rows import ObligorRule

CHAIN_BOUND: Final = 5
"""Links of a supply chain that are searched where the programme states no maximum tier."""


@dataclass(frozen=True, slots=True)
class Named:
    """What the nearer node's reference field names."""

    field: str


@dataclass(frozen=True, slots=True)
class Held:
    """The records of `kind` whose reference field names the nearer node."""

    kind: str
    field: str


@dataclass(frozen=True, slots=True)
class Linked:
    """The other ends of the links of `kind` that have the nearer node at `near`. The link is the step's instrument."""

    kind: str
    near: str
    far: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Every record of `kind`: an offer is open to whoever meets its gates, no edge says so."""

    kind: str


@dataclass(frozen=True, slots=True)
class Through:
    """Two ways back, one after the other, past a node that is no part of the spine. A link of the first is the step's instrument."""

    first: Named | Held | Linked
    then: Named | Held


Back = Named | Held | Linked | Joined | Through


@dataclass(frozen=True, slots=True)
class OfTechnique:
    """The farther node is a product or contract of the row's technique."""


@dataclass(frozen=True, slots=True)
class Is:
    """A field of the farther node has this code."""

    field: str
    term: Term


@dataclass(frozen=True, slots=True)
class NoneOf:
    """A field of a node has none of these codes, or is not stated."""

    field: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field of a node has one of these codes, or is not stated."""

    field: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class States:
    """A field of a node is stated."""

    field: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Of a node's money field more than nothing is stated; `begun` False: nothing, or it is not stated."""

    field: str
    begun: bool = True


@dataclass(frozen=True, slots=True)
class Lacks:
    """A reference field of a node is not stated."""

    field: str


@dataclass(frozen=True, slots=True)
class Without:
    """No record of `kind` names the node in `field`."""

    kind: str
    field: str


@dataclass(frozen=True, slots=True)
class With:
    """Some record of `kind` names the node in `field`."""

    kind: str
    field: str


@dataclass(frozen=True, slots=True)
class Reaches:
    """A number of the farther node, where it is stated, is at least the links walked so far."""

    field: str


@dataclass(frozen=True, slots=True)
class Unlike:
    """Two reference fields of a node name different records."""

    field: str
    other: str


Condition = OfTechnique | Is | NoneOf | OneOf | States | Begun | Lacks | Without | With | Reaches | Unlike

SALE: Final = Linked("Supplies", "source", "target")
"""From a seller to its buyer."""
PURCHASE: Final = Linked("Supplies", "target", "source")
"""From a buyer to its seller."""


@dataclass(frozen=True, eq=False)
class Step:
    """One step. `farther` the kind on the source's side; `relation` as the answer names it: the ontology's name where an edge says it.

    `near_when` and `far_when` hold of the two nodes (`OfTechnique` first), `link_when` of the link. A step with `most` above 1 is
    repeated `least` to `most` times.
    """

    relation: str
    farther: str
    back: Back
    far_when: tuple[Condition, ...] = ()
    near_when: tuple[Condition, ...] = ()
    least: int = 1
    most: int = 1
    link_when: tuple[Condition, ...] = ()

    @cached_property
    def of_technique(self) -> bool:
        """Whether the farther node must be of the row's technique."""
        return bool(self.far_when) and isinstance(self.far_when[0], OfTechnique)

    @cached_property
    def of_farther(self) -> tuple[Condition, ...]:
        """What holds of the farther node beside its technique."""
        return self.far_when[1:] if self.of_technique else self.far_when

    @cached_property
    def counts_links(self) -> bool:
        """Whether it asks how many links of a repeated step were walked."""
        return any(isinstance(condition, Reaches) for condition in self.far_when)

    @cached_property
    def repeated(self) -> bool:
        """Whether it may be taken several times in a row."""
        return self.most > 1

    @cached_property
    def sells(self) -> bool:
        """Whether the nearer node sells to the farther: claims arise on such a link, and its width bounds them."""
        return self.back == SALE

    @cached_property
    def once(self) -> Step:
        """The same step, not repeated."""
        return self.times(1, 1)

    def times(self, least: int, most: int) -> Step:
        """The same step, repeated."""
        return replace(self, least=least, most=most)


class Form(enum.Enum):
    """What a complete spine amounts to."""

    IN_FORCE = "in force"
    """A financing contract: the path is EXISTING."""
    OFFERED = "offered"
    """An offer and all that it needs: AVAILABLE, or CONDITIONAL where a gate is unknown."""
    TO_CREATE = "to create"
    """All but an instrument that the parties could create: PROSPECTIVE."""


class StepAmount(enum.Enum):
    """What the step of a spine can carry before limits, where the technique has an amount of its own."""

    PAID_OUT = "nothing: a contract that has been paid out"
    PROJECT = "project cost − required own capital"
    OWN_CASH = "own cash that the anchor sets aside for early payment"
    SYNDICATE = "the largest loan that the banks' shares allow"
    OWED = "what is owed on the loan that is bridged or swapped"
    LEASED = "price less the down payment"
    LINKED = "linkage ratio × what the fund has invested"
    TO_LINK = "linkage ratio × the most that the fund may invest"
    ISSUE = "approved − issued, within the approval"
    PART = "a part of the contract less what is paid of it"
    PART_LEFT = "a part of the contract that nobody has promised"
    VOUCHER = "most for one firm less what it was given, and what is left of the budget"


@dataclass(frozen=True, slots=True, eq=False)
class Spine:
    """One way in which a technique occurs.

    `word` from source to beneficiary; `limits` and `gates` those that apply, in the order of their lists; `creates` the kind of
    instrument that a TO_CREATE spine lacks on each of its repeated links; `support` the kind without which it is no such technique.
    Where it differs from the row's: `serves` the instruments of needs, `obligor` who owes. `amount` that of the step, `role` in which
    the beneficiary takes part.
    """

    form: Form
    word: tuple[Step, ...]
    limits: tuple[ConstraintKind, ...]
    gates: tuple[Gate, ...]
    creates: str | None = None
    support: SupportKind | None = None
    amount: StepAmount | None = None
    serves: tuple[Instrument, ...] | None = None
    obligor: ObligorRule | None = None
    role: BeneficiaryRole = BeneficiaryRole.RECIPIENT
    _spelt: dict[int, tuple[Step, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _places: dict[int, dict[str, int]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _rest: dict[int, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def rest(self, done: int) -> int:
        """How many steps must still come after the next one, when so many are walked from the beneficiary."""
        if done not in self._rest:
            self._rest[done] = sum(step.least for step in self.word[: -1 - done])
        return self._rest[done]

    def spelt(self, nodes: int) -> tuple[Step, ...]:
        """The step after each node but the last of a path of so many nodes, the repeated one spelt out."""
        if nodes not in self._spelt:
            repeats = nodes - len(self.word)
            self._spelt[nodes] = tuple(
                step for part in self.word for step in ([part] * repeats if part.repeated else [part])
            )
        return self._spelt[nodes]

    def places(self, nodes: int) -> dict[str, int]:
        """Where each kind stands in a path of so many nodes; of a repeated kind the place nearest to the beneficiary."""
        if nodes not in self._places:
            self._places[nodes] = {step.farther: place for place, step in enumerate(self.spelt(nodes))}
        return self._places[nodes]
