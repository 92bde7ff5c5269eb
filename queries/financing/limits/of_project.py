"""What a listed project can still be lent: its cost less the own capital that is required, and less what it has been lent already."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from graph.kinds.demand_side import Project
from graph.kinds.policy import Rule, RuleKind
from graph.view import View
from queries.derived import offer_record
from queries.financing.cases import Case
from queries.financing.limits.constraints import Constraint, MissingFact, left
from queries.financing.limits.rules import rules_of
from queries.financing.need import brought
from queries.financing.terms import ConstraintKind
from queries.trees import ancestors


def project_amount(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: project cost − required own capital, less what contracts bring that meet the project's needs for debt."""
    handle = case.candidate.role("Project")
    project = case.appraisal.record(handle, Project)
    cost = case.amount(project.cost, handle, "cost", owed=True)
    missing = [*cost.missing]
    own, rule, unknown = own_capital(case, handle, project, cost.value)
    missing += unknown
    limit = None if cost.value is None or own is None else max(0, cost.value - own)
    used, known = _lent(case, handle)
    yield Constraint(
        ConstraintKind.STEP_AMOUNT,
        handle,
        limit,
        used,
        left(limit, used),
        at_most=not known,
        record=rule,
        missing=tuple(missing),
    )


def own_capital(
    case: Case, handle: int, project: Project, cost: int | None
) -> tuple[int | None, int, tuple[MissingFact, ...]]:
    """The own capital that a project must have, in 分 rounded up; the rule that says so (-1: the project); what is missing.

    What the project itself states, as an amount or as a share, comes before any rule; of both the larger. Of dated rules the one that
    is most of its own counts: about the project, a list that it is on, the industry of its owner, its region, all.
    """
    if project.own_capital is not None or project.own_capital_share is not None:
        stated = case.amount(project.own_capital, handle, "ownCapital", owed=True)
        if project.own_capital is not None and stated.value is None:
            return None, -1, stated.missing
        share = Fraction(project.own_capital_share or 0)
        by_share = None if cost is None else -(-cost * share.numerator // share.denominator)
        return None if by_share is None else max(by_share, stated.value or 0), -1, ()
    rule = required_by(case.view, handle)
    if rule < 0:
        return None, -1, (MissingFact(handle, "ownCapital"),)
    share = case.view.value(rule, "value")
    if share is None:
        return None, rule, (MissingFact(rule, "value"),)
    whole = Fraction(share)
    return None if cost is None else -(-cost * whole.numerator // whole.denominator), rule, ()


def required_by(view: View, project: int) -> int:
    """The rule in force that sets a project's share of own capital; of equal ones the strictest, then the first by id; -1: none."""
    owner = view.ref(project, "owner")
    main = view.ref(owner, "industry") if owner >= 0 and view.has_kind(owner, "Enterprise") else -1
    industries, regions = ancestors(view, main), ancestors(view, view.ref(project, "region"))
    lists = set(view.refs(view.holders("ListedIn", "source", project), "target").tolist())
    best: tuple[tuple[int, int, int, Fraction], int] | None = None
    for rule in rules_of(view, RuleKind.OWN_CAPITAL):
        record = offer_record(view, rule, Rule)
        about, industry, region = (view.ref(rule, name) for name in ("about", "industry", "region"))
        if (
            (record.about is not None and about != project and about not in lists)
            or (record.industry is not None and industry not in industries)
            or (record.region is not None and region not in regions)
        ):
            continue
        special = 2 if about == project else int(about >= 0)
        near = len(industries) - industries.index(industry) if industry >= 0 else 0
        local = len(regions) - regions.index(region) if region >= 0 else 0
        key = special, near, local, Fraction(record.value or 0)
        if best is None or key > best[0]:
            best = key, rule
    return -1 if best is None else best[1]


def _lent(case: Case, project: int) -> tuple[int, bool]:
    """What contracts, but for rounds of equity, bring to the needs of a project, in 分, and whether all of it is known."""
    view, total, known = case.view, 0, True
    for need in view.holders("FinancingNeed", "project", project).tolist():
        links = view.holders("Fulfils", "target", need)
        lent = [
            link
            for link, contract in zip(links.tolist(), view.refs(links, "source").tolist(), strict=True)
            if contract < 0 or not view.has_kind(contract, "InvestmentRound")
        ]
        amount, sure = brought(view, lent, case.currency)
        total, known = total + amount, known and sure
    return total, known
