"""One table of the bundle: columns under the templates' headers, with gaps where the city's sources state nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl


@dataclass
class Dice:
    """The seeded chances of one city; each table draws from its own stream, so that a new table changes no other."""

    seed: int
    as_of: date
    scale: float
    streams: dict[str, np.random.Generator] = field(default_factory=dict)

    def of(self, table: str) -> np.random.Generator:
        """The stream of a table."""
        if table not in self.streams:
            self.streams[table] = np.random.Generator(np.random.PCG64([self.seed, *table.encode()]))
        return self.streams[table]

    def count(self, at_one: int) -> int:
        """How many rows a table has that has `at_one` at scale 1; at least 1."""
        return max(1, round(at_one * self.scale))

    def day(self, offset: int) -> date:
        """The day so many days after the city's."""
        return self.as_of + timedelta(days=offset)

    def days(self, table: str, low: int, high: int, count: int) -> pl.Series:
        """Days from `low` to `high` (exclusive) after the city's day."""
        offsets = self.of(table).integers(low, high, count)
        start = (self.as_of - date(1970, 1, 1)) / timedelta(days=1)
        return pl.Series((offsets + int(start)).astype(np.int32)).cast(pl.Date)


def yuan(amounts: np.ndarray) -> pl.Series:
    """Amounts in whole 元 rounded to hundreds, as the templates want them."""
    return pl.Series((np.maximum(amounts, 100) // 100 * 100).astype(np.int64))


def gaps(values: pl.Series | Sequence[object] | np.ndarray, missing: np.ndarray) -> pl.Series:
    """The values, null where `missing` is true."""
    series = values if isinstance(values, pl.Series) else pl.Series(values)
    return pl.select(pl.when(pl.lit(pl.Series(missing))).then(None).otherwise(pl.lit(series)).alias("value"))["value"]


def pick(names: pl.Series | Sequence[str], places: np.ndarray) -> pl.Series:
    """The names at these places."""
    series = names if isinstance(names, pl.Series) else pl.Series(list(names), dtype=pl.String)
    return series.gather(pl.Series(places.astype(np.uint32)))


def others(chance: np.random.Generator, places: np.ndarray, count: int) -> np.ndarray:
    """For each of these places another one of so many by chance: never itself, unless there is no other."""
    found: np.ndarray = (places + 1 + chance.integers(0, max(1, count - 1), len(places))) % count
    return found


def numbered(prefix: str, count: int, width: int = 7) -> pl.Series:
    """Keys `prefix-0000001` and on."""
    return pl.select(pl.lit(prefix + "-") + pl.int_range(1, count + 1).cast(pl.String).str.zfill(width))[:, 0]


def write(folder: Path, name: str, columns: Mapping[str, object]) -> int:
    """Write a table as CSV, UTF-8, and give its number of rows."""
    frame = pl.DataFrame(dict(columns))
    frame.write_csv(folder / f"{name}.csv", date_format="%Y-%m-%d")
    return frame.height


def drawn(
    chance: np.random.Generator, names: Sequence[str], count: int, *, missing: float = 0.0, shares: Sequence[float] = ()
) -> pl.Series:
    """So many of the names by chance, in these shares (none: alike), null in the share `missing`."""
    places = chance.choice(len(names), size=count, p=list(shares) or None)
    values = pick(names, places)
    return gaps(values, chance.random(count) < missing) if missing else values


def either(is_first: np.ndarray, first: pl.Series, second: pl.Series) -> pl.Series:
    """The first series where it says so, else the second."""
    return pl.select(pl.when(pl.lit(pl.Series(is_first))).then(first).otherwise(second).alias("value"))["value"]
