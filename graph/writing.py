"""A load of a source: its valid rows compared with what the source states, what is new appended, what vanished ended.

What a load *confirms* is kept in its note (`confirms 1-3,7`: the loads whose rows it states again unchanged), since rows that say
nothing new are not appended: an undo looks there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import polars as pl

from graph.batch import Rejection
from graph.blocks import conform
from graph.comparison import (
    Comparison,
    Distinct,
    Vanished,
    compare,
    distinct,
    identity_columns,
    loads_as_text,
    loads_of_text,
    vanished,
)
from graph.errors import EndingRefused, InvalidInput
from graph.knowledge import Knowledge
from graph.log import Counts, Lease, Load, LoadHeader, Mode
from graph.ontology import KindSpec
from graph.pending import Draft, finish_load
from graph.snapshot import Snapshot

MOST_VANISHED: Final = 0.05
"""Share of a source's statements that a full load may end without being forced."""

_CONFIRMS: Final = re.compile(r"(?:^|; )confirms ([\d,-]+)$")


@dataclass(frozen=True, slots=True)
class Unread:
    """What a load could not read whole.

    `keys` by kind name: frames of the ids of quarantined rows, which count as present; `illegible` how many rows had no legible
    key; `quarantined` how many rows were left out before writing.
    """

    keys: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    illegible: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class KindCounts:
    """What became of one kind's valid rows: they are stated, unchanged or duplicates. `repeated` (equal rows of this load) are
    among the unchanged; `ended` are statements of earlier loads; `redated` undated rows that took a dated version's place."""

    stated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    repeated: int = 0
    ended: int = 0
    redated: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What a load came to; `load` is None for a dry run. `refused` says why a full load ended nothing."""

    load: Load | None
    kinds: Mapping[str, KindCounts]
    rejections: Sequence[Rejection] = ()
    refused: EndingRefused | None = None


def write(
    knowledge: Knowledge,
    header: LoadHeader,
    frames: Mapping[str, pl.DataFrame],
    *,
    lease: Callable[[], Lease] | None,
    unread: Unread | None = None,
    force: bool = False,
    recorded_at: datetime | None = None,
    dry_run: bool = False,
    advance: Callable[[int], None] = lambda rows: None,
) -> Written:
    """The finished load of these valid rows, by kind name.

    `lease` gives the bulk writer's lease as it stands (`Leased.lease`), None for a small load without one. A FULL load ends what the
    source no longer states, unless its safeguards refuse (`force` overrides them): then the load is PARTIAL and `refused` says why.
    `advance` is told rows as they are appended. A dry run compares and writes nothing.

    Raises
    ------
    InvalidInput
        A full load without `stated_on`, or `recorded_at` before the last load's.
    LoadError, StoreError
        The load cannot be finished; nothing of it is visible.
    """
    if header.mode is Mode.FULL and header.stated_on is None:
        raise InvalidInput("a full load needs the day whose state it gives; name it as stated_on")
    comparing = _Comparing(knowledge, header, frames, unread or Unread(), force)
    if dry_run:
        comparing(knowledge.refresh(), comparing.kinds)
        load = None
    else:
        load = finish_load(
            knowledge,
            header.source,
            comparing.kinds,
            comparing,
            lease=lease,
            recorded_at=recorded_at,
            advance=advance,
        )
    return Written(load, comparing.counts(), comparing.rejections, comparing.refused)


def confirmed_by(load: Load) -> frozenset[int] | None:
    """The loads whose rows this one stated again unchanged; None: it confirmed rows of loads that it does not name."""
    # A note can be anybody's words; only a load that left rows out wrote there which loads it confirms.
    if not load.counts.unchanged:
        return frozenset()
    match = _CONFIRMS.search(load.header.note)
    return None if match is None else loads_of_text(match[1])


class _Comparing:
    """A load's rows, compared with one snapshot after another until it is finished."""

    def __init__(
        self,
        knowledge: Knowledge,
        header: LoadHeader,
        frames: Mapping[str, pl.DataFrame],
        unread: Unread,
        force: bool,
    ) -> None:
        ontology = knowledge.snapshot.ontology
        self.kinds: dict[str, KindSpec] = {name: ontology[name] for name in (*header.kinds, *frames)}
        self._header = replace(header, kinds=tuple(self.kinds))
        self._unread, self._force = unread, force
        self._rows: dict[str, Distinct] = {
            name: distinct(kind, conform(kind, frames.get(name, pl.DataFrame()))) for name, kind in self.kinds.items()
        }
        self._compared: dict[str, Comparison] = {}
        self._vanished: dict[str, Vanished] = {}
        self.rejections = [rejection for rows in self._rows.values() for rejection in rows.rejections]
        self.refused: EndingRefused | None = None

    def __call__(self, snapshot: Snapshot, stale: Collection[str], /) -> Draft:
        for name in stale:
            self._compare(self.kinds[name], snapshot)
        self.refused = None if self._force else self._refusal(snapshot)
        counts = self.counts().values()
        return Draft(
            self._noted(),
            {name: self._outcome(name) for name in self.kinds},
            Counts(
                stated=sum(kind.stated for kind in counts),
                unchanged=sum(kind.unchanged for kind in counts),
                quarantined=self._unread.quarantined + sum(kind.duplicates for kind in counts),
                ended=sum(kind.ended for kind in counts),
            ),
        )

    def counts(self) -> dict[str, KindCounts]:
        """What became of each kind's rows."""
        return {
            name: KindCounts(
                stated=compared.stated.height,
                unchanged=compared.unchanged + self._rows[name].repeated,
                duplicates=self._rows[name].duplicates.height,
                repeated=self._rows[name].repeated,
                ended=0 if self.refused or name not in self._vanished else self._vanished[name].rows.height,
                redated=compared.redated,
            )
            for name, compared in self._compared.items()
        }

    def _compare(self, kind: KindSpec, snapshot: Snapshot) -> None:
        name, header, rows = kind.name, self._header, self._rows[kind.name]
        current = snapshot.current(name, header.source, link_ids=False)
        self._compared[name] = compare(kind, rows.frame, current)
        if header.mode is Mode.FULL and header.stated_on is not None:
            columns = identity_columns(kind)
            unread = (self._unread.keys.get(name), rows.duplicates)
            found = [frame.select(columns) for frame in unread if frame is not None and frame.height]
            protected = pl.concat(found) if found else rows.frame.clear().select(columns)
            self._vanished[name] = vanished(kind, self._compared[name].keys, protected, current, header.stated_on)

    def _outcome(self, name: str) -> pl.DataFrame:
        stated = self._compared[name].stated
        if self.refused or name not in self._vanished or not self._vanished[name].rows.height:
            return stated
        return pl.concat([stated, self._vanished[name].rows], how="diagonal")

    def _noted(self) -> LoadHeader:
        notes = [self._header.note] if self._header.note else []
        if self.refused is not None:
            notes.append("ending refused")
        confirmed = frozenset[int]().union(*(compared.confirmed for compared in self._compared.values()))
        if confirmed:
            notes.append(f"confirms {loads_as_text(confirmed)}")
        mode = Mode.PARTIAL if self.refused is not None else self._header.mode
        return replace(self._header, mode=mode, note="; ".join(notes))

    def _refusal(self, snapshot: Snapshot) -> EndingRefused | None:
        header = self._header
        ending = sum(found.rows.height for found in self._vanished.values())
        if header.stated_on is None or not ending:
            return None
        standing = sum(found.standing for found in self._vanished.values())
        days = [
            load.header.stated_on
            for load in snapshot.loads
            if load.header.source == header.source
            and load.header.mode is Mode.FULL
            and load.header.stated_on is not None
            and set(load.header.kinds) & set(header.kinds)
        ]
        if days and header.stated_on < max(days):
            why = f"its day {header.stated_on} lies before that of the last full load, {max(days)}"
        elif self._unread.illegible:
            why = f"{self._unread.illegible:,} quarantined rows have no legible key, and may be the missing ones"
        elif ending > standing * MOST_VANISHED:
            why = f"{ending:,} of {standing:,} statements are missing from it, more than {MOST_VANISHED:.0%}"
        else:
            return None
        return EndingRefused(
            f"the load of {header.source} ended nothing: {why}. What it states was loaded; "
            "check that the input is whole, then load it with --force to end what it no longer states"
        )
