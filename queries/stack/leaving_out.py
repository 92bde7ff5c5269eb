"""Why supports are not in a stack, each by the clause that says so."""

from __future__ import annotations

from collections.abc import Iterator

from queries.stack.candidates import Candidate, Dropped, DropReason
from queries.stack.solving import NO_PRODUCT, Solver, Stack, Weighed


def left_out(solver: Solver, stack: Stack) -> Iterator[Dropped]:
    """Why each candidate that is not in a stack is left out of it, in the order of candidates."""
    taken = {one.candidate.support for one in stack.supports}
    weighed = solver.weighed(stack.product)
    for one in solver.candidates:
        if one.support not in taken:
            yield _why(solver, stack, weighed, one, taken)


def _why(solver: Solver, stack: Stack, weighed: Weighed, one: Candidate, taken: set[int]) -> Dropped:
    support = one.support
    if not one.goes_with(stack.product, surely=solver.surely) and stack.product != NO_PRODUCT:
        return Dropped(support, DropReason.OTHER_PRODUCT, support, stack.product)
    if all(solver.worth(one, product).is_nothing for product in one.products or (stack.product,)):
        return Dropped(support, DropReason.USED_UP, support)
    for bond in solver.relations.excludes.get(support, ()):
        if bond.other in taken or bond.other in solver.held:
            return Dropped(support, DropReason.EXCLUDED, bond.clause, bond.other)
    for bond in solver.needs(one):
        if bond.other not in taken:
            circular = {support, bond.other} <= solver.relations.circular
            reason = DropReason.CIRCULAR if circular else DropReason.LACKS_REQUIRED
            return Dropped(support, reason, bond.clause, bond.other)
    places = {candidate.support: place for place, candidate in enumerate(weighed.candidates)}
    place = places.get(support)
    worth = solver.worth(one, (one.products or (stack.product,))[0])
    if None in (worth.money.high, worth.cover.high):
        return Dropped(support, DropReason.NOT_STATED, support, missing=worth.missing)
    if place is None:
        return Dropped(support, DropReason.ADDS_NOTHING, support)
    chosen = [places[other] for other in sorted(taken, key=places.__getitem__)]
    for number, cap in enumerate(weighed.whole.caps):
        if cap.count is not None and place in cap.members and len(cap.members.intersection(chosen)) >= cap.count:
            return Dropped(support, DropReason.COUNT, weighed.clauses[number])
    return _under_caps(weighed, support, place, chosen)


def _under_caps(weighed: Weighed, support: int, place: int, chosen: list[int]) -> Dropped:
    """Why an option that could be added brings nothing more: the first cap on it that is full, or none is."""
    whole = weighed.whole
    if whole.gain([*chosen, place]) > whole.gain(chosen):
        return Dropped(support, DropReason.BETTER_SET)
    drawn = whole.drawn(chosen)
    for number, cap in enumerate(whole.caps):
        full = cap.money is not None and sum(drawn.get(member, 0) for member in cap.members) >= cap.money
        if full and place in cap.members and whole.options[place].money:
            return Dropped(support, DropReason.CAP, weighed.clauses[number])
    return Dropped(support, DropReason.ADDS_NOTHING, support)
