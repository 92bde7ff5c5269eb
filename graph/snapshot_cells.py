"""One cell of a table as a record has it: how each field's stored form is read, prepared once a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from graph.fields import FieldSpec, FieldType
from graph.records import Ref
from graph.snapshot_columns import Column
from graph.values import from_stored

Cell = Callable[[int, Callable[[int], str]], Any]
"""The value of a field in a row (-1: nothing is stated); the second argument makes ids of the handles that it refers to."""

_EPOCH = date(1970, 1, 1).toordinal()


def cell_of(spec: FieldSpec, columns: Mapping[str, Column]) -> Cell:
    """How to read a field."""
    read = columns[spec.name].reader()
    match spec.holds:
        case FieldType.REF:
            return lambda row, id_of: None if (first := read(row)) is None else Ref(id_of(first))
        case FieldType.DATE:
            return lambda row, _: None if (first := read(row)) is None else date.fromordinal(first + _EPOCH)
        case FieldType.BOOL:
            return lambda row, _: None if (first := read(row)) is None else bool(first)
        case FieldType.INT | FieldType.TEXT:
            return lambda row, _: read(row)
        case FieldType.TERM if spec.term is not None:
            # A code that the list has lost reads as not stated.
            members = spec.term.__members__
            return lambda row, _: members.get(read(row))
        case FieldType.MONEY | FieldType.SPAN:
            second, third = (columns[item.name].reader() for item in spec.columns[1:])
            return lambda row, _: (
                None if (first := read(row)) is None else from_stored(spec, (first, second(row), third(row)))
            )
    return lambda row, _: from_stored(spec, (read(row),))
