"""Parties: who makes, buys, lends, invests, guarantees, governs."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from graph.kinds.places import Industry, Product, Region, Tag
from graph.kinds.terms import Basis, Ownership, SizeClass, Stage
from graph.money import Money
from graph.records import CreditCode, Label, Lei, Link, ListingCode, Node, Ref, Span, Term

LEGAL_ENTITY = (("credit_code",), ("lei",))


class Party(Node, zh="主体", abstract=True):
    """A person in law, or a body that acts as one."""

    name: Annotated[str, Label("名称")]
    short_name: Annotated[str | None, Label("简称")] = None
    aliases: Annotated[tuple[str, ...], Label("别名")] = ()


class CapitalSource(Party, zh="资金来源", abstract=True):
    """A party that a financing path can start from."""


class ResponsibleUnit(Party, zh="责任单位", abstract=True):
    """A unit, or a set of units, that a policy can make answer for a measure."""


class EnterpriseStatus(Term):
    """State of an enterprise in the register."""

    ACTIVE = "存续"
    REVOKED = "吊销"
    CANCELLED = "注销"
    LIQUIDATION = "清算"


class Group(Node, zh="集团"):
    """Firms under one control, or of recorded economic dependence."""

    name: Annotated[str, Label("名称")]
    dependence: Annotated[bool | None, Label("经济依存", "True: economic dependence, not control")] = None


class Incubator(Party, zh="孵化器"):
    """A business incubator or another carrier for start-ups."""

    region: Annotated[Ref[Region] | None, Label("所在地区", relation="LOCATED_IN")] = None


class Enterprise(CapitalSource, zh="企业", identity=(*LEGAL_ENTITY, ("listing_code",))):
    """A firm: supplier, buyer, borrower, investee, anchor."""

    credit_code: Annotated[
        CreditCode | None, Label("统一社会信用代码", "18 characters with a check digit (GB 32100)")
    ] = None
    lei: Annotated[Lei | None, Label("LEI", "Legal Entity Identifier (ISO 17442)")] = None
    listing_code: Annotated[ListingCode | None, Label("证券代码", "Six digits and the exchange, such as 600001.SH")] = (
        None
    )
    industry: Annotated[Ref[Industry] | None, Label("主营行业", "Main activity", relation="IN_INDUSTRY")] = None
    region: Annotated[Ref[Region] | None, Label("所在地区", relation="LOCATED_IN")] = None
    address: Annotated[str | None, Label("地址")] = None
    group: Annotated[Ref[Group] | None, Label("所属集团", relation="IN_GROUP", inverse="members")] = None
    incubator: Annotated[Ref[Incubator] | None, Label("入驻孵化器", relation="RESIDES_IN", inverse="residents")] = None
    status: Annotated[EnterpriseStatus | None, Label("登记状态")] = None
    stage: Annotated[Stage | None, Label("成长阶段")] = None
    size: Annotated[SizeClass | None, Label("规模")] = None
    ownership: Annotated[Ownership | None, Label("所有制")] = None
    founded_on: Annotated[date | None, Label("成立日期")] = None
    registered_capital: Annotated[Money | None, Label("注册资本")] = None
    annual_revenue: Annotated[Money | None, Label("年营业收入", "Of the last full year that the source knows")] = None
    net_assets: Annotated[Money | None, Label("净资产", unit="±")] = None
    default_probability: Annotated[
        Decimal | None, Label("一年期违约概率", "That it defaults within a year", unit="0–1")
    ] = None
    default_probability_by: Annotated[
        str | None, Label("违约概率出处", "The rating or model that gives it, and of when")
    ] = None
    early_payment_cash: Annotated[
        Money | None, Label("提前付款资金", "Own cash set aside for paying its payables before they are due; a stock")
    ] = None
    employees: Annotated[int | None, Label("从业人数", unit="people")] = None
    website: Annotated[str | None, Label("网址")] = None
    description: Annotated[str | None, Label("简介")] = None


class InstitutionType(Term):
    """What an institution is licensed as."""

    BANK = "商业银行"
    POLICY_BANK = "政策性银行"
    VILLAGE_BANK = "村镇银行"
    FINANCE_COMPANY = "财务公司"
    FACTOR = "保理公司"
    LESSOR = "租赁公司"
    MICRO_LENDER = "小额贷款公司"
    GUARANTOR = "融资担保机构"
    INSURER = "保险公司"
    EXCHANGE = "交易场所"
    INTERMEDIARY = "中介服务机构"
    ASSOCIATION = "行业协会"
    INVESTOR = "投资机构"
    SECURITIES_FIRM = "证券公司"


class Institution(CapitalSource, ResponsibleUnit, zh="金融机构", identity=LEGAL_ENTITY):
    """A financial institution, or an intermediary that serves finance."""

    credit_code: Annotated[
        CreditCode | None, Label("统一社会信用代码", "18 characters with a check digit (GB 32100)")
    ] = None
    lei: Annotated[Lei | None, Label("LEI", "Legal Entity Identifier (ISO 17442)")] = None
    type: Annotated[InstitutionType | None, Label("机构类型", "What it is licensed as")] = None
    parent: Annotated[Ref["Institution"] | None, Label("总行或总公司", relation="PART_OF", inverse="branches")] = None
    region: Annotated[Ref[Region] | None, Label("所在地区", relation="LOCATED_IN")] = None
    group: Annotated[Ref[Group] | None, Label("所属集团", relation="IN_GROUP", inverse="institutions")] = None
    net_assets: Annotated[Money | None, Label("净资产", unit="±")] = None
    net_capital: Annotated[Money | None, Label("资本净额")] = None
    tier1_capital: Annotated[Money | None, Label("一级资本净额")] = None
    risk_assets: Annotated[Money | None, Label("风险资产", "Risk-weighted")] = None
    guarantee_multiple: Annotated[
        Decimal | None,
        Label("放大倍数", "Most that it may guarantee or, a micro-lender, lend, in net assets", unit="×"),
    ] = None
    per_name_share: Annotated[
        Decimal | None, Label("单户比例", "Most for one name, as a share of net assets", unit="0–1")
    ] = None
    insurance_limit: Annotated[
        Money | None, Label("信用保证保险限额", "Most that an insurer may have insured of loans; null: it states none")
    ] = None
    default_probability: Annotated[
        Decimal | None, Label("一年期违约概率", "That it defaults within a year", unit="0–1")
    ] = None
    default_probability_by: Annotated[
        str | None, Label("违约概率出处", "The rating or model that gives it, and of when")
    ] = None
    finances_outside_group: Annotated[
        bool | None, Label("可服务集团外", "A finance company's licence covers suppliers outside its group")
    ] = None
    services: Annotated[tuple[str, ...], Label("业务范围", "Licensed lines, services")] = ()


class BranchFocus(Term):
    """What a branch is set up for."""

    TECH = "科技支行"
    SPECIALISED = "专业支行"
    FEATURED = "特色支行"
    DIVISION = "事业部"
    GENERAL = "综合支行"


class BankBranch(CapitalSource, ResponsibleUnit, zh="支行"):
    """A branch of a bank; its bank lends."""

    bank: Annotated[Ref[Institution], Label("所属银行", relation="PART_OF", inverse="bankBranches")]
    focus: Annotated[BranchFocus | None, Label("定位")] = None
    region: Annotated[Ref[Region] | None, Label("所在地区", relation="LOCATED_IN")] = None


class FundManager(Party, zh="基金管理人", identity=LEGAL_ENTITY):
    """Who manages funds."""

    credit_code: Annotated[
        CreditCode | None, Label("统一社会信用代码", "18 characters with a check digit (GB 32100)")
    ] = None
    lei: Annotated[Lei | None, Label("LEI", "Legal Entity Identifier (ISO 17442)")] = None
    region: Annotated[Ref[Region] | None, Label("所在地区", relation="LOCATED_IN")] = None


class FundType(Term):
    """What a fund is for."""

    ANGEL = "天使投资基金"
    VENTURE = "创业投资基金"
    MILITARY_CIVIL = "军民融合基金"
    INNOVATION = "创新子基金"
    TECH_TRANSFER = "成果转化基金"
    INDUSTRY = "产业基金"
    GUIDANCE = "引导基金"
    CORPORATE_VENTURE = "产业创投基金"
    PRIVATE_EQUITY = "股权投资基金"
    SPECIAL = "专项基金"


class Fund(CapitalSource, zh="基金"):
    """A fund or sub-fund. What it may invest in: the Rules of type MANDATE about it, and the limits here.

    Hard rules of one dimension are alternatives (IN), of different dimensions all hold; NOT_IN excludes.
    """

    type: Annotated[FundType | None, Label("基金类型")] = None
    manager: Annotated[Ref[FundManager] | None, Label("管理人", relation="MANAGED_BY")] = None
    parent: Annotated[
        Ref["Fund"] | None,
        Label("母基金", "The fund that it is a sub-fund of", relation="SUBFUND_OF", inverse="subFunds"),
    ] = None
    region: Annotated[Ref[Region] | None, Label("设立地区", relation="LOCATED_IN")] = None
    target_size: Annotated[Money | None, Label("目标规模")] = None
    established_on: Annotated[date | None, Label("成立日期", "From which its paces are counted")] = None
    recyclable: Annotated[Money | None, Label("可循环资金", "Proceeds that may be invested again")] = None
    signed_unpaid: Annotated[Money | None, Label("已签未付", "Signed deals not yet paid")] = None
    reserves: Annotated[Money | None, Label("预留资金", "Kept for follow-on rounds and costs")] = None
    fees_paid: Annotated[Money | None, Label("已付管理费")] = None
    fees_due: Annotated[Money | None, Label("未付管理费", "Over the fund's remaining life")] = None
    paid_out: Annotated[Money | None, Label("已付支出", "All cash paid out beside investments and fees")] = None
    distributed: Annotated[
        Money | None, Label("已分配", "Paid to its investors from exits and income, in all; a part of `paidOut`")
    ] = None
    investment_period_end: Annotated[date | None, Label("投资期止", "First day on which no new deals are made")] = None
    ticket_min: Annotated[Money | None, Label("单笔下限")] = None
    ticket_max: Annotated[Money | None, Label("单笔上限")] = None
    per_company_cap: Annotated[Money | None, Label("单一企业上限")] = None


class GovernmentUnit(ResponsibleUnit, zh="政府部门"):
    """A government body, or a body with public duties."""

    parent: Annotated[Ref["GovernmentUnit"] | None, Label("上级单位", relation="PART_OF", inverse="units")] = None
    region: Annotated[Ref[Region] | None, Label("所辖地区", relation="LOCATED_IN")] = None


class UnitSet(ResponsibleUnit, zh="单位集合"):
    """Units named together (各金融机构); members only where the source lists them."""

    rule: Annotated[str | None, Label("成员规则", "How the source says who belongs to it")] = None
    resolved: Annotated[bool | None, Label("成员可定", "Whether the source lists the members")] = None


class Person(Node, zh="人员"):
    """A holder of a public office; nothing but name and office is kept."""

    name: Annotated[str, Label("姓名")]


class Supplies(Link, zh="供应", relation="SUPPLIES", key=("product",), outgoing="supplies", incoming="suppliedBy"):
    """A firm supplies another, one fact a product."""

    source: Annotated[Ref[Enterprise], Label("供应商")]
    target: Annotated[Ref[Enterprise], Label("采购方")]
    product: Annotated[Ref[Product] | None, Label("产品", inverse="suppliedIn")] = None
    annual_amount: Annotated[Money | None, Label("年交易额")] = None
    payment_term_days: Annotated[int | None, Label("账期", "Days from delivery to payment", unit="days")] = None
    dilution: Annotated[
        Decimal | None, Label("稀释率", "Share of invoices lost to returns, rebates and disputes", unit="0–1")
    ] = None
    sell_through_days: Annotated[
        int | None, Label("销售周转天数", "In which the buyer sells the goods on; null: the programme's", unit="days")
    ] = None
    share_of_supplier_revenue: Annotated[Decimal | None, Label("占供方收入比", unit="0–1")] = None
    share_of_buyer_cost: Annotated[Decimal | None, Label("占需方成本比", unit="0–1")] = None
    basis: Annotated[Basis | None, Label("依据")] = None
    arms_length: Annotated[
        bool | None,
        Label("交易公允", "Somebody independent attests that the trade is at arm's length; null: nobody does"),
    ] = None


class InIndustry(Link, zh="兼营行业", relation="IN_INDUSTRY", outgoing="otherIndustries", incoming="otherEnterprises"):
    """An enterprise also belongs to an industry, in this or another classification."""

    source: Annotated[Ref[Enterprise], Label("企业")]
    target: Annotated[Ref[Industry], Label("行业")]


class Makes(Link, zh="生产", relation="MAKES", outgoing="makes", incoming="madeBy"):
    """An enterprise makes a product."""

    source: Annotated[Ref[Enterprise], Label("企业")]
    target: Annotated[Ref[Product], Label("产品")]


class Controls(Link, zh="控股", relation="CONTROLS", outgoing="controls", incoming="controlledBy"):
    """A party owns a share of another."""

    source: Annotated[Ref[Party], Label("控股方")]
    target: Annotated[Ref[Party], Label("被控股方")]
    share: Annotated[Decimal | None, Label("持股比例", unit="0–1")] = None


class Tagged(Link, zh="标注", relation="TAGGED", outgoing="tags", incoming="tagged"):
    """Something carries a tag."""

    source: Annotated[Ref[Node], Label("对象")]
    target: Annotated[Ref[Tag], Label("标签")]


class MemberRole(Term):
    """In what role a member belongs."""

    LEADER = "组长"
    DEPUTY_LEADER = "副组长"
    MEMBER = "成员"
    OFFICE_DIRECTOR = "办公室主任"
    OFFICE_DEPUTY_DIRECTOR = "办公室副主任"


class MemberOf(Link, zh="成员", relation="MEMBER_OF", key=("role",), outgoing="memberships", incoming="memberLinks"):
    """A party, post or list of units belongs to a committee, programme, set, alliance or joint credit."""

    source: Annotated[Ref[Node], Label("成员")]
    target: Annotated[Ref[Node], Label("所属")]
    role: Annotated[MemberRole | None, Label("身份")] = None
    list_order: Annotated[int | None, Label("名单顺序")] = None
    printed: Annotated[str | None, Label("原文")] = None
    span: Annotated[Span | None, Label("原文位置")] = None
