"""Contracts: each a node, since it has dates, amounts, evidence and often more than two parties."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from graph.kinds.assets import Asset
from graph.kinds.parties import CapitalSource, Enterprise, Fund, Institution, Party
from graph.kinds.places import Region
from graph.kinds.supply_side import AnchorProgramme, FeePayer, LoanProduct, Pool, VoucherScheme
from graph.kinds.terms import CapitalOrigin, Instrument, LeaseModel, SyndicateRole, Technique
from graph.money import Money
from graph.records import Label, Link, Node, Ref, Term


class Contract(Node, zh="合同", abstract=True):
    """An agreement that moves, promises or secures money."""

    contract_no: Annotated[str | None, Label("合同号")] = None


class Facility(Contract, zh="授信"):
    """A credit line; its drawings are the loans that name it, unless `drawn` is stated."""

    lender: Annotated[Ref[CapitalSource], Label("授信方", relation="GRANTED_BY", inverse="facilitiesGranted")]
    borrower: Annotated[Ref[Party], Label("受信方", relation="GRANTED_TO", inverse="facilities")]
    product: Annotated[Ref[LoanProduct] | None, Label("产品", relation="UNDER", inverse="facilities")] = None
    technique: Annotated[Technique | None, Label("融资方式", "Null: COMPREHENSIVE_LINE")] = None
    limit: Annotated[Money | None, Label("额度")] = None
    drawn: Annotated[Money | None, Label("已用额度", "Null: the sum of the outstanding loans that name it")] = None
    margin: Annotated[Money | None, Label("保证金")] = None
    committed: Annotated[bool | None, Label("承诺性", "True: the whole limit is exposure")] = None
    revolving: Annotated[bool | None, Label("循环")] = None
    roll_every: Annotated[
        int | None, Label("单笔最长期限", "Days after which a drawing is repaid and may be drawn anew", unit="days")
    ] = None
    expires_on: Annotated[date | None, Label("到期日")] = None
    annual_rate: Annotated[Decimal | None, Label("年利率", "Null: the product's", unit="0–1")] = None


class Loan(Contract, zh="贷款"):
    """A loan. A syndicate's members: the links LENT_BY."""

    lender: Annotated[Ref[CapitalSource] | None, Label("贷款方", relation="LENT_BY", inverse="loansGranted")] = None
    borrower: Annotated[Ref[Party], Label("借款方", relation="BORROWED_BY", inverse="loans")]
    facility: Annotated[Ref[Facility] | None, Label("授信", relation="DRAWN_UNDER", inverse="loans")] = None
    product: Annotated[Ref[LoanProduct] | None, Label("产品", relation="UNDER", inverse="loans")] = None
    programme: Annotated[
        Ref[AnchorProgramme] | None, Label("核心企业平台", relation="ANCHORED_BY", inverse="loans")
    ] = None
    pool: Annotated[Ref[Pool] | None, Label("风险池", relation="COVERED_BY", inverse="loans")] = None
    technique: Annotated[Technique | None, Label("融资方式", "Null: the product's")] = None
    principal: Annotated[Money | None, Label("贷款金额")] = None
    outstanding: Annotated[Money | None, Label("余额", "Null: the principal")] = None
    start_on: Annotated[date | None, Label("放款日")] = None
    due_on: Annotated[date | None, Label("到期日")] = None
    renewal_committed: Annotated[
        bool | None, Label("续贷承诺", "The lender has committed to lend again once the loan is repaid")
    ] = None
    annual_rate: Annotated[Decimal | None, Label("年利率", unit="0–1")] = None


class LentBy(Link, zh="参贷", relation="LENT_BY", outgoing="syndicate", incoming="syndicatedLoans"):
    """A bank's part in a syndicated loan."""

    source: Annotated[Ref[Loan], Label("贷款")]
    target: Annotated[Ref[Institution], Label("参贷行")]
    share: Annotated[Decimal | None, Label("份额", unit="0–1")] = None
    role: Annotated[SyndicateRole | None, Label("角色")] = None


class LoanBatch(Contract, zh="批量贷款"):
    """Loans of a bank in a period, as counts and sums: no personal data."""

    lender: Annotated[Ref[Institution], Label("贷款方", relation="LENT_BY", inverse="loanBatches")]
    product: Annotated[Ref[LoanProduct] | None, Label("产品", relation="UNDER", inverse="loanBatches")] = None
    region: Annotated[Ref[Region] | None, Label("地区", relation="LOCATED_IN")] = None
    period: Annotated[str | None, Label("期间")] = None
    count: Annotated[int | None, Label("笔数", unit="count")] = None
    people: Annotated[int | None, Label("人数", unit="people")] = None
    amount: Annotated[Money | None, Label("金额")] = None


class Guarantee(Contract, zh="担保"):
    """A promise to pay if the debtor does not. Without a contract it is an offer to guarantee the debtor."""

    guarantor: Annotated[Ref[Party], Label("担保人", relation="GUARANTOR", inverse="guaranteesGiven")]
    debtor: Annotated[Ref[Party], Label("被担保人", relation="FOR", inverse="guarantees")]
    contract: Annotated[Ref[Contract] | None, Label("主合同", relation="COVERS", inverse="coveredByGuarantees")] = None
    creditor: Annotated[Ref[Party] | None, Label("债权人", relation="GRANTED_TO", inverse="guaranteesHeld")] = None
    amount: Annotated[Money | None, Label("担保金额", "Most that the guarantor pays")] = None
    outstanding: Annotated[Money | None, Label("在保余额", "Null: the amount")] = None
    cover_share: Annotated[Decimal | None, Label("担保比例", unit="0–1")] = None
    fee_rate: Annotated[
        Decimal | None, Label("担保费年费率", "Fee a year on what is guaranteed; null: the product's", unit="0–1")
    ] = None
    fee_payer: Annotated[FeePayer | None, Label("担保费承担方", "Null: BORROWER")] = None
    processing_days: Annotated[
        int | None, Label("办理天数", "Of an offer: from the application to the guarantee", unit="days")
    ] = None


class EncumbranceKind(Term):
    """What encumbers an asset."""

    PLEDGE = "质押"
    ASSIGNMENT = "转让"
    MORTGAGE = "抵押"
    RETENTION = "所有权保留"


class Encumbrance(Contract, zh="权利负担", listing="encumbranceRecords"):
    """A pledge, assignment, mortgage or retention. Of one asset, or, `blanket`, of all receivables of the grantor."""

    kind: Annotated[EncumbranceKind, Label("类型")]
    asset: Annotated[Ref[Asset] | None, Label("标的", relation="ON", inverse="encumbrances")] = None
    grantor: Annotated[Ref[Party] | None, Label("出质人", relation="GRANTED_BY", inverse="encumbrancesGranted")] = None
    blanket: Annotated[
        bool | None, Label("概括登记", "True: over all receivables of the grantor, present and future")
    ] = None
    creditor: Annotated[Ref[Party], Label("权利人", relation="GRANTED_TO", inverse="encumbrancesHeld")]
    secures: Annotated[Ref[Contract] | None, Label("担保的合同", relation="SECURES", inverse="securedBy")] = None
    amount: Annotated[
        Money | None, Label("登记金额", "Assigned amount, or debt secured; null: the registration encumbers all")
    ] = None
    registry_no: Annotated[str | None, Label("登记编号")] = None
    registered_on: Annotated[date | None, Label("登记日")] = None
    rank: Annotated[int | None, Label("顺位", unit="rank")] = None


class BuyBack(Contract, zh="回购承诺"):
    """An anchor's promise to buy back what a distributor has not sold when its financing falls due."""

    programme: Annotated[Ref[AnchorProgramme], Label("核心企业平台", relation="UNDER", inverse="buyBacks")]
    distributor: Annotated[Ref[Enterprise], Label("经销商", relation="FOR", inverse="buyBacks")]
    limit: Annotated[Money | None, Label("回购限额", "Most that the anchor buys back of this distributor")] = None
    expires_on: Annotated[date | None, Label("到期日")] = None


class InsurancePolicy(Contract, zh="保证保险"):
    """Credit or performance-guarantee insurance of a loan. Without a contract it is an offer to insure the debtor's."""

    insurer: Annotated[Ref[Institution], Label("保险人", relation="INSURED_BY", inverse="policiesWritten")]
    insured: Annotated[
        Ref[Party], Label("被保险人", "Who is paid: the lender", relation="FOR", inverse="insurancePolicies")
    ]
    debtor: Annotated[
        Ref[Party] | None,
        Label(
            "借款人",
            "Whose debt is insured; null: the insured's own",
            relation="INSURES_DEBT_OF",
            inverse="debtInsured",
        ),
    ] = None
    contract: Annotated[Ref[Contract] | None, Label("主合同", relation="COVERS", inverse="coveredByInsurance")] = None
    limit: Annotated[Money | None, Label("保额", "Most that the insurer pays")] = None
    outstanding: Annotated[Money | None, Label("在保余额", "Null: the limit")] = None
    deductible: Annotated[
        Decimal | None, Label("免赔率", "Share of a loss that the insurer does not pay: it covers the rest", unit="0–1")
    ] = None
    premium: Annotated[Money | None, Label("保费")] = None


class Lease(Contract, zh="融资租赁合同"):
    """A lease of equipment."""

    lessor: Annotated[Ref[Institution], Label("出租人", relation="LENT_BY", inverse="leasesGranted")]
    lessee: Annotated[Ref[Enterprise], Label("承租人", relation="BORROWED_BY", inverse="leases")]
    vendor: Annotated[Ref[Enterprise] | None, Label("供货商", relation="SOLD_BY", inverse="leasesAsVendor")] = None
    asset: Annotated[Ref[Asset] | None, Label("租赁物", relation="OF", inverse="leases")] = None
    model: Annotated[LeaseModel | None, Label("模式")] = None
    price: Annotated[Money | None, Label("价款")] = None
    down_payment: Annotated[Decimal | None, Label("首付比例", unit="0–1")] = None
    outstanding: Annotated[Money | None, Label("余额")] = None
    due_on: Annotated[date | None, Label("到期日")] = None


class InvestmentRound(Contract, zh="投资轮次"):
    """A round of equity in an enterprise. Its investors: the links INVESTED_BY."""

    enterprise: Annotated[Ref[Enterprise], Label("被投企业", relation="INVESTED_IN", inverse="rounds")]
    closed_on: Annotated[date | None, Label("交割日")] = None
    round: Annotated[str | None, Label("轮次", "As printed: 天使轮, A轮, Pre-IPO")] = None
    instrument: Annotated[Instrument | None, Label("工具", "Null: EQUITY")] = None
    amount: Annotated[Money | None, Label("总额")] = None
    exclusive_until: Annotated[
        date | None,
        Label("排他期止", "First day on which the firm may again deal with others than the round's investors"),
    ] = None


class Participation(
    Link, zh="参团意向", relation="PARTICIPATES_IN", outgoing="participations", incoming="participants"
):
    """A bank takes part in the syndicated loans that another offers. Who offers is a lead; further leads say so."""

    source: Annotated[Ref[Institution], Label("参团行")]
    target: Annotated[Ref[LoanProduct], Label("银团产品")]
    role: Annotated[SyndicateRole | None, Label("角色", "Null: MEMBER")] = None
    limit: Annotated[Money | None, Label("承贷上限", "Most that it takes of one loan; null: its limits decide")] = None


class InvestedBy(Link, zh="投资方", relation="INVESTED_BY", outgoing="investors", incoming="investments"):
    """An investor's part in a round."""

    source: Annotated[Ref[InvestmentRound], Label("轮次")]
    target: Annotated[Ref[Party], Label("投资方")]
    amount: Annotated[Money | None, Label("金额", "At cost")] = None


class Commitment(Contract, zh="认缴出资"):
    """An investor's (LP's) commitment to a fund."""

    fund: Annotated[Ref[Fund], Label("基金", relation="COMMITTED_TO", inverse="commitments")]
    investor: Annotated[Ref[Party], Label("出资人", relation="COMMITTED_BY", inverse="commitmentsMade")]
    committed: Annotated[Money | None, Label("认缴额")] = None
    paid_in: Annotated[Money | None, Label("实缴额")] = None
    origin: Annotated[CapitalOrigin | None, Label("资金性质")] = None
    municipal: Annotated[bool | None, Label("市级资金", "Fiscal money of this city itself")] = None
    in_good_standing: Annotated[
        bool | None, Label("履约正常", "False: in default, not callable; null: no default is recorded")
    ] = None


class BondType(Term):
    """What a bond is."""

    GREEN_FINANCIAL = "绿色金融债"
    GREEN_ENTERPRISE = "绿色企业债"
    GREEN_COMPANY = "绿色公司债"
    POLICY_BANK = "政策性金融债"
    PLAIN = "普通债券"


class BondIssue(Contract, zh="债券"):
    """A bond issue and its approval."""

    issuer: Annotated[Ref[Party], Label("发行人", relation="ISSUED_BY", inverse="bonds")]
    type: Annotated[BondType | None, Label("债券类型")] = None
    approved: Annotated[Money | None, Label("核准额度")] = None
    issued: Annotated[Money | None, Label("已发行额")] = None
    approval_until: Annotated[date | None, Label("核准有效期", "Last day on which it may be issued")] = None
    underwriter: Annotated[
        Ref[CapitalSource] | None,
        Label("主承销商", "Who places it with investors", relation="UNDERWRITTEN_BY", inverse="bondsUnderwritten"),
    ] = None
    due_on: Annotated[date | None, Label("到期日")] = None


class Funding(Link, zh="定向资金", relation="FUNDS", outgoing="funds", incoming="fundedBy"):
    """A lender's own bond gives money to one of its products: green financial bonds, bonds of policy banks."""

    source: Annotated[Ref[BondIssue], Label("债券")]
    target: Annotated[Ref[LoanProduct], Label("产品")]
    raises: Annotated[
        Money | None, Label("提高上限", "By how much it raises the most for one transaction; null: it does not")
    ] = None


class Swap(Contract, zh="债转股"):
    """Debt turned into equity."""

    creditor: Annotated[Ref[Institution], Label("债权人", relation="LENT_BY", inverse="swapsAsCreditor")]
    debtor: Annotated[Ref[Enterprise], Label("债务人", relation="BORROWED_BY", inverse="swaps")]
    debt: Annotated[Money | None, Label("转股债权")] = None
    equity_share: Annotated[Decimal | None, Label("转股比例", unit="0–1")] = None
    pricing: Annotated[str | None, Label("定价依据")] = None


class PppContract(Contract, zh="政府和社会资本合作合同"):
    """A public–private partnership."""

    sponsor: Annotated[Ref[Party], Label("实施机构", relation="SPONSORED_BY", inverse="pppSponsored")]
    vehicle: Annotated[Ref[Enterprise] | None, Label("项目公司", relation="GRANTED_TO", inverse="pppContracts")] = None
    equity_part: Annotated[Money | None, Label("股权部分")] = None
    debt_part: Annotated[Money | None, Label("债权部分")] = None
    term_years: Annotated[int | None, Label("期限", unit="years")] = None


class PppPart(Link, zh="出资方", relation="FINANCED_BY", key=("part",), outgoing="financiers", incoming="pppParts"):
    """Who brings a part of a public–private partnership, as debt or as equity."""

    source: Annotated[Ref[PppContract], Label("合同")]
    target: Annotated[Ref[CapitalSource], Label("出资方")]
    part: Annotated[Instrument, Label("部分", "DEBT or EQUITY")]
    amount: Annotated[Money | None, Label("承诺金额", "Null: the whole part")] = None
    paid: Annotated[Money | None, Label("已到位金额")] = None


class Merger(Contract, zh="并购重组"):
    """A merger, acquisition or restructuring."""

    acquirer: Annotated[Ref[Party], Label("收购方", relation="ACQUIRED_BY", inverse="acquisitions")]
    acquired: Annotated[Ref[Party], Label("被收购方", relation="OF", inverse="mergers")]
    value: Annotated[Money | None, Label("交易额")] = None
    closed_on: Annotated[date | None, Label("完成日")] = None


class JointCredit(Contract, zh="联合授信"):
    """A joint credit mechanism of several banks for a firm or group. Its banks: the links MEMBER_OF."""

    on: Annotated[Ref[Node], Label("对象", "The enterprise or group", relation="ON", inverse="jointCredits")]
    limit: Annotated[Money | None, Label("联合授信额度")] = None
    used: Annotated[Money | None, Label("已用额度")] = None


class Collaboration(Contract, zh="产学研合作"):
    """Research that an enterprise does with a school or institute, paid with a voucher."""

    enterprise: Annotated[Ref[Enterprise], Label("企业", relation="GRANTED_TO", inverse="collaborations")]
    partner: Annotated[
        Ref[Party] | None, Label("合作方", relation="LINKED_WITH", inverse="collaborationsAsPartner")
    ] = None
    voucher_amount: Annotated[Money | None, Label("用券金额")] = None
    granted_on: Annotated[date | None, Label("用券日期", "Day on which the voucher was given")] = None
    scheme: Annotated[Ref[VoucherScheme] | None, Label("券计划", relation="PAID_FROM", inverse="collaborations")] = None


class SecuredBy(Link, zh="担保物", relation="SECURED_BY", outgoing="security", incoming="securesContracts"):
    """A contract stands on an asset."""

    source: Annotated[Ref[Contract], Label("合同")]
    target: Annotated[Ref[Asset], Label("资产")]
