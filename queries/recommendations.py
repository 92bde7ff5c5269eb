"""What can be recommended for one financing need: the ways of money to it, and the public supports that its enterprise may have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graph.desk_statements import NEED
from graph.errors import InvalidInput
from graph.money import CNY, Money
from graph.view import View
from queries.completeness import LIMITS, Budget
from queries.eligibility import SUPPORTS, Eligibility, EligibilityVerdict, eligibility
from queries.financing.answers import FinancingPaths
from queries.financing.need import NeedAsked, open_needs
from queries.financing_paths import DEFAULT_FIRST, financing_paths

_ORDER: Final = (EligibilityVerdict.ELIGIBLE, EligibilityVerdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Recommendations:
    """What a need could be answered with.

    `asked` what is still open of it; None: it is closed or fulfilled, so nothing is recommended and `paths` is None. `supports` the
    public supports that rules do not deny the enterprise: those that it may have, then those of which a fact is missing.
    """

    need: int
    asked: NeedAsked | None
    paths: FinancingPaths | None
    supports: tuple[Eligibility, ...]


def recommendations(
    view: View,
    need: str,
    *,
    budget: Budget = LIMITS,
    first: int = DEFAULT_FIRST,
    after: str | None = None,
    count: bool = True,
) -> Recommendations:
    """The financing paths for what is still open of a need, best first, and the supports for it; `count` as `financing_paths` has it.

    A path that needs more, less, longer or another instrument than the need is judged as `financing_paths` judges it.

    Raises InvalidIdentifier or NotFound where there is no such need; InvalidInput where it is in a currency without a rate. Cost: that of
    `financing_paths`, and of `eligibility` for the enterprise.
    """
    handle = view.require(need, NEED)
    enterprise = view.ref(handle, "enterprise")
    found = [one for one in open_needs(view, enterprise) if one.handle == handle] if enterprise >= 0 else []
    if not found:
        return Recommendations(handle, None, None, ())
    [mine] = found
    if mine.open is None:
        currency = mine.need.amount.currency
        raise InvalidInput(
            f"{need} asks for {currency}, and no rate to {CNY} is stated on {view.as_of}; load an ExchangeRate of {currency}"
        )
    asked = NeedAsked(
        Money(mine.open),
        (mine.need.instrument,),
        mine.need.tenor_min_days,
        mine.need.tenor_max_days,
        mine.need.purpose,
        mine.need.needed_by,
    )
    firm = view.id_of(enterprise)
    paths = financing_paths(view, firm, need=asked, budget=budget, first=first, after=after, count=count)
    judged = [
        one
        for one in eligibility(view, firm, need=asked)
        if one.verdict is not EligibilityVerdict.NOT and view.kind_of(one.about).name in SUPPORTS
    ]
    judged.sort(key=lambda one: _ORDER.index(one.verdict))
    return Recommendations(handle, asked, paths, tuple(judged))
