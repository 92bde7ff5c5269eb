"""The generated city: the same bytes for the same arguments, the promised shape, codes that pass, references that meet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import networkx as nx
import polars as pl
import pytest
from stdnum.cn import uscc

from graph.errors import InvalidInput
from graph.fields import FieldType
from graph.kinds.terms import LeaseModel, Technique
from graph.ontology import Ontology
from loaders.city import generate_city
from loaders.tabular.headings import headings


def tables(folder: Path) -> dict[str, pl.DataFrame]:
    return {file.stem: pl.read_csv(file, infer_schema=False) for file in sorted(folder.glob("*.csv"))}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    folder = tmp_path_factory.mktemp("city")
    generate_city(folder, scale=1)
    return tables(folder)


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    generate_city(tmp_path / "a", scale=0.1, seed=7)
    generate_city(tmp_path / "b", scale=0.1, seed=7)
    generate_city(tmp_path / "c", scale=0.1, seed=8)
    read = {name: b"".join(file.read_bytes() for file in sorted((tmp_path / name).iterdir())) for name in "abc"}
    assert read["a"] == read["b"]
    assert read["a"] != read["c"]


def test_scale_one_has_the_promised_rows(city: dict[str, pl.DataFrame]) -> None:
    count = {name: frame.height for name, frame in city.items()}
    assert (count["enterprises"], count["supplies"], count["loans"], count["guarantees"]) == (
        1_000,
        5_000,
        1_500,
        1_000,
    )
    assert (count["funds"], count["loanProducts"]) == (30, 60)
    ontology = Ontology.current()
    assert sum(count[kind.plural] for kind in ontology.nodes if "Asset" in kind.bases) == 8_000


def test_every_technique_that_lends_by_a_product_is_on_offer(city: dict[str, pl.DataFrame]) -> None:
    # A fund invests by its mandate, a bridge and a voucher are asked of a pool and a scheme.
    without = {"EQUITY", "BRIDGE", "GRANT_VOUCHER"}
    products = city["loanProducts"]
    assert set(products["technique"]) == {technique.name for technique in Technique} - without
    assert set(products["leaseModel"].drop_nulls()) == {model.name for model in LeaseModel}
    assert products["lender"].n_unique() >= 15


def test_most_receivables_say_whether_they_may_be_assigned_and_were_notified(city: dict[str, pl.DataFrame]) -> None:
    stated = city["receivables"].select(pl.col("assignable", "notified").is_not_null().mean())
    assert stated["assignable"][0] > 0.8
    assert stated["notified"][0] > 0.7


def test_some_rules_changed_before_the_day_of_the_city(city: dict[str, pl.DataFrame]) -> None:
    ended, begun = (set(city["rules"].filter(pl.col(day).is_not_null())[day]) for day in ("validTo", "validFrom"))
    assert ended == begun == {"2025-06-15"}


def test_sources_of_default_probabilities_are_named(city: dict[str, pl.DataFrame]) -> None:
    rated = city["enterprises"].filter(pl.col("defaultProbability").is_not_null())
    assert rated.height > 800
    assert rated["defaultProbabilityBy"].null_count() == 0


def test_rows_grow_with_the_scale(tmp_path: Path) -> None:
    assert generate_city(tmp_path, scale=2.5).rows["supplies"] == 12_500


def test_the_largest_anchor_buys_from_nine_percent_of_all(city: dict[str, pl.DataFrame]) -> None:
    suppliers = city["supplies"].group_by("target").agg(pl.col("source").n_unique()).sort("source", descending=True)
    assert 90 <= suppliers["source"][0] <= 130


def test_suppliers_stand_down_to_tier_five(city: dict[str, pl.DataFrame]) -> None:
    graph = nx.DiGraph(city["supplies"].select("target", "source").iter_rows())
    anchors = set(city["anchorProgrammes"]["anchor"])
    tiers = nx.multi_source_dijkstra_path_length(graph, anchors)
    assert max(tiers.values()) >= 5


def test_credit_codes_pass_their_check_digit_and_are_distinct(city: dict[str, pl.DataFrame]) -> None:
    codes = [*city["enterprises"]["creditCode"], *city["institutions"]["creditCode"]]
    assert len(set(codes)) == len(codes)
    assert all(uscc.is_valid(code) for code in codes)


def test_every_header_is_a_field_and_every_reference_meets_its_record(city: dict[str, pl.DataFrame]) -> None:
    ontology = Ontology.current()
    by_plural = {kind.plural: kind for kind in ontology.kinds.values()}
    known: set[str] = set()
    for table, frame in city.items():
        kind = by_plural[table]
        if "id" in frame.columns:
            known |= {f"{kind.prefix}:{key}" for key in frame["id"]}
        for names in kind.identity:
            headers = [kind.by_name[name].graph_name for name in names]
            if set(headers) <= set(frame.columns):
                known |= {":".join((kind.prefix, *row)) for row in frame.select(headers).iter_rows()}
    for table, frame in city.items():
        kind = by_plural[table]
        for header in frame.columns:
            assert header in headings(kind), f"{table}.{header}"
            spec = kind.by_graph_name.get(header)
            if spec is None or spec.holds is not FieldType.REF:
                continue
            targets = ontology.concrete(spec.target or "")
            for value in frame[header].drop_nulls().unique():
                whole = value if len(targets) > 1 or value.startswith(f"{ontology[targets[0]].prefix}:") else None
                assert (whole or f"{ontology[targets[0]].prefix}:{value}") in known, f"{table}.{header} = {value}"


def test_what_nobody_states_is_left_empty(city: dict[str, pl.DataFrame]) -> None:
    missing = city["supplies"]["paymentTermDays"].null_count() / city["supplies"].height
    assert 0.05 < missing < 0.11
    unsized = set(city["funds"]["id"]) - set(city["commitments"]["fund"])
    assert len(unsized) == 3


def test_a_day_moves_the_dates_and_nothing_else(tmp_path: Path) -> None:
    generate_city(tmp_path / "a", scale=0.1)
    generate_city(tmp_path / "b", scale=0.1, as_of=date(2026, 6, 1))
    a, b = tables(tmp_path / "a"), tables(tmp_path / "b")
    assert a["supplies"].equals(b["supplies"])
    assert not a["loans"].equals(b["loans"])


@pytest.mark.parametrize("scale", [0, -1, 1_001, float("nan")])
def test_a_scale_out_of_range_is_refused(tmp_path: Path, scale: float) -> None:
    with pytest.raises(InvalidInput, match="scale"):
        generate_city(tmp_path, scale=scale)


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"notes\.txt"):
        generate_city(tmp_path)


def test_a_tiny_city_has_every_table(tmp_path: Path) -> None:
    bundle = generate_city(tmp_path, scale=0.005)
    assert all(count >= 1 for count in bundle.rows.values())
