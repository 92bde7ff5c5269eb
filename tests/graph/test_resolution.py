"""The rules of resolution, one by one, by firms that sources describe differently."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from graph.batch import Statement
from graph.blocks import Op
from graph.kinds.assets import Receivable
from graph.kinds.identity import Dataset
from graph.kinds.parties import Enterprise, Supplies
from graph.kinds.terms import Stage
from graph.log import Mode
from graph.money import Money
from graph.records import Ref
from graph.view import View
from tests.graph.build import Stated, knowledge_of, load, view_of, withdraw
from tests.graph.memory_log import MemoryLog

ID = "enterprise:a"


def firm(name: str | None = "甲", **values: Any) -> Enterprise:
    return Enterprise(id=ID, name=name, **values)  # type: ignore[arg-type] -- a row may lack what is required


def reliable(source: str, reliability: str, **values: Any) -> Dataset:
    return Dataset(id=f"dataset:{source}", name=source, reliability=Decimal(reliability), **values)


def by(*loads: tuple[str, Sequence[Stated]], **moment: Any) -> View:
    return view_of(loads=[(source, Mode.PARTIAL, stated) for source, stated in loads], **moment)


def name_in(view: View) -> Any:
    return view.value(view.require(ID), "name")


# days


def test_a_statement_counts_from_its_valid_from_on() -> None:
    stated = firm(valid_from=date(2024, 1, 1))
    assert view_of(stated, as_of=date(2023, 12, 31)).find(ID) == -1
    assert view_of(stated, as_of=date(2024, 1, 1)).find(ID) != -1


def test_an_undated_statement_counts_on_every_day_and_shows_no_date() -> None:
    view = view_of(firm(), as_of=date.min)
    assert view.value(view.require(ID), "valid_from") is None


def test_a_source_contributes_its_latest_version_alone() -> None:
    old = firm("旧", valid_from=date(2020, 1, 1), address="东街")
    new = firm("新", valid_from=date(2024, 1, 1))
    now, then = view_of(old, new), view_of(old, new, as_of=date(2023, 1, 1))
    assert (name_in(now), now.value(now.require(ID), "address")) == ("新", None)
    assert name_in(then) == "旧"


def test_valid_to_is_the_first_day_on_which_a_record_holds_no_more() -> None:
    stated = firm(valid_to=date(2024, 1, 1))
    assert view_of(stated, as_of=date(2023, 12, 31)).find(ID) != -1
    assert view_of(stated, as_of=date(2024, 1, 1)).find(ID) == -1


def test_an_explicit_open_end_outdoes_the_end_that_a_lesser_source_states() -> None:
    sources = [("b", [firm(valid_to=date(2024, 1, 1))]), ("a", [firm(valid_to=date.max)])]
    assert by(*sources).find(ID) != -1
    assert by(*sources[:1]).find(ID) == -1


def test_an_older_statement_does_not_close_a_later_period() -> None:
    ended = ("a", [firm(valid_from=date(2020, 1, 1), valid_to=date(2022, 1, 1))])
    again = ("b", [firm(valid_from=date(2023, 1, 1))])
    assert by(ended, again).find(ID) != -1
    assert by(ended, again, as_of=date(2022, 6, 1)).find(ID) == -1


def test_the_last_day_stands_for_an_open_end() -> None:
    assert view_of(firm(valid_to=date.max), as_of=date.max).find(ID) != -1


# ops


def _ended(until: date) -> MemoryLog:
    log = MemoryLog()
    load(log, "register", [firm(stage=Stage.GROWTH)])
    load(log, "register", [firm(None)], ops={"op": [Op.END.value], "until": [until]})
    return log


def test_an_end_ends_the_statement_on_its_day_and_keeps_its_values() -> None:
    knowledge = knowledge_of(_ended(date(2024, 5, 1)))
    before = knowledge.view(date(2024, 4, 30))
    assert before.value(before.require(ID), "stage") is Stage.GROWTH
    assert knowledge.view(date(2024, 5, 1)).find(ID) == -1


def test_an_end_ends_the_statement_of_one_source_and_not_the_fact() -> None:
    log = _ended(date(2024, 5, 1))
    load(log, "tax", [firm("税务")])
    assert name_in(knowledge_of(log).view()) == "税务"


def test_what_was_ended_can_be_stated_again() -> None:
    log = _ended(date(2024, 5, 1))
    load(log, "register", [firm("又")])
    assert name_in(knowledge_of(log).view()) == "又"


def test_a_statement_can_be_stated_again_with_the_end_that_it_had() -> None:
    log = MemoryLog()
    load(log, "register", [firm()], ops={"until": [date(2024, 5, 1)]})
    knowledge = knowledge_of(log)
    assert knowledge.view(date(2024, 4, 30)).find(ID) != -1
    assert knowledge.view(date(2024, 5, 1)).find(ID) == -1


def test_an_end_of_nothing_contributes_nothing() -> None:
    log = MemoryLog()
    load(log, "register", [firm(None)], ops={"op": [Op.END.value], "until": [date(2030, 1, 1)]})
    view = knowledge_of(log).view()
    assert view.statements(view.locate(ID)) == []


def test_a_retracted_row_contributes_nothing_and_what_it_hid_does_again() -> None:
    log = MemoryLog()
    load(log, "register", [firm("对", valid_from=date(2020, 1, 1)), firm("错", valid_from=date(2024, 1, 1))])
    load(log, "register", [firm(None, valid_from=date(2024, 1, 1))], ops={"op": [Op.RETRACT.value]})
    assert name_in(knowledge_of(log).view()) == "对"


def test_a_withdrawal_ends_all_that_a_source_said_and_nothing_that_was_known_before() -> None:
    log = MemoryLog()
    load(log, "register", [firm()])
    load(log, "tax", [firm("税务", address="西街")])
    withdraw(log, "tax")
    knowledge = knowledge_of(log)
    view = knowledge.view()
    assert [statement.source for statement in view.statements(view.require(ID))] == ["register"]
    then = knowledge.view(known_at=log.loads()[1].recorded_at)
    assert then.value(then.require(ID), "address") == "西街"


def test_what_a_withdrawn_source_states_afterwards_counts() -> None:
    log = MemoryLog()
    load(log, "tax", [firm("旧")])
    withdraw(log, "tax")
    load(log, "tax", [firm("新")])
    assert name_in(knowledge_of(log).view()) == "新"


# an undated row of an id that its source has dated


def test_an_undated_restatement_takes_the_place_of_the_latest_version_and_is_counted() -> None:
    log = MemoryLog()
    load(log, "register", [firm("旧", valid_from=date(2020, 1, 1)), firm("新", valid_from=date(2024, 1, 1))])
    load(log, "register", [firm("改")])
    knowledge = knowledge_of(log)
    view = knowledge.view()
    assert (name_in(view), view.value(view.require(ID), "valid_from")) == ("改", date(2024, 1, 1))
    assert name_in(knowledge.view(date(2021, 1, 1))) == "旧"
    assert knowledge.snapshot.redated == {2: 1}


def test_an_undated_version_that_stands_is_restated_as_such() -> None:
    log = MemoryLog()
    load(log, "register", [firm("始"), firm("新", valid_from=date(2024, 1, 1))])
    load(log, "register", [firm("初")])
    knowledge = knowledge_of(log)
    assert (name_in(knowledge.view()), name_in(knowledge.view(date(2021, 1, 1)))) == ("新", "初")


# who is believed


def test_two_sources_complete_each_other() -> None:
    view = by(("register", [firm(stage=Stage.SEED)]), ("tax", [firm(None, annual_revenue=Money(100))]))
    record = view.record(view.require(ID))
    assert isinstance(record, Enterprise)
    assert (record.name, record.stage, record.annual_revenue) == ("甲", Stage.SEED, Money(100))


def test_the_more_reliable_source_is_believed() -> None:
    described = ("catalogue", [reliable("z", "0.9"), reliable("a", "0.4")])
    assert name_in(by(described, ("a", [firm("少")]), ("z", [firm("多")]))) == "多"


def test_a_source_of_unstated_reliability_counts_as_one_half() -> None:
    for reliability, believed in (("0.49", "未知"), ("0.51", "已知")):
        described = ("catalogue", [reliable("a", reliability)])
        assert name_in(by(described, ("a", [firm("已知")]), ("b", [firm("未知")]))) == believed


def test_reliability_is_read_as_it_was_last_stated_at_the_time() -> None:
    log = MemoryLog()
    load(log, "a", [firm("一")])
    load(log, "b", [firm("二")])
    load(log, "catalogue", [reliable("b", "0.9")])
    load(log, "catalogue", [reliable("b", "0.1")])
    knowledge = knowledge_of(log)
    believed = [name_in(knowledge.view(known_at=each.recorded_at)) for each in log.loads()]
    assert believed == ["一", "一", "二", "一"]


def test_reliability_holds_for_every_day_whenever_it_is_dated() -> None:
    described = ("catalogue", [reliable("b", "0.9", valid_from=date(2030, 1, 1))])
    assert name_in(by(described, ("a", [firm("一")]), ("b", [firm("二")]))) == "二"


def test_between_equally_reliable_sources_the_later_valid_from_counts() -> None:
    assert name_in(by(("a", [firm("早")]), ("b", [firm("晚", valid_from=date(2024, 1, 1))]))) == "晚"


def test_between_equal_dates_the_source_that_comes_first_by_name_counts() -> None:
    assert name_in(by(("b", [firm("乙")]), ("a", [firm("甲")]))) == "甲"


def test_null_lets_a_lesser_source_speak_and_none_does_not() -> None:
    told = ("b", [firm(address="东街")])
    silent, empty = ("a", [firm()]), ("a", [Statement(firm(), none=("address",))])
    for first, address in ((silent, "东街"), (empty, None)):
        view = by(first, told)
        assert view.value(view.require(ID), "address") == address


def test_none_may_name_a_field_as_the_api_does() -> None:
    view = by(("a", [Statement(firm(), none=("annualRevenue",))]), ("b", [firm(annual_revenue=Money(5))]))
    assert view.value(view.require(ID), "annual_revenue") is None


def test_an_amount_is_resolved_with_its_currency_and_its_wording() -> None:
    view = by(("a", [firm(annual_revenue=Money(5))]), ("b", [firm(annual_revenue=Money(7, "USD", "7 美分"))]))
    assert view.value(view.require(ID), "annual_revenue") == Money(5)


# complete, and in conflict


def claim(**values: Any) -> Receivable:
    stated = {"id": "receivable:r", "owner": Ref(ID), "obligor": Ref("enterprise:b"), "face": Money(1)}
    return Receivable(**(stated | values))


def test_a_record_without_a_required_field_is_incomplete_and_asked_of_nothing() -> None:
    view = view_of(firm(), claim(face=None))
    (handle,) = view.incomplete("Receivable").tolist()
    assert view.missing_fields(handle) == ("face",)
    assert view.handles("Receivable").size == view.holders("Receivable", "owner", view.require(ID)).size == 0
    assert view.record(handle).owner == ID  # type: ignore[attr-defined]


def test_another_source_completes_an_incomplete_record() -> None:
    view = by(("a", [firm(), claim(face=None)]), ("b", [claim(owner=None)]))
    assert view.incomplete("Receivable").size == 0
    assert view.holders("Receivable", "owner", view.require(ID)).size == 1


def test_a_record_that_refers_to_nothing_is_complete() -> None:
    view = view_of(claim())
    handle = view.require("receivable:r")
    assert (view.ref(handle, "owner"), view.value(handle, "owner")) == (-1, ID)


def test_a_link_is_live_only_while_both_its_ends_are() -> None:
    link = Supplies(source=Ref(ID), target=Ref("enterprise:b"))
    buyer = Enterprise(id="enterprise:b", name="乙", valid_to=date(2025, 1, 1))
    assert view_of(firm(), link).handles("Supplies").size == 0
    assert view_of(firm(), buyer, link, as_of=date(2024, 12, 31)).handles("Supplies").size == 1
    assert view_of(firm(), buyer, link, as_of=date(2025, 1, 1)).handles("Supplies").size == 0


def test_a_link_comes_to_life_when_its_end_is_stated() -> None:
    log = MemoryLog()
    load(log, "a", [firm(), Supplies(source=Ref(ID), target=Ref("enterprise:b"))])
    knowledge = knowledge_of(log)
    assert knowledge.view().handles("Supplies").size == 0
    load(log, "a", [Enterprise(id="enterprise:b", name="乙")])
    knowledge.refresh()
    assert knowledge.view().handles("Supplies").size == 1


def test_contradictions_stay_visible() -> None:
    view = by(
        ("a", [Statement(firm("甲", stage=Stage.SEED), none=("address",))]),
        ("b", [firm("乙", stage=Stage.SEED, address="东街")]),
    )
    conflicts = {conflict.field: conflict.values for conflict in view.conflicts(view.require(ID))}
    assert conflicts == {"name": (("a", "甲"), ("b", "乙")), "address": (("a", None), ("b", "东街"))}


def test_the_same_amount_in_other_words_is_no_contradiction() -> None:
    view = by(("a", [firm(annual_revenue=Money(100, printed="1元"))]), ("b", [firm(annual_revenue=Money(100))]))
    assert view.conflicts(view.require(ID)) == []


def test_evidence_says_who_where_and_when() -> None:
    log = MemoryLog()
    stated = firm(valid_from=date(2024, 1, 1))
    load(log, "register", [Statement(stated, locator="row 17", confidence=Decimal("0.8"))])
    view = knowledge_of(log).view()
    (statement,) = view.statements(view.require(ID))
    assert statement.record == stated
    assert (statement.source, statement.locator, statement.confidence) == ("register", "row 17", Decimal("0.8"))
    assert (statement.load, statement.recorded_at) == (1, log.head().recorded_at)
    assert (statement.valid_from, statement.reliability) == (date(2024, 1, 1), Decimal("0.5"))


@pytest.mark.parametrize("day", [date.min, date(9999, 12, 30), date.max])
def test_every_day_can_be_asked_for(day: date) -> None:
    assert view_of(firm(), as_of=day).find(ID) != -1
