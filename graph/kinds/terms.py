"""Code lists that several kinds share: a member's name is the code, its value the Chinese label."""

from graph.records import Term


class Stage(Term):
    """Stage of growth of an enterprise."""

    SEED = "种子期"
    STARTUP = "初创期"
    GROWTH = "成长期"
    EXPANSION = "扩张期"
    MATURE = "成熟期"


class SizeClass(Term):
    """Size by the national classification of enterprises."""

    LARGE = "大型"
    MEDIUM = "中型"
    SMALL = "小型"
    MICRO = "微型"


class Ownership(Term):
    """Who ultimately owns an enterprise."""

    CENTRAL_SOE = "中央国企"
    PROVINCIAL_SOE = "省属国企"
    MUNICIPAL_SOE = "市属国企"
    PRIVATE = "民营"
    FOREIGN = "外资"
    MIXED = "混合所有"


class Instrument(Term):
    """What a financing need asks for, or what a contract brings."""

    DEBT = "债权"
    EQUITY = "股权"
    GRANT = "补助"
    REFINANCE = "再融资"


class Recourse(Term):
    """Whether the financier may come back to the seller of a claim."""

    FULL = "有追索权"
    NONE = "无追索权"
    PARTIAL = "部分追索权"


class DrawBasis(Term):
    """What one yuan of financing draws on a limit."""

    FUNDED = "按放款额"
    FACE = "按票面额"
    PRINCIPAL = "按本金"
    COVER = "按担保额"


class Basis(Term):
    """Where a supply relation is known from."""

    DISCLOSED = "披露"
    REVERSE = "反向披露"
    ESTIMATED = "推定"


class CapitalOrigin(Term):
    """Whose money a commitment is."""

    GOV = "财政资金"
    SOE = "国有企业"
    PRIVATE = "民间资本"


class Dimension(Term):
    """What a mandate or eligibility rule speaks of."""

    INDUSTRY = "行业"
    STAGE = "阶段"
    REGION = "地区"
    TAG = "标签"
    INSTRUMENT = "工具"
    SIZE = "规模"
    OWNERSHIP = "所有制"
    TICKET = "单笔金额"
    CHAIN = "产业链位置"


class ChainSide(Term):
    """On which side of another firm a firm stands in the chain of supply."""

    UPSTREAM = "上游"
    DOWNSTREAM = "下游"


class Operator(Term):
    """How a value is compared."""

    GTE = "不少于"
    GT = "大于"
    LTE = "不超过"
    LT = "小于"
    EQ = "等于"
    IN = "属于"
    NOT_IN = "不属于"


class Technique(Term):
    """Financing techniques, by the names of the Global Supply Chain Finance Forum where it has one."""

    RECEIVABLES_DISCOUNTING = "应收账款贴现"
    FACTORING = "保理"
    BILL_DISCOUNT = "票据贴现"
    FORFAITING = "福费廷"
    PAYABLES_FINANCE = "反向保理"
    DEEP_TIER = "多级流转"
    DYNAMIC_DISCOUNTING = "动态折扣"
    RECEIVABLES_LOAN = "应收账款质押贷款"
    INVENTORY_LOAN = "仓单质押融资"
    PRE_SHIPMENT = "订单融资"
    CONTRACT_LOAN = "合同融资"
    DISTRIBUTOR_FINANCE = "经销商融资"
    IP_PLEDGE = "知识产权质押融资"
    REVENUE_RIGHT = "收益权质押融资"
    CASH_PLEDGE = "现金担保融资"
    FX_DOCUMENT = "外汇凭证融资"
    MORTGAGE_LOAN = "抵押贷款"
    PROJECT_LOAN = "项目贷款"
    POOL_BACKED_LOAN = "风险池贷款"
    GUARANTEED_LOAN = "担保贷款"
    INSURED_LOAN = "保证保险贷款"
    COMPREHENSIVE_LINE = "综合授信"
    SYNDICATED = "银团贷款"
    BRIDGE = "还贷周转金"
    LEASE = "融资租赁"
    EQUITY = "股权投资"
    INVEST_LOAN_LINKAGE = "投贷联动"
    BOND = "债券"
    PPP = "政府和社会资本合作"
    DEBT_EQUITY_SWAP = "债转股"
    GRANT_VOUCHER = "创新券"


class LeaseModel(Term):
    """How a lease is built."""

    DIRECT = "直租"
    SUBLEASE = "转租"
    ENTRUSTED = "委托租赁"
    VENDOR = "包销直租"
    SALE_AND_LEASEBACK = "售后回租"


class SyndicateRole(Term):
    """What a bank is in a syndicate."""

    LEAD = "牵头行"
    AGENT = "代理行"
    MEMBER = "参加行"


class OfferStatus(Term):
    """Whether a product, pool or scheme takes applications."""

    OPEN = "开放"
    CLOSED = "关闭"
    PLANNED = "拟设"
