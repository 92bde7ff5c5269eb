"""The words in which financing paths are answered: status, gates, constraints, supports. A member's value is its Chinese label."""

from __future__ import annotations

from typing import Final

from graph.records import Term


class PathStatus(Term):
    """How far a path is from money; in this order they are ranked."""

    EXISTING = "已存在"
    AVAILABLE = "可用"
    CONDITIONAL = "待核实"
    PROSPECTIVE = "可构建"
    BLOCKED = "受阻"


class Ternary(Term):
    """An answer that may be unknown."""

    YES = "是"
    NO = "否"
    UNKNOWN = "未知"


class Stated(Term):
    """Whether a value is known."""

    STATED = "已载明"
    NOT_STATED = "未载明"
    NOT_APPLICABLE = "不适用"


class PathRecourse(Term):
    """Recourse of an offer on a claim. NOT_STATED must fit the limits of both sides."""

    FULL = "有追索权"
    NONE = "无追索权"
    PARTIAL = "部分追索权"
    NOT_STATED = "未载明"


class Gate(Term):
    """What must be so before money moves."""

    LICENCE = "资质牌照"
    PRODUCT_OPEN = "产品开放"
    ELIGIBILITY = "准入条件"
    TITLE = "权属与可转让"
    TRADE_EVIDENCE = "贸易背景凭证"
    CONFIRMATION = "确权"
    NOTICE = "债权转让通知"
    REGISTRATION = "登记"
    PRIOR_CLAIM = "在先权利"
    RELATED_PARTY_TRADE = "关联交易"
    LIMIT = "额度"
    CURRENCY = "币种"
    TENOR = "期限匹配"
    TIMING = "到位时间"
    PURPOSE = "用途"
    RENEWAL_COMMITMENT = "续贷承诺"


class ConstraintKind(Term):
    """What bounds the capacity of a path; of equal ones the first in this order binds."""

    NEED = "融资需求"
    ASSET_FREE = "资产可融资额"
    VOUCHER_PART = "凭证持有份额"
    LINK_WIDTH = "供应链环节宽度"
    STEP_AMOUNT = "环节金额"
    PRODUCT_MAX = "产品上限"
    FACILITY = "授信余额"
    ANCHOR_LIMIT = "核心企业额度"
    DEBTOR_LIMIT = "买方限额"
    BUY_BACK = "回购额度"
    POOL = "资金池额度"
    GUARANTOR = "担保机构、小额贷款公司额度"
    INSURER = "保险人额度"
    SINGLE_NAME = "单户限额"
    GROUP = "集团限额"
    JOINT_CREDIT = "联合授信额度"
    SECTOR_LIMIT = "行业限额"
    FUND_DRY_POWDER = "基金可投资金"
    FUND_CONCENTRATION = "基金单一企业上限"
    TERM_RULE = "期限规则"


class SupportKind(Term):
    """What may back a step without carrying cash."""

    GUARANTEE = "担保"
    POOL_COVER = "资金池覆盖"
    INSURANCE = "保证保险"
    LOSS_SHARING = "三方损失分担"
    INTEREST_SUBSIDY = "贴息"
    PREMIUM_SUBSIDY = "保费补贴"
    GUARANTEE_FEE_SUBSIDY = "担保费补贴"
    LOSS_SUBSIDY = "损失补贴"
    FUNDING = "定向资金"


COVERING: Final = frozenset(
    {SupportKind.GUARANTEE, SupportKind.POOL_COVER, SupportKind.INSURANCE, SupportKind.LOSS_SHARING}
)
"""Supports that bear a share of the loss and move it from the debtor's limit to the supporter's."""


class BeneficiaryRole(Term):
    """In which role money reaches the beneficiary."""

    RECIPIENT = "用款人"
    VENDOR = "供货商"
