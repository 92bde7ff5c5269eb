"""What the banks of a syndicate can lend together: the room that each has for the borrower, under the dated shares of leads and others.

The lead is who offers the product and where the path starts; the others are those recorded to take part. A path draws on the limits of
each bank by that bank's part of the split.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np

from graph.kinds.contracts import Participation
from graph.kinds.policy import Rule, RuleKind, SyndicateShare
from graph.kinds.terms import SyndicateRole
from graph.view import View
from queries.derived import offer_record, once
from queries.financing.cases import Case
from queries.financing.control import legal_entity
from queries.financing.limits.constraints import Constraint, MissingFact
from queries.financing.limits.of_lender import group_limits, sector_limits, single_name_limits
from queries.financing.limits.regulatory import statutory_totals
from queries.financing.limits.rules import rules_of
from queries.financing.limits.stated_bounds import at_once
from queries.financing.limits.syndicate import Shares, Syndicate, syndicate
from queries.financing.terms import ConstraintKind
from queries.ratios import Ints

OF_EACH_BANK: Final = (single_name_limits, group_limits, sector_limits, statutory_totals)
"""Limits that a bank has of its own."""


class Member(NamedTuple):
    """A bank of a syndicate; `link` its participation (-1: it offers the product)."""

    bank: int
    link: int
    role: SyndicateRole


@dataclass(frozen=True, slots=True)
class Part:
    """What a bank may bring: its own bounds, the least of them (None: not stated), and its share of the loan."""

    member: Member
    bounds: tuple[Constraint, ...]
    room: int | None
    share: Fraction = Fraction(0)

    @property
    def missing(self) -> tuple[MissingFact, ...]:
        """The facts without which its room is not stated."""
        if not self.bounds:
            return (MissingFact(self.member.bank, "limitsSet"),)
        return tuple(fact for bound in self.bounds if bound.admits is None for fact in bound.missing)


def members_of(view: View, product: int, lead: int) -> tuple[Member, ...]:
    """The banks of a syndicate under a product: who offers it, then those that take part, leads first, by id; each once."""
    return once(view, (members_of, product, lead), lambda: _members(view, product, lead))


def _members(view: View, product: int, lead: int) -> tuple[Member, ...]:
    found = [Member(lead, -1, SyndicateRole.LEAD)]
    for link in view.holders("Participation", "target", product).tolist():
        bank, role = view.ref(link, "source"), view.value(link, "role") or SyndicateRole.MEMBER
        if bank != lead:
            found.append(Member(bank, link, role))
    return tuple(
        sorted(found, key=lambda one: (one.link >= 0, one.role is not SyndicateRole.LEAD, view.id_of(one.bank)))
    )


def are_alone(view: View, products: Ints) -> np.ndarray:
    """Under which products no other bank lends beside who offers them: what they bring is not stated, whoever asks."""

    def judge(product: int) -> bool:
        lead = view.ref(product, "lender")
        return lead < 0 or len(members_of(view, product, legal_entity(view, lead))) < 2

    return np.array([judge(product) for product in products.tolist()], bool)


def parts_of(case: Case) -> tuple[Syndicate | None, tuple[Part, ...]]:
    """The syndicate of a path's product, None where a bank's room is not stated, and the part of each bank."""
    key = (parts_of, case.spine, case.product, case.lender, case.candidate.supports)
    return case.appraisal.once(key, lambda: _parts_of(case))


def _parts_of(case: Case) -> tuple[Syndicate | None, tuple[Part, ...]]:
    parts = [_part(case, member) for member in members_of(case.view, case.product, case.lender)]
    leads = [part for part in parts if part.member.role is SyndicateRole.LEAD]
    others = [part for part in parts if part.member.role is not SyndicateRole.LEAD]
    rooms = [part.room for part in (*leads, *others)]
    if any(room is None for room in rooms) or len(parts) < 2:
        return None, tuple(parts)
    stated = [room for room in rooms if room is not None]
    found = syndicate(stated[: len(leads)], stated[len(leads) :], _shares(shares_of(case.view, case.product)))
    taken = (*found.leads, *found.others) or (Fraction(0),) * len(parts)
    return found, tuple(replace(part, share=share) for part, share in zip((*leads, *others), taken, strict=True))


def syndicate_limits(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: the largest loan that the banks can give together; and each bank's own limits, by its part of that loan.

    A share that no rule states leaves it an upper bound. A bank of which no bound is stated leaves it not stated.
    """
    found, parts = parts_of(case)
    if found is None:
        missing = [fact for part in parts for fact in part.missing]
        if len(parts) < 2:
            missing = [MissingFact(case.product, "participants")]
        yield Constraint(ConstraintKind.STEP_AMOUNT, case.product, missing=tuple(missing))
        return
    single = sum(part.member.role is SyndicateRole.LEAD for part in parts) == 1
    asked = SINGLE if single else JOINT
    unstated = not asked <= shares_of(case.view, case.product).keys()
    missing = [MissingFact(case.product, "rulesAbout")] if unstated else []
    yield Constraint(
        ConstraintKind.STEP_AMOUNT, case.product, None, None, found.amount, at_most=unstated, missing=tuple(missing)
    )
    for part in parts:
        for bound in part.bounds:
            if found.amount:
                yield replace(bound, draw=bound.draw * part.share)


def _part(case: Case, member: Member) -> Part:
    own = copy(case)
    own.source = own.lender = member.bank
    bounds = [bound for limits in OF_EACH_BANK for bound in limits(own) if bound.applies]
    if member.link >= 0:
        most = offer_record(case.view, member.link, Participation).limit
        if most is not None:
            bounds.append(at_once(ConstraintKind.STEP_AMOUNT, member.bank, case.amount(most, member.link, "limit")))
    rooms = [bound.admits for bound in bounds]
    stated = [room for room in rooms if room is not None]
    return Part(member, tuple(bounds), None if len(stated) < len(rooms) or not rooms else min(stated))


SINGLE: Final = frozenset({SyndicateShare.LEAD, SyndicateShare.OTHERS})
JOINT: Final = frozenset({SyndicateShare.JOINT_LEAD_FLOOR, SyndicateShare.JOINT_LEAD_CAP})


def shares_of(view: View, product: int) -> Mapping[SyndicateShare, Fraction]:
    """The shares that the rules in force state for a product, by type: its own rules before those about no product.

    Of several the strictest. What the source calls a preference (原则上) is a rule here too, unless it is recorded not to be hard.
    """
    every = once(view, shares_of, lambda: _rules(view))
    own = [rule for about, rule in every if about == product]
    own_types = {rule.syndicate_share for rule in own}
    rules = [*own, *(rule for about, rule in every if about < 0 and rule.syndicate_share not in own_types)]
    found: dict[SyndicateShare, Fraction] = {}
    for rule in rules:
        if rule.value is None or rule.syndicate_share is None:
            continue
        value, before = Fraction(rule.value), found.get(rule.syndicate_share)
        strictest = min if rule.syndicate_share is SyndicateShare.JOINT_LEAD_CAP else max
        found[rule.syndicate_share] = value if before is None else strictest(before, value)
    return found


def _rules(view: View) -> list[tuple[int, Rule]]:
    handles = rules_of(view, RuleKind.SYNDICATION)
    return [(view.ref(handle, "about"), offer_record(view, handle, Rule)) for handle in handles]


def _shares(stated: Mapping[SyndicateShare, Fraction]) -> Shares:
    return Shares(
        stated.get(SyndicateShare.LEAD, Fraction(0)),
        stated.get(SyndicateShare.OTHERS, Fraction(0)),
        stated.get(SyndicateShare.JOINT_LEAD_FLOOR, Fraction(0)),
        stated.get(SyndicateShare.JOINT_LEAD_CAP, Fraction(1)),
    )
