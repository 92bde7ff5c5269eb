"""The main job on real input: the same documents and data in both stores, served by real processes, answer byte for byte alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loaders.sample import PLAN as SAMPLE_PLAN
from loaders.sample.statistics import STATISTICS, write_statistics

DOCUMENTS = Path(__file__).parent / "documents"
AS_OF = "2026-02-01"
LUOSHU = (sys.executable, "-c", "from server import main; main()")
ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]


@dataclass(frozen=True)
class Store:
    """One store and the folder for what belongs beside it."""

    url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("LUOSHU_")},
            "PYTHONPATH": str(ROOT),
            "LUOSHU_STORE": self.url,
            "LUOSHU_DATA_DIR": str(self.folder),
            "LUOSHU_PORT": "0",
            "LUOSHU_LOG_FORMAT": "json",
            "LUOSHU_REQUEST_TIMEOUT_SECONDS": "60",
        }

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*LUOSHU, *arguments], env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=300
        )
        assert done.returncode in (0, 3), f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    @contextmanager
    def served(self) -> Iterator[str]:
        log = self.folder / "serve.log"
        with log.open("w", encoding="utf-8") as out:
            process = subprocess.Popen(
                [*LUOSHU, "serve"], env=self.environment, cwd=self.folder, stdout=out, stderr=out
            )
        try:
            yield _address(process, log)
        finally:
            process.terminate()
            assert process.wait(timeout=30) == 0, log.read_text(encoding="utf-8")


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        for word in log.read_text(encoding="utf-8").replace('"', " ").split():
            if word.startswith("http://127.0.0.1:"):
                address = word.rstrip("/,").removesuffix("/graphql")
                if _is_ready(address):
                    return address
        time.sleep(0.2)
    raise AssertionError(f"not ready: {log.read_text(encoding='utf-8')}")


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def ask(address: str, document: str, variables: Mapping[str, Any]) -> bytes:
    body = json.dumps({"query": document, "variables": variables}).encode()
    request = urllib.request.Request(f"{address}/graphql", body, {"Content-Type": "application/json"})
    deadline = time.monotonic() + 120
    while True:
        with urllib.request.urlopen(request, timeout=120) as answer:
            read: bytes = answer.read()
        if b'"retryable":true' not in read or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    assert b'"errors"' not in read, read.decode()[:2_000]
    return read


def data(answer: bytes) -> Any:
    return json.loads(answer)["data"]


@pytest.fixture(scope="module")
def stores(
    tmp_path_factory: pytest.TempPathFactory, test_data: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Store, Store]]:
    neo4j_uri: str = request.getfixturevalue("neo4j_uri")
    both = (
        Store(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'log.db'}", tmp_path_factory.mktemp("sqlite-data")),
        Store(neo4j_uri, tmp_path_factory.mktemp("neo4j-data")),
    )
    _empty(request)
    city = tmp_path_factory.mktemp("city")
    both[0].run("generate", "city", "--scale", "10", "--out", str(city))
    plan = next((test_data / "seeds").glob("*.txt"))
    firms = pl.read_csv(city / "enterprises.csv", columns=["creditCode"], infer_schema=False)["creditCode"]
    statistics = write_statistics(
        tmp_path_factory.mktemp("statistics"), date.fromisoformat(AS_OF), [f"enterprise:{code}" for code in firms]
    )
    sources = (
        ("plan", plan, ()),
        ("companies", test_data / "data" / "smoothnlp" / "enterprises.csv", ()),
        ("investments", test_data / "data" / "smoothnlp" / "investment_events.csv", ()),
        ("chain", test_data / "data" / "chainkg", ()),
        ("tabular", city, ("--source-name", "sample-city")),
        ("plan", SAMPLE_PLAN, ("--option", "region=9801")),
        ("tabular", statistics, ("--source-name", STATISTICS)),
    )
    for store in both:
        for day, (loader, path, more) in enumerate(sources, 2):
            store.run("load", loader, str(path), *more, "--recorded-at", f"2026-01-0{day}T08:00:00+08:00")
    yield both
    _empty(request)


def _empty(request: pytest.FixtureRequest) -> None:
    from neo4j import GraphDatabase

    from tests.conftest import empty

    with GraphDatabase.driver(
        request.getfixturevalue("neo4j_uri"), auth=request.getfixturevalue("neo4j_auth")
    ) as driver:
        empty(driver)


VARIABLES = """query ($asOf: Date) { view(asOf: $asOf) {
  anchors: anchorProgrammes(first: 1) { edges { node { anchor { id suppliedBy(first: 1) { edges { node { source { id } } } } } } } }
  owners: receivables(first: 1, filter: { confirmed: { eq: true } }) { edges { node { id owner { id } } } } } }"""


def chosen(address: str) -> dict[str, Any]:
    """Who the documents ask about: the first anchor, a firm that supplies it, the owner of a confirmed receivable."""
    view = data(ask(address, VARIABLES, {"asOf": AS_OF}))["view"]
    anchor = view["anchors"]["edges"][0]["node"]["anchor"]
    return {
        "asOf": AS_OF,
        "knownAt": "2026-01-03T12:00:00+08:00",
        "anchor": anchor["id"],
        "supplier": anchor["suppliedBy"]["edges"][0]["node"]["source"]["id"],
        "hubSupplier": anchor["suppliedBy"]["edges"][0]["node"]["source"]["id"],
        "owner": view["owners"]["edges"][0]["node"]["owner"]["id"],
        "receivable": view["owners"]["edges"][0]["node"]["id"],
        "changes": [{"set": {"id": view["owners"]["edges"][0]["node"]["id"], "fields": {"dilution": "0.25"}}}],
    }


def test_both_stores_answer_the_same_documents_byte_for_byte_alike(stores: tuple[Store, Store]) -> None:
    documents = {file.stem: file.read_text(encoding="utf-8") for file in sorted(DOCUMENTS.glob("*.graphql"))}
    assert len(documents) >= 20
    answers: list[dict[str, bytes]] = []
    for store in stores:
        with store.served() as address:
            variables = chosen(address)
            answers.append({name: ask(address, document, variables) for name, document in documents.items()})
    for name in documents:
        assert answers[0][name] == answers[1][name], name
    first = {name: data(answer) for name, answer in answers[0].items()}
    assert len(first["03-policy"]["view"]["policy"]["measures"]) == 27
    assert first["13-paths-supplier"]["view"]["financingPaths"]["paths"]["totalCount"] > 0
    assert first["17-coverage-industry"]["view"]["fundCoverageGaps"]["cells"]
    assert first["24-encumbrances"]["view"]["encumbrances"]["balances"]
    statuses = {one["status"] for one in first["32-target-progress"]["view"]["targetProgress"]}
    assert statuses == {"MET", "NOT_MET", "NOT_STATED"}
    assert first["25-what-if"]["view"]["node"]["dilution"] == "0.25"
    assert first["20-earlier"]["view"]["version"] != first["01-sources"]["view"]["version"]


def test_loading_a_source_again_changes_nothing(stores: tuple[Store, Store], test_data: Path) -> None:
    for store in stores:
        report = json.loads(store.run("load", "chain", str(test_data / "data" / "chainkg"), "--json"))
        assert report["total"]["stated"] == 0
        assert report["total"]["unchanged"] > 100_000
