"""What an anchor's distributor can be financed for: the goods that it has bought from the anchor and not yet sold, and what is bought back.

width = ⌊annual purchases × days of selling through / 365⌋ × (1 − margin), less what is lent on it already. The days are the link's own,
else the programme's; the margin is the programme's: the share of its purchases that a distributor pays itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np

from graph.kinds.contracts import BuyBack, Facility, Loan
from graph.kinds.parties import Supplies
from graph.kinds.supply_side import AnchorProgramme
from graph.kinds.terms import Technique
from graph.values import MILLION, millionths
from graph.view import View
from queries.derived import offer_record, once
from queries.financing.cases import Case
from queries.financing.limits.constraints import Constraint, MissingFact
from queries.financing.limits.exposures import drawn_of
from queries.financing.limits.loans import outstanding_of, technique_of
from queries.financing.limits.recorded import loans_under
from queries.financing.limits.stated_bounds import less_used
from queries.financing.spines import PURCHASE
from queries.financing.terms import ConstraintKind
from queries.ratios import balance, share_of
from queries.tally import Amount, Tally


def purchase_limits(case: Case) -> Iterator[Constraint]:
    """LINK_WIDTH: the sell-through width of one purchase link, or under a promise to buy back of all purchases from the anchor.

    What is lent to the distributor under the anchor's programmes counts on each of its links in full: loans name no product. A link is
    0 for a new promise once one is in force.
    """
    links, promise = _links(case), case.candidate.role("BuyBack")
    used = _lent(case.view, _programmes(case), case.beneficiary)
    on = links[0] if len(links) == 1 else max(promise, case.programme)
    ended = promise < 0 and _is_promised(case)
    yield less_used(ConstraintKind.LINK_WIDTH, on, sell_through(case, links), used, ended=ended)


def sell_through(case: Case, links: Iterable[int]) -> Amount:
    """The width of purchase links together, rounded down; None where one lacks a factor, and which."""
    programme = offer_record(case.view, case.programme, AnchorProgramme)
    kept, missing = 0, [] if programme.margin_share is not None else [MissingFact(case.programme, "marginShare")]
    stated = False
    for link in links:
        record = case.appraisal.record(link, Supplies)
        days = programme.sell_through_days if record.sell_through_days is None else record.sell_through_days
        annual = case.amount(record.annual_amount, link, "annualAmount")
        missing += [*annual.missing, *([MissingFact(link, "sellThroughDays")] if days is None else [])]
        kept += 0 if days is None or annual.value is None else balance(annual.value, days)
        stated = True
    if not stated:
        missing.append(MissingFact(case.beneficiary, "suppliedBy"))
    if missing or programme.margin_share is None:
        return Amount(None, tuple(missing))
    return Amount(share_of(kept, max(0, MILLION - millionths(programme.margin_share))))


def buy_back_limits(case: Case) -> Iterator[Constraint]:
    """BUY_BACK: what the anchor still promises to buy back, of this distributor and of all; 0 once the promise has ended.

    None where no promise states a limit: of all, that the programme states none; of one that is still to be made.
    """
    promise = case.candidate.role("BuyBack")
    if promise >= 0:
        record = case.appraisal.record(promise, BuyBack)
        limit = case.amount(record.limit, promise, "limit")
        used = _lent(case.view, np.array([case.programme]), case.beneficiary)
        ended = has_ended(record, case.view.as_of)
        yield less_used(ConstraintKind.BUY_BACK, promise, limit, used, ended=ended)
    stated = offer_record(case.view, case.programme, AnchorProgramme).buy_back_limit
    if stated is not None:
        limit = case.amount(stated, case.programme, "buyBackLimit")
        used = _lent(case.view, np.array([case.programme]))
        yield less_used(ConstraintKind.BUY_BACK, case.programme, limit, used)


def has_ended(promise: BuyBack, on: date) -> bool:
    """Whether a promise is in force no more on a day."""
    return promise.expires_on is not None and promise.expires_on <= on


def _links(case: Case) -> list[int]:
    """The purchase link that the path is over, else all links from the anchor to the distributor, in id order."""
    steps = zip(case.candidate.steps, case.candidate.links, strict=True)
    over = [link for step, link in steps if step.back == PURCHASE]
    if over:
        return over
    links = case.view.holders("Supplies", "target", case.beneficiary)
    here = case.view.refs(links, "source") == case.appraisal.ref(case.programme, "anchor")
    return [int(link) for link in links[here]]


def _programmes(case: Case) -> np.ndarray:
    return case.view.holders("AnchorProgramme", "anchor", case.appraisal.ref(case.programme, "anchor"))


def _is_promised(case: Case) -> bool:
    """Whether the anchor has promised already to buy back of this distributor under this programme."""
    view = case.view
    promises = view.holders("BuyBack", "distributor", case.beneficiary)
    for promise in promises[view.refs(promises, "programme") == case.programme].tolist():
        if not has_ended(case.appraisal.record(promise, BuyBack), view.as_of):
            return True
    return False


def _lent(view: View, programmes: np.ndarray, borrower: int = -1) -> Tally:
    """What distributors owe, or one of them, on lines and loans of this technique under programmes."""
    tally = Tally()
    for contract in once(view, (_lent, programmes.tobytes()), lambda: _contracts(view, programmes)):
        if borrower not in (-1, view.ref(contract, "borrower")):
            continue
        record = view.record(contract)
        if isinstance(record, Facility):
            tally.join(drawn_of(view, record, contract))
        elif isinstance(record, Loan):
            tally.add(outstanding_of(view, record, contract))
    return tally


def _contracts(view: View, programmes: np.ndarray) -> list[int]:
    """The lines of this technique under programmes, and the loans that are drawn under none of them."""
    products = view.expand("LoanProduct", "programme", programmes)[1]
    lines = [one for one in view.expand("Facility", "product", products)[1].tolist() if _is_distributors(view, one)]
    loans = [one for one in loans_under(view, programmes).tolist() if _is_distributors(view, one)]
    return [*lines, *(loan for loan in loans if view.ref(loan, "facility") not in lines)]


def _is_distributors(view: View, contract: int) -> bool:
    return technique_of(view, contract) is Technique.DISTRIBUTOR_FINANCE
