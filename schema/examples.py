"""Two questions that the data at hand answer, to paste into a terminal."""

from __future__ import annotations

import json
import shlex

from graph.view import View
from queries.completeness import Budget
from queries.financing_paths import financing_paths

TRIED = 20
"""Enterprises that are tried until one is found that several paths lead to."""
SEVERAL = 5

PATHS = """{{ financingPaths(beneficiary: {firm}, first: 3) {{ completeness {{ complete }} paths {{ totalCount nodes {{ technique status
source {{ displayName }} capacity {{ amount }} bindingConstraint {{ kind }} steps {{ relation to {{ id }} }} }} }} }} }}"""
GAPS = """{ fundCoverageGaps(by: [INDUSTRY]) { total { demand { amount } covered { amount } structuralGap { amount } }
cells { industry { name } structuralGap { amount } reason } } }"""


def example_questions(view: View) -> list[str]:
    """GraphQL documents: how one enterprise could be financed, where there is one, and where fund money is missing."""
    firm = _financeable(view)
    documents = [GAPS] if firm is None else [PATHS.format(firm=json.dumps(firm, ensure_ascii=False)), GAPS]
    return [" ".join(document.split()) for document in documents]


def _financeable(view: View) -> str | None:
    """An enterprise with an open need that several paths lead to; else the one with most; None: no path leads to any."""
    best: tuple[int, str | None] = (0, None)
    firms = view.refs(view.handles("FinancingNeed"), "enterprise").tolist()
    for handle in list(dict.fromkeys(firm for firm in firms if firm >= 0))[:TRIED]:
        identifier = view.id_of(handle)
        total = financing_paths(view, identifier, budget=Budget(expansions=5_000, milliseconds=300), first=1).total
        if total is not None and total > best[0]:
            best = total, identifier
        if best[0] >= SEVERAL:
            break
    return best[1]


def as_curl(address: str, document: str) -> str:
    """The shell command that asks a document at this address."""
    body = json.dumps({"query": document}, ensure_ascii=False)
    return f"curl -s {shlex.quote(address)} -H 'Content-Type: application/json' -d {shlex.quote(body)}"
