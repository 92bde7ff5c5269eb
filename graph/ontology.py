"""The ontology: what is derived from the record classes, once, for everything that needs it.

Snapshot columns, validation, Neo4j labels and constraints, GraphQL types, CSV templates and the printed ontology all read
these specs; none of them looks at a record class again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import graph.kinds  # noqa: F401 -- declares every kind
from graph.fields import COMMON, Column, FieldSpec, FieldType, field_specs
from graph.records import KINDS, Link, Node, Record


@dataclass(frozen=True)
class KindSpec:
    """All that is known of one concrete kind."""

    name: str
    record: type[Record]
    fields: tuple[FieldSpec, ...]
    bases: tuple[str, ...]

    @cached_property
    def prefix(self) -> str:
        """What ids of this kind begin with."""
        return self.name[0].lower() + self.name[1:]

    @cached_property
    def code(self) -> str:
        """The value of the API's enum Kind."""
        return upper_snake(self.name)

    @cached_property
    def plural(self) -> str:
        """The name of a kind's table; a link's is its own prefix."""
        return self.prefix if self.is_link else pluralise(self.prefix)

    @property
    def listing(self) -> str:
        """The name of a node kind's connection field: its plural, unless it declares another."""
        return self.record.options.listing or self.plural

    @property
    def zh(self) -> str:
        """The Chinese label."""
        return self.record.options.zh

    @cached_property
    def en(self) -> str:
        """The English label."""
        return upper_snake(self.name).replace("_", " ").capitalize()

    @cached_property
    def description(self) -> str:
        """What it is, in English: the record's docstring."""
        return re.sub(r"\s+", " ", (self.record.__doc__ or "").strip())

    @cached_property
    def is_link(self) -> bool:
        """Whether it is a Link."""
        return issubclass(self.record, Link)

    @property
    def identity(self) -> tuple[tuple[str, ...], ...]:
        """The ladder of identity fields, the highest rung first; empty: the id itself, else the name within the source."""
        return self.record.options.identity

    @property
    def key(self) -> tuple[str, ...]:
        """The fields that tell apart links between the same ends."""
        return self.record.options.key

    @cached_property
    def relation(self) -> str:
        """The relationship type of a link."""
        return self.record.options.relation or upper_snake(self.name)

    @cached_property
    def by_name(self) -> Mapping[str, FieldSpec]:
        """Its fields by Python name."""
        return {spec.name: spec for spec in self.fields}

    @cached_property
    def by_graph_name(self) -> Mapping[str, FieldSpec]:
        """Its fields by camelCase name."""
        return {spec.graph_name: spec for spec in self.fields}

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The stored columns of all its fields, in order of declaration."""
        return tuple(column for spec in self.fields for column in spec.columns)

    @cached_property
    def references(self) -> tuple[FieldSpec, ...]:
        """Its reference fields; of a link, source and target first."""
        return tuple(spec for spec in self.fields if spec.holds is FieldType.REF)

    @cached_property
    def required(self) -> tuple[FieldSpec, ...]:
        """The fields without which a resolved record is INCOMPLETE."""
        return tuple(spec for spec in self.fields if spec.required)

    def own(self) -> Iterator[FieldSpec]:
        """Its fields without those common to every record."""
        return (spec for spec in self.fields if spec.name not in COMMON)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation: a reference field of a kind, seen from both ends. `inverse` is the field that each target kind gains."""

    name: str
    kind: str
    field: FieldSpec
    targets: tuple[str, ...]
    inverse: str | None
    is_link: bool


@dataclass(frozen=True)
class Ontology:
    """The kinds, by name, in order of declaration; everything else is derived from them."""

    kinds: Mapping[str, KindSpec]
    abstract: Mapping[str, type[Record]] = field(default_factory=dict)

    @classmethod
    def current(cls) -> Ontology:
        """The ontology of all kinds declared so far.

        Raises TypeError, naming kind and field, for a declaration that cannot be meant.
        """
        kinds: dict[str, KindSpec] = {}
        for name, record in KINDS.items():
            if record.options.abstract:
                continue
            bases = tuple(
                base.__name__
                for base in record.__mro__[1:]
                if issubclass(base, Record) and base not in (Record, Node, Link) and base.options.abstract
            )
            kinds[name] = KindSpec(name, record, tuple(field_specs(record)), bases)
        abstract = {name: record for name, record in KINDS.items() if record.options.abstract}
        ontology = cls(kinds, abstract)
        ontology._check()
        return ontology

    def __getitem__(self, name: str) -> KindSpec:
        return self.kinds[name]

    @cached_property
    def nodes(self) -> tuple[KindSpec, ...]:
        """The node kinds."""
        return tuple(kind for kind in self.kinds.values() if not kind.is_link)

    @cached_property
    def links(self) -> tuple[KindSpec, ...]:
        """The link kinds."""
        return tuple(kind for kind in self.kinds.values() if kind.is_link)

    @cached_property
    def by_prefix(self) -> Mapping[str, KindSpec]:
        """Kinds by the prefix of their ids."""
        return {kind.prefix: kind for kind in self.kinds.values()}

    @cached_property
    def by_any_name(self) -> Mapping[str, KindSpec]:
        """Kinds by their names, those that they had before too."""
        old = {was: kind for kind in self.kinds.values() for was in kind.record.options.was}
        return {**old, **self.kinds}

    @cached_property
    def by_code(self) -> Mapping[str, KindSpec]:
        """Kinds by their code in the API's enum Kind."""
        return {kind.code: kind for kind in self.kinds.values()}

    def concrete(self, target: str) -> tuple[str, ...]:
        """The concrete kinds that a reference to `target` may name: itself, or all below an abstract one. "Node": every node."""
        if target == "Node":
            return tuple(kind.name for kind in self.nodes)
        if target in self.kinds:
            return (target,)
        return tuple(kind.name for kind in self.kinds.values() if target in kind.bases)

    def kind_of(self, identifier: str) -> KindSpec | None:
        """The kind that an id is of; None for an unknown prefix."""
        return self.by_prefix.get(identifier.partition(":")[0])

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """Every relation. Inverse names are unique on each target kind."""
        found: list[Relation] = []
        taken: set[tuple[str, str]] = {
            (kind.name, spec.graph_name) for kind in self.kinds.values() for spec in kind.fields
        }
        for kind in self.kinds.values():
            for spec in kind.references:
                targets = self.concrete(spec.target or "")
                inverse = self._inverse(kind, spec)
                if inverse is not None and any((target, inverse) in taken for target in targets):
                    inverse = f"{kind.plural}By{spec.graph_name[0].upper()}{spec.graph_name[1:]}"
                if inverse is not None:
                    clash = next((target for target in targets if (target, inverse) in taken), None)
                    if clash is not None:
                        raise TypeError(
                            f"{clash} has a field {inverse} already; give {kind.name}.{spec.name} another inverse"
                        )
                    taken.update((target, inverse) for target in targets)
                name = kind.relation if kind.is_link and spec.name in ("source", "target") else spec.relation
                found.append(Relation(name, kind.name, spec, targets, inverse, kind.is_link))
        return tuple(found)

    def _inverse(self, kind: KindSpec, spec: FieldSpec) -> str | None:
        if kind.is_link and spec.name == "source":
            return kind.record.options.outgoing or kind.plural
        if kind.is_link and spec.name == "target":
            return kind.record.options.incoming or f"{kind.plural}In"
        if spec.label.inverse is not None:
            return spec.label.inverse or None
        return kind.plural

    @cached_property
    def hash(self) -> str:
        """Changes whenever a stored column does: snapshots on disk are filed under it."""
        digest = hashlib.sha256()
        for kind in sorted(self.kinds.values(), key=lambda kind: kind.name):
            digest.update(f"{kind.name}{kind.record.options.was}{kind.key}{kind.identity}".encode())
            for spec in kind.fields:
                digest.update(f"{spec.name}{spec.holds}{spec.target}{spec.required}{spec.label.was}".encode())
        return digest.hexdigest()[:16]

    def _check(self) -> None:
        for kind in self.kinds.values():
            for spec in kind.references:
                if not self.concrete(spec.target or ""):
                    raise TypeError(f"{kind.name}.{spec.name} refers to {spec.target}, which is no kind")
            for names in (*kind.identity, kind.key):
                for name in names:
                    if name not in kind.by_name:
                        raise TypeError(f"{kind.name} is identified by {name}, which is no field of it")
        for what in ("prefix", "code", "plural"):
            seen: dict[str, str] = {}
            for kind in self.kinds.values():
                value = getattr(kind, what)
                if value in seen:
                    raise TypeError(f"{kind.name} and {seen[value]} have the same {what} {value}")
                seen[value] = kind.name


def upper_snake(name: str) -> str:
    """CamelCase in UPPER_SNAKE_CASE."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def pluralise(name: str) -> str:
    """The English plural of a camelCase noun; one that ends in a single s stands as it is."""
    if re.search(r"[^aeiou]y$", name):
        return name[:-1] + "ies"
    if name.endswith(("ss", "ch", "sh", "x")):
        return name + "es"
    return name if name.endswith("s") else name + "s"
