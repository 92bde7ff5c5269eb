"""Pages of records in an order of their own, told apart by keys: rows inserted between pages neither repeat nor skip.

A cursor carries the values that the order compares and the id, so the next page begins after them whatever came in between.
"""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
import orjson
import polars as pl

from graph.errors import InvalidInput, LimitExceeded
from graph.fields import FieldType
from graph.money import CNY
from graph.ontology import KindSpec
from graph.snapshot_columns import NOT_STATED, Ints, Mask
from graph.view import View

DEFAULT_FIRST: Final = 50
MAX_FIRST: Final = 500
"""Rows of a page where the question says nothing, and at most."""

ORDERED: Final = frozenset(
    {FieldType.TEXT, FieldType.INT, FieldType.DECIMAL, FieldType.DATE, FieldType.MONEY, FieldType.TERM, FieldType.BOOL}
)
"""Field types that give an order; a code list's is the order of its declaration, money's is CNY first."""


@dataclass(frozen=True, slots=True)
class Ordering:
    """One key of an order: a field by its Python name, or `id`. What is not stated comes last in both directions."""

    field: str
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """Some rows in order; empty when nothing comes after the cursor."""

    handles: Ints
    has_next: bool
    has_previous: bool
    mark: Callable[[], list[str]]

    @cached_property
    def cursors(self) -> list[str]:
        """One a row, made when first asked for."""
        return self.mark()


@dataclass(frozen=True)
class Rows:
    """All rows of an answer: records of one kind in id order, each once, and the order in which pages show them."""

    view: View
    kind: KindSpec
    handles: Ints
    order: tuple[Ordering, ...] = ()

    @property
    def total(self) -> int:
        """How many rows there are; no row is loaded."""
        return len(self.handles)

    def page(self, first: int | None = None, after: str | None = None) -> Page:
        """The first `first` rows after the cursor `after`.

        Raises
        ------
        LimitExceeded
            `first` is over `MAX_FIRST`.
        InvalidInput
            `first` is negative, or the cursor is none of this order.
        """
        count = page_size(first)
        start, later = self._after(after)
        rows = self._least(later, count + 1)
        shown = rows[:count]
        return Page(self.handles[shown], len(rows) > count, start > 0, lambda: self._cursors(shown))

    @cached_property
    def signature(self) -> str:
        """What a cursor must have been made for: the kind and the order."""
        return ",".join([self.kind.code, *(f"{'-' if by.descending else ''}{by.field}" for by in self._keys)])

    @cached_property
    def _keys(self) -> tuple[Ordering, ...]:
        seen: dict[str, Ordering] = {}
        for by in self.order:
            if by.field in seen:
                raise InvalidInput(f"orderBy names {by.field} twice; leave one out")
            seen[by.field] = by
            if by.field == "id":
                break
        return tuple(seen.values())

    @cached_property
    def _columns(self) -> list[_Column]:
        return [_column(self.view, self.kind, self.handles, by) for by in self._keys]

    def _after(self, cursor: str | None) -> tuple[int, np.ndarray]:
        """How many rows the cursor leaves behind, and the places of those after it."""
        places = np.arange(len(self.handles))
        if cursor is None:
            return 0, places
        values, identifier = self._decoded(cursor)
        if not self._columns:
            start = bisect_right(range(len(places)), identifier, key=self._id_at)
            return start, places[start:]
        tie = np.ones(len(places), dtype=np.bool_)
        later = np.zeros(len(places), dtype=np.bool_)
        for column, value in zip(self._columns, values, strict=True):
            above, equal = column.against(value)
            later |= tie & above
            tie &= equal
        later |= tie & (places >= bisect_right(range(len(places)), identifier, key=self._id_at))
        found = np.flatnonzero(later)
        return len(places) - len(found), found

    def _id_at(self, place: int) -> str:
        return self.view.id_of(int(self.handles[place]))

    def _least(self, places: np.ndarray, count: int) -> np.ndarray:
        if not self._columns:
            return places[:count]
        keys = [key[places] for column in self._columns for key in column.keys]
        if len(places) > 4 * count:
            # Whatever lies beyond the count-th value of the first key cannot be on the page.
            near = np.flatnonzero(keys[0] <= np.partition(keys[0], count)[count])
            places, keys = places[near], [key[near] for key in keys]
        order = np.lexsort((places, *reversed(keys)))
        return places[order[:count]]

    def _cursors(self, places: np.ndarray) -> list[str]:
        ids = [self.view.id_of(handle) for handle in self.handles[places].tolist()]
        columns = [column.shown(places) for column in self._columns]
        return [
            encode_cursor([self.signature, *(column[row] for column in columns), identifier])
            for row, identifier in enumerate(ids)
        ]

    def _decoded(self, cursor: str) -> tuple[list[Any], str]:
        content = decode_cursor(cursor)
        if not (isinstance(content, list) and len(content) == len(self._columns) + 2 and content[0] == self.signature):
            raise InvalidInput("the cursor belongs to another list or order; begin again without `after`")
        values, identifier = content[1:-1], content[-1]
        if not isinstance(identifier, str) or not all(
            column.accepts(value) for column, value in zip(self._columns, values, strict=True)
        ):
            raise InvalidInput("the cursor is damaged; begin again without `after`")
        return values, identifier


def page_size(first: int | None) -> int:
    """How many rows a page has. Raises LimitExceeded over `MAX_FIRST`, InvalidInput below 0."""
    if first is None:
        return DEFAULT_FIRST
    if first < 0:
        raise InvalidInput(f"first is {first}; ask for 0 to {MAX_FIRST} rows")
    if first > MAX_FIRST:
        raise LimitExceeded(f"first is {first}; at most {MAX_FIRST} rows a page, then go on with `after`")
    return first


def encode_cursor(content: list[Any]) -> str:
    """An opaque cursor, base64url."""
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def decode_cursor(cursor: str) -> Any:
    """What a cursor carries. Raises InvalidInput when it is none."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError) as exc:
        raise InvalidInput(f"{cursor[:40]!r} is no cursor; use endCursor of the page before") from exc


class _Column(Protocol):
    """One key of the order: ascending `keys` for sorting, and how each row stands to a cursor's value."""

    @property
    def keys(self) -> Sequence[np.ndarray]: ...

    def against(self, value: Any) -> tuple[Mask, Mask]: ...

    def shown(self, places: np.ndarray) -> list[Any]: ...

    def accepts(self, value: Any) -> bool: ...


def _column(view: View, kind: KindSpec, handles: Ints, by: Ordering) -> _Column:
    if by.field == "id":
        return _IdColumn(view, handles, by.descending)
    spec = kind.by_name.get(by.field)
    if spec is None or spec.holds not in ORDERED:
        raise InvalidInput(f"{kind.name} has no order by {by.field}")
    if spec.holds is FieldType.TEXT:
        return _TextColumn(view.texts(handles, spec.name), by.descending)
    currencies = view.currencies(handles, spec.name) if spec.holds is FieldType.MONEY else None
    return _NumberColumn(view.ints(handles, spec.name), by.descending, currencies)


@dataclass(frozen=True)
class _IdColumn:
    view: View
    handles: Ints
    descending: bool

    @property
    def keys(self) -> Sequence[np.ndarray]:
        places = np.arange(len(self.handles))
        return [-places if self.descending else places]

    def against(self, value: Any) -> tuple[Mask, Mask]:
        places = np.arange(len(self.handles))
        start = bisect_left(range(len(places)), value, key=lambda place: self.view.id_of(int(self.handles[place])))
        equal = np.zeros(len(places), dtype=np.bool_)
        if start < len(places) and self.view.id_of(int(self.handles[start])) == value:
            equal[start] = True
        return (places < start if self.descending else (places >= start) & ~equal), equal

    def shown(self, places: np.ndarray) -> list[Any]:
        return self.view.ids_of(self.handles[places])

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str)


@dataclass(frozen=True)
class _TextColumn:
    values: pl.Series
    descending: bool

    @property
    def keys(self) -> Sequence[np.ndarray]:
        ranks = self.values.rank("dense", descending=self.descending).cast(pl.Int64)
        return [ranks.fill_null(len(self.values) + 1).to_numpy()]

    def against(self, value: Any) -> tuple[Mask, Mask]:
        missing = self.values.is_null().to_numpy()
        if value is None:
            return np.zeros(len(missing), dtype=np.bool_), missing
        above = (self.values < value if self.descending else self.values > value).fill_null(True)
        return above.to_numpy(), (self.values == value).fill_null(False).to_numpy()

    def shown(self, places: np.ndarray) -> list[Any]:
        return self.values.gather(places).to_list()

    def accepts(self, value: Any) -> bool:
        return value is None or isinstance(value, str)


@dataclass(frozen=True)
class _NumberColumn:
    values: Ints
    descending: bool
    currencies: Sequence[str | None] | None

    @cached_property
    def _ascending(self) -> Ints:
        directed = -self.values if self.descending else self.values
        return np.where(self.values == NOT_STATED, np.iinfo(np.int64).max, directed)

    @cached_property
    def _currency(self) -> pl.Series | None:
        """Codes that sort CNY (empty) first; None where all amounts are in CNY."""
        if self.currencies is None or all(one in (None, CNY) for one in self.currencies):
            return None
        return pl.Series(["" if one in (None, CNY) else one for one in self.currencies], dtype=pl.String)

    @property
    def keys(self) -> Sequence[np.ndarray]:
        if self._currency is None:
            return [self._ascending]
        ranks = self._currency.rank("dense").cast(pl.Int64).to_numpy()
        return [np.where(self.values == NOT_STATED, len(ranks) + 1, ranks), self._ascending]

    def against(self, value: Any) -> tuple[Mask, Mask]:
        missing = self.values == NOT_STATED
        if value is None:
            return np.zeros(len(missing), dtype=np.bool_), missing
        amount, currency = value if isinstance(value, list) else (value, "")
        own = self._ascending
        wanted = -amount if self.descending else amount
        same = np.ones(len(own), dtype=np.bool_) if currency == "" else np.zeros(len(own), dtype=np.bool_)
        above = np.zeros(len(own), dtype=np.bool_)
        if self._currency is not None:
            same = (self._currency == currency).to_numpy()
            above = (self._currency > currency).to_numpy()
        return missing | above | (same & (own > wanted)), ~missing & same & (own == wanted)

    def shown(self, places: np.ndarray) -> list[Any]:
        amounts = [None if value == NOT_STATED else value for value in self.values[places].tolist()]
        if self._currency is None:
            return amounts
        codes = self._currency.gather(places).to_list()
        return [
            amount if amount is None or not code else [amount, code]
            for amount, code in zip(amounts, codes, strict=True)
        ]

    def accepts(self, value: Any) -> bool:
        if isinstance(value, list):
            if not (self.currencies is not None and len(value) == 2 and isinstance(value[1], str)):
                return False
            value = value[0]
        whole = isinstance(value, int) and not isinstance(value, bool)
        return value is None or (whole and -(2**63) < value < 2**63)
