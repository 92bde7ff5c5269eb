"""What a row of the technique table says, and the gates and limits that rows share."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from graph.kinds.parties import InstitutionType
from graph.kinds.terms import Instrument, Technique
from queries.financing.spines import Form, Spine, Step
from queries.financing.techniques import steps
from queries.financing.terms import ConstraintKind, Gate, PathRecourse, SupportKind


class ObligorRule(enum.Enum):
    """Who owes the money that pays the financing back; with recourse the beneficiary beside the buyer."""

    BUYER = "buyer"
    ANCHOR = "anchor"
    ACCEPTOR = "acceptor"
    BANK = "issuing or confirming bank"
    PROJECT_COMPANY = "beneficiary, or the project's own company"
    LESSEE = "lessee: who buys what the beneficiary sells"
    BENEFICIARY = "beneficiary"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class TechniqueRow:
    """One technique.

    `serves` the instruments of needs that it can meet; `amount` the amount of the step before limits, in words; `licensed` the
    types of institution that may be its source, `funds` whether funds may; `new_money` whether it brings any; `purposes` the only
    admissible ones (empty: any); `advances` whether an offer advances only its α of a value; `asks` the fields of an offer without
    which nobody knows whether it fits; `recourse` that of every offer, whatever it says (None: as it says).
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
    advances: bool = True
    asks: tuple[str, ...] = ()
    recourse: PathRecourse | None = None

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return self.technique.zh


BANKS: Final = frozenset({InstitutionType.BANK, InstitutionType.POLICY_BANK, InstitutionType.VILLAGE_BANK})
LENDERS: Final = BANKS | {InstitutionType.FINANCE_COMPANY, InstitutionType.MICRO_LENDER}
CLAIM_FINANCIERS: Final = BANKS | {InstitutionType.FINANCE_COMPANY}
CLAIM_BUYERS: Final = CLAIM_FINANCIERS | {InstitutionType.FACTOR}

OFFER = (Gate.LICENCE, Gate.PRODUCT_OPEN, Gate.ELIGIBILITY)
TERMS = (Gate.LIMIT, Gate.CURRENCY, Gate.TENOR, Gate.TIMING, Gate.PURPOSE)
CLAIM = (Gate.REGISTRATION, Gate.PRIOR_CLAIM, Gate.RELATED_PARTY_TRADE)
IN_FORCE = (Gate.CURRENCY, Gate.TENOR, Gate.PURPOSE)

BORROWER_LIMITS = (
    ConstraintKind.SINGLE_NAME,
    ConstraintKind.GROUP,
    ConstraintKind.JOINT_CREDIT,
    ConstraintKind.SECTOR_LIMIT,
)
CLAIM_LIMITS = (ConstraintKind.DEBTOR_LIMIT, ConstraintKind.POOL, *BORROWER_LIMITS, ConstraintKind.TERM_RULE)
RECEIVABLE_LIMITS = (ConstraintKind.NEED, ConstraintKind.ASSET_FREE, ConstraintKind.PRODUCT_MAX, *CLAIM_LIMITS)
PROGRAMME_LIMITS = (ConstraintKind.PRODUCT_MAX, ConstraintKind.ANCHOR_LIMIT, *CLAIM_LIMITS)
CHAIN_LIMITS = (ConstraintKind.NEED, ConstraintKind.LINK_WIDTH, *PROGRAMME_LIMITS)
LOAN_LIMITS = (ConstraintKind.NEED, ConstraintKind.PRODUCT_MAX, ConstraintKind.POOL, *BORROWER_LIMITS)
FUND_LIMITS = (
    ConstraintKind.NEED,
    ConstraintKind.STEP_AMOUNT,
    ConstraintKind.FUND_DRY_POWDER,
    ConstraintKind.FUND_CONCENTRATION,
)

FACILITY: Final = Spine(
    Form.IN_FORCE,
    (steps.GRANTED, steps.GRANTED_TO),
    (ConstraintKind.NEED, ConstraintKind.FACILITY, *BORROWER_LIMITS),
    IN_FORCE,
)
LOAN: Final = Spine(
    Form.IN_FORCE, (steps.LENT, steps.BORROWED), (ConstraintKind.NEED, ConstraintKind.STEP_AMOUNT), IN_FORCE
)
CONTRACTS: Final = (FACILITY, LOAN)


def ordered(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """The gates in their fixed order."""
    return tuple(sorted(gates, key=list(Gate).index))


def under_programme(
    form: Form,
    word: tuple[Step, ...],
    limits: tuple[ConstraintKind, ...],
    gates: tuple[Gate, ...],
    creates: str | None = None,
) -> tuple[Spine, Spine]:
    """The same under a product of the programme, and, where the programme has no product yet, straight from its funder."""
    heads = ((steps.OFFERED, steps.UNDER_PROGRAMME), (steps.FUNDED,))
    by_product, by_funder = (Spine(form, (*head, *word), limits, ordered(gates), creates) for head in heads)
    return by_product, by_funder


def loan(limits: tuple[ConstraintKind, ...] = LOAN_LIMITS, support: SupportKind | None = None) -> Spine:
    """An offer of a loan to the beneficiary itself; with `support` only where it has one of that kind."""
    return Spine(Form.OFFERED, (steps.OFFERED, steps.LENDS_TO), limits, ordered((*OFFER, *TERMS)), support=support)
