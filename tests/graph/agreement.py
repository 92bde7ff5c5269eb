"""Every answer of a view beside the oracle's."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph.fields import FieldType
from graph.records import Ref
from graph.view import View
from tests.graph.oracle import Oracle
from tests.graph.worlds import identifiers

KINDS = ("Enterprise", "Product", "Receivable", "Supplies", "SameAs", "PossiblySameAs", "Dataset")


def answers_of_view(view: View) -> dict[str, Any]:
    """All that can be asked of a view of a made-up world, in plain values."""
    found: dict[str, Any] = {}
    for name in KINDS:
        handles, kind = view.handles(name), view.ontology[name]
        found[name] = {view.id_of(handle): view.record(handle) for handle in handles.tolist()}
        found[name, "ids"] = view.ids_of(handles)
        found[name, "incomplete"] = [
            (view.id_of(handle), view.record(handle), view.missing_fields(handle))
            for handle in view.incomplete(name).tolist()
        ]
        found[name, "statements"] = {
            view.id_of(handle): [(s.source, s.load, s.valid_from) for s in view.statements(handle)]
            for handle in handles.tolist()
        }
        found[name, "conflicts"] = {
            view.id_of(handle): {conflict.field: list(conflict.values) for conflict in view.conflicts(handle)}
            for handle in handles.tolist()
        }
        for spec in kind.references:
            targets = np.concatenate([view.handles(target) for target in view.ontology.concrete(spec.target or "")])
            places, holders = view.expand(name, spec.name, targets)
            pairs: dict[str, list[str]] = {}
            for place, holder in zip(places.tolist(), holders.tolist(), strict=True):
                pairs.setdefault(view.id_of(int(targets[place])), []).append(view.id_of(holder))
            found[name, spec.name, "expand"] = pairs
            refs = view.refs(handles, spec.name)
            found[name, spec.name, "refs"] = [None if ref < 0 else view.id_of(ref) for ref in refs.tolist()]
            assert [view.ref(handle, spec.name) for handle in handles.tolist()] == refs.tolist()
    found["answers to"] = {
        identifier: None if (handle := view.find(identifier)) < 0 else view.id_of(handle)
        for identifier in identifiers()
    }
    return found


def answers_of_oracle(oracle: Oracle) -> dict[str, Any]:
    """The same, by the oracle."""
    found: dict[str, Any] = {}
    for name in KINDS:
        every = oracle.of_kind(name)
        live = [item for item in every if item.live]
        found[name] = {item.id: item.record for item in live}
        found[name, "ids"] = [item.id for item in live]
        found[name, "incomplete"] = [
            (item.id, item.record, item.missing) for item in every if item.in_force and item.missing
        ]
        found[name, "statements"] = {
            item.id: [
                (version.source, version.seq, oracle.stated(item.kind, version, "valid_from"))
                for version in item.versions
            ]
            for item in live
        }
        found[name, "conflicts"] = {item.id: dict(oracle.conflicts(item)) for item in live}
        kind = oracle.ontology[name]
        for spec in kind.references:
            assert spec.holds is FieldType.REF
            targets = [
                item.id
                for target in oracle.ontology.concrete(spec.target or "")
                for item in oracle.of_kind(target)
                if item.live
            ]
            pairs = {target: oracle.holders(name, spec.name, target) for target in targets}
            found[name, spec.name, "expand"] = {target: holders for target, holders in pairs.items() if holders}
            found[name, spec.name, "refs"] = [_live(oracle, getattr(item.record, spec.name)) for item in live]
    found["answers to"] = {identifier: _live(oracle, Ref(identifier)) for identifier in identifiers()}
    return found


def _live(oracle: Oracle, ref: Ref[Any] | None) -> str | None:
    if ref is None:
        return None
    target = oracle.canonical(ref)
    return target if target in oracle.records and oracle.records[target].live else None
