"""Tables in the templates' columns: files named after their kinds, rows taken or rejected with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from graph.batch import Rejection
from graph.errors import InvalidInput, NotFound
from graph.ontology import Ontology
from loaders.base import Extraction, Part
from loaders.tabular.extract import TabularLoader

ONTOLOGY = Ontology.current()


def extract(path: Path, **options: str) -> Extraction:
    return TabularLoader().extract(path, ONTOLOGY, options)


def parts(path: Path, **options: str) -> list[Part]:
    return list(extract(path, **options).parts)


def table(tmp_path: Path, text: str, name: str = "enterprises.csv") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def only_row(path: Path, kind: str = "Enterprise") -> Mapping[str, object]:
    frames = [part.batch.frames[kind] for part in parts(path) if kind in part.batch.frames]
    return pl.concat(frames).row(0, named=True)


def rejected(path: Path) -> list[Rejection]:
    return [rejection for part in parts(path) for rejection in part.rejections]


@pytest.mark.parametrize(
    "name",
    ["enterprises.csv", "Enterprise.csv", "ENTERPRISE.csv", "企业.csv", "enterprises-2024.csv", "enterprises_02.csv",
     "企业（2024）.csv"],
)  # fmt: skip
def test_a_file_is_named_after_its_kind(tmp_path: Path, name: str) -> None:
    assert extract(table(tmp_path, "name\n甲\n", name)).kinds == ("Enterprise",)


def test_a_kind_may_be_given(tmp_path: Path) -> None:
    assert extract(table(tmp_path, "name\n甲\n", "list.csv"), kind="企业").kinds == ("Enterprise",)


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    table(tmp_path, "name\n甲\n")
    table(tmp_path, "source,target\na,b\n", "supplies.csv")
    table(tmp_path, "about the data", "README.md")
    table(tmp_path, "", ".hidden.csv")
    found = extract(tmp_path, source="register")
    assert (found.source, found.kinds) == ("register", ("Enterprise", "Supplies"))
    assert [part.rows for part in found.parts] == [1, 1]


def test_the_source_is_called_as_the_file_is(tmp_path: Path) -> None:
    assert extract(table(tmp_path, "name\n甲\n")).source == "enterprises"


def test_sheets_are_named_after_kinds(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].title = "企业"
    workbook.worksheets[0].append(["name"])
    supplies = workbook.create_sheet("supplies")
    supplies.append(["source", "target"])
    workbook.save(tmp_path / "city.xlsx")
    assert extract(tmp_path / "city.xlsx").kinds == ("Enterprise", "Supplies")


def test_a_workbook_of_one_sheet_is_named_by_its_file(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].append(["name"])
    workbook.save(tmp_path / "enterprises.xlsx")
    assert extract(tmp_path / "enterprises.xlsx").kinds == ("Enterprise",)


def test_the_hash_is_of_what_is_read(tmp_path: Path) -> None:
    file = table(tmp_path, "name\n甲\n")
    before = extract(file).input_hash
    assert extract(file).input_hash == before
    table(tmp_path, "name\n乙\n")
    assert extract(file).input_hash != before


@pytest.mark.parametrize("heading", ["registeredCapital", "registeredcapital", "注册资本", "注册资本*"])
def test_headings_are_field_names_or_labels(tmp_path: Path, heading: str) -> None:
    assert only_row(table(tmp_path, f"name,{heading}\n甲,12\n"))["registered_capital"] == 1_200


def test_an_amount_takes_its_unit_and_currency_from_columns_beside_it(tmp_path: Path) -> None:
    file = table(
        tmp_path,
        "name,netAssets,netAssetsUnit,netAssetsCurrency\n甲,1.5,万元,USD\n乙,1.5,,\n丙,2亿港币,万元,USD\n丁,7,,RMB\n",
    )
    frame = parts(file)[0].batch.frames["Enterprise"]
    assert frame["net_assets"].to_list() == [1_500_000, 150, 20_000_000_000, 700]
    assert frame["net_assets_currency"].to_list() == ["USD", None, "HKD", None]
    assert frame["net_assets_printed"].to_list() == ["1.5万元", None, "2亿港币", None]


def test_a_span_has_three_columns(tmp_path: Path) -> None:
    file = table(tmp_path, "name,span,spanEnd,spanQuote\n甲券,3,9,创新券\n", "voucherSchemes.csv")
    row = only_row(file, "VoucherScheme")
    assert (row["span"], row["span_end"], row["span_quote"]) == (3, 9, "创新券")


def test_the_statement_itself_has_columns(tmp_path: Path) -> None:
    row = only_row(table(tmp_path, "name,confidence,none,locator,validFrom\n甲,0.8,website、lei,p. 4,2020-01-01\n"))
    assert (row["confidence"], row["none"], row["locator"]) == (800_000, "lei\x1fwebsite", "p. 4")


def test_the_locator_is_the_row(tmp_path: Path) -> None:
    assert only_row(table(tmp_path, "name\n\n甲\n"))["locator"] == "row 3"


def test_two_files_of_a_kind_are_named_in_the_locator(tmp_path: Path) -> None:
    table(tmp_path, "name\n甲\n", "enterprises-1.csv")
    table(tmp_path, "name\n乙\n", "enterprises-2.csv")
    frames = pl.concat(part.batch.frames["Enterprise"] for part in parts(tmp_path))
    assert frames["locator"].to_list() == ["enterprises-1.csv row 2", "enterprises-2.csv row 2"]


def test_a_bad_cell_rejects_its_row_alone(tmp_path: Path) -> None:
    file = table(tmp_path, "name,foundedOn,employees\n甲,2024-02-30,x\n乙,2024-02-28,3\n")
    [part] = parts(file)
    assert part.batch.frames["Enterprise"]["name"].to_list() == ["乙"]
    assert [(item.code, item.row, item.field, item.value, item.file) for item in part.rejections] == [
        ("BAD_DATE", "row 2", "foundedOn", "2024-02-30", "enterprises.csv"),
        ("BAD_NUMBER", "row 2", "employees", "x", "enterprises.csv"),
    ]
    assert part.rejected.frames["Enterprise"]["name"].to_list() == ["甲"]


def test_a_row_that_is_none_is_rejected_without_a_key(tmp_path: Path) -> None:
    first, second = parts(table(tmp_path, "name,lei\n甲\n乙,\n"))
    assert [item.code for item in first.rejections] == ["RAGGED_ROW"]
    assert first.rejected.frames["Enterprise"]["name"].to_list() == [None]
    assert second.batch.rows == 1


def test_an_unknown_unit_rejects_the_row(tmp_path: Path) -> None:
    file = table(tmp_path, "name,netAssets,netAssetsUnit\n甲,1,斗\n")
    assert [(item.code, item.field, item.value) for item in rejected(file)] == [("BAD_UNIT", "netAssetsUnit", "斗")]


def test_a_long_value_is_shown_in_part(tmp_path: Path) -> None:
    [rejection] = rejected(table(tmp_path, "name,employees\n甲," + "9" * 10_000_000 + "\n"))
    assert len(rejection.value) == 80


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("name,colour\n甲,red\n", "enterprises.csv", r"'colour' is no field of Enterprise \(企业\)"),
        ("name,creditcod\n甲,x\n", "enterprises.csv", "did you mean creditCode"),
        ("name,名称\n甲,乙\n", "enterprises.csv", "two columns mean name"),
        ("出处\nx\n", "rules.csv", "may mean"),
        ("name\n甲\n", "list.csv", "is named after no kind"),
        ("name\n甲\n", "enterprises.xls", "another form"),
        ("name\n甲\n", "enterprises.gif", "is no table"),
    ],
)
def test_what_cannot_be_meant_is_a_clear_stop(tmp_path: Path, text: str, name: str, why: str) -> None:
    file = table(tmp_path, text, name)
    with pytest.raises(InvalidInput, match=why):
        parts(file)


def test_an_empty_folder_is_a_clear_stop(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds no table"):
        parts(tmp_path)


def test_a_path_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="does not exist"):
        parts(tmp_path / "nowhere")


def test_an_unknown_kind_is_a_clear_stop(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="'firm' is no kind"):
        parts(table(tmp_path, "name\n甲\n"), kind="firm")
