"""A coverage answer as a matrix: the first dimension that was asked down, the second across, the third as panels, the rest summed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from graph.kinds.terms import Instrument, Stage
from queries.coverage.cell_id import CODES, CellDimension, CellKey, CellValue, TagSplit
from queries.coverage.fair_flow import GapReason

RECORDS: Final = {
    CellDimension.INDUSTRY: "industry",
    CellDimension.REGION: "region",
    CellDimension.TICKET_BAND: "ticketBand",
}
MOST: Final = (60, 30, 12)
"""Rows, columns and panels of one picture; of more, those with the largest gaps are shown."""


class Label(NamedTuple):
    """What stands beside a row or above a column: a name, and its code where it has one."""

    name: str
    code: str = ""


@dataclass
class Square:
    """Cells added up. Amounts in 元; the gap lies between low and high."""

    demand: Decimal = Decimal(0)
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    reasons: dict[GapReason, Decimal] = field(default_factory=dict)

    def add(self, other: Square) -> None:
        """Another one's amounts too."""
        self.demand += other.demand
        self.low += other.low
        self.high += other.high
        for reason, amount in other.reasons.items():
            self.reasons[reason] = self.reasons.get(reason, Decimal(0)) + amount

    @classmethod
    def of(cls, cell: Mapping[str, Any]) -> Square:
        """A cell of an answer."""
        return cls(
            Decimal(cell["demand"]["amount"]),
            Decimal(cell["structuralGapLow"]["amount"]),
            Decimal(cell["structuralGap"]["amount"]),
            {GapReason[one["reason"]]: Decimal(one["amount"]["amount"]) for one in cell["reasons"]},
        )

    @property
    def parts(self) -> list[tuple[GapReason, Decimal]]:
        """Its reasons, the largest first."""
        order = list(GapReason)
        found = [(reason, amount) for reason, amount in self.reasons.items() if amount]
        return sorted(found, key=lambda one: (-one[1], order.index(one[0])))


Place = tuple[CellValue, CellValue, CellValue]


@dataclass
class Axis:
    """Rows, columns or panels: the dimension (None: all in one), its values in order, and how many are left out."""

    dimension: CellDimension | None
    values: list[CellValue]
    left_out: int = 0
    overlaps: bool = False

    @property
    def title(self) -> str:
        """The dimension in both languages; empty: it is not split."""
        return "" if self.dimension is None else f"{self.dimension.zh} {self.dimension.name}"


@dataclass
class Matrix:
    """Squares by their values on three axes, and the labels of values by dimension. summed: dimensions that are on none of the axes."""

    axes: tuple[Axis, Axis, Axis]
    squares: dict[Place, Square]
    labels: dict[tuple[CellDimension, CellValue], Label]
    summed: tuple[CellDimension, ...]

    def label(self, axis: Axis, value: CellValue) -> Label:
        """What a value of an axis is called."""
        return Label("合计", "TOTAL") if axis.dimension is None else self.labels[axis.dimension, value]

    def total(self, places: Iterable[Place]) -> Square:
        """The sum of squares; places without demand add nothing."""
        found = Square()
        for place in places:
            if place in self.squares:
                found.add(self.squares[place])
        return found

    @classmethod
    def of(cls, cells: Sequence[Mapping[str, Any]], by: Sequence[CellDimension]) -> Matrix:
        """The matrix of an answer's cells. A split by single tags, whose cells overlap, is never summed: it takes a place on an axis."""
        keys = [CellKey.of(cell["id"]) for cell in cells]
        single = any(key.levels.tag is TagSplit.SINGLE for key in keys)
        on_axes, summed = list(by[: len(MOST)]), list(by[len(MOST) :])
        if single and CellDimension.TAG in summed:
            summed[summed.index(CellDimension.TAG)], on_axes[-1] = on_axes[-1], CellDimension.TAG
        chosen: list[CellDimension | None] = [*on_axes, *[None] * (len(MOST) - len(on_axes))]
        squares: dict[Place, Square] = {}
        labels: dict[tuple[CellDimension, CellValue], Label] = {}
        for cell, key in zip(cells, keys, strict=True):
            for dimension in by:
                value = key.values[dimension]
                labels.setdefault((dimension, value), _label(dimension, value, cell))
            at = [None if dimension is None else key.values[dimension] for dimension in chosen]
            squares.setdefault((at[0], at[1], at[2]), Square()).add(Square.of(cell))
        axes = [_axis(dimension, place, squares, MOST[place]) for place, dimension in enumerate(chosen)]
        for axis in axes:
            axis.overlaps = single and axis.dimension is CellDimension.TAG
        return cls((axes[0], axes[1], axes[2]), squares, labels, tuple(summed))


def _axis(dimension: CellDimension | None, place: int, squares: Mapping[Place, Square], most: int) -> Axis:
    gaps: dict[CellValue, Square] = {}
    for at, square in squares.items():
        gaps.setdefault(at[place], Square()).add(square)
    asked = [value for value, square in gaps.items() if square.demand]
    values = sorted(asked, key=lambda value: _rank(dimension, value))
    largest = sorted(values, key=lambda value: -gaps[value].high)[:most]
    return Axis(dimension, [value for value in values if value in largest], len(values) - len(largest))


def _rank(dimension: CellDimension | None, value: CellValue) -> tuple[int, tuple[bytes, ...]]:
    """Codes in their order, records by id, years by number; what is not known comes last."""
    if value is None:
        return 1_000_000, ()
    if isinstance(value, tuple):
        return len(value) > 0, tuple(one.encode() for one in value)
    if dimension is not None and dimension in CODES:
        return list(CODES[dimension].__members__).index(value), ()
    return 0, (value.encode(),)


def _label(dimension: CellDimension, value: CellValue, cell: Mapping[str, Any]) -> Label:
    if value is None:
        return Label("未知", "NOT KNOWN")
    if isinstance(value, tuple):
        named = {tag["id"]: tag.get("displayName") or tag["id"] for tag in cell.get("tags") or ()}
        return Label("、".join(named.get(one, one) for one in value)) if value else Label("无标签", "NO TAG")
    if dimension in CODES:
        term = Stage[value] if dimension is CellDimension.STAGE else Instrument[value]
        return Label(term.zh, term.name)
    if dimension not in RECORDS:
        return Label(value)
    record = cell.get(RECORDS[dimension]) or {}
    code = value.rpartition(":")[2] if dimension is CellDimension.INDUSTRY else ""
    return Label(record.get("displayName") or value, code)
