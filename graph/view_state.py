"""What a view is made of: kinds resolved at first use, which records are live, and which ids are one.

When loads finish, the present view is not made anew: `advanced` resolves again the ids that they touched, and no others.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import numpy.typing as npt

from graph.blocks import Op
from graph.errors import InvalidInput
from graph.identifiers import make_id
from graph.ontology import KindSpec, Ontology
from graph.resolution import KindView, Moment, resolve
from graph.same_as import SAME_AS, Identity
from graph.snapshot import Snapshot
from graph.snapshot_columns import Ints, Mask, Numbers, Rows
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK, Order
from graph.snapshot_rows import distinct
from graph.snapshot_table import EPOCH_ORDINAL, day_of
from graph.values import MILLION
from graph.viewer import EVERYONE, Viewer

if TYPE_CHECKING:
    from graph.what_if import Change

LAST_AS_OF: Final = date.max.toordinal() - EPOCH_ORDINAL - 1
"""The last day that can be asked for: 9999-12-31 stands for an open end."""
DEFAULT_RELIABILITY: Final = Decimal("0.5")
"""Reliability of a source of which none is stated."""
DATASET: Final = "Dataset"


@dataclass(eq=False)
class ViewState:
    """The graph at (`as_of`, `known_at`) for one viewer. `seq` is the last load that it knows.

    `derived` is what questions keep with it. A what-if knows the view that it was made of (`before`), its `changes`, and what of it they
    touched: names of kinds, and of fields as `Kind.field`; None: anything may be otherwise.
    """

    snapshot: Snapshot
    as_of: date
    known_at: datetime
    seq: int
    viewer: Viewer = EVERYONE
    default_reliability: Decimal = DEFAULT_RELIABILITY
    _kinds: dict[str, KindView] = field(default_factory=dict, repr=False)
    _live: dict[int, Mask] = field(default_factory=dict, repr=False)
    _handles: dict[str, Ints] = field(default_factory=dict, repr=False)
    before: Self | None = field(default=None, repr=False)
    changes: tuple[Change, ...] = ()
    touched: frozenset[str] | None = None
    derived: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @property
    def ontology(self) -> Ontology:
        """The kinds of this view."""
        return self.snapshot.ontology

    @property
    def version(self) -> str:
        """Changes whenever an answer may: for cursors and caches."""
        assumed = "" if self.snapshot.assumption is None else f".{self.snapshot.assumption.load_id}"
        return f"{self.seq}.{self.as_of.isoformat()}.{self.viewer.name}{assumed}"

    def kind(self, code: int) -> KindSpec:
        """The kind with this code.

        Raises InvalidInput for ids whose prefix no kind has.
        """
        kind = self.snapshot.kinds[code]
        if kind is None:
            raise InvalidInput("ids of unknown kinds have no records; see the ontology for kinds")
        return kind

    def canonical(self, kind: KindSpec, handle: int) -> int:
        """The canonical handle of what a record of this kind refers to. SAME_AS links stay as they were stated."""
        return handle if kind.name == SAME_AS else self.identity.of_handle(handle)

    @cached_property
    def moment(self) -> Moment:
        """What resolution depends on."""
        day = min(day_of(self.as_of), LAST_AS_OF)
        snapshot = self.snapshot
        return Moment(self.seq, day, self._reliabilities(), snapshot.source_ranks, self.viewer, snapshot.assumed_source)

    def _reliabilities(self) -> npt.NDArray[np.int64]:
        """By source, in millionths: the latest statement known of its Dataset's reliability, whatever day it is about."""
        default = int(self.default_reliability * MILLION)
        found = np.full(len(self.snapshot.source_names), default, np.int64)
        if self.snapshot.assumption is not None:
            found[self.snapshot.assumed_source] = MILLION
        table = self.snapshot.tables.get(DATASET)
        if table is None or not table.rows:
            return found
        known = (table.load_from <= self.seq) & (self.seq < table.load_to) & (table.op == Op.STATE.value)
        rows = np.flatnonzero(known).astype(np.int32)
        column = table.columns["reliability"]
        assert isinstance(column, Numbers)
        rows = rows[column.stated(rows)]
        order = np.lexsort((table.valid_from[rows], table.load_from[rows]))
        latest = dict(zip(table.number[rows[order]].tolist(), column.take(rows[order]).tolist(), strict=True))
        for code, name in enumerate(self.snapshot.source_names):
            if code == self.snapshot.assumed_source:
                continue
            handle = self.snapshot.handle(dataset_id(name))
            found[code] = latest.get(handle & NUMBER_MASK, default) if handle >= 0 else default
        return found

    @cached_property
    def identity(self) -> Identity:
        """Which ids are one record here."""
        table = self.snapshot.tables.get(SAME_AS)
        if table is None or not table.rows:
            return Identity(self.snapshot)
        return Identity.of(self.snapshot, self.kind_view(SAME_AS))

    def kind_view(self, name: str) -> KindView:
        """One kind, resolved."""
        found = self._kinds.get(name)
        if found is None:
            found = self._kinds.setdefault(name, self._resolved(name, None))
        return found

    def _resolved(self, name: str, only: Rows | None) -> KindView:
        code = self.snapshot.codes[name]
        canon = None if name == SAME_AS else self.identity.canon(code)
        return resolve(self.snapshot.tables[name], canon, self.snapshot.ids[code].order, self.moment, only)

    def live(self, code: int) -> Mask:
        """By number, whether a record of this kind is live."""
        found = self._live.get(code)
        if found is None:
            kind = self.snapshot.kinds[code]
            if kind is None:
                found = np.zeros(self.snapshot.ids[code].size, bool)
            else:
                found = self.kind_view(kind.name).own
                if kind.is_link:
                    found = found.copy()
                    self._check_ends(code, found, np.flatnonzero(found))
            found = self._live.setdefault(code, found)
        return found

    def _check_ends(self, code: int, live: Mask, numbers: npt.NDArray[np.integer]) -> None:
        """Let only those of these links be live whose ends are; in place."""
        ids = self.snapshot.links(code)
        for ends in (ids.source, ids.target):
            live[numbers] &= self.are_live(self.identity.of_handles(ends[numbers]))

    def are_live(self, handles: Ints) -> Mask:
        """For each canonical handle, whether it is live; -1 is not."""
        if not handles.size:
            return np.zeros(0, bool)
        codes = handles >> KIND_SHIFT
        first = int(codes[0])
        if first >= 0 and (codes == first).all():
            return np.asarray(self.live(first)[handles & NUMBER_MASK])
        out = np.zeros(handles.size, bool)
        for code in np.unique(codes).tolist():
            if code >= 0:
                here = codes == code
                out[here] = self.live(code)[handles[here] & NUMBER_MASK]
        return out

    def order(self, code: int) -> Order:
        """The order of a kind's canonical ids."""
        links = self.identity.links(code) if self.identity.nodes else None
        return self.snapshot.ids[code].order if links is None else links.order

    def prepare(self) -> Self:
        """The view itself, with every kind resolved: for one that is made ready before it is asked for."""
        for code, kind in enumerate(self.snapshot.kinds):
            if kind is not None:
                self.live(code)
        return self

    def unresolved_on(self, day: date) -> Self:
        """The same statements, those that a what-if assumes among them, on another day; nothing of it is resolved yet."""
        return type(self)(self.snapshot, day, self.known_at, self.seq, self.viewer, self.default_reliability)

    def only(self, name: str, numbers: Rows, day: date | None = None) -> Self:
        """The same statements, on another day where one is given, for asking of these canonical records of one kind and no others."""
        made = self.unresolved_on(day or self.as_of)
        made.__dict__["identity"] = self.identity
        if day is None:
            made.__dict__["moment"] = self.moment
        made._kinds[name] = made._resolved(name, numbers)
        return made

    def known(self, known_at: datetime) -> Self:
        """This view under another moment at which no more and no less was known."""
        if known_at == self.known_at:
            return self
        same = copy.copy(self)
        same.known_at = known_at
        return same

    # the next view

    def advanced(self, snapshot: Snapshot, touched: Mapping[str, Rows] | None) -> Self | None:
        """This view of the present after new loads: `touched` are the numbers by kind that they state something of.

        None where it must be made anew: everything was touched, ids became one or stopped to be, or the order of sources changed.
        """
        if touched is None or self.seq != self.snapshot.seq:
            return None
        made = type(self)(
            snapshot, self.as_of, snapshot.recorded_at, snapshot.seq, self.viewer, self.default_reliability
        )
        return made if self._hand_on(made, touched) else None

    def at_load(self, seq: int, touched: Mapping[str, Rows]) -> Self | None:
        """This view as the next load left it, of the same snapshot; `touched`, and when it is None, as in `advanced`."""
        made = type(self)(
            self.snapshot,
            self.as_of,
            self.snapshot.load(seq).recorded_at,
            seq,
            self.viewer,
            self.default_reliability,
        )
        return made if self._hand_on(made, touched) else None

    def assuming(
        self,
        snapshot: Snapshot,
        numbers: Mapping[str, Rows],
        touched: frozenset[str] | None,
        changes: tuple[Change, ...],
    ) -> Self:
        """This view over its snapshot with what these changes assume; `numbers` that they state something of, by kind."""
        made = type(self)(
            snapshot,
            self.as_of,
            self.known_at,
            self.seq,
            self.viewer,
            self.default_reliability,
            before=self,
            changes=changes,
            touched=touched,
        )
        if not self._hand_on(made, numbers):
            # What was handed on before it turned out that all must be made anew is not kept.
            made = replace(made, _kinds={}, _live={}, _handles={})
        return made

    def _hand_on(self, made: Self, touched: Mapping[str, Rows]) -> bool:
        """Give a view over a longer snapshot what is known here and was not touched; False: all must be made anew."""
        if SAME_AS in touched:
            return False
        snapshot = made.snapshot
        before = self.moment.reliability
        if DATASET in touched and (made.moment.reliability[: before.size] != before).any():
            return False
        made.__dict__["identity"] = self.identity.advanced(snapshot, touched)
        for name, view in list(self._kinds.items()):
            if name in touched:
                made._take_touched(name, view, touched[name])
            else:
                made._kinds[name] = view.grown(snapshot.ids[snapshot.codes[name]].size)
        self._carry_liveness(made, touched)
        return True

    def moved(self, snapshot: Snapshot) -> Self:
        """This view over another copy of its snapshot, with the same rows and numbers."""
        made = copy.copy(self)
        made.snapshot, made.derived = snapshot, {}
        made._kinds = {name: view.over(snapshot.tables[name]) for name, view in list(self._kinds.items())}
        made._live, made._handles = dict(self._live), dict(self._handles)
        if "identity" in self.__dict__:
            made.__dict__["identity"] = self.identity.advanced(snapshot, {})
        return made

    def _take_touched(self, name: str, before: KindView, numbers: Rows) -> None:
        code = self.snapshot.codes[name]
        canon = self.identity.canon(code)
        if self.ontology[name].is_link and (canon is not None or before.canon is not None):
            return
        if canon is not None:
            numbers = distinct(canon[numbers])
        part = self._resolved(name, numbers)
        self._kinds[name] = before.patched(part, numbers)

    def _carry_liveness(self, made: Self, touched: Mapping[str, Rows]) -> None:
        changed: list[Ints] = []
        for code, live in list(self._live.items()):
            kind = self.snapshot.kinds[code]
            if kind is None or kind.is_link or kind.name not in made._kinds:
                continue
            now = made._live[code] = made._kinds[kind.name].own
            if kind.name in touched:
                before = np.zeros(now.size, bool)
                before[: live.size] = live
                changed.append(np.flatnonzero(before != now).astype(np.int64) | (code << KIND_SHIFT))
            elif kind.name in self._handles:
                made._handles[kind.name] = self._handles[kind.name]
        nodes = made._members(np.concatenate(changed)) if changed else []
        for code, live in list(self._live.items()):
            kind = self.snapshot.kinds[code]
            if kind is None or not kind.is_link or kind.name not in made._kinds:
                continue
            numbers = made._links_at(kind.name, nodes)
            if kind.name in touched:
                numbers = np.concatenate([numbers, touched[kind.name]])
            elif not numbers.size:
                made._live[code] = live
                if kind.name in self._handles:
                    made._handles[kind.name] = self._handles[kind.name]
                continue
            own = made._kinds[kind.name].own
            now = np.zeros(own.size, bool)
            now[: live.size] = live
            now[numbers] = own[numbers]
            made._check_ends(code, now, numbers)
            made._live[code] = now

    def _members(self, nodes: Ints) -> list[tuple[int, npt.NDArray[np.integer]]]:
        """The numbers of all ids of these canonical nodes, by kind."""
        kinds = nodes >> KIND_SHIFT
        codes = np.unique(kinds).tolist()
        return [(code, self.identity.expanded(code, nodes[kinds == code] & NUMBER_MASK)[1]) for code in codes]

    def _links_at(self, name: str, nodes: list[tuple[int, npt.NDArray[np.integer]]]) -> npt.NDArray[np.integer]:
        """The links of a kind at these nodes, which are as `_members` has them."""
        found: list[npt.NDArray[np.integer]] = [np.empty(0, np.int32)]
        if not nodes:
            return found[0]
        canon = None if name == SAME_AS else self.identity.canon(self.snapshot.codes[name])
        for code, members in nodes:
            for end in ("source", "target"):
                adjacency = self.snapshot.edges.get((name, end, code))
                if adjacency is not None:
                    links = adjacency.expand(members)[1]
                    found.append(links if canon is None else canon[links])
        return np.concatenate(found)


def dataset_id(source: str) -> str:
    """The id of the Dataset record about a source."""
    return source if source.startswith("dataset:") else make_id("dataset", source)
