"""The rules in force of one kind: who asks for them finds them once a view."""

from __future__ import annotations

from typing import Final

from graph.kinds.policy import RuleKind
from graph.view import View
from queries.derived import once

RULES: Final = frozenset({"Rule"})


def rules_of(view: View, kind: RuleKind, *, preferences: bool = False) -> list[int]:
    """The rules of a kind that bind somebody, in id order; `preferences`: those in principle among them."""

    def make() -> list[int]:
        rules = view.handles("Rule")
        chosen = view.ints(rules, "kind") == list(RuleKind).index(kind)
        if not preferences:
            chosen &= view.ints(rules, "hard") != 0
        found: list[int] = rules[chosen].tolist()
        return found

    return once(view, (rules_of, kind, preferences), make, of=RULES)
