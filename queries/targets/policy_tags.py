"""What policy favours: firms that meet a preference of the fund, and firms that carry a tag which rules or measures name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from graph.kinds.policy import RuleKind
from graph.kinds.terms import Dimension, Instrument
from graph.values import MILLION
from graph.view import View
from queries.chain_position import Mask
from queries.derived import once
from queries.financing.gates.eligibility import YES
from queries.financing.reaching.firms import Firms
from queries.financing.reaching.rules import conditions
from queries.ratios import UNLIMITED, Ints

HALF: Final = MILLION // 2
NAMING: Final = frozenset({"Rule", "Mentions", "Measure", "Tag", "Tagged", "Enterprise"})


@dataclass(frozen=True, slots=True, eq=False)
class Favoured:
    """By firm: `preferred` it meets a preference of the fund; `named` it carries a tag that a rule or a measure names.

    rules: the preferences, each with the firms that meet it, in id order.
    """

    preferred: Mask
    named: Mask
    rules: tuple[tuple[int, Mask], ...]

    @classmethod
    def of(cls, view: View, fund: int) -> Favoured:
        """What favours firms before a fund (-1: before none); made once a view and fund."""
        return once(view, (Favoured, fund), partial(cls._made, view, fund))

    @classmethod
    def _made(cls, view: View, fund: int) -> Favoured:
        firms = Firms.of(view)
        preferred = np.zeros(len(firms), bool)
        anything = np.full(len(firms), UNLIMITED)
        rules = []
        found = conditions(view, RuleKind.MANDATE, fund, anything, Instrument.EQUITY, hard=False) if fund >= 0 else ()
        for one in found:
            for rule, verdicts in one.each:
                rules.append((rule, verdicts == YES))
                preferred |= verdicts == YES
        rules.sort(key=lambda one: view.id_of(one[0]))
        named = once(view, policy_tags, partial(_carrying, view), of=NAMING)
        return cls(preferred, named, tuple(rules))

    @property
    def utility(self) -> Ints:
        """1 of what the fund prefers, ½ of what policy names, else 0; in millionths."""
        return np.where(self.preferred, MILLION, np.where(self.named, HALF, 0)).astype(np.int64)


def policy_tags(view: View) -> dict[int, int]:
    """The tags that a rule in force or a measure's text names, each with the first of these by id. A mark of chain leaders is none."""

    def make() -> dict[int, int]:
        rules = view.handles("Rule")
        chain = list(Dimension).index(Dimension.CHAIN)
        rules = rules[view.ints(rules, "dimension") != chain]
        found: dict[int, int] = {}
        for rule, tag in zip(rules.tolist(), view.refs(rules, "tag").tolist(), strict=True):
            if tag >= 0:
                found.setdefault(tag, rule)
        _, links = view.expand("Mentions", "target", view.handles("Tag"))
        pairs = zip(view.refs(links, "target").tolist(), view.refs(links, "source").tolist(), strict=True)
        for tag, text in sorted(pairs, key=lambda pair: view.id_of(pair[1])):
            if text >= 0:
                found.setdefault(tag, text)
        return found

    return once(view, (policy_tags, "named"), make, of=NAMING)


def _carrying(view: View) -> Mask:
    return Firms.of(view).linked(view, "Tagged", sorted(policy_tags(view)))


def named_tags(view: View, firm: int) -> list[tuple[int, int]]:
    """The tags of a firm that policy names, by id, each with what names it."""
    tags = view.refs(view.holders("Tagged", "source", firm), "target").tolist()
    known = policy_tags(view)
    return sorted(((tag, known[tag]) for tag in tags if tag in known), key=lambda pair: view.id_of(pair[0]))
