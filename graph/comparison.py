"""What a load brings beyond what its source already states: duplicates, rows that say nothing new, statements that end.

Everything here is a pure function of the load's rows and the source's current ones, so that a writer that was told STALE can ask
again. A row's **key** is (id, validFrom); a link's id is its ends and its key fields. The locator is never compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from graph.batch import Rejection
from graph.blocks import ID, LOAD, LOCATOR, OP, UNTIL, Op, frame_schema
from graph.fields import FieldType
from graph.id_columns import escaped_texts
from graph.ontology import KindSpec

VALID_FROM: Final = "valid_from"
EFFECTIVE: Final = "#effective"
"""The day under which a row stands: that of the version whose place an undated row takes."""
_SHOWN: Final = 5
"""Locators of clashing rows that are named."""
_PLACE: Final = "#place"
_HASH: Final = "#hash"


@dataclass(frozen=True, slots=True)
class Distinct:
    """A load's rows of one kind, each key once; `repeated` equal rows were dropped, `duplicates` differ under one key."""

    frame: pl.DataFrame
    repeated: int = 0
    duplicates: pl.DataFrame = field(default_factory=pl.DataFrame)
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of a load against what its source states.

    `stated` the rows to append; `unchanged` how many say nothing new, and `confirmed` the loads whose rows they repeat; `keys` the
    keys that the load states, with EFFECTIVE; `redated` how many undated rows take the place of a dated version.
    """

    stated: pl.DataFrame
    unchanged: int
    confirmed: frozenset[int]
    keys: pl.DataFrame
    redated: int


@dataclass(frozen=True, slots=True)
class Vanished:
    """One kind's statements that a full load states no more: `rows` END rows, out of `standing` that could have vanished."""

    rows: pl.DataFrame
    standing: int


def identity_columns(kind: KindSpec) -> list[str]:
    """The stored columns that make a row's id: of a link its ends and key fields."""
    return ["source", "target", *kind.key] if kind.is_link else [ID]


def distinct(kind: KindSpec, frame: pl.DataFrame) -> Distinct:
    """The rows with each key once, decided over the whole load: equal rows are one, different ones are all quarantined."""
    keys = _keys(kind, frame).with_columns(frame[VALID_FROM])
    hashes = keys.hash_rows()
    if not hashes.is_duplicated().any():
        return Distinct(frame)
    suspects = hashes.is_duplicated()
    values = _value_columns(kind, frame)
    rows = keys.with_columns(frame.select(pl.col(name).alias(f"={name}") for name in values))
    rows = rows.with_row_index(_PLACE).filter(suspects)
    first = rows.unique([name for name in rows.columns if name != _PLACE], keep="first", maintain_order=True)
    clashing = first.filter(pl.struct(keys.columns).is_duplicated())
    twice = rows.join(clashing.select(keys.columns).unique(), on=keys.columns, how="semi", nulls_equal=True)
    bad = pl.Series([False]).new_from_index(0, frame.height).scatter(twice[_PLACE], True)
    kept = ~suspects
    kept = kept.scatter(first[_PLACE], True) & ~bad
    duplicates = frame.filter(bad)
    repeated = frame.height - duplicates.height - int(kept.sum())
    return Distinct(frame.filter(kept), repeated, duplicates, tuple(_clashes(kind, twice, frame, keys.columns, values)))


def _clashes(
    kind: KindSpec, twice: pl.DataFrame, frame: pl.DataFrame, keys: list[str], values: list[str]
) -> list[Rejection]:
    rows = twice.with_columns(frame[LOCATOR][twice[_PLACE]].fill_null("a row").alias(LOCATOR))
    groups = rows.group_by(keys, maintain_order=True).agg(
        *((pl.col(f"={name}").n_unique() > 1).alias(f"={name}") for name in values),
        shown=pl.col(LOCATOR).head(_SHOWN).str.join(", ")
        + pl.when(pl.len() > _SHOWN).then(pl.lit(" …")).otherwise(pl.lit("")),
    )
    differing = pl.coalesce(pl.when(pl.col(f"={name}")).then(pl.lit(name)) for name in values)
    rows = rows.join(groups.select(*keys, "shown", differing=differing), on=keys, how="left", nulls_equal=True)
    value = pl.coalesce(
        pl.when(pl.col("differing") == name).then(pl.col(f"={name}").cast(pl.String)) for name in values
    )
    remedy = "keep the right one, or tell them apart by validFrom"
    found: list[Rejection] = []
    for locator, shown, name, text in rows.sort(_PLACE).select(LOCATOR, "shown", "differing", value).iter_rows():
        told = _graph_name(kind, name)
        reason = f"{shown} state one {kind.name} differently, here in {told}"
        found.append(Rejection("DUPLICATE", kind.name, locator, told, (text or "")[:80], reason, remedy))
    return found


def _graph_name(kind: KindSpec, column: str) -> str:
    for spec in kind.fields:
        if column in (item.name for item in spec.columns):
            return spec.graph_name
    return column


def compare(kind: KindSpec, offered: pl.DataFrame, current: pl.DataFrame) -> Comparison:
    """The offered rows that differ from what the source states.

    `offered` has each key once; `current` is what `Snapshot.current` gives. An undated row of an id that the source has dated, and
    has not stated undated, stands for its latest version, unless the load dates that version itself.
    """
    effective = _effective(kind, offered, current)
    keys = _keys(kind, offered).with_columns(effective)
    redated = int((effective.is_not_null() & offered[VALID_FROM].is_null()).sum())
    if not current.height or not offered.height:
        return Comparison(offered, 0, frozenset(), keys, redated)
    places = _places(keys, _keys(kind, current).with_columns(current[VALID_FROM].alias(EFFECTIVE)))
    known = places.is_not_null()
    mine, theirs = offered.filter(known), current[places.drop_nulls()]
    same = _equal(mine, theirs, _value_columns(kind, offered))
    if (mine[OP] != Op.STATE.value).any():
        # An END or RETRACT has no values of its own.
        same |= (mine[OP] != Op.STATE.value) & _equal(mine, theirs, [OP, UNTIL])
    unchanged = known.scatter(known.arg_true(), same)
    confirmed = frozenset(theirs.filter(same)[LOAD].unique().to_list()) if LOAD in theirs.columns else frozenset()
    unchanged &= ~_holds_its_date(kind, offered.filter(~unchanged), keys, current)
    return Comparison(offered.filter(~unchanged), int(unchanged.sum()), confirmed, keys, redated)


def vanished(
    kind: KindSpec, stated: pl.DataFrame, protected: pl.DataFrame, current: pl.DataFrame, stated_on: date
) -> Vanished:
    """The current statements of a kind that a full load of `stated_on` states no more, as END rows of that day.

    `stated` are the load's keys with EFFECTIVE, `protected` the ids that it could not read whole, which count as present. Only what
    began by `stated_on` can vanish. A version that a later one of the load has followed by then needs no end.
    """
    names = identity_columns(kind)
    ended = pl.col(UNTIL).is_not_null() & (pl.col(UNTIL) <= stated_on)
    begun = pl.col(VALID_FROM).is_null() | (pl.col(VALID_FROM) <= stated_on)
    standing = current.filter((pl.col(OP) != Op.RETRACT.value) & ~ended & begun)
    if not standing.height:
        return Vanished(standing, 0)
    keys = _keys(kind, standing).with_columns(standing[VALID_FROM].alias(EFFECTIVE))
    gone = _places(keys, stated.select(keys.columns)).is_null()
    if gone.any() and protected.height:
        ids = _keys(kind, protected).unique()
        gone &= _places(keys.select(ids.columns), ids).is_null()
    if gone.any():
        by_then = stated.filter(pl.col(EFFECTIVE) <= stated_on).group_by(names).agg(latest=pl.col(EFFECTIVE).max())
        latest = keys.join(by_then, on=names, how="left", nulls_equal=True, maintain_order="left")["latest"]
        followed = (latest > keys[EFFECTIVE]) | (latest.is_not_null() & keys[EFFECTIVE].is_null())
        gone &= ~followed.fill_null(False)
    rows = standing.filter(gone).select(*(name for name in (*names, VALID_FROM)))
    ends = rows.with_columns(
        pl.lit(Op.END.value, dtype=pl.Int8).alias(OP), pl.lit(stated_on, dtype=pl.Date).alias(UNTIL)
    )
    return Vanished(ends, standing.height)


def _keys(kind: KindSpec, frame: pl.DataFrame) -> pl.DataFrame:
    """The id columns, with texts as they stand in ids."""
    columns = []
    for name in identity_columns(kind):
        spec = kind.by_name.get(name)
        free = spec is not None and spec.holds is FieldType.TEXT
        columns.append(escaped_texts(frame[name]) if free else frame[name])
    return pl.DataFrame(columns)


def _equal(ours: pl.DataFrame, theirs: pl.DataFrame, names: list[str]) -> pl.Series:
    same = pl.Series([True]).new_from_index(0, ours.height)
    for name in names:
        if ours[name].null_count() < ours.height or theirs[name].null_count() < ours.height:
            same &= ours[name].eq_missing(theirs[name])
    return same


def _value_columns(kind: KindSpec, frame: pl.DataFrame) -> list[str]:
    keys = {*identity_columns(kind), VALID_FROM, LOCATOR}
    return [name for name in frame_schema(kind) if name not in keys and name in frame.columns]


def _places(keys: pl.DataFrame, among: pl.DataFrame) -> pl.Series:
    """For each row of `keys`, the place of the equal row of `among`, whose rows are distinct; null: there is none."""
    ours = pl.DataFrame({_HASH: keys.hash_rows()})
    theirs = pl.DataFrame({_HASH: among.select(keys.columns).hash_rows()}).with_row_index(_PLACE)
    if not theirs[_HASH].is_duplicated().any():
        places = ours.join(theirs, on=_HASH, how="left", maintain_order="left")[_PLACE]
        met = places.is_not_null()
        if keys.filter(met).equals(among.select(keys.columns)[places.drop_nulls()]):
            return places
    # Two keys share a hash: compare the keys themselves.
    whole = among.select(keys.columns).with_row_index(_PLACE)
    return keys.join(whole, on=keys.columns, how="left", nulls_equal=True, maintain_order="left")[_PLACE]


def _effective(kind: KindSpec, offered: pl.DataFrame, current: pl.DataFrame) -> pl.Series:
    stated = offered[VALID_FROM].alias(EFFECTIVE)
    undated = offered[VALID_FROM].is_null() & (offered[OP] == Op.STATE.value)
    if not undated.any() or current[VALID_FROM].null_count() == current.height:
        return stated
    names = identity_columns(kind)
    standing = current.filter(pl.col(OP) != Op.RETRACT.value)
    versions = (
        _keys(kind, standing)
        .with_columns(standing[VALID_FROM])
        .group_by(names)
        .agg(latest=pl.col(VALID_FROM).max(), undated=pl.col(VALID_FROM).is_null().any())
        .filter(~pl.col("undated") & pl.col("latest").is_not_null())
    )
    keys = _keys(kind, offered).with_columns(stated)
    own = keys.filter(pl.col(EFFECTIVE).is_not_null()).unique()
    versions = versions.join(
        own, left_on=[*names, "latest"], right_on=[*names, EFFECTIVE], how="anti", nulls_equal=True
    )
    latest = keys.join(versions, on=names, how="left", nulls_equal=True, maintain_order="left")["latest"]
    return stated.zip_with(~undated, latest).alias(EFFECTIVE)


def _holds_its_date(kind: KindSpec, new: pl.DataFrame, keys: pl.DataFrame, current: pl.DataFrame) -> pl.Series:
    """For each row of the load, whether it must be stated although it is unchanged: the latest dated version of an id that the load
    also states undated. Without it, readers would take the undated row for that version."""
    undated = new.filter(pl.col(VALID_FROM).is_null() & (pl.col(OP) == Op.STATE.value))
    nobody = pl.Series([False]).new_from_index(0, keys.height)
    if not undated.height or current[VALID_FROM].null_count() == current.height:
        return nobody
    names = identity_columns(kind)
    ids = _keys(kind, undated).unique()
    standing = current.filter(pl.col(OP) != Op.RETRACT.value)
    latest = _keys(kind, standing).with_columns(standing[VALID_FROM].alias(EFFECTIVE)).group_by(names).max()
    latest = latest.join(ids, on=names, how="semi", nulls_equal=True).filter(pl.col(EFFECTIVE).is_not_null())
    return _places(keys, latest.select(keys.columns)).is_not_null()


def loads_as_text(loads: frozenset[int]) -> str:
    """Load numbers in ranges, such as 1-3,7."""
    ranges: list[list[int]] = []
    for seq in sorted(loads):
        if ranges and ranges[-1][1] == seq - 1:
            ranges[-1][1] = seq
        else:
            ranges.append([seq, seq])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in ranges)


def loads_of_text(text: str) -> frozenset[int]:
    """The load numbers that `loads_as_text` wrote."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)
