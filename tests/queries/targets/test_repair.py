"""What a yuan mends: by hand, and as the outlook of covenants says for each firm."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.kinds.parties import Fund, FundType
from graph.kinds.places import Region, Tag
from graph.kinds.policy import CovenantKind, MoneyBase, RuleKind
from graph.kinds.terms import Dimension, Operator, SizeClass, Stage
from graph.records import Record, Ref
from graph.view import View
from queries.financing.reaching.firms import Firms
from queries.funds.outlook import CovenantOutlook
from queries.targets.repair import Repairs
from queries.targets.unmendable import Unmendable
from tests.examples import FEW_WORLDS
from tests.graph.build import view_of
from tests.queries.funds.effects import effects
from tests.queries.targets.world import FUND, commitment, dec, firm, fund, round_, rule, tagged

CITY, AWAY = "region:4199", "region:4299"
PLACES: list[Record] = [Region(code="4199", name="city"), Region(code="4299", name="away"), Tag(id="tag:t", name="t")]


def covenant(name: str, kind: CovenantKind, value: str, **fields: object) -> Record:
    return rule(name, None, kind=RuleKind.COVENANT, **{"covenant": kind, "value": dec(value), **fields})


def repairs(view: View) -> Repairs:
    return Repairs.of(view, view.find(FUND))


def test_share_of_a_field_is_mended_by_what_lies_in_it_less_what_it_raises() -> None:
    view = view_of(
        *PLACES, fund(), commitment(1_000, 1_000), firm("in"), firm("out"), firm("lp"), tagged("enterprise:in", "tag:t"),
        *round_("r", "out", 100, FUND), covenant("field", CovenantKind.MAIN_FIELD, "0.6", tag=Ref("tag:t")),
    )  # fmt: skip
    (one,) = repairs(view).broken
    firms = Firms.of(view)
    effect = {view.id_of(handle): one.effect(place) for place, handle in enumerate(firms.handles.tolist())}
    assert effect["enterprise:in"] == (Fraction(2, 5), Fraction(2, 5))
    assert effect["enterprise:out"] == (Fraction(-3, 5), Fraction(-3, 5))
    found = dict(zip(effect, repairs(view).utility(len(firms)).tolist(), strict=True))
    assert (found["enterprise:in"], found["enterprise:out"]) == (400_000, 0)


def test_covenants_that_no_deal_moves_are_told_apart() -> None:
    view = view_of(fund(), commitment(1_000, 100), firm("a"), covenant("pace", CovenantKind.PAID_IN_PACE, "0.5"))
    found = repairs(view)
    assert [(one.kind, why) for one, why in found.beyond] == [(CovenantKind.PAID_IN_PACE, Unmendable.INVESTORS)]
    assert found.requirements == ()


def test_money_in_a_firm_that_a_covenant_does_not_want_counts_nothing_wherever_it_is_to_go() -> None:
    # Nobody states the region of the reinvestment; of the two firms only the one with the tag may count.
    view = view_of(
        *PLACES, fund(), Fund(id="fund:mother", name="mother", type=FundType.GUIDANCE), commitment(100, 50, "fund:mother"),
        firm("in"), firm("out"), tagged("enterprise:in", "tag:t"), *round_("r", "out", 10, FUND),
        covenant("back", CovenantKind.REINVESTMENT, "1", tag=Ref("tag:t")),
    )  # fmt: skip
    outlook, (one,) = CovenantOutlook(view, view.find(FUND)), repairs(view).requirements
    assert [why for _, why in repairs(view).beyond] == [Unmendable.NOT_STATED]
    firms = Firms.of(view)
    for place, handle in enumerate(firms.handles.tolist()):
        expected = Fraction(int(view.id_of(handle) == "enterprise:in"))
        assert one.effect(place) == (0, expected)
        assert [(effect.low, effect.high) for effect in effects(outlook, handle)] == [(0, expected)]


def test_next_yuan_into_a_cell_moves_concentration_by_what_lies_in_it() -> None:
    # 60 at one stage, 40 at another: HHI 0.52. The next yuan adds 0.5 + 0.52 − 2 · 0.6, or − 2 · 0.4, or nothing less where nothing is.
    view = view_of(
        *PLACES, fund(), commitment(1_000, 1_000), firm("lp"), firm("most"), firm("less", stage=Stage.SEED),
        firm("none", stage=Stage.MATURE), firm("dark", stage=None), *round_("r", "most", 60, FUND), *round_("s", "less", 40, FUND),
        rule("hhi", Dimension.STAGE, kind=RuleKind.COVENANT, covenant=CovenantKind.CONCENTRATION, value=dec("0.5")),
    )  # fmt: skip
    (one,) = repairs(view).broken
    firms = Firms.of(view)
    effect = {view.id_of(handle): one.effect(place) for place, handle in enumerate(firms.handles.tolist())}
    assert one.margin == -2 * 1_000_000
    assert effect["enterprise:most"] == (Fraction(-18, 100),) * 2
    assert effect["enterprise:less"] == (Fraction(22, 100),) * 2
    assert effect["enterprise:none"] == (Fraction(102, 100),) * 2
    assert effect["enterprise:dark"] == (Fraction(-18, 100), Fraction(102, 100))
    found = dict(zip(effect, repairs(view).utility(len(firms)).tolist(), strict=True))
    assert [found[f"enterprise:{name}"] for name in ("most", "less", "none")] == [0, 220_000, 1_000_000]


maybe = st.booleans()


@st.composite
def worlds(draw: st.DrawFn) -> list[Record]:
    firms = [
        firm(
            f"f{number}",
            region=draw(st.sampled_from([None, Ref(CITY), Ref(AWAY)])),
            stage=draw(st.sampled_from([None, Stage.SEED, Stage.GROWTH])),
            size=draw(st.sampled_from([None, SizeClass.SMALL, SizeClass.LARGE])),
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    tags = [tagged(one.id, "tag:t") for one in firms if draw(maybe) and one.id is not None]
    asks = st.sampled_from(
        [{"region": Ref(CITY)}, {"tag": Ref("tag:t")}, {"size": SizeClass.SMALL}, {"stage": Stage.SEED}]
    )
    operator = st.sampled_from([Operator.GTE, Operator.GT, Operator.LTE])
    base = st.sampled_from([None, MoneyBase.COMMITTED, MoneyBase.PAID_IN])
    kinds = (CovenantKind.MAIN_FIELD, CovenantKind.EARLY_STAGE, CovenantKind.REINVESTMENT, CovenantKind.DEPLOYMENT_RATE)
    rules: list[Record] = []
    for kind in kinds:
        if draw(maybe):
            asked = {} if kind is CovenantKind.DEPLOYMENT_RATE else draw(asks)
            rules.append(
                covenant(
                    kind.name, kind, draw(st.sampled_from(["0.3", "1", "1.5"])), operator=draw(operator), money_base=draw(base),
                    **asked,
                )
            )  # fmt: skip
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from([CovenantKind.MAIN_FIELD, CovenantKind.REINVESTMENT]))
        weight = dec(draw(st.sampled_from(["0.5", "1", "2"])))
        rules.append(rule(f"w{number}", None, kind=RuleKind.COEFFICIENT, covenant=kind, value=weight, **draw(asks)))
    return [
        *PLACES, *firms, *tags, *rules, fund(region=draw(st.sampled_from([None, Ref(CITY)]))), commitment(100, 50, "fund:mother"),
        *round_("r", "f0", 10, FUND),
    ]  # fmt: skip


@given(worlds())
@settings(max_examples=FEW_WORLDS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_columns_say_what_the_outlook_says_of_each_firm(records: list[Record]) -> None:
    view = view_of(*records)
    outlook, found = CovenantOutlook(view, view.find(FUND)), repairs(view)
    thresholds = {one.rule: one for one in outlook.now}
    for place, handle in enumerate(Firms.of(view).handles.tolist()):
        told = {one.rule: one for one in effects(outlook, handle)}
        for requirement in found.requirements:
            one, covenant_ = told[requirement.covenant.rule], thresholds[requirement.covenant.rule]
            assert covenant_.threshold is not None
            sign = 1 if covenant_.operator in (Operator.GTE, Operator.GT) else -1
            ends = [sign * (end - covenant_.threshold * one.bottom) for end in (one.low, one.high)]
            assert requirement.effect(place) == (min(ends), max(ends))
