"""What each covenant of a fund says: its ratio, whether it is met, and by how much it falls short."""

from __future__ import annotations

from itertools import product

from graph.kinds.policy import CovenantKind, CovenantVariant, MoneyBase
from graph.view import View
from queries.funds.covenant_rules import BASES
from queries.funds.judging import LEVERAGES, SHARES, Covenant, measured, without_rule
from queries.funds.outlook import CovenantOutlook


def fund_covenants(view: View, fund: str) -> tuple[Covenant, ...]:
    """Every covenant of a fund: by kind, definition and money; of one of these with several rules each, by the rule's id.

    Rules and coefficients are those in force on the day of the view. What no rule in force speaks of is NOT_APPLICABLE, once for each
    definition and money, with its figures. Money of other currencies counts at its rate; without one it is not stated.

    Raises InvalidIdentifier or NotFound where no such fund is in the view. Cost: a few hops over commitments, investments and their
    firms; idle months read the versions of commitments, and early stages those of firms.
    """
    handle = view.require(fund, "Fund")
    outlook = CovenantOutlook(view, handle)
    rules, found = outlook.rules, list(outlook.now)
    ruled = {(rule.kind, rule.variant, rule.base) for rule in rules}
    for kind, variant, base in _plain():
        if (kind, variant, base) not in ruled and (variant is not None or all(rule.kind is not kind for rule in rules)):
            measure = measured(outlook.facts, outlook.firms, kind, variant, base, None)
            found.append(without_rule(kind, variant, base, measure))
    kinds, variants, bases = list(CovenantKind), [None, *CovenantVariant], [None, *MoneyBase]
    found.sort(key=lambda one: (kinds.index(one.kind), variants.index(one.variant), bases.index(one.base)))
    return tuple(found)


def _plain() -> list[tuple[CovenantKind, CovenantVariant | None, MoneyBase | None]]:
    """What is shown where no rule speaks of it: every definition of leverage and shares on every money, others as they are usual."""
    money = (MoneyBase.COMMITTED, MoneyBase.PAID_IN, MoneyBase.PROJECT)
    found: list[tuple[CovenantKind, CovenantVariant | None, MoneyBase | None]] = []
    found += [(CovenantKind.LEVERAGE, *one) for one in product(LEVERAGES, money)]
    found += [(CovenantKind.CAPITAL_SHARE, *one) for one in product(SHARES, money)]
    split = (CovenantKind.LEVERAGE, CovenantKind.CAPITAL_SHARE)
    return found + [(kind, None, BASES.get(kind)) for kind in CovenantKind if kind not in split]
