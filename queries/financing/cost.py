"""What a financing costs its beneficiary, all in: simple annual, act/365, in basis points of the cash that it receives.

(interest or discount + every fee and premium that it bears) / net cash received · 365/T. What is not known makes the cost a range,
never zero. Everything here is per yuan of principal and exact; a number that is shown is rounded half-even to 6 places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Final, NamedTuple

from graph.kinds.supply_side import DayCount
from graph.records import Term
from queries.financing.limits.constraints import MissingFact
from queries.ratios import quotient, rounded

DAYS: Final = 365
BPS: Final = 10_000


class CostKind(Term):
    """What a cost is for; a subsidy lowers what it names."""

    INTEREST = "利息"
    DISCOUNT = "贴现息"
    COMMISSION = "手续费"
    SERVICE_FEE = "服务费"
    GUARANTEE_FEE = "担保费"
    PREMIUM = "保险费"
    BRIDGE_FEE = "周转金使用费"
    INTEREST_SUBSIDY = "贴息"
    PREMIUM_SUBSIDY = "保费补贴"
    GUARANTEE_SUBSIDY = "担保费补贴"
    LENDER_REWARD = "贷款奖励"


class SubsidyStatus(Term):
    """Whether a subsidy has been granted to the beneficiary, or is open to it."""

    GRANTED = "已获批"
    EXPECTED = "可期待"


@dataclass(frozen=True, slots=True)
class Charge:
    """One cost of a yuan of principal.

    `low` to `high` a share of the principal, `yearly`: a year (act/365), else once; `high` None: not known, and `low` None: not even
    from where. `up_front`: taken off the principal when it is paid out. `borne` by the beneficiary; None: nobody states who pays.
    `payer` -1: no record of it, or not stated.
    """

    kind: CostKind
    payer: int
    low: Fraction | None
    high: Fraction | None
    yearly: bool
    up_front: bool
    borne: bool | None = True
    missing: tuple[MissingFact, ...] = ()

    def over(self, days: int, *, least: bool) -> Fraction | None:
        """The low or the high end over so many days, as a share of the principal."""
        rate = self.low if least else self.high
        return None if rate is None else rate * days / DAYS if self.yearly else rate

    def to_bear(self, *, least: bool) -> Charge | None:
        """The charge where the beneficiary bears it, or, of the high end, may do so."""
        return self if self.borne or (self.borne is None and not least) else None


@dataclass(frozen=True, slots=True)
class Relief:
    """A subsidy of a yuan of principal, or a reward to the lender.

    `low` to `high` as a share of what `of_charge` says (its charge), else of the principal, `yearly` or once; at most `cap` of a yuan.
    """

    kind: CostKind
    payer: int
    subsidy: int
    status: SubsidyStatus
    low: Fraction | None
    high: Fraction | None
    of_charge: bool
    yearly: bool
    cap: Fraction | None = None
    missing: tuple[MissingFact, ...] = ()


LOWERS: Final = {
    CostKind.INTEREST_SUBSIDY: frozenset({CostKind.INTEREST, CostKind.DISCOUNT}),
    CostKind.PREMIUM_SUBSIDY: frozenset({CostKind.PREMIUM}),
    CostKind.GUARANTEE_SUBSIDY: frozenset({CostKind.GUARANTEE_FEE}),
}


@dataclass(frozen=True, slots=True)
class CostPart:
    """A charge or subsidy as shown: `bps` a year of the beneficiary's net cash, None where it is a range (`low`, `high`; None: open).

    `amount` in 分 on the path's capacity, rounded down; None where either is not known. `payer` -1: not stated. `borne` by the
    beneficiary, None: nobody states. `status`, `record` of a subsidy.
    """

    kind: CostKind
    payer: int
    borne: bool | None
    bps: Decimal | None
    low: Decimal | None
    high: Decimal | None
    amount: int | None
    status: SubsidyStatus | None = None
    record: int = -1
    missing: tuple[MissingFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost before subsidy: `annual_bps` where it is known, `low` to `high` (None: open) where it is not and `complete` is False.

    `after_subsidy_bps` likewise after all subsidies; `days` the term for which it holds (None: for any, or not stated); `rewards` what
    the lender gets for lending, in no borrower's cost.
    """

    annual_bps: Decimal | None
    low: Decimal | None
    high: Decimal | None
    after_subsidy_bps: Decimal | None
    after_subsidy_low: Decimal | None
    after_subsidy_high: Decimal | None
    complete: bool
    days: int | None
    parts: tuple[CostPart, ...]
    rewards: tuple[CostPart, ...] = ()
    missing: tuple[MissingFact, ...] = ()


UNPRICED: Final = Cost(None, None, None, None, None, None, False, None, ())
"""Of money that nobody lends: capital and grants."""


def act_365(printed: Fraction, day_count: DayCount | None) -> Fraction:
    """A printed annual rate on act/365: a rate printed on /360 × 365/360."""
    return printed * DAYS / 360 if day_count is DayCount.ACT_360 else printed


def annual_rate(charged: Fraction, net: Fraction, days: int) -> Fraction | None:
    """charged / net cash · 365/T; None where no cash is received or no day passes.

    100 with a discount of 1 and a commission of 0.5 over 90 days: 1.5/98.5·365/90 = 6.18 %.
    """
    return None if net <= 0 or days <= 0 else charged / net * DAYS / days


def cost_of(
    charges: Sequence[Charge],
    days: int | None,
    *,
    reliefs: Sequence[Relief] = (),
    rewards: Sequence[Relief] = (),
    capacity: int | None = None,
    at_least: int = 0,
) -> Cost:
    """The cost of these charges over so many days; None: the term is open, from `at_least` days on."""
    term = days if days is not None else _any_term(charges)
    ends = [_annual(charges, term, least=least) for least in (True, False)]
    after = [_annual(charges, term, least=least, reliefs=reliefs) for least in (True, False)] if reliefs else ends
    if term is None:
        # Without fees the rate is the cost; they, and a discount taken at once, only add to it.
        yearly = [one.low for one in charges if one.yearly and one.borne]
        floor = None if None in yearly or not any(yearly) else sum((one or Fraction(0) for one in yearly), Fraction(0))
        high = _highest(charges, at_least)
        ends, after = [floor, high], [None, high if not reliefs else None]
    low, high_ = _both_bps(ends)
    exact = low is not None and low == high_
    after_low, after_high = (low, high_) if after is ends else _both_bps(after)
    nets = [net_cash(charges, term, least=not least) for least in (True, False)]
    parts = [_charge_part(one, nets, term, capacity) for one in charges]
    parts += [_relief_part(one, charges, nets, term, capacity) for one in reliefs]
    missing = dict.fromkeys([fact for one in charges for fact in one.missing])
    missing |= dict.fromkeys([fact for one in reliefs for fact in one.missing])
    return Cost(
        low if exact else None,
        low,
        high_,
        after_low if after_low == after_high else None,
        after_low,
        after_high,
        exact,
        days,
        tuple(parts),
        tuple(_relief_part(one, charges, nets, term, capacity) for one in rewards),
        tuple(missing),
    )


class HighEnds(NamedTuple):
    """The high ends of charges, added up: shares of the principal in parts of `per`, a year and once, and what of them is up front.

    `per` 0: a high end is not known. `any_term`, `discounts` what `_any_term` and `_highest` ask of charges.
    """

    per: int
    yearly: int
    flat: int
    yearly_first: int
    flat_first: int
    any_term: bool
    discounts: bool

    @classmethod
    def of(cls, charges: Sequence[Charge]) -> HighEnds:
        """The sums over these charges."""
        any_term = _any_term(charges) is not None
        borne = [one for one in charges if one.borne is not False]
        discounts = any(map(_discounts, borne))
        highs = [one.high for one in borne if one.high is not None]
        if len(highs) < len(borne):
            return cls(0, 0, 0, 0, 0, any_term, discounts)
        per = lcm(*(high.denominator for high in highs))
        parts = [high.numerator * (per // high.denominator) for high in highs]

        def total(*, yearly: bool, first: bool) -> int:
            pairs = zip(borne, parts, strict=True)
            return sum(part for one, part in pairs if one.yearly is yearly and (one.up_front or not first))

        return cls(
            per,
            total(yearly=True, first=False),
            total(yearly=False, first=False),
            total(yearly=True, first=True),
            total(yearly=False, first=True),
            any_term,
            discounts,
        )

    def upper_end(self, days: int | None, at_least: int = 0) -> Decimal | None:
        """The `high` of `cost_of` these charges: what a cost is ranked by; None: it has no upper end."""
        if days is None and self.any_term:
            days = DAYS
        if days is None:
            if at_least < 1 or self.discounts:
                return None
            days = at_least
        # Both in parts of `per` · 365.
        charged = self.yearly * days + self.flat * DAYS
        net = self.per * DAYS - self.yearly_first * days - self.flat_first * DAYS
        if not self.per or net <= 0 or days <= 0:
            return None
        return quotient(max(0, charged) * DAYS * BPS, net * days)


def _any_term(charges: Sequence[Charge]) -> int | None:
    """Some term, where all give the same cost: nothing is charged once, nothing taken at once."""
    open_ = all((one.yearly and not one.up_front) or one.borne is False or one.high == 0 for one in charges)
    return DAYS if open_ else None


def _discounts(charge: Charge) -> bool:
    """Whether a charge takes the more at once the longer the term, and the beneficiary may bear it; one of nothing takes nothing."""
    return charge.yearly and charge.up_front and charge.borne is not False and charge.high != 0


def _highest(charges: Sequence[Charge], at_least: int) -> Fraction | None:
    """The cost at the shortest term, where longer ones only make it less: no discount is taken at once."""
    if at_least < 1 or any(map(_discounts, charges)):
        return None
    return _annual(charges, at_least, least=False)


def net_cash(charges: Sequence[Charge], days: int | None, *, least: bool) -> Fraction | None:
    """What a yuan of principal brings in cash: less discount and up-front fees that the beneficiary bears. At least: with the high ends.

    None where an end, or the term that decides, is not known.
    """
    net = Fraction(1)
    for charge in charges:
        one = charge.to_bear(least=not least) if charge.up_front else None
        if one is None:
            continue
        if one.yearly and days is None:
            return None
        taken = one.over(days or 0, least=not least)
        if taken is None:
            return None
        net -= taken
    return net


def _charged(charges: Sequence[Charge], days: int, *, least: bool) -> Fraction | None:
    total = Fraction(0)
    for charge in charges:
        one = charge.to_bear(least=least)
        if one is None:
            continue
        share = one.over(days, least=least)
        if share is None:
            return None
        total += share
    return total


def _annual(
    charges: Sequence[Charge], days: int | None, *, least: bool, reliefs: Sequence[Relief] = ()
) -> Fraction | None:
    if days is None:
        return None
    charged, net = _charged(charges, days, least=least), net_cash(charges, days, least=not least)
    if charged is None or net is None:
        return None
    for relief in reliefs:
        relieved = _relieved(relief, charges, days, least=not least)
        if relieved is None and least:
            return None
        # A subsidy that is not known may be nothing.
        charged -= relieved or Fraction(0)
    return annual_rate(max(Fraction(0), charged), net, days)


def _relieved(relief: Relief, charges: Sequence[Charge], days: int, *, least: bool) -> Fraction | None:
    """What a subsidy comes to, a yuan of principal: never more than what it lowers, or its cap."""
    rate = relief.low if least else relief.high
    lowered = [one for one in charges if one.kind in LOWERS.get(relief.kind, ()) and one.to_bear(least=least)]
    shares = [one.over(days, least=least) for one in lowered]
    whole = None if None in shares else sum((share or Fraction(0) for share in shares), Fraction(0))
    if relief.kind is CostKind.LENDER_REWARD:
        return None if rate is None else _capped(rate * days / DAYS if relief.yearly else rate, relief.cap)
    if whole is None or rate is None:
        return None
    share = rate * whole if relief.of_charge else rate * days / DAYS if relief.yearly else rate
    return _capped(min(share, whole), relief.cap)


def _capped(share: Fraction, cap: Fraction | None) -> Fraction:
    return share if cap is None else min(share, cap)


def _bps(rate: Fraction | None) -> Decimal | None:
    return None if rate is None else rounded(rate * BPS)


def _both_bps(ends: Sequence[Fraction | None]) -> tuple[Decimal | None, Decimal | None]:
    """Both ends in basis points; mostly they are one."""
    low = _bps(ends[0])
    return low, low if ends[0] == ends[1] else _bps(ends[1])


def _charge_part(charge: Charge, nets: Sequence[Fraction | None], days: int | None, capacity: int | None) -> CostPart:
    ends = [None if days is None else charge.over(days, least=least) for least in (True, False)]
    low, high = _both_bps(_of_net(ends, nets, days))
    return CostPart(
        charge.kind,
        charge.payer,
        charge.borne,
        low if low == high else None,
        low,
        high,
        _amount(ends, capacity),
        missing=charge.missing,
    )


def _relief_part(
    relief: Relief, charges: Sequence[Charge], nets: Sequence[Fraction | None], days: int | None, capacity: int | None
) -> CostPart:
    ends = [None if days is None else _relieved(relief, charges, days, least=least) for least in (True, False)]
    low, high = _both_bps(_of_net(ends, nets, days))
    return CostPart(
        relief.kind,
        relief.payer,
        False,
        low if low == high else None,
        low,
        high,
        _amount(ends, capacity),
        relief.status,
        relief.subsidy,
        relief.missing,
    )


def _of_net(
    ends: Sequence[Fraction | None], nets: Sequence[Fraction | None], days: int | None
) -> list[Fraction | None]:
    """Shares of the principal as annual rates of the net cash: the low end of the most, the high one of the least."""
    if days is None:
        return [None, None]
    pairs = zip(ends, nets, strict=True)
    return [None if share is None or net is None else annual_rate(share, net, days) for share, net in pairs]


def _amount(ends: Sequence[Fraction | None], capacity: int | None) -> int | None:
    share = ends[0]
    if share is None or share != ends[1] or capacity is None:
        return None
    return capacity * share.numerator // share.denominator
