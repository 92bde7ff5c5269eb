"""What a unit answers for: by name, within a set, by succession; and everything below each measure."""

from __future__ import annotations

import random

import pytest

from graph.errors import InvalidIdentifier, InvalidInput, NotFound
from graph.kinds.parties import GovernmentUnit
from graph.records import Record
from graph.view import View
from queries.accountability import Accountability, AccountableMeasure, accountability
from queries.financing.terms import Ternary
from tests.graph.build import view_of
from tests.queries.policy.plans import answers, plan
from tests.queries.policy.reforms import passes, unit


@pytest.fixture(scope="module")
def view() -> View:
    return view_of(*plan())


def charges(view: View, found: Accountability) -> list[tuple[int, str, str, str]]:
    """Measure, basis, the unit meant, whether the unit asked about answers today."""
    return [
        (view.value(one.measure, "number"), charge.basis.name, view.value(charge.of, "name"), charge.answers.name)
        for one in found.measures
        for charge in one.charges
    ]


def first(found: Accountability) -> AccountableMeasure:
    return found.measures[0]


def test_a_unit_answers_where_a_list_names_it_and_where_a_set_lists_it(view: View) -> None:
    assert charges(view, accountability(view, "governmentUnit:office")) == [
        (1, "NAMED", "office", "YES"),
        (1, "MEMBER", "office", "YES"),
    ]
    assert charges(view, accountability(view, "governmentUnit:guild")) == [(1, "MEMBER", "guild", "YES")]


def test_a_set_that_no_source_resolves_gives_nobody_anything(view: View) -> None:
    found = accountability(view, "governmentUnit:bureau")
    assert charges(view, found) == [(1, "MEMBER", "bureau", "YES"), (2, "NAMED", "bureau", "YES")]
    assert [view.value(one.unit_set, "name") for one in found.open_sets] == ["各金融机构"]
    assert accountability(view, "institution:bank").measures == ()


def test_a_set_itself_can_be_asked(view: View) -> None:
    found = accountability(view, "各金融机构")
    assert charges(view, found) == [(2, "NAMED", "各金融机构", "YES")]
    assert (found.today, found.inherited, found.open_sets) == (None, (), ())


def test_the_whole_list_stands_in_printed_order_and_nobody_leads(view: View) -> None:
    entries = first(accountability(view, "governmentUnit:office")).responsible
    assert [(view.value(one.link, "list_order"), view.value(one.link, "printed")) for one in entries] == [
        (1, "市金融办"),
        (2, "领导小组成员单位"),
    ]
    assert {view.value(one.link, "printed_role") for one in entries} == {None}
    assert entries[1].members is not None
    assert [view.value(one.unit, "name") for one in entries[1].members.members] == ["office", "bureau", "guild"]


def test_a_printed_lead_stays_printed() -> None:
    lead = answers("governmentUnit:office", 1, 1, "市金融办", printed_role="牵头")
    view = view_of(*[one for one in plan() if getattr(one, "printed", None) != "市金融办"], lead)
    entries = first(accountability(view, "governmentUnit:office")).responsible
    assert [view.value(one.link, "printed_role") for one in entries] == ["牵头", None]


def test_targets_arrangements_contracts_and_observations_hang_below_their_measure(view: View) -> None:
    found = first(accountability(view, "governmentUnit:office"))
    [target] = found.targets
    assert [view.id_of(one) for one in target.observations] == ["observation:1", "observation:2"]
    assert [view.id_of(one.named.thing) for one in found.arrangements] == ["pool:p", "loanProduct:t"]
    assert [[view.id_of(one) for one in each.contracts] for each in found.arrangements] == [["loan:2"], ["loan:1"]]
    assert [len(one.named.mentions) for one in found.arrangements] == [2, 0]
    assert [view.id_of(one) for one in found.observations] == ["observation:4"]
    assert [view.id_of(one) for one in found.assessments] == ["assessment:1"]


def test_a_list_shows_who_is_on_it_and_a_bank_is_no_arrangement(view: View) -> None:
    found = accountability(view, "governmentUnit:bureau").measures[1]
    [listed] = found.arrangements
    assert [view.id_of(one) for one in listed.participants] == ["enterprise:e"]
    assert found.targets == ()


def test_duties_committees_and_seats_are_there(view: View) -> None:
    found = accountability(view, "governmentUnit:office")
    assert [view.id_of(view.ref(one, "target")) for one in found.duties] == ["duty:1"]
    assert [view.id_of(one.committee) for one in found.committees] == ["committee:group"]
    assert [view.value(one, "printed") for one in found.seats] == ["某人"]


def test_a_successor_answers_and_the_old_body_no_more() -> None:
    view = view_of(*plan(), unit("new"), passes("office", "new", 2025))
    new, old = accountability(view, "governmentUnit:new"), accountability(view, "governmentUnit:office")
    assert charges(view, new) == [(1, "SUCCESSOR", "office", "YES"), (1, "SUCCESSOR", "office", "YES")]
    assert [view.value(one.unit, "name") for one in new.inherited] == ["office"]
    assert {answers for *_, answers in charges(view, old)} == {"NO"}
    assert [view.value(one, "name") for one in old.today.units] == ["new"] if old.today else False


def test_which_part_of_a_split_is_whose_stays_open() -> None:
    view = view_of(*plan(), unit("x"), unit("y"), passes("office", "x", 2025), passes("office", "y", 2025))
    assert {answers for *_, answers in charges(view, accountability(view, "governmentUnit:x"))} == {"UNKNOWN"}


def test_a_succession_without_a_day_leaves_both_ends_open_and_moves_nothing() -> None:
    view = view_of(*plan(), unit("new"), passes("office", "new", None))
    assert {one.answers for one in first(accountability(view, "governmentUnit:office")).charges} == {Ternary.UNKNOWN}
    new = accountability(view, "governmentUnit:new")
    assert new.measures == ()
    assert len(new.undated) == 1


@pytest.mark.parametrize("name", ["office", "市金融办", "金融办", "governmentUnit:office"])
def test_a_unit_is_found_by_each_of_its_names(view: View, name: str) -> None:
    assert view.id_of(accountability(view, name).unit) == "governmentUnit:office"


def test_a_name_that_two_units_have_is_refused_with_their_ids() -> None:
    view = view_of(*plan(), GovernmentUnit(id="governmentUnit:other", name="other", aliases=("金融办",)))
    with pytest.raises(
        InvalidInput, match="'金融办' is what several units are called: governmentUnit:office, governmentUnit:other"
    ):
        accountability(view, "金融办")


def test_what_is_no_unit_is_refused_with_a_remedy(view: View) -> None:
    with pytest.raises(NotFound, match="no unit is called '市教育局'"):
        accountability(view, "市教育局")
    with pytest.raises(InvalidInput, match="of kind Pool; give an id of ResponsibleUnit"):
        accountability(view, "pool:p")
    with pytest.raises(InvalidIdentifier, match="begins with 'bureau', which is no kind"):
        accountability(view, "bureau:1")
    with pytest.raises(InvalidIdentifier, match="unit is blank"):
        accountability(view, " ")


def test_the_order_of_statements_changes_nothing(view: View) -> None:
    stated: list[Record] = plan()
    random.Random(7).shuffle(stated)
    other = view_of(*stated)
    for name in ("governmentUnit:office", "governmentUnit:bureau"):
        one, two = accountability(view, name), accountability(other, name)
        assert charges(view, one) == charges(other, two)
