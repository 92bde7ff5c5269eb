"""Places and classes: where things are and how they are sorted."""

from decimal import Decimal
from typing import Annotated

from graph.money import Money
from graph.records import IndustryCode, Label, Link, Node, Ref, RegionCode, Term


class RegionLevel(Term):
    """Level of a place; zones, parks and clusters lie across or below counties."""

    PROVINCE = "省"
    CITY = "市"
    COUNTY = "县区"
    ZONE = "示范区"
    PARK = "园区"
    CLUSTER = "城市群"
    DISTRICT = "商务区"


class IndustryLevel(Term):
    """Level in an industry classification, from the broadest."""

    SECTION = "门类"
    DIVISION = "大类"
    GROUP = "中类"
    CLASS = "小类"


class Region(Node, zh="地区", identity=(("code",),)):
    """A province, city, county, zone, park or city cluster."""

    code: Annotated[
        RegionCode,
        Label("代码", "GB/T 2260 code of 2, 4 or 6 digits; a zone's or park's own code starts with a letter"),
    ]
    name: Annotated[str, Label("名称")]
    level: Annotated[RegionLevel | None, Label("级别")] = None
    parent: Annotated[
        Ref["Region"] | None, Label("上级地区", "The place that it is part of", relation="PART_OF", inverse="parts")
    ] = None
    aliases: Annotated[tuple[str, ...], Label("别名")] = ()


class Industry(Node, zh="行业", identity=(("scheme", "code"),)):
    """A class of economic activity in one classification (GB/T 4754 and others, a tree each)."""

    scheme: Annotated[str, Label("分类", "Which classification, such as gbt4754-2017")]
    code: Annotated[IndustryCode, Label("代码", "Code within the classification")]
    name: Annotated[str, Label("名称")]
    level: Annotated[IndustryLevel | None, Label("层级")] = None
    parent: Annotated[
        Ref["Industry"] | None, Label("上级行业", "The class that it is part of", relation="PART_OF", inverse="parts")
    ] = None


class Product(Node, zh="产品"):
    """Goods or services, by name."""

    name: Annotated[str, Label("名称")]
    industry: Annotated[Ref[Industry] | None, Label("所属行业", relation="IN_INDUSTRY")] = None


class Tag(Node, zh="标签"):
    """A label that a list, a policy or a person gives: 军工, 专精特新, 新兴产业, leader of a chain."""

    name: Annotated[str, Label("名称")]
    definition: Annotated[str | None, Label("定义", "What the source says it means; null: it says nothing")] = None


class TicketBand(Node, zh="金额档"):
    """A band of amounts that needs are sorted by. Of several that hold an amount the one that begins highest counts."""

    name: Annotated[str, Label("名称")]
    lower: Annotated[Money | None, Label("下限", "The least amount in it; null: 0")] = None
    upper: Annotated[Money | None, Label("上限", "Amounts from it on are above the band; null: none is")] = None


class UpstreamOf(Link, zh="上游", relation="UPSTREAM_OF", outgoing="downstream", incoming="upstream"):
    """An industry supplies another."""

    source: Annotated[Ref[Industry], Label("上游行业")]
    target: Annotated[Ref[Industry], Label("下游行业")]
    weight: Annotated[int | None, Label("权重", "How often the source saw it", unit="count")] = None


class LinkedWith(Link, zh="关联", relation="LINKED_WITH", outgoing="linkedWith", incoming="linkedFrom"):
    """Two parties act together: a fund and a bank in investment–loan linkage, a lessor and a bank in referral."""

    source: Annotated[Ref[Node], Label("一方")]
    target: Annotated[Ref[Node], Label("另一方")]
    ratio: Annotated[str | None, Label("比例", "The linkage ratio as printed")] = None
    per_yuan: Annotated[
        Decimal | None, Label("联动倍数", "From a fund to a bank: most that it lends for a yuan invested", unit="×")
    ] = None
    purpose: Annotated[str | None, Label("内容")] = None
