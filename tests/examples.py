"""How many examples the properties of financing and funds are tried on: 2,000 in CI, fewer at a desk, or as LUOSHU_EXAMPLES says."""

import os
from typing import Final

EXAMPLES: Final = int(os.environ.get("LUOSHU_EXAMPLES", "2000" if os.environ.get("CI") == "true" else "60"))
"""Of what a function alone decides."""
ASKED: Final = 4
"""Questions that are asked of one world, where a world is made for them: loading it takes longer than asking."""
WORLDS: Final = max(1, EXAMPLES // ASKED)
"""Worlds, where each is asked so many questions."""
FEW_WORLDS: Final = max(5, EXAMPLES // 50)
"""Worlds, where what matters is tried elsewhere on many."""
