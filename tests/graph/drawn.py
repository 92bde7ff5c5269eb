"""What a database shows, read back by its own statements, beside what a view has, asked record by record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from neo4j import Driver
from neo4j.time import Date

from graph.fields import FieldSpec
from graph.money import Money
from graph.ontology import KindSpec, Ontology
from graph.records import Link, Span, Term
from graph.view import View

Node = tuple[frozenset[str], tuple[tuple[str, Any], ...]]
Edge = tuple[str, str, str, tuple[tuple[str, Any], ...]]


def shown_in(driver: Driver) -> tuple[list[Node], list[Edge]]:
    """All nodes of a database but those of the log and the drawing's own, and all relationships between them."""
    ours = "NOT any(label IN labels(n) WHERE label STARTS WITH 'Luoshu')"
    nodes = driver.execute_query(
        f"MATCH (n) WHERE {ours} RETURN labels(n) AS labels, properties(n) AS properties"
    ).records
    edges = driver.execute_query(
        f"MATCH (n)-[r]->(t) WHERE {ours} RETURN n.id AS s, type(r) AS type, t.id AS t, properties(r) AS properties"
    ).records
    return (
        sorted(((frozenset(item["labels"]), plain(item["properties"])) for item in nodes), key=by_properties),
        sorted(((item["s"], item["type"], item["t"], plain(item["properties"])) for item in edges), key=repr),
    )


def by_properties(node: Node) -> str:
    return repr(node[1])


def plain(properties: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted((name, python_of(value)) for name, value in properties.items()))


def python_of(value: Any) -> Any:
    if isinstance(value, Date):
        return value.to_native()
    return tuple(value) if isinstance(value, list) else value


def seen_in(view: View) -> tuple[list[Node], list[Edge]]:
    """The same of the live records of a view."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    for name, kind in view.ontology.kinds.items():
        for handle in view.handles(name).tolist():
            record = view.record(handle)
            values: dict[str, Any] = {"id": record.id}
            for spec in kind.fields:
                value = getattr(record, spec.name)
                if spec in kind.references and (not kind.is_link or spec.name in ("source", "target")):
                    target = view.ref(handle, spec.name)
                    end = None if target < 0 else view.id_of(target)
                    if value is not None and value != end:
                        values[f"{spec.graph_name}Id"] = str(value)
                    if end is not None and not kind.is_link:
                        edges.append((record.id, spec.relation, end, (("field", spec.graph_name),)))
                elif value is not None and value != ():
                    values |= properties_of(spec, value)
            if kind.is_link:
                assert isinstance(record, Link)
                source, target_id = (view.id_of(view.ref(handle, end)) for end in ("source", "target"))
                edges.append((source, kind.relation, target_id, tuple(sorted(values.items()))))
            else:
                nodes.append((labels_of(kind, view.ontology), tuple(sorted(values.items()))))
    return sorted(nodes, key=by_properties), sorted(edges, key=repr)


def labels_of(kind: KindSpec, ontology: Ontology) -> frozenset[str]:
    return frozenset(
        {kind.name} | {name for name, base in ontology.abstract.items() if issubclass(kind.record, base)}
    ) - {
        "Record",
        "Node",
        "Link",
    }


def properties_of(spec: FieldSpec, value: Any) -> dict[str, Any]:
    name = spec.graph_name
    match value:
        case Money():
            found = {name: value.minor, f"{name}Currency": value.currency, f"{name}Printed": value.printed}
            return {key: item for key, item in found.items() if item is not None and item != "CNY"}
        case Span():
            return {f"{name}Start": value.start, f"{name}End": value.end, f"{name}Quote": value.quote}
        case Decimal():
            return {name: float(value)}
        case Term():
            return {name: value.name}
        case tuple():
            return {name: tuple(item.name if isinstance(item, Term) else item for item in value)}
        case bool() | int() | date():
            return {name: value}
        case _:
            return {name: str(value)}
