"""What an asset of the beneficiary can still be financed for: a receivable, the part of a voucher that it holds, or any other asset."""

from __future__ import annotations

from collections.abc import Iterator

from graph.kinds.assets import Voucher
from graph.kinds.terms import DrawBasis
from graph.values import MILLION, millionths
from queries.financing.appraisal import Appraisal
from queries.financing.cases import Case
from queries.financing.limits.asset_values import value_of
from queries.financing.limits.constraints import Constraint, MissingFact
from queries.financing.limits.receivables import DEDUCTIONS, Worth, is_past, outstanding, worth
from queries.financing.terms import ConstraintKind
from queries.ratios import fraction


def asset_limits(case: Case) -> Iterator[Constraint]:
    """ASSET_FREE: what can still be lent on the asset, in principal.

    Of a receivable lendable(r) = max(0, α·V − Σ prior secured debt), of another asset max(0, α·value − Σ prior secured debt); where
    the technique advances the whole, V alone: what is pledged comes off nothing, since who pays its own debt early pays whoever holds it.
    """
    asset = case.asset
    found, missing = receivable_worth(case) if case.receivable >= 0 else asset_worth(case)
    if found is None:
        yield Constraint(ConstraintKind.ASSET_FREE, asset, missing=missing)
        return
    yield Constraint(
        ConstraintKind.ASSET_FREE,
        asset,
        found.advance,
        found.advance if found.encumbered_whole else found.secured,
        found.lendable,
        at_most=bool(missing),
        missing=missing,
    )


def receivable_worth(case: Case) -> tuple[Worth | None, tuple[MissingFact, ...]]:
    """The worth of a path's receivable under its product, and the facts without which it is only the most that it can be.

    None where a rate is missing.
    """
    asset = case.receivable
    record, product = case.claim, case.offer
    names = ("face", *DEDUCTIONS)
    stated = [(name, money) for name in names if (money := getattr(record, name)) is not None]
    amounts = {name: case.amount(money, asset, name, owed=name != "face") for name, money in stated}
    unrated = [fact for amount in amounts.values() for fact in amount.missing]
    unrated += case.appraisal.unrated_claims(asset)
    if unrated:
        return None, tuple(unrated)
    missing = []
    if case.rate is None:
        missing.append(MissingFact(case.product, "advanceRate"))
    dilution = 0
    if record.confirmed is not True:
        if record.dilution is None:
            missing.append(MissingFact(asset, "dilution"))
        else:
            dilution = millionths(record.dilution)
    face, *deductions = (amounts[name].value if name in amounts else None for name in names)
    owed = outstanding(face or 0, *deductions)
    overdue = None if record.due_on is None else max(0, (case.view.as_of - record.due_on).days)
    allowed = product.overdue_max_days if product is not None else None
    if overdue and allowed is None:
        missing.append(MissingFact(case.product, "overdueMaxDays"))
    if overdue and is_past(overdue, allowed):
        owed = 0
    return _worth(case, owed, dilution), tuple(missing)


def asset_worth(case: Case) -> tuple[Worth | None, tuple[MissingFact, ...]]:
    """The worth of a path's asset that is no receivable or voucher under its product; as `receivable_worth`.

    None where the asset states no value either. 0 once a right, a contract or a claim has come to its end.
    """
    value = value_of(case.holding, case.asset, case.currency, case.view)
    unrated = case.appraisal.unrated_claims(case.asset)
    if value.value is None or unrated:
        return None, (*value.missing, *unrated)
    missing = () if case.rate is not None else (MissingFact(case.product, "advanceRate"),)
    return _worth(case, 0 if has_lapsed(case) else value.value), missing


def has_lapsed(case: Case) -> bool:
    """Whether the asset's last day is past, and nothing of it is left."""
    kind = case.asset_kind
    last = getattr(case.holding, kind.until) if kind.until is not None and kind.lapses else None
    return last is not None and last < case.view.as_of


def _worth(case: Case, owed: int, dilution: int = 0) -> Worth:
    claims = case.appraisal.prior_claims(case.asset)
    if not case.row.advances:
        claims = tuple(claim for claim in claims if claim.assigned or claim.amount is None)
    return worth(owed, claims, dilution=dilution, advance_rate=MILLION if case.rate is None else case.rate)


def voucher_limits(case: Case) -> Iterator[Constraint]:
    """VOUCHER_PART: what is left of a part after its own splits and prior claims; one yuan of the path draws 1/α of it.

    0 once the root has matured.
    """
    asset = case.voucher
    record = case.appraisal.voucher(asset)
    face = case.amount(record.face, asset, "face")
    rate = case.rate
    missing = (
        *face.missing,
        *case.appraisal.unrated_claims(asset),
        *((MissingFact(case.product, "advanceRate"),) if rate is None else ()),
    )
    if face.value is None or case.appraisal.unrated_claims(asset):
        yield Constraint(ConstraintKind.VOUCHER_PART, asset, missing=missing)
        return
    held = 0 if has_matured(case.appraisal, asset) else max(0, face.value - _split_off(case, asset))
    found = _worth(case, held)
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


def _split_off(case: Case, voucher: int) -> int:
    parts = case.view.holders("Voucher", "parent", voucher).tolist()
    faces = (case.amount(case.appraisal.record(part, Voucher).face, part, "face", owed=True) for part in parts)
    return sum(face.value or 0 for face in faces)


def has_matured(appraisal: Appraisal, voucher: int) -> bool:
    """Whether a voucher's root is due: a part matures with it."""
    root = appraisal.voucher(appraisal.voucher_root(voucher))
    due = root.due_on or appraisal.voucher(voucher).due_on
    return due is not None and due < appraisal.view.as_of
