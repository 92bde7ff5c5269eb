"""The ledger of an asset: who had which right when, what each left, and where rights contradict each other."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidInput, NotFound
from graph.kinds.contracts import Encumbrance, EncumbranceKind
from graph.kinds.terms import Technique
from graph.records import Record, Ref
from graph.view import View
from queries.encumbrances import EncumbranceLedger, LedgerEvent, encumbrances
from queries.financing.terms import ConstraintKind
from queries.ledger.conflicts import ConflictKind
from tests.graph.build import TODAY
from tests.queries.finance import (
    RECEIVABLE,
    SELLER,
    WAN,
    ask,
    bank,
    claim_view,
    constraint,
    dec,
    encumbrance,
    firm,
    in_wan,
    only,
    programme,
    receivable,
    view_of,
    voucher,
)

ASSIGNED, PLEDGED, RELEASED = date(2025, 1, 10), date(2025, 2, 10), date(2025, 9, 10)


def _ledger(*records: Record, asset: str = RECEIVABLE, rate: str = "1") -> EncumbranceLedger:
    return encumbrances(claim_view(*records), asset, advance_rate=Decimal(rate))


def _registered(
    name: str, kind: EncumbranceKind, amount: float | None, on: date, until: date | None = None, **more: object
) -> Encumbrance:
    return encumbrance(name, kind, amount, registered_on=on, valid_from=on, valid_to=until, **more)


def _conflicts(ledger: EncumbranceLedger) -> list[ConflictKind]:
    return [one.kind for one in ledger.conflicts]


def test_each_registration_changes_what_is_free() -> None:
    ledger = _ledger(
        receivable(1000, dilution=dec("0.05")),
        _registered("a", EncumbranceKind.ASSIGNMENT, 200, ASSIGNED),
        _registered("p", EncumbranceKind.PLEDGE, 300, PLEDGED, RELEASED),
        rate="0.8",
    )
    assert [(one.on, one.event) for one in ledger.entries] == [
        (ASSIGNED, LedgerEvent.ASSIGNMENT),
        (PLEDGED, LedgerEvent.PLEDGE),
        (RELEASED, LedgerEvent.RELEASE),
    ]
    assert [(one.since, one.until) for one in ledger.balances] == [
        (None, ASSIGNED),
        (ASSIGNED, PLEDGED),
        (PLEDGED, RELEASED),
        (RELEASED, None),
    ]
    assert in_wan([one.free for one in ledger.balances]) == [950, 750, 450, 750]
    assert in_wan([one.lendable for one in ledger.balances]) == [760, 600, 300, 600]
    assert ledger.current == ledger.balances[2]
    assert ledger.conflicts == ()


def test_an_entry_shows_its_registration_and_its_documents() -> None:
    ledger = _ledger(receivable(1000), _registered("p", EncumbranceKind.PLEDGE, 300, PLEDGED, rank=2))
    entry = ledger.entries[0]
    record = entry.version.record
    assert isinstance(record, Encumbrance)
    assert (record.registry_no, record.rank, entry.amount) == ("r-p", 2, 300 * WAN)
    assert [one.source for one in entry.version.statements] == ["test"]


def test_nothing_registered_leaves_all_free() -> None:
    ledger = _ledger(receivable(1000))
    assert ledger.entries == ()
    assert in_wan([one.free for one in ledger.balances]) == [1000]


def test_a_registration_without_an_amount_takes_all() -> None:
    ledger = _ledger(receivable(1000), _registered("p", EncumbranceKind.PLEDGE, None, PLEDGED))
    assert ledger.current is not None
    assert ledger.current.encumbered_whole
    assert (ledger.current.free, ledger.current.lendable, ledger.current.pledged) == (0, 0, None)


def test_a_blanket_registration_is_over_each_receivable_of_its_grantor() -> None:
    blanket = Encumbrance(
        id="encumbrance:all", kind=EncumbranceKind.PLEDGE, grantor=Ref(SELLER), blanket=True,
        creditor=Ref("institution:other"), valid_from=PLEDGED,
    )  # fmt: skip
    ledger = _ledger(receivable(1000), blanket)
    assert [one.encumbered_whole for one in ledger.balances] == [False, True]


def test_unknown_dilution_makes_it_a_most_and_is_named() -> None:
    ledger = _ledger(receivable(1000, dilution=None))
    assert ledger.current is not None
    assert ledger.current.at_most
    assert [fact.field for fact in ledger.current.missing] == ["dilution"]


def test_claims_above_the_value_are_a_conflict_with_its_amounts() -> None:
    ledger = _ledger(
        receivable(1000),
        _registered("a", EncumbranceKind.ASSIGNMENT, 700, ASSIGNED),
        _registered("p", EncumbranceKind.PLEDGE, 500, PLEDGED, RELEASED),
    )
    above = next(one for one in ledger.conflicts if one.kind is ConflictKind.CLAIMS_ABOVE_VALUE)
    assert (above.since, above.until) == (PLEDGED, RELEASED)
    assert in_wan([above.claimed, above.available, above.excess]) == [1200, 1000, 200]
    assert [one.record.id for one in above.versions] == ["encumbrance:a", "encumbrance:p"]


def test_two_first_ranks_at_once_are_a_conflict() -> None:
    first = _registered("a", EncumbranceKind.PLEDGE, 100, ASSIGNED, RELEASED, rank=1)
    second = _registered("b", EncumbranceKind.PLEDGE, 100, PLEDGED, rank=1)
    conflict = _ledger(receivable(1000), first, second).conflicts[0]
    assert (conflict.kind, conflict.since, conflict.until) == (ConflictKind.TWO_FIRST_RANKS, PLEDGED, RELEASED)


def test_first_ranks_one_after_the_other_agree() -> None:
    first = _registered("a", EncumbranceKind.PLEDGE, 100, ASSIGNED, PLEDGED, rank=1)
    second = _registered("b", EncumbranceKind.PLEDGE, 100, PLEDGED, rank=1)
    assert _ledger(receivable(1000), first, second).conflicts == ()


def test_an_assignment_after_a_pledge_that_still_stands_is_a_conflict() -> None:
    pledge = _registered("p", EncumbranceKind.PLEDGE, 100, ASSIGNED)
    assignment = _registered("a", EncumbranceKind.ASSIGNMENT, 100, PLEDGED, creditor=Ref("institution:bank"))
    assert _conflicts(_ledger(receivable(1000), pledge, assignment)) == [ConflictKind.ASSIGNMENT_AFTER_PLEDGE]


@pytest.mark.parametrize("until", [PLEDGED, date(2025, 1, 20)])
def test_an_assignment_after_the_release_agrees(until: date) -> None:
    pledge = _registered("p", EncumbranceKind.PLEDGE, 100, ASSIGNED, until)
    assignment = _registered("a", EncumbranceKind.ASSIGNMENT, 100, PLEDGED, creditor=Ref("institution:bank"))
    assert _ledger(receivable(1000), pledge, assignment).conflicts == ()


def test_one_contract_registered_twice_counts_once_and_is_no_conflict() -> None:
    secured = Ref("loan:l")
    ledger = _ledger(
        receivable(1000),
        _registered("p", EncumbranceKind.PLEDGE, 400, ASSIGNED, secures=secured),
        _registered("a", EncumbranceKind.ASSIGNMENT, 400, PLEDGED, secures=secured, creditor=Ref("institution:bank")),
    )
    assert ledger.current is not None
    # Without its record the contract is only an id; both registrations name it.
    assert in_wan([ledger.current.free]) == [600]
    assert ledger.conflicts == ()


def _vouchers(*parts: float) -> View:
    split = [voucher(f"part{place}", "seller", face, "root") for place, face in enumerate(parts)]
    return view_of(bank(), firm("anchor"), firm("seller"), programme(5000), voucher("root", "seller", 1000), *split)


def test_parts_come_off_their_parent() -> None:
    ledger = encumbrances(_vouchers(300, 200), "voucher:root")
    assert [one.event for one in ledger.entries] == [LedgerEvent.SPLIT, LedgerEvent.SPLIT]
    assert ledger.current is not None
    assert in_wan([ledger.current.value]) == [500]


def test_parts_above_their_parent_are_a_conflict() -> None:
    ledger = encumbrances(_vouchers(700, 500), "voucher:root")
    assert _conflicts(ledger) == [ConflictKind.PARTS_ABOVE_PARENT]
    assert in_wan([ledger.conflicts[0].excess]) == [200]


def test_a_matured_voucher_is_worth_nothing_from_the_day_after() -> None:
    due = date(2025, 7, 1)
    root = voucher("root", "seller", 1000, due_on=due)
    ledger = encumbrances(view_of(bank(), firm("anchor"), firm("seller"), programme(5000), root), "voucher:root")
    assert [(one.until, one.value) for one in ledger.balances] == [(date(2025, 7, 2), 1000 * WAN), (None, 0)]


def test_the_day_of_the_view_is_as_the_paths_of_that_day_have_it() -> None:
    records = (
        receivable(1000, dilution=dec("0.05")),
        _registered("a", EncumbranceKind.ASSIGNMENT, 200, ASSIGNED),
        _registered("p", EncumbranceKind.PLEDGE, 300, PLEDGED, RELEASED),
    )
    view = claim_view(*records, advance_rate=dec("0.8"))
    path = only(ask(view, "seller", Technique.RECEIVABLES_DISCOUNTING))
    current = encumbrances(view, RECEIVABLE, advance_rate=Decimal("0.8")).current
    assert current is not None
    assert current.lendable == constraint(path, ConstraintKind.ASSET_FREE).headroom == 300 * WAN


def test_only_assets_have_a_ledger() -> None:
    view = claim_view(receivable(1000))
    with pytest.raises(InvalidInput, match="is of kind Enterprise; give an id of Asset"):
        encumbrances(view, SELLER)
    with pytest.raises(NotFound, match="receivable:none"):
        encumbrances(view, "receivable:none")


@pytest.mark.parametrize("rate", ["0", "-0.1", "1.01", "0.1234567"])
def test_an_advance_rate_outside_its_range_is_refused(rate: str) -> None:
    with pytest.raises(InvalidInput, match="advanceRate"):
        encumbrances(claim_view(receivable(1000)), RECEIVABLE, advance_rate=Decimal(rate))


_days = st.sampled_from([None, date(2025, 1, 1), date(2025, 3, 1), date(2025, 6, 1), date(2025, 9, 1)])


@st.composite
def _registrations(draw: st.DrawFn) -> list[Encumbrance]:
    found = []
    for place in range(draw(st.integers(0, 4))):
        since, until = draw(_days), draw(_days)
        if since is not None and until is not None and until <= since:
            until = None
        found.append(
            encumbrance(
                f"e{place}", draw(st.sampled_from(list(EncumbranceKind))), draw(st.sampled_from([None, 100, 400, 900])),
                valid_from=since, valid_to=until, secures=draw(st.sampled_from([None, Ref("loan:l"), Ref("loan:m")])),
            )
        )  # fmt: skip
    return found


@given(registered=_registrations(), more=_registrations())
def test_a_further_registration_never_frees_anything(registered: list[Encumbrance], more: list[Encumbrance]) -> None:
    others = [
        encumbrance(f"x{place}", one.kind, None, valid_from=one.valid_from, valid_to=one.valid_to)
        for place, one in enumerate(more)
    ]
    before = encumbrances(claim_view(receivable(1000), *registered), RECEIVABLE).current
    after = encumbrances(claim_view(receivable(1000), *registered, *others), RECEIVABLE).current
    assert before is not None
    assert after is not None
    assert (after.lendable or 0) <= (before.lendable or 0)


@given(registered=_registrations())
def test_each_day_is_as_the_paths_of_that_day_have_it(registered: list[Encumbrance]) -> None:
    view = claim_view(receivable(1000), *registered, advance_rate=dec("0.8"))
    current = encumbrances(view, RECEIVABLE, advance_rate=Decimal("0.8")).current
    found = ask(view, "seller", Technique.RECEIVABLES_DISCOUNTING).paths
    assert current is not None
    expected = found[0].capacity if found else 0
    assert current.lendable == expected
    assert view.as_of == TODAY
