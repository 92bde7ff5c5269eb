"""Values that many answers hold: money, spans, the evidence of a record, how complete an answer is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Final, Protocol, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField

from graph.errors import InvalidInput
from graph.fields import camel
from graph.money import CNY, MAX_MINOR, MINOR_PER_MAJOR
from graph.money import Money as Amount
from queries.ratios import rounded
from schema.types.derived import make_input


class Fielded(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Parameters = TypeVar("Parameters", bound=Fielded)


@strawberry.type(description="金额 · An amount of money, exact to 分")
class Money:
    """What `graph.money.Money` answers, by the same names."""

    amount: Decimal = strawberry.field(description="In major units (元)")
    currency: str = strawberry.field(description="ISO 4217")
    printed: str | None = strawberry.field(description="As the source wrote it; null: it came as a number")


@strawberry.type(description="原文位置 · Characters [start, end) of the loaded text")
class Span:
    """What `graph.records.Span` answers, by the same names."""

    start: int = strawberry.field(description="First character, from 0")
    end: int = strawberry.field(description="The character after the last")
    quote: str = strawberry.field(description="What stands there")


def input_field(name: str, graphql_type: object, description: str, default: object = None) -> StrawberryField:
    """A field of an input type; a default of None is none."""
    extra: dict[str, Any] = {} if default is None else {"default": default}
    return StrawberryField(
        python_name=name,
        graphql_name=name,
        type_annotation=StrawberryAnnotation(graphql_type),
        description=description,
        **extra,
    )


MoneyInput: Final = make_input(
    "MoneyInput",
    [
        input_field("amount", Decimal, "In major units (元)"),
        input_field("currency", str | None, "ISO 4217", default=CNY),
    ],
    "金额 · An amount of money in major units",
)


def with_given(parameters: Parameters, value: Mapping[str, Any] | None) -> Parameters:
    """The parameters with what an input states of their fields, by their names in camelCase; what is left out or null stays."""
    value = value or {}
    named = {one.name: value.get(camel(one.name)) for one in fields(parameters)}
    return replace(parameters, **{name: given for name, given in named.items() if given is not None})


def amount_of(minor: int | None, currency: str = CNY) -> Any:
    """So many 分 as a source of Money; None where they are not known."""
    return None if minor is None else Amount(minor, currency)


def decimal_of(value: Fraction | None) -> Decimal | None:
    """A share as the API shows it, half-even to 6 places; None where it is not known."""
    return None if value is None else rounded(value)


def money_of(value: Mapping[str, Any], name: str) -> Amount:
    """The money that a MoneyInput states. Raises InvalidInput, naming the argument, below 0 or finer than 分."""
    amount = value["amount"]
    if amount < 0 or amount * MINOR_PER_MAJOR != int(amount * MINOR_PER_MAJOR):
        raise InvalidInput(f"{name} is {amount}; give an amount from 0, in 元, exact to 分")
    if amount > MAX_MINOR // MINOR_PER_MAJOR:
        raise InvalidInput(f"{name} is {amount}; give at most {MAX_MINOR // MINOR_PER_MAJOR}, the largest amount kept")
    return Amount.of(amount, currency=value.get("currency") or CNY)
