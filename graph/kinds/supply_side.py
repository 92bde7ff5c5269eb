"""The supply side of money: products on offer, pools, subsidies, vouchers, loss sharing."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from graph.kinds.parties import CapitalSource, Enterprise, GovernmentUnit, Institution, Party, ResponsibleUnit
from graph.kinds.terms import DrawBasis, LeaseModel, OfferStatus, Recourse, Technique
from graph.money import Money
from graph.records import Label, Node, Ref, Span, Term


class DayCount(Term):
    """How days become a year where interest is worked out."""

    ACT_365 = "实际天数/365"
    ACT_360 = "实际天数/360"


class FeePayer(Term):
    """Who bears a cost of a financing."""

    BORROWER = "融资方"
    OBLIGOR = "付款方"
    LENDER = "资金方"
    OTHER = "其他方"


class PoolKind(Term):
    """What a pool does."""

    RISK = "风险池"
    GUARANTEE = "担保基金"
    BRIDGE = "还贷周转金"
    CREDIT_GUARANTEE = "信保基金"


class LossOrder(Term):
    """Who bears a loss first."""

    FIRST_LOSS = "先行赔付"
    PRO_RATA = "按比例分担"


class PublicSupport(Node, zh="公共支持", abstract=True):
    """Public money that an enterprise may have: a subsidy, a pool's cover, a voucher. What may be had together: `graph.kinds.stacking`."""


class Pool(CapitalSource, PublicSupport, zh="资金池"):
    """Public money that covers or bridges loans."""

    kind: Annotated[PoolKind | None, Label("类型", "What the pool does")] = None
    operator: Annotated[Ref[ResponsibleUnit] | None, Label("管理单位", relation="MANAGED_BY")] = None
    balance: Annotated[Money | None, Label("余额", "Money in the pool; a stock")] = None
    loss_paid: Annotated[
        Money | None, Label("已代偿金额", "Paid out of it for losses so far; null: not stated, which is not 0")
    ] = None
    multiple: Annotated[Decimal | None, Label("放大倍数", "Lending covered per yuan of balance", unit="×")] = None
    draw_basis: Annotated[DrawBasis | None, Label("占用口径", "PRINCIPAL or COVER")] = None
    cover_share: Annotated[Decimal | None, Label("覆盖比例", unit="0–1")] = None
    loss_order: Annotated[LossOrder | None, Label("损失顺序")] = None
    per_borrower_cap: Annotated[Money | None, Label("单户上限", unit=">0")] = None
    stop_rate: Annotated[Decimal | None, Label("止付不良率", "Bad-loan rate at which new cover stops", unit="0–1")] = (
        None
    )
    bad_loan_rate: Annotated[Decimal | None, Label("不良率", "Bad-loan rate of the covered loans", unit="0–1")] = None
    status: Annotated[OfferStatus | None, Label("状态", "Of a bridge pool: whether it takes applications")] = None
    window_days: Annotated[
        int | None,
        Label("受理提前天数", "It bridges a loan that falls due within so many days; null: any", unit="days"),
    ] = None
    max_days: Annotated[int | None, Label("最长使用天数", "A bridge is repaid within so many days", unit="days")] = None
    daily_fee_rate: Annotated[Decimal | None, Label("日费率", "Fee a day on what is bridged", unit="0–1")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class AnchorProgramme(Node, zh="核心企业平台"):
    """A programme under which a lender finances an anchor's confirmed payables or vouchers."""

    name: Annotated[str, Label("名称")]
    anchor: Annotated[Ref[Enterprise], Label("核心企业", relation="ANCHORED_BY", inverse="programmes")]
    funder: Annotated[Ref[CapitalSource] | None, Label("资金方", relation="FUNDED_BY", inverse="programmesFunded")] = (
        None
    )
    limit: Annotated[
        Money | None, Label("平台额度", "Most that may be outstanding under the anchor's confirmation")
    ] = None
    used: Annotated[Money | None, Label("已用额度", "Null: the sum of what is recorded under it")] = None
    draw_basis: Annotated[DrawBasis | None, Label("占用口径", "FUNDED or FACE; null: FUNDED")] = None
    max_tier: Annotated[int | None, Label("最多级数", "Deepest tier of suppliers that it serves", unit="tiers")] = None
    voucher_max_days: Annotated[int | None, Label("凭证最长期限", unit="days")] = None
    sell_through_days: Annotated[
        int | None,
        Label("销售周转天数", "In which distributors sell on what they buy; a link may state its own", unit="days"),
    ] = None
    margin_share: Annotated[
        Decimal | None, Label("首付保证金比例", "Share of its purchases that a distributor pays itself", unit="0–1")
    ] = None
    buy_back_limit: Annotated[
        Money | None, Label("回购额度", "Most that the anchor buys back of all distributors; null: it states none")
    ] = None
    revolving: Annotated[bool | None, Label("循环", "True: what is repaid may be drawn again until `expiresOn`")] = None
    expires_on: Annotated[date | None, Label("额度到期日", "Last day of the limit; null: it has none stated")] = None
    processing_days: Annotated[
        int | None, Label("入驻天数", "To join it, beside what the product takes; null: none is recorded", unit="days")
    ] = None


class LoanProduct(Node, zh="融资产品"):
    """What one lender offers under one technique. Eligibility: the Rules of type ELIGIBILITY about it."""

    name: Annotated[str, Label("名称")]
    lender: Annotated[Ref[CapitalSource] | None, Label("提供方", relation="OFFERED_BY", inverse="products")] = None
    technique: Annotated[Technique | None, Label("融资方式")] = None
    status: Annotated[OfferStatus | None, Label("状态")] = None
    programme: Annotated[Ref[AnchorProgramme] | None, Label("所属平台", relation="UNDER", inverse="products")] = None
    pool: Annotated[Ref[Pool] | None, Label("风险池", relation="COVERED_BY", inverse="products")] = None
    recourse: Annotated[Recourse | None, Label("追索权")] = None
    recourse_share: Annotated[
        Decimal | None,
        Label("追索比例", "Of PARTIAL: the part for which the seller stands; the buyer for the rest", unit="0–1"),
    ] = None
    with_notice: Annotated[bool | None, Label("通知债务人", "False: undisclosed factoring (暗保理)")] = None
    buyer_limit_with_recourse: Annotated[
        bool | None, Label("有追索也占买方额度", "With recourse the financing draws on the buyer's limit too")
    ] = None
    advance_rate: Annotated[Decimal | None, Label("融资比例", "α: share of the value that is advanced", unit="0–1")] = (
        None
    )
    advance_rate_with_cover: Annotated[
        Decimal | None, Label("有担保融资比例", "α with a guarantee, pool or insurance; null: no other", unit="0–1")
    ] = None
    draw_basis: Annotated[DrawBasis | None, Label("占用口径", "FUNDED or FACE; null: FUNDED")] = None
    lease_model: Annotated[LeaseModel | None, Label("租赁模式", "Of a lease")] = None
    down_payment: Annotated[Decimal | None, Label("首付比例", "Of a lease: share of the price", unit="0–1")] = None
    min_amount: Annotated[Money | None, Label("单笔下限")] = None
    max_amount: Annotated[Money | None, Label("单笔上限", "PRODUCT_MAX")] = None
    max_amount_with_cover: Annotated[
        Money | None, Label("有担保单笔上限", "With a guarantee, pool or insurance; null: no other")
    ] = None
    tenor_min_days: Annotated[int | None, Label("最短期限", unit="days")] = None
    tenor_max_days: Annotated[int | None, Label("最长期限", unit="days")] = None
    overdue_max_days: Annotated[
        int | None, Label("最长逾期", "A claim overdue longer is worth nothing here", unit="days")
    ] = None
    annual_rate: Annotated[
        Decimal | None, Label("年利率", "Simple annual, as printed; days by `dayCount`", unit="0–1")
    ] = None
    rate_low: Annotated[Decimal | None, Label("利率下限", "Lower end where only a range is printed", unit="0–1")] = None
    rate_high: Annotated[Decimal | None, Label("利率上限", "Upper end where only a range is printed", unit="0–1")] = (
        None
    )
    day_count: Annotated[DayCount | None, Label("计息基础", "Days of a year of the printed rates; null: ACT_365")] = (
        None
    )
    interest_payer: Annotated[
        FeePayer | None, Label("利息承担方", "Who bears interest or discount; null: BORROWER")
    ] = None
    commission_rate: Annotated[
        Decimal | None, Label("手续费率", "Charged once, on the principal; null: none is recorded", unit="0–1")
    ] = None
    commission_payer: Annotated[FeePayer | None, Label("手续费承担方")] = None
    service_fee_rate: Annotated[
        Decimal | None, Label("服务费年费率", "Fee a year, on the principal; null: none is recorded", unit="0–1")
    ] = None
    service_fee_payer: Annotated[FeePayer | None, Label("服务费承担方")] = None
    guarantee_fee_rate: Annotated[
        Decimal | None,
        Label("担保费年费率", "Fee a year on what is guaranteed, where the guarantee states none", unit="0–1"),
    ] = None
    premium_rate: Annotated[
        Decimal | None, Label("保险费年费率", "Premium a year on the principal that is insured", unit="0–1")
    ] = None
    premium_payer: Annotated[FeePayer | None, Label("保费承担方")] = None
    processing_days: Annotated[
        int | None, Label("办理天数", "From a complete application to the money", unit="days")
    ] = None
    currency: Annotated[str | None, Label("币种", "ISO 4217; null: CNY")] = None
    purposes: Annotated[tuple[str, ...], Label("用途")] = ()
    takes: Annotated[
        tuple[str, ...],
        Label("接受的标的", "Codes of the kinds and variants that it takes: GOVERNMENT, PATENT, Building; empty: all"),
    ] = ()
    span: Annotated[Span | None, Label("原文位置")] = None


class CapPeriod(Term):
    """Over what time a cap for one enterprise counts what it was given."""

    ONCE = "一次性"
    CALENDAR_YEAR = "自然年"
    TWELVE_MONTHS = "连续十二个月"


class SubsidyKind(Term):
    """What a subsidy pays for."""

    INTEREST = "贴息"
    PREMIUM = "保费补贴"
    LOSS = "损失补贴"
    GUARANTEE = "担保补贴"
    LISTING = "上市奖励"
    LENDER_REWARD = "贷款奖励"
    RISK_COMPENSATION = "风险补偿"
    AWARD = "企业奖励"


class SubsidyMeasure(Term):
    """What a subsidy's rate is a share of."""

    OF_COST = "按费用比例"
    OF_PRINCIPAL = "按本金"
    OF_PRINCIPAL_A_YEAR = "按本金逐年"


class Subsidy(PublicSupport, zh="补贴"):
    """Public money that lowers a cost or rewards an act."""

    name: Annotated[str, Label("名称")]
    kind: Annotated[SubsidyKind | None, Label("类型")] = None
    payer: Annotated[Ref[Party] | None, Label("支付方", relation="PAID_BY", inverse="subsidiesPaid")] = None
    recipients: Annotated[str | None, Label("受益方", "Who receives it, as printed")] = None
    product: Annotated[Ref[LoanProduct] | None, Label("适用产品", relation="APPLIES_TO")] = None
    rate: Annotated[Decimal | None, Label("比率", "Share of the base, such as 0.002 for 2‰", unit="0–1")] = None
    measure: Annotated[
        SubsidyMeasure | None, Label("计算方式", "What the rate is a share of, where the source settles it")
    ] = None
    granted_to: Annotated[
        Ref[Party] | None, Label("已获补贴方", "Whom it has been granted to; null: a scheme", relation="GRANTED_TO")
    ] = None
    base: Annotated[str | None, Label("计算基数", "What the rate is applied to, as printed")] = None
    cap: Annotated[Money | None, Label("上限", "Most of it for one financing", unit=">0")] = None
    amount: Annotated[
        Money | None,
        Label("定额", "What it pays once, whatever anything costs; of a grant: what was granted", unit=">0"),
    ] = None
    per_enterprise_cap: Annotated[
        Money | None, Label("单户上限", "Most that one enterprise may be given of it in `capPeriod`", unit=">0")
    ] = None
    cap_period: Annotated[CapPeriod | None, Label("限额期间", "Null: ONCE")] = None
    scheme: Annotated[
        Ref["Subsidy"] | None,
        Label("所属补贴", "Of a grant: the subsidy that it was granted of", relation="UNDER", inverse="grants"),
    ] = None
    granted_on: Annotated[date | None, Label("获批日", "Of a grant")] = None
    status: Annotated[OfferStatus | None, Label("状态")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class VoucherScheme(CapitalSource, PublicSupport, zh="券计划"):
    """Vouchers that pay for services: innovation and start-up vouchers. Who may use one: the Rules of type ELIGIBILITY about it."""

    programme_name: Annotated[str | None, Label("所属计划")] = None
    budget: Annotated[Money | None, Label("预算")] = None
    beneficiaries: Annotated[int | None, Label("支持数量", unit="count")] = None
    beneficiary_unit: Annotated[str | None, Label("支持对象", "What is counted, as printed")] = None
    flag: Annotated[str | None, Label("疑点", "What the wording leaves open")] = None
    operator: Annotated[Ref[GovernmentUnit] | None, Label("管理单位", relation="MANAGED_BY")] = None
    status: Annotated[OfferStatus | None, Label("状态")] = None
    per_firm_max: Annotated[
        Money | None, Label("单户上限", "Most that one firm may be given in `capPeriod`", unit=">0")
    ] = None
    cap_period: Annotated[CapPeriod | None, Label("限额期间", "Null: ONCE")] = None
    used: Annotated[Money | None, Label("已用预算", "Null: the vouchers recorded under it")] = None
    services: Annotated[tuple[str, ...], Label("可购服务", "What a voucher pays for; empty: any service")] = ()
    processing_days: Annotated[int | None, Label("办理天数", unit="days")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class LossSharing(Node, zh="损失分担"):
    """How government, bank and insurer share losses on a product."""

    name: Annotated[str, Label("名称")]
    product: Annotated[Ref[LoanProduct] | None, Label("适用产品", relation="APPLIES_TO", inverse="lossSharing")] = None
    government: Annotated[
        Ref[Party] | None, Label("政府方", "Who bears the government's share", relation="BORNE_BY")
    ] = None
    government_share: Annotated[Decimal | None, Label("政府比例", unit="0–1")] = None
    bank_share: Annotated[Decimal | None, Label("银行比例", unit="0–1")] = None
    insurer_share: Annotated[Decimal | None, Label("保险比例", unit="0–1")] = None
    cap: Annotated[Money | None, Label("上限")] = None
    since: Annotated[date | None, Label("起始日")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class LimitKind(Term):
    """What a lender's own limit caps."""

    DEBTOR_LIMIT = "买方限额"
    SINGLE_NAME = "单户限额"
    GROUP = "集团限额"
    SECTOR_LIMIT = "行业限额"


class CreditLimit(Node, zh="限额"):
    """A lender's own limit on a name, a group or a sector; nothing is promised to the borrower."""

    lender: Annotated[Ref[Institution], Label("授信方", relation="SET_BY", inverse="limitsSet")]
    on: Annotated[Ref[Node], Label("对象", "The firm, group or industry that it caps", relation="ON", inverse="limits")]
    kind: Annotated[LimitKind, Label("类型")]
    product: Annotated[Ref[LoanProduct] | None, Label("限于产品", relation="UNDER", inverse="limits")] = None
    limit: Annotated[Money | None, Label("限额")] = None
    used: Annotated[Money | None, Label("已用", "Null: the sum of what is recorded against it")] = None
    draw_basis: Annotated[DrawBasis | None, Label("占用口径", "FUNDED or FACE; null: FUNDED")] = None
    net_of_margin: Annotated[
        bool | None, Label("敞口口径", "True: deposits given as margin net out of what it counts")
    ] = None
