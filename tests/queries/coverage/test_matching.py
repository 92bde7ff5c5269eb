from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from queries.coverage.matching import AskedFor, Invested, Placed, match_rounds

FIRM, OTHER_FIRM = 1, 2


def need(
    number: int, amount: int, asked_on: int | None = 0, enterprise: int = FIRM, period: int | None = 2026
) -> AskedFor:
    return AskedFor(number, enterprise, period, amount, asked_on)


def covered(placed: list[Placed]) -> dict[int | None, int]:
    total: dict[int | None, int] = {}
    for part in placed:
        total[part.need] = total.get(part.need, 0) + part.covers
    return total


def test_a_round_counts_against_the_need_that_it_names_and_its_excess_in_the_same_cell() -> None:
    placed = match_rounds([need(10, 300), need(11, 300)], [Invested(1, FIRM, 2026, 500, ((11, None),))])
    assert placed == [Placed(1, 11, 500, 300)]


def test_without_a_name_the_oldest_need_of_the_firm_and_year_comes_first() -> None:
    needs = [need(10, 300, asked_on=9), need(11, 300, asked_on=5), need(12, 300, asked_on=None)]
    placed = match_rounds(needs, [Invested(1, FIRM, 2026, 400)])
    assert placed == [Placed(1, 11, 300, 300), Placed(1, 10, 100, 100)]


def test_money_for_another_firm_or_year_meets_no_need() -> None:
    needs = [need(10, 300)]
    rounds = [Invested(1, OTHER_FIRM, 2026, 50), Invested(2, FIRM, 2025, 60), Invested(3, FIRM, None, 70)]
    assert match_rounds(needs, rounds) == [Placed(1, None, 50, 0), Placed(2, None, 60, 0), Placed(3, None, 70, 0)]


def test_a_named_need_comes_before_an_older_round_without_a_name() -> None:
    placed = match_rounds([need(10, 300)], [Invested(1, FIRM, 2026, 300), Invested(2, FIRM, 2026, 200, ((10, None),))])
    assert placed == [Placed(2, 10, 200, 200), Placed(1, 10, 100, 100), Placed(1, None, 200, 0)]


def test_stated_parts_of_a_round_leave_the_rest_to_the_need_without_one() -> None:
    placed = match_rounds([need(10, 300), need(11, 300)], [Invested(1, FIRM, 2026, 250, ((10, None), (11, 100)))])
    assert placed == [Placed(1, 11, 100, 100), Placed(1, 10, 150, 150)]


def test_money_named_for_something_else_met_none_of_the_needs() -> None:
    placed = match_rounds([need(10, 300)], [Invested(1, FIRM, 2026, 250, ((99, None),))])
    assert placed == [Placed(1, None, 250, 0)]


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[AskedFor], list[Invested]]:
    firms, periods = st.sampled_from([FIRM, OTHER_FIRM]), st.sampled_from([2025, 2026, None])
    count = draw(st.integers(0, 4))
    needs = [
        AskedFor(
            number, draw(firms), draw(periods), draw(st.integers(0, 20)), draw(st.one_of(st.none(), st.integers(0, 3)))
        )
        for number in range(10, 10 + count)
    ]
    rounds = []
    for number in range(draw(st.integers(0, 4))):
        named = draw(st.lists(st.integers(9, 14), max_size=2, unique=True))
        parts = tuple((one, draw(st.one_of(st.none(), st.integers(0, 20)))) for one in named)
        rounds.append(Invested(number, draw(firms), draw(periods), draw(st.integers(0, 40)), parts))
    return needs, rounds


@given(situations())
def test_every_amount_counts_once_and_covers_no_more_than_was_asked_for(
    situation: tuple[list[AskedFor], list[Invested]],
) -> None:
    needs, rounds = situation
    placed = match_rounds(needs, rounds)
    for money in rounds:
        assert sum(part.amount for part in placed if part.round == money.round) == money.amount
    asked = {one.need: one.amount for one in needs}
    for number, amount in covered(placed).items():
        assert amount <= (0 if number is None else asked[number])
    assert all(part.covers <= part.amount for part in placed)


@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_rounds_changes_nothing_for_the_needs(
    situation: tuple[list[AskedFor], list[Invested]], random: object
) -> None:
    needs, rounds = situation
    shuffled = list(rounds)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types its Random as object
    before, after = covered(match_rounds(needs, rounds)), covered(match_rounds(needs, shuffled))
    assert {number: amount for number, amount in before.items() if amount} == {
        number: amount for number, amount in after.items() if amount
    }
