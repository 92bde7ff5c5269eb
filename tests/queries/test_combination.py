"""The best set of options: small cases by hand, and against every set there is."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.stack.combination import Cap, Combination, Gain, Option
from tests.examples import EXAMPLES, FEW_WORLDS


def places(*several: int) -> frozenset[int]:
    return frozenset(several)


def test_everything_is_taken_that_may_be_had_together() -> None:
    best = Combination([Option(3), Option(5), Option(0, 7)]).best()
    assert (best.taken, best.gain, best.exact) == ((0, 1, 2), Gain(8, 7), True)


def test_of_two_that_exclude_each_other_the_larger_is_taken() -> None:
    options = [Option(5, excludes=places(1)), Option(4), Option(3, excludes=places(0))]
    assert Combination(options).best().taken == (1, 2)


def test_what_is_needed_comes_with_it_even_where_it_brings_nothing() -> None:
    options = [Option(0), Option(9, requires=places(0)), Option(0)]
    assert Combination(options).best().taken == (0, 1)


def test_a_cap_on_money_cuts_what_its_members_bring_and_leaves_out_who_brings_nothing_more() -> None:
    whole = Combination([Option(6), Option(5), Option(4)], [Cap(places(0, 1, 2), 6)])
    best = whole.best()
    assert (best.taken, best.gain.money, whole.drawn(best.taken)) == ((0,), 6, {0: 6})
    assert Combination([Option(6), Option(5)], [Cap(places(0, 1), 8)]).best().gain == Gain(8, 0)


def test_a_cap_on_number_keeps_the_largest() -> None:
    assert Combination([Option(2), Option(5), Option(4)], [Cap(places(0, 1, 2), count=2)]).best().taken == (1, 2)


def test_cover_counts_after_money_and_up_to_what_is_needed() -> None:
    options = [Option(1, 0, excludes=places(1)), Option(0, 100), Option(0, 60), Option(0, 50)]
    best = Combination(options, most_cover=60).best()
    assert (best.taken, best.gain) == ((0, 2), Gain(1, 60))


def test_a_circle_of_needs_is_never_taken() -> None:
    assert Combination([Option(9, requires=places(1)), Option(9, requires=places(0)), Option(1)]).best().taken == (2,)


def test_more_options_than_can_be_searched_are_flagged_with_a_bound() -> None:
    # A ring in which every one bars the next two: 60 options that bear on each other.
    ring = [Option(100 + place % 7, excludes=places((place + 1) % 60, (place + 2) % 60)) for place in range(60)]
    best = Combination(ring).best()
    assert best.gain.money <= best.bound.money
    assert Combination(ring).is_allowed(best.taken)
    lone = Combination([Option(1) for _ in range(200)])
    assert (lone.best().exact, lone.best().gain.money) == (True, 200)


def test_caps_that_overlap_in_part_are_flagged() -> None:
    best = Combination([Option(6), Option(6), Option(6)], [Cap(places(0, 1), 6), Cap(places(1, 2), 6)]).best()
    assert (best.exact, best.gain.money <= best.bound.money) == (False, True)


def chosen(count: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.integers(0, count - 1), max_size=3)


@st.composite
def problems(draw: st.DrawFn, most: int = 9) -> Combination:
    count = draw(st.integers(1, most))
    options = []
    for place in range(count):
        # Mostly earlier ones are needed; a later one may make a circle.
        needs = draw(st.frozensets(st.integers(0, count - 1), max_size=1)) - {place}
        bars = draw(chosen(count)) - {place} if draw(st.booleans()) else frozenset()
        options.append(Option(draw(st.integers(0, 12)), draw(st.integers(0, 4)), needs, bars))
    half = draw(st.frozensets(st.integers(0, count - 1), min_size=1))
    inner = draw(st.frozensets(st.sampled_from(sorted(half)), min_size=1))
    caps = [
        Cap(members, draw(st.none() | st.integers(0, 20)), draw(st.none() | st.integers(1, 3)))
        for members in (half, inner, frozenset(range(count)) - half)
        if members
    ]
    return Combination(options, caps, draw(st.none() | st.integers(0, 8)))


def by_trying_every_set(whole: Combination) -> Gain:
    """The most of any set; in every set amounts are drawn one by one, and then the other way round."""
    found = Gain(0, 0)
    every = range(len(whole.options))
    for size in range(len(whole.options) + 1):
        for one in combinations(every, size):
            if whole.is_allowed(one) and not _goes_round(whole, one):
                found = max(found, whole.gain(one))
    return found


def _goes_round(whole: Combination, taken: tuple[int, ...]) -> bool:
    left = set(taken)
    while ready := {one for one in left if whole.options[one].requires.isdisjoint(left)}:
        left -= ready
    return bool(left)


@settings(max_examples=max(20, EXAMPLES // 4))
@given(problems(8))
def test_no_set_beats_the_best(whole: Combination) -> None:
    check(whole)


@settings(max_examples=FEW_WORLDS)
@given(problems(12))
def test_no_set_of_up_to_twelve_beats_the_best(whole: Combination) -> None:
    check(whole)


def check(whole: Combination) -> None:
    best = whole.best()
    assert best.exact
    assert whole.is_allowed(best.taken)
    assert whole.gain(best.taken) == best.gain == best.bound == by_trying_every_set(whole)


@settings(max_examples=max(20, EXAMPLES // 4))
@given(problems(), st.integers(0, 12), st.integers(0, 4), chosen(3), st.booleans())
def test_one_option_more_never_lowers_the_best(
    whole: Combination, money: int, cover: int, bars: frozenset[int], counted: bool
) -> None:
    count = len(whole.options)
    added = Option(money, cover, excludes=frozenset(one for one in bars if one < count))
    caps = [
        Cap(cap.members | {count} if counted and not place else cap.members, cap.money, cap.count)
        for place, cap in enumerate(whole.caps)
    ]
    more = Combination([*whole.options, added], caps, whole.most_cover)
    assert more.best().gain >= whole.best().gain


@settings(max_examples=max(20, EXAMPLES // 4))
@given(problems(7), st.permutations(range(7)))
def test_the_order_in_which_supports_come_changes_nothing(whole: Combination, order: list[int]) -> None:
    count = len(whole.options)
    to = {old: new for new, old in enumerate(one for one in order if one < count)}

    def moved(some: frozenset[int]) -> frozenset[int]:
        return frozenset(to[one] for one in some)

    options = [whole.options[old] for old in sorted(to, key=to.__getitem__)]
    other = Combination(
        [Option(one.money, one.cover, moved(one.requires), moved(one.excludes)) for one in options],
        [Cap(moved(cap.members), cap.money, cap.count) for cap in whole.caps],
        whole.most_cover,
    )
    assert other.best().gain == whole.best().gain
