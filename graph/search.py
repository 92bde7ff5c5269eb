"""Finding records by what people call them: name, short name, alias, code, pinyin in full or by initials.

An index of every name that any source ever stated, by tantivy, beside the snapshot; what it finds is held against the view that
asks, so no answer knows a name that the view does not. Order: how well the best name matches (`Match`), then id.
"""

from __future__ import annotations

import heapq
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl

from graph.errors import InvalidInput, StoreUnavailable
from graph.fields import SEPARATOR, FieldSpec, FieldType
from graph.name_index import Match, NameSegment
from graph.ontology import KindSpec, Ontology
from graph.pinyin import Readings
from graph.records import Text
from graph.snapshot import Snapshot
from graph.snapshot_columns import Mask, Texts
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK
from graph.snapshot_table import Table
from graph.view import View

MAX_TEXT: Final = 100
"""Characters that a search text may have."""
NAME_FIELDS: Final = ("name", "short_name", "aliases", "title")
"""Fields, by Python name, that say what something is called."""

_MERGED_AT: Final = 6
"""Indexes beside the main one, after which they are joined."""
_REBUILT_AT: Final = 0.25
"""Share of the main index, after which all is built anew."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found: its handle, its canonical id and how it matched."""

    handle: int
    id: str
    match: Match


def normalised(text: str) -> str:
    """A name or text as it is compared: NFKC, lower case, outer blanks left out, inner ones made one."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def searched_fields(kind: KindSpec) -> tuple[FieldSpec, ...]:
    """The fields of a kind that a search looks at: what it is called, and the codes that identify it."""
    rungs = {names[0] for names in kind.identity if len(names) == 1}
    return tuple(
        spec
        for spec in kind.own()
        if spec.holds in (FieldType.TEXT, FieldType.TEXTS)
        and (spec.name in NAME_FIELDS or spec.text_format not in (None, Text.CONDITION) or spec.name in rungs)
    )


class SearchIndex:
    """The index of one knowledge. `update` brings it to a newer snapshot; `search` may run at the same time."""

    def __init__(self, ontology: Ontology) -> None:
        self._fields = {kind.name: fields for kind in ontology.nodes if (fields := searched_fields(kind))}
        self._segments: tuple[NameSegment, ...] = ()
        self._seq = 0
        self._updating = threading.Lock()
        self._built_once = threading.Event()

    def update(self, snapshot: Snapshot) -> None:
        """Take in the names that loads after the last update stated. Cost: about 20 µs a name, in the background of searches."""
        with self._updating:
            if snapshot.seq <= self._seq:
                self._built_once.set()
                return
            names = self._names(snapshot, self._seq)
            segments = self._segments
            if names.height:
                segments = (*segments, NameSegment.of(names))
            extra = sum(segment.size for segment in segments[1:])
            if segments and extra > _REBUILT_AT * segments[0].size:
                segments = (NameSegment.of(self._names(snapshot, 0)),)
            elif len(segments) > _MERGED_AT:
                segments = (
                    segments[0],
                    NameSegment.of(pl.concat([segment.names for segment in segments[1:]]).unique(maintain_order=True)),
                )
            self._segments, self._seq = segments, snapshot.seq
            self._built_once.set()

    def search(
        self,
        view: View,
        text: str,
        kinds: Sequence[str] | None = None,
        after: tuple[int, str] | None = None,
        *,
        patience: float = 0.0,
    ) -> Iterator[Hit]:
        """The records that a text names, best first; `kinds` by class name; `after`: a hit's match and id, to go on behind it.

        Waits for the first update, at most `patience` seconds. Cost: about 10 µs a record looked at.

        Raises
        ------
        InvalidInput
            A blank text, or one over `MAX_TEXT` characters.
        StoreUnavailable
            There was no update yet.
        """
        wanted = normalised(text)
        if not wanted or len(wanted) > MAX_TEXT:
            raise InvalidInput(f"search text {text[:40]!r} has {len(wanted)} characters; give 1 to {MAX_TEXT}")
        if not self._built_once.wait(max(0.0, patience)):
            raise StoreUnavailable("the names are still being indexed; search again in a few seconds")
        return self._hits(view, wanted, kinds, after)

    def _hits(
        self, view: View, wanted: str, kinds: Sequence[str] | None, after: tuple[int, str] | None
    ) -> Iterator[Hit]:
        matcher = _Matcher(view, wanted, self._fields)
        segments = self._segments
        if view.snapshot.assumption is not None and (assumed := self._assumed_names(view.snapshot)).height:
            segments = (*segments, NameSegment.of(assumed))
        seen: set[int] = set()
        pending: list[tuple[int, str, int]] = []
        for tier, identifier in heapq.merge(*(segment.found(wanted, kinds) for segment in segments)):
            # What matches no better than where the index stands now cannot be overtaken any more.
            while pending and pending[0][:2] < (tier, identifier):
                yield from _passed(heapq.heappop(pending), after)
            handle = view.find(identifier)
            if handle < 0 or handle in seen:
                continue
            seen.add(handle)
            match = matcher.best(handle)
            if match is not None and (kinds is None or view.kind_of(handle).name in kinds):
                heapq.heappush(pending, (match, view.id_of(handle), handle))
        while pending:
            yield from _passed(heapq.heappop(pending), after)

    def _names(self, snapshot: Snapshot, after: int) -> pl.DataFrame:
        """Ids and what they are called, by id, as loads after `after` state it: columns id, kind, name (a code: called False)."""
        return self._called(snapshot, lambda table: table.load_from > after)

    def _assumed_names(self, snapshot: Snapshot) -> pl.DataFrame:
        """The same of what a what-if assumes."""
        return self._called(snapshot, lambda table: table.source == snapshot.assumed_source)

    def _called(self, snapshot: Snapshot, counts: Callable[[Table], Mask]) -> pl.DataFrame:
        parts = []
        for kind, fields in self._fields.items():
            table = snapshot.tables[kind]
            rows = np.flatnonzero(counts(table)).astype(np.int32)
            if not rows.size:
                continue
            handles = table.number[rows].astype(np.int64) | (snapshot.codes[kind] << KIND_SHIFT)
            ids = snapshot.ids_of(handles)
            for spec in fields:
                column = table.columns[spec.name]
                assert isinstance(column, Texts)
                part = pl.DataFrame({"id": ids, "name": column.take(rows)}).drop_nulls()
                if spec.holds is FieldType.TEXTS:
                    part = part.with_columns(pl.col("name").str.split(SEPARATOR)).explode("name")
                parts.append(part.with_columns(kind=pl.lit(kind), called=pl.lit(spec.name in NAME_FIELDS)))
        if not parts:
            return pl.DataFrame(schema={"id": pl.String, "name": pl.String, "kind": pl.String, "called": pl.Boolean})
        folded = pl.col("name").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
        return pl.concat(parts).with_columns(folded).unique(maintain_order=True).sort("id", maintain_order=True)


@dataclass
class _Matcher:
    """How the names of a record, as a view knows them, match a text."""

    view: View
    wanted: str
    fields: dict[str, tuple[FieldSpec, ...]]
    latin: str = field(init=False)

    def __post_init__(self) -> None:
        self.latin = self.wanted.replace(" ", "") if self.wanted.isascii() else ""

    def best(self, handle: int) -> Match | None:
        """The best match of what it is called; None: nothing matches."""
        view, kind = self.view, self.view.kind_of(handle).name
        fields = self.fields.get(kind, ())
        found = self._match(fields, lambda name: view.value(handle, name))
        if found is Match.EXACT or view.kind_view(kind).statements(handle & NUMBER_MASK).size == 1:
            return found
        # A name that is not the one shown still finds the record, as long as a source that counts states it.
        others = [self._match(fields, partial(getattr, statement.record)) for statement in view.statements(handle)]
        return min((match for match in (found, *others) if match is not None), default=None)

    def _match(self, fields: Iterable[FieldSpec], value_of: Callable[[str], Any]) -> Match | None:
        found: list[Match] = []
        for spec in fields:
            value = value_of(spec.name)
            for text in value if isinstance(value, tuple) else () if value is None else (value,):
                name = normalised(text)
                match = self._text(name)
                if match is Match.CONTAINED and spec.name not in NAME_FIELDS:
                    match = None
                if match is None and self.latin and spec.name in NAME_FIELDS:
                    match = self._reading(name)
                if match is not None:
                    found.append(match)
        return min(found, default=None)

    def _text(self, name: str) -> Match | None:
        place = name.find(self.wanted)
        if place < 0:
            return None
        if place:
            return Match.CONTAINED
        return Match.EXACT if len(name) == len(self.wanted) else Match.PREFIX

    def _reading(self, name: str) -> Match | None:
        syllables = Readings.known().of(name).split()
        found: list[Match] = []
        for parts in (syllables, [syllable[0] for syllable in syllables]):
            whole = "".join(parts)
            if whole == self.latin:
                return Match.PINYIN
            if whole.startswith(self.latin):
                found.append(Match.PINYIN_PREFIX)
            elif any("".join(parts[start:]).startswith(self.latin) for start in range(1, len(parts))):
                found.append(Match.PINYIN_CONTAINED)
        return min(found, default=None)


def _passed(found: tuple[int, str, int], after: tuple[int, str] | None) -> Iterator[Hit]:
    match, identifier, handle = found
    if after is None or (match, identifier) > after:
        yield Hit(handle, identifier, Match(match))
