"""Rates at which money of one currency counts in another."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from graph.records import Label, Node


class ExchangeRate(Node, zh="汇率"):
    """What a currency was worth in another, by its source. It counts from `validFrom`; of several in force the last quoted.

    A haircut is taken off what another currency brings, never off what is owed in it; a rate without one converts nothing.
    """

    currency: Annotated[str, Label("币种", "ISO 4217, such as USD")]
    rate: Annotated[Decimal, Label("汇率", "Units of the quote currency for `per` units")]
    haircut: Annotated[Decimal, Label("折扣率", "0 where none is taken", unit="0–1")]
    quote: Annotated[str | None, Label("计价币种", "ISO 4217; null: CNY")] = None
    per: Annotated[int | None, Label("每单位数", "100 where 100 JPY are quoted; null: 1", unit="count")] = None
    quoted_on: Annotated[date | None, Label("报价日", "Null: validFrom")] = None
