"""Names run together: told apart where that needs no guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.tabular.cells import Fault
from loaders.tabular.name_runs import names_alone, split_names

KNOWN = {"Blue Tower", "Blue Tower Partners", "N1", "云舟 资本"}
CLOSING = {"Capital", "Partners", "Ventures"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("云舟资本", ["云舟资本"]),
        ("云舟资本 衡承投资  长风集团", ["云舟资本", "衡承投资", "长风集团"]),
        ("N1资本 云舟 资本", ["N1资本", "云舟 资本"]),
        ("Blue Tower Partners", ["Blue Tower Partners"]),
        ("云舟资本 Blue Tower N1", ["云舟资本", "Blue Tower", "N1"]),
        ("Alder Capital Birch Ventures", ["Alder Capital", "Birch Ventures"]),
        ("Alder Growth Partners Blue Tower", ["Alder Growth Partners", "Blue Tower"]),
        ("Alder Capital Partners Birch Ventures", ["Alder Capital Partners", "Birch Ventures"]),
        ("Blue Tower Ventures 云舟资本", ["Blue Tower Ventures", "云舟资本"]),
        ("John Doe", ["John Doe"]),
        ("Alder 云舟资本", ["Alder", "云舟资本"]),
        ("", []),
    ],
)
def test_names_are_told_apart(text: str, names: list[str]) -> None:
    assert split_names(text, KNOWN, CLOSING) == names


@pytest.mark.parametrize(
    "text",
    [
        "John Doe 云舟资本",
        "Alder Birch Cedar Dogwood",
        "Alder Birch Cedar Dogwood Capital",
        "Alder Capital John Doe",
        "云舟资本 Ventures",
        "Alder Capital John",
    ],
)
def test_what_only_a_guess_tells_apart_is_a_fault(text: str) -> None:
    fault = split_names(text, KNOWN, CLOSING)
    assert isinstance(fault, Fault)
    assert fault.code == "AMBIGUOUS_NAMES"


def test_names_that_stand_alone_are_learned() -> None:
    texts = [
        "John Doe",
        "云舟资本 Alder 衡承投资",
        "Birch Ventures 云舟资本",
        "Cedar Dogwood Elm",
        "云舟资本 Fir Gum",
        "Capital",
    ]
    assert names_alone(texts, CLOSING) == {"John Doe", "Alder", "Birch Ventures"}


words = st.sampled_from(["Alder", "Birch", "Capital", "Ventures", "云舟资本", "N1", "Blue", "Tower", "Partners"])


@given(st.lists(words, max_size=8).map(" ".join))
def test_no_word_is_lost(text: str) -> None:
    names = split_names(text, KNOWN, CLOSING)
    if not isinstance(names, Fault):
        assert " ".join(names) == text
