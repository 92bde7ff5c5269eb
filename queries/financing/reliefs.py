"""The subsidies that lower what a path costs, and the rewards to its lender."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

import numpy as np

from graph.kinds.supply_side import Subsidy, SubsidyKind, SubsidyMeasure
from graph.kinds.terms import OfferStatus
from graph.money import Money
from queries.derived import offer_record, once
from queries.financing.cases import Case
from queries.financing.cost import CostKind, Relief, SubsidyStatus
from queries.financing.gates.conditions import FactColumns
from queries.financing.gates.judging import Eligibility, EligibilityVerdict, judged, rules_about
from queries.financing.gates.of_offer import applicant
from queries.financing.gates.telling import Telling
from queries.financing.limits.constraints import MissingFact

NOTHING: Final = Fraction(0)
SUBSIDISED: Final = {
    SubsidyKind.INTEREST: CostKind.INTEREST_SUBSIDY,
    SubsidyKind.PREMIUM: CostKind.PREMIUM_SUBSIDY,
    SubsidyKind.GUARANTEE: CostKind.GUARANTEE_SUBSIDY,
}


def reliefs(case: Case, capacity: int | None, among: Mapping[int, int | None] | None = None) -> Iterator[Relief]:
    """The subsidies of the path's product that are granted to the beneficiary, or open to it and not closed to it by a rule.

    `among`, where given: of these instead, each at most so much in 分 (None: any), also those for any product.
    """
    product = case.product
    if product < 0 and case.facility >= 0:
        product = case.appraisal.ref(case.facility, "product")
    if among is not None:
        for handle, most in among.items():
            if case.view.has_kind(handle, "Subsidy") and case.appraisal.ref(handle, "product") in (-1, product):
                yield from _chosen(case, handle, most, capacity)
        return
    for handle in case.view.holders("Subsidy", "product", product).tolist() if product >= 0 else ():
        record = offer_record(case.view, handle, Subsidy)
        status = _status(case, handle, record)
        if status is not None and record.kind in SUBSIDISED:
            relief = _relief(case, handle, record, SUBSIDISED[record.kind], status, capacity)
            yield from _if_eligible(case, relief)


def _chosen(case: Case, handle: int, most: int | None, capacity: int | None) -> Iterator[Relief]:
    """A subsidy that is had for so much at most."""
    record = offer_record(case.view, handle, Subsidy)
    if record.kind in SUBSIDISED:
        relief = _relief(case, handle, record, SUBSIDISED[record.kind], SubsidyStatus.EXPECTED, capacity)
        room = None if most is None else case.amount(Money(most), handle, "cap").value
        if room is not None and capacity:
            cap = Fraction(room, capacity)
            relief = replace(relief, cap=cap if relief.cap is None else min(cap, relief.cap))
        yield relief


def _if_eligible(case: Case, relief: Relief) -> Iterator[Relief]:
    """A subsidy, unless a rule says no; where nobody can tell it may be nothing."""
    if relief.status is SubsidyStatus.EXPECTED and rules_about(case.view, relief.subsidy):
        found = case.appraisal.once((judged, relief.subsidy, case.row.serves), lambda: _judgement(case, relief.subsidy))
        if found.verdict is EligibilityVerdict.NOT:
            return
        if found.verdict is EligibilityVerdict.UNKNOWN:
            low = None if relief.low is None else NOTHING
            relief = replace(relief, low=low, missing=(*relief.missing, *found.missing))
    yield relief


def _judgement(case: Case, subsidy: int) -> Eligibility:
    """How the beneficiary fares under the rules of a subsidy."""
    firm, asking = case.beneficiary, applicant(case.appraisal, case.row).asking
    return judged(case.view, Telling(FactColumns(case.view, np.array([firm])), firm, asking), subsidy)


def rewards(case: Case, capacity: int | None) -> Iterator[Relief]:
    """The rewards that the path's lender gets: of its product, and of schemes that name none."""
    if not case.view.has_kind(case.lender, "Institution"):
        return
    for handle in once(case.view, "lender rewards", lambda: _reward_schemes(case)):
        record = offer_record(case.view, handle, Subsidy)
        named = case.appraisal.ref(handle, "product")
        granted = case.appraisal.ref(handle, "granted_to")
        open_ = record.status not in (OfferStatus.CLOSED, OfferStatus.PLANNED)
        if named not in (-1, case.product) or (granted not in (-1, case.lender)) or (granted < 0 and not open_):
            continue
        status = SubsidyStatus.GRANTED if granted >= 0 else SubsidyStatus.EXPECTED
        yield _relief(case, handle, record, CostKind.LENDER_REWARD, status, capacity)


def _reward_schemes(case: Case) -> list[int]:
    every = case.view.handles("Subsidy").tolist()
    return [one for one in every if case.view.value(one, "kind") is SubsidyKind.LENDER_REWARD]


def _status(case: Case, handle: int, record: Subsidy) -> SubsidyStatus | None:
    if record.granted_to is not None:
        mine = case.appraisal.ref(handle, "granted_to") == case.beneficiary
        return SubsidyStatus.GRANTED if mine else None
    return None if record.status in (OfferStatus.CLOSED, OfferStatus.PLANNED) else SubsidyStatus.EXPECTED


def _relief(
    case: Case, handle: int, record: Subsidy, kind: CostKind, status: SubsidyStatus, capacity: int | None
) -> Relief:
    payer = case.appraisal.ref(handle, "payer")
    measure = SubsidyMeasure.OF_PRINCIPAL if kind is CostKind.LENDER_REWARD else None
    measure = record.measure or measure
    low = high = None if record.rate is None or measure is None else Fraction(record.rate)
    missing = [] if record.rate is not None else [MissingFact(handle, "rate")]
    if measure is None:
        missing.append(MissingFact(handle, "measure"))
    if record.amount is not None and record.rate is None:
        # A fixed amount is paid once, whatever is borrowed.
        fixed = case.amount(record.amount, handle, "amount")
        missing = list(fixed.missing) if capacity is not None else [MissingFact(handle, "amount")]
        low = high = Fraction(fixed.value, capacity) if fixed.value is not None and capacity else None
        measure = SubsidyMeasure.OF_PRINCIPAL
    cap: Fraction | None = None
    if record.cap is not None:
        most = case.amount(record.cap, handle, "cap").value
        if capacity is None or most is None:
            low = None if low is None else NOTHING
            missing.append(MissingFact(handle, "cap"))
        elif capacity:
            cap = Fraction(most, capacity)
    of_cost, yearly = measure is SubsidyMeasure.OF_COST, measure is SubsidyMeasure.OF_PRINCIPAL_A_YEAR
    return Relief(kind, payer, handle, status, low, high, of_cost, yearly, cap, tuple(missing))
