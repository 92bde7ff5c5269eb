"""Money: integer minor units (分 for CNY) with a currency and, where there was one, the printed string."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from typing import Final

from graph.errors import InvalidInput

CNY: Final = "CNY"
MINOR_PER_MAJOR: Final = 100

MAX_MINOR: Final = 10**17
"""Largest amount that is stored, in 分 (10¹⁵ 元): sums of a hundred such amounts still fit a signed 64-bit integer."""

UNITS: Final[dict[str, int]] = {
    "": 1,
    "元": 1,
    "百": 10**2,
    "百元": 10**2,
    "千": 10**3,
    "千元": 10**3,
    "万": 10**4,
    "万元": 10**4,
    "十万": 10**5,
    "十万元": 10**5,
    "百万": 10**6,
    "百万元": 10**6,
    "千万": 10**7,
    "千万元": 10**7,
    "亿": 10**8,
    "亿元": 10**8,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}
"""Major units (元) in one of each printed unit."""

CURRENCIES: Final[dict[str, str]] = {
    "人民币": CNY, "元人民币": CNY, "RMB": CNY, "CNY": CNY, "¥": CNY, "￥": CNY, "人民币元": CNY,
    "美元": "USD", "美金": "USD", "USD": "USD", "$": "USD", "US$": "USD",
    "欧元": "EUR", "EUR": "EUR", "€": "EUR", "英镑": "GBP", "GBP": "GBP", "£": "GBP",
    "日元": "JPY", "JPY": "JPY", "港元": "HKD", "港币": "HKD", "HKD": "HKD",
    "新加坡元": "SGD", "SGD": "SGD", "新加坡币": "SGD", "韩元": "KRW", "KRW": "KRW", "卢比": "INR", "印度卢比": "INR",
    "加元": "CAD", "CAD": "CAD", "澳元": "AUD", "AUD": "AUD", "瑞士法郎": "CHF", "CHF": "CHF", "新台币": "TWD", "台币": "TWD",
}  # fmt: skip
"""ISO 4217 code of each printed currency."""

_PRINTED = re.compile(
    r"^(?P<before>[^\d+\-.]*)(?P<number>[+-]?\d[\d,]*(?:\.\d+)?)(?P<unit>万亿|[十百千]?[万亿]|[百千])?(?P<after>\D*)$"
)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of money.

    `minor` is in 分 (1/100 of the currency's major unit), any sign; `printed` is the source's own wording.
    """

    minor: int
    currency: str = CNY
    printed: str | None = None

    @property
    def amount(self) -> Decimal:
        """The amount in major units (元), exact to 分."""
        with localcontext() as context:
            context.prec = 40
            return Decimal(self.minor).scaleb(-2)

    @classmethod
    def of(
        cls, major: Decimal | int | str, *, unit: str = "元", currency: str = CNY, printed: str | None = None
    ) -> Money:
        """The money that `major` units of `unit` are: Money.of(3000, unit="万元").

        Raises InvalidInput for an unknown unit, a number finer than 分 or beyond `MAX_MINOR`.
        """
        if unit not in UNITS:
            raise InvalidInput(f"unknown money unit {unit!r}; known: {'、'.join(u for u in UNITS if u)}")
        try:
            with localcontext() as context:
                context.prec = 40
                minor = Decimal(major) * UNITS[unit] * MINOR_PER_MAJOR
        except InvalidOperation as exc:
            raise InvalidInput(f"{major!r} is not a number; write it in digits, such as 3000 or 3000.50") from exc
        if not minor.is_finite() or abs(minor) > MAX_MINOR:
            raise InvalidInput(f"{major} {unit} is beyond {MAX_MINOR // 100} 元, the largest amount kept")
        if minor != minor.to_integral_value():
            raise InvalidInput(f"{major} {unit} is finer than 分; round it at the source")
        return cls(int(minor), currency, printed)


def parse_money(printed: str) -> Money | None:
    """The money that a printed string states: "3.5亿人民币", "500万元", "USD 1,200".

    None when the string states no exact amount (未披露, 数千万, 近亿, 过亿, empty).
    """
    text = unicodedata.normalize("NFKC", printed).replace("\xa0", " ").strip()
    match = _PRINTED.match(re.sub(r"\s+", "", text))
    if match is None:
        return None
    before, after = match["before"], match["after"]
    unit = match["unit"] or ""
    rest = before + (after.removeprefix("元") if after != "元人民币" else "人民币")
    currency = CURRENCIES.get(rest) if rest else CNY
    if currency is None:
        currency = CURRENCIES.get(before + after)
    if currency is None:
        return None
    try:
        return Money.of(match["number"].replace(",", ""), unit=unit, currency=currency, printed=printed)
    except InvalidInput:
        return None
