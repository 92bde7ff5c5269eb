"""What-ifs: a view as it would be if some records were set, added or removed. Nothing is written.

The changes become statements of a source of their own that outweighs every other, laid over the view's snapshot by the path that a
refresh takes; what is removed, and what an added record had before, is known no more. So every question asks a what-if as it asks
any view, and every value that is assumed says so by its source.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from graph.batch import Batch, Rejection
from graph.blocks import ID, LOAD, LOCATOR, NONE, OP, Op, conform, frame_schema
from graph.errors import InvalidInput, LimitExceeded, NotFound
from graph.fields import SEPARATOR
from graph.log import ASSUMED, Counts, Load, LoadHeader
from graph.ontology import KindSpec
from graph.same_as import SAME_AS
from graph.snapshot_columns import Rows
from graph.snapshot_extend import extended
from graph.snapshot_reading import Reading
from graph.snapshot_rows import distinct
from graph.snapshot_table import Table
from graph.validation import check, link_ids, with_ids
from graph.values import to_stored
from graph.view_state import DATASET

if TYPE_CHECKING:
    from graph.view import View

MAX_CHANGES: Final = 100
"""Changes of one what-if."""
MAX_SIZE: Final = 200_000
"""Characters of all their values together."""


@dataclass(frozen=True, slots=True)
class Set:
    """Fields of a record as they are to be, by Python name; None: known to be empty. What is left out stays as it is."""

    id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Add:
    """A record of a kind (by class name) that is to be there; `id` among the fields of a node, else its identity fields give it."""

    kind: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Remove:
    """A record that is to be gone; what refers to it then refers to nothing."""

    id: str


Change = Set | Add | Remove


def changed(view: View, changes: Sequence[Change], *, trusted: bool = False) -> View:
    """The view as it would be with these changes, taken one after the other. The view itself stays as it is.

    Asked of a what-if, the changes come on top of its own; ids are those of the view before any of them. `trusted`: they are known to
    keep the ontology, and name whole ids, so that values are not looked at again. Cost: about that of a refresh by as many rows.

    Raises
    ------
    LimitExceeded
        More than `MAX_CHANGES` changes, or more than `MAX_SIZE` characters.
    InvalidInput, NotFound
        A change that cannot be meant; the message names its place (`changes[2].set.fields.limit`), the value and the remedy.
    """
    if not changes:
        return view
    if len(changes) > MAX_CHANGES:
        raise LimitExceeded(f"changes has {len(changes)} changes; at most {MAX_CHANGES} in one what-if")
    size = len(repr(tuple(changes)))
    if size > MAX_SIZE:
        raise LimitExceeded(f"changes has {size:,} characters; at most {MAX_SIZE:,} in one what-if")
    base = view if view.before is None else view.before
    everything = (*view.changes, *changes)
    plan = _Plan(base, first=-len(view.changes))
    for change in everything:
        plan.take(change)
    return _laid_over(base, plan, everything, trusted)


def carried(view: View, changes: Sequence[Change]) -> View:
    """The view with the changes of a what-if of another day; one that cannot be meant on the view's own day changes nothing."""
    if not changes:
        return view
    plan = _Plan(view, first=0)
    for change in changes:
        with contextlib.suppress(InvalidInput, NotFound):
            plan.take(change)
    return _laid_over(view, plan, tuple(changes), trusted=True)


@dataclass(slots=True)
class _Row:
    """A record as it is to be: `place` of the change that says so; `values` by field; `adds` where nothing else states it."""

    kind: KindSpec
    id: str
    place: str
    values: dict[str, Any]
    adds: bool
    starts: date | None = None


@dataclass(slots=True)
class _Plan:
    """What changes come to: rows by id, and the records of the view that are gone, by handle."""

    view: View
    first: int
    rows: dict[str, _Row] = field(default_factory=dict)
    gone: dict[int, str] = field(default_factory=dict)

    def take(self, change: Change) -> None:
        """Take one more change."""
        name = f"changes[{max(self.first, 0)}].{type(change).__name__.lower()}"
        self.first += 1
        match change:
            case Set(identifier, fields):
                self._set(identifier, fields, name)
            case Add(kind, fields):
                self._add(kind, fields, name)
            case Remove(identifier):
                self._remove(identifier, name)

    def known(self, identifier: str) -> str | None:
        """The id under which a record is there with the changes taken so far; None: it is not."""
        if identifier in self.rows:
            return identifier
        handle = self.view.locate(identifier)
        if handle < 0 or handle in self.gone or not self.view.is_in_force(handle):
            own = "" if handle < 0 else self.view.id_of(handle)
            return own if own in self.rows else None
        return self.view.id_of(handle)

    def _set(self, identifier: str, fields: Mapping[str, Any], place: str) -> None:
        canonical = self._require(identifier, place)
        row = self.rows.get(canonical)
        kind = self._kind_of(canonical) if row is None else row.kind
        fixed = {"id", "source", "target", *kind.key} if kind.is_link else {"id"}
        for name in fields:
            _check_field(kind, name, place)
            if name in fixed:
                raise InvalidInput(
                    f"{place}.fields.{_shown(kind, name)}: {identifier} would be another record; "
                    "remove it, and add the other"
                )
        if row is None:
            row = self.rows[canonical] = self._existing(kind, canonical, place)
        row.place = place
        row.values.update(fields)
        self._dated(row)

    def _add(self, name: str, fields: Mapping[str, Any], place: str) -> None:
        kind = self.view.ontology.kinds.get(name)
        if kind is None:
            raise InvalidInput(f"{place}.kind {name!r} is no kind; see the ontology for kinds")
        for given in fields:
            _check_field(kind, given, place, with_id=not kind.is_link)
        values = {given: value for given, value in fields.items() if value is not None}
        missing = [spec.graph_name for spec in kind.required if values.get(spec.name) is None]
        if missing:
            raise InvalidInput(
                f"{place}.fields lacks {', '.join(missing)}; without it no question would see the {kind.name}"
            )
        row = _Row(kind, "", place, values, adds=True)
        row.id = self._id_of(row)
        if self.known(row.id) is not None:
            raise InvalidInput(f"{place}: {row.id} is there already; set its fields instead")
        self._dated(row)
        handle = self.view.locate(row.id)
        if handle >= 0:
            # Whatever was stated of it before, of another time, is no part of the record that is added.
            row.id = self.view.id_of(handle)
            self.gone[handle] = place
        self.rows[row.id] = row

    def _remove(self, identifier: str, place: str) -> None:
        canonical = self._require(identifier, place)
        self.rows.pop(canonical, None)
        handle = self.view.locate(canonical)
        if handle >= 0:
            self.gone[handle] = place

    def _require(self, identifier: str, place: str) -> str:
        canonical = self.known(identifier)
        if canonical is not None:
            return canonical
        handle = self.view.locate(identifier)
        if handle in self.gone:
            raise NotFound(f"{place}: {identifier} is removed by {self.gone[handle]}; leave one of the two out")
        day = self.view.as_of.isoformat()
        raise NotFound(f"{place}: there is no {identifier[:80]} on {day}; add it, or search for it by name")

    def _kind_of(self, identifier: str) -> KindSpec:
        return self.view.kind_of(self.view.locate(identifier))

    def _existing(self, kind: KindSpec, canonical: str, place: str) -> _Row:
        handle = self.view.locate(canonical)
        starts = [one.valid_from for one in self.view.statements(handle) if one.valid_from is not None]
        ends = ("source", "target", *kind.key) if kind.is_link else ()
        values = {name: self.view.value(handle, name) for name in ends}
        return _Row(kind, canonical, place, values, adds=False, starts=max(starts, default=None))

    def _dated(self, row: _Row) -> None:
        """Hold a row's dates to the day of the view: what did not count on it would be assumed in vain."""
        day, place = self.view.as_of, f"{row.place}.fields"
        begins, ends = row.values.get("valid_from"), row.values.get("valid_to")
        if isinstance(begins, date) and begins > day:
            raise InvalidInput(
                f"{place}.validFrom {begins.isoformat()} lies after {day.isoformat()}, the day of the view; "
                "ask the view of a later day, or leave validFrom out"
            )
        if row.adds and isinstance(ends, date) and ends <= day:
            raise InvalidInput(
                f"{place}.validTo {ends.isoformat()}: on {day.isoformat()} the {row.kind.name} would be gone already; "
                "ask the view of an earlier day, or leave validTo out"
            )
        if "valid_to" in row.values and row.starts is not None:
            # The end that counts is that of the latest statement.
            if begins is None:
                row.values["valid_from"] = row.starts
            elif begins < row.starts:
                raise InvalidInput(
                    f"{place}.validFrom {begins.isoformat()} lies before {row.starts.isoformat()}, from when on other sources "
                    "state the record; leave validFrom out"
                )

    def _id_of(self, row: _Row) -> str:
        """The id of what is added, given or by its kind's identity rule."""
        kind, ontology = row.kind, self.view.ontology
        if isinstance(given := row.values.get("id"), str) and given.startswith(f"{kind.prefix}:"):
            return given
        stated = _frame(kind, [row])
        whole = with_ids(conform(kind, stated), kind, ontology, ASSUMED)
        found = (link_ids(whole, kind) if kind.is_link else whole[ID])[0]
        if found is None or (kind.is_link and None in whole.select("source", "target").row(0)):
            _refuse(check(Batch({kind.name: stated}), ontology, ASSUMED).rejections)
        return str(found)


def _laid_over(view: View, plan: _Plan, changes: tuple[Change, ...], trusted: bool) -> View:
    frames: dict[str, pl.DataFrame] = {}
    for kind, rows in _by_kind(plan):
        frame = _frame(kind, rows)
        if not trusted:
            checked = check(Batch({kind.name: frame}), view.ontology, ASSUMED)
            _refuse(checked.rejections)
            frame = checked.kept.frames[kind.name]
            _check_references(plan, rows, frame)
            frame = frame.select(name for name in frame.columns if frame[name].null_count() < frame.height)
        frames[kind.name] = frame.with_columns(pl.Series(LOAD, [view.seq] * frame.height, dtype=pl.Int32))
    assumption = _assumption(view, frames, changes)
    extension = extended(view.snapshot, Reading((assumption,), frames, {}))
    tables, numbers = dict(extension.snapshot.tables), dict(extension.touched or {})
    for name, gone in _gone(view, plan).items():
        tables[name] = _forgetting(tables[name], gone, view.snapshot.tables[name].rows)
        numbers[name] = distinct(np.concatenate([numbers.get(name, np.empty(0, np.int32)), gone]))
    snapshot = replace(extension.snapshot, loads=view.snapshot.loads, tables=tables, assumption=assumption)
    return view.assuming(snapshot, numbers, _touched(view, plan), changes)


def _assumption(view: View, frames: Mapping[str, pl.DataFrame], changes: tuple[Change, ...]) -> Load:
    """What stands for the load of the changes: known as long as the view knows anything, and told apart by what they say."""
    digest = hashlib.sha256("\n".join(map(_text, changes)).encode()).hexdigest()[:16]
    rows = sum(frame.height for frame in frames.values())
    header = LoadHeader(ASSUMED, "", tuple(frames), note="nothing is written")
    return Load(view.seq, digest, view.known_at, header, Counts(stated=rows), (), rows)


def _text(change: Change) -> str:
    match change:
        case Remove(identifier):
            return f"remove {identifier!r}"
        case Set(name, fields) | Add(name, fields):
            return f"{type(change).__name__} {name!r} {sorted(fields.items())!r}"


def _by_kind(plan: _Plan) -> Iterator[tuple[KindSpec, list[_Row]]]:
    found: dict[str, list[_Row]] = {}
    for row in plan.rows.values():
        found.setdefault(row.kind.name, []).append(row)
    for name, rows in found.items():
        yield plan.view.ontology[name], rows


def _frame(kind: KindSpec, rows: Sequence[_Row]) -> pl.DataFrame:
    """The statements of rows of one kind, in the columns that any of them states; where a row stands is its locator."""
    columns: dict[str, list[Any]] = {OP: [Op.STATE.value] * len(rows), LOCATOR: [row.place for row in rows]}
    if not kind.is_link:
        columns[ID] = [row.id or row.values.get("id") for row in rows]
    nothing: list[str | None] = []
    for at, row in enumerate(rows):
        empty = []
        for name, value in row.values.items():
            if name == "id":
                continue
            spec = kind.by_name[name]
            if value is None or value == ():
                empty.append(name)
            for column, stored in zip(spec.columns, to_stored(spec, value), strict=True):
                if stored is not None:
                    columns.setdefault(column.name, [None] * len(rows))[at] = stored
        nothing.append(SEPARATOR.join(sorted(empty)) or None)
    if any(nothing):
        columns[NONE] = nothing
    schema = frame_schema(kind)
    return pl.DataFrame([pl.Series(name, values, dtype=schema[name]) for name, values in columns.items()])


def _check_field(kind: KindSpec, name: str, place: str, *, with_id: bool = True) -> None:
    if name in kind.by_name or (name == "id" and with_id):
        return
    known = ", ".join(spec.graph_name for spec in kind.own())
    raise InvalidInput(f"{place}.fields has {name!r}, which is no field of {kind.name}; it has {known}")


def _shown(kind: KindSpec, name: str) -> str:
    return name if name == "id" else kind.by_name[name].graph_name


def _refuse(rejections: Sequence[Rejection]) -> None:
    """Raise the first of some rejections."""
    for one in rejections:
        raise InvalidInput(f"{one.row}.fields.{one.field} {one.value!r} {one.reason}; {one.remedy}")


def _check_references(plan: _Plan, rows: Sequence[_Row], frame: pl.DataFrame) -> None:
    """Refuse references to what is not there with all the changes; `frame` has the rows in their order."""
    kind = rows[0].kind
    for spec in kind.references:
        stands = spec.name in ("source", "target", *kind.key)
        for row, target in zip(rows, frame[spec.name], strict=True):
            if target is None or (stands and not row.adds) or plan.known(target) is not None:
                continue
            handle = plan.view.locate(target)
            why = f"is removed by {plan.gone[handle]}" if handle in plan.gone else "is not in this view"
            raise NotFound(f"{row.place}.fields.{spec.graph_name} {target[:80]!r} {why}; add it by another change")


def _gone(view: View, plan: _Plan) -> dict[str, Rows]:
    """By kind name, the numbers of all ids of the records that are gone."""
    found: dict[str, list[Rows]] = {}
    for handle in plan.gone:
        found.setdefault(view.kind_of(handle).name, []).append(view.identity.members(handle).astype(np.int32))
    return {name: distinct(np.concatenate(parts)) for name, parts in found.items()}


def _touched(view: View, plan: _Plan) -> frozenset[str] | None:
    """What a question may find otherwise: kinds, and their fields; None: anything, since a record that others may name came or went,
    ids became one, or a source is believed otherwise."""
    found: set[str] = set()
    for row in plan.rows.values():
        kind, handle = row.kind, view.locate(row.id)
        own = row.values.keys() - {"source", "target", *(kind.key if kind.is_link else ())}
        emptied = any(row.values.get(spec.name, spec) is None for spec in kind.required)
        known = handle >= 0 if row.adds else emptied or not view.is_live(handle)
        if known or kind.name in (SAME_AS, DATASET) or {"valid_from", "valid_to"} & row.values.keys():
            return None
        fields = kind.by_name if row.adds else own
        found.update((kind.name, *(f"{kind.name}.{name}" for name in fields)))
    return None if plan.gone else frozenset(found)


def _forgetting(table: Table, numbers: Rows, before: int) -> Table:
    """The table, of which the first `before` rows of these numbers are known at no time."""
    rows = table.rows_of(numbers)
    load_to = table.load_to.copy()
    load_to[rows[rows < before]] = 0
    return replace(table, load_to=load_to, _nothing={})
