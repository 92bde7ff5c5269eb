"""As many paths of one enterprise as its need takes: the cheapest first, until no other could bring more, or the same for less.

Most offers hang on few assets and few lenders: once a path takes all that an asset has, dearer ones on that asset are set aside before
their gates are asked. The shadow prices of what is put together then prove that those are of no use, or name the ones that may be.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Final

from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised
from queries.financing.joint.linear import bound_of
from queries.financing.joint.programme import Allocation, Left, SolveMethod
from queries.financing.joint.shadow import Shadow, shadow_of
from queries.financing.joint.shared_limits import A_YEAR, OF_A_DEAL, OF_A_NAME, Joint, JointPath, joint_of
from queries.financing.joint.solving import solve
from queries.financing.limits.constraints import ONE, Constraint
from queries.financing.terms import ConstraintKind

MOST_PATHS: Final = 2_000
"""So many paths, the first ones, are put together at most."""
FIRST_TRIED: Final = 4
"""So many at first, then half as many more each time; four times as many where it is no flow, which takes longer."""
MOST_TRIES: Final = 2
"""From so many tries on what whole and least amounts cost above the relaxation is let stand."""
NOTHING: Final = Fraction(0)
MOST_ROUNDS: Final = 3
"""So often what was set aside is taken back and all of it put together again."""
FEW: Final = 48
"""Up to so many paths nothing is left aside in the end."""
UNSHARED: Final = OF_A_DEAL | OF_A_NAME | {ConstraintKind.NEED}

CostOf = Callable[[Appraisal, Appraised], Decimal | None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Paths put together; `unstated` the limits without which others have no capacity; `is_all`: no other could make a difference."""

    joint: Joint
    solved: Allocation
    unstated: tuple[Constraint, ...]
    is_all: bool


@dataclass(frozen=True, slots=True)
class _Spared:
    """A candidate that costs at least so much, and of one limit that it draws on: what tells it, the headroom seen, and the draw."""

    found: Appraised
    cost: int
    key: Hashable
    headroom: int
    draw: Fraction

    def costs(self, priced: Priced, worth: Fraction) -> bool:
        """Whether the prices of the rows that one 分 of it draws on come to so much: of its limit, else of all that are stated."""
        if self.draw * _price(priced, self.key, self.headroom) >= worth:
            return True
        first = {one.key: one for one in reversed(self.found.constraints) if one.kind not in UNSHARED}
        stated = ((key, one) for key, one in first.items() if one.applies and one.headroom is not None)
        return sum((one.draw * _price(priced, key, one.headroom or 0) for key, one in stated), NOTHING) >= worth


@dataclass(eq=False)
class Gathering:
    """Paths that are drawn to meet a need of `asked` from the cheapest, in 分; None: for all that they bring, in any order."""

    asked: int | None
    cost_of: CostOf
    _full: dict[ConstraintKind, dict[Hashable, list[tuple[int, int]]]] = field(default_factory=dict)
    _spared: list[_Spared] = field(default_factory=list)
    _known: tuple[int, ...] = ()
    _tries: int = 0

    def spares(self, found: Appraised, cost: int) -> bool:
        """Whether a candidate that costs at least so much, in millionths of a basis point, is set aside: a path that costs no more can take
        all of a limit that it draws on.
        """
        for kind, full in self._full.items():
            if kind not in found.candidate.spine.limits:
                continue
            first = {one.key: one for one in reversed(found.of_kind(kind))}
            for key, one in first.items():
                if not one.applies or one.headroom is None:
                    continue
                if any(one.headroom <= headroom and cost >= less for headroom, less in full.get(key, ())):
                    self._spared.append(_Spared(found, cost, key, one.headroom, one.draw))
                    return True
        return False

    def note(self, found: Appraised, cost: int) -> None:
        """Note the limit that a path of this cost can take all of."""
        binding = found.capacity.binding
        if found.capacity.amount and binding.kind not in UNSHARED and binding.draw == ONE:
            full = self._full.setdefault(binding.kind, {})
            full.setdefault(binding.key, []).append((found.capacity.amount, cost))

    def together(
        self,
        appraisal: Appraisal,
        drawn: Iterator[Appraised],
        again: Callable[[Iterable[Appraised]], Iterator[Appraised]],
        left: Left,
    ) -> Gathered:
        """What the paths bring, put together in the time that is `left`. `again` draws what was set aside, and then the rest."""
        paths: list[JointPath] = []
        unstated: list[Constraint] = []
        rounds = 0
        while True:
            tried = self._drawn(appraisal, drawn, paths, unstated, left)
            if tried is not None:
                joint, solved, useful = tried
                if not useful:
                    return Gathered(joint, solved, (), True)
            else:
                joint, solved = self._solved(paths, left)
                if self._spared and left() <= 0:
                    return Gathered(joint, solved, tuple(unstated), False)
                solved, useful = self._may_add(joint, solved)
                rounds += 1
                if not useful or rounds > MOST_ROUNDS or len(paths) >= MOST_PATHS:
                    return Gathered(joint, solved, tuple(unstated), not useful and next(drawn, None) is None)
            drawn = again(self._take_back(useful))

    def _take_back(self, some: Sequence[_Spared]) -> list[Appraised]:
        taken = set(map(id, some))
        self._spared = [one for one in self._spared if id(one) not in taken]
        return [one.found for one in some]

    def _drawn(
        self,
        appraisal: Appraisal,
        drawn: Iterator[Appraised],
        paths: list[JointPath],
        unstated: list[Constraint],
        left: Left,
    ) -> tuple[Joint, Allocation, list[_Spared]] | None:
        """What meets the need, and which of those set aside may be of use beside it; None: no path is left to draw, or too many are."""
        tried, brings = max(FIRST_TRIED, len(paths) + 1), sum(path.found.capacity.amount or 0 for path in paths)
        for found in islice(drawn, MOST_PATHS - len(paths)):
            amount = found.capacity.amount
            if amount is None:
                unstated.append(found.capacity.binding)
                continue
            if not may_bring(found):
                continue
            paths.append(JointPath(appraisal, found, self.cost_of(appraisal, found)))
            brings += amount
            if self.asked is not None and brings > self.asked and len(paths) >= tried:
                joint, solved = self._solved(paths, left)
                met = self._met(joint, solved, self.asked)
                if met is not None:
                    return joint, *met
                tried = len(paths) * (3 if solved.method is SolveMethod.EXACT_FLOW else 8) // 2
        return None

    def _solved(self, paths: Sequence[JointPath], left: Left) -> tuple[Joint, Allocation]:
        joint = joint_of(paths)
        solved = solve(joint.programme, left, known=(*self._known, *[0] * (len(paths) - len(self._known))))
        self._known = solved.amounts
        return joint, solved

    def _met(self, joint: Joint, solved: Allocation, asked: int) -> tuple[Allocation, list[_Spared]] | None:
        """The need met, and which of the candidates set aside may bring the same for less; None: paths that are still to be drawn may, or
        bring more, or move what stops it.

        What whole and least amounts cost above the relaxation is let stand where it is less than one 分 a year, or after a few tries.
        """
        if solved.lower < asked or any(joint.limits[place].kind is not ConstraintKind.NEED for place in solved.stops):
            return None
        shadow = shadow_of(joint.programme, solved.amounts)
        following = joint.programme.cost[-1]
        if shadow is None or following < shadow.unit:
            return None
        if shadow.above < A_YEAR:
            return replace(solved, least_cost=True), self._below(joint, shadow)
        self._tries += 1
        proven = solved.least_cost and following >= shadow.unit + shadow.above
        if self._tries < MOST_TRIES:
            return (solved, self._below(joint, shadow, shadow.above)) if proven else None
        proven = proven and not self._below(joint, shadow, shadow.above)
        return replace(solved, least_cost=proven), self._below(joint, shadow)

    def _may_add(self, joint: Joint, solved: Allocation) -> tuple[Allocation, list[_Spared]]:
        """What is proven of the paths together with the candidates set aside, and which of those may bring more beside all the others, or
        the same for less.
        """
        if not self._spared or not solved.prices or len(joint.paths) + len(self._spared) <= FEW:
            return solved, list(self._spared)
        priced = _by_limit(joint, solved.prices)
        useful = [one for one in self._spared if not one.costs(priced, ONE)]
        shadow = (
            shadow_of(joint.programme, solved.amounts, largest=True) if solved.least_cost and solved.lower else None
        )
        if not useful and shadow is not None:
            useful = self._below(joint, shadow)
        proven = shadow is not None and not useful
        return replace(solved, upper=bound_of(joint.programme, solved.prices), least_cost=proven), useful

    def _below(self, joint: Joint, shadow: Shadow, above: Fraction = NOTHING) -> list[_Spared]:
        """Which of the candidates set aside cost less than the shadow prices ask for, and so much more."""
        priced = _by_limit(joint, shadow.rows)
        return [one for one in self._spared if not one.costs(priced, shadow.unit + above - one.cost)]


Priced = Mapping[Hashable, Sequence[tuple[int, Fraction]]]
"""By what tells a limit: the headrooms of its rows, with their prices."""


def _price(priced: Priced, key: Hashable, seen: int) -> Fraction:
    """Of the rows of a limit of which a path sees a headroom: those that let no less through."""
    return sum((price for headroom, price in priced.get(key, ()) if headroom >= seen), NOTHING)


def _by_limit(joint: Joint, prices: Sequence[Fraction]) -> Priced:
    found: dict[Hashable, list[tuple[int, Fraction]]] = {}
    for key, limit, price in zip(joint.keys, joint.limits, prices, strict=True):
        if price and key is not None:
            found.setdefault(key, []).append((limit.headroom or 0, price))
    return found


def may_bring(found: Appraised) -> bool:
    """Whether a path is new money, though its limits may leave nothing of it: a loan that is paid out is not."""
    return found.capacity.amount != 0 or found.capacity.binding.kind is not ConstraintKind.STEP_AMOUNT
