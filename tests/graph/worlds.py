"""Made-up logs for properties: a few ids, days and sources, so that rows meet, and every op."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

from graph.batch import Batch, Statement
from graph.blocks import Op
from graph.kinds.assets import Receivable
from graph.kinds.identity import Dataset, PossiblySameAs, SameAs
from graph.kinds.parties import Enterprise, Supplies
from graph.kinds.places import Product
from graph.kinds.terms import Stage
from graph.log import Log, Mode
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Record, Ref
from tests.graph.build import append
from tests.graph.oracle import END, RETRACT, STATE, Loaded, Row

FIRMS = (
    "enterprise:91410300MA4400001B",
    "enterprise:600001.SH",
    "enterprise:a",
    "enterprise:a2",
    "enterprise:登记:甲",
)
PRODUCTS = ("product:p", "product:p1")
CLAIMS = ("receivable:r", "receivable:r1")
SOURCES = ("tax", "bank", "Zoll")
DAYS = (date(2020, 1, 1), date(2022, 1, 1), date(2024, 1, 1))
ENDS = (date(2021, 6, 1), date(2022, 1, 1), date(2023, 6, 1), date.max)
MOMENTS = (date.min, *DAYS, *ENDS, date(2021, 3, 1), date(2022, 6, 1), date(2030, 1, 1))


def _maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((None, *values))


_dates: dict[str, st.SearchStrategy[Any]] = {
    "valid_from": _maybe(*DAYS), "valid_to": st.sampled_from((None, None, None, *ENDS))
}  # fmt: skip
_firm = st.sampled_from(FIRMS)
_amount = _maybe(Money(100), Money(100, printed="1元"), Money(100, "USD"), Money(7))

_firms = st.builds(
    Enterprise, id=_firm, name=_maybe("甲", "乙"), aliases=st.sampled_from([(), ("a",), ("a", "b")]),
    stage=_maybe(*Stage), registered_capital=_amount, **_dates,
)  # fmt: skip
_products = st.builds(Product, id=st.sampled_from(PRODUCTS), name=_maybe("钢", "铁"), **_dates)
_claims = st.builds(
    Receivable, id=st.sampled_from(CLAIMS), owner=_maybe(*map(Ref, FIRMS)), obligor=_maybe(*map(Ref, FIRMS)),
    face=_amount, dilution=_maybe(Decimal("0.05")), confirmed=_maybe(True, False), due_on=_maybe(*DAYS), **_dates,
)  # fmt: skip
_supplies = st.builds(
    Supplies, source=_firm.map(Ref), target=_firm.map(Ref), product=_maybe(*map(Ref, PRODUCTS)),
    annual_amount=_amount, payment_term_days=_maybe(30, 60), **_dates,
)  # fmt: skip
_same = st.builds(SameAs, source=_firm.map(Ref), target=_firm.map(Ref), reason=_maybe("代码表"), **_dates) | st.builds(
    SameAs, source=st.sampled_from(PRODUCTS).map(Ref), target=st.sampled_from((*PRODUCTS, *CLAIMS)).map(Ref), **_dates
)
_maybe_same = st.builds(PossiblySameAs, source=_firm.map(Ref), target=_firm.map(Ref), **_dates)
_datasets = st.builds(
    Dataset, id=st.sampled_from([f"dataset:{source}" for source in SOURCES]), name=st.just("来源"),
    reliability=_maybe(Decimal("0.9"), Decimal("0.2")), **_dates,
)  # fmt: skip
_records = st.one_of(_firms, _firms, _claims, _supplies, _supplies, _same, _maybe_same, _datasets, _products)

_NONES = {
    Enterprise: ("stage", "name", "registered_capital"),
    Receivable: ("due_on", "owner"),
    Supplies: ("annual_amount",),
}


@st.composite
def _rows(draw: st.DrawFn) -> Row:
    record = draw(_records)
    op = draw(st.sampled_from((STATE, STATE, STATE, STATE, END, RETRACT)))
    days = (*DAYS, *ENDS[:3])
    until = draw(st.sampled_from({END: days, STATE: (None, None, None, *days), RETRACT: (None,)}[op]))
    names = _NONES.get(type(record), ())
    none = (
        tuple(name for name in draw(st.sets(st.sampled_from(names))) if getattr(record, name) is None) if names else ()
    )
    return Row(record, op, until, tuple(sorted(none)) if op == STATE else ())


def _keys_once(rows: Iterable[Row]) -> tuple[Row, ...]:
    """A writer lets no load have two rows of one key."""
    found: dict[Any, Row] = {}
    for row in rows:
        record = row.record
        key = (
            type(record),
            record.id,
            *(getattr(record, name, None) for name in ("source", "target", "product", "valid_from")),
        )
        found.setdefault(key, row)
    return tuple(found.values())


loads = st.one_of(
    *[st.builds(Loaded, st.sampled_from(SOURCES), st.lists(_rows(), max_size=8).map(_keys_once))] * 7,
    st.builds(Loaded, st.sampled_from(SOURCES), st.just(()), st.just(True)),
)
"""A load by one of three sources, now and then its withdrawal."""

worlds = st.lists(loads, max_size=6)
moments = st.sampled_from(MOMENTS)


def frames_of(rows: Sequence[Row], ontology: Ontology) -> dict[str, pl.DataFrame]:
    """The statement frames of rows, as a writer appends them."""
    ops = {STATE: Op.STATE.value, END: Op.END.value, RETRACT: Op.RETRACT.value}
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        by_kind.setdefault(type(row.record).__name__, []).append(row)
    frames = {}
    for name, mine in by_kind.items():
        batch = Batch.of([Statement(row.record, none=row.none) for row in mine], ontology)
        frames[name] = batch.frames[name].with_columns(
            pl.Series("op", [ops[row.op] for row in mine], dtype=pl.Int8),
            pl.Series("until", [row.until for row in mine], dtype=pl.Date),
        )
    return frames


def write(log: Log, world: Iterable[Loaded], ontology: Ontology) -> None:
    """Append these loads, in order."""
    for loaded in world:
        mode = Mode.WITHDRAWAL if loaded.withdrawal else Mode.PARTIAL
        append(log, loaded.source, frames_of(loaded.rows, ontology), mode=mode)


def identifiers() -> list[str]:
    """Every node id that a world may mention."""
    return [*FIRMS, *PRODUCTS, *CLAIMS, *(f"dataset:{source}" for source in SOURCES)]


__all__ = ["CLAIMS", "FIRMS", "PRODUCTS", "Record", "frames_of", "identifiers", "loads", "moments", "worlds", "write"]
