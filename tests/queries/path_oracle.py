"""A second opinion on financing paths, as simple as it can be: every simple walk of a small world, every formula written out.

It reads records, not a view, and shares nothing with the search but the records and the words of the answer. It knows chains under
programmes, debtor limits, claims, vouchers, assets, distributors, projects and offered lines; the worlds it is asked about have only
those.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from graph.kinds.parties import Supplies
from graph.kinds.supply_side import AnchorProgramme, CreditLimit, LimitKind
from graph.kinds.terms import OfferStatus, Recourse, Technique
from tests.queries.asset_oracle import on_assets, on_purchases
from tests.queries.oracle_world import Expected, Found, World, lendable, minor_of, offers_of, owed_on, rate_of

FOR_SOME_PURPOSES = frozenset(
    {Technique.PRE_SHIPMENT, Technique.CONTRACT_LOAN, Technique.DISTRIBUTOR_FINANCE, Technique.PROJECT_LOAN}
)


def expected_paths(world: World, firm: str, amount: int | None) -> list[Expected]:
    """Every path to a firm that no gate blocks, in order."""
    found = [
        *_claims(world, firm), *_vouchers(world, firm), *_chains(world, firm), *_lines(world, firm),
        *on_assets(world, firm), *on_purchases(world, firm),
    ]  # fmt: skip
    measured = (_bounded(world, firm, amount, one) for one in found)
    return sorted((one for one in measured if one is not None), key=lambda one: one.order(amount))


def _bounded(world: World, firm: str, amount: int | None, found: Found) -> Expected | None:
    product = found.product
    if product.status is not OfferStatus.OPEN or product.lender in found.nodes[1:]:
        return None
    bounds: list[int | None] = [*found.bounds]
    if product.max_amount is not None:
        bounds.append(product.max_amount.minor)
    if found.programme is not None:
        bounds.append(_anchor_headroom(world, found.programme))
    recourse = Recourse.NONE if found.never_recourse else product.recourse
    for bound in world.limits:
        if bound.lender != product.lender or bound.product not in (None, product.id):
            continue
        on_buyer = found.obligor is not None and bound.on == found.obligor
        on_firm = bound.on in ((found.borrower or firm), *found.endorsers) and bound.kind is LimitKind.SINGLE_NAME
        draws_buyer = recourse is not Recourse.FULL or product.buyer_limit_with_recourse is True or found.acceptor
        if bound.kind is LimitKind.DEBTOR_LIMIT and on_buyer and (draws_buyer or found.debtor_limit):
            bounds.append(_limit_left(bound))
        if bound.kind is LimitKind.SINGLE_NAME and on_buyer and found.obligor is not None and draws_buyer:
            bounds.append(_limit_left(bound))
        if on_firm and (found.obligor is None or recourse is not Recourse.NONE):
            bounds.append(_limit_left(bound))
    unstated = not bounds or None in bounds
    if any(bound == 0 for bound in bounds):
        return None
    bounds += [amount] if amount is not None else []
    stated = [bound for bound in bounds if bound is not None]
    status = found.status
    # A need that says no purpose may not be one that the technique may serve.
    unsaid = amount is not None and product.technique in FOR_SOME_PURPOSES
    if status == "AVAILABLE" and (found.conditional or unstated or unsaid):
        status = "CONDITIONAL"
    assert product.technique is not None
    return Expected(None if unstated else min(stated), status, found.nodes, product.technique.name)


def _limit_left(bound: CreditLimit) -> int | None:
    assert bound.used is not None
    return None if bound.limit is None else max(0, bound.limit.minor - bound.used.minor)


def _anchor_headroom(world: World, programme: AnchorProgramme) -> int | None:
    if programme.limit is None:
        return None
    used = sum(minor_of(loan.outstanding or loan.principal) for loan in world.loans if loan.programme == programme.id)
    return max(0, programme.limit.minor - used)


def _claims(world: World, firm: str) -> Iterator[Found]:
    for claim in world.receivables:
        if claim.owner != firm:
            continue
        dilution = Fraction(0) if claim.confirmed or claim.dilution is None else Fraction(claim.dilution)
        missing = claim.assignable is None or claim.contract_no is None
        if claim.assignable is False:
            continue
        for technique in (Technique.RECEIVABLES_DISCOUNTING, Technique.FACTORING, Technique.RECEIVABLES_LOAN):
            for product in offers_of(world, technique):
                worth = lendable(owed_on(claim) * (1 - dilution), claim.id, firm, world, rate_of(product))
                if worth is not None:
                    nodes = (product.lender or "", product.id, claim.id, firm)
                    debtor = None if technique is Technique.RECEIVABLES_LOAN else claim.obligor
                    unsure = missing or (technique is Technique.FACTORING and product.with_notice is None)
                    yield Found(product, nodes, (worth,), "AVAILABLE", debtor, unsure)
        for programme in world.programmes:
            if programme.anchor != claim.obligor or claim.confirmed is False:
                continue
            for product in offers_of(world, Technique.PAYABLES_FINANCE, programme.id):
                worth = lendable(owed_on(claim) * (1 - dilution), claim.id, firm, world, rate_of(product))
                if worth is not None:
                    nodes = (product.lender or "", product.id, programme.id, claim.id, firm)
                    unsure = missing or claim.confirmed is None
                    yield Found(product, nodes, (worth,), "AVAILABLE", programme.anchor, unsure, programme)


def _vouchers(world: World, firm: str) -> Iterator[Found]:
    by_id = {one.id: one for one in world.vouchers}
    for part in world.vouchers:
        if part.owner != firm:
            continue
        lineage = [part]
        while lineage[0].parent is not None:
            lineage.insert(0, by_id[lineage[0].parent])
        programme = next(one for one in world.programmes if one.id == lineage[0].programme)
        technique = Technique.DEEP_TIER if len(lineage) > 1 else Technique.PAYABLES_FINANCE
        split = sum(one.face.minor for one in world.vouchers if one.parent == part.id)
        for product in offers_of(world, technique, programme.id):
            held = Fraction(max(0, part.face.minor - split))
            worth = lendable(held, part.id, firm, world, rate_of(product))
            if worth is not None:
                nodes = (product.lender or "", product.id, programme.id, *(one.id for one in lineage), firm)
                yield Found(product, nodes, (worth,), "AVAILABLE", programme.anchor, False, programme)


def _width(world: World, link: Supplies) -> int | None:
    if any(one.blanket and one.grantor == link.source for one in world.encumbrances):
        return 0
    if link.annual_amount is None or link.payment_term_days is None:
        return None
    recorded = sum(owed_on(one) for one in world.receivables if (one.owner, one.obligor) == (link.source, link.target))
    by_id = {one.id: one for one in world.vouchers}
    anchors = {one.id: one.anchor for one in world.programmes}
    for one in world.vouchers:
        debtor = anchors[one.programme] if one.parent is None else by_id[one.parent].owner
        if (one.owner, debtor) == (link.source, link.target):
            recorded += one.face.minor
    return max(0, link.annual_amount.minor * link.payment_term_days // 365 - recorded)


def _carried(world: World, link: Supplies, rate: Fraction) -> int | None:
    width = _width(world, link)
    dilution = Fraction(0) if link.dilution is None else Fraction(link.dilution)
    return None if width is None else floor(width * (1 - dilution) * rate)


def _walks(world: World, firm: str, most: int) -> Iterator[tuple[Supplies, ...]]:
    """Every simple chain of at most so many links up from a firm."""

    def onward(at: str, seen: tuple[str, ...], walked: tuple[Supplies, ...]) -> Iterator[tuple[Supplies, ...]]:
        for link in world.links:
            if link.source == at and link.target not in seen:
                longer = (*walked, link)
                yield longer
                if len(longer) < most:
                    yield from onward(link.target, (*seen, link.target), longer)

    yield from onward(firm, (firm,), ())


def _chains(world: World, firm: str) -> Iterator[Found]:
    with_programme = {programme.anchor for programme in world.programmes}
    for walk in _walks(world, firm, 5):
        end = walk[-1].target
        up = tuple(link.target for link in reversed(walk))
        for programme in world.programmes:
            if programme.anchor != end or (programme.max_tier or 5) < len(walk):
                continue
            technique = Technique.PAYABLES_FINANCE if len(walk) == 1 else Technique.DEEP_TIER
            for product in offers_of(world, technique, programme.id):
                bounds = tuple(_carried(world, link, rate_of(product)) for link in walk)
                nodes = (product.lender or "", product.id, programme.id, *up, firm)
                yield Found(product, nodes, bounds, "PROSPECTIVE", end, False, programme)
        if len(walk) == 1 and end not in with_programme:
            for bound in world.limits:
                if bound.kind is LimitKind.DEBTOR_LIMIT and bound.on == end:
                    for product in offers_of(world, Technique.FACTORING):
                        if product.id == bound.product or (bound.product is None and product.lender == bound.lender):
                            bounds = (_carried(world, walk[0], rate_of(product)),)
                            nodes = (product.lender or "", product.id, bound.id, end, firm)
                            yield Found(product, nodes, bounds, "PROSPECTIVE", end, debtor_limit=True)


def _lines(world: World, firm: str) -> Iterator[Found]:
    for product in offers_of(world, Technique.COMPREHENSIVE_LINE):
        yield Found(product, (product.lender or "", product.id, firm), (), "AVAILABLE", None)
