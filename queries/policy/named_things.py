"""What a document names: each fund, pool, product, list, programme, region, body or class once, with every place where it is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.ontology import Ontology
from graph.snapshot_columns import NOT_STATED
from graph.view import View

MENTION: Final = "Mentions"
ARRANGEMENTS: Final = (
    "Programme",
    "Fund",
    "Pool",
    "LoanProduct",
    "VoucherScheme",
    "Subsidy",
    "LossSharing",
    "ProjectList",
    "Event",
    "Committee",
    "AnchorProgramme",
)
"""Kinds of things that a measure sets up or uses, and under which contracts are made; not bodies, places and classes of firms."""
LISTINGS: Final = ("ListedIn", "MemberOf", "Presented")
"""Links that put their source on a list, into a programme or before an event."""


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A thing that a text names. mentions: in the order of the text, each with its span; empty where it only counts toward a target."""

    thing: int
    mentions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A thing that a measure sets up or uses, and what is recorded under it.

    contracts: by kind in the order of the ontology, then id. participants: who is on the list, in the programme, at the event, by id.
    """

    named: NamedThing
    contracts: tuple[int, ...]
    participants: tuple[int, ...]


def named_in(view: View, places: Sequence[int]) -> tuple[NamedThing, ...]:
    """The things that these texts (a policy, its measures) name, by the place of their first mention, then id."""
    links = view.expand(MENTION, "source", np.array(places, np.int64))[1]
    ids = view.ids_of(links)
    found: dict[int, list[tuple[int, str, int]]] = {}
    for link, at, thing, identifier in zip(
        links.tolist(), view.ints(links, "at").tolist(), view.refs(links, "target").tolist(), ids, strict=True
    ):
        found.setdefault(thing, []).append((at if at != NOT_STATED else 1 << 62, identifier, link))
    ordered = sorted(found.items(), key=lambda item: (min(item[1])[0], view.id_of(item[0])))
    return tuple(NamedThing(thing, tuple(link for _, _, link in sorted(mentions))) for thing, mentions in ordered)


def arrangement(view: View, named: NamedThing) -> Arrangement:
    """What is recorded under a thing. Cost: the records that refer to it."""
    kind = view.kind_of(named.thing).name
    contracts: dict[int, None] = {}
    for holder, field, end in contract_fields(view.ontology, kind):
        found = view.holders(holder, field, named.thing)
        for one in (view.refs(found, end) if end else found).tolist():
            if one >= 0:
                contracts[one] = None
    participants: dict[int, None] = {}
    for kind_of_link in LISTINGS:
        links = view.holders(kind_of_link, "target", named.thing)
        participants |= dict.fromkeys(one for one in view.refs(links, "source").tolist() if one >= 0)
    return Arrangement(
        named,
        tuple(sorted(contracts, key=lambda one: (one >> 32, view.id_of(one)))),
        tuple(sorted(participants, key=view.id_of)),
    )


def contract_fields(ontology: Ontology, kind: str) -> list[tuple[str, str, str]]:
    """The reference fields by which contracts name a thing of this kind: record kind, field, and the link's end that is the contract."""
    contracts = set(ontology.concrete("Contract"))
    found = []
    for relation in ontology.relations:
        if kind not in relation.targets:
            continue
        if relation.kind in contracts:
            found.append((relation.kind, relation.field.name, ""))
        elif relation.is_link and relation.field.name == "target":
            source = ontology[relation.kind].by_name["source"].target or ""
            if set(ontology.concrete(source)) <= contracts:
                found.append((relation.kind, "target", "source"))
    return found
