"""What may be had together: caps over several supports, supports that exclude each other, supports that presuppose another."""

from typing import Annotated

from graph.kinds.policy import Measure
from graph.kinds.supply_side import CapPeriod, PublicSupport
from graph.money import Money
from graph.records import Label, Link, Node, Ref, Span


class SupportCap(Node, zh="叠加限额"):
    """The most that one enterprise may have of several supports together: money, or how many of them."""

    name: Annotated[str, Label("名称")]
    amount: Annotated[Money | None, Label("金额上限", "Null: it caps no amount", unit=">0")] = None
    count: Annotated[int | None, Label("项数上限", "Most of them at once; null: any", unit=">0")] = None
    period: Annotated[CapPeriod | None, Label("限额期间", "In which what was granted of them counts; null: ONCE")] = (
        None
    )
    measure: Annotated[
        Ref[Measure] | None, Label("出处", "The measure that states it", relation="OF", inverse="supportCaps")
    ] = None
    text: Annotated[str | None, Label("原文")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class CappedBy(Link, zh="受限于", relation="CAPPED_BY", outgoing="cappedBy", incoming="supports"):
    """A subsidy, pool or voucher scheme counts towards a cap."""

    source: Annotated[Ref[PublicSupport], Label("支持")]
    target: Annotated[Ref[SupportCap], Label("限额")]


class Excludes(Link, zh="不得同享", relation="EXCLUDES", outgoing="excludes", incoming="excludedBy"):
    """Two subsidies, pools or voucher schemes may not be had together; whichever is the source."""

    source: Annotated[Ref[PublicSupport], Label("支持")]
    target: Annotated[Ref[PublicSupport], Label("互斥的支持")]
    measure: Annotated[
        Ref[Measure] | None, Label("出处", "The measure that states it", relation="OF", inverse="exclusions")
    ] = None
    text: Annotated[str | None, Label("原文")] = None
    span: Annotated[Span | None, Label("原文位置")] = None


class Requires(Link, zh="以享受为前提", relation="REQUIRES", outgoing="requires", incoming="requiredBy", acyclic=True):
    """A support is given only to who has another one, already or together with it."""

    source: Annotated[Ref[PublicSupport], Label("支持")]
    target: Annotated[Ref[PublicSupport], Label("前提")]
    measure: Annotated[
        Ref[Measure] | None, Label("出处", "The measure that states it", relation="OF", inverse="supportRequirements")
    ] = None
    text: Annotated[str | None, Label("原文")] = None
    span: Annotated[Span | None, Label("原文位置")] = None
