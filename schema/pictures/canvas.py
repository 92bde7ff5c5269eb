"""What every picture is drawn on: a figure with Chinese glyphs of its own, and its bytes, equal for equal pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch

from graph.errors import InvalidInput

ENDINGS: Final = (".svg", ".png")
DPI: Final = 150
MAX_INCHES: Final = 200
"""What a PNG of this many dots an inch may measure."""

# Okabe and Ito's palette: told apart by colour-blind eyes too.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
NAMED: Final = "id ... on StatedRecord { displayName }"
"""What is selected of a record to name it."""
GREY: Final = "#6E6E6E"
PALE: Final = "#F4F4F4"


@cache
def font() -> FontProperties:
    """Noto Sans SC, from the package that carries it: no machine needs a Chinese font."""
    path = files("zhplot") / "fonts" / "NotoSansSC-Regular.ttf"
    font_manager.fontManager.addfont(str(path))
    return FontProperties(fname=str(path))


def sheet(width: float, height: float) -> tuple[Figure, Any]:
    """An empty figure of this many inches, at most MAX_INCHES each way, and axes all over it in inches from its lower left corner."""
    drawn = Figure(figsize=(min(width, MAX_INCHES), min(height, MAX_INCHES)), dpi=DPI, facecolor="white")
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.axis("off")
    return drawn, axes


def rounded_box(
    axes: Any,
    place: tuple[float, float],
    size: tuple[float, float],
    fill: str,
    edge: str,
    line: float,
    *,
    corner: float = 0.08,
    style: str = "-",
) -> None:
    """A box with round corners that has its lower left one here; `line` and `style` are of its edge."""
    shape = f"round,pad=0,rounding_size={corner}"
    axes.add_patch(FancyBboxPatch(place, *size, boxstyle=shape, facecolor=fill, edgecolor=edge, lw=line, ls=style))


def text(axes: Any, x: float, y: float, words: str, size: float = 9, **style: Any) -> None:
    """Words on the picture; what a data value says is never taken for markup."""
    axes.text(x, y, words.replace("$", r"\$"), fontproperties=_sized(size), **style)


@cache
def _sized(size: float) -> FontProperties:
    sized = font().copy()
    sized.set_size(size)
    return sized


def name_of(record: Mapping[str, Any]) -> str:
    """What a record is called, of which NAMED is selected: by its id where it has no name."""
    return str(record.get("displayName") or record["id"])


def shortened(words: str, most: int) -> str:
    """At most so many characters, the last of them … where something is left out."""
    return words if len(words) <= most else f"{words[: most - 1]}…"


def check_ending(path: Path) -> None:
    """Raises InvalidInput for a file whose ending is none of ENDINGS."""
    if path.suffix.lower() not in ENDINGS:
        raise InvalidInput(f"{path.name}: the ending says the form; write {' or '.join(ENDINGS)}")


def as_bytes(drawn: Figure, path: Path) -> bytes:
    """The picture for a file of this name: in SVG glyphs are outlines, so that they look alike everywhere."""
    check_ending(path)
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "luoshu", "svg.fonttype": "path"}):
        if path.suffix.lower() == ".svg":
            drawn.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "Luoshu"})
        else:
            drawn.savefig(buffer, format="png", metadata={"Software": "Luoshu"})
    return buffer.getvalue()
