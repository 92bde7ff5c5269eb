"""The largest amount, its least cost and what stops it, against enumeration over whole allocations."""

import itertools
import random
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.financing.joint.bounds import flow_bound, looser
from queries.financing.joint.integer import whole
from queries.financing.joint.linear import bound_of, linear
from queries.financing.joint.network import network_of
from queries.financing.joint.programme import Programme, Row, SolveMethod
from queries.financing.joint.shadow import shadow_of
from queries.financing.joint.simplex import relaxation
from queries.financing.joint.solving import solve
from tests.examples import EXAMPLES

ONE = Fraction(1)
DRAWS = (ONE, ONE, Fraction(5, 4), Fraction(1, 2), Fraction(20, 19), Fraction(7, 3))


def forever() -> float:
    return 60.0


def rows(*given: tuple[int, dict[int, Fraction | int]]) -> tuple[Row, ...]:
    return tuple(Row(headroom, {path: Fraction(draw) for path, draw in draws.items()}) for headroom, draws in given)


@st.composite
def programmes(draw: st.DrawFn, *, pure: bool = False, least: bool = False) -> Programme:
    size = draw(st.integers(1, 4))
    draws = st.just(ONE) if pure else st.sampled_from(DRAWS)
    found = [Row(draw(st.integers(0, 6)), {path: ONE}, draw(st.integers(-2, 3))) for path in range(size)]
    for _ in range(draw(st.integers(0, 4))):
        on = draw(st.sets(st.integers(0, size - 1), min_size=1))
        found.append(
            Row(draw(st.integers(0, 12)), {path: draw(draws) for path in sorted(on)}, draw(st.integers(-2, 3)))
        )
    costs = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size))
    minima = draw(st.lists(st.sampled_from([0, 0, 1, 2, 4]), min_size=size, max_size=size)) if least else []
    return Programme(tuple(found), tuple(costs), tuple(minima))


def best(programme: Programme) -> tuple[int, int]:
    """(the largest amount, its least cost) of all whole allocations that hold."""
    every = itertools.product(*(range(cap + 1) for cap in programme.caps))
    return max((sum(one), -programme.total_cost(one)) for one in every if programme.holds(one))


@settings(max_examples=EXAMPLES)
@given(programmes(pure=True))
def test_limits_drawn_one_for_one_equal_enumeration(programme: Programme) -> None:
    found = solve(programme, forever)
    amount, cost = best(programme)
    assert programme.holds(found.amounts)
    assert (found.lower, found.upper, sum(found.amounts)) == (amount,) * 3
    assert programme.total_cost(found.amounts) == -cost
    assert found.method is not SolveMethod.BOUNDS


@settings(max_examples=EXAMPLES)
@given(programmes(pure=True))
def test_a_flow_is_stopped_by_limits_that_hold_just_so_much(programme: Programme) -> None:
    found = solve(programme, forever)
    if found.method is SolveMethod.EXACT_FLOW:
        assert sum(programme.rows[place].headroom for place in found.stops) == found.lower


@settings(max_examples=EXAMPLES)
@given(st.one_of(programmes(), programmes(least=True)))
def test_draws_that_differ_and_least_amounts_equal_enumeration(programme: Programme) -> None:
    found = solve(programme, forever)
    amount, cost = best(programme)
    assert programme.holds(found.amounts)
    assert found.lower == sum(found.amounts) <= amount <= found.upper
    if found.method is not SolveMethod.BOUNDS:
        assert found.lower == found.upper
        assert not found.least_cost or programme.total_cost(found.amounts) == -cost


@settings(max_examples=EXAMPLES)
@given(programmes(least=True))
def test_limits_that_stop_an_integer_programme_raise_it_when_relaxed(programme: Programme) -> None:
    found = solve(programme, forever)
    if found.method is SolveMethod.EXACT_ENUM and found.stops:
        assert best(programme.relaxed(frozenset(found.stops)))[0] > found.lower


@settings(max_examples=EXAMPLES)
@given(programmes(least=True))
def test_bounds_are_true_without_any_search(programme: Programme) -> None:
    amount, _ = best(programme)
    assert flow_bound(programme)[0] >= amount
    found = whole(programme, lambda: 0.0)
    assert programme.holds(found.amounts)
    assert sum(found.amounts) <= amount <= found.upper


@settings(max_examples=EXAMPLES // 2)
@given(st.one_of(programmes(), programmes(least=True)))
def test_prices_of_the_relaxation_in_floats_bound_any_whole_allocation(programme: Programme) -> None:
    found = linear(programme)
    assert found is not None
    for path, cap in enumerate(programme.caps):
        drawn = sum(price * row.draws.get(path, 0) for price, row in zip(found.prices, programme.rows, strict=True))
        assert drawn >= 1 or not cap
    assert min(found.prices) >= 0
    assert best(programme)[0] <= bound_of(programme, found.prices) <= int(relaxed_value(programme)) + 1


def relaxed_value(programme: Programme) -> Fraction:
    found = relaxation(programme)
    assert found is not None
    return found.value


@settings(max_examples=EXAMPLES)
@given(programmes())
def test_relaxation_is_no_less_than_any_whole_allocation_and_its_duals_prove_it(programme: Programme) -> None:
    found = relaxation(programme)
    assert found is not None
    assert found.value >= best(programme)[0]
    assert all(row.used(found.amounts) <= row.headroom for row in programme.rows)  # type: ignore[arg-type]
    proven = sum((dual * row.headroom for dual, row in zip(found.duals, programme.rows, strict=True)), Fraction(0))
    for path, cap in enumerate(programme.caps):
        drawn = sum(dual * row.draws.get(path, 0) for dual, row in zip(found.duals, programme.rows, strict=True))
        proven += cap * max(Fraction(0), 1 - drawn)
    assert proven == found.value


@settings(max_examples=EXAMPLES)
@given(st.one_of(programmes(pure=True), programmes(), programmes(least=True)), st.integers(1, 6), st.data())
def test_shadow_prices_prove_which_further_paths_are_of_no_use(
    programme: Programme, need: int, data: st.DataObject
) -> None:
    size = programme.size
    every = Programme(
        (*programme.rows, Row(need, dict.fromkeys(range(size), ONE), -3)), programme.cost, programme.least
    )
    some = data.draw(st.integers(1, size))
    kept = [
        (place, {path: draw for path, draw in row.draws.items() if path < some}) for place, row in enumerate(every.rows)
    ]
    kept = [(place, draws) for place, draws in kept if draws]
    few = Programme(
        tuple(Row(every.rows[place].headroom, draws, every.rows[place].rank) for place, draws in kept),
        every.cost[:some],
        every.least[:some],
    )
    found = solve(few, forever)
    shadow = shadow_of(few, found.amounts) if found.lower == need else None
    if shadow is None:
        return
    prices = {place: price for (place, _), price in zip(kept, shadow.rows, strict=True)}
    assert all(price >= 0 for price in prices.values())
    charged = [
        every.cost[path] + sum(price * every.rows[place].draws.get(path, 0) for place, price in prices.items())
        for path in range(size)
    ]
    if all(cost >= shadow.unit + shadow.above for cost in charged[some:]):
        assert best(every) == (need, -few.total_cost(found.amounts))


@settings(max_examples=EXAMPLES)
@given(programmes(), st.integers(0, 5))
def test_a_further_limit_never_raises_and_room_never_lowers(programme: Programme, headroom: int) -> None:
    tighter = Programme((*programme.rows, Row(headroom, {0: ONE})), programme.cost, programme.least)
    assert flow_bound(tighter)[0] <= flow_bound(programme)[0]
    assert network_of(looser(programme)) is not None


def test_transport_between_lenders_and_claims_is_a_flow() -> None:
    programme = Programme(
        rows(
            (5, {0: 1, 1: 1}), (4, {2: 1, 3: 1}), (6, {0: 1, 2: 1}), (3, {1: 1, 3: 1}), (8, dict.fromkeys(range(4), 1))
        ),
        (1, 2, 3, 4),
    )
    found = solve(programme, forever)
    assert (found.lower, found.method) == (8, SolveMethod.EXACT_FLOW)
    assert found.stops == (4,)


def test_limits_that_cross_in_a_ring_of_three_are_no_flow() -> None:
    programme = Programme(rows((1, {0: 1, 1: 1}), (1, {1: 1, 2: 1}), (1, {0: 1, 2: 1})), (0, 0, 0))
    found = solve(programme, forever)
    # Three halves without whole amounts.
    assert (found.lower, found.upper, found.method) == (1, 1, SolveMethod.EXACT_ENUM)


def test_equal_limits_stop_the_money_nearest_the_source() -> None:
    near, far = Row(7, {0: ONE, 1: ONE}, 5), Row(7, {0: ONE, 1: ONE}, -5)
    own = tuple(Row(4, {path: ONE}) for path in (0, 1))
    assert solve(Programme((far, near, *own), (0, 0)), forever).stops == (1,)
    assert solve(Programme((near, *own[:1], Row(3, {1: ONE}, 2)), (0, 0)), forever).stops == (0,)


def test_earlier_paths_are_taken_among_equal_costs() -> None:
    programme = Programme(rows((5, {0: 1}), (5, {1: 1}), (5, {2: 1}), (7, {0: 1, 1: 1, 2: 1})), (3, 3, 3))
    assert solve(programme, forever).amounts == (5, 2, 0)


def test_amounts_of_ten_trillion_under_draws_that_differ() -> None:
    programme = Programme(
        rows((10**13 + 1, {0: Fraction(25, 19), 1: 1}), (4 * 10**12, {1: 1}), (9 * 10**12, {0: 1})), (1, 2)
    )
    found = solve(programme, forever)
    assert (found.lower, found.upper) == (4 * 10**12 + (6 * 10**12 + 1) * 19 // 25,) * 2
    assert found.method is SolveMethod.EXACT_ENUM


def test_amounts_beyond_sixty_four_bits_are_still_bounded_truly() -> None:
    programme = Programme(rows((10**19, {0: 1}), (10**19 + 5, {1: 1}), (10**19 + 7, {0: 1, 1: 1})), (1, 2))
    found = solve(programme, forever)
    assert programme.holds(found.amounts)
    assert found.lower <= 10**19 + 7 <= found.upper


def test_the_same_programme_is_answered_the_same_way() -> None:
    dice = random.Random(7)
    paths = range(12)
    given = [Row(dice.randint(1, 10**9), {path: ONE}) for path in paths]
    for _ in range(5):
        given.append(Row(dice.randint(1, 3 * 10**9), {path: dice.choice(DRAWS) for path in dice.sample(paths, 7)}))
    programme = Programme(tuple(given), tuple(dice.randint(0, 300) for _ in paths))
    assert solve(programme, forever) == solve(programme, forever)
