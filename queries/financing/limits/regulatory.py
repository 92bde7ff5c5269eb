"""What regulators cap of a source: headroom = share × base − exposure, by Rules of kind REGULATORY_LIMIT in force in the view.

A rule binds the institution that it is about, or all of its type, in its region where it names one; preferences bind nobody. Share,
base and scope are the rule's. Exposure is gross: whoever supports a path, statutory limits do not move. What a micro-lender states of
itself, multiple and share of net assets, bounds it likewise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np

from graph.kinds.parties import Institution, InstitutionType
from graph.kinds.policy import CapitalBase, RegulatoryLimit, Rule, RuleKind
from graph.kinds.terms import DrawBasis
from graph.money import CNY
from graph.values import millionths
from graph.view import View
from queries.derived import offer_record, once
from queries.financing.cases import Case
from queries.financing.control import GROUPS as GROUPINGS
from queries.financing.control import group_members, groups_of, ultimate_controllers
from queries.financing.limits.constraints import ONE, Constraint, MissingFact
from queries.financing.limits.draws import Draw, on_borrower, on_debtor
from queries.financing.limits.exposures import COUNTED, Counted, guarantees_given, on_borrowers, on_debtors, total_out
from queries.financing.limits.rules import rules_of
from queries.financing.limits.stated_bounds import less_used
from queries.financing.terms import ConstraintKind, SupportKind
from queries.ratios import fraction, share_of
from queries.tally import Amount, Tally, amount_of
from queries.trees import ancestors

BASES: Final = {
    CapitalBase.NET_CAPITAL: ("net_capital", "netCapital"),
    CapitalBase.TIER1_CAPITAL: ("tier1_capital", "tier1Capital"),
    CapitalBase.NET_ASSETS: ("net_assets", "netAssets"),
    CapitalBase.RISK_ASSETS: ("risk_assets", "riskAssets"),
}
GROUPS: Final = (RegulatoryLimit.GROUP, RegulatoryLimit.CONNECTED)

BOUNDS: Final = frozenset({"Institution", "Region", "Rule"})
"""What says what caps an institution."""


class Bound(NamedTuple):
    """One cap of an institution: `share` in millionths of `base`, None: not stated; `rule` -1: its own."""

    scope: RegulatoryLimit
    share: int | None
    base: CapitalBase | None
    net_of_margin: bool
    rule: int
    missing: tuple[MissingFact, ...] = ()


def statutory_names(case: Case) -> Iterator[Constraint]:
    """SINGLE_NAME: all that the source has out on one name, as borrower and as debtor of claims."""
    for bound in bounds_of(case.view, case.lender, RegulatoryLimit.SINGLE_NAME):
        for draw in _by_party(on_borrower(case), on_debtor(case)):
            yield _constraint(case, ConstraintKind.SINGLE_NAME, bound, draw.party, (draw.party,), draw.share)


def statutory_debtors(case: Case) -> Iterator[Constraint]:
    """DEBTOR_LIMIT: all claims on one debtor that the source has financed."""
    for bound in bounds_of(case.view, case.lender, RegulatoryLimit.DEBTOR):
        for draw in on_debtor(case):
            yield _constraint(case, ConstraintKind.DEBTOR_LIMIT, bound, draw.party, (draw.party,), draw.share)


def statutory_groups(case: Case) -> Iterator[Constraint]:
    """GROUP: all that the source has out on the names of a group of control; where the rule says so, of economic dependence too.

    None for a name that is in no group.
    """
    for scope in GROUPS:
        for bound in bounds_of(case.view, case.lender, scope):
            drawn: dict[tuple[int, tuple[int, ...]], Fraction] = {}
            for draw in (*on_borrower(case), *on_debtor(case)):
                group = group_around(case.view, draw.party, dependence=scope is RegulatoryLimit.CONNECTED)
                if len(group[1]) > 1:
                    drawn[group] = _together(drawn.get(group), draw.share)
            for (head, members), share in drawn.items():
                yield _constraint(case, ConstraintKind.GROUP, bound, head, members, share)


def statutory_totals(case: Case) -> Iterator[Constraint]:
    """All that the source may have out: multiple × base − everything outstanding; of kind GUARANTOR, as of who guarantees."""
    for bound in bounds_of(case.view, case.lender, RegulatoryLimit.TOTAL):
        draws = _by_party(on_borrower(case), on_debtor(case))
        share = min(ONE, sum((draw.share for draw in draws), Fraction(0)))
        yield _constraint(case, ConstraintKind.GUARANTOR, bound, case.lender, (), share)


def statutory_guarantees(case: Case) -> Iterator[Constraint]:
    """GUARANTOR: what rules let the path's guarantor guarantee in all, for this debtor, and for its group."""
    support = case.candidate.support(SupportKind.GUARANTEE)
    if support is None or support.provider < 0:
        return
    draw = ONE if support.cover_share is None else fraction(support.cover_share)
    view, guarantor, debtor = case.view, support.provider, case.borrower
    for bound in _by_rules(view, guarantor):
        debtors: Sequence[int] | None = None
        if bound.scope in GROUPS:
            debtors = group_around(view, debtor, dependence=bound.scope is RegulatoryLimit.CONNECTED)[1]
        elif bound.scope is not RegulatoryLimit.TOTAL:
            debtors = (debtor,)
        yield less_used(
            ConstraintKind.GUARANTOR,
            guarantor,
            _limit(view, guarantor, bound, case.currency),
            guarantees_given(view, guarantor, debtors, case.currency),
            draw,
            DrawBasis.COVER,
            record=bound.rule,
            other=-1 if debtors is None else debtor,
        )


def bounds_of(view: View, source: int, scope: RegulatoryLimit) -> tuple[Bound, ...]:
    """The caps of one scope on a lender, in the order of their rules' ids, then its own; empty where none is recorded."""
    return _all_bounds(view, source).get(scope, ())


def any_bounds(view: View, source: int) -> bool:
    """Whether anything caps a source at all."""
    return bool(_all_bounds(view, source))


def _all_bounds(view: View, source: int) -> dict[RegulatoryLimit, tuple[Bound, ...]]:
    return once(view, (bounds_of, source), lambda: _bounds(view, source), of=BOUNDS)


def _bounds(view: View, source: int) -> dict[RegulatoryLimit, tuple[Bound, ...]]:
    found: dict[RegulatoryLimit, tuple[Bound, ...]] = {}
    for bound in (*_by_rules(view, source), *_own(view, source)):
        found[bound.scope] = (*found.get(bound.scope, ()), bound)
    return found


def _own(view: View, source: int) -> Iterator[Bound]:
    if not view.has_kind(source, "Institution"):
        return
    record = offer_record(view, source, Institution)
    if record.type is InstitutionType.MICRO_LENDER:
        pairs = (
            (RegulatoryLimit.SINGLE_NAME, record.per_name_share),
            (RegulatoryLimit.TOTAL, record.guarantee_multiple),
        )
        for scope, share in pairs:
            if share is not None:
                yield Bound(scope, millionths(share), CapitalBase.NET_ASSETS, False, -1)


def _by_rules(view: View, source: int) -> list[Bound]:
    """What rules say of an institution."""
    if not view.has_kind(source, "Institution"):
        return []
    record, found = offer_record(view, source, Institution), []
    for handle in rules_of(view, RuleKind.REGULATORY_LIMIT):
        rule = offer_record(view, handle, Rule)
        about = view.ref(handle, "about")
        named = about == source or (rule.about is None and rule.institution_type is not None)
        if not named or rule.institution_type not in (None, record.type) or rule.limit_kind is None:
            continue
        missing = []
        region = view.ref(handle, "region")
        if region >= 0:
            home = view.ref(source, "region")
            if home < 0:
                # It may be bound, and nobody knows.
                missing.append(MissingFact(source, "region"))
            elif region not in ancestors(view, home):
                continue
        missing += [MissingFact(handle, name) for name in ("value", "base") if getattr(rule, name) is None]
        share = None if rule.value is None else millionths(rule.value)
        found.append(Bound(rule.limit_kind, share, rule.base, rule.net_of_margin is True, handle, tuple(missing)))
    return found


def group_around(view: View, party: int, *, dependence: bool) -> tuple[int, tuple[int, ...]]:
    """The group of a party, and its members with it: those of its recorded groups (of economic dependence only where asked), and those
    under its ultimate controller. The party itself where it is in none."""

    def make() -> tuple[int, tuple[int, ...]]:
        heads = [group for group in groups_of(view, party) if dependence or view.value(group, "dependence") is not True]
        top = int(ultimate_controllers(view, np.array([party]))[0])
        members = {party, *(member for head in (*heads, top) for member in group_members(view, head))}
        return (heads or [top])[0], tuple(sorted(members))

    return once(view, (group_around, party, dependence), make, of=GROUPINGS)


def _by_party(*draws: Iterable[Draw]) -> list[Draw]:
    """What is drawn on each party, at most the whole yuan."""
    found: dict[int, Fraction] = {}
    for each in draws:
        for draw in each:
            found[draw.party] = _together(found.get(draw.party), draw.share)
    return [Draw(party, share) for party, share in found.items()]


def _together(one: Fraction | None, other: Fraction) -> Fraction:
    """A yuan draws no more than itself."""
    if one is None and other is ONE:
        return ONE
    return min(ONE, other if one is None else one + other)


def _limit(view: View, source: int, bound: Bound, currency: str) -> Amount:
    """share × base, rounded down; None where one is not stated."""
    if bound.missing or bound.share is None or bound.base is None:
        return Amount(None, bound.missing)
    field, name = BASES[bound.base]
    base = amount_of(view.value(source, field), source, name, currency, view=view)
    return base if base.value is None else Amount(max(0, share_of(base.value, bound.share)))


def _constraint(
    case: Case, kind: ConstraintKind, bound: Bound, on: int, parties: tuple[int, ...], draw: Fraction
) -> Constraint:
    view, lender = case.view, case.lender

    def make() -> Constraint:
        return less_used(
            kind,
            on,
            _limit(view, lender, bound, case.currency),
            gross(view, lender, parties, bound, case.currency),
            draw,
            record=bound.rule,
            other=-1 if on == lender else lender,
        )

    return case.appraisal.once((kind, bound.scope, bound.rule, lender, on, draw), make)


def gross(view: View, lender: int, parties: tuple[int, ...], bound: Bound, currency: str = CNY) -> Tally:
    """What a cap counts of a lender's exposures to parties; without parties, of all."""
    debtors_only = bound.scope is RegulatoryLimit.DEBTOR

    def make() -> Tally:
        counted = Counted(currency, net_of_margin=bound.net_of_margin, gross=True)
        if not parties:
            return total_out(view, lender, counted)
        tally = on_debtors(view, lender, parties, counted)
        if not debtors_only:
            tally.join(on_borrowers(view, lender, parties, counted))
        return tally

    return once(view, (gross, lender, parties, debtors_only, bound.net_of_margin, currency), make, of=COUNTED)
