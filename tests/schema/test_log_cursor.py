"""Cursors of the log: what one names is what it was made of, in its own log and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.changes import Position
from graph.errors import InvalidInput
from queries.keyset import encode_cursor
from schema.log_cursor import log_cursor, position_of

names = st.text(min_size=1, max_size=20)
positions = st.one_of(
    st.builds(Position, st.integers(1, 2**40)), st.builds(Position, st.integers(1, 2**40), names, names)
)


@given(place=positions, log_id=names)
def test_a_cursor_names_the_place_that_it_was_made_of(place: Position, log_id: str) -> None:
    assert position_of(log_cursor(log_id, place), log_id, place.seq) == place


@given(place=positions, log_id=names, other=names)
def test_a_cursor_is_good_in_its_own_log_only(place: Position, log_id: str, other: str) -> None:
    if log_id != other:
        with pytest.raises(InvalidInput) as caught:
            position_of(log_cursor(log_id, place), other, place.seq)
        assert caught.value.code == "CURSOR_LOST"


@given(text=st.text(max_size=60))
def test_no_text_is_taken_for_a_cursor(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no log cursor") as caught:
        position_of(text, "log", 9)
    assert caught.value.code == "INVALID_INPUT"


@pytest.mark.parametrize(
    "content",
    [
        [], {}, 1, None, ["log"], ["log", "me", 1, "", "", ""], ["page", "me", 1, "", ""], ["log", "me", 0, "", ""],
        ["log", "me", -1, "", ""], ["log", "me", 1.5, "", ""], ["log", "me", "1", "", ""], ["log", "me", 1, "Firm", ""],
        ["log", "me", 1, "", "firm:a"], ["log", "me", True, "", ""],
    ],
)  # fmt: skip
def test_what_is_no_place_is_no_cursor(content: object) -> None:
    with pytest.raises(InvalidInput, match="is no log cursor"):
        position_of(encode_cursor(content), "me", 9)  # type: ignore[arg-type]


def test_the_end_is_the_last_place_there_is() -> None:
    assert position_of(log_cursor("me", Position(10)), "me", 9) == Position(10)
    for place in (Position(11), Position(10, "Enterprise", "enterprise:a")):
        with pytest.raises(InvalidInput, match="put back to an earlier state") as caught:
            position_of(log_cursor("me", place), "me", 9)
        assert caught.value.code == "CURSOR_LOST"
