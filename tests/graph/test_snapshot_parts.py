"""The small structures under a snapshot, each against brute force: columns in parts, ids in order, pairs by target, rows by key."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graph.ontology import Ontology
from graph.snapshot_adjacency import Adjacency
from graph.snapshot_columns import NOBODY, Codes, Numbers, Texts
from graph.snapshot_ids import FEW, LinkIds, NodeIds, Order, Ranks, handles_of, lexsort, numbers_of
from graph.snapshot_table import MERGE_RATIO, RowPart, Table

ONTOLOGY = Ontology.current()
small = st.integers(-1, 5)


def ends_of(parts: Sequence[Sequence[object]]) -> tuple[int, ...]:
    return tuple(np.cumsum([len(part) for part in parts]).tolist())


@given(st.lists(st.lists(small, min_size=1), min_size=1, max_size=4), st.data())
def test_numbers_in_parts_read_as_one_array(parts: list[list[int]], data: st.DataObject) -> None:
    column = Numbers.empty(NOBODY, np.int64)
    for ends, part in zip(np.cumsum([len(part) for part in parts]).tolist(), parts, strict=True):
        column = column.extended(np.array(part) if any(value != -1 for value in part) else None, (*column.ends, ends))
    whole = [value for part in parts for value in part]
    rows = np.array(data.draw(st.lists(st.integers(-1, len(whole) - 1))), np.int32)
    wanted = [-1 if row < 0 else whole[row] for row in rows.tolist()]
    assert column.take(rows).tolist() == wanted
    assert column.stated(rows).tolist() == [value != -1 for value in wanted]
    assert [column.at(row) for row in rows.tolist()] == [None if value == -1 else value for value in wanted]
    assert [column.reader()(row) for row in rows.tolist()] == [column.at(row) for row in rows.tolist()]
    assert column.whole().tolist() == whole


@given(st.lists(st.lists(st.sampled_from([None, "a", "甲", ""]), min_size=1), min_size=1, max_size=4), st.data())
def test_texts_and_codes_in_parts_read_as_one_column(parts: list[list[str | None]], data: st.DataObject) -> None:
    texts, codes = Texts.empty(), Codes.empty()
    for end, part in zip(ends_of(parts), parts, strict=True):
        series, ends = pl.Series("", part, dtype=pl.String), (*texts.ends, end)
        texts, codes = texts.extended(series, ends), codes.extended(series, ends)
    whole = [value for part in parts for value in part]
    rows = np.array(data.draw(st.lists(st.integers(-1, len(whole) - 1))), np.int32)
    wanted = [None if row < 0 else whole[row] for row in rows.tolist()]
    assert texts.take(rows).to_list() == wanted
    assert texts.stated(rows).tolist() == codes.stated(rows).tolist() == [value is not None for value in wanted]
    assert [texts.at(row) for row in rows.tolist()] == [codes.at(row) for row in rows.tolist()] == wanted
    assert [texts.reader()(row) for row in rows.tolist()] == [codes.reader()(row) for row in rows.tolist()] == wanted
    assert texts.whole().to_list() == whole


@given(st.lists(st.lists(st.text("ab-:%甲", min_size=1, max_size=4)), max_size=4))
def test_ids_keep_their_numbers_and_stand_in_byte_order(batches: list[list[str]]) -> None:
    ids, numbers = NodeIds.empty("thing"), dict[str, int]()
    for batch in batches:
        ids = ids.extended(pl.Series("", sorted(set(batch)), dtype=pl.String))
        found = ids.lookup(pl.Series("", batch, dtype=pl.String)).tolist()
        assert all(numbers.setdefault(key, number) == number for key, number in zip(batch, found, strict=True))
    assert sorted(numbers.values()) == list(range(ids.size))
    in_order = [ids.keys[number] for number in ids.order.numbers.tolist()]
    assert in_order == sorted(numbers, key=str.encode)
    assert all(ids.number(key) == number for key, number in numbers.items())
    assert ids.number("nobody") == -1
    assert ids.lookup(pl.Series("", ["nobody", None], dtype=pl.String)).tolist() == [-1, -1]


def test_a_few_keys_among_many_ids_are_found_as_all_are() -> None:
    keys = pl.Series("", [f"{number:04}" for number in range(0, 2 * FEW * 10, 2)], dtype=pl.String)
    ids = NodeIds.empty("thing").extended(keys).extended(pl.Series("", ["0001", "0003"]))
    asked = pl.Series("", ["0003", "0004", "0005", None], dtype=pl.String)
    assert ids.lookup(asked).tolist() == [keys.len() + 1, 2, -1, -1]


@given(st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(-1, 2)), max_size=8), max_size=4))
def test_links_keep_their_numbers_and_stand_in_order_of_their_parts(batches: list[list[tuple[int, int, int]]]) -> None:
    names = ["e", "d", "c", "b", "a"]
    nodes, keys = NodeIds.empty("n"), NodeIds.empty("")
    for name in names:
        nodes = nodes.extended(pl.Series("", [name]))
    for word in ("z", "y", "x"):
        keys = keys.extended(pl.Series("", [word]))
    ranks = Ranks(["", "n"], [Order(0), nodes.order])
    links, numbers = LinkIds.empty("l"), dict[tuple[int, int, int], int]()
    for batch in batches:
        source, target, key = (np.array([part[at] for part in batch], np.int64) for at in range(3))
        links, found = links.extended(ranks, keys, handles_of(1, source), handles_of(1, target), key.astype(np.int32))
        assert all(
            numbers.setdefault(link, number) == number for link, number in zip(batch, found.tolist(), strict=True)
        )
    assert sorted(numbers.values()) == list(range(links.size))
    by_number = {number: link for link, number in numbers.items()}
    in_order = [by_number[number] for number in links.order.numbers.tolist()]
    # Numbers were given against the order of names, so the greatest comes first; no key comes before any.
    assert in_order == sorted(numbers, key=lambda link: (-link[0], -link[1], -link[2] if link[2] >= 0 else -9))


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), max_size=12), max_size=4),
    st.permutations(range(10)),
)
def test_pairs_are_held_once_by_target_in_rank_order(batches: list[list[tuple[int, int]]], ranks: list[int]) -> None:
    order, adjacency, pairs = Order(10, np.array(ranks, np.int32)), Adjacency.empty(), set[tuple[int, int]]()
    for batch in batches:
        targets, holders = (np.array([pair[at] for pair in batch], np.int32) for at in range(2))
        adjacency = adjacency.inserted(targets, holders, order)
        pairs |= set(batch)
    wanted = {target: sorted((h for t, h in pairs if t == target), key=ranks.__getitem__) for target in range(9)}
    assert {target: adjacency.of(target).tolist() for target in range(9)} == wanted
    asked = np.array([8, 3, 3, 0])
    places, holders = adjacency.expand(asked)
    assert list(zip(places.tolist(), holders.tolist(), strict=True)) == [
        (place, holder) for place, target in enumerate(asked.tolist()) for holder in wanted[target]
    ]


@given(st.lists(st.tuples(small, st.integers(-(2**40), 2**40), st.integers(0, 2**62))))
def test_a_packed_sort_orders_as_a_plain_one(rows: list[tuple[int, int, int]]) -> None:
    parts = [np.array([row[at] for row in rows], np.int64) for at in range(3)]
    assert [rows[place] for place in lexsort(parts)] == sorted(rows)
    assert [rows[place][:2] for place in lexsort(parts[:2])] == sorted(row[:2] for row in rows)


def test_handles_hold_kind_and_number() -> None:
    handles = handles_of(3, np.array([0, 7, -1]))
    assert handles.tolist() == [3 << 32, 3 << 32 | 7, -1]
    assert numbers_of(handles).tolist() == [0, 7, -1]


@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=6), max_size=6))
def test_a_table_finds_all_rows_of_a_number(parts: list[list[int]]) -> None:
    table = Table.empty(ONTOLOGY["Product"])
    for part in parts:
        number = np.array(part, np.int32)
        blank = np.zeros(number.size, np.int32)
        row_part = RowPart(number, blank, blank, blank, blank, blank, blank.astype(np.int8), {})
        table = table.appended(row_part, np.concatenate([table.load_to, blank]), 5)
    whole = [number for part in parts for number in part]
    for number in range(5):
        assert sorted(table.rows_of(np.array([number])).tolist()) == [at for at, n in enumerate(whole) if n == number]


def test_parts_stay_few() -> None:
    table = Table.empty(ONTOLOGY["Product"])
    for size in [1000, *[1] * 300]:
        blank = np.zeros(size, np.int32)
        part = RowPart(
            blank, blank, blank, blank, blank, blank, blank.astype(np.int8), {"name": pl.Series(["钢"] * size)}
        )
        table = table.appended(part, np.concatenate([table.load_to, blank]), 1)
    assert len(table.ends) <= 1 + np.log(1300) / np.log(MERGE_RATIO)
    assert table.columns["name"].stated(np.arange(1300, dtype=np.int32)).all()
