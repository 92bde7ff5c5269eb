"""The technique table: what each technique is, as data. Adding a technique is adding a row.

Names follow the standard definitions of the Global Supply Chain Finance Forum where it has one; `measures` are the numbers of the
measures of 洛政办〔2017〕70号 that call for the technique.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from graph.errors import InvalidInput
from graph.kinds.parties import InstitutionType
from graph.kinds.terms import Instrument, Technique
from queries.financing import spines
from queries.financing.spines import CHAIN_BOUND, Form, Spine, Step
from queries.financing.terms import ConstraintKind, Gate, SupportKind


class ObligorRule(enum.Enum):
    """Who owes the money that pays the financing back; with recourse the beneficiary beside the buyer."""

    BUYER = "buyer"
    ANCHOR = "anchor"
    BENEFICIARY = "beneficiary"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TechniqueRow:
    """One technique.

    `serves` the instruments of needs that it can meet; `amount` the amount of the step before limits, in words; `licensed` the
    types of institution that may be its source, `funds` whether funds may; `new_money` whether it brings any; `purposes` the only
    admissible ones (empty: any).
    """

    technique: Technique
    en: str
    measures: tuple[int, ...]
    serves: tuple[Instrument, ...]
    obligor: ObligorRule
    amount: str
    licensed: frozenset[InstitutionType]
    spines: tuple[Spine, ...]
    funds: bool = False
    new_money: bool = True
    purposes: tuple[str, ...] = ()

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return self.technique.zh


BANKS: Final = frozenset({InstitutionType.BANK, InstitutionType.POLICY_BANK, InstitutionType.VILLAGE_BANK})
LENDERS: Final = BANKS | {InstitutionType.FINANCE_COMPANY, InstitutionType.MICRO_LENDER}
CLAIM_FINANCIERS: Final = BANKS | {InstitutionType.FINANCE_COMPANY}
CLAIM_BUYERS: Final = CLAIM_FINANCIERS | {InstitutionType.FACTOR}

_OFFER = (Gate.LICENCE, Gate.PRODUCT_OPEN, Gate.ELIGIBILITY)
_TERMS = (Gate.LIMIT, Gate.CURRENCY, Gate.TENOR, Gate.TIMING, Gate.PURPOSE)
_CLAIM = (Gate.REGISTRATION, Gate.PRIOR_CLAIM, Gate.RELATED_PARTY_TRADE)
_IN_FORCE = (Gate.CURRENCY, Gate.TENOR, Gate.PURPOSE)

_BORROWER_LIMITS = (ConstraintKind.SINGLE_NAME, ConstraintKind.GROUP, ConstraintKind.SECTOR_LIMIT)
_CLAIM_LIMITS = (ConstraintKind.DEBTOR_LIMIT, ConstraintKind.POOL, *_BORROWER_LIMITS)
_RECEIVABLE_LIMITS = (ConstraintKind.NEED, ConstraintKind.ASSET_FREE, ConstraintKind.PRODUCT_MAX, *_CLAIM_LIMITS)
_PROGRAMME_LIMITS = (ConstraintKind.PRODUCT_MAX, ConstraintKind.ANCHOR_LIMIT, *_CLAIM_LIMITS)
_CHAIN_LIMITS = (ConstraintKind.NEED, ConstraintKind.LINK_WIDTH, *_PROGRAMME_LIMITS)
_LOAN_LIMITS = (ConstraintKind.NEED, ConstraintKind.PRODUCT_MAX, ConstraintKind.POOL, *_BORROWER_LIMITS)
_FUND_LIMITS = (
    ConstraintKind.NEED,
    ConstraintKind.STEP_AMOUNT,
    ConstraintKind.FUND_DRY_POWDER,
    ConstraintKind.FUND_CONCENTRATION,
)

FACILITY: Final = Spine(
    Form.IN_FORCE,
    (spines.GRANTED, spines.GRANTED_TO),
    (ConstraintKind.NEED, ConstraintKind.FACILITY, *_BORROWER_LIMITS),
    _IN_FORCE,
)
LOAN: Final = Spine(
    Form.IN_FORCE, (spines.LENT, spines.BORROWED), (ConstraintKind.NEED, ConstraintKind.STEP_AMOUNT), _IN_FORCE
)
CONTRACTS: Final = (FACILITY, LOAN)


def _claim(*more: Gate) -> Spine:
    gates = _ordered((*_OFFER, Gate.TITLE, Gate.TRADE_EVIDENCE, *more, *_CLAIM, *_TERMS))
    word = (spines.OFFERED, spines.TAKES_RECEIVABLE, spines.OWNS_RECEIVABLE)
    return Spine(Form.OFFERED, word, _RECEIVABLE_LIMITS, gates)


def _ordered(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    return tuple(sorted(gates, key=list(Gate).index))


def _under_programme(
    form: Form,
    word: tuple[Step, ...],
    limits: tuple[ConstraintKind, ...],
    gates: tuple[Gate, ...],
    creates: str | None = None,
) -> tuple[Spine, Spine]:
    """The same under a product of the programme, and, where the programme has no product yet, straight from its funder."""
    heads = ((spines.OFFERED, spines.UNDER_PROGRAMME), (spines.FUNDED,))
    by_product, by_funder = (Spine(form, (*head, *word), limits, _ordered(gates), creates) for head in heads)
    return by_product, by_funder


def _chain(least: int, most: int, creates: str) -> tuple[Spine, Spine]:
    word = (spines.ANCHORED, spines.SUPPLIES.times(least, most))
    gates = (*_OFFER, Gate.RELATED_PARTY_TRADE, *_TERMS)
    return _under_programme(Form.TO_CREATE, word, _CHAIN_LIMITS, gates, creates)


def _loan(limits: tuple[ConstraintKind, ...] = _LOAN_LIMITS, support: SupportKind | None = None) -> Spine:
    return Spine(Form.OFFERED, (spines.OFFERED, spines.LENDS_TO), limits, _ordered((*_OFFER, *_TERMS)), support=support)


_VOUCHER_GATES = (*_OFFER, Gate.TITLE, Gate.CONFIRMATION, Gate.REGISTRATION, Gate.PRIOR_CLAIM, *_TERMS)
_VOUCHER_LIMITS = (ConstraintKind.NEED, ConstraintKind.VOUCHER_PART, *_PROGRAMME_LIMITS)
_DEBTOR_CHAIN = (spines.DEBTOR_LIMITED, spines.SUPPLIES)
_DEBTOR_GATES = _ordered((*_OFFER, Gate.RELATED_PARTY_TRADE, *_TERMS))
_DEBTOR_LIMITS = (ConstraintKind.NEED, ConstraintKind.LINK_WIDTH, ConstraintKind.PRODUCT_MAX, *_CLAIM_LIMITS)

_ROWS: Final = (
    TechniqueRow(
        Technique.RECEIVABLES_DISCOUNTING,
        "Receivables discounting",
        (11,),
        (Instrument.DEBT,),
        ObligorRule.BUYER,
        "lendable(receivable)",
        CLAIM_FINANCIERS,
        (*CONTRACTS, _claim()),
    ),
    TechniqueRow(
        Technique.FACTORING,
        "Factoring",
        (11,),
        (Instrument.DEBT,),
        ObligorRule.BUYER,
        "lendable(receivable); prospective: α·(1 − dilution)·width of the link",
        CLAIM_BUYERS,
        (
            *CONTRACTS,
            _claim(Gate.NOTICE),
            Spine(
                Form.TO_CREATE,
                (spines.OFFERED, spines.LIMIT_OF_PRODUCT, *_DEBTOR_CHAIN),
                _DEBTOR_LIMITS,
                _DEBTOR_GATES,
                creates="Receivable",
            ),
            Spine(
                Form.TO_CREATE,
                (spines.OFFERED, spines.LIMIT_OF_LENDER, *_DEBTOR_CHAIN),
                _DEBTOR_LIMITS,
                _DEBTOR_GATES,
                creates="Receivable",
            ),
        ),
    ),
    TechniqueRow(
        Technique.PAYABLES_FINANCE,
        "Payables finance",
        (6,),
        (Instrument.DEBT,),
        ObligorRule.ANCHOR,
        "lendable(confirmed receivable); a root voucher: α·part held; prospective: α·(1 − dilution)·width of the link",
        CLAIM_BUYERS,
        (
            *CONTRACTS,
            *_under_programme(
                Form.OFFERED,
                (spines.OWED_BY_ANCHOR, spines.OWNS_RECEIVABLE),
                (ConstraintKind.NEED, ConstraintKind.ASSET_FREE, *_PROGRAMME_LIMITS),
                (*_OFFER, Gate.TITLE, Gate.TRADE_EVIDENCE, Gate.CONFIRMATION, *_CLAIM, *_TERMS),
            ),
            *_under_programme(
                Form.OFFERED, (spines.ISSUED_UNDER, spines.OWNS_VOUCHER), _VOUCHER_LIMITS, _VOUCHER_GATES
            ),
            *_chain(1, 1, "Receivable"),
        ),
    ),
    TechniqueRow(
        Technique.DEEP_TIER,
        "Deep-tier supply chain finance",
        (6,),
        (Instrument.DEBT,),
        ObligorRule.ANCHOR,
        "α·part held; prospective: the least over its links of α·(1 − dilution)·width",
        CLAIM_BUYERS,
        (
            *CONTRACTS,
            *_under_programme(
                Form.OFFERED,
                (spines.ISSUED_UNDER, spines.SPLIT, spines.OWNS_VOUCHER),
                _VOUCHER_LIMITS,
                _VOUCHER_GATES,
            ),
            *_chain(2, CHAIN_BOUND, "Voucher"),
        ),
    ),
    TechniqueRow(
        Technique.RECEIVABLES_LOAN,
        "Loan against receivables",
        (11,),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "lendable(receivable)",
        LENDERS,
        (*CONTRACTS, _claim()),
    ),
    TechniqueRow(
        Technique.POOL_BACKED_LOAN,
        "Pool-backed loan",
        (12, 23),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "none: the limits decide",
        LENDERS,
        (*CONTRACTS, _loan(support=SupportKind.POOL_COVER)),
    ),
    TechniqueRow(
        Technique.GUARANTEED_LOAN,
        "Guaranteed loan",
        (3, 14, 17),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "none: the limits decide",
        LENDERS,
        (
            *CONTRACTS,
            _loan(
                (
                    ConstraintKind.NEED,
                    ConstraintKind.PRODUCT_MAX,
                    ConstraintKind.POOL,
                    ConstraintKind.GUARANTOR,
                    *_BORROWER_LIMITS,
                ),
                SupportKind.GUARANTEE,
            ),
        ),
    ),
    TechniqueRow(
        Technique.COMPREHENSIVE_LINE,
        "Comprehensive credit line",
        (15,),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "limit − drawn; of a line that is not yet granted: none, the limits decide",
        LENDERS,
        (*CONTRACTS, _loan()),
    ),
    TechniqueRow(
        Technique.EQUITY,
        "Equity investment",
        (7, 8, 9, 10, 26),
        (Instrument.EQUITY,),
        ObligorRule.NONE,
        "ticket range",
        frozenset(),
        (
            Spine(Form.IN_FORCE, (spines.INVESTED, spines.ROUND), (ConstraintKind.STEP_AMOUNT,), (Gate.CURRENCY,)),
            Spine(
                Form.OFFERED,
                (spines.MAY_INVEST,),
                _FUND_LIMITS,
                (Gate.ELIGIBILITY, Gate.LIMIT, Gate.CURRENCY, Gate.TIMING),
            ),
            Spine(
                Form.OFFERED,
                (spines.SUBFUND, spines.MAY_INVEST),
                _FUND_LIMITS,
                (Gate.ELIGIBILITY, Gate.LIMIT, Gate.CURRENCY, Gate.TIMING),
            ),
        ),
        funds=True,
    ),
)

TECHNIQUES: Final[Mapping[Technique, TechniqueRow]] = {row.technique: row for row in _ROWS}
"""The rows by technique, in the order in which equal paths are told apart."""


def chosen(techniques: Iterable[Technique] | None) -> tuple[TechniqueRow, ...]:
    """The rows asked for, in the table's order; None: all.

    Raises InvalidInput for an empty choice and for a technique that has no row.
    """
    if techniques is None:
        return tuple(TECHNIQUES.values())
    wanted = set(techniques)
    unknown = sorted(technique.name for technique in wanted if technique not in TECHNIQUES)
    if unknown or not wanted:
        asked = ", ".join(unknown) or "an empty list"
        raise InvalidInput(f"techniques {asked}: choose among {', '.join(row.name for row in TECHNIQUES)}")
    return tuple(row for row in TECHNIQUES.values() if row.technique in wanted)
