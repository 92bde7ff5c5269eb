"""Pools, subsidies, lists and disclosures over GraphQL."""

from __future__ import annotations

from decimal import Decimal

import pytest

from graph.kinds.contracts import Loan
from graph.kinds.demand_side import ListedIn, ProjectList
from graph.kinds.parties import Enterprise
from graph.kinds.policy import DisclosureCategory, Observation
from graph.kinds.supply_side import Pool, PoolKind, Subsidy, SubsidyKind
from graph.kinds.terms import OfferStatus
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Record, Ref
from schema.schema import Schema
from tests.schema.world import World

FIRM = "enterprise:a"


def records() -> list[Record]:
    """A pool in use and an idle bridge, one subsidy, one list with one member of two, one disclosure."""
    return [
        Enterprise(id=FIRM, name="a"),
        Pool(id="pool:q", name="q", kind=PoolKind.RISK, balance=Money.of(100), multiple=Decimal(10), loss_paid=Money.of(25)),
        Pool(id="pool:b", name="b", kind=PoolKind.BRIDGE),
        Loan(id="loan:x", borrower=Ref(FIRM), pool=Ref("pool:q"), outstanding=Money.of(400)),
        Subsidy(id="subsidy:s", name="s", kind=SubsidyKind.INTEREST, status=OfferStatus.OPEN),
        ProjectList(id="projectList:l", name="l", expected_count=2), ListedIn(source=Ref(FIRM), target=Ref("projectList:l")),
        Observation(
            id="observation:o", subject=Ref(FIRM), series="safety", period="2025Q1", text="fine", disclosure=DisclosureCategory.WORK_SAFETY
        ),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def city(schema: Schema, ontology: Ontology) -> World:
    return World.stating(schema, ontology, *records())


def test_the_inventory_of_pools(city: World) -> None:
    risk, bridge = city.ask(
        "{ poolInventory { pool { id } kind balance { amount } multiple limit { amount } covered { amount } headroom { amount } lossPaid"
        " { amount } lossShare utilisation idle stopped missing { record { id } field } } }"
    )["poolInventory"]
    assert (risk["limit"], risk["covered"], risk["headroom"]) == (
        {"amount": "1000.00"},
        {"amount": "400.00"},
        {"amount": "600.00"},
    )
    assert (risk["multiple"], risk["utilisation"], risk["lossShare"], risk["idle"]) == ("10", "0.4", "0.2", "NO")
    assert (bridge["balance"], bridge["headroom"], bridge["idle"]) == (None, None, "UNKNOWN")
    assert [one["field"] for one in bridge["missing"]] == ["balance", "lossPaid", "loans"]
    assert len(city.ask("{ poolInventory(kind: BRIDGE) { kind } }")["poolInventory"]) == 1


def test_subsidies_in_force(city: World) -> None:
    [group] = city.ask("{ subsidyInventory(kind: INTEREST) { kind subsidies { id } open granted } }")[
        "subsidyInventory"
    ]
    assert group == {"kind": "INTEREST", "subsidies": [{"id": "subsidy:s"}], "open": 1, "granted": 0}


def test_lists(city: World) -> None:
    [found] = city.ask(
        "{ listCompleteness { list { name } expected loaded lacking surplus complete measures { id } } }"
    )["listCompleteness"]
    assert found == {
        "list": {"name": "l"}, "expected": 2, "loaded": 1, "lacking": 1, "surplus": 0, "complete": "NO", "measures": [],
    }  # fmt: skip


def test_disclosures_of_a_firm_and_of_all(city: World) -> None:
    answer = city.ask(
        f'{{ disclosure(enterprise: "{FIRM}") {{ category list state on ageDays last {{ id }} inConflict }}'
        f' disclosureCompleteness(enterprise: "{FIRM}") {{ list fresh missing share }}'
        " disclosureCoverage(staleAfterDays: 30) { category enterprises fresh stale missing } }"
    )
    assert answer["disclosure"][1] == {
        "category": "WORK_SAFETY", "list": "PLATFORM", "state": "FRESH", "on": "2025-03-31", "ageDays": 62,
        "last": [{"id": "observation:o"}], "inConflict": False,
    }  # fmt: skip
    assert [one["state"] for one in answer["disclosure"]].count("MISSING") == 9
    assert answer["disclosureCompleteness"][0] == {"list": "PLATFORM", "fresh": 1, "missing": 4, "share": "0.2"}
    assert answer["disclosureCoverage"][1] == {
        "category": "WORK_SAFETY", "enterprises": 1, "fresh": 0, "stale": 1, "missing": 0,
    }  # fmt: skip


def test_an_unknown_firm_and_impossible_days_are_refused(city: World) -> None:
    assert city.refused('{ disclosure(enterprise: "enterprise:z") { state } }')[0] == "NOT_FOUND"
    assert city.refused("{ disclosureCoverage(staleAfterDays: -3) { fresh } }")[0] == "INVALID_INPUT"
