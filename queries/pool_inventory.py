"""The inventory of pools: what each has, covers and can still cover, what it has paid for losses, and which lie idle."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from graph.kinds.contracts import LoanBatch
from graph.kinds.supply_side import Pool, PoolKind
from graph.kinds.terms import DrawBasis
from graph.snapshot_columns import NOT_STATED
from graph.view import View
from queries.derived import offer_record
from queries.financing.limits.constraints import MissingFact, left
from queries.financing.limits.of_pool import bridged, covered_loans, is_stopped, may_be_stopped, pool_total
from queries.financing.terms import Ternary
from queries.ratios import Ints
from queries.tally import amount_of, total_of


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """A pool on the day of a view. Amounts in 分 of CNY, by the view's rates; None: not stated, which is not 0.

    limit: multiple × balance, of a bridge its balance; covered: what counts against it, of a pool on COVER only its own part; outstanding:
    all principal out on the loans that it covers or, as a bridge, has lent. headroom: 0 once its bad-loan rate has stopped it; at_most: a
    fact that nobody states could only lower it. loss_share: losses over the money that it has and has paid for them.
    """

    pool: int
    kind: PoolKind | None
    balance: int | None
    limit: int | None
    covered: int | None
    outstanding: int | None
    headroom: int | None
    at_most: bool
    loans: int
    batches: int
    basis: DrawBasis
    loss_paid: int | None
    idle: Ternary
    stopped: Ternary
    missing: tuple[MissingFact, ...]

    @property
    def utilisation(self) -> Fraction | None:
        """Covered over the limit; None too where the limit is 0."""
        return Fraction(self.covered, self.limit) if self.covered is not None and self.limit else None

    @property
    def loss_share(self) -> Fraction | None:
        """Losses over what it has and has paid for them; None too where that is 0."""
        if self.loss_paid is None or self.balance is None or not self.balance + self.loss_paid:
            return None
        return Fraction(self.loss_paid, self.balance + self.loss_paid)


def pool_inventory(view: View, kind: PoolKind | None = None) -> tuple[PoolStatus, ...]:
    """All pools, or those of one kind, by kind and id; those whose kind nobody states come last, and are of no kind.

    Empty: there are none. Cost: one pass over the loans of each pool.
    """
    kinds = [*PoolKind]
    records = [(handle, offer_record(view, handle, Pool)) for handle in view.handles("Pool").tolist()]
    records.sort(key=lambda one: len(kinds) if one[1].kind is None else kinds.index(one[1].kind))
    return tuple(_status(view, handle, pool) for handle, pool in records if kind is None or pool.kind is kind)


def _status(view: View, handle: int, pool: Pool) -> PoolStatus:
    balance = amount_of(pool.balance, handle, "balance", view=view)
    batches = view.expand("LoanBatch", "product", view.holders("LoanProduct", "pool", handle))[1]
    missing: list[MissingFact] = []
    if pool.kind is PoolKind.BRIDGE:
        loans, basis = view.holders("Loan", "lender", handle), DrawBasis.PRINCIPAL
        limit, covered = balance.value, bridged(view, handle)
        used = covered.amount
        headroom = 0 if is_stopped(pool) else left(limit, used)
        missing += [*balance.missing, *covered.missing]
        at_most = False
    else:
        loans = covered_loans(view, handle)
        loans = loans[np.argsort(view.rank(loans))]
        total = pool_total(view, handle)
        limit, used, headroom, basis, at_most = total.limit, total.used, total.headroom, total.basis, total.at_most
        missing += total.missing
    outstanding = total_of(view, loans, "outstanding", "principal")
    stopped = Ternary.YES if is_stopped(pool) else Ternary.UNKNOWN if may_be_stopped(pool) else Ternary.NO
    if stopped is Ternary.UNKNOWN:
        missing.append(MissingFact(handle, "badLoanRate"))
    if pool.loss_paid is None:
        missing.append(MissingFact(handle, "lossPaid"))
    if pool.kind is None:
        missing.append(MissingFact(handle, "kind"))
    told = _batches_out(view, batches)
    idle, idle_missing = _idle(view, loans, told)
    if idle is Ternary.YES and pool.balance is None and not loans.size:
        # All that is known of it is its name: whether anything is out under it, no source has been asked.
        idle, idle_missing = Ternary.UNKNOWN, [MissingFact(handle, "loans")]
    return PoolStatus(
        pool=handle,
        kind=pool.kind,
        balance=balance.value,
        limit=limit,
        covered=used,
        outstanding=outstanding.amount,
        headroom=headroom,
        at_most=at_most or (headroom is not None and (stopped is Ternary.UNKNOWN or bool(told))),
        loans=int(loans.size),
        batches=int(batches.size),
        basis=basis,
        loss_paid=amount_of(pool.loss_paid, handle, "lossPaid", view=view, owed=True).value,
        idle=idle,
        stopped=stopped,
        missing=tuple(dict.fromkeys([*missing, *outstanding.missing, *idle_missing, *told])),
    )


def _batches_out(view: View, batches: Ints) -> list[MissingFact]:
    """Of loans told as sums nobody tells what is still out, unless there are none of them."""
    found = []
    for batch in batches.tolist():
        record = view.record(batch)
        assert isinstance(record, LoanBatch)
        empty = record.count == 0 or (record.amount is not None and record.amount.minor == 0)
        found += [] if empty else [MissingFact(batch, "outstanding")]
    return found


def _idle(view: View, loans: Ints, batches: list[MissingFact]) -> tuple[Ternary, list[MissingFact]]:
    """Whether nothing is out under a pool: no loan, or none with anything left of it."""
    amounts = view.ints(loans, "outstanding")
    amounts = np.where(amounts == NOT_STATED, view.ints(loans, "principal"), amounts)
    if (amounts > 0).any():
        return Ternary.NO, []
    unknown = loans[amounts == NOT_STATED].tolist()
    if unknown or batches:
        return Ternary.UNKNOWN, [MissingFact(one, "outstanding") for one in unknown]
    return Ternary.YES, []
