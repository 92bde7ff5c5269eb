"""Cells of every dimension, their ids, and what lies behind them. Amounts in 万元; today is 2025-06-01."""

from __future__ import annotations

import numpy as np
import pytest

from graph.errors import InvalidIdentifier
from graph.kinds.parties import Tagged
from graph.kinds.places import IndustryLevel, Tag, TicketBand
from graph.kinds.terms import Instrument
from graph.records import Record, Ref
from graph.view import View
from queries.coverage.cell_id import CellDimension, CellFilter, CellKey, Levels, TagSplit
from queries.fund_coverage import FundCoverage, coverage_cell, fund_coverage
from tests.queries.fund_world import (
    INDUSTRY,
    INSTRUMENT,
    STAGE,
    TAG,
    TICKET_BAND,
    WAN,
    coverage,
    figures_of,
    firm,
    four_cells,
    graph,
    money,
    need,
    places,
    wan,
)


def band(name: str, lower: int | None, upper: int | None) -> TicketBand:
    return TicketBand(id=f"ticketBand:{name}", name=name, lower=wan(lower), upper=wan(upper))


def test_a_need_falls_in_the_band_that_holds_its_amount_and_one_that_none_holds_in_a_cell_of_its_own() -> None:
    view = graph(
        firm("a"), band("small", None, 500), band("large", 500, 2_000), band("wide", 100, 2_000),
        need("1", "a", 99), need("2", "a", 499), need("3", "a", 500), need("4", "a", 2_000),
    )  # fmt: skip
    cells = fund_coverage(view, by=[TICKET_BAND]).cells
    assert [(cell.ticket_band and view.id_of(cell.ticket_band), cell.demand // WAN) for cell in cells] == [
        ("ticketBand:large", 500),
        ("ticketBand:small", 99),
        ("ticketBand:wide", 499),
        (None, 2_000),
    ]
    shown = fund_coverage(view, by=[], where=CellFilter(ticket_band=("ticketBand:large", "ticketBand:wide")))
    assert shown.total.demand == 999 * WAN


def test_money_that_met_no_need_is_in_the_band_of_its_round() -> None:
    view = graph(firm("a"), band("small", None, 500), money("1", "a", 300))
    [cell] = fund_coverage(view, by=[TICKET_BAND]).cells
    assert (view.id_of(cell.ticket_band or 0), cell.over_coverage) == ("ticketBand:small", 300 * WAN)


def test_equity_is_the_only_instrument_that_funds_are_asked_for() -> None:
    view = graph(firm("a"), need("1", "a", 5), need("2", "a", 7, instrument=Instrument.DEBT))
    assert [(cell.instrument, cell.demand) for cell in fund_coverage(view, by=[INSTRUMENT]).cells] == [
        (Instrument.EQUITY, 5 * WAN)
    ]
    debt = fund_coverage(view, by=[INSTRUMENT], where=CellFilter(instrument=(Instrument.DEBT,)))
    assert (debt.cells, debt.total.demand) == ((), 0)


def tagged() -> list[Record]:
    """One need of 1,000 that carries two tags, one of 10 with one of them, one of 5 with none."""
    return [
        Tag(id="tag:a", name="a"), Tag(id="tag:b", name="b"), firm("f"), firm("g"), firm("h"),
        need("1", "f", 1_000), need("2", "g", 10), need("3", "h", 5),
        Tagged(source=Ref("financingNeed:1"), target=Ref("tag:a")),
        Tagged(source=Ref("enterprise:f"), target=Ref("tag:b")),
        Tagged(source=Ref("financingNeed:2"), target=Ref("tag:b")),
    ]  # fmt: skip


def rows(view: View, answer: FundCoverage) -> list[tuple[list[str], int]]:
    return [(view.ids_of(np.array(cell.tags, np.int64)), cell.demand // WAN) for cell in answer.cells]


def test_one_need_with_two_tags_is_in_the_row_of_each_and_once_in_the_total() -> None:
    view = graph(tagged()[:-2], tagged()[-2])
    only = CellFilter(tag=("tag:a",))
    answer = fund_coverage(view, by=[TAG], levels=Levels(tag=TagSplit.SINGLE), where=only)
    assert (rows(view, answer), answer.total.demand) == ([(["tag:a"], 1_000), (["tag:b"], 1_000)], 1_000 * WAN)


def test_a_set_of_tags_is_one_value_and_no_tag_is_one_too() -> None:
    view = graph(tagged())
    answer = fund_coverage(view, by=[TAG])
    assert rows(view, answer) == [([], 5), (["tag:a", "tag:b"], 1_000), (["tag:b"], 10)]
    single = fund_coverage(view, by=[TAG], levels=Levels(tag=TagSplit.SINGLE))
    assert rows(view, single) == [([], 5), (["tag:a"], 1_000), (["tag:b"], 1_010)]
    assert single.total.demand == answer.total.demand == 1_015 * WAN


def test_cells_of_every_dimension_answer_the_same_by_their_ids() -> None:
    view = graph(four_cells(), tagged(), places(), band("all", None, None), money("9", "nm", 100))
    for split in TagSplit:
        levels = Levels(tag=split, industry=IndustryLevel.CLASS)
        for dimensions in (tuple(CellDimension), (TAG,), (TICKET_BAND, INSTRUMENT)):
            answer = fund_coverage(
                view, by=dimensions, levels=levels, where=CellFilter(instrument=(Instrument.EQUITY,))
            )
            for cell in answer.cells:
                again = coverage_cell(view, cell.id)
                assert (again.id, figures_of(again), again.tags) == (cell.id, figures_of(cell), cell.tags)
                assert (again.ticket_band, again.instrument) == (cell.ticket_band, cell.instrument)
                assert again.max_allocatable == cell.max_allocatable


def test_a_cell_whose_id_was_tampered_with_is_refused() -> None:
    view = graph(four_cells())
    for value in ("FOO", ("SEED",)):
        with pytest.raises(InvalidIdentifier, match="stage"):
            coverage_cell(view, CellKey({STAGE: value}).id)
    with pytest.raises(InvalidIdentifier, match="tags"):
        coverage_cell(view, CellKey({TAG: "tag:a"}).id)


def test_a_cell_served_first_could_get_more_than_its_fair_part() -> None:
    answer = coverage(four_cells(), by=[INDUSTRY, STAGE], levels=Levels(industry=IndustryLevel.GROUP))
    # NM-seed from the angel fund, EI-seed from it and the innovation sub-fund, NE-growth from nobody, SE-growth from two funds.
    assert [cell.max_allocatable // WAN for cell in answer.cells] == [2_500, 2_000, 0, 9_000]
    assert answer.total.max_allocatable == 11_500 * WAN


def test_a_cell_tells_its_enterprises_and_which_of_them_money_can_reach() -> None:
    view = graph(four_cells(), money("1", "nm", 2_500))
    total = fund_coverage(view, by=[]).total
    assert view.ids_of(total.enterprises) == [f"enterprise:{name}" for name in ("ei", "ne", "nm", "se")]
    # NM-seed has all it asked for, NE-growth no mandate.
    assert view.ids_of(total.reached) == ["enterprise:ei", "enterprise:se"]
