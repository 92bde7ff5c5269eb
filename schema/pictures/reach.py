"""A picture of whom one record can finance: a column a tier, each firm joined to who stands before it on its best path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from graph.kinds.terms import Technique
from schema.pictures.canvas import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    NAMED,
    ORANGE,
    PALE,
    PURPLE,
    name_of,
    rounded_box,
    sheet,
    shortened,
    text,
)
from schema.pictures.paths import in_wan

SELECTION: Final = """
origin { NAMED } byTier { key count } completeness { complete reason }
enterprises { totalCount nodes { tier technique capacity { amount } uncoveredNeed { amount } enterprise { NAMED }
  best { steps { relation from { __typename NAMED } to { __typename NAMED } } } } }
""".replace("NAMED", NAMED)
COLOURS: Final = {Technique.DEEP_TIER: BLUE, Technique.PAYABLES_FINANCE: GREEN, Technique.FACTORING: ORANGE}
COLUMN: Final = 3.6
BOX: Final = 2.3
ROW: Final = 0.72
HEAD: Final = 1.5
MOST: Final = 60
"""Firms of one picture; a line says how many there are."""
WIDEST: Final = 6.0
THINNEST: Final = 0.6


@dataclass
class _Box:
    """A firm of the picture. `row` None: it only passes something on, and is no row of the page."""

    name: str
    column: int
    row: Mapping[str, Any] | None = None
    before: str = ""
    y: float = 0.0


@dataclass
class _Map:
    """The boxes by id, in columns."""

    origin: str
    boxes: dict[str, _Box] = field(default_factory=dict)

    @classmethod
    def of(cls, origin: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> _Map:
        """Where each firm stands: as far from the origin as its best path says."""
        found = cls(origin["id"])
        for row in rows:
            firm = row["enterprise"]
            chain = [step for step in row["best"]["steps"] if step["relation"] == "SUPPLIES"]
            before = origin["id"]
            for place, step in enumerate(chain[:-1], 1):
                node = step["to"]
                found.boxes.setdefault(node["id"], _Box(name_of(node), place, before=before))
                before = node["id"]
            known = found.boxes.get(firm["id"])
            column = max(1, row["tier"])
            if known is None or known.row is None:
                found.boxes[firm["id"]] = _Box(
                    name_of(firm), column, row, before if before != firm["id"] else found.origin
                )
        return found

    def columns(self) -> list[list[_Box]]:
        """The boxes of each column from 1, in the order in which they came."""
        deepest = max((box.column for box in self.boxes.values()), default=0)
        return [[box for box in self.boxes.values() if box.column == place] for place in range(1, deepest + 1)]


def draw(answer: Mapping[str, Any], when: str, _asked: Mapping[str, Any]) -> Figure:
    """The picture of a page of firms. Cost: a box a firm."""
    rows = answer["enterprises"]["nodes"][:MOST]
    drawn_map = _Map.of(answer["origin"], rows)
    columns = drawn_map.columns()
    tallest = max((len(column) for column in columns), default=1)
    width, height = 0.6 + COLUMN * (len(columns) + 1), HEAD + ROW * max(2, tallest) + 0.5
    drawn, axes = sheet(max(width, 6.0), height)
    text(axes, 0.3, height - 0.4, f"融资触达 Financing reach · {when}", 12, weight="bold")
    text(axes, 0.3, height - 0.72, _summary(answer, len(rows)), 8, color=GREY)
    middle = (height - HEAD) / 2 + 0.25
    _box(axes, 0.3, middle, name_of(answer["origin"]), "", BLACK, filled=True)
    counts = {one["key"]: one["count"] for one in answer["byTier"]}
    for place, column in enumerate(columns, 1):
        shown = sum(box.row is not None for box in column)
        total = counts.get(str(place), 0) + (counts.get("0", 0) if place == 1 else 0)
        x = 0.3 + COLUMN * place
        text(axes, x, height - 1.12, f"第 {place} 层 Tier {place} · {shown} / {total:,} 家", 8, color=GREY)
        top = middle + ROW * (len(column) - 1) / 2
        for number, box in enumerate(column):
            box.y = top - ROW * number
    _joined(axes, drawn_map, middle, _largest(rows))
    for box in drawn_map.boxes.values():
        colour = GREY if box.row is None else COLOURS.get(Technique[box.row["technique"]], PURPLE)
        words = "传递环节 passes on" if box.row is None else _amounts(box.row)
        _box(axes, 0.3 + COLUMN * box.column, box.y, box.name, words, colour, filled=False)
    return drawn


def _summary(answer: Mapping[str, Any], shown: int) -> str:
    total, complete = answer["enterprises"]["totalCount"], answer["completeness"]
    cut = "" if complete["complete"] else f" · 搜索被截断 search was cut: {complete['reason']}"
    return f"{shown} / {total:,} 家企业 enterprises · 线宽示额度 width: capacity{cut}"


def _joined(axes: Any, drawn_map: _Map, middle: float, largest: Decimal) -> None:
    for box in drawn_map.boxes.values():
        before = drawn_map.boxes.get(box.before)
        start = (0.3 + BOX, middle) if before is None else (0.3 + COLUMN * before.column + BOX, before.y)
        colour = GREY if box.row is None else COLOURS.get(Technique[box.row["technique"]], PURPLE)
        axes.add_patch(
            FancyArrowPatch(
                start, (0.3 + COLUMN * box.column, box.y), arrowstyle="-", color=colour, lw=_width(box, largest), alpha=0.55,
                shrinkA=0, shrinkB=0,
            )
        )  # fmt: skip


def _largest(rows: Sequence[Mapping[str, Any]]) -> Decimal:
    return max((Decimal(row["capacity"]["amount"]) for row in rows if row["capacity"] is not None), default=Decimal(0))


def _width(box: _Box, largest: Decimal) -> float:
    """The width of a firm's line: its area by what its best path can bring."""
    if box.row is None or box.row["capacity"] is None or not largest:
        return THINNEST
    share = Decimal(box.row["capacity"]["amount"]) / largest
    return float(THINNEST + (WIDEST - THINNEST) * float(share))


def _box(axes: Any, x: float, y: float, name: str, words: str, colour: str, *, filled: bool) -> None:
    rounded_box(axes, (x, y - 0.27), (BOX, 0.54), PALE if filled else "white", colour, 1.4 if filled else 0.9)
    text(axes, x + BOX / 2, y + (0.1 if words else 0), shortened(name, 15), 7.5, ha="center", va="center")
    if words:
        text(axes, x + BOX / 2, y - 0.13, words, 6, color=GREY, ha="center", va="center")


def _amounts(row: Mapping[str, Any]) -> str:
    technique = Technique[row["technique"]].zh
    if row["capacity"] is None:
        return f"{technique} · 额度未载明"
    uncovered = row["uncoveredNeed"]
    lacking = "" if uncovered is None else f" · 缺口 {in_wan(uncovered['amount'])}"
    return f"{technique} · {in_wan(row['capacity']['amount'])}{lacking}"
