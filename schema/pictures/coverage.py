"""A picture of where equity money is missing: a heat map of the gap's share of demand, with the gap in 万 and a mark for its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.patheffects import Stroke

from queries.coverage.cell_id import CellDimension, DemandBasis
from queries.coverage.fair_flow import GapReason
from schema.pictures.canvas import BLACK, BLUE, GREY, NAMED, SKY, sheet, shortened, text
from schema.pictures.matrix import Axis, Label, Matrix, Place, Square
from schema.pictures.paths import WAN

SELECTION: Final = """
cells { id industry { NAMED } region { NAMED } ticketBand { NAMED } tags { NAMED }
  demand { amount } structuralGap { amount } structuralGapLow { amount }
  reasons { reason amount { amount } } }
total { demand { amount } covered { amount } executionGap { amount } structuralGap { amount } structuralGapLow { amount }
  uncounted { __typename } }
""".replace("NAMED", NAMED)
HEAT: Final = mpl.colormaps["OrRd"]
"""ColorBrewer's: its lightness falls steadily, so that it reads alike without colours."""
HOT: Final = "#D7301F"
HALO: Final = "#FFFFFFCC"
MARKS: Final = {
    GapReason.NO_MANDATE: "X",
    GapReason.TERMS: "D",
    GapReason.CONCENTRATION: "^",
    GapReason.CAPACITY: "o",
    GapReason.SIZE_NOT_STATED: "?",
}
MOST_MARKS: Final = 3
WIDTH, HEIGHT, SPACE = 0.92, 0.52, 0.05
"""Of a square, and between squares: inches."""
LABELS: Final = 2.35
"""Width of the rows' labels."""
HEADINGS: Final = 0.72
TOP: Final = 1.3
TITLE: Final = 0.5
"""Height of a panel's title."""
BOTTOM: Final = 1.0
EDGE: Final = 0.35
WIDEST: Final = 26.0
"""Panels stand side by side up to this width."""
NARROWEST: Final = 8.6


@dataclass(frozen=True)
class _Panel:
    """One matrix of the picture: its place among the panels, and how it is laid out."""

    matrix: Matrix
    rows: Axis
    columns: Axis

    @property
    def has_row_totals(self) -> bool:
        return self.columns.dimension is not None and not self.columns.overlaps

    @property
    def has_column_totals(self) -> bool:
        return self.rows.dimension is not None and not self.rows.overlaps

    @property
    def width(self) -> float:
        return WIDTH * (len(self.columns.values) + 1.2 * self.has_row_totals)

    @property
    def height(self) -> float:
        return HEADINGS + HEIGHT * (len(self.rows.values) + 1.2 * self.has_column_totals)


def draw(answer: Mapping[str, Any], when: str, asked: Mapping[str, Any]) -> Figure:
    """The picture of a coverage answer. Cost: a square a cell.

    The first dimension of `by` stands down, the second across, the third as panels; further ones are summed.
    """
    given = asked.get("by", ())
    by = [CellDimension[one] for one in ([given] if isinstance(given, str) else given)]
    matrix = Matrix.of(answer["cells"], by)
    rows, columns, panels = matrix.axes
    values = panels.values or [None]
    panel = _Panel(matrix, rows, columns)
    across = max(1, min(len(values), int((WIDEST - LABELS) / (panel.width + 0.4))))
    down = -(-len(values) // across)
    titled = panels.dimension is not None
    line = panel.height + TITLE * titled + 0.3
    width = max(NARROWEST, 2 * EDGE + LABELS + across * (panel.width + 0.4))
    height = TOP + down * line + BOTTOM
    drawn, axes = sheet(width, height)
    _head(axes, answer, matrix, asked, when, width, height)
    for place, value in enumerate(values):
        x = EDGE + LABELS + (place % across) * (panel.width + 0.4)
        y = height - TOP - (place // across) * line
        if titled:
            label = matrix.label(panels, value)
            text(axes, x, y - 0.35, f"{label.name} {label.code}".strip(), 10, weight="bold")
        _squares(axes, panel, value, x, y - TITLE * titled, labelled=place % across == 0)
    if not rows.values:
        text(axes, EDGE, height - TOP - 0.5, "没有需求 No demand", 10, color=GREY)
    _legend(axes, answer, matrix, 0.28, width)
    return drawn


def _head(
    axes: Any,
    answer: Mapping[str, Any],
    matrix: Matrix,
    asked: Mapping[str, Any],
    when: str,
    width: float,
    height: float,
) -> None:
    """What it is, how it is split, and the demand of all as one bar: covered, could be placed, missing."""
    text(axes, EDGE, height - 0.45, f"基金覆盖缺口 Fund coverage gaps · {when}", 13, weight="bold")
    text(axes, EDGE, height - 0.75, _split(matrix, asked), 8.5, color=GREY)
    total = {name: Decimal(answer["total"][name]["amount"]) for name in (
        "demand", "covered", "executionGap", "structuralGap", "structuralGapLow",
    )}  # fmt: skip
    high, low = total["structuralGap"], total["structuralGapLow"]
    parts = (
        ("已覆盖 covered", total["covered"], BLUE, _short(total["covered"])),
        ("执行缺口 execution gap", total["executionGap"], SKY, _short(total["executionGap"])),
        ("结构性缺口 structural gap", high, HOT, _range(low, high)),
    )
    left, full = EDGE, min(width - 2 * EDGE, 12.0)
    words = f"需求 demand {_short(total['demand'])} 万元 ="
    text(axes, left, height - 1.06, words, 7.5)
    at = left + 0.15 + 0.106 * _breadth(words)
    for name, _, colour, shown in parts:
        axes.add_patch(Rectangle((at, height - 1.075), 0.12, 0.12, facecolor=colour, lw=0))
        text(axes, at + 0.18, height - 1.06, f"{name} {shown}", 7.5)
        at += 0.38 + 0.106 * _breadth(f"{name} {shown}")
    if not total["demand"]:
        return
    at = left
    for _, amount, colour, _ in parts:
        share = float(amount / total["demand"]) * full
        axes.add_patch(Rectangle((at, height - 1.34), share, 0.17, facecolor=colour, lw=0))
        at += share
    if high > low:
        unsure = float((high - low) / total["demand"]) * full
        axes.add_patch(
            Rectangle(
                (at - unsure, height - 1.34), unsure, 0.17, facecolor="none", edgecolor="white", hatch="/////", lw=0
            )
        )


def _split(matrix: Matrix, asked: Mapping[str, Any]) -> str:
    axes = [axis.title for axis in matrix.axes if axis.dimension is not None]
    basis = DemandBasis[asked.get("demand") or DemandBasis.DECLARED.name]
    words = [" × ".join(axes) or "合计 TOTAL", f"{basis.zh} {basis.name}"]
    if matrix.summed:
        words.append("已汇总 summed: " + "、".join(f"{one.zh} {one.name}" for one in matrix.summed))
    if any(asked.get(name) is not None for name in ("where", "funds")):
        words.append("有筛选 filtered")
    words += [f"{axis.title} 另有 {axis.left_out} 项未示 more not shown" for axis in matrix.axes if axis.left_out]
    return " · ".join(words)


def _squares(axes: Any, panel: _Panel, value: Any, x: float, y: float, *, labelled: bool) -> None:
    """A panel with its upper left corner here: headings, labels, squares, and sums where they may be added."""
    matrix, rows, columns = panel.matrix, panel.rows, panel.columns
    top = y - HEADINGS
    right, below = x + WIDTH * (len(columns.values) + 0.2), top - HEIGHT * (len(rows.values) + 1.2)
    for place, across in enumerate(columns.values):
        _heading(axes, matrix.label(columns, across), x + WIDTH * (place + 0.5), top)
    for place, down in enumerate(rows.values):
        if labelled:
            _row_label(axes, matrix.label(rows, down), x, top - HEIGHT * (place + 0.5))
    for row, down in enumerate(rows.values):
        bottom = top - HEIGHT * (row + 1)
        axes.plot([x, x + WIDTH * len(columns.values)], [bottom + HEIGHT / 2] * 2, color="#ECECEC", lw=0.5, zorder=0)
        for column, across in enumerate(columns.values):
            _square(axes, matrix.squares.get((down, across, value)), x + WIDTH * column, bottom)
        if panel.has_row_totals:
            _square(axes, matrix.total(_line(matrix, value, row=down)), right, bottom, is_total=True)
    if panel.has_column_totals:
        for column, across in enumerate(columns.values):
            _square(axes, matrix.total(_line(matrix, value, column=across)), x + WIDTH * column, below, is_total=True)
        if labelled:
            _row_label(axes, Label("合计", "TOTAL"), x, below + HEIGHT / 2)
    if panel.has_row_totals:
        _heading(axes, Label("合计", "TOTAL"), right + WIDTH / 2, top)
        if panel.has_column_totals:
            _square(axes, matrix.total(_line(matrix, value)), right, below, is_total=True)


_ANY: Final = object()


def _line(matrix: Matrix, panel: Any, *, row: Any = _ANY, column: Any = _ANY) -> list[Place]:
    """The places of a panel, of one row or column where it is given; those that are not shown are among them."""
    return [
        at
        for at in matrix.squares
        if at[2] == panel and (row is _ANY or at[0] == row) and (column is _ANY or at[1] == column)
    ]


def _square(axes: Any, square: Square | None, x: float, y: float, *, is_total: bool = False) -> None:
    """Blank without demand. A range is split by its diagonal: the low end below, the high end above."""
    if square is None or not square.demand:
        return
    low, high = float(square.low / square.demand), float(square.high / square.demand)
    left, bottom, right, top = x + SPACE / 2, y + SPACE / 2, x + WIDTH - SPACE / 2, y + HEIGHT - SPACE / 2
    axes.add_patch(Rectangle((left, bottom), right - left, top - bottom, facecolor=_colour(high), lw=0))
    is_range = square.low != square.high
    if is_range:
        lower = [(left, bottom), (right, bottom), (left, top)]
        axes.add_patch(Polygon(lower, closed=True, facecolor=_colour(low), lw=0))
    edge = ("#4A4A4A", 0.9) if is_total else ("#CFC6BC", 0.5)
    axes.add_patch(
        Rectangle((left, bottom), right - left, top - bottom, facecolor="none", edgecolor=edge[0], lw=edge[1])
    )
    if not square.high:
        text(axes, x + WIDTH / 2, y + HEIGHT / 2, "0", 8, color=GREY, ha="center", va="center")
        return
    ink = "white" if _is_dark(high) and (not is_range or _is_dark(low)) else BLACK
    shown = _range(square.low, square.high)
    size = min(9.0, 66 / max(6, len(shown)))
    for words, at, points in ((shown, y + 0.235, size), (_percent(low, high), y + 0.095, 5.8)):
        style = {"color": ink, "ha": "center", "va": "center"}
        if is_range and ink == BLACK:
            # Under the words, not around them: words with an effect of their own lose their comment in SVG.
            text(axes, x + WIDTH / 2, at, words, points, **style, path_effects=[Stroke(linewidth=2.2, foreground=HALO)])
        text(axes, x + WIDTH / 2, at, words, points, **style)
    for place, (reason, amount) in enumerate(square.parts[:MOST_MARKS]):
        part = float(amount / square.high) if square.high else 0
        _mark(axes, reason, left + 0.09 + 0.13 * place, top - 0.085, ink, 0.6 + 0.4 * part)


def _mark(axes: Any, reason: GapReason, x: float, y: float, ink: str, scale: float = 1.0) -> None:
    if MARKS[reason] == "?":
        text(axes, x, y, "?", 7.5 * scale, color=ink, ha="center", va="center", weight="bold")
    else:
        axes.scatter([x], [y], s=24 * scale * scale, marker=MARKS[reason], color=ink, linewidths=0, zorder=5)


def _heading(axes: Any, label: Label, x: float, y: float) -> None:
    lines = _wrapped(label.name, 7, 3)
    text(axes, x, y + (0.2 if label.code else 0.08), "\n".join(lines), 7.5, ha="center", va="bottom", linespacing=1.1)
    if label.code:
        text(axes, x, y + 0.08, shortened(label.code, 14), 5.5, color=GREY, ha="center", va="bottom")


def _row_label(axes: Any, label: Label, x: float, y: float) -> None:
    text(axes, x - 0.12, y + (0.06 if label.code else 0), shortened(label.name, 19), 8, ha="right", va="center")
    if label.code:
        text(axes, x - 0.12, y - 0.11, shortened(label.code, 30), 5.5, color=GREY, ha="right", va="center")


def _wrapped(words: str, breadth: int, most: int) -> list[str]:
    """At most so many lines of so many characters."""
    kept = shortened(words, breadth * most)
    return [kept[start : start + breadth] for start in range(0, len(kept), breadth)]


def _legend(axes: Any, answer: Mapping[str, Any], matrix: Matrix, y: float, width: float) -> None:
    """The scale of colours, the marks of reasons, how a range looks, and what is in no sum."""
    steps, left = 60, EDGE
    bar = 2.2
    for step in range(steps):
        axes.add_patch(
            Rectangle(
                (left + bar * step / steps, y + 0.32),
                bar / steps + 0.01,
                0.15,
                facecolor=_colour(step / (steps - 1)),
                lw=0,
            )
        )
    for share in (0, 50, 100):
        text(axes, left + bar * share / 100, y + 0.28, f"{share}%", 6, color=GREY, ha="center", va="top")
    text(axes, left, y + 0.53, "结构性缺口占需求 gap as share of demand", 6.5, color=GREY)
    at = left + bar + 0.45
    for reason in GapReason:
        _mark(axes, reason, at, y + 0.4, BLACK)
        text(axes, at + 0.13, y + 0.38, reason.zh, 7.5)
        text(axes, at + 0.13, y + 0.24, reason.name, 5, color=GREY)
        at += 0.35 + max(0.105 * len(reason.zh), 0.06 * len(reason.name))
    words = ["数字 figures: 缺口 gap, 万元", "斜分 split: 低–高 low–high", "空白 blank: 无需求 no demand"]
    if not matrix.summed and any(axis.overlaps for axis in matrix.axes):
        words.append("标签重叠，不作合计 tags overlap: no totals")
    uncounted = len(answer["total"]["uncounted"])
    if uncounted:
        words.append(f"{uncounted} 条未计入 in no sum")
    text(axes, EDGE, y - 0.08, " · ".join(words), 6.5, color=GREY)


def _colour(share: float) -> Any:
    """The lightest and the darkest end are left out: a square without a gap is not blank, and black marks stay visible longer."""
    return HEAT(0.03 + 0.85 * min(1.0, max(0.0, share)))


def _is_dark(share: float) -> bool:
    return share > 0.72


def _percent(low: float, high: float) -> str:
    first, last = f"{low * 100:.0f}", f"{high * 100:.0f}"
    return f"{last}%" if first == last else f"{first}–{last}%"


def _range(low: Decimal, high: Decimal) -> str:
    first, last = _short(low), _short(high)
    return last if first == last else f"{first}–{last}"


def _short(amount: Decimal) -> str:
    """An amount in 万 as a square holds it: whole from 100 on, else with one digit more; what is there is never shown as 0."""
    value = amount / WAN
    if not value:
        return "0"
    if value >= 100:
        return f"{value:,.0f}"
    rounded = value.quantize(Decimal("0.1"))
    return f"{rounded.normalize():f}" if rounded else "<0.1"


def _breadth(words: str) -> float:
    """How many Chinese characters wide some words are, about."""
    return sum(1.0 if ord(sign) > 0x2E80 else 0.55 for sign in words)
