"""Rows of any question as files: shape from the document, exact values, all pages, and the same hash when asked again."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from graph.errors import InvalidInput, LuoshuError
from graph.kinds.parties import Enterprise
from graph.money import Money
from schema.context import Scope
from schema.execution import Request
from schema.exports.exporting import Export, again, export
from schema.exports.manifest import Manifest, manifest_path
from tests.schema.world import TIER1, TIER2, World, credit_code

FIRMS = (
    "query($after: String) { enterprises(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor }"
    " nodes { id name aliases foundedOn employees annualRevenue { amount currency } region { name } } } }"
)


def _export(world: World, document: str, name: str = "rows.csv", **options: str) -> Export:
    return export(world.schema, Scope.present(world.service, 30), Request(document), Path(name), seconds=30, **options)  # type: ignore[arg-type]


def _read(export_: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(export_.content.decode("utf-8-sig"))))


def test_all_pages_are_rows_with_typed_columns(town: World) -> None:
    made = _export(town, FIRMS)
    heading, *rows = _read(made)
    assert heading == [
        "id", "name", "aliases", "foundedOn", "employees", "annualRevenue.amount", "annualRevenue.currency", "region.name",
    ]  # fmt: skip
    total = town.ask("{ enterprises { totalCount } }")["enterprises"]["totalCount"]
    assert len(rows) == made.manifest.count == total > 2
    [anchor] = [row for row in rows if row[1] == "河东重工集团有限公司"]
    assert anchor[2:] == ['["东重"]', "1998-03-01", "1200", "9000000.00", "CNY", "河东区"]


def test_spreadsheets_know_the_csv_for_chinese(town: World) -> None:
    assert _export(town, FIRMS).content.startswith(b"\xef\xbb\xbf")


def test_the_shape_comes_from_the_document_even_where_all_is_null(town: World) -> None:
    made = _export(
        town, f'{{ nodes(ids: ["{TIER2}"]) {{ id ... on Enterprise {{ parent: region {{ name }} foundedOn }} }} }}'
    )
    assert made.manifest.columns == ["id", "parent.name", "foundedOn"]
    assert _read(made)[1] == [TIER2, "", ""]


def test_parquet_keeps_decimals_exact(town: World) -> None:
    made = _export(town, FIRMS, "rows.parquet")
    frame = pl.read_parquet(io.BytesIO(made.content))
    assert frame.schema["annualRevenue.amount"] == pl.Decimal(38, 2)
    assert frame.schema["employees"] == pl.Int64
    assert frame.schema["foundedOn"] == pl.Date
    assert Decimal("9000000.00") in frame["annualRevenue.amount"].to_list()


def test_excel_holds_numbers_days_and_chinese(town: World) -> None:
    made = _export(town, FIRMS, "rows.xlsx")
    frame = fastexcel.read_excel(made.content).load_sheet(0).to_polars()
    [anchor] = frame.filter(pl.col("name") == "河东重工集团有限公司").to_dicts()
    assert anchor["employees"] == 1200
    assert anchor["annualRevenue.amount"] == 9_000_000
    assert str(anchor["foundedOn"]).startswith("1998-03-01")


@pytest.mark.parametrize("name", ["rows.csv", "rows.xlsx", "rows.parquet"])
def test_equal_rows_are_equal_bytes(town: World, name: str) -> None:
    assert _export(town, FIRMS, name) == _export(town, FIRMS, name)


def test_money_beyond_what_excel_counts_is_written_as_text(changing: World) -> None:
    huge = Money.of(Decimal("99999999999999.99"))
    changing.add("more", [Enterprise(credit_code=credit_code(77), name="巨额", annual_revenue=huge)])
    document = '{ enterprises(filter: { name: { eq: "巨额" } }) { nodes { annualRevenue { amount } } } }'
    sheet = fastexcel.read_excel(_export(changing, document, "rows.xlsx").content).load_sheet(0).to_polars()
    assert sheet["annualRevenue.amount"].to_list() == ["99999999999999.99"]
    assert _read(_export(changing, document))[1] == ["99999999999999.99"]


def test_a_name_that_looks_like_a_formula_is_no_formula(changing: World) -> None:
    hostile = '=HYPERLINK("http://x.example","点击")'
    changing.add("more", [Enterprise(credit_code=credit_code(78), name=hostile)])
    document = '{ enterprises(filter: { creditCode: { eq: "' + credit_code(78) + '" } }) { nodes { name } } }'
    assert _read(_export(changing, document))[1] == [f"'{hostile}"]
    sheet = fastexcel.read_excel(_export(changing, document, "rows.xlsx").content).load_sheet(0).to_polars()
    assert sheet["name"].to_list() == [hostile]


def test_the_manifest_asked_again_after_more_loads_gives_the_same_hash(changing: World, tmp_path: Path) -> None:
    first = _export(changing, FIRMS)
    path = manifest_path(tmp_path / "rows.csv")
    path.write_bytes(first.manifest.as_bytes())
    changing.add("more", [Enterprise(credit_code=credit_code(79), name="后来者")])
    manifest = Manifest.read(path)
    view = changing.knowledge.view(manifest.as_of, manifest.known_at)
    scope = Scope(changing.service, view, Scope.present(changing.service, 30).clock)
    second = again(changing.schema, scope, manifest, Path("rows.csv"), seconds=30)
    assert second.manifest.rows_sha256 == first.manifest.rows_sha256
    assert second.content == first.content
    assert _export(changing, FIRMS).manifest.rows_sha256 != first.manifest.rows_sha256


def test_other_rows_than_the_manifest_has_are_told(changing: World) -> None:
    manifest = _export(changing, FIRMS).manifest
    changing.add("more", [Enterprise(credit_code=credit_code(79), name="后来者")])
    with pytest.raises(InvalidInput, match=f"it has {manifest.rows_sha256}"):
        again(changing.schema, Scope.present(changing.service, 30), manifest, Path("x.csv"), seconds=30)


def test_the_manifest_keeps_what_the_answer_says_of_itself(town: World) -> None:
    document = (
        f'{{ financingPaths(beneficiary: "{TIER2}", budget: {{ expansions: 1 }}) {{ completeness {{ complete reason }}'
        " excludedKinds paths { nodes { id status } } } }"
    )
    manifest = _export(town, document).manifest
    assert manifest.complete is False
    assert manifest.rest["financingPaths"]["completeness"] == {"complete": False, "reason": "BUDGET"}
    assert manifest.rows == "financingPaths.paths.nodes"


@pytest.mark.parametrize(
    "document",
    [
        "{ enterprises(first: 1) { nodes { id } } }",
        "{ enterprises(first: 1, after: null) { pageInfo { hasNextPage } nodes { id } } }",
        "query($after: String) { enterprises(first: 1) { ...firms } institutions(after: $after) { totalCount } }"
        " fragment firms on EnterpriseConnection { nodes { id } }",
    ],
)
def test_all_pages_come_whatever_a_document_says_of_pages(town: World, document: str) -> None:
    made = _export(town, document).manifest
    assert made.count == town.ask("{ enterprises { totalCount } }")["enterprises"]["totalCount"]
    assert made.complete
    assert made.document == document


def test_rows_begin_after_the_cursor_that_the_document_states(town: World) -> None:
    told = town.ask("{ enterprises(first: 2) { pageInfo { endCursor } } }")["enterprises"]["pageInfo"]["endCursor"]
    total = town.ask("{ enterprises { totalCount } }")["enterprises"]["totalCount"]
    made = _export(town, f'{{ enterprises(first: 1, after: "{told}") {{ nodes {{ id }} }} }}')
    assert made.manifest.count == total - 2


def test_edges_give_their_nodes(town: World) -> None:
    assert _export(town, "{ enterprises { edges { cursor node { id } } } }").manifest.columns == ["cursor", "id"]


def test_several_lists_need_a_choice(town: World) -> None:
    document = "{ enterprises { nodes { id } } institutions { nodes { name } } }"
    with pytest.raises(InvalidInput, match=r"enterprises\.nodes, institutions\.nodes; say with --rows"):
        _export(town, document)
    assert _export(town, document, rows="institutions.nodes").manifest.columns == ["name"]
    with pytest.raises(InvalidInput, match="--rows banks: the answer has no such list"):
        _export(town, document, rows="banks")


@pytest.mark.parametrize(
    ("document", "name", "code", "message"),
    [
        ("{ asOf }", "rows.csv", "INVALID_INPUT", "has no list of objects"),
        (FIRMS, "rows.pdf", "INVALID_INPUT", "write one of .csv, .xlsx, .parquet"),
        ("{ enterprises { nodes { nosuch } } }", "rows.csv", "GRAPHQL_VALIDATION_FAILED", "nosuch"),
        (
            '{ supplyTiers(root: "enterprise:none", direction: SUPPLIERS) { tiers { tier } } }',
            "rows.csv",
            "NOT_FOUND",
            "enterprise:none",
        ),
    ],
)
def test_what_cannot_be_exported_is_refused(town: World, document: str, name: str, code: str, message: str) -> None:
    with pytest.raises(LuoshuError, match=message) as raised:
        _export(town, document, name)
    assert raised.value.code == code


def test_no_rows_make_a_file_with_headings(town: World) -> None:
    made = _export(town, '{ enterprises(filter: { name: { eq: "无" } }) { nodes { id annualRevenue { amount } } } }')
    assert _read(made) == [["id", "annualRevenue.amount"]]
    for name in ("rows.xlsx", "rows.parquet"):
        assert _export(town, '{ enterprises(filter: { name: { eq: "无" } }) { nodes { id } } }', name).content


def test_what_is_no_manifest_is_refused_with_its_field(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"document": 3}')
    with pytest.raises(InvalidInput, match="is no manifest of an export: document"):
        Manifest.read(path)


def test_a_manifest_reads_back(town: World, tmp_path: Path) -> None:
    manifest = _export(town, FIRMS).manifest
    path = tmp_path / "m.json"
    path.write_bytes(manifest.as_bytes())
    assert Manifest.read(path) == manifest
    assert manifest.known_at <= datetime.now(UTC)
    assert TIER1 not in manifest.document
