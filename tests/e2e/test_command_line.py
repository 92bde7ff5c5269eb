"""The command line in one process: what it prints, and its exit codes."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

import server
from loaders.sample import PLAN
from schema.errors import CODES


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Outcome]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def luoshu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Runs a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUOSHU_LANGUAGE", "en")

    def run(*words: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["luoshu", *words])
        with pytest.raises(SystemExit) as ended:
            server.main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0 if code is None else 1, printed.out, printed.err)

    handlers = list(logging.getLogger().handlers)
    yield run
    # Serving writes its logs to the standard error of the test, which is gone after it.
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers


@pytest.fixture
def firms(tmp_path: Path) -> Path:
    """A table of two firms, one of them with a wrong date."""
    file = tmp_path / "enterprises.csv"
    file.write_text("id,name,foundedOn\na,东方厂,2001-01-01\nb,西方厂,2001-02-30\n", encoding="utf-8")
    return file


def test_a_load_reports_what_became_of_each_row(luoshu: Command, firms: Path) -> None:
    done = luoshu("load", "tabular", str(firms), "--source-name", "list", "--json")
    assert done.code == 3
    assert done.json["total"] == {**done.json["total"], "offered": 2, "stated": 1, "quarantined": 1}
    assert Path(done.json["quarantine"]).is_file()
    again = luoshu("load", "tabular", str(firms), "--source-name", "list", "--json")
    assert again.json["total"]["unchanged"] == 1


def test_a_dry_run_writes_nothing(luoshu: Command, firms: Path) -> None:
    done = luoshu("load", "tabular", str(firms), "--dry-run")
    assert "Would load" in done.out
    assert luoshu("doctor", "--json").json["version"] == 0


def test_a_plan_is_loaded_and_asked_without_a_server(luoshu: Command, tmp_path: Path) -> None:
    assert luoshu("load", "plan", str(PLAN), "--recorded-at", "2026-01-01T00:00:00+08:00").code == 0
    (tmp_path / "q.graphql").write_text(
        "query($n: Int!) { version policies(first: $n) { nodes { title measures { number } } } }"
    )
    found = luoshu("ask", "q.graphql", "--variables", '{"n": 1}')
    assert found.code == 0
    [policy] = found.json["data"]["policies"]["nodes"]
    numbers = [measure["number"] for measure in policy["measures"]]
    assert numbers == sorted(numbers) != []
    past = luoshu("ask", "q.graphql", "--variables", '{"n": 1}', "--known-at", "2025-12-31T00:00:00Z")
    assert past.json["data"] == {"version": "0", "policies": {"nodes": []}}


def test_an_answer_with_errors_is_exit_code_1(luoshu: Command, tmp_path: Path) -> None:
    (tmp_path / "q.graphql").write_text("{ nothing }")
    found = luoshu("ask", "q.graphql")
    assert (found.code, found.json["errors"][0]["extensions"]["code"]) == (1, "GRAPHQL_VALIDATION_FAILED")


def test_rows_are_exported_and_asked_again_by_their_manifest(luoshu: Command, firms: Path, tmp_path: Path) -> None:
    luoshu("load", "tabular", str(firms), "--source-name", "list", "--recorded-at", "2026-01-01T00:00:00+08:00")
    (tmp_path / "q.graphql").write_text("{ enterprises { nodes { id name foundedOn } } }")
    made = luoshu("export", "firms.csv", "--ask", "q.graphql", "--json")
    assert made.code == 0
    assert (tmp_path / "firms.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "id,name,foundedOn",
        "enterprise:a,东方厂,2001-01-01",
    ]
    assert made.json == json.loads((tmp_path / "firms.csv.manifest.json").read_text())
    (tmp_path / "more").mkdir()
    (tmp_path / "more/enterprises.csv").write_text("id,name\nc,北方厂\n", encoding="utf-8")
    assert luoshu("load", "tabular", "more", "--source-name", "more").code == 0
    again = luoshu("export", "again.xlsx", "--again", "firms.csv.manifest.json", "--json")
    assert (again.code, again.json["rows_sha256"]) == (0, made.json["rows_sha256"])
    assert luoshu("export", "now.csv", "--ask", "q.graphql", "--json").json["count"] == 2


def test_an_export_without_a_question_is_refused(luoshu: Command) -> None:
    refused = luoshu("export", "rows.csv")
    assert refused.code == 1
    assert "--ask FILE.graphql, or --again FILE.manifest.json" in refused.err


def test_an_answer_is_drawn(luoshu: Command, firms: Path, tmp_path: Path) -> None:
    luoshu("load", "tabular", str(firms), "--source-name", "list")
    (tmp_path / "q.graphql").write_text('{ financingPaths(beneficiary: "enterprise:a") { completeness { complete } } }')
    assert luoshu("ask", "q.graphql", "--plot", "paths.svg").code == 0
    assert (tmp_path / "paths.svg").read_text(encoding="utf-8").startswith("<?xml")
    refused = luoshu("ask", "q.graphql", "--plot", "paths.pdf")
    assert (refused.code, "paths.pdf" in refused.err) == (1, True)


def test_loads_can_be_undone_sources_withdrawn_and_ids_retracted(luoshu: Command, firms: Path) -> None:
    luoshu("load", "tabular", str(firms), "--source-name", "list")
    assert luoshu("load", "--undo", "1", "--json").json == {
        "load": 2,
        "restated": {"Enterprise": 0},
        "retracted": {"Enterprise": 1},
    }
    assert luoshu("doctor", "--json").json["records"] == 0
    luoshu("load", "tabular", str(firms), "--source-name", "list")
    assert luoshu("retract", "enterprise:a", "--source", "list").code == 0
    assert luoshu("doctor", "--json").json["records"] == 0
    luoshu("load", "tabular", str(firms), "--source-name", "list")
    assert "1 count no more" in luoshu("withdraw", "list").out
    assert luoshu("doctor", "--json").json["sources"]["list"]["withdrawn"]
    assert luoshu("compact", "--json").code == 0


def test_the_doctor_says_what_is_wrong_and_what_to_do(luoshu: Command, tmp_path: Path) -> None:
    empty = luoshu("doctor")
    assert empty.code == 5
    assert "luoshu load" in empty.out
    (tmp_path / "receivables.csv").write_text(
        "id,owner,obligor,face\nr1,enterprise:nobody,enterprise:nowhere,5\nr2,enterprise:nobody,enterprise:nowhere,\n",
        encoding="utf-8",
    )
    luoshu("load", "tabular", "receivables.csv")
    found = luoshu("doctor", "--json")
    assert found.code == 5
    assert {finding["code"] for finding in found.json["findings"]} == {"INCOMPLETE", "DANGLING"}
    kind = found.json["kinds"]["Receivable"]
    assert (kind["live"], kind["incomplete"], kind["dangling"]) == (1, 1, 2)
    assert kind["danglingExamples"][0] == ["receivable:r1", "owner", "enterprise:nobody"]
    assert "receivable:r1 owner → enterprise:nobody" in luoshu("doctor").out


def test_snapshots_of_another_version_are_named_and_removed(luoshu: Command, tmp_path: Path, firms: Path) -> None:
    luoshu("load", "tabular", str(firms))
    old = tmp_path / ".luoshu" / luoshu("doctor", "--json").json["logId"] / "0123456789abcdef"
    old.mkdir(parents=True)
    (old / "manifest.json").write_text("{}")
    os.utime(old, (0, 0))
    assert f"{old.relative_to(tmp_path)} 0.0 MB" in luoshu("doctor").out
    assert [left["folder"] for left in luoshu("compact", "--json").json["snapshotsRemoved"]] == [
        str(old.relative_to(tmp_path))
    ]
    assert not old.exists()


def test_the_doctor_speaks_chinese_too(luoshu: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUOSHU_LANGUAGE", "zh")
    assert "库中没有任何装载" in luoshu("doctor").out


def test_templates_and_cities_are_written(luoshu: Command, tmp_path: Path) -> None:
    assert luoshu("template", "Enterprise").out.startswith("id,")
    assert luoshu("template", "企业", "supplies", "--out", "t").code == 0
    assert {file.name for file in (tmp_path / "t").iterdir()} == {"enterprises.csv", "supplies.csv"}
    assert luoshu("generate", "city", "--scale", "0.02", "--out", "c").code == 0
    assert luoshu("load", "tabular", "c", "--source-name", "city").code == 0
    assert luoshu("doctor", "--json").json["records"] > 200


def test_what_is_exported_is_printed(luoshu: Command) -> None:
    assert "type Enterprise implements" in luoshu("export-schema").out
    assert "### Enterprise · 企业" in luoshu("export-ontology").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["load"], 1, "INVALID_INPUT: name a source and a path"),
        (["load", "nowhere", "x"], 1, "NOT_FOUND: there is no loader 'nowhere'"),
        (["load", "tabular", "missing.csv"], 1, "missing.csv"),
        (["load", "plan", "missing.txt"], 1, "missing.txt"),
        (["load", "--undo", "7"], 1, "7"),
        (["load", "plan", "x", "--recorded-at", "yesterday"], 1, "'yesterday' is no moment"),
        (["load", "plan", "x", "--recorded-at", "2026-01-01T00:00:00"], 1, "has no offset"),
        (["load", "plan", "x", "--option", "docNo"], 1, "is no pair"),
        (["withdraw", "nobody"], 1, "NOT_FOUND"),
        (["retract", "enterprise:a", "--source", "nobody"], 1, "NOT_FOUND"),
        (["template", "Unicorn"], 1, "Unicorn"),
        (["draw"], 1, "LUOSHU_STORE is no Neo4j"),
        (["generate", "city", "--scale", "-1", "--out", "c"], 1, "scale -1"),
        (["ask", "missing.graphql"], 2, "missing.graphql"),
        (["nonsense"], 2, "nonsense"),
        (["load", "--nonsense"], 2, "nonsense"),
    ],
)
def test_a_wrong_command_is_told_in_plain_words(luoshu: Command, words: list[str], code: int, said: str) -> None:
    done = luoshu(*words)
    assert done.code == code
    assert said in done.err


def test_a_failure_is_json_for_scripts(luoshu: Command) -> None:
    found = luoshu("withdraw", "nobody", "--json")
    assert found.json["error"]["code"] == "NOT_FOUND"
    assert found.json["error"]["code"] in CODES


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LUOSHU_PORT", "many", "LUOSHU_PORT is 'many'"),
        ("LUOSHU_PORT", "70000", "LUOSHU_PORT is '70000'"),
        ("LUOSHU_MAX_VIEWS", "0", "LUOSHU_MAX_VIEWS"),
        ("LUOSHU_LOG_LEVEL", "loud", "LUOSHU_LOG_LEVEL"),
        ("LUOSHU_REQUEST_TIMEOUT_SECONDS", "-1", "LUOSHU_REQUEST_TIMEOUT_SECONDS"),
        ("LUOSHU_TIMEZONE", "Mars/Olympus", "LUOSHU_TIMEZONE"),
        ("LUOSHU_STORE", "mysql://x", "LUOSHU_STORE"),
        ("LUOSHU_STORE", "nothing", "LUOSHU_STORE"),
        ("LUOSHU_STORE", "bolt://user:secret@127.0.0.1:1", "LUOSHU_STORE"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(
    luoshu: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    done = luoshu("serve")
    assert done.code == 1
    assert said in done.err
    assert "secret" not in done.out + done.err


def test_a_store_that_cannot_be_reached_is_exit_code_4(luoshu: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUOSHU_STORE", "bolt://127.0.0.1:9")
    done = luoshu("doctor")
    assert done.code == 4
    assert done.err.startswith("STORE_UNAVAILABLE")


def test_the_driver_of_neo4j_is_only_loaded_where_it_is_used() -> None:
    asked = "import sys, server; print('neo4j' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
