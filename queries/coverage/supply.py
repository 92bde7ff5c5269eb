"""What funds can still give: callable money, cash, and dry powder for new deals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.snapshot import NOT_STATED, day_of
from graph.view import View
from queries.coverage.amounts import Amounts, added_up, amounts_of, years_of
from queries.coverage.network import Flags, Ints
from queries.coverage.parts import closed_parts

OWN_FIELDS = ("recyclable", "signed_unpaid", "reserves", "fees_paid", "fees_due", "paid_out")
"""Money fields of a fund that enter its supply."""


@dataclass(frozen=True, slots=True)
class FundSupply:
    """What a fund can still give. 分; None: not stated.

    callable_money = committed by investors in good standing + recyclable − invested − committed to sub-funds − signed unpaid
    − reserves − fees paid and due. cash = paid in + recyclable − invested − paid into sub-funds − fees paid − paid out.
    Both may be negative: the fund has promised or spent more than it has.
    known_callable: callable money by what is stated of it; is_uncommitted: nobody has committed anything.
    last_year: the last year with new deals, None: no end is stated.
    not_stated: by name, sorted, what the figures need and no source states in CNY. Without `committed` there is no callable
    money, without `paid_in` no cash; anything else counts as none (`invested`, `committed_to_sub_funds`, `paid_to_sub_funds`:
    some part of it is not stated).
    """

    fund: int
    committed: int | None
    paid_in: int | None
    invested: int
    callable_money: int | None
    cash: int | None
    known_callable: int
    is_uncommitted: bool
    is_investing: bool
    last_year: int | None
    not_stated: tuple[str, ...]

    @property
    def dry_powder(self) -> int | None:
        """What is left for new deals: 0 once the investment period has ended."""
        return self.dry_powder_with(0)

    def dry_powder_with(self, more: int) -> int | None:
        """The same if `more` were committed to it; a fund whose commitments are not all stated has no size for that."""
        if not self.is_investing:
            return 0
        is_known = self.callable_money is not None or (self.is_uncommitted and more > 0)
        return max(0, self.known_callable + more) if is_known else None


@dataclass(frozen=True, slots=True)
class Supplies:
    """The supply of some funds, and what each of them, by place, holds in which enterprise: 分 at cost."""

    funds: tuple[FundSupply, ...]
    held: dict[tuple[int, int], int]


def fund_supplies(view: View, funds: Ints) -> Supplies:
    """The supply of each of these funds, in their order.

    An investment counts once, at the fund that holds it. Money in another currency without a rate is not stated.
    Cost: one hop over commitments and one over investments.
    """
    own = {name: amounts_of(view, funds, name, owed=name != "recyclable") for name in OWN_FIELDS}
    committed, paid_in = _commitments(view, "fund", funds)
    committed_on, paid_on = _commitments(view, "investor", funds)
    invested, held = _investments(view, funds)
    end = view.ints(funds, "investment_period_end")
    is_investing = (end == NOT_STATED) | (day_of(view.as_of) < end)
    last_year = years_of(np.where(end == NOT_STATED, 0, end) - 1)

    kept = own["signed_unpaid"].value + own["reserves"].value + own["fees_due"].value
    spent = invested.sum + own["fees_paid"].value - own["recyclable"].value
    callable_money = committed.sum - spent - committed_on.sum - kept
    cash = paid_in.sum - spent - paid_on.sum - own["paid_out"].value
    gaps = {
        **{name: ~amounts.is_stated for name, amounts in own.items()},
        "committed": ~committed.is_whole | committed.is_empty,
        "paid_in": ~paid_in.is_whole | paid_in.is_empty,
        "invested": ~invested.is_whole,
        "committed_to_sub_funds": ~committed_on.is_whole,
        "paid_to_sub_funds": ~paid_on.is_whole,
    }
    return Supplies(
        tuple(
            FundSupply(
                fund=fund,
                committed=None if gaps["committed"][place] else int(committed.sum[place]),
                paid_in=None if gaps["paid_in"][place] else int(paid_in.sum[place]),
                invested=int(invested.sum[place]),
                callable_money=None if gaps["committed"][place] else int(callable_money[place]),
                cash=None if gaps["paid_in"][place] else int(cash[place]),
                known_callable=int(callable_money[place]),
                is_uncommitted=bool(committed.is_empty[place]),
                is_investing=bool(is_investing[place]),
                last_year=None if end[place] == NOT_STATED else int(last_year[place]),
                not_stated=tuple(sorted(name for name, is_missing in gaps.items() if is_missing[place])),
            )
            for place, fund in enumerate(funds.tolist())
        ),
        held,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sum:
    """Amounts added up by fund. is_whole: every one of them is stated; is_empty: there is none to add."""

    sum: Ints
    is_whole: Flags
    is_empty: Flags

    @classmethod
    def of(cls, amounts: Amounts, place: Ints, funds: int) -> _Sum:
        total = added_up(amounts.value, place, funds, "Commitments to or investments by funds")
        is_whole, is_empty = np.ones(funds, np.bool_), np.ones(funds, np.bool_)
        is_whole[place[~amounts.is_stated]] = False
        is_empty[place] = False
        return cls(total, is_whole, is_empty)


def _commitments(view: View, side: str, funds: Ints) -> tuple[_Sum, _Sum]:
    """(committed, paid in): to these funds, without investors in default, or by them, as `side` says."""
    place, commitments = view.expand("Commitment", side, funds)
    owed = side == "investor"
    paid_in = _Sum.of(amounts_of(view, commitments, "paid_in", owed=owed), place, len(funds))
    if side == "fund":
        good = view.ints(commitments, "in_good_standing") != 0
        place, commitments = place[good], commitments[good]
    return _Sum.of(amounts_of(view, commitments, "committed", owed=owed), place, len(funds)), paid_in


def _investments(view: View, funds: Ints) -> tuple[_Sum, dict[tuple[int, int], int]]:
    """What each fund has invested by today, in all and by enterprise."""
    parts = closed_parts(view, funds)
    held: dict[tuple[int, int], int] = {}
    enterprises, amounts = view.refs(parts.round, "enterprise").tolist(), parts.amount.value.tolist()
    for fund, enterprise, amount in zip(parts.place.tolist(), enterprises, amounts, strict=True):
        held[fund, enterprise] = held.get((fund, enterprise), 0) + amount
    return _Sum.of(parts.amount, parts.place, len(funds)), held
