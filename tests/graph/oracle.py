"""What a log comes to, worked out slowly in plain Python: the rules of resolution with no columns, numbers or masks.

It shares nothing with the snapshot but the record classes and the form of ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from graph.fields import FieldType
from graph.identifiers import escape, rung
from graph.ontology import KindSpec, Ontology
from graph.records import Link, Record, Ref

STATE, END, RETRACT = "STATE", "END", "RETRACT"
SILENT = frozenset({"valid_from", "marking", "marking_owner"})


@dataclass(frozen=True)
class Row:
    """One row of a load; of an END and a RETRACT only the record's key counts. An undo states a row with the end that it had."""

    record: Record
    op: str = STATE
    until: date | None = None
    none: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """One load: its source and rows; or the withdrawal of the source."""

    source: str
    rows: tuple[Row, ...] = ()
    withdrawal: bool = False


@dataclass
class Version:
    """A row with when it was known, and its validFrom as it counts (date.min: unstated)."""

    row: Row
    source: str
    valid_from: date
    seq: int
    until: date = date.max
    values: Record | None = None
    none: tuple[str, ...] = ()
    gone: int | None = None


@dataclass
class Resolved:
    """A record at a moment."""

    id: str
    kind: KindSpec
    record: Record
    versions: list[Version]
    in_force: bool
    missing: tuple[str, ...]
    live: bool = False


def key_text(kind: KindSpec, record: Record) -> str | None:
    """What ends the id of a link, from its key fields."""
    parts = []
    for name in kind.key:
        value = getattr(record, name)
        if value is not None:
            parts.append(escape(str(value)))
    return ":".join(parts) or None


def id_of(kind: KindSpec, record: Record) -> str:
    """The id under which a record was stated."""
    if not isinstance(record, Link):
        return record.id
    parts = [kind.prefix, escape(record.source), escape(record.target)]
    text = key_text(kind, record)
    return ":".join(parts if text is None else [*parts, text])


def order_of(kind: KindSpec, record: Record) -> tuple[str, ...]:
    """What ids are ordered by: of links part by part."""
    if isinstance(record, Link):
        return (str(record.source), str(record.target), key_text(kind, record) or "")
    return (record.id,)


@dataclass
class Oracle:
    """All that is known after the loads, as of a day."""

    ontology: Ontology
    loads: Sequence[Loaded]
    as_of: date
    seq: int
    histories: dict[tuple[str, str], list[Version]] = field(default_factory=dict)
    records: dict[str, Resolved] = field(default_factory=dict)
    canon: dict[str, str] = field(default_factory=dict)
    answers_to: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The last day stands for an open end, and reads as the day before.
        self.as_of = min(self.as_of, date(9999, 12, 30))
        for seq, loaded in enumerate(self.loads[: self.seq], start=1):
            self._add(seq, loaded)
        self._reliability = {name: self._reliability_of(name) for name in {loaded.source for loaded in self.loads}}
        same = self._resolve("SameAs")
        self._merge([item.record for item in same.values() if item.in_force and not item.missing])
        for name in self.ontology.kinds:
            self.records |= self._resolve(name)
        for item in self.records.values():
            item.live = item.in_force and not item.missing
        for item in self.records.values():
            if isinstance(item.record, Link):
                ends = (self.canonical(item.record.source), self.canonical(item.record.target))
                item.live &= all(end in self.records and self.records[end].live for end in ends)

    # the log

    def _add(self, seq: int, loaded: Loaded) -> None:
        if loaded.withdrawal:
            for (_, source), versions in self.histories.items():
                if source == loaded.source:
                    for version in versions:
                        version.gone = version.gone or seq
            return
        by_id: dict[str, list[Row]] = {}
        for row in loaded.rows:
            by_id.setdefault(id_of(self.kind(row.record), row.record), []).append(row)
        for identifier, rows in by_id.items():
            versions = self.histories.setdefault((identifier, loaded.source), [])
            standing = {v.valid_from: v for v in versions if v.gone is None}
            dated = [day for day, v in standing.items() if v.row.op != RETRACT]
            own = {row.record.valid_from or date.min for row in rows}
            for row in rows:
                day = row.record.valid_from or date.min
                if day == date.min and row.op == STATE and dated and date.min not in dated and max(dated) not in own:
                    day = max(dated)
                before = standing.get(day)
                version = Version(row, loaded.source, day, seq, values=row.record, none=row.none)
                if row.op != RETRACT:
                    version.until = row.until or date.max
                if row.op == END:
                    version.values = before.values if before else None
                    version.none = before.none if before else ()
                if row.op == RETRACT:
                    version.values = None
                if before is not None:
                    before.gone = seq
                versions.append(version)

    def kind(self, record: Record) -> KindSpec:
        return self.ontology[type(record).__name__]

    def _known(self, versions: Sequence[Version]) -> list[Version]:
        return [v for v in versions if v.gone is None and v.values is not None]

    def _contributing(self, versions: Sequence[Version]) -> Version | None:
        good = [v for v in self._known(versions) if v.valid_from <= self.as_of < v.until]
        return max(good, key=lambda v: v.valid_from, default=None)

    def _reliability_of(self, source: str) -> Decimal:
        wanted = f"dataset:{escape(source)}"
        stated = [
            version
            for (identifier, _), versions in self.histories.items()
            if identifier == wanted
            for version in self._known(versions)
            if version.row.op == STATE and getattr(version.values, "reliability", None) is not None
        ]
        latest = max(stated, key=lambda v: (v.seq, v.valid_from), default=None)
        return Decimal("0.5") if latest is None else getattr(latest.values, "reliability")  # noqa: B009 -- any record

    # one and the same

    def _merge(self, links: Sequence[Record]) -> None:
        groups: list[set[str]] = []
        for link in links:
            assert isinstance(link, Link)
            source, target = str(link.source), str(link.target)
            if source.split(":")[0] != target.split(":")[0]:
                continue
            joined = {source, target}
            for group in [group for group in groups if group & joined]:
                groups.remove(group)
                joined |= group
            groups.append(joined)
        for group in groups:
            first = min(group, key=lambda identifier: (rung(identifier), identifier))
            self.canon |= {identifier: first for identifier in group}

    def canonical(self, identifier: str) -> str:
        return self.canon.get(str(identifier), str(identifier))

    def as_canonical(self, kind: KindSpec, record: Record) -> Record:
        """The record with canonical ids in place of its references and of its own."""
        if kind.name == "SameAs":
            return replace(record, id=id_of(kind, record))
        values = {
            spec.name: None if getattr(record, spec.name) is None else Ref(self.canonical(getattr(record, spec.name)))
            for spec in kind.references
        }
        changed = replace(record, **values)
        return replace(changed, id=id_of(kind, changed) if kind.is_link else self.canonical(record.id))

    # resolution

    def _resolve(self, name: str) -> dict[str, Resolved]:
        kind = self.ontology[name]
        groups: dict[str, list[tuple[str, Version]]] = {}
        for (identifier, _), versions in self.histories.items():
            if not versions or self.kind(versions[0].row.record).name != name:
                continue
            canonical = self.as_canonical(kind, versions[0].row.record).id
            self.answers_to[identifier] = canonical
            version = self._contributing(versions)
            if version is not None:
                groups.setdefault(canonical, []).append((identifier, version))
        found = {}
        for canonical, members in groups.items():
            members.sort(
                key=lambda item: (
                    -self._reliability[item[1].source],
                    -item[1].valid_from.toordinal(),
                    item[1].source,
                    self._place(kind, item),
                )
            )
            found[canonical] = self._resolved(kind, canonical, [version for _, version in members])
        return found

    def _place(self, kind: KindSpec, item: tuple[str, Version]) -> tuple[str, ...]:
        return order_of(kind, replace(item[1].row.record, id=item[0]))

    def stated(self, kind: KindSpec, version: Version, name: str) -> Any:
        """What a statement says of a field, its references as given; None: nothing."""
        if name == "valid_from":
            return None if version.valid_from == date.min else version.valid_from
        value = getattr(version.values, name)
        return None if value == () else value

    def _resolved(self, kind: KindSpec, identifier: str, versions: list[Version]) -> Resolved:
        values: dict[str, Any] = {"id": identifier}
        latest = max(version.valid_from for version in versions)
        for spec in kind.fields:
            values[spec.name] = () if spec.holds in (FieldType.TEXTS, FieldType.TERMS) else None
            for version in versions:
                value = self.stated(kind, version, spec.name)
                if spec.name == "valid_to" and version.valid_from != latest:
                    value = None
                if value is not None:
                    values[spec.name] = value
                    break
                if spec.name in version.none:
                    break
        record = self.as_canonical(kind, kind.record(**values))
        missing = tuple(spec.name for spec in kind.required if getattr(record, spec.name) is None)
        in_force = record.valid_to is None or record.valid_to == date.max or record.valid_to > self.as_of
        return Resolved(identifier, kind, record, versions, in_force, missing)

    # answers

    def of_kind(self, name: str) -> list[Resolved]:
        """The records of a kind, in id order."""
        found = [item for item in self.records.values() if item.kind.name == name]
        return sorted(found, key=lambda item: order_of(item.kind, item.record))

    def holders(self, name: str, field_name: str, target: str) -> list[str]:
        """The ids of the live records that refer to a live target, in id order."""
        if target not in self.records or not self.records[target].live:
            return []
        return [
            item.id
            for item in self.of_kind(name)
            if item.live and (ref := getattr(item.record, field_name)) is not None and self.canonical(ref) == target
        ]

    def conflicts(self, item: Resolved) -> Mapping[str, list[tuple[str, Any]]]:
        """The fields of which statements differ."""
        found = {}
        for spec in item.kind.fields:
            said = []
            for version in item.versions:
                if spec.name in SILENT:
                    continue
                value = self.stated(item.kind, version, spec.name)
                if value is not None and spec.holds is FieldType.REF and item.kind.name != "SameAs":
                    value = self.canonical(value)
                if value is not None or spec.name in version.none:
                    said.append((version.source, value))
            if len({repr(_plain(value)) for _, value in said}) > 1:
                found[spec.name] = said
        return found


def _plain(value: Any) -> Any:
    minor = getattr(value, "minor", None)
    return value if minor is None else (minor, value.currency)
