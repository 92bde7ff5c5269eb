"""Identity over time and sources: same, possibly the same, succeeded; and the datasets that say so."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from graph.records import Label, Link, Node, Ref


class SameAs(Link, zh="同一", relation="SAME_AS", outgoing="sameAs", incoming="sameAsOf"):
    """Two ids are one thing, by an exact code table or a person's decision: views merge them."""

    source: Annotated[Ref[Node], Label("一方")]
    target: Annotated[Ref[Node], Label("另一方")]
    reason: Annotated[str | None, Label("依据")] = None


class PossiblySameAs(
    Link, zh="疑似同一", relation="POSSIBLY_SAME_AS", outgoing="possiblySameAs", incoming="possiblySameAsOf"
):
    """Two ids may be one thing; never merged without a decision."""

    source: Annotated[Ref[Node], Label("一方")]
    target: Annotated[Ref[Node], Label("另一方")]
    score: Annotated[Decimal | None, Label("相似度", unit="0–1")] = None
    reason: Annotated[str | None, Label("理由")] = None


class SucceededBy(Link, zh="继任", relation="SUCCEEDED_BY", outgoing="succeededBy", incoming="succeeds"):
    """A body's duties passed to another on a day."""

    source: Annotated[Ref[Node], Label("原单位")]
    target: Annotated[Ref[Node], Label("继任单位")]
    on: Annotated[date | None, Label("日期")] = None
    reason: Annotated[str | None, Label("依据")] = None


class Dataset(Node, zh="数据集"):
    """A source of statements: one column set of one publisher. Its id is `dataset:` and the name that loads give as their source."""

    name: Annotated[str, Label("名称")]
    publisher: Annotated[str | None, Label("发布者")] = None
    reliability: Annotated[
        Decimal | None, Label("可靠性", "Chance that a statement of it is right; null: 0.5", unit="0–1")
    ] = None
    licence: Annotated[str | None, Label("许可")] = None
    url: Annotated[str | None, Label("网址")] = None
