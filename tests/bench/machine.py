"""What the figures were taken on, and what a process takes of it."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("polars", "numpy", "pyarrow", "neo4j", "ortools", "strawberry-graphql", "tantivy")


def describe() -> dict[str, str]:
    """The machine and the versions that matter, in words."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return {
        "processor": f"{_processor()}, {len(os.sched_getaffinity(0))} cores"
        if sys.platform == "linux"
        else _processor(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}",
        "libraries": libraries,
    }


def load_average() -> float:
    """Processes that ran or waited, over the last minute."""
    return os.getloadavg()[0]


def commit() -> str:
    """The commit that is checked out, with + where files differ from it; empty without git."""
    root = Path(__file__).parents[2]
    try:
        head = _git(root, "rev-parse", "--short", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head + ("+" if changed else "")


def resident_bytes() -> dict[str, int]:
    """This process's memory: `resident` now, `private` of that its own (not mapped files or shared pages), `peak` so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    rollup = Path("/proc/self/smaps_rollup")
    if not rollup.exists():
        return {"resident": peak, "private": peak, "peak": peak}
    sizes = {
        name: int(rest.split()[0]) * 1024
        for name, _, rest in (line.partition(":") for line in rollup.read_text().splitlines()[1:])
    }
    return {"resident": sizes["Rss"], "private": sizes["Private_Clean"] + sizes["Private_Dirty"], "peak": peak}


def processor_seconds(pid: int) -> float:
    """Processor time of a process so far; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()
