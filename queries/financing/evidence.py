"""How well a path is evidenced: 1 − Π(1 − reliability·confidence) a step, one term per independent source; of a path its weakest step.

A registry entry proves registration, not truth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Final

from graph.blocks import CONFIDENCE
from graph.records import Span
from graph.snapshot_ids import NUMBER_MASK
from graph.values import decimal
from graph.view import StatementView, View
from queries.financing.spines import Held, Joined, Linked, Named, Step, Through

CERTAIN: Final = Decimal(1)
PLACES: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement that a step rests on. `confidence` 0–1; `quote` the words of the document where the record has a span."""

    record: int
    source: str
    reliability: Decimal
    confidence: Decimal
    locator: str | None
    quote: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """`strength` 0–1, to 6 places; `weakest_step` by place from the source, the first of equals; all claims, step by step."""

    strength: Decimal
    weakest_step: int
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a step rests on: a record, or one field of it."""

    record: int
    field: str | None = None


def facts_of(step: Step, farther: int, nearer: int, link: int) -> tuple[Fact, ...]:
    """The facts that a step between two nodes rests on: all of them are needed."""
    match step.back:
        case Named(field):
            return (Fact(nearer, field),)
        case Held(_, field):
            return (Fact(farther, field),)
        case Linked():
            return (Fact(link),)
        case Joined():
            return (Fact(farther),)
        case Through(first, Named(then) | Held(_, then)):
            by = Fact(link) if isinstance(first, Linked) else Fact(nearer, first.field)
            return by, Fact(farther, then)


def claims_about(view: View, fact: Fact) -> tuple[Claim, ...]:
    """The statements of a fact, the most reliable first."""
    statements = view.statements(fact.record)
    stating = (statement for statement in statements if fact.field is None or statement.value(fact.field) is not None)
    return tuple(_claim(fact.record, statement) for statement in stating)


def strength(claims: Sequence[Claim]) -> Decimal:
    """1 − Π(1 − reliability·confidence) over the sources, each counted by its best claim. Nothing stated: 0."""
    best: dict[str, Decimal] = {}
    for claim in claims:
        best[claim.source] = max(best.get(claim.source, Decimal(0)), claim.reliability * claim.confidence)
    return _together(best)


def fact_strength(view: View, fact: Fact) -> Decimal:
    """The strength of the claims about a fact, straight from the statements' columns."""
    kind = view.kind_of(fact.record)
    kind_view = view.kind_view(kind.name)
    table, rows = kind_view.table, kind_view.statements(fact.record & NUMBER_MASK)
    if fact.field is not None:
        rows = rows[table.stated(kind.by_name[fact.field], rows)]
    best: dict[str, Decimal] = {}
    for row in rows.tolist():
        code, confidence = int(table.source[row]), table.columns[CONFIDENCE].at(row)
        sure = decimal(int(view.moment.reliability[code])) * (CERTAIN if confidence is None else decimal(confidence))
        name = view.snapshot.source_names[code]
        best[name] = max(best.get(name, Decimal(0)), sure)
    return _together(best)


def _together(best: Mapping[str, Decimal]) -> Decimal:
    """What independent sources come to, each by its best claim."""
    with localcontext() as context:
        context.prec = 28
        doubt = CERTAIN
        for source in sorted(best):
            doubt *= CERTAIN - best[source]
        return (CERTAIN - doubt).quantize(PLACES, rounding=ROUND_HALF_EVEN)


def evidence_of(steps: Sequence[Sequence[Sequence[Claim]]]) -> Evidence:
    """The evidence of a path from the claims of each fact of each step; a step is as strong as its weaker fact."""
    strengths = [min(strength(claims) for claims in facts) for facts in steps]
    least = min(strengths)
    distinct = dict.fromkeys(claim for facts in steps for claims in facts for claim in claims)
    return Evidence(least, strengths.index(least), tuple(distinct))


def _claim(record: int, statement: StatementView) -> Claim:
    span = statement.value("span")
    return Claim(
        record,
        statement.source,
        statement.reliability,
        CERTAIN if statement.confidence is None else statement.confidence,
        statement.locator,
        span.quote if isinstance(span, Span) else None,
        statement.recorded_at,
    )
