"""Modelled demand: what enterprises would ask funds for in a year by benchmarks, which are dated rules with their sources."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.errors import InvalidInput
from graph.kinds.policy import RuleKind
from graph.kinds.terms import Dimension
from graph.snapshot import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.coverage.amounts import Amounts, amounts_of
from queries.coverage.demand import UNKNOWN, Demand, Places, Uncounted, matched, rounds_of
from queries.coverage.mandate import Condition, meeting
from queries.coverage.mandate_rules import NOBODY, OWN_CODES, REFERENCES, attributes_of
from queries.coverage.matching import AskedFor, Invested, match_rounds
from queries.coverage.network import LARGEST_TOTAL, Ints
from queries.financing.limits.rules import rules_of
from queries.financing.reaching.firms import Firms
from queries.trees import tree_of


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What one enterprise that meets the conditions asks for in a year: 分, else a share of its revenue in millionths."""

    rule: int
    conditions: tuple[Condition, ...]
    amount: int | None
    share: int | None


def benchmarks_of(view: View) -> tuple[Benchmark, ...]:
    """The benchmarks in force, those that speak of least first.

    The order is by the number of dimensions named, then by how deep the industry and the region lie in their trees, then the one in
    force for the shortest time, then by id. One whose figure nobody states, or whose currency has no rate, is left out.
    """
    rules = np.array(rules_of(view, RuleKind.BENCHMARK, preferences=True), np.int64)
    amounts, shares = amounts_of(view, rules, "amount", owed=True), view.ints(rules, "value").tolist()
    fields = {dimension: view.refs(rules, name).tolist() for dimension, name in REFERENCES.items()}
    fields |= {one: view.ints(rules, one.name.lower()).tolist() for one in OWN_CODES}
    trees = [(Dimension.INDUSTRY, tree_of(view, "Industry")), (Dimension.REGION, tree_of(view, "Region"))]
    found = []
    for at, rule in enumerate(rules.tolist()):
        named: dict[Dimension, int] = {}
        for dimension, values in fields.items():
            if dimension in REFERENCES and values[at] == UNKNOWN:
                if view.value(rule, REFERENCES[dimension]) is not None:
                    named[dimension] = NOBODY
            elif values[at] != NOT_STATED:
                named[dimension] = values[at]
        amount = int(amounts.value[at]) if amounts.is_stated[at] else None
        share = shares[at] if amount is None and shares[at] != NOT_STATED and not amounts.is_foreign[at] else None
        if amount is None and share is None:
            continue
        since = view.record(rule).valid_from
        depth = [len(tree.path(named.get(dimension, UNKNOWN))) for dimension, tree in trees]
        narrow = -len(named), *(-one for one in depth), 0 if since is None else -since.toordinal(), at
        conditions = tuple(Condition(dimension, frozenset([value])) for dimension, value in named.items())
        found.append((narrow, Benchmark(rule, conditions, amount, share)))
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))


def modelled_demand(view: View, year: int) -> Demand:
    """What all enterprises would ask for in a year, each by the first benchmark that speaks of it, with what was invested in them.

    An enterprise stands for its own need; one that the register has closed asks for nothing. A round counts against the need of its
    enterprise in the year of its closing. Cost: a pass over the enterprises for each condition.

    Raises
    ------
    InvalidInput
        There is no benchmark in force: demand is not known then, rather than nothing.
        Or a benchmark makes a need that no sum can hold.
    """
    benchmarks = benchmarks_of(view)
    if not benchmarks:
        raise InvalidInput(
            f"demand MODELLED needs a benchmark, and on {view.as_of.isoformat()} none is in force; load a Rule of kind BENCHMARK with an "
            "amount an enterprise or a share of revenue, or ask for demand DECLARED"
        )
    registered = Firms.of(view)
    firms = registered.handles[~registered.struck_off]
    places = Places(view)
    own = places.of_enterprises(firms, year)
    attributes = attributes_of(view, own, firms)
    revenue = amounts_of(view, firms, "annual_revenue")
    amount, is_modelled = np.zeros(len(firms), np.int64), np.zeros(len(firms), np.bool_)
    is_stated = np.ones(len(firms), np.bool_)
    for one in benchmarks:
        met = ~is_modelled & meeting(one.conditions, attributes, len(firms))
        is_modelled |= met
        if one.amount is not None:
            amount[met] = one.amount
        else:
            amount[met] = _shares(revenue.value[met], one.share or 0)
            is_stated[met] = revenue.is_stated[met]
    asked = Amounts(amount, is_stated & is_modelled, np.zeros(len(firms), np.bool_))
    cells = places.of_enterprises(firms, year, asked)
    counted = np.flatnonzero(asked.is_stated)
    uncounted = [Uncounted(int(firms[at]), cells[at], True) for at in np.flatnonzero(is_modelled & ~is_stated).tolist()]
    rounds, cell_of_round, unstated = rounds_of(view, places)
    money = [Invested(one.round, one.enterprise, one.period, one.amount) for one in rounds]
    with_money = np.isin(firms, [one.enterprise for one in money])
    needs = [
        AskedFor(int(firms[at]), int(firms[at]), year, int(amount[at]), None)
        for at in counted[with_money[counted]].tolist()
    ]
    return matched(
        firms[counted],
        firms[counted],
        amount[counted],
        [cells[at] for at in counted.tolist()],
        match_rounds(needs, money),
        cell_of_round,
        [*uncounted, *unstated],
        int((~is_modelled).sum()),
    )


def _shares(amounts: Ints, share: int) -> Ints:
    """A share of each amount in millionths, rounded down, exactly."""
    whole, rest = np.divmod(amounts, MILLION)
    if len(whole) and int(whole.max()) * share > LARGEST_TOTAL:
        raise InvalidInput(
            f"a benchmark of {share} millionths of revenue makes a need beyond {LARGEST_TOTAL} 分; correct it"
        )
    return np.asarray(whole * share + rest * share // MILLION, np.int64)
