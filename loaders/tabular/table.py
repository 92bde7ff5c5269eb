"""A table as it was read: text cells under headings, each row with its number in the file, and the rows that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from graph.errors import InvalidInput

ROW: Final = "#row"
"""The column of row numbers, counted as a spreadsheet does: the heading is row 1."""

_INVISIBLE: Final = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u202f\u205f\u3000\ufeff"
)


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that could not be read as a row, and why."""

    row: int
    code: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table.

    `frame` has ROW and a text column a heading; an empty cell is null. Blank rows are left out, and so are the rows right under
    the heading that begin with `#`, such as a template's labels.
    """

    file: str
    frame: pl.DataFrame
    faults: Sequence[RowFault] = ()

    @property
    def headings(self) -> list[str]:
        """The names of its columns, in order."""
        return [name for name in self.frame.columns if name != ROW]


def check_headings(headings: Sequence[str | None], file: str) -> list[str]:
    """The headings as people meant them, trimmed; trailing blank ones are left out.

    Raises InvalidInput for an empty table, a blank heading between others, or one that stands twice.
    """
    names = [(heading or "").strip(_INVISIBLE) for heading in headings]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise InvalidInput(f"{file} has no heading row; write the column names into its first row")
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        if not name:
            raise InvalidInput(f"{file}: column {place} has no heading; name it, or remove the column")
        if name in seen:
            raise InvalidInput(f"{file}: the heading {name!r} stands twice; rename or remove one of the columns")
        seen.add(name)
    return names


def tidy(frame: pl.DataFrame, file: str, faults: Sequence[RowFault] = (), *, trim: bool = True) -> Table:
    """The table of raw cells: outer blanks cut off, empty cells null, blank rows and label rows left out.

    `trim` may be false where no cell can have outer blanks or be an empty text. Columns whose heading begins with `#` are
    remarks and are dropped.
    """
    names = [name for name in frame.columns if name != ROW]
    if not names:
        return Table(file, frame, tuple(faults))
    if trim:
        frame = frame.with_columns(
            pl.when(cell != "").then(cell).alias(name)
            for name in names
            for cell in (pl.col(name).str.strip_chars(_INVISIBLE),)
        )
    labels = 0
    while labels < frame.height and (frame[names[0]][labels] or "").startswith("#"):
        labels += 1
    frame = frame.slice(labels)
    remarks = [name for name in names if name.startswith("#")]
    names = [name for name in names if name not in remarks]
    if not names:
        raise InvalidInput(f"{file} has nothing but columns of remarks (#…); name a column by its field")
    frame = frame.select(ROW, *names)
    if any(frame[name].null_count() == 0 for name in names):
        return Table(file, frame, tuple(faults))
    return Table(file, frame.filter(pl.any_horizontal(pl.col(names).is_not_null())), tuple(faults))
