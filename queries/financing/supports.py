"""What backs a path without carrying cash: guarantees, insurance, pools, shared losses, subsidies, and money raised for a product.

One kind may make the technique: a guaranteed loan has a guarantee, an insured loan a policy. Each such offer is a way of its own, so a
spine has as many ways as offers of that kind, and at least one. Everything else that backs a product comes with every way of it and
makes no more of them; it comes and goes with its record and is no part of what the path is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from graph.kinds.contracts import BondIssue, BondType, Guarantee, InsurancePolicy
from graph.kinds.supply_side import LossSharing, Pool, Subsidy, SubsidyKind
from graph.kinds.terms import OfferStatus
from graph.money import CNY, Money
from graph.values import MILLION, millionths
from graph.view import View
from queries.derived import offer_record, once
from queries.financing.appraisal import Appraisal
from queries.financing.candidates import Candidate, Support
from queries.financing.control import legal_entity
from queries.financing.limits.covers import pool_of
from queries.financing.terms import SupportKind
from queries.tally import Tally, amount_of

SUBSIDIES: Final[Mapping[SubsidyKind, tuple[SupportKind, SupportKind | None]]] = {
    SubsidyKind.INTEREST: (SupportKind.INTEREST_SUBSIDY, None),
    SubsidyKind.PREMIUM: (SupportKind.PREMIUM_SUBSIDY, SupportKind.INSURANCE),
    SubsidyKind.GUARANTEE: (SupportKind.GUARANTEE_FEE_SUBSIDY, SupportKind.GUARANTEE),
    SubsidyKind.LOSS: (SupportKind.LOSS_SUBSIDY, None),
    SubsidyKind.RISK_COMPENSATION: (SupportKind.LOSS_SUBSIDY, None),
}
"""What a subsidy is as a support, and the support without which it pays for nothing. Rewards to lenders or for listing back no step."""
OWN_BONDS: Final = frozenset({BondType.GREEN_FINANCIAL, BondType.POLICY_BANK})
"""Bonds by which a lender raises money for its own lending."""


def ways_to_support(appraisal: Appraisal, candidate: Candidate) -> Iterator[tuple[Support, ...]]:
    """Each set of supports with which a spine is a path of its own; of most there is one, the empty set among them."""
    if candidate.contract >= 0:
        yield _with_subsidies(appraisal, candidate, list(_of_contract(appraisal, candidate.contract)))
        return
    pools = _pool(appraisal, candidate)
    offered = OFFERS.get(candidate.spine.support) if candidate.spine.support is not None else None
    if offered is None or candidate.spine.support is None:
        yield _with_subsidies(appraisal, candidate, [*pools])
        return
    offers = list(offered(appraisal, appraisal.entity(candidate.source)))
    # Nobody offers one yet: what is missing is the instrument, by whom is open.
    for offer in offers or [Support(candidate.spine.support, -1, -1, None)]:
        yield _with_subsidies(appraisal, candidate, [*pools, offer])


def support_of(appraisal: Appraisal, candidate: Candidate, marks: list[int]) -> tuple[Support, ...] | None:
    """The supports of a spine among its ways that rest on these instruments; None where there is no such way.

    Without an instrument who guarantees or insures is still to be found, whoever offers in the meantime.
    """
    kind = candidate.spine.support
    if kind is not None and kind in OFFERS and not marks and candidate.contract < 0:
        open_ = Support(kind, -1, -1, None)
        return _with_subsidies(appraisal, candidate, [*_pool(appraisal, candidate), open_])
    for supports in ways_to_support(appraisal, candidate):
        if candidate.contract >= 0 or marks_of(candidate, supports) == marks:
            return supports
    return None


def marks_of(candidate: Candidate, supports: tuple[Support, ...]) -> list[int]:
    """The instruments that tell one way of a spine from another: of the kind that makes the technique. A contract has but one way."""
    if candidate.contract >= 0:
        return []
    return [
        one.instrument
        for one in supports
        if one.kind is candidate.spine.support and one.kind in OFFERS and one.instrument >= 0
    ]


def is_open(support: Support) -> bool:
    """Whether who gives it is still to be found: an instrument is missing."""
    return support.kind in OFFERS and support.provider < 0


def _pool(appraisal: Appraisal, candidate: Candidate) -> tuple[Support, ...]:
    product = candidate.role("LoanProduct")
    pool = appraisal.ref(product, "pool") if product >= 0 else -1
    return () if pool < 0 else (_pool_cover(appraisal, pool),)


def _pool_cover(appraisal: Appraisal, pool: int) -> Support:
    share = offer_record(appraisal.view, pool, Pool).cover_share
    return Support(SupportKind.POOL_COVER, pool, -1, None if share is None else millionths(share))


def _of_contract(appraisal: Appraisal, contract: int) -> Iterator[Support]:
    """What backs a contract in force."""
    view = appraisal.view
    if view.has_kind(contract, "Loan") and (pool := pool_of(view, contract)) >= 0:
        yield _pool_cover(appraisal, pool)
    for handle in view.holders("Guarantee", "contract", contract).tolist():
        yield _guarantee(appraisal, handle)
    for handle in view.holders("InsurancePolicy", "contract", contract).tolist():
        yield _policy(appraisal, handle)


def _guarantees(appraisal: Appraisal, lender: int) -> Iterator[Support]:
    """Guarantees that somebody offers for the beneficiary's debt to this lender, or to any."""
    for handle in offered_guarantees(appraisal):
        creditor = appraisal.ref(handle, "creditor")
        if creditor in (-1, lender):
            yield _guarantee(appraisal, handle)


def offered_guarantees(appraisal: Appraisal) -> list[int]:
    """The guarantees that somebody offers for the beneficiary's debts, in id order."""

    def make() -> list[int]:
        handles = appraisal.view.holders("Guarantee", "debtor", appraisal.beneficiary).tolist()
        return [handle for handle in handles if appraisal.record(handle, Guarantee).contract is None]

    return appraisal.once("offered guarantees", make)


def _guarantee(appraisal: Appraisal, handle: int) -> Support:
    share = appraisal.record(handle, Guarantee).cover_share
    provider = appraisal.ref(handle, "guarantor")
    return Support(SupportKind.GUARANTEE, provider, handle, None if share is None else millionths(share))


def _policies(appraisal: Appraisal, lender: int) -> Iterator[Support]:
    """Policies that an insurer offers for the beneficiary's debt to this lender; where the firm itself is insured, to any."""
    for handle in offered_policies(appraisal):
        insured = appraisal.ref(handle, "insured")
        if insured == appraisal.beneficiary or appraisal.entity(insured) == lender:
            yield _policy(appraisal, handle)


def offered_policies(appraisal: Appraisal) -> list[int]:
    """The policies that insurers offer for the beneficiary's debts, in id order."""

    def make() -> list[int]:
        view, firm = appraisal.view, appraisal.beneficiary
        named = view.holders("InsurancePolicy", "debtor", firm).tolist()
        own = view.holders("InsurancePolicy", "insured", firm).tolist()
        found = {*named, *(one for one in own if appraisal.record(one, InsurancePolicy).debtor is None)}
        offers = (one for one in found if appraisal.record(one, InsurancePolicy).contract is None)
        return sorted(offers, key=view.id_of)

    return appraisal.once("offered policies", make)


def _policy(appraisal: Appraisal, handle: int) -> Support:
    return Support(
        SupportKind.INSURANCE, appraisal.ref(handle, "insurer"), handle, insured_share(appraisal.view, handle)
    )


def insured_share(view: View, policy: int) -> int | None:
    """The share of a loss that a policy pays, in millionths: 1 − deductible; None: not stated."""
    deductible = view.value(policy, "deductible")
    return None if deductible is None else MILLION - millionths(deductible)


OFFERS: Final[Mapping[SupportKind, Callable[[Appraisal, int], Iterator[Support]]]] = {
    SupportKind.GUARANTEE: _guarantees,
    SupportKind.INSURANCE: _policies,
}
"""Kinds that make a technique, and who offers them for the beneficiary's debt to a lender."""


def _with_subsidies(appraisal: Appraisal, candidate: Candidate, supports: list[Support]) -> tuple[Support, ...]:
    """These supports, and what public money and the lender's own bonds add to the product."""
    product = _product_of(appraisal, candidate)
    if product < 0:
        return tuple(supports)
    added = once(appraisal.view, (_backing, product), lambda: tuple(_backing(appraisal.view, product)))
    if not added:
        return tuple(supports)
    present, firm = {None, *(one.kind for one in supports)}, appraisal.beneficiary
    return (*supports, *(one for one, needs, only in added if needs in present and only in (None, firm)))


def _product_of(appraisal: Appraisal, candidate: Candidate) -> int:
    contract = candidate.contract
    if contract < 0:
        return candidate.role("LoanProduct")
    return appraisal.ref(contract, "product") if appraisal.view.kind_of(contract).name in ("Loan", "Facility") else -1


def _backing(view: View, product: int) -> Iterator[tuple[Support, SupportKind | None, int | None]]:
    """What backs a product whatever the way, each with the support that it presupposes, and for whom alone it is (None: for all)."""
    for handle in view.holders("LossSharing", "product", product).tolist():
        sharing = offer_record(view, handle, LossSharing)
        if sharing.since is None or sharing.since <= view.as_of:
            share = sharing.government_share
            payer = view.ref(handle, "government")
            cover = None if share is None else millionths(share)
            yield Support(SupportKind.LOSS_SHARING, payer, handle, cover), None, None
    for handle in view.holders("Subsidy", "product", product).tolist():
        subsidy = offer_record(view, handle, Subsidy)
        known = SUBSIDIES.get(subsidy.kind) if subsidy.kind is not None else None
        granted = subsidy.granted_to is not None
        if known is not None and (granted or subsidy.status not in (OfferStatus.CLOSED, OfferStatus.PLANNED)):
            support = Support(known[0], view.ref(handle, "payer"), handle, 0)
            yield support, known[1], view.ref(handle, "granted_to") if granted else None
    for bond, _ in funding_of(view, product):
        yield Support(SupportKind.FUNDING, view.ref(bond, "issuer"), bond, 0), None, None


def funding_of(view: View, product: int) -> list[tuple[int, int]]:
    """The bonds by which the product's lender has raised money for it, each with the link that says so, in id order.

    A bond counts from its issue to its last day.
    """
    found = []
    lender = legal_entity(view, view.ref(product, "lender"))
    for link in view.holders("Funding", "target", product).tolist():
        bond = view.ref(link, "source")
        record = offer_record(view, bond, BondIssue)
        runs = record.due_on is None or record.due_on >= view.as_of
        issued = record.issued is not None and record.issued.minor > 0
        if record.type in OWN_BONDS and runs and issued and legal_entity(view, view.ref(bond, "issuer")) == lender:
            found.append((bond, link))
    return found


def raised_by_funding(view: View, product: int) -> Tally:
    """By how much, in 分, the lender's bonds raise the most that a product lends at once; 0 where they raise nothing."""
    tally = Tally()
    for _, link in funding_of(view, product):
        raises: Money | None = view.value(link, "raises")
        if raises is not None:
            tally.add(amount_of(raises, link, "raises", CNY, view=view))
    return tally
