"""Financing paths against brute force, and what must hold of them in any world."""

import random
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.contracts import Encumbrance, EncumbranceKind
from graph.kinds.supply_side import CreditLimit, LimitKind
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.completeness import Budget
from queries.financing.answers import FinancingPaths
from queries.financing.need import NeedAsked
from queries.financing.search import reach
from queries.financing.terms import PathStatus
from queries.financing_paths import financing_path, financing_paths
from tests.examples import ASKED, FEW_WORLDS, WORLDS
from tests.queries import path_worlds
from tests.queries.asset_worlds import asset_records, asset_worlds
from tests.queries.finance import view_of
from tests.queries.path_oracle import Expected, World, expected_paths
from tests.queries.path_worlds import worlds

any_worlds = st.one_of(worlds(), asset_worlds())
needs = st.one_of(st.none(), st.integers(1, 1500))


def records_of(world: World) -> list[Record]:
    return [*path_worlds.records_of(world), *asset_records(world)]


@lru_cache(maxsize=2)
def seen(world: World) -> View:
    """The view of a world; one example asks it several times."""
    return view_of(*records_of(world))


def asked(
    world: World, amount: int | None = None, first: int = 100, place: int = 0, **options: object
) -> FinancingPaths:
    view = seen(world)
    need = None if amount is None else NeedAsked(Money(amount))
    return financing_paths(view, world.firms[place].id, need=need, first=first, **options)  # type: ignore[arg-type]


def shown(world: World, found: FinancingPaths) -> list[Expected]:
    view = seen(world)
    return [
        Expected(path.capacity, path.status.name, tuple(map(view.id_of, path.nodes)), path.technique.name)
        for path in found.paths
    ]


@settings(max_examples=WORLDS)
@given(any_worlds, needs)
def test_paths_equal_brute_force_in_their_order(world: World, amount: int | None) -> None:
    for place in range(min(ASKED, len(world.firms))):
        found = asked(world, amount, place=place)
        assert shown(world, found) == expected_paths(world, world.firms[place].id, amount)[:100]


@settings(max_examples=FEW_WORLDS)
@given(any_worlds, needs, st.integers(1, 5))
def test_pages_are_the_whole_in_pieces(world: World, amount: int | None, size: int) -> None:
    whole = asked(world, amount)
    pages: list[str] = []
    after = None
    while True:
        page = asked(world, amount, first=size, after=after, count=False)
        pages += [path.id for path in page.paths]
        if not page.has_next:
            break
        after = page.paths[-1].id
    assert pages == [path.id for path in whole.paths]


@settings(max_examples=FEW_WORLDS)
@given(any_worlds, needs)
def test_path_evaluated_by_its_id_is_the_path_found(world: World, amount: int | None) -> None:
    view = view_of(*records_of(world))
    need = None if amount is None else NeedAsked(Money(amount))
    for path in financing_paths(view, world.firms[0].id, need=need, first=100).paths:
        assert financing_path(view, path.id, need=need) == path


@settings(max_examples=FEW_WORLDS)
@given(any_worlds, needs, st.randoms(use_true_random=False))
def test_load_order_changes_nothing(world: World, amount: int | None, dice: random.Random) -> None:
    records = records_of(world)
    need = None if amount is None else NeedAsked(Money(amount))
    one, other = view_of(*records), view_of(*dice.sample(records, len(records)))
    found = [financing_paths(view, world.firms[0].id, need=need) for view in (one, other)]
    ids, more = (
        [(path.id, path.capacity, path.status, path.evidence.strength) for path in each.paths] for each in found
    )
    assert ids == more
    assert found[0].completeness == found[1].completeness


@settings(max_examples=FEW_WORLDS)
@given(any_worlds, st.integers(0, 1000), st.sampled_from(list(LimitKind)[:2]))
def test_further_limit_never_raises_a_capacity(world: World, amount: int, kind: LimitKind) -> None:
    extra = CreditLimit(
        id="creditLimit:new", lender=Ref("institution:a"), on=Ref(world.firms[-1].id), kind=kind,
        product=Ref("loanProduct:0"), limit=Money(amount), used=Money(0),
    )  # fmt: skip
    before, after = view_of(*records_of(world)), view_of(*records_of(world), extra)
    known = {path.id for path in financing_paths(after, world.firms[0].id, first=100).paths}
    for path in financing_paths(before, world.firms[0].id, first=100).paths:
        again = financing_path(after, path.id)
        assert again is not None
        assert again.status is PathStatus.BLOCKED or path.id in known
        if again.capacity is not None:
            assert path.capacity is None or again.capacity <= path.capacity


@settings(max_examples=FEW_WORLDS)
@given(any_worlds, st.integers(0, 500), st.sampled_from([EncumbranceKind.ASSIGNMENT, EncumbranceKind.PLEDGE]))
def test_further_encumbrance_never_raises_a_capacity(world: World, amount: int, kind: EncumbranceKind) -> None:
    assets = [*world.assets, *world.receivables]
    if not assets:
        return
    extra = Encumbrance(
        id="encumbrance:new", kind=kind, asset=Ref(assets[0].id), creditor=Ref("institution:elsewhere"),
        secures=Ref("facility:1"), amount=Money(amount), registry_no="r",
    )  # fmt: skip
    before, after = view_of(*records_of(world)), view_of(*records_of(world), extra)
    for path in financing_paths(before, world.firms[0].id, first=100).paths:
        again = financing_path(after, path.id)
        assert again is not None
        assert (again.capacity or 0) <= (path.capacity or 0)


@settings(max_examples=FEW_WORLDS)
@given(any_worlds, st.integers(1, 60))
def test_cut_answer_is_the_head_of_the_whole_or_says_that_it_is_cut(world: World, expansions: int) -> None:
    whole = [path.id for path in asked(world).paths]
    cut = asked(world, budget=Budget(expansions=expansions))
    again = asked(world, budget=Budget(expansions=expansions))
    assert [path.id for path in cut.paths] == [path.id for path in again.paths]
    assert cut.completeness.explored_count <= expansions
    if cut.completeness.complete:
        assert [path.id for path in cut.paths] == whole
    assert {path.id for path in cut.paths} <= set(whole)


@settings(max_examples=FEW_WORLDS)
@given(any_worlds, needs)
def test_capacity_is_the_least_that_its_constraints_admit(world: World, amount: int | None) -> None:
    for path in asked(world, amount).paths:
        admitted = [one.admits for one in path.constraints]
        if path.capacity is None:
            first = next(one for one in path.constraints if one.admits is None)
            assert path.binding_constraint == first
        else:
            assert path.capacity == min(one for one in admitted if one is not None)
            assert path.binding_constraint.admits == path.capacity


@settings(max_examples=FEW_WORLDS)
@given(any_worlds, needs)
def test_leaving_out_firms_that_could_not_arrive_in_time_changes_nothing(world: World, amount: int | None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reach, "MANY", 0)
        found = shown(world, asked(world, amount))
    assert found == shown(world, asked(world, amount))
