"""What a lender has out on a group of names, against a plain sum over the records; what a what-if keeps of it."""

from decimal import Decimal
from math import ceil
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.contracts import Facility, Guarantee, InsurancePolicy, Lease, LentBy, Loan
from graph.kinds.parties import Enterprise, Institution, InstitutionType
from graph.kinds.policy import CapitalBase, RegulatoryLimit, Rule, RuleKind
from graph.kinds.supply_side import LimitKind, LossSharing, Pool
from graph.kinds.terms import Recourse, Technique
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from graph.what_if import Add, Change, Set
from queries.financing.limits.covers import cover_of, covers_of
from queries.financing.limits.exposures import Counted, on_borrowers, total_out
from queries.financing_paths import financing_paths
from tests.examples import FEW_WORLDS, MENDED
from tests.queries.finance import bank, firm, limit, product, view_of

FIRMS = ("a", "b", "c")
BANKS = ("bank", "other")
minors = st.integers(0, 10**13)
shares = st.integers(0, 10**6).map(lambda millionths: Decimal(millionths).scaleb(-6))
RECOURSES = {"full": Recourse.FULL, "none": Recourse.NONE, "open": None}


@st.composite
def contracts(draw: st.DrawFn) -> list[Record]:
    """Facilities with their drawings, loans outside any, syndicated ones, and leases, of two banks and three firms."""
    found: list[Record] = []

    def lender() -> Ref[Institution]:
        return Ref(f"institution:{draw(st.sampled_from(BANKS))}")

    def borrower() -> Ref[Enterprise]:
        return Ref(f"enterprise:{draw(st.sampled_from(FIRMS))}")

    lines = draw(st.integers(0, 3))
    for place in range(lines):
        stated = draw(st.one_of(st.none(), minors.map(Money)))
        found.append(
            Facility(
                id=f"facility:{place}",
                lender=lender(),
                borrower=borrower(),
                limit=Money(draw(minors)),
                drawn=stated,
                committed=draw(st.booleans()),
            )
        )
    for place in range(draw(st.integers(0, 4))):
        line = draw(st.integers(0, lines - 1)) if lines and draw(st.booleans()) else None
        of = draw(st.one_of(st.none(), st.sampled_from(sorted(RECOURSES))))
        found.append(
            Loan(
                id=f"loan:{place}",
                lender=lender(),
                borrower=borrower(),
                principal=Money(draw(minors)),
                outstanding=draw(st.one_of(st.none(), minors.map(Money))),
                facility=None if line is None else Ref(f"facility:{line}"),
                product=None if of is None else Ref(f"loanProduct:{of}"),
            )
        )
        if draw(st.booleans()):
            found.append(LentBy(source=Ref(f"loan:{place}"), target=lender(), share=draw(shares)))
    for place in range(draw(st.integers(0, 2))):
        price, paid = Money(draw(minors)), draw(shares)
        found.append(Lease(id=f"lease:{place}", lessor=lender(), lessee=borrower(), price=price, down_payment=paid))
    return found


def owed(loan: Loan) -> int:
    money = loan.principal if loan.outstanding is None else loan.outstanding
    assert money is not None
    return money.minor


def part(records: list[Record], loan: Loan, lender: str) -> int:
    members = {str(one.target): one.share for one in records if isinstance(one, LentBy) and one.source == loan.id}
    if lender in members:
        return ceil(owed(loan) * (members[lender] or 0))
    return ceil(owed(loan) * (1 - sum(share or 0 for share in members.values()))) if loan.lender == lender else 0


def expected(records: list[Record], lender: str, firms: tuple[str, ...], *, by_recourse: bool) -> int:
    total = 0
    for one in records:
        match one:
            case Facility() if one.lender == lender and one.borrower in firms:
                drawings = [each for each in records if isinstance(each, Loan) and each.facility == one.id]
                drawn = sum(map(owed, drawings)) if one.drawn is None else one.drawn.minor
                assert one.limit is not None
                total += max(drawn, one.limit.minor) if one.committed else drawn
            case Loan() if one.borrower in firms and one.facility is None:
                without = by_recourse and one.product == "loanProduct:none"
                total += 0 if without else part(records, one, lender)
            case Lease() if one.lessor == lender and one.lessee in firms:
                assert one.price is not None
                total += ceil(one.price.minor * (1 - (one.down_payment or 0)))
    return total


@settings(max_examples=FEW_WORLDS)
@given(contracts(), st.lists(st.sampled_from(FIRMS), min_size=1, max_size=3, unique=True))
def test_exposure_is_the_plain_sum_over_contracts(records: list[Record], names: list[str]) -> None:
    products = [product(Technique.FACTORING, name, recourse=recourse) for name, recourse in RECOURSES.items()]
    view = view_of(*map(bank, BANKS), *map(firm, FIRMS), *products, *records)
    lender, firms = view.find("institution:bank"), tuple(f"enterprise:{name}" for name in names)
    found = on_borrowers(view, lender, [view.find(one) for one in firms], Counted(gross=True))
    assert found.amount == expected(records, "institution:bank", firms, by_recourse=True)
    every = tuple(f"enterprise:{name}" for name in FIRMS)
    whole = expected(records, "institution:bank", every, by_recourse=False)
    assert total_out(view, lender, Counted(gross=True)).amount == whole


@st.composite
def covered(draw: st.DrawFn) -> list[Record]:
    """Contracts that guarantors, insurers, pools and governments cover, under products of each recourse."""
    records = draw(contracts())
    stated = st.one_of(st.none(), shares)
    for place, one in enumerate(records):
        if not isinstance(one, Loan | Facility) or draw(st.booleans()):
            continue
        contract: Ref[Any] = Ref(one.id)
        if draw(st.booleans()):
            records.append(
                Guarantee(
                    id=f"guarantee:{place}",
                    guarantor=Ref("enterprise:b"),
                    debtor=Ref("enterprise:c"),
                    contract=contract,
                    cover_share=draw(stated),
                )
            )
        else:
            records.append(
                InsurancePolicy(
                    id=f"insurancePolicy:{place}",
                    insurer=Ref("institution:other"),
                    insured=Ref("institution:bank"),
                    debtor=Ref("enterprise:c"),
                    contract=contract,
                    deductible=draw(stated),
                )
            )
    records.append(Pool(id="pool:p", name="p", cover_share=draw(stated)))
    for name, recourse in RECOURSES.items():
        pool: Ref[Pool] | None = Ref("pool:p") if draw(st.booleans()) else None
        records.append(product(Technique.COMPREHENSIVE_LINE, name, recourse=recourse, pool=pool))
        if draw(st.booleans()):
            records.append(
                LossSharing(
                    id=f"lossSharing:{name}",
                    name=name,
                    product=Ref(f"loanProduct:{name}"),
                    government=Ref("institution:other"),
                    government_share=draw(stated),
                )
            )
    return [*map(bank, BANKS), *map(firm, FIRMS), *records]


@settings(max_examples=FEW_WORLDS)
@given(covered())
def test_loans_are_covered_together_as_one_by_one(records: list[Record]) -> None:
    view = view_of(*records)
    loans = view.handles("Loan")
    assert covers_of(view, loans).tolist() == [cover_of(view, loan) for loan in loans.tolist()]


def assumed_of(draw: st.DrawFn, view: View, records: list[Record]) -> Change:
    """A field of a record as another of its kind has it, a syndicate's share, or a new guarantee."""
    links = [one for one in view.ids_of(view.handles("LentBy")) if draw(st.booleans())]
    if links:
        return Set(links[0], {"share": draw(shares)})
    if view.find("loan:0") >= 0 and draw(st.integers(0, 3)) == 0:
        parties: dict[str, Any] = {
            "guarantor": Ref("enterprise:b"),
            "debtor": Ref("enterprise:a"),
            "contract": Ref("loan:0"),
        }
        return Add("Guarantee", {"id": "guarantee:new", **parties, "cover_share": 1, "outstanding": Money(7)})
    others = [
        (one, name, getattr(other, name))
        for one in records
        for other in records
        if type(one) is type(other) and getattr(one, "id", "")
        for name in view.ontology[type(one).__name__].by_name
        if getattr(one, name) != getattr(other, name) is not None
    ]
    one, name, value = draw(st.sampled_from(others))
    return Set(str(getattr(one, "id", "")), {name: value})


@settings(max_examples=MENDED)
@given(covered(), st.data())
def test_a_what_if_has_of_its_view_only_what_its_changes_leave(records: list[Record], data: st.DataObject) -> None:
    cap = Rule(
        id="rule:cap",
        name="cap",
        kind=RuleKind.REGULATORY_LIMIT,
        institution_type=InstitutionType.BANK,
        limit_kind=RegulatoryLimit.SINGLE_NAME,
        base=CapitalBase.NET_CAPITAL,
        value=Decimal(1),
    )
    records = [*records, cap, limit(LimitKind.SINGLE_NAME, "enterprise:a", 100)]
    view = view_of(*records)
    financing_paths(view, "enterprise:a")
    assumed = view.with_changes([data.draw(st.composite(assumed_of)(view, records))])
    anew = assumed.unresolved_on(view.as_of)
    assert financing_paths(assumed, "enterprise:a") == financing_paths(anew, "enterprise:a")
