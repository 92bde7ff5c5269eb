"""The kinds of repair, and what each costs to bring about."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from graph.errors import InvalidInput
from graph.records import Term


class RepairKind(Term):
    """What would mend a blocked path. Each is a change of records, of the need that is asked for, or of the day."""

    STATE_FACT = "补充事实"
    REGISTER = "办理登记"
    NOTIFY = "通知债务人"
    CONFIRM = "取得确权"
    ALLOW_TRANSFER = "准许转让"
    SHORTEN_TENOR = "缩短期限"
    LENGTHEN_TENOR = "延长期限"
    POSTPONE = "推迟用款日"
    WAIT = "等待"
    RELEASE_CLAIM = "解除在先权利"
    RAISE_LIMIT = "提高限额"
    ADD_GUARANTOR = "增加担保人"
    RENEW = "续期"
    OPEN_PRODUCT = "开放产品"
    EXTEND_LICENCE = "扩大业务许可"
    COMMIT_RENEWAL = "取得续贷承诺"
    ATTEST_TRADE = "证明关联交易公允"
    CHANGE_PURPOSE = "变更用途"
    OBTAIN_TAG = "取得认定"
    ASK_FOR_MORE = "提高申请金额"
    LIST_PROJECT = "申报入库"
    LOWER_MINIMUM = "降低起点金额"


EN: Final[Mapping[RepairKind, str]] = {
    RepairKind.STATE_FACT: "State a missing fact",
    RepairKind.REGISTER: "Register the pledge or assignment",
    RepairKind.NOTIFY: "Notify the debtor",
    RepairKind.CONFIRM: "Obtain the buyer's or bank's confirmation",
    RepairKind.ALLOW_TRANSFER: "Have the asset made assignable",
    RepairKind.SHORTEN_TENOR: "Ask for a shorter tenor",
    RepairKind.LENGTHEN_TENOR: "Ask for a longer tenor",
    RepairKind.POSTPONE: "Need the money later",
    RepairKind.WAIT: "Wait until a day",
    RepairKind.RELEASE_CLAIM: "Release a prior claim",
    RepairKind.RAISE_LIMIT: "Raise a limit",
    RepairKind.ADD_GUARANTOR: "Add a guarantor",
    RepairKind.RENEW: "Renew a contract, programme or period",
    RepairKind.OPEN_PRODUCT: "Reopen the product",
    RepairKind.EXTEND_LICENCE: "Extend the lender's licence",
    RepairKind.COMMIT_RENEWAL: "Obtain the lender's commitment to renew",
    RepairKind.ATTEST_TRADE: "Have a related trade attested to be at arm's length",
    RepairKind.CHANGE_PURPOSE: "Ask for money for another purpose",
    RepairKind.OBTAIN_TAG: "Obtain a recognition that a rule asks for",
    RepairKind.ASK_FOR_MORE: "Ask for the smallest amount that a rule admits",
    RepairKind.LIST_PROJECT: "Have the project put on a list",
    RepairKind.LOWER_MINIMUM: "Lower the smallest amount of an offer",
}
"""The English labels."""

Costs = Mapping[RepairKind, Decimal]

DEFAULT_COSTS: Final[Costs] = {
    RepairKind.STATE_FACT: Decimal(1),
    RepairKind.REGISTER: Decimal(1),
    RepairKind.NOTIFY: Decimal(1),
    RepairKind.CONFIRM: Decimal(2),
    RepairKind.ALLOW_TRANSFER: Decimal(3),
    RepairKind.SHORTEN_TENOR: Decimal(2),
    RepairKind.LENGTHEN_TENOR: Decimal(2),
    RepairKind.POSTPONE: Decimal(2),
    RepairKind.WAIT: Decimal(3),
    RepairKind.RELEASE_CLAIM: Decimal(4),
    RepairKind.RAISE_LIMIT: Decimal(4),
    RepairKind.ADD_GUARANTOR: Decimal(5),
    RepairKind.RENEW: Decimal(4),
    RepairKind.OPEN_PRODUCT: Decimal(6),
    RepairKind.EXTEND_LICENCE: Decimal(8),
    RepairKind.COMMIT_RENEWAL: Decimal(3),
    RepairKind.ATTEST_TRADE: Decimal(4),
    RepairKind.CHANGE_PURPOSE: Decimal(5),
    RepairKind.OBTAIN_TAG: Decimal(6),
    RepairKind.ASK_FOR_MORE: Decimal(3),
    RepairKind.LIST_PROJECT: Decimal(5),
    RepairKind.LOWER_MINIMUM: Decimal(4),
}
"""What one repair of a kind costs where nobody says otherwise: a scale of effort, 1 the paper that only has to be shown, 8 a regulator's
decision. Costs of a set add up."""

MAX_COST: Final = Decimal(1_000_000)


def costs_with(given: Costs) -> Costs:
    """The costs, with these in place of the defaults.

    Raises InvalidInput for a cost below 0, beyond `MAX_COST`, or finer than a millionth.
    """
    for kind, cost in given.items():
        fine = cost.is_finite() and -int(cost.as_tuple().exponent) <= 6
        if not fine or not 0 <= cost <= MAX_COST:
            raise InvalidInput(f"costs.{kind.name} {cost}: give 0 to {MAX_COST}, with at most 6 decimal places")
    return {**DEFAULT_COSTS, **given}
