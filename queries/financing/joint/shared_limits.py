"""From appraised paths to a programme: which limits they share, and what each path draws on them.

A limit is known by its kind, what it bounds and what states it. One deal's largest amount bounds that deal alone; a cap for one name
bounds that name alone. Where paths see one limit with different headrooms (an asset under two advance rates), those that see at most h
draw at most h together.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Final

from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised
from queries.financing.gates.of_terms import least_amount
from queries.financing.joint.programme import Programme, Row
from queries.financing.limits.constraints import ORDER, Constraint
from queries.financing.terms import ConstraintKind

COST_PLACES: Final = 6
"""Costs are compared in millionths of a basis point."""
A_YEAR: Final = 10**4 * 10**COST_PLACES
"""One 分 a year, in millionths of a basis point on 分."""
UNKNOWN_COST: Final = 10**4 * 10**COST_PLACES
"""A cost that has no upper end counts as so much, 100 % a year, above the dearest one."""
OF_A_DEAL: Final = frozenset({ConstraintKind.PRODUCT_MAX, ConstraintKind.STEP_AMOUNT})
OF_A_NAME: Final = frozenset({ConstraintKind.FUND_CONCENTRATION})
NEEDS_JOINED: Final = 8
"""Up to so many kinds of need every union of them is a limit of its own; beyond, the single ones and all together."""


@dataclass(frozen=True, slots=True)
class JointPath:
    """A path to a beneficiary, with the question that it was appraised in and its cost in basis points (None: no upper end)."""

    appraisal: Appraisal
    found: Appraised
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Joint:
    """Paths that can bring money, as a programme; `limits` one constraint for each of its rows, as a path on it shows it.

    `keys` what makes the limit of each row the same on several paths; None: a need.
    """

    paths: tuple[JointPath, ...]
    programme: Programme
    limits: tuple[Constraint, ...]
    keys: tuple[Hashable, ...]


def joint_of(paths: Iterable[JointPath]) -> Joint:
    """The programme of those paths whose capacity is stated."""
    stated = tuple(path for path in paths if path.found.capacity.amount is not None)
    seen: dict[Hashable, list[tuple[int, Constraint]]] = {}
    for place, path in enumerate(stated):
        for key, constraint in _keyed(path):
            seen.setdefault(key, []).append((place, constraint))
    rows: list[Row] = []
    limits: list[Constraint] = []
    keys: list[Hashable] = []
    for key, drawing in seen.items():
        for row, constraint in _staircase(drawing):
            rows.append(row)
            limits.append(constraint)
            keys.append(key)
    for row, constraint in _needs(stated):
        rows.append(row)
        limits.append(constraint)
    least = tuple(least_amount(path.found.case) or 0 for path in stated)
    keys += [None] * (len(rows) - len(keys))
    return Joint(stated, Programme(tuple(rows), costs_of(stated), least), tuple(limits), tuple(keys))


def costs_of(paths: Sequence[JointPath]) -> tuple[int, ...]:
    """Whole costs that compare."""
    known = [None if path.cost is None else int(path.cost.scaleb(COST_PLACES).to_integral_value()) for path in paths]
    dearest = max((cost for cost in known if cost is not None), default=0)
    return tuple(dearest + UNKNOWN_COST if cost is None else cost for cost in known)


def _keyed(path: JointPath) -> Iterable[tuple[Hashable, Constraint]]:
    """The limits that a path draws on, but for the need, by what makes them the same limit on another path."""
    candidate = path.found.candidate
    told: dict[Hashable, int] = {}
    for one in path.found.constraints:
        if not one.applies or one.kind is ConstraintKind.NEED:
            continue
        key: Hashable = one.key
        # The second limit of a kind on one thing is its cap for this name: the first is for all.
        turn = told[key] = told.get(key, -1) + 1
        if one.kind in OF_A_DEAL:
            key = (key, turn, candidate.beneficiary, candidate.nodes[-2:-1], candidate.links[-1:])
        elif turn or one.kind in OF_A_NAME:
            key = (key, turn, candidate.beneficiary)
        yield key, one


def _staircase(drawing: Sequence[tuple[int, Constraint]]) -> Iterable[tuple[Row, Constraint]]:
    """The rows of one limit: for each headroom that is seen, what those that see no more may draw together."""
    for headroom in sorted({constraint.headroom or 0 for _, constraint in drawing}):
        within = {place: one for place, one in drawing if (one.headroom or 0) <= headroom}
        first = next(one for one in within.values() if (one.headroom or 0) == headroom)
        yield _row(headroom, {place: one.draw for place, one in within.items()}, first), first


def _needs(paths: Sequence[JointPath]) -> Iterable[tuple[Row, Constraint]]:
    """What each beneficiary's needs take: paths that serve only some of them bring no more than those ask for together."""
    of_firm: dict[int, list[tuple[int, Constraint, frozenset[int]]]] = {}
    for place, path in enumerate(paths):
        need = next((one for one in path.found.constraints if one.kind is ConstraintKind.NEED and one.applies), None)
        if need is not None:
            candidate = path.found.candidate
            served = frozenset(path.appraisal.need(candidate.row, candidate.spine).needs)
            of_firm.setdefault(candidate.beneficiary, []).append((place, need, served))
    for drawing in of_firm.values():
        asked = {place: need for place, need, served in drawing if not served}
        if asked:
            first = next(iter(asked.values()))
            yield _row(first.headroom or 0, dict.fromkeys(asked, Row.ONE), first), first
        told = [one for one in drawing if one[2]]
        if told:
            yield from _unions(told, paths[told[0][0]].appraisal)


def _unions(
    drawing: Sequence[tuple[int, Constraint, frozenset[int]]], appraisal: Appraisal
) -> Iterable[tuple[Row, Constraint]]:
    """What needs of one firm take, each kind by itself and together with others."""
    open_amounts = {one.handle: one.open or 0 for one in appraisal.open_needs}
    kinds = sorted({served for _, _, served in drawing}, key=sorted)
    most = len(kinds) if len(kinds) <= NEEDS_JOINED else 1
    unions = {frozenset().union(*some) for size in range(1, most + 1) for some in combinations(kinds, size)}
    unions.add(frozenset().union(*kinds))
    for union in sorted(unions, key=lambda one: (len(one), sorted(one))):
        within = {place: need for place, need, served in drawing if served <= union}
        first = next(iter(within.values()))
        yield _row(sum(open_amounts.get(need, 0) for need in union), dict.fromkeys(within, Row.ONE), first), first


def _row(headroom: int, draws: dict[int, Fraction], constraint: Constraint) -> Row:
    rank = ORDER[constraint.kind] - ORDER[ConstraintKind.PRODUCT_MAX]
    return Row(headroom, {place: Row.ONE if draw == Row.ONE else draw for place, draw in draws.items()}, rank)
