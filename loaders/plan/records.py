"""The records of a plan: what a reading states, as statements with locators, ids by natural keys."""

from __future__ import annotations

from collections.abc import Iterator

from graph.batch import Statement
from graph.identifiers import make_id
from graph.kinds.identity import Dataset
from graph.kinds.places import Region, RegionLevel
from graph.records import Link, Ref
from loaders.plan.heads import Sort
from loaders.plan.ids import Keys, at
from loaders.plan.policy_records import policy_statements
from loaders.plan.reading import PlanReading
from loaders.plan.text import Span
from loaders.plan.thing_records import Ids, thing_ids, thing_statements
from loaders.plan.unit_records import committee_id, unit_statements


def _key(statement: Statement) -> tuple[str, ...]:
    record = statement.record
    if not isinstance(record, Link):
        return (record.id,)
    parts = [str(getattr(record, name)) for name in type(record).options.key]
    return (type(record).__name__, record.source, record.target, *parts)


def _places(keys: Keys, region: str | None) -> Iterator[Statement]:
    """The plan's own city as a region, unless the caller names the region's record."""
    if keys.city is not None and region is None:
        record = Region(id=keys.region(keys.city), code=keys.city, name=keys.city, level=RegionLevel.CITY)
        yield Statement(record)


def _about(keys: Keys, reading: PlanReading, ids: Ids) -> dict[str, str]:
    """The ids of all that an open question can be about, by name."""
    found = {name: identifier for (_, name), identifier in reversed(list(ids.items()))}
    for unit in reading.units:
        if unit.set_rule is not None:
            found[unit.name] = keys.named("unitSet", unit.name)
    for label in reading.labels:
        found[label.name] = keys.named("tag", label.name)
    if reading.committee is not None:
        found[reading.committee.name] = committee_id(keys, reading.committee.name)
    return found


def plan_statements(
    reading: PlanReading, text: str, *, doc_no: str, source: str, region: str | None = None
) -> list[Statement]:
    """The statements of a plan that was read from `text`, each id once, in printed order within each kind.

    `doc_no` is the key of the policy and its parts; `source` the dataset that states them, which scopes the names of
    things; `region` the code of the plan's place in a register, where the caller knows it. Everything that the plan
    sets holds from its date; units, institutions, places and people are undated.
    """
    header = reading.header
    keys = Keys(doc_no, source, text, header.city)
    since = header.issued_on
    place: Ref[Region] | None = None
    if region is not None:
        place = Ref(make_id("region", region))
    elif keys.city is not None:
        place = keys.region(keys.city)
    ids = thing_ids(keys, reading)
    funds = {
        name: identifier
        for (sort, name), identifier in ids.items()
        if sort is Sort.FUND and identifier.startswith("fund:")
    }
    publisher = header.issuer.name if header.issuer is not None else None
    title = header.title.name if header.title is not None else doc_no
    span = header.title.span if header.title is not None else Span(0, 0)
    stated = [
        at(Dataset(id=make_id("dataset", source), name=title, publisher=publisher), span),
        *_places(keys, region),
        *unit_statements(keys, reading, place, since),
        *policy_statements(keys, reading, place, funds=funds, about=_about(keys, reading, ids), since=since),
        *thing_statements(keys, reading, ids, since),
    ]
    once: dict[tuple[str, ...], Statement] = {}
    for statement in stated:
        once.setdefault(_key(statement), statement)
    return list(once.values())
