"""The typed columns of a snapshot's statements: arrays in parts, so that a refresh appends a part and shares the rest.

Every column stands for null by a value of its own (`null`), so that arrays are plain and can be mapped from files. A part in which
nothing is stated takes no space.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

NOT_STATED: Final = -(2**63)
"""Null in columns of whole numbers."""
NO_DAY: Final = -(2**31)
"""Null in columns of days."""
NOBODY: Final = -1
"""Null in columns of references and codes."""
FEW: Final = 16
"""One row of so many is few."""
FEW_VALUES: Final = 8
"""So few values are looked at in Python sooner than a column operation begins."""


class Column(Protocol):
    """What every column answers; `rows` may hold -1, which reads as null."""

    @property
    def blank(self) -> bool:
        """Whether nothing is stated in any row."""

    def stated(self, rows: Rows) -> Mask:
        """For each row, whether it states a value."""

    def at(self, row: int) -> Any:
        """The value of one row as it is stored; None for null and for row -1."""

    def reader(self) -> Callable[[int], Any]:
        """What `at` answers, for many calls."""

    def extended(self, part: Any, ends: tuple[int, ...]) -> Self:
        """The column with one more part; parts between the last ends that `ends` lacks are joined to it."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whole numbers, days, flags or handles; `ends` are the exclusive row ends of the parts."""

    null: int
    dtype: np.dtype[np.integer]
    ends: tuple[int, ...]
    parts: tuple[npt.NDArray[np.integer] | None, ...]

    @classmethod
    def empty(cls, null: int, dtype: type[np.integer]) -> Self:
        """The column of no rows."""
        return cls(null, np.dtype(dtype), (), ())

    @property
    def blank(self) -> bool:
        return all(part is None for part in self.parts)

    def take(self, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
        """The values of these rows; -1 reads as null."""
        if len(self.parts) == 1 and self.parts[0] is not None and (not rows.size or rows.min() >= 0):
            return np.asarray(self.parts[0][rows])
        out = np.full(rows.size, self.null, self.dtype)
        start = 0
        for end, part in zip(self.ends, self.parts, strict=True):
            if part is not None:
                here = np.flatnonzero((rows >= start) & (rows < end))
                if here.size:
                    out[here] = part[rows[here] - start]
            start = end
        return out

    def at(self, row: int) -> int | None:
        """The value of one row; None for null and for row -1."""
        if row < 0:
            return None
        start = 0
        for end, part in zip(self.ends, self.parts, strict=True):
            if row < end:
                if part is None:
                    return None
                value = int(part[row - start])
                return None if value == self.null else value
            start = end
        raise IndexError(row)

    def reader(self) -> Callable[[int], int | None]:
        if len(self.parts) != 1 or self.parts[0] is None:
            return self.at
        item, null = self.parts[0].item, self.null
        return lambda row: None if row < 0 or (value := item(row)) == null else value

    def stated(self, rows: Rows) -> Mask:
        return np.asarray(self.take(rows) != self.null)

    def whole(self) -> npt.NDArray[np.integer]:
        """All rows as one array."""
        if len(self.parts) == 1 and self.parts[0] is not None:
            return self.parts[0]
        out = np.full(self.ends[-1] if self.ends else 0, self.null, self.dtype)
        start = 0
        for end, part in zip(self.ends, self.parts, strict=True):
            if part is not None:
                out[start:end] = part
            start = end
        return out

    def extended(self, part: npt.NDArray[np.integer] | None, ends: tuple[int, ...]) -> Self:
        """The column with one more part; parts between the last ends that `ends` lacks are joined to it."""
        kept = len(ends) - 1
        parts: list[npt.NDArray[np.integer] | None] = list(self.parts[:kept])
        joined = [*self.parts[kept:], part]
        if all(piece is None for piece in joined):
            return type(self)(self.null, self.dtype, ends, (*parts, None))
        start = ends[kept - 1] if kept else 0
        out = np.full(ends[kept] - start, self.null, self.dtype)
        for piece, end in zip(joined, (*self.ends[kept:], ends[kept]), strict=True):
            if piece is not None:
                out[end - start - piece.size : end - start] = piece
        return type(self)(self.null, self.dtype, ends, (*parts, out))


@dataclass(frozen=True, slots=True)
class Codes:
    """Words from a short list, as numbers into `words`, which is only ever appended to."""

    numbers: Numbers
    words: tuple[str, ...]

    @classmethod
    def empty(cls) -> Self:
        """The column of no rows."""
        return cls(Numbers.empty(NOBODY, np.int32), ())

    @property
    def blank(self) -> bool:
        return self.numbers.blank

    def at(self, row: int) -> str | None:
        """The word of one row."""
        code = self.numbers.at(row)
        return None if code is None else self.words[code]

    def reader(self) -> Callable[[int], str | None]:
        read, words = self.numbers.reader(), self.words
        return lambda row: None if (code := read(row)) is None else words[code]

    def stated(self, rows: Rows) -> Mask:
        return self.numbers.stated(rows)

    def extended(self, part: pl.Series | None, ends: tuple[int, ...]) -> Self:
        """The column with one more part, of words."""
        if part is None or part.null_count() == part.len():
            return type(self)(self.numbers.extended(None, ends), self.words)
        new = sorted(set(part.unique().drop_nulls().to_list()) - set(self.words))
        known = (*self.words, *new)
        if part.len() <= FEW_VALUES:
            place = {word: code for code, word in enumerate(known)}
            few = np.array([NOBODY if word is None else place[word] for word in part.to_list()], np.int32)
            return type(self)(self.numbers.extended(few, ends), known)
        codes = part.replace_strict(list(known), list(range(len(known))), default=NOBODY, return_dtype=pl.Int32)
        return type(self)(self.numbers.extended(codes.to_numpy(), ends), known)


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts, as Arrow's string views: a part is shared or mapped, never copied."""

    ends: tuple[int, ...]
    parts: tuple[pl.Series | None, ...]

    @classmethod
    def empty(cls) -> Self:
        """The column of no rows."""
        return cls((), ())

    @property
    def blank(self) -> bool:
        return all(part is None for part in self.parts)

    def take(self, rows: npt.NDArray[np.integer]) -> pl.Series:
        """The texts of these rows; -1 reads as null."""
        if self.blank:
            return pl.Series([None], dtype=pl.String).new_from_index(0, rows.size)
        present = [part for part in self.parts if part is not None]
        places = np.full(rows.size, -1, np.int64)
        start = shift = 0
        for end, part in zip(self.ends, self.parts, strict=True):
            if part is not None:
                here = (rows >= start) & (rows < end)
                places[here] = rows[here] - start + shift
                shift += part.len()
            start = end
        whole = present[0] if len(present) == 1 else pl.concat(present, rechunk=False)
        return gather(whole, places)

    def at(self, row: int) -> str | None:
        """The text of one row; None for null and for row -1."""
        start = 0
        for end, part in zip(self.ends, self.parts, strict=True):
            if start <= row < end:
                return None if part is None else part[row - start]
            start = end
        return None

    def reader(self) -> Callable[[int], str | None]:
        if len(self.parts) != 1 or self.parts[0] is None:
            return self.at
        item = self.parts[0].__getitem__
        return lambda row: None if row < 0 else item(row)

    def stated(self, rows: Rows) -> Mask:
        out = np.zeros(rows.size, bool)
        start = 0
        for end, part in zip(self.ends, self.parts, strict=True):
            if part is not None:
                here = np.flatnonzero((rows >= start) & (rows < end))
                if here.size:
                    out[here] = _not_null(part, rows[here] - start) if part.null_count() else True
            start = end
        return out

    def whole(self) -> pl.Series:
        """All rows as one series."""
        start, pieces = 0, []
        for end, part in zip(self.ends, self.parts, strict=True):
            pieces.append(nulls(end - start) if part is None else part.alias(""))
            start = end
        return pl.concat(pieces) if pieces else nulls(0)

    def extended(self, part: pl.Series | None, ends: tuple[int, ...]) -> Self:
        """The column with one more part, joined as in `Numbers.extended`."""
        if part is not None and part.null_count() == part.len():
            part = None
        kept = len(ends) - 1
        joined: Sequence[pl.Series | None] = [*self.parts[kept:], part]
        if all(piece is None for piece in joined):
            return type(self)(ends, (*self.parts[:kept], None))
        start = ends[kept - 1] if kept else 0
        pieces = []
        for piece, end in zip(joined, (*self.ends[kept:], ends[kept]), strict=True):
            pieces.append(nulls(end - start) if piece is None else piece.alias(""))
            start = end
        return type(self)(ends, (*self.parts[:kept], pl.concat(pieces, rechunk=True)))


def _not_null(part: pl.Series, rows: Rows) -> Mask:
    # The mask of a whole part is a pass over it: few rows are looked up together, and a handful one by one.
    if rows.size <= FEW_VALUES:
        return np.array([part[row] is not None for row in rows.tolist()], bool)
    if rows.size * FEW < part.len():
        return np.asarray(part.gather(rows).is_not_null())
    return np.asarray(part.is_not_null())[rows]


def nulls(length: int) -> pl.Series:
    """A text column of nothing."""
    return pl.Series("", [None], dtype=pl.String).new_from_index(0, length)


def gather(series: pl.Series, places: npt.NDArray[np.integer]) -> pl.Series:
    """The items at these places; -1 gives null."""
    if places.size and places.min() < 0:
        indices = pl.Series(np.where(places < 0, 0, places))
        found = series.gather(indices) if series.len() else nulls(places.size)
        return found.set(pl.Series(places < 0), None)
    return series.gather(places)
