"""What the banks of a joint credit mechanism may have out together on a firm or group."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from graph.kinds.contracts import JointCredit
from graph.money import CNY
from graph.view import View
from queries.derived import offer_record, once
from queries.financing.cases import Case
from queries.financing.control import controllers_of, group_members, groups_of, legal_entity
from queries.financing.limits.constraints import ONE, Constraint
from queries.financing.limits.draws import on_borrower, on_debtor
from queries.financing.limits.exposures import Counted, on_borrowers, on_debtors
from queries.financing.limits.of_syndicate import members_of
from queries.financing.limits.stated_bounds import less_used
from queries.financing.spines import StepAmount
from queries.financing.terms import ConstraintKind
from queries.tally import Tally, amount_of


def joint_credit_limits(case: Case) -> Iterator[Constraint]:
    """JOINT_CREDIT: its limit less what all its banks have out, gross; a path draws on it where the source is one of them.

    A syndicate draws on it with all of its loan where any of its banks is.
    """
    if not any_mechanism(case.view):
        return
    lenders = {case.lender}
    if case.spine.amount is StepAmount.SYNDICATE:
        lenders |= {member.bank for member in members_of(case.view, case.product, case.lender)}
    drawn: dict[int, Fraction] = {}
    for draw in (*on_borrower(case), *on_debtor(case)):
        for handle in mechanisms_on(case.view, draw.party):
            if not lenders.isdisjoint(banks_of(case.view, handle)):
                drawn[handle] = min(ONE, drawn.get(handle, Fraction(0)) + draw.share)
    for handle, share in drawn.items():
        record = offer_record(case.view, handle, JointCredit)
        limit = case.amount(record.limit, handle, "limit")
        yield less_used(ConstraintKind.JOINT_CREDIT, handle, limit, joint_used(case.view, handle, case.currency), share)


def mechanisms_on(view: View, party: int) -> list[int]:
    """The mechanisms on a party, its groups and who controls it; empty when there are none."""
    if not any_mechanism(view):
        return []

    def make() -> list[int]:
        targets = [party, *groups_of(view, party), *controllers_of(view, party)]
        return list(dict.fromkeys(view.expand("JointCredit", "on", np.array(targets))[1].tolist()))

    return once(view, (mechanisms_on, party), make)


def any_mechanism(view: View) -> bool:
    """Whether there is any at all."""
    return bool(once(view, any_mechanism, lambda: len(view.handles("JointCredit"))))


def banks_of(view: View, mechanism: int) -> frozenset[int]:
    """Its banks, as persons in law: who is recorded a member. Without any, nobody draws on it."""

    def make() -> frozenset[int]:
        members = view.refs(view.holders("MemberOf", "target", mechanism), "source").tolist()
        return frozenset(legal_entity(view, member) for member in members if member >= 0)

    return once(view, (banks_of, mechanism), make)


def joint_used(view: View, mechanism: int, currency: str = CNY) -> Tally:
    """What is used of its limit: as stated, else what its banks have out on the firm, or on the names of the group."""

    def make() -> Tally:
        record = offer_record(view, mechanism, JointCredit)
        if record.used is not None:
            return Tally.of(amount_of(record.used, mechanism, "used", currency, view=view, owed=True))
        on = view.ref(mechanism, "on")
        names = group_members(view, on) if view.kind_of(on).name in ("Group", "Enterprise", "Institution") else [on]
        tally, counted = Tally(), Counted(currency, gross=True)
        for bank in sorted(banks_of(view, mechanism)):
            tally.join(on_borrowers(view, bank, names, counted))
            tally.join(on_debtors(view, bank, names, counted))
        return tally

    return once(view, (joint_used, mechanism, currency), make)
