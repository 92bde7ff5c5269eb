"""An asset's ledger over GraphQL."""

from datetime import date

from graph.kinds.contracts import Encumbrance, EncumbranceKind
from graph.money import Money
from graph.records import Ref
from tests.schema.world import ANCHOR, BANK, TIER1, World

LEDGER = (
    'query($rate: Decimal) { encumbrances(asset: "receivable:r1", advanceRate: $rate) { asset { id owner { id } }'
    " entries { on event record { id } creditor { id } amount { amount } registryNo rank documents { source { name } locator } }"
    " balances { since until free { amount } lendable { amount } } current { pledged { amount } encumberedWhole upperBound"
    " missing { field } } conflicts { kind since claimed { amount } excess { amount } records { id } documents { source { name } } } } }"
)


def _pledge(name: str, amount: int, on: date) -> Encumbrance:
    return Encumbrance(
        id=f"encumbrance:{name}", kind=EncumbranceKind.PLEDGE, asset=Ref("receivable:r1"), creditor=Ref(BANK),
        amount=Money.of(amount, unit="万元"), registry_no=f"登{name}", registered_on=on, valid_from=on, rank=1,
    )  # fmt: skip


def test_a_ledger_shows_events_balances_conflicts_and_documents(changing: World) -> None:
    changing.add("registry", [_pledge("1", 150, date(2025, 3, 1)), _pledge("2", 80, date(2025, 4, 1))])
    found = changing.ask(LEDGER, {"rate": "0.8"})["encumbrances"]
    assert found["asset"] == {"id": "receivable:r1", "owner": {"id": TIER1}}
    assert [(one["on"], one["event"], one["registryNo"], one["rank"]) for one in found["entries"]] == [
        ("2025-03-01", "PLEDGE", "登1", 1),
        ("2025-04-01", "PLEDGE", "登2", 1),
    ]
    assert found["entries"][0]["creditor"] == {"id": BANK}
    assert [one["source"]["name"] for one in found["entries"][0]["documents"]] == ["registry"]
    assert [(one["since"], one["free"]["amount"], one["lendable"]["amount"]) for one in found["balances"]] == [
        (None, "2000000.00", "1600000.00"),
        ("2025-03-01", "500000.00", "100000.00"),
        ("2025-04-01", "0.00", "0.00"),
    ]
    # Nobody states the dilution: what is free is a most.
    assert found["current"]["upperBound"] is True
    assert found["current"]["missing"] == [{"field": "dilution"}]
    assert [(one["kind"], one["since"]) for one in found["conflicts"]] == [
        ("CLAIMS_ABOVE_VALUE", "2025-04-01"),
        ("TWO_FIRST_RANKS", "2025-04-01"),
    ]
    assert found["conflicts"][0]["excess"] == {"amount": "300000.00"}
    assert [one["id"] for one in found["conflicts"][0]["records"]] == ["encumbrance:1", "encumbrance:2"]


def test_what_is_no_asset_is_refused_with_its_id(town: World) -> None:
    code, message = town.refused(LEDGER.replace("receivable:r1", ANCHOR))
    assert code == "INVALID_INPUT"
    assert ANCHOR in message


def test_an_asset_that_nobody_loaded_is_not_found(town: World) -> None:
    assert town.refused(LEDGER.replace("receivable:r1", "receivable:none"))[0] == "NOT_FOUND"


def test_registrations_are_listed_by_a_name_of_their_own(town: World) -> None:
    assert town.ask("{ encumbranceRecords { totalCount } }") == {"encumbranceRecords": {"totalCount": 0}}
