"""On how much the properties are tried: 2,000 examples each in CI, fewer at a desk, or as LUOSHU_EXAMPLES says.

What counts as one example:

- of a function alone, one drawn set of arguments;
- of a world, one question: a firm and an amount, both drawn, asked of a drawn world of up to a dozen kinds of records, which is loaded
  through the real validation, log, resolution and snapshot, in memory. Loading takes as long as ten questions, so that `ASKED` are asked
  of each of `WORLDS`;
- of what is reached, one origin: every party, programme, pool and fund of a world is one, eight of a small world on average;
- of repairs, one set of changes laid over a world, of which the path is then asked.
"""

import os
from typing import Final

EXAMPLES: Final = int(os.environ.get("LUOSHU_EXAMPLES", "2000" if os.environ.get("CI") == "true" else "60"))
"""Of what a function alone decides."""
ASKED: Final = 8
"""Questions that are asked of one world."""
WORLDS: Final = max(1, EXAMPLES // ASKED)
"""Worlds, where each is asked so many questions."""
FEW_WORLDS: Final = max(5, EXAMPLES // 50)
"""Worlds, where what matters is tried elsewhere on many."""
MENDED: Final = max(5, EXAMPLES // 20)
"""Worlds with a blocked path, where some twenty sets of repairs are laid over each."""
