"""The ids of a snapshot: each has a number within its kind, given once and kept, and a rank in the order of ids.

A **handle** is kind code << 32 | number. Nothing visible is ordered by number. Node ids are kept as texts without their prefix,
ordered by UTF-8 bytes. Link ids are not kept: a link is its ends' handles and its key, and its id is made when asked for; links
are ordered part by part, by source, target and key.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.identifiers import escape
from graph.snapshot_columns import FEW_VALUES, Ints, Mask, Rows, gather

KIND_SHIFT: Final = 32
NUMBER_MASK: Final = (1 << KIND_SHIFT) - 1
FOREIGN: Final = 0
"""Code of the pseudo-kind of ids whose prefix no kind has: they keep their text, and are never live."""


FEW: Final = 16
"""Keys are looked up one by one where there are this many times as many ids, else joined."""


def kinds_in(handles: Ints) -> list[int]:
    """The kind codes of handles, ascending, each once; mostly there is one."""
    codes = handles >> KIND_SHIFT
    if codes.size and (codes == codes[0]).all():
        return [int(codes[0])]
    return list(np.unique(codes).tolist())


def handles_of(code: int, numbers: npt.NDArray[np.integer]) -> Ints:
    """The handles of these numbers of one kind; -1 stays -1."""
    numbers = numbers.astype(np.int64)
    return np.where(numbers < 0, -1, numbers | (code << KIND_SHIFT))


def numbers_of(handles: Ints) -> Rows:
    """The numbers of these handles of one kind; -1 stays -1."""
    return np.where(handles < 0, -1, handles & NUMBER_MASK).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Order:
    """A permutation of numbers: `rank` of each number, and the numbers in order. None: both are the identity."""

    size: int
    ranks: Rows | None = None

    @cached_property
    def rank(self) -> Rows:
        """The rank of each number."""
        return np.arange(self.size, dtype=np.int32) if self.ranks is None else self.ranks

    @cached_property
    def numbers(self) -> Rows:
        """The numbers in order."""
        if self.ranks is None:
            return self.rank
        numbers = np.empty(self.size, np.int32)
        numbers[self.ranks] = np.arange(self.size, dtype=np.int32)
        return numbers

    def inserted(self, before: npt.NDArray[np.integer]) -> Order:
        """The order with new last numbers, themselves in order; `before` says how many old ones come before each."""
        size = self.size + before.size
        new = before + np.arange(before.size)
        if self.ranks is None and (not before.size or before[0] == self.size):
            return Order(size)
        shift = np.cumsum(np.bincount(before, minlength=self.size + 1), dtype=np.int32)
        ranks = np.empty(size, np.int32)
        ranks[: self.size] = self.rank + shift[self.rank]
        ranks[self.size :] = new
        return Order(size, ranks)


@dataclass(frozen=True, eq=False)
class NodeIds:
    """The ids of one node kind, prefix left out, by number."""

    prefix: str
    keys: pl.Series
    order: Order

    @classmethod
    def empty(cls, prefix: str) -> Self:
        """No ids."""
        return cls(prefix, pl.Series("", [], dtype=pl.String), Order(0))

    @property
    def size(self) -> int:
        """How many ids there are."""
        return self.order.size

    @cached_property
    def sorted_keys(self) -> pl.Series:
        """The keys in order."""
        return self.keys if self.order.ranks is None else self.keys.gather(self.order.numbers).rechunk()

    def _places(self, keys: pl.Series) -> tuple[npt.NDArray[np.int64], Mask]:
        places = self.sorted_keys.search_sorted(keys).to_numpy().astype(np.int64)
        if not self.size:
            return places, np.zeros(keys.len(), bool)
        found = self.sorted_keys.gather(np.minimum(places, self.size - 1)) == keys
        return places, found.fill_null(False).to_numpy()

    def since(self, number: int) -> Self:
        """The ids that came last, from this number on, which were given in order: by numbers that count from there."""
        return type(self)(self.prefix, self.keys.slice(number), Order(self.size - number))

    def lookup(self, keys: pl.Series, start: int = 0) -> Rows:
        """The numbers of these keys, counted from `start`; -1 for an unknown one or null."""
        if not self.size:
            return np.full(keys.len(), -1, np.int32)
        if keys.len() <= FEW_VALUES:
            found_one = [-1 if key is None else self.number(key) for key in keys.to_list()]
            return np.array([number if number < 0 else number + start for number in found_one], np.int32)
        if keys.len() * FEW < self.size:
            places, found = self._places(keys)
            numbers = self.order.numbers[np.minimum(places, self.size - 1)]
            return np.where(found, numbers + start, -1).astype(np.int32)
        known = pl.DataFrame({"key": self.keys, "number": np.arange(start, start + self.size, dtype=np.int32)})
        joined = keys.alias("key").to_frame().join(known, on="key", how="left", maintain_order="left")
        return joined["number"].fill_null(-1).to_numpy()

    def number(self, key: str) -> int:
        """The number of one key, -1 when it is unknown."""
        place = bisect.bisect_left(self.sorted_keys, key)
        if place < self.size and self.sorted_keys[place] == key:
            return int(self.order.numbers[place])
        return -1

    def extended(self, keys: pl.Series) -> Self:
        """The ids with these keys, which are distinct; known ones are passed over."""
        keys = keys.drop_nulls().sort()
        places, found = self._places(keys)
        if found.any():
            keys, places = keys.filter(~found), places[~found]
        if not keys.len():
            return self
        every = pl.concat([self.keys, keys.alias("")], rechunk=False) if self.size else keys.alias("")
        if every.n_chunks() > 8:
            every = every.rechunk()
        return type(self)(self.prefix, every, self.order.inserted(places))

    def id_of(self, number: int) -> str:
        """The whole id of one number."""
        return f"{self.prefix}:{self.keys[number]}" if self.prefix else str(self.keys[number])

    def ids_of(self, numbers: npt.NDArray[np.integer]) -> pl.Series:
        """The whole ids of these numbers, null for -1."""
        if not self.prefix:
            return gather(self.keys, numbers)
        if numbers.size > self.size:
            return gather(self.ids_of(np.arange(self.size)), numbers)
        return pl.select(pl.lit(f"{self.prefix}:") + gather(self.keys, numbers)).to_series()


@dataclass(frozen=True, eq=False)
class LinkIds:
    """The links of one kind by number: handles of their ends, and the number of their key among `keys` (-1: none).

    `keys` are the texts that end the ids, as they stand there.
    """

    prefix: str
    source: Ints
    target: Ints
    key: Rows
    keys: NodeIds
    order: Order

    @classmethod
    def empty(cls, prefix: str) -> Self:
        """No links."""
        none = np.empty(0, np.int64)
        return cls(prefix, none, none, np.empty(0, np.int32), NodeIds.empty(""), Order(0))

    @property
    def size(self) -> int:
        """How many links there are."""
        return self.order.size

    def places(self, ranks: Ranks, source: Ints, target: Ints, key: Rows) -> tuple[npt.NDArray[np.int64], Rows]:
        """For each link, how many known ones come before it, and its number if it is known, else -1."""
        wanted = self._ordered(ranks, source, target, key)
        low = np.zeros(source.size, np.int64)
        high = np.full(source.size, self.size, np.int64)
        while (open_ := np.flatnonzero(low < high)).size:
            middle = (low[open_] + high[open_]) // 2
            numbers = self.order.numbers[middle]
            mine = self._ordered(ranks, self.source[numbers], self.target[numbers], self.key[numbers])
            less = np.zeros(open_.size, bool)
            equal = np.ones(open_.size, bool)
            for left, right in zip(mine, wanted, strict=True):
                less |= equal & (left < right[open_])
                equal &= left == right[open_]
            low[open_] = np.where(less, middle + 1, low[open_])
            high[open_] = np.where(less, high[open_], middle)
        if not self.size:
            return low, np.full(source.size, -1, np.int32)
        numbers = self.order.numbers[np.minimum(low, self.size - 1)]
        same = (self.source[numbers] == source) & (self.target[numbers] == target) & (self.key[numbers] == key)
        return low, np.where(same & (low < self.size), numbers, -1).astype(np.int32)

    def extended(self, ranks: Ranks, keys: NodeIds, source: Ints, target: Ints, key: Rows) -> tuple[Self, Rows]:
        """The links with these among them, and the number of each; `keys` has all of theirs."""
        known = type(self)(self.prefix, self.source, self.target, self.key, keys, self.order)
        places, numbers = known.places(ranks, source, target, key)
        new = np.flatnonzero(numbers < 0)
        if not new.size:
            return known, numbers
        parts = known._ordered(ranks, source[new], target[new], key[new])
        order = lexsort(parts)
        new = new[order]
        first = np.ones(new.size, bool)
        for part in (source[new], target[new], key[new]):
            first[1:] &= part[1:] == part[:-1]
        first[1:] = ~first[1:]
        numbers[new] = self.size + np.cumsum(first) - 1
        new = new[first]
        return (
            type(self)(
                self.prefix,
                np.concatenate([self.source, source[new]]),
                np.concatenate([self.target, target[new]]),
                np.concatenate([self.key, key[new]]),
                keys,
                self.order.inserted(places[new]),
            ),
            numbers,
        )

    def _ordered(self, ranks: Ranks, source: Ints, target: Ints, key: Rows) -> tuple[Ints, Ints, Ints]:
        key_rank = self.keys.order.rank
        keys = np.where(key < 0, -1, key_rank[key] if key_rank.size else -1).astype(np.int64)
        return ranks.of(source), ranks.of(target), keys


@dataclass(frozen=True, eq=False)
class Ranks:
    """The order of node ids across kinds: by prefix, then within the kind. `orders` by kind code."""

    prefixes: Sequence[str]
    orders: Sequence[Order]

    @cached_property
    def _place(self) -> Ints:
        places = np.empty(len(self.prefixes), np.int64)
        places[sorted(range(len(self.prefixes)), key=lambda code: f"{self.prefixes[code]}:".encode())] = np.arange(
            len(self.prefixes)
        )
        return places

    def of(self, handles: Ints) -> Ints:
        """A number for each handle that orders it among all; -1 for -1."""
        if not handles.size:
            return handles
        codes = handles >> KIND_SHIFT
        first = int(codes[0])
        if (codes == first).all():
            if first < 0:
                return np.full(handles.size, -1, np.int64)
            return self._within(first, handles)
        out = np.full(handles.size, -1, np.int64)
        for code in np.unique(codes):
            if code >= 0:
                here = codes == code
                out[here] = self._within(int(code), handles[here])
        return out

    def _within(self, code: int, handles: Ints) -> Ints:
        numbers = handles & NUMBER_MASK
        order = self.orders[code]
        if order.ranks is not None:
            numbers = order.ranks[numbers].astype(np.int64)
        return np.asarray(numbers | (self._place[code] << KIND_SHIFT))


def lexsort(parts: Sequence[npt.NDArray[np.integer]]) -> npt.NDArray[np.intp]:
    """The places in the order of the first part, then the second, …: as `np.lexsort`, faster where the parts are narrow."""
    size = parts[0].size
    packed = np.zeros(size, np.int64)
    room = 1
    for part in parts:
        if not size:
            break
        low, high = int(part.min()), int(part.max())
        span = high - low + 1
        if room * span >= 2**62:
            return np.lexsort(tuple(reversed(parts)))
        packed = packed * span + (part.astype(np.int64) - low)
        room *= span
    return np.argsort(packed, kind="stable")


def link_id(prefix: str, source: str, target: str, key: str | None) -> str:
    """The id of a link between these ids; `key` as it stands at the id's end."""
    parts = [prefix, escape(source), escape(target)]
    return ":".join(parts if key is None else [*parts, key])
