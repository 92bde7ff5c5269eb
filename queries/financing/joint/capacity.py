"""What several paths bring together, to one firm or to many."""

from __future__ import annotations

from collections.abc import Iterable

from queries.financing.joint.programme import Left, Solved, SolveMethod
from queries.financing.joint.shared_limits import JointPath, joint_of
from queries.financing.joint.solving import solve


def joint_capacity(paths: Iterable[JointPath], left: Left, *, complete: bool = True) -> Solved:
    """The largest amount that these paths bring together, within what each firm needs; paths without a stated capacity bring nothing.

    `complete` False: there may be further paths, so there is no upper bound. Cost: that of a flow over the paths, where it is one.
    """
    found = solve(joint_of(paths).programme, left, mix=False)
    if complete:
        return Solved(found.lower, found.method, found.lower, found.upper)
    return Solved(found.lower, SolveMethod.BOUNDS, found.lower, None)
