"""Where leaf cells stand on each dimension: columns to group by, what values are called, what a filter shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from graph.errors import InvalidIdentifier
from graph.view import View
from queries.coverage.cell_id import CODES, CellDimension, CellFilter, CellValue, Levels, TagSplit, is_year
from queries.coverage.demand import UNKNOWN, Cell
from queries.coverage.network import Flags, Ints
from queries.coverage.tree import rolled_up
from queries.trees import tree_of

KINDS = {
    CellDimension.INDUSTRY: "Industry",
    CellDimension.REGION: "Region",
    CellDimension.TICKET_BAND: "TicketBand",
}
"""Dimensions whose values are records of a kind."""
TREES = (CellDimension.INDUSTRY, CellDimension.REGION)
UNTAGGED = -2
"""Of single tags: the place of what carries none."""


@dataclass(eq=False)
class LeafColumns:
    """The leaves of a solution by column.

    A value of a dimension is a *place*: a handle, the number of a code, a year, the number of a set of tags; UNKNOWN where not known.
    """

    cells: Sequence[Cell]
    tag_sets: Sequence[tuple[int, ...]]
    _own: dict[CellDimension, Ints] = field(default_factory=dict, repr=False)
    _rolled: dict[tuple[CellDimension, Levels], Ints] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, view: View, cells: Sequence[Cell]) -> LeafColumns:
        """The columns of leaves, whose sets of tags are numbered in the order of the tags' ids."""
        sets = {cell.tags for cell in cells}
        tags = np.array(sorted({tag for one in sets for tag in one}), np.int64)
        rank = dict(zip(tags.tolist(), view.rank(tags).tolist(), strict=True))
        return cls(cells, sorted(sets, key=lambda one: tuple(rank[tag] for tag in one)))

    def __len__(self) -> int:
        return len(self.cells)

    def own(self, dimension: CellDimension) -> Ints:
        """By leaf, its place as recorded."""
        if dimension not in self._own:
            if dimension is CellDimension.TAG:
                number = {tags: place for place, tags in enumerate(self.tag_sets)}
                self._own[dimension] = np.array([number[cell.tags] for cell in self.cells], np.int64)
            else:
                at = Cell._fields.index(dimension.name.lower())
                self._own[dimension] = np.array([cell[at] for cell in self.cells], np.int64)
        return self._own[dimension]

    def grouped(
        self, view: View, by: Sequence[CellDimension], levels: Levels, leaves: Ints
    ) -> tuple[Ints, dict[CellDimension, Ints]]:
        """(leaves, their places by dimension) of some leaves; a leaf of several tags once for each where single tags are asked for."""
        if CellDimension.TAG in by and levels.tag is TagSplit.SINGLE:
            tags = [self.cells[leaf].tags or (UNTAGGED,) for leaf in leaves.tolist()]
            leaves = np.repeat(leaves, [len(one) for one in tags])
            single = np.array([tag for one in tags for tag in one], np.int64)
        columns: dict[CellDimension, Ints] = {}
        for dimension in by:
            if dimension is CellDimension.TAG and levels.tag is TagSplit.SINGLE:
                columns[dimension] = single
            else:
                columns[dimension] = self._at(view, dimension, levels)[leaves]
        return leaves, columns

    def _at(self, view: View, dimension: CellDimension, levels: Levels) -> Ints:
        own = self.own(dimension)
        if dimension not in TREES:
            return own
        if (dimension, levels) not in self._rolled:
            level = levels.industry if dimension is CellDimension.INDUSTRY else levels.region
            self._rolled[dimension, levels] = rolled_up(tree_of(view, KINDS[dimension]), own, level)
        return self._rolled[dimension, levels]

    def order(self, view: View, dimension: CellDimension, levels: Levels, column: Ints) -> Ints:
        """What to sort places by: records by id, codes and years by their order, what is not known last."""
        key = np.full(len(column), np.iinfo(np.int64).max)
        known = column != UNKNOWN
        if dimension is CellDimension.TAG and levels.tag is TagSplit.SINGLE:
            # Tags by id; what carries none, which is known, before all of them.
            key[:] = -1
            tagged = column != UNTAGGED
            key[tagged] = view.rank(column[tagged])
        elif dimension in KINDS:
            key[known] = view.rank(column[known])
        else:
            key[known] = column[known]
        return key

    def having(self, view: View, dimension: CellDimension, value: CellValue, levels: Levels) -> Flags:
        """By leaf, whether it belongs to the cell of a canonical value."""
        if dimension is not CellDimension.TAG:
            return np.asarray(self._at(view, dimension, levels) == place_of(view, dimension, value))
        tags = {view.find(one) for one in value or ()}
        if levels.tag is TagSplit.SINGLE and tags:
            return np.array([not tags.isdisjoint(cell.tags) for cell in self.cells], np.bool_)
        return np.array([tags == set(cell.tags) for cell in self.cells], np.bool_)

    def shown(self, view: View, where: CellFilter) -> Flags:
        """By leaf, whether a filter shows it."""
        shown = np.ones(len(self), np.bool_)
        for dimension in CellDimension:
            chosen = getattr(where, dimension.name.lower())
            if chosen is None:
                continue
            if dimension is CellDimension.TAG:
                tags = {view.find(one) for one in chosen}
                shown &= np.array([not tags.isdisjoint(cell.tags) for cell in self.cells], np.bool_)
                continue
            own = self.own(dimension)
            if dimension in TREES:
                tree, wanted = tree_of(view, KINDS[dimension]), {view.find(one) for one in chosen}
                below = {handle: not wanted.isdisjoint(tree.path(handle)) for handle in np.unique(own).tolist()}
                shown &= np.array([below[handle] for handle in own.tolist()], np.bool_)
            else:
                names = [one if isinstance(one, str) else one.name for one in chosen]
                shown &= np.isin(own, [place_of(view, dimension, name) for name in names])
        return shown

    def text(self, view: View, dimension: CellDimension, levels: Levels, place: int) -> CellValue:
        """The canonical value that a place is."""
        if dimension is CellDimension.TAG:
            single = levels.tag is TagSplit.SINGLE
            tags = (() if place == UNTAGGED else (place,)) if single else self.tag_sets[place]
            return tuple(view.id_of(tag) for tag in tags)
        if place == UNKNOWN:
            return None
        if dimension in KINDS:
            return view.id_of(place)
        if dimension in CODES:
            return list(CODES[dimension])[place].name
        return f"{place:04}"


def canonical(view: View, dimension: CellDimension, value: CellValue) -> CellValue:
    """A value with the ids that its records have in this view.

    Raises InvalidIdentifier for what is no value of the dimension, NotFound for a record that is not in the view.
    """
    if dimension is CellDimension.TAG:
        if not isinstance(value, tuple):
            raise InvalidIdentifier(f"{value!r} is no set of tags; take the id of a cell from an answer")
        return tuple(sorted({view.id_of(view.require(one, "Tag")) for one in value}, key=str.encode))
    place = place_of(view, dimension, value)
    return view.id_of(place) if place != UNKNOWN and dimension in KINDS else value


def place_of(view: View, dimension: CellDimension, value: CellValue) -> int:
    """The place of a value of any dimension but tags.

    Raises InvalidIdentifier for what is no value of it, NotFound for a record that is not in the view.
    """
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        if dimension in KINDS:
            return view.require(value, KINDS[dimension])
        if dimension in CODES and value in CODES[dimension].__members__:
            return list(CODES[dimension].__members__).index(value)
        if dimension is CellDimension.PERIOD and is_year(value):
            return int(value)
    raise InvalidIdentifier(f"{value!r} is no {dimension.name.lower()}; take the id of a cell from an answer")
