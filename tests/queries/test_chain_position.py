"""Where firms stand in chains of supply: worked by hand, and against a walk over every link."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.parties import Enterprise, Fund, Supplies, Tagged
from graph.kinds.places import Industry, Tag
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import ChainSide, Dimension, Instrument, Operator, Stage
from graph.records import Record, Ref
from graph.view import View
from queries.chain_position import NO, UNKNOWN, YES, Position, Trade
from queries.financing.gates.eligibility import YES as MET
from queries.financing.gates.eligibility import Applicant, Decided
from queries.financing.reaching.firms import Firms
from queries.financing.reaching.rules import conditions
from queries.ratios import UNLIMITED
from tests.examples import EXAMPLES
from tests.graph.build import view_of

LEADER, EMERGING = Ref[Tag]("tag:leader"), Ref[Tag]("tag:emerging")


def firm(name: str, industry: str | None = None) -> Enterprise:
    return Enterprise(id=f"enterprise:{name}", name=name, industry=Ref(f"industry:s:{industry}") if industry else None)


def link(seller: str, buyer: str) -> Supplies:
    return Supplies(source=Ref(f"enterprise:{seller}"), target=Ref(f"enterprise:{buyer}"))


def tagged(record: str, tag: Ref[Tag] = LEADER) -> Tagged:
    return Tagged(source=Ref(record), target=tag)


def chain_rule(name: str = "chain", **fields: object) -> Rule:
    given_ = {"dimension": Dimension.CHAIN, "tag": LEADER, "about": Ref("fund:f"), **fields}
    return Rule(id=f"rule:{name}", kind=RuleKind.MANDATE, name=name, **given_)  # type: ignore[arg-type]


def town(*more: Record) -> View:
    """raw → part → Leader → shop → store; lone trades with nobody, side sells to shop."""
    return view_of(
        *(firm(name) for name in ("raw", "part", "leader", "shop", "store", "lone", "side")),
        link("raw", "part"), link("part", "leader"), link("leader", "shop"), link("shop", "store"), link("side", "shop"),
        Tag(id=LEADER, name="leader"), Tag(id=EMERGING, name="emerging"), tagged("enterprise:leader"),
        *more,
    )  # fmt: skip


def verdicts(view: View, name: str = "chain") -> dict[str, int]:
    position = Position.of(view, view.find(f"rule:{name}"))
    assert position is not None
    found = position.verdicts(view).tolist()
    return dict(zip((one.partition(":")[2] for one in view.ids_of(Firms.of(view).handles)), found, strict=True))


def test_upstream_is_who_supplies_the_leader_directly_or_through_another() -> None:
    found = verdicts(town(chain_rule(chain_side=ChainSide.UPSTREAM)))
    assert [found[one] for one in ("raw", "part")] == [YES, YES]
    assert found["side"] == found["shop"] == NO


def test_downstream_is_who_buys_of_it() -> None:
    found = verdicts(town(chain_rule(chain_side=ChainSide.DOWNSTREAM)))
    assert [found[one] for one in ("shop", "store", "part")] == [YES, YES, NO]


def test_either_side_will_do_where_none_is_stated() -> None:
    found = verdicts(town(chain_rule()))
    assert [found[one] for one in ("raw", "part", "shop", "store")] == [YES] * 4


def test_firm_whose_trade_nobody_records_may_stand_anywhere() -> None:
    view = town(chain_rule(), chain_rule("up", chain_side=ChainSide.UPSTREAM))
    found = verdicts(view)
    # Of "side" nobody records what it buys, of "store" to whom it sells.
    assert (found["lone"], found["side"]) == (UNKNOWN, UNKNOWN)
    position = Position.of(view, view.find("rule:up"))
    assert position is not None
    assert position.missing(view, view.find("enterprise:store")) == ("supplies",)


def test_links_beyond_the_number_that_the_rule_states_do_not_count() -> None:
    assert verdicts(town(chain_rule(chain_side=ChainSide.UPSTREAM, count=1)))["raw"] == NO


def test_leader_is_in_the_chain_of_another_leader_only() -> None:
    assert verdicts(town(chain_rule()))["leader"] == NO
    assert verdicts(town(chain_rule(), tagged("enterprise:store")))["leader"] == YES


def test_leaders_are_those_of_the_field_that_the_rule_names() -> None:
    young = Industry(scheme="s", code="38", name="emerging things")
    old = Industry(scheme="s", code="31", name="old things")
    view = town(
        young, old, firm("new", "38"), firm("maker"), link("maker", "new"), tagged("enterprise:new"),
        tagged("industry:s:38", EMERGING), chain_rule(field_tag=EMERGING), chain_rule("by-industry", industry=Ref("industry:s:38")),
    )  # fmt: skip
    for name in ("chain", "by-industry"):
        found = verdicts(view, name)
        assert (found["maker"], found["part"]) == (YES, NO), name


def test_rule_that_names_no_mark_of_leaders_is_known_in_words_only() -> None:
    view = town(chain_rule(tag=None), chain_rule("gone", field_tag=Ref("tag:nowhere")))
    assert [Position.of(view, view.find(f"rule:{name}")) for name in ("chain", "gone")] == [None, None]


def test_gate_of_one_firm_and_of_all_firms_agree() -> None:
    fund = Fund(id="fund:f", name="f")
    for operator, met in ((None, {"raw", "part", "shop", "store"}), (Operator.NOT_IN, {"leader"})):
        view = town(fund, chain_rule(operator=operator))
        handle, firms = view.find("fund:f"), Firms.of(view)
        amounts = np.full(len(firms), UNLIMITED)
        (condition,) = conditions(view, RuleKind.MANDATE, handle, amounts, Instrument.EQUITY)
        each = [
            Decided.of(view, RuleKind.MANDATE, Applicant.of(view, one, None, Instrument.EQUITY)).explain(view, handle)
            for one in firms.handles.tolist()
        ]
        assert [verdict for verdict, _, _ in each] == condition.verdicts.tolist()
        names = [one.partition(":")[2] for one in view.ids_of(firms.handles)]
        assert {name for name, (verdict, _, _) in zip(names, each, strict=True) if verdict == MET} == met
        lone = each[names.index("lone")]
        assert [fact.field for fact in lone[2]] == ["supplies", "suppliedBy"]


def test_rule_on_a_share_of_the_money_asks_nothing_of_a_firm() -> None:
    rule = Rule(
        id="rule:share", kind=RuleKind.MANDATE, name="share", about=Ref("fund:f"), dimension=Dimension.STAGE,
        stage=Stage.SEED, operator=Operator.GTE, value=Decimal("0.6"),
    )  # fmt: skip
    view = town(Fund(id="fund:f", name="f"), rule)
    applicant = Applicant.of(view, view.find("enterprise:raw"), None, Instrument.EQUITY)
    assert Decided.of(view, RuleKind.MANDATE, applicant).explain(view, view.find("fund:f"))[0] == MET


@given(st.integers(1, 6).flatmap(lambda n: st.tuples(
    st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=10),
    st.sets(st.integers(0, n - 1)), st.integers(1, 3), st.sampled_from(ChainSide))))  # fmt: skip
@settings(max_examples=EXAMPLES, deadline=None)
def test_within_equals_every_walk(case: tuple[int, list[tuple[int, int]], set[int], int, ChainSide]) -> None:
    firms, pairs, leaders, hops, side = case
    pairs = [(seller, buyer) for seller, buyer in pairs if seller != buyer]
    trade = Trade(
        np.arange(len(pairs)), np.array([one for one, _ in pairs], int), np.array([one for _, one in pairs], int), firms
    )
    leading = np.zeros(firms, bool)
    leading[list(leaders)] = True
    steps = {(far, near) if side is ChainSide.UPSTREAM else (near, far) for far, near in pairs}
    walks = {
        walk[0]
        for length in range(2, hops + 2)
        for walk in product(range(firms), repeat=length)
        if all(step in steps for step in pairwise(walk))
        if walk[-1] in leaders and walk[-1] != walk[0]
    }
    assert set(np.flatnonzero(trade.within(leading, side, hops)).tolist()) == walks
