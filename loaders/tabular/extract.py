"""Tables in the templates' columns: a file or folder whose names say the kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from graph.batch import Batch, Rejection
from graph.errors import InvalidInput
from graph.ontology import KindSpec, Ontology
from loaders.base import Extraction, Part
from loaders.tabular.bundle import TableFile, files_of, hash_of, kind_named, require_kind, tables_of
from loaders.tabular.headings import resolve
from loaders.tabular.statements import CellColumn, key_columns, read_statements
from loaders.tabular.table import ROW, RowFault

SLICE: Final = 262_144
"""Rows that are read together."""


@dataclass(frozen=True, slots=True)
class TabularLoader:
    """Reads tables in the templates' columns; `source` names the dataset where the options do not."""

    name: str = "tabular"
    summary: str = "CSV, xlsx, JSONL or Parquet in the templates' columns; each file named after its kind"
    source: str | None = None

    def extract(self, path: Path, ontology: Ontology, options: Mapping[str, str]) -> Extraction:
        """The extraction of a file or folder.

        `options`: `source` names the dataset (left out: the file's or folder's name), `kind` says what every table holds. Raises
        InvalidInput for a table of no kind, an unknown column, or a file that cannot be read at all.
        """
        given = require_kind(options["kind"], ontology) if "kind" in options else None
        named = [(table, given or kind_named(table.name, ontology)) for table in tables_of(path)]
        if len(named) == 1 and named[0][1] is None:
            # A workbook with one sheet is named by its file as well as by its sheet.
            named = [(named[0][0], kind_named(path.stem, ontology))]
        found = []
        for table, kind in named:
            if kind is None:
                raise InvalidInput(
                    f"{table.file} is named after no kind; call it enterprises, supplies, 企业 … or say which kind it holds"
                )
            found.append((table, kind))
        kinds = tuple(dict.fromkeys(kind.name for _, kind in found))
        return Extraction(
            source=options.get("source") or self.source or path.resolve().stem,
            kinds=kinds,
            parts=_parts(found),
            scope=", ".join(table.file for table, _ in found)[:400],
            input_hash=hash_of(files_of(path)),
        )


def _parts(tables: Sequence[tuple[TableFile, KindSpec]]) -> Iterator[Part]:
    files_of_kind = Counter(kind.name for _, kind in tables)
    for file, kind in tables:
        table = file.read()
        prefix = f"{file.file} row " if files_of_kind[kind.name] > 1 else "row "
        columns = [
            CellColumn(name, heading, heading.reader)
            for name, heading in zip(table.headings, resolve(kind, table.headings, file.file), strict=True)
        ]
        if table.faults:
            yield fault_part(kind, table.faults, table.file, prefix)
        for start in range(0, table.frame.height, SLICE):
            cells = table.frame.slice(start, SLICE)
            read = read_statements(kind, cells, columns, file.file, prefix)
            yield Part(
                Batch({kind.name: read.frame.drop(ROW)}),
                read.rejections,
                Batch({kind.name: read.keys.drop(ROW)}),
                cells.height,
                file.file,
            )


def fault_part(kind: KindSpec, faults: Sequence[RowFault], file: str, prefix: str) -> Part:
    """The part of rows that could not be read as rows: their keys are illegible."""
    rejections = [
        Rejection(fault.code, kind.name, f"{prefix}{fault.row}", "", fault.value, fault.reason, fault.remedy, file)
        for fault in faults
    ]
    keys = pl.DataFrame({name: [None] * len(faults) for name in key_columns(kind) if name != "valid_from"})
    return Part(Batch({}), rejections, Batch({kind.name: keys}), len(faults), file)
