"""What a coverage cell is, in words of its own: from it and a view the same cell can be asked for again."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from graph.errors import InvalidIdentifier, InvalidInput
from graph.kinds.places import IndustryLevel, RegionLevel
from graph.kinds.terms import Instrument, Stage
from graph.records import Term

PREFIX = "coverageCell"


class CellDimension(Term):
    """What coverage can be split by."""

    INDUSTRY = "行业"
    STAGE = "阶段"
    REGION = "地区"
    INSTRUMENT = "工具"
    TICKET_BAND = "金额档"
    TAG = "标签"
    PERIOD = "年度"


class DemandBasis(Term):
    """What counts as demand. The two are never mixed."""

    DECLARED = "申报需求"
    MODELLED = "模型测算"


class TagSplit(Term):
    """How a split by tag shows what carries several: in one cell of all its tags, or in a cell of each, which overlap."""

    SET = "标签组合"
    SINGLE = "单个标签"


def is_year(text: str) -> bool:
    """Whether a period is written as years are: four digits."""
    return len(text) == 4 and text.isascii() and text.isdigit()


def year_of(text: str, present: int) -> int:
    """The year that a filter names. Raises InvalidInput where it is none."""
    if not is_year(text):
        raise InvalidInput(f"period {text!r} is no year; give four digits, such as {present}")
    return int(text)


@dataclass(frozen=True, slots=True)
class Levels:
    """How far the trees of industries and regions are rolled up, and what a split by tag is by."""

    industry: IndustryLevel = IndustryLevel.SECTION
    region: RegionLevel = RegionLevel.COUNTY
    tag: TagSplit = TagSplit.SET


@dataclass(frozen=True, slots=True)
class CellFilter:
    """What is shown; None: everything. Industries and regions by id, with all below them; years of four digits.

    tag: needs with any of these. ticket_band: ids.
    """

    industry: tuple[str, ...] | None = None
    stage: tuple[Stage, ...] | None = None
    region: tuple[str, ...] | None = None
    instrument: tuple[Instrument, ...] | None = None
    ticket_band: tuple[str, ...] | None = None
    tag: tuple[str, ...] | None = None
    period: tuple[str, ...] | None = None


CellValue = str | tuple[str, ...] | None
"""Where a cell stands on a dimension: an id, a code, a year; ids of tags; None: not known."""
CODES: Mapping[CellDimension, type[Term]] = {CellDimension.STAGE: Stage, CellDimension.INSTRUMENT: Instrument}
"""Dimensions whose values are codes."""


@dataclass(frozen=True, slots=True)
class CellKey:
    """A cell: its value on each dimension that it is split by, and the question it belongs to. funds: ids, None = all."""

    values: Mapping[CellDimension, CellValue] = field(default_factory=dict)
    levels: Levels = field(default_factory=Levels)
    where: CellFilter = field(default_factory=CellFilter)
    funds: tuple[str, ...] | None = None
    demand: DemandBasis = DemandBasis.DECLARED

    @property
    def id(self) -> str:
        """The id that describes the cell: base64url of JSON, the same for the same cell however it was asked for."""
        content: dict[str, Any] = {"by": {dimension.name: value for dimension, value in self.values.items()}}
        if CellDimension.INDUSTRY in self.values:
            content["industryLevel"] = self.levels.industry.name
        if CellDimension.REGION in self.values:
            content["regionLevel"] = self.levels.region.name
        if CellDimension.TAG in self.values:
            content["tagSplit"] = self.levels.tag.name
        if self.demand is not DemandBasis.DECLARED:
            content["demand"] = self.demand.name
        for dimension in CellDimension:
            chosen = getattr(self.where, dimension.name.lower())
            if chosen is not None:
                content[dimension.name.lower()] = sorted({str(one) for one in chosen})
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
                values={CellDimension[name]: _value(value) for name, value in content["by"].items()},
                levels=Levels(
                    IndustryLevel[content.get("industryLevel", IndustryLevel.SECTION.name)],
                    RegionLevel[content.get("regionLevel", RegionLevel.COUNTY.name)],
                    TagSplit[content.get("tagSplit", TagSplit.SET.name)],
                ),
                where=_filter(content),
                funds=_texts(content.get("funds")),
                demand=DemandBasis[content.get("demand", DemandBasis.DECLARED.name)],
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


def _filter(content: Mapping[str, Any]) -> CellFilter:
    stages, instruments = _texts(content.get("stage")), _texts(content.get("instrument"))
    return CellFilter(
        industry=_texts(content.get("industry")),
        stage=None if stages is None else tuple(Stage[name] for name in stages),
        region=_texts(content.get("region")),
        instrument=None if instruments is None else tuple(Instrument[name] for name in instruments),
        ticket_band=_texts(content.get("ticket_band")),
        tag=_texts(content.get("tag")),
        period=_texts(content.get("period")),
    )


def _value(value: object) -> CellValue:
    return _texts(value) if isinstance(value, list) else _text(value)


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
