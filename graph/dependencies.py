"""Records that depend on each other in a circle: by conditions that refer to rules, or over links of which a kind allows no circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from graph.blocks import ID
from graph.condition import BadCondition, facts_of, read_condition, rules_named
from graph.ontology import KindSpec, Ontology
from graph.records import Text


def in_cycles(frame: pl.DataFrame, kind: KindSpec, ontology: Ontology) -> Iterator[tuple[list[str], str]]:
    """For each circle among the rows of a kind: the ids in it, in order, and how it runs. Empty when there is none."""
    if kind.is_link:
        edges = [
            (source, target) for source, target in frame.select("source", "target").iter_rows() if source and target
        ]
    else:
        edges = list(_references(frame, kind, ontology))
    yield from cycles(edges)


def cycles(edges: Iterable[tuple[str, str]]) -> Iterator[tuple[list[str], str]]:
    """For each set of ids that depend on each other: these, in order, and one circle through the first of them."""
    edges = sorted(set(edges))
    if not edges:
        return
    # Few loads have dependencies, and the library takes its time to start.
    import networkx as nx

    graph = nx.DiGraph(edges)
    found = [sorted(part) for part in nx.strongly_connected_components(graph)]
    for members in sorted(found):
        first = members[0]
        if len(members) > 1 or graph.has_edge(first, first):
            around = nx.find_cycle(graph.subgraph(members), first)
            yield members, " → ".join([*(source for source, _ in around), around[0][0]])


def _references(frame: pl.DataFrame, kind: KindSpec, ontology: Ontology) -> Iterator[tuple[str, str]]:
    facts = facts_of(ontology)
    for spec in kind.fields:
        if spec.text_format is not Text.CONDITION:
            continue
        for identifier, text in frame.select(ID, spec.name).drop_nulls().iter_rows():
            try:
                yield from ((identifier, rule) for rule in rules_named(read_condition(text, facts)))
            except BadCondition:
                continue
