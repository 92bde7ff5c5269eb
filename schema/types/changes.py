"""The changes of a what-if: the same words as a load, one record at a time."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import orjson
import strawberry
from strawberry.schema_directives import OneOf
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from graph.errors import InvalidInput, LimitExceeded
from graph.fields import SEPARATOR, FieldSpec, FieldType
from graph.money import Money
from graph.ontology import KindSpec, Ontology
from graph.records import Ref, Span
from graph.values import from_stored
from graph.what_if import MAX_CHANGES, Add, Change, Remove, Set
from loaders.tabular.cells import CurrencyReader, Fault, reader_for
from schema.context import Scope
from schema.scalars import Json
from schema.types.derived import AskedField, Types, derived, make_argument, make_field, make_input
from schema.types.values import input_field

SHOWN: Final = 80
"""Characters of a value that a message shows."""

VIEW: Final = (
    "视图 · The graph as it was on asOf (left out: today), as it was known at knownAt (left out: now), and, with changes, as it would be "
    "with them: nothing is written"
)
SET: Final = "改写 · Fields of a record as they would be; null: known to be empty; what is left out stays"
ADD: Final = (
    "新增 · A record that would be there; its id is among the fields, or follows from its identity fields as in a load"
)
CHANGE: Final = (
    "假设变更 · One change of a what-if, in the words of a load: fields of a kind by name, amounts as numbers in 元, as printed (3000万元) "
    "or as {amount, currency}"
)


class ViewField(AskedField):
    """The field `view` of Query."""

    def get_result(self, source: Scope, info: Info | None, args: list[Any], kwargs: Mapping[str, Any]) -> Scope:
        """The scope that the arguments ask for."""
        ontology = source.view.ontology
        return source.at(
            kwargs.get("as_of"), kwargs.get("known_at"), list(changes_of(ontology, kwargs.get("changes") or ()))
        )


def add_changes(types: Types) -> None:
    """Make the input types of changes."""
    identifier = input_field("id", strawberry.ID, "The record")
    fields = input_field("fields", Json, "Values by the camelCase names of the kind's fields")
    kind = input_field("kind", types["Kind"], "Its kind")
    types.add("SetInput", make_input("SetInput", [identifier, fields], SET))
    types.add("AddInput", make_input("AddInput", [kind, fields], ADD))
    change = make_input(
        "ChangeInput",
        [
            input_field("set", StrawberryOptional(types["SetInput"]), SET),
            input_field("add", StrawberryOptional(types["AddInput"]), ADD),
            input_field("remove", StrawberryOptional(strawberry.ID), "移除 · The record would be gone"),
        ],
        CHANGE,
    )
    change.__strawberry_definition__.directives = (OneOf(),)
    types.add("ChangeInput", change)


def view_field(types: Types) -> StrawberryField:
    """The question that asks another time, or a what-if."""
    field = make_field("view", "view", derived("View"), VIEW, ViewField)
    field.arguments = [
        make_argument("as_of", "asOf", StrawberryOptional(date)),
        make_argument("known_at", "knownAt", StrawberryOptional(datetime)),
        make_argument("changes", "changes", StrawberryOptional(StrawberryList(types["ChangeInput"]))),
    ]
    return field


def changes_of(ontology: Ontology, values: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    """The changes that ChangeInputs state. Raises InvalidInput, naming place, value and remedy, and LimitExceeded."""
    if len(values) > MAX_CHANGES:
        raise LimitExceeded(f"changes has {len(values)} changes; at most {MAX_CHANGES} in one what-if")
    for at, value in enumerate(values):
        [(what, given)] = [(name, item) for name, item in value.items() if item is not None] or [("", None)]
        match what:
            case "set":
                kind = ontology.kind_of(given["id"])
                place = f"changes[{at}].set"
                if kind is None:
                    raise InvalidInput(
                        f"{place}.id {given['id'][:SHOWN]!r} is not an id; an id looks like enterprise:91410300MA0000000X"
                    )
                yield Set(given["id"], dict(_fields(kind, given["fields"], place)))
            case "add":
                kind = ontology[given["kind"].value]
                yield Add(kind.name, dict(_fields(kind, given["fields"], f"changes[{at}].add")))
            case "remove":
                yield Remove(given)
            case _:
                raise InvalidInput(f"changes[{at}] is empty; give one of set, add, remove")


def _fields(kind: KindSpec, fields: Any, place: str) -> Iterator[tuple[str, Any]]:
    """The fields by Python name with their values."""
    place = f"{place}.fields"
    if not isinstance(fields, Mapping):
        raise InvalidInput(f"{place} is {_shown(fields)}; give an object of values by field name")
    for name, value in fields.items():
        spec = kind.by_graph_name.get(name)
        if spec is not None:
            yield spec.name, None if value is None else value_of(spec, value, f"{place}.{name}")
        elif name == "id" and not kind.is_link and isinstance(value, str):
            yield "id", value
        else:
            known = [*kind.by_graph_name]
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}? " if close else ""
            raise InvalidInput(
                f"{place} has {name[:SHOWN]!r}, which is no field of {kind.name}; {hint}it has {', '.join(known)}"
            )


def value_of(spec: FieldSpec, value: Any, place: str) -> Any:
    """The value of a field that a JSON value states, read as a cell of a load is. Raises InvalidInput, naming place, value and remedy."""
    match spec.holds:
        case FieldType.MONEY if isinstance(value, Mapping):
            return _money(spec, value, place)
        case FieldType.SPAN:
            return _span(value, place)
        case FieldType.TEXTS:
            items = value if isinstance(value, list) else [value]
            return tuple(_text(item, place) for item in items)
        case FieldType.TERMS:
            items = value if isinstance(value, list) else [value]
            joined = SEPARATOR.join(_text(item, place) for item in items)
            return () if not joined else from_stored(spec, (_read(spec, joined, place),))
    read = _read(spec, _text(value, place), place)
    if spec.holds is FieldType.MONEY or read is None:
        return read
    return Ref(read) if spec.holds is FieldType.REF else from_stored(spec, (read,))


def _read(spec: FieldSpec, text: str, place: str) -> Any:
    return _unless_fault(reader_for(spec).read, text, place)


def _unless_fault(read: Callable[[str], Any], text: str, place: str) -> Any:
    found = read(text)
    if isinstance(found, Fault):
        raise InvalidInput(f"{place} {text[:SHOWN]!r} {found.reason}; {found.remedy}")
    return found


def _text(value: Any, place: str) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return repr(value)
    raise InvalidInput(f"{place} is {_shown(value)}; give one plain value")


def _money(spec: FieldSpec, value: Mapping[str, Any], place: str) -> Money:
    unknown = [name for name in value if name not in ("amount", "currency", "printed")]
    if unknown or "amount" not in value:
        raise InvalidInput(f"{place} is {_shown(value)}; give an amount in 元, or {{amount, currency}}")
    money = _read(spec, _text(value["amount"], f"{place}.amount"), f"{place}.amount")
    currency, printed = value.get("currency"), value.get("printed")
    code = money.currency
    if currency is not None:
        code = _unless_fault(CurrencyReader().read, _text(currency, place), f"{place}.currency")
    return Money(money.minor, code, money.printed if printed is None else _text(printed, f"{place}.printed"))


def _span(value: Any, place: str) -> Span:
    match value:
        case {"start": int(start), "end": int(end), **rest} if rest.keys() <= {"quote"}:
            return Span(start, end, str(rest.get("quote", "")))
    raise InvalidInput(f"{place} is {_shown(value)}; give {{start, end, quote}}")


def _shown(value: Any) -> str:
    return orjson.dumps(value, default=_decimal).decode()[:SHOWN]


def _decimal(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError
