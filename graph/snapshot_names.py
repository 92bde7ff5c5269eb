"""The ids of a snapshot and their handles, either way: by kind, by prefix, and of links by their parts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import polars as pl

from graph.id_columns import escaped_texts
from graph.identifiers import unescape
from graph.ontology import KindSpec, Ontology
from graph.snapshot_adjacency import Adjacency
from graph.snapshot_columns import Ints, gather, nulls
from graph.snapshot_ids import FOREIGN, KIND_SHIFT, NUMBER_MASK, LinkIds, NodeIds, Ranks, link_id
from graph.snapshot_interning import kind_codes, prefix_codes

EdgeKey = tuple[str, str, int]
"""Kind of the holder, reference field, code of the target's kind."""


class SnapshotNames:
    """What a snapshot answers about ids alone. `ids` by kind code; `edges` by holder, field and target."""

    ontology: Ontology
    ids: tuple[NodeIds | LinkIds, ...]
    edges: Mapping[EdgeKey, Adjacency]

    @cached_property
    def codes(self) -> Mapping[str, int]:
        """Kind codes by name."""
        return kind_codes(self.ontology)

    @cached_property
    def kinds(self) -> tuple[KindSpec | None, ...]:
        """Kinds by code; None for ids of no kind."""
        return (None, *(self.ontology[name] for name in self.codes))

    def name(self, code: int) -> str:
        """The name of a kind; empty for ids of no kind."""
        kind = self.kinds[code]
        return "" if kind is None else kind.name

    @cached_property
    def prefixes(self) -> Mapping[str, int]:
        """Kind codes by prefix of node ids."""
        return prefix_codes(self.ontology)

    @cached_property
    def link_prefixes(self) -> Mapping[str, int]:
        """Kind codes by prefix of link ids, earlier names of kinds among them."""
        found: dict[str, int] = {}
        for kind in self.ontology.links:
            for name in (*kind.record.options.was, kind.name):
                found[name[0].lower() + name[1:]] = self.codes[kind.name]
        return found

    @cached_property
    def ranks(self) -> Ranks:
        """The order of node ids across kinds."""
        return ranks_of(self.ids)

    def handle(self, identifier: str) -> int:
        """The handle of an id as it stands, live or not; -1 when nothing ever mentioned it."""
        prefix, _, key = identifier.partition(":")
        code = self.prefixes.get(prefix)
        if code is not None:
            number = self.nodes(code).number(key)
        elif prefix in self.link_prefixes:
            code = self.link_prefixes[prefix]
            number = self._link_number(code, key)
        else:
            code, number = FOREIGN, self.nodes(FOREIGN).number(identifier)
        return -1 if number < 0 else code << KIND_SHIFT | number

    def link_parts(self, code: int, key: str) -> tuple[int, int, int]:
        """The handles of the ends and the number of the key of a link id without its prefix; -1 for what is unknown."""
        parts = key.split(":", 2)
        if len(parts) < 2:
            return -1, -1, -1
        source, target = (self.handle(unescape(part)) for part in parts[:2])
        known = self.links(code).keys.number(parts[2]) if len(parts) == 3 else -1
        return source, target, -2 if len(parts) == 3 and known < 0 else known

    def _link_number(self, code: int, key: str) -> int:
        source, target, known = self.link_parts(code, key)
        if source < 0 or target < 0 or known < -1:
            return -1
        return self.link_number(code, source, target, known)

    def link_number(self, code: int, source: int, target: int, key: int) -> int:
        """The number of the link between these handles with this key; -1 when there is none."""
        kind, ids = self.kinds[code], self.links(code)
        adjacency = None if kind is None else self.edges.get((kind.name, "source", source >> KIND_SHIFT))
        if adjacency is not None:
            beside = adjacency.of(source & NUMBER_MASK)
            found = beside[(ids.target[beside] == target) & (ids.key[beside] == key)]
            if found.size:
                return int(found[0])
        _, numbers = ids.places(self.ranks, np.array([source]), np.array([target]), np.array([key], np.int32))
        return int(numbers[0])

    def nodes(self, code: int) -> NodeIds:
        """The ids of a node kind."""
        ids = self.ids[code]
        assert isinstance(ids, NodeIds)
        return ids

    def links(self, code: int) -> LinkIds:
        """The ids of a link kind."""
        ids = self.ids[code]
        assert isinstance(ids, LinkIds)
        return ids

    def id_of(self, handle: int) -> str:
        """The id of a handle."""
        ids, number = self.ids[handle >> KIND_SHIFT], handle & NUMBER_MASK
        if isinstance(ids, NodeIds):
            return ids.id_of(number)
        key = int(ids.key[number])
        return link_id(
            ids.prefix,
            self.id_of(int(ids.source[number])),
            self.id_of(int(ids.target[number])),
            None if key < 0 else str(ids.keys.keys[key]),
        )

    def ids_of(self, handles: Ints) -> pl.Series:
        """The ids of these handles, null for -1."""
        if not handles.size:
            return pl.Series("", [], dtype=pl.String)
        codes = handles >> KIND_SHIFT
        first = int(codes[0])
        if (codes == first).all():
            return self._ids_of_kind(first, handles)
        out = pl.Series("", [None], dtype=pl.String).new_from_index(0, handles.size)
        for code in np.unique(codes).tolist():
            if code >= 0:
                places = np.flatnonzero(codes == code)
                out = out.scatter(places, self._ids_of_kind(code, handles[places]))
        return out

    def _ids_of_kind(self, code: int, handles: Ints) -> pl.Series:
        if code < 0:
            return pl.Series("", [None], dtype=pl.String).new_from_index(0, handles.size)
        ids, numbers = self.ids[code], handles & NUMBER_MASK
        if isinstance(ids, NodeIds):
            return ids.ids_of(numbers)
        return self.link_ids(ids, ids.source[numbers], ids.target[numbers], gather(ids.keys.keys, ids.key[numbers]))

    def link_ids(self, ids: LinkIds, source: Ints, target: Ints, keys: pl.Series) -> pl.Series:
        """The ids of links between these handles; `keys` as they stand at the ids' ends."""
        parts = pl.DataFrame({"s": self._escaped_ids(source), "t": self._escaped_ids(target), "k": keys})
        made = pl.concat_str(pl.lit(ids.prefix), pl.all(), separator=":", ignore_nulls=True)
        return parts.select(made).to_series().alias("")

    def _escaped_ids(self, handles: Ints) -> pl.Series:
        """The ids of these handles as parts of other ids. Each id is escaped once, however often it occurs."""
        codes = handles >> KIND_SHIFT
        out = nulls(handles.size)
        for code in np.unique(codes).tolist():
            if code < 0:
                continue
            here = np.flatnonzero(codes == code)
            numbers, ids = handles[here] & NUMBER_MASK, self.nodes(code)
            occurs = np.zeros(ids.size, bool)
            occurs[numbers] = True
            keys = escaped_texts(ids.keys.gather(np.flatnonzero(occurs)))
            whole = pl.select(pl.lit(f"{ids.prefix}%3A" if ids.prefix else "") + keys).to_series()
            found = whole.gather((np.cumsum(occurs) - 1)[numbers])
            if here.size == handles.size:
                return found
            out = out.scatter(here, found)
        return out


def ranks_of(ids: tuple[NodeIds | LinkIds, ...] | list[NodeIds | LinkIds]) -> Ranks:
    """The order of these ids across kinds."""
    return Ranks([item.prefix for item in ids], [item.order for item in ids])
