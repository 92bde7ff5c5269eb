"""What the project's own files promise: locks, commands, and nothing of the machine that they were written on."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PACKAGES = ["graph", "schema", "loaders", "queries"]
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, set[str]]:
    """The versions that a lock file pins, by package: more than one where they differ by Python version."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", text_of(lock), re.MULTILINE):
        found.setdefault(canonical(name), set()).add(version)
    return found


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required(specifications: list[str]) -> set[str]:
    return {canonical(re.split(r"[\s<>=!~;\[]", specification, maxsplit=1)[0]) for specification in specifications}


def project() -> dict[str, Any]:
    return tomllib.loads(text_of("pyproject.toml"))


def imports(module: Path) -> Iterator[str]:
    """The top names of what a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(module.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def code_in_readme() -> str:
    """What the README shows as code, in blocks and in lines."""
    text = text_of("README.md")
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


def makefile_targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9]+):", text_of("Makefile"), re.MULTILINE))


def settings() -> set[str]:
    """The environment variables that the service reads."""
    return {f"LUOSHU_{name}".upper() for name in import_module("server").Settings.model_fields}


def our_files() -> list[Path]:
    """The files under version control, and those about to be."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout of the repository")
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [path for name in os.fsdecode(listed.stdout).split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_carries_hashes(lock: str) -> None:
    text = text_of(lock)
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert len(entries) > 40


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_path(lock: str) -> None:
    text = text_of(lock)
    assert re.findall(r"^.*(?:://|index-url|find-links|trusted-host| @ |^-e |\.\./).*$", text, re.MULTILINE) == []


def test_the_locks_hold_all_that_the_project_requires() -> None:
    declared = project()
    runtime = required(declared["project"]["dependencies"])
    groups = declared["dependency-groups"]
    assert runtime | required(groups["build"]) <= pins("requirements.lock").keys()
    assert required(groups["dev"]) <= pins("requirements-dev.lock").keys()


def test_tests_run_with_the_versions_that_people_run() -> None:
    locked, with_tools = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: with_tools.get(name) for name in locked} == locked


def test_the_build_needs_nothing_that_is_not_locked() -> None:
    assert required(project()["build-system"]["requires"]) <= pins("requirements.lock").keys()


def test_every_library_that_we_import_is_declared() -> None:
    """A library that another one happens to bring along is not ours to use."""
    distributions = packages_distributions()
    modules = [ROOT / "server.py", *(file for name in PACKAGES for file in (ROOT / name).rglob("*.py"))]
    imported = {name for module in modules for name in imports(module)}
    foreign = imported - {*PACKAGES, "server"} - sys.stdlib_module_names
    declared = required(project()["project"]["dependencies"])
    undeclared = {name for name in foreign if declared.isdisjoint(map(canonical, distributions.get(name, [])))}
    assert undeclared == set()


def test_a_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    [wheel] = tmp_path.glob("luoshu-*.whl")
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    names = {path.relative_to(ROOT).as_posix() for path in our_files()}
    assert held == {name for name in names if name.partition("/")[0] in {*PACKAGES, "server.py"}}


def test_make_commands_of_the_readme_exist() -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z0-9]*)", code_in_readme()))
    assert named - makefile_targets() == set()
    assert {"run", "test"} <= named


def test_commands_of_the_readme_exist() -> None:
    named = set(re.findall(r"(?:^|[`\s/])luoshu ([a-z][a-z-]*)", code_in_readme(), re.MULTILINE))
    start = "import sys, server; sys.argv[0] = 'luoshu'; sys.exit(server.main())"
    wide = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    asked = [sys.executable, "-c", start, "--help"]
    printed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True, env=wide).stdout
    assert named - set(re.findall(r"[a-z][a-z-]*", printed)) == set()
    assert "load" in named


def test_the_readme_tells_every_setting_and_no_other() -> None:
    told = set(re.findall(r"\bLUOSHU_[A-Z0-9_]+", text_of("README.md")))
    assert told - {"LUOSHU_TEST_DATA"} == settings()


def test_image_and_services_set_only_settings() -> None:
    used = set(re.findall(r"\bLUOSHU_[A-Z0-9_]+", text_of("Dockerfile") + text_of("compose.yaml")))
    assert used <= settings()


def test_every_target_is_listed_by_help() -> None:
    printed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert set(re.findall(r"make ([a-z0-9]+)", printed)) == makefile_targets()


def test_files_name_no_path_of_a_machine() -> None:
    of_a_machine = re.compile(rb"(?<![\w.])/(?:root|work|home/\w+|Users/\w+|tmp/\w+|opt/wheels)(?:/|\b)")
    found = {
        str(path.relative_to(ROOT)): sorted(set(hits))
        for path in our_files()
        if (hits := of_a_machine.findall(path.read_bytes()))
    }
    assert found == {}


def test_continuous_integration_can_be_executed() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_image_and_the_compose_file_use_what_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text_of("Dockerfile"), re.MULTILINE)
    sources = [name for names in copied for name in names.split()]
    allowed = text_of(".dockerignore").splitlines()
    assert [name for name in sources if f"!{name}" not in allowed or not (ROOT / name).exists()] == []
    services = yaml.safe_load(text_of("compose.yaml"))["services"]
    assert services.keys() == {"neo4j", "luoshu"}


def test_the_change_log_tells_of_this_version_or_of_what_is_to_come() -> None:
    version = project()["project"]["version"]
    text = text_of("CHANGELOG.md")
    assert "## [Unreleased]" in text or f"## [{version}]" in text
