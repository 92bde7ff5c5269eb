"""Pages by keys against the whole sorted list, while rows come and go between the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInput, LimitExceeded
from graph.kinds.parties import Enterprise
from graph.kinds.terms import Stage
from graph.money import Money
from graph.view import View
from queries.keyset import MAX_FIRST, Ordering, Rows, encode_cursor
from tests.graph.build import view_of

FIRM = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["甲", "乙", "a", "A", "é", "🀄"]),
        "stage": st.sampled_from([None, Stage.SEED, Stage.MATURE]),
        "net_assets": st.sampled_from([None, Money(5), Money(-5), Money(5, "USD"), Money(7, "EUR")]),
        "founded_on": st.sampled_from([None, date(1990, 1, 1), date(2020, 1, 1)]),
    }
)
ORDERS = st.lists(
    st.builds(Ordering, st.sampled_from(["name", "stage", "net_assets", "founded_on", "id"]), st.booleans()),
    max_size=3,
    unique_by=lambda ordering: ordering.field,
)


def rows_of(firms: dict[int, dict[str, Any]], order: tuple[Ordering, ...]) -> Rows:
    view = view_of(*(Enterprise(id=f"enterprise:{number:03}", **values) for number, values in firms.items()))
    return Rows(view, view.ontology["Enterprise"], view.handles("Enterprise"), order)


def ids(view: View, handles: Any) -> list[str]:
    return view.ids_of(handles)


def key(record: Any, order: tuple[Ordering, ...]) -> Any:
    parts: list[Any] = []
    for by in order:
        value = getattr(record, by.field)
        if by.field == "id":
            parts.append([-ord(char) if by.descending else ord(char) for char in value])
            continue
        if value is None:
            parts.append((1,))
            continue
        currency = ""
        if isinstance(value, Money):
            currency, value = "" if value.currency == "CNY" else value.currency, value.minor
        elif isinstance(value, Stage):
            value = list(Stage).index(value)
        elif isinstance(value, date):
            value = value.toordinal()
        elif isinstance(value, str):
            value = [-byte if by.descending else byte for byte in value.encode()]
            # A shorter text comes before a longer one that begins with it, in a descending order after it.
            value.append(1 if by.descending else -1)
        parts.append((0, currency, -value if by.descending and isinstance(value, int) else value))
    return parts, record.id


@settings(max_examples=40)
@given(st.dictionaries(st.integers(0, 20), FIRM, min_size=1, max_size=12), ORDERS)
def test_all_pages_together_are_the_sorted_list(firms: dict[int, dict[str, Any]], order: list[Ordering]) -> None:
    rows = rows_of(firms, tuple(order))
    records = [rows.view.record(handle) for handle in rows.handles.tolist()]
    expected = [record.id for record in sorted(records, key=lambda record: key(record, tuple(order)))]
    found: list[str] = []
    after = None
    while True:
        page = rows.page(3, after)
        assert page.has_previous == (after is not None)
        found += ids(rows.view, page.handles)
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert found == expected
    assert rows.total == len(expected)


@settings(max_examples=40)
@given(
    st.dictionaries(st.integers(0, 20), FIRM, min_size=4, max_size=8),
    st.dictionaries(st.integers(21, 40), FIRM, max_size=6),
    st.sets(st.integers(0, 20), max_size=3),
    ORDERS,
)
def test_rows_that_come_and_go_between_pages_neither_repeat_nor_skip(
    firms: dict[int, dict[str, Any]], more: dict[int, dict[str, Any]], gone: set[int], order: list[Ordering]
) -> None:
    before = rows_of(firms, tuple(order))
    first = before.page(3)
    seen = ids(before.view, first.handles)
    left = {number: values for number, values in firms.items() if number not in gone}
    after = rows_of({**left, **more}, tuple(order))
    rest = ids(after.view, after.page(MAX_FIRST, first.cursors[-1]).handles)
    whole = ids(after.view, after.page(MAX_FIRST).handles)
    assert not set(seen) & set(rest)
    staying = {f"enterprise:{number:03}" for number in left}
    assert staying <= {*seen, *rest}
    # What is new is seen where it comes after the cursor, and only there.
    last = key(before.view.record(int(first.handles[-1])), tuple(order))
    assert rest == [one for one in whole if key(after.view.record(after.view.find(one)), tuple(order)) > last]


def test_a_page_of_none_says_that_more_come() -> None:
    page = rows_of({1: {"name": "甲"}}, ()).page(0)
    assert (page.handles.tolist(), page.has_next) == ([], True)


@pytest.mark.parametrize("first", [MAX_FIRST + 1, 10**9])
def test_more_rows_than_a_page_may_have_are_refused(first: int) -> None:
    rows = rows_of({1: {"name": "甲"}}, ())
    with pytest.raises(LimitExceeded, match=str(first)):
        rows.page(first)


def test_a_negative_number_of_rows_is_refused() -> None:
    rows = rows_of({1: {"name": "甲"}}, ())
    with pytest.raises(InvalidInput, match="-1"):
        rows.page(-1)


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "💥", "e30", encode_cursor([]), encode_cursor(["ENTERPRISE,name", "甲"]),
        encode_cursor(["FUND,name", "甲", "enterprise:1"]),
        encode_cursor(["ENTERPRISE,name", 5, "enterprise:1"]), encode_cursor(["ENTERPRISE,name", "甲", 7]),
        encode_cursor(["ENTERPRISE,-name", "甲", "enterprise:1"]),
    ],
)  # fmt: skip
def test_a_cursor_of_another_list_or_none_is_refused(cursor: str) -> None:
    rows = rows_of({1: {"name": "甲"}}, (Ordering("name"),))
    with pytest.raises(InvalidInput, match="cursor"):
        rows.page(1, cursor)


def test_one_field_cannot_order_twice() -> None:
    rows = rows_of({1: {"name": "甲"}}, (Ordering("name"), Ordering("name", True)))
    with pytest.raises(InvalidInput, match="twice"):
        rows.page(1)
