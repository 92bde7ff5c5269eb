"""What must hold of paths of credit, contracts and capital in any small world."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.terms import Technique
from graph.money import Money
from graph.records import Record
from queries.financing.need import NeedAsked
from queries.financing.terms import COVERING, PathStatus
from queries.financing_paths import financing_path, financing_paths
from tests.examples import FEW_WORLDS
from tests.queries.credit_worlds import FIRM, credit_worlds
from tests.queries.finance import view_of

FEW = FEW_WORLDS
"""Each example loads and asks a whole world."""
needs = st.one_of(st.none(), st.integers(1, 1500))


def asked(amount: int | None) -> NeedAsked | None:
    return None if amount is None else NeedAsked(Money(amount))


@settings(max_examples=FEW)
@given(credit_worlds(), needs)
def test_techniques_asked_one_by_one_give_the_whole(world: list[Record], amount: int | None) -> None:
    view, need = view_of(*world), asked(amount)
    whole = financing_paths(view, FIRM, need=need, first=100).paths
    single = [
        path for one in Technique for path in financing_paths(view, FIRM, need=need, first=100, techniques=[one]).paths
    ]
    assert sorted(path.id for path in whole) == sorted(path.id for path in single)
    assert {path.id: path for path in whole} == {path.id: path for path in single}


@settings(max_examples=FEW)
@given(credit_worlds(), needs)
def test_path_evaluated_by_its_id_is_the_path_found(world: list[Record], amount: int | None) -> None:
    view, need = view_of(*world), asked(amount)
    found = financing_paths(view, FIRM, need=need, first=100).paths
    assert len({path.id for path in found}) == len(found)
    for path in found:
        assert financing_path(view, path.id, need=need) == path


@settings(max_examples=FEW)
@given(credit_worlds(), st.randoms(use_true_random=False))
def test_load_order_changes_nothing(world: list[Record], dice: random.Random) -> None:
    one, other = view_of(*world), view_of(*dice.sample(world, len(world)))
    before, after = (financing_paths(view, FIRM, first=100).paths for view in (one, other))
    assert [(path.id, path.capacity, path.status) for path in before] == [
        (path.id, path.capacity, path.status) for path in after
    ]


@settings(max_examples=FEW)
@given(credit_worlds(), needs)
def test_capacity_is_the_least_that_its_constraints_admit_and_what_covers_nothing_draws_on_nobody(
    world: list[Record], amount: int | None
) -> None:
    view = view_of(*world)
    for path in financing_paths(view, FIRM, need=asked(amount), first=100).paths:
        admitted = [one.admits for one in path.constraints if one.draw_per_yuan > 0]
        expected = None if None in admitted else min(one for one in admitted if one is not None)
        assert path.capacity == expected
        assert all(one.cover_share == 0 for one in path.supports if one.kind not in COVERING)
        assert path.status is PathStatus.EXISTING or path.capacity != 0
        if path.participants and path.capacity:
            shares = [one.share for one in path.participants]
            assert None in shares or abs(sum(one for one in shares if one is not None) - 1) < len(shares) / 10**6
