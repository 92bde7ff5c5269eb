"""SAME_AS as a view applies it: which number stands for which, per kind, and what that makes of the ids of links.

Ids that a SAME_AS in force joins are one record. It goes by the id on the highest rung of the ladder, then the least; every other
one keeps answering. Ids of different kinds are never joined, and POSSIBLY_SAME_AS joins nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.fields import FieldType
from graph.identifiers import escape, rung, unescape
from graph.kinds.identity import SameAs
from graph.resolution import KindView
from graph.snapshot import Snapshot
from graph.snapshot_columns import Ints, Mask, Rows
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK, LinkIds, NodeIds, Order, lexsort
from graph.validation import credit_codes_valid

SAME_AS: Final = SameAs.__name__
_LOWEST_RUNG: Final = 3


@dataclass(frozen=True)
class LinkCanon:
    """One link kind after merging: by number, which link it is, and its canonical ends and key (a place in `texts`, -1: none).

    `order` is that of the canonical ids.
    """

    canon: Rows
    source: Ints
    target: Ints
    key: Rows
    texts: pl.Series
    order: Order


@dataclass(frozen=True)
class _Groups:
    """What is one in one kind: by number whether it stands for more, and the others by that number."""

    first: Mask
    others: Mapping[int, list[int]]


@dataclass(frozen=True)
class Identity:
    """Canonical numbers by kind code, of node kinds in which anything is joined."""

    snapshot: Snapshot
    nodes: Mapping[int, Rows] = field(default_factory=dict)
    _links: dict[int, LinkCanon | None] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, snapshot: Snapshot, same: KindView) -> Identity:
        """The identity that the SAME_AS links of `same` (resolved as they stand) make."""
        links = snapshot.links(snapshot.codes[SAME_AS])
        numbers = np.flatnonzero(same.own)
        source, target = links.source[numbers], links.target[numbers]
        codes = source >> KIND_SHIFT
        joined = (codes == target >> KIND_SHIFT) & (source != target)
        nodes: dict[int, Rows] = {}
        for code in np.unique(codes[joined]).tolist():
            ids = snapshot.ids[code]
            if isinstance(ids, NodeIds):
                mine = joined & (codes == code)
                nodes[code] = _canonical(ids, source[mine] & NUMBER_MASK, target[mine] & NUMBER_MASK)
        return cls(snapshot, nodes)

    def advanced(self, snapshot: Snapshot, touched: Mapping[str, Rows]) -> Identity:
        """The same identity over a longer snapshot; `touched` kinds have new statements, SAME_AS is none of them."""
        nodes = {
            code: np.concatenate([canon, np.arange(canon.size, snapshot.ids[code].size, dtype=np.int32)])
            for code, canon in self.nodes.items()
        }
        kinds = self.snapshot.kinds
        links = {code: made for code, made in self._links.items() if (kind := kinds[code]) and kind.name not in touched}
        return Identity(snapshot, nodes, links)

    def of_handles(self, handles: Ints) -> Ints:
        """The canonical handle of each node handle; -1 stays -1."""
        if not self.nodes or not handles.size:
            return handles
        out = handles.copy()
        for code, canon in self.nodes.items():
            here = np.flatnonzero(handles >> KIND_SHIFT == code)
            if here.size:
                out[here] = canon[handles[here] & NUMBER_MASK].astype(np.int64) | (code << KIND_SHIFT)
        return out

    def of_handle(self, handle: int) -> int:
        """As `of_handles`, of one; of links too."""
        code = handle >> KIND_SHIFT
        canon = self.canon(code) if self.nodes and handle >= 0 else None
        return handle if canon is None else code << KIND_SHIFT | int(canon[handle & NUMBER_MASK])

    def canon(self, code: int) -> Rows | None:
        """The canonical number of each number of a kind; None: its own."""
        if not self.nodes:
            return None
        if code in self.nodes:
            return self.nodes[code]
        links = self.links(code)
        return None if links is None else links.canon

    @cached_property
    def _groups(self) -> Mapping[int, _Groups]:
        found = {}
        for code, canon in self.nodes.items():
            moved = np.flatnonzero(canon != np.arange(canon.size))
            first = np.zeros(canon.size, bool)
            first[canon[moved]] = True
            others: dict[int, list[int]] = {}
            for number, stands_for_it in zip(moved.tolist(), canon[moved].tolist(), strict=True):
                others.setdefault(stands_for_it, []).append(number)
            found[code] = _Groups(first, others)
        return found

    def stands_for_more(self, code: int, number: int) -> bool:
        """Whether a canonical node has other ids."""
        groups = self._groups.get(code)
        return groups is not None and number in groups.others

    def expanded(self, code: int, numbers: npt.NDArray[np.integer]) -> tuple[Ints, npt.NDArray[np.integer]]:
        """All members of these canonical nodes: the place of each among `numbers`, and its number."""
        groups = self._groups.get(code)
        places = np.arange(numbers.size)
        if groups is None:
            return places, numbers
        more_places: list[int] = []
        more: list[int] = []
        for place in np.flatnonzero(groups.first[numbers]).tolist():
            others = groups.others[int(numbers[place])]
            more_places += [place] * len(others)
            more += others
        if not more:
            return places, numbers
        return np.concatenate([places, np.array(more_places)]), np.concatenate([numbers, np.array(more, numbers.dtype)])

    def members(self, handle: int) -> npt.NDArray[np.integer]:
        """The numbers of all ids that are this canonical record, a node or a link."""
        code, number = handle >> KIND_SHIFT, handle & NUMBER_MASK
        canon = None if code in self.nodes else self.canon(code)
        return self.expanded(code, np.array([number]))[1] if canon is None else np.flatnonzero(canon == number)

    # links

    def links(self, code: int) -> LinkCanon | None:
        """What merging makes of a link kind; None: nothing. SAME_AS links themselves stay as they were stated."""
        if code not in self._links:
            self._links[code] = self._link_canon(code)
        return self._links[code]

    def _link_canon(self, code: int) -> LinkCanon | None:
        ids = self.snapshot.ids[code]
        kind = self.snapshot.kinds[code]
        if not isinstance(ids, LinkIds) or kind is None or kind.name == SAME_AS or not ids.size:
            return None
        source, target = self.of_handles(ids.source), self.of_handles(ids.target)
        key, texts = self._canonical_keys(code, ids)
        moved = (source != ids.source) | (target != ids.target) | (key != ids.key)
        if not moved.any():
            return None
        rank = np.append(texts.rank("ordinal").cast(pl.Int64).to_numpy(), -1)
        ranks = self.snapshot.ranks
        order = lexsort((ranks.of(source), ranks.of(target), rank[key], ids.order.rank))
        same = np.zeros(ids.size, bool)
        same[1:] = True
        for part in (source, target, key):
            same[1:] &= part[order[1:]] == part[order[:-1]]
        group = np.cumsum(~same) - 1
        # A link goes by the number that has its canonical id, else by that of the least id that was stated.
        first = np.empty(int(group[-1]) + 1, np.int32)
        first[group[::-1]] = order[::-1]
        as_stated = ~moved[order]
        first[group[as_stated]] = order[as_stated]
        canon, ranked = np.empty(ids.size, np.int32), np.empty(ids.size, np.int32)
        canon[order] = first[group]
        ranked[order] = np.arange(ids.size, dtype=np.int32)
        return LinkCanon(canon, source, target, key, texts, Order(ids.size, ranked))

    def _canonical_keys(self, code: int, ids: LinkIds) -> tuple[Rows, pl.Series]:
        """By link, the place of its canonical key among the texts; -1: none."""
        stated = ids.keys.keys
        kind = self.snapshot.kinds[code]
        if kind is None or not any(kind.by_name[name].holds is FieldType.REF for name in kind.key):
            return ids.key, stated
        made = [self._key_text(text) for text in stated]
        texts = [*stated, *sorted(set(made) - {*stated})]
        place = {text: at for at, text in enumerate(texts)}
        return np.array([*(place[text] for text in made), -1], np.int32)[ids.key], pl.Series("", texts, dtype=pl.String)

    def _key_text(self, text: str) -> str:
        parts = []
        for part in text.split(":"):
            handle = self.snapshot.handle(unescape(part))
            parts.append(part if handle < 0 else escape(self.snapshot.id_of(self.of_handle(handle))))
        return ":".join(parts)

    def find(self, identifier: str) -> int:
        """The canonical handle of an id; -1 when nothing ever mentioned it. The ends in the id of a link may be any of theirs."""
        handle = self.snapshot.handle(identifier)
        if handle >= 0 or not self.nodes:
            return self.of_handle(handle)
        prefix, _, rest = identifier.partition(":")
        code, parts = self.snapshot.link_prefixes.get(prefix, -1), rest.split(":", 2)
        links = self.links(code) if code >= 0 and len(parts) > 1 else None
        if links is None:
            return -1
        source, target = (self.of_handle(self.snapshot.handle(unescape(part))) for part in parts[:2])
        adjacency = self.snapshot.edges.get((self.snapshot.name(code), "source", source >> KIND_SHIFT))
        if source < 0 or adjacency is None:
            return -1
        text = self._key_text(parts[2]) if len(parts) > 2 else None
        for number in adjacency.expand(self.members(source))[1].tolist():
            key = int(links.key[number])
            if links.target[number] == target and (None if key < 0 else links.texts[key]) == text:
                return code << KIND_SHIFT | int(links.canon[number])
        return -1


def _canonical(ids: NodeIds, one: Ints, other: Ints) -> Rows:
    """The canonical number of each number of a kind in which these are pairwise the same."""
    parents: dict[int, int] = {}

    def root(number: int) -> int:
        while (parent := parents.setdefault(number, number)) != number:
            parents[number] = number = parents[parent]
        return number

    for left, right in zip(one.tolist(), other.tolist(), strict=True):
        parents[root(left)] = root(right)
    members = np.array([*parents])
    group = np.array([root(number) for number in members.tolist()])
    order = lexsort((group, rungs(ids.keys.gather(members), ids.prefix), ids.order.rank[members]))
    members, group = members[order], group[order]
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    canon = np.arange(ids.size, dtype=np.int32)
    canon[members] = np.repeat(members[starts], np.diff(np.append(starts, members.size)))
    return canon


def rungs(keys: pl.Series, prefix: str) -> npt.NDArray[np.int64]:
    """The rung of each key's id, as `graph.identifiers.rung` gives it for one."""
    found = np.full(keys.len(), _LOWEST_RUNG, np.int64)
    found[credit_codes_valid(keys)] = 0
    # Codes of the lower rungs are few, or soon told from names.
    maybe = ((keys.str.len_bytes() == 20) | keys.str.contains(r"^\d{4,6}\.[A-Z]|%")).to_numpy() & (found > 0)
    for place in np.flatnonzero(maybe).tolist():
        found[place] = rung(f"{prefix}:{keys[place]}")
    return found
