"""Who holds a body's duties today: chains, splits, returns, loops, days that nobody states; against every walk, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.kinds.identity import SucceededBy
from graph.log import Mode
from graph.view import View
from queries.succession import Doubt, Succession, predecessors, succession
from tests.examples import FEW_WORLDS
from tests.graph.build import view_of
from tests.queries.policy.reforms import key, pair, passes, unit

NAMES = "abcdef"


def asked(view: View, name: str) -> Succession:
    return succession(view, view.require(f"governmentUnit:{name}"))


def holders(view: View, name: str) -> dict[str, int | None]:
    """Each holder and since which year."""
    return {key(view, one.unit): one.since.year if one.since else None for one in asked(view, name).holders}


def doubts(view: View, name: str) -> list[tuple[Doubt, list[str]]]:
    return [(one.kind, [pair(view, link) for link in one.links]) for one in asked(view, name).doubts]


def reformed(*links: SucceededBy, on: int = 2025) -> View:
    return view_of(*map(unit, NAMES), *links, as_of=date(on, 6, 1))


def test_a_body_that_passed_nothing_on_holds_its_duties() -> None:
    view = reformed(passes("b", "c", 2018))
    assert holders(view, "a") == {"a": None}
    assert asked(view, "a").is_certain


def test_duties_go_along_a_chain_and_each_link_is_named() -> None:
    view = reformed(passes("a", "b", 2018), passes("b", "c", 2023))
    assert holders(view, "a") == {"c": 2023}
    assert [pair(view, link) for link in asked(view, "a").holders[0].through] == ["a>b", "b>c"]
    assert [pair(view, link) for link in asked(view, "a").applied] == ["a>b", "b>c"]


@pytest.mark.parametrize(("year", "holder"), [(2017, "a"), (2018, "b"), (2022, "b"), (2023, "c")])
def test_the_day_decides_and_later_successions_are_announced(year: int, holder: str) -> None:
    links = (passes("a", "b", 2018), passes("b", "c", 2023))
    view = view_of(*map(unit, NAMES), *links, as_of=date(year, 1, 1))
    found = asked(view, "a")
    assert [key(view, one) for one in found.units] == [holder]
    assert len(found.announced) == {"a": 1, "b": 1, "c": 0}[holder]
    assert found.is_certain


def test_several_successors_of_one_day_hold_parts() -> None:
    view = reformed(passes("a", "c", 2018), passes("a", "b", 2018))
    assert holders(view, "a") == {"b": 2018, "c": 2018}
    assert asked(view, "a").is_split
    assert not asked(view, "b").is_split


def test_a_body_keeps_a_part_until_the_last_day_on_which_it_passes_some_on() -> None:
    links = (passes("a", "b", 2018), passes("a", "c", 2021))
    assert holders(reformed(*links, on=2019), "a") == {"a": None, "b": 2018}
    assert holders(reformed(*links, on=2021), "a") == {"b": 2018, "c": 2021}


def test_a_succession_without_a_day_is_named_and_not_applied() -> None:
    view = reformed(passes("a", "b", None))
    assert holders(view, "a") == {"a": None}
    assert doubts(view, "a") == [(Doubt.UNDATED, ["a>b"])]
    assert not asked(view, "a").is_certain
    assert asked(view, "a").applied == asked(view, "a").announced == ()


def test_one_without_a_day_further_along_is_named_too() -> None:
    view = reformed(passes("a", "b", 2018), passes("b", "c", None))
    assert holders(view, "a") == {"b": 2018}
    assert doubts(view, "a") == [(Doubt.UNDATED, ["b>c"])]


def test_duties_that_come_back_later_are_no_loop() -> None:
    view = reformed(passes("a", "b", 2018), passes("b", "a", 2023))
    assert holders(view, "a") == {"a": 2023}
    assert asked(view, "a").is_certain
    assert holders(reformed(passes("a", "b", 2018), passes("b", "a", 2023), on=2020), "a") == {"b": 2018}


def test_a_loop_of_one_day_is_named_and_leaves_nobody() -> None:
    view = reformed(passes("a", "b", 2018), passes("b", "c", 2018), passes("c", "a", 2018))
    assert holders(view, "a") == {}
    assert doubts(view, "a") == [(Doubt.CYCLE, ["a>b", "b>c", "c>a"])]


def test_a_way_out_of_a_loop_is_followed() -> None:
    view = reformed(passes("a", "b", 2018), passes("b", "a", 2018), passes("b", "c", 2020))
    assert holders(view, "a") == {"c": 2020}
    assert doubts(view, "a") == [(Doubt.CYCLE, ["a>b", "b>a"])]


def test_what_a_body_receives_after_it_passed_its_own_duties_on_stays_with_it() -> None:
    view = reformed(passes("a", "b", 2020), passes("b", "c", 2018))
    assert holders(view, "a") == {"b": 2020}
    assert holders(view, "b") == {"c": 2018}
    assert doubts(view, "a") == [(Doubt.EARLIER, ["b>c"])]


def test_a_holder_by_two_ways_is_named_once_by_the_shorter_one() -> None:
    view = reformed(passes("a", "b", 2018), passes("a", "c", 2018), passes("b", "d", 2020), passes("c", "d", 2019))
    assert holders(view, "a") == {"d": 2019}
    assert len(asked(view, "a").holders) == 1


def test_a_succession_holds_only_from_its_own_first_day() -> None:
    link = passes("a", "b", 2018, valid_from=date(2018, 1, 1))
    early, late = (view_of(unit("a"), unit("b"), link, as_of=date(year, 6, 1)) for year in (2017, 2018))
    assert asked(early, "a").announced == ()
    assert holders(late, "a") == {"b": 2018}


def test_each_succession_has_its_own_source() -> None:
    view = view_of(
        *map(unit, NAMES),
        loads=[
            ("reform-one", Mode.PARTIAL, [passes("a", "b", 2018)]),
            ("reform-two", Mode.PARTIAL, [passes("b", "c", 2023)]),
        ],
    )
    links = asked(view, "a").applied
    assert [[one.source for one in view.statements(link)] for link in links] == [["reform-one"], ["reform-two"]]


def test_predecessors_are_those_whose_duties_it_holds_today() -> None:
    view = reformed(passes("a", "b", 2018), passes("b", "c", 2023), passes("d", "c", None), passes("e", "b", 2024))
    found = predecessors(view, view.require("governmentUnit:c"))
    assert [key(view, one.unit) for one in found] == ["a", "b"]
    # What b received in 2024 it did not pass on in 2023.
    assert [key(view, one.unit) for one in predecessors(view, view.require("governmentUnit:b"))] == ["e"]


YEARS = st.sampled_from([None, 2010, 2011, 2012, 2013, 2014])
PAIRS = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda two: two[0] != two[1])
REFORMS = st.dictionaries(PAIRS, YEARS, max_size=10)
Reform = tuple[tuple[str, str], int]


def brute(reforms: Sequence[Reform], start: str, today: int) -> tuple[dict[str, int], bool]:
    """Who holds what `start` had, since when (0: always), and whether some walk meets a body twice on one day: every walk by itself."""
    found: dict[str, int] = {}
    loops = False
    walks: list[list[tuple[str, int]]] = [[(start, 0)]]
    while walks:
        walk = walks.pop()
        name, since = walk[-1]
        if walk.count((name, since)) > 1:
            loops = True
            continue
        own = [(target, year) for (source, target), year in reforms if source == name and year >= since]
        if not own or max(year for _, year in own) > today:
            found[name] = min(since, found.get(name, since))
        walks += [[*walk, (target, year)] for target, year in own if year <= today]
    return found, loops


@given(REFORMS)
@settings(max_examples=FEW_WORLDS, suppress_health_check=[HealthCheck.too_slow])
def test_it_equals_all_walks_one_by_one(reforms: dict[tuple[str, str], int | None]) -> None:
    first = reformed(*(passes(*ends, year) for ends, year in reforms.items()))
    for today in (2009, 2011, 2012, 2015):
        assert_equal(first.on(date(today, 6, 1)), reforms, today)


def assert_equal(view: View, reforms: Mapping[tuple[str, str], int | None], today: int) -> None:
    dated = [(ends, year) for ends, year in reforms.items() if year is not None]
    held: dict[str, set[str]] = {name: set() for name in NAMES}
    for name in NAMES:
        found = asked(view, name)
        expected, loops = brute(dated, name, today)
        assert {key(view, one.unit): one.since.year if one.since else 0 for one in found.holders} == expected
        assert any(one.kind is Doubt.CYCLE for one in found.doubts) == loops
        for one in expected:
            held[one].add(name)
        undated = {pair(view, one.links[0]) for one in found.doubts if one.kind is Doubt.UNDATED}
        assert undated <= {f"{source}>{target}" for (source, target), year in reforms.items() if year is None}
    for name in NAMES:
        before = predecessors(view, view.require(f"governmentUnit:{name}"))
        assert {key(view, one.unit) for one in before} == held[name] - {name}


@given(REFORMS, PAIRS)
@settings(max_examples=max(5, FEW_WORLDS // 2), suppress_health_check=[HealthCheck.too_slow])
def test_a_succession_without_a_day_changes_no_holder(
    reforms: dict[tuple[str, str], int | None], more: tuple[str, str]
) -> None:
    plain = reformed(*(passes(*ends, year) for ends, year in reforms.items() if ends != more))
    doubtful = reformed(*(passes(*ends, year) for ends, year in reforms.items() if ends != more), passes(*more, None))
    for name in NAMES:
        assert holders(plain, name) == holders(doubtful, name)
