"""The sample city has a case of every status of every technique in which it can occur: a walk over all of them.

Firms are tried by what they have: the records that the last step of a technique's words names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain
from typing import Final

import numpy as np
import pytest

from graph.kinds.parties import InstitutionType
from graph.kinds.terms import LeaseModel, Technique
from graph.knowledge import Knowledge
from graph.snapshot_columns import NOT_STATED
from graph.view import View
from loaders.city.generator import DEFAULT_DAY
from loaders.city.rules import CHANGED
from queries.financing.answers import FinancingPath
from queries.financing.search.walking import technique_code, techniques_of
from queries.financing.spines import Form, Held, Spine
from queries.financing.supports import OFFERS
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.techniques.table import TECHNIQUES
from queries.financing.terms import BeneficiaryRole, ConstraintKind, Gate, PathStatus, SupportKind, Ternary
from queries.financing_paths import financing_path, financing_paths
from queries.why_not import why_not

FORMS: Final = {
    PathStatus.EXISTING: (Form.IN_FORCE,),
    PathStatus.AVAILABLE: (Form.OFFERED,),
    PathStatus.CONDITIONAL: (Form.OFFERED,),
    PathStatus.PROSPECTIVE: (Form.TO_CREATE,),
    PathStatus.BLOCKED: (Form.OFFERED, Form.TO_CREATE),
}

NO_CONTRACT: Final = "the anchor just pays: no contract is in force before"
NO_INSTRUMENT: Final = (
    "it stands on what the firm holds or owes already: there is nothing that the parties could create first"
)
ASKED: Final = "what it stands on is the application itself: nothing else is to be created"
ONLY_HELD: Final = (
    Technique.RECEIVABLES_DISCOUNTING,
    Technique.BILL_DISCOUNT,
    Technique.FORFAITING,
    Technique.DYNAMIC_DISCOUNTING,
    Technique.RECEIVABLES_LOAN,
    Technique.INVENTORY_LOAN,
    Technique.PRE_SHIPMENT,
    Technique.CONTRACT_LOAN,
    Technique.IP_PLEDGE,
    Technique.REVENUE_RIGHT,
    Technique.CASH_PLEDGE,
    Technique.FX_DOCUMENT,
    Technique.MORTGAGE_LOAN,
    Technique.PROJECT_LOAN,
    Technique.BRIDGE,
    Technique.PPP,
    Technique.DEBT_EQUITY_SWAP,
)
ONLY_ASKED: Final = (
    Technique.POOL_BACKED_LOAN,
    Technique.COMPREHENSIVE_LINE,
    Technique.EQUITY,
    Technique.GRANT_VOUCHER,
)
CANNOT: Final = {
    (Technique.DYNAMIC_DISCOUNTING, PathStatus.EXISTING): NO_CONTRACT,
    **{(technique, PathStatus.PROSPECTIVE): NO_INSTRUMENT for technique in ONLY_HELD},
    **{(technique, PathStatus.PROSPECTIVE): ASKED for technique in ONLY_ASKED},
}
"""The statuses that a technique cannot have, and why."""

CASES: Final = [
    pytest.param(technique, status, id=f"{technique.name}-{status.name}")
    for technique in TECHNIQUES
    for status in PathStatus
    if (technique, status) not in CANNOT
]


def test_what_cannot_occur_is_what_the_words_of_a_technique_have_no_form_for() -> None:
    without = set()
    for technique, row in TECHNIQUES.items():
        forms = {spine.form for spine in row.spines} | {
            Form.TO_CREATE for spine in row.spines if spine.support in OFFERS
        }
        without |= {(technique, status) for status, needed in FORMS.items() if not forms.intersection(needed)}
    assert without == set(CANNOT)


@pytest.mark.parametrize(("technique", "status"), CASES)
def test_the_city_has_a_case(view: View, technique: Technique, status: PathStatus) -> None:
    found = case_of(view, technique, status)
    assert found is not None
    assert found.status is status
    again = financing_path(view, found.id)
    assert again is not None
    assert again.status is status


def test_a_bank_follows_each_kind_of_support(view: View) -> None:
    lent = [Technique.GUARANTEED_LOAN, Technique.INSURED_LOAN, Technique.COMPREHENSIVE_LINE, Technique.RECEIVABLES_LOAN]
    backed = [*lent, Technique.PRE_SHIPMENT, Technique.PROJECT_LOAN]
    firms = [*view.ids_of(owners(view, TECHNIQUES[Technique.PRE_SHIPMENT], (Form.OFFERED,))[:20]), *with_offers(view)]
    for kind in SupportKind:
        ways = (
            path
            for firm in firms
            for path in financing_paths(view, firm, techniques=backed, supports=[kind], first=1, count=False).paths
        )
        found = next(ways, None)
        assert found is not None, kind
        assert kind in {support.kind for support in found.supports}


def test_each_model_of_lease_leads_to_somebody(view: View) -> None:
    product = {}
    for firm in view.ids_of(owners(view, TECHNIQUES[Technique.LEASE], (Form.OFFERED,))):
        for path in financing_paths(
            view, firm, techniques=[Technique.LEASE], status=[PathStatus.AVAILABLE, PathStatus.CONDITIONAL]
        ).paths:
            model = view.value(path.nodes[1], "lease_model")
            product[model] = path.role
        if len(product) == len(LeaseModel):
            break
    assert set(product) == set(LeaseModel)
    assert {model for model, role in product.items() if role is BeneficiaryRole.VENDOR} == {LeaseModel.VENDOR}


def test_each_gate_says_no_of_something(view: View) -> None:
    said: set[Gate] = set()
    for technique, row in TECHNIQUES.items():
        for firm in view.ids_of(owners(view, row, (Form.OFFERED,))[:8]) or of_no_stage(view)[:3]:
            said |= denied(view, firm, technique, first=20)
    for firm in (*all_encumbered(view), *controlled(view)):
        said |= denied(view, firm, Technique.RECEIVABLES_LOAN, first=100)
    for firm in asking(view)[:20]:
        said |= denied(view, firm, Technique.PROJECT_LOAN, first=5) | denied(
            view, firm, Technique.PRE_SHIPMENT, first=5
        )
    # A rate that is not to be had, a claim that is not registered, a paper that is not there: nobody states what is not.
    assert said == set(Gate) - {Gate.CURRENCY, Gate.REGISTRATION, Gate.TRADE_EVIDENCE}


def test_each_kind_of_constraint_bounds_something(view: View) -> None:
    seen: set[ConstraintKind] = set()
    for technique, row in TECHNIQUES.items():
        for firm in view.ids_of(np.concatenate([owners(view, row, (form,))[:4] for form in Form])):
            seen |= bounding(view, firm, technique)
    for firm in agreed_on(view):
        seen |= bounding(view, firm, Technique.COMPREHENSIVE_LINE) | bounding(view, firm, Technique.RECEIVABLES_LOAN)
    for firm in of_limited_buyers(view)[:20]:
        seen |= bounding(view, firm, Technique.FACTORING)
    assert seen == set(ConstraintKind)


def test_what_a_regulator_caps_changed_between_two_days(city_knowledge: Knowledge, view: View) -> None:
    line, available = [Technique.COMPREHENSIVE_LINE], [PathStatus.AVAILABLE]
    path = next(
        found
        for firm in view.ids_of(view.handles("Enterprise"))
        for found in financing_paths(view, firm, techniques=line, status=available, first=5, count=False).paths
        if view.value(found.source, "type") is InstitutionType.BANK
    )
    since = capped(view, path.id)
    assert since is not None
    assert capped(city_knowledge.view(DEFAULT_DAY + timedelta(days=CHANGED - 1)), path.id) == since * 3 // 2


def denied(view: View, firm: str, technique: Technique, *, first: int) -> set[Gate]:
    """The gates that say no of a firm's blocked paths."""
    blocked = why_not(view, firm, techniques=[technique], first=first, repairs=False).blocked
    return {result.gate for one in blocked for result in one.failed_gates}


def bounding(view: View, firm: str, technique: Technique) -> set[ConstraintKind]:
    """The kinds of what bounds a firm's best paths of each status."""
    return {
        bound.kind
        for status in (PathStatus.EXISTING, PathStatus.AVAILABLE, PathStatus.PROSPECTIVE)
        for path in financing_paths(view, firm, techniques=[technique], status=[status], first=3, count=False).paths
        for bound in path.constraints
    }


def agreed_on(view: View) -> list[str]:
    """Firms on which, or on whose group, banks have agreed how much they lend together."""
    on = view.refs(view.handles("JointCredit"), "on")
    firms = view.handles("Enterprise")
    return view.ids_of(firms[np.isin(firms, on) | np.isin(view.refs(firms, "group"), on)])


def of_limited_buyers(view: View) -> list[str]:
    """Firms that sell to whom a lender has set a limit."""
    limited = view.refs(view.handles("CreditLimit"), "on")
    buyers = np.intersect1d(limited, view.handles("Enterprise"))
    return view.ids_of(np.unique(view.refs(view.expand("Supplies", "target", buyers)[1], "source")))


def all_encumbered(view: View) -> list[str]:
    """Firms of which everything that is owed to them is registered for somebody."""
    records = view.handles("Encumbrance")
    return view.ids_of(view.refs(records[view.ints(records, "blanket") == 1], "grantor"))


def controlled(view: View) -> list[str]:
    """Firms in which another holds shares."""
    return view.ids_of(view.refs(view.handles("Controls"), "target"))


def asking(view: View) -> list[str]:
    """Firms that ask for money."""
    return view.ids_of(view.refs(view.handles("FinancingNeed"), "enterprise"))


def grouped(view: View) -> np.ndarray:
    """Firms in a group."""
    firms = view.handles("Enterprise")
    return firms[view.refs(firms, "group") >= 0]


def capped(view: View, identifier: str) -> int | None:
    """What the regulator's cap on a single name is for a path."""
    path = financing_path(view, identifier)
    assert path is not None
    bounds = (bound for bound in path.constraints if bound.kind is ConstraintKind.SINGLE_NAME and bound.record >= 0)
    return next((bound.limit for bound in bounds if view.has_kind(bound.record, "Rule")), None)


def case_of(view: View, technique: Technique, status: PathStatus) -> FinancingPath | None:
    """The first path of a status that is found for a technique; None: no firm has one."""
    for firm in tried(view, TECHNIQUES[technique], status):
        if status is PathStatus.BLOCKED:
            blocked = why_not(view, firm, techniques=[technique], first=1, repairs=False).blocked
            if blocked:
                assert Ternary.NO in {result.verdict for result in blocked[0].path.gates}
                return blocked[0].path
            continue
        paths = financing_paths(view, firm, techniques=[technique], status=[status], first=1, count=False).paths
        if paths:
            return paths[0]
    return None


def tried(view: View, row: TechniqueRow, status: PathStatus) -> Iterator[str]:
    """The firms that are tried for a case, each once: those that own what it stands on, those that promises wait for, all others."""
    firms = chain(view.ids_of(owners(view, row, FORMS[status])), with_offers(view), of_no_stage(view))
    return iter(dict.fromkeys(firms))


def owners(view: View, row: TechniqueRow, forms: Iterable[Form]) -> np.ndarray:
    """The firms that the records at the end of a technique's words name."""
    found = [named(view, row, spine) for spine in row.spines if spine.form in forms]
    firms = np.intersect1d(np.concatenate([np.zeros(0, np.int64), *found]), view.handles("Enterprise"))
    return firms[np.argsort(view.rank(firms))]


def named(view: View, row: TechniqueRow, spine: Spine) -> np.ndarray:
    """The firms that the records next to the beneficiary name; none where these are open to all."""
    step = spine.word[-1]
    if not isinstance(step.back, Held) or step.farther == "AnchorProgramme":
        return np.zeros(0, np.int64)
    handles = view.handles(step.back.kind)
    if step.of_technique:
        handles = handles[techniques_of(view, handles) == technique_code(row.technique)]
    return view.refs(handles, step.back.field)


def with_offers(view: View) -> list[str]:
    """Firms that somebody offers to insure or guarantee."""
    found = []
    for kind in ("InsurancePolicy", "Guarantee"):
        offers = view.handles(kind)
        found += view.ids_of(view.refs(offers[view.refs(offers, "contract") < 0], "debtor"))
    return found


def of_no_stage(view: View) -> list[str]:
    """All firms, those first of which nobody states the stage: rules do not know whether they may have an offer."""
    firms = view.handles("Enterprise")
    unsaid = view.ints(firms, "stage") == NOT_STATED
    return view.ids_of(np.concatenate([firms[unsaid], firms[~unsaid]]))
