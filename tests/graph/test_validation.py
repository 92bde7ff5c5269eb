"""A batch is validated by columns: good rows get whole ids, each bad row is data with value, reason and remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from graph.batch import Batch, Rejection, Statement
from graph.kinds.assets import Receivable
from graph.kinds.parties import Enterprise, MemberOf, MemberRole, Supplies
from graph.kinds.places import Industry
from graph.kinds.policy import OpenQuestion
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Record, Ref, Span
from graph.validation import MAX_ID_BYTES, MAX_TEXT_BYTES, link_ids, validate

ONTOLOGY = Ontology.current()
CODE = "91980102MA00006L7J"


def validated(*records: Record | Statement) -> tuple[Batch, list[Rejection]]:
    return validate(Batch.of(records, ONTOLOGY), ONTOLOGY, "register")


def only(rejections: list[Rejection]) -> Rejection:
    assert len(rejections) == 1
    return rejections[0]


def test_the_ladder_gives_the_id() -> None:
    batch, rejections = validated(
        Enterprise(name="甲", credit_code=CODE, listing_code="600001.SH"),
        Enterprise(name="乙", listing_code="600002.SH"),
        Enterprise(name="丙：公司"),
    )
    assert rejections == []
    assert batch.frames["Enterprise"]["id"].to_list() == [
        f"enterprise:{CODE}",
        "enterprise:600002.SH",
        "enterprise:register:丙%3A公司",
    ]


def test_a_record_may_lack_the_span_that_another_has_and_one_that_ends_before_it_begins_is_rejected() -> None:
    asked = OpenQuestion(id="openQuestion:a", policy=Ref("policy:p"), number=1, text="a")
    spans = [None, Span(3, 5, "ab"), Span(5, 3, "")]
    batch, rejections = validated(
        *(replace(asked, id=f"openQuestion:{place}", span=span) for place, span in enumerate(spans))
    )
    assert batch.frames["OpenQuestion"]["id"].to_list() == ["openQuestion:0", "openQuestion:1"]
    assert only(rejections).code == "BAD_INTERVAL"


def test_several_identity_fields_make_one_rung() -> None:
    batch, _ = validated(Industry(scheme="gbt4754-2017", code="C34", name="通用设备"))
    assert batch.frames["Industry"]["id"].to_list() == ["industry:gbt4754-2017:C34"]


def test_a_bare_key_gets_the_prefix_where_only_one_kind_can_be_meant() -> None:
    batch, _ = validated(Supplies(source=Ref(CODE), target=Ref(f"enterprise:{CODE}")))
    frame = batch.frames["Supplies"]
    assert frame.row(0)[:2] == (f"enterprise:{CODE}", f"enterprise:{CODE}")


def test_a_link_id_is_made_of_ends_and_key() -> None:
    batch, _ = validated(
        Supplies(source=Ref("a"), target=Ref("b"), product=Ref("steel")),
        Supplies(source=Ref("a"), target=Ref("b")),
        MemberOf(source=Ref("post:x"), target=Ref("committee:y"), role=MemberRole.LEADER),
    )
    assert link_ids(batch.frames["Supplies"], ONTOLOGY["Supplies"]).to_list() == [
        "supplies:enterprise%3Aa:enterprise%3Ab:product%3Asteel",
        "supplies:enterprise%3Aa:enterprise%3Ab",
    ]
    assert link_ids(batch.frames["MemberOf"], ONTOLOGY["MemberOf"]).to_list() == [
        "memberOf:post%3Ax:committee%3Ay:LEADER"
    ]


def test_a_row_without_a_required_field_is_kept_for_another_source_to_complete() -> None:
    frame = pl.DataFrame({"credit_code": [CODE]})
    batch, rejections = validate(Batch({"Enterprise": frame}), ONTOLOGY, "register")
    assert (batch.rows, rejections) == (1, [])


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        (Enterprise(name="甲", credit_code=CODE[:-1] + "0"), "BAD_IDENTIFIER", "creditCode"),
        (Enterprise(name="甲", listing_code="600001"), "BAD_IDENTIFIER", "listingCode"),
        (Enterprise(name="甲", id="fund:x"), "BAD_ID", "id"),
        (Enterprise(name="甲", employees=-1), "OUT_OF_RANGE", "employees"),
        (Enterprise(name="甲", registered_capital=Money(-1)), "OUT_OF_RANGE", "registeredCapital"),
        (Enterprise(name="甲", registered_capital=Money(10**18)), "OUT_OF_RANGE", "registeredCapital"),
        (Enterprise(name="甲" * MAX_TEXT_BYTES), "TOO_LONG", "name"),
        (Enterprise(name="甲", id=f"enterprise:{'x' * MAX_ID_BYTES}"), "TOO_LONG", "id"),
        (Supplies(source=Ref("a"), target=Ref("x" * MAX_ID_BYTES)), "TOO_LONG", "target"),
        (Enterprise(name="甲", valid_from=date(2020, 1, 2), valid_to=date(2020, 1, 2)), "BAD_INTERVAL", "validTo"),
        (Supplies(source=Ref("a"), target=Ref("b"), dilution=Decimal("1.01")), "OUT_OF_RANGE", "dilution"),
        (Supplies(source=Ref("a"), target=Ref("fund:b")), "BAD_REFERENCE", "target"),
        (Supplies(source=Ref("a"), target=Ref("")), "MISSING_KEY", "target"),
        (Receivable(id="r", owner=Ref("a"), obligor=Ref("b"), face=Money(1)), "BAD_REFERENCE", "obligor"),
    ],
)
def test_a_bad_row_is_rejected_with_its_field(record: Record, code: str, field: str) -> None:
    batch, rejections = validated(Statement(record, locator="row 17"))
    rejection = next(found for found in rejections if found.field == field)
    assert (rejection.code, rejection.row) == (code, "row 17")
    assert rejection.reason
    assert rejection.remedy
    assert batch.rows == 0


def test_net_assets_may_be_negative() -> None:
    assert validated(Enterprise(name="甲", net_assets=Money(-5)))[1] == []


def test_the_good_rows_of_a_batch_survive_the_bad_ones() -> None:
    batch, rejections = validated(
        Enterprise(name="甲"), Enterprise(name="乙", credit_code="123"), Enterprise(name="丙")
    )
    assert batch.frames["Enterprise"]["name"].to_list() == ["甲", "丙"]
    assert only(rejections).value == "123"


def test_a_code_that_no_list_knows_is_rejected() -> None:
    frame = pl.DataFrame({"name": ["甲"], "stage": ["TEENAGE"], "locator": ["row 2"]})
    _, rejections = validate(Batch({"Enterprise": frame}), ONTOLOGY, "register")
    assert (only(rejections).code, only(rejections).value) == ("BAD_CODE", "TEENAGE")
    assert "GROWTH" in only(rejections).remedy


def test_the_first_day_of_the_calendar_means_unstated() -> None:
    batch, _ = validated(Enterprise(name="甲", valid_from=date.min))
    assert batch.frames["Enterprise"]["valid_from"].to_list() == [None]


def test_an_empty_batch_is_valid() -> None:
    assert validate(Batch({}), ONTOLOGY, "register") == (Batch({}), [])


def test_a_whole_number_stays_within_what_the_api_can_say() -> None:
    batch, rejections = validated(
        Enterprise(name="甲", employees=2**31 - 1),
        Enterprise(name="乙", employees=2**31),
        Enterprise(name="丙", employees=-1),
    )
    assert batch.frames["Enterprise"]["name"].to_list() == ["甲"]
    assert [(one.code, one.value) for one in rejections] == [("OUT_OF_RANGE", str(2**31)), ("OUT_OF_RANGE", "-1")]
