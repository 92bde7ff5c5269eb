"""What an insurer can still insure of loans: its own limit and multiple × net assets − insured in all, a share for one name, its offer."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from graph.kinds.contracts import InsurancePolicy
from graph.kinds.parties import Institution
from graph.kinds.terms import DrawBasis
from graph.money import Money
from graph.view import View
from queries.derived import offer_record, once
from queries.financing.cases import Case
from queries.financing.limits.constraints import ONE, Constraint, MissingFact
from queries.financing.limits.exposures import in_force
from queries.financing.limits.stated_bounds import less_used
from queries.financing.terms import ConstraintKind, SupportKind
from queries.ratios import fraction
from queries.tally import Amount, Tally, amount_of, total_of


def insurer_limits(case: Case) -> Iterator[Constraint]:
    """INSURER: in all, for this debtor, and of this policy. While the insurer is still to be found it is not stated.

    What a policy covers draws, 1 − deductible; where that is not stated, the whole principal.
    """
    support = case.candidate.support(SupportKind.INSURANCE)
    if support is None:
        return
    if support.provider < 0:
        missing = MissingFact(case.beneficiary, "debtInsured")
        yield Constraint(ConstraintKind.INSURER, case.beneficiary, basis=DrawBasis.COVER, missing=(missing,))
        return
    draw = ONE if support.cover_share is None else fraction(support.cover_share)
    yield from insurer_total(case.view, support.provider, draw)
    yield from _per_name(case, support.provider, draw)
    yield from _offer(case, support.instrument, draw)


def insurer_total(view: View, handle: int, draw: Fraction) -> Iterator[Constraint]:
    """What an insurer has left of the limit that it states and of multiple × net assets; not stated where it states neither."""
    record = offer_record(view, handle, Institution)
    used = once(view, (insurer_total, handle), lambda: _insured(view, handle))
    assets = amount_of(record.net_assets, handle, "netAssets", view=view)
    limits = []
    if record.insurance_limit is not None:
        limits.append(amount_of(record.insurance_limit, handle, "insuranceLimit", view=view))
    if record.guarantee_multiple is not None:
        limits.append(assets.share(record.guarantee_multiple))
    for limit in limits or [Amount(None, (MissingFact(handle, "insuranceLimit"),))]:
        yield _bound(handle, limit, used, draw)


def _per_name(case: Case, handle: int, draw: Fraction) -> Iterator[Constraint]:
    record = offer_record(case.view, handle, Institution)
    if record.per_name_share is None:
        return
    assets = case.amount(record.net_assets, handle, "netAssets")
    used = case.appraisal.once(("insured", handle), lambda: _insured(case.view, handle, case.beneficiary))
    yield _bound(handle, assets.share(record.per_name_share), used, draw)


def _offer(case: Case, handle: int, draw: Fraction) -> Iterator[Constraint]:
    limit: Money | None = case.appraisal.record(handle, InsurancePolicy).limit
    if limit is not None:
        yield _bound(handle, case.amount(limit, handle, "limit"), Tally(), draw)


def _bound(on: int, limit: Amount, used: Tally, draw: Fraction) -> Constraint:
    return less_used(ConstraintKind.INSURER, on, limit, used, draw, DrawBasis.COVER)


def _insured(view: View, insurer: int, debtor: int = -1) -> Tally:
    """Σ of what policies still insure; an offer, which insures no contract yet, counts only what it states to be outstanding."""
    handles = view.holders("InsurancePolicy", "insurer", insurer)
    if debtor >= 0:
        debtors = view.refs(handles, "debtor")
        handles = handles[(debtors == debtor) | ((debtors < 0) & (view.refs(handles, "insured") == debtor))]
    return total_of(view, in_force(view, handles), "outstanding", "limit")
