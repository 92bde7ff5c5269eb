"""A picture of the ways of money to one enterprise: a lane a path, from the source on the left to the beneficiary."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from graph.kinds.terms import Technique
from queries.financing.terms import ConstraintKind, PathStatus
from schema.pictures.canvas import (
    BLUE,
    GREEN,
    GREY,
    NAMED,
    ORANGE,
    PALE,
    PURPLE,
    RED,
    name_of,
    rounded_box,
    sheet,
    shortened,
    text,
)

SELECTION: Final = """
paths { totalCount nodes { technique status capacity { amount currency } capacityIsUpperBound bindingConstraint { kind }
  source { NAMED } steps { relation from { NAMED } to { NAMED } amount { amount } } } }
completeness { complete reason }
""".replace("NAMED", NAMED)
COLOURS: Final = {"EXISTING": GREY, "AVAILABLE": GREEN, "CONDITIONAL": ORANGE, "PROSPECTIVE": BLUE, "BLOCKED": RED}
LANE: Final = 0.95
HEAD: Final = 3.4
STEP: Final = 2.5
BOX: Final = 1.7
MOST: Final = 60
"""Lanes of one picture; beyond them a line says how many paths are left out."""
WAN: Final = 10_000


def draw(answer: Mapping[str, Any], when: str, _asked: Mapping[str, Any]) -> Figure:
    """The picture of a page of paths. Cost: one box a node."""
    paths = answer["paths"]["nodes"]
    shown = paths[:MOST]
    longest = max((len(path["steps"]) for path in shown), default=0)
    width, height = HEAD + STEP * longest + BOX + 0.6, LANE * max(1, len(shown)) + 1.4
    drawn, axes = sheet(width, height)
    text(axes, 0.3, height - 0.45, f"融资路径 Financing paths · {when}", 12, weight="bold")
    text(axes, 0.3, height - 0.8, _summary(answer, len(shown)), 8, color=GREY)
    for place, path in enumerate(shown):
        _lane(axes, path, height - 1.4 - LANE * place - LANE / 2, longest)
    return drawn


def _summary(answer: Mapping[str, Any], shown: int) -> str:
    total = answer["paths"]["totalCount"]
    complete = answer["completeness"]
    cut = "" if complete["complete"] else f" · 搜索被截断 search was cut: {complete['reason']}"
    return f"{shown} / {total if total is not None else '?'} 条路径 paths{cut}"


def _lane(axes: Any, path: Mapping[str, Any], y: float, longest: int) -> None:
    colour = COLOURS.get(path["status"], PURPLE)
    technique, status = Technique[path["technique"]], PathStatus[path["status"]]
    binding = ConstraintKind[path["bindingConstraint"]["kind"]]
    text(axes, 0.3, y + 0.12, f"{technique.zh} · {status.zh}", 9, color=colour, weight="bold")
    text(axes, 0.3, y - 0.1, f"{technique.name} · {status.name}", 5.5, color=GREY)
    text(axes, 0.3, y - 0.32, f"{_capacity(path)} · {binding.zh}", 8, color=GREY)
    steps = path["steps"]
    nodes = [steps[0]["from"], *(step["to"] for step in steps)] if steps else [path["source"]]
    # Lanes end alike: the beneficiary of all of them stands in one column.
    offset = HEAD + STEP * (longest - len(steps))
    for place, node in enumerate(nodes):
        _box(axes, offset + STEP * place, y, node, colour, ends=place in (0, len(nodes) - 1))
    for place, step in enumerate(steps):
        left = offset + STEP * place + BOX
        axes.add_patch(
            FancyArrowPatch((left, y), (left + STEP - BOX, y), arrowstyle="-|>", mutation_scale=8, color=colour, lw=1)
        )
        text(axes, left + (STEP - BOX) / 2, y + 0.1, _relation(step), 5.5, color=GREY, ha="center")


def _box(axes: Any, x: float, y: float, node: Mapping[str, Any], colour: str, *, ends: bool) -> None:
    rounded_box(axes, (x, y - 0.24), (BOX, 0.48), PALE if ends else "white", colour, 1.4 if ends else 0.8)
    text(axes, x + BOX / 2, y, shortened(name_of(node), 11), 7.5, ha="center", va="center")


def _relation(step: Mapping[str, Any]) -> str:
    amount = step["amount"]
    relation = shortened(step["relation"], 14)
    return relation if amount is None else f"{relation} {in_wan(amount['amount'])}"


def _capacity(path: Mapping[str, Any]) -> str:
    if path["capacity"] is None:
        return "额度未载明 not stated"
    most = "≤ " if path["capacityIsUpperBound"] else ""
    currency = path["capacity"]["currency"]
    return f"{most}{in_wan(path['capacity']['amount'])} {'元' if currency == 'CNY' else currency}"


def in_wan(amount: str) -> str:
    """An amount in 元 as people read it: from ten thousand on in 万."""
    value = Decimal(amount)
    if abs(value) < WAN:
        return f"{value.normalize():,f}"
    return f"{(value / WAN).quantize(Decimal('0.01')).normalize():,f} 万"
