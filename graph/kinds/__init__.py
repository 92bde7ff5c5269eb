"""The ontology's declarations, one module a group; importing this package declares every kind."""

from graph.kinds import (
    assets,
    contracts,
    demand_side,
    identity,
    parties,
    places,
    policy,
    rates,
    stacking,
    supply_side,
    terms,
)

__all__ = [
    "assets",
    "contracts",
    "demand_side",
    "identity",
    "parties",
    "places",
    "policy",
    "rates",
    "stacking",
    "supply_side",
    "terms",
]
