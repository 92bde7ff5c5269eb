"""Ids by columns are what `graph.identifiers` makes of each text alone."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.id_columns import clean, escaped_texts, whole
from graph.identifiers import escape
from graph.ontology import Ontology

ONTOLOGY = Ontology.current()

# Characters that ids meet: separators, blanks of several widths, full-width letters, Chinese.
texts = st.lists(st.none() | st.text(st.sampled_from("ab:% \t\n\u3000Ａ％：轴１~"), max_size=5), max_size=5)


def column(values: list[str | None]) -> pl.Series:
    return pl.Series("id", values, dtype=pl.String)


@given(texts)
def test_parts_are_escaped_as_one_text_is(values: list[str | None]) -> None:
    wanted = [None if value is None else escape(value) or None for value in values]
    assert escaped_texts(column(values)).to_list() == wanted


@given(st.lists(st.none() | st.text(st.sampled_from("ab:%."), min_size=1), max_size=5))
def test_plain_texts_are_clean_as_they_are(values: list[str | None]) -> None:
    assert clean(column(values)).to_list() == values


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("91980102MA00006L7J", "enterprise:91980102MA00006L7J"),
        ("enterprise:1", "enterprise:1"),
        ("fund:1", "fund:1"),
        ("gbt4754-2017:C34", "enterprise:gbt4754-2017:C34"),
        (" １ ", "enterprise:1"),
        ("a b", "enterprise:a%20b"),
        ("", None),
        (None, None),
    ],
)
def test_a_bare_key_gets_the_prefix_and_a_whole_id_keeps_its_own(text: str | None, wanted: str | None) -> None:
    assert whole(column([text]), "enterprise", ONTOLOGY).to_list() == [wanted]
    assert whole(column([text, "enterprise:x"]), "enterprise", ONTOLOGY).to_list() == [wanted, "enterprise:x"]
