"""Views, by small graphs whose answers are plain to see."""

from graph.kinds.assets import Receivable
from graph.kinds.parties import Enterprise, Supplies
from graph.money import Money
from graph.records import Ref
from tests.graph.build import view_of

A, B = Enterprise(id="enterprise:a", name="甲"), Enterprise(id="enterprise:b", name="乙")
CLAIM = Receivable(id="receivable:x", owner=Ref(A.id), obligor=Ref(B.id), face=Money(100_000))


def test_a_record_comes_back_as_it_was_stated() -> None:
    view = view_of(A, B, CLAIM)
    assert view.record(view.require("receivable:x")) == CLAIM


def test_a_reference_is_followed_both_ways() -> None:
    view = view_of(A, B, CLAIM)
    claim = view.find("receivable:x")
    assert view.ref(claim, "obligor") == view.find("enterprise:b")
    assert view.holders("Receivable", "owner", view.find("enterprise:a")).tolist() == [claim]


def test_a_link_answers_to_the_id_of_its_ends() -> None:
    view = view_of(A, B, Supplies(source=Ref(A.id), target=Ref(B.id)))
    assert view.ids_of(view.handles("Supplies")) == ["supplies:enterprise%3Aa:enterprise%3Ab"]
