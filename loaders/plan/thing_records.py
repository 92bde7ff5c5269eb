"""Records of the things that a plan names, and of the places where it names them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from graph.batch import Statement
from graph.kinds.demand_side import Event, ProjectList
from graph.kinds.identity import PossiblySameAs
from graph.kinds.parties import Fund, FundType, Institution, InstitutionType, Tagged
from graph.kinds.places import Region, RegionLevel, Tag
from graph.kinds.policy import Committee, Measure, Mentions, Policy, Programme, ProgrammeKind
from graph.kinds.supply_side import LoanProduct, LossSharing, Pool, PoolKind, Subsidy, SubsidyKind, VoucherScheme
from graph.kinds.terms import OfferStatus, Technique
from graph.records import Node, Record, Ref
from loaders.plan.enumerations import Enumeration, Listing
from loaders.plan.figures import Figure
from loaders.plan.heads import Sort
from loaders.plan.ids import Keys, at
from loaders.plan.policy_records import money_of
from loaders.plan.reading import PlanReading
from loaders.plan.text import Span
from loaders.plan.things import FundThing, ListThing, PoolThing, SubsidyThing, Thing, VoucherThing
from loaders.plan.unit_records import unit_id
from loaders.plan.units import body_of

T = TypeVar("T")
Ids = Mapping[tuple[Sort, str], str]
"""The ids of things by sort and name."""

_FUND_TYPES = (
    ("天使", FundType.ANGEL),
    ("军民融合", FundType.MILITARY_CIVIL),
    ("成果转化", FundType.TECH_TRANSFER),
    ("产业创投", FundType.CORPORATE_VENTURE),
    ("引导", FundType.GUIDANCE),
    ("创业投资|风险投资", FundType.VENTURE),
    ("股权", FundType.PRIVATE_EQUITY),
    ("专项", FundType.SPECIAL),
    ("产业|集群|制造", FundType.INDUSTRY),
)
_POOL_KINDS = (
    ("周转|应急|转贷|过桥", PoolKind.BRIDGE),
    ("信保|信用保证", PoolKind.CREDIT_GUARANTEE),
    ("担保", PoolKind.GUARANTEE),
    ("风险|代偿|补偿|增信", PoolKind.RISK),
)
_SUBSIDY_KINDS = (
    ("上市|挂牌", SubsidyKind.LISTING),
    ("贴息", SubsidyKind.INTEREST),
    ("保费", SubsidyKind.PREMIUM),
    ("担保", SubsidyKind.GUARANTEE),
    ("风险.*补偿", SubsidyKind.RISK_COMPENSATION),
    ("损失", SubsidyKind.LOSS),
    ("贷款.*奖励|贷款.*奖补", SubsidyKind.LENDER_REWARD),
)
_TECHNIQUES = (
    ("银团", Technique.SYNDICATED),
    ("保证保险", Technique.INSURED_LOAN),
    ("投贷联动", Technique.INVEST_LOAN_LINKAGE),
    ("债转股", Technique.DEBT_EQUITY_SWAP),
    ("PPP", Technique.PPP),
    ("股权融资", Technique.EQUITY),
    ("租赁|转租", Technique.LEASE),
    ("综合授信|循环授信|信用贷款", Technique.COMPREHENSIVE_LINE),
    ("知识产权|专利|商标", Technique.IP_PLEDGE),
    ("应收账款.*质押", Technique.RECEIVABLES_LOAN),
    ("仓单|存货", Technique.INVENTORY_LOAN),
    ("订单", Technique.PRE_SHIPMENT),
    ("反向保理", Technique.PAYABLES_FINANCE),
    ("保理", Technique.FACTORING),
    ("票据贴现", Technique.BILL_DISCOUNT),
    ("担保贷款", Technique.GUARANTEED_LOAN),
    ("项目贷款|专项贷款", Technique.PROJECT_LOAN),
    ("科技贷款|科创贷", Technique.POOL_BACKED_LOAN),
)
_PROGRAMME_KINDS = (
    ("平台", ProgrammeKind.PLATFORM),
    ("联盟", ProgrammeKind.ALLIANCE),
    ("库$", ProgrammeKind.DATABASE),
    ("工程|计划|行动", ProgrammeKind.PROJECT),
    ("体系", ProgrammeKind.SYSTEM),
    ("机制|制度|授信", ProgrammeKind.MECHANISM),
)
_REGION_LEVELS = (
    ("城市群", RegionLevel.CLUSTER),
    ("商务区", RegionLevel.DISTRICT),
    ("园", RegionLevel.PARK),
    ("区", RegionLevel.ZONE),
)
_CLASSES = {Sort.BRANCH, Sort.BOND, Sort.CLASS}
# Items of these lists are classes that the plan names; those of the others are rules, or things of their own.
_TAGGED_LISTS = {
    Listing.SECTOR,
    Listing.INFORMATION,
    Listing.BUSINESS_LINE,
    Listing.LEASE_MODEL,
    Listing.SERVICE,
    Listing.SITE,
    Listing.LISTING_STEP,
    Listing.PIPELINE,
}


def _first(forms: tuple[tuple[str, T], ...], name: str) -> T | None:
    return next((value for form, value in forms if re.search(form, name)), None)


def thing_id(keys: Keys, thing: Thing) -> str:
    """The id of a thing. A class of things (各类投资基金, 科技支行) is a tag: no single fund, place or branch is meant."""
    if thing.sort in _CLASSES or (thing.sort in (Sort.FUND, Sort.REGION) and not thing.definite):
        return keys.named("tag", thing.name)
    match thing.sort:
        case Sort.REGION:
            return keys.region(thing.name)
        case Sort.EXCHANGE:
            return keys.named("institution", thing.name)
        case Sort.INSTITUTION:
            return unit_id(keys, thing.name, body_of(thing.name), is_set=False)
        case Sort.FUND:
            return keys.named("fund", thing.name)
        case Sort.POOL:
            return keys.named("pool", thing.name)
        case _:
            head, *rest = thing.sort.value.lower().split("_")
            return keys.named(head + "".join(part.title() for part in rest), thing.name)


def _status(thing: Thing) -> OfferStatus | None:
    return OfferStatus.PLANNED if thing.planned else None


def _rate(figure: Figure | None) -> Decimal | None:
    if figure is None:
        return None
    return figure.value / (1000 if figure.unit == "‰" else 100)


def _count(figure: Figure | None) -> int | None:
    whole = figure is not None and figure.value == figure.value.to_integral_value() and len(figure.unit) == 1
    return int(figure.value) if figure is not None and whole else None


def _fund(keys: Keys, thing: FundThing, ids: Ids, since: date | None) -> Fund:
    return Fund(
        id=thing_id(keys, thing),
        name=thing.name,
        aliases=thing.aliases,
        type=_first(_FUND_TYPES, thing.name),
        parent=keys.named("fund", thing.parent) if thing.parent is not None else None,
        region=keys.region(thing.region) if thing.region and (Sort.REGION, thing.region) in ids else None,
        target_size=money_of(thing.size) if thing.size is not None else None,
        valid_from=since,
    )


def _pool(keys: Keys, thing: PoolThing, since: date | None) -> Pool:
    return Pool(
        id=thing_id(keys, thing),
        name=thing.name,
        aliases=thing.aliases,
        kind=_first(_POOL_KINDS, thing.name),
        balance=money_of(thing.size) if thing.size is not None else None,
        span=keys.span(thing.span),
        valid_from=since,
    )


def _voucher(keys: Keys, thing: VoucherThing, since: date | None) -> VoucherScheme:
    return VoucherScheme(
        id=thing_id(keys, thing),
        name=thing.name,
        programme_name=thing.programme,
        budget=money_of(thing.budget) if thing.budget is not None else None,
        beneficiaries=_count(thing.supported),
        beneficiary_unit=thing.supported.counted if thing.supported is not None else None,
        flag=thing.doubt,
        span=keys.span(thing.span),
        valid_from=since,
    )


def _subsidy(keys: Keys, thing: SubsidyThing, ids: Ids, since: date | None) -> Subsidy:
    return Subsidy(
        id=thing_id(keys, thing),
        name=thing.name,
        kind=_first(_SUBSIDY_KINDS, thing.name),
        recipients=thing.recipients,
        product=keys.named("loanProduct", thing.of) if thing.of and (Sort.LOAN_PRODUCT, thing.of) in ids else None,
        rate=_rate(thing.rate),
        base=thing.base,
        cap=money_of(thing.cap) if thing.cap is not None else None,
        status=_status(thing),
        span=keys.span(thing.span),
        valid_from=since,
    )


def _list(keys: Keys, thing: ListThing, since: date | None) -> ProjectList:
    return ProjectList(
        id=thing_id(keys, thing),
        name=thing.name,
        expected_count=_count(thing.expected),
        fields=thing.fields,
        span=keys.span(thing.span),
        valid_from=since,
    )


def _record(keys: Keys, thing: Thing, ids: Ids, since: date | None) -> Record | None:
    identifier = thing_id(keys, thing)
    span = keys.span(thing.span)
    if isinstance(thing, FundThing) and thing.definite:
        return _fund(keys, thing, ids, since)
    if isinstance(thing, PoolThing):
        return _pool(keys, thing, since)
    if isinstance(thing, VoucherThing):
        return _voucher(keys, thing, since)
    if isinstance(thing, SubsidyThing):
        return _subsidy(keys, thing, ids, since)
    if isinstance(thing, ListThing):
        return _list(keys, thing, since)
    if identifier.startswith("tag:"):
        return Tag(id=identifier, name=thing.name, valid_from=since)
    match thing.sort:
        case Sort.LOAN_PRODUCT:
            technique = _first(_TECHNIQUES, thing.name)
            return LoanProduct(
                id=identifier, name=thing.name, technique=technique, status=_status(thing), span=span, valid_from=since
            )
        case Sort.LOSS_SHARING:
            return LossSharing(id=identifier, name=thing.name, span=span, valid_from=since)
        case Sort.PROGRAMME:
            return Programme(
                id=identifier,
                name=thing.name,
                kind=_first(_PROGRAMME_KINDS, thing.name) or ProgrammeKind.OTHER,
                policy=keys.policy(),
                status=_status(thing),
                span=span,
                valid_from=since,
            )
        case Sort.COMMITTEE:
            return Committee(id=identifier, name=thing.name, policy=keys.policy(), span=span, valid_from=since)
        case Sort.EVENT:
            return Event(id=identifier, name=thing.name, span=span, valid_from=since)
        case Sort.REGION:
            code = keys.place_code(thing.name)
            return Region(id=identifier, code=code, name=thing.name, level=_first(_REGION_LEVELS, thing.name))
        case Sort.EXCHANGE:
            return Institution(id=identifier, name=thing.name, type=InstitutionType.EXCHANGE)
        case _:
            # A body has its record among the units.
            return None


def _place(keys: Keys, measure: int | None) -> Ref[Node]:
    """The record whose text a mention stands in: a measure, else the policy."""
    if measure is not None:
        found: Ref[Measure] = keys.part("measure", measure)
        return Ref(found)
    policy: Ref[Policy] = keys.policy()
    return Ref(policy)


def _mention(keys: Keys, target: str, span: Span, measure: int | None, since: date | None) -> Statement:
    link = Mentions(
        source=_place(keys, measure), target=Ref(target), at=span.start, span=keys.span(span), valid_from=since
    )
    return at(link, span)


def _item_name(one: Enumeration, name: str) -> str:
    """What an item of a list is called by itself: 产业、环保等政策信息 lists 产业政策信息."""
    if one.listing is Listing.INFORMATION:
        return name + re.sub(r"^(?:有关|相关|各类|方面)+", "", one.head)
    return f"{name}机构" if one.listing is Listing.SERVICE and not name.endswith("机构") else name


def _listed_tags(keys: Keys, reading: PlanReading, ids: Ids, since: date | None) -> Iterator[Statement]:
    """The classes that lists in the text name, as tags, each with its place; the policy carries those outside measures."""
    products = {name: identifier for (sort, name), identifier in ids.items() if sort is Sort.LOAN_PRODUCT}
    for one in reading.enumerations:
        if one.listing not in _TAGGED_LISTS:
            continue
        for item in one.items:
            name = _item_name(one, item.name)
            if name in products:
                continue
            tag: Ref[Tag] = keys.named("tag", name)
            yield at(Tag(id=tag, name=name, valid_from=since), item.span)
            yield _mention(keys, tag, item.span, one.measure, since)
            if one.measure is None:
                policy: Ref[Policy] = keys.policy()
                yield at(Tagged(source=Ref(policy), target=tag, valid_from=since), item.span)
    for label in reading.labels:
        tag = keys.named("tag", label.name)
        yield at(Tag(id=tag, name=label.name, valid_from=since), label.span)
        yield _mention(keys, tag, label.span, label.measure, since)


def thing_ids(keys: Keys, reading: PlanReading) -> Ids:
    """The ids of the things of a reading by sort and name, other names included."""
    return {
        (thing.sort, name): thing_id(keys, thing) for thing in reading.things for name in (thing.name, *thing.aliases)
    }


def thing_statements(keys: Keys, reading: PlanReading, ids: Ids, since: date | None) -> Iterator[Statement]:
    """Every thing that a plan names, every place where it does, and which names may mean one thing."""
    for thing in reading.things:
        record = _record(keys, thing, ids, since)
        if record is not None:
            yield at(record, thing.span)
        for mention in thing.mentions:
            yield _mention(keys, thing_id(keys, thing), mention.span, mention.measure, since)
    yield from _listed_tags(keys, reading, ids, since)
    spans = {(thing.sort, thing.name): thing.span for thing in reading.things}
    for one in reading.candidates:
        link = PossiblySameAs(
            source=Ref(ids[one.sort, one.first]),
            target=Ref(ids[one.sort, one.second]),
            score=one.score,
            reason=one.reason,
            valid_from=since,
        )
        yield at(link, spans[one.sort, one.second])
