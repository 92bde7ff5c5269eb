"""The questions of the needs desk over GraphQL: figures, recommendations, events and consultations, from records to JSON."""

from __future__ import annotations

from datetime import date

import pytest

from graph.kinds.contracts import Loan
from graph.kinds.demand_side import (
    AttendedBy,
    Case,
    Concerns,
    Event,
    FinancingNeed,
    Fulfils,
    NeedStatus,
    Presented,
    RecommendedTo,
)
from graph.kinds.terms import Instrument
from graph.money import Money
from graph.records import Ref
from tests.schema.world import BANK, TIER1, TIER2, World

NEED = "financingNeed:desk1"


def need(status: NeedStatus, since: date) -> FinancingNeed:
    return FinancingNeed(
        id=NEED,
        enterprise=Ref(TIER1),
        amount=Money.of(60, unit="万元"),
        instrument=Instrument.DEBT,
        status=status,
        valid_from=since,
    )


@pytest.fixture
def desk(changing: World) -> World:
    """A need on its way, an event at which it was presented, a loan that followed, and another that falls due."""
    changing.add(
        "bank",
        [
            need(NeedStatus.APPLIED, date(2025, 3, 1)),
            need(NeedStatus.AGGREGATED, date(2025, 3, 3)),
            need(NeedStatus.CLASSIFIED, date(2025, 3, 6)),
            need(NeedStatus.RECOMMENDED, date(2025, 4, 2)),
            RecommendedTo(source=Ref(NEED), target=Ref("loanProduct:chain"), on=date(2025, 4, 2)),
            Loan(
                id="loan:1",
                borrower=Ref(TIER1),
                lender=Ref(BANK),
                product=Ref("loanProduct:chain"),
                principal=Money.of(20, unit="万元"),
                start_on=date(2025, 4, 20),
                due_on=date(2025, 6, 20),
            ),
            Fulfils(source=Ref("loan:1"), target=Ref(NEED)),
            Event(id="event:1", name="对接会", held_on=date(2025, 4, 1)),
            Presented(source=Ref(TIER1), target=Ref("event:1"), subject=Ref(NEED)),
            AttendedBy(source=Ref("event:1"), target=Ref(BANK)),
            Case(id="case:1", enterprise=Ref(TIER1), opened_on=date(2025, 5, 1)),
            Concerns(source=Ref("case:1"), target=Ref("loan:1")),
        ],
    )
    return changing


def test_the_desks_figures(desk: World) -> None:
    found = desk.ask(
        f"""{{ needsDesk(bank: "{BANK}", stuckDays: 30) {{ needs states {{ status now ended medianHours }} stuckCount
        stuck {{ need {{ id }} status since hours }} undatedOpen
        conversions {{ financier {{ name }} product {{ name }} needs recommended funded open rate rateLow rateHigh }} }} }}"""
    )["needsDesk"]
    assert found["needs"] == 1
    assert {one["status"]: (one["now"], one["ended"], one["medianHours"]) for one in found["states"]} == {
        "APPLIED": (0, 1, "48"),
        "AGGREGATED": (0, 1, "72"),
        "CLASSIFIED": (0, 1, "648"),
        "RECOMMENDED": (1, 0, None),
        "FUNDED": (0, 0, None),
        "REJECTED": (0, 0, None),
        "WITHDRAWN": (0, 0, None),
    }
    assert found["stuckCount"] == 1
    [stuck] = found["stuck"]
    assert (stuck["need"]["id"], stuck["status"], stuck["since"]) == (NEED, "RECOMMENDED", "2025-04-01T16:00:00Z")
    counts = {"needs": 1, "recommended": 1, "funded": 1, "open": 0, "rate": "1", "rateLow": "1", "rateHigh": "1"}
    assert found["conversions"] == [
        {"financier": {"name": "河东银行"}, "product": None, **counts},
        {"financier": {"name": "河东银行"}, "product": {"name": "链贷"}, **counts},
    ]
    assert desk.ask("{ needsDesk(first: 0) { needs stuck { status } undatedOpen } }")["needsDesk"] == {
        "needs": 3,
        "stuck": [],
        "undatedOpen": 2,
    }


def test_recommendations_are_paths_and_supports_for_what_is_open(desk: World) -> None:
    found = desk.ask(
        f"""{{ recommendations(need: "{NEED}", first: 3) {{ need {{ status }} open {{ amount }} completeness {{ complete }}
        paths {{ totalCount edges {{ node {{ technique capacity {{ amount }} }} }} }} supports {{ about {{ id }} verdict }} }} }}"""
    )["recommendations"]
    assert found["open"] == {"amount": "400000.00"}
    assert found["need"] == {"status": "RECOMMENDED"}
    assert found["paths"]["totalCount"] >= len(found["paths"]["edges"]) >= 1
    assert found["completeness"] == {"complete": True}


def test_what_followed_from_an_event(desk: World) -> None:
    found = desk.ask(
        """{ matchmaking(event: "event:1", withinDays: 30) { heldOn until isOver contracts attended { name }
        presentations { presenter { name } subject { id } followed { contract { id } on days funders { name } attended fulfils { id } }
        moves { status on days } undated { id } } missing { field } } }"""
    )["matchmaking"]
    assert (found["heldOn"], found["until"], found["isOver"], found["contracts"]) == (
        "2025-04-01",
        "2025-05-01",
        True,
        1,
    )
    assert found["attended"] == [{"name": "河东银行"}]
    [presented] = found["presentations"]
    assert presented["subject"] == {"id": NEED}
    assert presented["followed"] == [
        {
            "contract": {"id": "loan:1"},
            "on": "2025-04-20",
            "days": 19,
            "funders": [{"name": "河东银行"}],
            "attended": True,
            "fulfils": {"id": NEED},
        }
    ]
    assert presented["moves"] == [{"status": "RECOMMENDED", "on": "2025-04-02", "days": 1}]


def test_consultations_about_loans_that_fall_due(desk: World) -> None:
    asked = (
        "enterprises { enterprise { id } amount { amount } loans { loan { id } days } cases { id } concerned { id } }"
        " totalCount withoutCase"
    )
    found = desk.ask(f"{{ consultations(withinDays: 30) {{ {asked} }} }}")["consultations"]
    assert found == {
        "enterprises": [
            {
                "enterprise": {"id": TIER1},
                "amount": {"amount": "200000.00"},
                "loans": [{"loan": {"id": "loan:1"}, "days": 19}],
                "cases": [{"id": "case:1"}],
                "concerned": [{"id": "loan:1"}],
            }
        ],
        "totalCount": 1,
        "withoutCase": 0,
    }
    assert desk.ask("{ consultations(withoutCase: true) { totalCount } }")["consultations"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("document", "code", "message"),
    [
        ("{ needsDesk(stuckDays: -1) { needs } }", "INVALID_INPUT", "stuckDays is -1"),
        ("{ needsDesk(first: 1000000) { needs } }", "LIMIT_EXCEEDED", "first is 1000000"),
        ("{ needsDesk(first: -1) { needs } }", "INVALID_INPUT", "first is -1"),
        ('{ needsDesk(bank: "institution:nobody") { needs } }', "NOT_FOUND", "there is no institution:nobody"),
        (f'{{ needsDesk(product: "{TIER2}") {{ needs }} }}', "INVALID_INPUT", "give an id of LoanProduct"),
        (
            '{ recommendations(need: "financingNeed:no") { open { amount } } }',
            "NOT_FOUND",
            "there is no financingNeed:no",
        ),
        ('{ matchmaking(event: "event:no") { contracts } }', "NOT_FOUND", "there is no event:no"),
        ("{ consultations(withinDays: 9999) { totalCount } }", "INVALID_INPUT", "withinDays is 9999"),
    ],
)
def test_bad_input_names_value_and_remedy(town: World, document: str, code: str, message: str) -> None:
    found = town.refused(document)
    assert found[0] == code
    assert message in found[1]
