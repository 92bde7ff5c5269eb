"""STEP_AMOUNT: what the step itself can carry, for each technique that has an amount of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from queries.financing.cases import Case
from queries.financing.limits.constraints import Constraint
from queries.financing.limits.of_anchor import own_cash
from queries.financing.limits.of_project import project_amount
from queries.financing.limits.of_syndicate import syndicate_limits
from queries.financing.spines import StepAmount

STEP_AMOUNTS: Final[Mapping[StepAmount | None, Callable[[Case], Iterator[Constraint]]]] = {
    StepAmount.PROJECT: project_amount,
    StepAmount.OWN_CASH: own_cash,
    StepAmount.SYNDICATE: syndicate_limits,
}
"""Which function gives the amount that a spine names."""
