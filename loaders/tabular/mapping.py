"""A declared mapping: which tables of a source state which records, and how each field is read from the columns.

A mapping is a YAML document:

    source: some-dataset                    # the dataset whose statements these are
    dataset: {name: …, publisher: …, licence: …, url: …, reliability: 0.6}
    empty: [未知, 未披露]                    # cells that state nothing, in every table
    tables:
      - file: firms*.csv                    # a pattern of file or sheet names
        optional: true                      # may be missing
        reject:                             # rows that are taken for nothing
          - {column: 轮次, values: [未融资], reason: is no investment}
        splits:                             # one row an item of a cell
          investors: {column: 投资方, by: " +", as: 投资人}
        records:
          - kind: Enterprise
            when: [公司名称]                 # only rows where these are filled
            each: investors                 # one record an item of this split
            fields: {creditCode: 统一信用代码, name: {column: 公司名称}}

A value is a column's name, or one of

    {column: C, empty: […], empty_like: regex, replace: [[regex, text], …], match: regex, codes: {text: text}, case: upper,
     otherwise: keep | empty | reject, lookup: {file: …, by: C, give: C, valid: creditCode}, missing: empty | reject}
    {constant: text}   {first: [value, …]}   {parts: [value, …], with: text}   {own: [value, …], kind: K}

`own` makes the id of a record that only this source knows, from parts. `unit` (money), `form` (dates, as strptime has it) and
`words` (codes in the source's own words) say how the field's cells are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.ontology import KindSpec
from graph.records import Text
from loaders.tabular.cells import CellReader
from loaders.tabular.headings import Heading


@dataclass(frozen=True, slots=True)
class Lookup:
    """A column of another table, found by the value of one of its columns; `valid` a format that what is given must keep."""

    file: str
    by: str
    give: str
    valid: Text | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """How one text is made of a row. Exactly one of `column`, `constant`, `first`, `parts` and `own` is set."""

    column: str | None = None
    constant: str | None = None
    first: tuple[Value, ...] = ()
    parts: tuple[Value, ...] = ()
    joint: str = ""
    own: tuple[Value, ...] = ()
    own_kind: str | None = None
    empty: tuple[str, ...] = ()
    empty_like: str | None = None
    replace: tuple[tuple[str, str], ...] = ()
    match: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    upper: bool = False
    otherwise: str = "keep"
    lookup: Lookup | None = None
    missing: str = "empty"

    @property
    def columns(self) -> frozenset[str]:
        """The columns of its own table that it needs."""
        inner = (value.columns for value in (*self.first, *self.parts, *self.own))
        return frozenset({self.column} if self.column else ()).union(*inner)

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """The lookups that it needs."""
        inner = (lookup for value in (*self.first, *self.parts, *self.own) for lookup in value.lookups)
        return (*([self.lookup] if self.lookup else ()), *inner)


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A heading of a kind, the value for it, and the reader of its cells."""

    heading: Heading
    value: Value
    reader: CellReader


@dataclass(frozen=True, slots=True)
class RecordMapping:
    """Records of one kind: one a row, or one an item of the split `each`, where the columns `when` are filled."""

    kind: KindSpec
    fields: tuple[FieldValue, ...]
    when: tuple[str, ...] = ()
    each: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Rows whose column has one of these values, and why they are not taken."""

    column: str
    values: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Split:
    """A cell of several items: texts between `by`; names run together (`names`: where known ones stand); or the members of an
    object, as two columns (`member`, `value`)."""

    column: str
    item: str
    by: str | None = None
    names: Lookup | None = None
    closing: tuple[str, ...] = ()
    value: str | None = None
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One table of the source."""

    file: str
    records: tuple[RecordMapping, ...]
    optional: bool = False
    reject: tuple[Rejected, ...] = ()
    splits: Mapping[str, Split] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MappingSpec:
    """A whole mapping."""

    name: str
    source: str
    tables: tuple[TableMapping, ...]
    dataset: Mapping[str, str] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    summary: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that it states, in order of mention."""
        named = [record.kind.name for table in self.tables for record in table.records]
        return tuple(dict.fromkeys([*(["Dataset"] if self.dataset else []), *named]))
