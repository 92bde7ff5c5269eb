"""The natural keys of what a plan states: units by city, the plan's own parts and names by its document number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

from graph.batch import Statement
from graph.identifiers import make_id
from graph.records import Node, Record, Ref
from graph.records import Span as QuotedSpan
from loaders.plan.names import plain
from loaders.plan.text import Span
from loaders.plan.unit_names import common_name

T = TypeVar("T", bound=Node)

_NO_CODE = re.compile(r"[^\w\-]+")
_WIDER = ("省", "国家", "中国", "中央", "国务院", "人行", "人民银行")


@dataclass(frozen=True)
class Keys:
    """Ids and spans of one document: `doc_no` its number, `source` the dataset that states it, `city` the place it is of."""

    doc_no: str
    source: str
    text: str
    city: str | None

    def span(self, span: Span) -> QuotedSpan:
        """The span with what stands there."""
        return QuotedSpan(span.start, span.end, span.quote(self.text))

    def policy(self) -> Ref[T]:
        """The id of the policy itself."""
        return Ref(make_id("policy", self.doc_no))

    def part(self, prefix: str, number: int) -> Ref[T]:
        """The id of a numbered part of the document: a theme, measure, target, rule, duty, question."""
        return Ref(make_id(prefix, self.doc_no, str(number)))

    def named(self, prefix: str, name: str) -> Ref[T]:
        """The id of a thing that the document names: within the document, since another one may mean another thing."""
        return Ref(make_id(prefix, self.source, plain(name)))

    def unit(self, name: str) -> Ref[T]:
        """The id of a government unit: its full name, one over all documents of its city."""
        return Ref(make_id("governmentUnit", self.full_name(name)))

    def region(self, name: str) -> Ref[T]:
        """The id of a place: its full name, as its own code."""
        return Ref(make_id("region", self.place_code(name)))

    def place_code(self, name: str) -> str:
        """The code of a place that has none from a register: its full name."""
        return _NO_CODE.sub("", self.full_name(plain(name))).lstrip("0123456789_-") or "地区"

    def full_name(self, name: str) -> str:
        """A unit's or place's name that is unambiguous beyond its city: 市财政局 is 某某市财政局."""
        common = common_name(name, self.city)
        if self.city is None or name.startswith(_WIDER):
            return name
        if common.startswith(self.city[-1]) and not common.startswith(("市场", "区域", "县域")):
            return self.city + common[1:]
        return name if self.city[:-1] in name else self.city + name


def at(record: Record, span: Span) -> Statement:
    """The statement of a record that was read from a span."""
    return Statement(record, locator=span.locator)
