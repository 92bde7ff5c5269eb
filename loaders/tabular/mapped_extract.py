"""Tables under a declared mapping: a row is taken whole, with all its records, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import polars as pl

from graph.batch import Batch, Rejection
from graph.blocks import LOCATOR
from graph.errors import InvalidInput, NotFound
from graph.ontology import Ontology
from loaders.base import READ_AS_NOT_STATED, Extraction, Part
from loaders.tabular.bundle import TableFile, hash_of, tables_in
from loaders.tabular.cells import Fault
from loaders.tabular.extract import SLICE, fault_part
from loaders.tabular.headings import headings
from loaders.tabular.mapped_cells import CellMaker, lookup_table, without
from loaders.tabular.mapped_splits import SplitRows, split_rows
from loaders.tabular.mapping import Lookup, MappingSpec, RecordMapping, TableMapping
from loaders.tabular.mapping_yaml import read_mapping, summary_of
from loaders.tabular.statements import SHOWN, CellColumn, key_columns, read_statements
from loaders.tabular.table import ROW, Table


@dataclass(frozen=True, slots=True)
class MappedLoader:
    """Reads tables under the mapping of a YAML file."""

    mapping: Path

    @property
    def name(self) -> str:
        """The mapping's name."""
        return self.mapping.stem

    @property
    def summary(self) -> str:
        """What the mapping says that it reads."""
        return summary_of(self.mapping)

    def extract(self, path: Path, ontology: Ontology, options: Mapping[str, str]) -> Extraction:
        """The extraction of a file or folder that the mapping describes.

        `options`: `source` renames the dataset. Of a single file, the tables of the mapping that it matches are read; tables that are
        only looked into may lie beside it. Raises InvalidInput for a table or column that the mapping names and the input lacks.
        """
        spec = read_mapping(self.mapping, ontology)
        source = options.get("source") or spec.source
        shelf = _Shelf(path, spec)
        reading = _MappedReading(spec, source, ontology, shelf)
        return Extraction(
            source=source,
            kinds=spec.kinds,
            parts=reading.parts(),
            scope=", ".join(file.file for file, _ in shelf.wanted),
            input_hash=hash_of(shelf.files),
            notes=reading.notes,
        )


class _Shelf:
    """The tables that a mapping wants, each read once."""

    def __init__(self, path: Path, spec: MappingSpec) -> None:
        if not path.exists():
            raise NotFound(f"{path} does not exist; give the file or folder that the mapping {spec.name} reads")
        folder = path if path.is_dir() else path.parent
        lookups = {lookup.file for table in spec.tables for lookup in _lookups(table)}
        patterns = {table.file for table in spec.tables} | lookups
        self._tables = list(tables_in(folder, lambda name: any(fnmatch(name, pattern) for pattern in patterns)))
        self._read: dict[str, Table] = {}
        own = [file for file in self._tables if path.is_dir() or file.path == path]
        self.wanted: list[tuple[TableFile, TableMapping]] = []
        for table in spec.tables:
            found = [file for file in own if file.matches(table.file)]
            if not found and path.is_dir() and not table.optional:
                raise InvalidInput(f"{path} has no {table.file}, which the mapping {spec.name} reads; add it")
            self.wanted += [(file, table) for file in found]
        if not self.wanted:
            wanted = ", ".join(table.file for table in spec.tables)
            raise InvalidInput(f"{path.name} is no table of the mapping {spec.name}, which reads {wanted}")
        self.files = sorted({file.path for file, _ in self.wanted})

    def table(self, file: TableFile) -> Table:
        """The table of a file."""
        if file.file not in self._read:
            self._read[file.file] = file.read()
        return self._read[file.file]

    def looked_into(self, lookup: Lookup, empty: Sequence[str]) -> pl.DataFrame:
        """The two columns of a lookup; none when its table is not there."""
        frames = []
        for file in self._tables:
            if file.matches(lookup.file):
                table = self.table(file)
                _require_columns(table, {lookup.by, lookup.give})
                columns = table.frame.select(list(dict.fromkeys((lookup.by, lookup.give))))
                frames.append(columns.with_columns(without(columns[name], tuple(empty))[0] for name in columns.columns))
        return pl.concat(frames) if frames else pl.DataFrame(schema={lookup.by: pl.String, lookup.give: pl.String})


@dataclass
class _Read:
    """What one record mapping found in a slice."""

    record: RecordMapping
    frame: pl.DataFrame
    keys: pl.DataFrame


@dataclass
class _MappedReading:
    spec: MappingSpec
    source: str
    ontology: Ontology
    shelf: _Shelf
    notes: dict[str, int] = field(default_factory=dict)
    _looked_up: dict[Lookup, Mapping[str, str]] = field(default_factory=dict)

    def parts(self) -> Iterator[Part]:
        if self.spec.dataset:
            yield self._dataset()
        for file, mapping in self.shelf.wanted:
            table = self.shelf.table(file)
            _require_columns(table, _columns(mapping))
            locator = f"{file.file} row "
            if table.faults:
                yield fault_part(mapping.records[0].kind, table.faults, file.file, locator)
            maker = CellMaker(self.source, self.ontology, self._tables(mapping))
            for start in range(0, table.frame.height, SLICE):
                yield self._part(file.file, mapping, table.frame.slice(start, SLICE), maker, locator)

    def _dataset(self) -> Part:
        kind = self.ontology["Dataset"]
        stated = {"id": self.source, **self.spec.dataset}
        cells = pl.DataFrame({ROW: [0], **{name: [value] for name, value in stated.items()}})
        columns = [CellColumn(name, heading, heading.reader) for name in stated for heading in [headings(kind)[name]]]
        read = read_statements(kind, cells, columns, self.spec.name, "mapping ")
        if read.rejections:
            worst = read.rejections[0]
            raise InvalidInput(f"mapping {self.spec.name}: dataset.{worst.field} {worst.value!r} {worst.reason}")
        return Part(Batch({kind.name: read.frame.drop(ROW).with_columns(pl.lit("mapping").alias(LOCATOR))}))

    def _tables(self, mapping: TableMapping) -> Mapping[Lookup, Mapping[str, str]]:
        for lookup in _lookups(mapping):
            if lookup not in self._looked_up:
                self._looked_up[lookup] = lookup_table(lookup, self.shelf.looked_into(lookup, self.spec.empty))
        return self._looked_up

    def _part(self, file: str, mapping: TableMapping, raw: pl.DataFrame, maker: CellMaker, locator: str) -> Part:
        frame = self._without_placeholders(file, mapping, raw)
        rejections: list[Rejection] = []
        first = mapping.records[0].kind.name
        bad: set[int] = set()
        for rule in mapping.reject:
            hit = frame.filter(pl.col(rule.column).is_in(list(rule.values)))
            fault = Fault("EXCLUDED", rule.reason, "nothing to do, unless the mapping is wrong")
            for row, text in hit.select(ROW, rule.column).iter_rows():
                bad.add(row)
                rejections.append(_rejection(fault, first, f"{locator}{row}", rule.column, text, file))
        splits: dict[str, SplitRows] = {}
        for name, split in mapping.splits.items():
            known = self._looked_up[split.names].keys() if split.names is not None else ()
            splits[name] = split_rows(split, frame, known)
        read = []
        for record in mapping.records:
            rows = splits[record.each].frame if record.each is not None else frame
            read.append(self._record(file, record, rows, maker, locator, rejections))
            if record.each is None:
                bad.update(read[-1].keys[ROW])
        keys: dict[str, list[pl.DataFrame]] = {}
        frames: dict[str, list[pl.DataFrame]] = {}
        for found in read:
            names = [name for name in (ROW, *key_columns(found.record.kind)) if name in found.frame.columns]
            out = pl.col(ROW).is_in(list(bad))
            refused = pl.concat([found.keys, found.frame.filter(out).select(names)], how="diagonal")
            frames.setdefault(found.record.kind.name, []).append(found.frame.filter(~out).drop(ROW))
            keys.setdefault(found.record.kind.name, []).append(refused.drop(ROW))
        for name, found_rows in splits.items():
            stated = [record.kind for record in mapping.records if record.each == name]
            for row, (text, fault) in found_rows.faults.items() if stated else ():
                column = mapping.splits[name].column
                rejections.append(_rejection(fault, stated[0].name, f"{locator}{row}", column, text, file))
            for kind in stated:
                # How many items the cell had, nobody knows: it counts as one.
                illegible = {column: [None] * len(found_rows.faults) for column in key_columns(kind)[:2]}
                frame_of = pl.DataFrame(illegible, schema=dict.fromkeys(illegible, pl.String))
                keys.setdefault(kind.name, []).append(frame_of)
        return Part(
            Batch({name: pl.concat(found, how="diagonal") for name, found in frames.items()}),
            rejections,
            Batch({name: pl.concat(found, how="diagonal") for name, found in keys.items()}),
            raw.height,
            file,
        )

    def _without_placeholders(self, file: str, mapping: TableMapping, raw: pl.DataFrame) -> pl.DataFrame:
        for name in sorted(_columns(mapping)):
            cells, count = without(raw[name], self.spec.empty)
            if count:
                self._note(file, name, count)
                raw = raw.with_columns(cells)
        return raw

    def _note(self, file: str, column: str, count: int) -> None:
        note = f"{file} {column}{READ_AS_NOT_STATED}"
        self.notes[note] = self.notes.get(note, 0) + count

    def _record(
        self,
        file: str,
        record: RecordMapping,
        rows: pl.DataFrame,
        maker: CellMaker,
        locator: str,
        rejections: list[Rejection],
    ) -> _Read:
        for name in record.when:
            rows = rows.filter(pl.col(name).is_not_null())
        cells: dict[str, pl.Series] = {ROW: rows[ROW]}
        refused = pl.Series([False]).new_from_index(0, rows.height)
        for item in record.fields:
            made = maker.make(item.value, rows)
            cells[item.heading.name] = made.texts
            for column, count in made.unstated.items():
                self._note(file, column, count)
            for texts, faults in made.faults:
                hit = texts.is_in(list(faults)).fill_null(False)
                refused |= hit
                for row, text in pl.DataFrame({ROW: rows[ROW], "text": texts}).filter(hit).iter_rows():
                    where = f"{locator}{row}"
                    rejections.append(_rejection(faults[text], record.kind.name, where, item.heading.name, text, file))
        columns = [CellColumn(item.heading.name, item.heading, item.reader) for item in record.fields]
        frame = pl.DataFrame([series.alias(name) for name, series in cells.items()])
        good = read_statements(record.kind, frame.filter(~refused), columns, file, locator)
        keys = good.keys
        if refused.any():
            rest = read_statements(record.kind, frame.filter(refused), columns, file, locator)
            keys = pl.concat([keys, rest.frame.select(keys.columns), rest.keys])
        rejections += good.rejections
        return _Read(record, good.frame, keys)


def _rejection(fault: Fault, kind: str, row: str, name: str, value: str, file: str) -> Rejection:
    return Rejection(fault.code, kind, row, name, value[:SHOWN], fault.reason, fault.remedy, file)


def _lookups(table: TableMapping) -> list[Lookup]:
    found = [lookup for record in table.records for item in record.fields for lookup in item.value.lookups]
    found += [split.names for split in table.splits.values() if split.names is not None]
    return list(dict.fromkeys(found))


def _columns(table: TableMapping) -> set[str]:
    made = {name for split in table.splits.values() for name in (split.item, split.value) if name}
    used = {name for record in table.records for item in record.fields for name in item.value.columns}
    used |= {name for record in table.records for name in record.when}
    return (used - made) | {split.column for split in table.splits.values()} | {rule.column for rule in table.reject}


def _require_columns(table: Table, names: set[str]) -> None:
    missing = sorted(names - set(table.headings))
    if missing:
        raise InvalidInput(
            f"{table.file} has no column {missing[0]!r}, which the mapping names; it has {', '.join(table.headings)}"
        )
