from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from queries.coverage import terms
from queries.coverage.fair_flow import GapReason, fair_flow
from queries.coverage.network import NOT_STATED, CoverageNetwork
from queries.coverage.terms import NO_PERIOD, FundTerms, OpenNeeds, coverage_network

FIRM, OTHER, THIRD = 7, 8, 9


def network(
    funds: list[FundTerms],
    needs: list[tuple[int, int, int]],
    *,
    periods: list[int] | None = None,
    suits: bool = True,
    held: Mapping[tuple[int, int], int] | None = None,
) -> CoverageNetwork:
    """Every fund admits every need (leaf, enterprise, unmet)."""
    leaf, enterprise, unmet = (np.array(column, np.int64) for column in zip(*needs, strict=True))
    total = np.zeros(int(leaf.max()) + 1, np.int64)
    np.add.at(total, leaf, unmet)
    period = np.array(periods if periods is not None else [2026] * len(needs), np.int64)
    admitted = [(np.arange(len(needs)), np.full(len(needs), suits))] * len(funds)
    return coverage_network(total, funds, OpenNeeds(leaf, enterprise, unmet, period), admitted, held or {})[0]


def caps(made: CoverageNetwork) -> list[tuple[int, int, int]]:
    return list(zip(made.node.tolist(), made.leaf.tolist(), made.cap.tolist(), strict=True))


def test_each_need_of_a_leaf_gets_a_ticket() -> None:
    assert caps(network([FundTerms(900, ticket_max=300)], [(0, FIRM, 1_000), (0, OTHER, 200)])) == [(0, 0, 500)]


def test_a_ticket_minimum_above_every_need_is_terms() -> None:
    made = network([FundTerms(9_000, ticket_min=500)], [(0, FIRM, 200), (0, OTHER, 200), (0, THIRD, 200)])
    assert caps(made) == [(0, 0, 0)]
    assert fair_flow(made).reason == (GapReason.TERMS,)


def test_a_ticket_that_the_cap_makes_too_small_counts_0() -> None:
    assert caps(network([FundTerms(900, ticket_min=400, per_company_cap=300)], [(0, FIRM, 1_000)])) == [(0, 0, 0)]


def test_two_caps_of_300_on_a_need_of_1_000_are_concentration_400() -> None:
    flow = fair_flow(
        network([FundTerms(5_000, per_company_cap=300), FundTerms(5_000, ticket_max=300)], [(0, FIRM, 1_000)])
    )
    assert (flow.gap.tolist(), flow.reason) == ([400], (GapReason.CONCENTRATION,))


def test_needs_of_one_company_share_its_cap_in_a_leaf() -> None:
    assert caps(network([FundTerms(900, per_company_cap=300)], [(0, FIRM, 200), (0, FIRM, 200), (0, OTHER, 50)])) == [
        (0, 0, 350)
    ]


def test_what_a_fund_holds_in_a_company_counts_against_the_cap() -> None:
    needs = [(0, FIRM, 200), (1, OTHER, 200)]
    assert caps(network([FundTerms(900, per_company_cap=300)], needs, held={(0, FIRM): 250})) == [
        (0, 0, 50),
        (0, 1, 200),
    ]


def test_more_than_the_cap_held_already_leaves_nothing() -> None:
    assert caps(network([FundTerms(900, per_company_cap=300)], [(0, FIRM, 200)], held={(0, FIRM): 400})) == [(0, 0, 0)]


def test_a_cap_that_binds_over_several_leaves_is_a_shared_node() -> None:
    made = network([FundTerms(900, per_company_cap=300)], [(0, FIRM, 200), (0, OTHER, 100), (1, FIRM, 200)])
    assert caps(made) == [(0, 0, 100), (0, 1, 0), (1, 0, 200), (1, 1, 200)]
    assert (made.fed_by.tolist(), made.size.tolist()) == ([-1, 0], [900, 300])
    assert int(fair_flow(made).given.sum()) == 400


def test_a_cap_that_does_not_bind_needs_no_node() -> None:
    made = network([FundTerms(900, per_company_cap=300)], [(0, FIRM, 100), (1, FIRM, 200)])
    assert caps(made) == [(0, 0, 100), (0, 1, 200)]


def test_needs_after_the_investment_period_are_terms() -> None:
    made = network(
        [FundTerms(900, last_period=2026)],
        [(0, FIRM, 100), (1, FIRM, 100), (2, FIRM, 100)],
        periods=[2026, 2027, NO_PERIOD],
    )
    assert caps(made) == [(0, 0, 100), (0, 1, 0), (0, 2, 100)]


def test_a_fund_whose_period_has_ended_admits_and_gives_nothing() -> None:
    made = network([FundTerms(0, has_ended=True)], [(0, FIRM, 100), (1, FIRM, 100)], periods=[2026, NO_PERIOD])
    assert fair_flow(made).reason == (GapReason.TERMS, GapReason.TERMS)


def test_needs_that_do_not_suit_are_terms() -> None:
    assert fair_flow(network([FundTerms(900)], [(0, FIRM, 100)], suits=False)).reason == (GapReason.TERMS,)


def test_a_size_that_is_not_stated_stays_so() -> None:
    assert network([FundTerms(None)], [(0, FIRM, 100)]).size.tolist() == [NOT_STATED]


def test_no_pair_no_edge() -> None:
    none = np.zeros(0, np.int64)
    needs = OpenNeeds(none, none, none, none)
    assert caps(coverage_network(none, [FundTerms(5)], needs, [(none, none.astype(np.bool_))], {})[0]) == []
    assert caps(coverage_network(none, [], needs, [], {})[0]) == []


def test_funds_of_several_batches_stand_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    funds = [FundTerms(900, per_company_cap=cap) for cap in (300, 100, 250, None)]
    needs = [(0, FIRM, 200), (0, OTHER, 100), (1, FIRM, 200)]
    at_once = network(funds, needs, held={(2, FIRM): 10})
    monkeypatch.setattr(terms, "BATCH", 1)
    one_by_one = network(funds, needs, held={(2, FIRM): 10})
    assert caps(one_by_one) == caps(at_once)
    assert one_by_one.fed_by.tolist() == at_once.fed_by.tolist()
    assert one_by_one.size.tolist() == at_once.size.tolist()
