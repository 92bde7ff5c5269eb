"""What a kind is made of: a record class with labelled fields is the one declaration that all else follows from.

Two bases. A **Node** has a life of its own; a *reference field* (`Ref[Kind]`) of it **is** a relationship. A **Link** is a fact
without a life of its own between a source and a target; whatever can have several targets is a Link, never a list field.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Generic, TypeVar, dataclass_transform

T_co = TypeVar("T_co", covariant=True)

RESERVED_NAMES = frozenset(
    {
        "Query",
        "Mutation",
        "Subscription",
        "View",
        "Node",
        "Record",
        "Link",
        "Kind",
        "Connection",
        "Edge",
        "Source",
        "Claim",
    }
)
"""Names that no kind may take: the API has its own types of these names."""


class Term(enum.Enum):
    """A code list: each member's name is its code, its value the Chinese label. Members of one list have distinct labels."""

    # Members are single, so identity will do; the inherited hash is a Python call for every look-up.
    __hash__ = object.__hash__

    @property
    def zh(self) -> str:
        """The Chinese label."""
        return str(self.value)

    def __str__(self) -> str:
        return self.name


class Ref(str, Generic[T_co]):
    """The id of a record of kind T (or of any kind below an abstract T)."""

    __slots__ = ()


class Text(enum.Enum):
    """Formats of text fields that are checked: identifiers with their check digits, codes, and conditions (`graph.condition`)."""

    CREDIT_CODE = "统一社会信用代码"
    LEI = "LEI"
    LISTING_CODE = "证券代码"
    REGION_CODE = "行政区划代码"
    INDUSTRY_CODE = "行业代码"
    CONDITION = "条件"


class Marking(Term):
    """Who may see a statement."""

    PUBLIC = "公开"
    INTERNAL = "内部"
    CONFIDENTIAL = "保密"


CreditCode = Annotated[str, Text.CREDIT_CODE]
Lei = Annotated[str, Text.LEI]
ListingCode = Annotated[str, Text.LISTING_CODE]
RegionCode = Annotated[str, Text.REGION_CODE]
IndustryCode = Annotated[str, Text.INDUSTRY_CODE]
ConditionText = Annotated[str, Text.CONDITION]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of the loaded text, with what stands there."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Label:
    """What people see of a field.

    `zh` the Chinese label; `description` in English (left out: the field's name in words); `unit` of a number
    (0–1: a share; days, count, people: not negative; ± on money: may be negative);
    `relation` the relationship type of a reference (left out: the field's name); `inverse` the field that the target gains,
    in camelCase (left out: the kind's name in the plural; empty: none); `marking` of what is stated without one; `was` earlier
    names of the field in stored blocks.
    """

    zh: str
    description: str = ""
    unit: str | None = None
    relation: str | None = None
    inverse: str | None = None
    marking: Marking = Marking.PUBLIC
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KindOptions:
    """What a kind declares about itself beside its fields.

    `identity` is a ladder: the highest rung first. `listing` names the question that lists it, where its plural is another question.
    `acyclic`: no record may come back to itself over links of this kind.
    """

    zh: str
    abstract: bool = False
    identity: tuple[tuple[str, ...], ...] = ()
    key: tuple[str, ...] = ()
    relation: str | None = None
    outgoing: str | None = None
    incoming: str | None = None
    listing: str | None = None
    was: tuple[str, ...] = ()
    acyclic: bool = False


KINDS: dict[str, type[Record]] = {}
"""Every kind declared so far, by class name, in order of declaration."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _Declared:
    """What type checkers look at: they take no fields from the class that is marked, so the mark is above `Record`."""


class Record(_Declared):
    """Anything that a statement can be about. Fields common to every kind:

    `id` the natural key (see `graph.identifiers`); left empty where the kind's identity fields give it.
    `valid_from`, `valid_to` valid time, closed-open; None: not stated and open.
    `marking`, `marking_owner` who may see the statement; None: the fields' default markings.
    """

    options: ClassVar[KindOptions] = KindOptions(zh="记录", abstract=True)

    id: Annotated[str, Label("标识", "Natural key; never an internal number")] = ""
    valid_from: Annotated[date | None, Label("生效日", "First day on which the statement holds; null: not stated")] = (
        None
    )
    valid_to: Annotated[date | None, Label("失效日", "First day on which it holds no more; null: open")] = None
    marking: Annotated[Marking | None, Label("密级", "Who may see this statement; null: the fields' defaults")] = None
    marking_owner: Annotated[
        Ref[Node] | None, Label("密级归属", "The organisation it is confidential to", inverse="")
    ] = None

    def __init_subclass__(
        cls,
        *,
        zh: str | None = None,
        abstract: bool = False,
        identity: tuple[tuple[str, ...], ...] | None = None,
        key: tuple[str, ...] = (),
        relation: str | None = None,
        outgoing: str | None = None,
        incoming: str | None = None,
        listing: str | None = None,
        was: tuple[str, ...] = (),
        acyclic: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.options = KindOptions(
            zh=zh or cls.options.zh,
            abstract=abstract,
            identity=cls.options.identity if identity is None else identity,
            key=key,
            relation=relation,
            outgoing=outgoing,
            incoming=incoming,
            listing=listing,
            was=was,
            acyclic=acyclic,
        )
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        if cls.__name__ in RESERVED_NAMES:
            if cls.__module__ == __name__:
                return
            raise TypeError(f"no kind may be called {cls.__name__}: the API has a type of this name")
        if cls.__name__ in KINDS:
            raise TypeError(f"a kind {cls.__name__} exists already, in {KINDS[cls.__name__].__module__}")
        KINDS[cls.__name__] = cls


dataclasses.dataclass(frozen=True, kw_only=True)(Record)


class Node(Record, zh="节点", abstract=True):
    """A thing with a life of its own."""


class Link(Record, zh="联系", abstract=True):
    """A fact without a life of its own, from a source to a target, told apart by the kind's `key` fields."""

    source: Annotated[Ref[Node], Label("起点", "Where the link starts")]
    target: Annotated[Ref[Node], Label("终点", "Where the link ends")]


@contextmanager
def declared_for_a_while() -> Iterator[None]:
    """Kinds declared inside are forgotten at the end: for tests that add a kind at run time."""
    before = dict(KINDS)
    try:
        yield
    finally:
        KINDS.clear()
        KINDS.update(before)
