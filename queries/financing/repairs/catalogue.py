"""The catalogue of repairs, as data: which function proposes the repairs of each kind. Adding a repair is adding a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from graph.kinds.contracts import Facility, Loan
from graph.kinds.parties import Fund, Institution, InstitutionType
from graph.kinds.supply_side import AnchorProgramme, Pool
from graph.kinds.terms import OfferStatus
from graph.money import CNY, Money
from graph.records import Ref
from graph.what_if import Add, Remove, Set
from queries.derived import offer_record
from queries.financing.appraised import Appraised
from queries.financing.cases import Case
from queries.financing.gates.of_claim import unattested_trade
from queries.financing.gates.of_offer import admitted_purposes
from queries.financing.gates.of_terms import least_amount
from queries.financing.lead_time import lead_time
from queries.financing.limits.constraints import Constraint, capacity_of
from queries.financing.limits.exposures import is_expired
from queries.financing.repairs.asked import Asked, asking, setting
from queries.financing.repairs.by_rules import admissions
from queries.financing.repairs.facts import stating
from queries.financing.repairs.kinds import RepairKind
from queries.financing.repairs.repair import Repair
from queries.financing.supports import is_open
from queries.financing.tenor import ANY, tenor_of, wanted
from queries.financing.terms import ConstraintKind, Gate, SupportKind, Ternary

ONE_DAY: Final = timedelta(days=1)
EVERY_GATE: Final = frozenset(Gate)
ENCUMBERED: Final = frozenset({ConstraintKind.ASSET_FREE, ConstraintKind.VOUCHER_PART, ConstraintKind.LINK_WIDTH})
"""Bounds that prior claims lower."""
RAISED: Final = {
    "AnchorProgramme": ("limit",),
    "BuyBack": ("limit",),
    "CreditLimit": ("limit",),
    "Facility": ("limit",),
    "Fund": ("ticket_max", "per_company_cap"),
    "Guarantee": ("amount",),
    "Institution": ("insurance_limit",),
    "LoanProduct": ("max_amount",),
    "Pool": ("per_borrower_cap",),
    "Rule": ("amount",),
}
"""Which fields of a record are limits that whoever set them can raise."""
NEW_GUARANTOR: Final = "institution:what-if:guarantor"
NEW_GUARANTEE: Final = "guarantee:what-if:guarantee"


def proposals(case: Case, found: Appraised) -> list[Repair]:
    """All repairs that the catalogue knows for a path, in the order of the catalogue, then of the gates; each once."""
    kept: dict[tuple[object, ...], Repair] = {}
    for propose in CATALOGUE:
        for result in found.gates:
            if result.verdict is not Ternary.YES:
                for one in propose(Asked(case, found, result)):
                    key = (one.kind, one.on, one.field, one.amount, one.days, one.until, repr(one.changes))
                    before = kept.get(key)
                    mends = one.mends if before is None else one.mends | before.mends
                    kept[key] = replace(one, mends=mends)
    return list(kept.values())


def missing_facts(asked: Asked) -> Iterator[Repair]:
    """Each fact that an unknown gate misses, where a field holds it."""
    yield from stating(asked, asked.result.missing)


def confirmation(asked: Asked) -> Iterator[Repair]:
    """The obligor, or the issuing bank, confirms."""
    if asked.says_no(Gate.CONFIRMATION):
        name = "confirmed" if asked.case.receivable >= 0 else "accepted"
        yield setting(asked, RepairKind.CONFIRM, asked.case.asset, name, True, frozenset({Gate.CONFIRMATION}))


def notification(asked: Asked) -> Iterator[Repair]:
    """The debtor is notified."""
    if asked.says_no(Gate.NOTICE):
        yield setting(asked, RepairKind.NOTIFY, asked.case.asset, "notified", True, frozenset({Gate.NOTICE}))


def transfer(asked: Asked) -> Iterator[Repair]:
    """The contract, or the bill, is changed so that the asset may be passed on."""
    name = asked.case.asset_kind.may_pass
    if asked.says_no(Gate.TITLE) and name is not None:
        yield setting(asked, RepairKind.ALLOW_TRANSFER, asked.case.asset, name, True, frozenset({Gate.TITLE}))


def commitments(asked: Asked) -> Iterator[Repair]:
    """The lender of the loan that is bridged commits to lend again."""
    if asked.says_no(Gate.RENEWAL_COMMITMENT):
        mends = frozenset({Gate.RENEWAL_COMMITMENT})
        yield setting(asked, RepairKind.COMMIT_RENEWAL, asked.case.refinanced, "renewal_committed", True, mends)


def attestations(asked: Asked) -> Iterator[Repair]:
    """Somebody independent attests that a trade between parties under one control is at arm's length, each record of it by itself."""
    if asked.says_no(Gate.RELATED_PARTY_TRADE):
        mends = frozenset({Gate.RELATED_PARTY_TRADE})
        for record in unattested_trade(asked.case):
            if record >= 0:
                yield setting(asked, RepairKind.ATTEST_TRADE, record, "arms_length", True, mends)


def purposes(asked: Asked) -> Iterator[Repair]:
    """The money is asked for something else, the first that technique and offer are both for; or it is stated what it is for."""
    if asked.result.gate is not Gate.PURPOSE:
        return
    unsaid = asked.case.need.purpose is None
    for other in admitted_purposes(asked.case)[:1]:
        kind = RepairKind.STATE_FACT if unsaid else RepairKind.CHANGE_PURPOSE
        yield from asking(asked, kind, "purpose", other)


def tenors(asked: Asked) -> Iterator[Repair]:
    """A shorter or longer tenor is asked for, so that it meets what the offer and the instrument allow."""
    if not asked.says_no(Gate.TENOR):
        return
    days, need = tenor_of(asked.case).days, wanted(asked.case.need)
    if days is None or need is None:
        return
    if days.high is not None and need.low > days.high:
        by = need.low - days.high
        yield from asking(asked, RepairKind.SHORTEN_TENOR, "tenor_min_days", days.high, days=by)
    if need.high is not None and need.high < days.low:
        yield from asking(asked, RepairKind.LENGTHEN_TENOR, "tenor_max_days", days.low, days=days.low - need.high)


def postponement(asked: Asked) -> Iterator[Repair]:
    """The money is needed only when it can come."""
    needed_by, today = asked.case.need.needed_by, asked.case.view.as_of
    if asked.says_no(Gate.TIMING) and needed_by is not None:
        comes = today + timedelta(days=lead_time(asked.case).least)
        if comes > needed_by:
            yield from asking(asked, RepairKind.POSTPONE, "needed_by", comes, days=(comes - needed_by).days)


def waiting(asked: Asked) -> Iterator[Repair]:
    """What is waited for: that a claim falls due soon enough, that a prior claim runs out, that a loan is due soon enough to be bridged."""
    case, today = asked.case, asked.case.view.as_of
    days: set[date] = set()
    if asked.says_no(Gate.TENOR):
        found = tenor_of(case)
        allowed = found.allowed.meet(wanted(case.need) or ANY)
        if found.fixed and found.instrument is not None and allowed is not None and allowed.high is not None:
            over = found.instrument.low - allowed.high
            if over > 0:
                days.add(today + timedelta(days=over))
    if asked.says_no(Gate.PRIOR_CLAIM):
        ends = [record.valid_to for _, record in case.appraisal.registrations(case.asset)]
        days.update(end for end in ends if end is not None and end > today)
    pool = case.candidate.role("Pool")
    if asked.says_no(Gate.TIMING) and pool >= 0 and case.refinanced >= 0:
        due = case.appraisal.record(case.refinanced, Loan).due_on
        window = offer_record(case.view, pool, Pool).window_days
        if due is not None and window is not None and due > today + timedelta(days=window):
            days.add(due - timedelta(days=window))
    for until in sorted(days):
        yield Repair(RepairKind.WAIT, EVERY_GATE, -1, days=(until - today).days, until=until)


def releases(asked: Asked) -> Iterator[Repair]:
    """A registration over the asset, or over all receivables of a seller, is released."""
    case, gate, mends = asked.case, asked.result.gate, frozenset({Gate.PRIOR_CLAIM, Gate.LIMIT, Gate.REGISTRATION})
    handles: list[int] = []
    if gate in (Gate.PRIOR_CLAIM, Gate.REGISTRATION):
        handles = [handle for handle, _ in case.appraisal.registrations(case.asset)]
    elif asked.says_no(Gate.LIMIT):
        needed = _needed(case)
        for one in asked.found.constraints:
            if one.kind in ENCUMBERED and one.admits is not None and one.admits < needed:
                if case.asset >= 0:
                    handles += [handle for handle, _ in case.appraisal.registrations(case.asset)]
                for seller, _, link in case.candidate.trade():
                    handles += case.appraisal.blankets(seller).tolist() if link == one.on else []
    for handle in dict.fromkeys(handles):
        view, today = case.view, case.view.as_of
        since = view.value(handle, "valid_from")
        identifier = view.id_of(handle)
        change = Remove(identifier) if since is not None and since >= today else Set(identifier, {"valid_to": today})
        yield Repair(RepairKind.RELEASE_CLAIM, mends, handle, "validTo", changes=(change,))


def _needed(case: Case) -> int:
    """The least that each limit must admit: more than nothing, and the offer's smallest amount."""
    return max(1, least_amount(case) or 0)


def raises(asked: Asked) -> Iterator[Repair]:
    """Each limit that admits too little is raised by the least that passes the gate: until 1 分, or the offer's smallest amount, fits."""
    if not asked.says_no(Gate.LIMIT):
        return
    case, needed = asked.case, _needed(asked.case)
    for one in asked.found.constraints:
        if one.kind is ConstraintKind.NEED or not one.applies or one.admits is None or one.admits >= needed:
            continue
        if one.limit is None:
            continue
        record = one.record if one.record >= 0 else one.on
        kind = case.view.kind_of(record)
        more = (one.used or 0) + _ceiling(needed, one) - one.limit
        for field in RAISED.get(kind.name, ()):
            stated: Money | None = case.view.value(record, field)
            if (
                stated is None
                or stated.currency != CNY
                or more <= 0
                or (kind.name != "LoanProduct" and stated.minor != one.limit)
            ):
                continue
            raised = Money(stated.minor + more, CNY)
            yield setting(
                asked, RepairKind.RAISE_LIMIT, record, field, raised, frozenset({Gate.LIMIT}), amount=Money(more, CNY)
            )
        if kind.name == "Pool":
            yield from _pool(asked, record, more)


def _ceiling(needed: int, one: Constraint) -> int:
    """The headroom at which a limit admits so much."""
    return -(-needed * one.draw.numerator // one.draw.denominator)


def _pool(asked: Asked, handle: int, more: int) -> Iterator[Repair]:
    """Money is paid into a pool: each yuan covers its multiple."""
    pool = offer_record(asked.case.view, handle, Pool)
    if pool.balance is None or pool.balance.currency != CNY or not pool.multiple or more <= 0:
        return
    into = -int(-more // pool.multiple)
    paid = Money(pool.balance.minor + into, CNY)
    mends = frozenset({Gate.LIMIT})
    yield setting(asked, RepairKind.RAISE_LIMIT, handle, "balance", paid, mends, amount=Money(into, CNY))


def minimums(asked: Asked) -> Iterator[Repair]:
    """The offer is made for as little as its limits leave, where that is less than its smallest amount."""
    case, least = asked.case, least_amount(asked.case)
    bounding = tuple(one for one in asked.found.constraints if one.kind is not ConstraintKind.NEED and one.applies)
    left = capacity_of(bounding).amount
    if not asked.says_no(Gate.LIMIT) or least is None or left is None or not 0 < left < least or case.currency != CNY:
        return
    on, field = (case.fund, "ticket_min") if case.fund >= 0 else (case.product, "min_amount")
    mends = frozenset({Gate.LIMIT})
    yield setting(asked, RepairKind.LOWER_MINIMUM, on, field, Money(left, CNY), mends, amount=Money(least - left, CNY))


def guarantors(asked: Asked) -> Iterator[Repair]:
    """Somebody guarantees the loan in full: a guarantor that has this much left."""
    case = asked.case
    if asked.result.gate is not Gate.LIMIT or case.spine.support is not SupportKind.GUARANTEE or case.contract >= 0:
        return
    support = case.candidate.support(SupportKind.GUARANTEE)
    is_short = any(
        one.kind is ConstraintKind.GUARANTOR and (one.admits is None or one.admits < _needed(case))
        for one in asked.found.constraints
    )
    if support is None or not (is_open(support) or is_short) or case.view.locate(NEW_GUARANTEE) >= 0:
        return
    headroom = Money(_needed(case), CNY)
    guarantor = {"id": NEW_GUARANTOR, "name": "待引入担保人", "type": InstitutionType.GUARANTOR, "net_assets": headroom}
    guarantee = {
        "id": NEW_GUARANTEE, "guarantor": Ref(NEW_GUARANTOR), "debtor": Ref(case.view.id_of(case.beneficiary)),
        "creditor": Ref(case.view.id_of(case.lender)), "amount": headroom, "cover_share": 1, "processing_days": 0,
    }  # fmt: skip
    changes = (Add("Institution", {**guarantor, "guarantee_multiple": 1}), Add("Guarantee", guarantee))
    yield Repair(
        RepairKind.ADD_GUARANTOR,
        frozenset({Gate.LIMIT}),
        case.beneficiary,
        amount=headroom,
        changes=changes,
        adds=NEW_GUARANTEE,
    )


def renewals(asked: Asked) -> Iterator[Repair]:
    """What has run out is renewed: a facility, a programme's limit, a fund's investment period."""
    case, gate, today = asked.case, asked.result.gate, asked.case.view.as_of
    if asked.result.verdict is not Ternary.NO:
        return
    need = wanted(case.need) or ANY
    mends = frozenset({Gate.LIMIT, Gate.TENOR})
    if case.facility >= 0 and gate in mends:
        facility = case.appraisal.record(case.facility, Facility)
        until = today + timedelta(days=max(1, need.low))
        if facility.expires_on is not None and (is_expired(case.view, facility) or facility.expires_on < until):
            days = (until - facility.expires_on).days
            yield setting(asked, RepairKind.RENEW, case.facility, "expires_on", until, mends, days=days)
    if case.programme >= 0 and gate is Gate.TENOR:
        programme = offer_record(case.view, case.programme, AnchorProgramme)
        until = today + timedelta(days=need.low)
        if programme.expires_on is not None and programme.expires_on < until:
            days = (until - programme.expires_on).days
            yield setting(asked, RepairKind.RENEW, case.programme, "expires_on", until, mends, days=days)
    if case.fund >= 0 and gate is Gate.TIMING:
        end = offer_record(case.view, case.fund, Fund).investment_period_end
        if end is not None and end <= today:
            until, timing = today + ONE_DAY, frozenset({Gate.TIMING, Gate.LIMIT})
            days = (until - end).days
            yield setting(asked, RepairKind.RENEW, case.fund, "investment_period_end", until, timing, days=days)


def openings(asked: Asked) -> Iterator[Repair]:
    """The product, or the pool or scheme that gives the money itself, takes applications again."""
    case = asked.case
    giver = case.candidate.giver
    offer = giver if giver >= 0 else case.product
    if asked.says_no(Gate.PRODUCT_OPEN) and offer >= 0:
        mends = frozenset({Gate.PRODUCT_OPEN})
        yield setting(asked, RepairKind.OPEN_PRODUCT, offer, "status", OfferStatus.OPEN, mends)


def licences(asked: Asked) -> Iterator[Repair]:
    """A finance company may finance outside its group."""
    case = asked.case
    if not asked.says_no(Gate.LICENCE):
        return
    if not case.view.has_kind(case.lender, "Institution"):
        return
    lender = offer_record(case.view, case.lender, Institution)
    if lender.type is InstitutionType.FINANCE_COMPANY and lender.type in case.row.licensed:
        mends = frozenset({Gate.LICENCE})
        yield setting(asked, RepairKind.EXTEND_LICENCE, case.lender, "finances_outside_group", True, mends)


CATALOGUE: Final[tuple[Callable[[Asked], Iterator[Repair]], ...]] = (
    missing_facts,
    notification,
    confirmation,
    tenors,
    postponement,
    transfer,
    waiting,
    releases,
    raises,
    minimums,
    renewals,
    guarantors,
    openings,
    licences,
    commitments,
    attestations,
    purposes,
    admissions,
)
