"""Validation, vectorised from the kinds: ids are made and checked, formats, code lists and ranges kept, or the row is rejected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from graph.batch import Batch, Rejection
from graph.blocks import ID, LOCATOR, conform
from graph.condition import BadCondition, facts_of, read_condition
from graph.dependencies import in_cycles
from graph.fields import SEPARATOR, FieldSpec, FieldType
from graph.id_columns import clean, escaped_texts, whole
from graph.id_columns import escaped as escaped  # also of this module, for readers of ids
from graph.identifiers import is_valid
from graph.money import MAX_MINOR
from graph.ontology import KindSpec, Ontology
from graph.records import Text
from graph.values import FIRST_DAY, MILLION

MAX_TEXT_BYTES: Final = 1_000_000
"""Longest text of one field."""
MAX_INT: Final = 2**31 - 1
"""Largest whole number: GraphQL's Int knows no larger one."""

MAX_ID_BYTES: Final = 800
"""Longest id that is stored or referred to: Neo4j indexes at most 8,167 bytes, and a link's id has three, escaped once more."""

_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS: Final = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int64)
_CREDIT_VALUES: Final = np.full(256, -1, dtype=np.int64)
_CREDIT_VALUES[[ord(char) for char in _CREDIT_ALPHABET]] = np.arange(31)

CAP: Final = ">0"
"""Unit of what caps something: nobody who means that there is no cap writes 0."""
_NON_NEGATIVE_UNITS: Final = frozenset({"days", "count", "people", "tiers", "years", "months", "rank"})


@dataclass(frozen=True, slots=True)
class _Check:
    """Rows where `bad` is true are rejected."""

    code: str
    field: str
    bad: pl.Expr
    value: pl.Expr
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A batch after validation: the rows that keep the ontology, those that do not, and why. All have whole ids where they can."""

    kept: Batch
    rejected: Batch
    rejections: list[Rejection]


def validate(batch: Batch, ontology: Ontology, source: str) -> tuple[Batch, list[Rejection]]:
    """The rows that keep the ontology, with whole ids, and a rejection for each row that does not.

    A row that lacks a required field is kept, since another source may complete it; one without a key is not. Cost: a few
    passes over each column.
    """
    checked = check(batch, ontology, source)
    return checked.kept, checked.rejections


def check(batch: Batch, ontology: Ontology, source: str) -> Checked:
    """What `validate` gives, and the rejected rows: a full load takes their keys as still stated."""
    kept: dict[str, pl.DataFrame] = {}
    rejected: dict[str, pl.DataFrame] = {}
    rejections: list[Rejection] = []
    for name, raw in batch.frames.items():
        kind = ontology[name]
        frame = with_ids(conform(kind, raw), kind, ontology, source)
        kept[name], rejected[name], found = _apply(frame, kind, list(_checks(frame, kind, ontology)))
        rejections += found
    return Checked(Batch(kept), Batch(rejected), rejections)


def with_ids(frame: pl.DataFrame, kind: KindSpec, ontology: Ontology, source: str) -> pl.DataFrame:
    """The frame with whole ids: a node's from its identity fields where `id` is null, prefixes put before bare keys."""
    columns = [
        whole(frame[spec.name], ontology[targets[0]].prefix, ontology) if len(targets) == 1 else clean(frame[spec.name])
        for spec in kind.references
        for targets in (ontology.concrete(spec.target or ""),)
    ]
    frame = frame.with_columns(
        *columns,
        valid_from=pl.when(pl.col("valid_from") == FIRST_DAY).then(None).otherwise(pl.col("valid_from")),
    )
    if kind.is_link:
        return frame
    ids = whole(frame[ID], kind.prefix, ontology)
    rungs: list[tuple[pl.Series, ...]] = [tuple(frame[name] for name in names) for names in kind.identity]
    if "name" in kind.by_name:
        rungs.append((pl.Series("source", [source]).new_from_index(0, frame.height), frame["name"]))
    for rung in rungs:
        if ids.null_count() == 0:
            break
        parts = pl.DataFrame([escaped_texts(part.cast(pl.String)).alias(str(at)) for at, part in enumerate(rung)])
        made = parts.select(pl.concat_str(pl.lit(kind.prefix), pl.all(), separator=":"))
        ids = ids.zip_with(ids.is_not_null(), made.to_series())
    return frame.with_columns(ids.alias(ID))


def link_ids(frame: pl.DataFrame, kind: KindSpec) -> pl.Series:
    """The ids of a link kind's rows, from ends and key: `supplies:source:target[:key]`."""
    parts = [pl.lit(kind.prefix), escaped(pl.col("source")), escaped(pl.col("target"))]
    for name in kind.key:
        parts.append(escaped(pl.col(name).cast(pl.String)))
    return frame.select(pl.concat_str(parts, separator=":", ignore_nulls=True).alias(ID))[ID]


def credit_codes_valid(codes: pl.Series) -> np.ndarray:
    """For each code, whether it is 18 characters of the alphabet with the right check character (GB 32100-2015); null: true."""
    result = codes.is_null().to_numpy().copy()
    sized = (codes.str.len_bytes() == 18).fill_null(False).to_numpy()
    if not sized.any():
        return result
    places = np.flatnonzero(sized)
    letters = np.frombuffer("".join(codes.gather(places).to_list()).encode("latin-1", "replace"), dtype=np.uint8)
    if letters.size != places.size * 18:
        result[places] = [is_valid(Text.CREDIT_CODE, code) for code in codes.gather(places)]
        return result
    values = _CREDIT_VALUES[letters.reshape(-1, 18)]
    check = (31 - (values[:, :17] * _CREDIT_WEIGHTS).sum(axis=1) % 31) % 31
    head = "".join(codes.gather(places).str.slice(0, 8).to_list())
    digits = np.frombuffer(head.encode("ascii", "replace"), dtype=np.uint8).reshape(-1, 8)[:, 2:8]
    result[places] = (
        (values >= 0).all(axis=1) & (check == values[:, 17]) & ((digits >= 48) & (digits <= 57)).all(axis=1)
    )
    return result


def _checks(frame: pl.DataFrame, kind: KindSpec, ontology: Ontology) -> Iterator[_Check]:
    if kind.is_link:
        for name in ("source", "target"):
            yield _Check(
                "MISSING_KEY", name, pl.col(name).is_null(), pl.lit(""), f"{kind.zh}没有{kind.by_name[name].label.zh}",
                f"fill in {name}",
            )  # fmt: skip
    else:
        keys = " or ".join(" + ".join(ontology_names(kind, names)) for names in kind.identity) or "id"
        bad = pl.col(ID).is_null() | ~pl.col(ID).str.contains(rf"^{kind.prefix}(:[^:\x00-\x20]+)+$")
        yield _Check("BAD_ID", "id", bad, pl.col(ID), f"no id of {kind.name} can be made", f"fill in id, or {keys}")
    for spec in kind.fields:
        yield from _field_checks(frame, spec, ontology)
    if not kind.is_link:
        yield _too_long("id", pl.col(ID), MAX_ID_BYTES)
    yield from _cycle_checks(frame, kind, ontology)
    yield _Check(
        "BAD_INTERVAL", "validTo", pl.col("valid_to") <= pl.col("valid_from"), pl.col("valid_to").cast(pl.String),
        "the record would end before it begins", "give a validTo after validFrom; it is the first day that no longer holds",
    )  # fmt: skip


def _too_long(name: str, column: pl.Expr, limit: int) -> _Check:
    long = column.str.len_bytes() > limit
    return _Check("TOO_LONG", name, long, column.str.slice(0, 80), f"is longer than {limit:,} bytes", "shorten it")


def _field_checks(frame: pl.DataFrame, spec: FieldSpec, ontology: Ontology) -> Iterator[_Check]:
    column, name = pl.col(spec.name), spec.graph_name
    if frame[spec.name].null_count() == frame.height:
        return
    shown = column.cast(pl.String).str.slice(0, 80)
    if spec.label.unit == CAP:
        yield _Check(
            "OUT_OF_RANGE", name, column == 0, shown, "is a cap of 0, which lets nothing through",
            "leave it empty where there is no cap, and close what gives nothing",
        )  # fmt: skip
    match spec.holds:
        case FieldType.REF:
            prefixes = [ontology[target].prefix for target in ontology.concrete(spec.target or "")]
            bad = ~column.str.contains(rf"^(?:{'|'.join(prefixes)}):[^\x00-\x20]+$").fill_null(False)
            wanted = f"{prefixes[0]}:…" if len(prefixes) == 1 else f"one of {', '.join(prefixes[:8])} … and a key"
            yield _Check(
                "BAD_REFERENCE",
                name,
                column.is_not_null() & bad,
                shown,
                f"is no id of {spec.target}",
                f"write {wanted}",
            )
            yield _too_long(name, column, MAX_ID_BYTES)
        case FieldType.TERM:
            codes = [] if spec.term is None else [term.name for term in spec.term]
            yield _Check(
                "BAD_CODE",
                name,
                ~column.is_in(codes),
                shown,
                "is not in the code list",
                f"use one of {', '.join(codes)}",
            )
        case FieldType.TEXT | FieldType.TEXTS | FieldType.TERMS:
            yield _too_long(name, column, MAX_TEXT_BYTES)
            if spec.text_format is Text.CONDITION:
                yield from _condition_checks(frame, spec, ontology)
            elif spec.text_format is not None:
                yield _format_check(frame, spec)
            if spec.holds is FieldType.TERMS and spec.term is not None:
                codes = [term.name for term in spec.term]
                bad = ~column.str.split(SEPARATOR).list.eval(pl.element().is_in(codes)).list.all()
                yield _Check("BAD_CODE", name, bad, shown, "is not in the code list", f"use {', '.join(codes)}")
        case FieldType.DECIMAL if spec.label.unit == "0–1":
            yield _Check(
                "OUT_OF_RANGE", name, (column < 0) | (column > MILLION), (column / MILLION).cast(pl.String),
                "is no share between 0 and 1", "write 5 % as 0.05",
            )  # fmt: skip
        case FieldType.INT:
            least = 0 if spec.label.unit in _NON_NEGATIVE_UNITS else -MAX_INT
            bad = (column < least) | (column > MAX_INT)
            yield _Check("OUT_OF_RANGE", name, bad, shown, f"is not between {least} and {MAX_INT}", "check the number")
        case FieldType.MONEY:
            bad = column.abs() > MAX_MINOR if spec.label.unit == "±" else (column < 0) | (column > MAX_MINOR)
            amount = (column // 100).cast(pl.String)
            reason = (
                f"is beyond {MAX_MINOR // 100} 元"
                if spec.label.unit == "±"
                else f"is not between 0 and {MAX_MINOR // 100} 元"
            )
            yield _Check("OUT_OF_RANGE", name, bad, amount, reason, "check the unit (元, 万元, 亿元)")
        case FieldType.SPAN:
            end = pl.col(f"{spec.name}_end")
            bad = (column < 0) | (end < column) | (column.is_null() != end.is_null())
            yield _Check(
                "BAD_INTERVAL", name, bad, shown, "is no span of characters", "give start ≤ end, end exclusive"
            )
        case _:
            return


def _condition_checks(frame: pl.DataFrame, spec: FieldSpec, ontology: Ontology) -> Iterator[_Check]:
    """A check for each condition that says nothing that can be asked; the same ones are read once."""
    column, facts = pl.col(spec.name), facts_of(ontology)
    for text in frame[spec.name].drop_nulls().unique(maintain_order=True).to_list():
        try:
            read_condition(text, facts)
        except BadCondition as bad:
            shown = column.str.slice(0, 80)
            yield _Check(bad.fault, spec.graph_name, column == text, shown, bad.reason, bad.remedy)


def _cycle_checks(frame: pl.DataFrame, kind: KindSpec, ontology: Ontology) -> Iterator[_Check]:
    """Checks of records that come back to themselves, by the conditions that they refer to or the links that they are."""
    conditional = next((spec for spec in kind.fields if spec.text_format is Text.CONDITION), None)
    if not frame.height or (conditional is None and not kind.record.options.acyclic):
        return
    key, name = (ID, conditional.graph_name) if conditional is not None else ("source", "target")
    for members, shown in in_cycles(frame, kind, ontology):
        hit = pl.col(key).is_in(members)
        if conditional is None:
            hit &= pl.col("target").is_in(members)
        else:
            hit &= pl.col(conditional.name).is_not_null()
        reason, remedy = f"depends on itself: {shown}", "take one of these dependencies out"
        yield _Check("DEPENDENCY_CYCLE", name, hit, pl.col(key), reason, remedy)


def _format_check(frame: pl.DataFrame, spec: FieldSpec) -> _Check:
    column = frame[spec.name]
    if spec.text_format is Text.CREDIT_CODE:
        bad = pl.Series(~credit_codes_valid(column))
    elif spec.text_format is None:
        bad = pl.Series(np.zeros(frame.height, dtype=bool))
    else:
        text_format = spec.text_format
        distinct = column.drop_nulls().unique().to_list()
        wrong = [value for value in distinct if not is_valid(text_format, value)]
        bad = column.is_in(wrong).fill_null(False)
    zh = spec.text_format.value if spec.text_format else ""
    return _Check(
        "BAD_IDENTIFIER", spec.graph_name, pl.lit(bad), pl.col(spec.name),
        f"is no valid {zh}", "compare it with the register; a check digit or the form is wrong",
    )  # fmt: skip


def _apply(
    frame: pl.DataFrame, kind: KindSpec, checks: list[_Check]
) -> tuple[pl.DataFrame, pl.DataFrame, list[Rejection]]:
    if not frame.height:
        return frame, frame, []
    flags = frame.select([check.bad.fill_null(False).alias(str(place)) for place, check in enumerate(checks)])
    bad_rows = flags.select(pl.any_horizontal(pl.all())).to_series()
    if not bad_rows.any():
        return frame, frame.clear(), []
    rejections: list[Rejection] = []
    for place, check in enumerate(checks):
        hit = flags[str(place)]
        if not hit.any():
            continue
        rows = frame.with_columns(_value=check.value.fill_null("")).filter(hit).select(LOCATOR, "_value")
        rejections += [
            Rejection(check.code, kind.name, locator or "", check.field, value, check.reason, check.remedy)
            for locator, value in rows.iter_rows()
        ]
    return frame.filter(~bad_rows), frame.filter(bad_rows), rejections


def ontology_names(kind: KindSpec, names: tuple[str, ...]) -> list[str]:
    """The camelCase names of these fields."""
    return [kind.by_name[name].graph_name for name in names]
