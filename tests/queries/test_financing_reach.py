"""Whom an anchor, a programme, a bank or a pool can finance, each firm once with its best path. Amounts in 万元."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.demand_side import FinancingNeed
from graph.kinds.parties import Tagged
from graph.kinds.places import Region, Tag
from graph.kinds.terms import Instrument, Technique
from graph.records import Record, Ref
from graph.view import View
from queries.completeness import Budget, IncompleteReason
from queries.financing.candidates import Candidate
from queries.financing.control import legal_entity
from queries.financing.joint.programme import SolveMethod
from queries.financing.reaching.tiers import tier_of
from queries.financing.techniques.table import TECHNIQUES
from queries.financing_paths import drawn
from queries.financing_reach import FinancingReach, ReachFilter, ReachOrder, financing_reach
from tests.examples import WORLDS
from tests.queries.asset_worlds import asset_records, asset_worlds
from tests.queries.credit_worlds import credit_worlds
from tests.queries.finance import (
    ANCHOR,
    BANK,
    PROGRAMME,
    WAN,
    chain_view,
    firm,
    in_wan,
    product,
    programme,
    spine,
    supplies,
    view_of,
    wan,
)
from tests.queries.oracle_world import World
from tests.queries.path_worlds import records_of, worlds
from tests.queries.reach_worlds import reach_worlds

DEEP, PAYABLES = Technique.DEEP_TIER, Technique.PAYABLES_FINANCE
UNDER: dict[str, Any] = {"programme": Ref(PROGRAMME)}
CHAIN = (
    firm("t1"), firm("t2"), firm("t3"),
    supplies("t1", "anchor", 3650, 90), supplies("t2", "t1", 730, 60),
    supplies("t3", "anchor", 365, 30), supplies("t2", "t3", 3650, 90),
    programme(1000), product(DEEP, "deep", **UNDER), product(PAYABLES, "payables", **UNDER),
)  # fmt: skip


def reach(view: View, origin: str = ANCHOR, **options: Any) -> FinancingReach:
    return financing_reach(view, origin, **options)


def told(found: FinancingReach) -> dict[str, tuple[float | None, int]]:
    """Capacity and tier by firm."""
    rows = found.page(500)
    return {found.view.id_of(row.enterprise).partition(":")[2]: (in_wan([row.capacity])[0], row.tier) for row in rows}


def test_best_of_each_firm_is_the_widest_chain_over_the_fewest_tiers() -> None:
    found = reach(chain_view(*CHAIN), order=ReachOrder.CAPACITY)
    assert told(found) == {"t1": (900, 1), "t2": (120, 2), "t3": (30, 1)}
    t2 = found.best(found.view.find("enterprise:t2"))
    assert t2 is not None
    assert spine(found.view, t2)[3:] == ["anchor", "t1", "t2"]
    assert [(one.tier, one.count) for one in found.by_tier] == [(1, 2), (2, 1)]
    assert found.completeness.complete


def test_fundable_and_joint_capacity_share_the_limits() -> None:
    found = reach(chain_view(*CHAIN))
    t2 = found.fundable(found.view.find("enterprise:t2"), 5)
    assert (in_wan([t2.amount, t2.upper]), t2.method) == ([150, 150], SolveMethod.EXACT_FLOW)
    joint = found.joint_capacity(5)
    assert in_wan([joint.lower, joint.upper]) == [930, 930]
    assert sum(row.capacity or 0 for row in found.page()) == 1050 * WAN


def test_no_chain_comes_back_to_the_firm_that_it_reaches() -> None:
    # Without a product for payables, t1 could only be reached over itself: t1 → t2 → t1 → anchor is no chain.
    chain = (
        firm("t1"),
        firm("t2"),
        supplies("t1", "anchor", 3650, 90),
        supplies("t2", "t1", 3650, 60),
        supplies("t1", "t2", 3650, 60),
    )
    view = chain_view(*chain, programme(1000), product(DEEP, "deep", **UNDER))
    assert told(reach(view)) == {"t2": (600, 2)}


def test_chain_with_a_width_that_nobody_states_comes_after_every_stated_one() -> None:
    view = chain_view(*CHAIN, firm("t4"), supplies("t4", "t1", None, 60))
    found = reach(view, order=ReachOrder.CAPACITY)
    assert list(told(found).items())[-1] == ("t4", (None, 2))
    assert told(reach(view, filter=ReachFilter(min_capacity=1))).keys() == {"t1", "t2", "t3"}


def test_need_that_is_left_orders_the_firms() -> None:
    needs = [
        FinancingNeed(id=f"financingNeed:{name}", enterprise=Ref(f"enterprise:{name}"), amount=wan(amount), instrument=Instrument.DEBT)
        for name, amount in (("t1", 1000), ("t2", 500))
    ]  # fmt: skip
    found = reach(chain_view(*CHAIN, *needs))
    rows = [(in_wan([row.capacity, row.need, row.uncovered_need])) for row in found.page()]
    assert rows == [[120, 500, 380], [900, 1000, 100], [30, None, None]]
    few = reach(found.view, filter=ReachFilter(min_uncovered_need=200 * WAN))
    assert told(few).keys() == {"t2"}
    assert [(one.tier, one.count) for one in few.by_tier] == [(2, 1)]


def test_programme_and_bank_lead_to_the_same_firms() -> None:
    view = chain_view(*CHAIN)
    assert told(reach(view, PROGRAMME)) == told(reach(view, BANK)) == told(reach(view))
    assert told(reach(view, "enterprise:t1")) == {}


def test_tiers_and_techniques_narrow_the_paths() -> None:
    view = chain_view(*CHAIN)
    assert told(reach(view, max_tier=1)).keys() == {"t1", "t3"}
    assert told(reach(view, filter=ReachFilter(tiers=(2,)))).keys() == {"t2"}
    assert told(reach(view, filter=ReachFilter(techniques=(DEEP,)))) == {"t2": (120, 2)}


def test_places_and_tags_narrow_the_firms_with_all_below_them() -> None:
    places = (
        Region(code="980100", name="a"),
        Region(code="980102", name="b", parent=Ref("region:980100")),
        Tag(id="tag:t", name="t"),
    )
    firms = (firm("t1", region=Ref("region:980102")), firm("t2", region=Ref("region:980100")), firm("t3"))
    tagged = Tagged(source=Ref("enterprise:t3"), target=Ref("tag:t"))
    view = chain_view(*firms, *CHAIN[3:], *places, tagged)
    found = reach(view, filter=ReachFilter(regions=("region:980100",)))
    assert told(found).keys() == {"t1", "t2"}
    assert [(view.id_of(one.record), one.count) for one in found.by_region] == [
        ("region:980100", 1),
        ("region:980102", 1),
    ]
    assert told(reach(view, filter=ReachFilter(tags=("tag:t",)))).keys() == {"t3"}


def test_pages_are_the_whole_in_pieces() -> None:
    found = reach(chain_view(*CHAIN))
    rows, after = [], None
    while page := found.page(1, after):
        rows += page
        after = found.view.id_of(page[-1].enterprise)
    assert rows == found.page()


def test_budget_that_runs_out_leaves_a_part_and_says_so() -> None:
    found = reach(chain_view(*CHAIN), budget=Budget(expansions=4))
    assert (found.completeness.complete, found.completeness.reason) == (False, IncompleteReason.BUDGET)
    assert told(found).items() <= told(reach(found.view)).items()


def leads_from(view: View, candidate: Candidate, origin: int) -> bool:
    """Whether a path comes from a record: its source or whose branch that is, its programme or the anchor of it, who owes under the
    limit that it draws on, a fund on its way, or who covers it."""
    nodes = candidate.nodes[:-1]
    programmes = [node for node in nodes if view.has_kind(node, "AnchorProgramme")]
    limits = [node for node in nodes if view.has_kind(node, "CreditLimit")]
    funds = [node for node in nodes if view.has_kind(node, "Fund")]
    places = {
        candidate.source, legal_entity(view, candidate.source), *programmes, *(view.ref(one, "anchor") for one in programmes),
        *funds, *(view.ref(one, "on") for one in limits), *(support.provider for support in candidate.supports),
    }  # fmt: skip
    return origin in places


Key = tuple[bool, int, int, int, tuple[str, ...]]


def brute_force(view: View) -> dict[int, dict[int, Key]]:
    """By origin, the best path of each firm among all that a search of each finds."""
    best: dict[int, dict[int, Key]] = {origin: {} for origin in origins(view)}
    for handle in view.handles("Enterprise").tolist():
        drawing = drawn(view, view.id_of(handle))
        for found in drawing.paths:
            candidate = found.candidate
            amount = found.capacity.amount
            nodes = tuple(map(view.id_of, candidate.nodes))
            technique = list(TECHNIQUES).index(candidate.row.technique)
            key = (amount is None, -(amount or 0), tier_of(view, candidate), technique, nodes)
            for origin, known in best.items():
                if handle != origin and leads_from(view, candidate, origin):
                    known[handle] = min(known.get(handle, key), key)
        assert drawing.meter.reason is None
    return best


def columns(found: FinancingReach) -> dict[int, Key]:
    view, best = found.view, {}
    for row in found.page(500):
        path = found.best(row.enterprise)
        assert path is not None
        assert (path.capacity, path.technique) == (row.capacity, row.technique)
        nodes = tuple(map(view.id_of, path.nodes))
        technique = list(TECHNIQUES).index(row.technique)
        best[row.enterprise] = (row.capacity is None, -(row.capacity or 0), row.tier, technique, nodes)
    return best


def origins(view: View) -> list[int]:
    kinds = ("Enterprise", "AnchorProgramme", "Institution", "Pool", "Fund")
    return [handle for kind in kinds for handle in view.handles(kind).tolist()]


@settings(max_examples=WORLDS)
@given(worlds())
def test_best_of_each_firm_equals_brute_force(world: World) -> None:
    view = view_of(*records_of(world))
    for origin, expected in brute_force(view).items():
        found = reach(view, view.id_of(origin))
        assert found.completeness.complete
        assert columns(found) == expected


@settings(max_examples=WORLDS)
@given(
    st.one_of(reach_worlds(), credit_worlds(), asset_worlds().map(lambda one: [*records_of(one), *asset_records(one)]))
)
def test_best_of_firms_that_differ_equals_brute_force(records: list[Record]) -> None:
    view = view_of(*records)
    for origin, expected in brute_force(view).items():
        found = reach(view, view.id_of(origin))
        assert found.completeness.complete
        assert columns(found) == expected, view.id_of(origin)
