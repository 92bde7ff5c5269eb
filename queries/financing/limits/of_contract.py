"""What is left of a contract, an approval or a debt: the amounts of steps that stand on what has been signed already."""

from __future__ import annotations

from collections.abc import Iterator

from graph.kinds.contracts import BondIssue, Loan, PppContract, PppPart
from graph.kinds.terms import Instrument
from graph.money import Money
from graph.records import Record
from queries.financing.cases import Case
from queries.financing.limits.constraints import Constraint, MissingFact, left
from queries.financing.limits.loans import outstanding_of
from queries.financing.limits.of_fund import ticket_limits
from queries.financing.limits.stated_bounds import at_once, less_used
from queries.financing.need import CONTRACT_AMOUNTS
from queries.financing.terms import ConstraintKind
from queries.tally import Amount, Tally, amount_of


def paid_out(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT of a loan, a round, a lease, a swap or a voucher that has been paid out: nothing is left of it."""
    handle = case.contract
    name = CONTRACT_AMOUNTS[case.view.kind_of(handle).name]
    money: Money | None = getattr(case.appraisal.record(handle, Record), name)
    amount = None if money is None else case.amount(money, handle, "amount", owed=True).value
    yield Constraint(ConstraintKind.STEP_AMOUNT, handle, amount, amount, 0)


def owed_amount(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: what is still owed on the loan that is bridged or swapped; where nobody states it, its principal."""
    handle = case.refinanced
    owed = outstanding_of(case.view, case.appraisal.record(handle, Loan), handle)
    yield at_once(ConstraintKind.STEP_AMOUNT, handle, owed)


def issue_amount(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: approved − issued; 0 after the approval's last day, an upper bound where nobody states that day."""
    handle = case.candidate.role("BondIssue")
    bond = case.appraisal.record(handle, BondIssue)
    approved, issued = (
        case.amount(bond.approved, handle, "approved"),
        case.amount(bond.issued, handle, "issued", owed=True),
    )
    until = bond.approval_until
    has_lapsed = until is not None and until < case.view.as_of
    missing = (*approved.missing, *issued.missing)
    if until is None:
        missing = (*missing, MissingFact(handle, "approvalUntil"))
    headroom = 0 if has_lapsed else left(approved.value, issued.value)
    yield Constraint(
        ConstraintKind.STEP_AMOUNT,
        handle,
        approved.value,
        issued.value,
        headroom,
        at_most=until is None,
        missing=missing,
    )


def part_amount(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: what somebody has promised of a part of a partnership less what is paid; unpaid where nobody records a payment."""
    link = case.candidate.links[0]
    part = case.appraisal.record(link, PppPart)
    promised = _promised(case, link, part)
    paid = Amount(0) if part.paid is None else case.amount(part.paid, link, "paid", owed=True)
    yield less_used(ConstraintKind.STEP_AMOUNT, link, promised, Tally.of(paid))


def part_left(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: what nobody has promised yet of the part that a fund (equity) or a lender (debt) would bring; a fund's ticket too."""
    handle = case.candidate.role("PppContract")
    instrument = Instrument.EQUITY if case.fund >= 0 else Instrument.DEBT
    whole = _whole(case, handle, instrument)
    promised = Tally()
    for link in case.view.holders("PppPart", "source", handle).tolist():
        record = case.appraisal.record(link, PppPart)
        if record.part is instrument:
            promised.add(_promised(case, link, record))
    yield less_used(ConstraintKind.STEP_AMOUNT, handle, whole, promised)
    if case.fund >= 0:
        yield from ticket_limits(case, case.fund)


def _promised(case: Case, link: int, part: PppPart) -> Amount:
    """The amount of one promise; where none is stated, the whole part."""
    if part.amount is not None:
        return case.amount(part.amount, link, "amount")
    return _whole(case, case.appraisal.ref(link, "source"), part.part)


def _whole(case: Case, contract: int, part: Instrument) -> Amount:
    record = case.appraisal.record(contract, PppContract)
    money, name = (record.equity_part, "equityPart") if part is Instrument.EQUITY else (record.debt_part, "debtPart")
    return amount_of(money, contract, name, case.currency, view=case.view)
