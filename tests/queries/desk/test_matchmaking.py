"""What followed from an event within so many days: contracts and moves by their days, and who of the funders was there."""

from __future__ import annotations

from datetime import date

import pytest

from graph.errors import InvalidInput, NotFound
from graph.kinds.contracts import InvestedBy, InvestmentRound, Loan
from graph.kinds.demand_side import AttendedBy, Event, FinancingNeed, Fulfils, NeedStatus, Presented, Project
from graph.kinds.parties import BankBranch, Enterprise, Fund, Institution
from graph.kinds.terms import Instrument
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.matchmaking import Matchmaking, Presentation, matchmaking
from tests.graph.build import view_of

EVENT = "event:1"
HELD = date(2025, 3, 1)
NEED = "financingNeed:1"


def need(status: NeedStatus, since: date, name: str = NEED) -> FinancingNeed:
    return FinancingNeed(
        id=name,
        enterprise=Ref("enterprise:1"),
        amount=Money(100),
        instrument=Instrument.DEBT,
        status=status,
        valid_from=since,
    )


def city(*records: Record, held: date | None = HELD) -> View:
    return view_of(
        Event(id=EVENT, name="银企对接会", held_on=held),
        Enterprise(id="enterprise:1", name="甲"),
        Enterprise(id="enterprise:2", name="乙"),
        Institution(id="institution:1", name="甲行"),
        Institution(id="institution:2", name="乙行"),
        BankBranch(id="bankBranch:1", name="支行", bank=Ref("institution:1")),
        Fund(id="fund:1", name="基金"),
        Project(id="project:1", name="项目"),
        AttendedBy(source=Ref(EVENT), target=Ref("bankBranch:1")),
        AttendedBy(source=Ref(EVENT), target=Ref("fund:1")),
        need(NeedStatus.APPLIED, date(2025, 2, 1)),
        need(NeedStatus.RECOMMENDED, date(2025, 3, 11)),
        need(NeedStatus.FUNDED, date(2025, 7, 1)),
        Presented(source=Ref("enterprise:1"), target=Ref(EVENT), subject=Ref(NEED)),
        Presented(source=Ref("enterprise:2"), target=Ref(EVENT)),
        *records,
    )


def loan(name: str, start: date | None, lender: str = "institution:1", borrower: str = "enterprise:1") -> Loan:
    return Loan(id=f"loan:{name}", borrower=Ref(borrower), lender=Ref(lender), start_on=start)


def of_first(found: Matchmaking) -> Presentation:
    return found.presentations[0]


def test_contracts_within_the_days_followed_both_ends_included() -> None:
    days = {
        "before": date(2025, 2, 28),
        "same": HELD,
        "last": date(2025, 3, 31),
        "after": date(2025, 4, 1),
        "undated": None,
    }
    view = city(*(loan(name, day) for name, day in days.items()))
    found = matchmaking(view, EVENT, within_days=30)
    first = of_first(found)
    assert [(view.id_of(one.contract), one.days) for one in first.followed] == [("loan:same", 0), ("loan:last", 30)]
    assert [view.id_of(one) for one in first.undated] == ["loan:undated"]
    assert (found.held_on, found.until, found.is_over, found.contracts) == (HELD, date(2025, 3, 31), True, 2)


def test_a_funder_was_there_if_its_branch_was() -> None:
    view = city(
        loan("a", HELD),
        loan("b", HELD, "institution:2"),
        InvestmentRound(id="investmentRound:1", enterprise=Ref("enterprise:2"), closed_on=HELD),
        InvestedBy(source=Ref("investmentRound:1"), target=Ref("fund:1")),
    )
    first, second = matchmaking(view, EVENT).presentations
    assert [one.attended for one in first.followed] == [True, False]
    [deal] = second.followed
    assert [view.id_of(one) for one in deal.funders] == ["fund:1"]
    assert deal.attended


def test_the_need_presented_is_named_where_a_contract_fulfils_it_and_its_moves_are_told() -> None:
    view = city(loan("a", HELD), Fulfils(source=Ref("loan:a"), target=Ref(NEED)))
    first = of_first(matchmaking(view, EVENT))
    assert [view.id_of(one.fulfils) for one in first.followed] == [NEED]
    assert [(one.status, one.days) for one in first.moves] == [(NeedStatus.RECOMMENDED, 10)]


def test_who_presented_itself_is_followed_by_moves_of_all_its_needs() -> None:
    other = need(NeedStatus.APPLIED, date(2025, 3, 2), "financingNeed:2")
    view = city(other, Presented(source=Ref("enterprise:1"), target=Ref(EVENT), subject=Ref("project:1")))
    found = matchmaking(view, EVENT)
    of_project = next(one for one in found.presentations if one.subject >= 0 and view.id_of(one.subject) == "project:1")
    assert [(view.id_of(one.need), one.days) for one in of_project.moves] == [("financingNeed:2", 1), (NEED, 10)]


def test_a_contract_of_who_presented_twice_counts_once() -> None:
    view = city(loan("a", HELD), Presented(source=Ref("enterprise:1"), target=Ref(EVENT)))
    found = matchmaking(view, EVENT)
    assert len(found.presentations) == 3
    assert found.contracts == 1


def test_while_the_days_run_more_may_follow() -> None:
    assert not matchmaking(city(), EVENT, within_days=365).is_over


def test_an_event_without_a_day_names_what_is_missing_and_nothing_follows() -> None:
    found = matchmaking(city(loan("a", HELD), held=None), EVENT)
    assert [one.field for one in found.missing] == ["heldOn"]
    assert (found.until, found.is_over, found.contracts) == (None, False, 0)
    assert len(found.presentations) == 2


def test_bad_input_is_refused() -> None:
    with pytest.raises(InvalidInput, match="withinDays is -1"):
        matchmaking(city(), EVENT, within_days=-1)
    with pytest.raises(NotFound):
        matchmaking(city(), "event:9")
