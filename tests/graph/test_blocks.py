"""Blocks keep rows exactly; a column that a block lacks reads as null, one that nobody knows is ignored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from graph.batch import Batch
from graph.blocks import Op, conform, decode, encode, encode_row, frame_schema
from graph.errors import StoreCorrupt
from graph.kinds.parties import Enterprise
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Label

ONTOLOGY = Ontology.current()
KIND = ONTOLOGY["Enterprise"]
FRAME = Batch.of(
    [
        Enterprise(id="enterprise:a", name="甲", registered_capital=Money(5)),
        Enterprise(id="enterprise:b", name="乙", founded_on=date(2001, 2, 3)),
    ],
    ONTOLOGY,
).frames["Enterprise"]


def test_a_block_gives_back_its_rows() -> None:
    assert_frame_equal(conform(KIND, decode(encode(FRAME))), conform(KIND, FRAME))


def test_columns_that_are_null_throughout_take_no_room() -> None:
    assert set(decode(encode(FRAME)).columns) == {"id", "name", "registered_capital", "founded_on"}


def test_an_op_other_than_state_is_kept() -> None:
    ended = FRAME.with_columns(op=pl.lit(Op.END.value, dtype=pl.Int8))
    assert conform(KIND, decode(encode(ended)))["op"].to_list() == [1, 1]


def test_an_op_that_a_compacted_block_leaves_out_is_state() -> None:
    beside_others = FRAME.with_columns(op=pl.Series([None, Op.END.value], dtype=pl.Int8))
    assert decode(encode(beside_others))["op"].to_list() == [0, 1]


def test_a_column_that_nobody_knows_is_ignored() -> None:
    stranger = FRAME.with_columns(horoscope=pl.lit("lion"))
    assert conform(KIND, decode(encode(stranger))).columns == list(frame_schema(KIND))


def test_a_renamed_field_is_read_under_its_old_name() -> None:
    renamed = KIND.by_name["registered_capital"]
    old = FRAME.rename({"registered_capital": "capital", "registered_capital_currency": "capital_currency"})
    assert conform(KIND, old)["registered_capital"].null_count() == 2
    label = Label(renamed.label.zh, was=("capital",))
    fields = tuple(replace(spec, label=label) if spec is renamed else spec for spec in KIND.fields)
    kind = replace(KIND, fields=fields)
    assert conform(kind, old)["registered_capital"].to_list() == [5, None]


@pytest.mark.parametrize("data", [b"", b"not arrow", encode(FRAME)[:-40]])
def test_bytes_that_are_no_block_are_refused(data: bytes) -> None:
    with pytest.raises(StoreCorrupt, match="block"):
        decode(data)


@pytest.mark.parametrize("place", [0, 1])
def test_one_row_says_what_a_frame_of_it_says(place: int) -> None:
    row = FRAME.slice(place, 1)
    assert_frame_equal(conform(KIND, decode(encode_row(KIND, row.row(0, named=True)))), conform(KIND, row))


def test_one_row_of_every_kind_of_column_reads_back() -> None:
    kind = ONTOLOGY["LoanProduct"]
    values = {pl.String: "x\x1f长", pl.Int64: -(2**62), pl.Date: date(1, 1, 1), pl.Boolean: False, pl.Int8: 0}
    row = {name: values[dtype] for name, dtype in frame_schema(kind).items()}
    assert conform(kind, decode(encode_row(kind, row))).row(0, named=True) == row
