"""A view: the graph as it was on a day, as it was known at a time, and as its viewer may see it. Every question is asked of one.

Records are named by **handles**: numbers that hold within one view and are never shown. Methods take canonical handles and give
canonical handles, each once; whatever order is visible is that of ids. A record is *live* for questions while it is in force, states
every required field and is visible; a link only while both its ends are live.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.blocks import CONFIDENCE, LOCATOR
from graph.errors import InvalidIdentifier, InvalidInput, NotFound
from graph.identifiers import make_id
from graph.ontology import FieldSpec, FieldType, KindSpec, Ontology, Storage
from graph.records import Record, Ref
from graph.resolution import KindView, Moment, resolve
from graph.same_as import SAME_AS, Identity
from graph.snapshot import Snapshot, day_of
from graph.snapshot_columns import NOT_STATED, Codes, Ints, Mask, Numbers, Rows, Texts, gather
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK, LinkIds, handles_of, link_id
from graph.snapshot_table import EPOCH_ORDINAL, FIRST, Table
from graph.values import MILLION, decimal, from_stored
from graph.viewer import EVERYONE, Viewer

LAST_AS_OF: Final = date.max.toordinal() - EPOCH_ORDINAL - 1
"""The last day that can be asked for: 9999-12-31 stands for an open end."""
DEFAULT_RELIABILITY: Final = Decimal("0.5")
"""Reliability of a source of which none is stated."""
DATASET: Final = "Dataset"


@dataclass(frozen=True, slots=True)
class StatementView:
    """One contributing statement: who said it, where and when, and the record as this source states it.

    `valid_from` None: not stated. `confidence` None: certain.
    """

    source: str
    reliability: Decimal
    locator: str | None
    confidence: Decimal | None
    recorded_at: datetime
    load: int
    valid_from: date | None
    record: Record


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of which sources state different values: by source, the first to be believed first; None: stated to be empty."""

    field: str
    values: tuple[tuple[str, Any], ...]


@dataclass(eq=False)
class View:
    """The graph at (`as_of`, `known_at`) for one viewer. `seq` is the last load that it knows."""

    snapshot: Snapshot
    as_of: date
    known_at: datetime
    seq: int
    viewer: Viewer = EVERYONE
    default_reliability: Decimal = DEFAULT_RELIABILITY
    _kinds: dict[str, KindView] = field(default_factory=dict, repr=False)
    _live: dict[int, Mask] = field(default_factory=dict, repr=False)
    _handles: dict[str, Ints] = field(default_factory=dict, repr=False)

    @property
    def ontology(self) -> Ontology:
        """The kinds of this view."""
        return self.snapshot.ontology

    @property
    def version(self) -> str:
        """Changes whenever an answer may: for cursors and caches."""
        return f"{self.seq}.{self.as_of.isoformat()}.{self.viewer.name}"

    @property
    def _day(self) -> int:
        return min(day_of(self.as_of), LAST_AS_OF)

    # how it is made up

    @cached_property
    def moment(self) -> Moment:
        """What resolution depends on."""
        return Moment(self.seq, self._day, self._reliabilities(), self.snapshot.source_ranks, self.viewer)

    def _reliabilities(self) -> npt.NDArray[np.int64]:
        """By source, in millionths: the latest statement known of its Dataset's reliability, whatever day it is about."""
        default = int(self.default_reliability * MILLION)
        found = np.full(len(self.snapshot.source_names), default, np.int64)
        table = self.snapshot.tables.get(DATASET)
        if table is None or not table.rows:
            return found
        rows = np.flatnonzero((table.load_from <= self.seq) & (self.seq < table.load_to) & (table.op == 0)).astype(
            np.int32
        )
        column = table.columns["reliability"]
        assert isinstance(column, Numbers)
        rows = rows[column.stated(rows)]
        order = np.lexsort((table.valid_from[rows], table.load_from[rows]))
        latest = dict(zip(table.number[rows[order]].tolist(), column.take(rows[order]).tolist(), strict=True))
        for code, name in enumerate(self.snapshot.source_names):
            handle = self.snapshot.handle(dataset_id(name))
            found[code] = latest.get(handle & NUMBER_MASK, default) if handle >= 0 else default
        return found

    @cached_property
    def identity(self) -> Identity:
        """Which ids are one record here."""
        table = self.snapshot.tables.get(SAME_AS)
        if table is None or not table.rows:
            return Identity(self.snapshot)
        return Identity.of(self.snapshot, self.kind_view(SAME_AS))

    def kind_view(self, name: str) -> KindView:
        """One kind, resolved; made at first use."""
        found = self._kinds.get(name)
        if found is None:
            code = self.snapshot.codes[name]
            canon = None if name == SAME_AS else self.identity.canon(code)
            found = resolve(self.snapshot.tables[name], canon, self.snapshot.ids[code].order.rank, self.moment)
            self._kinds[name] = found
        return found

    def live(self, code: int) -> Mask:
        """By number, whether a record of this kind is live."""
        found = self._live.get(code)
        if found is None:
            kind = self.snapshot.kinds[code]
            if kind is None:
                found = np.zeros(self.snapshot.ids[code].size, bool)
            else:
                found = self.kind_view(kind.name).own
                size = self.snapshot.ids[code].size
                if found.size < size:
                    found = np.concatenate([found, np.zeros(size - found.size, bool)])
                if kind.is_link:
                    found = self._with_ends(code, found)
            self._live[code] = found
        return found

    def _with_ends(self, code: int, own: Mask) -> Mask:
        source, target = self._ends(code)
        numbers = np.flatnonzero(own)
        good = self._are_live(source[numbers])
        good &= self._are_live(target[numbers])
        out = np.zeros(own.size, bool)
        out[numbers[good]] = True
        return out

    def _ends(self, code: int) -> tuple[Ints, Ints]:
        ids = self.snapshot.links(code)
        if not self.identity.nodes:
            return ids.source, ids.target
        return self.identity.of_handles(ids.source), self.identity.of_handles(ids.target)

    def _are_live(self, handles: Ints) -> Mask:
        """For each canonical handle, whether it is live; -1 is not."""
        if not handles.size:
            return np.zeros(0, bool)
        codes = handles >> KIND_SHIFT
        first = int(codes[0])
        if first >= 0 and (codes == first).all():
            return np.asarray(self.live(first)[handles & NUMBER_MASK])
        out = np.zeros(handles.size, bool)
        for code in np.unique(codes).tolist():
            if code >= 0:
                here = codes == code
                out[here] = self.live(code)[handles[here] & NUMBER_MASK]
        return out

    # ids

    def find(self, identifier: str) -> int:
        """The handle of the live record with this id, or that this id has become; -1 when there is none."""
        handle = self.locate(identifier)
        return handle if handle >= 0 and self.is_live(handle) else -1

    def locate(self, identifier: str) -> int:
        """The handle that this id answers to here, live or not; -1 when nothing ever mentioned it."""
        return self.identity.find(identifier)

    def is_live(self, handle: int) -> bool:
        """Whether a record is live for questions."""
        return handle >= 0 and bool(self.live(handle >> KIND_SHIFT)[handle & NUMBER_MASK])

    def is_in_force(self, handle: int) -> bool:
        """Whether a statement contributes to the record and none ends it: it may be INCOMPLETE, or a link to nowhere."""
        kind = self.snapshot.kinds[handle >> KIND_SHIFT] if handle >= 0 else None
        if kind is None:
            return False
        in_force, number = self.kind_view(kind.name).in_force, handle & NUMBER_MASK
        return number < in_force.size and bool(in_force[number])

    def require(self, identifier: str, *kinds: str) -> int:
        """The handle of the live record with this id, which is of one of these kinds (concrete or abstract; none given: any).

        Raises
        ------
        InvalidIdentifier
            It has no form of an id.
        InvalidInput
            It is of another kind.
        NotFound
            There is no such record in this view.
        """
        prefix, colon, key = identifier.partition(":")
        if not (prefix and colon and key):
            raise InvalidIdentifier(f"{identifier!r} is not an id; an id looks like enterprise:91410300MA0000000X")
        code = self.snapshot.prefixes.get(prefix, self.snapshot.link_prefixes.get(prefix))
        if code is None:
            raise InvalidIdentifier(
                f"{identifier!r} begins with {prefix!r}, which is no kind; see the ontology for kinds"
            )
        kind = self._kind(code)
        if kinds and not any(_is_a(kind, name) for name in kinds):
            raise InvalidInput(f"{identifier} is of kind {kind.name}; give an id of {' or '.join(kinds)}")
        handle = self.locate(identifier)
        if handle >= 0 and self.is_live(handle):
            return handle
        when = f"on {self.as_of.isoformat()} as known at {self.known_at.isoformat()}"
        if handle >= 0 and self.is_in_force(handle):
            missing = ", ".join(kind.by_name[name].graph_name for name in self.missing_fields(handle))
            reason = f"lacks {missing}" if missing else "has an end that is not there"
            raise NotFound(f"{identifier} {reason} {when}, so no question is asked of it; load what is missing")
        raise NotFound(f"there is no {identifier} {when}; search for it by name, or ask for another day")

    def id_of(self, handle: int) -> str:
        """The canonical id of a handle."""
        code, number = handle >> KIND_SHIFT, handle & NUMBER_MASK
        ids = self.snapshot.ids[code]
        if isinstance(ids, LinkIds) and self.identity.nodes and (links := self.identity.links(code)) is not None:
            key = int(links.key[number])
            source, target = (self.snapshot.id_of(int(ends[number])) for ends in (links.source, links.target))
            return link_id(ids.prefix, source, target, None if key < 0 else str(links.texts[key]))
        return self.snapshot.id_of(handle)

    def ids_of(self, handles: Ints) -> list[str]:
        """The canonical ids of these handles, in their order; of a link to nowhere too."""
        return list(self._ids(handles).to_list())

    def _ids(self, handles: Ints) -> pl.Series:
        if self.identity.nodes and handles.size:
            codes = np.unique(handles >> KIND_SHIFT)
            if any(isinstance(self.snapshot.ids[code], LinkIds) for code in codes.tolist() if code >= 0):
                return pl.Series(
                    "", [None if handle < 0 else self.id_of(handle) for handle in handles.tolist()], dtype=pl.String
                )
        return self.snapshot.ids_of(handles)

    def kind_of(self, handle: int) -> KindSpec:
        """The kind of a record."""
        return self._kind(handle >> KIND_SHIFT)

    def has_kind(self, handle: int, name: str) -> bool:
        """Whether a record is of a kind, or of a kind below an abstract one."""
        return _is_a(self.kind_of(handle), name)

    def _kind(self, code: int) -> KindSpec:
        kind = self.snapshot.kinds[code]
        if kind is None:
            raise InvalidInput("ids of unknown kinds have no records; see the ontology for kinds")
        return kind

    # one record

    def record(self, handle: int) -> Record:
        """The record, resolved. References are canonical ids, also where nothing is there; what nobody states is None.

        Raises NotFound when no statement contributes to it.
        """
        kind, number = self.kind_of(handle), handle & NUMBER_MASK
        view = self.kind_view(kind.name)
        if not view.statements(number).size:
            raise NotFound(
                f"nothing is stated of {self.id_of(handle)} on {self.as_of.isoformat()}; ask for another day"
            )
        columns = view.table.all_columns
        values: dict[str, Any] = {"id": self.id_of(handle)}
        for spec in kind.fields:
            if columns[spec.name].blank:
                values[spec.name] = _empty(spec)
            else:
                values[spec.name] = self._value(view.table, view.row_of(number, spec), spec)
        return kind.record(**values)

    def value(self, handle: int, field: str) -> Any:
        """One field of a record, by its Python name, as `record` has it."""
        kind = self.kind_of(handle)
        if field == "id":
            return self.id_of(handle)
        view, spec = self.kind_view(kind.name), _field(kind, field)
        return self._value(view.table, view.row_of(handle & NUMBER_MASK, spec), spec)

    def _value(self, table: Table, row: int, spec: FieldSpec) -> Any:
        if row < 0:
            return _empty(spec)
        column = table.all_columns[spec.name]
        first = column.at(row)  # type: ignore[attr-defined]
        if first is None:
            return _empty(spec)
        match spec.holds:
            case FieldType.REF:
                return Ref(self.snapshot.id_of(self._canonical(table.kind, first)))
            case FieldType.DATE:
                return date.fromordinal(first + EPOCH_ORDINAL)
            case FieldType.BOOL:
                return bool(first)
            case FieldType.TERM:
                assert spec.term is not None
                return spec.term.__members__.get(first)
        rest = (table.columns[item.name].at(row) for item in spec.columns[1:])  # type: ignore[attr-defined]
        return from_stored(spec, (first, *rest))

    def _canonical(self, kind: KindSpec, handle: int) -> int:
        return handle if kind.name == SAME_AS else self.identity.of_handle(handle)

    def ref(self, handle: int, field: str) -> int:
        """The handle of the live record to which a reference field refers; -1 when there is none."""
        kind = self.kind_of(handle)
        view, spec = self.kind_view(kind.name), _field(kind, field)
        raw = view.table.columns[spec.name].at(view.row_of(handle & NUMBER_MASK, spec))  # type: ignore[attr-defined]
        if raw is None:
            return -1
        target = self.identity.of_handle(raw)
        return target if self.is_live(target) else -1

    def holders(self, kind: str, field: str, target: int) -> Ints:
        """The live records of `kind` (concrete) whose `field` refers to `target`, in id order; empty when there are none."""
        return self.expand(kind, field, np.array([target], np.int64))[1]

    def missing_fields(self, handle: int) -> tuple[str, ...]:
        """The required fields that nobody states of a record, by Python name; empty: it is complete."""
        kind = self.kind_of(handle)
        view, number = self.kind_view(kind.name), handle & NUMBER_MASK
        return tuple(
            spec.name
            for spec in kind.required
            if (row := view.row_of(number, spec)) < 0 or not view.table.stated(spec, np.array([row], np.int32))[0]
        )

    # columns

    def handles(self, kind: str) -> Ints:
        """The live records of a concrete kind, in id order."""
        found = self._handles.get(kind)
        if found is None:
            code = self.snapshot.codes[kind]
            order = self._order(code).numbers
            found = handles_of(code, order[self.live(code)[order]])
            found.flags.writeable = False
            self._handles[kind] = found
        return found

    def _order(self, code: int) -> Any:
        links = self.identity.links(code) if self.identity.nodes else None
        return self.snapshot.ids[code].order if links is None else links.order

    def incomplete(self, kind: str) -> Ints:
        """The records of a kind that are in force but lack a required field, in id order: no question sees them."""
        code, view = self.snapshot.codes[kind], self.kind_view(kind)
        order = self._order(code).numbers
        order = order[order < view.own.size]
        return handles_of(code, order[(view.in_force & ~view.own)[order]])

    def _of_one_kind(self, handles: Ints, name: str) -> tuple[KindView, FieldSpec, npt.NDArray[np.integer]]:
        kind = self.kind_of(int(handles[0]))
        return self.kind_view(kind.name), _field(kind, name), handles & NUMBER_MASK

    def ints(self, handles: Ints, field: str) -> Ints:
        """A field of many records of one kind as whole numbers, NOT_STATED where it is null.

        Money in 分, decimals in millionths, dates as days since 1970-01-01, flags as 0 and 1, codes as places in their list.
        """
        if not handles.size:
            return np.empty(0, np.int64)
        view, spec, numbers = self._of_one_kind(handles, field)
        column = view.table.all_columns[spec.name]
        rows = view.rows_of(numbers, spec)
        match column:
            case Codes() if spec.term is not None:
                members = [*spec.term.__members__]
                places = [members.index(word) if word in members else NOT_STATED for word in column.words]
                return np.array([*places, NOT_STATED], np.int64)[column.numbers.take(rows).astype(np.int64)]
            case Numbers() if spec.holds is not FieldType.REF:
                values = column.take(rows)
                if column.null == NOT_STATED:
                    return values.astype(np.int64, copy=False)
                return np.where(values == column.null, NOT_STATED, values.astype(np.int64))
        raise InvalidInput(f"{view.table.kind.name}.{field} holds no numbers; ask for its texts or refs")

    def currencies(self, handles: Ints, field: str) -> list[str | None]:
        """The currency of each amount of a money field; None where no amount is stated."""
        if not handles.size:
            return []
        view, spec, numbers = self._of_one_kind(handles, field)
        if spec.holds is not FieldType.MONEY:
            raise InvalidInput(f"{view.table.kind.name}.{field} holds no money")
        rows = view.rows_of(numbers, spec)
        stated = view.table.stated(spec, rows)
        codes = view.table.codes(spec.columns[1].name)
        words = [*codes.words, "CNY"]
        return [words[code] if here else None for code, here in zip(codes.numbers.take(rows), stated, strict=True)]

    def texts(self, handles: Ints, field: str) -> pl.Series:
        """A field of many records of one kind as texts: of codes their names, of lists the items joined by SEPARATOR."""
        if not handles.size:
            return pl.Series("", [], dtype=pl.String)
        if field == "id":
            return self._ids(handles)
        view, spec, numbers = self._of_one_kind(handles, field)
        column = view.table.all_columns[spec.name]
        rows = view.rows_of(numbers, spec)
        match column:
            case Texts():
                return column.take(rows)
            case Codes():
                return gather(pl.Series("", list(column.words), dtype=pl.String), column.numbers.take(rows))
            case Numbers() if spec.columns[0].storage is Storage.REF:
                targets = column.take(rows).astype(np.int64)
                return self.snapshot.ids_of(
                    targets if view.table.kind.name == SAME_AS else self.identity.of_handles(targets)
                )
        raise InvalidInput(f"{view.table.kind.name}.{field} holds no texts; ask for its ints")

    def refs(self, handles: Ints, field: str) -> Ints:
        """The handles of the live records to which a reference field of many records of one kind refers; -1: none."""
        if not handles.size:
            return np.empty(0, np.int64)
        view, spec, numbers = self._of_one_kind(handles, field)
        if spec.holds is not FieldType.REF:
            raise InvalidInput(f"{view.table.kind.name}.{field} is no reference")
        targets = self.identity.of_handles(view.numbers(spec, numbers).astype(np.int64, copy=False))
        return np.where(self._are_live(targets), targets, -1)

    def rank(self, handles: Ints) -> Ints:
        """A number for each record of one kind that orders it by id."""
        if not handles.size:
            return np.empty(0, np.int64)
        return np.asarray(self._order(int(handles[0]) >> KIND_SHIFT).rank[handles & NUMBER_MASK].astype(np.int64))

    def expand(self, kind: str, field: str, targets: Ints) -> tuple[Ints, Ints]:
        """One hop back over a reference: for each pair the place of its target in `targets`, and the live record of `kind`
        (concrete) whose `field` refers to it. By place, then in id order; empty when there is nothing.
        """
        code, spec = self.snapshot.codes[kind], _field(self.ontology[kind], field)
        targets = np.asarray(targets, np.int64)
        places: list[Ints] = []
        found: list[npt.NDArray[np.integer]] = []
        live_target = self._are_live(targets)
        codes = targets >> KIND_SHIFT
        mixed = False
        for target_code in np.unique(codes[live_target]).tolist():
            adjacency = self.snapshot.edges.get((kind, spec.name, target_code))
            if adjacency is None:
                continue
            mine = np.flatnonzero(live_target & (codes == target_code))
            at, members = self.identity.expanded(target_code, targets[mine] & NUMBER_MASK)
            mixed |= bool(places) or members.size > mine.size
            pairs, holders = adjacency.expand(members)
            kept, held_by = self._kept(
                code, spec, holders, members[pairs].astype(np.int64) | (target_code << KIND_SHIFT)
            )
            places.append(mine[at[pairs[kept]]])
            found.append(held_by)
        if not places:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        at, numbers = (places[0], found[0]) if len(places) == 1 else (np.concatenate(places), np.concatenate(found))
        if mixed or self.identity.canon(code) is not None:
            order = lexsort_pairs(at, self._order(code).rank[numbers])
            at, numbers = at[order], numbers[order]
            fresh = np.ones(at.size, bool)
            fresh[1:] = (at[1:] != at[:-1]) | (numbers[1:] != numbers[:-1])
            at, numbers = at[fresh], numbers[fresh]
        return at, numbers.astype(np.int64) | (code << KIND_SHIFT)

    def _kept(self, code: int, spec: FieldSpec, holders: Rows, targets: Ints) -> tuple[npt.NDArray[np.intp], Rows]:
        """The places of candidate pairs that hold, and the canonical numbers of their holders."""
        canon = None if self._kind(code).name == SAME_AS else self.identity.canon(code)
        numbers = holders if canon is None else canon[holders]
        kept = np.flatnonzero(self.live(code)[numbers])
        numbers = numbers[kept]
        view = self.kind_view(self._kind(code).name)
        same = view.numbers(spec, numbers) == targets[kept]
        return kept[same], numbers[same]

    # evidence

    def statements(self, handle: int) -> list[StatementView]:
        """The contributing statements of a record, the first to be believed first; empty when there are none."""
        kind = self.kind_of(handle)
        view = self.kind_view(kind.name)
        return [self._statement(view.table, row) for row in view.statements(handle & NUMBER_MASK).tolist()]

    def _statement(self, table: Table, row: int) -> StatementView:
        kind = table.kind
        values = {spec.name: self._as_stated(table, row, spec) for spec in kind.fields}
        handle = self.snapshot.codes[kind.name] << KIND_SHIFT | int(table.number[row])
        source, load = int(table.source[row]), int(table.load_from[row])
        confidence = table.columns[CONFIDENCE].at(row)  # type: ignore[attr-defined]
        return StatementView(
            self.snapshot.source_names[source],
            decimal(int(self.moment.reliability[source])),
            table.columns[LOCATOR].at(row),  # type: ignore[attr-defined]
            None if confidence is None else decimal(confidence),
            self.snapshot.load(load).recorded_at,
            load,
            _date(int(table.valid_from[row])),
            kind.record(**{"id": self.snapshot.id_of(handle), **values}),
        )

    def _as_stated(self, table: Table, row: int, spec: FieldSpec) -> Any:
        if spec.holds is FieldType.REF:
            raw = table.columns[spec.name].at(row)  # type: ignore[attr-defined]
            return None if raw is None else Ref(self.snapshot.id_of(raw))
        return self._value(table, row, spec)

    def conflicts(self, handle: int) -> list[Conflict]:
        """The fields of which a record's statements give different values, in order of declaration; empty: they agree.

        References to ids that are one record agree, and so do amounts that are printed differently.
        """
        kind = self.kind_of(handle)
        view = self.kind_view(kind.name)
        rows = view.statements(handle & NUMBER_MASK)
        found: list[Conflict] = []
        if rows.size < 2:
            return found
        for spec in kind.fields:
            if spec.name in ("valid_from", "marking", "marking_owner"):
                continue
            stated = view.table.stated(spec, rows)
            empty = view.table.stated_empty(spec, rows)
            values = []
            for place, row in enumerate(rows.tolist()):
                if stated[place]:
                    values.append(
                        (self.snapshot.source_names[int(view.table.source[row])], self._value(view.table, row, spec))
                    )
                elif empty is not None and empty[place]:
                    values.append((self.snapshot.source_names[int(view.table.source[row])], None))
            if len({_comparable(spec, value) for _, value in values}) > 1:
                found.append(Conflict(spec.name, tuple(values)))
        return found


def dataset_id(source: str) -> str:
    """The id of the Dataset record about a source."""
    return source if source.startswith("dataset:") else make_id("dataset", source)


def lexsort_pairs(first: npt.NDArray[np.integer], second: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
    """The places in order of the first, then the second."""
    return np.lexsort((second, first))


def _is_a(kind: KindSpec, name: str) -> bool:
    return name in (kind.name, *kind.bases) or name == ("Link" if kind.is_link else "Node")


def _field(kind: KindSpec, name: str) -> FieldSpec:
    spec = kind.by_name.get(name)
    if spec is None:
        raise InvalidInput(f"{kind.name} has no field {name}; it has {', '.join(kind.by_name)}")
    return spec


def _empty(spec: FieldSpec) -> Any:
    return () if spec.holds in (FieldType.TEXTS, FieldType.TERMS) else None


def _date(day: int) -> date | None:
    return None if day == FIRST else date.fromordinal(day + EPOCH_ORDINAL)


def _comparable(spec: FieldSpec, value: Any) -> Any:
    if value is None or spec.holds is not FieldType.MONEY:
        return value
    return value.minor, value.currency
