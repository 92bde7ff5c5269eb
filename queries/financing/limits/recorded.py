"""What is recorded of parties, by who has it out on them: found once for all their lenders, each of which asks for it in turn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Final, TypeVar, cast

import numpy as np

from graph.view import View
from queries.derived import NOTHING, once
from queries.financing.control import legal_entity
from queries.ratios import Ints

T = TypeVar("T")

KEPT: Final = 4_096
"""So many answers about what is recorded of parties are kept with a view."""
NONE: Final = np.zeros(0, np.int64)
LENT: Final = frozenset({"Loan.borrower", "Loan.facility", "Loan.lender", "LentBy.source", "LentBy.target"})
CREDITORS: Final = LENT | {
    "Facility.borrower", "Facility.lender", "Lease.lessee", "Lease.lessor", "Guarantee.debtor", "Guarantee.guarantor",
    "PppContract.vehicle", "PppPart.source", "PppPart.target",
}  # fmt: skip
UNDER_PROGRAMMES: Final = frozenset(
    {"AnchorProgramme.anchor", "BankBranch", "LoanProduct.programme", "Loan.lender", "Loan.product", "Loan.programme"}
)

ByWhom = dict[int, list[tuple[int, int]]]
"""Records in their order, by who has them out: the place in that order, and the record."""


def holders(view: View, kind: str, field: str, parties: Ints) -> Ints:
    """The records of a kind that name one of the parties in a field, each once, in id order."""

    def find() -> Ints:
        handles = np.unique(view.expand(kind, field, parties)[1])
        return np.asarray(handles[np.argsort(view.rank(handles))])

    return kept(view, (kind, field, parties.tobytes()), find, of=frozenset({f"{kind}.{field}"}))


def named(view: View, kind: str, field: str, parties: Ints, of: str, ours: set[int]) -> Ints:
    """The records of a kind that name one of the parties in a field, and one of ours in another, in id order."""

    def find() -> ByWhom:
        handles = holders(view, kind, field, parties)
        return by_whom(handles, enumerate(view.refs(handles, of).tolist()))

    fields = frozenset({f"{kind}.{field}", f"{kind}.{of}"})
    return among_ours(kept(view, (named, kind, field, of, parties.tobytes()), find, of=fields), ours)


def creditors(view: View, debtors: Ints) -> frozenset[int]:
    """Who has anything out on parties, as lender, lessor, guarantor or bringer of a partnership's debt: of most lenders nothing is
    recorded at all.
    """

    def find() -> frozenset[int]:
        contracts = holders(view, "PppContract", "vehicle", debtors)
        recorded = (("Facility", "borrower", "lender", debtors), ("Lease", "lessee", "lessor", debtors),
                    ("Guarantee", "debtor", "guarantor", debtors), ("PppPart", "source", "target", contracts))  # fmt: skip
        found = set(_lent(view, debtors))
        for kind, field, of, parties in recorded:
            found.update(view.refs(holders(view, kind, field, parties), of).tolist())
        return frozenset(found)

    return kept(view, (creditors, debtors.tobytes()), find, of=CREDITORS)


def lent(view: View, borrowers: Ints, ours: set[int]) -> Ints:
    """The loans outside facilities to parties that one of ours lends, alone or as a member of a syndicate, in id order."""
    return among_ours(_lent(view, borrowers), ours)


def _lent(view: View, borrowers: Ints) -> ByWhom:
    def find() -> ByWhom:
        loans = holders(view, "Loan", "borrower", borrowers)
        loans = loans[view.refs(loans, "facility") < 0]
        places, links = view.expand("LentBy", "source", loans)
        shared = zip(places.tolist(), view.refs(links, "target").tolist(), strict=True)
        return by_whom(loans, dict.fromkeys([*enumerate(view.refs(loans, "lender").tolist()), *shared]))

    return kept(view, (lent, borrowers.tobytes()), find, of=LENT)


def under_programmes_of(view: View, anchors: Ints, lender: int) -> Ints:
    """The loans of a lender under the programmes of anchors, in id order."""

    def find() -> ByWhom:
        loans = loans_under(view, holders(view, "AnchorProgramme", "anchor", anchors))
        loans = loans[np.argsort(view.rank(loans))]
        lenders = (legal_entity(view, one) for one in view.refs(loans, "lender").tolist())
        return by_whom(loans, enumerate(lenders))

    return among_ours(kept(view, (under_programmes_of, anchors.tobytes()), find, of=UNDER_PROGRAMMES), {lender})


def loans_under(view: View, programmes: Ints) -> Ints:
    """The loans under these programmes: named by the loan, or by its product."""
    _, products = view.expand("LoanProduct", "programme", programmes)
    by_product = view.expand("Loan", "product", products)[1]
    return np.unique(np.concatenate([view.expand("Loan", "programme", programmes)[1], by_product]))


def by_whom(handles: Ints, pairs: Iterable[tuple[int, int]]) -> ByWhom:
    """Records by who has them out; `pairs` of the place of a record and of who does."""
    records, found = handles.tolist(), ByWhom()
    for place, who in pairs:
        found.setdefault(who, []).append((place, records[place]))
    return found


def among_ours(found: ByWhom, ours: set[int]) -> Ints:
    """Those that one of ours has out, each once, in their order."""
    here = {one for who in ours & found.keys() for one in found[who]}
    return np.array([record for _, record in sorted(here)], np.int64) if here else NONE


def kept(view: View, key: Hashable, find: Callable[[], T], *, of: frozenset[str] = NOTHING) -> T:
    """What `find` tells of some parties, kept for the last parties asked about; `of` as `once` has it."""
    known: dict[Hashable, Any] = once(view, kept, dict, of=of)
    found = known.get(key)
    if found is None:
        if len(known) >= KEPT:
            known.clear()
        found = known[key] = find()
    return cast(T, found)
