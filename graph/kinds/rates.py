"""Rates at which money of one currency counts in another."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from graph.records import Label, Node


class ExchangeRate(Node, zh="汇率"):
    """What a currency was worth in another, by its source. It counts from `validFrom`; of several in force the last quoted.

    A haircut is taken off what another currency brings, never off what is owed in it.
    """

    currency: Annotated[str, Label("币种", "ISO 4217, such as USD")]
    quote: Annotated[str | None, Label("计价币种", "ISO 4217; null: CNY")] = None
    rate: Annotated[Decimal, Label("汇率", "Units of the quote currency for `per` units")]
    per: Annotated[int | None, Label("每单位数", "100 where 100 JPY are quoted; null: 1", unit="count")] = None
    haircut: Annotated[Decimal | None, Label("折扣率", "Null: not stated", unit="0–1")] = None
    quoted_on: Annotated[date | None, Label("报价日", "Null: validFrom")] = None
