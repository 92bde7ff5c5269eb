"""What a guarantor can still guarantee: multiple × net assets − outstanding in all, a share of net assets for one name, and its offer.

A firm that guarantees another has no statutory multiple: its offer alone bounds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from graph.kinds.contracts import Guarantee
from graph.kinds.parties import Institution
from graph.kinds.terms import DrawBasis
from graph.money import CNY
from graph.view import View
from queries.derived import offer_record, once
from queries.financing.cases import Case
from queries.financing.limits.constraints import ONE, Constraint, MissingFact
from queries.financing.limits.exposures import guarantees_given
from queries.financing.limits.regulatory import statutory_guarantees
from queries.financing.limits.stated_bounds import less_used
from queries.financing.terms import ConstraintKind, SupportKind
from queries.ratios import fraction
from queries.tally import Amount, Tally, amount_of


def guarantor_limits(case: Case) -> Iterator[Constraint]:
    """GUARANTOR: in all, for this debtor, and of this offer. While the guarantor is still to be found it is not stated."""
    support = case.candidate.support(SupportKind.GUARANTEE)
    if support is None:
        return
    if support.provider < 0:
        missing = MissingFact(case.beneficiary, "guarantees")
        yield Constraint(ConstraintKind.GUARANTOR, case.beneficiary, basis=DrawBasis.COVER, missing=(missing,))
        return
    draw = ONE if support.cover_share is None else fraction(support.cover_share)
    currency = case.currency
    if case.view.has_kind(support.provider, "Institution"):
        yield guarantor_total(case.view, support.provider, draw, currency)
        yield from _per_name(case, support.provider, draw, currency)
    yield from statutory_guarantees(case)
    yield from _offer(case, support.instrument, draw)


def guarantor_total(view: View, handle: int, draw: Fraction, currency: str = CNY) -> Constraint:
    """multiple × net assets − Σ guarantees outstanding."""
    record = offer_record(view, handle, Institution)
    assets = amount_of(record.net_assets, handle, "netAssets", currency, view=view)
    unknown = Amount(None, (*assets.missing, MissingFact(handle, "guaranteeMultiple")))
    limit = unknown if record.guarantee_multiple is None else assets.share(record.guarantee_multiple)
    used = once(view, (guarantor_total, handle, currency), lambda: guarantees_given(view, handle, None, currency))
    return less_used(ConstraintKind.GUARANTOR, handle, limit, used, draw, DrawBasis.COVER)


def _per_name(case: Case, handle: int, draw: Fraction, currency: str) -> Iterator[Constraint]:
    view = case.view
    record = offer_record(view, handle, Institution)
    if record.per_name_share is None:
        return
    assets = amount_of(record.net_assets, handle, "netAssets", currency, view=view)
    used = case.appraisal.once(
        ("guaranteed", handle, currency), lambda: guarantees_given(view, handle, (case.beneficiary,), currency)
    )
    limit = assets.share(record.per_name_share)
    yield less_used(ConstraintKind.GUARANTOR, handle, limit, used, draw, DrawBasis.COVER)


def _offer(case: Case, handle: int, draw: Fraction) -> Iterator[Constraint]:
    record = case.appraisal.record(handle, Guarantee)
    firm = not case.view.has_kind(case.appraisal.ref(handle, "guarantor"), "Institution")
    if record.amount is None and not firm:
        return
    limit = case.amount(record.amount, handle, "amount")
    used = case.amount(record.outstanding, handle, "outstanding", owed=True).value or 0
    yield less_used(ConstraintKind.GUARANTOR, handle, limit, Tally(used), draw, DrawBasis.COVER)
