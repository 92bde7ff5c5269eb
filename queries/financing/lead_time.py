"""How long until the money comes: the sum of the processing days of what a path has to pass through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from graph.kinds.supply_side import AnchorProgramme
from queries.derived import offer_record
from queries.financing.cases import Case
from queries.financing.limits.constraints import MissingFact


class LeadTime(NamedTuple):
    """`days` from a complete application to the money, None where a part is not stated; `least`: they are at least so many."""

    days: int | None
    least: int = 0
    missing: tuple[MissingFact, ...] = ()


def lead_time(case: Case) -> LeadTime:
    """Σ processing days of the product, of joining its programme and of each guarantee that is still to be given.

    A contract in force, and a fund, state none. Joining a programme counts where somebody states that it takes days.
    """
    if case.contract >= 0 or case.offer is None:
        return LeadTime(None)
    least, missing = 0, []
    for days, record in _parts(case):
        if days is None:
            missing.append(MissingFact(record, "processingDays"))
        least += days or 0
    return LeadTime(None if missing else least, least, tuple(missing))


def _parts(case: Case) -> Iterator[tuple[int | None, int]]:
    assert case.offer is not None
    yield case.offer.processing_days, case.product
    if case.programme >= 0:
        yield offer_record(case.view, case.programme, AnchorProgramme).processing_days or 0, case.programme
    for support in case.candidate.supports:
        if support.instrument >= 0 and "processing_days" in case.view.kind_of(support.instrument).by_name:
            yield case.view.value(support.instrument, "processing_days"), support.instrument
