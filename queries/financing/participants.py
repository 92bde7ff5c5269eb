"""Who brings money beside the source of a path: the other banks of a syndicate. Each carries its share of the one loan.

A spine has one source, the lead that offers or grants the loan; its limits and those of the others are drawn on by their shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from graph.kinds.contracts import LentBy
from graph.kinds.terms import SyndicateRole, Technique
from queries.financing.cases import Case
from queries.financing.limits.of_syndicate import parts_of
from queries.ratios import rounded


@dataclass(frozen=True, slots=True)
class Participant:
    """A bank of the path's loan, the source among them: its role, the link that says so (-1: it offers the loan), its share 0–1.

    `share` None: not stated.
    """

    party: int
    role: SyndicateRole
    link: int
    share: Decimal | None


def participants_of(case: Case) -> tuple[Participant, ...]:
    """The banks of a syndicate, leads first; empty where one party alone brings the money."""
    if case.row.technique is not Technique.SYNDICATED:
        return ()
    if case.loan >= 0:
        return _of_loan(case)
    if case.product < 0:
        return ()
    found, parts = parts_of(case)
    shares = [None if found is None else rounded(part.share) for part in parts]
    return tuple(
        Participant(part.member.bank, part.member.role, part.member.link, share)
        for part, share in zip(parts, shares, strict=True)
    )


def _of_loan(case: Case) -> tuple[Participant, ...]:
    found = []
    for link in case.view.holders("LentBy", "source", case.loan).tolist():
        record = case.appraisal.record(link, LentBy)
        role = record.role or SyndicateRole.MEMBER
        found.append(Participant(case.appraisal.ref(link, "target"), role, link, record.share))
    return tuple(sorted(found, key=lambda one: (one.role is not SyndicateRole.LEAD, case.view.id_of(one.party))))
