"""Deals that restore the covenants of a fund: worked by hand. Amounts in 万元."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInput, NotFound
from graph.kinds.places import Region, Tag
from graph.kinds.policy import CovenantKind, RuleKind
from graph.kinds.terms import Dimension, Operator, SizeClass, Stage
from graph.log import Mode
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.portfolio import Portfolio, portfolio
from tests.examples import FEW_WORLDS
from tests.graph.build import view_of
from tests.queries.targets.world import FUND, WAN, commitment, dec, firm, fund, need, round_, rule, tagged, wan

CITY = Ref[Region]("region:4199")
PLACES: list[Record] = [Region(code="4199", name="city"), Region(code="4299", name="away"), Tag(id="tag:t", name="t")]
SMALL = rule("size", Dimension.SIZE, size=SizeClass.SMALL)


def covenant(name: str, kind: CovenantKind, value: str, **fields: Any) -> Record:
    given_ = {"dimension": None, "covenant": kind, "value": dec(value), **fields}
    return rule(name, kind=RuleKind.COVENANT, **given_)


def compose(view: View, budget: float = 100_000) -> Portfolio:
    found = wan(budget)
    assert found is not None
    return portfolio(view, FUND, found)


def told(found: Portfolio, view: View) -> dict[str, float]:
    return {view.id_of(deal.target.enterprise).partition(":")[2]: deal.amount / WAN for deal in found.deals}


def mixed(*more: Record) -> View:
    """Invested 1,000, none of it in the field, half of it early; a field share of 20 % and an early share of 50 % are wanted."""
    return view_of(
        *PLACES, SMALL, fund(ticket_min=wan(50), ticket_max=wan(400)), commitment(10_000, 5_000), firm("lp"),
        firm("old", size=SizeClass.LARGE), firm("new", size=SizeClass.LARGE, stage=Stage.SEED),
        *round_("r1", "old", 500, FUND), *round_("r2", "new", 500, FUND),
        covenant("field", CovenantKind.MAIN_FIELD, "0.2", tag=Ref("tag:t")), covenant("early", CovenantKind.EARLY_STAGE, "0.5"), *more,
    )  # fmt: skip


def test_deals_mend_what_is_short_without_breaking_what_is_met() -> None:
    view = mixed(
        firm("both", stage=Stage.SEED), firm("field"), tagged("enterprise:both", "tag:t"), tagged("enterprise:field", "tag:t"),
        need("both", 100),
    )  # fmt: skip
    found = compose(view)
    # Σ in the field must be 20 % of 1,000 + Σ: 250, of which the early half at least 125: both takes 100 only.
    assert found.restored is False
    assert (found.deals, found.exact, found.needed) == ((), True, None)


def test_least_money_restores_all() -> None:
    view = mixed(
        firm("both", stage=Stage.SEED), firm("field"), tagged("enterprise:both", "tag:t"), tagged("enterprise:field", "tag:t"),
        need("both", 150),
    )  # fmt: skip
    found = compose(view)
    # 250 into the field; of 1,250 in all half must be early, 500 are: at least 125.
    deals = told(found, view)
    assert deals.keys() == {"both", "field"}
    assert 125 <= deals["both"] <= 150
    assert (found.total / WAN, found.restored, found.exact, found.needed) == (250, True, True, 250 * WAN)
    assert [view.id_of(one.rule) for one in found.before if one.met is False] == ["rule:field"]
    assert all(one.met for one in found.after)


def test_fewest_deals_of_equal_money() -> None:
    view = mixed(*(firm(f"f{n}", stage=Stage.SEED) for n in range(4)), *(tagged(f"enterprise:f{n}", "tag:t") for n in range(4)),
                 *(need(f"f{n}", 130) for n in range(3)))  # fmt: skip
    found = compose(view)
    assert told(found, view) == {"f3": 250}


def test_budget_too_small_says_what_would_do() -> None:
    view = mixed(firm("a", stage=Stage.SEED), tagged("enterprise:a", "tag:t"))
    found = compose(view, 200)
    assert (found.deals, found.restored, found.exact, found.needed) == ((), False, True, 250 * WAN)


def test_money_that_the_fund_has_bounds_it_too() -> None:
    view = view_of(
        *PLACES, SMALL, fund(), commitment(1_100, 1_100), firm("lp"), firm("old", size=SizeClass.LARGE), *round_("r", "old", 1_000, FUND),
        firm("a"), tagged("enterprise:a", "tag:t"), covenant("field", CovenantKind.MAIN_FIELD, "0.2", tag=Ref("tag:t")),
    )  # fmt: skip
    found = compose(view)
    assert (found.spendable / WAN, found.deals, found.needed) == (100, (), 250 * WAN)


def test_conflicts_and_doubts_are_no_candidates() -> None:
    view = mixed(
        firm("taken", stage=Stage.SEED), tagged("enterprise:taken", "tag:t"), firm("unsure", stage=Stage.SEED, size=None),
        *round_("x", "taken", 10, "enterprise:old", closed_on=None, exclusive_until=date(2026, 1, 1)), tagged("enterprise:unsure", "tag:t"),
    )  # fmt: skip
    found = compose(view)
    assert (found.deals, found.restored) == ((), False)


def test_nothing_to_mend_needs_no_deal() -> None:
    view = view_of(SMALL, fund(), commitment(100, 100), firm("a"), firm("lp"))
    found = compose(view)
    assert (found.deals, found.restored, found.exact, found.needed) == ((), True, True, 0)


def test_covenants_that_no_deal_mends_stay() -> None:
    view = view_of(
        SMALL, fund(), commitment(1_000, 100), firm("a"), firm("lp"), covenant("pace", CovenantKind.PAID_IN_PACE, "0.5")
    )
    found = compose(view)
    assert ([one.kind for one in found.beyond], found.restored, found.deals) == ([CovenantKind.PAID_IN_PACE], False, ())


def test_idle_money_is_put_to_work() -> None:
    view = view_of(
        SMALL, fund(), commitment(1_000, 1_000, valid_from=date(2023, 1, 1)), firm("a"), firm("lp"),
        covenant("idle", CovenantKind.IDLE_MONTHS, "0.4", max_months=12),
    )  # fmt: skip
    found = compose(view)
    assert [one.met for one in found.before] == [False]
    # Less than 400 of the 1,000 may lie: 600 and one 分.
    assert (found.total, found.restored) == (600 * WAN + 1, True)


def test_concentration_that_a_deal_breaks_is_shown() -> None:
    view = mixed(
        firm("a", stage=Stage.SEED), tagged("enterprise:a", "tag:t"),
        covenant("hhi", CovenantKind.CONCENTRATION, "0.5", dimension=Dimension.STAGE, operator=Operator.LTE),
    )  # fmt: skip
    found = compose(view)
    assert [one.met for one in found.before if one.kind is CovenantKind.CONCENTRATION] == [True]
    assert (found.restored, found.exact) == (False, False)
    assert [view.id_of(one.rule) for one in found.unweighed] == ["rule:hhi"]


def test_concentration_that_is_not_met_may_be_mended_by_deals_and_nothing_is_claimed_of_it() -> None:
    # All is invested in one firm: a deal with one at another stage would do, but none is weighed by concentration.
    view = view_of(
        *PLACES, SMALL, fund(), commitment(1_000, 1_000), firm("lp"), firm("old", size=SizeClass.LARGE), firm("a", stage=Stage.SEED),
        *round_("r", "old", 100, FUND),
        covenant("hhi", CovenantKind.CONCENTRATION, "0.6", dimension=Dimension.STAGE, operator=Operator.LTE),
    )  # fmt: skip
    found = compose(view)
    assert (found.deals, found.restored, found.exact, found.needed) == ((), False, False, None)
    assert [view.id_of(one.rule) for one in found.unweighed] == ["rule:hhi"]
    assert found.beyond == ()


def test_concentration_that_is_met_after_the_deals_leaves_them_exact() -> None:
    view = mixed(
        firm("a", stage=Stage.SEED), tagged("enterprise:a", "tag:t"),
        covenant("hhi", CovenantKind.CONCENTRATION, "0.9", dimension=Dimension.STAGE, operator=Operator.LTE),
    )  # fmt: skip
    found = compose(view)
    assert (found.total / WAN, found.restored, found.exact) == (250, True, True)
    assert [view.id_of(one.rule) for one in found.unweighed] == ["rule:hhi"]


@pytest.mark.parametrize(
    ("identifier", "budget", "error", "words"),
    [
        (FUND, Money(0), InvalidInput, "nothing to invest"),
        (FUND, Money(5, "USD"), InvalidInput, "no rate"),
        ("fund:none", Money(5), NotFound, "fund:none"),
    ],
)
def test_values_that_cannot_be_meant_are_named(
    identifier: str, budget: Money, error: type[Exception], words: str
) -> None:
    view = view_of(fund(), firm("a"))
    with pytest.raises(error, match=words):
        portfolio(view, identifier, budget)


@st.composite
def towns(draw: st.DrawFn) -> list[Record]:
    """Firms in and out of the field and the city, with and without needs, before a fund that falls short."""
    count = draw(st.integers(1, 5))
    firms = [
        firm(
            f"f{n}", stage=draw(st.sampled_from([Stage.SEED, Stage.GROWTH])), region=draw(st.sampled_from([None, CITY]))
        )
        for n in range(count)
    ]
    tags = [tagged(f"enterprise:f{n}", "tag:t") for n in range(count) if draw(st.booleans())]
    needs = [need(f"f{n}", draw(st.integers(1, 300))) for n in range(count) if draw(st.booleans())]
    shares = st.sampled_from(["0.1", "0.3", "0.6"])
    return [
        *PLACES, SMALL, *firms, *tags, *needs, firm("lp"), firm("old", size=SizeClass.LARGE), *round_("r", "old", 100, FUND),
        fund(ticket_min=wan(draw(st.integers(1, 40))), ticket_max=wan(draw(st.integers(20, 200)))), commitment(2_000, 900),
        covenant("field", CovenantKind.MAIN_FIELD, draw(shares), tag=Ref("tag:t")),
        covenant("early", CovenantKind.EARLY_STAGE, draw(shares), operator=draw(st.sampled_from([Operator.GTE, Operator.LTE]))),
        covenant("rate", CovenantKind.DEPLOYMENT_RATE, draw(shares)),
    ]  # fmt: skip


@given(towns(), st.integers(1, 600), st.randoms(use_true_random=False))
@settings(max_examples=FEW_WORLDS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_deals_keep_terms_and_mend_whatever_the_order_of_loads(records: list[Record], budget: int, chance: Any) -> None:
    mixed_up = list(records)
    chance.shuffle(mixed_up)
    half = len(mixed_up) // 2
    views = view_of(*records), view_of(*mixed_up[:half], loads=[("test", Mode.PARTIAL, mixed_up[half:])])
    found, again = (compose(view, budget) for view in views)
    assert found.exact
    assert (told(found, views[0]), found.restored, found.needed) == (
        told(again, views[1]),
        again.restored,
        again.needed,
    )
    assert found.total <= budget * WAN
    for deal in found.deals:
        assert deal.target.ticket is not None
        assert deal.target.ticket.low <= deal.amount <= (deal.target.ticket.high or 0)
    if found.deals:
        assert found.restored
        assert found.needed == found.total
    elif found.needed is not None and not found.restored:
        assert found.needed > min(budget * WAN, found.spendable)
