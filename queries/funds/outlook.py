"""What a fund's covenants would say if it invested in some firms: for ranking targets and composing portfolios."""

from __future__ import annotations

from collections.abc import Mapping

from graph.snapshot import day_of
from graph.view import View
from queries.funds.counting import FirmFacts
from queries.funds.covenant_rules import CovenantRule, covenant_rules
from queries.funds.facts import FundFacts
from queries.funds.investments import Investment
from queries.funds.judging import Covenant, judged, measured
from queries.funds.measures import Measure

UNRECORDED = -1
"""Stands for the round of an investment that is only thought of."""


class CovenantOutlook:
    """The covenants of a fund that rules in force speak of, now and after investments that nobody has made.

    What is recorded is read once. Project money depends on who else would invest, and stays as it is; what a guidance fund invests
    itself is no reinvestment of its sub-funds.
    """

    def __init__(self, view: View, fund: int) -> None:
        self.facts, self.firms = FundFacts(view, fund), FirmFacts(view)
        self.rules = covenant_rules(view, self.facts)
        self.now = self._judged(self.facts)

    def after(self, invested: Mapping[int, int]) -> tuple[Covenant, ...]:
        """The same covenants, in the same order, if the fund invested these amounts (分) in these firms today."""
        return self._judged(self.facts.with_more([self._thought_of(*one) for one in invested.items()]))

    def _thought_of(self, enterprise: int, amount: int) -> Investment:
        today = day_of(self.facts.view.as_of)
        return Investment(self.facts.fund, UNRECORDED, enterprise, amount, today, UNRECORDED)

    def _judged(self, facts: FundFacts) -> tuple[Covenant, ...]:
        return tuple(judged(facts, rule, self._measure(facts, rule)) for rule in self.rules)

    def _measure(self, facts: FundFacts, rule: CovenantRule) -> Measure:
        return measured(facts, self.firms, rule.kind, rule.variant, rule.base, rule)
