"""Ids that are one thing: which id a record goes by, what becomes of its links, and for how long."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graph.identifiers import rung
from graph.kinds.assets import Receivable
from graph.kinds.identity import PossiblySameAs, SameAs
from graph.kinds.parties import Enterprise, Institution, Supplies
from graph.kinds.places import Product
from graph.money import Money
from graph.records import Record, Ref
from graph.same_as import rungs
from graph.view import View
from tests.graph.build import knowledge_of, load, view_of
from tests.graph.memory_log import MemoryLog

CODE = "enterprise:91410300MA4400001B"
LISTED = "enterprise:600001.SH"
NAMED = "enterprise:register:甲"
ALIAS = "enterprise:alias"
BUYER = Enterprise(id="enterprise:buyer", name="买方")


def firm(identifier: str, **values: Any) -> Enterprise:
    return Enterprise(id=identifier, **({"name": "甲"} | values))


def same(one: str, other: str, **values: Any) -> SameAs:
    return SameAs(source=Ref(one), target=Ref(other), **values)


def supplies(source: str, target: str = BUYER.id, **values: Any) -> Supplies:
    return Supplies(source=Ref(source), target=Ref(target), **values)


def supply_ids(view: View) -> list[str]:
    return view.ids_of(view.handles("Supplies"))


def test_a_record_goes_by_the_id_on_the_highest_rung() -> None:
    view = view_of(firm(NAMED), firm(CODE), firm(LISTED), same(NAMED, LISTED), same(CODE, LISTED))
    assert view.ids_of(view.handles("Enterprise")) == [CODE]


def test_on_one_rung_it_goes_by_the_least_id() -> None:
    view = view_of(firm(NAMED), firm(ALIAS), same(NAMED, ALIAS))
    assert view.ids_of(view.handles("Enterprise")) == [ALIAS]


def test_every_old_id_keeps_answering() -> None:
    view = view_of(firm(NAMED), firm(CODE), same(NAMED, CODE))
    assert view.find(NAMED) == view.find(CODE) == view.require(NAMED) != -1


def test_an_id_that_nothing_is_stated_of_can_be_the_one_it_goes_by() -> None:
    view = view_of(firm(NAMED), same(CODE, NAMED))
    assert view.record(view.require(CODE)) == firm(CODE)


def test_one_record_has_the_statements_of_all_its_ids() -> None:
    view = view_of(firm(NAMED, address="东街"), firm(CODE, website="example.org"), same(NAMED, CODE))
    record = view.record(view.require(CODE))
    assert record == firm(CODE, address="东街", website="example.org")


def test_between_equal_statements_the_original_id_decides() -> None:
    view = view_of(firm(NAMED, name="乙"), firm(ALIAS, name="甲"), same(NAMED, ALIAS))
    assert view.value(view.require(ALIAS), "name") == "甲"


def test_ids_are_one_for_as_long_as_it_is_stated() -> None:
    stated = [firm(NAMED), firm(CODE), same(NAMED, CODE, valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 1))]
    counts = [view_of(*stated, as_of=date(year, 6, 1)).handles("Enterprise").size for year in (2023, 2024, 2025)]
    assert counts == [2, 1, 2]


def test_what_may_be_the_same_is_not_merged() -> None:
    view = view_of(firm(NAMED), firm(CODE), PossiblySameAs(source=Ref(NAMED), target=Ref(CODE)))
    assert view.handles("Enterprise").size == 2


def test_ids_of_different_kinds_are_not_merged() -> None:
    bank = Institution(id="institution:b", name="银行")
    view = view_of(firm(NAMED), bank, same(NAMED, bank.id))
    assert (view.handles("Enterprise").size, view.handles("Institution").size) == (1, 1)


def test_references_to_any_of_its_ids_are_to_the_one_record() -> None:
    def claim(key: str, owner: str) -> Receivable:
        return Receivable(id=f"receivable:{key}", owner=Ref(owner), obligor=Ref(BUYER.id), face=Money(1))

    view = view_of(firm(NAMED), firm(CODE), BUYER, same(NAMED, CODE), claim("1", NAMED), claim("2", CODE))
    held = view.holders("Receivable", "owner", view.require(CODE))
    assert view.ids_of(held) == ["receivable:1", "receivable:2"]
    assert {view.value(handle, "owner") for handle in held.tolist()} == {CODE}
    assert set(view.refs(held, "owner").tolist()) == {view.require(CODE)}


def test_links_are_named_by_their_canonical_ends_and_answer_to_the_old_ones() -> None:
    view = view_of(firm(NAMED), firm(CODE), BUYER, same(NAMED, CODE), supplies(NAMED))
    old = "supplies:enterprise%3Aregister%3A甲:enterprise%3Abuyer"
    new = "supplies:enterprise%3A91410300MA4400001B:enterprise%3Abuyer"
    assert supply_ids(view) == [new]
    assert view.find(new) == view.find(old) != -1
    assert view.record(view.find(new)) == supplies(CODE, id=new)


def test_links_that_become_one_are_resolved_together() -> None:
    view = view_of(
        firm(NAMED), firm(CODE), BUYER, same(NAMED, CODE),
        supplies(NAMED, annual_amount=Money(5)), supplies(CODE, payment_term_days=30),
    )  # fmt: skip
    (link,) = view.handles("Supplies").tolist()
    record = view.record(link)
    assert isinstance(record, Supplies)
    assert (record.annual_amount, record.payment_term_days) == (Money(5), 30)
    assert view.holders("Supplies", "source", view.require(CODE)).tolist() == [link]


def test_a_key_that_is_merged_merges_links_too() -> None:
    steel, iron = Product(id="product:a-steel", name="钢"), Product(id="product:steel", name="钢")
    stated: Sequence[Record] = [
        firm(CODE), BUYER, steel, iron, same(steel.id, iron.id),
        supplies(CODE, product=Ref(steel.id)), supplies(CODE, product=Ref(iron.id)),
    ]  # fmt: skip
    assert [identifier.rpartition(":")[2] for identifier in supply_ids(view_of(*stated))] == ["product%3Aa-steel"]


def test_links_stand_in_the_order_of_their_canonical_ids() -> None:
    view = view_of(
        firm("enterprise:m"), firm("enterprise:z"), firm(CODE), BUYER, same("enterprise:z", CODE),
        supplies("enterprise:m"), supplies("enterprise:z"),
    )  # fmt: skip
    assert [view.value(handle, "source") for handle in view.handles("Supplies").tolist()] == [CODE, "enterprise:m"]


def test_the_statement_that_two_ids_are_one_keeps_both() -> None:
    view = view_of(firm(NAMED), firm(CODE), same(NAMED, CODE, reason="代码表"))
    (link,) = view.holders("SameAs", "source", view.require(CODE)).tolist()
    assert (view.value(link, "source"), view.value(link, "target")) == (NAMED, CODE)


def test_ids_stop_to_be_one_when_that_is_no_longer_known() -> None:
    log = MemoryLog()
    load(log, "register", [firm(NAMED), firm(CODE)])
    load(log, "person", [same(NAMED, CODE)])
    load(log, "person", [same(NAMED, CODE)], ops={"op": [2]})
    knowledge = knowledge_of(log)
    counts = [knowledge.view(known_at=each.recorded_at).handles("Enterprise").size for each in log.loads()]
    assert counts == [2, 1, 2]


@given(
    st.lists(
        st.sampled_from([CODE, LISTED, NAMED, "enterprise:506700GE1G29325QX363", "enterprise:%41", "enterprise:9141"])
    )
)
def test_rungs_of_many_ids_are_those_of_each(identifiers: list[str]) -> None:
    keys = pl.Series("", [identifier.partition(":")[2] for identifier in identifiers], dtype=pl.String)
    assert rungs(keys, "enterprise").tolist() == [rung(identifier) for identifier in identifiers]
