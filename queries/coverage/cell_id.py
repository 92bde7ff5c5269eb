"""What a coverage cell is, in words of its own: from it and a view the same cell can be asked for again."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from graph.errors import InvalidIdentifier
from graph.kinds.places import IndustryLevel, RegionLevel
from graph.kinds.terms import Stage
from graph.records import Term

PREFIX = "coverageCell"


class CellDimension(Term):
    """What coverage can be split by."""

    INDUSTRY = "行业"
    STAGE = "阶段"
    REGION = "地区"
    PERIOD = "年度"


class DemandBasis(Term):
    """What counts as demand."""

    DECLARED = "申报需求"


@dataclass(frozen=True, slots=True)
class Levels:
    """How far the trees of industries and regions are rolled up."""

    industry: IndustryLevel = IndustryLevel.SECTION
    region: RegionLevel = RegionLevel.COUNTY


@dataclass(frozen=True, slots=True)
class CellFilter:
    """What is shown; None: everything. Industries and regions by id, with all below them; years of four digits."""

    industry: tuple[str, ...] | None = None
    stage: tuple[Stage, ...] | None = None
    region: tuple[str, ...] | None = None
    period: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CellKey:
    """A cell: the value of each dimension that it is split by (None: not known), and the question it belongs to.

    Values are ids of industries and regions, codes of stages, years. funds: ids, None = all.
    """

    values: Mapping[CellDimension, str | None] = field(default_factory=dict)
    levels: Levels = field(default_factory=Levels)
    where: CellFilter = field(default_factory=CellFilter)
    funds: tuple[str, ...] | None = None

    @property
    def id(self) -> str:
        """The id that describes the cell: base64url of JSON, the same for the same cell however it was asked for."""
        content: dict[str, Any] = {"by": {dimension.name: value for dimension, value in self.values.items()}}
        if CellDimension.INDUSTRY in self.values:
            content["industryLevel"] = self.levels.industry.name
        if CellDimension.REGION in self.values:
            content["regionLevel"] = self.levels.region.name
        for name in ("industry", "stage", "region", "period"):
            chosen = getattr(self.where, name)
            if chosen is not None:
                content[name] = sorted({str(one) for one in chosen})
        if self.funds is not None:
            content["funds"] = sorted(set(self.funds))
        text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        return f"{PREFIX}:{base64.urlsafe_b64encode(text).decode().rstrip('=')}"

    @classmethod
    def of(cls, identifier: str) -> CellKey:
        """The cell that an id describes.

        Raises InvalidIdentifier when it describes none.
        """
        prefix, _, coded = identifier.partition(":")
        try:
            if prefix != PREFIX:
                raise InvalidIdentifier(
                    f"{identifier[:60]!r} is no id of a coverage cell; it would begin with {PREFIX}:"
                )
            padded = coded.encode("ascii") + b"=" * (-len(coded) % 4)
            content = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            key = cls(
                values={CellDimension[name]: _text(value) for name, value in content["by"].items()},
                levels=Levels(
                    IndustryLevel[content.get("industryLevel", IndustryLevel.SECTION.name)],
                    RegionLevel[content.get("regionLevel", RegionLevel.COUNTY.name)],
                ),
                where=CellFilter(
                    industry=_texts(content.get("industry")),
                    stage=None if "stage" not in content else tuple(Stage[name] for name in content["stage"]),
                    region=_texts(content.get("region")),
                    period=_texts(content.get("period")),
                ),
                funds=_texts(content.get("funds")),
            )
        except (
            UnicodeEncodeError,
            binascii.Error,
            orjson.JSONDecodeError,
            KeyError,
            TypeError,
            AttributeError,
        ) as error:
            raise InvalidIdentifier(
                f"{identifier[:60]!r} describes no coverage cell; take the id from an answer"
            ) from error
        if key.id != identifier:
            raise InvalidIdentifier(f"{identifier[:60]!r} describes no coverage cell; take the id from an answer")
        return key


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("neither a text nor null")
    return value


def _texts(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError("no list of texts")
    return tuple(value)
