"""What a path is charged, read from its product, contract and supports, and what it costs with the subsidies that lower it.

A fee that nobody records is none, as a registration is. A rate is always there, a guarantee, insurance or bridge is never free: these
are not known where nobody states them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from graph.kinds.contracts import Facility, Guarantee, InsurancePolicy, Loan
from graph.kinds.supply_side import FeePayer, LoanProduct, Pool
from graph.kinds.terms import Instrument, Technique
from queries.derived import offer_record, once
from queries.financing.candidates import Support
from queries.financing.cases import Case
from queries.financing.cost import (
    DAYS,
    UNPRICED,
    Charge,
    Cost,
    CostKind,
    HighEnds,
    act_365,
    cost_of,
)
from queries.financing.limits.constraints import MissingFact
from queries.financing.reliefs import reliefs, rewards
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.tenor import Tenor, tenor_of, wanted
from queries.financing.terms import SupportKind
from queries.ratios import fraction

DISCOUNTED: Final = frozenset(
    {
        Technique.RECEIVABLES_DISCOUNTING,
        Technique.FACTORING,
        Technique.BILL_DISCOUNT,
        Technique.FORFAITING,
        Technique.PAYABLES_FINANCE,
        Technique.DEEP_TIER,
        Technique.DYNAMIC_DISCOUNTING,
    }
)
"""Techniques that buy a claim: the price of time is taken off at once. Interest on a loan is not (Civil Code, article 670)."""
CHARGE: Final = frozenset({SupportKind.GUARANTEE, SupportKind.INSURANCE})
"""Supports that cost a fee or a premium."""
LENT: Final = frozenset({Instrument.DEBT, Instrument.REFINANCE})

NOTHING: Final = Fraction(0)


def is_priced(row: TechniqueRow) -> bool:
    """Whether a technique lends: capital and grants have no rate."""
    return bool(LENT.intersection(row.serves))


def cost_term(case: Case, tenor: Tenor) -> int | None:
    """For how many days the cost is: the longest that the path has, and the need where they meet; one drawing where it rolls.

    None where no end is stated, or no day is left.
    """
    days, need = tenor.days, wanted(case.need)
    common = days if days is None or need is None else days.meet(need) or days
    return None if common is None else common.longest or None


def charges_of(case: Case) -> tuple[Charge, ...]:
    """What is charged to whomever, in the order of their kinds; empty: nobody lends."""
    return tuple(_charges(case)) if is_priced(case.row) else ()


def dearest(case: Case, tenor: Tenor) -> Decimal | None:
    """The upper end of a path's cost in basis points, by which it is ranked; None: it has none."""
    if not is_priced(case.row):
        return None
    days, least = cost_term(case, tenor), _shortest(case, tenor)
    ends = _high_ends(case)
    return case.appraisal.once((ends, days, least), lambda: ends.upper_end(days, least))


def _high_ends(case: Case) -> HighEnds:
    """The high ends of a case's charges, kept with the view where its offer alone sets them."""

    def make() -> HighEnds:
        return HighEnds.of(charges_of(case))

    charging = tuple(
        (one.kind, one.provider, one.instrument, one.cover_share)
        for one in case.candidate.supports
        if one.kind in CHARGE
    )
    if charging or case.contract >= 0 or case.product < 0:
        giver = case.source if case.product < 0 else case.product
        key = (HighEnds, case.row.technique, giver, case.contract, case.programme, charging)
        return case.appraisal.once(key, make)
    return once(case.view, (HighEnds, case.row.technique, case.product), make)


def case_cost(
    case: Case,
    tenor: Tenor,
    charges: Sequence[Charge],
    capacity: int | None,
    among: Mapping[int, int | None] | None = None,
) -> Cost:
    """The cost of a path that brings so much. `among`, where given: after these subsidies and no other, each at most so much in 分."""
    if not is_priced(case.row):
        return UNPRICED
    return cost_of(
        charges,
        cost_term(case, tenor),
        reliefs=tuple(reliefs(case, capacity, among)),
        rewards=tuple(rewards(case, capacity)),
        capacity=capacity,
        at_least=_shortest(case, tenor),
    )


def _shortest(case: Case, tenor: Tenor) -> int:
    """The fewest days for which the money can be had, and helps."""
    return max(0 if tenor.days is None else tenor.days.low, case.need.tenor_min_days or 0)


def _charges(case: Case) -> Iterator[Charge]:
    pool = _bridging(case)
    yield _interest(case) if pool < 0 else _bridge_fee(case, pool)
    product = _terms(case)
    if product is not None:
        yield from _fees(case, product)
    for support in case.candidate.supports if case.loan < 0 else ():
        match support.kind.name:
            case "GUARANTEE":
                yield _guarantee_fee(case, support, product)
            case "INSURANCE":
                yield _premium(case, support, product)


def _bridging(case: Case) -> int:
    """The pool that bridges for its own fee; -1: none does, or its loan states a rate."""
    if case.row.technique is not Technique.BRIDGE or not case.view.has_kind(case.source, "Pool"):
        return -1
    return case.source if case.loan < 0 or _stated_rate(case)[1] is None else -1


def _bridge_fee(case: Case, pool: int) -> Charge:
    """A pool's fee a day, on what it bridges for as many days as it does, taken off when the money is paid out."""
    daily = offer_record(case.view, pool, Pool).daily_fee_rate
    missing = [MissingFact(pool, "dailyFeeRate")] if daily is None else []
    missing += tenor_of(case).missing
    low = NOTHING if daily is None else Fraction(daily) * DAYS
    high = None if daily is None else low
    return Charge(CostKind.BRIDGE_FEE, case.beneficiary, low, high, True, True, missing=tuple(missing))


def _terms(case: Case) -> LoanProduct | None:
    """The product whose terms hold: of a line that of its drawings."""
    if case.facility >= 0:
        product = case.appraisal.ref(case.facility, "product")
        return None if product < 0 else case.appraisal.offer(product, LoanProduct)
    return case.offer


def _interest(case: Case) -> Charge:
    discounted = case.row.technique in DISCOUNTED and case.contract < 0
    kind = CostKind.DISCOUNT if discounted else CostKind.INTEREST
    low, high, missing = _rate(case)
    product = _terms(case)
    by = FeePayer.BORROWER if product is None or product.interest_payer is None else product.interest_payer
    return Charge(kind, _payer(case, by), low, high, True, discounted, by is FeePayer.BORROWER, missing)


def _rate(case: Case) -> tuple[Fraction | None, Fraction | None, tuple[MissingFact, ...]]:
    """The annual rate on act/365 from low to high."""
    handle, stated, product = _stated_rate(case)
    count = None if product is None else product.day_count
    if stated is not None:
        rate = act_365(Fraction(stated), count)
        return rate, rate, ()
    missing = (MissingFact(handle, "annualRate"),)
    if product is None:
        return None, None, missing
    low, high = (
        None if end is None else act_365(Fraction(end), count) for end in (product.rate_low, product.rate_high)
    )
    return low, high, () if low is not None and low == high else missing


def _stated_rate(case: Case) -> tuple[int, Decimal | None, LoanProduct | None]:
    appraisal = case.appraisal
    if case.loan >= 0:
        loan = appraisal.record(case.loan, Loan)
        product = appraisal.ref(case.loan, "product")
        if loan.annual_rate is not None or product < 0:
            return case.loan, loan.annual_rate, None
        return product, appraisal.offer(product, LoanProduct).annual_rate, appraisal.offer(product, LoanProduct)
    terms = _terms(case)
    if case.facility >= 0:
        facility = appraisal.record(case.facility, Facility)
        if facility.annual_rate is not None or terms is None:
            return case.facility, facility.annual_rate, terms
        return case.facility, terms.annual_rate, terms
    if terms is None:
        return max(case.programme, case.contract, case.source), _other_rate(case), None
    return case.product, terms.annual_rate, terms


def _other_rate(case: Case) -> Decimal | None:
    """What a contract or programme without a product states."""
    for handle in (case.contract, case.programme):
        if handle >= 0 and "annual_rate" in case.view.kind_of(handle).by_name:
            rate: Decimal | None = case.view.value(handle, "annual_rate")
            return rate
    return None


def _fees(case: Case, product: LoanProduct) -> Iterator[Charge]:
    handle = max(case.product, case.facility)
    once_, yearly = product.commission_rate, product.service_fee_rate
    if once_ is not None:
        payer = product.commission_payer
        yield _fee(case, CostKind.COMMISSION, Fraction(once_), False, payer, MissingFact(handle, "commissionPayer"))
    if yearly is not None:
        rate, payer = act_365(Fraction(yearly), product.day_count), product.service_fee_payer
        yield _fee(case, CostKind.SERVICE_FEE, rate, True, payer, MissingFact(handle, "serviceFeePayer"))


def _fee(
    case: Case, kind: CostKind, rate: Fraction, yearly: bool, payer: FeePayer | None, unsaid: MissingFact
) -> Charge:
    borne = None if payer is None else payer is FeePayer.BORROWER
    return Charge(kind, _payer(case, payer), rate, rate, yearly, True, borne, (unsaid,) if payer is None else ())


def _guarantee_fee(case: Case, support: Support, product: LoanProduct | None) -> Charge:
    """A guarantee's fee a year on what it covers; of a firm that records none, none: only institutions live by them."""
    record = None if support.instrument < 0 else case.appraisal.record(support.instrument, Guarantee)
    stated = None if record is None else record.fee_rate
    if stated is None and product is not None:
        stated = product.guarantee_fee_rate
    by = FeePayer.BORROWER if record is None or record.fee_payer is None else record.fee_payer
    payer, borne = _payer(case, by), by is FeePayer.BORROWER
    if stated is None:
        firm = support.provider >= 0 and not case.view.has_kind(support.provider, "Institution")
        missing = MissingFact(support.instrument if support.instrument >= 0 else case.product, "feeRate")
        high = NOTHING if firm else None
        return Charge(CostKind.GUARANTEE_FEE, payer, NOTHING, high, True, True, borne, () if firm else (missing,))
    rate = Fraction(stated)
    if support.cover_share is None:
        missing = MissingFact(support.instrument, "coverShare")
        return Charge(CostKind.GUARANTEE_FEE, payer, NOTHING, rate, True, True, borne, (missing,))
    rate *= fraction(support.cover_share)
    return Charge(CostKind.GUARANTEE_FEE, payer, rate, rate, True, True, borne)


def _premium(case: Case, support: Support, product: LoanProduct | None) -> Charge:
    rate = None if product is None or product.premium_rate is None else Fraction(product.premium_rate)
    payer = FeePayer.BORROWER if product is None or product.premium_payer is None else product.premium_payer
    borne = payer is FeePayer.BORROWER
    yearly, missing = True, tuple[MissingFact, ...]()
    if rate is None and support.instrument >= 0 and case.view.has_kind(support.instrument, "InsurancePolicy"):
        policy = case.appraisal.record(support.instrument, InsurancePolicy)
        if policy.premium is not None and policy.limit is not None and policy.limit.minor:
            # A policy of its own has one premium for all of its term.
            rate, yearly = Fraction(policy.premium.minor, policy.limit.minor), False
    if rate is None:
        missing = (MissingFact(case.product, "premiumRate"),)
    return Charge(
        CostKind.PREMIUM, _payer(case, payer), NOTHING if rate is None else rate, rate, yearly, True, borne, missing
    )


def _payer(case: Case, payer: FeePayer | None) -> int:
    match payer:
        case FeePayer.BORROWER:
            return case.beneficiary
        case FeePayer.OBLIGOR:
            return case.obligor
        case FeePayer.LENDER:
            return case.lender
    return -1
