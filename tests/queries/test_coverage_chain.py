"""Mandates that ask where a firm stands in the chain of a leader: they choose among the needs of a cell. Amounts in 万元."""

from __future__ import annotations

import pytest

from graph.kinds.parties import Fund, Supplies, Tagged
from graph.kinds.places import Tag
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Dimension, Operator, Stage
from graph.records import Record, Ref
from queries.coverage.fair_flow import GapReason
from tests.queries.fund_world import WAN, coverage, firm, fund, need


def _sells(seller: str, buyer: str) -> Supplies:
    return Supplies(source=Ref(f"enterprise:{seller}"), target=Ref(f"enterprise:{buyer}"))


def _gate(operator: Operator = Operator.IN, tag: str | None = "lead", count: int | None = 1) -> Rule:
    return Rule(
        id="rule:chain", kind=RuleKind.MANDATE, name="chain", about=Ref[Fund]("fund:f"), dimension=Dimension.CHAIN,
        operator=operator, tag=None if tag is None else Ref(f"tag:{tag}"), count=count, hard=True,
    )  # fmt: skip


def _world() -> list[Record]:
    """Near sells to a leader, far to near; nobody records any trade of loner. Each asks for 100."""
    names = ("near", "far", "loner")
    return [
        Tag(id="tag:lead", name="lead"), firm("leader"), Tagged(source=Ref("enterprise:leader"), target=Ref("tag:lead")),
        *(firm(name, stage=Stage.GROWTH) for name in names), *(need(name, name, 100) for name in names),
        _sells("near", "leader"), _sells("far", "near"), _sells("leader", "end"), _sells("end2", "far"),
        firm("end"), firm("end2"), *fund("f", 1000, stages=[Stage.GROWTH]),
    ]  # fmt: skip


@pytest.mark.parametrize(("hops", "given"), [(1, 100), (2, 200), (None, 200)])
def test_only_needs_of_firms_that_stand_there_are_met(hops: int | None, given: int) -> None:
    total = coverage(_world(), [_gate(count=hops)]).total
    assert (total.execution_gap, total.structural_gap) == (given * WAN, (300 - given) * WAN)
    assert total.structural_gap_low == total.structural_gap


def test_who_stands_there_may_be_shut_out_and_what_is_not_known_is_met_by_neither() -> None:
    total = coverage(_world(), [_gate(Operator.NOT_IN)]).total
    assert total.execution_gap == 100 * WAN


def test_a_gate_in_words_only_leaves_the_size_not_known() -> None:
    total = coverage(_world(), [_gate(tag=None)]).total
    assert (total.structural_gap_low, total.structural_gap) == (0, 300 * WAN)
    assert total.reason is GapReason.SIZE_NOT_STATED
