"""accountability: what a unit answers for, and all that shows how far it has come: targets, arrangements, contracts, observations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from graph.records import Term
from graph.view import View
from queries.financing.terms import Ternary
from queries.policy.charges import RESPONSIBLE, Answerable, answerable, holding_today
from queries.policy.member_lists import CommitteeLists, MemberList, committee_lists, in_order, member_list, sets_of
from queries.policy.named_things import ARRANGEMENTS, Arrangement, NamedThing, arrangement, named_in
from queries.policy.units import require_unit
from queries.succession import KIND as SUCCESSION
from queries.succession import Succession, predecessors


class ChargeBasis(Term):
    """How a unit comes to answer for a measure."""

    NAMED = "点名"
    """The measure's list names it."""
    MEMBER = "集合成员"
    """The list names a set, and a list of the set names it."""
    SUCCESSOR = "承接"
    """The list names, alone or within a set, a unit whose duties it holds today."""


@dataclass(frozen=True, slots=True)
class Charge:
    """Why a unit answers for a measure.

    link: the entry of the measure's list. of: the unit that the text means, itself or one whose duties it has taken over. member: the link
    that puts `of` into the set which the entry names; -1: the entry names `of`. answers: whether the unit asked about answers today;
    UNKNOWN where a succession is in doubt, or where several hold the duties of `of`: which has this measure is not on record.
    """

    link: int
    basis: ChargeBasis
    of: int
    member: int
    answers: Ternary


@dataclass(frozen=True, slots=True)
class AccountableTarget:
    """A target of a measure with what was observed of it, by period, series and id; empty: nothing that the view knows."""

    target: int
    observations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AccountableMeasure:
    """A measure that a unit answers for.

    charges: NAMED before MEMBER before SUCCESSOR, then by id of the entry. responsible: the whole list, in printed order. assessments:
    of any unit on this measure, by id. observations: about the measure or one of its arrangements.
    """

    measure: int
    charges: tuple[Charge, ...]
    responsible: tuple[Answerable, ...]
    targets: tuple[AccountableTarget, ...]
    arrangements: tuple[Arrangement, ...]
    observations: tuple[int, ...]
    assessments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Accountability:
    """What a unit answers for.

    today: who holds its duties now. inherited: the units whose duties it holds, with where they went. undated: successions without a day
    that would bring it more, by id. measures: by document, then number. duties: its entries (HasDuty), or those of sets that list it, by
    duty. committees: on which a list names it, or one of its posts sits; seats: these posts' links. open_sets: sets of the same documents
    whose members nobody lists in full: it may belong to them.
    """

    unit: int
    today: Succession | None
    inherited: tuple[Succession, ...]
    undated: tuple[int, ...]
    measures: tuple[AccountableMeasure, ...]
    duties: tuple[int, ...]
    committees: tuple[CommitteeLists, ...]
    seats: tuple[int, ...]
    open_sets: tuple[MemberList, ...]


def accountability(view: View, unit: str) -> Accountability:
    """What a unit answers for on the day of the view. `unit`: an id, or a name or alias that one unit has.

    A unit answers for what a document's list names it for, for what a set is named for whose members a source lists, and for what a unit
    is named for whose duties it holds today. Nobody leads unless the text prints it (`printedRole` of an entry). Empty `measures`: no
    document in force names it.

    Raises InvalidInput, InvalidIdentifier or NotFound where no one unit is meant. Cost: the records around each of its measures.
    """
    handle = require_unit(view, unit)
    is_set = view.has_kind(handle, "UnitSet")
    inherited = () if is_set else predecessors(view, handle)
    today = holding_today(view, handle)
    charges: dict[int, list[Charge]] = {}
    duties: dict[int, None] = {}
    for of, through in ((handle, today), *((one.unit, one) for one in inherited)):
        answers = _answers(handle, through)
        named = [(of, -1), *((one.unit, one.link) for one in sets_of(view, of))]
        for who, member in named:
            basis = ChargeBasis.SUCCESSOR if of != handle else ChargeBasis.NAMED if member < 0 else ChargeBasis.MEMBER
            for link in view.holders(RESPONSIBLE, "source", who).tolist():
                measure = view.ref(link, "target")
                charges.setdefault(measure, []).append(Charge(link, basis, of, member, answers))
            for link in view.holders("HasDuty", "source", who).tolist():
                duties[link] = None
    measures = sorted(charges, key=lambda one: (view.id_of(view.ref(one, "policy")), view.value(one, "number")))
    seats = _seats(view, handle)
    committees = {view.ref(link, "target") for link in seats}
    committees |= _listing(view, [one.unit for one in sets_of(view, handle)])
    return Accountability(
        handle,
        today,
        inherited,
        _undated(view, [handle, *(one.unit for one in inherited)]),
        tuple(_measure(view, one, charges[one]) for one in measures),
        tuple(sorted(duties, key=lambda link: (view.id_of(view.ref(link, "target")), view.id_of(link)))),
        tuple(committee_lists(view, one) for one in sorted(committees, key=view.id_of)),
        seats,
        () if is_set else _open_sets(view, handle, measures),
    )


def _undated(view: View, units: list[int]) -> tuple[int, ...]:
    """The successions without a day to one of these units."""
    links = view.expand(SUCCESSION, "target", np.array(units, np.int64))[1].tolist()
    return tuple(sorted({link for link in links if view.value(link, "on") is None}, key=view.id_of))


def _answers(unit: int, through: Succession | None) -> Ternary:
    """Whether a unit answers today for what another (or itself) is named for."""
    if through is None:
        return Ternary.YES
    if unit not in through.units:
        return Ternary.NO if through.is_certain else Ternary.UNKNOWN
    return Ternary.YES if through.is_certain and not through.is_split else Ternary.UNKNOWN


def _measure(view: View, measure: int, charges: list[Charge]) -> AccountableMeasure:
    bases = list(ChargeBasis)
    targets = in_order(view, view.holders("Target", "measure", measure), "number")
    named = [one for one in named_in(view, [measure]) if view.kind_of(one.thing).name in ARRANGEMENTS]
    known = {one.thing for one in named}
    for link in view.expand("CountsToward", "target", np.array(targets, np.int64))[1].tolist():
        thing = view.ref(link, "source")
        if thing not in known and view.kind_of(thing).name in ARRANGEMENTS:
            known.add(thing)
            named.append(NamedThing(thing, ()))
    about = [measure, *(one.thing for one in named)]
    return AccountableMeasure(
        measure,
        tuple(sorted(charges, key=lambda one: (bases.index(one.basis), view.id_of(one.link), view.id_of(one.of)))),
        answerable(view, measure),
        tuple(AccountableTarget(one, _observed(view, one)) for one in targets),
        tuple(arrangement(view, one) for one in named),
        _ordered(view, view.expand("Observation", "subject", np.array(about, np.int64))[1].tolist()),
        tuple(view.holders("Assessment", "measure", measure).tolist()),
    )


def _observed(view: View, target: int) -> tuple[int, ...]:
    """What was observed of a target: what names it as subject, and the series that it names, of its subject or its document's place."""
    found = dict.fromkeys(view.holders("Observation", "subject", target).tolist())
    series = view.value(target, "series")
    if series is not None:
        subject = view.ref(target, "subject")
        subject = subject if subject >= 0 else view.ref(view.ref(target, "policy"), "region")
        about = view.holders("Observation", "subject", subject) if subject >= 0 else np.empty(0, np.int64)
        names = view.texts(about, "series").to_list() if about.size else []
        found |= dict.fromkeys(one for one, name in zip(about.tolist(), names, strict=True) if name == series)
    return _ordered(view, found)


def _ordered(view: View, observations: Iterable[int]) -> tuple[int, ...]:
    return tuple(
        sorted(
            dict.fromkeys(observations),
            key=lambda one: (view.value(one, "period"), view.value(one, "series"), view.id_of(one)),
        )
    )


def _seats(view: View, unit: int) -> tuple[int, ...]:
    """The links that seat posts of a unit on committees, in the order of the lists."""
    posts = view.holders("Post", "unit", unit)
    links = view.expand("MemberOf", "source", posts)[1]
    seats = [link for link in links.tolist() if view.has_kind(view.ref(link, "target"), "Committee")]
    return tuple(in_order(view, np.array(sorted(seats, key=view.id_of), np.int64)))


def _listing(view: View, sets: list[int]) -> set[int]:
    """The committees of whose member units one of these sets is a list."""
    links = view.expand("MemberOf", "source", np.array(sets, np.int64))[1]
    return {one for one in view.refs(links, "target").tolist() if one >= 0 and view.has_kind(one, "Committee")}


def _open_sets(view: View, unit: int, measures: list[int]) -> tuple[MemberList, ...]:
    """The sets that documents of these measures name and that nobody resolves; those that list the unit left out."""
    policies = sorted({view.ref(one, "policy") for one in measures}, key=view.id_of)
    found: dict[int, MemberList] = {}
    for policy in policies:
        for measure in view.holders("Measure", "policy", policy).tolist():
            for link in view.holders(RESPONSIBLE, "target", measure).tolist():
                one = view.ref(link, "source")
                if one not in found and view.has_kind(one, "UnitSet"):
                    found[one] = member_list(view, one)
    listed = {one.unit for one in sets_of(view, unit)}
    return tuple(
        found[one] for one in sorted(found, key=view.id_of) if not found[one].is_resolved and one not in listed
    )
