"""Loans for a listed project, to who owns it or to the company that is set up to run it."""

from __future__ import annotations

from typing import Final

from graph.kinds.terms import Instrument, Technique
from queries.financing.spines import Form, Held, Spine, Step, StepAmount, Unlike
from queries.financing.techniques import steps
from queries.financing.techniques.rows import (
    BORROWER_LIMITS,
    CLAIM_FINANCIERS,
    CONTRACTS,
    OFFER,
    TERMS,
    ObligorRule,
    TechniqueRow,
    ordered,
)
from queries.financing.terms import ConstraintKind

PURPOSES: Final = ("项目", "固定资产", "建设", "设备", "技术改造", "技改", "扩大产能", "扩产", "厂房")
"""What project money may be for: building and equipping, not working capital."""

OWNS = Step("OWNED_BY", "Project", Held("Project", "owner"))
RUNS = Step("RUN_BY", "Project", Held("Project", "vehicle"), (Unlike("owner", "vehicle"),))


def project(party: Step) -> Spine:
    """A loan offered for a project of this party."""
    return Spine(
        Form.OFFERED,
        (steps.OFFERED, steps.TAKES, party),
        (
            ConstraintKind.NEED,
            ConstraintKind.STEP_AMOUNT,
            ConstraintKind.PRODUCT_MAX,
            ConstraintKind.POOL,
            *BORROWER_LIMITS,
        ),
        ordered((*OFFER, *TERMS)),
        amount=StepAmount.PROJECT,
    )


ROWS: Final = (
    TechniqueRow(
        Technique.PROJECT_LOAN,
        "Project loan",
        (3,),
        (Instrument.DEBT,),
        ObligorRule.PROJECT_COMPANY,
        "project cost − required own capital",
        CLAIM_FINANCIERS,
        (*CONTRACTS, project(OWNS), project(RUNS)),
        purposes=PURPOSES,
        advances=False,
    ),
)
