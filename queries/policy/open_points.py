"""What a document leaves open, and whether somebody has stated it since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from graph.kinds.policy import OpenQuestionKind
from graph.records import Span
from graph.view import View
from queries.financing.limits.constraints import MissingFact
from queries.policy.member_lists import in_order, member_list


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """One open question of a document.

    settled: True: every fact that it asks for is stated in the view, by this document or another source; False: `missing` is not; None:
    no field of a record holds what it asks for, only a reader can tell.
    """

    question: int
    settled: bool | None
    missing: tuple[MissingFact, ...]


def open_points(view: View, policy: int) -> tuple[OpenPoint, ...]:
    """The open questions of a document in printed order. Thresholds of a rule stay open: another document's numbers are another rule."""
    targets = {_place(view, one): one for one in view.holders("Target", "policy", policy).tolist()}
    rules = {_place(view, one): one for one in view.holders("Rule", "policy", policy).tolist()}
    found = []
    for question in in_order(view, view.holders("OpenQuestion", "policy", policy), "number"):
        facts = _asked(view, question, targets, rules)
        if facts is None:
            found.append(OpenPoint(question, None, ()))
        else:
            missing = tuple(MissingFact(record, field) for record, field, stated in facts if not stated)
            found.append(OpenPoint(question, not missing, missing))
    return tuple(found)


Fact = tuple[int, str, bool]
"""A record, the field asked for by its GraphQL name, and whether it is stated."""


def _fields(*names: tuple[str, str]) -> Callable[[View, int], list[Fact]]:
    """Whether these fields (Python name, GraphQL name) of a record are stated."""
    return lambda view, record: [(record, shown, view.value(record, name) is not None) for name, shown in names]


def _listed(view: View, record: int) -> list[Fact]:
    expected = view.value(record, "expected_count")
    listed = view.holders("ListedIn", "target", record).size
    return [(record, "listed", expected is not None and listed >= expected)]


def _members(view: View, record: int) -> list[Fact]:
    return [(record, "memberLinks", member_list(view, record).is_resolved)]


_BY_KIND: Final[Mapping[OpenQuestionKind, tuple[str, Callable[[View, int], list[Fact]]]]] = {
    OpenQuestionKind.LABEL: ("Tag", _fields(("definition", "definition"))),
    OpenQuestionKind.POOL_SIZE: ("Pool", _fields(("balance", "balance"))),
    OpenQuestionKind.FUND_SIZE: ("Fund", _fields(("target_size", "targetSize"))),
    OpenQuestionKind.LOSS_SHARES: (
        "LossSharing",
        _fields(
            ("government_share", "governmentShare"), ("bank_share", "bankShare"), ("insurer_share", "insurerShare")
        ),
    ),
    OpenQuestionKind.LIST_MEMBERS: ("ProjectList", _listed),
    OpenQuestionKind.UNIT_SET: ("UnitSet", _members),
}
"""Of questions about a record: its kind, and what would settle them."""

_OF_TARGETS: Final[Mapping[OpenQuestionKind, Callable[[View, int], list[Fact]]]] = {
    OpenQuestionKind.BASELINE: _fields(("baseline", "baseline")),
    OpenQuestionKind.DUE: _fields(("by", "by")),
    OpenQuestionKind.PERIOD: _fields(("period_from", "periodFrom"), ("by", "by")),
}
"""Of questions about a figure, which is the target at the same place."""


Places = Mapping[tuple[int, int] | None, int]
"""Records of one kind by the characters at which they stand."""


def _asked(view: View, question: int, targets: Places, rules: Places) -> list[Fact] | None:
    kind, about = view.value(question, "kind"), view.ref(question, "about")
    if kind in _BY_KIND:
        wanted, facts = _BY_KIND[kind]
        return facts(view, about) if about >= 0 and view.has_kind(about, wanted) else None
    place = _place(view, question)
    if kind in _OF_TARGETS and place is not None and place in targets:
        return _OF_TARGETS[kind](view, targets[place])
    if kind is OpenQuestionKind.THRESHOLD and place is not None:
        within = [one for at, one in rules.items() if at is not None and at[0] <= place[0] and place[1] <= at[1]]
        return [(one, "statedInSource", view.value(one, "stated_in_source") is not False) for one in within] or None
    return None


def _place(view: View, record: int) -> tuple[int, int] | None:
    span = view.value(record, "span")
    return (span.start, span.end) if isinstance(span, Span) else None
