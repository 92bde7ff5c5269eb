"""Whether what a path stands on is of a sort that the technique and its offer take: a part of ELIGIBILITY."""

from __future__ import annotations

from graph.kinds.assets import Order, OrderBuyer
from graph.kinds.parties import Enterprise
from graph.kinds.terms import SizeClass
from graph.records import Term
from queries.financing.cases import Case
from queries.financing.gates.verdicts import FAILED, PASSED, Verdict, unknown, worse
from queries.financing.limits.constraints import MissingFact


def admission(case: Case) -> Verdict:
    """The asset is of a sort that the offer takes; an order is from government, a large buyer or abroad; a project is listed."""
    verdict = PASSED
    if case.asset >= 0:
        if case.view.has_kind(case.asset, "Order"):
            verdict = unknown(MissingFact(case.asset, "buyerType")) if order_buyer(case) is None else PASSED
        verdict = worse(verdict, _taken(case))
    project = case.candidate.role("Project")
    if project >= 0 and not len(case.view.holders("ListedIn", "source", project)):
        return FAILED
    return verdict


def order_buyer(case: Case) -> OrderBuyer | None:
    """Who placed the order of a path, as it says or as its buyer shows; None: nobody states it."""
    order = case.appraisal.record(case.asset, Order)
    if order.buyer_type is not None:
        return order.buyer_type
    buyer = case.appraisal.ref(case.asset, "buyer")
    if buyer >= 0 and case.view.has_kind(buyer, "GovernmentUnit"):
        return OrderBuyer.GOVERNMENT
    if buyer >= 0 and case.view.has_kind(buyer, "Enterprise"):
        large = case.appraisal.record(buyer, Enterprise).size is SizeClass.LARGE
        return OrderBuyer.LARGE_BUYER if large else None
    return None


def _taken(case: Case) -> Verdict:
    """The offer lists the asset's kind or variant, or lists nothing."""
    takes = case.offer.takes if case.offer is not None else ()
    kind = case.view.kind_of(case.asset)
    if not takes or kind.name in takes or kind.zh in takes:
        return PASSED
    name = case.asset_kind.variant
    if name is None:
        return FAILED
    variant: Term | None = order_buyer(case) if kind.name == "Order" else getattr(case.holding, name)
    if variant is None:
        return unknown(MissingFact(case.asset, kind.by_name[name].graph_name))
    return PASSED if variant.name in takes or variant.zh in takes else FAILED
