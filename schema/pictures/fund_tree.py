"""A picture of a fund's tree: the fund on the left, sub-funds to the right of who holds them, firms beside the fund that invested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from graph.kinds.parties import FundType
from schema.pictures.canvas import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    NAMED,
    ORANGE,
    PALE,
    name_of,
    rounded_box,
    sheet,
    shortened,
    text,
)
from schema.pictures.paths import in_wan

SELECTION: Final = """
funds { fund { NAMED ... on Fund { type } } depth lookThroughShare committed { amount } paidIn { amount } invested { amount }
  attributed { amount } supply { dryPowder { amount } }
  heldBy { holder { id } committed { amount } share }
  companies { enterprise { NAMED } invested { amount } attributed { amount } lookThroughShare uncounted { id } } }
companies { invested { amount } }
invested { amount } attributed { amount } doubts { id }
""".replace("NAMED", NAMED)
COLUMN: Final = 4.2
FUND: Final = (2.75, 0.86)
FIRM: Final = (2.75, 0.3)
ROW: Final = 0.36
"""Height of a firm's line."""
STEP: Final = 1.0
"""Height of a fund without firms and sub-funds."""
EDGE: Final = 0.35
TOP: Final = 1.3
BOTTOM: Final = 0.55
MOST_FUNDS: Final = 60
MOST_FIRMS: Final = 12
"""Of one fund, those that it has most money in."""
WIDEST, THINNEST = 5.0, 0.7


@dataclass
class _Fund:
    """A fund of the picture, where it hangs, and where its middle is: inches from the top."""

    row: Mapping[str, Any]
    firms: list[Mapping[str, Any]]
    more: int
    below: list[_Fund] = field(default_factory=list)
    y: float = 0.0
    firm_ys: list[float] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.row["fund"]["id"])

    @property
    def depth(self) -> int:
        return int(self.row["depth"])


def draw(answer: Mapping[str, Any], when: str, _asked: Mapping[str, Any]) -> Figure:
    """The picture of a tree. A fund that several hold hangs below the nearest of them; the others are joined by broken lines.

    Cost: a box a fund and a line a firm.
    """
    funds = _hung(answer["funds"][:MOST_FUNDS])
    root = next(iter(funds.values()))
    tall = _placed(root, 0.0)
    deepest = max(fund.depth + bool(fund.firms) for fund in funds.values())
    width = max(2 * EDGE + COLUMN * deepest + FUND[0] + 0.3, 8.6)
    height = TOP + tall + BOTTOM
    drawn, axes = sheet(width, height)
    axes.set_ylim(height, 0)
    text(axes, EDGE, 0.45, f"基金树 Fund tree · {when}", 13, weight="bold")
    text(axes, EDGE, 0.75, _summary(answer, len(funds)), 8.5, color=GREY)
    for fund in funds.values():
        others = 0
        for held in fund.row["heldBy"]:
            if (holder := funds.get(held["holder"]["id"])) is not None:
                _held(axes, holder, fund, held, others)
                others += fund not in holder.below
        for firm, y in zip(fund.firms, fund.firm_ys, strict=False):
            _invested(axes, fund, firm, y)
    for fund in funds.values():
        _box(axes, fund)
        for firm, y in zip(fund.firms, fund.firm_ys, strict=False):
            _firm(axes, EDGE + COLUMN * (fund.depth + 1), TOP + y, firm)
        if fund.more:
            words = f"另有 {fund.more:,} 家 more firms"
            text(
                axes, EDGE + COLUMN * (fund.depth + 1) + 0.1, TOP + fund.firm_ys[-1], words, 7, color=GREY, va="center"
            )
    words = "线宽示占比 width: share held · 虚线示其他持有 broken: held by others too · 绿 green: 已投企业 firms invested in"
    text(axes, EDGE, height - 0.22, words, 6.5, color=GREY)
    return drawn


def _hung(rows: list[Mapping[str, Any]]) -> dict[str, _Fund]:
    """The funds by id, each below the first of those that hold it one step nearer to the root."""
    funds: dict[str, _Fund] = {}
    for row in rows:
        firms = sorted(row["companies"], key=lambda one: -Decimal(one["invested"]["amount"]))
        shown = firms if len(firms) <= MOST_FIRMS else firms[: MOST_FIRMS - 1]
        fund = _Fund(row, shown, len(firms) - len(shown))
        for held in row["heldBy"]:
            holder = funds.get(held["holder"]["id"])
            if holder is not None and holder.depth == fund.depth - 1:
                holder.below.append(fund)
                break
        funds[fund.id] = fund
    return funds


def _placed(fund: _Fund, top: float) -> float:
    """Where the middles of a fund, its firms and all below it are, from here down; gives the height that they take."""
    at = top
    lines = len(fund.firms) + bool(fund.more)
    for _ in range(lines):
        fund.firm_ys.append(at + ROW / 2)
        at += ROW
    if lines:
        at += 0.12
    for one in fund.below:
        at += _placed(one, at)
    taken = max(at - top, STEP)
    middles = [*fund.firm_ys, *(one.y for one in fund.below)]
    fund.y = (middles[0] + middles[-1]) / 2 if middles else top + taken / 2
    if middles and at - top < STEP:
        _moved(fund, (STEP - (at - top)) / 2)
    return taken


def _moved(fund: _Fund, shift: float) -> None:
    fund.y += shift
    fund.firm_ys = [y + shift for y in fund.firm_ys]
    for one in fund.below:
        _moved(one, shift)


def _summary(answer: Mapping[str, Any], shown: int) -> str:
    words = [
        f"{shown} / {len(answer['funds'])} 只基金 funds",
        f"{len(answer['companies']):,} 家企业 firms",
        f"已投 invested {in_wan(answer['invested']['amount'])}，各计一次 each once",
        f"穿透 looked through {_amount(answer['attributed'])}",
    ]
    if answer["doubts"]:
        words.append(f"{len(answer['doubts'])} 轮或重复 rounds may count twice")
    return " · ".join(words)


def _held(axes: Any, holder: _Fund, fund: _Fund, held: Mapping[str, Any], place: int) -> None:
    """The line between a fund and one that holds it, and what is committed; a holder that is no nearer to the root comes from the left."""
    hangs = fund in holder.below
    share = held["share"]
    is_nearer = holder.depth < fund.depth
    start = (EDGE + COLUMN * holder.depth + FUND[0] * is_nearer, TOP + holder.y)
    end = (EDGE + COLUMN * fund.depth, TOP + fund.y + 0.12 * (not hangs))
    width = THINNEST if share is None else THINNEST + (WIDEST - THINNEST) * min(1.0, float(share))
    turn = (start[0] + end[0]) / 2 if is_nearer else min(start[0], end[0]) - 0.5
    _curve(axes, start, end, turn, BLUE if hangs else ORANGE, width, broken=not hangs)
    words = f"{_percent(share)} · {_amount(held['committed'])}"
    y = end[1] - 0.12 if hangs else TOP + fund.y + 0.3 + 0.16 * place
    text(axes, end[0] - 0.08, y, words, 6, color=GREY if hangs else "#8A5F00", ha="right",
         bbox={"facecolor": "white", "alpha": 0.9, "pad": 0.6, "lw": 0})  # fmt: skip


def _invested(axes: Any, fund: _Fund, firm: Mapping[str, Any], y: float) -> None:
    start, end = (EDGE + COLUMN * fund.depth + FUND[0], TOP + fund.y), (EDGE + COLUMN * (fund.depth + 1), TOP + y)
    _curve(axes, start, end, (start[0] + end[0]) / 2, GREEN, THINNEST, broken=False)


def _curve(
    axes: Any,
    start: tuple[float, float],
    end: tuple[float, float],
    turn: float,
    colour: str,
    width: float,
    *,
    broken: bool,
) -> None:
    points = [start, (turn, start[1]), (turn, end[1]), end]
    way = Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    axes.add_patch(
        PathPatch(way, facecolor="none", edgecolor=colour, lw=width, alpha=0.5, ls=(0, (4, 2)) if broken else "-")
    )


def _box(axes: Any, fund: _Fund) -> None:
    x, y = EDGE + COLUMN * fund.depth, TOP + fund.y - FUND[1] / 2
    is_root, row = fund.depth == 0, fund.row
    fill, edge, line = (PALE, BLACK, 1.6) if is_root else ("white", BLUE, 1.1)
    rounded_box(axes, (x, y), FUND, fill, edge, line, style="--" if row["committed"] is None else "-")
    named = row["fund"]
    kind = FundType[named["type"]] if named.get("type") else None
    text(axes, x + 0.12, y + 0.21, shortened(name_of(named), 19), 9)
    words = f"{kind.zh} {kind.name}" if kind else "类型未载明 type not stated"
    text(axes, x + 0.12, y + 0.37, words, 6, color=GREY)
    text(axes, x + 0.12, y + 0.56, f"认缴 {_amount(row['committed'])} · 实缴 {_amount(row['paidIn'])}", 7)
    share = row["lookThroughShare"]
    looked = "" if is_root else f" · 穿透 {'未载明 N/S' if share is None else _percent(share)}"
    words = f"已投 {_amount(row['invested'])} · 可投 {_amount(row['supply']['dryPowder'])}{looked}"
    text(axes, x + 0.12, y + 0.74, words, 7 if len(words) < 40 else 6.4)


def _firm(axes: Any, x: float, y: float, firm: Mapping[str, Any]) -> None:
    rounded_box(axes, (x, y - FIRM[1] / 2), FIRM, "white", GREEN, 0.8, corner=0.05)
    name = "未在库 not known" if firm["enterprise"] is None else name_of(firm["enterprise"])
    text(axes, x + 0.1, y, shortened(name, 13), 7.5, va="center")
    words = _amount(firm["invested"]) if not firm["uncounted"] else "金额未载明 not stated"
    if not firm["uncounted"] and firm["lookThroughShare"] not in ("1", "1.000000"):
        words += f" · 穿透 {_amount(firm['attributed'])}"
    text(axes, x + FIRM[0] - 0.08, y, words, 6.2, color=GREY, ha="right", va="center")


def _amount(money: Mapping[str, Any] | None) -> str:
    return "未载明 N/S" if money is None else in_wan(money["amount"])


def _percent(share: Any) -> str:
    return "占比未载明 N/S" if share is None else f"{float(share) * 100:.3g}%"
