"""What a claim that the beneficiary holds can still be financed for: a receivable, or the part of a voucher that it holds."""

from __future__ import annotations

from collections.abc import Iterator

from graph.kinds.assets import Voucher
from graph.kinds.terms import DrawBasis
from graph.money import CNY
from graph.values import MILLION, millionths
from queries.financing.appraisal import Appraisal
from queries.financing.cases import Case
from queries.financing.limits.constraints import Constraint, MissingFact
from queries.financing.limits.receivables import Worth, is_past, outstanding, worth
from queries.financing.terms import ConstraintKind
from queries.ratios import fraction
from queries.tally import amount_of


def asset_limits(case: Case) -> Iterator[Constraint]:
    """ASSET_FREE: lendable(r) = max(0, α·V − Σ prior secured debt), in principal."""
    asset = case.receivable
    currency = case.currency
    face = amount_of(case.claim.face, asset, "face", currency)
    if face.value is None:
        yield Constraint(ConstraintKind.ASSET_FREE, asset, missing=face.missing)
        return
    found, missing = receivable_worth(case)
    yield Constraint(
        ConstraintKind.ASSET_FREE,
        asset,
        found.advance,
        found.advance if found.encumbered_whole else found.secured,
        found.lendable,
        at_most=bool(missing),
        missing=missing,
    )


def receivable_worth(case: Case) -> tuple[Worth, tuple[MissingFact, ...]]:
    """The worth of a path's receivable under its product, and the facts without which it is only the most that it can be."""
    asset = case.receivable
    record, product = case.claim, case.offer
    rate, missing = case.rate, []
    if rate is None:
        missing.append(MissingFact(case.product, "advanceRate"))
    dilution = 0
    if record.confirmed is not True:
        if record.dilution is None:
            missing.append(MissingFact(asset, "dilution"))
        else:
            dilution = millionths(record.dilution)
    deductions = (getattr(record, name) for name in ("paid", "credits", "disputed"))
    owed = outstanding(record.face.minor, *(money.minor if money else None for money in deductions))
    overdue = None if record.due_on is None else max(0, (case.view.as_of - record.due_on).days)
    allowed = product.overdue_max_days if product is not None else None
    if overdue and allowed is None:
        missing.append(MissingFact(case.product, "overdueMaxDays"))
    if overdue and is_past(overdue, allowed):
        owed = 0
    found = worth(
        owed, case.appraisal.prior_claims(asset), dilution=dilution, advance_rate=MILLION if rate is None else rate
    )
    return found, tuple(missing)


def voucher_limits(case: Case) -> Iterator[Constraint]:
    """VOUCHER_PART: what is left of a part after its own splits and prior claims; one yuan of the path draws 1/α of it.

    0 once the root has matured.
    """
    asset = case.voucher
    record = case.appraisal.voucher(asset)
    face = amount_of(record.face, asset, "face", case.currency)
    rate = case.rate
    missing = (*face.missing, *((MissingFact(case.product, "advanceRate"),) if rate is None else ()))
    if face.value is None:
        yield Constraint(ConstraintKind.VOUCHER_PART, asset, missing=missing)
        return
    held = 0 if has_matured(case.appraisal, asset) else max(0, face.value - _split_off(case.appraisal, asset))
    found = worth(held, case.appraisal.prior_claims(asset), advance_rate=MILLION if rate is None else rate)
    if found.secured or not rate:
        # Debt comes off the principal, not off the part: shown in principal.
        yield Constraint(
            ConstraintKind.VOUCHER_PART,
            asset,
            found.advance,
            found.advance if found.encumbered_whole else found.secured,
            found.lendable,
            at_most=rate is None,
            missing=missing,
        )
        return
    left = 0 if found.encumbered_whole else max(0, found.value)
    yield Constraint(
        ConstraintKind.VOUCHER_PART, asset, face.value, face.value - left, left, 1 / fraction(rate), DrawBasis.FACE
    )


def _split_off(appraisal: Appraisal, voucher: int) -> int:
    parts = appraisal.view.holders("Voucher", "parent", voucher).tolist()
    faces = (appraisal.record(part, Voucher).face for part in parts)
    return sum(face.minor for face in faces if face.currency == CNY)


def has_matured(appraisal: Appraisal, voucher: int) -> bool:
    """Whether a voucher's root is due: a part matures with it."""
    root = appraisal.voucher(appraisal.voucher_root(voucher))
    due = root.due_on or appraisal.voucher(voucher).due_on
    return due is not None and due < appraisal.view.as_of
