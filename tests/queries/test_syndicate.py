"""The largest syndicated loan: worked by hand, and against enumeration of whole splits."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.financing.limits.syndicate import Shares, Syndicate, syndicate
from tests.examples import EXAMPLES
from tests.queries.finance import WAN


def shares(lead: str, others: str, floor: str = "0", cap: str = "1") -> Shares:
    return Shares(*map(Fraction, (lead, others, floor, cap)))


@pytest.mark.parametrize(("lead", "others", "expected"), [("0.2", "0.5", 400_000_000), ("0.15", "0.3", 666_666_666)])
def test_what_is_to_be_left_to_others_binds_a_strong_lead(lead: str, others: str, expected: int) -> None:
    assert syndicate([800 * WAN], [100 * WAN, 100 * WAN], shares(lead, others)).amount == expected


def test_leads_own_share_binds_a_weak_lead() -> None:
    found = syndicate([100], [900, 900], shares("0.2", "0.5"))
    assert found == Syndicate(500, (Fraction(1, 5),), (Fraction(2, 5), Fraction(2, 5)))


def test_headrooms_together_bind_where_the_shares_ask_for_little() -> None:
    assert syndicate([300], [300, 200], shares("0.2", "0.5")).amount == 800


def test_shares_that_leave_nobody_enough_admit_no_loan() -> None:
    assert syndicate([100], [100], shares("0.6", "0.5")) == Syndicate(0)
    assert syndicate([100], [0], shares("0.2", "0.5")) == Syndicate(0)


def test_joint_leads_keep_their_floor_and_their_cap() -> None:
    # None above 40 %: 2·0.4·T + 30 ≥ T gives 150; the floor of 10 % asks 15 of each.
    assert syndicate([100, 100], [30], shares("0", "0.5", "0.1", "0.4")).amount == 150
    # The smaller lead has 5, a tenth of 50.
    assert syndicate([100, 5], [30], shares("0", "0.5", "0.1", "0.7")).amount == 50
    assert syndicate([100, 100, 100], [30], shares("0", "0", "0.4", "0.7")).amount == 0


def test_joint_leads_may_do_without_others_where_their_caps_allow_it() -> None:
    assert syndicate([100, 300], [], shares("0", "0.5", "0.1", "0.7")).amount == 333


def test_amounts_of_ten_to_the_thirteen_fen_are_exact() -> None:
    assert syndicate([8 * 10**13], [10**13, 10**13], shares("0.15", "0.3")).amount == 66_666_666_666_666


tenths = st.integers(0, 10)
GRID = 10
"""Rules in tenths and headrooms in whole units: every corner of what is allowed lies on tenths of a unit."""


def allowed(taken: tuple[int, ...], total: int, leads: int, rules: tuple[int, int, int, int]) -> bool:
    """Whether a split in tenths of a unit of a loan of so many units keeps the rules, given in tenths."""
    lead, others, floor, cap = rules
    if sum(taken) != total * GRID:
        return False
    if leads == 1:
        return taken[0] >= lead * total and sum(taken[1:]) >= others * total
    return all(floor * total <= one <= cap * total for one in taken[:leads])


def enumerated(headrooms: list[int], leads: int, rules: tuple[int, int, int, int]) -> int:
    """The largest whole loan of which some split in tenths is allowed, by trying all."""
    best = 0
    for taken in product(*(range(room * GRID + 1) for room in headrooms)):
        total, rest = divmod(sum(taken), GRID)
        if not rest and total > best and allowed(taken, total, leads, rules):
            best = total
    return best


@settings(max_examples=EXAMPLES)
@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=3), st.integers(1, 2), st.tuples(tenths, tenths, tenths, tenths)
)
def test_amount_equals_enumeration(headrooms: list[int], leads: int, rules: tuple[int, int, int, int]) -> None:
    leads = min(leads, len(headrooms))
    found = syndicate(headrooms[:leads], headrooms[leads:], Shares(*(Fraction(rule, GRID) for rule in rules)))
    assert found.amount == enumerated(headrooms, leads, rules)


@settings(max_examples=EXAMPLES)
@given(
    st.lists(st.integers(0, 10**13), min_size=1, max_size=5),
    st.integers(1, 3),
    st.tuples(tenths, tenths, tenths, tenths),
)
def test_split_adds_up_within_headrooms_and_rules_and_no_larger_loan_has_one(
    headrooms: list[int], leads: int, rules: tuple[int, int, int, int]
) -> None:
    leads = min(leads, len(headrooms))
    shared = Shares(*(Fraction(rule, GRID) for rule in rules))
    found = syndicate(headrooms[:leads], headrooms[leads:], shared)
    if not found.amount:
        return
    taken = [*found.leads, *found.others]
    assert sum(taken) == 1
    assert all(0 <= share * found.amount <= room for share, room in zip(taken, headrooms, strict=True))
    if leads == 1:
        assert taken[0] >= shared.lead
        assert sum(taken[1:]) >= shared.others
    else:
        assert all(shared.joint_floor <= share <= shared.joint_cap for share in taken[:leads])
