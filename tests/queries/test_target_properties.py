"""What holds of targets on random small towns: the verdict is what the rules say one by one, and no order of loads shows."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.kinds.parties import Enterprise, Fund
from graph.kinds.places import Industry, Region, Tag
from graph.kinds.policy import Rule
from graph.kinds.terms import ChainSide, Dimension, Operator, Ownership, SizeClass, Stage
from graph.log import Mode
from graph.records import Record, Ref
from queries.investment_targets import InvestmentTarget, investment_targets
from queries.targets.criteria import Verdict
from tests.examples import FEW_WORLDS
from tests.graph.build import view_of
from tests.queries.targets.world import FUND, commitment, firm, fund, need, round_, rule, sells, tagged, wan

NO, UNKNOWN, YES = range(3)
PARENT = {"industry:s:C38": "industry:s:C", "region:419901": "region:4199"}
FEW = settings(
    max_examples=FEW_WORLDS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def towns(draw: st.DrawFn) -> list[Record]:
    """Up to five firms with some facts, needs, trade and rounds; a fund with up to five rules and some terms."""
    firms = [
        firm(
            f"f{number}",
            industry=draw(st.sampled_from([None, Ref("industry:s:C"), Ref("industry:s:C38"), Ref("industry:s:A")])),
            region=draw(st.sampled_from([None, Ref("region:4199"), Ref("region:419901")])),
            stage=draw(st.sampled_from([None, *Stage])),
            size=draw(st.sampled_from([None, *SizeClass])),
            ownership=draw(st.sampled_from([None, Ownership.PRIVATE])),
        )
        for number in range(draw(st.integers(1, 5)))
    ]
    names = [f"f{number}" for number in range(len(firms))]
    one = st.sampled_from(names)
    records: list[Record] = [
        Industry(scheme="s", code="A", name="A"), Industry(scheme="s", code="C", name="C"),
        Industry(scheme="s", code="C38", name="C38", parent=Ref("industry:s:C")),
        Region(code="4199", name="city"), Region(code="419901", name="county", parent=Ref("region:4199")),
        Tag(id="tag:leader", name="leader"), Tag(id="tag:b", name="b"), *firms,
    ]  # fmt: skip
    pairs = draw(st.sets(st.tuples(one, one), max_size=6))
    records += [sells(seller, buyer, draw(st.sampled_from([None, 10, 30]))) for seller, buyer in sorted(pairs)]
    records += [
        tagged(f"enterprise:{name}", tag)
        for name, tag in sorted(draw(st.sets(st.tuples(one, st.sampled_from(["tag:leader", "tag:b"])), max_size=4)))
    ]
    records += [need(name, draw(st.integers(1, 60))) for name in names if draw(st.booleans())]
    for number in range(draw(st.integers(0, 2))):
        records += round_(
            f"r{number}",
            draw(one),
            draw(st.integers(1, 20)),
            *draw(st.sampled_from([(FUND,), (FUND, "fund:other"), ("fund:other",)])),
        )
    operators = st.sampled_from([None, Operator.IN, Operator.NOT_IN])
    dimensions = st.sampled_from(
        [
            (Dimension.INDUSTRY, {"industry": Ref("industry:s:C")}), (Dimension.INDUSTRY, {"industry": Ref("industry:s:A")}),
            (Dimension.REGION, {"region": Ref("region:4199")}), (Dimension.STAGE, {"stage": Stage.SEED}),
            (Dimension.STAGE, {"stage": Stage.GROWTH}), (Dimension.SIZE, {"size": SizeClass.SMALL}), (Dimension.TAG, {"tag": Ref("tag:b")}),
            (Dimension.CHAIN, {"tag": Ref("tag:leader"), "chain_side": ChainSide.UPSTREAM, "count": 1}),
            (Dimension.CHAIN, {"tag": Ref("tag:leader")}), (Dimension.STAGE, {}),
        ]
    )  # fmt: skip
    for number in range(draw(st.integers(0, 5))):
        dimension, values = draw(dimensions)
        hard = draw(st.sampled_from([None, True, True, False]))
        records.append(rule(f"r{number}", dimension, operator=draw(operators), hard=hard, **values))
    records.append(
        fund(ticket_min=wan(draw(st.sampled_from([None, 20]))), per_company_cap=wan(draw(st.sampled_from([None, 25]))))
    )
    return [*records, Fund(id="fund:other", name="other"), commitment(100, 40)]


def verdict_of(records: Sequence[Record], own: Enterprise) -> Verdict:
    """The verdict by looking at each rule by itself."""
    rules = [one for one in records if isinstance(one, Rule)]
    hard = [one for one in rules if one.hard is not False]
    found = [YES if rules else UNKNOWN]
    groups: dict[object, list[int]] = {}
    for one in hard:
        group = one.id if one.operator is Operator.NOT_IN else one.dimension
        groups.setdefault(group, []).append(meets(records, one, own))
    found += [max(group) for group in groups.values()]
    found.append(terms(records, own))
    return {NO: Verdict.NOT, UNKNOWN: Verdict.UNKNOWN, YES: Verdict.FITS}[min(found)]


def meets(records: Sequence[Record], one: Rule, own: Enterprise) -> int:
    """What one rule says of one firm."""
    excludes = one.operator is Operator.NOT_IN

    def told(known: bool, holds: bool) -> int:
        return (YES if holds is not excludes else NO) if known else UNKNOWN

    def path(place: object) -> set[str]:
        found = {str(place)} if place else set()
        return found | {PARENT[str(place)]} if str(place) in PARENT else found

    match one.dimension:
        case Dimension.INDUSTRY:
            return told(own.industry is not None, str(one.industry) in path(own.industry))
        case Dimension.REGION:
            return told(own.region is not None, str(one.region) in path(own.region))
        case Dimension.STAGE:
            return told(own.stage is not None and one.stage is not None, own.stage is one.stage)
        case Dimension.SIZE:
            return told(own.size is not None, own.size is one.size)
        case Dimension.TAG:
            return told(True, (str(own.id), "tag:b") in tags_of(records))
    return told(*chain(records, one, own))


def tags_of(records: Sequence[Record]) -> set[tuple[str, str]]:
    return {(str(one.source), str(one.target)) for one in records if type(one).__name__ == "Tagged"}  # type: ignore[attr-defined]


def chain(records: Sequence[Record], one: Rule, own: Enterprise) -> tuple[bool, bool]:
    """(whether it can be told, whether the firm stands within the links of another firm that leads)."""
    sales = {(str(x.source), str(x.target)) for x in records if type(x).__name__ == "Supplies" and x.source != x.target}  # type: ignore[attr-defined]
    leaders = {source for source, tag in tags_of(records) if tag == "tag:leader"}
    known, met = True, False
    for side in [one.chain_side] if one.chain_side else list(ChainSide):
        steps = sales if side is ChainSide.UPSTREAM else {(buyer, seller) for seller, buyer in sales}
        known &= any(start == own.id for start, _ in steps)
        first = {end for start, end in steps if start == own.id}
        second = {end for start, end in steps if start in first} if one.count != 1 else set()
        met |= bool((first | second) & leaders - {own.id})
    return met or known, met


def terms(records: Sequence[Record], own: Enterprise) -> int:
    """What the smallest ticket and the cap say."""
    (the,) = [one for one in records if one.id == FUND]
    asked = sum(
        one.amount.minor for one in records if type(one).__name__ == "FinancingNeed" and str(one.enterprise) == own.id
    )  # type: ignore[attr-defined]
    least = max(1, the.ticket_min.minor if the.ticket_min else 0)  # type: ignore[attr-defined]
    ours = {
        str(one.source): one.amount.minor
        for one in records
        if type(one).__name__ == "InvestedBy" and str(one.target) == FUND
    }  # type: ignore[attr-defined]
    held = sum(
        ours.get(str(one.id), 0)
        for one in records
        if type(one).__name__ == "InvestmentRound" and str(one.enterprise) == own.id
    )  # type: ignore[attr-defined]
    if asked and asked < least:
        return NO
    if the.per_company_cap is not None and the.per_company_cap.minor - held < least:  # type: ignore[attr-defined]
        return NO
    return YES


def rows(records: Sequence[Record], *loads: Sequence[Record]) -> list[tuple[str, InvestmentTarget]]:
    view = view_of(*records, loads=[("test", Mode.PARTIAL, load) for load in loads])
    found = investment_targets(view, fund=FUND, verdicts=tuple(Verdict))
    return [(view.id_of(row.enterprise), row) for row in found.page(500)]


@given(towns())
@FEW
def test_verdict_is_what_each_rule_says_by_itself(records: list[Record]) -> None:
    told = {one.id: verdict_of(records, one) for one in records if isinstance(one, Enterprise)}
    assert {name: row.verdict for name, row in rows(records)} == told


@given(towns(), st.randoms(use_true_random=False))
@FEW
def test_order_of_loads_does_not_show(records: list[Record], chance: random.Random) -> None:
    mixed = list(records)
    chance.shuffle(mixed)
    half = len(mixed) // 2

    def shown(found: list[tuple[str, InvestmentTarget]]) -> list[object]:
        return [
            (name, row.verdict, row.score, row.need, row.ticket, [(one.kind, one.value, len(one.records)) for one in row.reasons],
             [(one.kind, one.verdict, [fact.field for fact in one.missing]) for one in (*row.failing, *row.unknown)])
            for name, row in found
        ]  # fmt: skip

    assert shown(rows(records)) == shown(rows(mixed[:half], mixed[half:]))
