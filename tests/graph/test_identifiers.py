"""Ids are natural keys: made, escaped, taken apart, and ranked on the ladder."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from graph.errors import InvalidIdentifier
from graph.identifiers import escape, is_valid, make_id, rung, split_id
from graph.records import Text
from graph.validation import credit_codes_valid
from loaders.city.codes import credit_codes

GOOD = credit_codes(1, np.array(["980102"] * 50))


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.strip()), min_size=1
    )
)
def test_an_id_comes_apart_into_its_normalised_parts(parts: list[str]) -> None:
    try:
        identifier = make_id("enterprise", *parts)
    except InvalidIdentifier:
        assert any(not escape(part) for part in parts)
        return
    prefix, found = split_id(identifier)
    assert prefix == "enterprise"
    assert make_id("enterprise", *found) == identifier


@pytest.mark.parametrize("identifier", ["", "enterprise", "enterprise:", ":x", "enterprise::x"])
def test_what_is_no_id_is_refused(identifier: str) -> None:
    with pytest.raises(InvalidIdentifier, match="id"):
        split_id(identifier)


def test_the_ladder_puts_credit_code_before_lei_before_listing_before_name() -> None:
    lei = "529900T8BM49AURSDO55"
    ids = [f"enterprise:{GOOD[0]}", f"enterprise:{lei}", "enterprise:600001.SH", "enterprise:some-source:甲公司"]
    assert [rung(identifier) for identifier in ids] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("text_format", "good", "bad"),
    [
        (Text.LISTING_CODE, "600001.SH", "600001"),
        (Text.REGION_CODE, "980102", "98010"),
        (Text.REGION_CODE, "yunzhou-gaoxin", "云 舟"),
        (Text.INDUSTRY_CODE, "C3411", "c34"),
        (Text.LEI, "529900T8BM49AURSDO55", "529900T8BM49AURSDO56"),
        (Text.CREDIT_CODE, GOOD[0], GOOD[0][:-1] + ("0" if GOOD[0][-1] != "0" else "1")),
    ],
)
def test_formats_are_checked(text_format: Text, good: str, bad: str) -> None:
    assert is_valid(text_format, good)
    assert not is_valid(text_format, bad)


letters = st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXYIOSVZ甲")


@given(st.lists(st.one_of(st.sampled_from(GOOD), st.text(letters, min_size=16, max_size=19), st.none()), max_size=8))
def test_checking_many_codes_equals_checking_each(codes: list[str | None]) -> None:
    expected = [code is None or (uscc.is_valid(code) and uscc.compact(code) == code) for code in codes]
    assert credit_codes_valid(pl.Series(codes, dtype=pl.String)).tolist() == expected


@given(st.sampled_from(GOOD), st.integers(0, 17), letters)
def test_one_wrong_character_is_found(code: str, place: int, letter: str) -> None:
    changed = code[:place] + letter + code[place + 1 :]
    assert credit_codes_valid(pl.Series([changed])).tolist() == [uscc.is_valid(changed)]
