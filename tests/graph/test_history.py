"""A record through time: its periods are what a view of each of their days says."""

from collections.abc import Sequence
from datetime import date

from hypothesis import given

from graph.history import Version, ever_held, versions
from graph.kinds.contracts import Encumbrance, EncumbranceKind
from graph.kinds.identity import SameAs
from graph.kinds.parties import Enterprise, Institution, Supplies
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Ref
from graph.snapshot_ids import KIND_SHIFT
from graph.view import View
from tests.graph.build import knowledge_of, load, view_of
from tests.graph.memory_log import MemoryLog
from tests.graph.oracle import Loaded
from tests.graph.worlds import MOMENTS, worlds, write

ONTOLOGY = Ontology.current()
OPENED, RAISED, CLOSED = date(2021, 1, 1), date(2022, 1, 1), date(2023, 1, 1)


def _firm(capital: int, since: date | None = None, until: date | None = None) -> Enterprise:
    return Enterprise(id="enterprise:a", name="甲", registered_capital=Money(capital), valid_from=since, valid_to=until)


def _periods(found: Sequence[Version]) -> list[tuple[date | None, date | None]]:
    return [(version.since, version.until) for version in found]


def test_each_change_begins_a_period() -> None:
    view = view_of(_firm(100, OPENED), _firm(200, RAISED, CLOSED))
    found = versions(view, view.locate("enterprise:a"))
    assert _periods(found) == [(OPENED, RAISED), (RAISED, CLOSED)]
    assert [version.record.registered_capital for version in found] == [Money(100), Money(200)]  # type: ignore[attr-defined]


def test_a_record_without_dates_has_one_open_period() -> None:
    view = view_of(_firm(100))
    assert _periods(versions(view, view.find("enterprise:a"))) == [(None, None)]


def test_what_lacks_a_required_field_has_no_period() -> None:
    view = view_of(Enterprise(id="enterprise:a", name=None))  # type: ignore[arg-type]
    assert versions(view, view.locate("enterprise:a")) == []


def test_a_registration_that_was_released_is_still_found() -> None:
    pledge = Encumbrance(
        id="encumbrance:p",
        kind=EncumbranceKind.PLEDGE,
        grantor=Ref("enterprise:a"),
        creditor=Ref("institution:b"),
        valid_from=OPENED,
        valid_to=RAISED,
    )
    view = view_of(_firm(100), Institution(id="institution:b", name="乙"), pledge)
    firm = view.find("enterprise:a")
    assert len(view.holders("Encumbrance", "grantor", firm)) == 0
    assert view.ids_of(ever_held(view, "Encumbrance", "grantor", firm)) == ["encumbrance:p"]


def test_a_link_whose_ends_became_one_has_the_periods_of_all_its_ids() -> None:
    firms = [Enterprise(id=f"enterprise:{key}", name=key) for key in "abc"]
    first = Supplies(source=Ref("enterprise:a"), target=Ref("enterprise:b"), payment_term_days=30, valid_from=OPENED)
    other = Supplies(source=Ref("enterprise:c"), target=Ref("enterprise:b"), payment_term_days=60, valid_from=RAISED)
    view = view_of(*firms, first, other, SameAs(source=Ref("enterprise:c"), target=Ref("enterprise:a")))
    [link] = view.handles("Supplies").tolist()
    found = versions(view, link)
    assert _periods(found) == [(OPENED, RAISED), (RAISED, None)]
    assert [version.record.payment_term_days for version in found] == [30, 60]  # type: ignore[attr-defined]


def test_what_is_learnt_later_changes_no_earlier_answer() -> None:
    log = MemoryLog()
    first = load(log, "a", [_firm(100, OPENED)])
    load(log, "a", [_firm(200, RAISED)])
    knowledge = knowledge_of(log)
    then, now = knowledge.view(CLOSED, first.recorded_at), knowledge.view(CLOSED)
    assert _periods(versions(then, then.find("enterprise:a"))) == [(OPENED, None)]
    assert _periods(versions(now, now.find("enterprise:a"))) == [(OPENED, RAISED), (RAISED, None)]


def _then(found: Sequence[Version], day: date) -> Version | None:
    covering = [one for one in found if (one.since or date.min) <= day and (one.until is None or day < one.until)]
    assert len(covering) <= 1
    return covering[0] if covering else None


@given(world=worlds)
def test_each_day_is_as_a_view_of_that_day_has_it(world: Sequence[Loaded]) -> None:
    log = MemoryLog()
    write(log, world, ONTOLOGY)
    knowledge = knowledge_of(log, ontology=ONTOLOGY)
    here = knowledge.view()
    if here.identity.nodes:
        return
    for kind in ("Enterprise", "Receivable", "Product"):
        for handle in here.snapshot.ids[here.snapshot.codes[kind]].order.numbers.tolist():
            _agrees(here, handle | here.snapshot.codes[kind] << KIND_SHIFT, [knowledge.view(day) for day in MOMENTS])


def _agrees(here: View, handle: int, days: Sequence[View]) -> None:
    found = versions(here, handle)
    for view in days:
        if view.identity.nodes:
            continue
        version = _then(found, view.as_of)
        live = view.is_live(handle)
        assert (version is not None) == live
        if version is not None:
            assert version.record == view.record(handle)
