"""A covenant judged: its ratio against its threshold, and by how much it falls short."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from graph.kinds.policy import CovenantKind, CovenantVariant, MoneyBase
from graph.kinds.terms import Dimension, Operator
from queries.financing.limits.constraints import MissingFact
from queries.financing.terms import Stated
from queries.funds.capital_measures import capital_share, distributed_to_paid_in, leverage, paid_in_pace
from queries.funds.concentration import concentration
from queries.funds.counting import FirmFacts
from queries.funds.covenant_rules import BASES, CovenantRule
from queries.funds.deployment import (
    deployment_pace,
    deployment_rate,
    early_stage,
    main_field,
    reinvestment,
)
from queries.funds.facts import FundFacts
from queries.funds.idle import idle_months
from queries.funds.measures import CountedInvestment, Measure, NotApplicable
from queries.funds.months import is_due
from queries.thresholds import meets

LEVERAGES = (
    CovenantVariant.TOTAL_TO_MUNICIPAL,
    CovenantVariant.TOTAL_TO_FISCAL,
    CovenantVariant.NON_FISCAL_TO_FISCAL,
)
SHARES = (CovenantVariant.FISCAL, CovenantVariant.SOE, CovenantVariant.PRIVATE, CovenantVariant.SOCIAL)
CELLS = (Dimension.INDUSTRY, Dimension.STAGE, Dimension.REGION)
FLOORS = (Operator.GTE, Operator.GT)


@dataclass(frozen=True, slots=True)
class Covenant:
    """A covenant of a fund on the day of a view; one without a rule in force is NOT_APPLICABLE and only shows its figures.

    rule: -1 without one. numerator, denominator: 分, None where not known. value: their ratio, of IDLE_MONTHS whole months; None
    where not known, and then `low` and `high` bound it as far as they are known. met: None where no rule applies, or what is missing
    decides. shortfall: 分 of the numerator that lack, or are too many, at this denominator, rounded up, 0 where met; surplus: 分 by
    which it is met, rounded down. Both None where the ratio is not known, and of IDLE_MONTHS.
    distance: by how much the value is on the good side of the threshold; negative: on the wrong one.
    """

    kind: CovenantKind
    variant: CovenantVariant | None
    base: MoneyBase | None
    rule: int
    measure: Measure
    operator: Operator | None
    threshold: Fraction | None
    met: bool | None
    stated: Stated
    not_applicable: NotApplicable | None
    missing: tuple[MissingFact, ...]

    @property
    def value(self) -> Fraction | None:
        """The ratio, where it is known."""
        return self.measure.value

    @property
    def counted(self) -> tuple[CountedInvestment, ...]:
        """The investments in its numerator with their weights, where it counts investments one by one."""
        return self.measure.counted

    @property
    def margin(self) -> Fraction | None:
        """分 by which it is met; negative: by which it is not."""
        top, bottom = self.measure.numerator, self.measure.denominator
        if self.kind is CovenantKind.IDLE_MONTHS or self.met is None or self.threshold is None:
            return None
        if top is None or bottom is None:
            return None
        above = top - self.threshold * bottom
        return self._signed(above)

    @property
    def shortfall(self) -> int | None:
        """分 that the numerator lacks, or has too many."""
        margin = self.margin
        return None if margin is None else max(0, -(margin.numerator // margin.denominator))

    @property
    def surplus(self) -> int | None:
        """分 by which it is met."""
        margin = self.margin
        return None if margin is None else max(0, margin.numerator // margin.denominator)

    @property
    def distance(self) -> Fraction | None:
        """Value and threshold apart, positive on the good side."""
        if self.value is None or self.threshold is None or self.met is None:
            return None
        return self._signed(self.value - self.threshold)

    def _signed(self, above: Fraction) -> Fraction:
        if self.operator is Operator.EQ:
            return -abs(above)
        return above if self.operator in FLOORS else -above


def measured(
    facts: FundFacts,
    firms: FirmFacts,
    kind: CovenantKind,
    variant: CovenantVariant | None,
    base: MoneyBase | None,
    rule: CovenantRule | None,
) -> Measure:
    """What a covenant of this kind, definition and money measures of a fund; without a rule as it is usually meant."""
    base = base or BASES.get(kind, MoneyBase.COMMITTED)
    match kind:
        case CovenantKind.LEVERAGE if variant in LEVERAGES and base is not MoneyBase.INVESTED:
            return leverage(facts, variant, base)
        case CovenantKind.CAPITAL_SHARE if variant in SHARES and base is not MoneyBase.INVESTED:
            return capital_share(facts, variant, base)
        case CovenantKind.REINVESTMENT if rule is not None:
            return reinvestment(facts, firms, rule)
        case CovenantKind.MAIN_FIELD if rule is not None:
            return main_field(facts, firms, rule)
        case CovenantKind.PAID_IN_PACE:
            return paid_in_pace(facts)
        case CovenantKind.DEPLOYMENT_RATE:
            return deployment_rate(facts, base)
        case CovenantKind.DEPLOYMENT_PACE:
            return deployment_pace(facts, base)
        case CovenantKind.EARLY_STAGE:
            return early_stage(facts, firms, rule)
        case CovenantKind.CONCENTRATION:
            dimension = None if rule is None else rule.record.dimension
            if rule is not None and dimension not in (None, *CELLS):
                return Measure(missing=(MissingFact(rule.handle, "dimension"),))
            return concentration(facts, firms, dimension)
        case CovenantKind.IDLE_MONTHS if rule is not None and rule.record.value is not None:
            return idle_months(facts, Fraction(rule.record.value))
        case CovenantKind.DPI:
            return distributed_to_paid_in(facts)
    if rule is None:
        return Measure()
    lacking = "value" if kind is CovenantKind.IDLE_MONTHS else "moneyBase" if variant is not None else "variant"
    return Measure(missing=(MissingFact(rule.handle, lacking),))


def without_rule(
    kind: CovenantKind, variant: CovenantVariant | None, base: MoneyBase | None, measure: Measure
) -> Covenant:
    """A covenant of which no rule in force speaks."""
    return Covenant(
        kind=kind, variant=variant, base=base, rule=-1, measure=measure, operator=None, threshold=None, met=None,
        stated=Stated.NOT_APPLICABLE, not_applicable=NotApplicable.NO_RULE, missing=measure.missing,
    )  # fmt: skip


def judged(facts: FundFacts, rule: CovenantRule, measure: Measure) -> Covenant:
    """Whether a rule's covenant is met by what is measured."""
    missing = [*rule.missing, *measure.missing]
    months = rule.kind is CovenantKind.IDLE_MONTHS
    limit = rule.record.max_months if months else rule.record.value
    if limit is None:
        missing.append(MissingFact(rule.handle, "maxMonths" if months else "value"))
    due = True if months else is_due(facts, rule.record.max_months)
    if due is None:
        missing.append(MissingFact(facts.fund, "establishedOn"))
    threshold = None if limit is None else Fraction(limit)
    why = None
    if measure.nothing:
        why = NotApplicable.NOTHING_TO_MEASURE
    elif due is False:
        why = NotApplicable.NOT_YET_DUE
    met = None
    if why is None and due and not rule.missing and threshold is not None and rule.operator is not None:
        met = meets(rule.operator, threshold, measure.low, measure.high)
    stated = Stated.NOT_APPLICABLE if why else Stated.NOT_STATED if met is None else Stated.STATED
    return Covenant(
        kind=rule.kind, variant=rule.variant, base=rule.base, rule=rule.handle, measure=measure, operator=rule.operator,
        threshold=threshold, met=met, stated=stated, not_applicable=why, missing=tuple(dict.fromkeys(missing)),
    )  # fmt: skip
