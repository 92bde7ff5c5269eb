"""A function run in a new interpreter, as another process would: nothing imported, nothing cached."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

_CODE = """\
import json, sys
from importlib import import_module
found = getattr(import_module(sys.argv[1]), sys.argv[2])(*json.loads(sys.argv[3]))
print("\\n" + json.dumps(found))
"""


def fresh(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function of a module gives in a process of its own; arguments and answer are what JSON carries."""
    command = [sys.executable, "-c", _CODE, function.__module__, function.__name__, json.dumps(arguments)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.rsplit("\n", 2)[-2])
