"""The best stack of public supports for an enterprise: small cases by hand, and against every set there is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInput, NotFound
from graph.kinds.contracts import Collaboration, Loan
from graph.kinds.demand_side import FinancingNeed
from graph.kinds.stacking import Excludes, Requires
from graph.kinds.supply_side import (
    CapPeriod,
    Pool,
    PoolKind,
    Subsidy,
    SubsidyKind,
    SubsidyMeasure,
    VoucherScheme,
)
from graph.kinds.terms import Instrument, OfferStatus
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.financing.need import NeedAsked
from queries.policy_stack import PolicyStack, policy_stack
from queries.stack.candidates import DropReason, screened
from queries.stack.relations import relations
from queries.stack.situation import Situation
from queries.stack.solving import Solver
from tests.examples import WORLDS
from tests.graph.build import TODAY, knowledge_of, load
from tests.graph.memory_log import MemoryLog
from tests.queries.finance import WAN, bank, firm, ontology, view_of, wan
from tests.queries.support_worlds import FIRM, between, capped, for_all, grant, interest, loan, rule, ruled, subsidy

NEED = NeedAsked(wan(1000), (Instrument.DEBT,), tenor_max_days=365)


def town(*records: Record, **fields: Any) -> View:
    return view_of(firm("firm", **{"employees": 10, **fields}), bank(), *records)


def ask(view: View, need: NeedAsked | None = NEED) -> PolicyStack:
    return policy_stack(view, FIRM, need)


def names(view: View, found: PolicyStack) -> list[str]:
    return [view.id_of(one.candidate.support).partition(":")[2] for one in found.certain.supports]


def dropped(view: View, found: PolicyStack) -> dict[str, tuple[str, str, str]]:
    def shown(handle: int) -> str:
        return "" if handle < 0 else view.id_of(handle)

    return {
        shown(one.support).partition(":")[2]: (one.reason.name, shown(one.clause), shown(one.against)) for one in found.dropped
    }  # fmt: skip


def test_fixed_amounts_add_up() -> None:
    found = ask(town(*ruled(subsidy("a", 30), subsidy("b", 20))))
    assert (found.certain.money, found.possible.money, found.certain.exact, found.missing) == (
        50 * WAN,
        50 * WAN,
        True,
        (),
    )


def test_of_two_that_exclude_each_other_the_larger_stays_and_the_clause_is_named() -> None:
    view = town(*ruled(subsidy("a", 30), subsidy("b", 20)), between(Excludes, "b", "a"))
    found = ask(view)
    assert names(view, found) == ["a"]
    assert dropped(view, found) == {"b": ("EXCLUDED", "excludes:subsidy%3Ab:subsidy%3Aa", "subsidy:a")}


def test_what_is_required_must_come_too() -> None:
    view = town(*ruled(subsidy("a", 30), subsidy("b", 1)), between(Requires, "a", "b"))
    assert names(view, ask(view)) == ["a", "b"]
    barred = town(*ruled(subsidy("a", 30), subsidy("b", 1, status=OfferStatus.CLOSED)), between(Requires, "a", "b"))
    found = ask(barred)
    assert dropped(barred, found) == {
        "a": ("LACKS_REQUIRED", "requires:subsidy%3Aa:subsidy%3Ab", "subsidy:b"), "b": ("NOT_OPEN", "subsidy:b", ""),
    }  # fmt: skip
    held = town(
        *ruled(subsidy("a", 30), subsidy("b", 1, status=OfferStatus.CLOSED)),
        between(Requires, "a", "b"),
        grant("g", "b", 1),
    )
    assert names(held, ask(held)) == ["a"]


def test_supports_that_require_each_other_are_never_had() -> None:
    first, second = between(Requires, "a", "b"), between(Requires, "b", "a")
    log = MemoryLog()
    load(
        log, "one", [firm("firm", employees=1), *ruled(subsidy("a", 30), subsidy("b", 20)), first], ontology=ontology()
    )
    load(log, "two", [second], ontology=ontology())
    view = knowledge_of(log, ontology=ontology()).view(TODAY)
    assert dropped(view, ask(view)) == {
        "a": ("CIRCULAR", "requires:subsidy%3Aa:subsidy%3Ab", "subsidy:b"),
        "b": ("CIRCULAR", "requires:subsidy%3Ab:subsidy%3Aa", "subsidy:a"),
    }  # fmt: skip


def test_a_cap_over_several_cuts_their_sum_and_names_itself() -> None:
    view = town(
        *ruled(subsidy("a", 30), subsidy("b", 20), subsidy("c", 5)), *capped("top", "a", "b", "c", amount=wan(30))
    )
    found = ask(view)
    assert (names(view, found), found.certain.money) == (["a"], 30 * WAN)
    assert dropped(view, found) == {name: ("CAP", "supportCap:top", "") for name in "bc"}


@pytest.mark.parametrize(
    ("period", "on", "left"),
    [
        (CapPeriod.ONCE, date(2020, 1, 1), 10),
        (None, date(2020, 1, 1), 10),
        (CapPeriod.CALENDAR_YEAR, date(2025, 1, 1), 10),
        (CapPeriod.CALENDAR_YEAR, date(2024, 12, 31), 30),
        (CapPeriod.TWELVE_MONTHS, date(2024, 6, 2), 10),
        (CapPeriod.TWELVE_MONTHS, date(2024, 6, 1), 30),
        (CapPeriod.ONCE, date(2025, 7, 1), 30),
    ],
)
def test_caps_for_one_enterprise_count_what_it_had_in_their_period(
    period: CapPeriod | None, on: date, left: int
) -> None:
    own = subsidy("a", 40, per_enterprise_cap=wan(30), cap_period=period)
    assert ask(town(*ruled(own), grant("g", "a", 20, on))).certain.money == left * WAN
    shared = capped("top", "a", amount=wan(30), period=period)
    assert ask(town(*ruled(subsidy("a", 40)), *shared, grant("g", "a", 20, on))).certain.money == left * WAN


def test_what_a_grant_does_not_state_makes_a_range() -> None:
    own = ruled(subsidy("a", 40, per_enterprise_cap=wan(30), cap_period=CapPeriod.CALENDAR_YEAR))
    undated, unpriced = ask(town(*own, grant("g", "a", 20, None))), ask(town(*own, grant("g", "a", None)))
    assert (undated.certain.money, undated.possible.money) == (10 * WAN, 30 * WAN)
    assert (unpriced.certain.money, unpriced.possible.money) == (0, 30 * WAN)
    assert [[fact.field for fact in one.missing] for one in (undated, unpriced)] == [
        ["grantedOn"],
        ["amount"],
    ]


def test_what_a_grant_does_not_state_is_no_matter_where_the_cap_leaves_room_anyway() -> None:
    own = ruled(subsidy("a", 10, per_enterprise_cap=wan(30), cap_period=CapPeriod.CALENDAR_YEAR))
    found = ask(town(*own, grant("g", "a", 20, None)))
    assert (found.certain.money, found.possible.money, found.missing) == (10 * WAN, 10 * WAN, ())


def test_a_grant_without_a_day_leaves_a_cap_on_number_in_doubt() -> None:
    records = [
        *ruled(subsidy("a", 30), subsidy("b", 5)),
        *capped("one", "a", "b", count=1, period=CapPeriod.CALENDAR_YEAR),
    ]
    found = ask(town(*records, grant("g", "b", 5, None)))
    assert (found.certain.money, found.possible.money) == (5 * WAN, 30 * WAN)
    assert [fact.field for fact in found.missing] == ["grantedOn"]


def test_a_cap_on_number_counts_what_the_firm_has() -> None:
    records = [*ruled(subsidy("a", 30), subsidy("b", 20), subsidy("c", 5)), *capped("one", "a", "b", "c", count=1)]
    view = town(*records)
    assert dropped(view, ask(view)) == {name: ("COUNT", "supportCap:one", "") for name in "bc"}
    held = town(*records, grant("g", "c", 5))
    assert names(held, ask(held)) == ["c"]


def test_what_excludes_a_support_that_the_firm_has_is_out() -> None:
    view = town(*ruled(subsidy("a", 30), subsidy("b", 20)), between(Excludes, "a", "b"), grant("g", "b", 1))
    assert dropped(view, ask(view))["a"] == ("EXCLUDED", "excludes:subsidy%3Aa:subsidy%3Ab", "subsidy:b")


def test_unknown_facts_are_between_the_certain_and_the_possible() -> None:
    view = town(
        *ruled(subsidy("a", 30)),
        subsidy("b", 20),
        rule("subsidy:b", {"field": "stage", "operator": "EQ", "value": "SEED"}),
    )
    found = ask(view)
    assert (found.certain.money, found.possible.money) == (30 * WAN, 50 * WAN)
    assert [fact.field for fact in found.missing] == ["stage"]
    known = ask(town(*ruled(subsidy("a", 30)), subsidy("b", 20)))
    assert [fact.field for fact in known.missing] == ["rulesAbout"]


def test_a_rule_that_says_no_drops_its_support_by_name() -> None:
    view = town(subsidy("a", 30), rule("subsidy:a", {"field": "employees", "operator": "GT", "value": 10}))
    assert dropped(view, ask(view)) == {"a": ("NOT_ELIGIBLE", "rule:subsidy-a", "")}


def test_a_subsidy_of_a_cost_is_worked_out_on_the_products_cost() -> None:
    # 1,000 at 5 % for a year costs 50; 30 % of it is 15.
    assert ask(town(loan("p"), *ruled(interest("a", "p")))).certain.money == 15 * WAN
    assert ask(town(loan("p"), *ruled(interest("a", "p", cap=wan(12))))).certain.money == 12 * WAN
    yearly = {"measure": SubsidyMeasure.OF_PRINCIPAL_A_YEAR, "rate": Decimal("0.02")}
    assert ask(town(loan("p"), *ruled(interest("a", "p", **yearly)))).certain.money == 20 * WAN
    assert (
        ask(town(loan("p"), *ruled(interest("a", "p", **{**yearly, "rate": Decimal("0.09")})))).certain.money
        == 50 * WAN
    )


def test_a_rate_that_nobody_states_makes_the_worth_a_range() -> None:
    found = ask(town(loan("p"), *ruled(interest("a", "p", rate=None))))
    assert (found.certain.money, found.possible.money, [fact.field for fact in found.missing]) == (
        0,
        50 * WAN,
        ["rate"],
    )
    ranged = ask(
        town(
            loan("p", annual_rate=None, rate_low=Decimal("0.04"), rate_high=Decimal("0.06")), *ruled(interest("a", "p"))
        )
    )
    assert (ranged.certain.money, ranged.possible.money) == (12 * WAN, 18 * WAN)


def test_one_product_finances_the_need() -> None:
    view = town(
        loan("p"),
        loan("q", annual_rate=Decimal("0.08")),
        *ruled(interest("a", "p"), interest("b", "q"), subsidy("c", 1)),
    )
    found = ask(view)
    assert (names(view, found), found.certain.money) == (["b", "c"], 25 * WAN)
    assert dropped(view, found) == {"a": ("OTHER_PRODUCT", "subsidy:a", "loanProduct:q")}


def test_a_subsidy_for_any_product_goes_with_the_one_that_is_chosen() -> None:
    view = town(loan("p"), *ruled(interest("a", "p"), interest("any", None, rate=Decimal("0.1"))))
    assert ask(view).certain.money == 20 * WAN
    alone = ask(town(*ruled(interest("any", None))))
    assert (alone.certain.money, alone.possible.money) == (0, 0)
    assert [one.reason for one in alone.dropped] == [DropReason.NOT_STATED]


def test_a_product_that_the_firm_cannot_have_takes_its_supports_with_it() -> None:
    no = rule("loanProduct:p", {"field": "employees", "operator": "GT", "value": 10})
    view = town(loan("p"), *ruled(interest("a", "p")), no)
    assert dropped(view, ask(view)) == {"a": ("NOT_ELIGIBLE", "rule:loanProduct-p", "loanProduct:p")}
    short = town(loan("p", tenor_min_days=400), *ruled(interest("a", "p")))
    assert dropped(short, ask(short)) == {"a": ("TERMS", "loanProduct:p", "loanProduct:p")}


def pool(**fields: Any) -> Pool:
    given_ = {
        "kind": PoolKind.RISK,
        "balance": wan(1000),
        "multiple": Decimal(10),
        "cover_share": Decimal("0.5"),
        **fields,
    }
    return Pool(id="pool:p", name="pool", **given_)


def test_a_pool_covers_a_part_of_the_loan_under_its_cap_for_one_borrower() -> None:
    covered = loan("p", pool=Ref("pool:p"))
    assert ask(town(covered, *ruled(pool()))).certain.cover == 500 * WAN
    capped_ = ask(town(covered, *ruled(pool(per_borrower_cap=wan(600)))))
    assert capped_.certain.cover == 300 * WAN
    out = Loan(
        id="loan:l",
        lender=Ref("institution:bank"),
        borrower=Ref(FIRM),
        pool=Ref("pool:p"),
        outstanding=wan(600),
        principal=wan(600),
    )
    view = town(covered, *ruled(pool(per_borrower_cap=wan(600))), out)
    assert dropped(view, ask(view)) == {"p": ("USED_UP", "pool:p", "")}


def test_vouchers_pay_up_to_what_is_left_for_the_firm_and_of_the_budget() -> None:
    scheme = VoucherScheme(
        id="voucherScheme:v",
        name="v",
        status=OfferStatus.OPEN,
        budget=wan(100),
        per_firm_max=wan(20),
        services=("研发",),
    )
    had = Collaboration(
        id="collaboration:c", enterprise=Ref(FIRM), voucher_amount=wan(5), scheme=Ref("voucherScheme:v")
    )
    research = NeedAsked(wan(1000), purpose="研发")
    assert ask(town(*ruled(scheme)), research).certain.money == 20 * WAN
    assert ask(town(*ruled(scheme), had), research).certain.money == 15 * WAN
    assert ask(town(*ruled(scheme)), NeedAsked(wan(7), purpose="研发")).certain.money == 7 * WAN
    view = town(*ruled(scheme))
    assert dropped(view, ask(view, NeedAsked(wan(7), purpose="设备"))) == {"v": ("PURPOSE", "voucherScheme:v", "")}


def test_what_goes_to_the_lender_is_none_of_the_firms() -> None:
    view = town(*ruled(subsidy("r", None, kind=SubsidyKind.LENDER_REWARD, rate=Decimal("0.002"))))
    assert dropped(view, ask(view)) == {"r": ("TO_LENDER", "subsidy:r", "")}


def test_the_need_is_the_firms_own_where_the_question_states_none() -> None:
    need = FinancingNeed(
        id="financingNeed:n", enterprise=Ref(FIRM), amount=wan(500), instrument=Instrument.DEBT, tenor_max_days=365
    )
    view = town(loan("p"), *ruled(interest("a", "p")))
    assert ask(town(loan("p"), *ruled(interest("a", "p")), need), None).certain.money == Decimal("7.5") * WAN
    found = ask(view, None)
    assert (found.amount, found.certain.money) == (None, 0)
    equity = NeedAsked(wan(10), (Instrument.EQUITY,))
    assert dropped(view, ask(view, equity)) == {"a": ("INSTRUMENT", "subsidy:a", "")}


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(NotFound, match="enterprise:gone"):
        policy_stack(town(), "enterprise:gone")
    with pytest.raises(InvalidInput, match="more than 0"):
        ask(town(), NeedAsked(Money(0)))


# Properties

amounts = st.none() | st.integers(1, 40)


@st.composite
def towns(draw: st.DrawFn) -> list[Record]:
    """Up to seven supports, some for one of two products, some open to whom nobody can tell, tied at random."""
    count = draw(st.integers(1, 7))
    found: list[Record] = [loan("p"), loan("q", annual_rate=None, rate_low=Decimal("0.02"), rate_high=Decimal("0.06"))]
    keys = [f"s{place}" for place in range(count)]
    for key in keys:
        on = draw(st.sampled_from([None, "p", "q"]))
        cap = draw(amounts)
        fields: dict[str, Any] = {"per_enterprise_cap": None if cap is None else wan(cap)}
        if on is None:
            found.append(subsidy(key, draw(amounts), **fields))
        else:
            found.append(
                interest(key, on, rate=draw(st.sampled_from([None, Decimal("0.2"), Decimal("0.5")])), **fields)
            )
        field = draw(st.sampled_from(["employees", "stage", ""]))
        if field == "employees":
            found.append(for_all(f"subsidy:{key}"))
        elif field:
            found.append(rule(f"subsidy:{key}", {"field": "stage", "operator": "EQ", "value": "SEED"}))
    pairs = [(one, other) for place, one in enumerate(keys) for other in keys[:place]]
    for one, other in draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True)) if pairs else []:
        found.append(between(Excludes if draw(st.booleans()) else Requires, one, other))
    members = draw(st.lists(st.sampled_from(keys), unique=True))
    most = draw(amounts)
    found += capped(
        "top", *members, amount=None if most is None else wan(most), count=draw(st.none() | st.integers(1, 3))
    )
    if draw(st.booleans()):
        found.append(
            grant("g", draw(st.sampled_from(keys)), draw(amounts), draw(st.none() | st.just(date(2025, 1, 1))))
        )
    return found


def by_every_set(solver: Solver) -> tuple[int, int]:
    """The most that any set brings with any product, by the records alone."""
    best = (0, 0)
    view, caps = solver.situation.view, [(cap, *solver._left(cap)) for cap in solver.relations.caps]
    for product_ in (-1, view.find("loanProduct:p"), view.find("loanProduct:q")):
        usable = [one for one in solver.candidates if one.goes_with(product_, surely=solver.surely)]
        for size in range(len(usable) + 1):
            for chosen in combinations(usable, size):
                taken = {one.support for one in chosen}
                has = taken | solver.held
                if any(
                    bond.other not in has for one in chosen for bond in solver.relations.requires.get(one.support, ())
                ):
                    continue
                if any(bond.other in has for one in chosen for bond in solver.relations.excludes.get(one.support, ())):
                    continue
                if any(
                    count is not None and len((cap.members & taken) - again) > count for cap, _, count, again in caps
                ):
                    continue
                money = {one.support: solver.gain(one, product_).money for one in chosen}
                for cap, left, _, _ in sorted(caps, key=lambda one: len(one[0].members)):
                    over = sum(money.get(one, 0) for one in cap.members) - left if left is not None else 0
                    for one in cap.members & taken:
                        cut = max(0, min(over, money[one]))
                        money[one], over = money[one] - cut, over - cut
                best = max(best, (sum(money.values()), 0))
    return best


@settings(max_examples=WORLDS)
@given(towns())
def test_no_set_of_supports_beats_the_stack_and_facts_that_are_unknown_lie_between_its_ends(
    records: list[Record],
) -> None:
    view = town(*records)
    situation = Situation.of(view, view.find(FIRM), NEED)
    candidates, _ = screened(situation)
    ends = []
    for surely in (True, False):
        solver = Solver(situation, candidates, relations(view), surely)
        stack = solver.best()
        assert stack.exact
        assert (stack.money, stack.cover) == by_every_set(solver)
        ends.append(stack.money)
    found = ask(view)
    assert ends[0] <= ends[1]
    supports = {one.id for one in records if isinstance(one, Subsidy) and one.scheme is None}
    told = [view.id_of(one.support) for one in found.dropped] + [
        view.id_of(one.candidate.support) for one in found.possible.supports
    ]
    assert sorted(told) == sorted(supports)


@settings(max_examples=max(5, WORLDS // 4))
@given(towns(), st.integers(1, 40), st.booleans())
def test_one_support_more_never_lowers_the_stack(records: list[Record], amount: int, barred: bool) -> None:
    more: list[Record] = [subsidy("new", amount), for_all("subsidy:new")]
    if barred:
        more.append(between(Excludes, "new", "s0"))
    before, after = ask(town(*records)), ask(town(*records, *more))
    assert after.certain.money >= before.certain.money
    assert after.possible.money >= before.possible.money
