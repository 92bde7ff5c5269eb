"""What every history of a need at the desk has to be."""

from itertools import pairwise

from graph.kinds.demand_side import NeedStatus
from graph.need_moves import FIRST, MOVES


def is_path(states: list[NeedStatus]) -> bool:
    """Whether states, one after the other, are a way through the machine from its first state."""
    return states[:1] == [FIRST] and all(after in MOVES[before] for before, after in pairwise(states))
