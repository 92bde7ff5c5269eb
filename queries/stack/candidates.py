"""Which supports an enterprise can take for a need, and which it cannot: each of these with the clause that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from graph.kinds.supply_side import LoanProduct, Pool, PoolKind, Subsidy, SubsidyKind, VoucherScheme
from graph.kinds.terms import Instrument, OfferStatus
from graph.records import Term
from queries.derived import offer_record
from queries.eligibility import supports_of
from queries.financing.gates.judging import Eligibility, EligibilityVerdict, judged, rules_about
from queries.financing.gates.of_offer import admits
from queries.financing.limits.constraints import MissingFact
from queries.financing.tenor import ANY, DayRange, wanted
from queries.financing.terms import Ternary
from queries.stack.situation import Situation
from queries.tally import amount_of

Support = Subsidy | VoucherScheme | Pool
SUPPORTS: Final[Mapping[str, type[Support]]] = {"Subsidy": Subsidy, "VoucherScheme": VoucherScheme, "Pool": Pool}
LENT: Final = (Instrument.DEBT, Instrument.REFINANCE)


class DropReason(Term):
    """Why a support is not part of a stack."""

    NOT_ELIGIBLE = "不符合条件"
    NOT_OPEN = "未开放"
    TO_LENDER = "归资金方"
    PURPOSE = "用途不符"
    INSTRUMENT = "工具不符"
    TERMS = "条款不符"
    USED_UP = "额度已尽"
    EXCLUDED = "不得同享"
    LACKS_REQUIRED = "缺少前提"
    CIRCULAR = "互为前提"
    OTHER_PRODUCT = "另选产品"
    CAP = "限额已满"
    COUNT = "项数已满"
    NOT_STATED = "价值未载明"
    ADDS_NOTHING = "不增益"
    BETTER_SET = "另有更优组合"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A support left out.

    `clause` the record that says why: a rule, an exclusion, a dependency, a cap, or the support or product whose own terms do (-1: none
    does); `against` the other support or product that it lost to (-1: none). `missing` of NOT_STATED: what would tell what it brings.
    """

    support: int
    reason: DropReason
    clause: int = -1
    against: int = -1
    missing: tuple[MissingFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A support that nothing rules out, `certain` where all that it takes itself is known to hold.

    `products` that it goes with, None: any; `sure` those that the firm is known to be able to have. `missing` the facts that would make it
    certain, of a product where none is sure.
    """

    support: int
    certain: bool
    missing: tuple[MissingFact, ...]
    products: tuple[int, ...] | None = None
    sure: frozenset[int] = frozenset()

    def goes_with(self, product: int, *, surely: bool) -> bool:
        """Whether it may be had with a product (-1: none), or is known to be."""
        if surely and not self.certain:
            return False
        return self.products is None or product in (self.sure if surely else self.products)


def screened(situation: Situation) -> tuple[list[Candidate], list[Dropped]]:
    """The candidates and what is dropped before any is weighed, in the order of supports."""
    screen = _Screen(situation)
    found: list[Candidate] = []
    dropped: list[Dropped] = []
    for support in supports_of(situation.view):
        answer = screen.of(support)
        if isinstance(answer, Candidate):
            found.append(answer)
        else:
            dropped.append(answer)
    return found, dropped


class _Screen:
    """Asks what rules a support out, the soonest answered first."""

    def __init__(self, situation: Situation) -> None:
        self.situation, self.view = situation, situation.view
        self.products: dict[int, tuple[Dropped | None, tuple[MissingFact, ...]]] = {}

    def of(self, support: int) -> Candidate | Dropped:
        """The support as a candidate, or why it is none."""
        kind = self.view.kind_of(support).name
        record: Support = offer_record(self.view, support, SUPPORTS[kind])
        if isinstance(record, Subsidy) and record.kind is SubsidyKind.LENDER_REWARD:
            return Dropped(support, DropReason.TO_LENDER, support)
        missing: list[MissingFact] = []
        if record.status in (OfferStatus.CLOSED, OfferStatus.PLANNED):
            return Dropped(support, DropReason.NOT_OPEN, support)
        if record.status is None and not (isinstance(record, Pool) and record.kind is not PoolKind.BRIDGE):
            missing.append(MissingFact(support, "status"))
        if not self._serves(record):
            return Dropped(support, DropReason.INSTRUMENT, support)
        if isinstance(record, VoucherScheme) and not admits(record.services, self.situation.need.purpose):
            return Dropped(support, DropReason.PURPOSE, support)
        judgement = judged(self.view, self.situation.telling, support)
        if judgement.verdict is EligibilityVerdict.NOT:
            return Dropped(support, DropReason.NOT_ELIGIBLE, failing(judgement))
        if judgement.verdict is EligibilityVerdict.UNKNOWN:
            missing += judgement.missing
        return self._with_products(support, record, missing)

    def _serves(self, record: Support) -> bool:
        """Whether it goes with what is asked for: what lowers the cost of a loan or covers one is of use only to who borrows."""
        if isinstance(record, Pool):
            lent = (Instrument.REFINANCE,) if record.kind is PoolKind.BRIDGE else LENT
            named = bool(self.situation.instruments)
            return self.situation.wants(*lent) and (named or record.kind is not PoolKind.BRIDGE)
        if isinstance(record, Subsidy) and record.kind not in (SubsidyKind.LISTING, SubsidyKind.AWARD):
            return self.situation.wants(*LENT)
        return True

    def _with_products(self, support: int, record: Support, missing: list[MissingFact]) -> Candidate | Dropped:
        products = self._products_of(support, record, missing)
        if products is None:
            return Candidate(support, not missing, tuple(dict.fromkeys(missing)))
        answers = [(product, *self._product(product)) for product in products]
        kept = [(product, facts) for product, refused, facts in answers if refused is None]
        if not kept:
            refused = next(refused for _, refused, _ in answers if refused is not None)
            return Dropped(support, refused.reason, refused.clause, refused.support)
        certain, sure = not missing, frozenset(product for product, facts in kept if not facts)
        if not sure:
            missing += kept[0][1]
        return Candidate(support, certain, tuple(dict.fromkeys(missing)), tuple(product for product, _ in kept), sure)

    def _products_of(self, support: int, record: Support, missing: list[MissingFact]) -> tuple[int, ...] | None:
        """The products that a support goes with; None: with any, or with none that is known."""
        if isinstance(record, Subsidy) and record.product is not None:
            product = self.view.ref(support, "product")
            if product < 0:
                missing.append(MissingFact(support, "product"))
                return None
            return (product,)
        if isinstance(record, Pool) and record.kind is not PoolKind.BRIDGE:
            covered = self.view.holders("LoanProduct", "pool", support).tolist()
            if covered:
                return tuple(covered)
            missing.append(MissingFact(support, "products"))
        return None

    def _product(self, product: int) -> tuple[Dropped | None, tuple[MissingFact, ...]]:
        """Why the firm cannot have a product for its need (None: nothing says so), and what would make it certain."""
        found = self.products.get(product)
        if found is None:
            found = self.products[product] = self._of_product(product)
        return found

    def _of_product(self, product: int) -> tuple[Dropped | None, tuple[MissingFact, ...]]:
        record, need = offer_record(self.view, product, LoanProduct), self.situation.need
        if record.status not in (None, OfferStatus.OPEN):
            return Dropped(product, DropReason.NOT_OPEN, product), ()
        if not admits(record.purposes, need.purpose):
            return Dropped(product, DropReason.PURPOSE, product), ()
        least = amount_of(record.min_amount, product, "minAmount", view=self.view, owed=True).value
        too_small = least is not None and need.amount is not None and need.amount < least
        days = DayRange(record.tenor_min_days or 0, record.tenor_max_days)
        if too_small or days.meet(wanted(need) or ANY) is None:
            return Dropped(product, DropReason.TERMS, product), ()
        missing: tuple[MissingFact, ...] = () if record.status is not None else (MissingFact(product, "status"),)
        if rules_about(self.view, product):
            judgement = judged(self.view, self.situation.telling, product)
            if judgement.verdict is EligibilityVerdict.NOT:
                return Dropped(product, DropReason.NOT_ELIGIBLE, failing(judgement)), ()
            missing += judgement.missing
        return None, missing


def failing(judgement: Eligibility) -> int:
    """The first rule of which no alternative is met; -1: the register closed the firm."""
    met = {one.alternative for one in judgement.rules if one.verdict is not Ternary.NO}
    return next((one.rule for one in judgement.rules if one.alternative not in met), -1)
