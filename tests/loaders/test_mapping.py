"""Declared mappings: foreign tables become records, and a mapping that cannot be meant says where it is wrong."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import polars as pl
import pytest

from graph.errors import InvalidInput, NotFound
from graph.ontology import Ontology
from loaders.base import Extraction, Part
from loaders.registry import MAPPINGS
from loaders.tabular.mapped_extract import MappedLoader
from loaders.tabular.mapping_yaml import parse_mapping, read_mapping

ONTOLOGY = Ontology.current()
CODE = "91980102MA00006L7J"


def extract(tmp_path: Path, mapping: str, path: Path | None = None, **tables: str) -> Extraction:
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    file = tmp_path / "foreign.yaml"
    file.write_text(dedent(mapping), encoding="utf-8")
    return MappedLoader(file).extract(path or tmp_path, ONTOLOGY, {})


def parts(tmp_path: Path, mapping: str, **tables: str) -> list[Part]:
    return list(extract(tmp_path, mapping, **tables).parts)


def frame(found: list[Part], kind: str) -> pl.DataFrame:
    return pl.concat([part.batch.frames[kind] for part in found if kind in part.batch.frames], how="diagonal")


FIRMS = """
    source: foreign
    empty: [未知]
    tables:
      - file: firms*
        records:
          - kind: Enterprise
            fields: {FIELDS}
"""


def fields(tmp_path: Path, declared: str, firms: str) -> list[Part]:
    return parts(tmp_path, FIRMS.replace("{FIELDS}", declared), firms=firms)


def test_columns_become_fields(tmp_path: Path) -> None:
    found = fields(tmp_path, "{creditCode: 代码, name: 全称}", f"代码,全称,别的\n{CODE},甲,x\n")
    assert frame(found, "Enterprise").row(0, named=True) == {
        "credit_code": CODE, "name": "甲", "locator": "firms.csv row 2",
    }  # fmt: skip


def test_placeholders_state_nothing_and_are_counted(tmp_path: Path) -> None:
    declared = "{name: 全称, foundedOn: {column: 成立, empty: ['1970-01-01']}, website: 网址}"
    extraction = extract(
        tmp_path,
        FIRMS.replace("{FIELDS}", declared),
        firms="全称,成立,网址\n甲,未知,未知\n乙,1970-01-01,b.example\n丙,2001-02-03,\n",
    )
    found = frame(list(extraction.parts), "Enterprise")
    assert found["founded_on"].null_count() == 2
    assert extraction.notes == {
        "firms.csv 成立: read as not stated": 2,
        "firms.csv 网址: read as not stated": 1,
    }


@pytest.mark.parametrize(
    ("declared", "cell", "wanted"),
    [
        ("{column: c, replace: [['^No\\. ', ''], ['x$', 'y']]}", "No. 7x", "7y"),
        ("{column: c, case: upper}", "ab", "AB"),
        ("{column: c, match: '^a', otherwise: empty}", "b", None),
        ("{column: c, codes: {一: '1'}, otherwise: keep}", "二", "二"),
        ("{column: c, codes: {一: '1'}, otherwise: empty}", "二", None),
        ("{column: c, codes: {一: '1'}}", "一", "1"),
        ("{column: c, empty_like: '^数'}", "数千", None),
        ("{constant: 甲}", "x", "甲"),
        ("{first: [{column: c, empty: [x]}, {constant: 乙}]}", "x", "乙"),
        ("{parts: [c, {constant: z}], with: '-'}", "x", "x-z"),
        ("{parts: [{column: c, empty: [x]}, {constant: z}], with: '-'}", "x", None),
        ("{own: c}", "a:b", "enterprise:foreign:a%3Ab"),
        ("{own: [c, {constant: '2'}], kind: Fund}", "x", "fund:foreign:x:2"),
    ],
)
def test_values_are_made_of_columns(tmp_path: Path, declared: str, cell: str, wanted: str | None) -> None:
    name = "id" if "own" in declared else "website"
    found = fields(tmp_path, f"{{name: n, {name}: {declared}}}", f"n,c\n甲,{cell}\n")
    assert frame(found, "Enterprise")[name].to_list() == [wanted]


def test_units_dates_and_words_are_declared(tmp_path: Path) -> None:
    declared = (
        "{name: n, registeredCapital: {column: c, unit: 万元}, foundedOn: {column: d, form: '%d.%m.%Y'}, "
        "status: {column: s, words: {在业: ACTIVE}}}"
    )
    found = frame(fields(tmp_path, declared, "n,c,d,s\n甲,12.5,03.02.2001,在业\n"), "Enterprise")
    assert found["registered_capital"].to_list() == [12_500_000]
    assert str(found["founded_on"][0]) == "2001-02-03"
    assert found["status"].to_list() == ["ACTIVE"]


TWO_TABLES = """
    source: foreign
    tables:
      - file: loans*
        records:
          - kind: Loan
            fields:
              id: 编号
              borrower: {column: 借款人, lookup: {file: firms*, by: 简称, give: 代码, valid: creditCode}, missing: reject}
"""


def test_names_are_looked_up_in_another_table(tmp_path: Path) -> None:
    found = parts(tmp_path, TWO_TABLES, loans="编号,借款人\nL1,甲\n", firms=f"简称,代码\n甲,{CODE}\n")
    assert frame(found, "Loan")["borrower"].to_list() == [CODE]


@pytest.mark.parametrize(
    "firms",
    [f"简称,代码\n乙,{CODE}\n", f"简称,代码\n甲,{CODE}\n甲,91980102MA0000015G\n", "简称,代码\n甲,91980102MA00006L70\n"],
    ids=["unknown", "of several", "of a bad code"],
)
def test_a_name_that_gives_nothing_rejects_its_row(tmp_path: Path, firms: str) -> None:
    [part] = parts(tmp_path, TWO_TABLES, loans="编号,借款人\nL1,甲\n", firms=firms)
    assert part.batch.rows == 0
    assert [(item.code, item.row, item.field, item.value) for item in part.rejections] == [
        ("UNKNOWN_NAME", "loans.csv row 2", "borrower", "甲")
    ]
    assert part.rejected.frames["Loan"]["id"].to_list() == ["L1"]


ROUNDS = """
    source: foreign
    tables:
      - file: rounds*
        reject:
          - {column: 轮次, values: [未融资], reason: is no investment}
        splits:
          investors: {column: 投资方, by: '[,，]', as: 投资人, empty: [未披露]}
        records:
          - kind: InvestmentRound
            fields: {id: {own: [企业, 轮次]}, enterprise: {own: 企业}, closedOn: 日期}
          - kind: Enterprise
            when: [简介]
            fields: {name: 企业, description: 简介}
          - kind: InvestedBy
            each: investors
            fields: {source: {own: [企业, 轮次]}, target: {own: 投资人, kind: Institution}}
"""


def test_a_row_becomes_several_records(tmp_path: Path) -> None:
    found = parts(tmp_path, ROUNDS, rounds='企业,轮次,日期,投资方,简介\n甲,A轮,2020-01-02,"一投，未披露,二投",\n')
    assert frame(found, "InvestmentRound")["id"].to_list() == ["investmentRound:foreign:甲:A轮"]
    assert frame(found, "InvestedBy")["target"].to_list() == [
        "institution:foreign:一投", "institution:foreign:二投",
    ]  # fmt: skip
    assert frame(found, "Enterprise").height == 0


def test_a_row_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    text = "企业,轮次,日期,投资方,简介\n甲,A轮,0002-12-02,一投,制造商\n乙,B轮,2020-01-02,一投,制造商\n丙,未融资,2020-01-02,二投,\n"
    [part] = parts(tmp_path, ROUNDS, rounds=text)
    assert {name: rows.height for name, rows in part.batch.frames.items()} == {
        "InvestmentRound": 1, "Enterprise": 1, "InvestedBy": 1,
    }  # fmt: skip
    assert {name: rows.height for name, rows in part.rejected.frames.items()} == {
        "InvestmentRound": 2, "Enterprise": 1, "InvestedBy": 2,
    }  # fmt: skip
    assert sorted((item.code, item.row, item.field) for item in part.rejections) == [
        ("BAD_DATE", "rounds.csv row 2", "closedOn"),
        ("EXCLUDED", "rounds.csv row 4", "轮次"),
    ]


MEMBERS = """
    source: foreign
    tables:
      - file: chains*
        splits:
          ups: {column: ups, as: up, value: weight}
        records:
          - kind: UpstreamOf
            each: ups
            fields: {source: up, target: industry, weight: weight}
"""


def test_the_members_of_an_object_are_items(tmp_path: Path) -> None:
    (tmp_path / "chains.jsonl").write_text('{"industry": "a", "ups": {"b": 2, "c": 1}}\n{"industry": "d", "ups": {}}\n')
    found = frame(parts(tmp_path, MEMBERS), "UpstreamOf")
    assert found.select("source", "target", "weight").rows() == [("b", "a", 2), ("c", "a", 1)]


def test_a_cell_that_is_no_object_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "chains.jsonl").write_text('{"industry": "a", "ups": "b"}\n')
    [part] = parts(tmp_path, MEMBERS)
    assert [(item.code, item.kind, item.value) for item in part.rejections] == [("BAD_JSON", "UpstreamOf", "b")]
    assert part.rejected.frames["UpstreamOf"].height == 1


def test_the_dataset_is_stated_too(tmp_path: Path) -> None:
    mapping = FIRMS.replace("{FIELDS}", "{name: n}").replace(
        "tables:", "dataset: {name: 外来数据, reliability: 0.6}\n    tables:"
    )
    found = frame(parts(tmp_path, mapping, firms="n\n甲\n"), "Dataset").row(0, named=True)
    assert (found["id"], found["name"], found["reliability"]) == ("foreign", "外来数据", 600_000)


def test_one_file_of_a_mapping_is_read_alone(tmp_path: Path) -> None:
    mapping = ROUNDS + FIRMS[FIRMS.index("      - file: firms") :].replace("{FIELDS}", "{name: n}")
    (tmp_path / "firms.csv").write_text("n\n甲\n", encoding="utf-8")
    assert [part.file for part in extract(tmp_path, mapping, tmp_path / "firms.csv").parts] == ["firms.csv"]


def test_a_table_that_is_missing_is_a_clear_stop(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"has no rounds\*, which the mapping foreign reads"):
        parts(tmp_path, ROUNDS, firms="n\n")


def test_a_column_that_is_missing_is_a_clear_stop(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"firms\.csv has no column '全称', which the mapping names; it has n"):
        fields(tmp_path, "{name: 全称}", "n\n甲\n")


def test_a_path_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="does not exist"):
        extract(tmp_path, ROUNDS, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ("a: [", "is no YAML"),
        ("- 1", "the document wants names and values"),
        ("source: x", "tables wants a list"),
        ("{source: x, tables: []}", "tables has no table"),
        ("{sauce: x, tables: []}", "sauce is not known; known: dataset, empty, source"),
        ("{source: x, dataset: {nom: y}, tables: []}", r"dataset\.nom is not known"),
        ("{source: x, tables: [{file: f}]}", r"tables\[0\]\.records wants a list"),
        ("{source: x, tables: [{file: f, records: [{kind: Firm}]}]}", r"records\[0\]\.kind 'Firm' is no kind"),
        ("{source: x, tables: [{file: f, records: [{kind: Fund, fields: {colour: c}}]}]}", "fields.colour is no field of Fund"),
        ("{source: x, tables: [{file: f, records: [{kind: Fund, each: e, fields: {}}]}]}", "'e' is no split"),
        ("{source: x, tables: [{file: f, records: [{kind: Fund, fields: {name: {column: c, constant: d}}}]}]}", "exactly one of"),
        ("{source: x, tables: [{file: f, records: [{kind: Fund, fields: {name: {column: c, case: upper, kase: u}}}]}]}", "kase"),
        ("{source: x, tables: [{file: f, records: [{kind: Fund, fields: {name: {column: c, match: '('}}}]}]}", "regular expression"),
        ("{source: x, tables: [{file: f, records: [{kind: Fund, fields: {name: {column: c, otherwise: guess}}}]}]}", "'guess'"),
        ("{source: x, tables: [{file: f, records: [{kind: Fund, fields: {name: {column: c, lookup: {file: g}}}}]}]}", "lookup.by"),
        ("{source: x, tables: [{file: f, records: [{kind: Fund, fields: {targetSize: {column: c, unit: 斗}}}]}]}", "unknown money unit"),
        ("{source: x, tables: [{file: f, records: [{kind: Tagged, fields: {source: {own: c}}}]}]}", "needs a kind beside own"),
        ("{source: x, tables: [{file: f, splits: {s: {column: c, as: d}}, records: []}]}", "needs one of by"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_meant_says_where(mapping: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        parse_mapping(mapping, "foreign", ONTOLOGY)


def test_a_mapping_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no mapping"):
        read_mapping(tmp_path / "none.yaml", ONTOLOGY)


@pytest.mark.parametrize("file", sorted(MAPPINGS.glob("*.yaml")), ids=lambda file: file.stem)
def test_the_mappings_that_ship_can_be_read(file: Path) -> None:
    spec = read_mapping(file, ONTOLOGY)
    assert spec.source
    assert spec.summary
    assert spec.dataset["name"]
