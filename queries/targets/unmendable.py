"""Why no deal of a fund mends a covenant that is not met."""

from __future__ import annotations

from typing import Final

from graph.kinds.parties import FundType
from graph.kinds.policy import CovenantKind, MoneyBase
from graph.records import Term
from queries.funds.facts import FundFacts
from queries.funds.judging import FLOORS, Covenant


class Unmendable(Term):
    """What would have to change instead."""

    INVESTORS = "由出资人的认缴与实缴决定"
    OTHER_INVESTORS = "由项目中其他投资人的出资决定"
    DISTRIBUTIONS = "由退出与分配决定"
    SUB_FUNDS = "由子基金的投资决定"
    LESS_INVESTED = "新增投资只会更远"
    NO_FIRM = "没有企业可使其改善"
    NEVER = "任何数值都不满足"
    NOT_STATED = "缺少事实"


MOVED_BY: Final = {
    CovenantKind.LEVERAGE: Unmendable.INVESTORS,
    CovenantKind.CAPITAL_SHARE: Unmendable.INVESTORS,
    CovenantKind.PAID_IN_PACE: Unmendable.INVESTORS,
    CovenantKind.DPI: Unmendable.DISTRIBUTIONS,
}


def unmendable(facts: FundFacts, covenant: Covenant, *, may_be: bool) -> Unmendable:
    """Why no deal is known to mend a covenant that is not met; `may_be`: one may, as far as facts are missing."""
    if covenant.kind in MOVED_BY:
        return Unmendable.OTHER_INVESTORS if covenant.base is MoneyBase.PROJECT else MOVED_BY[covenant.kind]
    if covenant.kind is CovenantKind.REINVESTMENT and facts.record.type is FundType.GUIDANCE:
        return Unmendable.SUB_FUNDS
    if may_be or covenant.measure.denominator is None:
        return Unmendable.NOT_STATED
    if covenant.kind is CovenantKind.IDLE_MONTHS:
        return Unmendable.NEVER
    if covenant.operator not in FLOORS and covenant.base is not MoneyBase.INVESTED:
        return Unmendable.LESS_INVESTED
    return Unmendable.NO_FIRM
