"""An enterprise as rules see it."""

from __future__ import annotations

from dataclasses import dataclass

from graph.kinds.parties import Enterprise
from graph.kinds.terms import Instrument
from graph.records import Term
from graph.snapshot_columns import NOT_STATED
from graph.view import View
from queries.financing.gates.conditions import Asking
from queries.trees import ancestors


def place_of(term: Term) -> int:
    """The place of a code in its list, as columns have it."""
    return list(type(term)).index(term)


@dataclass(frozen=True, slots=True)
class Applicant:
    """What rules ask of an enterprise: handles of its classes, places in code lists; NOT_STATED or empty where nobody says.

    `amount` of the need in 分, None: unlimited; `instrument` what is asked for, None: nobody says.
    """

    handle: int
    industries: tuple[int, ...]
    schemes: frozenset[str]
    regions: tuple[int, ...]
    tags: tuple[int, ...]
    stage: int
    size: int
    ownership: Term | None
    amount: int | None
    instrument: Instrument | None

    @classmethod
    def of(cls, view: View, handle: int, amount: int | None, instrument: Instrument | None) -> Applicant:
        """An enterprise as an applicant for so much."""
        record = view.record(handle)
        assert isinstance(record, Enterprise)
        others = view.refs(view.holders("InIndustry", "source", handle), "target").tolist()
        main = view.ref(handle, "industry")
        own = [industry for industry in (main, *others) if industry >= 0]
        return cls(
            handle,
            tuple({above for industry in own for above in ancestors(view, industry)}),
            frozenset(str(view.value(industry, "scheme")) for industry in own),
            ancestors(view, view.ref(handle, "region")),
            tuple(view.refs(view.holders("Tagged", "source", handle), "target").tolist()),
            NOT_STATED if record.stage is None else place_of(record.stage),
            NOT_STATED if record.size is None else place_of(record.size),
            record.ownership,
            amount,
            instrument,
        )

    @property
    def asking(self) -> Asking:
        """What it asks for."""
        return Asking.one(self.amount, self.instrument)
