"""What every registered loader keeps: twice = once, any order of rows, keyless rows rejected, provenance, dry runs."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph.knowledge import Knowledge
from graph.log import Mode
from graph.ontology import Ontology
from graph.sqlite_log import SqliteLog
from loaders.registry import loaders, open_source
from loaders.report import LoadReport
from loaders.runner import run
from tests.graph.build import knowledge_of

ONTOLOGY = Ontology.current()
PLAN = Path(__file__).parents[2] / "loaders" / "sample" / "plan.txt"

Row = Mapping[str, Any]
Files = Mapping[str, list[Row]]
"""Tables by file name: CSV, or JSON Lines where it ends with .json."""


@dataclass(frozen=True)
class Sample:
    """Fictional input of one loader; `keyless` is one row too many in one file, which has no key; a text has none."""

    files: Files
    keyless: tuple[str, Row] | None = None
    text: str = ""

    def write(self, folder: Path, *, shuffled: int | None = None, keyless: bool = False) -> Path:
        """The input as files, with the rows in any order; the path that a loader is given."""
        folder.mkdir()
        if self.text:
            (folder / "plan.txt").write_text(self.text, encoding="utf-8")
            return folder / "plan.txt"
        for name, stated in self.files.items():
            rows = [*stated, *([self.keyless[1]] if keyless and self.keyless and self.keyless[0] == name else [])]
            if shuffled is not None:
                random.Random(shuffled).shuffle(rows)
            if name.endswith(".json"):
                (folder / name).write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
            else:
                pl.DataFrame(rows, infer_schema_length=None).write_csv(folder / name)
        return folder


FIRMS = [
    {
        "creditCode": "91980102MA00006L7J",
        "name": "云舟轴承有限公司",
        "stage": "成长期",
        "registeredCapital": "3000万元",
    },
    {"creditCode": None, "name": "衡承传动有限公司", "stage": "SEED", "registeredCapital": None},
    {"creditCode": None, "name": "长风锻造有限公司", "stage": None, "registeredCapital": "1200.5"},
]
SUPPLIES = [
    {"source": "x:1", "target": "91980102MA00006L7J", "product": "steel", "annualAmount": 12},
    {"source": "x:2", "target": "91980102MA00006L7J", "product": None, "annualAmount": 7},
]
BUNDLE = Sample(
    {
        "enterprises.csv": FIRMS,
        "supplies.csv": [row | {"source": f"enterprise:{row['source']}"} for row in SUPPLIES],
    },
    ("supplies.csv", {"source": None, "target": "91980102MA00006L7J", "product": "steel", "annualAmount": 1}),
)
REGISTER = {"名称": "云舟", "公司名称": "云舟轴承有限公司", "公司介绍": "轴承", "地址": "未知", "成立时间": "2011-05-06",
            "注册资金": "3000万元人民币", "统一信用代码": "91980102MA00006L7J", "网址": None}  # fmt: skip
ROUND = {
    "投资方": "远帆资本 Alder Capital",
    "融资方": "云舟",
    "融资时间": "2019-06-03",
    "轮次": "A轮",
    "金额": "3.5亿人民币",
}
SAMPLES: dict[str, Sample] = {
    "tabular": BUNDLE,
    "city": BUNDLE,
    "companies": Sample(
        {"enterprises.csv": [REGISTER, REGISTER | {"公司名称": "衡承传动有限公司", "统一信用代码": None}]},
        ("enterprises.csv", dict.fromkeys(REGISTER) | {"地址": "无名"}),
    ),
    "investments": Sample(
        {
            "enterprises.csv": [REGISTER],
            "institutions.csv": [{"机构名称": "远帆资本"}, {"机构名称": "Birch Ventures"}],
            "investment_events.csv": [ROUND, ROUND | {"融资方": "衡承", "金额": "未披露", "投资方": "未披露"}],
        },
        ("investment_events.csv", ROUND | {"融资方": None}),
    ),
    "chain": Sample(
        {
            "company.json": [
                {"name": "云舟", "fullname": "云舟轴承", "code": "600999.SH", "location": "上海证券交易所", "time": "-"},
                {"name": "衡承", "fullname": "衡承传动", "code": "300999", "location": "2020-01-02", "time": "深圳证券交易所"},
            ],
            "industry.json": [{"code": "110000", "name": "制造"}, {"code": "110100", "name": "轴承"}],
            "industry_industry.json": [{"from_code": "110100", "to_code": "110000"}],
            "company_industry.json": [{"company_code": "600999.sh", "industry_code": "110100"}],
            "industry_up.json": [{"industry": "轴承", "ups": {"制造": 3}}],
            "product.json": [{"name": "深沟球轴承"}],
        },
        ("company_industry.json", {"company_code": None, "industry_code": "110100"}),
    ),
    "codes": Sample(
        {
            "provinces.csv": [{"code": 98, "name": "云川省"}],
            "cities.csv": [{"code": 9801, "name": "云舟市", "provinceCode": 98}],
        },
        ("cities.csv", {"code": None, "name": None, "provinceCode": 98}),
    ),
    "plan": Sample({}, text=PLAN.read_text(encoding="utf-8")),
}  # fmt: skip
NAMES = sorted(loaders())


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[Knowledge]:
    with SqliteLog(tmp_path / "log.sqlite") as log:
        yield knowledge_of(log, ontology=ONTOLOGY)


@pytest.fixture(params=NAMES)
def loader(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sample(loader: str) -> Sample:
    return SAMPLES[loader]


@pytest.fixture
def load(knowledge: Knowledge, loader: str) -> Callable[..., LoadReport]:
    """Loads a path by the loader."""

    def load(path: Path, **options: Any) -> LoadReport:
        return run(
            knowledge, open_source(loader, path, ONTOLOGY, {"source": "sample"}), **{"actor": "tests", **options}
        )

    return load


def stated(knowledge: Knowledge, source: str) -> dict[str, list[dict[str, Any]]]:
    """What a source states, by kind, in order of ids; the locators left out."""
    snapshot = knowledge.refresh()
    return {
        kind: rows
        for kind in ONTOLOGY.kinds
        if (rows := snapshot.current(kind, source).drop("locator", "load").to_dicts())
    }


def test_every_loader_has_a_sample_and_says_what_it_reads() -> None:
    assert sorted(SAMPLES) == NAMES
    assert all(loader.summary for loader in loaders().values())


def test_a_loader_states_something(load: Callable[..., LoadReport], sample: Sample, tmp_path: Path) -> None:
    report = load(sample.write(tmp_path / "in"))
    assert report.total.stated > 0
    assert all(kind.offered == kind.stated + kind.unchanged + kind.quarantined for kind in report.kinds.values())


def test_twice_is_once(knowledge: Knowledge, load: Callable[..., LoadReport], sample: Sample, tmp_path: Path) -> None:
    path = sample.write(tmp_path / "in")
    before = load(path)
    after = load(path)
    assert (after.total.stated, after.total.offered) == (0, before.total.offered)
    assert knowledge.log.loads()[-1].rows == 0


def test_a_full_load_of_the_same_ends_nothing(load: Callable[..., LoadReport], sample: Sample, tmp_path: Path) -> None:
    path = sample.write(tmp_path / "in")
    load(path, mode=Mode.FULL)
    again = load(path, mode=Mode.FULL)
    assert (again.total.ended, again.refused) == (0, None)


def test_any_order_of_rows_gives_the_same_graph(
    knowledge: Knowledge, load: Callable[..., LoadReport], loader: str, sample: Sample, tmp_path: Path
) -> None:
    load(sample.write(tmp_path / "in"))
    before = stated(knowledge, "sample")
    for seed in range(3):
        again = load(sample.write(tmp_path / f"in{seed}", shuffled=seed))
        assert again.total.stated == 0
    with SqliteLog(tmp_path / "other.sqlite") as log:
        other = knowledge_of(log, ontology=ONTOLOGY)
        shuffled = sample.write(tmp_path / "shuffled", shuffled=7)
        run(other, open_source(loader, shuffled, ONTOLOGY, {"source": "sample"}), actor="tests")
        assert stated(other, "sample") == before


@pytest.mark.parametrize("loader", [name for name in NAMES if SAMPLES[name].keyless is not None])
def test_a_row_without_a_key_is_rejected_alone(
    knowledge: Knowledge, load: Callable[..., LoadReport], sample: Sample, tmp_path: Path
) -> None:
    before = load(sample.write(tmp_path / "in"))
    report = load(sample.write(tmp_path / "keyless", keyless=True))
    assert report.total.quarantined > before.total.quarantined
    assert report.total.stated == 0
    assert set(report.by_code) & {"MISSING_KEY", "BAD_ID"}


def test_every_statement_says_where_it_is_from(
    knowledge: Knowledge, load: Callable[..., LoadReport], loader: str, sample: Sample, tmp_path: Path
) -> None:
    report = load(sample.write(tmp_path / "in"))
    [found] = knowledge.log.loads()
    assert (found.header.source, found.header.actor) == (report.source, "tests")
    assert found.header.scope
    assert len(found.header.input_hash or "") == 64
    snapshot = knowledge.refresh()
    # A plan's own city stands nowhere in particular.
    for kind in set(report.kinds) - ({"Region"} if loader == "plan" else set()):
        assert snapshot.current(kind, report.source)["locator"].null_count() == 0


def test_a_dry_run_writes_nothing(
    knowledge: Knowledge, load: Callable[..., LoadReport], sample: Sample, tmp_path: Path
) -> None:
    path = sample.write(tmp_path / "in")
    report = load(path, dry_run=True, quarantine=tmp_path / "quarantine")
    assert report.total.stated > 0
    assert (report.seq, knowledge.log.head().seq) == (None, 0)
    assert not (tmp_path / "quarantine").exists()
    assert load(path).total.stated == report.total.stated
