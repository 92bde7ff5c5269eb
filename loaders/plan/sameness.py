"""Names that may mean one thing: candidates with a reason, never merged here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from loaders.plan.heads import Sort
from loaders.plan.things import Thing


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two things of a plan that may be one. `score` 0–1: the share of characters that the names have in common."""

    first: str
    second: str
    sort: Sort
    score: Decimal
    reason: str


_LEVEL = re.compile(r"^(?:我?市|省|县|区|全市)(?![场域])")
_MONEY_WORD = re.compile(r"引导资金$")
_GUIDES = re.compile(r"引导")
_ENHANCES = re.compile(r"风险|信保|增信|代偿|保证金")
_COMPARED = {Sort.FUND, Sort.POOL, Sort.LOAN_PRODUCT, Sort.VOUCHER_SCHEME}


def _is_within(short: str, long: str) -> bool:
    """True where the characters of `short` stand in `long` in the same order."""
    rest = iter(long)
    return all(char in rest for char in short)


def _score(first: str, second: str) -> Decimal:
    """Dice's coefficient of the pairs of neighbouring characters, to two places."""
    pairs = [[name[at : at + 2] for at in range(len(name) - 1)] for name in (first, second)]
    left = list(pairs[1])
    common = 0
    for pair in pairs[0]:
        if pair in left:
            left.remove(pair)
            common += 1
    total = len(pairs[0]) + len(pairs[1])
    return (Decimal(2 * common) / Decimal(total)).quantize(Decimal("0.01")) if total else Decimal(0)


def _stem(name: str) -> str:
    return _LEVEL.sub("", name)


def _local(name: str, city: str | None) -> str:
    """The name without the city's own before it: 某某市天使基金 and 市天使基金 are compared as one."""
    return name.removeprefix(city) if city is not None and len(name) > len(city) else name


def _fund_reason(first: str, second: str) -> str | None:
    """Guidance funds only: one that guides and one that invests are two, and a sub-fund is not its parent."""
    one, other = _stem(first), _stem(second)
    if first.endswith("子基金") or second.endswith("子基金"):
        return None
    if bool(_GUIDES.search(one)) is not bool(_GUIDES.search(other)):
        return None
    if _MONEY_WORD.sub("引导基金", one) == _MONEY_WORD.sub("引导基金", other):
        return f"{first} and {second} differ only in 基金 or 资金, or in a level; whether they are one is not stated"
    short, long = sorted((one, other), key=len)
    if len(short) >= 6 and _is_within(short, long):
        return f"{short} may be short for {long}, which has its characters in that order; the text does not say"
    return None


def _pool_reason(first: str, second: str) -> str | None:
    if not (_ENHANCES.search(first) and _ENHANCES.search(second)):
        return None
    short, long = sorted((_stem(first), _stem(second)), key=len)
    marks = re.compile(r"资金|池|金|基")
    if set(marks.sub("", short)) <= set(marks.sub("", long)):
        return f"{first} and {second} are both risk money; whether they are one pool is not stated"
    return f"{first} and {second} both stand behind loans; whether they are one pool is not stated"


def _name_reason(first: str, second: str) -> str | None:
    short, long = sorted((_stem(first), _stem(second)), key=len)
    if (
        len(short) >= 5
        and len(long) - len(short) <= 3
        and short[-2:] == long[-2:]
        and short[:2] == long[:2]
        and _is_within(short, long)
    ):
        return f"the characters of {short} stand in {long} in that order; whether they are one is not stated"
    return None


def find_candidates(things: Sequence[Thing], city: str | None) -> tuple[Candidate, ...]:
    """Pairs of funds, pools, products and vouchers that may be one thing, in printed order.

    Generic names (各类投资基金) are no candidates, but a pool that an inventory names is: it may be any of them.
    """
    reasons = {Sort.FUND: _fund_reason, Sort.POOL: _pool_reason}
    found = []
    for one, other in combinations(things, 2):
        if one.sort is not other.sort or one.sort not in _COMPARED:
            continue
        if one.sort is not Sort.POOL and not (one.definite and other.definite):
            continue
        names = (_local(one.name, city), _local(other.name, city))
        reason = reasons.get(one.sort, _name_reason)(*names)
        if reason is not None:
            score = _score(_stem(names[0]), _stem(names[1]))
            found.append(Candidate(one.name, other.name, one.sort, score, reason))
    return tuple(found)
