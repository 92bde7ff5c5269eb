"""Assets: what financing can stand on."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from graph.kinds.parties import Enterprise, Institution, Party
from graph.kinds.places import Product
from graph.kinds.supply_side import AnchorProgramme
from graph.money import Money
from graph.records import Label, Link, Node, Ref, Term


class Asset(Node, zh="资产", abstract=True):
    """Something of value that one party owns."""

    owner: Annotated[Ref[Enterprise], Label("所有人", relation="OWNED_BY", inverse="assets")]
    valuation: Annotated[Money | None, Label("评估价值", "Value that a valuer or the source gives")] = None
    valued_on: Annotated[date | None, Label("评估日")] = None
    registry_no: Annotated[str | None, Label("登记编号")] = None
    arms_length: Annotated[
        bool | None,
        Label(
            "交易公允", "Somebody independent attests that the trade behind it is at arm's length; null: nobody does"
        ),
    ] = None


class Receivable(Asset, zh="应收账款"):
    """A claim for payment for goods delivered or services done.

    Deductions that nobody records (paid, credits, disputed) are none; a dilution that nobody states is not stated.
    """

    owner: Annotated[Ref[Enterprise], Label("债权人", relation="OWNED_BY", inverse="receivables")]
    obligor: Annotated[Ref[Party], Label("债务人", relation="OWED_BY", inverse="payables")]
    face: Annotated[Money, Label("票面金额", "Amount due at maturity, before dilution")]
    paid: Annotated[Money | None, Label("已付金额")] = None
    credits: Annotated[Money | None, Label("贷项", "Credit notes")] = None
    disputed: Annotated[Money | None, Label("争议金额")] = None
    dilution: Annotated[
        Decimal | None, Label("稀释率", "Share of the face lost to returns, rebates and disputes", unit="0–1")
    ] = None
    issued_on: Annotated[date | None, Label("开立日")] = None
    due_on: Annotated[date | None, Label("到期日")] = None
    confirmed: Annotated[bool | None, Label("已确权", "The obligor has irrevocably confirmed that it will pay")] = None
    assignable: Annotated[bool | None, Label("可转让", "False: the contract forbids assignment")] = None
    notified: Annotated[bool | None, Label("已通知", "The obligor has been notified of the assignment")] = None
    contract_no: Annotated[str | None, Label("合同号")] = None
    invoice_no: Annotated[str | None, Label("发票号")] = None
    delivery_no: Annotated[str | None, Label("交货凭证号")] = None


class Voucher(Asset, zh="电子债权凭证"):
    """A deep-tier digital receivable under an anchor's programme; parts are split from a parent."""

    owner: Annotated[Ref[Enterprise], Label("持有人", relation="OWNED_BY", inverse="vouchers")]
    programme: Annotated[Ref[AnchorProgramme], Label("核心企业平台", relation="UNDER")]
    parent: Annotated[Ref["Voucher"] | None, Label("拆分自", relation="SPLIT_FROM", inverse="parts")] = None
    face: Annotated[Money, Label("票面金额")]
    issued_on: Annotated[date | None, Label("开立日")] = None
    due_on: Annotated[date | None, Label("到期日", "A part matures with its root")] = None


class OrderBuyer(Term):
    """Who placed an order."""

    GOVERNMENT = "政府采购"
    LARGE_BUYER = "境内大型企业"
    IMPORT_EXPORT = "进出口"


class Order(Asset, zh="订单"):
    """A purchase order that the owner is to fill."""

    owner: Annotated[Ref[Enterprise], Label("接单企业", relation="OWNED_BY", inverse="orders")]
    buyer: Annotated[Ref[Party], Label("采购方", relation="OWED_BY", inverse="ordersPlaced")]
    amount: Annotated[Money, Label("订单金额")]
    filled: Annotated[Money | None, Label("已交付金额")] = None
    contract_no: Annotated[str | None, Label("合同号", "Of the order, as both sides signed it")] = None
    buyer_type: Annotated[OrderBuyer | None, Label("订单类型")] = None
    placed_on: Annotated[date | None, Label("下单日")] = None
    deliver_by: Annotated[date | None, Label("交货期")] = None


class EquipmentClass(Term):
    """Classes of equipment that the leasing measures name."""

    NEW_ENERGY_VEHICLE = "新能源汽车"
    CONSTRUCTION = "工程机械"
    AGRICULTURAL = "农业机械"
    MINING = "矿山设备"
    OTHER = "其他"


class SalesContract(Asset, zh="销售合同"):
    """A contract under which the owner sells."""

    owner: Annotated[Ref[Enterprise], Label("卖方", relation="OWNED_BY", inverse="salesContracts")]
    buyer: Annotated[Ref[Party], Label("买方", relation="OWED_BY", inverse="contractsAsBuyer")]
    amount: Annotated[Money, Label("合同金额")]
    performed: Annotated[Money | None, Label("已履行金额")] = None
    contract_no: Annotated[str | None, Label("合同号")] = None
    signed_on: Annotated[date | None, Label("签订日")] = None
    ends_on: Annotated[date | None, Label("终止日")] = None
    equipment: Annotated[EquipmentClass | None, Label("设备类别", "Where what is sold is equipment")] = None


class PurchaseContract(Asset, zh="购买合同"):
    """A contract under which the owner buys."""

    owner: Annotated[Ref[Enterprise], Label("买方", relation="OWNED_BY", inverse="purchaseContracts")]
    seller: Annotated[Ref[Party], Label("卖方", relation="OWED_BY", inverse="contractsAsSeller")]
    amount: Annotated[Money, Label("合同金额")]
    performed: Annotated[Money | None, Label("已履行金额")] = None
    contract_no: Annotated[str | None, Label("合同号")] = None
    signed_on: Annotated[date | None, Label("签订日")] = None
    ends_on: Annotated[date | None, Label("终止日")] = None
    equipment: Annotated[EquipmentClass | None, Label("设备类别", "Where what is sold is equipment")] = None


class WarehouseReceipt(Asset, zh="仓单"):
    """A receipt for goods in a warehouse."""

    owner: Annotated[Ref[Enterprise], Label("货主", relation="OWNED_BY", inverse="warehouseReceipts")]
    warehouse: Annotated[Ref[Party] | None, Label("仓储方", relation="STORED_BY", inverse="receiptsIssued")] = None
    product: Annotated[Ref[Product] | None, Label("货物")] = None
    quantity: Annotated[Decimal | None, Label("数量")] = None


class IpRightType(Term):
    """What an intellectual-property right is."""

    PATENT = "专利权"
    TRADEMARK = "商标权"
    COPYRIGHT = "著作权"


class IpRight(Asset, zh="知识产权"):
    """A patent, trademark or copyright."""

    owner: Annotated[Ref[Enterprise], Label("权利人", relation="OWNED_BY", inverse="ipRights")]
    type: Annotated[IpRightType | None, Label("类型")] = None
    title: Annotated[str | None, Label("名称")] = None
    valuer: Annotated[Ref[Institution] | None, Label("评估机构", relation="VALUED_BY", inverse="rightsValued")] = None
    expires_on: Annotated[date | None, Label("权利届满日")] = None


class RevenueRight(Asset, zh="收益权"):
    """A right to future revenue: tolls, rents, fees."""

    owner: Annotated[Ref[Enterprise], Label("权利人", relation="OWNED_BY", inverse="revenueRights")]
    title: Annotated[str | None, Label("名称")] = None
    ends_on: Annotated[date | None, Label("终止日")] = None


class Deposit(Asset, zh="存款"):
    """Cash at a bank that can be pledged."""

    owner: Annotated[Ref[Enterprise], Label("存款人", relation="OWNED_BY", inverse="deposits")]
    bank: Annotated[Ref[Institution] | None, Label("存款银行", relation="HELD_AT", inverse="depositsTaken")] = None
    amount: Annotated[Money, Label("金额")]
    locked_until: Annotated[date | None, Label("锁定至")] = None


class FxDocument(Asset, zh="外汇凭证"):
    """A foreign-exchange instrument or trade document."""

    owner: Annotated[Ref[Enterprise], Label("持有人", relation="OWNED_BY", inverse="fxDocuments")]
    amount: Annotated[Money, Label("金额")]
    due_on: Annotated[date | None, Label("到期日")] = None


class Bill(Asset, zh="票据"):
    """A bank's or a firm's accepted bill of exchange."""

    owner: Annotated[Ref[Enterprise], Label("持票人", relation="OWNED_BY", inverse="bills")]
    acceptor: Annotated[Ref[Party], Label("承兑人", relation="OWED_BY", inverse="billsAccepted")]
    face: Annotated[Money, Label("票面金额")]
    issued_on: Annotated[date | None, Label("出票日")] = None
    due_on: Annotated[date | None, Label("到期日")] = None
    transferable: Annotated[bool | None, Label("可背书转让", "False: marked as not to be endorsed (不得转让)")] = None
    contract_no: Annotated[str | None, Label("合同号", "Of the trade by which the holder received it")] = None
    invoice_no: Annotated[str | None, Label("发票号", "Of the trade by which the holder received it")] = None


class EndorsedBy(
    Link, zh="背书", relation="ENDORSED_BY", key=("at",), outgoing="endorsements", incoming="billsEndorsed"
):
    """A party endorsed a bill and so stands for its payment. The holder's own endorsement to a financier is none."""

    source: Annotated[Ref[Bill], Label("票据")]
    target: Annotated[Ref[Party], Label("背书人")]
    at: Annotated[int, Label("顺序", "Place in the chain of endorsements, from 1", unit="rank")]


class CreditClaim(Asset, zh="信用证项下债权"):
    """A claim under a letter of credit."""

    owner: Annotated[Ref[Enterprise], Label("受益人", relation="OWNED_BY", inverse="creditClaims")]
    issuer: Annotated[Ref[Institution], Label("开证行", relation="OWED_BY", inverse="creditsIssued")]
    confirmer: Annotated[
        Ref[Institution] | None, Label("保兑行", relation="CONFIRMED_BY", inverse="creditsConfirmed")
    ] = None
    amount: Annotated[Money, Label("金额")]
    accepted: Annotated[bool | None, Label("已承兑")] = None
    due_on: Annotated[date | None, Label("到期日")] = None


class Equipment(Asset, zh="设备"):
    """Machines and vehicles."""

    owner: Annotated[Ref[Enterprise], Label("所有人", relation="OWNED_BY", inverse="equipment")]
    type: Annotated[EquipmentClass | None, Label("类别")] = None
    title: Annotated[str | None, Label("名称")] = None


class Building(Asset, zh="房屋"):
    """A building."""

    owner: Annotated[Ref[Enterprise], Label("所有人", relation="OWNED_BY", inverse="buildings")]
    address: Annotated[str | None, Label("地址")] = None


class LandUseRight(Asset, zh="土地使用权"):
    """A right to use land."""

    owner: Annotated[Ref[Enterprise], Label("权利人", relation="OWNED_BY", inverse="landUseRights")]
    address: Annotated[str | None, Label("位置")] = None
    ends_on: Annotated[date | None, Label("终止日")] = None
