"""What the sample city gives to its enterprises: every verdict, two versions of rules, and supports that get into each other's way."""

from __future__ import annotations

from datetime import timedelta

from graph.kinds.terms import Instrument
from graph.knowledge import Knowledge
from graph.money import Money
from graph.view import View
from loaders.city.generator import DEFAULT_DAY
from loaders.city.rules import CHANGED
from loaders.city.supports import SUPPORTS
from queries.eligibility import EligibilityVerdict, eligibility, eligibility_counts, verdicts_of_all
from queries.financing.need import NeedAsked
from queries.financing.reaching.firms import Firms
from queries.policy_stack import policy_stack
from queries.stack.candidates import DropReason

NEED = NeedAsked(Money.of(500, unit="万元"), (Instrument.DEBT,), tenor_max_days=365)


def subsidy(number: int) -> str:
    return f"subsidy:support-{number:02d}"


def may_have(view: View, *supports: int) -> list[str]:
    """The enterprises that may have all of these supports, in id order."""
    found = [verdicts for _, verdicts in verdicts_of_all(view, [view.find(subsidy(one)) for one in supports])]
    handles = Firms.of(view).handles
    return view.ids_of(handles[[all(each[place] == 2 for each in found) for place in range(len(handles))]])


def test_every_support_with_conditions_is_open_to_some_and_closed_to_others(view: View) -> None:
    for one in eligibility_counts(view, about=[f"subsidy:{support.key}" for support in SUPPORTS]):
        assert min(one.eligible, one.not_eligible) > 0, view.id_of(one.about)
    assert sum(one.unknown > 0 for one in eligibility_counts(view)) >= 5


def test_the_same_enterprise_had_another_answer_before_the_rules_changed(view: View, city_knowledge: Knowledge) -> None:
    before = city_knowledge.view(DEFAULT_DAY + timedelta(days=CHANGED - 1))
    for number in (1, 6):
        now, then = set(may_have(view, number)), set(may_have(before, number))
        assert now != then
        (firm, *_) = sorted(now ^ then)
        (answer,) = eligibility(view, firm, about=[subsidy(number)])
        (earlier,) = eligibility(before, firm, about=[subsidy(number)])
        assert {answer.verdict, earlier.verdict} >= {EligibilityVerdict.ELIGIBLE}
        assert answer.verdict is not earlier.verdict


def reasons(view: View, firms: list[str], number: int) -> set[DropReason]:
    found = (policy_stack(view, firm, NEED).dropped for firm in firms)
    return {one.reason for dropped in found for one in dropped if view.id_of(one.support) == subsidy(number)}


def test_exclusions_dependencies_and_caps_bite(view: View) -> None:
    assert DropReason.EXCLUDED in reasons(view, may_have(view, 3, 6)[:5], 3)
    assert DropReason.LACKS_REQUIRED in reasons(view, may_have(view, 7), 7)
    assert DropReason.COUNT in reasons(view, may_have(view, 4, 6), 6)
    granted = [
        view.id_of(view.ref(one, "granted_to"))
        for one in view.handles("Subsidy").tolist()
        if view.ref(one, "scheme") == view.find(subsidy(11))
    ]
    assert DropReason.CAP in reasons(view, sorted(set(granted)), 11)


def test_stacks_of_the_city_are_exact(view: View) -> None:
    for firm in may_have(view, 11)[:10]:
        found = policy_stack(view, firm, NEED)
        assert found.certain.exact
        assert found.possible.exact
        assert 0 < found.certain.money <= found.possible.money
