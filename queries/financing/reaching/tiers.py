"""How many deals of trade lie between a firm and who pays for it in the end."""

from __future__ import annotations

from typing import Final

from graph.view import View
from queries.financing.asset_kinds import ASSET_KINDS
from queries.financing.candidates import Candidate
from queries.financing.reaching.heads import Family
from queries.financing.spines import PURCHASE, Form, Step

OF_TRADE: Final = frozenset({"Voucher", "BuyBack", *(name for name, kind in ASSET_KINDS.items() if kind.debtors)})
"""Records of one deal with who pays."""


def tier_of(view: View, candidate: Candidate) -> int:
    """The tier of a path: its links of supply; a claim or voucher is one deal, and each split of a voucher one more. 0: money comes to
    the firm itself, whoever buys from it.
    """
    return sum(_counts(step) for step in candidate.steps) if candidate.spine.form is not Form.IN_FORCE else 0


def tier_of_tail(family: Family, view: View) -> int:
    """The least tier of the paths of a family; of records that of all of them."""
    if family.spine.form is Form.IN_FORCE:
        return 0
    steps = [step for step in family.spine.word if not step.sells]
    repeats = len(family.heads[0].nodes) + family.nodes.shape[1] - len(family.spine.word) - 1
    found = sum(_counts(step) * (max(1, repeats + 1) if step.repeated else 1) for step in steps)
    return found + (family.least if len(steps) < len(family.spine.word) else 0)


def _counts(step: Step) -> int:
    return int(step.sells or step.back == PURCHASE or step.farther in OF_TRADE)
