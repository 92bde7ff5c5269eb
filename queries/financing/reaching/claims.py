"""What claims and vouchers under a programme bring, on columns: the plain ones exactly, of others no more than they could.

Plain is what is in the currency of the path, as all registrations over it are, of a firm whose own limits leave it room, where no rule
bounds its term.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from graph.kinds.contracts import EncumbranceKind
from graph.kinds.policy import Rule, TermSubject
from graph.kinds.supply_side import AnchorProgramme
from graph.kinds.terms import SizeClass
from graph.snapshot import day_of
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from queries.columns import is_foreign, is_stated
from queries.derived import offer_record
from queries.financing.appraisal import blanket_registrations
from queries.financing.gates.claim_columns import claim_gate
from queries.financing.limits.of_term import last_day, term_rules
from queries.financing.limits.receivables import DEDUCTIONS, PriorClaim, outstandings, worth
from queries.financing.reaching.heads import Family, Head
from queries.financing.reaching.taking import NEVER, Taking, Takings
from queries.financing.reaching.trade import principal, share_kept
from queries.financing.spines import Form, StepAmount
from queries.financing.terms import ConstraintKind, Gate
from queries.ratios import UNREACHED, UNSTATED, Ints

KNOWN: Final = frozenset(
    {
        Gate.TITLE,
        Gate.TRADE_EVIDENCE,
        Gate.CONFIRMATION,
        Gate.NOTICE,
        Gate.REGISTRATION,
        Gate.PRIOR_CLAIM,
        Gate.RELATED_PARTY_TRADE,
    }
)
"""Gates of claims that are told on columns, beside those that look at the firm."""
NO_OF_CLAIMS: Final = frozenset({Gate.TITLE, Gate.CONFIRMATION, Gate.RELATED_PARTY_TRADE})
"""Those of them that say no of receivables, but for what is registered over them."""
EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Worth:
    """What is owed on each in 分 and the share `kept` of it after dilution, in millionths; which are `plain`, which a gate says no of; and
    the last day of each, NOT_STATED where it is not stated. Of what is not plain no more is owed."""

    owed: Ints
    kept: Ints
    plain: np.ndarray
    blocked: np.ndarray
    until: Ints


def capacities(takings: Takings, family: Family, firm: Ints, known: Ints) -> tuple[Ints, np.ndarray] | None:
    """What each record of a family brings its firm at most in 分 (UNREACHED where a gate says no, UNSTATED), and where it brings just
    that. None: it is not told on columns.

    `known` what each firm can have already: of firms apart nothing more is looked up where that is more.
    """
    worths = WORTHS.get(takings.view.kind_of(int(family.nodes[0, -2])).name) if len(family.nodes) else None
    # Elsewhere who owes differs from claim to claim, and so do the limits on it.
    one_debtor = ConstraintKind.ANCHOR_LIMIT in family.spine.limits or family.spine.amount is StepAmount.OWN_CASH
    if worths is None or family.head is None or family.spine.form is not Form.OFFERED or not one_debtor:
        return None
    found, exact = np.full(len(firm), UNREACHED), np.zeros(len(firm), bool)
    for place, head in enumerate(family.heads):
        rows = np.flatnonzero(family.head == place)
        taking = takings.of(family, head, KNOWN, int(rows[0])) if len(rows) else None
        if taking is None:
            return None
        what = worths(takings, family, head, rows, firm[rows])
        found[rows], exact[rows] = _of_head(takings, family, head, taking, what, rows, firm[rows], known)
    return found, exact


def _of_head(
    takings: Takings, family: Family, head: Head, taking: Taking, what: _Worth, rows: Ints, firm: Ints, known: Ints
) -> tuple[Ints, np.ndarray]:
    view, needs = takings.view, takings.needs(family)
    product = head.first(view, "LoanProduct")
    low, high = needs.tenor_min[firm], needs.tenor_max[firm]
    if product >= 0:
        low = np.maximum(low, view.value(product, "tenor_min_days") or 0)
        longest = view.value(product, "tenor_max_days")
        high = high if longest is None else np.where(high == NOT_STATED, longest, np.minimum(high, longest))
    low, high = np.maximum(low, 0), np.where(high == NOT_STATED, NEVER, high)
    days = np.maximum(what.until - day_of(view.as_of), 0)
    runs = (low <= high) & ((what.until == NOT_STATED) | ((days >= low) & (days <= high)))
    lendable, whole = _lendable(takings, family, what, family.nodes[rows, -2], taking.rate)
    brings = np.minimum(lendable, taking.bound)
    passes = (taking.takes | taking.apart)[firm] & ~what.blocked & runs & (brings >= taking.least)
    amounts = np.minimum(brings, needs.amount[firm])
    if not taking.stated:
        # What is not stated for all may be stated for those apart, or there is nobody else.
        amounts = np.where(taking.apart[firm], amounts, UNSTATED)
    simple = what.plain & whole
    plain = simple & ~(taking.apart[firm] & passes)
    for place in np.flatnonzero(simple & ~plain).tolist():
        most = int(brings[place])
        plain[place] = amounts[place] < known[firm[place]] or takings.leaves(
            family, head, int(firm[place]), most, taking
        )
    # Amounts without a rate may be anything, if no gate says no.
    bound = np.where(what.plain, amounts, np.minimum(taking.bound, needs.amount[firm]))
    passes |= ~what.plain & ~what.blocked & taking.takes[firm]
    return np.where(passes, bound, UNREACHED), plain


def _lendable(takings: Takings, family: Family, what: _Worth, assets: Ints, rate: int) -> tuple[Ints, np.ndarray]:
    """max(0, α·V − Σ prior secured debt) in 分, and where that is exact: not where a registration is in a currency without a rate, or
    for a contract that is not there."""
    view = takings.view
    found, exact = principal(*share_kept(what.owed, what.kept), rate), np.ones(len(assets), bool)
    places, claims = _registrations(takings, assets)
    odd = is_foreign(view, claims, "amount") | (is_stated(view, claims, "secures") & (view.refs(claims, "secures") < 0))
    exact[places[odd]] = False
    by_asset: dict[int, list[PriorClaim]] = {}
    contracts = np.where(view.refs(claims, "secures") >= 0, view.refs(claims, "secures"), claims).tolist()
    assigned = (view.ints(claims, "kind") == list(EncumbranceKind).index(EncumbranceKind.ASSIGNMENT)).tolist()
    amounts = view.ints(claims, "amount").tolist()
    for place, contract, by_assignment, amount in zip(places.tolist(), contracts, assigned, amounts, strict=True):
        claim = PriorClaim(contract, by_assignment, None if amount == NOT_STATED else amount)
        by_asset.setdefault(place, []).append(claim)
    for place, prior in by_asset.items():
        if not exact[place]:
            continue
        owed, dilution = int(what.owed[place]), MILLION - int(what.kept[place])
        whole = any(one.amount is None for one in prior)
        left = worth(owed, [one for one in prior if one.amount is not None], dilution=dilution, advance_rate=rate)
        # Who pays its own debt early pays whoever holds the claim: debt that a pledge secures is no matter.
        free = left.lendable if family.row.advances else max(0, left.value)
        # What takes all of it leaves nothing, and PRIOR_CLAIM says no.
        found[place] = -1 if whole else free
    return found, exact


def _too_long(takings: Takings, subject: TermSubject, start: Ints, end: Ints) -> np.ndarray:
    """What runs longer than a hard rule on its subject allows, where both days are stated."""
    view, broken = takings.view, np.zeros(len(start), bool)
    for handle in term_rules(view):
        rule = offer_record(view, handle, Rule)
        if rule.term_of is not subject or rule.hard is False:
            continue
        days, at = np.unique(start, return_inverse=True)
        last = [_last(rule, day) for day in days.tolist()]
        ends = np.array([NEVER if day is None else day for day in last], np.int64)[at]
        broken |= (start != NOT_STATED) & (end != NOT_STATED) & (end > ends)
    return broken


def _last(rule: Rule, start: int) -> int | None:
    """The last day that a rule allows of what starts on a day, as columns count days; None: it states no length."""
    if start == NOT_STATED:
        return None
    last = last_day(rule, EPOCH + timedelta(days=start))
    return None if last is None else day_of(last)


def _registrations(takings: Takings, assets: Ints) -> tuple[Ints, Ints]:
    """What is registered over assets of one kind, the blanket registrations of their owners over receivables among it."""
    view = takings.view
    places, claims = view.expand("Encumbrance", "asset", assets)
    if len(assets) and view.has_kind(int(assets[0]), "Receivable"):
        over, blankets = blanket_registrations(view, view.refs(assets, "owner"))
        pairs = np.column_stack([np.concatenate([places, over]), np.concatenate([claims, blankets])])
        pairs = np.unique(pairs, axis=0)
        places, claims = pairs[:, 0], pairs[:, 1]
    return places, claims


def _receivables(takings: Takings, family: Family, head: Head, rows: Ints, firm: Ints) -> _Worth:
    """O·(1 − dilution) of receivables; 0 of what is overdue past the product's limit."""
    view, claims = takings.view, family.nodes[rows, -2]
    owed, plain = outstandings(view, claims), np.ones(len(claims), bool)
    for name in ("face", *DEDUCTIONS):
        plain &= ~is_foreign(view, claims, name)
    product = head.first(view, "LoanProduct")
    until = view.ints(claims, "due_on")
    allowed = view.value(product, "overdue_max_days") if product >= 0 else None
    if allowed is not None:
        overdue = np.where(until == NOT_STATED, 0, day_of(view.as_of) - until)
        owed = np.where((overdue > 0) & (overdue > max(0, allowed)), 0, owed)
    confirmed, dilution = view.ints(claims, "confirmed"), view.ints(claims, "dilution")
    kept = MILLION - np.where((confirmed == 1) | (dilution == NOT_STATED), 0, dilution)
    gates, blocked, owners = family.spine.gates, np.zeros(len(rows), bool), takings.firms.handles[firm]
    for gate in NO_OF_CLAIMS.intersection(gates):
        blocked |= claim_gate(view, gate, owners, claims)[1]
    seller, buyer = (view.ints(one, "size") for one in (owners, view.refs(claims, "obligor")))
    large = list(SizeClass).index(SizeClass.LARGE)
    sold = (buyer == large) & (seller != NOT_STATED) & (seller != large)
    blocked |= sold & _too_long(takings, TermSubject.SME_PAYMENT, view.ints(claims, "issued_on"), until)
    if Gate.NOTICE in gates and (product < 0 or view.value(product, "with_notice") is not False):
        plain[:] = False
    return _Worth(owed, kept, plain, blocked, until)


def _vouchers(takings: Takings, family: Family, head: Head, rows: Ints, firm: Ints) -> _Worth:
    """What is held of vouchers after their own splits; 0 once the root has matured, and none that ran longer than its programme lets."""
    view, parts = takings.view, family.nodes[rows, -2]
    face, plain = view.ints(parts, "face"), ~is_foreign(view, parts, "face")
    places, splits = view.expand("Voucher", "parent", parts)
    taken = np.zeros(len(parts), np.int64)
    np.add.at(taken, places, view.ints(splits, "face"))
    plain[np.unique(places[is_foreign(view, splits, "face")])] = False
    roots = family.nodes[rows, 0]
    until, own = view.ints(roots, "due_on"), view.ints(parts, "due_on")
    until = np.where(until == NOT_STATED, own, until)
    matured = (until != NOT_STATED) & (until < day_of(view.as_of))
    held = np.where(matured, 0, np.maximum(face - taken, 0))
    longest = offer_record(view, head.first(view, "AnchorProgramme"), AnchorProgramme).voucher_max_days
    issued, due = view.ints(roots, "issued_on"), view.ints(roots, "due_on")
    ran = (issued != NOT_STATED) & (due != NOT_STATED)
    blocked = ran & (due - issued > longest) if longest is not None else np.zeros(len(rows), bool)
    blocked |= _too_long(takings, TermSubject.VOUCHER, issued, until)
    return _Worth(held, np.full(len(rows), MILLION), plain, blocked, until)


WORTHS: Final[Mapping[str, Callable[[Takings, Family, Head, Ints, Ints], _Worth]]] = {
    "Receivable": _receivables,
    "Voucher": _vouchers,
}
"""What each kind is worth, by name."""
