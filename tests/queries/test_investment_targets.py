"""Which firms fit a fund, which may, which do not, and why: worked by hand. Amounts in 万元."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from graph.errors import InvalidInput, LimitExceeded, NotFound
from graph.kinds.assets import IpRight
from graph.kinds.contracts import Commitment
from graph.kinds.parties import Controls, EnterpriseStatus, FundManager, Group, Institution
from graph.kinds.places import Industry, Tag
from graph.kinds.terms import Dimension, Operator, SizeClass, Stage
from graph.money import Money
from graph.records import Ref
from graph.view import View
from queries.coverage.cell_id import CellFilter
from queries.financing.score import ScoreAspect
from queries.investment_targets import InvestmentTarget, InvestmentTargets, investment_targets
from queries.targets.conflicts import TargetConflict
from queries.targets.criteria import CriterionKind, Verdict
from queries.targets.merits import ReasonKind
from queries.targets.weights import TargetWeights
from tests.graph.build import Stated, view_of
from tests.queries.targets.world import (
    FUND,
    WAN,
    chain,
    commitment,
    dec,
    firm,
    fund,
    gate,
    need,
    round_,
    rule,
    sells,
    tagged,
    wan,
)

ALL = tuple(Verdict)
FITS, UNKNOWN, NOT = Verdict


def ask(view: View, **options: Any) -> InvestmentTargets:
    return investment_targets(view, **{"fund": FUND, "verdicts": ALL, **options})


def by_name(found: InvestmentTargets) -> dict[str, InvestmentTarget]:
    return {found.view.id_of(row.enterprise).partition(":")[2]: row for row in found.page(500)}


def m10(*more: Stated) -> dict[str, InvestmentTarget]:
    return by_name(ask(view_of(*chain(), fund(), commitment(10_000, 10_000), *gate(), *more)))


def small(*more: Stated, **terms: Any) -> dict[str, InvestmentTarget]:
    """A fund for small firms, and no chain."""
    return by_name(
        ask(
            view_of(fund(**terms), commitment(10_000, 4_000), rule("size", Dimension.SIZE, size=SizeClass.SMALL), *more)
        )
    )


def utility(target: InvestmentTarget, aspect: ScoreAspect) -> Any:
    assert target.score is not None
    return next((part.utility for part in target.score.parts if part.aspect is aspect), None)


def test_gate_of_the_tenth_measure_takes_both_sides_of_a_leader() -> None:
    found = m10(
        firm("seed", stage=Stage.SEED),
        sells("seed", "leader"),
        firm("big", size=SizeClass.LARGE),
        sells("big", "leader"),
    )
    fits = {name for name, row in found.items() if row.verdict is FITS}
    assert fits == {"part", "deep", "rival", "shop", "kiosk"}
    assert [(one.kind, one.verdict) for one in found["seed"].failing] == [(CriterionKind.STAGE, NOT)]
    assert [one.kind for one in found["big"].failing] == [CriterionKind.SIZE]
    assert {one.kind for one in found["old"].failing} == {CriterionKind.SIZE, CriterionKind.STAGE}


def test_missing_facts_are_named() -> None:
    found = m10(firm("young", stage=None), sells("young", "leader"))
    view = view_of(*chain(), fund(), *gate(), firm("young", stage=None), sells("young", "leader"))
    young = by_name(ask(view))["young"]
    assert young.verdict is UNKNOWN
    (one,) = young.unknown
    assert (one.kind, [fact.field for fact in one.missing]) == (CriterionKind.STAGE, ["stage"])
    assert [view.id_of(rule_) for rule_ in one.rules] == ["rule:stage-GROWTH", "rule:stage-STARTUP"]
    lone = found["lone"]
    assert (lone.verdict, [fact.field for fact in lone.unknown[0].missing]) == (UNKNOWN, ["suppliedBy", "supplies"])


def test_firm_that_fails_one_rule_is_no_target_though_another_is_unknown() -> None:
    found = m10(firm("lost", size=SizeClass.LARGE, stage=None))
    assert found["lost"].verdict is NOT
    assert [one.kind for one in found["lost"].unknown] == [CriterionKind.STAGE, CriterionKind.CHAIN]


def test_what_was_ended_in_the_register_is_no_target() -> None:
    found = small(
        firm("gone", status=EnterpriseStatus.CANCELLED), firm("there", status=EnterpriseStatus.ACTIVE), firm("silent")
    )
    assert [(found[one].verdict) for one in ("gone", "there", "silent")] == [NOT, FITS, FITS]
    assert [one.kind for one in found["gone"].failing] == [CriterionKind.REGISTER]


def test_fund_whose_mandate_nobody_states_fits_nobody_for_sure() -> None:
    view = view_of(fund(), firm("a"))
    (row,) = ask(view).page()
    assert (row.verdict, row.unknown[0].missing[0].field) == (UNKNOWN, "rulesAbout")


def test_rules_are_those_of_the_day() -> None:
    since = rule("size", Dimension.SIZE, size=SizeClass.SMALL, valid_from=date(2025, 1, 1))
    before = rule("old", Dimension.SIZE, size=SizeClass.LARGE, valid_to=date(2025, 1, 1))
    records = (fund(), firm("a"), since, before)
    assert [
        by_name(ask(view_of(*records, as_of=day)))["a"].verdict for day in (date(2025, 6, 1), date(2024, 6, 1))
    ] == [
        FITS,
        NOT,
    ]


def test_ticket_is_within_need_terms_and_money_and_says_what_must_be_called() -> None:
    view = view_of(
        fund(ticket_min=wan(500), ticket_max=wan(3_000), per_company_cap=wan(2_500)), commitment(10_000, 2_000),
        rule("size", Dimension.SIZE, size=SizeClass.SMALL),
        *(firm(name) for name in ("tiny", "mid", "huge", "held", "silent")),
        need("tiny", 400), need("mid", 1_500), need("huge", 9_000), need("held", 9_000), *round_("r", "held", 1_000, FUND),
    )  # fmt: skip
    found = by_name(ask(view))

    def ticket(name: str) -> tuple[float | None, ...] | None:
        one = found[name].ticket
        return None if one is None else tuple(
            None if amount is None else amount / WAN for amount in (one.low, one.high, one.cash, one.to_call)
        )  # fmt: skip

    # Paid in 2,000, of which 1,000 invested: cash 1,000.
    assert found["tiny"].verdict is NOT
    assert [one.kind for one in found["tiny"].failing] == [CriterionKind.TICKET]
    assert (ticket("tiny"), ticket("mid")) == (None, (500, 1_500, 1_000, 500))
    assert (ticket("huge"), ticket("held")) == ((500, 2_500, 1_000, 1_500), (500, 1_500, 1_000, 500))
    assert ticket("silent") == (500, 2_500, 1_000, 1_500)
    assert [utility(found[name], ScoreAspect.TICKET) for name in ("mid", "huge", "silent")] == [
        1,
        dec("0.277777"),
        None,
    ]


def test_cap_that_leaves_less_than_a_ticket_fails() -> None:
    found = small(firm("a"), *round_("r", "a", 900, FUND), ticket_min=wan(200), per_company_cap=wan(1_000))
    assert [one.kind for one in found["a"].failing] == [CriterionKind.COMPANY_CAP]


def test_fund_without_money_left_still_says_who_fits() -> None:
    found = small(firm("a"), investment_period_end=date(2025, 1, 1))
    assert (found["a"].verdict, found["a"].ticket) == (FITS, None)


def test_terms_or_needs_in_a_currency_without_a_rate_are_not_known() -> None:
    found = small(firm("a"), ticket_min=Money(500, "USD"))
    assert [fact.field for fact in found["a"].unknown[0].missing] == ["ticketMin: rate to CNY"]
    found = small(firm("a"), replace(need("a", 1), amount=Money(500, "USD")), ticket_min=wan(1))
    assert [fact.field for fact in found["a"].unknown[0].missing] == ["needs.amount: rate to CNY"]


def test_terms_that_contradict_each_other_let_nobody_through() -> None:
    found = small(firm("a"), ticket_min=wan(500), ticket_max=wan(100))
    assert [one.kind for one in found["a"].failing] == [CriterionKind.TICKET]


def test_mandate_that_contradicts_itself_names_the_rules() -> None:
    view = view_of(
        fund(), firm("a"), rule("in", Dimension.SIZE, size=SizeClass.SMALL),
        rule("out", Dimension.SIZE, size=SizeClass.SMALL, operator=Operator.NOT_IN),
    )  # fmt: skip
    (row,) = ask(view).page()
    assert [view.id_of(one) for criterion in row.failing for one in criterion.rules] == ["rule:out"]


def test_place_in_the_chain_counts_what_hangs_on_the_firm() -> None:
    found = m10()
    # part is the leader's only supplier; deep gives part ¾ of what it takes; shop takes ¾ of what the leader sells.
    assert {name: utility(found[name], ScoreAspect.CHAIN) for name in ("part", "deep", "rival", "shop", "kiosk", "leader")} == {
        "part": 1, "deep": dec("0.75"), "rival": dec("0.25"), "shop": dec("0.75"), "kiosk": dec("0.25"), "leader": 1,
    }  # fmt: skip
    kinds = {name: [one.kind for one in found[name].reasons if one.aspect is ScoreAspect.CHAIN] for name in found}
    assert kinds["part"] == [ReasonKind.SOLE]
    assert (kinds["deep"], kinds["rival"]) == ([ReasonKind.DOMINANT], [ReasonKind.IN_CHAIN])
    assert utility(found["lone"], ScoreAspect.CHAIN) is None


def test_part_of_trade_of_which_an_amount_is_not_stated_is_not_known() -> None:
    found = m10(firm("second"), sells("second", "leader"))
    assert [utility(found[name], ScoreAspect.CHAIN) for name in ("second", "part")] == [None, None]
    reason = next(one for one in found["second"].reasons if one.aspect is ScoreAspect.CHAIN)
    assert (reason.kind, reason.value) == (ReasonKind.IN_CHAIN, None)


def test_growth_and_quality_count_with_their_evidence() -> None:
    def year(revenue: float, **fields: Any) -> Stated:
        return firm("a", annual_revenue=wan(revenue), net_assets=wan(300), registered_capital=wan(400), **fields)

    # The default reliability of a source is 0.5; growth 15 % of 30 % is ½, own capital ¾.
    view = view_of(
        fund(), rule("size", Dimension.SIZE, size=SizeClass.SMALL),
        year(1_000, valid_from=date(2023, 1, 1), valid_to=date(2025, 1, 1)), year(1_150, valid_from=date(2025, 1, 1)),
    )  # fmt: skip
    (row,) = ask(view).page()
    assert utility(row, ScoreAspect.QUALITY) == dec("0.3125")
    growth = row.reasons[0]
    assert (growth.kind, growth.value, len(growth.claims)) == (ReasonKind.GROWTH, dec("0.15"), 1)


def test_rights_are_quality_and_one_figure_for_two_years_is_no_growth() -> None:
    found = small(
        firm("a", annual_revenue=wan(100)), IpRight(id="ipRight:p", owner=Ref("enterprise:a")), firm("b", annual_revenue=wan(100))
    )  # fmt: skip
    assert [utility(found[name], ScoreAspect.QUALITY) for name in ("a", "b")] == [dec("0.5"), None]


def test_policy_counts_preferences_of_the_fund_before_tags_that_policy_names() -> None:
    found = small(
        Tag(id="tag:a", name="a"), Tag(id="tag:b", name="b"),
        rule("prefers", Dimension.TAG, tag=Ref("tag:a"), hard=False), rule("else", Dimension.TAG, tag=Ref("tag:b"), about=None),
        firm("liked"), firm("named"), firm("plain"), tagged("enterprise:liked", "tag:a"), tagged("enterprise:named", "tag:b"),
    )  # fmt: skip
    assert [utility(found[name], ScoreAspect.POLICY) for name in ("liked", "named", "plain")] == [
        1,
        dec("0.5"),
        dec("0.01"),
    ]
    assert [one.kind for one in found["liked"].reasons] == [ReasonKind.PREFERENCE, ReasonKind.POLICY_TAG]


def test_co_investors_in_common() -> None:
    x, y, z = (f"institution:{name}" for name in "xyz")
    found = small(
        *(Institution(id=one, name=one) for one in (x, y, z)), firm("mine"), firm("near"), firm("far"),
        *round_("r1", "mine", 30, FUND, x, y), *round_("r2", "near", 20, y, z), *round_("r3", "far", 10, z),
    )  # fmt: skip
    # Beside the fund: x, y. near has y, z: one of three.
    assert [utility(found[name], ScoreAspect.CO_INVESTORS) for name in ("near", "far", "mine")] == [
        dec("0.333333"),
        dec("0.01"),
        1,
    ]


def test_risk_is_one_less_the_probability_of_default() -> None:
    found = small(firm("a", default_probability=dec("0.04")), firm("b"))
    assert [utility(found[name], ScoreAspect.RISK) for name in ("a", "b")] == [dec("0.96"), None]


def test_conflicts_name_who_and_what() -> None:
    controls = Controls(source=Ref("enterprise:lp"), target=Ref("enterprise:child"), share=dec("0.6"))
    view = view_of(
        fund(manager=Ref("fundManager:m")), FundManager(id="fundManager:m", name="m"), Group(id="group:g", name="g"),
        firm("lp"), firm("child"), firm("free"), firm("taken"), controls, commitment(100, 100),
        Commitment(id="commitment:2", fund=Ref(FUND), investor=Ref("enterprise:other")), firm("other", group=Ref("group:g")),
        firm("sister", group=Ref("group:g")), rule("size", Dimension.SIZE, size=SizeClass.SMALL),
        Institution(id="institution:x", name="x"),
        *round_("r", "taken", 10, "institution:x", closed_on=None, exclusive_until=date(2025, 6, 2)),
        *round_("mine", "free", 10, FUND, exclusive_until=date(2025, 9, 1)),
        *round_("past", "free", 10, "institution:x", exclusive_until=date(2025, 6, 1)),
    )  # fmt: skip
    found = by_name(ask(view))

    def told(name: str) -> list[tuple[TargetConflict, str, str]]:
        return [(one.kind, view.id_of(one.party), view.id_of(one.record)) for one in found[name].conflicts]

    assert told("child") == told("lp") == [(TargetConflict.SAME_CONTROL, "enterprise:lp", "commitment:enterprise:lp")]
    assert told("sister") == [(TargetConflict.SAME_CONTROL, "enterprise:other", "commitment:2")]
    assert told("taken") == [(TargetConflict.EXCLUSIVITY, "institution:x", "investmentRound:r")]
    assert told("free") == []


def test_targets_are_listed_by_verdict_then_score_then_id() -> None:
    found = ask(
        view_of(
            fund(), rule("size", Dimension.SIZE, size=SizeClass.SMALL), rule("stage", Dimension.STAGE, stage=Stage.GROWTH),
            firm("b", default_probability=dec("0.5")), firm("c", default_probability=dec("0.1")),
            firm("a", default_probability=dec("0.5")), firm("u", stage=None, default_probability=dec("0")),
        )
    )  # fmt: skip
    names = [found.view.id_of(row.enterprise).partition(":")[2] for row in found.page()]
    assert names == ["c", "a", "b", "u"]
    assert found.counts == ((FITS, 3), (UNKNOWN, 1), (NOT, 0))
    assert [found.view.id_of(row.enterprise) for row in found.page(2, "enterprise:a")] == [
        "enterprise:b",
        "enterprise:u",
    ]


def test_cell_holds_those_who_ask_for_money_in_it() -> None:
    view = view_of(
        Industry(scheme="s", code="C", name="C"), Industry(scheme="s", code="C38", name="C38", parent=Ref("industry:s:C")),
        firm("in", industry=Ref("industry:s:C38")), firm("unsaid"), firm("out", stage=Stage.SEED, industry=Ref("industry:s:C38")),
        firm("silent", industry=Ref("industry:s:C38")), firm("past", industry=Ref("industry:s:C38")),
        need("in", 100), need("in2", 50, of="in"), need("unsaid", 70), need("out", 10), need("past", 10, needed_by=date(2024, 5, 1)),
        *round_("r", "in", 30, "enterprise:out"),
    )  # fmt: skip
    cell = CellFilter(industry=("industry:s:C",), stage=(Stage.GROWTH,))
    found = by_name(ask(view, fund=None, cell=cell))
    assert {name: row.verdict for name, row in found.items()} == {
        "in": FITS, "unsaid": UNKNOWN, "out": NOT, "silent": NOT, "past": NOT,
    }  # fmt: skip
    assert found["in"].need == 120 * WAN
    assert [(one.kind, one.missing[0].field) for one in found["unsaid"].unknown] == [
        (CriterionKind.INDUSTRY, "industry")
    ]
    assert [found[name].failing[0].kind for name in ("out", "silent", "past")] == [
        CriterionKind.STAGE, CriterionKind.NEED, CriterionKind.PERIOD,
    ]  # fmt: skip
    assert (found["in"].ticket, found["in"].conflicts) == (None, ())
    assert found["in"].score is None or ScoreAspect.COVENANT in found["in"].score.missing


def test_fund_and_cell_together_ask_both() -> None:
    view = view_of(
        fund(), rule("size", Dimension.SIZE, size=SizeClass.SMALL), firm("a"), firm("big", size=SizeClass.LARGE), firm("silent"),
        need("a", 10), need("big", 10),
    )  # fmt: skip
    found = by_name(ask(view, cell=CellFilter()))
    assert {name: row.verdict for name, row in found.items()} == {"a": FITS, "big": NOT, "silent": NOT}


def test_weights_are_the_askers() -> None:
    zero = dict.fromkeys(("ticket", "chain", "quality", "policy", "covenant", "co_investors"), dec("0"))
    view = view_of(
        fund(), firm("a", default_probability=dec("0.2")), rule("size", Dimension.SIZE, size=SizeClass.SMALL)
    )
    (row,) = ask(view, weights=TargetWeights(**zero, risk=dec("1"))).page()
    assert row.score is not None
    assert row.score.value == dec("0.8")


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"fund": None}, InvalidInput, "needs a fund or a cell"),
        ({"fund": "fund:none"}, NotFound, "fund:none"),
        ({"weights": TargetWeights(risk=dec("0.5"))}, InvalidInput, "weights sum to"),
        ({"weights": TargetWeights(risk=dec("-1"))}, InvalidInput, r"weights\.risk -1"),
        ({"weights": TargetWeights(full_growth=dec("0"))}, InvalidInput, "fullGrowth"),
        ({"cell": CellFilter(period=("24",))}, InvalidInput, "period '24'"),
        ({"cell": CellFilter(industry=("industry:s:none",))}, NotFound, "industry:s:none"),
    ],
)
def test_values_that_cannot_be_meant_are_named(options: dict[str, Any], error: type[Exception], words: str) -> None:
    view = view_of(fund(), firm("a"))
    with pytest.raises(error, match=words):
        ask(view, **options)


def test_pages_that_cannot_be_meant_are_named() -> None:
    found = ask(view_of(fund(), firm("a")))
    with pytest.raises(LimitExceeded, match="first is 501"):
        found.page(501)
    with pytest.raises(InvalidInput, match="first is -1"):
        found.page(-1)
    with pytest.raises(InvalidInput, match="none of the targets"):
        found.page(1, "enterprise:nobody")


def test_town_without_firms_has_no_targets() -> None:
    found = ask(view_of(fund()))
    assert (found.total, found.page()) == (0, [])
