"""Subsidies in force, by kind: which take applications, which are planned or closed, and which have been granted."""

from __future__ import annotations

from dataclasses import dataclass

from graph.kinds.supply_side import SubsidyKind
from graph.kinds.terms import OfferStatus
from graph.view import View
from queries.columns import is_stated
from queries.ratios import Ints


@dataclass(frozen=True, slots=True)
class SubsidyGroup:
    """The subsidies of a kind that hold on the day of a view, in id order; kind None: those of which nobody states one.

    open, planned, closed, not_stated: the schemes by whether they take applications. granted: to a party already, beside the schemes.
    """

    kind: SubsidyKind | None
    subsidies: tuple[int, ...]
    open: tuple[int, ...]
    planned: tuple[int, ...]
    closed: tuple[int, ...]
    not_stated: tuple[int, ...]
    granted: tuple[int, ...]


def subsidy_inventory(view: View, kind: SubsidyKind | None = None) -> tuple[SubsidyGroup, ...]:
    """The subsidies in force by kind, every kind once though it may have none; at the end those without a kind, if there are any.

    Cost: one pass over subsidies.
    """
    handles = view.handles("Subsidy")
    kinds, states = view.texts(handles, "kind").to_list(), view.texts(handles, "status").to_list()
    granted = is_stated(view, handles, "granted_to")
    groups = [
        _group(one, handles, kinds, states, granted) for one in ([*SubsidyKind, None] if kind is None else [kind])
    ]
    return tuple(one for one in groups if one.kind is not None or one.subsidies)


def _group(
    kind: SubsidyKind | None, handles: Ints, kinds: list[str | None], states: list[str | None], granted: Ints
) -> SubsidyGroup:
    name = None if kind is None else kind.name
    mine = [
        (one, state, is_granted)
        for one, of, state, is_granted in zip(handles.tolist(), kinds, states, granted.tolist(), strict=True)
        if of == name
    ]

    def schemes(status: OfferStatus | None) -> tuple[int, ...]:
        said = None if status is None else status.name
        return tuple(one for one, state, is_granted in mine if state == said and not is_granted)

    return SubsidyGroup(
        kind=kind,
        subsidies=tuple(one for one, _, _ in mine),
        open=schemes(OfferStatus.OPEN),
        planned=schemes(OfferStatus.PLANNED),
        closed=schemes(OfferStatus.CLOSED),
        not_stated=schemes(None),
        granted=tuple(one for one, _, is_granted in mine if is_granted),
    )
