"""What-ifs: typed changes laid over a view, by cases and against loading the same rows for real."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidInput, LimitExceeded, NotFound
from graph.kinds.assets import Receivable
from graph.kinds.identity import Dataset, SameAs
from graph.kinds.parties import Enterprise, Supplies
from graph.kinds.terms import Stage
from graph.log import ASSUMED, LoadHeader
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Record, Ref
from graph.view import View, dataset_id
from graph.what_if import MAX_CHANGES, Add, Change, Remove, Set
from graph.writing import write
from tests.graph.agreement import KINDS, answers_of_view
from tests.graph.build import knowledge_of, load, view_of
from tests.graph.memory_log import MemoryLog
from tests.graph.oracle import Loaded, Row, id_of
from tests.graph.worlds import CLAIMS, FIRMS, PRODUCTS, moments, worlds
from tests.graph.worlds import write as write_world

ONTOLOGY = Ontology.current()
A, B = Enterprise(id="enterprise:a", name="甲", employees=7), Enterprise(id="enterprise:b", name="乙")
CLAIM = Receivable(id="receivable:r", owner=Ref(A.id), obligor=Ref(B.id), face=Money(100), confirmed=False)
LINK = Supplies(source=Ref(A.id), target=Ref(B.id), annual_amount=Money(300), payment_term_days=30)


@pytest.fixture(scope="module")
def view() -> View:
    return view_of(A, B, CLAIM, LINK)


def value(view: View, identifier: str, field: str) -> Any:
    return view.value(view.require(identifier), field)


def test_a_field_that_is_set_reads_so_and_the_others_stay(view: View) -> None:
    changed = view.with_changes([Set(A.id, {"employees": 9})])
    assert changed.record(changed.require(A.id)) == Enterprise(id=A.id, name="甲", employees=9)


def test_the_view_itself_stays_as_it_is(view: View) -> None:
    before = answers_of_view(view)
    view.with_changes(
        [Set(A.id, {"employees": 9}), Remove(B.id), Add("Enterprise", {"id": "enterprise:c", "name": "c"})]
    )
    assert answers_of_view(view) == before


def test_a_field_set_to_nothing_is_empty_whatever_sources_state(view: View) -> None:
    changed = view.with_changes([Set(A.id, {"employees": None})])
    assert value(changed, A.id, "employees") is None


def test_an_assumed_value_outweighs_the_most_reliable_and_latest_source() -> None:
    sure = Dataset(id=dataset_id("test"), name="来源", reliability=Decimal(1))
    stated = Enterprise(id="enterprise:a", name="甲", employees=7, valid_from=date(2025, 1, 1))
    changed = view_of(stated, sure).with_changes([Set(A.id, {"employees": 9})])
    assert value(changed, A.id, "employees") == 9


def test_what_is_assumed_says_so_by_its_source_and_place(view: View) -> None:
    changed = view.with_changes([Set(B.id, {"employees": 1}), Set(A.id, {"employees": 9})])
    first, other = changed.statements(changed.require(A.id))
    assert (first.source, first.locator, first.reliability) == (ASSUMED, "changes[1].set", Decimal(1))
    assert first.recorded_at == changed.known_at
    assert other.source == "test"


def test_an_added_record_has_the_id_of_its_kind_s_identity_rule(view: View) -> None:
    changed = view.with_changes([Add("Enterprise", {"name": "丙", "listing_code": "600001.SH"})])
    assert value(changed, "enterprise:600001.SH", "name") == "丙"


def test_an_added_link_joins_what_other_changes_add(view: View) -> None:
    changed = view.with_changes(
        [
            Add("Supplies", {"source": Ref("enterprise:c"), "target": Ref(A.id)}),
            Add("Enterprise", {"id": "enterprise:c", "name": "丙"}),
        ]
    )
    suppliers = changed.refs(changed.holders("Supplies", "target", changed.require(A.id)), "source")
    assert changed.ids_of(suppliers) == ["enterprise:c"]


def test_a_link_s_own_fields_can_be_set(view: View) -> None:
    link = view.id_of(int(view.handles("Supplies")[0]))
    changed = view.with_changes([Set(link, {"payment_term_days": 90})])
    assert value(changed, link, "payment_term_days") == 90
    assert value(changed, link, "annual_amount") == Money(300)


def test_what_refers_to_a_removed_record_refers_to_nothing(view: View) -> None:
    changed = view.with_changes([Remove(B.id)])
    claim = changed.require(CLAIM.id)
    assert changed.find(B.id) == -1
    assert changed.ref(claim, "obligor") == -1
    assert changed.value(claim, "obligor") == B.id
    assert changed.handles("Supplies").size == 0


def test_a_removed_record_can_be_added_anew_and_has_nothing_of_the_old(view: View) -> None:
    changed = view.with_changes([Remove(A.id), Add("Enterprise", {"id": A.id, "name": "新"})])
    assert changed.record(changed.require(A.id)) == Enterprise(id=A.id, name="新")


def test_an_end_that_is_set_counts_though_sources_state_a_later_beginning() -> None:
    stated = Enterprise(id=A.id, name="甲", valid_from=date(2025, 1, 1))
    changed = view_of(stated).with_changes([Set(A.id, {"valid_to": date(2025, 3, 1)})])
    assert changed.find(A.id) == -1


def test_later_changes_come_on_top_of_earlier_ones(view: View) -> None:
    first = view.with_changes([Set(A.id, {"employees": 9, "stage": Stage.SEED})])
    both = first.with_changes([Set(A.id, {"employees": 11})])
    assert both.record(both.require(A.id)) == Enterprise(id=A.id, name="甲", employees=11, stage=Stage.SEED)


def test_no_changes_are_the_view_itself(view: View) -> None:
    assert view.with_changes([]) is view


def test_what_ifs_are_told_apart_by_what_they_assume(view: View) -> None:
    nine, again, ten = (view.with_changes([Set(A.id, {"employees": number})]) for number in (9, 9, 10))
    assert nine.version == again.version
    assert len({view.version, nine.version, ten.version}) == 3


def test_on_another_day_only_those_changes_count_that_can_be_meant_on_it() -> None:
    young = Enterprise(id=A.id, name="甲", employees=7, valid_from=date(2025, 1, 1))
    later = {"id": "enterprise:c", "name": "丙", "valid_from": date(2025, 3, 1)}
    changes = [
        Set(A.id, {"employees": 9}),
        Add("Enterprise", later),
        Set("enterprise:c", {"employees": 1}),
        Set(B.id, {"employees": 3}),
    ]
    changed = view_of(young, B).with_changes(changes)
    before, after = changed.on(date(2024, 6, 1)), changed.on(date(2025, 7, 1))
    assert (before.find(A.id), before.find("enterprise:c"), value(before, B.id, "employees")) == (-1, -1, 3)
    assert [value(after, one, "employees") for one in (A.id, "enterprise:c", B.id)] == [9, 1, 3]
    assert view_of(young).with_changes(changes[:1]).on(date(2024, 6, 1)).find(A.id) == -1


def test_records_that_are_one_can_be_made_two() -> None:
    same = SameAs(source=Ref(A.id), target=Ref(B.id))
    joined = view_of(A, B, same)
    link = joined.id_of(int(joined.handles("SameAs")[0]))
    apart = joined.with_changes([Remove(link)])
    assert len(joined.handles("Enterprise")) == 1
    assert len(apart.handles("Enterprise")) == 2


def test_no_load_may_have_the_source_of_what_ifs() -> None:
    knowledge = knowledge_of(MemoryLog())
    with pytest.raises(InvalidInput, match=ASSUMED):
        write(knowledge, LoadHeader(ASSUMED, "tests", ("Enterprise",)), {}, lease=None)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ([Set("enterprise:x", {})], NotFound, r"changes\[0\]\.set.*enterprise:x.*add it"),
        ([Set(A.id, {}), Remove("enterprise:x")], NotFound, r"changes\[1\]\.remove.*enterprise:x"),
        ([Set(A.id, {"colour": 1})], InvalidInput, r"changes\[0\]\.set\.fields.*colour.*Enterprise"),
        ([Set(A.id, {"id": "enterprise:b"})], InvalidInput, "remove it, and add the other"),
        ([Set(CLAIM.id, {"dilution": Decimal(3)})], InvalidInput, r"changes\[0\]\.set\.fields\.dilution.*3.*0\.05"),
        ([Set(CLAIM.id, {"owner": Ref("enterprise:x")})], NotFound, r"fields\.owner.*enterprise:x.*add it"),
        ([Remove(B.id), Set(CLAIM.id, {"owner": Ref(B.id)})], NotFound, r"fields\.owner.*removed by changes\[0\]"),
        ([Remove(B.id), Set(B.id, {})], NotFound, r"changes\[1\].*removed by changes\[0\]"),
        ([Add("Enterprise", {"id": A.id, "name": "x"})], InvalidInput, r"changes\[0\]\.add.*there already"),
        ([Add("Enterprise", {"employees": 1})], InvalidInput, r"changes\[0\]\.add\.fields lacks name"),
        ([Add("Enterprise", {"id": "enterprise:c"})], InvalidInput, "lacks name"),
        ([Add("Firm", {})], InvalidInput, "Firm"),
        ([Add("Supplies", {"source": Ref(A.id)})], InvalidInput, "target"),
        ([Add("Enterprise", {"name": "x", "credit_code": "123"})], InvalidInput, r"fields\.creditCode.*123"),
        ([Set(A.id, {"valid_from": date(2030, 1, 1)})], InvalidInput, "2030-01-01.*2025-06-01"),
        ([Add("Enterprise", {"name": "x", "valid_to": date(2020, 1, 1)})], InvalidInput, "2020-01-01.*gone"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_meant_is_refused_with_its_place_value_and_remedy(
    view: View, changes: list[Change], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        view.with_changes(changes)


def test_changes_are_bounded_in_number_and_size(view: View) -> None:
    with pytest.raises(LimitExceeded, match="101"):
        view.with_changes([Set(A.id, {})] * (MAX_CHANGES + 1))
    with pytest.raises(LimitExceeded, match="characters"):
        view.with_changes([Set(A.id, {"name": "x" * 200_001})])


_firm = st.sampled_from(FIRMS)
_fields: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "Enterprise": st.fixed_dictionaries({}, optional={"name": st.sampled_from(["甲", "丁"]), "stage": st.sampled_from([None, *Stage])}),
    "Receivable": st.fixed_dictionaries({}, optional={"owner": st.none() | _firm.map(Ref), "face": st.sampled_from([Money(3), None])}),
    "Supplies": st.fixed_dictionaries({}, optional={"payment_term_days": st.sampled_from([None, 7])}),
    "Product": st.fixed_dictionaries({}, optional={"name": st.just("铜")}),
}  # fmt: skip
_added = st.one_of(
    st.builds(lambda id, name: Add("Enterprise", {"id": id, "name": name}), _firm, st.just("戊")),
    st.builds(
        lambda id, owner, obligor: Add("Receivable", {"id": id, "owner": Ref(owner), "obligor": Ref(obligor), "face": Money(9)}),
        st.sampled_from(CLAIMS), _firm, _firm,
    ),
    st.builds(lambda source, target: Add("Supplies", {"source": Ref(source), "target": Ref(target)}), _firm, _firm),
    st.builds(lambda source, target: Add("SameAs", {"source": Ref(source), "target": Ref(target)}), _firm, _firm),
)  # fmt: skip


@st.composite
def _changes(draw: st.DrawFn, view: View) -> list[Change]:
    """Changes that can be meant, one after the other."""
    links = [one for kind in ("Supplies", "SameAs") for one in view.ids_of(view.handles(kind))]
    found: list[Change] = []
    for _ in range(draw(st.integers(1, 4))):
        one = draw(st.sampled_from([*FIRMS, *CLAIMS, *PRODUCTS, *links]))
        kind = view.ontology.kind_of(one)
        assert kind is not None
        options: list[st.SearchStrategy[Change]] = [_added, st.just(Remove(one))]
        if kind.name in _fields:
            options += [_fields[kind.name].map(lambda fields, one=one: Set(one, fields))] * 2
        change = draw(st.one_of(options))
        try:
            view.with_changes([*found, change])
        except (InvalidInput, NotFound):
            continue
        found.append(change)
    return found


def _for_real(world: Sequence[Loaded], view: View, changes: Sequence[Change]) -> list[Loaded]:
    """The world without what is removed, and with a load of what is set and added."""
    rows: dict[str, Row] = {}
    gone: set[int] = set()

    def state(identifier: str, fields: dict[str, Any], kind: type[Record]) -> None:
        before = rows.get(identifier)
        stated = (
            {} if before is None else {name: getattr(before.record, name) for name in ONTOLOGY[kind.__name__].by_name}
        )
        none = {*(before.none if before else ()), *(name for name, value in fields.items() if value is None)}
        none -= {name for name, value in fields.items() if value is not None}
        own = {} if ONTOLOGY[kind.__name__].is_link else {"id": identifier}
        blank = {spec.name: None for spec in ONTOLOGY[kind.__name__].required}
        rows[identifier] = Row(kind(**{**blank, **stated, **own, **fields}), none=tuple(sorted(none)))

    def canonical(identifier: str) -> str:
        handle = view.locate(identifier)
        return identifier if handle < 0 else view.id_of(handle)

    for change in changes:
        match change:
            case Set(identifier, fields):
                own, kind = canonical(identifier), ONTOLOGY.kind_of(identifier)
                assert kind is not None
                ends = {}
                if kind.is_link and own not in rows:
                    record = view.record(view.locate(own))
                    ends = {name: getattr(record, name) for name in ("source", "target", *kind.key)}
                    ends = {name: value for name, value in ends.items() if value is not None}
                state(own, {**ends, **fields}, kind.record)
            case Add(name, fields):
                own = canonical(_added_id(name, fields))
                gone.update({view.locate(own)} - {-1})
                rows.pop(own, None)
                given = dict(fields) if ONTOLOGY[name].is_link else {**fields, "id": own}
                state(own, given, ONTOLOGY[name].record)
            case Remove(identifier):
                rows.pop(canonical(identifier), None)
                gone.update({view.locate(identifier)} - {-1})
    left = [
        Loaded(one.source, tuple(row for row in one.rows if view.locate(_stated_id(row.record)) not in gone), one.withdrawal)
        for one in world
    ]  # fmt: skip
    return [*left, Loaded(ASSUMED, tuple(rows.values()))]


def _added_id(name: str, fields: Any) -> str:
    if not ONTOLOGY[name].is_link:
        return str(fields["id"])
    return _stated_id(ONTOLOGY[name].record(**fields))


def _stated_id(record: Record) -> str:
    return id_of(ONTOLOGY[type(record).__name__], record)


def _plain(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers without the numbers of loads."""
    for name in KINDS:
        answers[name, "statements"] = {
            one: [(source, since) for source, _, since in stated] for one, stated in answers[name, "statements"].items()
        }
    return answers


SURE = Loaded(ASSUMED, (Row(Dataset(id=dataset_id(ASSUMED), name="假设", reliability=Decimal(1))),))


@given(world=worlds, as_of=moments, data=st.data())
def test_a_what_if_answers_as_if_the_same_rows_had_been_loaded(
    world: Sequence[Loaded], as_of: date, data: st.DataObject
) -> None:
    log = MemoryLog()
    write_world(log, world, ONTOLOGY)
    load(log, "sure", [SURE.rows[0].record], ontology=ONTOLOGY)
    view = knowledge_of(log, ontology=ONTOLOGY).view(as_of)
    before = answers_of_view(view)
    changes = data.draw(_changes(view))
    real = MemoryLog()
    write_world(real, _for_real(world, view, changes), ONTOLOGY)
    load(real, "sure", [SURE.rows[0].record], ontology=ONTOLOGY)
    expected = answers_of_view(knowledge_of(real, ontology=ONTOLOGY).view(as_of))
    assert _plain(answers_of_view(view.with_changes(changes))) == _plain(expected)
    assert answers_of_view(view) == before
