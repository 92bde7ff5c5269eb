"""The technique table on paper: every technique with its words, gates and limits, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.records import Term
from queries.financing.spines import Spine
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.techniques.table import TECHNIQUES

_HEAD = """
## Financing techniques · 融资方式

The table that `financingPaths` runs, printed from `queries/financing/techniques/`. A word leads from a capital source to the
beneficiary; of an offer gates and limits decide, a contract in force is EXISTING, and a word that lacks but an instrument that the
parties could create is PROSPECTIVE. What the gates and limits mean: [financing.md](financing.md).
"""


def technique_document() -> str:
    """The table as Markdown; the same table gives the same text."""
    return "\n".join([_HEAD, *(line for row in TECHNIQUES.values() for line in _row(row))]) + "\n"


def word_of(spine: Spine) -> str:
    """A spine's word as people read it: kinds joined by relations, a repeated one with how often it may be taken."""
    parts = [
        f"{step.farther} –{step.relation}{f' {step.least}…{step.most}×' if step.repeated else ''}→"
        for step in spine.word
    ]
    return " ".join([*parts, "beneficiary"])


def _row(row: TechniqueRow) -> Iterator[str]:
    yield f"### {row.technique.name} · {row.zh}\n"
    sources = [*sorted(one.name for one in row.licensed), *(["funds"] if row.funds else [])]
    facts = [
        f"{row.en}; obligor: {row.obligor.value}",
        f"amount before limits: {row.amount}",
        f"serves {_codes(row.serves)}{'' if row.new_money else ', and brings no new money'}",
        f"sources: {', '.join(sources) or 'as the word says'}",
        f"measures of the plan: {', '.join(map(str, row.measures)) or 'none'}",
    ]
    if row.purposes:
        facts.append(f"only for {'、'.join(row.purposes)}")
    yield "; ".join(facts) + ".\n"
    for spine in row.spines:
        yield f"- {spine.form.value}: `{word_of(spine)}`"
        yield f"  · gates {_codes(spine.gates)} · limits {_codes(spine.limits)}"
    yield ""


def _codes(terms: Iterable[Term]) -> str:
    return ", ".join(term.name for term in terms)
