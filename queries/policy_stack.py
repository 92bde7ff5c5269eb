"""policyStack: the best set of public supports for an enterprise and its need, and why the others are not in it."""

from __future__ import annotations

from dataclasses import dataclass

from graph.view import View
from queries.eligibility import supports_of
from queries.financing.limits.constraints import MissingFact
from queries.financing.need import NeedAsked
from queries.stack.candidates import Dropped, screened
from queries.stack.leaving_out import left_out
from queries.stack.relations import relations
from queries.stack.situation import Situation
from queries.stack.solving import Solver, Stack


@dataclass(frozen=True, slots=True)
class PolicyStack:
    """The best stacks for an enterprise: `certain` of what is known to hold, `possible` of all that may hold for all that is stated.

    `amount` of the need in 分, None: unlimited, or not stated. `dropped` what is not in the possible stack, by kind and id. `missing` the
    facts between the two.
    """

    enterprise: int
    amount: int | None
    certain: Stack
    possible: Stack
    dropped: tuple[Dropped, ...]
    missing: tuple[MissingFact, ...]


def policy_stack(view: View, enterprise: str, need: NeedAsked | None = None) -> PolicyStack:
    """The subsidies, pool covers, vouchers and rewards that bring an enterprise most: money first, then cover of loans.

    Parameters
    ----------
    need
        What is to be supported; None: the enterprise's open needs together. Without any, what depends on an amount has no upper end.

    Returns
    -------
    PolicyStack
        Both stacks are empty where nothing is open to it. Exact up to 25 supports that bear on each other (exclusions, dependencies, one
        cap), and by bounds mostly beyond; else flagged, with a bound. A stack counts what the firm has been given already.

    Raises
    ------
    InvalidIdentifier, InvalidInput, NotFound
        For values that cannot be meant, and an enterprise that is not in the view.

    Notes
    -----
    Cost: the rules of every support once, then branch and bound for the few products that could be best.
    """
    situation = Situation.of(view, view.require(enterprise, "Enterprise"), need)
    candidates, dropped = screened(situation)
    bonds = relations(view)
    sure, solver = (Solver(situation, candidates, bonds, surely) for surely in (True, False))
    certain, possible = sure.best(), solver.best()
    reasons = {one.support: one for one in (*dropped, *left_out(solver, possible))}
    surely = {one.candidate.support for one in certain.supports}
    open_ = [one for one in possible.supports if one.candidate.support not in surely]
    missing = dict.fromkeys(fact for one in open_ for fact in one.candidate.missing)
    missing |= dict.fromkeys(fact for one in possible.supports for fact in one.worth.missing)
    missing |= dict.fromkeys(sure.in_doubt(possible))
    ordered = [reasons[one] for one in supports_of(view) if one in reasons]
    return PolicyStack(situation.firm, situation.need.amount, certain, possible, tuple(ordered), tuple(missing))
