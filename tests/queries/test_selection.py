"""Filters over columns against the same conditions evaluated record by record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInput, LimitExceeded
from graph.kinds.contracts import Loan
from graph.kinds.parties import Enterprise, Institution, Supplies
from graph.kinds.places import Industry
from graph.kinds.terms import Stage
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.selection import MAX_CONDITIONS, MAX_DEPTH, matching
from tests.graph.build import view_of

NAMES = ["甲", "乙公司", "丙%公司", "AB", "Ab"]
AMOUNTS = [None, Money(0), Money(150), Money(150, "USD"), Money(99999)]


def firm(number: int, **values: Any) -> Enterprise:
    return Enterprise(id=f"enterprise:{number}", **{"name": f"企业{number}", **values})


def town() -> View:
    """1 supplies 2 (20 days) and 3; 2 supplies 3; 1 and 2 are in industry C34; a bank lends to 2."""
    return view_of(
        Industry(scheme="s", code="C34", name="通用设备"),
        Industry(scheme="s", code="F51", name="批发"),
        firm(1, name="东方轴承", stage=Stage.SEED, industry=Ref("industry:s:C34"), founded_on=date(2000, 1, 1), aliases=("东轴", "东方")),
        firm(2, name="西方铸造", stage=Stage.MATURE, industry=Ref("industry:s:C34"), annual_revenue=Money.of("10.50")),
        firm(3, name="南方贸易", industry=Ref("industry:s:F51"), annual_revenue=Money.of("10.50", currency="USD")),
        firm(4, industry=Ref("industry:s:X99")),
        Institution(id="institution:b", name="银行"),
        Supplies(source=Ref("enterprise:1"), target=Ref("enterprise:2"), payment_term_days=20, dilution=Decimal("0.05")),
        Supplies(source=Ref("enterprise:1"), target=Ref("enterprise:3")),
        Supplies(source=Ref("enterprise:2"), target=Ref("enterprise:3"), payment_term_days=90),
        Loan(id="loan:1", lender=Ref("institution:b"), borrower=Ref("enterprise:2")),
    )  # fmt: skip


def chosen(view: View, condition: Any, kind: str = "Enterprise") -> list[str]:
    handles = view.handles(kind)
    return [one.partition(":")[2] for one in view.ids_of(handles[matching(view, kind, handles, condition)])]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, ["1", "2", "3", "4"]),
        ({}, ["1", "2", "3", "4"]),
        ({"name": {"contains": "方"}}, ["1", "2", "3"]),
        ({"name": {"startsWith": "东", "endsWith": "承"}}, ["1"]),
        ({"name": {"in": ["东方轴承", "南方贸易"]}}, ["1", "3"]),
        ({"stage": {"eq": Stage.SEED}}, ["1"]),
        ({"stage": {"ne": Stage.SEED}}, ["2"]),
        ({"not": {"stage": {"eq": Stage.SEED}}}, ["2", "3", "4"]),
        ({"stage": {"isStated": False}}, ["3", "4"]),
        ({"foundedOn": {"lte": date(2000, 1, 1)}}, ["1"]),
        ({"foundedOn": {"gt": date(1999, 12, 31), "lt": date(2000, 1, 1)}}, []),
        ({"aliases": {"has": "东方"}}, ["1"]),
        ({"aliases": {"has": "东"}}, []),
        ({"aliases": {"contains": "东"}}, ["1"]),
        ({"annualRevenue": {"eq": {"amount": Decimal("10.5"), "currency": "CNY"}}}, ["2"]),
        ({"annualRevenue": {"gte": {"amount": Decimal("10.50"), "currency": "USD"}}}, ["3"]),
        ({"annualRevenue": {"gt": {"amount": Decimal("10.495")}}}, ["2"]),
        ({"annualRevenue": {"ne": {"amount": Decimal("10.50")}}}, ["3"]),
        ({"industry": {"code": {"startsWith": "C"}}}, ["1", "2"]),
        ({"industry": {}}, ["1", "2", "3"]),
        ({"not": {"industry": {}}}, ["4"]),
        ({"id": {"in": ["enterprise:2", "enterprise:9"]}}, ["2"]),
        ({"or": [{"id": {"eq": "enterprise:1"}}, {"stage": {"eq": Stage.MATURE}}]}, ["1", "2"]),
        ({"or": []}, []),
        ({"and": []}, ["1", "2", "3", "4"]),
        ({"supplies": {"some": {"paymentTermDays": {"gte": 90}}}}, ["2"]),
        ({"supplies": {"some": {"target": {"id": {"eq": "enterprise:3"}}}}}, ["1", "2"]),
        ({"supplies": {"every": {"paymentTermDays": {"isStated": True}}}}, ["2", "3", "4"]),
        ({"supplies": {"none": {}}}, ["3", "4"]),
        ({"supplies": {"some": {}, "none": {"dilution": {"gt": Decimal("0.01")}}}}, ["2"]),
        ({"loans": {"some": {"lender": {"kinds": ["INSTITUTION"], "institution": {"name": {"eq": "银行"}}}}}}, ["2"]),
        ({"loans": {"some": {"lender": {"kinds": ["FUND"]}}}}, []),
        ({"loans": {"some": {"lender": {"or": [{"fund": {}}, {"name": {"eq": "银行"}}]}}}}, ["2"]),
    ],
)  # fmt: skip
def test_a_condition_chooses(condition: Any, expected: list[str]) -> None:
    assert chosen(town(), condition) == expected


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"name": None}, "filter.name is null"),
        ({"name": {"eq": None}}, "filter.name.eq is null"),
        ({"stage": {"gt": Stage.SEED}}, "filter.stage.gt"),
        ({"colour": {"eq": "red"}}, "filter.colour"),
        ({"supplies": {"most": {}}}, "filter.supplies.most"),
        ({"or": [{"supplies": {"some": {"target": {"nothing": {}}}}}]}, "filter.or.supplies.some.target.nothing"),
        ({"name": {"in": [None]}}, "filter.name.in"),
    ],
)
def test_what_cannot_be_meant_is_named(condition: Any, words: str) -> None:
    view = town()
    with pytest.raises(InvalidInput, match=words):
        chosen(view, condition)


def test_conditions_cannot_be_nested_without_end() -> None:
    view = town()
    condition: dict[str, Any] = {}
    for _ in range(MAX_DEPTH + 1):
        condition = {"not": condition}
    with pytest.raises(LimitExceeded, match="deeper"):
        chosen(view, condition)


def test_comparisons_are_limited_in_number() -> None:
    view = town()
    condition = {"or": [{"name": {"eq": str(number)}} for number in range(MAX_CONDITIONS + 1)]}
    with pytest.raises(LimitExceeded, match="comparisons"):
        chosen(view, condition)


FIRMS = st.lists(
    st.builds(
        dict,
        name=st.sampled_from(NAMES),
        stage=st.sampled_from([None, *Stage]),
        annual_revenue=st.sampled_from(AMOUNTS),
        employees=st.sampled_from([None, 0, 3, 7]),
    ),
    min_size=1,
    max_size=6,
)
LINKS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from([None, 0, 30, 90])), max_size=8)
LEAVES = st.one_of(
    st.builds(lambda op, value: {"employees": {op: value}}, st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]), st.integers(-1, 8)),
    st.builds(lambda values: {"employees": {"notIn": values}}, st.lists(st.sampled_from([0, 3, 7]), max_size=2)),
    st.builds(lambda value: {"stage": {"in": value}}, st.lists(st.sampled_from(list(Stage)), max_size=2)),
    st.builds(
        lambda op, text: {"name": {op: text}},
        st.sampled_from(["contains", "startsWith", "eq", "ne"]), st.sampled_from([*NAMES, "公", "%"]),
    ),
    st.builds(
        lambda op, amount: {"annualRevenue": {op: {"amount": amount, "currency": "CNY"}}},
        st.sampled_from(["eq", "gt", "lte"]), st.sampled_from([Decimal("1.5"), Decimal("1.499"), Decimal(0), Decimal(1000)]),
    ),
    st.builds(lambda flag: {"annualRevenue": {"isStated": flag}}, st.booleans()),
)  # fmt: skip


def _combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    days = st.builds(lambda value: {"paymentTermDays": {"gte": value}}, st.sampled_from([0, 30, 90]))
    return st.one_of(
        st.builds(lambda parts: {"and": parts}, st.lists(inner, max_size=2)),
        st.builds(lambda parts: {"or": parts}, st.lists(inner, max_size=2)),
        st.builds(lambda part: {"not": part}, inner),
        st.builds(lambda quantifier, part: {"supplies": {quantifier: part}}, st.sampled_from(["some", "none", "every"]), days),
        st.builds(
            lambda quantifier, part: {"suppliedBy": {quantifier: {"source": part}}},
            st.sampled_from(["some", "none", "every"]), inner,
        ),
    )  # fmt: skip


CONDITIONS = st.recursive(LEAVES, _combined, max_leaves=5)


@settings(max_examples=60)
@given(FIRMS, LINKS, CONDITIONS)
def test_columns_choose_what_records_would(firms: list[dict[str, Any]], links: list[Any], condition: Any) -> None:
    records: dict[str, Record] = {f"enterprise:{place}": firm(place, **values) for place, values in enumerate(firms)}
    ends = {(source, target): days for source, target, days in links if max(source, target) < len(firms)}
    supplies = [
        Supplies(source=Ref(f"enterprise:{source}"), target=Ref(f"enterprise:{target}"), payment_term_days=days)
        for (source, target), days in ends.items()
    ]
    view = view_of(*records.values(), *supplies)
    expected = [
        identifier for identifier, record in records.items() if _holds(record, identifier, condition, records, supplies)
    ]
    handles = view.handles("Enterprise")
    assert view.ids_of(handles[matching(view, "Enterprise", handles, condition)]) == expected
    assert np.all(np.diff(view.rank(handles)) > 0)


def _holds(record: Any, identifier: str, condition: Any, firms: dict[str, Record], links: list[Supplies]) -> bool:
    def quantified(wanted: Any, mine: list[Supplies], meets: Callable[[Supplies, Any], bool]) -> bool:
        [(quantifier, inner)] = wanted.items()
        met = [meets(link, inner) for link in mine]
        return {"some": any(met), "none": not any(met), "every": all(met)}[quantifier]

    for name, wanted in condition.items():
        match name:
            case "and":
                good = all(_holds(record, identifier, part, firms, links) for part in wanted)
            case "or":
                good = any(_holds(record, identifier, part, firms, links) for part in wanted)
            case "not":
                good = not _holds(record, identifier, wanted, firms, links)
            case "supplies":
                mine = [link for link in links if link.source == identifier]
                good = quantified(
                    wanted, mine, lambda link, part: _compare(link.payment_term_days, part["paymentTermDays"])
                )
            case "suppliedBy":
                mine = [link for link in links if link.target == identifier]
                good = quantified(
                    wanted,
                    mine,
                    lambda link, part: _holds(firms[link.source], link.source, part["source"], firms, links),
                )
            case "annualRevenue":
                good = _compare_money(record.annual_revenue, wanted)
            case _:
                good = _compare(getattr(record, name), wanted)
        if not good:
            return False
    return True


def _compare(value: Any, wanted: dict[str, Any]) -> bool:
    [(operator, other)] = wanted.items()
    if operator == "isStated":
        return (value is not None) is other
    if value is None:
        return False
    return {
        "eq": lambda: value == other,
        "ne": lambda: value != other,
        "in": lambda: value in other,
        "notIn": lambda: value not in other,
        "gt": lambda: value > other,
        "gte": lambda: value >= other,
        "lt": lambda: value < other,
        "lte": lambda: value <= other,
        "contains": lambda: other in value,
        "startsWith": lambda: value.startswith(other),
    }[operator]()


def _compare_money(value: Money | None, wanted: dict[str, Any]) -> bool:
    [(operator, other)] = wanted.items()
    if operator == "isStated":
        return (value is not None) is other
    if value is None or value.currency != other["currency"]:
        return False
    return _compare(value.amount, {operator: other["amount"]})
