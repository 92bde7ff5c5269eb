"""What can be asked of a view, by small graphs whose answers are plain to see."""

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from graph.errors import InvalidIdentifier, InvalidInput, NotFound
from graph.kinds.assets import Receivable
from graph.kinds.parties import Enterprise, Fund, Supplies
from graph.kinds.policy import Measure
from graph.kinds.terms import Stage
from graph.log import Mode
from graph.money import Money
from graph.records import Marking, Ref, Span
from graph.snapshot_columns import Mask
from graph.view import NOT_STATED, View
from graph.viewer import Viewer
from tests.graph.build import append, knowledge_of, load, view_of
from tests.graph.memory_log import MemoryLog

A, B, C = (
    Enterprise(id="enterprise:a", name="甲", stage=Stage.SEED, founded_on=date(2020, 1, 2), aliases=("一", "二")),
    Enterprise(id="enterprise:b", name="乙", registered_capital=Money(500, "USD", "5 美元"), employees=7),
    Enterprise(id="enterprise:c", name="丙"),
)


def claim(key: str, owner: str = A.id, obligor: str = B.id, **values: Any) -> Receivable:
    return Receivable(id=f"receivable:{key}", owner=Ref(owner), obligor=Ref(obligor), **({"face": Money(100)} | values))


@pytest.fixture(scope="module")
def view() -> View:
    claims = [
        claim("1", dilution=Decimal("0.05"), confirmed=True),
        claim("10", confirmed=False),
        claim("2", owner=B.id, obligor=C.id),
    ]
    links = [Supplies(source=Ref(A.id), target=Ref(B.id)), Supplies(source=Ref(A.id), target=Ref(C.id))]
    return view_of(C, B, A, *reversed(claims), *links)


def handles(view: View, *identifiers: str) -> npt.NDArray[np.int64]:
    return np.array([view.require(identifier) for identifier in identifiers])


def test_a_record_comes_back_as_it_was_stated(view: View) -> None:
    assert [view.record(handle) for handle in view.handles("Enterprise").tolist()] == [A, B, C]


def test_spans_terms_and_lists_come_back_as_they_were_stated() -> None:
    measure = Measure(
        id="measure:m", policy=Ref("policy:p"), number=1, title="措施", text="一项措施", span=Span(3, 5, "措施")
    )
    stated = view_of(measure)
    assert stated.record(stated.require("measure:m")) == measure


def test_values_can_be_asked_for_one_by_one(view: View) -> None:
    handle = view.require(A.id)
    assert [view.value(handle, name) for name in ("id", "stage", "aliases", "founded_on", "address")] == [
        A.id, Stage.SEED, ("一", "二"), date(2020, 1, 2), None
    ]  # fmt: skip


def test_records_stand_in_id_order_whatever_the_order_of_rows(view: View) -> None:
    assert view.ids_of(view.handles("Receivable")) == ["receivable:1", "receivable:10", "receivable:2"]


def test_a_reference_is_followed_both_ways(view: View) -> None:
    handle = view.require("receivable:1")
    assert view.ref(handle, "obligor") == view.require(B.id)
    assert view.ids_of(view.holders("Receivable", "owner", view.require(A.id))) == ["receivable:1", "receivable:10"]


def test_a_link_answers_to_the_id_of_its_ends(view: View) -> None:
    first = "supplies:enterprise%3Aa:enterprise%3Ab"
    assert view.ids_of(view.handles("Supplies"))[0] == first
    assert view.find(first) == view.handles("Supplies")[0]


def test_links_are_ordered_by_source_then_target_then_key() -> None:
    ends = [("enterprise:r1", "enterprise:z"), ("enterprise:r10", "enterprise:a"), ("enterprise:r1", "enterprise:b")]
    firms = [Enterprise(id=identifier, name="企业") for identifier in sorted({end for pair in ends for end in pair})]
    links = [Supplies(source=Ref(source), target=Ref(target)) for source, target in ends]
    keyed = Supplies(source=Ref(ends[0][0]), target=Ref(ends[0][1]), product=Ref("product:p"))
    stated = view_of(*firms, keyed, *links)
    found = [(view_record.source, view_record.target, view_record.product)  # type: ignore[attr-defined]
             for view_record in map(stated.record, stated.handles("Supplies").tolist())]  # fmt: skip
    assert found == [(*ends[2], None), (*ends[0], None), (*ends[0], "product:p"), (*ends[1], None)]


def test_a_hop_answers_for_many_targets_at_once(view: View) -> None:
    targets = handles(view, C.id, B.id, A.id)
    places, found = view.expand("Receivable", "obligor", targets)
    assert [(int(place), view.id_of(int(handle))) for place, handle in zip(places, found, strict=True)] == [
        (0, "receivable:2"), (1, "receivable:1"), (1, "receivable:10")
    ]  # fmt: skip


def test_a_hop_may_start_from_several_kinds() -> None:
    fund = Fund(id="fund:f", name="基金")
    claims = [
        claim("1", obligor=A.id),
        Receivable(id="receivable:0", owner=Ref(A.id), obligor=Ref("fund:f"), face=Money(1)),
    ]
    stated = view_of(A, fund, *claims)
    targets = handles(stated, "fund:f", A.id)
    places, found = stated.expand("Receivable", "obligor", targets)
    assert (places.tolist(), stated.ids_of(found)) == ([0, 1], ["receivable:0", "receivable:1"])


def test_a_hop_from_nowhere_leads_nowhere(view: View) -> None:
    places, found = view.expand("Receivable", "owner", np.empty(0, np.int64))
    assert places.size == found.size == 0
    assert view.expand("Voucher", "owner", handles(view, A.id))[1].size == 0


def test_columns_come_as_whole_numbers(view: View) -> None:
    claims, firms = view.handles("Receivable"), view.handles("Enterprise")
    assert view.ints(claims, "face").tolist() == [100, 100, 100]
    assert view.ints(claims, "dilution").tolist() == [50_000, NOT_STATED, NOT_STATED]
    assert view.ints(claims, "confirmed").tolist() == [1, 0, NOT_STATED]
    assert view.ints(firms, "stage").tolist() == [0, NOT_STATED, NOT_STATED]
    assert view.ints(firms, "founded_on").tolist() == [
        (date(2020, 1, 2) - date(1970, 1, 1)).days,
        NOT_STATED,
        NOT_STATED,
    ]
    assert view.ints(firms, "valid_from").tolist() == [NOT_STATED] * 3


def test_columns_come_as_texts_and_currencies(view: View) -> None:
    firms = view.handles("Enterprise")
    assert view.texts(firms, "name").to_list() == ["甲", "乙", "丙"]
    assert view.texts(firms, "stage").to_list() == ["SEED", None, None]
    assert view.currencies(firms, "registered_capital") == [None, "USD", None]
    assert view.texts(view.handles("Receivable"), "owner").to_list() == [A.id, A.id, B.id]


def test_references_come_as_handles(view: View) -> None:
    owners = view.refs(view.handles("Receivable"), "owner")
    assert view.ids_of(owners) == [A.id, A.id, B.id]


def test_a_reference_to_nothing_is_no_handle() -> None:
    stated = view_of(A, claim("1", obligor="enterprise:nobody"))
    assert stated.refs(stated.handles("Receivable"), "obligor").tolist() == [-1]


def test_ranks_order_records_by_id(view: View) -> None:
    assert np.argsort(view.rank(handles(view, C.id, A.id, B.id))).tolist() == [1, 2, 0]


@pytest.mark.parametrize("field", ["face", "dilution", "confirmed", "due_on"])
def test_no_handles_give_no_values(view: View, field: str) -> None:
    none = np.empty(0, np.int64)
    assert view.ints(none, field).size == view.refs(none, field).size == len(view.ids_of(none)) == 0
    assert view.texts(none, field).len() == len(view.currencies(none, field)) == 0


def test_a_field_is_asked_for_in_its_own_form(view: View) -> None:
    claims = view.handles("Receivable")
    with pytest.raises(InvalidInput, match="owner holds no numbers"):
        view.ints(claims, "owner")
    with pytest.raises(InvalidInput, match="face holds no texts"):
        view.texts(claims, "face")
    with pytest.raises(InvalidInput, match="face is no reference"):
        view.refs(claims, "face")
    with pytest.raises(InvalidInput, match="owner holds no money"):
        view.currencies(claims, "owner")
    with pytest.raises(InvalidInput, match="Receivable has no field amount"):
        view.value(int(claims[0]), "amount")


def test_a_root_that_cannot_be_meant_is_refused(view: View) -> None:
    assert view.require(A.id, "Fund", "Party") == view.find(A.id)
    with pytest.raises(InvalidIdentifier, match="is not an id"):
        view.require("甲")
    with pytest.raises(InvalidIdentifier, match="no kind"):
        view.require("company:a")
    with pytest.raises(InvalidInput, match="is of kind Enterprise"):
        view.require(A.id, "Fund")
    with pytest.raises(NotFound, match="there is no enterprise:nobody on 2025-06-01"):
        view.require("enterprise:nobody")


def test_a_root_that_is_incomplete_is_refused_with_what_it_lacks() -> None:
    stated = view_of(claim("1", face=None))
    with pytest.raises(NotFound, match="lacks face"):
        stated.require("receivable:1")


def test_kinds_are_known_by_name_and_by_what_they_are(view: View) -> None:
    handle = view.require(A.id)
    assert view.kind_of(handle).name == "Enterprise"
    assert [view.has_kind(handle, name) for name in ("Enterprise", "Party", "Node", "Fund", "Link")] == [
        True, True, True, False, False
    ]  # fmt: skip


def test_nothing_is_told_of_what_nobody_stated() -> None:
    stated = view_of(A, Enterprise(id="enterprise:b", name="乙", region=Ref("region:410300")))
    handle = stated.locate("region:410300")
    assert (stated.is_live(handle), stated.is_in_force(handle)) == (False, False)
    assert stated.statements(handle) == stated.conflicts(handle) == []
    with pytest.raises(NotFound, match="nothing is stated of region:410300"):
        stated.record(handle)


def test_ids_of_no_kind_keep_their_text() -> None:
    log = MemoryLog()
    parents = ["planet:earth", "earth", None]
    codes = ["410300", "410301", "410302"]
    ids = [f"region:{code}" for code in codes]
    frame = pl.DataFrame({"id": ids, "code": codes, "name": codes, "parent": parents})
    append(log, "atlas", {"Region": frame})
    stated = knowledge_of(log).view()
    handles = [stated.require(identifier) for identifier in ids]
    assert [stated.value(handle, "parent") for handle in handles] == parents
    assert [stated.ref(handle, "parent") for handle in handles] == [-1, -1, -1]


class Outsider(Viewer):
    """Sees what is public or unmarked, and what its own organisation marked."""

    def sees(self, markings: npt.NDArray[np.object_], owners: npt.NDArray[np.int64]) -> Mask:
        return np.array([marking in (None, "PUBLIC") for marking in markings], bool)


def test_a_viewer_sees_what_is_resolved_from_what_is_visible() -> None:
    secret = Enterprise(id=A.id, name="密", address="东街", marking=Marking.CONFIDENTIAL)
    log = MemoryLog()
    load(log, "bank", [secret, Enterprise(id=B.id, name="乙", marking=Marking.CONFIDENTIAL)])
    load(log, "register", [Enterprise(id=A.id, name="甲", marking=Marking.PUBLIC)])
    knowledge = knowledge_of(log)
    assert knowledge.view().handles("Enterprise").size == 2
    outside = knowledge.view(viewer=Outsider("outsider"))
    (handle,) = outside.handles("Enterprise").tolist()
    assert (outside.value(handle, "name"), outside.value(handle, "address")) == ("甲", None)


def test_several_loads_and_sources_can_be_looked_at_together() -> None:
    stated = view_of(A, loads=[("tax", Mode.PARTIAL, [Enterprise(id=A.id, name="甲", address="东街")])])
    assert [statement.source for statement in stated.statements(stated.require(A.id))] == ["tax", "test"]
