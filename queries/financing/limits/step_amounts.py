"""STEP_AMOUNT: what the step itself can carry, for each technique that has an amount of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from queries.financing.cases import Case
from queries.financing.limits.constraints import Constraint
from queries.financing.limits.of_anchor import own_cash
from queries.financing.limits.of_contract import issue_amount, owed_amount, paid_out, part_amount, part_left
from queries.financing.limits.of_lease import leased_amount
from queries.financing.limits.of_linkage import amount_to_link, linked_amount
from queries.financing.limits.of_project import project_amount
from queries.financing.limits.of_scheme import voucher_amount
from queries.financing.limits.of_syndicate import syndicate_limits
from queries.financing.spines import StepAmount

STEP_AMOUNTS: Final[Mapping[StepAmount | None, Callable[[Case], Iterator[Constraint]]]] = {
    StepAmount.PROJECT: project_amount,
    StepAmount.OWN_CASH: own_cash,
    StepAmount.SYNDICATE: syndicate_limits,
    StepAmount.PAID_OUT: paid_out,
    StepAmount.OWED: owed_amount,
    StepAmount.LEASED: leased_amount,
    StepAmount.LINKED: linked_amount,
    StepAmount.TO_LINK: amount_to_link,
    StepAmount.ISSUE: issue_amount,
    StepAmount.PART: part_amount,
    StepAmount.PART_LEFT: part_left,
    StepAmount.VOUCHER: voucher_amount,
}
"""Which function gives the amount that a spine names."""
