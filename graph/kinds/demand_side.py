"""The demand side of money: needs, projects, lists, listing, events, cases."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from graph.kinds.contracts import Contract
from graph.kinds.parties import Enterprise, Institution, Party
from graph.kinds.places import Region
from graph.kinds.terms import Instrument, Stage
from graph.money import Money
from graph.records import Label, Link, Node, Ref, Span, Term


class NeedStatus(Term):
    """Where a financing need stands."""

    APPLIED = "已申请"
    AGGREGATED = "已汇总"
    CLASSIFIED = "已分类"
    RECOMMENDED = "已推荐"
    FUNDED = "已落实"
    REJECTED = "已拒绝"
    WITHDRAWN = "已撤回"


class Project(Node, zh="项目"):
    """An investment project."""

    name: Annotated[str, Label("名称")]
    owner: Annotated[Ref[Party] | None, Label("业主", relation="OWNED_BY", inverse="projects")] = None
    vehicle: Annotated[Ref[Enterprise] | None, Label("项目公司", relation="RUN_BY", inverse="projectsRun")] = None
    region: Annotated[Ref[Region] | None, Label("所在地区", relation="LOCATED_IN")] = None
    cost: Annotated[Money | None, Label("总投资")] = None
    own_capital: Annotated[Money | None, Label("资本金", "That the project itself states as required")] = None
    own_capital_share: Annotated[
        Decimal | None, Label("资本金比例", "Share of the cost required as own capital; null: as rules say", unit="0–1")
    ] = None


class FinancingNeed(Node, zh="融资需求"):
    """What an enterprise asks for. Its tags: the links TAGGED."""

    enterprise: Annotated[Ref[Enterprise], Label("企业", relation="DECLARED_BY", inverse="needs")]
    amount: Annotated[Money, Label("金额")]
    instrument: Annotated[Instrument, Label("工具")]
    purpose: Annotated[str | None, Label("用途")] = None
    stage: Annotated[Stage | None, Label("阶段", "Stage that the need is for; null: the enterprise's")] = None
    tenor_min_days: Annotated[int | None, Label("最短期限", unit="days")] = None
    tenor_max_days: Annotated[int | None, Label("最长期限", unit="days")] = None
    submitted_on: Annotated[date | None, Label("提交日")] = None
    needed_by: Annotated[date | None, Label("用款日")] = None
    status: Annotated[NeedStatus | None, Label("状态")] = None
    project: Annotated[Ref[Project] | None, Label("项目", relation="FOR", inverse="needs")] = None


class Fulfils(Link, zh="满足", relation="FULFILS", outgoing="fulfils", incoming="fulfilledBy"):
    """A contract answers a need, in whole or in part."""

    source: Annotated[Ref[Contract], Label("合同")]
    target: Annotated[Ref[FinancingNeed], Label("需求")]
    amount: Annotated[Money | None, Label("金额", "Null: the contract's amount")] = None


class RecommendedTo(
    Link, zh="推荐给", relation="RECOMMENDED_TO", outgoing="recommendedTo", incoming="recommendedNeeds"
):
    """A need was put before a bank, a fund or another source of money, or for one of its products."""

    source: Annotated[Ref[FinancingNeed], Label("需求")]
    target: Annotated[Ref[Node], Label("对象", "A source of capital, or a loan product")]
    on: Annotated[date | None, Label("推荐日")] = None


class ProjectList(Node, zh="清单"):
    """A list of projects or firms that a policy announces; members only where the source prints them."""

    name: Annotated[str, Label("名称")]
    expected_count: Annotated[int | None, Label("应有数量", unit="count")] = None
    fields: Annotated[tuple[str, ...], Label("领域", "Fields that the list is for, as printed")] = ()
    span: Annotated[Span | None, Label("原文位置")] = None


class ListedIn(Link, zh="入列", relation="LISTED_IN", outgoing="listedIn", incoming="listed"):
    """A project or firm is on a list."""

    source: Annotated[Ref[Node], Label("对象")]
    target: Annotated[Ref[ProjectList], Label("清单")]


class ListingState(Term):
    """How far a firm is on the way to the capital market."""

    REFORM = "股改"
    QUOTED = "挂牌"
    LISTED = "上市"


class ListingStage(Node, zh="上市进程"):
    """A step of a firm to the capital market."""

    enterprise: Annotated[Ref[Enterprise], Label("企业", relation="OF", inverse="listingStages")]
    state: Annotated[ListingState, Label("状态")]
    exchange: Annotated[Ref[Institution] | None, Label("交易场所", relation="AT", inverse="listings")] = None
    reached_on: Annotated[date | None, Label("日期")] = None


class Event(Node, zh="活动"):
    """A matchmaking event, fair or meeting."""

    name: Annotated[str, Label("名称")]
    type: Annotated[str | None, Label("类型")] = None
    held_on: Annotated[date | None, Label("日期")] = None
    region: Annotated[Ref[Region] | None, Label("地区", relation="LOCATED_IN")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class Presented(
    Link, zh="推介", relation="PRESENTED", key=("subject",), outgoing="presented", incoming="presentations"
):
    """Who presented itself, a need, a project or a product at an event."""

    source: Annotated[Ref[Party], Label("推介方")]
    target: Annotated[Ref[Event], Label("活动")]
    subject: Annotated[
        Ref[Node] | None, Label("推介内容", "The need, project or product; null: itself", inverse="presentedIn")
    ] = None


class AttendedBy(Link, zh="参会", relation="ATTENDED_BY", outgoing="attendance", incoming="eventsAttended"):
    """Who came to an event to listen: banks, funds, others."""

    source: Annotated[Ref[Event], Label("活动")]
    target: Annotated[Ref[Party], Label("参会方")]


class CaseClass(Term):
    """How a firm in distress is dealt with."""

    SUPPORT = "帮扶"
    RESTRUCTURE = "重组"
    EXIT = "退出"


class Case(Node, zh="会商个案"):
    """An emergency consultation about a firm's liquidity."""

    enterprise: Annotated[Ref[Enterprise], Label("企业", relation="ABOUT", inverse="cases")]
    opened_on: Annotated[date | None, Label("立案日")] = None
    resolved_on: Annotated[date | None, Label("办结日")] = None
    type: Annotated[CaseClass | None, Label("分类")] = None
    outcome: Annotated[str | None, Label("结果")] = None


class Concerns(Link, zh="涉及", relation="CONCERNS", outgoing="concerns", incoming="concernedBy"):
    """A consultation is about a contract, such as a loan that falls due."""

    source: Annotated[Ref[Case], Label("个案")]
    target: Annotated[Ref[Contract], Label("合同")]
