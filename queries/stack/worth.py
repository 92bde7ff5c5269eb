"""What one support is worth to an enterprise with a need: money that it gets or saves, and what it covers of loans to it, as ranges.

A subsidy of a cost pays its rate on the cost of the product over the longest term that need and product share, and never more than the
cost; a fixed amount pays that. What nobody states makes a range, from 0 where it could be nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from graph.kinds.supply_side import (
    FeePayer,
    LoanProduct,
    Pool,
    PoolKind,
    Subsidy,
    SubsidyKind,
    SubsidyMeasure,
    VoucherScheme,
)
from graph.kinds.terms import DrawBasis
from graph.money import Money
from graph.values import millionths
from queries.derived import offer_record, once
from queries.financing.cost import DAYS, act_365
from queries.financing.limits.constraints import MissingFact
from queries.financing.limits.of_pool import bridged, covered, is_stopped, pool_total
from queries.ratios import share_of
from queries.stack.situation import NOTHING, Range, Situation
from queries.tally import amount_of, total_of

SAVES: Final = frozenset({SubsidyKind.INTEREST, SubsidyKind.PREMIUM, SubsidyKind.GUARANTEE})
"""Subsidies that lower a cost of the enterprise."""
COVERS: Final = frozenset({SubsidyKind.LOSS, SubsidyKind.RISK_COMPENSATION})
"""Subsidies that bear a part of a lender's loss on a loan to it."""


class Worth(NamedTuple):
    """What a support brings, and the facts without which it is not known exactly."""

    money: Range = NOTHING
    cover: Range = NOTHING
    missing: tuple[MissingFact, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether it can bring nothing at all."""
        return self.money.high == 0 and self.cover.high == 0


def worth_of(situation: Situation, support: int, product: int) -> Worth:
    """What a support brings for a need that a product finances (-1: no product in view)."""
    view = situation.view
    match view.kind_of(support).name:
        case "Subsidy":
            return _of_subsidy(situation, support, offer_record(view, support, Subsidy), product)
        case "VoucherScheme":
            return _of_scheme(situation, support)
    return _of_pool(situation, support)


def _of_subsidy(situation: Situation, support: int, record: Subsidy, product: int) -> Worth:
    missing: list[MissingFact] = []
    if record.amount is not None:
        fixed = amount_of(record.amount, support, "amount", view=situation.view)
        missing += fixed.missing
        worth = Range(0, None) if fixed.value is None else Range.of(fixed.value)
    elif record.kind in COVERS:
        worth = _share(situation.amount, record.rate)
        missing += [*situation.missing_amount, *_unstated(support, rate=record.rate)]
    elif record.kind in SAVES:
        worth = _saved(situation, support, record, product, missing)
    else:
        worth = Range(0, None)
        missing.append(MissingFact(support, "amount"))
    if record.cap is not None:
        cap = amount_of(record.cap, support, "cap", view=situation.view)
        missing += cap.missing
        worth = worth.at_most(cap.value) if cap.value is not None else Range(0, worth.high)
    if worth == NOTHING:
        missing.clear()
    facts = tuple(dict.fromkeys(missing))
    return Worth(cover=worth, missing=facts) if record.kind in COVERS else Worth(worth, missing=facts)


def _saved(situation: Situation, support: int, record: Subsidy, product: int, missing: list[MissingFact]) -> Range:
    """What a subsidy of a cost comes to."""
    days = term(situation, product)
    cost = _cost(situation, record, product, days, missing)
    if record.measure is None or record.rate is None:
        missing += _unstated(support, rate=record.rate, measure=record.measure)
        return Range(0, cost.high)
    if record.measure is SubsidyMeasure.OF_COST:
        return _share(cost, record.rate)
    missing += situation.missing_amount
    paid = _share(_financed(situation, product), record.rate)
    if record.measure is SubsidyMeasure.OF_PRINCIPAL_A_YEAR:
        if days is None:
            missing.append(_no_term(situation))
            return Range(0, cost.high)
        paid = _over(paid, days)
    # It never pays more than what it lowers.
    return Range(min(paid.low, cost.low), cost.high).at_most(paid.high)


def _cost(situation: Situation, record: Subsidy, product: int, days: int | None, missing: list[MissingFact]) -> Range:
    """What the cost that a subsidy lowers comes to over the term."""
    if product < 0:
        missing.append(MissingFact(situation.firm, "financingPaths.cost"))
        return Range(0, None)
    offer = offer_record(situation.view, product, LoanProduct)
    payer, low, high, names = _rates(offer, record.kind)
    if payer not in (None, FeePayer.BORROWER):
        return NOTHING
    if low is None or low != high:
        missing += [MissingFact(product, name) for name in names]
    if days is None:
        missing.append(_no_term(situation))
    missing += situation.missing_amount
    financed = _financed(situation, product)
    least = 0 if low is None or days is None else _interest(financed.low, low, days, offer)
    most = (
        None if high is None or days is None or financed.high is None else _interest(financed.high, high, days, offer)
    )
    return Range(least, most)


def _rates(
    offer: LoanProduct, kind: SubsidyKind | None
) -> tuple[FeePayer | None, Decimal | None, Decimal | None, tuple[str, ...]]:
    """Who bears the cost that a kind of subsidy lowers, and its rate a year from low to high."""
    match kind:
        case SubsidyKind.PREMIUM:
            return offer.premium_payer, offer.premium_rate, offer.premium_rate, ("premiumRate",)
        case SubsidyKind.GUARANTEE:
            return None, offer.guarantee_fee_rate, offer.guarantee_fee_rate, ("guaranteeFeeRate",)
    if offer.annual_rate is not None:
        return offer.interest_payer, offer.annual_rate, offer.annual_rate, ()
    return offer.interest_payer, offer.rate_low, offer.rate_high, ("annualRate",)


def _interest(principal: int, rate: Decimal, days: int, offer: LoanProduct) -> int:
    share = act_365(Fraction(rate), offer.day_count) * days / DAYS
    return principal * share.numerator // share.denominator


def _financed(situation: Situation, product: int) -> Range:
    """What the product may lend of the need."""
    amount = situation.amount
    if product < 0:
        return amount
    most = amount_of(
        offer_record(situation.view, product, LoanProduct).max_amount, product, "maxAmount", view=situation.view
    ).value
    return amount.at_most(most)


def term(situation: Situation, product: int) -> int | None:
    """The longest term that need and product share, in days; None: neither states one."""
    ends = [situation.need.tenor_max_days]
    if product >= 0:
        ends.append(offer_record(situation.view, product, LoanProduct).tenor_max_days)
    return min((end for end in ends if end is not None), default=None)


def _no_term(situation: Situation) -> MissingFact:
    return MissingFact(situation.firm, "needs.tenorMaxDays")


def _share(amount: Range, rate: Decimal | None) -> Range:
    if rate is None:
        return Range(0, amount.high)
    share = millionths(rate)
    return Range(share_of(amount.low, share), None if amount.high is None else share_of(amount.high, share))


def _over(yearly: Range, days: int) -> Range:
    return Range(yearly.low * days // DAYS, None if yearly.high is None else yearly.high * days // DAYS)


def _unstated(record: int, **fields: object) -> Iterator[MissingFact]:
    return (MissingFact(record, name) for name, value in fields.items() if value is None)


def _of_scheme(situation: Situation, support: int) -> Worth:
    """Vouchers: the most for one firm, no more than is needed, and than what is left of the budget. What the firm had of it is a cap's."""
    view = situation.view
    record = offer_record(view, support, VoucherScheme)
    most, missing = _stated(situation, record.per_firm_max, support, "perFirmMax")
    need = situation.amount
    worth = most.at_most(need.high) if need.high is not None else most
    if record.budget is not None:
        budget, unknown = _stated(situation, record.budget, support, "budget")
        used = once(view, (_of_scheme, support), lambda: _used(situation, support, record))
        left = None if budget.high is None or used is None else max(0, budget.high - used)
        worth = worth.at_most(left)
        missing += unknown
        if used is None:
            worth = Range(0, worth.high)
            missing += (MissingFact(support, "used"),)
    return Worth(worth, missing=() if worth == NOTHING else missing)


def _used(situation: Situation, support: int, record: VoucherScheme) -> int | None:
    if record.used is not None:
        return amount_of(record.used, support, "used", view=situation.view, owed=True).value
    contracts = situation.view.holders("Collaboration", "scheme", support)
    return total_of(situation.view, contracts, "voucher_amount", "voucher_amount").amount


def _stated(situation: Situation, money: Money | None, record: int, name: str) -> tuple[Range, tuple[MissingFact, ...]]:
    amount = amount_of(money, record, name, view=situation.view)
    return (Range(0, None) if amount.value is None else Range.of(amount.value)), amount.missing


def _of_pool(situation: Situation, support: int) -> Worth:
    """What a pool covers of a loan for the need, or bridges of it, under its own headroom and its cap for one borrower."""
    view = situation.view
    pool = offer_record(view, support, Pool)
    if is_stopped(pool):
        return Worth()
    is_bridge = pool.kind is PoolKind.BRIDGE
    amount, missing = situation.amount, list(situation.missing_amount)
    if is_bridge:
        used = once(view, (_of_pool, support), lambda: bridged(view, support).amount)
        balance = amount_of(pool.balance, support, "balance", view=view)
        total = None if balance.value is None or used is None else max(0, balance.value - used)
        missing += balance.missing
        own = bridged(view, support, situation.firm)
    else:
        whole = pool_total(view, support)
        total = whole.admits
        missing += whole.missing
        own = covered(view, support, borrower=situation.firm)
    amount = amount.at_most(total) if total is not None else Range(0, amount.high)
    left: int | None = None
    if pool.per_borrower_cap is not None:
        cap = amount_of(pool.per_borrower_cap, support, "perBorrowerCap", view=view)
        left = None if cap.value is None or own.amount is None else max(0, cap.value - own.amount)
        missing += [*cap.missing, *own.missing]
        if left is None:
            amount = Range(0, amount.high)
    # On COVER the cap for one borrower counts what is covered, not what is lent.
    of_cover = pool.draw_basis is DrawBasis.COVER and not is_bridge
    if not of_cover:
        amount = amount.at_most(left)
    if not is_bridge:
        missing += _unstated(support, coverShare=pool.cover_share)
        amount = _share(amount, pool.cover_share)
    if of_cover:
        amount = amount.at_most(left)
    return Worth(cover=amount, missing=() if amount == NOTHING else tuple(dict.fromkeys(missing)))
