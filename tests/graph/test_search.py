"""Search: what finds a record, in which order, and that it knows no more than the view that asks."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.batch import Statement
from graph.errors import InvalidInput, StoreUnavailable
from graph.kinds.identity import SameAs
from graph.kinds.parties import Enterprise
from graph.kinds.places import Product
from graph.kinds.policy import Policy
from graph.knowledge import Knowledge
from graph.name_index import Match
from graph.pinyin import Readings
from graph.records import Record, Ref
from graph.search import SearchIndex, normalised
from graph.view import View
from tests.graph.build import knowledge_of, load, withdraw
from tests.graph.memory_log import MemoryLog


def firm(number: int, name: str, **values: Any) -> Enterprise:
    return Enterprise(id=f"enterprise:{number:02}", name=name, **values)


def known(*statements: Record | Statement) -> tuple[Knowledge, SearchIndex]:
    log = MemoryLog()
    load(log, "test", statements)
    knowledge = knowledge_of(log)
    index = SearchIndex(knowledge.snapshot.ontology)
    index.update(knowledge.snapshot)
    return knowledge, index


def found(index: SearchIndex, view: View, text: str, **options: Any) -> list[str]:
    return [hit.id for hit in index.search(view, text, **options)]


TOWN = (
    firm(1, "河东银行股份有限公司", short_name="河东银行", aliases=("东行",)),
    firm(2, "银行设备厂"),
    firm(3, "大河东银行学校"),
    firm(4, "长行科技", credit_code="91980102MA00000019"),
    firm(5, "Acme Bearings"),
    Product(id="product:p", name="银行卡"),
    Policy(doc_no="河政办〔2024〕1号", title="银行业发展意见"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("河东银行", ["enterprise:01", "enterprise:03"]),
        ("东行", ["enterprise:01"]),
        ("银行", ["enterprise:02", "policy:河政办〔2024〕1号", "product:p", "enterprise:01", "enterprise:03"]),
        ("hedongyinhang", ["enterprise:01", "enterprise:03"]),
        ("he dong yin hang", ["enterprise:01", "enterprise:03"]),
        ("yinhang", ["enterprise:02", "policy:河政办〔2024〕1号", "product:p", "enterprise:01", "enterprise:03"]),
        ("yhsbc", ["enterprise:02"]),
        ("YHSB", ["enterprise:02"]),
        ("hdyh", ["enterprise:01", "enterprise:03"]),
        ("91980102MA", ["enterprise:04"]),
        ("91980102ma00000019", ["enterprise:04"]),
        ("acme", ["enterprise:05"]),
        ("ＡＣＭＥ  bear", ["enterprise:05"]),
        ("河政办〔2024〕1号", ["policy:河政办〔2024〕1号"]),
        ("没有的", []),
        ("MA00000019", []),
    ],
)
def test_a_text_finds_in_order(text: str, expected: list[str]) -> None:
    knowledge, index = known(*TOWN)
    assert found(index, knowledge.view(), text) == expected


def test_kinds_narrow_a_search() -> None:
    knowledge, index = known(*TOWN)
    assert found(index, knowledge.view(), "银行", kinds=["Product"]) == ["product:p"]


def test_one_character_finds_too() -> None:
    knowledge, index = known(*TOWN)
    assert found(index, knowledge.view(), "卡") == ["product:p"]


def test_a_page_goes_on_behind_a_hit() -> None:
    knowledge, index = known(*TOWN)
    hits = list(index.search(knowledge.view(), "银行"))
    third = hits[2]
    rest = list(index.search(knowledge.view(), "银行", after=(int(third.match), third.id)))
    assert rest == hits[3:]


@pytest.mark.parametrize("text", ["", "   ", "x" * 101])
def test_a_text_that_cannot_be_meant_is_refused(text: str) -> None:
    knowledge, index = known(*TOWN)
    with pytest.raises(InvalidInput, match="characters"):
        index.search(knowledge.view(), text)


def test_before_the_first_update_there_is_a_retryable_error() -> None:
    knowledge, _ = known(*TOWN)
    index = SearchIndex(knowledge.snapshot.ontology)
    with pytest.raises(StoreUnavailable) as caught:
        index.search(knowledge.view(), "银行")
    assert caught.value.retryable


def test_new_loads_are_found_and_withdrawn_ones_are_not() -> None:
    log = MemoryLog()
    load(log, "one", [firm(1, "河东银行")])
    knowledge = knowledge_of(log)
    index = SearchIndex(knowledge.snapshot.ontology)
    index.update(knowledge.snapshot)
    for number in range(2, 12):
        load(log, "two", [firm(number, f"河东{number}号厂")])
        index.update(knowledge.refresh())
    assert found(index, knowledge.view(), "河东") == [f"enterprise:{number:02}" for number in range(1, 12)]
    withdraw(log, "two")
    index.update(knowledge.refresh())
    assert found(index, knowledge.view(), "河东") == ["enterprise:01"]


def test_a_view_of_the_past_knows_only_the_names_of_its_time() -> None:
    log = MemoryLog()
    load(log, "one", [firm(1, "旧名铸造厂", valid_from=date(2000, 1, 1))])
    load(log, "one", [firm(1, "新名铸造厂", valid_from=date(2020, 1, 1))])
    knowledge = knowledge_of(log)
    index = SearchIndex(knowledge.snapshot.ontology)
    index.update(knowledge.snapshot)
    present, past = knowledge.view(), knowledge.view(date(2010, 1, 1))
    assert (found(index, present, "新名"), found(index, present, "旧名")) == (["enterprise:01"], [])
    assert (found(index, past, "新名"), found(index, past, "旧名")) == ([], ["enterprise:01"])


def test_a_name_that_another_source_states_finds_too() -> None:
    log = MemoryLog()
    load(log, "one", [firm(1, "河东银行")])
    load(log, "two", [firm(1, "东部信贷社")])
    knowledge = knowledge_of(log)
    index = SearchIndex(knowledge.snapshot.ontology)
    index.update(knowledge.snapshot)
    assert found(index, knowledge.view(), "东部信贷") == ["enterprise:01"]


def test_merged_records_are_found_once_by_any_of_their_names() -> None:
    log = MemoryLog()
    same = SameAs(source=Ref("enterprise:02"), target=Ref("enterprise:01"))
    load(log, "one", [firm(1, "河东银行"), firm(2, "河东银行分理处"), same])
    knowledge = knowledge_of(log)
    index = SearchIndex(knowledge.snapshot.ontology)
    index.update(knowledge.snapshot)
    assert found(index, knowledge.view(), "河东银行") == ["enterprise:01"]
    assert found(index, knowledge.view(), "分理处") == ["enterprise:01"]


NAMES = st.lists(st.text(alphabet="河东银行长a1", min_size=1, max_size=6), min_size=1, max_size=6)


@settings(max_examples=40)
@given(NAMES, st.text(alphabet="河东银行长a1hedongyin", min_size=1, max_size=8), st.integers(0, 5))
def test_the_index_finds_what_a_look_at_every_name_would(names: list[str], text: str, split: int) -> None:
    log = MemoryLog()
    firms = [firm(number, name) for number, name in enumerate(names)]
    knowledge = knowledge_of(log)
    index = SearchIndex(knowledge.snapshot.ontology)
    for part in (firms[:split], firms[split:]):
        if part:
            load(log, "test", part)
        index.update(knowledge.refresh())
    expected = sorted(
        (match, one.id) for one in firms if (match := _match(normalised(one.name), normalised(text))) is not None
    )
    hits = list(islice(index.search(knowledge.view(), text), 20))
    assert [(hit.match, hit.id) for hit in hits] == expected


def _match(name: str, text: str) -> Match | None:
    if name == text:
        return Match.EXACT
    if name.startswith(text):
        return Match.PREFIX
    if text in name:
        return Match.CONTAINED
    syllables = Readings.known().of(name).split()
    initials = [syllable[0] for syllable in syllables]
    wanted = text.replace(" ", "")
    if not wanted.isascii():
        return None
    for match, holds in (
        (Match.PINYIN, lambda parts: "".join(parts) == wanted),
        (Match.PINYIN_PREFIX, lambda parts: "".join(parts).startswith(wanted)),
        (
            Match.PINYIN_CONTAINED,
            lambda parts: any("".join(parts[start:]).startswith(wanted) for start in range(len(parts))),
        ),
    ):
        if holds(syllables) or holds(initials):
            return match
    return None


def test_an_empty_log_has_no_names() -> None:
    knowledge = knowledge_of(MemoryLog())
    index = SearchIndex(knowledge.snapshot.ontology)
    index.update(knowledge.snapshot)
    assert found(index, knowledge.view(), "银行") == []
