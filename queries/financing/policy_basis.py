"""Which measures in force call for a technique, or for what the money is for: the clauses that a path can be based on."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from graph.kinds.policy import Measure
from graph.records import Span
from graph.view import View
from queries.derived import once
from queries.financing.techniques.rows import TechniqueRow

PLAN: Final = "洛政办〔2017〕70号"
"""The policy whose measures the rows of the technique table number."""
HALF: Final = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Clause:
    """A measure that names the technique, the purpose of the need, or both; `span` where it stands in the policy's text."""

    measure: int
    policy: int
    number: int
    span: Span | None
    technique: bool
    purpose: bool


@dataclass(frozen=True, slots=True)
class _Text:
    measure: int
    policy: int
    number: int
    span: Span | None
    of_plan: bool
    words: str


def clauses(view: View, row: TechniqueRow, purpose: str | None) -> tuple[Clause, ...]:
    """The measures in force on the view's day that name the technique or the purpose, in id order of the measures.

    A technique is named by a measure that the technique table lists, and by its Chinese name in the text; a purpose by its words.
    """
    return tuple(_naming(view, row, purpose))


def policy_fit(found: tuple[Clause, ...]) -> Decimal:
    """1 if one measure names technique and purpose, 0.5 where only one of them is named, else 0."""
    if any(clause.technique and clause.purpose for clause in found):
        return Decimal(1)
    return HALF if found else Decimal(0)


def _naming(view: View, row: TechniqueRow, purpose: str | None) -> Iterator[Clause]:
    name, wanted = plain(row.technique.zh), plain(purpose or "")
    for text in once(view, _texts, lambda: _texts(view)):
        technique = (text.of_plan and text.number in row.measures) or name in text.words
        named = bool(wanted) and wanted in text.words
        if technique or named:
            yield Clause(text.measure, text.policy, text.number, text.span, technique, named)


def _texts(view: View) -> list[_Text]:
    found = []
    for handle in view.handles("Measure").tolist():
        record = view.record(handle)
        assert isinstance(record, Measure)
        policy = view.ref(handle, "policy")
        number = "" if policy < 0 else view.value(policy, "doc_no")
        found.append(
            _Text(
                handle,
                policy,
                record.number,
                record.span,
                plain(number) == plain(PLAN),
                plain(record.title + record.text),
            )
        )
    return found


def plain(text: str) -> str:
    """The text in one form of its characters, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
