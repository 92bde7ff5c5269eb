"""What is known of nodes before any path over them is looked at: gates that say no, bounds that are at least the true ones.

A screen only spares work: what it lets through is appraised exactly. So a kind without one is right, only slower.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import numpy as np

from graph.kinds.policy import RuleKind
from graph.kinds.terms import Technique
from graph.snapshot import day_of
from graph.snapshot_columns import NOT_STATED
from queries.derived import once
from queries.exchange import in_currency
from queries.financing.appraisal import Appraisal
from queries.financing.asset_kinds import ASSET_KINDS
from queries.financing.gates.claim_columns import claim_gate, taken_whole
from queries.financing.gates.eligibility import NO, UNKNOWN, ruled_subjects
from queries.financing.gates.of_offer import decided, is_finance_company, licence_of
from queries.financing.limits.asset_columns import asset_bounds, receivable_bounds
from queries.financing.limits.of_anchor import headrooms
from queries.financing.limits.of_fund import dry_powder
from queries.financing.limits.offer_columns import offer_columns
from queries.financing.search.layers import CONDITIONAL, Screen
from queries.financing.search.offers import Asked, screened
from queries.financing.search.refusals import WEIGHTS
from queries.financing.spines import Form, Spine, Step
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.terms import ConstraintKind, Gate, Ternary
from queries.ratios import UNLIMITED, UNSTATED, Ints


def screen(appraisal: Appraisal, row: TechniqueRow, spine: Spine, step: Step, nodes: Ints) -> Screen:
    """What is known of nodes that stand on a step. On a repeated one they pass on what the nearest to the beneficiary has."""
    made = SCREENS.get(step.farther)
    if step.farther == "Fund" and not row.funds:
        waits = row.technique is Technique.INVEST_LOAN_LINKAGE and spine.form is Form.TO_CREATE
        made = _investors if waits else None
    if made is None or step.repeated or spine.form is Form.IN_FORCE or not len(nodes):
        return Screen.open(len(nodes))
    return made(appraisal, row, spine, nodes)


def shared_by(row: TechniqueRow, spine: Spine, step: Step) -> tuple[object, ...]:
    """Spines for which this is equal have the same screen of the step's nodes."""
    kind = step.farther
    if kind not in SCREENS or step.repeated or spine.form is Form.IN_FORCE:
        return ()
    if kind == "Receivable":
        return (CLAIM_GATES.intersection(spine.gates), row.advances)
    if kind in ASSET_KINDS:
        return (Gate.PRIOR_CLAIM in spine.gates, row.advances)
    if kind == "AnchorProgramme":
        return (ConstraintKind.ANCHOR_LIMIT in spine.limits,)
    if kind == "CapitalSource":
        return (row.technique, Gate.LICENCE in spine.gates)
    if kind == "LoanProduct":
        return (row.technique, Asked.of(row, spine))
    if kind == "Fund":
        # Whether a mandate is waited for depends on whether the round is still to be made.
        return (row.technique, spine.form, spine.gates, spine.limits)
    return (row.technique, spine.gates, spine.limits)


CLAIM_GATES: Final = frozenset(
    {Gate.TITLE, Gate.TRADE_EVIDENCE, Gate.CONFIRMATION, Gate.PRIOR_CLAIM, Gate.RELATED_PARTY_TRADE}
)


class _Open:
    """A screen in the making."""

    def __init__(self, size: int) -> None:
        self.scaled, self.flat = np.full(size, UNLIMITED), np.full(size, UNLIMITED)
        self.unknown, self.keep = np.zeros(size, bool), np.ones(size, bool)
        self.failed = np.zeros(size, np.int8)

    def cap(self, bound: Ints) -> None:
        self.flat = np.minimum(self.flat, bound)

    def let(self, gate: Gate, passing: np.ndarray) -> None:
        """Take in one gate: what it does not let pass it says no of."""
        self.keep = self.keep & passing
        self.failed += WEIGHTS[gate] * ~passing

    def done(self) -> Screen:
        status = np.where(self.unknown, CONDITIONAL, 0).astype(np.int8)
        return Screen(self.scaled, self.flat, status, None, self.keep, self.failed)


def _products(appraisal: Appraisal, row: TechniqueRow, spine: Spine, nodes: Ints) -> Screen:
    places = offer_columns(appraisal.view).places(nodes)
    return screened(appraisal, row, spine).at(places)


def _rules(appraisal: Appraisal, row: TechniqueRow, kind: RuleKind, nodes: Ints, open_: _Open) -> None:
    if not ruled_subjects(appraisal.view, kind):
        return
    verdict, _ = decided(appraisal, row, kind).on(nodes)
    open_.unknown |= verdict == UNKNOWN
    open_.let(Gate.ELIGIBILITY, verdict != NO)


def _funds(appraisal: Appraisal, row: TechniqueRow, spine: Spine, nodes: Ints) -> Screen:
    view, open_ = appraisal.view, _Open(len(nodes))
    if nodes is view.handles("Fund"):
        flat, has_money, is_investing = once(view, _fund_money, lambda: _fund_money(appraisal, nodes))
    else:
        flat, has_money, is_investing = _fund_money(appraisal, nodes)
    open_.cap(flat)
    open_.let(Gate.LIMIT, has_money)
    open_.let(Gate.TIMING, is_investing)
    _rules(appraisal, row, RuleKind.MANDATE, nodes, open_)
    return open_.done()


def _investors(appraisal: Appraisal, row: TechniqueRow, spine: Spine, nodes: Ints) -> Screen:
    """Of funds that are still to make the round that a loan follows: only their mandates."""
    open_ = _Open(len(nodes))
    _rules(appraisal, row, RuleKind.MANDATE, nodes, open_)
    return open_.done()


def _fund_money(appraisal: Appraisal, nodes: Ints) -> tuple[Ints, np.ndarray, np.ndarray]:
    """What each fund has for one deal at most, whether that makes one, and whether it still makes any."""
    view = appraisal.view
    money = [UNSTATED if amount is None else amount for amount in dry_powder(view, nodes)]
    ticket, unrated = in_currency(view, nodes, "ticket_max")
    flat = np.minimum(np.array(money, np.int64), np.where((ticket == NOT_STATED) | unrated, UNLIMITED, ticket))
    least, unrated = in_currency(view, nodes, "ticket_min", owed=True)
    has_money = (flat == UNSTATED) | (flat > 0) & (unrated | (flat >= least))
    end = view.ints(nodes, "investment_period_end")
    return flat, has_money, (end == NOT_STATED) | (end > day_of(view.as_of))


def _receivables(appraisal: Appraisal, row: TechniqueRow, spine: Spine, nodes: Ints) -> Screen:
    open_ = _Open(len(nodes))
    owned, owners = nodes.tobytes(), np.full(len(nodes), appraisal.beneficiary)
    whole = not row.advances
    measure = partial(receivable_bounds, appraisal.view, nodes, assigned_only=whole)
    open_.scaled = appraisal.once((receivable_bounds, whole, owned), measure)
    for gate in CLAIM_GATES.intersection(spine.gates):
        ask = partial(claim_gate, appraisal.view, gate, owners, nodes)
        unknown, blocked = appraisal.once(("claims", gate, owned), ask)
        open_.unknown |= unknown
        open_.let(gate, ~blocked)
    return open_.done()


def _assets(appraisal: Appraisal, row: TechniqueRow, spine: Spine, nodes: Ints) -> Screen:
    """Of any other asset: at most what is free of its value, nothing of what lapsed, and what takes all of it."""
    view, open_ = appraisal.view, _Open(len(nodes))
    kind = ASSET_KINDS[view.kind_of(int(nodes[0])).name]
    open_.scaled = asset_bounds(view, nodes, kind, assigned_only=not row.advances)
    if kind.until is not None and kind.lapses:
        last = view.ints(nodes, kind.until)
        # Of what lapsed nothing is left to lend on, and it runs no day: one gate or both may say no.
        open_.keep &= (last == NOT_STATED) | (last >= day_of(view.as_of))
    if Gate.PRIOR_CLAIM in spine.gates:
        open_.let(Gate.PRIOR_CLAIM, ~taken_whole(view, nodes))
    return open_.done()


def _vouchers(appraisal: Appraisal, row: TechniqueRow, spine: Spine, nodes: Ints) -> Screen:
    open_ = _Open(len(nodes))
    open_.scaled = asset_bounds(appraisal.view, nodes, ASSET_KINDS["Voucher"], assigned_only=not row.advances)
    return open_.done()


def _programmes(appraisal: Appraisal, row: TechniqueRow, spine: Spine, nodes: Ints) -> Screen:
    open_ = _Open(len(nodes))
    if ConstraintKind.ANCHOR_LIMIT in spine.limits:
        programmes, bounds = headrooms(appraisal.view)
        open_.cap(bounds[np.searchsorted(programmes, nodes)])
        open_.let(Gate.LIMIT, open_.flat != 0)
    return open_.done()


def _sources(appraisal: Appraisal, row: TechniqueRow, spine: Spine, nodes: Ints) -> Screen:
    open_ = _Open(len(nodes))
    if Gate.LICENCE in spine.gates:
        known: dict[int, Ternary] = once(appraisal.view, (licence_of, row.technique), dict)
        answers = [known.get(source) or _licence(appraisal, row, source, known) for source in nodes.tolist()]
        open_.let(Gate.LICENCE, np.array([answer is not Ternary.NO for answer in answers], bool))
        open_.unknown = np.array([answer is Ternary.UNKNOWN for answer in answers], bool)
    return open_.done()


def _licence(appraisal: Appraisal, row: TechniqueRow, source: int, known: dict[int, Ternary]) -> Ternary:
    """The answer about a source, kept with the view; of a finance company it depends on whom it finances."""
    answer = licence_of(appraisal, row, source).answer
    if not is_finance_company(appraisal.view, source):
        known[source] = answer
    return answer


SCREENS: Final[Mapping[str, Callable[[Appraisal, TechniqueRow, Spine, Ints], Screen]]] = {
    **dict.fromkeys(ASSET_KINDS, _assets),
    "LoanProduct": _products,
    "Fund": _funds,
    "Receivable": _receivables,
    "Voucher": _vouchers,
    "AnchorProgramme": _programmes,
    "CapitalSource": _sources,
}
