"""The state machine of a financing need at the desk: which moves there are, declared once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from graph.kinds.demand_side import NeedStatus

FIRST: Final = NeedStatus.APPLIED
"""The state in which a need enters the desk."""

MOVES: Final[Mapping[NeedStatus, tuple[NeedStatus, ...]]] = {
    NeedStatus.APPLIED: (NeedStatus.AGGREGATED, NeedStatus.REJECTED, NeedStatus.WITHDRAWN),
    NeedStatus.AGGREGATED: (NeedStatus.CLASSIFIED, NeedStatus.REJECTED, NeedStatus.WITHDRAWN),
    NeedStatus.CLASSIFIED: (NeedStatus.RECOMMENDED, NeedStatus.REJECTED, NeedStatus.WITHDRAWN),
    NeedStatus.RECOMMENDED: (NeedStatus.FUNDED, NeedStatus.REJECTED, NeedStatus.WITHDRAWN),
    NeedStatus.FUNDED: (),
    NeedStatus.REJECTED: (),
    NeedStatus.WITHDRAWN: (),
}
"""From each state, the states that a need may move to. What is not here is refused."""

CLOSED: Final = frozenset(status for status, further in MOVES.items() if not further)
"""States that a need does not leave."""


def moves_from(status: NeedStatus | None) -> tuple[NeedStatus, ...]:
    """The states that a need may move to; from no stated one only into the first."""
    return (FIRST,) if status is None else MOVES[status]
