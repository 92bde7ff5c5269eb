"""Units as they are printed behind a number: what is counted, and how many of it one is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Final

from graph.money import CNY, CURRENCIES, MINOR_PER_MAJOR, UNITS

PERCENT: Final = "%"
_SHARES: Final = {
    "%": Fraction(1),
    "％": Fraction(1),
    "‰": Fraction(1, 10),
    "个百分点": Fraction(1),
    "百分点": Fraction(1),
}
_COUNTED = re.compile(r"(?P<many>万亿|[十百千]?[万亿]|[百千])?(?P<noun>[^\d\s]*)")


class Counted(Enum):
    """What of contracts a unit counts."""

    MONEY = "money"
    PEOPLE = "people"
    PARTIES = "parties"
    CONTRACTS = "contracts"


_COUNTS: Final = {
    Counted.PEOPLE: ("人", "名"),
    Counted.PARTIES: ("家", "户", "个", "个团队"),
    Counted.CONTRACTS: ("笔", "次", "户次", "人次", "张", "份"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor` of `noun`: 万元 is 10,000 CNY, 万人 10,000 人; shares and percentage points are per cent."""

    noun: str
    factor: Fraction
    is_money: bool = False

    @property
    def counted(self) -> Counted | None:
        """What of contracts it counts; None: nothing that contracts tell."""
        if self.is_money:
            return Counted.MONEY
        return next((kind for kind, nouns in _COUNTS.items() if self.noun in nouns), None)

    def of_minor(self, minor: int) -> Fraction:
        """An amount in 分 of this unit's currency, in this unit."""
        return Fraction(minor, MINOR_PER_MAJOR) / self.factor


def unit_of(printed: str | None, currency: str = CNY) -> Unit:
    """The unit that is printed; of money without the name of a currency this one's. None: a plain number."""
    text = re.sub(r"\s", "", printed or "")
    if text in _SHARES:
        return Unit(PERCENT, _SHARES[text])
    match = _COUNTED.fullmatch(text)
    many, noun = (match["many"] or "", match["noun"]) if match is not None else ("", text)
    if noun == "元":
        return Unit(currency, Fraction(UNITS[many]), is_money=True)
    if noun in CURRENCIES:
        return Unit(CURRENCIES[noun], Fraction(UNITS[many]), is_money=True)
    return Unit(noun, Fraction(UNITS[many]))


def converted(value: Decimal, unit: Unit, to: Unit) -> Fraction | None:
    """A value in another unit of the same noun; None where they count different things."""
    if (unit.noun, unit.is_money) != (to.noun, to.is_money):
        return None
    return Fraction(value) * unit.factor / to.factor
