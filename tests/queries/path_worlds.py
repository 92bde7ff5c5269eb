"""Small random worlds of firms, trade, claims, vouchers, programmes, products and limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from graph.kinds.assets import Receivable, Voucher
from graph.kinds.contracts import Encumbrance, EncumbranceKind, Facility, Loan
from graph.kinds.parties import Supplies
from graph.kinds.supply_side import AnchorProgramme, CreditLimit, LimitKind, LoanProduct
from graph.kinds.terms import OfferStatus, Recourse, Technique
from graph.money import Money
from graph.records import Record, Ref
from tests.queries.finance import bank, firm
from tests.queries.path_oracle import World

BANKS = ("institution:a", "institution:b")
UNDER_PROGRAMME = (Technique.PAYABLES_FINANCE, Technique.DEEP_TIER)
ALONE = (
    Technique.RECEIVABLES_DISCOUNTING,
    Technique.RECEIVABLES_LOAN,
    Technique.FACTORING,
    Technique.COMPREHENSIVE_LINE,
)

amounts = st.integers(1, 1000).map(Money)
shares = st.sampled_from([Decimal("0.3"), Decimal("0.8"), Decimal("0.95"), Decimal(1)])
dilutions = st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.333333")])


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of the values, or nothing stated, now and then."""
    return st.one_of(values, values, values, st.none())


@st.composite
def worlds(draw: st.DrawFn, firms: int = 6) -> World:
    """A world of at most so many firms."""
    ids = [f"enterprise:{letter}" for letter in "stuvwxyz"[: draw(st.integers(2, firms))]]
    pairs = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=12, unique=True))
    links = [
        Supplies(
            source=Ref(seller),
            target=Ref(buyer),
            annual_amount=draw(maybe(st.integers(1, 5000).map(Money))),
            payment_term_days=draw(maybe(st.sampled_from([0, 30, 90, 365]))),
            dilution=draw(maybe(dilutions)),
        )
        for seller, buyer in pairs
        if seller != buyer
    ]
    programmes = [
        AnchorProgramme(
            id=f"anchorProgramme:{place}",
            name="p",
            anchor=Ref(draw(st.sampled_from(ids))),
            limit=draw(maybe(amounts)),
            max_tier=draw(maybe(st.integers(1, 4))),
        )
        for place in range(draw(st.integers(0, 2)))
    ]
    products = draw(_products([one.id for one in programmes]))
    named = [one.id for one in products]
    receivables = [
        Receivable(
            id=f"receivable:{place}",
            owner=Ref(owner),
            obligor=Ref(obligor),
            face=draw(amounts),
            paid=draw(maybe(st.integers(0, 300).map(Money))),
            dilution=draw(maybe(dilutions)),
            confirmed=draw(st.sampled_from([True, False, None])),
            assignable=draw(st.sampled_from([True, True, False, None])),
            contract_no=draw(maybe(st.just("c"))),
            invoice_no="i",
            delivery_no="d",
        )
        for place, (owner, obligor) in enumerate(draw(_pairs_of(ids, 3)))
    ]
    vouchers: list[Voucher] = []
    for place in range(draw(st.integers(0, 4)) if programmes else 0):
        parent = draw(maybe(st.sampled_from(vouchers))) if vouchers else None
        vouchers.append(
            Voucher(
                id=f"voucher:{place}",
                owner=Ref(draw(st.sampled_from(ids))),
                programme=parent.programme if parent else Ref(draw(st.sampled_from(programmes)).id),
                parent=Ref(parent.id) if parent else None,
                face=draw(amounts),
            )
        )
    return World(
        tuple(firm(one.partition(":")[2]) for one in ids),
        tuple(links),
        tuple(programmes),
        tuple(products),
        tuple(receivables),
        tuple(vouchers),
        tuple(draw(_encumbrances([one.id for one in receivables] + [one.id for one in vouchers], ids))),
        tuple(draw(_limits(ids, named))),
        tuple(
            Loan(
                id=f"loan:{place}",
                lender=Ref("institution:elsewhere"),
                borrower=Ref("institution:elsewhere"),
                programme=Ref(draw(st.sampled_from(programmes)).id),
                principal=draw(amounts),
                outstanding=draw(maybe(amounts)),
            )
            for place in range(draw(st.integers(0, 2)) if programmes else 0)
        ),
    )


@st.composite
def _products(draw: st.DrawFn, programmes: list[str]) -> list[LoanProduct]:
    found = []
    for place in range(draw(st.integers(1, 6))):
        technique = draw(st.sampled_from(ALONE + UNDER_PROGRAMME if programmes else ALONE))
        under = draw(st.sampled_from(programmes)) if technique in UNDER_PROGRAMME else None
        found.append(
            LoanProduct(
                id=f"loanProduct:{place}",
                name="p",
                lender=Ref(draw(st.sampled_from(BANKS))),
                technique=technique,
                status=draw(
                    st.sampled_from([OfferStatus.OPEN, OfferStatus.OPEN, OfferStatus.OPEN, OfferStatus.CLOSED])
                ),
                programme=None if under is None else Ref(under),
                recourse=draw(maybe(st.sampled_from(list(Recourse)))),
                buyer_limit_with_recourse=draw(st.sampled_from([True, False, None])),
                with_notice=draw(st.sampled_from([False, None])),
                advance_rate=draw(maybe(shares)),
                max_amount=draw(maybe(amounts)),
            )
        )
    return found


def _pairs_of(ids: list[str], most: int) -> st.SearchStrategy[list[tuple[str, str]]]:
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(ids)).filter(lambda pair: pair[0] != pair[1])
    return st.lists(pairs, max_size=most)


@st.composite
def _encumbrances(draw: st.DrawFn, assets: list[str], firms: list[str]) -> list[Encumbrance]:
    found = []
    for place in range(draw(st.integers(0, 3)) if assets else 0):
        blanket = draw(st.integers(0, 9)) == 0
        found.append(
            Encumbrance(
                id=f"encumbrance:{place}",
                kind=draw(st.sampled_from([EncumbranceKind.ASSIGNMENT, EncumbranceKind.PLEDGE])),
                asset=None if blanket else Ref(draw(st.sampled_from(assets))),
                grantor=Ref(draw(st.sampled_from(firms))) if blanket else None,
                blanket=blanket or None,
                creditor=Ref("institution:elsewhere"),
                secures=draw(st.sampled_from([None, Ref("facility:1"), Ref("facility:2")])),
                amount=draw(maybe(st.integers(0, 400).map(Money))),
                registry_no="r",
            )
        )
    return found


@st.composite
def _limits(draw: st.DrawFn, firms: list[str], products: list[str]) -> list[CreditLimit]:
    found = []
    for place in range(draw(st.integers(0, 4))):
        found.append(
            CreditLimit(
                id=f"creditLimit:{place}",
                lender=Ref(draw(st.sampled_from(BANKS))),
                on=Ref(draw(st.sampled_from(firms))),
                kind=draw(st.sampled_from([LimitKind.DEBTOR_LIMIT, LimitKind.SINGLE_NAME])),
                product=draw(maybe(st.sampled_from(products).map(Ref))),
                limit=draw(maybe(amounts)),
                used=draw(st.integers(0, 500).map(Money)),
            )
        )
    return found


def records_of(world: World) -> list[Record]:
    """Everything that makes up a world, its banks included."""
    secured = [
        Facility(id=f"facility:{place}", lender=Ref("institution:elsewhere"), borrower=Ref("institution:elsewhere"))
        for place in (1, 2)
    ]
    banks = [bank("a"), bank("b"), bank("elsewhere")]
    return [
        *banks, *secured, *world.firms, *world.links, *world.programmes, *world.products, *world.receivables,
        *world.vouchers, *world.encumbrances, *world.limits, *world.loans,
    ]  # fmt: skip
