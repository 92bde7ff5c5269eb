"""The second opinion on what stands on an asset, a project or purchases from an anchor: every formula written out."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from graph.kinds.assets import (
    Asset,
    Bill,
    Building,
    CreditClaim,
    IpRight,
    LandUseRight,
    Order,
    PurchaseContract,
    SalesContract,
)
from graph.kinds.contracts import EncumbranceKind
from graph.kinds.demand_side import Project
from graph.kinds.supply_side import LoanProduct
from graph.kinds.terms import Technique
from graph.money import Money
from tests.queries.oracle_world import Found, World, lendable, minor_of, offers_of, owed_on, rate_of

LOANS = {
    "WarehouseReceipt": Technique.INVENTORY_LOAN,
    "Order": Technique.PRE_SHIPMENT,
    "SalesContract": Technique.CONTRACT_LOAN,
    "PurchaseContract": Technique.CONTRACT_LOAN,
    "IpRight": Technique.IP_PLEDGE,
    "RevenueRight": Technique.REVENUE_RIGHT,
    "Deposit": Technique.CASH_PLEDGE,
    "FxDocument": Technique.FX_DOCUMENT,
    "Building": Technique.MORTGAGE_LOAN,
    "LandUseRight": Technique.MORTGAGE_LOAN,
    "Equipment": Technique.MORTGAGE_LOAN,
}


def on_assets(world: World, firm: str) -> Iterator[Found]:
    """Loans against what the firm owns, bills and letters of credit sold, payables paid early, projects."""
    for asset in world.assets:
        if asset.owner != firm:
            continue
        if isinstance(asset, Bill):
            yield from _bills(world, asset)
        elif isinstance(asset, CreditClaim):
            yield from _credits(world, asset)
        else:
            for product in offers_of(world, LOANS[type(asset).__name__]):
                yield from _loan(world, asset, product)
    yield from _early(world, firm)
    for project in world.projects:
        if firm in (project.owner, project.vehicle):
            yield from _project(world, project, firm)


def _value(asset: Asset) -> int | None:
    money: Money | None = getattr(asset, "amount", None) or getattr(asset, "face", None) or asset.valuation
    done = getattr(asset, "filled", None) or getattr(asset, "performed", None)
    return None if money is None else max(0, money.minor - minor_of(done))


def _worth(world: World, asset: Asset, product: LoanProduct) -> int | bool | None:
    """What can be lent; None: not stated; False: a registration takes all."""
    value = _value(asset)
    free = lendable(Fraction(value or 0), asset.id, asset.owner, world, rate_of(product))
    if free is None:
        return False
    return None if value is None else free


def _loan(world: World, asset: Asset, product: LoanProduct) -> Iterator[Found]:
    worth = _worth(world, asset, product)
    papers = isinstance(asset, Order | SalesContract | PurchaseContract)
    unsure = (papers and asset.contract_no is None) or (  # type: ignore[attr-defined]
        isinstance(asset, IpRight | Building | LandUseRight) and asset.registry_no is None
    )
    unsure |= isinstance(asset, Order) and asset.buyer_type is None
    if worth is not False:
        nodes = (product.lender or "", product.id, asset.id, asset.owner)
        yield Found(product, nodes, (worth,), "AVAILABLE", None, unsure)


def _bills(world: World, bill: Bill) -> Iterator[Found]:
    chain = sorted((one.at, str(one.target)) for one in world.endorsements if one.source == bill.id)
    endorsers = tuple(target for _, target in chain if target not in (bill.owner, bill.acceptor))
    for product in offers_of(world, Technique.BILL_DISCOUNT):
        worth = _worth(world, bill, product)
        if worth is False or bill.transferable is False:
            continue
        nodes = (product.lender or "", product.id, bill.id, bill.owner)
        unsure = bill.transferable is None or bill.contract_no is None
        yield Found(product, nodes, (worth,), "AVAILABLE", bill.acceptor, unsure, acceptor=True, endorsers=endorsers)


def _credits(world: World, claim: CreditClaim) -> Iterator[Found]:
    if claim.accepted is False and claim.confirmer is None:
        return
    for product in offers_of(world, Technique.FORFAITING):
        worth = _worth(world, claim, product)
        if worth is not False:
            nodes = (product.lender or "", product.id, claim.id, claim.owner)
            unsure = claim.accepted is None and claim.confirmer is None
            debtor = claim.confirmer or claim.issuer
            yield Found(product, nodes, (worth,), "AVAILABLE", debtor, unsure, never_recourse=True)


def _early(world: World, firm: str) -> Iterator[Found]:
    cash = {one.id: one.early_payment_cash for one in world.firms}
    for claim in world.receivables:
        for product in offers_of(world, Technique.DYNAMIC_DISCOUNTING):
            if claim.owner != firm or claim.obligor != product.lender or claim.confirmed is False:
                continue
            known = claim.confirmed is True or claim.dilution is None
            dilution = Fraction(0) if known else Fraction(claim.dilution or 0)
            worth = _assignable(world, claim.id, firm, owed_on(claim) * (1 - dilution))
            if worth is None:
                continue
            money = cash[str(product.lender)]
            bounds = (worth, None if money is None else money.minor)
            nodes = (str(product.lender), product.id, claim.id, firm)
            yield Found(product, nodes, bounds, "AVAILABLE", None, claim.confirmed is None)


def _assignable(world: World, claim: str, firm: str, value: Fraction) -> int | None:
    """V: what assignments leave, each contract once; None: a registration takes all."""
    by_contract: dict[str, int] = {}
    for one in world.encumbrances:
        if one.asset == claim or (one.blanket is True and one.grantor == firm):
            if one.amount is None:
                return None
            if one.kind is EncumbranceKind.ASSIGNMENT:
                key = one.secures or one.id
                by_contract[key] = max(by_contract.get(key, 0), one.amount.minor)
    return max(0, floor(value - sum(by_contract.values())))


def _project(world: World, project: Project, firm: str) -> Iterator[Found]:
    if all(one.source != project.id for one in world.listed):
        return
    bound = None
    if project.cost is not None and (project.own_capital is not None or project.own_capital_share is not None):
        share = ceil(project.cost.minor * Fraction(project.own_capital_share or 0))
        bound = max(0, project.cost.minor - max(share, minor_of(project.own_capital)))
    for product in offers_of(world, Technique.PROJECT_LOAN):
        nodes = (product.lender or "", product.id, project.id, firm)
        yield Found(product, nodes, (bound,), "AVAILABLE", None, borrower=project.vehicle or firm)


def on_purchases(world: World, firm: str) -> Iterator[Found]:
    """What the firm buys from anchors with a programme: promised to be bought back, or still to be promised."""
    for programme in world.programmes:
        if programme.anchor == firm:
            continue
        links = [link for link in world.links if (link.source, link.target) == (programme.anchor, firm)]
        promises = [one for one in world.buy_backs if (one.programme, one.distributor) == (programme.id, firm)]
        used = sum(
            minor_of(loan.outstanding or loan.principal)
            for loan in world.loans
            if loan.programme == programme.id and loan.technique is Technique.DISTRIBUTOR_FINANCE
        )
        whole = programme.buy_back_limit
        shared = () if whole is None else (max(0, whole.minor - used),)
        widths = [_sold(link.annual_amount, link.sell_through_days or programme.sell_through_days) for link in links]
        for product in offers_of(world, Technique.DISTRIBUTOR_FINANCE, programme.id):
            head = (product.lender or "", product.id, programme.id)
            for promise in promises:
                together = None if not widths or None in widths else sum(one for one in widths if one is not None)
                own = None if promise.limit is None else promise.limit.minor
                bounds = (_less_margin(together, programme.margin_share), own, *shared)
                yield Found(product, (*head, promise.id, firm), bounds, "AVAILABLE", None, programme=programme)
            for width in () if promises else widths:
                bounds = (_less_margin(width, programme.margin_share), *shared)
                nodes = (*head, str(programme.anchor), firm)
                yield Found(product, nodes, bounds, "PROSPECTIVE", None, programme=programme)


def _sold(annual: Money | None, days: int | None) -> int | None:
    return None if annual is None or days is None else annual.minor * days // 365


def _less_margin(kept: int | None, margin: object) -> int | None:
    return None if kept is None or margin is None else floor(kept * (1 - Fraction(str(margin))))
