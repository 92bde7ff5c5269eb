"""Who may have a support: rule by rule for one enterprise, and for all enterprises in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.errors import InvalidInput
from graph.kinds.terms import Instrument
from graph.snapshot_columns import NOT_STATED
from graph.view import View
from queries.derived import once
from queries.financing.gates.conditions import NO, UNKNOWN, YES, Asking, FactColumns, Verdicts
from queries.financing.gates.judging import Eligibility as Eligibility
from queries.financing.gates.judging import EligibilityVerdict as EligibilityVerdict
from queries.financing.gates.judging import RuleOutcome as RuleOutcome
from queries.financing.gates.judging import judged, rules_about, rules_by_subject
from queries.financing.gates.telling import Telling
from queries.financing.need import NeedAsked, open_needs
from queries.financing.reaching.firms import Firms, Needs
from queries.policy.document_number import require_policy
from queries.ratios import UNLIMITED, UNSTATED, Ints

NOT_ONE: Final = NOT_STATED
"""Of which instrument a firm asks, where it asks for none or by several."""
SUPPORTS: Final = ("Pool", "Subsidy", "VoucherScheme")
"""Kinds of public support, in the order in which they are told."""

DEFAULT: Final = frozenset({*SUPPORTS, "Rule", "Industry", "Measure", "Policy"})
"""Kinds on which it depends what a question is about that names nothing."""


@dataclass(frozen=True, slots=True)
class EligibilityCounts:
    """How many enterprises may have what rules are about, may not, or may for all that is stated."""

    about: int
    eligible: int
    not_eligible: int
    unknown: int


def eligibility(
    view: View,
    enterprise: str,
    *,
    policy: str | None = None,
    about: Sequence[str] | None = None,
    need: NeedAsked | None = None,
) -> tuple[Eligibility, ...]:
    """Whether an enterprise may have each public support, and what each measure asks of it; by kind, then id.

    Parameters
    ----------
    policy
        Only what a rule of this policy (its id or document number), or of one of its measures, is about.
    about
        Only these: supports, measures, policies, or offers such as a loan product.
    need
        What it asks for, where rules speak of it; None: its open needs together.

    Returns
    -------
    tuple[Eligibility, ...]
        All rules in force on the view's day decide. A support that no rule is about is UNKNOWN: nobody states who may have it.

    Raises InvalidIdentifier, InvalidInput or NotFound for ids that are not in the view. Cost: microseconds a rule.
    """
    handle = view.require(enterprise, "Enterprise")
    subjects = asked_about(view, policy, about)
    telling = Telling(FactColumns(view, np.array([handle])), handle, asking_of(view, handle, need))
    return tuple(judged(view, telling, subject) for subject in subjects)


def asking_of(view: View, firm: int, need: NeedAsked | None) -> Asking:
    """What a firm asks for: as the question says, else its open needs together; by which instrument, where all agree."""
    if need is not None:
        wanted = set(need.instruments)
        return Asking.one(need.checked(view).amount.minor, next(iter(wanted)) if len(wanted) == 1 else None)
    needs = open_needs(view, firm)
    kinds = {one.need.instrument for one in needs}
    amounts = [one.open for one in needs]
    amount = UNSTATED if None in amounts else sum(one or 0 for one in amounts)
    return Asking.one(amount if needs else UNLIMITED, next(iter(kinds)) if len(kinds) == 1 else None)


def supports_of(view: View) -> list[int]:
    """The public supports of a view, grants of one among them left out; by kind, then id."""

    def make() -> list[int]:
        found: list[int] = []
        for kind in SUPPORTS:
            handles = view.handles(kind)
            if kind == "Subsidy":
                handles = handles[(view.refs(handles, "granted_to") < 0) & (view.refs(handles, "scheme") < 0)]
            found += handles.tolist()
        return found

    return once(view, supports_of, make, of=frozenset(SUPPORTS))


def asked_about(view: View, policy: str | None, about: Sequence[str] | None) -> list[int]:
    """What a question of these arguments is about. Raises InvalidInput for an empty list."""
    if about is not None and not about:
        raise InvalidInput("about is empty; name supports, or leave it out for all")
    named = None if about is None else {view.require(one) for one in about}
    ruled = rules_by_subject(view)
    if policy is not None:
        document = view.require(policy, "Policy") if ":" in policy else require_policy(view, policy)
        of_policy = {subject for subject, groups in ruled.items() if _is_of(view, document, subject, groups)}
        named = of_policy if named is None else named & of_policy
    if named is None:
        return once(view, asked_about, lambda: _ordered(view, _by_default(view)), of=DEFAULT)
    return _ordered(view, named)


def _by_default(view: View) -> set[int]:
    measures = (one for one in rules_by_subject(view) if view.kind_of(one).name in ("Measure", "Policy"))
    return {*supports_of(view), *measures}


def _ordered(view: View, named: set[int]) -> list[int]:
    order = {kind: place for place, kind in enumerate(SUPPORTS)}
    return sorted(named, key=lambda one: (order.get(view.kind_of(one).name, len(order)), view.id_of(one)))


def _is_of(view: View, policy: int, subject: int, groups: Iterable[Iterable[int]]) -> bool:
    return subject == policy or any(_policy_of(view, rule) == policy for group in groups for rule in group)


def _policy_of(view: View, rule: int) -> int:
    policy = view.ref(rule, "policy")
    measure = view.ref(rule, "measure") if policy < 0 else -1
    return view.ref(measure, "policy") if measure >= 0 else policy


def verdicts_of_all(view: View, subjects: Sequence[int]) -> Iterator[tuple[int, Verdicts]]:
    """For each subject what all rules about it say of every enterprise, in id order of these, as they ask for their open needs.

    Cost: a pass over the enterprises for each comparison of each rule.
    """
    firms = Firms.of(view)
    facts, asking = FactColumns.of_all(view, firms.handles), _asking_of_all(view)
    closed = np.where(firms.struck_off, NO, YES).astype(np.int8)
    for subject in subjects:
        groups = rules_about(view, subject)
        found = closed if groups else np.minimum(closed, np.int8(UNKNOWN))
        for rules in groups:
            each = [facts.of_rule(rule, asking) for rule in rules]
            found = np.minimum(found, each[0] if len(each) == 1 else np.maximum.reduce(each))
        yield subject, found


def _asking_of_all(view: View) -> Asking:
    def make() -> Asking:
        each = [Needs.of(view, (one,)).amount for one in Instrument]
        asked: Ints = np.array([amounts < UNLIMITED for amounts in each])
        kinds = asked.sum(axis=0)
        return Asking(Needs.of(view, tuple(Instrument)).amount, np.where(kinds == 1, asked.argmax(axis=0), NOT_ONE))

    return once(view, _asking_of_all, make)


def eligibility_counts(
    view: View, *, policy: str | None = None, about: Sequence[str] | None = None
) -> tuple[EligibilityCounts, ...]:
    """How many enterprises may have each public support; arguments and order as `eligibility` has them."""
    found = []
    for subject, verdicts in verdicts_of_all(view, asked_about(view, policy, about)):
        counts = np.bincount(verdicts, minlength=3).tolist()
        found.append(EligibilityCounts(subject, counts[YES], counts[NO], counts[UNKNOWN]))
    return tuple(found)
