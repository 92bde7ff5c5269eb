"""Chinese and Arabic numerals as they number headings, date documents and state amounts."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = {
    "〇": 0,
    "○": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10**4, "亿": 10**8}
CHINESE = "〇○零一二两三四五六七八九十百千"


def integer_of(numeral: str) -> int | None:
    """The whole number that a numeral writes (`十二`, `二〇一七`, `27`), or None where it writes none."""
    if not numeral or len(numeral) > 20:
        return None
    if numeral.isascii() and numeral.isdigit():
        return int(numeral)
    if all(char in _DIGITS for char in numeral):
        return int("".join(str(_DIGITS[char]) for char in numeral))
    total = group = digit = 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            # 十二 leaves out the one before its ten.
            group += (digit or 1) * _UNITS[char]
            digit = 0
        elif char in _GROUPS:
            total += (group + digit) * _GROUPS[char]
            group = digit = 0
        else:
            return None
    return total + group + digit


def decimal_of(numeral: str) -> Decimal | None:
    """The exact number that a numeral writes (`4,000`, `0.4`, `三千`), or None where it writes none."""
    plain = numeral.replace("，", "").replace(",", "")
    if plain and len(plain) <= 30 and plain.replace(".", "", 1).isdigit() and plain.isascii():
        return Decimal(plain)
    whole = integer_of(plain)
    return None if whole is None else Decimal(whole)
