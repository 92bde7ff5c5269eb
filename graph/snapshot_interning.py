"""Ids become handles: every id that new rows mention gets a number at its first mention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from graph.id_columns import escaped
from graph.ontology import KindSpec, Ontology
from graph.snapshot_columns import Ints
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


class Interning:
    """Hands out handles for columns of whole ids; `ids` by kind code grows. All columns are given before any is asked for."""

    def __init__(self, ids: Sequence[NodeIds | LinkIds], prefixes: Mapping[str, int]) -> None:
        self.ids = list(ids)
        self._prefixes = prefixes
        self._columns: list[tuple[pl.Series, list[tuple[int, pl.Series, pl.Series]]]] = []

    def mention(self, column: pl.Series) -> int:
        """The place under which `handles` answers for this column."""
        distinct = column.drop_nulls().unique()
        self._columns.append((column, list(self._split(distinct))))
        return len(self._columns) - 1

    def _split(self, distinct: pl.Series) -> list[tuple[int, pl.Series, pl.Series]]:
        """By kind: code, whole ids, keys."""
        if not distinct.len():
            return []
        first = distinct[0].partition(":")[0]
        if first in self._prefixes and distinct.str.starts_with(f"{first}:").all():
            return [(self._prefixes[first], distinct, distinct.str.strip_prefix(f"{first}:"))]
        found = []
        prefixes = distinct.str.extract(r"^([^:]*):", 1)
        rest = distinct
        for prefix, code in self._prefixes.items():
            mine = distinct.filter((prefixes == prefix).fill_null(False))
            if mine.len():
                found.append((code, mine, mine.str.strip_prefix(f"{prefix}:")))
        known = pl.Series(list(self._prefixes), dtype=pl.String)
        rest = distinct.filter(~prefixes.is_in(known.implode()).fill_null(False))
        if rest.len():
            found.append((FOREIGN, rest, rest))
        return found

    def settle(self) -> None:
        """Give numbers to all new ids."""
        by_code: dict[int, list[pl.Series]] = {}
        for _, parts in self._columns:
            for code, _, keys in parts:
                by_code.setdefault(code, []).append(keys)
        for code, found in by_code.items():
            ids = self.ids[code]
            assert isinstance(ids, NodeIds)
            keys = found[0] if len(found) == 1 else pl.concat([part.alias("") for part in found]).unique()
            self.ids[code] = ids.extended(keys)

    def handles(self, place: int) -> Ints:
        """The handles of one column's ids, -1 for null."""
        column, parts = self._columns[place]
        wholes, handles = [], []
        for code, whole, keys in parts:
            ids = self.ids[code]
            assert isinstance(ids, NodeIds)
            wholes.append(whole.alias("id"))
            handles.append(handles_of(code, ids.lookup(keys)))
        if not wholes:
            return np.full(column.len(), -1, np.int64)
        known = pl.DataFrame({"id": pl.concat(wholes), "handle": np.concatenate(handles)})
        joined = column.alias("id").to_frame().join(known, on="id", how="left", maintain_order="left")
        return joined["handle"].fill_null(-1).to_numpy()


def key_texts(kind: KindSpec, frame: pl.DataFrame) -> pl.Series | None:
    """What ends the ids of these links: their key fields as text, escaped; null where they have none. None: the kind has no key."""
    parts = [escaped(pl.col(name).cast(pl.String)) for name in kind.key if name in frame.columns]
    if not parts:
        return None
    return frame.select(pl.concat_str(parts, separator=":", ignore_nulls=True).replace("", None)).to_series().alias("")
