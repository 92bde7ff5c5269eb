"""The two lists of what firms disclose: five categories of the information platform, and five others that firms are led to disclose.

Both say 安全生产, and mean different disclosures: no category of one stands for one of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from graph.kinds.policy import DisclosureCategory
from graph.records import Term


class DisclosureList(Term):
    """Which list of categories a disclosure belongs to."""

    PLATFORM = "信息平台五类信息"
    SUPERVISED = "引导披露五类信息"


CATEGORIES: Final[Mapping[DisclosureList, tuple[DisclosureCategory, ...]]] = {
    DisclosureList.PLATFORM: (
        DisclosureCategory.EMISSION_COMPLIANCE,
        DisclosureCategory.WORK_SAFETY,
        DisclosureCategory.OPERATIONS_AND_SALES,
        DisclosureCategory.CONTRACT_PERFORMANCE,
        DisclosureCategory.FINANCING_NEED,
    ),
    DisclosureList.SUPERVISED: (
        DisclosureCategory.FINANCIAL_CONDITION,
        DisclosureCategory.PRODUCT_QUALITY,
        DisclosureCategory.ENVIRONMENTAL_PROTECTION,
        DisclosureCategory.PRODUCTION_SAFETY,
        DisclosureCategory.ENERGY_AND_WATER,
    ),
}
"""The categories of each list in printed order: of the platform's measure, and of the paragraph on who guides whom."""

LIST_OF: Final = {category: of for of, categories in CATEGORIES.items() for category in categories}


class DisclosureState(Term):
    """How a firm stands in one category."""

    FRESH = "最新"
    STALE = "过期"
    UNDATED = "日期不明"
    MISSING = "缺失"
