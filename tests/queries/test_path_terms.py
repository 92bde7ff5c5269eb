"""What paths say of their price, their days, their clauses and their score, in small worlds. Amounts in 万元."""

from datetime import date
from decimal import Decimal

import pytest

from graph.kinds.contracts import Facility, Guarantee
from graph.kinds.parties import InstitutionType
from graph.kinds.policy import Measure, Policy
from graph.kinds.supply_side import (
    DayCount,
    FeePayer,
    Pool,
    Subsidy,
    SubsidyKind,
    SubsidyMeasure,
)
from graph.kinds.terms import OfferStatus, Technique
from graph.records import Record, Ref, Span
from graph.view import View
from queries.financing.answers import FinancingPath
from queries.financing.cost import CostKind, SubsidyStatus
from queries.financing.score import ScoreAspect
from queries.financing.tenor import DayRange
from queries.financing.terms import Gate, PathStatus, Ternary
from tests.queries.finance import (
    BANK,
    PROGRAMME,
    SELLER,
    WAN,
    ask,
    bank,
    chain_view,
    claim_view,
    dec,
    firm,
    missing_of,
    need,
    only,
    product,
    programme,
    receivable,
    supplies,
    verdict,
    view_of,
    wan,
)

LINE, GUARANTEED, DISCOUNTING = (
    Technique.COMPREHENSIVE_LINE,
    Technique.GUARANTEED_LOAN,
    Technique.RECEIVABLES_DISCOUNTING,
)
IN_90_DAYS = date(2025, 8, 30)


def line(*records: Record, **fields: object) -> View:
    given = {"max_amount": wan(100), "annual_rate": dec("0.042"), **fields}
    return view_of(bank(), firm("seller", default_probability=dec("0.05")), product(LINE, **given), *records)


def bps(path: FinancingPath) -> list[Decimal | None]:
    return [path.cost.annual_bps, path.cost.low, path.cost.high]


# cost


def test_claim_of_100_at_a_discount_of_1_and_a_commission_of_a_half_costs_6_18_percent() -> None:
    # A discount of 1 on 100 in 90 days: 365/90 % a year, 4.055556 % as printed.
    view = claim_view(
        receivable(100, due_on=IN_90_DAYS),
        annual_rate=dec("0.040556"), commission_rate=dec("0.005"), commission_payer=FeePayer.BORROWER,
    )  # fmt: skip
    path = only(ask(view, "seller"))
    assert path.cost.annual_bps is not None
    assert round(path.cost.annual_bps / 100, 2) == Decimal("6.18")
    assert [(part.kind, view.id_of(part.payer)) for part in path.cost.parts] == [
        (CostKind.DISCOUNT, SELLER),
        (CostKind.COMMISSION, SELLER),
    ]
    assert (path.capacity, path.cost.complete, path.cost.days) == (100 * WAN, True, 90)
    assert path.proceeds is not None
    assert round(path.proceeds / WAN, 2) == 98.5


def test_rate_on_360_days_is_shown_on_365() -> None:
    path = only(ask(line(annual_rate=dec("0.036"), day_count=DayCount.ACT_360), "seller"))
    assert (bps(path), path.proceeds) == ([365, 365, 365], 100 * WAN)


def test_printed_range_of_rates_is_a_range_of_costs() -> None:
    path = only(ask(line(annual_rate=None, rate_low=dec("0.04"), rate_high=dec("0.05")), "seller"))
    assert (bps(path), path.cost.complete) == ([None, 400, 500], False)
    assert [fact.field for fact in path.cost.missing] == ["annualRate"]


def test_rate_that_nobody_states_is_unknown_and_missing_in_the_score() -> None:
    path = only(ask(line(annual_rate=None), "seller"))
    assert (bps(path), path.cost.complete) == ([None] * 3, False)
    assert path.score is not None
    assert ScoreAspect.COST in path.score.missing


def test_commission_that_the_buyer_pays_is_no_cost_of_the_seller() -> None:
    view = claim_view(
        receivable(100, due_on=IN_90_DAYS), annual_rate=dec("0"), commission_rate=dec("0.005"),
        commission_payer=FeePayer.OBLIGOR,
    )  # fmt: skip
    path = only(ask(view, "seller"))
    assert path.cost.annual_bps == 0
    assert [view.id_of(part.payer) for part in path.cost.parts] == [SELLER, "enterprise:buyer"]
    assert (path.cost.parts[1].amount, path.proceeds) == (WAN // 2, 100 * WAN)


def guaranteed(**fields: object) -> View:
    guarantor = bank(
        "guarantor", type=InstitutionType.GUARANTOR, net_assets=wan(10_000), guarantee_multiple=Decimal(10)
    )
    offer = Guarantee(
        id="guarantee:offer",
        guarantor=Ref("institution:guarantor"),
        debtor=Ref(SELLER),
        **{"cover_share": dec("0.8"), **fields},
    )
    offered = product(GUARANTEED, annual_rate=dec("0.04"), tenor_max_days=365, processing_days=5, max_amount=wan(100))
    return view_of(bank(), firm("seller", default_probability=dec("0.05")), guarantor, offer, offered)


def test_guarantee_fee_is_charged_on_what_is_covered() -> None:
    # 4 + 0.8 · 1 = 4.8 of 99.2 over 365 days.
    path = only(ask(guaranteed(fee_rate=dec("0.01")), "seller"))
    assert bps(path)[0] == Decimal("483.870968")
    assert path.cost.parts[1].amount == 8 * WAN // 10


def test_institution_that_states_no_fee_leaves_the_cost_open() -> None:
    path = only(ask(guaranteed(), "seller"))
    assert (bps(path), [fact.field for fact in path.cost.missing]) == ([None, 400, None], ["feeRate"])


def subsidy(kind: SubsidyKind, name: str = "s", **fields: object) -> Subsidy:
    given = {"product": Ref("loanProduct:product"), "status": OfferStatus.OPEN, **fields}
    return Subsidy(id=f"subsidy:{name}", name=name, kind=kind, **given)


def test_subsidies_granted_and_expected_stand_beside_the_cost_before_them() -> None:
    half = {"rate": dec("0.5"), "measure": SubsidyMeasure.OF_COST}
    view = line(
        subsidy(SubsidyKind.INTEREST, "open", **half),
        subsidy(SubsidyKind.INTEREST, "closed", status=OfferStatus.CLOSED, **half),
        subsidy(SubsidyKind.INTEREST, "others", granted_to=Ref(BANK), **half),
        subsidy(
            SubsidyKind.INTEREST, "mine", granted_to=Ref(SELLER), rate=dec("0.01"), measure=SubsidyMeasure.OF_PRINCIPAL_A_YEAR
        ),
        tenor_max_days=365,
    )  # fmt: skip
    path = only(ask(view, "seller"))
    assert (path.cost.annual_bps, path.cost.after_subsidy_bps) == (420, 110)
    assert [(view.id_of(part.record), part.status, part.bps) for part in path.cost.parts[1:]] == [
        ("subsidy:mine", SubsidyStatus.GRANTED, 100),
        ("subsidy:open", SubsidyStatus.EXPECTED, 210),
    ]


def test_reward_of_2_per_mille_to_the_lender_is_in_no_borrowers_cost() -> None:
    view = line(subsidy(SubsidyKind.LENDER_REWARD, product=None, rate=dec("0.002")), tenor_max_days=365)
    path = only(ask(view, "seller"))
    assert (path.cost.annual_bps, path.cost.after_subsidy_bps, len(path.cost.parts)) == (420, 420, 1)
    assert [(one.kind, one.amount) for one in path.cost.rewards] == [(CostKind.LENDER_REWARD, WAN * 100 // 500)]


# tenor and lead time


def test_claim_stays_until_it_is_due_and_a_line_as_long_as_it_is_valid() -> None:
    assert only(ask(claim_view(receivable(100, due_on=IN_90_DAYS)), "seller")).tenor == DayRange(90, 90)
    facility = Facility(
        id="facility:f", lender=Ref(BANK), borrower=Ref(SELLER), limit=wan(50), drawn=wan(0), revolving=True,
        roll_every=90, expires_on=date(2026, 6, 1),
    )  # fmt: skip
    assert only(ask(view_of(bank(), firm("seller"), facility), "seller")).tenor == DayRange(0, 365, 90)


def chain(**fields: object) -> View:
    under = product(Technique.PAYABLES_FINANCE, programme=Ref(PROGRAMME), max_amount=wan(900))
    return chain_view(firm("t1"), supplies("t1", "anchor", 3650, 90), programme(1000, **fields), under)


def test_chain_rolls_with_its_claims_while_its_programme_is_valid() -> None:
    path = only(ask(chain(revolving=True, expires_on=date(2026, 6, 1)), "t1"))
    assert path.tenor == DayRange(0, 365, 90)
    assert only(ask(chain(), "t1")).tenor == DayRange(90, 90)


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"revolving": True, "expires_on": date(2026, 6, 1)}, Ternary.YES),
        ({"revolving": True, "expires_on": date(2025, 7, 1)}, None),
        ({"revolving": False}, None),
        ({}, Ternary.UNKNOWN),
    ],
)
def test_need_longer_than_the_claims_asks_for_a_programme_that_revolves(
    fields: dict[str, object], answer: Ternary | None
) -> None:
    found = ask(chain(**fields), "t1", need=need(10, tenor_min_days=180))
    if answer is None:
        assert not found.paths
        return
    path = only(found)
    assert verdict(path, Gate.TENOR) is answer
    assert missing_of(path, Gate.TENOR) == ([] if answer is Ternary.YES else ["revolving"])


def test_lead_time_is_the_sum_of_the_processing_days() -> None:
    assert only(ask(guaranteed(processing_days=10), "seller")).lead_time_days == 15
    assert only(ask(guaranteed(), "seller")).lead_time_days is None


def test_money_that_comes_late_is_no_path_even_where_a_part_is_not_stated() -> None:
    asked = need(10, needed_by=date(2025, 6, 11))
    assert not ask(guaranteed(processing_days=6), "seller", need=asked).paths
    assert verdict(only(ask(guaranteed(processing_days=5), "seller", need=asked)), Gate.TIMING) is Ternary.YES
    assert missing_of(only(ask(guaranteed(), "seller", need=asked)), Gate.TIMING) == ["processingDays"]


# policy basis and score


def measures(*texts: tuple[int, str], doc_no: str = "洛政办〔2017〕70号", **fields: object) -> list[Record]:
    return [
        Policy(id="policy:plan", doc_no=doc_no, title="t", **fields),
        *(
            Measure(
                id=f"measure:{number}", policy=Ref("policy:plan"), number=number, title="t", text=text,
                span=Span(number, number + len(text), text), **fields,
            )
            for number, text in texts
        ),
    ]  # fmt: skip


def test_measure_of_the_plan_that_the_table_lists_names_the_technique() -> None:
    view = line(*measures((15, "信用"), (16, "技术改造设备")))
    path = only(ask(view, "seller", need=need(10, purpose="技术改造")))
    assert [(clause.number, clause.technique, clause.purpose) for clause in path.policy_basis] == [
        (15, True, False),
        (16, False, True),
    ]
    assert path.policy_basis[1].span == Span(16, 22, "技术改造设备")
    assert utility(path, ScoreAspect.POLICY) == Decimal("0.5")


def utility(path: FinancingPath, aspect: ScoreAspect) -> Decimal | None:
    assert path.score is not None
    return next((part.utility for part in path.score.parts if part.aspect is aspect), None)


def test_one_measure_that_names_both_fits_wholly_and_another_document_names_by_words() -> None:
    view = line(*measures((3, "发展综合授信,支持 技术改造"), doc_no="其他〔2020〕1号"))
    assert utility(only(ask(view, "seller", need=need(10, purpose="技术改造"))), ScoreAspect.POLICY) == 1
    assert utility(only(ask(view, "seller", need=need(10, purpose="出口"))), ScoreAspect.POLICY) == Decimal("0.5")


def test_measure_that_is_no_longer_in_force_names_nothing() -> None:
    path = only(ask(line(*measures((15, "信用"), valid_to=date(2025, 1, 1))), "seller", need=need(10)))
    assert (path.policy_basis, utility(path, ScoreAspect.POLICY)) == ((), Decimal("0.01"))


def test_score_of_a_line_by_hand() -> None:
    # fill 100/200, cost (4.2 − 2)/10, tenor 30..365 of 30..730, evidence 0.5, policy 0.5, risk 5 %:
    # 0.5^.3 · 0.78^.2 · (335/700)^.15 · 0.5^.15 · 0.5^.1 · 0.95^.1
    view = line(*measures((15, "信用")), tenor_max_days=365)
    path = only(ask(view, "seller", need=need(200, tenor_min_days=30, tenor_max_days=730)))
    assert path.score is not None
    assert (path.score.value, path.score.missing) == (Decimal("0.578918"), ())


def test_cover_lowers_the_risk_that_is_left() -> None:
    assert utility(only(ask(guaranteed(), "seller")), ScoreAspect.RISK) == Decimal("0.99")
    covered = line(
        Pool(id="pool:p", name="p", balance=wan(500), multiple=Decimal(1), cover_share=dec("0.5")), pool=Ref("pool:p")
    )
    assert utility(only(ask(covered, "seller")), ScoreAspect.RISK) == Decimal("0.975")


def test_what_is_not_known_is_missing_and_a_path_without_capacity_has_no_score() -> None:
    view = view_of(bank(), firm("seller"), product(LINE))
    path = only(ask(view, "seller"))
    assert (path.status, path.capacity, path.score, path.proceeds) == (PathStatus.CONDITIONAL, None, None, None)
    stated = only(ask(view_of(bank(), firm("seller"), product(LINE, max_amount=wan(5))), "seller"))
    assert stated.score is not None
    assert stated.score.missing == (ScoreAspect.FILL, ScoreAspect.COST, ScoreAspect.TENOR, ScoreAspect.RISK)
