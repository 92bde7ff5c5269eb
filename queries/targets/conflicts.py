"""What stands between a fund and a firm beside rules: one control with the fund's own parties, and another's exclusivity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.records import Term
from graph.snapshot import day_of
from graph.snapshot_columns import NOT_STATED
from graph.view import View
from queries.chain_position import Mask
from queries.derived import once
from queries.financing.control import Control, control_of, legal_entity, related
from queries.ratios import Ints


class TargetConflict(Term):
    """Why a deal is in conflict."""

    SAME_CONTROL = "同一控制"
    EXCLUSIVITY = "排他期"


PUBLIC: Final = ("GovernmentUnit", "UnitSet")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Who it is with, and the record that states it: the manager, commitment or round (for a fund itself: the fund)."""

    kind: TargetConflict
    party: int
    record: int


def own_parties(view: View, fund: int) -> list[tuple[int, int]]:
    """The parties of a fund, each with the record that makes it one: itself, its manager, its investors by commitment's id.

    Government bodies are none. Made once a view and fund.
    """
    return once(view, (own_parties, fund), lambda: _own_parties(view, fund))


def _own_parties(view: View, fund: int) -> list[tuple[int, int]]:
    found = [(fund, fund)]
    manager = view.ref(fund, "manager")
    if manager >= 0:
        found.append((manager, manager))
    commitments = view.holders("Commitment", "fund", fund)
    investors = zip(view.refs(commitments, "investor").tolist(), commitments.tolist(), strict=True)
    return found + [
        (investor, commitment)
        for investor, commitment in investors
        if investor >= 0 and view.kind_of(investor).name not in PUBLIC
    ]


def conflicts(view: View, fund: int, firm: int) -> tuple[Conflict, ...]:
    """The conflicts of a fund with a firm, each party and record once.

    Government bodies hold shares without making a firm related. A round excludes every investor but its own until the day that it
    states, whether it has closed or not.
    """
    own = control_of(view, firm)
    found = [
        Conflict(TargetConflict.SAME_CONTROL, party, record)
        for (party, record), owner, control in _controls(view, fund)
        if owner == firm or own.is_shared_with(control)
    ]
    rounds = view.holders("InvestmentRound", "enterprise", firm)
    until = view.ints(rounds, "exclusive_until")
    for round_ in rounds[(until != NOT_STATED) & (until > day_of(view.as_of))].tolist():
        links = view.holders("InvestedBy", "source", round_)
        investors = [party for party in view.refs(links, "target").tolist() if party >= 0]
        if fund not in investors:
            others = investors or [firm]
            found += [Conflict(TargetConflict.EXCLUSIVITY, party, round_) for party in others]
    return tuple(found)


def _controls(view: View, fund: int) -> list[tuple[tuple[int, int], int, Control]]:
    """The fund's own parties with the person in law that each is, and under whose control that is."""

    def make() -> list[tuple[tuple[int, int], int, Control]]:
        parties = own_parties(view, fund)
        owners = [legal_entity(view, party) for party, _ in parties]
        return [(one, owner, control_of(view, owner)) for one, owner in zip(parties, owners, strict=True)]

    return once(view, (_controls, fund), make)


def in_conflict(view: View, fund: int, firms: Ints) -> Mask:
    """Which of these firms have any conflict with a fund. Cost: a pass over the firms for each of the fund's parties."""
    found = np.zeros(len(firms), bool)
    for party, _ in own_parties(view, fund):
        owner = legal_entity(view, party)
        found |= related(view, firms, np.full(len(firms), owner, np.int64)) | (firms == owner)
    rounds = view.handles("InvestmentRound")
    until = view.ints(rounds, "exclusive_until")
    rounds = rounds[(until != NOT_STATED) & (until > day_of(view.as_of))]
    own = view.refs(view.holders("InvestedBy", "target", fund), "source")
    return found | np.isin(firms, view.refs(rounds[~np.isin(rounds, own)], "enterprise"))
