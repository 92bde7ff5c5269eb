"""Small random worlds in which firms own assets, projects and promises to buy back beside what `path_worlds` draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from graph.kinds.assets import (
    Asset,
    Bill,
    Building,
    CreditClaim,
    Deposit,
    EndorsedBy,
    Equipment,
    FxDocument,
    IpRight,
    LandUseRight,
    Order,
    OrderBuyer,
    PurchaseContract,
    RevenueRight,
    SalesContract,
    WarehouseReceipt,
)
from graph.kinds.contracts import BuyBack, Encumbrance, EncumbranceKind
from graph.kinds.demand_side import ListedIn, Project, ProjectList
from graph.kinds.supply_side import CreditLimit, LimitKind, LoanProduct
from graph.kinds.terms import OfferStatus, Recourse, Technique
from graph.money import Money
from graph.records import Record, Ref
from tests.queries.asset_oracle import LOANS
from tests.queries.oracle_world import World
from tests.queries.path_worlds import BANKS, amounts, maybe, shares, worlds

OTHER_BANKS: Final = ("institution:elsewhere", *BANKS)
LIST: Final = "projectList:l"
numbers = maybe(st.just("n"))
parts = maybe(st.integers(0, 800).map(Money))
valued = {"valuation": maybe(amounts)}
entered = {**valued, "registry_no": numbers}

KINDS: Final[Mapping[type[Asset], Mapping[str, st.SearchStrategy[Any]]]] = {
    WarehouseReceipt: valued,
    RevenueRight: valued,
    Equipment: valued,
    IpRight: entered,
    Building: entered,
    LandUseRight: entered,
    Deposit: {"amount": amounts},
    FxDocument: {"amount": amounts},
    Order: {
        "amount": amounts,
        "filled": parts,
        "contract_no": numbers,
        "buyer_type": maybe(st.sampled_from(list(OrderBuyer))),
    },
    SalesContract: {"amount": amounts, "performed": parts, "contract_no": numbers},
    PurchaseContract: {"amount": amounts, "performed": parts, "contract_no": numbers},
    Bill: {
        "face": amounts,
        "transferable": st.sampled_from([True, True, False, None]),
        "contract_no": numbers,
        "invoice_no": st.just("i"),
    },
    CreditClaim: {
        "amount": amounts,
        "accepted": st.sampled_from([True, True, False, None]),
        "issuer": st.sampled_from(OTHER_BANKS).map(Ref),
        "confirmer": st.sampled_from([None, None, *map(Ref, OTHER_BANKS)]),
    },
}
OTHER_SIDE: Final = {Order: "buyer", SalesContract: "buyer", PurchaseContract: "seller", Bill: "acceptor"}


@st.composite
def asset_worlds(draw: st.DrawFn) -> World:
    """A world of at most four firms, the first of which owns an asset or two and may run a project or distribute."""
    world = draw(worlds(4))
    ids = [one.id for one in world.firms]
    assets = [draw(_asset(place, ids)) for place in range(draw(st.integers(0, 2)))]
    projects = [draw(_project(ids))] if draw(st.booleans()) else []
    programmes = tuple(
        replace(
            one,
            sell_through_days=draw(maybe(st.sampled_from([30, 90]))),
            margin_share=draw(maybe(st.sampled_from([Decimal(0), Decimal("0.3"), Decimal(1)]))),
            buy_back_limit=draw(maybe(amounts)),
        )
        for one in world.programmes
    )
    promises = st.tuples(st.sampled_from([one.id for one in programmes]), st.sampled_from(ids)) if programmes else None
    pairs = draw(st.lists(promises, max_size=2, unique=True)) if promises is not None else []
    names = [type(one).__name__ for one in assets]
    wanted = [LOANS[name] for name in names if name in LOANS]
    wanted += [Technique.BILL_DISCOUNT] * ("Bill" in names) + [Technique.FORFAITING] * ("CreditClaim" in names)
    wanted += [Technique.PROJECT_LOAN] * bool(projects) + [Technique.DISTRIBUTOR_FINANCE] * bool(programmes)
    wanted += [Technique.DYNAMIC_DISCOUNTING] * bool(world.receivables)
    products = [
        draw(_product(f"loanProduct:x{place}", technique, ids, [one.id for one in programmes]))
        for place, technique in enumerate(draw(st.permutations(wanted)))
    ]
    return replace(
        world,
        firms=tuple(replace(one, early_payment_cash=draw(maybe(amounts))) for one in world.firms),
        links=tuple(replace(one, sell_through_days=draw(maybe(st.just(60)))) for one in world.links),
        programmes=programmes,
        products=(*world.products, *products),
        encumbrances=(*world.encumbrances, *(draw(_encumbrance(place, one.id)) for place, one in enumerate(assets))),
        limits=(*world.limits, *(draw(_limit(place, ids)) for place in range(draw(st.integers(0, 2))))),
        loans=tuple(
            replace(one, technique=draw(st.sampled_from([None, Technique.DISTRIBUTOR_FINANCE]))) for one in world.loans
        ),
        assets=tuple(assets),
        endorsements=tuple(
            EndorsedBy(source=Ref(one.id), target=Ref(draw(st.sampled_from(ids))), at=at)
            for one in assets
            if isinstance(one, Bill)
            for at in range(draw(st.integers(0, 2)))
        ),
        buy_backs=tuple(
            BuyBack(id=f"buyBack:{place}", programme=Ref(programme), distributor=Ref(firm), limit=draw(maybe(amounts)))
            for place, (programme, firm) in enumerate(pairs)
        ),
        projects=tuple(projects),
        listed=tuple(ListedIn(source=Ref(one.id), target=Ref(LIST)) for one in projects if draw(st.integers(0, 3))),
    )


@st.composite
def _asset(draw: st.DrawFn, place: int, ids: list[str]) -> Asset:
    kind = draw(st.sampled_from(list(KINDS)))
    fields = {name: draw(values) for name, values in KINDS[kind].items()}
    if kind in OTHER_SIDE:
        fields[OTHER_SIDE[kind]] = Ref(ids[1])
    name = kind.__name__
    return kind(id=f"{name[0].lower()}{name[1:]}:{place}", owner=Ref(ids[0]), **fields)


@st.composite
def _project(draw: st.DrawFn, ids: list[str]) -> Project:
    return Project(
        id="project:p",
        name="p",
        owner=Ref(ids[draw(st.integers(0, 1))]),
        vehicle=draw(st.sampled_from([None, Ref(ids[0]), Ref(ids[1])])),
        cost=draw(maybe(amounts)),
        own_capital=draw(maybe(st.integers(0, 400).map(Money))),
        own_capital_share=draw(st.sampled_from([None, Decimal("0.2"), Decimal("0.333333")])),
    )


@st.composite
def _product(draw: st.DrawFn, name: str, technique: Technique, ids: list[str], programmes: list[str]) -> LoanProduct:
    lender = draw(st.sampled_from(ids if technique is Technique.DYNAMIC_DISCOUNTING else BANKS))
    under = draw(st.sampled_from(programmes)) if technique is Technique.DISTRIBUTOR_FINANCE else None
    return LoanProduct(
        id=name,
        name="p",
        lender=Ref(lender),
        technique=technique,
        status=draw(st.sampled_from([OfferStatus.OPEN, OfferStatus.OPEN, OfferStatus.OPEN, OfferStatus.CLOSED])),
        programme=None if under is None else Ref(under),
        recourse=draw(maybe(st.sampled_from(list(Recourse)))),
        buyer_limit_with_recourse=draw(st.sampled_from([True, False, None])),
        advance_rate=draw(maybe(shares)),
        max_amount=draw(maybe(amounts)),
    )


@st.composite
def _encumbrance(draw: st.DrawFn, place: int, asset: str) -> Encumbrance:
    return Encumbrance(
        id=f"encumbrance:x{place}",
        kind=draw(st.sampled_from(list(EncumbranceKind))),
        asset=Ref(asset),
        creditor=Ref("institution:elsewhere"),
        secures=draw(st.sampled_from([None, Ref("facility:1"), Ref("facility:2")])),
        amount=draw(maybe(st.integers(0, 400).map(Money))),
        registry_no="r",
    )


@st.composite
def _limit(draw: st.DrawFn, place: int, ids: list[str]) -> CreditLimit:
    return CreditLimit(
        id=f"creditLimit:x{place}",
        lender=Ref(draw(st.sampled_from(BANKS))),
        on=Ref(draw(st.sampled_from([*ids, *OTHER_BANKS]))),
        kind=draw(st.sampled_from([LimitKind.DEBTOR_LIMIT, LimitKind.SINGLE_NAME])),
        limit=draw(maybe(amounts)),
        used=draw(st.integers(0, 500).map(Money)),
    )


def asset_records(world: World) -> list[Record]:
    """What a world holds beside the records of `path_worlds`."""
    lists = [ProjectList(id=LIST, name="l")] if world.listed else []
    return [*world.assets, *world.endorsements, *world.buy_backs, *world.projects, *lists, *world.listed]
