"""Readings of Chinese names."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.pinyin import Readings


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("河东银行", "he dong yin hang"),
        ("绿色行业", "lv se hang ye"),
        ("重庆长安", "chong qing chang an"),
        ("女装", "nv zhuang"),
        ("tcl集团（中国）", "tcl ji tuan zhong guo"),
        ("", ""),
        ("——", ""),
    ],
)
def test_a_name_is_read_phrase_by_phrase(name: str, reading: str) -> None:
    assert Readings.known().of(name) == reading


@given(st.lists(st.text(alphabet="银行长重庆绿色行业女a1 -，𠀀é", max_size=8), max_size=5))
def test_many_names_are_read_as_each_alone(names: list[str]) -> None:
    readings = Readings.known()
    assert readings.of_all(pl.Series(names, dtype=pl.String)).to_list() == [readings.of(name) for name in names]
