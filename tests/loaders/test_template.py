"""Templates: what people fill in is what the loader reads."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.batch import Batch, Statement
from graph.fields import FieldSpec, FieldType
from graph.kinds.parties import Enterprise
from graph.kinds.terms import Stage
from graph.money import Money
from graph.ontology import KindSpec, Ontology
from graph.records import Label, Node, declared_for_a_while
from graph.validation import check
from loaders.tabular.extract import TabularLoader
from loaders.tabular.headings import headings
from loaders.tabular.template import BOM, template, write_template

ONTOLOGY = Ontology.current()


def loaded(folder: Path, ontology: Ontology = ONTOLOGY) -> tuple[dict[str, pl.DataFrame], list[Any]]:
    """The valid rows of a folder by kind, and what was rejected."""
    extraction = TabularLoader().extract(folder, ontology, {"source": "test"})
    frames: dict[str, pl.DataFrame] = {}
    rejections: list[Any] = []
    for part in extraction.parts:
        found = check(part.batch, ontology, "test")
        rejections += [*part.rejections, *found.rejections]
        frames |= found.kept.frames
    return frames, rejections


@pytest.mark.parametrize("kind", ONTOLOGY.kinds.values(), ids=lambda kind: kind.name)
def test_an_empty_template_loads_as_a_table_of_its_kind(kind: KindSpec, tmp_path: Path) -> None:
    file = write_template(tmp_path, kind, ONTOLOGY)
    frames, rejections = loaded(tmp_path)
    assert (file.name, rejections) == (f"{kind.plural}.csv", [])
    assert list(frames) in ([kind.name], [])
    assert all(frame.height == 0 for frame in frames.values())


def test_a_template_says_what_goes_where() -> None:
    names, labels = csv.reader(io.StringIO(template(ONTOLOGY["Enterprise"], ONTOLOGY)))
    row = dict(zip(names, labels, strict=True))
    assert row["id"].startswith("#标识（可空：由 creditCode / lei / listingCode 得出）")
    assert row["name"] == "名称*"
    assert row["region"] == "所在地区（地区标识）"
    assert "GROWTH 成长期" in row["stage"]
    assert row["foundedOn"] == "成立日期（2024-03-01）"


def test_a_template_file_opens_in_excel(tmp_path: Path) -> None:
    assert write_template(tmp_path, ONTOLOGY["Fund"], ONTOLOGY).read_text(encoding="utf-8").startswith(BOM)


def test_a_filled_template_is_what_was_filled_in(tmp_path: Path) -> None:
    file = write_template(tmp_path, ONTOLOGY["Enterprise"], ONTOLOGY)
    names = file.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    cells = {"creditCode": "91980102MA00006L7J", "name": "云舟轴承", "aliases": "云舟、轴承厂", "stage": "成长期",
             "registeredCapital": "3000.5万元", "employees": "1,200", "foundedOn": "2011/5/6"}  # fmt: skip
    with file.open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerow([cells.get(name, "") for name in names])
    frames, rejections = loaded(tmp_path)
    wanted = Batch.of(
        [
            Statement(
                Enterprise(
                    id="enterprise:91980102MA00006L7J",
                    credit_code="91980102MA00006L7J",
                    name="云舟轴承",
                    aliases=("云舟", "轴承厂"),
                    stage=Stage.GROWTH,
                    registered_capital=Money(3_000_500_000, printed="3000.5万元"),
                    employees=1200,
                    founded_on=date(2011, 5, 6),
                ),
                locator="row 3",
            )
        ],
        ONTOLOGY,
    )
    assert rejections == []
    assert frames["Enterprise"].to_dicts() == wanted.frames["Enterprise"].to_dicts()


def test_a_kind_declared_at_run_time_has_a_template(tmp_path: Path) -> None:
    with declared_for_a_while():

        class Barge(Node, zh="驳船"):
            """A barge."""

            name: Annotated[str, Label("船名")]
            draught: Annotated[Decimal | None, Label("吃水", unit="m")] = None

        ontology = Ontology.current()
        (tmp_path / "驳船.csv").write_text("船名,吃水\n长风,2.5\n", encoding="utf-8")
        frames, rejections = loaded(tmp_path, ontology)
        assert template(ontology["Barge"], ontology).startswith("id,name,draught,")
    assert rejections == []
    assert frames["Barge"]["draught"].to_list() == [2_500_000]


def cell_of(spec: FieldSpec) -> st.SearchStrategy[str]:
    """Texts that stand in a filled-in cell of this field; empty: nothing is stated."""
    match spec.holds:
        case FieldType.INT:
            filled = st.integers(0, 10**9).map(str)
        case FieldType.BOOL:
            filled = st.sampled_from(["true", "false"])
        case FieldType.DATE:
            filled = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)
        case FieldType.DECIMAL:
            filled = st.decimals(0, 1, places=6).map(lambda value: f"{value:f}")
        case FieldType.MONEY:
            filled = st.decimals(0, 10**9, places=2).map(lambda value: f"{value:f}")
        case FieldType.TERM if spec.term is not None:
            filled = st.sampled_from([term.name for term in spec.term])
        case _:
            return st.just("")
    return st.one_of(st.just(""), filled)


@st.composite
def filled_rows(draw: st.DrawFn) -> tuple[KindSpec, dict[str, str]]:
    kind = draw(st.sampled_from(ONTOLOGY.nodes))
    row = {spec.graph_name: draw(cell_of(spec)) for spec in kind.fields if spec.holds is not FieldType.SPAN}
    row |= {"id": "x-1", "validFrom": "", "validTo": ""}
    return kind, row


@settings(max_examples=60)
@given(filled_rows())
def test_any_filled_row_is_loaded_with_its_values(
    tmp_path_factory: pytest.TempPathFactory, filled: tuple[KindSpec, dict[str, str]]
) -> None:
    kind, row = filled
    folder = tmp_path_factory.mktemp("filled")
    with (folder / f"{kind.plural}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, row)
        writer.writeheader()
        writer.writerow(row)
    frames, rejections = loaded(folder)
    assert rejections == []
    stored = frames[kind.name].row(0, named=True)
    for name, cell in row.items():
        heading = headings(kind)[name]
        found = stored[heading.column]
        if not cell:
            assert found is None
        elif heading.spec is not None and heading.spec.holds is FieldType.MONEY:
            assert found == Decimal(cell) * 100
        elif heading.spec is not None and heading.spec.holds is FieldType.DECIMAL:
            assert found == Decimal(cell) * 10**6
        elif heading.spec is not None:
            assert str(found).lower() == cell.lower()
