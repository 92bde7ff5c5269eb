"""Scalars of the API: exact, and strict about what they take."""

from __future__ import annotations

import decimal
import re
from datetime import UTC, date, datetime
from typing import Any, Final, NewType

import strawberry
from graphql import FloatValueNode, GraphQLError, IntValueNode, StringValueNode, ValueNode, print_ast
from strawberry.types.scalar import ScalarDefinition

MAX_DIGITS: Final = 40
"""Digits of a decimal that the API takes, before and after the point together."""

_DATE: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_DECIMAL: Final = re.compile(r"^[+-]?\d+(\.\d+)?$")

Json = NewType("Json", object)
"""Any JSON value, as it stands."""


def _refused(what: str, value: object, remedy: str) -> GraphQLError:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else f"{shown[:77]}…"
    return GraphQLError(f"{shown} is no {what}; {remedy}", extensions={"code": "INVALID_INPUT"})


def parse_date(value: object) -> date:
    """The day that an ISO 8601 date states. Raises GraphQLError (INVALID_INPUT)."""
    if isinstance(value, str) and _DATE.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _refused("Date", value, "write a day of the calendar as 2017-12-31")


def parse_moment(value: object) -> datetime:
    """The moment, in UTC, that an ISO 8601 date and time with offset states. Raises GraphQLError (INVALID_INPUT)."""
    if isinstance(value, str) and len(value) <= 40:
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise _refused("DateTime", value, "write date, time and offset as 2024-05-01T08:00:00+08:00")


def print_moment(moment: datetime) -> str:
    """The moment as ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_decimal(value: object) -> decimal.Decimal:
    """The number that a plain decimal string (or whole number) states. Raises GraphQLError (INVALID_INPUT)."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and len(value) <= MAX_DIGITS and _DECIMAL.match(value):
        return decimal.Decimal(value)
    raise _refused("Decimal", value, f'write it as a string of at most {MAX_DIGITS} characters, such as "3000.50"')


def print_decimal(value: decimal.Decimal) -> str:
    """The number in plain digits, never with an exponent."""
    return format(value, "f")


def _decimal_literal(node: ValueNode, _variables: Any = None) -> decimal.Decimal:
    if isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
        return parse_decimal(node.value)
    raise _refused("Decimal", print_ast(node), 'write it as a string, such as "3000.50"')


def _date_literal(node: ValueNode, _variables: Any = None) -> date:
    return parse_date(_text_of(node))


def _moment_literal(node: ValueNode, _variables: Any = None) -> datetime:
    return parse_moment(_text_of(node))


def _text_of(node: ValueNode) -> object:
    return node.value if isinstance(node, StringValueNode) else print_ast(node)


SCALARS: Final[dict[object, ScalarDefinition]] = {
    date: strawberry.scalar(
        name="Date",
        description="日期 · ISO 8601, such as 2017-12-31",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=date.isoformat,
        parse_value=parse_date,
        parse_literal=_date_literal,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="时刻 · ISO 8601 with offset, such as 2024-05-01T00:00:00Z",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=print_moment,
        parse_value=parse_moment,
        parse_literal=_moment_literal,
    ),
    decimal.Decimal: strawberry.scalar(
        name="Decimal",
        description="精确小数 · A string of digits, exact",
        serialize=print_decimal,
        parse_value=parse_decimal,
        parse_literal=_decimal_literal,
    ),
    Json: strawberry.scalar(name="JSON", description="Any JSON value", serialize=lambda value: value),
}
"""What strawberry is told of the types that are not built in."""
