"""The tree below a fund, and the totals of a city, by hand. Amounts in 万元."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from graph.errors import Contradiction, NotFound
from graph.kinds.places import Region
from graph.kinds.rates import ExchangeRate
from graph.log import Mode
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.fund_totals import fund_totals
from queries.fund_tree import FundTree, fund_tree
from queries.funds.holdings import loop_in
from tests.examples import EXAMPLES, FEW_WORLDS
from tests.graph.build import view_of
from tests.queries.funds.vehicles import LP, WAN, commits, firm, fund, invests


def names(view: View, tree: FundTree) -> list[str]:
    return [view.id_of(one.fund).partition(":")[2] for one in tree.funds]


def test_an_investment_is_held_once_and_looks_through_by_commitments() -> None:
    """Mother has 600 of 1,000 of the sub-fund, which invested 500: 300 of it are the mother's, besides 200 of its own."""
    view = view_of(
        LP, firm("a"), firm("b"), fund("mother"), fund("sub", parent=Ref("fund:mother")),
        commits("mother", 2000, 1500), commits("sub", 600, 400, by="fund:mother"), commits("sub", 400, 400),
        *invests("r1", "a", ("sub", 500)), *invests("r2", "a", ("mother", 200)), *invests("r3", "b", ("mother", 100)),
    )  # fmt: skip
    tree = fund_tree(view, "fund:mother")
    assert names(view, tree) == ["mother", "sub"]
    mother, sub = tree.funds
    assert (mother.share, sub.share) == (Fraction(1), Fraction(3, 5))
    assert (sub.supply.committed, sub.supply.paid_in, sub.supply.invested) == (1000 * WAN, 800 * WAN, 500 * WAN)
    assert (mother.supply.invested, mother.supply.callable_money) == (300 * WAN, 1100 * WAN)
    [holding] = sub.held_by
    assert (holding.committed, holding.paid_in, holding.is_parent) == (600 * WAN, 400 * WAN, True)
    assert (tree.invested, tree.attributed) == (800 * WAN, 600 * WAN)
    assert [(one.invested // WAN, one.attributed) for one in tree.firms] == [(700, 500 * WAN), (100, 100 * WAN)]
    assert tree.firms[0].share == Fraction(5, 7)
    assert fund_totals(view).invested == tree.invested


def test_a_fund_held_in_two_ways_is_there_once() -> None:
    """Half of a half and half of a quarter: 3/8 of the fund at the bottom."""
    view = view_of(
        LP, firm("x"), *(fund(name) for name in "abcd"),
        commits("b", 50, by="fund:a"), commits("b", 50), commits("c", 25, by="fund:a"), commits("c", 75),
        commits("d", 50, by="fund:b"), commits("d", 50, by="fund:c"), *invests("r", "x", ("d", 80)),
    )  # fmt: skip
    tree = fund_tree(view, "fund:a")
    assert names(view, tree) == ["a", "b", "c", "d"]
    bottom = tree.funds[-1]
    assert (bottom.share, bottom.depth, len(bottom.held_by)) == (Fraction(3, 8), 2, 2)
    assert (tree.invested, tree.attributed) == (80 * WAN, 30 * WAN)


def test_a_share_that_nobody_states_is_no_zero() -> None:
    view = view_of(
        LP, firm("x"), fund("a"), fund("b", parent=Ref("fund:a")), fund("c", parent=Ref("fund:b")),
        commits("b", None, by="fund:a"), commits("c", 10, by="fund:b"), *invests("r", "x", ("c", 8)),
    )  # fmt: skip
    tree = fund_tree(view, "fund:a")
    assert [one.share for one in tree.funds] == [1, None, None]
    assert (tree.invested, tree.attributed, tree.firms[0].share) == (8 * WAN, None, None)


def test_an_investor_in_default_still_owns_its_part() -> None:
    view = view_of(
        LP, fund("a"), fund("b"), commits("b", 30, 10, by="fund:a", in_good_standing=False), commits("b", 70)
    )
    bottom = fund_tree(view, "fund:a").funds[-1]
    assert (bottom.share, bottom.supply.committed) == (Fraction(3, 10), 70 * WAN)


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_a_loop_of_any_length_is_refused_by_name(length: int) -> None:
    loop = [f"f{place}" for place in range(length)]
    ways = [commits(held, 10, by=f"fund:{holder}") for holder, held in zip(loop, [*loop[1:], loop[0]], strict=True)]
    view = view_of(LP, fund("top"), *map(fund, loop), commits(loop[-1], 5, by="fund:top"), *ways)
    named = " → ".join(f"fund:{name}" for name in (*loop, loop[0]))
    with pytest.raises(Contradiction, match=named) as caught:
        fund_tree(view, "fund:top")
    assert caught.value.code == "CONTRADICTION"


def test_a_loop_of_a_parent_and_a_commitment_is_one() -> None:
    view = view_of(LP, fund("a", parent=Ref("fund:b")), fund("b"), commits("b", 1, by="fund:a"))
    with pytest.raises(Contradiction, match="fund:a → fund:b → fund:a"):
        fund_tree(view, "fund:b")


def test_a_loop_beside_a_fund_is_none_of_its_matter() -> None:
    view = view_of(LP, fund("a", parent=Ref("fund:b")), fund("b", parent=Ref("fund:a")), fund("c"))
    assert names(view, fund_tree(view, "fund:c")) == ["c"]


def test_money_that_a_fund_and_its_sub_fund_both_report_is_refused() -> None:
    both = invests("r", "x", ("a", 50), ("b", 50), amount=50)
    view = view_of(LP, firm("x"), fund("a"), fund("b"), commits("b", 60, by="fund:a"), *both)
    with pytest.raises(Contradiction, match="fund:a → fund:b → investmentRound:r → fund:a"):
        fund_tree(view, "fund:a")


def test_side_by_side_is_no_double_counting() -> None:
    both = invests("r", "x", ("a", 20), ("b", 30), amount=50)
    view = view_of(LP, firm("x"), fund("a"), fund("b"), commits("b", 60, by="fund:a"), *both)
    tree = fund_tree(view, "fund:a")
    assert (tree.invested, tree.attributed, tree.doubts) == (50 * WAN, 50 * WAN, ())


def test_what_may_be_counted_twice_is_named() -> None:
    both = invests("r", "x", ("a", 50), ("b", 50))
    view = view_of(LP, firm("x"), fund("a"), fund("b"), commits("b", 60, by="fund:a"), *both)
    assert [view.id_of(one) for one in fund_tree(view, "fund:a").doubts] == ["investmentRound:r"]


def test_more_invested_than_committed_shows_as_negative() -> None:
    view = view_of(LP, firm("x"), fund("a"), commits("a", 100, 80), *invests("r", "x", ("a", 130)))
    supply = fund_tree(view, "fund:a").root.supply
    assert (supply.callable_money, supply.cash, supply.dry_powder) == (-30 * WAN, -50 * WAN, 0)


def test_callable_money_and_cash() -> None:
    """Committed 10,000, paid in 4,000, invested 3,500, signed 600, reserve 500, fees 400 paid and 1,000 due."""
    own = {"signed_unpaid": 600, "reserves": 500, "fees_paid": 400, "fees_due": 1000}
    view = view_of(
        LP, firm("x"), fund("a", **{name: Money(amount * WAN) for name, amount in own.items()}),
        commits("a", 10_000, 4_000), *invests("r", "x", ("a", 3_500)),
    )  # fmt: skip
    supply = fund_tree(view, "fund:a").root.supply
    assert (supply.callable_money, supply.cash) == (4_000 * WAN, 100 * WAN)


def test_a_fund_without_commitments_has_no_size() -> None:
    tree = fund_tree(view_of(LP, fund("a")), "fund:a")
    assert (tree.root.supply.committed, tree.invested, tree.attributed) == (None, 0, 0)


def test_currencies_mix_by_their_rates_or_are_not_stated() -> None:
    usd = Money(10 * WAN, "USD")
    stated: list[Record] = [LP, fund("a"), fund("b"), commits("b", usd, by="fund:a"), commits("b", 80)]
    assert fund_tree(view_of(*stated), "fund:a").funds[1].share is None
    rate = ExchangeRate(id="exchangeRate:usd", currency="USD", rate=Decimal(8), haircut=Decimal(0))
    assert fund_tree(view_of(*stated, rate), "fund:a").funds[1].share == Fraction(1, 2)


def test_who_is_no_fund_has_no_tree() -> None:
    with pytest.raises(NotFound, match="fund:nobody"):
        fund_tree(view_of(LP), "fund:nobody")


def test_totals_of_a_city_net_what_its_funds_give_each_other() -> None:
    view = view_of(
        Region(code="4199", name="city"), Region(code="419901", name="county", parent=Ref("region:4199")), LP, firm("x"),
        fund("a", region=Ref("region:419901")), fund("b"), commits("a", 100, 60), commits("b", 40, 30, by="fund:a"),
        commits("b", 10, 10), *invests("r", "x", ("a", 5), ("b", 7)), *invests("s", "x", ("b", None), ("a", None)),
    )  # fmt: skip
    totals = fund_totals(view)
    assert (totals.committed, totals.committed_between) == (110 * WAN, 40 * WAN)
    assert (totals.paid_in, totals.paid_in_between) == (70 * WAN, 30 * WAN)
    assert (totals.invested, totals.firms) == (12 * WAN, 1)
    assert [view.id_of(one) for one in totals.uncounted] == ["investmentRound:s"]
    county = fund_totals(view, region="region:4199")
    assert (county.committed, county.invested) == (100 * WAN, 5 * WAN)


@given(st.integers(1, 7).flatmap(lambda size: st.lists(st.tuples(*[st.integers(0, size - 1)] * 2), max_size=14)))
@tried(max_examples=EXAMPLES)
def test_a_loop_is_found_exactly_where_there_is_one(pairs: list[tuple[int, int]]) -> None:
    held: dict[int, list[int]] = {place: [] for place in range(7)}
    for holder, fund_ in pairs:
        held[holder].append(fund_)
    reach = {place: {place} for place in held}
    for _ in held:
        for place in held:
            reach[place] |= {far for near in held[place] for far in reach[near]}
    has_loop = any(one in reach[0] and one in reach[near] for one in held for near in held[one])
    loop = loop_in(held, 0)
    assert (loop is not None) == has_loop
    if loop is not None:
        assert loop[0] in reach[0]
        assert len(set(loop)) == len(loop)
        assert all(after in held[before] for before, after in zip(loop, [*loop[1:], loop[0]], strict=True))


@st.composite
def trees(draw: st.DrawFn) -> list[Record]:
    """Up to five funds that hold only later ones, with commitments and rounds."""
    size = draw(st.integers(1, 5))
    records: list[Record] = [
        LP,
        *(firm(f"x{place}") for place in range(3)),
        *(fund(f"f{place}") for place in range(size)),
    ]
    amounts = st.integers(0, 9)
    for place in range(size):
        records.append(commits(f"f{place}", draw(amounts), draw(amounts)))
    for holder, held in combinations(range(size), 2):
        if draw(st.booleans()):
            records.append(commits(f"f{held}", draw(amounts), draw(amounts), by=f"fund:f{holder}"))
    for number in range(draw(st.integers(0, 5))):
        who = f"f{draw(st.integers(0, size - 1))}"
        records += invests(f"r{number}", f"x{draw(st.integers(0, 2))}", (who, draw(amounts)))
    return records


@given(st.data())
@tried(max_examples=FEW_WORLDS, deadline=None)
def test_what_holds_of_every_tree(data: st.DataObject) -> None:
    """The city's total is the sum over holders; nothing is attributed beyond it; loads in any order answer the same."""
    records = data.draw(trees())
    mixed = data.draw(st.permutations(records))
    cut = data.draw(st.integers(1, len(records)))
    view = view_of(*records)
    other = view_of(*mixed[:cut], loads=[("later", Mode.PARTIAL, mixed[cut:])] if mixed[cut:] else ())
    funds = [view.id_of(one) for one in view.handles("Fund").tolist()]
    found = [fund_tree(view, one) for one in funds]
    totals = fund_totals(view)
    assert totals.invested == sum(tree.root.supply.invested for tree in found)
    for tree in found:
        assert (
            tree.invested == sum(one.supply.invested for one in tree.funds) == sum(one.invested for one in tree.firms)
        )
        assert tree.attributed is None or tree.attributed <= tree.invested <= totals.invested
        assert all(one.share is None or 0 <= one.share <= 1 for one in tree.funds)
        assert len({one.fund for one in tree.funds}) == len(tree.funds)

    def told(of: View) -> list[object]:
        return [
            (
                of.id_of(one.fund),
                one.depth,
                one.share,
                one.supply.invested,
                [of.id_of(held.enterprise) for held in one.firms],
            )
            for root in funds
            for one in fund_tree(of, root).funds
        ]

    assert told(view) == told(other)
