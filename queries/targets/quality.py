"""Growth and quality of firms, with how well they are evidenced.

Growth: revenue against what was stated for the day a year before. Own capital: net assets against registered capital. Rights: whether
the firm owns intellectual property. What is not known is left out of the mean, which counts by the strength of the firm's own statements.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

import numpy as np

from graph.snapshot_columns import NOT_STATED
from graph.snapshot_ids import NUMBER_MASK
from graph.values import MILLION, millionths
from graph.view import View
from queries.chain_position import Mask
from queries.columns import is_foreign
from queries.derived import once
from queries.financing.reaching.firms import FIRM, Firms
from queries.financing.search.strengths import strengths
from queries.ratios import FITS, Ints, shares_of


@dataclass(frozen=True, slots=True, eq=False)
class Quality:
    """By firm, in millionths, NOT_STATED where not known: `growth` of revenue in a year (negative: it shrank), `own_capital` 0–1 of the
    registered capital, `evidence` 0–1. owns_rights: whether it owns intellectual property.
    """

    growth: Ints
    own_capital: Ints
    owns_rights: Mask
    evidence: Ints

    @classmethod
    def of(cls, view: View) -> Quality:
        """The quality of all firms; made once a view. Cost: firms are resolved for the day a year before."""
        return once(view, Quality, partial(cls._made, view))

    @classmethod
    def _made(cls, view: View) -> Quality:
        firms = Firms.of(view)
        assets, registered = _yuan(view, firms.handles, "net_assets"), _yuan(view, firms.handles, "registered_capital")
        known = (assets != NOT_STATED) & (registered > 0)
        capital = np.where(known, np.clip(assets, 0, np.maximum(registered, 0)), 0)
        return cls(
            _growth(view, firms),
            np.where(known, _over(capital, registered), NOT_STATED),
            firms.among(view.refs(view.handles("IpRight"), "owner")),
            strengths(view, firms.handles),
        )

    def utility(self, full_growth: Decimal) -> Ints:
        """The mean of what is known × evidence, in millionths; a growth of `full_growth` a year counts 1, none 0."""
        full = np.full(len(self.growth), millionths(full_growth, "fullGrowth"))
        grown = np.where(self.growth == NOT_STATED, NOT_STATED, _over(np.clip(self.growth, 0, full), full))
        total, count = np.zeros(len(grown), np.int64), np.zeros(len(grown), np.int64)
        for part in (grown, self.own_capital, np.where(self.owns_rights, MILLION, NOT_STATED)):
            known = part != NOT_STATED
            total += np.where(known, part, 0)
            count += known
        mean = total // np.maximum(count, 1)
        return np.where(count > 0, mean * self.evidence // MILLION, NOT_STATED)


def _growth(view: View, firms: Firms) -> Ints:
    """What revenue grew by since the day a year before, by firm. One figure for both days tells nothing."""
    then = view.on(year_before(view.as_of))
    numbers = firms.handles & NUMBER_MASK
    now_kind, then_kind = view.kind_view(FIRM), then.kind_view(FIRM)
    spec = now_kind.table.kind.by_name["annual_revenue"]
    there = then_kind.own[numbers]
    moved = np.zeros(len(firms), bool)
    moved[there] = now_kind.rows_of(numbers[there], spec) != then_kind.rows_of(numbers[there], spec)
    now, before = _yuan(view, firms.handles, "annual_revenue"), np.full(len(firms), NOT_STATED)
    before[moved] = _yuan(then, firms.handles[moved], "annual_revenue")
    known = (now != NOT_STATED) & (before > 0)
    grown = _over(np.where(known, now, 0), np.where(known, before, 1)) - MILLION
    return np.where(known, grown, NOT_STATED)


def year_before(day: date) -> date:
    """The same day of the year before; of 29 February the 28th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def _yuan(view: View, handles: Ints, field: str) -> Ints:
    """A money field in CNY; in another currency, or beyond all measure, it is not known."""
    amounts = view.ints(handles, field)
    odd = is_foreign(view, handles, field) | (np.abs(amounts) > FITS)
    return np.where(odd, NOT_STATED, amounts)


def _over(amounts: Ints, bases: Ints) -> Ints:
    """⌊amount × 10⁶ / base⌋ where it is below 10³ times the base, else that; bases above 0, up to `FITS`."""
    base = np.maximum(bases, 1)
    whole, rest = np.divmod(amounts, base)
    return np.where(whole < 1_000, whole * MILLION + shares_of(rest, base), 1_000 * MILLION)
