"""What firms disclose, in two lists of five categories. Today is 2025-06-01."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInput, NotFound
from graph.kinds.demand_side import FinancingNeed
from graph.kinds.parties import Enterprise
from graph.kinds.places import Region
from graph.kinds.policy import DisclosureCategory, Observation
from graph.kinds.terms import Instrument
from graph.records import Record, Ref
from queries.disclosure import DisclosureStatus, disclosure, disclosure_completeness, disclosure_coverage
from queries.inventory.categories import CATEGORIES, LIST_OF, DisclosureList, DisclosureState
from tests.examples import FEW_WORLDS
from tests.queries.finance import view_of, wan

FRESH, STALE, UNDATED, MISSING = (
    DisclosureState.FRESH,
    DisclosureState.STALE,
    DisclosureState.UNDATED,
    DisclosureState.MISSING,
)
A, B = (Enterprise(id=f"enterprise:{name}", name=name, region=Ref("region:98")) for name in "ab")
PLACE = Region(code="98", name="place")


def told(category: DisclosureCategory, period: str, name: str = "o", **fields: Any) -> Observation:
    given: dict[str, Any] = {"subject": Ref("enterprise:a"), "series": category.name, "period": period, "text": "fine"}
    return Observation(**{"id": f"observation:{name}", "disclosure": category, **given, **fields})


def needs(on: date | None, name: str = "n", firm: str = "a") -> FinancingNeed:
    return FinancingNeed(
        id=f"financingNeed:{name}",
        enterprise=Ref(f"enterprise:{firm}"),
        amount=wan(1),
        instrument=Instrument.DEBT,
        submitted_on=on,
    )


def asked(*records: Record, **options: Any) -> dict[DisclosureCategory, DisclosureStatus]:
    return {one.category: one for one in disclosure(view_of(PLACE, A, B, *records), "enterprise:a", **options)}


def test_nothing_is_disclosed_in_ten_categories_of_two_lists() -> None:
    found = disclosure(view_of(PLACE, A), "enterprise:a")
    assert [one.category for one in found] == list(LIST_OF)
    assert [one.list for one in found] == [DisclosureList.PLATFORM] * 5 + [DisclosureList.SUPERVISED] * 5
    assert {one.state for one in found} == {MISSING}


def test_every_category_is_in_one_list() -> None:
    listed = [one for categories in CATEGORIES.values() for one in categories]
    assert sorted(listed, key=lambda one: one.name) == sorted(DisclosureCategory, key=lambda one: one.name)


def test_safety_of_one_list_does_not_stand_for_safety_of_the_other() -> None:
    found = asked(told(DisclosureCategory.WORK_SAFETY, "2025Q1"))
    assert (found[DisclosureCategory.WORK_SAFETY].state, found[DisclosureCategory.PRODUCTION_SAFETY].state) == (
        FRESH,
        MISSING,
    )


@pytest.mark.parametrize(
    ("period", "days", "state", "age"),
    [
        ("2024-06-01", 365, FRESH, 365),
        ("2024-05-31", 365, STALE, 366),
        ("2025Q1", 10, STALE, 62),
        ("2025-06-01", 0, FRESH, 0),
        ("2025", 365, MISSING, None),
        ("lately", 365, UNDATED, None),
    ],
)
def test_a_disclosure_ages(period: str, days: int, state: DisclosureState, age: int | None) -> None:
    found = asked(told(DisclosureCategory.PRODUCT_QUALITY, period), stale_after_days=days)[
        DisclosureCategory.PRODUCT_QUALITY
    ]
    assert (found.state, found.age_days) == (state, age)


def test_a_day_of_the_first_century_is_asked_about_too() -> None:
    view = view_of(PLACE, A, told(DisclosureCategory.PRODUCT_QUALITY, "0040"), as_of=date(50, 1, 1))
    found = {one.category: one for one in disclosure(view, "enterprise:a", stale_after_days=36_500)}
    assert found[DisclosureCategory.PRODUCT_QUALITY].state is FRESH


def test_the_last_of_several_counts_and_undated_ones_do_not_hide_it() -> None:
    several = [told(DisclosureCategory.PRODUCT_QUALITY, period, period) for period in ("2023", "2024", "lately")]
    found = asked(*several)[DisclosureCategory.PRODUCT_QUALITY]
    assert (found.state, found.on, found.records, len(found.last)) == (FRESH, date(2024, 12, 31), 3, 1)


def test_two_of_one_day_are_both_shown_and_said_to_conflict() -> None:
    one, other = (told(DisclosureCategory.EMISSION_COMPLIANCE, "2024-12-31", name, text=name) for name in ("a", "b"))
    found = asked(one, other)[DisclosureCategory.EMISSION_COMPLIANCE]
    assert (len(found.last), found.in_conflict) == (2, True)
    same = told(DisclosureCategory.EMISSION_COMPLIANCE, "2024-12-31", "b", text="a")
    assert not asked(one, same)[DisclosureCategory.EMISSION_COMPLIANCE].in_conflict


def test_a_need_discloses_itself() -> None:
    found = asked(needs(date(2025, 5, 1)))[DisclosureCategory.FINANCING_NEED]
    assert (found.state, found.age_days) == (FRESH, 31)
    assert asked(needs(None))[DisclosureCategory.FINANCING_NEED].state is UNDATED


def test_completeness_is_counted_list_by_list() -> None:
    view = view_of(
        PLACE,
        A,
        told(DisclosureCategory.WORK_SAFETY, "2025Q1", "1"),
        told(DisclosureCategory.FINANCIAL_CONDITION, "2020", "2"),
    )
    platform, supervised = disclosure_completeness(view, "enterprise:a")
    assert (platform.fresh, platform.stale, platform.missing, platform.share) == (1, 0, 4, Decimal("0.2"))
    assert (supervised.fresh, supervised.stale, supervised.missing, supervised.share) == (0, 1, 4, 0)


def test_an_unknown_firm_and_impossible_days_are_refused() -> None:
    view = view_of(PLACE, A)
    with pytest.raises(NotFound, match="there is no enterprise:z"):
        disclosure(view, "enterprise:z")
    with pytest.raises(InvalidInput, match="staleAfterDays is -1"):
        disclosure_coverage(view, stale_after_days=-1)
    with pytest.raises(NotFound, match="region:97"):
        disclosure_coverage(view, region="region:97")


DISCLOSED = st.tuples(
    st.sampled_from("ab"),
    st.sampled_from(list(DisclosureCategory)),
    st.sampled_from(["2025Q1", "2024", "2019", "2026", "lately"]),
)


@settings(max_examples=FEW_WORLDS, deadline=None)
@given(
    st.lists(DISCLOSED, max_size=8),
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from([None, date(2025, 1, 1), date(2001, 1, 1), date(2026, 1, 1)])),
        max_size=3,
    ),
)
def test_coverage_counts_what_each_firm_is_told(
    disclosed: list[tuple[str, DisclosureCategory, str]], needed: list[tuple[str, date | None]]
) -> None:
    records: list[Record] = [
        told(category, period, str(number), subject=Ref(f"enterprise:{firm}"))
        for number, (firm, category, period) in enumerate(disclosed)
    ]
    records += [needs(on, str(number), firm) for number, (firm, on) in enumerate(needed)]
    view = view_of(PLACE, A, B, *records)
    firms = [disclosure(view, f"enterprise:{name}") for name in "ab"]
    for place, counted in enumerate(disclosure_coverage(view, region="region:98")):
        states = [found[place].state for found in firms]
        assert counted.category is firms[0][place].category
        assert counted.enterprises == 2
        assert [counted.fresh, counted.stale, counted.undated, counted.missing] == [
            states.count(one) for one in (FRESH, STALE, UNDATED, MISSING)
        ]
