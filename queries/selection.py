"""Which records of one kind meet a condition: filters over columns, with nested conditions and quantifiers over relations.

A condition is a mapping by camelCase name, as GraphQL and JSON write it:

- `and`, `or` (lists of conditions; an empty `or` matches nothing), `not`;
- `id`, or a field of the kind: a mapping of operators to values (`OPERATORS`), all of which hold;
- a reference field: a condition on the record that it names (`{}`: there is one); on an abstract kind also `kinds`, and
  `{<kind>: condition}` for what only that kind has;
- an inverse relation: `some`, `none`, `every` with a condition on the records that refer to this one.

A value that nobody states meets no comparison and is found by `isStated: false`; `not` is the plain complement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.errors import InvalidInput, LimitExceeded
from graph.fields import SEPARATOR, FieldSpec, FieldType
from graph.money import CNY, MINOR_PER_MAJOR
from graph.ontology import KindSpec, Relation
from graph.records import Term
from graph.snapshot_columns import NOT_STATED, Ints, Mask
from graph.snapshot_ids import KIND_SHIFT
from graph.values import MILLION
from graph.view import View

MAX_DEPTH: Final = 12
"""How deep conditions may be nested."""
MAX_CONDITIONS: Final = 200
"""How many comparisons one condition may hold in all."""
MAX_LIST: Final = 1000
"""How many values one `in` may list."""

_COMPARED: Final = ("eq", "ne", "in", "notIn", "gt", "gte", "lt", "lte", "isStated")
OPERATORS: Final[Mapping[FieldType, tuple[str, ...]]] = {
    FieldType.TEXT: ("eq", "ne", "in", "notIn", "contains", "startsWith", "endsWith", "isStated"),
    FieldType.TEXTS: ("has", "contains", "isStated"),
    FieldType.INT: _COMPARED,
    FieldType.DECIMAL: _COMPARED,
    FieldType.DATE: _COMPARED,
    FieldType.MONEY: _COMPARED,
    FieldType.BOOL: ("eq", "isStated"),
    FieldType.TERM: ("eq", "ne", "in", "notIn", "isStated"),
    FieldType.TERMS: ("has", "isStated"),
    FieldType.SPAN: ("isStated",),
}
"""The comparisons that a field of each type takes. Amounts of money compare within one currency."""
ID_OPERATORS: Final = ("eq", "in")
QUANTIFIERS: Final = ("some", "none", "every")

Condition = Mapping[str, Any]

_EPOCH: Final = date(1970, 1, 1).toordinal()


def matching(view: View, kind: str, handles: Ints, condition: Condition | None) -> Mask:
    """For each of these records of one concrete kind, whether it meets the condition; None: all do.

    Raises
    ------
    InvalidInput
        A name, operator or value that cannot be meant; the message names its path.
    LimitExceeded
        More than `MAX_CONDITIONS` comparisons, `MAX_DEPTH` levels or `MAX_LIST` values of one list.

    Notes
    -----
    Cost: a pass over the columns named, plus one hop a relation; nested conditions see each record once.
    """
    if condition is None:
        return np.ones(len(handles), dtype=np.bool_)
    return _Matcher(view).records(view.ontology[kind], handles, condition, "filter", 0)


@dataclass
class _Matcher:
    view: View
    conditions: int = 0
    inverses: dict[str, dict[str, Relation]] = field(default_factory=dict)

    def records(
        self, kind: KindSpec, handles: Ints, condition: Condition, path: str, depth: int, *, abstract: bool = False
    ) -> Mask:
        if depth > MAX_DEPTH:
            raise LimitExceeded(f"{path} is nested deeper than {MAX_DEPTH} levels; ask in several steps")
        mask = np.ones(len(handles), dtype=np.bool_)
        for name, wanted in condition.items():
            here = f"{path}.{name}"
            if wanted is None:
                raise InvalidInput(f"{here} is null; leave it out, or ask for isStated: false")
            match name:
                case "and" | "or":
                    mask &= self._junction(kind, handles, name, wanted, here, depth, abstract)
                case "not":
                    mask &= ~self.records(kind, handles, wanted, here, depth + 1, abstract=abstract)
                case "id":
                    mask &= self._ids(handles, wanted, here)
                case "kinds" if abstract:
                    mask &= kind.code in {getattr(code, "name", code) for code in _listed(wanted, here)}
                case _ if name in kind.by_graph_name:
                    mask &= self._field(kind.by_graph_name[name], handles, wanted, here, depth)
                case _ if abstract and name in self.view.ontology.by_prefix:
                    mask &= name == kind.prefix and self.records(kind, handles, wanted, here, depth + 1)
                case _:
                    mask &= self._inverse(kind, name, handles, wanted, here, depth)
        return mask

    def _junction(
        self, kind: KindSpec, handles: Ints, name: str, parts: Any, path: str, depth: int, abstract: bool
    ) -> Mask:
        masks = [self.records(kind, handles, part, path, depth + 1, abstract=abstract) for part in _listed(parts, path)]
        join = np.logical_and if name == "and" else np.logical_or
        return np.asarray(join.reduce([np.full(len(handles), name == "and", dtype=np.bool_), *masks]))

    def mixed(self, handles: Ints, condition: Condition, path: str, depth: int) -> Mask:
        """The same for records of several kinds below one abstract kind."""
        mask = np.zeros(len(handles), dtype=np.bool_)
        for places, kind in self._by_kind(handles):
            mask[places] = self.records(kind, handles[places], condition, path, depth, abstract=True)
        return mask

    def _by_kind(self, handles: Ints) -> Iterator[tuple[np.ndarray, KindSpec]]:
        codes = handles >> KIND_SHIFT
        for code in np.unique(codes):
            places = np.flatnonzero(codes == code)
            yield places, self.view.kind_of(int(handles[places[0]]))

    def _field(self, spec: FieldSpec, handles: Ints, wanted: Condition, path: str, depth: int) -> Mask:
        if spec.holds is FieldType.REF:
            return self._reference(spec, self.view.refs(handles, spec.name), wanted, path, depth)
        mask = np.ones(len(handles), dtype=np.bool_)
        column = _column(self.view, spec, handles)
        for operator, value in wanted.items():
            self._count()
            here = f"{path}.{operator}"
            if value is None:
                raise InvalidInput(f"{here} is null; leave it out, or ask for isStated: false")
            if operator not in OPERATORS[spec.holds]:
                raise InvalidInput(
                    f"{here} is no comparison of a {spec.holds.value}; use {_words(OPERATORS[spec.holds])}"
                )
            mask &= column(operator, value, here)
        return mask

    def _reference(self, spec: FieldSpec, targets: Ints, wanted: Condition, path: str, depth: int) -> Mask:
        self._count()
        live = targets >= 0
        distinct, places = _distinct(targets[live])
        mask = np.zeros(len(targets), dtype=np.bool_)
        if len(distinct):
            concrete = self.view.ontology.kinds.get(spec.target or "")
            if concrete is None:
                met = self.mixed(distinct, wanted, path, depth + 1)
            else:
                met = self.records(concrete, distinct, wanted, path, depth + 1)
            mask[live] = met[places]
        return mask

    def _inverse(self, kind: KindSpec, name: str, handles: Ints, wanted: Condition, path: str, depth: int) -> Mask:
        relation = self._inverses(kind).get(name)
        if relation is None:
            raise InvalidInput(f"{path} is neither a field nor a relation of {kind.name}")
        holder = self.view.ontology[relation.kind]
        positions, holders = self.view.expand(holder.name, relation.field.name, handles)
        mask = np.ones(len(handles), dtype=np.bool_)
        for quantifier, condition in wanted.items():
            self._count()
            here = f"{path}.{quantifier}"
            if condition is None or quantifier not in QUANTIFIERS:
                raise InvalidInput(f"{here} is no condition; use {_words(QUANTIFIERS)} with a condition")
            distinct, places = _distinct(holders)
            met = self.records(holder, distinct, condition, here, depth + 1)[places]
            counted = np.bincount(positions[~met if quantifier == "every" else met], minlength=len(handles))
            mask &= counted > 0 if quantifier == "some" else counted == 0
        return mask

    def _inverses(self, kind: KindSpec) -> dict[str, Relation]:
        if kind.name not in self.inverses:
            self.inverses[kind.name] = {
                relation.inverse: relation
                for relation in self.view.ontology.relations
                if relation.inverse is not None and kind.name in relation.targets
            }
        return self.inverses[kind.name]

    def _ids(self, handles: Ints, wanted: Condition, path: str) -> Mask:
        mask = np.ones(len(handles), dtype=np.bool_)
        for operator, value in wanted.items():
            self._count()
            if value is None or operator not in ID_OPERATORS:
                raise InvalidInput(f"{path}.{operator} is no comparison of an id; use {_words(ID_OPERATORS)}")
            ids = [value] if operator == "eq" else _listed(value, path)
            mask &= np.isin(handles, np.array([self.view.find(str(one)) for one in ids], dtype=np.int64))
        return mask

    def _count(self) -> None:
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            raise LimitExceeded(f"the filter holds more than {MAX_CONDITIONS} comparisons; ask in several steps")


def _distinct(handles: Ints) -> tuple[Ints, npt.NDArray[np.intp]]:
    """Each handle once, and where each stands among them. Linear where all are of one kind, which spares a sort."""
    if not handles.size or handles.min() >> KIND_SHIFT != handles.max() >> KIND_SHIFT:
        return np.unique(handles, return_inverse=True)
    base = handles[0] >> KIND_SHIFT << KIND_SHIFT
    numbers = handles - base
    place = np.zeros(int(numbers.max()) + 1, dtype=np.intp)
    place[numbers] = 1
    distinct = np.flatnonzero(place)
    place[distinct] = np.arange(distinct.size)
    return distinct + base, place[numbers]


Comparison = Callable[[str, Any, str], Mask]


def _column(view: View, spec: FieldSpec, handles: Ints) -> Comparison:
    match spec.holds:
        case FieldType.TEXT | FieldType.TEXTS | FieldType.TERMS:
            return _TextColumn(view.texts(handles, spec.name))
        case FieldType.MONEY:
            return _MoneyColumn(view.ints(handles, spec.name), view.currencies(handles, spec.name))
        case _:
            return _NumberColumn(view.ints(handles, spec.name), spec)


@dataclass(frozen=True)
class _TextColumn:
    values: pl.Series

    def __call__(self, operator: str, value: Any, path: str) -> Mask:
        match operator:
            case "isStated":
                found = self.values.is_not_null() if value else self.values.is_null()
            case "eq":
                found = self.values == value
            case "ne":
                found = self.values != value
            case "in":
                found = self.values.is_in(_listed(value, path))
            case "notIn":
                found = ~self.values.is_in(_listed(value, path))
            case "contains":
                found = self.values.str.contains(value, literal=True)
            case "startsWith":
                found = self.values.str.starts_with(value)
            case "endsWith":
                found = self.values.str.ends_with(value)
            case _:
                item = value.name if isinstance(value, Term) else value
                padded = pl.select(pl.lit(SEPARATOR) + pl.lit(self.values) + pl.lit(SEPARATOR)).to_series()
                found = padded.str.contains(f"{SEPARATOR}{item}{SEPARATOR}", literal=True)
        return np.asarray(found.fill_null(False).to_numpy(), dtype=np.bool_)


@dataclass(frozen=True)
class _NumberColumn:
    values: Ints
    spec: FieldSpec

    def __call__(self, operator: str, value: Any, path: str) -> Mask:
        stated = np.asarray(self.values != NOT_STATED)
        if operator == "isStated":
            return stated if value else ~stated
        if operator in ("in", "notIn"):
            exact = [number for one in _listed(value, path) if (number := self._exact(one)) is not None]
            found = np.isin(self.values, np.array(exact, dtype=np.int64))
            return np.asarray(stated & (found if operator == "in" else ~found))
        return np.asarray(stated & _compared(self.values, operator, self._scaled(value)))

    def _scaled(self, value: Any) -> Decimal:
        match self.spec.holds:
            case FieldType.DECIMAL:
                return _times(value, MILLION)
            case FieldType.DATE:
                return Decimal(value.toordinal() - _EPOCH)
            case FieldType.TERM:
                return Decimal(_place(self.spec, value))
            case _:
                return Decimal(value)

    def _exact(self, value: Any) -> int | None:
        return _whole(self._scaled(value))


@dataclass(frozen=True)
class _MoneyColumn:
    values: Ints
    currencies: Sequence[str | None]

    def __call__(self, operator: str, value: Any, path: str) -> Mask:
        stated = np.asarray(self.values != NOT_STATED)
        if operator == "isStated":
            return stated if value else ~stated
        if operator in ("in", "notIn"):
            found = np.zeros(len(self.values), dtype=np.bool_)
            for one in _listed(value, path):
                found |= self._same_currency(one) & _compared(self.values, "eq", _times(one["amount"], MINOR_PER_MAJOR))
            return np.asarray(stated & (found if operator == "in" else ~found))
        amount, same = _times(value["amount"], MINOR_PER_MAJOR), self._same_currency(value)
        if operator == "ne":
            return np.asarray(stated & ~(same & _compared(self.values, "eq", amount)))
        return np.asarray(stated & same & _compared(self.values, operator, amount))

    def _same_currency(self, money: Mapping[str, Any]) -> Mask:
        currency = money.get("currency") or CNY
        return np.array([(own or CNY) == currency for own in self.currencies], dtype=np.bool_)


def _compared(values: Ints, operator: str, wanted: Decimal) -> Mask:
    whole = _whole(wanted)
    if operator in ("eq", "ne"):
        same = np.zeros(len(values), dtype=np.bool_) if whole is None else np.asarray(values == whole)
        return same if operator == "eq" else ~same
    match operator:
        case "gt":
            found = values > _bound(wanted, ROUND_FLOOR)
        case "gte":
            found = values >= _bound(wanted, ROUND_CEILING)
        case "lt":
            found = values < _bound(wanted, ROUND_CEILING)
        case _:
            found = values <= _bound(wanted, ROUND_FLOOR)
    return np.asarray(found)


def _times(value: Any, factor: int) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return Decimal(value) * factor


def _bound(value: Decimal, rounding: str) -> int:
    return max(-(2**63) + 1, min(2**63 - 1, int(value.to_integral_value(rounding=rounding))))


def _whole(value: Decimal) -> int | None:
    if value != value.to_integral_value() or abs(value) >= 2**63:
        return None
    return int(value)


def _place(spec: FieldSpec, value: Any) -> int:
    if spec.term is None:
        raise TypeError(f"{spec.name} has no code list")
    code = value.name if isinstance(value, Term) else value
    codes = [term.name for term in spec.term]
    if code not in codes:
        raise InvalidInput(f"{value!r} is no {spec.label.zh}; use one of {', '.join(codes)}")
    return codes.index(code)


def _listed(value: Any, path: str) -> list[Any]:
    items = list(value)
    if len(items) > MAX_LIST:
        raise LimitExceeded(f"{path} lists {len(items)} values; at most {MAX_LIST}")
    if any(item is None for item in items):
        raise InvalidInput(f"{path} lists null; leave it out")
    return items


def _words(names: Sequence[str]) -> str:
    return ", ".join(names)
