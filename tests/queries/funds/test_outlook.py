"""What covenants would say after investments that are only thought of: the same as if they had been made."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from graph.kinds.parties import FundType
from graph.kinds.places import Industry, IndustryLevel, Region
from graph.kinds.policy import CovenantKind as K
from graph.kinds.policy import RuleKind
from graph.kinds.terms import Dimension, Stage
from graph.records import Record, Ref
from queries.fund_covenants import fund_covenants
from queries.funds.outlook import CovenantOutlook
from tests.examples import FEW_WORLDS
from tests.graph.build import TODAY, view_of
from tests.queries.funds.effects import effects
from tests.queries.funds.vehicles import LP, WAN, commits, firm, fund, invests, rule

FIRMS = ("a", "b", "c")


def records() -> list[Record]:
    """Firm a is early, in the field and at home; b is neither early nor at home; of c nothing is stated."""
    return [
        LP, Region(code="4199", name="city"), Region(code="42", name="else"), fund("g", type=FundType.GUIDANCE),
        Industry(scheme="s", code="C", name="C", level=IndustryLevel.SECTION), fund("f", type=FundType.VENTURE, region=Ref("region:4199")),
        firm("a", region=Ref("region:4199"), stage=Stage.SEED, industry=Ref("industry:s:C")),
        firm("b", region=Ref("region:42"), stage=Stage.GROWTH, industry=Ref("industry:s:C")), firm("c"),
        commits("f", 100, 90, by="fund:g", valid_from=TODAY.replace(year=2024)), commits("f", 200, 150),
        rule("back", "f", covenant=K.REINVESTMENT, value=1.5),
        rule("seed", "f", kind=RuleKind.COEFFICIENT, covenant=K.REINVESTMENT, stage=Stage.SEED, value=2),
        rule("early", "f", covenant=K.EARLY_STAGE, value=0.5),
        rule("main", "f", covenant=K.MAIN_FIELD, industry=Ref("industry:s:C"), value=0.5),
        rule("rate", "f", covenant=K.DEPLOYMENT_RATE, value=0.3),
        rule("hhi", "f", covenant=K.CONCENTRATION, value=0.4, dimension=Dimension.STAGE),
        rule("idle", "f", covenant=K.IDLE_MONTHS, value=0.5, max_months=6),
    ]  # fmt: skip


def test_effects_of_a_yuan() -> None:
    view = view_of(*records())
    outlook = CovenantOutlook(view, view.find("fund:f"))
    found = {
        name: {
            view.id_of(one.rule): (one.low, one.high, one.bottom)
            for one in effects(outlook, view.find(f"enterprise:{name}"))
        }
        for name in FIRMS
    }
    assert found["a"] == {
        "rule:back": (2, 2, 0),
        "rule:early": (1, 1, 1),
        "rule:main": (1, 1, 1),
        "rule:rate": (1, 1, 0),
    }
    assert found["b"] == {
        "rule:back": (0, 0, 0),
        "rule:early": (0, 0, 1),
        "rule:main": (1, 1, 1),
        "rule:rate": (1, 1, 0),
    }
    assert found["c"]["rule:back"] == (0, 2, 0)
    assert found["c"]["rule:early"] == (0, 1, 1)


def test_a_deal_that_mends_what_is_short() -> None:
    view = view_of(*records())
    outlook = CovenantOutlook(view, view.find("fund:f"))
    [now] = [one for one in outlook.now if one.kind is K.REINVESTMENT]
    assert now.shortfall == 150 * WAN
    [then] = [one for one in outlook.after({view.find("enterprise:a"): 75 * WAN}) if one.kind is K.REINVESTMENT]
    assert (then.met, then.surplus, then.value) == (True, 0, Fraction(3, 2))


@given(
    st.lists(st.tuples(st.sampled_from(FIRMS), st.integers(1, 60)), max_size=3),
    st.dictionaries(st.sampled_from(FIRMS), st.integers(1, 60)),
)
@tried(max_examples=FEW_WORLDS // 2 + 1, deadline=None)
def test_thought_of_is_as_made(made: list[tuple[str, int]], thought_of: dict[str, int]) -> None:
    before = [
        record for place, (name, amount) in enumerate(made) for record in invests(f"m{place}", name, ("f", amount))
    ]
    more = [
        record
        for name, amount in thought_of.items()
        for record in invests(f"t{name}", name, ("f", amount), closed_on=TODAY)
    ]
    view, then = view_of(*records(), *before), view_of(*records(), *before, *more)
    outlook = CovenantOutlook(view, view.find("fund:f"))
    found = outlook.after({view.find(f"enterprise:{name}"): amount * WAN for name, amount in thought_of.items()})
    expected = {then.id_of(one.rule): one for one in fund_covenants(then, "fund:f") if one.rule >= 0}
    assert {view.id_of(one.rule) for one in found} == expected.keys()
    for one in found:
        real = expected[view.id_of(one.rule)]
        assert (one.met, one.value, one.measure.low, one.measure.high) == (
            real.met,
            real.value,
            real.measure.low,
            real.measure.high,
        )
        assert (one.measure.numerator, one.measure.denominator, one.shortfall) == (
            real.measure.numerator, real.measure.denominator, real.shortfall
        )  # fmt: skip
