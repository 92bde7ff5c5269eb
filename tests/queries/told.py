"""A path told by ids: what two views must say alike, whatever their handles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graph.view import View
from queries.financing.answers import FinancingPath
from queries.financing.limits.constraints import MissingFact


def told(view: View, path: FinancingPath) -> tuple[Any, ...]:
    """All that a path says."""

    def name(handle: int) -> str | None:
        return view.id_of(handle) if handle >= 0 else None

    def facts(missing: Iterable[MissingFact]) -> list[tuple[str | None, str]]:
        return [(name(one.record), one.field) for one in missing]

    return (
        path.id, path.technique, path.status, path.role, path.recourse, path.currency, path.capacity, path.capacity_is_upper_bound,
        path.proceeds, path.tenor, path.lead_time_days, path.score, path.evidence.strength, name(path.obligor), list(map(name, path.nodes)),
        [(name(one.source), name(one.target), one.relation, name(one.instrument), one.amount) for one in path.steps],
        [(one.kind, name(one.provider), name(one.instrument), one.cover_share, one.step) for one in path.supports],
        [(one.gate, one.verdict, facts(one.missing), name(one.rule)) for one in path.gates],
        [
            (
                one.kind, name(one.on), one.limit, one.used, one.headroom, one.admits, one.draw_per_yuan, one.at_most,
                name(one.record), facts(one.missing), name(one.other),
            )
            for one in path.constraints
        ],
        [(one.kind, name(one.by), name(one.holder), one.step) for one in path.missing],
        (path.cost.annual_bps, path.cost.low, path.cost.high, path.cost.complete, path.cost.days),
        [(one.kind, name(one.payer), one.bps, one.low, one.high, one.amount) for one in path.cost.parts],
    )  # fmt: skip
