"""Two questions that the data at hand answer, to paste into a terminal."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

from graph.view import View


def example_questions(view: View) -> list[str]:
    """GraphQL documents for this view: where fund money is missing, and how one of its enterprises could be financed."""
    cells = "cells { industry { name } structuralGap { amount } reason }"
    gaps = f"{{ fundCoverageGaps(by: [INDUSTRY]) {{ total {{ demand {{ amount }} structuralGap {{ amount }} }} {cells} }} }}"
    needs = view.handles("FinancingNeed")
    beneficiary = next((firm for firm in view.refs(needs[:200], "enterprise").tolist() if firm >= 0), -1)
    if beneficiary < 0:
        firms = view.handles("Enterprise")
        beneficiary = int(firms[0]) if len(firms) else -1
    if beneficiary < 0:
        return [gaps]
    firm = json.dumps(view.id_of(beneficiary), ensure_ascii=False)
    record = f"{{ node(id: {firm}) {{ ... on Enterprise {{ name needs {{ totalCount }} claims {{ source {{ name }} locator }} }} }} }}"
    return [record, gaps]


def as_curl(address: str, document: str) -> str:
    """The shell command that asks a document at this address."""
    body = json.dumps({"query": document}, ensure_ascii=False)
    return f"curl -s {shlex.quote(address)} -H 'Content-Type: application/json' -d {shlex.quote(body)}"


def pasteable(address: str, documents: Sequence[str]) -> list[str]:
    """The shell commands that ask these documents."""
    return [as_curl(address, document) for document in documents]
