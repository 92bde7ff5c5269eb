"""What paths to several firms bring together."""

import random
from dataclasses import replace
from decimal import Decimal
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.supply_side import LoanProduct
from graph.kinds.terms import Technique
from graph.money import Money
from graph.records import Ref
from graph.view import View
from queries.financing.joint import gathering
from queries.financing.joint.capacity import joint_capacity
from queries.financing.joint.programme import SolveMethod
from queries.financing.joint.shared_limits import JointPath
from queries.financing.need import NeedAsked
from queries.financing.terms import PathStatus
from queries.financing_paths import UNBLOCKED, drawn
from queries.fundable_amount import dearest_cost, fundable_amount
from tests.examples import ASKED, FEW_WORLDS, WORLDS
from tests.queries.finance import PROGRAMME, WAN, bank, chain_view, firm, product, programme, supplies, view_of
from tests.queries.path_oracle import World
from tests.queries.path_worlds import records_of, worlds

Questions = list[tuple[int, int | None]]
questions = st.lists(
    st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(1, 1500))), min_size=ASKED, max_size=ASKED
)
"""Which firms are asked about, and for how much."""


def forever() -> float:
    return 60.0


def paths_to(view: View, *firms: str) -> list[JointPath]:
    found = []
    for one in firms:
        drawing = drawn(view, one, new_money=True)
        found += [JointPath(drawing.appraisal, path) for path in drawing.paths]
    return found


def test_firms_share_the_anchors_headroom_and_the_links_between_them() -> None:
    view = chain_view(
        firm("t1"), firm("t2"), firm("t3"), programme(1000),
        supplies("t1", "anchor", 3650, 90), supplies("t2", "t1", 730, 60),
        supplies("t3", "anchor", 365, 30), supplies("t2", "t3", 3650, 90),
        product(Technique.DEEP_TIER, programme=Ref(PROGRAMME)),
        product(Technique.PAYABLES_FINANCE, "direct", programme=Ref(PROGRAMME)),
    )  # fmt: skip
    every = [f"enterprise:{name}" for name in ("t1", "t2", "t3")]
    found = joint_capacity(paths_to(view, *every), forever)
    assert (found.amount, found.lower, found.upper) == (930 * WAN,) * 3
    assert joint_capacity(paths_to(view, "enterprise:t2"), forever).amount == 150 * WAN
    assert joint_capacity([], forever).amount == 0


def test_without_all_paths_nothing_bounds_it_from_above() -> None:
    view = view_of(bank(), firm("seller"), product(Technique.COMPREHENSIVE_LINE, max_amount=Money(5)))
    found = joint_capacity(paths_to(view, "enterprise:seller"), forever, complete=False)
    assert (found.lower, found.upper, found.method) == (5, None, SolveMethod.BOUNDS)


@settings(max_examples=WORLDS)
@given(worlds(), questions)
def test_fundable_is_within_the_need_and_the_sum_of_capacities(world: World, asked_of: Questions) -> None:
    view = view_of(*records_of(world))
    for place, amount in asked_of:
        need, firm = None if amount is None else NeedAsked(Money(amount)), world.firms[place % len(world.firms)].id
        drawing = drawn(view, firm, need=need, new_money=True)
        capacities = [path.capacity.amount or 0 for path in drawing.paths]
        found = fundable_amount(view, firm, need=need, status=UNBLOCKED)
        assert found.upper is not None
        assert max(capacities, default=0) <= found.lower == found.amount <= found.upper <= sum(capacities)
        assert sum(item.amount for item in found.mix) == found.amount
        assert amount is None or found.upper <= amount
        for item in found.mix:
            assert item.path.capacity is not None
            assert 0 < item.amount <= item.path.capacity
        assert bool(found.stopped_by) == bool(capacities) or not any(capacities)


A_YEAR = 10**4
"""One 分 a year, in basis points on 分."""


@settings(max_examples=WORLDS // 4 + 1)
@given(worlds(), questions, st.lists(st.sampled_from([None, "0", "0.03", "0.03", "0.05"]), min_size=12, max_size=12))
def test_what_meets_a_need_at_first_is_what_all_paths_bring_together(
    world: World, asked_of: Questions, rates: list[str | None]
) -> None:
    records = records_of(world)
    priced = (None if rate is None else Decimal(rate) for rate in cycle(rates))
    records = [replace(one, annual_rate=next(priced)) if isinstance(one, LoanProduct) else one for one in records]
    view = view_of(*records)
    for place, amount in asked_of:
        need, firm = None if amount is None else NeedAsked(Money(amount)), world.firms[place % len(world.firms)].id
        every = fundable_amount(view, firm, need=need, status=UNBLOCKED, cost_of=dearest_cost)
        for few in (gathering.FEW, 0):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(gathering, "FEW", few)
                found = fundable_amount(view, firm, need=need, status=UNBLOCKED)
            assert found.upper is not None
            assert found.need == every.need
            assert found.lower <= every.upper
            assert every.lower <= found.upper
            if found.method is not SolveMethod.BOUNDS:
                assert found.lower >= every.lower
            if few:
                assert (found.lower, found.upper) == (every.lower, every.upper)
            if found.least_cost and every.least_cost:
                assert found.amount == every.amount
                assert (found.weighted_cost is None) == (every.weighted_cost is None)
                assert abs((found.weighted_cost or 0) - (every.weighted_cost or 0)) * found.amount < A_YEAR
            if found.method is every.method is SolveMethod.EXACT_FLOW:
                assert found.stopped_by == every.stopped_by


@settings(max_examples=WORLDS)
@given(worlds(), questions, st.randoms(use_true_random=False))
def test_load_order_changes_no_byte(world: World, asked_of: Questions, dice: random.Random) -> None:
    records = records_of(world)
    one, other = view_of(*records), view_of(*dice.sample(records, len(records)))
    for place, amount in asked_of:
        need, firm = None if amount is None else NeedAsked(Money(amount)), world.firms[place % len(world.firms)].id
        told = []
        for view in (one, other):
            found = fundable_amount(view, firm, need=need, status=UNBLOCKED)
            stops = [(limit.kind, view.id_of(limit.on), limit.headroom) for limit in found.stopped_by]
            mix = [(item.path.id, item.amount, item.cost) for item in found.mix]
            told.append((found.amount, found.lower, found.upper, found.method, found.weighted_cost, mix, stops))
        assert told[0] == told[1]


@settings(max_examples=FEW_WORLDS // 2 + 1)
@given(worlds(), st.integers(1, 1500))
def test_more_statuses_and_more_need_never_bring_less(world: World, amount: int) -> None:
    view = view_of(*records_of(world))
    few = fundable_amount(view, world.firms[0].id, need=NeedAsked(Money(amount)), status=[PathStatus.AVAILABLE])
    more = fundable_amount(view, world.firms[0].id, need=NeedAsked(Money(amount)), status=UNBLOCKED)
    larger = fundable_amount(view, world.firms[0].id, need=NeedAsked(Money(amount + 7)), status=UNBLOCKED)
    assert few.upper is not None
    assert more.upper is not None
    assert larger.upper is not None
    assert few.lower <= more.upper
    assert more.lower <= larger.upper
