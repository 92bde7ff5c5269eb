"""fundableAmount: worked cases, and what bounds, names and leaves out."""

from decimal import Decimal

import pytest

from graph.errors import InvalidInput, NotFound
from graph.kinds.contracts import Commitment, Facility, Loan
from graph.kinds.demand_side import FinancingNeed
from graph.kinds.parties import Fund
from graph.kinds.supply_side import LimitKind, Pool
from graph.kinds.terms import DrawBasis, Instrument, Technique
from graph.records import Ref
from graph.view import View
from queries.completeness import Budget
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised
from queries.financing.joint.programme import SolveMethod
from queries.financing.terms import ConstraintKind, PathStatus
from queries.fundable_amount import FundableAmount, fundable_amount, weighted_cost
from tests.queries.finance import (
    BANK,
    PROGRAMME,
    WAN,
    bank,
    chain_view,
    firm,
    limit,
    need,
    product,
    programme,
    receivable,
    supplies,
    view_of,
    voucher,
    wan,
)

COSTS = {
    Technique.PAYABLES_FINANCE: Decimal(420),
    Technique.DEEP_TIER: Decimal(420),
    Technique.POOL_BACKED_LOAN: Decimal(480),
}
ALL = (PathStatus.EXISTING, PathStatus.AVAILABLE, PathStatus.CONDITIONAL, PathStatus.PROSPECTIVE)


def cost_of(appraisal: Appraisal, found: Appraised) -> Decimal | None:
    return COSTS.get(found.candidate.row.technique)


def fundable(view: View, firm_name: str = "seller", amount: float | None = None, **options: object) -> FundableAmount:
    given = {"cost_of": cost_of, "status": ALL, **options}
    return fundable_amount(
        view,
        f"enterprise:{firm_name}",
        need=None if amount is None else need(amount),
        **given,  # type: ignore[arg-type]
    )


def stopped_by(found: FundableAmount) -> list[ConstraintKind]:
    return [one.kind for one in found.stopped_by]


def worked() -> View:
    return view_of(
        bank(),
        firm("anchor"),
        firm("seller"),
        programme(300),
        product(Technique.PAYABLES_FINANCE, "payables", programme=Ref(PROGRAMME), advance_rate=Decimal("0.95")),
        voucher("root", "seller", 400),
        Pool(
            id="pool:pool", name="pool", balance=wan(150), multiple=Decimal(1), draw_basis=DrawBasis.PRINCIPAL,
            cover_share=Decimal("0.5"),
        ),
        product(Technique.POOL_BACKED_LOAN, "pooled", pool=Ref("pool:pool")),
    )  # fmt: skip


def test_worked_case_of_a_voucher_part_and_a_pool() -> None:
    found = fundable(worked(), amount=500, status=ALL)
    assert (found.amount, found.lower, found.upper) == (450 * WAN,) * 3
    assert found.shortfall == 50 * WAN
    assert [(item.path.technique, item.amount, item.cost) for item in found.mix] == [
        (Technique.PAYABLES_FINANCE, 300 * WAN, Decimal(420)),
        (Technique.POOL_BACKED_LOAN, 150 * WAN, Decimal(480)),
    ]
    assert found.weighted_cost == Decimal(440)
    assert stopped_by(found) == [ConstraintKind.ANCHOR_LIMIT, ConstraintKind.POOL]
    assert found.method is SolveMethod.EXACT_FLOW
    assert found.least_cost


def test_a_small_need_is_met_from_the_cheapest_path_and_stops_the_money_itself() -> None:
    found = fundable(worked(), amount=350)
    assert [item.amount for item in found.mix] == [300 * WAN, 50 * WAN]
    assert found.shortfall == 0
    assert stopped_by(found) == [ConstraintKind.NEED]
    assert found.weighted_cost == Decimal("428.571429")


def test_weighted_cost_is_exact_and_unknown_where_a_part_is() -> None:
    assert weighted_cost([(Decimal(420), 300), (Decimal(480), 150)]) == 440
    assert weighted_cost([(Decimal(420), 300), (None, 1)]) is None
    assert weighted_cost([(Decimal(420), 300), (None, 0)]) == 420
    assert weighted_cost([]) is None


def chain(most: int = 1000) -> View:
    return chain_view(
        firm("t1"),
        firm("t2"),
        firm("t3"),
        programme(most),
        supplies("t1", "anchor", 3650, 90),
        supplies("t2", "t1", 730, 60),
        supplies("t3", "anchor", 365, 30),
        supplies("t2", "t3", 3650, 90),
        product(Technique.DEEP_TIER, programme=Ref(PROGRAMME)),
    )


def test_chains_of_different_width_add_up_where_they_share_no_link() -> None:
    found = fundable(chain(), "t2")
    assert found.amount == 150 * WAN
    assert sorted(item.amount for item in found.mix) == [30 * WAN, 120 * WAN]
    assert found.need is None
    assert found.shortfall is None
    assert found.method is SolveMethod.EXACT_FLOW
    assert stopped_by(found) == [ConstraintKind.LINK_WIDTH, ConstraintKind.LINK_WIDTH]


def test_chains_share_the_anchors_headroom() -> None:
    found = fundable(chain(100), "t2")
    assert found.amount == 100 * WAN
    assert stopped_by(found) == [ConstraintKind.ANCHOR_LIMIT]


def test_two_products_share_a_claim_and_one_name() -> None:
    view = view_of(
        bank(), firm("seller"), firm("buyer"), receivable(1000), limit(LimitKind.SINGLE_NAME, "enterprise:seller", 700),
        product(Technique.RECEIVABLES_LOAN, "a", advance_rate=Decimal("0.5")),
        product(Technique.RECEIVABLES_LOAN, "b", advance_rate=Decimal("0.8")),
    )  # fmt: skip
    found = fundable(view)
    assert found.amount == 700 * WAN
    assert stopped_by(found) == [ConstraintKind.SINGLE_NAME]
    assert fundable(view, amount=600).amount == 600 * WAN


def test_draws_that_differ_are_solved_as_an_integer_programme() -> None:
    view = view_of(
        bank(), firm("anchor"), firm("seller"),
        programme(100, draw_basis=DrawBasis.FACE),
        product(Technique.PAYABLES_FINANCE, "a", programme=Ref(PROGRAMME), advance_rate=Decimal("0.8")),
        product(Technique.PAYABLES_FINANCE, "b", programme=Ref(PROGRAMME), advance_rate=Decimal("0.5"), max_amount=wan(50)),
        voucher("one", "seller", 60),
        voucher("two", "seller", 90),
    )  # fmt: skip
    found = fundable(view)
    # All of the anchor's 100 goes at 80 %: a yuan of headroom brings most there.
    assert found.amount == 80 * WAN
    assert found.method is SolveMethod.EXACT_ENUM
    assert stopped_by(found) == [ConstraintKind.ANCHOR_LIMIT]


def test_least_amounts_bite() -> None:
    def world(second: float) -> View:
        return view_of(
            bank(), bank("other"), firm("seller"),
            limit(LimitKind.SINGLE_NAME, "enterprise:seller", 100),
            limit(LimitKind.SINGLE_NAME, "enterprise:seller", 80, "elsewhere", lender=Ref("institution:other")),
            product(Technique.COMPREHENSIVE_LINE, "a", max_amount=wan(100)),
            product(
                Technique.COMPREHENSIVE_LINE, "b", lender=Ref("institution:other"), min_amount=wan(second)
            ),
        )  # fmt: skip

    assert fundable(world(10), amount=130).amount == 130 * WAN
    needs_most = fundable(world(70), amount=130)
    assert needs_most.amount == 130 * WAN
    assert min(item.amount for item in needs_most.mix) >= 50 * WAN
    # 60 from the first and 80 from the second, or 100 alone.
    assert fundable(world(80), amount=75).amount == 75 * WAN


def test_a_drawn_loan_brings_nothing_and_an_undrawn_facility_its_rest() -> None:
    view = view_of(
        bank(), firm("seller"),
        Loan(id="loan:old", lender=Ref(BANK), borrower=Ref("enterprise:seller"), principal=wan(200)),
        Facility(id="facility:line", lender=Ref(BANK), borrower=Ref("enterprise:seller"), limit=wan(500), drawn=wan(300)),
    )  # fmt: skip
    found = fundable(view, amount=1000)
    assert found.amount == 200 * WAN
    assert stopped_by(found) == [ConstraintKind.FACILITY]


def test_what_nobody_states_brings_nothing_and_is_named() -> None:
    view = view_of(bank(), firm("seller"), product(Technique.COMPREHENSIVE_LINE))
    found = fundable(view, amount=100)
    assert found.amount == 0
    assert found.shortfall == 100 * WAN
    assert found.paths_left_out == 1
    assert [one.kind for one in found.not_stated] == [ConstraintKind.STEP_AMOUNT]
    assert found.weighted_cost is None


def test_money_fits_the_instruments_of_the_needs() -> None:
    def open_need(name: str, instrument: Instrument, amount: float) -> FinancingNeed:
        return FinancingNeed(
            id=f"financingNeed:{name}", enterprise=Ref("enterprise:seller"), amount=wan(amount), instrument=instrument
        )

    records = [
        bank(), firm("seller"), product(Technique.COMPREHENSIVE_LINE, max_amount=wan(500)),
        Fund(id="fund:fund", name="fund", ticket_max=wan(400)),
        Commitment(id="commitment:one", fund=Ref("fund:fund"), investor=Ref("enterprise:seller"), committed=wan(9000)),
    ]  # fmt: skip
    debt = fundable(view_of(*records, open_need("d", Instrument.DEBT, 100)))
    assert (debt.need, debt.amount) == (100 * WAN, 100 * WAN)
    both = fundable(view_of(*records, open_need("d", Instrument.DEBT, 100), open_need("e", Instrument.EQUITY, 700)))
    assert both.need == 800 * WAN
    assert sorted(item.amount for item in both.mix) == [100 * WAN, 400 * WAN]
    only_debt = fundable(
        view_of(*records, open_need("d", Instrument.DEBT, 100), open_need("e", Instrument.EQUITY, 700)),
        techniques=[Technique.COMPREHENSIVE_LINE],
    )
    assert (only_debt.need, only_debt.amount) == (100 * WAN, 100 * WAN)


def test_a_cut_search_gives_bounds_that_hold() -> None:
    whole, cut = fundable(chain(), "t2", 500), fundable(chain(), "t2", 500, budget=Budget(expansions=8))
    assert not cut.completeness.complete
    assert cut.method is SolveMethod.BOUNDS
    assert cut.upper is not None
    assert cut.lower <= whole.amount <= cut.upper
    unlimited = fundable(chain(), "t2", budget=Budget(expansions=8))
    assert unlimited.upper is None


def test_nothing_flows_where_there_is_no_way() -> None:
    found = fundable(view_of(firm("alone")), "alone", 5)
    assert (found.amount, found.mix, found.stopped_by, found.method) == (0, (), (), SolveMethod.EXACT_FLOW)


def test_ten_trillion_fen_are_exact() -> None:
    view = view_of(
        bank(), firm("anchor"), firm("seller"), programme(10_000_001),
        product(Technique.PAYABLES_FINANCE, "a", programme=Ref(PROGRAMME), advance_rate=Decimal("0.777777")),
        voucher("one", "seller", 10_000_000),
        product(Technique.COMPREHENSIVE_LINE, "line", max_amount=wan("10000000.01")),
    )  # fmt: skip
    found = fundable(view)
    assert found.amount == 7_777_770_000_000 + 10_000_000_010_000
    assert found.method is SolveMethod.EXACT_FLOW


def test_bad_values_are_named() -> None:
    view = worked()
    with pytest.raises(NotFound, match="enterprise:nobody"):
        fundable(view, "nobody", 1)
    with pytest.raises(InvalidInput, match="status"):
        fundable(view, status=())
    with pytest.raises(InvalidInput, match="BLOCKED"):
        fundable(view, status=(PathStatus.BLOCKED,))
