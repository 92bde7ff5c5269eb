"""Vouchers that public money gives for services."""

from __future__ import annotations

from typing import Final

from graph.kinds.terms import Instrument, Technique
from queries.financing.spines import Form, Held, Joined, Named, Spine, States, Step, StepAmount
from queries.financing.techniques.rows import LOAN, ObligorRule, TechniqueRow, ordered
from queries.financing.terms import ConstraintKind, Gate

MAY_GRANT: Final = Step("MAY_GRANT", "VoucherScheme", Joined("VoucherScheme"))
PAID_FROM: Final = Step("PAID_FROM", "VoucherScheme", Named("scheme"))
GRANTED: Final = Step("GRANTED_TO", "Collaboration", Held("Collaboration", "enterprise"), (States("scheme"),))
SERVICES: Final = (
    "服务", "研发", "研究", "检测", "检验", "测试", "设计", "咨询", "培训", "知识产权", "专利", "技术转移", "技术合同", "产学研",
    "成果转化", "仪器", "试验",
)  # fmt: skip
"""What a voucher buys: never goods, plant or working capital."""

ROWS: Final = (
    TechniqueRow(
        Technique.GRANT_VOUCHER,
        "Innovation voucher",
        (16, 24),
        (Instrument.GRANT,),
        ObligorRule.NONE,
        "most for one firm less what it was given; what is left of the budget",
        frozenset(),
        (
            Spine(Form.IN_FORCE, (PAID_FROM, GRANTED), LOAN.limits, LOAN.gates, amount=StepAmount.PAID_OUT),
            Spine(
                Form.OFFERED,
                (MAY_GRANT,),
                (ConstraintKind.NEED, ConstraintKind.STEP_AMOUNT, ConstraintKind.POOL),
                ordered((Gate.PRODUCT_OPEN, Gate.ELIGIBILITY, Gate.LIMIT, Gate.CURRENCY, Gate.TIMING, Gate.PURPOSE)),
                amount=StepAmount.VOUCHER,
            ),
        ),
        purposes=SERVICES,
    ),
)
