"""The jars of a Neo4j Community server, fetched once by Maven into the project's cache."""

import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from filelock import FileLock

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
CACHE = HERE.parents[1] / ".cache" / "neo4j"
OLDEST_JAVA = 17
REMEDY = f"install a JDK {OLDEST_JAVA} or newer and Maven, or name a running server in TEST_NEO4J_URI"


class Neo4jMissing(Exception):
    """What is missing to run a Neo4j here, in one line, with the remedy."""


def neo4j_version() -> str:
    """The version of Neo4j that `pom.xml` names."""
    maven = {"m": "http://maven.apache.org/POM/4.0.0"}
    version = ElementTree.parse(POM).findtext(".//m:dependency[m:artifactId='neo4j']/m:version", namespaces=maven)
    if version is None:
        raise Neo4jMissing(f"{POM.name} names no version of Neo4j")
    return version


def find_java() -> Path:
    """The Java to run, from JAVA_HOME or the path; raises Neo4jMissing if it cannot run Neo4j from source."""
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if found is None:
        raise Neo4jMissing(f"no java on the path: {REMEDY}")
    if fault := _fault(found):
        raise Neo4jMissing(f"{found} {fault}: {REMEDY}")
    return Path(found)


@cache
def _fault(java: str) -> str | None:
    try:
        banner = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60).stderr
        modules = subprocess.run([java, "--list-modules"], capture_output=True, text=True, timeout=60).stdout
    except OSError as exc:
        return f"cannot be run ({exc.strerror})"
    version = re.search(r'version "(\d+)', banner)
    if version is None or int(version[1]) < OLDEST_JAVA:
        return f"is Java {version[1] if version else 'of no known version'}"
    if "jdk.compiler" not in modules:
        return "is a runtime without a compiler"
    return None


def find_jars() -> Path:
    """The folder with the jars, fetched first if the cache has none; raises Neo4jMissing if that fails.

    The first time takes 10 to 60 seconds and 116 MB; later calls only look.
    """
    version = neo4j_version()
    jars = CACHE / version
    if jars.is_dir():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise Neo4jMissing(f"no mvn on the path: {REMEDY}")
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / f"{version}.lock"):
        if not jars.is_dir():
            with tempfile.TemporaryDirectory(dir=CACHE, prefix="fetching-") as scratch:
                _copy_dependencies(maven, Path(scratch, "lib"))
                # Only a whole set of jars ever carries the final name.
                Path(scratch, "lib").rename(jars)
    return jars


def _copy_dependencies(maven: str, folder: Path) -> None:
    command = [
        maven,
        "--batch-mode",
        "--quiet",
        "--no-transfer-progress",
        "-Dstyle.color=never",
        "-Dmaven.wagon.http.retryHandler.count=3",
        f"--file={POM}",
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        f"-DoutputDirectory={folder}",
    ]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode or not any(folder.glob("neo4j-kernel-*.jar")):
        errors = re.findall(r"^\[(?:ERROR|FATAL)\] (.+)", done.stdout + done.stderr, re.MULTILINE)
        first = errors[0] if errors else f"exit code {done.returncode}"
        raise Neo4jMissing(f"Maven could not fetch Neo4j {neo4j_version()} ({first[:300]}): {REMEDY}")
