"""Offers that are open to whoever meets their gates: all products in one pass, with the technique as a column.

A question screens the products of a view once for all techniques that ask the same gates of them; those of one technique are a piece
of it. Which products a lender has is laid out once a view.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np

from graph.kinds.policy import RuleKind
from graph.kinds.terms import Instrument
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.derived import once
from queries.financing.appraisal import Appraisal
from queries.financing.gates.eligibility import NO, UNKNOWN, RuleTable, ruled_subjects
from queries.financing.gates.of_offer import admits, decided
from queries.financing.limits.joint_credit import banks_of, mechanisms_on
from queries.financing.limits.of_lender import limits_on
from queries.financing.limits.of_syndicate import are_alone
from queries.financing.limits.offer_columns import OfferColumns, offer_columns
from queries.financing.limits.regulatory import any_bounds
from queries.financing.search.layers import CONDITIONAL, Edges, Screen, distinct
from queries.financing.search.refusals import WEIGHTS
from queries.financing.search.walking import technique_code
from queries.financing.spines import Spine, StepAmount
from queries.financing.supports import offered_guarantees, offered_policies
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.terms import ConstraintKind, Gate, SupportKind
from queries.ratios import UNLIMITED, UNSTATED, Ints

SELF_BOUND: Final = frozenset(
    {
        ConstraintKind.ASSET_FREE,
        ConstraintKind.VOUCHER_PART,
        ConstraintKind.LINK_WIDTH,
        ConstraintKind.GUARANTOR,
        ConstraintKind.INSURER,
        ConstraintKind.STEP_AMOUNT,
    }
)
"""Kinds that bound an offer whatever the product states."""
BACKED: Final = {SupportKind.GUARANTEE: offered_guarantees, SupportKind.INSURANCE: offered_policies}
"""Supports that somebody must offer."""
SCREENED: Final = frozenset({Gate.PRODUCT_OPEN, Gate.ELIGIBILITY, Gate.TENOR, Gate.TIMING, Gate.PURPOSE})
"""Gates that a product can fail whatever the path."""


class Asked(NamedTuple):
    """What a spine asks of products: the instruments of needs that the technique and the spine serve, the gates, and what bounds them.

    `pooled` by the product's pool too; `shared`: by what a syndicate's banks bring together; `bare`: nothing of the path bounds it;
    `backed` by what somebody must offer; `advances` only α of a value.
    """

    row_serves: tuple[Instrument, ...]
    serves: tuple[Instrument, ...]
    gates: frozenset[Gate]
    pooled: bool
    shared: bool
    bare: bool
    backed: SupportKind | None
    advances: bool

    @classmethod
    def of(cls, row: TechniqueRow, spine: Spine) -> Asked:
        """What one spine asks; of many it is the same."""
        return cls(
            row.serves,
            row.serves if spine.serves is None else spine.serves,
            SCREENED.intersection(spine.gates),
            ConstraintKind.POOL in spine.limits,
            spine.amount is StepAmount.SYNDICATE,
            SELF_BOUND.isdisjoint(spine.limits),
            spine.support if spine.support in BACKED else None,
            row.advances,
        )


def screened(appraisal: Appraisal, row: TechniqueRow, spine: Spine) -> Screen:
    """All products as a spine asks for them. Made once a question for spines that ask alike."""
    asked = Asked.of(row, spine)
    return appraisal.once((screened, asked), lambda: _screened(appraisal, row, spine, asked))


def open_offers(appraisal: Appraisal, row: TechniqueRow, spine: Spine) -> Screen:
    """The same, with those closed that a gate keeps out."""
    asked = Asked.of(row, spine)
    return appraisal.once((open_offers, asked), lambda: screened(appraisal, row, spine).closed)


def _screened(appraisal: Appraisal, row: TechniqueRow, spine: Spine, asked: Asked) -> Screen:
    offered = offer_columns(appraisal.view)
    size = len(offered.nodes)
    flat = np.minimum(offered.maximum, offered.pool) if asked.pooled else offered.maximum
    if asked.shared:
        piece = offered.piece(technique_code(row.technique))
        alone = once(appraisal.view, are_alone, lambda: are_alone(appraisal.view, offered.nodes[piece]))
        flat = flat.copy()
        flat[piece] = np.where(alone, UNSTATED, flat[piece])
    if asked.bare:
        free = appraisal.once(_without_bound, lambda: _without_bound(appraisal, offered))
        flat = np.where(free, UNSTATED, flat)
    if asked.backed is not None and not BACKED[asked.backed](appraisal):
        flat = np.minimum(flat, UNSTATED)
    rate = offered.rate if asked.advances else np.full(size, MILLION)
    key = (_gated, asked.gates, asked.row_serves, asked.serves)
    gated = appraisal.once(key, lambda: _gated(appraisal, row, spine, asked.gates, offered))
    return Screen(gated.scaled, flat, gated.status, rate, gated.keep, gated.failed)


def _gated(
    appraisal: Appraisal, row: TechniqueRow, spine: Spine, gates: frozenset[Gate], offered: OfferColumns
) -> Screen:
    """All products under some gates, without any other bound."""
    free = Screen.open(len(offered.nodes))
    unknown, failed = np.zeros(len(free.flat), bool), np.zeros(len(free.flat), np.int8)
    for gate in gates:
        open_ = _gate(appraisal, row, spine, gate, offered)
        if open_ is not None:
            unknown = unknown | open_[0]
            failed = failed + np.where(open_[1], np.int8(0), WEIGHTS[gate])
    status = np.where(unknown, np.int8(CONDITIONAL), np.int8(0))
    return replace(free, status=status, keep=failed == 0, failed=failed)


def _gate(
    appraisal: Appraisal, row: TechniqueRow, spine: Spine, gate: Gate, offered: OfferColumns
) -> tuple[np.ndarray | bool, np.ndarray | bool] | None:
    """Of which products a gate may be unknown, and which it lets in; None where it lets in all."""
    need = appraisal.need(row, spine)
    match gate:
        case Gate.PRODUCT_OPEN:
            return offered.may_be_open, offered.is_open | offered.may_be_open
        case Gate.ELIGIBILITY if ruled_subjects(appraisal.view, RuleKind.ELIGIBILITY):
            ruled, at = _ruled(appraisal, offered)
            verdict = decided(appraisal, row, RuleKind.ELIGIBILITY).verdicts[at]
            unknown, keep = np.zeros(len(offered.nodes), bool), np.ones(len(offered.nodes), bool)
            unknown[ruled], keep[ruled] = verdict == UNKNOWN, verdict != NO
            pooled, at = _ruled_pools(appraisal, offered)
            verdict = decided(appraisal, row, RuleKind.ELIGIBILITY).verdicts[at]
            unknown[pooled] |= verdict == UNKNOWN
            keep[pooled] &= verdict != NO
            return unknown, keep
        case Gate.TENOR:
            longest = UNLIMITED if need.tenor_max_days is None else need.tenor_max_days
            low = np.maximum(offered.tenor_min, need.tenor_min_days or 0)
            return False, low <= np.minimum(offered.tenor_max, longest)
        case Gate.TIMING if need.needed_by is not None:
            left = (need.needed_by - appraisal.view.as_of) // timedelta(days=1)
            unknown = offered.processing == NOT_STATED
            return unknown, np.where(unknown, left >= 0, offered.processing <= left)
        case Gate.PURPOSE if need.purpose is not None:
            answers = [admits(purposes, need.purpose) for purposes in offered.purposes]
            return False, np.array(answers, bool)[offered.purpose]
    return None


def _without_bound(appraisal: Appraisal, offered: OfferColumns) -> np.ndarray:
    """Which products are offered without any bound: no maximum, pool or rule, no limit of the lender on the beneficiary, or on it."""
    view = appraisal.view
    free, entities = once(view, _without_bound, lambda: _unbounded(appraisal, offered))
    limiting = {lender for lender, _ in limits_on(appraisal, appraisal.beneficiary)}
    for mechanism in mechanisms_on(view, appraisal.beneficiary):
        limiting |= set(banks_of(view, mechanism))
    return free & ~np.isin(entities, list(limiting)) if limiting else free


def _unbounded(appraisal: Appraisal, offered: OfferColumns) -> tuple[np.ndarray, Ints]:
    """Which products nothing bounds whoever asks, and the person in law that offers each; made once a view."""
    view = appraisal.view
    lenders, places = np.unique(offered.lender, return_inverse=True)
    entities = np.array([appraisal.entity(one) if one >= 0 else -1 for one in lenders.tolist()], np.int64)
    bounded = np.array([one >= 0 and any_bounds(view, one) for one in entities.tolist()], bool)
    ruled = np.isin(offered.nodes, list(ruled_subjects(view, RuleKind.ELIGIBILITY)))
    return offered.unbounded & ~bounded[places] & ~ruled, entities[places]


def _ruled(appraisal: Appraisal, offered: OfferColumns) -> tuple[Ints, Ints]:
    """The products that hard rules are about, and the place of each among the subjects of the rules; made once a view."""
    return once(appraisal.view, _ruled, lambda: _among_subjects(appraisal.view, offered.nodes))


def _ruled_pools(appraisal: Appraisal, offered: OfferColumns) -> tuple[Ints, Ints]:
    """The same of the products whose pool hard rules are about."""
    view = appraisal.view
    return once(view, _ruled_pools, lambda: _among_subjects(view, view.refs(offered.nodes, "pool")))


def _among_subjects(view: View, handles: Ints) -> tuple[Ints, Ints]:
    subjects = RuleTable.of(view, RuleKind.ELIGIBILITY).subjects
    at = np.searchsorted(subjects, handles).clip(max=max(0, len(subjects) - 1))
    ruled = np.flatnonzero(subjects[at] == handles) if len(subjects) else at[:0]
    return ruled, at[ruled]


def by_lender(view: View, technique: int) -> tuple[Ints, Edges]:
    """The lenders of a technique's products, in id order, and the edges from them to these; made once a view."""

    def make() -> tuple[Ints, Edges]:
        offered = offer_columns(view)
        lender = offered.lender[offered.piece(technique)]
        near = np.flatnonzero(lender >= 0)
        lenders, places = distinct(view, lender[near])
        order = np.argsort(places, kind="stable")
        starts = np.searchsorted(places[order], np.arange(len(lenders) + 1))
        return lenders, Edges(starts, near[order], np.full(len(near), -1), None)

    return once(view, (by_lender, technique), make)
