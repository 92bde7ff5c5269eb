"""Types made at run time from the ontology: how they are built, and how declared types name them before they exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import EnumMeta
from typing import Any, Final

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import InputContext, StrawberryArgument
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType
from strawberry.types.unset import UNSET


class Types(dict[str, Any]):
    """The types made for one schema, by name; each name once."""

    def add(self, name: str, made: Any) -> Any:
        """The type just made, filed. Raises TypeError when the name is taken."""
        if name in self:
            raise TypeError(f"two types of the API would be called {name}; rename the kind or the code list")
        self[name] = made
        return made


_NAMED: Final[ContextVar[Types]] = ContextVar("types of the schema that is being built")


@contextmanager
def named(types: Types) -> Iterator[None]:
    """While a schema is built: the types that `derived` finds by name."""
    token = _NAMED.set(types)
    try:
        yield
    finally:
        _NAMED.reset(token)


@dataclass(frozen=True)
class Derived(LazyType[Any, Any]):
    """A type of the schema by its name: the type itself exists only once the ontology is known.

    For what fields answer; an argument needs the type itself, since requests come after the schema is built.
    """

    def resolve_type(self) -> type[Any]:
        """The type of this name in the schema that is being built. Raises KeyError when it has none."""
        found: type[Any] = _NAMED.get()[self.type_name]
        return found


def derived(name: str) -> Any:
    """What a declared type writes where it means the derived type `name`: `graphql_type=derived("Enterprise") | None`."""
    return Derived(name, __name__)


class AskedField(StrawberryField):
    """A derived field that takes arguments: `get_result` is always called with them."""

    @property
    def is_basic_field(self) -> bool:
        """False."""
        return False


def make_field(
    name: str,
    graph_name: str,
    graphql_type: object,
    description: str | None,
    base: type[StrawberryField] = StrawberryField,
) -> StrawberryField:
    """A field that reads attribute `name` of its source; `base` may read it otherwise."""
    return base(
        python_name=name,
        graphql_name=graph_name,
        type_annotation=StrawberryAnnotation(graphql_type),
        description=description,
    )


def make_argument(
    name: str, graph_name: str, graphql_type: object, description: str | None = None, default: object = UNSET
) -> StrawberryArgument:
    """An argument of a derived field."""
    return StrawberryArgument(
        python_name=name,
        graphql_name=graph_name,
        type_annotation=StrawberryAnnotation(graphql_type),
        description=description,
        default=default,
    )


def make_object(
    name: str,
    fields: Sequence[StrawberryField],
    description: str,
    interfaces: Sequence[type[Any]] = (),
    *,
    is_interface: bool = False,
    resolve_type: Callable[..., str] | None = None,
) -> type[Any]:
    """An object or interface type. Sources may be of any class: whoever resolves to it vouches for them."""
    origin = type(name, (), {})
    origin.__strawberry_definition__ = StrawberryObjectDefinition(  # type: ignore[attr-defined]
        name=name,
        is_input=False,
        is_interface=is_interface,
        origin=origin,
        description=description,
        interfaces=[interface.__strawberry_definition__ for interface in interfaces],
        extend=False,
        directives=(),
        is_type_of=None if is_interface else _always,
        resolve_type=resolve_type,
        fields=list(fields),
    )
    return origin


def make_input(name: str, fields: Sequence[StrawberryField], description: str) -> type[Any]:
    """An input type whose values reach the resolvers as plain mappings by GraphQL name, without what was left out."""
    origin = type(name, (), {})
    origin.__strawberry_definition__ = StrawberryObjectDefinition(  # type: ignore[attr-defined]
        name=name,
        is_input=True,
        is_interface=False,
        origin=origin,
        description=description,
        interfaces=[],
        extend=False,
        directives=(),
        is_type_of=None,
        resolve_type=None,
        fields=list(fields),
        from_input=_as_mapping,
    )
    return origin


def make_enum(
    members: EnumMeta, name: str, description: str, values: Mapping[str, str | None]
) -> StrawberryEnumDefinition:
    """The enum type of a Python enum, with a description a member; also what declared types get that name the Python enum."""
    definition = StrawberryEnumDefinition(
        wrapped_cls=members,
        name=name,
        values=[EnumValue(member.name, member.value, description=values.get(member.name)) for member in members],  # type: ignore[var-annotated]
        description=description,
    )
    members.__strawberry_definition__ = definition  # type: ignore[attr-defined]
    return definition


def declared_fields(cls: type[Any]) -> list[StrawberryField]:
    """The fields of a declared type, for use in a derived one."""
    fields: list[StrawberryField] = cls.__strawberry_definition__.fields
    return list(fields)


def question(*, description: str, graphql_type: Any = None) -> Callable[[Callable[..., Any]], Any]:
    """A decorator that makes a method a field with this description; its answer is of `graphql_type`, where it names none."""

    def decorated(method: Callable[..., Any]) -> Any:
        return strawberry.field(method, description=description, graphql_type=graphql_type)

    return decorated


def _always(_source: object, _info: object) -> bool:
    return True


def _as_mapping(_type: type, value: Mapping[str, Any], _context: InputContext) -> Mapping[str, Any]:
    return value
