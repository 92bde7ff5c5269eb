"""Small random worlds of loans, guarantees, policies, syndicates, pools, leases, bonds, partnerships, funds and vouchers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from graph.kinds.assets import Equipment, EquipmentClass, PurchaseContract, SalesContract
from graph.kinds.contracts import (
    BondIssue,
    BondType,
    Collaboration,
    Funding,
    Guarantee,
    InsurancePolicy,
    InvestedBy,
    InvestmentRound,
    Lease,
    LentBy,
    Loan,
    Participation,
    PppContract,
    PppPart,
    Swap,
)
from graph.kinds.parties import Fund, GovernmentUnit, InstitutionType
from graph.kinds.places import LinkedWith
from graph.kinds.policy import Rule, RuleKind, SyndicateShare
from graph.kinds.supply_side import (
    CreditLimit,
    LimitKind,
    LoanProduct,
    LossSharing,
    Pool,
    PoolKind,
    Subsidy,
    SubsidyKind,
    VoucherScheme,
)
from graph.kinds.terms import Instrument, LeaseModel, OfferStatus, SyndicateRole, Technique
from graph.money import Money
from graph.records import Record, Ref
from tests.queries.finance import bank, firm

FIRM, OTHER = "enterprise:e", "enterprise:o"
SOURCES = ("institution:a", "institution:b", "institution:lessor")
OFFERED = (
    Technique.POOL_BACKED_LOAN, Technique.GUARANTEED_LOAN, Technique.INSURED_LOAN, Technique.COMPREHENSIVE_LINE,
    Technique.SYNDICATED, Technique.LEASE, Technique.INVEST_LOAN_LINKAGE, Technique.BOND, Technique.PPP,
    Technique.DEBT_EQUITY_SWAP,
)  # fmt: skip

amounts = st.integers(0, 1000).map(Money)
shares = st.sampled_from([Decimal(0), Decimal("0.3"), Decimal("0.8"), Decimal(1)])
days = st.sampled_from([date(2020, 1, 1), date(2025, 7, 1), date(2030, 1, 1)])
flags = st.sampled_from([True, True, False])


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of the values, or nothing stated, now and then."""
    return st.one_of(values, values, values, st.none())


def some(values: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    """A few of them."""
    return st.lists(values, max_size=most)


@st.composite
def credit_worlds(draw: st.DrawFn) -> list[Record]:
    """All records of a world around one firm."""
    at = iter(range(10_000))
    either = st.sampled_from([FIRM, FIRM, OTHER])
    lender = st.sampled_from(SOURCES)

    def pick(values: st.SearchStrategy[Any]) -> Any:
        return draw(values)

    products = [
        LoanProduct(
            id=f"loanProduct:{next(at)}", name="p", lender=Ref(pick(lender)), technique=technique,
            status=pick(maybe(st.sampled_from([OfferStatus.OPEN, OfferStatus.OPEN, OfferStatus.CLOSED]))),
            max_amount=pick(maybe(amounts)), pool=pick(maybe(st.just(Ref("pool:risk")))),
            lease_model=pick(maybe(st.sampled_from(list(LeaseModel)))), down_payment=pick(maybe(shares)),
        )
        for technique in pick(st.lists(st.sampled_from(OFFERED), min_size=1, max_size=5))
    ]  # fmt: skip
    product = st.sampled_from([one.id for one in products]).map(Ref)
    loans = [
        Loan(
            id=f"loan:{next(at)}", lender=pick(maybe(lender.map(Ref))), borrower=Ref(pick(either)), principal=pick(amounts),
            outstanding=pick(maybe(amounts)), due_on=pick(maybe(days)), renewal_committed=pick(maybe(flags)),
            technique=pick(maybe(st.sampled_from(OFFERED))), product=pick(maybe(product)),
        )
        for _ in range(pick(st.integers(0, 3)))
    ]  # fmt: skip
    loan = st.sampled_from([one.id for one in loans]).map(Ref) if loans else st.none()
    backing: list[Record] = [
        Guarantee(
            id=f"guarantee:{next(at)}", guarantor=Ref(OTHER), debtor=Ref(FIRM), cover_share=pick(maybe(shares)),
            amount=pick(maybe(amounts)), contract=contract, creditor=pick(maybe(lender.map(Ref))),
        )
        for contract in pick(some(st.one_of(st.none(), loan)))
    ]  # fmt: skip
    backing += [
        InsurancePolicy(
            id=f"insurancePolicy:{next(at)}", insurer=Ref("institution:insurer"), insured=Ref(pick(lender)), debtor=Ref(FIRM),
            deductible=pick(maybe(shares)), limit=pick(maybe(amounts)), contract=contract,
        )
        for contract in pick(some(st.one_of(st.none(), loan)))
    ]  # fmt: skip
    backing += [
        LossSharing(
            id=f"lossSharing:{next(at)}", name="s", product=one, government=Ref("governmentUnit:g"), government_share=pick(maybe(shares))
        )
        for one in pick(some(product, 1))
    ]  # fmt: skip
    backing += [
        Subsidy(
            id=f"subsidy:{next(at)}",
            name="s",
            kind=kind,
            product=pick(product),
            granted_to=pick(maybe(either.map(Ref))),
        )
        for kind in pick(some(st.sampled_from(list(SubsidyKind))))
    ]
    syndicate = [
        Participation(source=Ref(name), target=one, role=pick(maybe(st.sampled_from(list(SyndicateRole)))), limit=pick(maybe(amounts)))
        for name, one in {(pick(lender), pick(product)) for _ in range(pick(st.integers(0, 3)))}
    ]  # fmt: skip
    syndicate_rules = [
        Rule(
            id=f"rule:{next(at)}", kind=RuleKind.SYNDICATION, name="r", syndicate_share=share,
            value=pick(st.sampled_from([Decimal("0.1"), Decimal("0.3"), Decimal("0.7")])),
        )
        for share in pick(some(st.sampled_from(list(SyndicateShare)), 3))
    ]  # fmt: skip
    limits = [
        CreditLimit(
            id=f"creditLimit:{next(at)}", lender=Ref(name), on=Ref(pick(either)), kind=LimitKind.SINGLE_NAME, limit=pick(maybe(amounts))
        )
        for name in pick(some(lender, 3))
    ]  # fmt: skip
    parts = [
        PppPart(
            source=Ref("pppContract:p"),
            target=Ref(name),
            part=part,
            amount=pick(maybe(amounts)),
            paid=pick(maybe(amounts)),
        )
        for name, part in pick(
            st.sets(st.tuples(lender, st.sampled_from([Instrument.DEBT, Instrument.EQUITY])), max_size=2)
        )
    ]
    bonds = [
        BondIssue(
            id=f"bondIssue:{next(at)}", issuer=Ref(pick(st.sampled_from([FIRM, "institution:a"]))), underwriter=Ref(pick(lender)),
            type=pick(maybe(st.sampled_from(list(BondType)))), approved=pick(maybe(amounts)), issued=pick(maybe(amounts)),
            approval_until=pick(maybe(days)),
        )
        for _ in range(pick(st.integers(0, 2)))
    ]  # fmt: skip
    funding = [Funding(source=Ref(one.id), target=pick(product), raises=pick(maybe(amounts))) for one in bonds]
    lent = [LentBy(source=Ref(one.id), target=Ref(pick(lender)), role=SyndicateRole.LEAD) for one in loans[:1]]
    return [
        bank("a"), bank("b"), bank("lessor", type=InstitutionType.LESSOR), bank("insurer", insurance_limit=pick(maybe(amounts))),
        firm("e"), firm("o"), GovernmentUnit(id="governmentUnit:g", name="g"), Fund(id="fund:f", name="f", ticket_max=pick(maybe(amounts))),
        LinkedWith(source=Ref("fund:f"), target=Ref(pick(lender)), per_yuan=pick(maybe(st.just(Decimal("1.5"))))),
        InvestmentRound(id="investmentRound:r", enterprise=Ref(pick(either))),
        InvestedBy(source=Ref("investmentRound:r"), target=Ref("fund:f"), amount=pick(maybe(amounts))),
        Pool(id="pool:risk", name="r", kind=PoolKind.RISK, balance=pick(maybe(amounts)), multiple=pick(maybe(st.just(Decimal(2)))),
             cover_share=pick(maybe(shares))),
        Pool(id="pool:bridge", name="b", kind=PoolKind.BRIDGE, balance=pick(maybe(amounts)), status=OfferStatus.OPEN,
             max_days=pick(maybe(st.just(15))), daily_fee_rate=pick(maybe(st.sampled_from([Decimal("0.0001"), Decimal("0.001")])))),
        VoucherScheme(id="voucherScheme:v", name="v", budget=pick(maybe(amounts)), per_firm_max=pick(maybe(st.just(Money(100)))),
                      status=pick(maybe(st.just(OfferStatus.OPEN)))),
        Collaboration(id="collaboration:c", enterprise=Ref(pick(either)), scheme=Ref("voucherScheme:v"),
                      voucher_amount=pick(maybe(amounts))),
        Equipment(id="equipment:m", owner=Ref(pick(either)), valuation=pick(maybe(amounts))),
        PurchaseContract(id="purchaseContract:p", owner=Ref(pick(either)), seller=Ref(OTHER), amount=pick(amounts), contract_no="c",
                         equipment=pick(maybe(st.just(EquipmentClass.MINING)))),
        SalesContract(id="salesContract:s", owner=Ref(pick(either)), buyer=Ref(OTHER), amount=pick(amounts), contract_no="c",
                      equipment=pick(maybe(st.just(EquipmentClass.MINING)))),
        Lease(id="lease:l", lessor=Ref("institution:lessor"), lessee=Ref(pick(either)), vendor=pick(maybe(either.map(Ref))),
              model=pick(maybe(st.just(LeaseModel.VENDOR))), price=pick(maybe(amounts))),
        Swap(id="swap:s", creditor=Ref("institution:b"), debtor=Ref(pick(either)), debt=pick(maybe(amounts))),
        PppContract(id="pppContract:p", sponsor=Ref("governmentUnit:g"), vehicle=Ref(pick(either)), debt_part=pick(maybe(amounts)),
                    equity_part=pick(maybe(amounts))),
        *products, *loans, *backing, *syndicate, *syndicate_rules, *limits, *parts, *bonds, *funding, *lent,
    ]  # fmt: skip
