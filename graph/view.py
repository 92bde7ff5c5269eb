"""A view: the graph as it was on a day, as it was known at a time, and as its viewer may see it. Every question is asked of one.

Records are named by **handles**: numbers that hold within one view and are never shown. Methods take canonical handles and give
canonical handles, each once; whatever order is visible is that of ids. A record is *live* for questions while it is in force, states
every required field and is visible; a link only while both its ends are live.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.errors import InvalidIdentifier, InvalidInput, NotFound
from graph.evidence import Conflict, StatementView, conflicts_of, statements_of
from graph.fields import FieldSpec, FieldType, Storage
from graph.ontology import KindSpec
from graph.records import Record
from graph.resolution import NOTHING, KindView
from graph.same_as import SAME_AS
from graph.snapshot_columns import NOT_STATED, Codes, Ints, Numbers, Rows, Texts, gather
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK, LinkIds, handles_of, kinds_in, lexsort, link_id
from graph.snapshot_table import day_of
from graph.view_state import DEFAULT_RELIABILITY, LAST_AS_OF, ViewState, dataset_id
from graph.what_if import Change, carried, changed

__all__ = [
    "DEFAULT_RELIABILITY",
    "LAST_AS_OF",
    "NOT_STATED",
    "Conflict",
    "StatementView",
    "View",
    "dataset_id",
    "day_of",
]


@dataclass(eq=False)
class View(ViewState):
    """What may be asked of the graph at (`as_of`, `known_at`) for one viewer. `seq` is the last load that it knows."""

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

    def require(self, identifier: str, *kinds: str, at: str = "") -> int:
        """The handle of the live record with this id, which is of one of these kinds (concrete or abstract; none given: any).

        `at` the place in the question where the id stands, for the message.

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
        place = f"{at}: " if at else ""
        if not (prefix and colon and key):
            raise InvalidIdentifier(
                f"{place}{identifier!r} is not an id; an id looks like enterprise:91410300MA0000000X"
            )
        code = self.snapshot.prefixes.get(prefix, self.snapshot.link_prefixes.get(prefix))
        if code is None:
            raise InvalidIdentifier(
                f"{place}{identifier!r} begins with {prefix!r}, which is no kind; see the ontology for kinds"
            )
        kind = self.kind(code)
        if kinds and not any(_is_a(kind, name) for name in kinds):
            raise InvalidInput(f"{place}{identifier} is of kind {kind.name}; give an id of {' or '.join(kinds)}")
        handle = self.locate(identifier)
        if handle >= 0 and self.is_live(handle):
            return handle
        when = f"on {self.as_of.isoformat()} as known at {self.known_at.isoformat()}"
        if handle >= 0 and self.is_in_force(handle):
            missing = ", ".join(kind.by_name[name].graph_name for name in self.missing_fields(handle))
            reason = f"lacks {missing}" if missing else "has an end that is not there"
            raise NotFound(f"{place}{identifier} {reason} {when}, so no question is asked of it; load what is missing")
        raise NotFound(f"{place}there is no {identifier} {when}; search for it by name, or ask for another day")

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
        found = self.snapshot.ids_of(handles)
        if not self.identity.nodes:
            return found
        codes = handles >> KIND_SHIFT
        for code in np.unique(codes).tolist():
            ids = self.snapshot.ids[code] if code >= 0 else None
            links = self.identity.links(code) if isinstance(ids, LinkIds) else None
            if isinstance(ids, LinkIds) and links is not None:
                here = np.flatnonzero(codes == code)
                numbers = handles[here] & NUMBER_MASK
                keys = gather(links.texts, links.key[numbers])
                made = self.snapshot.link_ids(ids, links.source[numbers], links.target[numbers], keys)
                found = found.scatter(here, made)
        return found

    def kind_of(self, handle: int) -> KindSpec:
        """The kind of a record."""
        return self.kind(handle >> KIND_SHIFT)

    def has_kind(self, handle: int, name: str) -> bool:
        """Whether a record is of a kind, or of a kind below an abstract one."""
        return _is_a(self.kind_of(handle), name)

    # one record

    def record(self, handle: int) -> Record:
        """The record, resolved. References are canonical ids, also where nothing is there; what nobody states is None.

        Raises NotFound when no statement contributes to it.
        """
        kind, number = self.kind_of(handle), handle & NUMBER_MASK
        view = self.kind_view(kind.name)
        if number >= view.row.size or view.row[number] == NOTHING:
            raise NotFound(
                f"nothing is stated of {self.id_of(handle)} on {self.as_of.isoformat()}; ask for another day"
            )
        table, id_of = view.table, self._id_of_ref(kind)
        values = {"id": self.id_of(handle), **table.blank_values}
        row = int(view.row[number])
        for name, spec, cell in table.stated_cells:
            values[name] = cell(row if row >= 0 else view.row_of(number, spec), id_of)
        return kind.record(**values)

    def value(self, handle: int, field: str) -> Any:
        """One field of a record, by its Python name, as `record` has it."""
        kind = self.kind_of(handle)
        if field == "id":
            return self.id_of(handle)
        view, spec = self.kind_view(kind.name), _field(kind, field)
        return view.table.value(view.row_of(handle & NUMBER_MASK, spec), spec, self._id_of_ref(kind))

    def _id_of_ref(self, kind: KindSpec) -> Callable[[int], str]:
        snapshot = self.snapshot
        if kind.name == SAME_AS or not self.identity.nodes:
            return snapshot.id_of
        return lambda ref: snapshot.id_of(self.identity.of_handle(ref))

    def ref(self, handle: int, field: str) -> int:
        """The handle of the live record to which a reference field refers; -1 when there is none."""
        kind = self.kind_of(handle)
        view, spec = self.kind_view(kind.name), _field(kind, field)
        raw = view.table.columns[spec.name].at(view.row_of(handle & NUMBER_MASK, spec))
        if raw is None:
            return -1
        target = self.identity.of_handle(raw)
        return target if self.is_live(target) else -1

    def holders(self, kind: str, field: str, target: int) -> Ints:
        """The live records of `kind` (concrete) whose `field` refers to `target`, in id order; empty when there are none."""
        code, spec = self.snapshot.codes[kind], _field(self.ontology[kind], field)
        adjacency = self.snapshot.edges.get((kind, spec.name, target >> KIND_SHIFT))
        if adjacency is None or not self.is_live(target):
            return np.empty(0, np.int64)
        identity, number = self.identity, target & NUMBER_MASK
        if identity.nodes and (
            identity.stands_for_more(target >> KIND_SHIFT, number) or identity.canon(code) is not None
        ):
            return self.expand(kind, field, np.array([target], np.int64))[1]
        numbers = adjacency.of(number)
        if not numbers.size:
            return np.empty(0, np.int64)
        view = self.kind_view(kind)
        good = self.live(code)[numbers]
        good &= view.numbers(spec, numbers) == target
        return numbers[good].astype(np.int64) | (code << KIND_SHIFT)

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
            order = self.order(code).numbers
            found = handles_of(code, order[self.live(code)[order]])
            found.flags.writeable = False
            self._handles[kind] = found
        return found

    def incomplete(self, kind: str) -> Ints:
        """The records of a kind that are in force but lack a required field, in id order: no question sees them."""
        code, view = self.snapshot.codes[kind], self.kind_view(kind)
        order = self.order(code).numbers
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
        return np.where(self.are_live(targets), targets, -1)

    def rank(self, handles: Ints) -> Ints:
        """A number for each record of one kind that orders it by id."""
        if not handles.size:
            return np.empty(0, np.int64)
        return np.asarray(self.order(int(handles[0]) >> KIND_SHIFT).rank[handles & NUMBER_MASK].astype(np.int64))

    def expand(self, kind: str, field: str, targets: Ints) -> tuple[Ints, Ints]:
        """One hop back over a reference: for each pair the place of its target in `targets`, and the live record of `kind`
        (concrete) whose `field` refers to it. By place, then in id order; empty when there is nothing.
        """
        code, spec = self.snapshot.codes[kind], _field(self.ontology[kind], field)
        targets = np.asarray(targets, np.int64)
        places: list[Ints] = []
        found: list[npt.NDArray[np.integer]] = []
        live_target = self.are_live(targets)
        codes = targets >> KIND_SHIFT
        mixed = False
        for target_code in kinds_in(targets[live_target]):
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
            order = lexsort((at, self.order(code).rank[numbers]))
            at, numbers = at[order], numbers[order]
            fresh = np.ones(at.size, bool)
            fresh[1:] = (at[1:] != at[:-1]) | (numbers[1:] != numbers[:-1])
            at, numbers = at[fresh], numbers[fresh]
        return at, numbers.astype(np.int64) | (code << KIND_SHIFT)

    def _kept(self, code: int, spec: FieldSpec, holders: Rows, targets: Ints) -> tuple[npt.NDArray[np.intp], Rows]:
        """The places of candidate pairs that hold, and the canonical numbers of their holders."""
        canon = None if self.kind(code).name == SAME_AS else self.identity.canon(code)
        numbers = holders if canon is None else canon[holders]
        kept = np.flatnonzero(self.live(code)[numbers])
        numbers = numbers[kept]
        view = self.kind_view(self.kind(code).name)
        same = view.numbers(spec, numbers) == targets[kept]
        return kept[same], numbers[same]

    # what if

    def with_changes(self, changes: Sequence[Change], *, trusted: bool = False) -> View:
        """The view as it would be with these changes; see `graph.what_if.changed`. Nothing is written, and this view stays."""
        return changed(self, changes, trusted=trusted)

    def on(self, day: date) -> View:
        """What is known here as it is on another day, a what-if with those of its changes that can be meant on it.

        Cost: kinds are resolved again when asked for.
        """
        base = self if self.before is None else self.before
        return carried(base.unresolved_on(day), self.changes)

    # evidence

    def statements(self, handle: int) -> list[StatementView]:
        """The contributing statements of a record, the first to be believed first; empty when there are none."""
        return statements_of(self, handle)

    def conflicts(self, handle: int) -> list[Conflict]:
        """The fields of which a record's statements give different values, in order of declaration; empty: they agree.

        References to ids that are one record agree, and so do amounts that are printed differently.
        """
        return conflicts_of(self, handle)


def _is_a(kind: KindSpec, name: str) -> bool:
    return name in (kind.name, *kind.bases) or name == ("Link" if kind.is_link else "Node")


def _field(kind: KindSpec, name: str) -> FieldSpec:
    spec = kind.by_name.get(name)
    if spec is None:
        raise InvalidInput(f"{kind.name} has no field {name}; it has {', '.join(kind.by_name)}")
    return spec
