"""What holds of the covenants of every small fund: bounds hold what could be stated, and loads in any order answer the same."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from graph.kinds.contracts import Commitment
from graph.kinds.policy import CovenantKind as K
from graph.kinds.policy import CovenantVariant as V
from graph.kinds.policy import MoneyBase as B
from graph.kinds.terms import CapitalOrigin
from graph.log import Mode
from graph.records import Record
from graph.view import View
from queries.fund_covenants import LEVERAGES, SHARES, fund_covenants
from queries.funds.capital import Contribution, origins
from queries.funds.capital_measures import capital_share, leverage
from queries.funds.facts import FundFacts
from queries.funds.judging import Covenant
from queries.funds.measures import Measure
from tests.examples import EXAMPLES, FEW_WORLDS
from tests.graph.build import view_of
from tests.queries.funds.vehicles import LP, commits, firm, fund, invests, rule

GOV, SOE, PRIVATE = CapitalOrigin


class Stated(FundFacts):
    """A fund of which only its commitments are known."""

    def __init__(self, given: list[Contribution]) -> None:
        self.fund = 0
        self.by_origin = {}
        self.__dict__["contributions"] = given


def contribution(amount: int, origin: CapitalOrigin | None, municipal: bool | None) -> Contribution:
    return Contribution(1, 0, -1, amount, amount, origin, municipal, False, ())


def measured(given: list[Contribution], variant: V) -> Measure:
    return (leverage if variant in LEVERAGES else capital_share)(Stated(given), variant, B.COMMITTED)


def plain(given: list[Contribution], variant: V) -> Fraction | None:
    """By the definitions, where all is stated; None: nothing to measure."""
    part = {one: sum(two.committed or 0 for two in given if two.origin is one) for one in CapitalOrigin}
    total, city = sum(part.values()), sum(one.committed or 0 for one in given if one.municipal and one.origin is GOV)
    top, bottom = {
        V.TOTAL_TO_MUNICIPAL: (total, city),
        V.TOTAL_TO_FISCAL: (total, part[GOV]),
        V.NON_FISCAL_TO_FISCAL: (total - part[GOV], part[GOV]),
        V.FISCAL: (part[GOV], total),
        V.SOE: (part[SOE], total),
        V.PRIVATE: (part[PRIVATE], total),
        V.SOCIAL: (part[SOE] + part[PRIVATE], total),
    }[variant]
    return None if bottom == 0 else Fraction(top, bottom)


capital = st.lists(
    st.builds(
        contribution,
        st.integers(0, 9),
        st.sampled_from([None, *CapitalOrigin]),
        st.sampled_from([None, True, False]),
    ),
    min_size=1,
    max_size=4,
)


def completions(given: list[Contribution]) -> list[list[Contribution]]:
    """Every way to state what is not stated."""
    choices = []
    for one in given:
        origin = [one.origin] if one.origin else [GOV] if one.municipal else list(CapitalOrigin)
        level = [one.municipal] if one.municipal is not None else [True, False]
        choices.append([replace(one, origin=first, municipal=second) for first, second in product(origin, level)])
    return [list(chosen) for chosen in product(*choices)]


@given(capital, st.sampled_from([*LEVERAGES, *SHARES]))
@tried(max_examples=EXAMPLES)
def test_bounds_hold_exactly_what_could_be_stated(given: list[Contribution], variant: V) -> None:
    found = measured(given, variant)
    values = [plain(one, variant) for one in completions(given)]
    known = [value for value in values if value is not None]
    assert found.nothing == (not known)
    if not known:
        return
    # Where something in the denominator may be nothing, the ratio has no upper bound.
    assert found.low == min(known)
    assert found.high == (None if None in values else max(known))
    assert bool(found.missing) or found.low == found.high


@given(capital, st.permutations(range(4)))
@tried(max_examples=EXAMPLES)
def test_origins_add_up_in_any_order(given: list[Contribution], order: list[int]) -> None:
    mixed = [given[place] for place in order if place < len(given)]
    one, other = origins(given, B.COMMITTED), origins(mixed, B.COMMITTED)
    assert replace(one, missing=()) == replace(other, missing=())
    assert one.total == sum(each.committed or 0 for each in given)


def told(view: View, one: Covenant) -> tuple[Any, ...]:
    """Everything that a covenant says, without handles."""
    missing = [(view.id_of(fact.record), fact.field) for fact in one.missing]
    counted = [(view.id_of(each.round), each.low, each.high) for each in one.counted]
    rest = (one.kind, one.variant, one.base, one.met, one.stated, one.shortfall, one.surplus, one.value)
    return (*rest, one.measure.low, one.measure.high, missing, counted, one.rule >= 0 and view.id_of(one.rule))


@given(st.data())
@tried(max_examples=FEW_WORLDS, deadline=None)
def test_loads_in_any_order_say_the_same(data: st.DataObject) -> None:
    amounts, origin = st.integers(0, 9), st.sampled_from([None, *CapitalOrigin])
    given: list[Commitment] = [
        commits("f", data.draw(amounts), data.draw(amounts), origin=data.draw(origin), id=f"commitment:{place}")
        for place in range(data.draw(st.integers(0, 3)))
    ]
    rounds = [
        record
        for place in range(data.draw(st.integers(0, 4)))
        for record in invests(f"r{place}", data.draw(st.sampled_from("ab")), ("f", data.draw(amounts)))
    ]
    rules = [
        rule(f"q{place}", "f", covenant=kind, value=data.draw(st.sampled_from([None, 0.5, 1])), max_months=3)
        for place, kind in enumerate(data.draw(st.lists(st.sampled_from(list(K)), max_size=4)))
    ]
    records: list[Record] = [LP, firm("a"), firm("b"), fund("f"), *given, *rounds, *rules]
    mixed = data.draw(st.permutations(records))
    cut = data.draw(st.integers(1, len(records)))
    view = view_of(*records)
    other = view_of(*mixed[:cut], loads=[("later", Mode.PARTIAL, mixed[cut:])] if mixed[cut:] else ())
    first, second = fund_covenants(view, "fund:f"), fund_covenants(other, "fund:f")
    assert [told(view, one) for one in first] == [told(other, one) for one in second]
    for one in first:
        assert one.shortfall is None or (one.shortfall == 0) >= bool(one.met)
        assert (one.met is None) == (one.stated.name != "STATED")
