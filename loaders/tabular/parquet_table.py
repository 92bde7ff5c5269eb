"""Parquet files as tables: typed columns in the text forms that the cells' readers know."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from graph.errors import InvalidInput
from graph.fields import SEPARATOR
from loaders.tabular.table import ROW, Table, check_headings, tidy


def read_parquet(path: Path, file: str) -> Table:
    """The table of a Parquet file; rows are numbered from 1.

    Raises InvalidInput for a file that is no Parquet, or a column of a type that has no text form.
    """
    try:
        frame = pl.read_parquet(path)
    except (PolarsError, OSError) as exc:
        raise InvalidInput(f"{file} is no readable Parquet file: {str(exc)[:200]}; write it again") from exc
    check_headings(frame.columns, file)
    texts = [_text(frame.schema[name], name, file) for name in frame.columns]
    rows = pl.int_range(1, frame.height + 1, dtype=pl.UInt32).alias(ROW)
    return tidy(frame.select(rows, *texts), file)


def _text(dtype: pl.DataType, name: str, file: str) -> pl.Expr:
    column = pl.col(name)
    match dtype:
        case pl.String() | pl.Categorical() | pl.Enum() | pl.Boolean() | pl.Date() | pl.Null() | pl.Decimal():
            return column.cast(pl.String)
        case pl.Datetime():
            return column.dt.strftime("%Y-%m-%d %H:%M:%S")
        case pl.List(inner=inner) if not inner.is_nested():
            return column.cast(pl.List(pl.String)).list.join(SEPARATOR)
        case pl.Struct():
            return column.struct.json_encode()
        case _ if dtype.is_numeric():
            return column.cast(pl.String)
        case _:
            raise InvalidInput(f"{file}: column {name} holds {dtype}, which has no text form; write it as text")
