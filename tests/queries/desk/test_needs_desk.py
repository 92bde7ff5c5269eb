"""Figures of the needs desk: medians, stuck needs and conversions, computed by hand."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInput, NotFound
from graph.kinds.contracts import InvestedBy, InvestmentRound, LentBy, Loan
from graph.kinds.demand_side import FinancingNeed, Fulfils, NeedStatus, RecommendedTo
from graph.kinds.parties import BankBranch, Enterprise, Fund, Institution
from graph.kinds.supply_side import LoanProduct
from graph.kinds.terms import Instrument
from graph.money import Money
from graph.need_moves import CLOSED
from graph.records import Record, Ref
from graph.view import View
from queries.needs_desk import Conversion, DeskFigures, needs_desk
from tests.examples import FEW_WORLDS
from tests.graph.build import TODAY, view_of

APPLIED, AGGREGATED, CLASSIFIED, RECOMMENDED, FUNDED, REJECTED, WITHDRAWN = NeedStatus
FIRM = "enterprise:1"
BANK, OTHER, BRANCH, FUND = "institution:1", "institution:2", "bankBranch:1", "fund:1"
PRODUCT = "loanProduct:1"


def need(number: int, *states: tuple[NeedStatus | None, int | None]) -> list[FinancingNeed]:
    """A need that came into each state so many days before today; None: nobody states when."""
    return [
        FinancingNeed(
            id=f"financingNeed:{number}",
            enterprise=Ref(FIRM),
            amount=Money(100),
            instrument=Instrument.DEBT,
            status=status,
            valid_from=None if ago is None else TODAY - timedelta(days=ago),
        )
        for status, ago in states
    ]


def city(*records: Record) -> View:
    return view_of(
        Enterprise(id=FIRM, name="甲"),
        Institution(id=BANK, name="甲行"),
        Institution(id=OTHER, name="乙行"),
        BankBranch(id=BRANCH, name="支行", bank=Ref(BANK)),
        Fund(id=FUND, name="基金"),
        LoanProduct(id=PRODUCT, name="科技贷", lender=Ref(BRANCH)),
        *records,
    )


def recommended(number: int, target: str) -> RecommendedTo:
    return RecommendedTo(source=Ref(f"financingNeed:{number}"), target=Ref(target))


def fulfilled(number: int, contract: str) -> Fulfils:
    return Fulfils(source=Ref(contract), target=Ref(f"financingNeed:{number}"))


def figures_of(found: DeskFigures, status: NeedStatus) -> tuple[int, int, int, Fraction | None]:
    [one] = [one for one in found.states if one.status is status]
    return one.now, one.ended, one.undated, one.median_hours


def test_medians_are_of_stays_that_ended_and_are_dated() -> None:
    found = needs_desk(
        city(
            *need(1, (APPLIED, 20), (AGGREGATED, 18), (CLASSIFIED, 10)),
            *need(2, (APPLIED, 20), (AGGREGATED, 17)),
            *need(3, (APPLIED, 20), (AGGREGATED, 10)),
            *need(4, (APPLIED, None), (AGGREGATED, 5)),
            *need(5, (APPLIED, 1)),
        )
    )
    assert found.needs == 5
    # Two, three and ten days; of the fourth nobody states since when.
    assert figures_of(found, APPLIED) == (1, 4, 1, Fraction(72))
    assert figures_of(found, AGGREGATED) == (3, 1, 0, Fraction(8 * 24))
    assert figures_of(found, CLASSIFIED) == (1, 0, 0, None)
    assert figures_of(found, FUNDED) == (0, 0, 0, None)


def test_the_median_of_two_is_their_middle() -> None:
    found = needs_desk(city(*need(1, (APPLIED, 9), (REJECTED, 8)), *need(2, (APPLIED, 9), (REJECTED, 4))))
    assert figures_of(found, APPLIED) == (0, 2, 0, Fraction(72))


def test_stuck_are_open_needs_that_did_not_move_for_longer_the_longest_first() -> None:
    view = city(
        *need(1, (APPLIED, 40)),
        *need(2, (APPLIED, 90), (AGGREGATED, 50)),
        *need(3, (APPLIED, 90), (REJECTED, 80)),
        *need(4, (APPLIED, 30)),
        *need(5, (CLASSIFIED, None)),
        *need(6, (None, None)),
    )
    found = needs_desk(view, stuck_days=31)
    assert [(view.id_of(one.need)[-1], one.status) for one in found.stuck] == [("2", AGGREGATED), ("1", APPLIED)]
    # Of a day without loads the view tells how it begins: 40 days later to the hour.
    assert found.stuck[1].hours == 40 * 24
    assert [view.id_of(one)[-1] for one in found.undated_open] == ["5", "6"]
    assert needs_desk(view, stuck_days=36_500).stuck == ()


@pytest.mark.parametrize("days", [-1, 36_501])
def test_days_that_cannot_be_meant_are_refused(days: int) -> None:
    with pytest.raises(InvalidInput, match=f"stuckDays is {days}"):
        needs_desk(city(), stuck_days=days)


def test_a_bank_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound):
        needs_desk(city(), bank="institution:9")


def test_without_needs_all_is_none() -> None:
    found = needs_desk(city())
    assert (found.needs, found.stuck, found.conversions) == (0, (), ())
    assert {one.median_hours for one in found.states} == {None}


def put_before() -> View:
    """1 funded by the bank under the product, 2 funded by the other bank, 3 funded by nobody knows whom, 4 rejected, 5 withdrawn, 6 open:
    all recommended to the branch's product, 6 to the other bank too; 7 was funded by a fund that it was not recommended to."""
    states = {1: FUNDED, 2: FUNDED, 3: FUNDED, 4: REJECTED, 5: WITHDRAWN, 6: RECOMMENDED, 7: FUNDED, 8: APPLIED}
    return city(
        *(one for number, status in states.items() for one in need(number, (status, 3))),
        *(recommended(number, PRODUCT) for number in range(1, 7)),
        recommended(6, OTHER),
        Loan(id="loan:1", borrower=Ref(FIRM), lender=Ref(BRANCH), product=Ref(PRODUCT)),
        Loan(id="loan:2", borrower=Ref(FIRM)),
        LentBy(source=Ref("loan:2"), target=Ref(OTHER)),
        InvestmentRound(id="investmentRound:1", enterprise=Ref(FIRM)),
        InvestedBy(source=Ref("investmentRound:1"), target=Ref(FUND)),
        fulfilled(1, "loan:1"),
        fulfilled(2, "loan:2"),
        fulfilled(7, "investmentRound:1"),
    )


def rows(view: View, found: DeskFigures) -> dict[tuple[str, str], tuple[int, ...]]:
    def name(handle: int) -> str:
        return "" if handle < 0 else view.id_of(handle)

    def counts(one: Conversion) -> tuple[int, ...]:
        return (
            one.needs, one.recommended, one.funded, one.funded_by_others, one.funded_unstated, one.rejected, one.withdrawn, one.open,
        )  # fmt: skip

    return {(name(one.financier), name(one.product)): counts(one) for one in found.conversions}


def test_what_became_of_needs_by_bank_and_product() -> None:
    view = put_before()
    found = needs_desk(view)
    assert rows(view, found) == {
        (BANK, ""): (6, 6, 1, 1, 1, 1, 1, 1),
        (BANK, PRODUCT): (6, 6, 1, 1, 1, 1, 1, 1),
        (OTHER, ""): (2, 1, 1, 0, 0, 0, 0, 1),
        (FUND, ""): (1, 0, 1, 0, 0, 0, 0, 0),
    }
    by_bank = {view.id_of(one.financier): one for one in found.conversions if one.product < 0}
    assert by_bank[BANK].rate is None
    assert (by_bank[BANK].rate_low, by_bank[BANK].rate_high) == (Fraction(1, 6), Fraction(1, 3))
    assert by_bank[OTHER].rate == Fraction(1, 2)


@pytest.mark.parametrize("bank", [BANK, BRANCH])
def test_figures_of_a_bank_are_of_what_was_put_before_it(bank: str) -> None:
    view = put_before()
    found = needs_desk(view, bank=bank)
    assert found.needs == 6
    assert {key[0] for key in rows(view, found)} == {BANK}
    assert sum(one.now for one in found.states) == 6


def test_figures_of_a_product() -> None:
    view = put_before()
    assert rows(view, needs_desk(view, product=PRODUCT)) == {(BANK, PRODUCT): (6, 6, 1, 1, 1, 1, 1, 1)}
    assert needs_desk(view, bank=OTHER, product=PRODUCT).needs == 0


STEPS = st.lists(
    st.tuples(st.sampled_from(list(NeedStatus)), st.integers(0, 60)), max_size=4, unique_by=lambda one: one[1]
)


@settings(max_examples=FEW_WORLDS)
@given(st.lists(STEPS, max_size=5))
def test_figures_equal_brute_force(needs: list[list[tuple[NeedStatus, int]]]) -> None:
    ordered = [sorted(steps, key=lambda one: -one[1]) for steps in needs]
    nothing: list[tuple[NeedStatus | None, int | None]] = [(None, None)]
    stated = [one for number, steps in enumerate(ordered) for one in need(number, *(steps or nothing))]
    found = needs_desk(city(*stated), stuck_days=30)
    stays: dict[NeedStatus, list[int]] = {status: [] for status in NeedStatus}
    now: Counter[NeedStatus] = Counter()
    stuck = 0
    for steps in ordered:
        changes = [one for place, one in enumerate(steps) if not place or steps[place - 1][0] is not one[0]]
        for (status, since), (_, until) in pairwise(changes):
            stays[status].append((since - until) * 24)
        if changes:
            status, since = changes[-1]
            now[status] += 1
            stuck += status not in CLOSED and since > 30
    for one in found.states:
        assert (one.now, one.ended, one.undated) == (now[one.status], len(stays[one.status]), 0)
        assert one.median_hours == (Fraction(median(stays[one.status])) if stays[one.status] else None)
    assert len(found.stuck) == stuck
