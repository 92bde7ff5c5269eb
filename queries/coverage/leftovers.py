"""Which leaves get one 分 more of what rounding leaves to groups: the first in order, as far as money can move to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set


def chosen(
    order: Sequence[int], home: Sequence[int], left: Mapping[int, int], onward: Mapping[int, Set[int]]
) -> list[int]:
    """The leaves that get one, in order of service.

    order: leaves that would take one. home: by leaf, its group. left: by group, how many it has. onward: by such a group, to which
    others it can pass them on. What can be served together is a matroid, so the first that can be are; of one group all are alike.
    Cost: a look for each leaf, and a search among groups where its own has none left.
    """
    sharing = _Sharing(left, onward)
    full: set[int] = set()
    found: list[int] = []
    for leaf in order:
        if not sharing.total:
            break
        if home[leaf] not in full:
            if sharing.take(home[leaf]):
                found.append(leaf)
            else:
                full.add(home[leaf])
    return found


class _Sharing:
    """What groups have left, and how much of it is promised to which."""

    def __init__(self, left: Mapping[int, int], onward: Mapping[int, Set[int]]) -> None:
        self.free = {group: amount for group, amount in left.items() if amount}
        self.total = sum(self.free.values())
        self.promised: dict[int, dict[int, int]] = {group: {} for group in self.free}
        self.givers: dict[int, list[int]] = {group: [group] for group in self.free}
        for giver in sorted(self.free):
            for group in sorted(onward.get(giver, set()) - {giver}):
                self.givers.setdefault(group, []).append(giver)

    def take(self, group: int) -> bool:
        """Promise one to a group, where need be out of what goes to others that can have it from elsewhere; False: there is none."""
        if self.free.get(group):
            self._promise(group, group, {group: group}, {})
            return True
        asked_by: dict[int, int] = {}
        relieved_by: dict[int, int] = {group: group}
        waiting = [group]
        for at in waiting:
            for giver in self.givers.get(at, ()):
                if giver in asked_by:
                    continue
                asked_by[giver] = at
                if self.free[giver]:
                    self._promise(giver, group, asked_by, relieved_by)
                    return True
                for other, amount in self.promised[giver].items():
                    if amount and other not in relieved_by:
                        relieved_by[other] = giver
                        waiting.append(other)
        return False

    def _promise(self, giver: int, group: int, asked_by: Mapping[int, int], relieved_by: Mapping[int, int]) -> None:
        self.free[giver] -= 1
        self.total -= 1
        while True:
            at = asked_by[giver]
            self.promised[giver][at] = self.promised[giver].get(at, 0) + 1
            if at == group:
                return
            giver = relieved_by[at]
            self.promised[giver][at] -= 1
