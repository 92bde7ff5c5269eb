"""Financing paths against brute force, and what must hold of them in any world."""

import base64
import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.contracts import EncumbranceKind
from graph.kinds.supply_side import LimitKind
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from graph.what_if import Add
from queries.completeness import Budget
from queries.financing.answers import FinancingPaths
from queries.financing.need import NeedAsked
from queries.financing.search import reach
from queries.financing_paths import financing_path, financing_paths
from tests.examples import ASKED, FEW_WORLDS, WORLDS
from tests.graph.build import TODAY, knowledge_of, load
from tests.graph.memory_log import MemoryLog
from tests.queries import path_worlds
from tests.queries.asset_worlds import asset_records, asset_worlds
from tests.queries.finance import ontology, view_of
from tests.queries.path_oracle import Expected, World, expected_paths
from tests.queries.path_worlds import worlds
from tests.queries.told import told

Questions = list[tuple[int, int | None]]
WHOLE = 4
"""Paths of an answer that are compared in all that they say: telling one takes as long as finding several."""

any_worlds = st.one_of(worlds(), asset_worlds())
owning_worlds = any_worlds.filter(lambda world: bool(world.assets or world.receivables))
needs = st.one_of(st.none(), st.integers(1, 1500))
questions = st.lists(st.tuples(st.integers(0, 5), needs), min_size=ASKED, max_size=ASKED)
"""Which firms are asked about, and for how much."""


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


def answers(view: View, world: World, asked_of: Questions) -> Iterator[FinancingPaths]:
    """The whole answer to each question."""
    for place, amount in asked_of:
        need = None if amount is None else NeedAsked(Money(amount))
        yield financing_paths(view, world.firms[place % len(world.firms)].id, need=need, first=100)


def all_told(view: View, world: World, asked_of: Questions) -> list[Any]:
    """The same by ids: the first paths whole, of the rest what orders them."""
    return [
        (
            [told(view, path) for path in found.paths[:WHOLE]],
            [(path.id, path.capacity, path.status) for path in found.paths],
            found.completeness,
        )
        for found in answers(view, world, asked_of)
    ]


@settings(max_examples=WORLDS)
@given(any_worlds, questions)
def test_paths_equal_brute_force_in_their_order(world: World, asked_of: Questions) -> None:
    for place, amount in asked_of:
        place %= len(world.firms)
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


@settings(max_examples=WORLDS)
@given(any_worlds, questions, st.randoms(use_true_random=False))
def test_load_order_changes_nothing(world: World, asked_of: Questions, dice: random.Random) -> None:
    records = records_of(world)
    one, other = view_of(*records), view_of(*dice.sample(records, len(records)))
    assert all_told(one, world, asked_of) == all_told(other, world, asked_of)


@settings(max_examples=WORLDS)
@given(any_worlds, any_worlds, questions)
def test_answer_as_known_then_is_unchanged_by_later_loads(world: World, more: World, asked_of: Questions) -> None:
    log = MemoryLog()
    then = load(log, "register", records_of(world), ontology=ontology()).recorded_at
    knowledge = knowledge_of(log, ontology=ontology())
    before = all_told(knowledge.view(TODAY, then), world, asked_of)
    load(log, "desk", records_of(more), ontology=ontology())
    knowledge.refresh()
    assert all_told(knowledge.view(TODAY, then), world, asked_of) == before


@settings(max_examples=WORLDS)
@given(any_worlds, st.integers(0, 1000), st.sampled_from(list(LimitKind)[:2]), questions)
def test_further_limit_never_raises_a_capacity(world: World, amount: int, kind: LimitKind, asked_of: Questions) -> None:
    extra = {
        "id": "creditLimit:new", "lender": Ref("institution:a"), "on": Ref(world.firms[-1].id), "kind": kind,
        "product": Ref("loanProduct:0"), "limit": Money(amount), "used": Money(0),
    }  # fmt: skip
    before = seen(world)
    after = before.with_changes([Add("CreditLimit", extra)], trusted=True)
    for place, amount_asked in asked_of:
        for path in asked(world, amount_asked, place=place % len(world.firms)).paths:
            again = financing_path(
                after, path.id, need=None if amount_asked is None else NeedAsked(Money(amount_asked))
            )
            assert again is not None
            if again.capacity is not None:
                assert path.capacity is None or again.capacity <= path.capacity


@settings(max_examples=WORLDS)
@given(
    owning_worlds, st.integers(0, 500), st.sampled_from([EncumbranceKind.ASSIGNMENT, EncumbranceKind.PLEDGE]), questions
)
def test_further_encumbrance_never_raises_a_capacity(
    world: World, amount: int, kind: EncumbranceKind, asked_of: Questions
) -> None:
    asset = [*world.assets, *world.receivables][0]
    extra = {
        "id": "encumbrance:new", "kind": kind, "asset": Ref(asset.id), "creditor": Ref("institution:elsewhere"),
        "secures": Ref("facility:1"), "amount": Money(amount), "registry_no": "r",
    }  # fmt: skip
    after = seen(world).with_changes([Add("Encumbrance", extra)], trusted=True)
    for place, amount_asked in asked_of:
        for path in asked(world, amount_asked, place=place % len(world.firms)).paths:
            again = financing_path(
                after, path.id, need=None if amount_asked is None else NeedAsked(Money(amount_asked))
            )
            assert again is not None
            assert (again.capacity or 0) <= (path.capacity or 0)


@settings(max_examples=WORLDS)
@given(any_worlds, questions, st.randoms(use_true_random=False))
def test_one_step_of_another_type_leaves_no_path(world: World, asked_of: Questions, dice: random.Random) -> None:
    view = seen(world)
    every = [one.id for one in records_of(world) if one.id]
    for found in answers(view, world, asked_of):
        for path in dice.sample(found.paths, min(len(found.paths), 2)):
            nodes = list(map(view.id_of, path.nodes))
            place = dice.randrange(len(nodes))
            kind = nodes[place].partition(":")[0]
            other = dice.choice([one for one in every if one.partition(":")[0] != kind])
            text = base64.urlsafe_b64decode(path.id + "=" * (-len(path.id) % 4)).decode()
            torn = "\n".join(other if line == nodes[place] else line for line in text.split("\n"))
            identifier = base64.urlsafe_b64encode(torn.encode()).decode().rstrip("=")
            assert financing_path(view, identifier) is None


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
