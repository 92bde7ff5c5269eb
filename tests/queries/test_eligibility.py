"""Who may have a support: rule by rule, worked by hand; properties against rules decided one by one."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInput, NotFound
from graph.kinds.demand_side import FinancingNeed, ListingStage, ListingState
from graph.kinds.parties import Enterprise, EnterpriseStatus, Supplies, Tagged
from graph.kinds.places import Industry, Region, Tag
from graph.kinds.policy import Measure, Policy, Rule, RuleKind
from graph.kinds.rates import ExchangeRate
from graph.kinds.supply_side import LoanProduct, Pool, Subsidy, VoucherScheme
from graph.kinds.terms import Dimension, Instrument, Operator, Ownership, SizeClass, Stage
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.eligibility import Eligibility, EligibilityVerdict, eligibility, eligibility_counts, verdicts_of_all
from queries.financing.gates.conditions import NOTHING, YES, FactColumns
from queries.financing.gates.eligibility import Applicant, Decided
from queries.financing.gates.telling import Telling
from queries.financing.need import NeedAsked
from queries.financing.reaching.firms import Firms
from queries.financing.terms import Ternary
from tests.examples import WORLDS
from tests.graph.build import knowledge_of, load
from tests.graph.memory_log import MemoryLog
from tests.queries.finance import firm, ontology, view_of, wan

ELIGIBLE, NOT, OPEN = EligibilityVerdict.ELIGIBLE, EligibilityVerdict.NOT, EligibilityVerdict.UNKNOWN
GRANT = "subsidy:grant"
FIRM = "enterprise:firm"
OFFER = "pool:offer"


def compare(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


SMALL = compare("employees", "LTE", 300)
YOUNG = compare("ageMonths", "LT", 60)


def rule(name: str, condition: Any = None, about: str | None = GRANT, **fields: Any) -> Rule:
    text = None if condition is None else json.dumps(condition)
    given_ = {"about": None if about is None else Ref(about), "condition": text, **fields}
    return Rule(id=f"rule:{name}", kind=RuleKind.ELIGIBILITY, name=name, **given_)


def town(*records: Record, as_of: date = date(2025, 6, 1), **fields: Any) -> View:
    return view_of(Subsidy(id=GRANT, name="grant"), firm("firm", **fields), *records, as_of=as_of)


def ask(view: View, **options: Any) -> Eligibility:
    (found,) = eligibility(view, FIRM, **{"about": [GRANT], **options})
    return found


def told(found: Eligibility, view: View) -> list[tuple[str, str, list[str], list[str]]]:
    return [
        (
            view.id_of(one.rule).partition(":")[2], one.verdict.name,
            [f"{fact.field} {fact.value}" for fact in one.used], [fact.field for fact in one.missing],
        )
        for one in found.rules
    ]  # fmt: skip


def test_every_rule_says_what_it_used_and_what_it_lacks() -> None:
    view = town(
        rule("a-small", SMALL), rule("b-young", {"all": [YOUNG, compare("size", "NOT_IN", ["LARGE"])]}),
        rule("c-stage", dimension=Dimension.STAGE, operator=Operator.NOT_IN, stage=Stage.MATURE), rule("d-words", text="有市场"),
        employees=300, size=SizeClass.SMALL,
    )  # fmt: skip
    found = ask(view)
    assert told(found, view) == [
        ("a-small", "YES", ["employees 300"], []),
        ("b-young", "UNKNOWN", ["size SMALL"], ["foundedOn"]),
        ("c-stage", "UNKNOWN", [], ["stage"]),
        ("d-words", "UNKNOWN", [], ["text"]),
    ]
    assert (found.verdict, [fact.field for fact in found.missing]) == (OPEN, ["foundedOn", "stage", "text"])


def test_one_no_decides_and_then_nothing_is_missing() -> None:
    found = ask(town(rule("small", SMALL), rule("young", YOUNG), employees=301))
    assert (found.verdict, found.missing) == (NOT, ())
    assert [one.verdict for one in found.rules] == [Ternary.NO, Ternary.UNKNOWN]


def test_the_same_enterprise_under_two_versions_of_a_rule_has_two_answers() -> None:
    versions = (
        rule("cap", compare("employees", "LTE", 500), valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 1)),
        rule("cap", compare("employees", "LTE", 300), valid_from=date(2025, 1, 1)),
    )
    answers = [ask(town(*versions, employees=400, as_of=day)).verdict for day in (date(2024, 12, 31), date(2025, 1, 1))]
    assert answers == [ELIGIBLE, NOT]


def test_all_any_and_not_are_kleenes() -> None:
    unknown, yes, no = YOUNG, SMALL, compare("employees", "GT", 300)
    cases = [
        ({"all": [yes, unknown]}, OPEN), ({"all": [no, unknown]}, NOT), ({"any": [yes, unknown]}, ELIGIBLE),
        ({"any": [no, unknown]}, OPEN), ({"not": unknown}, OPEN), ({"not": yes}, NOT), ({"not": {"any": [no, no]}}, ELIGIBLE),
    ]  # fmt: skip
    assert [ask(town(rule("r", one), employees=10)).verdict for one, _ in cases] == [answer for _, answer in cases]


@pytest.mark.parametrize(("founded", "met"), [(date(2020, 6, 1), NOT), (date(2020, 6, 2), ELIGIBLE), (None, OPEN)])
def test_age_is_whole_months_of_the_calendar(founded: date | None, met: EligibilityVerdict) -> None:
    assert ask(town(rule("young", YOUNG), founded_on=founded)).verdict is met


def test_places_and_classes_hold_what_is_below_them() -> None:
    places = (
        Region(id="region:9801", code="9801", name="city"), Region(code="980102", name="county", parent=Ref("region:9801")),
        Industry(scheme="s", code="C", name="C"), Industry(scheme="s", code="C34", name="C34", parent=Ref("industry:s:C")),
        Industry(scheme="t", code="7", name="7"),
    )  # fmt: skip

    def answer(condition: Any, **fields: Any) -> EligibilityVerdict:
        return ask(town(*places, rule("r", condition), **fields)).verdict

    here = {"region": Ref[Region]("region:980102"), "industry": Ref[Industry]("industry:s:C34")}
    assert answer(compare("region", "EQ", "region:9801"), **here) is ELIGIBLE
    assert answer(compare("region", "NOT_IN", ["region:9801"]), **here) is NOT
    assert answer(compare("region", "EQ", "region:9801")) is OPEN
    assert answer(compare("industry", "IN", ["industry:s:C"]), **here) is ELIGIBLE
    # Nobody says what it is in the other classification.
    assert answer(compare("industry", "IN", ["industry:t:7"]), **here) is OPEN
    assert answer(compare("region", "EQ", "region:9999"), **here) is OPEN


def test_lists_are_what_is_recorded_of_them() -> None:
    tag = (Tag(id="tag:t", name="t"), Tag(id="tag:u", name="u"), Tagged(source=Ref(FIRM), target=Ref("tag:t")))
    for identifier, answer in (("tag:t", ELIGIBLE), ("tag:u", NOT), ("tag:gone", OPEN)):
        view = town(*tag, rule("r", compare("tags", "IN", [identifier])))
        assert ask(view).verdict is answer
    stage = ListingStage(id="listingStage:1", enterprise=Ref(FIRM), state=ListingState.QUOTED)
    asked = rule("r", compare("listingState", "IN", ["QUOTED", "LISTED"]))
    assert ask(town(stage, asked)).verdict is ELIGIBLE
    assert [fact.field for fact in ask(town(asked)).missing] == ["listingStages"]


def test_money_in_another_currency_needs_a_rate() -> None:
    asked, revenue = rule("r", compare("annualRevenue", "GTE", 700)), Money.of(100, currency="USD")
    rate = ExchangeRate(id="exchangeRate:usd", currency="USD", rate=Decimal("7.2"), haircut=Decimal(0))
    assert ask(town(asked, rate, annual_revenue=revenue)).verdict is ELIGIBLE
    assert [fact.field for fact in ask(town(asked, annual_revenue=revenue)).missing] == ["annualRevenue: rate to CNY"]


def test_what_it_asks_for_is_the_need_of_the_question_else_its_open_needs() -> None:
    asked = rule("r", {"all": [compare("need.amount", "LTE", 1_000_000), compare("need.instrument", "EQ", "DEBT")]})
    need = FinancingNeed(id="financingNeed:n", enterprise=Ref(FIRM), amount=wan(200), instrument=Instrument.DEBT)
    assert [fact.field for fact in ask(town(asked)).missing] == ["needs.amount", "needs.instrument"]
    assert ask(town(asked, need)).verdict is NOT
    assert ask(town(asked, need), need=NeedAsked(wan(100), (Instrument.DEBT,))).verdict is ELIGIBLE
    assert ask(town(asked, need), need=NeedAsked(wan(100))).verdict is OPEN


def test_a_rule_may_refer_to_another_of_any_form() -> None:
    stage = rule("stage", about=None, dimension=Dimension.STAGE, operator=Operator.IN, stage=Stage.SEED)
    asked = rule("r", {"any": [{"rule": "rule:stage"}, {"rule": "rule:small"}]})
    small = rule("small", SMALL, about=None)
    assert ask(town(asked, stage, small, stage=Stage.SEED)).verdict is ELIGIBLE
    assert ask(town(asked, stage, small, stage=Stage.GROWTH, employees=900)).verdict is NOT
    assert [fact.field for fact in ask(town(asked, small)).missing] == [
        "condition: rule:stage is not in force",
        "employees",
    ]


def test_rules_that_come_back_to_themselves_over_two_loads_say_so() -> None:
    first, second = rule("a", {"rule": "rule:b"}), rule("b", {"rule": "rule:a"}, about=None)
    log = MemoryLog()
    load(log, "one", [Subsidy(id=GRANT, name="grant"), firm("firm"), first], ontology=ontology())
    load(log, "two", [second], ontology=ontology())
    view = knowledge_of(log, ontology=ontology()).view(date(2025, 6, 1))
    found = ask(view)
    assert found.verdict is OPEN
    assert [fact.field for fact in found.missing] == ["condition: depends on itself, rule:a → rule:b → rule:a"]


def test_a_support_that_no_rule_is_about_is_not_known_to_be_open_to_anyone() -> None:
    found = ask(town())
    assert (found.verdict, [fact.field for fact in found.missing]) == (OPEN, ["rulesAbout"])


def test_an_enterprise_that_the_register_closed_may_have_nothing() -> None:
    found = ask(town(rule("small", SMALL), employees=1, status=EnterpriseStatus.REVOKED))
    assert (found.verdict, found.in_being, found.rules[0].verdict) == (NOT, False, Ternary.YES)


def test_rules_about_nothing_are_of_the_measure_that_states_them() -> None:
    policy = Policy(id="policy:p", doc_no="p", title="p")
    measure = Measure(id="measure:p:1", policy=Ref("policy:p"), number=1, title="m", text="m")
    view = town(
        policy, measure, rule("m", SMALL, about=None, measure=Ref("measure:p:1")), rule("g", SMALL), employees=1
    )
    found = eligibility(view, FIRM, policy="policy:p")
    assert [(view.id_of(one.about), one.verdict) for one in found] == [("measure:p:1", ELIGIBLE)]
    assert [view.id_of(one.about) for one in eligibility(view, FIRM)] == [GRANT, "measure:p:1"]


def test_offers_are_asked_about_by_name_and_kinds_come_in_order() -> None:
    view = town(VoucherScheme(id="voucherScheme:v", name="v"), LoanProduct(id="loanProduct:p", name="p"))
    assert [view.id_of(one.about) for one in eligibility(view, FIRM)] == [GRANT, "voucherScheme:v"]
    (one,) = eligibility(view, FIRM, about=["loanProduct:p"])
    assert one.verdict is OPEN


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(NotFound, match="enterprise:gone"):
        eligibility(town(), "enterprise:gone")
    with pytest.raises(NotFound, match="policy:gone"):
        eligibility(town(), FIRM, policy="policy:gone")
    with pytest.raises(InvalidInput, match="about is empty"):
        eligibility(town(), FIRM, about=[])


# Properties: the columns of gates, one firm told fact by fact, and all firms in one pass say the same.

conditions = st.recursive(
    st.one_of(
        st.builds(compare, st.just("employees"), st.sampled_from(["GTE", "GT", "LTE", "LT", "EQ"]), st.integers(0, 3)),
        st.builds(compare, st.just("ageMonths"), st.sampled_from(["GTE", "LT"]), st.integers(0, 24)),
        st.builds(compare, st.just("annualRevenue"), st.just("GT"), st.integers(0, 3)),
        st.builds(compare, st.just("stage"), st.sampled_from(["IN", "NOT_IN"]), st.lists(st.sampled_from(["SEED", "GROWTH"]), min_size=1)),
        st.builds(compare, st.just("region"), st.just("IN"), st.lists(st.sampled_from(["region:9801", "region:980102"]), min_size=1)),
        st.builds(compare, st.just("industry"), st.just("NOT_IN"), st.lists(st.sampled_from(["industry:s:C", "industry:t:7"]), min_size=1)),
        st.builds(compare, st.just("tags"), st.just("IN"), st.just(["tag:t"])),
        st.builds(compare, st.just("need.amount"), st.just("GTE"), st.integers(0, 3)),
        st.just({"rule": "rule:base"}),
    ),
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
)  # fmt: skip
dimensions = st.one_of(
    st.builds(lambda op, stage: {"dimension": Dimension.STAGE, "operator": op, "stage": stage},
              st.sampled_from([Operator.IN, Operator.EQ, Operator.NOT_IN, None]), st.sampled_from([Stage.SEED, Stage.GROWTH, None])),
    st.builds(lambda op, code: {"dimension": Dimension.INDUSTRY, "operator": op, "industry": code},
              st.sampled_from([Operator.IN, Operator.NOT_IN, Operator.GTE]),
              st.sampled_from(["industry:s:C", "industry:t:7", "industry:s:Z"])),
    st.builds(lambda op, code: {"dimension": Dimension.REGION, "operator": op, "region": code},
              st.sampled_from([Operator.IN, Operator.NOT_IN]), st.sampled_from(["region:9801", "region:980102", "region:9999"])),
    st.builds(lambda op, tag: {"dimension": Dimension.TAG, "operator": op, "tag": tag},
              st.sampled_from([Operator.IN, Operator.NOT_IN]), st.sampled_from(["tag:t", "tag:gone"])),
    st.builds(lambda op, words: {"dimension": Dimension.OWNERSHIP, "operator": op, "values": words},
              st.sampled_from([Operator.IN, Operator.NOT_IN, None]), st.sampled_from([(), ("PRIVATE",), ("民营", "外资"), ("别的",)])),
    st.builds(lambda op, amount: {"dimension": Dimension.TICKET, "operator": op, "amount": amount},
              st.sampled_from([Operator.GTE, Operator.LT, Operator.IN]), st.sampled_from([Money(200), Money(1, "USD"), None])),
    st.builds(lambda: {"dimension": Dimension.CHAIN, "operator": Operator.IN, "tag": "tag:t"}),
    st.builds(lambda stated: {"dimension": Dimension.SIZE, "operator": Operator.IN, "size": SizeClass.SMALL, "stated_in_source": stated},
              st.sampled_from([None, False])),
    st.just({}),
)  # fmt: skip
firms = st.fixed_dictionaries(
    {},
    optional={
        "employees": st.integers(0, 3),
        "founded_on": st.dates(date(2023, 5, 1), date(2025, 6, 1)),
        "annual_revenue": st.builds(lambda amount, currency: Money(amount, currency), st.integers(0, 400), st.sampled_from(["CNY", "USD"])),
        "stage": st.sampled_from([Stage.SEED, Stage.GROWTH]),
        "ownership": st.sampled_from(Ownership),
        "region": st.sampled_from(["region:9801", "region:980102"]),
        "industry": st.sampled_from(["industry:s:C34", "industry:t:7"]),
    },
)  # fmt: skip
PLACES = (
    Region(code="9801", name="city"), Region(code="980102", name="county", parent=Ref("region:9801")),
    Industry(scheme="s", code="C", name="C"), Industry(scheme="s", code="C34", name="C34", parent=Ref("industry:s:C")),
    Industry(scheme="t", code="7", name="7"), Tag(id="tag:t", name="t"),
)  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> list[Record]:
    """A town where of each firm there is another that is alike but for facts that are stated of it only."""
    stated = draw(st.lists(firms, min_size=1, max_size=3))
    learned = [draw(firms) | fields for fields in stated]
    everyone = [*stated, *learned]
    base = rule("base", draw(conditions.filter(lambda one: "rule:base" not in str(one))), None)
    found: list[Record] = [*PLACES, Pool(id=OFFER, name="offer"), base]
    found += [Enterprise(id=f"enterprise:{place}", name=str(place), **fields) for place, fields in enumerate(everyone)]
    tagged = draw(st.sets(st.integers(0, len(stated) - 1)))
    amounts = draw(st.lists(st.none() | st.integers(1, 400), min_size=len(stated), max_size=len(stated)))
    for place in range(len(everyone)):
        own, alike = f"enterprise:{place}", place % len(stated)
        if alike in tagged:
            found.append(Tagged(source=Ref(own), target=Ref("tag:t")))
        amount = amounts[alike]
        if amount is not None:
            found.append(
                FinancingNeed(
                    id=f"financingNeed:{place}", enterprise=Ref(own), amount=Money(amount), instrument=Instrument.DEBT
                )
            )
        if place:
            found.append(Supplies(source=Ref("enterprise:0"), target=Ref(own)))
    found += [rule(f"c{place}", one, OFFER) for place, one in enumerate(draw(st.lists(conditions, max_size=3)))]
    found += [rule(f"d{place}", about=OFFER, **one) for place, one in enumerate(draw(st.lists(dimensions, max_size=3)))]
    return found


@settings(max_examples=max(10, WORLDS // 2))
@given(worlds())
def test_gates_columns_and_single_answers_agree_and_learning_a_fact_never_turns_a_yes_into_a_no(
    world: list[Record],
) -> None:
    view = view_of(*world)
    handles = Firms.of(view).handles.tolist()
    ((_, together),) = verdicts_of_all(view, [view.find(OFFER)])
    answers = [eligibility(view, view.id_of(handle), about=[OFFER])[0] for handle in handles]
    for place, (handle, single) in enumerate(zip(handles, answers, strict=True)):
        assert [NOT, OPEN, ELIGIBLE][together[place]] is single.verdict
        needs = [
            one.amount.minor for one in world if isinstance(one, FinancingNeed) and one.enterprise == view.id_of(handle)
        ]
        amount, instrument = (needs[0], Instrument.DEBT) if needs else (None, None)
        decided = Decided.of(view, RuleKind.ELIGIBILITY, Applicant.of(view, handle, amount, instrument))
        each = zip(decided.table.rules.tolist(), decided.each.tolist(), strict=True)
        assert {one.rule: one.verdict.name for one in single.rules} == {
            one: ["NO", "UNKNOWN", "YES"][verdict] for one, verdict in each
        }
        assert all(bool(one.missing) is (one.verdict is Ternary.UNKNOWN) for one in single.rules)
    (counts,) = eligibility_counts(view, about=[OFFER])
    assert [counts.not_eligible, counts.unknown, counts.eligible] == np.bincount(together, minlength=3).tolist()
    for before, after in zip(answers, answers[len(answers) // 2 :], strict=False):
        for one, other in zip(before.rules, after.rules, strict=True):
            told_of_firm = view.value(one.rule, "dimension") is not Dimension.CHAIN
            assert not told_of_firm or one.verdict in (Ternary.UNKNOWN, other.verdict)


def test_facts_are_read_once_for_all_rules() -> None:
    view = town(rule("a", SMALL), rule("b", SMALL), employees=1)
    columns = FactColumns(view, np.array([view.find(FIRM)]))
    telling = Telling(columns, view.find(FIRM), NOTHING)
    assert [telling.of_rule(view.find(f"rule:{name}")).verdict for name in "ab"] == [YES, YES]
    assert columns._numbers.keys() == {"employees"}
