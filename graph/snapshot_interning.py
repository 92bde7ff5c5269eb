"""Ids become handles: every id that new rows mention gets a number at its first mention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.id_columns import escaped
from graph.ontology import KindSpec, Ontology
from graph.snapshot_columns import FEW_VALUES, Ints, Rows
from graph.snapshot_ids import FOREIGN, LinkIds, NodeIds, handles_of


def kind_codes(ontology: Ontology) -> dict[str, int]:
    """The code of each kind in handles: from 1, by name, so that it depends on nothing else."""
    return {name: code for code, name in enumerate(sorted(ontology.kinds), start=FOREIGN + 1)}


def prefix_codes(ontology: Ontology) -> dict[str, int]:
    """The code of each prefix of node ids, earlier names of kinds among them."""
    codes = kind_codes(ontology)
    found: dict[str, int] = {}
    for kind in ontology.nodes:
        for old in kind.record.options.was:
            found[old[0].lower() + old[1:]] = codes[kind.name]
    return found | {kind.prefix: codes[kind.name] for kind in ontology.nodes}


@dataclass
class _Part:
    """The ids of one kind in a column: their keys, and where they stand; None: the whole column."""

    code: int
    keys: pl.Series
    places: npt.NDArray[np.intp] | None
    numbers: Rows = field(default_factory=lambda: np.empty(0, np.int32))


class Interning:
    """Hands out handles for columns of whole ids; `ids` by kind code grows. All columns are given before any is asked for.

    It goes fastest when the columns that give new ids come first.
    """

    def __init__(self, ids: Sequence[NodeIds | LinkIds], prefixes: Mapping[str, int]) -> None:
        self.ids = list(ids)
        self._prefixes = prefixes
        self._columns: list[tuple[int, list[_Part]]] = []

    def mention(self, column: pl.Series) -> int:
        """The place under which `handles` answers for this column."""
        self._columns.append((column.len(), list(self._split(column.alias("")))))
        return len(self._columns) - 1

    def _split(self, column: pl.Series) -> Iterator[_Part]:
        if column.null_count() == column.len():
            return
        if column.len() <= FEW_VALUES:
            yield from self._split_few(column)
            return
        first = str(column.first(ignore_nulls=True)).partition(":")[0]
        if first in self._prefixes and column.str.starts_with(f"{first}:").all(ignore_nulls=True):
            yield _Part(self._prefixes[first], column.str.strip_prefix(f"{first}:"), None)
            return
        stated = np.flatnonzero(column.is_not_null().to_numpy())
        texts = column.gather(stated)
        prefixes = texts.str.extract(r"^([^:]*):", 1)
        found = prefixes.replace_strict(self._prefixes, default=FOREIGN, return_dtype=pl.Int64)
        codes = found.fill_null(FOREIGN).to_numpy()
        for code in np.unique(codes).tolist():
            mine = np.flatnonzero(codes == code)
            keys = texts.gather(mine)
            yield _Part(code, keys if code == FOREIGN else keys.str.replace(r"^[^:]*:", ""), stated[mine])

    def _split_few(self, column: pl.Series) -> Iterator[_Part]:
        found: dict[int, dict[int, str]] = {}
        for place, text in enumerate(column.to_list()):
            if text is not None:
                prefix, colon, key = text.partition(":")
                code = self._prefixes.get(prefix, FOREIGN) if colon else FOREIGN
                found.setdefault(code, {})[place] = text if code == FOREIGN else key
        for code, keys in sorted(found.items()):
            yield _Part(code, pl.Series("", list(keys.values()), dtype=pl.String), np.array(list(keys), np.intp))

    def settle(self) -> None:
        """Give numbers to all new ids."""
        by_code: dict[int, list[_Part]] = {}
        for _, parts in self._columns:
            for part in parts:
                by_code.setdefault(part.code, []).append(part)
        for code, parts in by_code.items():
            known = self._nodes(code)
            new = pl.Series("", [], dtype=pl.String)
            missing: list[tuple[_Part, pl.Series]] = []
            for part in parts:
                part.numbers = known.lookup(part.keys)
                unknown = part.keys if not known.size else part.keys.filter(part.numbers < 0)
                if unknown.null_count() < unknown.len():
                    missing.append((part, unknown))
                    new = _united(new, unknown.drop_nulls())
            if not missing:
                continue
            grown = self.ids[code] = known.extended(new)
            added = grown.since(known.size)
            for part, unknown in missing:
                numbers = part.numbers.copy()
                numbers[numbers < 0] = added.lookup(unknown, start=known.size)
                part.numbers = numbers

    def handles(self, place: int) -> Ints:
        """The handles of one column's ids, -1 for null."""
        length, parts = self._columns[place]
        out = np.full(length, -1, np.int64)
        for part in parts:
            found = handles_of(part.code, part.numbers)
            if part.places is None:
                return found
            out[part.places] = found
        return out

    def _nodes(self, code: int) -> NodeIds:
        ids = self.ids[code]
        assert isinstance(ids, NodeIds)
        return ids


def _united(new: pl.Series, keys: pl.Series) -> pl.Series:
    """Distinct keys with these among them."""
    if new.len() + keys.len() <= FEW_VALUES:
        return pl.Series("", [*dict.fromkeys([*new.to_list(), *keys.to_list()])], dtype=pl.String)
    if new.len():
        keys = keys.alias("key").to_frame().join(new.alias("key").to_frame(), on="key", how="anti")["key"]
    return pl.concat([new, keys.unique().alias("")]) if keys.len() else new


def key_texts(kind: KindSpec, frame: pl.DataFrame) -> pl.Series | None:
    """What ends the ids of these links: their key fields as text, escaped; null where they have none. None: the kind has no key."""
    parts = [escaped(pl.col(name).cast(pl.String)) for name in kind.key if name in frame.columns]
    if not parts:
        return None
    return frame.select(pl.concat_str(parts, separator=":", ignore_nulls=True).replace("", None)).to_series().alias("")
