"""Who asks: which statements a view may stand on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.snapshot_columns import Mask


@dataclass(frozen=True)
class Viewer:
    """Somebody who asks; this one sees everything. Views are cached by viewer, so equal viewers share them."""

    name: str = "everyone"

    def sees(self, markings: npt.NDArray[np.object_], owners: npt.NDArray[np.int64]) -> Mask | None:
        """For each statement, whether it is visible; None: all are.

        `markings` are the statements' markings (None: their fields' defaults), `owners` the handles of the organisations that
        they are confidential to (-1: none).
        """
        return None


EVERYONE = Viewer()
