"""How many examples the properties of financing are tried on: 2,000 in CI, fewer at a desk, or as many as LUOSHU_EXAMPLES says."""

import os
from typing import Final

EXAMPLES: Final = int(os.environ.get("LUOSHU_EXAMPLES", "2000" if os.environ.get("CI") == "true" else "60"))
