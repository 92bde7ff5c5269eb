from __future__ import annotations

import numpy as np
import pytest

from graph.kinds.terms import Dimension
from queries.coverage.mandate import Attribute, Mandate, MandateRule, admitted, mandate_of

SOFTWARE, STEEL, SEED, GROWTH, SMALL, MILITARY = range(6)


def sets(*values: set[int]) -> list[frozenset[int]]:
    return [frozenset(one) for one in values]


def attributes() -> dict[Dimension, Attribute]:
    """Four needs: software seed, software growth, steel seed, and one of which only the tag is known."""
    return {
        Dimension.INDUSTRY: Attribute(np.array([0, 0, 1, 2]), sets({SOFTWARE}, {STEEL}, set())),
        Dimension.STAGE: Attribute(np.array([0, 1, 0, 2]), sets({SEED}, {GROWTH}, set())),
        Dimension.TAG: Attribute(np.array([0, 0, 0, 1]), sets(set(), {MILITARY}), empty_is_known=True),
        Dimension.SIZE: Attribute(np.array([0, 1, 0, 1]), sets({SMALL}, set())),
    }


def rule(dimension: Dimension, *values: int, excludes: bool = False) -> MandateRule:
    return MandateRule(dimension, frozenset(values), excludes)


def admits(*rules: MandateRule) -> list[int]:
    ((needs, _),) = admitted([mandate_of(rules)], attributes(), 4)
    return [int(need) for need in needs]


def test_rules_of_one_dimension_are_alternatives() -> None:
    assert admits(rule(Dimension.INDUSTRY, SOFTWARE), rule(Dimension.INDUSTRY, STEEL)) == [0, 1, 2]


def test_rules_of_different_dimensions_all_hold() -> None:
    assert admits(rule(Dimension.INDUSTRY, SOFTWARE), rule(Dimension.STAGE, SEED)) == [0]


def test_what_is_forbidden_is_left_out_and_what_is_not_known_too() -> None:
    assert admits(rule(Dimension.INDUSTRY, STEEL, excludes=True)) == [0, 1]


def test_no_tag_is_a_fact() -> None:
    assert admits(rule(Dimension.TAG, MILITARY)) == [3]
    assert admits(rule(Dimension.TAG, MILITARY, excludes=True)) == [0, 1, 2]


def test_a_mandate_that_contradicts_itself_admits_nothing() -> None:
    assert admits(rule(Dimension.INDUSTRY, STEEL), rule(Dimension.INDUSTRY, STEEL, excludes=True)) == []


def test_without_rules_everything_is_admitted() -> None:
    assert admits() == [0, 1, 2, 3]


def test_the_size_of_a_firm_chooses_among_the_needs_of_an_admitted_cell() -> None:
    mandates = [mandate_of([rule(Dimension.STAGE, SEED), rule(Dimension.SIZE, SMALL)]), mandate_of([])]
    (first, small), (second, any_size) = admitted(mandates, attributes(), 4)
    assert (first.tolist(), small.tolist()) == ([0, 2], [True, True])
    assert (second.tolist(), any_size.tolist()) == ([0, 1, 2, 3], [True] * 4)


def test_needs_that_do_not_suit_are_named() -> None:
    ((needs, suits),) = admitted([mandate_of([rule(Dimension.SIZE, SMALL)])], attributes(), 4)
    assert needs[suits].tolist() == [0, 2]
    assert needs[~suits].tolist() == [1, 3]


def test_ticket_rules_narrow_each_other() -> None:
    tickets = [
        MandateRule(Dimension.TICKET, None, lower=5),
        MandateRule(Dimension.TICKET, None, lower=7, upper=90),
        MandateRule(Dimension.TICKET, None, upper=60),
    ]
    assert mandate_of(tickets) == Mandate((), 7, 60, is_stated=True)


@pytest.mark.parametrize(
    "words",
    [MandateRule(Dimension.INDUSTRY, None), MandateRule(None, frozenset()), MandateRule(Dimension.TICKET, None)],
)
def test_a_rule_in_words_only_makes_the_mandate_undecidable(words: MandateRule) -> None:
    mandate = mandate_of([words, rule(Dimension.STAGE, SEED)])
    assert not mandate.is_decidable


def test_no_mandate_admits_nothing() -> None:
    assert list(admitted([], attributes(), 4)) == []
