"""The order of financing paths: by hand, against a sort of all of them, and without looking at all of them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.batch import Statement
from graph.kinds.contracts import Guarantee
from graph.kinds.parties import InstitutionType
from graph.kinds.policy import Measure, Policy
from graph.kinds.supply_side import DayCount, FeePayer, LoanProduct
from graph.kinds.terms import OfferStatus, Technique
from graph.money import Money
from graph.records import Record, Ref
from queries.financing.answers import FinancingPath
from queries.financing.need import NeedAsked
from queries.financing.score import Weights
from queries.financing.search import best_first
from queries.financing.techniques.table import TECHNIQUES
from queries.financing.terms import PathStatus
from queries.financing_paths import financing_paths
from tests.examples import FEW_WORLDS
from tests.graph.build import TODAY
from tests.queries.finance import (
    PROGRAMME,
    ask,
    bank,
    chain_view,
    dec,
    firm,
    need,
    product,
    programme,
    spine,
    supplies,
    view_of,
    wan,
)
from tests.queries.oracle_world import World
from tests.queries.path_worlds import records_of, worlds

LINE = Technique.COMPREHENSIVE_LINE


def line(name: str, amount: float | None = 100, **fields: Any) -> LoanProduct:
    return product(LINE, name, **{"max_amount": None if amount is None else wan(amount), **fields})


def order(*offers: Record, **options: Any) -> list[str]:
    view = view_of(bank(), firm("seller"), *offers)
    return [spine(view, path)[1] for path in ask(view, "seller", **options).paths]


# by hand


def test_capacity_that_nobody_states_comes_after_every_stated_one() -> None:
    assert order(line("a", None, annual_rate=dec("0.01")), line("b", 1, annual_rate=dec("0.2"))) == ["b", "a"]


def test_cheaper_path_comes_before_a_larger_one_where_both_meet_the_need() -> None:
    offers = line("a", 100, annual_rate=dec("0.06")), line("b", 50, annual_rate=dec("0.04"))
    assert order(*offers, need=need(50)) == ["b", "a"]
    # Of a need of 100 b fills half: 0.5^.3 of fill weighs more than (0.8 / 0.6)^.2 of cost.
    assert order(*offers, need=need(100)) == ["a", "b"]


def test_weights_turn_the_order() -> None:
    offers = line("a", 100, annual_rate=dec("0.06")), line("b", 50, annual_rate=dec("0.04"))
    dear = Weights(Decimal("0.1"), Decimal("0.4"))
    assert order(*offers, need=need(100), weights=dear) == ["b", "a"]


def test_of_equal_scores_status_decides_then_capacity_then_cost_then_ids() -> None:
    offers = (
        line("d", 100, annual_rate=dec("0.01")),
        line("c", 100, annual_rate=dec("0.02")),
        line("b", 100, annual_rate=dec("0.02")),
        line("a", 200, annual_rate=dec("0.02")),
        line("e", 900, annual_rate=dec("0.02"), status=None),
    )
    # Up to 2 % cost counts alike, and with no need all fill alike.
    assert order(*offers) == ["a", "d", "b", "c", "e"]


def test_cost_that_has_no_upper_end_comes_last_of_equals() -> None:
    weights = Weights(Decimal("0.5"), Decimal(0), Decimal("0.15"), Decimal("0.15"), Decimal("0.1"), Decimal("0.1"))
    assert order(line("a", annual_rate=None), line("b", annual_rate=dec("0.3")), weights=weights) == ["b", "a"]


def test_range_is_ranked_by_its_upper_end() -> None:
    offers = (
        line("a", annual_rate=None, rate_low=dec("0.01"), rate_high=dec("0.07")),
        line("b", annual_rate=dec("0.06")),
    )
    assert order(*offers) == ["b", "a"]


def test_shorter_way_comes_first_where_all_else_is_equal() -> None:
    records = [firm(name) for name in ("t1", "t2")]
    deep = product(Technique.DEEP_TIER, "deep", programme=Ref(PROGRAMME))
    links = [supplies("t2", "t1", 365, 365), supplies("t1", "anchor", 365, 365), supplies("t2", "x", 365, 365)]
    more = [firm("x"), supplies("x", "t1", 365, 365)]
    view = chain_view(*records, *more, *links, programme(1000), deep)
    found = [spine(view, path)[3:] for path in ask(view, "t2").paths]
    assert found == [["anchor", "t1", "t2"], ["anchor", "t1", "x", "t2"]]


def test_best_evidenced_chain_comes_first() -> None:
    records = [firm(name) for name in ("m1", "m2", "e")]
    sure = [supplies("e", "m2", 365, 365), supplies("m2", "anchor", 365, 365)]
    vague = [Statement(supplies(*ends, 365, 365), "row", Decimal("0.5")) for ends in (("e", "m1"), ("m1", "anchor"))]
    deep = product(Technique.DEEP_TIER, "deep", programme=Ref(PROGRAMME))
    view = chain_view(*records, *sure, *vague, programme(1000), deep)  # type: ignore[arg-type]
    assert [spine(view, path)[4] for path in ask(view, "e").paths] == ["m2", "m1"]


# without looking at all


def hub(width: int, **fields: Any) -> list[Any]:
    """e sells to many firms that sell to the anchor, all alike but for their ids; the programme's product has a discount and a fee."""
    deep = product(
        Technique.DEEP_TIER, "deep", programme=Ref(PROGRAMME), annual_rate=dec("0.05"), commission_rate=dec("0.003"),
        tenor_min_days=7, tenor_max_days=180, processing_days=5, **fields,
    )  # fmt: skip
    records: list[Any] = [firm("e"), programme(10_000, voucher_max_days=120), deep]
    for place in range(width):
        name = f"m{place:05d}"
        records += [firm(name), supplies("e", name, 3650, 60), supplies(name, "anchor", 9000, 90)]
    return records


@pytest.mark.parametrize(
    "asked", [None, need(100), need(900, tenor_min_days=30, tenor_max_days=360), need(900, tenor_min_days=180)]
)
def test_equal_ways_over_a_hub_are_told_apart_without_appraising_them(
    asked: NeedAsked | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = chain_view(*hub(1000))
    appraised = counted(monkeypatch)
    found = ask(view, "e", first=5, count=False, need=asked)
    assert [spine(view, path)[4] for path in found.paths] == [f"m{place:05d}" for place in range(5)]
    assert len(appraised) <= 12


def test_best_of_a_hub_are_found_without_appraising_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    records = hub(1000)
    # Payment terms decide what a discount costs, confidence how well a link is evidenced.
    records += [firm("z1"), supplies("e", "z1", 3650, 60), supplies("z1", "anchor", 9000, 20)]
    better = (supplies("e", "z2", 3650, 60), supplies("z2", "anchor", 9000, 100))
    records += [firm("z2"), *better]
    view = chain_view(*records)
    appraised = counted(monkeypatch)
    found = ask(view, "e", first=3, count=False, need=need(500))
    assert spine(view, found.paths[0])[4] == "z2"
    assert len(appraised) <= 10


def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    seen: list[object] = []
    appraise = best_first.appraise

    def counting(*args: Any) -> Any:
        seen.append(args)
        return appraise(*args)

    monkeypatch.setattr(best_first, "appraise", counting)
    return seen


# against a sort of all

maybe_rate = st.one_of(
    st.none(), st.sampled_from([dec("0"), dec("0.02"), dec("0.0365"), dec("0.05"), dec("0.2"), dec("1")])
)
flat = st.one_of(st.none(), st.sampled_from([dec("0"), dec("0.003"), dec("0.5")]))
payers = st.one_of(st.none(), st.sampled_from(list(FeePayer)))
days = st.one_of(st.none(), st.sampled_from([0, 1, 30, 60, 90, 365]))
dues = st.one_of(st.none(), st.sampled_from([-3, 0, 1, 30, 60, 90, 400]).map(lambda ahead: TODAY + timedelta(ahead)))
probabilities = st.one_of(st.none(), st.sampled_from([dec("0"), dec("0.05"), dec("0.5")]))
confidences = st.one_of(st.none(), st.sampled_from([dec("0.1"), dec("0.5"), dec("0.9")]))


@st.composite
def priced(draw: st.DrawFn, world: World) -> list[Any]:
    """The world's records with prices, days, risks, doubts, measures, and a guarantee that is offered."""
    found: list[Any] = []
    for record in records_of(world):
        changes: dict[str, Any] = {}
        match type(record).__name__:
            case "LoanProduct":
                rates, charges, whose = (
                    draw(st.tuples(maybe_rate, maybe_rate)),
                    draw(st.tuples(flat, maybe_rate)),
                    draw(payers),
                )
                changes = {
                    "annual_rate": rates[0], "rate_high": rates[1], "day_count": draw(st.sampled_from([None, *DayCount])),
                    "interest_payer": draw(st.sampled_from([None, None, FeePayer.OBLIGOR])), "commission_rate": charges[0],
                    "service_fee_rate": charges[1], "commission_payer": whose, "service_fee_payer": whose,
                    "tenor_min_days": draw(days), "tenor_max_days": draw(days), "guarantee_fee_rate": draw(flat),
                }  # fmt: skip
            case "Receivable" | "Voucher" | "Bill":
                changes = {"due_on": draw(dues)}
            case "AnchorProgramme":
                changes = {
                    "revolving": draw(st.sampled_from([None, True, False])),
                    "expires_on": draw(dues),
                    "voucher_max_days": draw(days),
                }
            case "Enterprise":
                changes = {"default_probability": draw(probabilities)}
        changed = replace(record, **changes)  # type: ignore[type-var]
        found.append(Statement(changed, "row", draw(confidences)) if draw(st.booleans()) else changed)
    cover = draw(st.sampled_from([None, dec("0.5"), dec("1")]))
    guarantor = bank("guarantor", type=InstitutionType.GUARANTOR, net_assets=wan(1), guarantee_multiple=Decimal(10))
    found += [
        guarantor,
        *(
            Guarantee(
                id=f"guarantee:{place}", guarantor=Ref(draw(st.sampled_from(["institution:guarantor", world.firms[1].id]))),
                debtor=Ref(world.firms[0].id), cover_share=cover, amount=Money(300), fee_rate=draw(flat), fee_payer=draw(payers),
            )
            for place in range(draw(st.integers(0, 2)))
        ),
        *(
            LoanProduct(
                id=f"loanProduct:g{place}", name="g", lender=Ref("institution:a"), technique=Technique.GUARANTEED_LOAN,
                status=OfferStatus.OPEN, max_amount=Money(500), annual_rate=draw(maybe_rate), guarantee_fee_rate=draw(flat),
                tenor_min_days=draw(days), tenor_max_days=draw(days),
            )
            for place in range(draw(st.integers(0, 2)))
        ),
    ]  # fmt: skip
    if draw(st.booleans()):
        found.append(Policy(id="policy:p", doc_no="洛政办〔2017〕70号", title="t"))
        number = draw(st.sampled_from([6, 11, 15]))
        found.append(Measure(id="measure:m", policy=Ref("policy:p"), number=number, title="t", text="采购"))
    return found


needs = st.one_of(
    st.none(),
    st.builds(
        lambda amount, low, more, purpose: NeedAsked(
            Money(amount), tenor_min_days=low, tenor_max_days=None if more is None else (low or 0) + more, purpose=purpose
        ),
        st.integers(1, 1500), days, days, st.sampled_from([None, "采购"]),
    ),
)  # fmt: skip
weightings = st.sampled_from(
    [
        Weights(),
        Weights(Decimal(0), Decimal(1), Decimal(0), Decimal(0), Decimal(0), Decimal(0)),
        Weights(*(Decimal(share) / 10 for share in (1, 2, 3, 1, 1, 2))),
        Weights(Decimal(0), Decimal(0), Decimal("0.5"), Decimal("0.5"), Decimal(0), Decimal(0)),
    ]
)


def place(path: FinancingPath, ids: list[str]) -> tuple[Any, ...]:
    """Where a path belongs, from what it says of itself."""
    return (
        path.capacity is None,
        0 if path.score is None else -path.score.value,
        list(PathStatus).index(path.status),
        -(path.capacity or 0),
        path.cost.high is None,
        path.cost.high or 0,
        len(path.steps),
        ids,
        list(TECHNIQUES).index(path.technique),
    )


@settings(max_examples=FEW_WORLDS * 2)
@given(st.data(), worlds(5), needs, weightings, st.integers(1, 6))
def test_paths_leave_the_search_in_the_order_of_a_sort(
    data: st.DataObject, world: World, asked: NeedAsked | None, weights: Weights, few: int
) -> None:
    view = view_of(*data.draw(priced(world)))
    whole = financing_paths(view, world.firms[0].id, need=asked, weights=weights, first=100)
    places = [place(path, view.ids_of(np.array(path.nodes))) for path in whole.paths]
    assert places == sorted(places)
    head = financing_paths(view, world.firms[0].id, need=asked, weights=weights, first=few, count=False)
    assert [path.id for path in head.paths] == [path.id for path in whole.paths[:few]]
