"""What loans outside facilities count for, loan by loan but by columns: what is owed on each, whose part of it, and who stands for it.

Of many loans to an industry or a group a question asks again whenever something is assumed of one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import numpy as np

from graph.kinds.contracts import Loan
from graph.kinds.terms import Recourse, Technique
from graph.money import CNY
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION, millionths
from graph.view import View
from queries.columns import is_foreign
from queries.financing.limits.constraints import MissingFact
from queries.financing.limits.covers import covers_of
from queries.ratios import Ints, share_of
from queries.tally import Amount, amount_of

ON_PAPER: Final = frozenset({Technique.BILL_DISCOUNT, Technique.FORFAITING})
"""An acceptor or a bank owes its paper whoever else stands for it."""
ON_DEBTOR: Final = frozenset(
    {
        Technique.RECEIVABLES_DISCOUNTING,
        Technique.FACTORING,
        Technique.PAYABLES_FINANCE,
        Technique.DEEP_TIER,
        *ON_PAPER,
    }
)
"""Techniques whose financing the debtor of the claim pays back; where none is stated, it may be one of them."""
TECHNIQUES: Final = list(Technique)
RECOURSES: Final = list(Recourse)


def outstanding_of(view: View, loan: Loan, handle: int, currency: str = CNY) -> Amount:
    """What is still owed on a loan; where nobody states it, the principal."""
    money = loan.principal if loan.outstanding is None else loan.outstanding
    return amount_of(money, handle, "outstanding", currency, view=view, owed=True)


def owed_on(view: View, loan: int, currency: str) -> Amount:
    """As `outstanding_of`, by its handle."""
    record = view.record(loan)
    assert isinstance(record, Loan)
    return outstanding_of(view, record, loan, currency)


def owed_on_each(view: View, loans: Ints, currency: str) -> list[Amount]:
    """As `owed_on`, of many loans."""
    stated, principal = view.ints(loans, "outstanding"), view.ints(loans, "principal")
    without = stated == NOT_STATED
    foreign = is_foreign(view, loans, "outstanding", currency) | (
        without & is_foreign(view, loans, "principal", currency)
    )
    amounts = np.where(without, principal, stated)
    plain = ((amounts != NOT_STATED) & ~foreign).tolist()
    return [
        Amount(amount) if own else owed_on(view, loan, currency)
        for loan, amount, own in zip(loans.tolist(), amounts.tolist(), plain, strict=True)
    ]


def parts_of_each(view: View, loans: Ints, owed: Sequence[Amount], ours: Collection[int]) -> Iterator[Amount]:
    """A lender's part of what is owed on each loan: by the shares of its syndicate, who leads it what the others leave."""
    places, links = view.expand("LentBy", "source", loans)
    members: dict[int, list[tuple[int, bool, int]]] = {}
    banks, shares = view.refs(links, "target").tolist(), view.ints(links, "share").tolist()
    for place, link, bank, share in zip(places.tolist(), links.tolist(), banks, shares, strict=True):
        members.setdefault(place, []).append((link, bank in ours, share))
    for place, amount in enumerate(owed):
        found = members.get(place)
        yield amount if found is None or amount.value is None else _part(found, amount.value)


def _part(members: Sequence[tuple[int, bool, int]], owed: int) -> Amount:
    """The part of those of a syndicate's members that are ours, without any what they leave; each with its link and share."""
    own = [member for member in members if member[1]]
    unknown = tuple(MissingFact(link, "share") for link, _, share in own or members if share == NOT_STATED)
    if unknown:
        return Amount(None, unknown)
    total = sum(share for _, _, share in own or members)
    return Amount(share_up(owed, min(MILLION, total) if own else max(0, MILLION - total)))


def on_sellers(view: View, loans: Ints, owed: Sequence[Amount], *, gross: bool) -> Iterator[Amount]:
    """What of the amounts owed on loans the borrowers stand for (none without recourse, its share in part, else all), less what supports
    cover; `gross`: whoever covers it.
    """
    products, at = np.unique(view.refs(loans, "product"), return_inverse=True)
    offered = products >= 0
    shares, technique = np.full(len(products), MILLION, np.int64), np.full(len(products), NOT_STATED, np.int64)
    shares[offered], technique[offered] = _on_sellers(view, products[offered])
    own = view.ints(loans, "technique")
    forfaited = np.where(own == NOT_STATED, technique[at], own) == TECHNIQUES.index(Technique.FORFAITING)
    covers = np.zeros(len(loans), np.int64) if gross else covers_of(view, loans)
    columns = (owed, forfaited.tolist(), shares[at].tolist(), covers.tolist())
    for amount, nothing, share, cover in zip(*columns, strict=True):
        if nothing:
            yield Amount(0)
        elif amount.value is None:
            yield amount
        else:
            value = share_up(amount.value, share)
            yield Amount(value - share_of(value, cover))


def _on_sellers(view: View, products: Ints) -> tuple[Ints, Ints]:
    """The share that the borrower of a loan under each product stands for, in millionths; and its technique, by place."""
    recourse, shares = view.ints(products, "recourse"), view.ints(products, "recourse_share")
    none, in_part = (recourse == RECOURSES.index(one) for one in (Recourse.NONE, Recourse.PARTIAL))
    shares = np.where(none, 0, np.where(in_part & (shares != NOT_STATED), shares, MILLION))
    return shares, view.ints(products, "technique")


def share_on_debtor(view: View, loan: int, owed: Amount) -> Amount:
    """The part of what is owed on a loan that counts on the debtor of the claim that it finances."""
    product, technique = view.ref(loan, "product"), technique_of(view, loan)
    if technique is not None and technique not in ON_DEBTOR:
        return Amount(0)
    if product < 0 or owed.value is None or technique in ON_PAPER:
        return owed
    recourse, share = view.value(product, "recourse"), view.value(product, "recourse_share")
    if view.value(product, "buyer_limit_with_recourse") is True:
        return owed
    if recourse is Recourse.FULL:
        return Amount(0)
    if recourse is Recourse.PARTIAL and share is not None:
        return Amount(share_up(owed.value, MILLION - millionths(share)))
    return owed


def technique_of(view: View, loan: int) -> Technique | None:
    """The technique of a loan or a line: its own, else its product's; None: nobody states it."""
    technique: Technique | None = view.value(loan, "technique")
    product = view.ref(loan, "product") if technique is None else -1
    return view.value(product, "technique") if product >= 0 else technique


def share_up(amount: int, share: int) -> int:
    """⌈amount × share⌉ of a share in millionths."""
    return -(-amount * share // MILLION)
