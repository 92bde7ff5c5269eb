"""Policy: what a document sets, who answers for it, how far it has come."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from graph.kinds.parties import FundType, GovernmentUnit, InstitutionType, Party, Person, ResponsibleUnit
from graph.kinds.places import Industry, Region, Tag
from graph.kinds.terms import ChainSide, Dimension, Instrument, OfferStatus, Operator, SizeClass, Stage
from graph.money import Money
from graph.records import ConditionText, Label, Link, Node, Ref, Span, Term


class Policy(Node, zh="政策文件", identity=(("doc_no",),)):
    """A policy document."""

    doc_no: Annotated[str, Label("文号")]
    title: Annotated[str, Label("标题")]
    issued_on: Annotated[date | None, Label("成文日期")] = None
    issued_by: Annotated[
        Ref[GovernmentUnit] | None, Label("发文机关", relation="ISSUED_BY", inverse="policiesIssued")
    ] = None
    approved_by: Annotated[
        Ref[GovernmentUnit] | None, Label("批准机关", relation="APPROVED_BY", inverse="policiesApproved")
    ] = None
    drafted_by: Annotated[
        Ref[GovernmentUnit] | None, Label("主办", relation="DRAFTED_BY", inverse="policiesDrafted")
    ] = None
    supervised_by: Annotated[
        Ref[GovernmentUnit] | None, Label("督办", relation="SUPERVISED_BY", inverse="policiesSupervised")
    ] = None
    region: Annotated[Ref[Region] | None, Label("适用地区", relation="LOCATED_IN")] = None
    sha256: Annotated[str | None, Label("文本摘要", "SHA-256 of the loaded text, UTF-8")] = None
    url: Annotated[str | None, Label("网址")] = None
    span: Annotated[Span | None, Label("原文位置", "The title's")] = None


class AddressedTo(Link, zh="主送", relation="ADDRESSED_TO", outgoing="addressees", incoming="policiesAddressed"):
    """A policy is addressed to a unit or a set of units."""

    source: Annotated[Ref[Policy], Label("文件")]
    target: Annotated[Ref[ResponsibleUnit], Label("主送单位")]
    list_order: Annotated[int | None, Label("顺序")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class Theme(Node, zh="重点任务"):
    """A group of measures of a policy."""

    policy: Annotated[Ref[Policy], Label("文件", relation="PART_OF", inverse="themes")]
    number: Annotated[int, Label("序号")]
    title: Annotated[str, Label("标题")]
    span: Annotated[Span | None, Label("原文位置")] = None


class Measure(Node, zh="措施"):
    """One numbered measure of a policy."""

    policy: Annotated[Ref[Policy], Label("文件", relation="PART_OF", inverse="measures")]
    theme: Annotated[Ref[Theme] | None, Label("重点任务", relation="PART_OF", inverse="measures")] = None
    number: Annotated[int, Label("序号")]
    title: Annotated[str, Label("标题")]
    text: Annotated[str, Label("正文")]
    span: Annotated[Span | None, Label("原文位置")] = None


class Responsibility(Link, zh="责任", relation="RESPONSIBLE_FOR", outgoing="responsibleFor", incoming="responsible"):
    """A unit answers for a measure, at a place in the printed list; no lead is inferred."""

    source: Annotated[Ref[ResponsibleUnit], Label("责任单位")]
    target: Annotated[Ref[Measure], Label("措施")]
    list_order: Annotated[int, Label("顺序", "Place in the printed list, from 1")]
    printed: Annotated[str, Label("原文", "The unit as printed, before a shared prefix is given back")]
    printed_role: Annotated[
        str | None, Label("原文分工", "牵头, 配合 … where the line prints it; null: it prints none")
    ] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class TargetKind(Term):
    """How a target is measured; progress formulas differ."""

    LEVEL = "水平"
    CUMULATIVE = "累计"
    AVERAGE_ANNUAL = "年均变化"
    QUALITATIVE = "定性"
    COUNT = "数量"
    RATE = "比率"
    STOCK = "存量"
    BUDGET = "预算"


class Target(Node, zh="目标"):
    """A figure, or a stated aim, that a policy sets."""

    policy: Annotated[Ref[Policy], Label("文件", relation="PART_OF", inverse="targets")]
    measure: Annotated[Ref[Measure] | None, Label("措施", relation="OF", inverse="targets")] = None
    number: Annotated[int, Label("序号", "Order in the text, from 1")]
    indicator: Annotated[str, Label("指标")]
    kind: Annotated[TargetKind, Label("类型")]
    operator: Annotated[Operator | None, Label("比较")] = None
    value: Annotated[Decimal | None, Label("数值", "In the printed unit: 3000万元 is 3000")] = None
    unit: Annotated[str | None, Label("单位", "As printed")] = None
    printed: Annotated[str, Label("原文")]
    money: Annotated[Money | None, Label("金额", "Where the figure is money")] = None
    by: Annotated[date | None, Label("期限", "Last day by which it is to be reached")] = None
    period: Annotated[str | None, Label("期间", "As printed; null: the text states none")] = None
    baseline: Annotated[Decimal | None, Label("基期值", "Null: the text states none")] = None
    baseline_period: Annotated[
        str | None,
        Label("基期", "Period of the baseline: where the text states no value, its observation is the baseline"),
    ] = None
    period_from: Annotated[
        date | None, Label("起算日", "First day of the period; `by` is its last one; null: the text dates none")
    ] = None
    series: Annotated[
        str | None, Label("序列", "Series of the observations that measure it; null: nobody says which")
    ] = None
    definition: Annotated[
        str | None, Label("口径", "Definition of the series that is meant; null: that of the last observation")
    ] = None
    subject: Annotated[
        Ref[Node] | None,
        Label("对象", "Of whom the series is; null: the place of the policy", relation="ABOUT", inverse="targetsAbout"),
    ] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class CountsToward(Link, zh="计入目标", relation="COUNTS_TOWARD", outgoing="countsToward", incoming="counted"):
    """What is lent under a product, granted under a scheme, on a list, in a pool or fund counts toward a target."""

    source: Annotated[
        Ref[Node],
        Label("计入对象", "A product, voucher scheme, pool, fund, list or subsidy, with what is recorded under it"),
    ]
    target: Annotated[Ref[Target], Label("目标")]


class RuleKind(Term):
    """What a rule decides."""

    MANDATE = "投向"
    ELIGIBILITY = "准入条件"
    SYNDICATION_TRIGGER = "银团触发"
    REGULATORY_LIMIT = "监管限额"
    TERM = "期限规则"
    LISTED_COLLATERAL = "合格押品"
    PURPOSE = "用途"
    PRINCIPLE = "原则"
    COEFFICIENT = "系数"
    OWN_CAPITAL = "项目资本金比例"
    SYNDICATION = "银团份额"
    BENCHMARK = "需求基准"
    COVENANT = "基金约定"


class SyndicateShare(Term):
    """Which share of a syndicated loan a rule of kind SYNDICATION bounds."""

    LEAD = "牵头行最低份额"
    OTHERS = "分销最低份额"
    JOINT_LEAD_FLOOR = "联合牵头行最低份额"
    JOINT_LEAD_CAP = "联合牵头行最高份额"


class RegulatoryLimit(Term):
    """What a regulator caps of a lender's or guarantor's exposures."""

    SINGLE_NAME = "单一客户"
    GROUP = "集团客户"
    CONNECTED = "关联客户"
    DEBTOR = "同一债务人"
    TOTAL = "总额"


class CapitalBase(Term):
    """Of what a regulatory limit is a share."""

    NET_CAPITAL = "资本净额"
    TIER1_CAPITAL = "一级资本净额"
    NET_ASSETS = "净资产"
    RISK_ASSETS = "风险资产"


class TermSubject(Term):
    """Whose term a rule of kind TERM bounds."""

    VOUCHER = "供应链凭证付款期限"
    BILL = "票据期限"
    SME_PAYMENT = "大型企业向中小企业付款期限"


class CovenantKind(Term):
    """What a covenant of a fund measures."""

    LEVERAGE = "资金放大倍数"
    CAPITAL_SHARE = "出资结构"
    REINVESTMENT = "返投"
    MAIN_FIELD = "主投领域占比"
    PAID_IN_PACE = "实缴进度"
    DEPLOYMENT_RATE = "投资率"
    DEPLOYMENT_PACE = "投资进度"
    EARLY_STAGE = "早期投资占比"
    CONCENTRATION = "集中度"
    IDLE_MONTHS = "资金闲置月数"
    DPI = "已分配收益倍数"


class CovenantVariant(Term):
    """Which of the definitions of a ratio a covenant goes by."""

    TOTAL_TO_MUNICIPAL = "总额比市级资金"
    TOTAL_TO_FISCAL = "总额比财政资金"
    NON_FISCAL_TO_FISCAL = "非财政资金比财政资金"
    FISCAL = "财政资金占比"
    SOE = "国有企业资金占比"
    PRIVATE = "民间资本占比"
    SOCIAL = "社会资本占比"


class MoneyBase(Term):
    """Of which money a covenant speaks."""

    COMMITTED = "认缴资金"
    PAID_IN = "实缴资金"
    PROJECT = "项目资金"
    INVESTED = "已投资金"


class Rule(Node, zh="规则"):
    """A dated rule, of a policy, a product, a fund or a regulator. Parameters that its source does not state stay null."""

    kind: Annotated[RuleKind, Label("类型")]
    name: Annotated[str, Label("名称")]
    about: Annotated[
        Ref[Node] | None,
        Label("适用对象", "The fund, product, programme or pool that it binds", relation="ABOUT", inverse="rulesAbout"),
    ] = None
    policy: Annotated[Ref[Policy] | None, Label("文件", relation="PART_OF", inverse="rules")] = None
    measure: Annotated[
        Ref[Measure] | None, Label("出处", "The measure that states it", relation="OF", inverse="rulesStated")
    ] = None
    condition: Annotated[
        ConditionText | None,
        Label(
            "条件",
            "Of ELIGIBILITY and MANDATE, instead of a dimension: what must hold, as JSON of comparisons joined by all, any, not",
        ),
    ] = None
    dimension: Annotated[Dimension | None, Label("维度")] = None
    operator: Annotated[Operator | None, Label("比较")] = None
    industry: Annotated[
        Ref[Industry] | None,
        Label("行业", "It and all below it; of CHAIN: the leaders'", relation="FOR", inverse="rules"),
    ] = None
    region: Annotated[Ref[Region] | None, Label("地区", "It and all below it", relation="FOR", inverse="rules")] = None
    tag: Annotated[
        Ref[Tag] | None, Label("标签", "Of CHAIN: that marks the leaders of chains", relation="FOR", inverse="rules")
    ] = None
    field_tag: Annotated[
        Ref[Tag] | None,
        Label(
            "领域标签",
            "Of CHAIN: only leaders that carry it too, or whose industry does; null: of any field",
            relation="OF",
            inverse="rulesOfField",
        ),
    ] = None
    chain_side: Annotated[
        ChainSide | None, Label("链上位置", "Of CHAIN: it supplies a leader, or buys of one; null: either")
    ] = None
    stage: Annotated[Stage | None, Label("阶段")] = None
    instrument: Annotated[Instrument | None, Label("工具")] = None
    size: Annotated[SizeClass | None, Label("规模")] = None
    amount: Annotated[
        Money | None, Label("金额参数", "Of BENCHMARK: what one enterprise of what it names asks funds for in a year")
    ] = None
    value: Annotated[
        Decimal | None, Label("数值参数", "Of BENCHMARK: the same as a share of the enterprise's annual revenue")
    ] = None
    count: Annotated[int | None, Label("数量参数", "Of CHAIN: most links from the leader; null: 2", unit="count")] = (
        None
    )
    limit_kind: Annotated[
        RegulatoryLimit | None,
        Label(
            "监管限额类型",
            "Of REGULATORY_LIMIT: names, groups of control, also of dependence (CONNECTED), debtors, all",
        ),
    ] = None
    base: Annotated[
        CapitalBase | None, Label("计算基数", "Of REGULATORY_LIMIT: headroom = value × base − exposure")
    ] = None
    institution_type: Annotated[
        InstitutionType | None, Label("适用机构类型", "Of REGULATORY_LIMIT; null: the institution that it is about")
    ] = None
    net_of_margin: Annotated[
        bool | None, Label("敞口口径", "Of REGULATORY_LIMIT, true: deposits given as margin net out of what it counts")
    ] = None
    syndicate_share: Annotated[
        SyndicateShare | None, Label("银团份额类型", "Of SYNDICATION: whose share `value` bounds")
    ] = None
    term_of: Annotated[TermSubject | None, Label("期限对象", "Of TERM: whose term it bounds")] = None
    max_days: Annotated[int | None, Label("最长天数", "Of TERM", unit="days")] = None
    max_months: Annotated[
        int | None,
        Label(
            "最长月数",
            "Of TERM and of a COVENANT on idle money: months of the calendar; of one on a pace: it is due so long after the start",
            unit="months",
        ),
    ] = None
    covenant: Annotated[
        CovenantKind | None,
        Label(
            "约定指标",
            "Of COVENANT: what `value` bounds; of COEFFICIENT: where money in what it names counts by `value`",
        ),
    ] = None
    variant: Annotated[CovenantVariant | None, Label("口径", "Of COVENANT on leverage or on shares of capital")] = None
    money_base: Annotated[MoneyBase | None, Label("资金口径", "Of COVENANT; null: COMMITTED, of fields INVESTED")] = (
        None
    )
    fund_type: Annotated[
        FundType | None, Label("适用基金类型", "Of COVENANT and COEFFICIENT about no fund; null: all funds")
    ] = None
    values: Annotated[tuple[str, ...], Label("列举", "What the rule lists, as printed")] = ()
    open_ended: Annotated[bool | None, Label("列举未尽", "True: the list ends in 等")] = None
    hard: Annotated[bool | None, Label("硬性", "False: a preference; null: hard")] = None
    stated_in_source: Annotated[
        bool | None, Label("参数已载明", "False: the source states the rule but not its numbers")
    ] = None
    text: Annotated[str | None, Label("原文")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class Duty(Node, zh="职责"):
    """A duty that a policy gives to a committee or a unit."""

    policy: Annotated[Ref[Policy], Label("文件", relation="PART_OF", inverse="duties")]
    number: Annotated[int, Label("序号", "Order in the text, from 1")]
    text: Annotated[str, Label("内容")]
    committee: Annotated[Ref["Committee"] | None, Label("领导小组", relation="OF", inverse="duties")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class HasDuty(Link, zh="承担", relation="HAS_DUTY", outgoing="duties", incoming="dutyUnits"):
    """A unit carries a duty."""

    source: Annotated[Ref[ResponsibleUnit], Label("单位")]
    target: Annotated[Ref[Duty], Label("职责")]
    list_order: Annotated[int | None, Label("顺序")] = None


class ProgrammeKind(Term):
    """What a programme of a policy is."""

    PLATFORM = "平台"
    MECHANISM = "机制"
    ALLIANCE = "联盟"
    DATABASE = "信息库"
    PROJECT = "工程"
    SYSTEM = "体系"
    OTHER = "其他"


class Programme(Node, zh="工作机制"):
    """A platform, mechanism, alliance or project that a policy sets up."""

    name: Annotated[str, Label("名称")]
    kind: Annotated[ProgrammeKind | None, Label("类型")] = None
    policy: Annotated[Ref[Policy] | None, Label("文件", relation="PART_OF", inverse="programmes")] = None
    status: Annotated[OfferStatus | None, Label("状态")] = None
    definition: Annotated[str | None, Label("定义", "What the source says it is; null: it says nothing")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class Committee(Node, zh="领导小组"):
    """A leading group, joint conference or creditors' committee. Its members: the links MEMBER_OF."""

    name: Annotated[str, Label("名称")]
    policy: Annotated[Ref[Policy] | None, Label("文件", relation="PART_OF", inverse="committees")] = None
    office_at: Annotated[
        Ref[GovernmentUnit] | None, Label("办公室设在", relation="HOSTED_BY", inverse="committeesHosted")
    ] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class Post(Node, zh="职务"):
    """A public office and who holds it."""

    title: Annotated[str, Label("职务")]
    unit: Annotated[Ref[Party] | None, Label("单位", relation="AT", inverse="posts")] = None
    holder: Annotated[Ref[Person] | None, Label("任职人", relation="HELD_BY", inverse="posts")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class Mentions(Link, zh="提及", relation="MENTIONS", key=("at",), outgoing="mentions", incoming="mentionedBy"):
    """A measure or policy names a fund, pool, product, list, programme, region or unit, at a place in its text."""

    source: Annotated[Ref[Node], Label("文本")]
    target: Annotated[Ref[Node], Label("所指")]
    at: Annotated[int, Label("位置", "First character of the mention")]
    span: Annotated[Span | None, Label("原文位置")] = None


class OpenQuestionKind(Term):
    """What a document leaves open."""

    THRESHOLD = "门槛未载明"
    LABEL = "提法未释义"
    POOL_SIZE = "资金池规模未载明"
    FUND_SIZE = "基金规模未载明"
    LIST_MEMBERS = "名单未载明"
    UNIT_SET = "单位范围未载明"
    BASELINE = "基期值未载明"
    DUE = "期限未载明"
    PERIOD = "期间未载明"
    LOSS_SHARES = "分担比例未载明"
    LEAD = "牵头单位未载明"
    APPROVAL_DATE = "批准日期未载明"
    UPPER_POLICY = "上级政策未指明"
    ANNOUNCED_POLICY = "拟出台政策"
    MEMBER_LISTS = "成员名单不一"
    WORDING = "用语不一"
    CRITERION = "条件无衡量标准"
    SUBJECT = "主语承前"
    LEVERAGE = "放大倍数未载明"


class OpenQuestion(Node, zh="待明确事项"):
    """What a document leaves undefined, contradictory or unread."""

    policy: Annotated[Ref[Policy], Label("文件", relation="PART_OF", inverse="openQuestions")]
    number: Annotated[int, Label("序号")]
    kind: Annotated[OpenQuestionKind | None, Label("类型")] = None
    measure: Annotated[
        Ref[Measure] | None, Label("措施", "Whose text it stands in", relation="OF", inverse="questionsOpen")
    ] = None
    about: Annotated[Ref[Node] | None, Label("对象", relation="ABOUT", inverse="questionsAbout")] = None
    text: Annotated[str, Label("内容")]
    span: Annotated[Span | None, Label("原文位置")] = None


class ObservationBasis(Term):
    """What the number of an observation says of its period."""

    LEVEL = "期末值或比率"
    FLOW = "当期发生额"
    TO_DATE = "累计值"


class DisclosureCategory(Term):
    """What firms disclose: five categories for the information platform, and five others that they are led to disclose."""

    EMISSION_COMPLIANCE = "达标排放"
    WORK_SAFETY = "安全生产（信息平台）"
    OPERATIONS_AND_SALES = "经营销售"
    CONTRACT_PERFORMANCE = "诚信履约"
    FINANCING_NEED = "融资需求"
    FINANCIAL_CONDITION = "财务状况"
    PRODUCT_QUALITY = "产品质量"
    ENVIRONMENTAL_PROTECTION = "环境保护"
    PRODUCTION_SAFETY = "安全生产（信息披露）"
    ENERGY_AND_WATER = "能耗水耗"


class Observation(Node, zh="观测值"):
    """A value of a named series for a subject and a period, as one vintage gave it."""

    subject: Annotated[Ref[Node] | None, Label("对象", relation="ABOUT", inverse="observations")] = None
    series: Annotated[str, Label("序列")]
    definition: Annotated[str | None, Label("口径", "A break in the definition is never bridged")] = None
    vintage: Annotated[str | None, Label("版本")] = None
    period: Annotated[
        str, Label("期间", "2025, 2025Q3, 2025H1, 2025-09, 2025-09-30, or from a day to a day: 2024-01-01/2025-09-30")
    ]
    value: Annotated[Decimal | None, Label("数值")] = None
    unit: Annotated[str | None, Label("单位")] = None
    text: Annotated[str | None, Label("内容", "What was found, in words")] = None
    basis: Annotated[ObservationBasis | None, Label("数值性质", "Null: nobody says, and no sum is made of it")] = None
    since: Annotated[date | None, Label("累计起始日", "Of TO_DATE: the first day that it counts")] = None
    disclosure: Annotated[
        DisclosureCategory | None,
        Label("披露类别", "Of what its subject, a firm, discloses by it; null: it is no disclosure"),
    ] = None


class Assessment(Node, zh="考核"):
    """How a unit did on a measure in a period."""

    unit: Annotated[Ref[ResponsibleUnit], Label("单位", relation="ABOUT", inverse="assessments")]
    measure: Annotated[Ref[Measure] | None, Label("措施", relation="OF", inverse="assessments")] = None
    period: Annotated[str, Label("期间")]
    score: Annotated[Decimal | None, Label("得分")] = None
    evidence: Annotated[str | None, Label("依据")] = None
