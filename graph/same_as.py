"""SAME_AS as a view applies it: which number stands for which, per kind, and what that makes of the ids of links.

Ids that a SAME_AS in force joins are one record. It goes by the id on the highest rung of the ladder, then the least; every other
one keeps answering. Ids of different kinds are never joined, and POSSIBLY_SAME_AS joins nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.identifiers import escape, rung, unescape
from graph.kinds.identity import SameAs
from graph.ontology import FieldType
from graph.resolution import KindView
from graph.snapshot import Snapshot
from graph.snapshot_columns import Ints, Rows
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK, LinkIds, Order, lexsort

SAME_AS = SameAs.__name__


@dataclass(frozen=True)
class LinkCanon:
    """One link kind after merging: canonical numbers, and canonical ends and key texts by number; `order` by canonical ids."""

    canon: Rows
    source: Ints
    target: Ints
    key: Rows
    texts: pl.Series
    order: Order
    displaced: Mapping[tuple[int, int, str | None], int]


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
        parents: dict[int, int] = {}

        def root(handle: int) -> int:
            while (parent := parents.setdefault(handle, handle)) != handle:
                parents[handle] = handle = parents[parent]
            return handle

        for source, target in zip(links.source[numbers].tolist(), links.target[numbers].tolist(), strict=True):
            if source >> KIND_SHIFT == target >> KIND_SHIFT:
                parents[root(source)] = root(target)
        groups: dict[int, list[int]] = {}
        for handle in parents:
            groups.setdefault(root(handle), []).append(handle)
        nodes: dict[int, Rows] = {}
        for members in groups.values():
            if len(members) < 2:
                continue
            named = {snapshot.id_of(handle): handle for handle in members}
            first = named[min(named, key=lambda identifier: (rung(identifier), identifier))]
            code = first >> KIND_SHIFT
            if code not in nodes:
                nodes[code] = np.arange(snapshot.ids[code].size, dtype=np.int32)
            nodes[code][[handle & NUMBER_MASK for handle in members]] = first & NUMBER_MASK
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
    def _members(self) -> Mapping[int, Mapping[int, Rows]]:
        found: dict[int, dict[int, Rows]] = {}
        for code, canon in self.nodes.items():
            moved = np.flatnonzero(canon != np.arange(canon.size))
            groups: dict[int, list[int]] = {}
            for number in moved.tolist():
                first = int(canon[number])
                groups.setdefault(first, [first]).append(number)
            found[code] = {first: np.array(numbers, np.int32) for first, numbers in groups.items()}
        return found

    def members(self, code: int, number: int) -> Rows | None:
        """All numbers that are one with a canonical node; None: it alone."""
        return self._members.get(code, {}).get(number)

    def expanded(self, code: int, numbers: npt.NDArray[np.integer]) -> tuple[Ints, npt.NDArray[np.integer]]:
        """All members of these canonical nodes: the place of each among `numbers`, and its number."""
        groups = self._members.get(code)
        places = np.arange(numbers.size)
        if not groups:
            return places, numbers
        extra_places: list[int] = []
        extra: list[int] = []
        for place, number in enumerate(numbers.tolist()):
            for member in groups.get(number, ())[1:] if number in groups else ():
                extra_places.append(place)
                extra.append(int(member))
        return np.concatenate([places, np.array(extra_places, np.int64)]), np.concatenate(
            [numbers, np.array(extra, numbers.dtype)]
        )

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
        texts = [self.key_text(code, text) for text in ids.keys.keys]
        every = pl.Series("", [*ids.keys.keys, *sorted(set(texts) - set(ids.keys.keys))], dtype=pl.String)
        place = {text: at for at, text in reversed([*enumerate(every)])}
        key = ids.key
        if texts != every[: len(texts)].to_list():
            key = np.array([*(place[text] for text in texts), -1], np.int32)[ids.key]
        moved = np.flatnonzero((source != ids.source) | (target != ids.target) | (key != ids.key))
        if not moved.size:
            return None
        rank = (
            np.argsort(np.argsort(np.array(every.to_list(), dtype=object))).astype(np.int64)
            if every.len()
            else np.zeros(0, np.int64)
        )
        key_rank = np.where(key < 0, -1, np.append(rank, -1)[key])
        ranks = self.snapshot.ranks
        order = lexsort((ranks.of(source), ranks.of(target), key_rank, ids.order.rank))
        same = np.zeros(ids.size, bool)
        for part in (source, target, key):
            ordered = part[order]
            equal = ordered[1:] == ordered[:-1]
            same[1:] = equal if part is source else same[1:] & equal
        group = np.cumsum(~same) - 1
        as_stated = np.ones(ids.size, bool)
        as_stated[moved] = False
        first = np.full(int(group[-1]) + 1, -1, np.int32)
        reversed_order = order[::-1]
        first[group[::-1]] = reversed_order
        stated = as_stated[order]
        first[group[stated]] = order[stated]
        canon = np.empty(ids.size, np.int32)
        canon[order] = first[group]
        displaced = {
            (int(source[at]), int(target[at]), None if key[at] < 0 else str(every[int(key[at])])): int(at)
            for at in np.unique(canon[moved]).tolist()
            if not as_stated[at]
        }
        ranked = np.empty(ids.size, np.int32)
        ranked[order] = np.arange(ids.size, dtype=np.int32)
        return LinkCanon(canon, source, target, key.astype(np.int32), every, Order(ids.size, ranked), displaced)

    def key_text(self, code: int, text: str) -> str:
        """The end of a link's id with the references in it made canonical."""
        kind = self.snapshot.kinds[code]
        if kind is None or not any(kind.by_name[name].holds is FieldType.REF for name in kind.key):
            return text
        parts = []
        for part in text.split(":"):
            handle = self.snapshot.handle(unescape(part))
            parts.append(part if handle < 0 else escape(self.snapshot.id_of(self.of_handle(handle))))
        return ":".join(parts)

    def find(self, identifier: str) -> int:
        """The canonical handle of an id; -1 when nothing ever mentioned it. An id of a link may have ends of any standing."""
        handle = self.snapshot.handle(identifier)
        if handle >= 0:
            return self.of_handle(handle)
        prefix, _, key = identifier.partition(":")
        code = self.snapshot.link_prefixes.get(prefix, -1)
        if code < 0 or not self.nodes or (links := self.links(code)) is None:
            return -1
        source, target, _ = self.snapshot.link_parts(code, key)
        if source < 0 or target < 0:
            return -1
        source, target = self.of_handle(source), self.of_handle(target)
        parts = key.split(":", 2)
        text = self.key_text(code, parts[2]) if len(parts) == 3 else None
        number = links.displaced.get((source, target, text), -1)
        if number < 0:
            known = -1 if text is None else self.snapshot.links(code).keys.number(text)
            if text is not None and known < 0:
                return -1
            number = self.snapshot.link_number(code, source, target, known)
        return -1 if number < 0 else code << KIND_SHIFT | int(links.canon[number])
