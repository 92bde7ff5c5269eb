"""The figures of the Luoyang plan as its text states them, and once made-up sources say what measures them. Amounts are invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from graph.kinds.contracts import Collaboration, Loan, LoanBatch
from graph.kinds.identity import Dataset
from graph.kinds.parties import Enterprise, Institution
from graph.kinds.policy import CountsToward, Observation, ObservationBasis, Target, TargetKind
from graph.kinds.supply_side import Pool
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from loaders.registry import open_source
from loaders.runner import run
from queries.progress.figures import ProgressStatus
from queries.progress.progress import TargetProgress
from queries.target_progress import target_progress
from tests.graph.build import knowledge_of, load
from tests.graph.memory_log import MemoryLog
from tests.queries.finance import ontology

DOC = "洛政办〔2017〕70号"
DAY = date(2021, 6, 1)
START, DUE = date(2017, 7, 21), date(2020, 12, 31)
MET, NOT_MET, NOT_STATED = ProgressStatus.MET, ProgressStatus.NOT_MET, ProgressStatus.NOT_STATED
SUBJECT = Ref[Any]("region:洛阳市")


@pytest.fixture(scope="module")
def plan(test_data: Path) -> Path:
    return next((test_data / "seeds").glob("*.txt"))


def view_of_plan(plan: Path, *records: Record) -> View:
    log = MemoryLog()
    knowledge = knowledge_of(log, ontology=ontology())
    assert run(knowledge, open_source("plan", plan, ontology(), {}), actor="tests").is_clean
    if records:
        load(log, "made-up", records, ontology=ontology())
    knowledge.refresh()
    return knowledge.view(DAY)


def targets(view: View, **which: Any) -> dict[int, TargetProgress]:
    return {one.target.number: one for one in target_progress(view, **which)}


def measured(number: int, **fields: Any) -> Target:
    """What another source says of a target: none of what the text states."""
    empty = dict.fromkeys(("policy", "indicator", "kind", "printed"))
    return Target(**{"id": f"target:{DOC}:{number}", "number": number, **empty, **fields})


def seen(series: str, period: str, value: float, unit: str, **fields: Any) -> Observation:
    given = {"subject": SUBJECT, "basis": ObservationBasis.LEVEL, **fields}
    return Observation(
        id=f"observation:{series}-{period}", series=series, period=period, value=Decimal(str(value)), unit=unit, **given
    )


def counts(source: str, number: int) -> CountsToward:
    return CountsToward(
        source=Ref(f"{source.partition(':')[0]}:{DOC}:{source.partition(':')[2]}"), target=Ref(f"target:{DOC}:{number}")
    )


def test_of_the_text_alone_no_target_is_judged_and_each_says_what_lacks(plan: Path) -> None:
    view = view_of_plan(plan)
    found = targets(view)
    assert len(found) == 32
    assert {one.status for one in found.values()} == {NOT_STATED}
    assert all(one.missing and one.value is None and one.progress is None for one in found.values())
    lacks = {number: [fact.field for fact in one.missing] for number, one in found.items()}
    assert lacks[6][0] == "series"
    assert "baseline" in lacks[9]
    assert all(lacks[number][0] == "series" for number in (21, 26, 27, 28))


def test_themes_and_units_of_the_plan_narrow_its_targets(plan: Path) -> None:
    view = view_of_plan(plan)
    assert set(targets(view, policy=DOC, theme=6)) == set(range(26, 33))
    assert {21, 22} < set(targets(view, unit="governmentUnit:洛阳市人力资源社会保障局"))
    assert 11 in targets(view, unit="governmentUnit:洛阳市商务局"), (
        "a member of the leading group answers for measure 2"
    )


def test_levels_and_average_changes_by_made_up_series(plan: Path) -> None:
    records = [
        measured(6, series="added value", baseline_period="2016"), seen("added value", "2016", 280, "亿元"),
        seen("added value", "2020", 361.5, "亿元"), measured(7, series="share"), seen("share", "2020", 7.2, "%"),
        measured(9, series="rate", baseline_period="2016"), seen("rate", "2016", 24, "%"), seen("rate", "2020", 25.7, "%"),
        measured(10, series="margin"), seen("margin", "2020", 8, "%"),
    ]  # fmt: skip
    found = targets(view_of_plan(plan, *records))
    assert (found[6].status, found[6].progress) == (NOT_MET, Fraction(163, 190))
    assert (found[7].status, found[7].progress) == (MET, None)
    assert (found[9].status, found[9].value) == (MET, Fraction(17, 40))
    assert (found[10].status, found[10].missing[0].field) == (NOT_STATED, "baseline")


def test_start_up_loans_add_up_in_money_and_people_once_the_pilot_period_is_dated(plan: Path) -> None:
    bank = Institution(id="institution:b", name="b")
    batches = [
        LoanBatch(
            id=f"loanBatch:{period}", lender=Ref("institution:b"), product=Ref(f"loanProduct:{DOC}:创业担保贷款"), period=period,
            amount=Money.of(amount, unit="亿元"), people=people,
        )
        for period, amount, people in (("2017-07-21/2017-12-31", 4, 5_000), ("2018/2019", 17, 16_000), ("2020", 10, 8_500))
    ]  # fmt: skip
    counted: list[Record] = [
        bank,
        *batches,
        counts("loanProduct:创业担保贷款", 21),
        counts("loanProduct:创业担保贷款", 22),
    ]
    undated = targets(view_of_plan(plan, *counted))
    assert [undated[number].status for number in (21, 22)] == [NOT_STATED, NOT_STATED]
    assert {fact.field for fact in undated[21].missing} == {"periodFrom"}
    dated = targets(view_of_plan(plan, *counted, *(measured(number, period_from=START, by=DUE) for number in (21, 22))))
    assert (dated[21].status, dated[21].value) == (MET, 31)
    assert (dated[22].status, dated[22].value, dated[22].progress) == (NOT_MET, Fraction(295, 100), Fraction(295, 300))


def test_technology_loans_beside_what_is_reported_and_vouchers_beside_their_budget(plan: Path) -> None:
    firms = [Enterprise(id=f"enterprise:{name}", name=name) for name in "ab"]
    loans = [
        Loan(
            id=f"loan:{name}", borrower=Ref(f"enterprise:{name}"), product=Ref(f"loanProduct:{DOC}:科技贷款"), start_on=date(2019, 5, 1),
            principal=Money.of(amount, unit="亿元"),
        )
        for name, amount in (("a", "2.5"), ("b", "1.2"))
    ]  # fmt: skip
    reported = seen("tech loans", "2020", 4.1, "亿元", basis=ObservationBasis.TO_DATE, since=START)
    vouchers = [
        Collaboration(
            id=f"collaboration:{name}", enterprise=Ref(f"enterprise:{name}"), scheme=Ref(f"voucherScheme:{DOC}:科技创新券"),
            granted_on=date(2018, 3, 1), voucher_amount=Money.of(20, unit="万元"),
        )
        for name in "ab"
    ]  # fmt: skip
    found = targets(
        view_of_plan(
            plan, *firms, *loans, reported, *vouchers, measured(27, series="tech loans", period_from=START, by=DUE),
            counts("loanProduct:科技贷款", 27), counts("voucherScheme:科技创新券", 30), counts("voucherScheme:科技创新券", 31),
        )
    )  # fmt: skip
    assert found[27].recorded is not None
    assert (found[27].status, found[27].value, found[27].recorded.status) == (MET, Fraction(41, 10), NOT_MET)
    assert found[27].difference == Fraction(4, 10)
    assert (found[30].value, found[30].progress) == (40, Fraction(40, 5000))
    assert (found[31].value, found[31].target.kind) == (2, TargetKind.COUNT)


def test_what_the_plan_wants_a_pool_to_hold_is_no_evidence_that_it_does(plan: Path) -> None:
    pool = f"pool:{DOC}:市科技型中小企业贷款风险资金池"
    counted = counts("pool:市科技型中小企业贷款风险资金池", 26)
    wanted = targets(view_of_plan(plan, counted))[26]
    assert (wanted.target.kind, wanted.status, wanted.value) == (TargetKind.STOCK, NOT_STATED, None)
    better = Dataset(id="dataset:made-up", name="made up", reliability=Decimal("0.9"))
    held = Pool(**{"id": pool, "name": None, "balance": Money.of(4_200, unit="万元")})
    found = targets(view_of_plan(plan, counted, better, held))[26]
    assert (found.status, found.value, found.progress) == (MET, 4200, None)
