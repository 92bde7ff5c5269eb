"""The gates of a path: each a question of YES, NO or UNKNOWN, with the missing facts named.

A field that nobody states is a missing fact. A record that nobody states is none: no registration, no relation, no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from queries.financing.cases import Case
from queries.financing.gates import of_claim, of_offer, of_refinancing, of_terms
from queries.financing.gates.verdicts import PASSED, Verdict
from queries.financing.limits.constraints import MissingFact
from queries.financing.terms import Gate, Ternary


@dataclass(frozen=True, slots=True)
class GateResult:
    """What a gate says; `missing` the facts without which it is UNKNOWN, `rule` the recorded rule that decides it (-1: none)."""

    gate: Gate
    verdict: Ternary
    missing: tuple[MissingFact, ...] = ()
    rule: int = -1


GATES: Final[Mapping[Gate, Callable[[Case], Verdict]]] = {
    Gate.LICENCE: of_offer.licence,
    Gate.PRODUCT_OPEN: of_offer.product_open,
    Gate.ELIGIBILITY: of_offer.eligibility,
    Gate.TITLE: of_claim.title,
    Gate.TRADE_EVIDENCE: of_claim.trade_evidence,
    Gate.CONFIRMATION: of_claim.confirmation,
    Gate.NOTICE: of_claim.notice,
    Gate.REGISTRATION: of_claim.registration,
    Gate.PRIOR_CLAIM: of_claim.prior_claim,
    Gate.RELATED_PARTY_TRADE: of_claim.related_party_trade,
    Gate.CURRENCY: of_terms.currency,
    Gate.TENOR: of_terms.tenor,
    Gate.TIMING: of_offer.timing,
    Gate.PURPOSE: of_offer.purpose,
    Gate.RENEWAL_COMMITMENT: of_refinancing.renewal_commitment,
}
"""How each gate is answered; LIMIT is, from the constraints."""


YES: Final = {gate: GateResult(gate, *PASSED) for gate in Gate}
"""Most gates of most paths: one result for all."""
