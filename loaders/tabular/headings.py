"""The headings of a kind's table: one for each field, and a few that qualify a field or the statement itself."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from graph.blocks import CONFIDENCE, ID, LOCATOR, NONE
from graph.errors import InvalidInput
from graph.fields import COMMON, FieldSpec, FieldType, camel
from graph.money import UNITS
from graph.ontology import KindSpec
from loaders.tabular.cells import (
    CellReader,
    ConfidenceReader,
    CurrencyReader,
    FieldNamesReader,
    IntReader,
    TextReader,
    reader_for,
)

UNIT: Final = "#unit"
"""Ends the name of the column that gives each amount's unit; it is not stored."""


@dataclass(frozen=True)
class Heading:
    """One column that a table of a kind may have.

    `column` is the stored column that it fills; `spec` the field that it is of, None for the id and the statement's own;
    `in_template` whether a template shows it.
    """

    name: str
    zh: str
    column: str
    reader: CellReader
    spec: FieldSpec | None = None
    in_template: bool = True


@lru_cache(maxsize=512)
def headings(kind: KindSpec) -> Mapping[str, Heading]:
    """The columns that a table of this kind may have, by heading, in the order of a template."""
    found: list[Heading] = [] if kind.is_link else [Heading("id", "标识", ID, TextReader())]
    own = [spec for spec in kind.fields if spec.name not in COMMON]
    common = [spec for spec in kind.fields if spec.name in COMMON]
    for spec in (*own, *common):
        found.append(Heading(spec.graph_name, spec.label.zh, spec.name, reader_for(spec), spec))
        found += _qualifiers(spec)
    names = {spec.graph_name: spec.name for spec in kind.fields}
    found.append(Heading("confidence", "置信度", CONFIDENCE, ConfidenceReader(), in_template=False))
    found.append(Heading("none", "已知为空", NONE, FieldNamesReader(names), in_template=False))
    found.append(Heading("locator", "出处", LOCATOR, TextReader(), in_template=False))
    return {heading.name: heading for heading in found}


def _qualifiers(spec: FieldSpec) -> list[Heading]:
    name, zh = spec.graph_name, spec.label.zh
    match spec.holds:
        case FieldType.MONEY:
            return [
                Heading(f"{name}Unit", f"{zh}单位", f"{spec.name}{UNIT}", TextReader(), spec, in_template=False),
                Heading(
                    f"{name}Currency", f"{zh}币种", f"{spec.name}_currency", CurrencyReader(), spec, in_template=False
                ),
                Heading(f"{name}Printed", f"{zh}原文", f"{spec.name}_printed", TextReader(), spec, in_template=False),
            ]
        case FieldType.SPAN:
            return [
                Heading(camel(f"{spec.name}_end"), f"{zh}止", f"{spec.name}_end", IntReader(), spec),
                Heading(camel(f"{spec.name}_quote"), f"{zh}引文", f"{spec.name}_quote", TextReader(), spec),
            ]
        case _:
            return []


def resolve(kind: KindSpec, names: Sequence[str], file: str) -> list[Heading]:
    """The headings that a table's column names mean: the field's name in any case, or its Chinese label.

    Raises InvalidInput for a name that is no field of the kind, and for two that mean the same.
    """
    known = headings(kind)
    by_word: dict[str, list[Heading]] = {}
    for heading in known.values():
        for word in {heading.name.lower(), heading.zh.lower()}:
            by_word.setdefault(word, []).append(heading)
    found: list[Heading] = []
    for name in names:
        meant = [known[name]] if name in known else by_word.get(name.rstrip("*＊").lower(), [])
        if len(meant) != 1:
            raise InvalidInput(f"{file}: {_unknown(name, meant, known, kind)}")
        if meant[0] in found:
            raise InvalidInput(f"{file}: two columns mean {meant[0].name}; remove one")
        found.append(meant[0])
    return found


def _unknown(name: str, meant: Sequence[Heading], known: Mapping[str, Heading], kind: KindSpec) -> str:
    if meant:
        return f"the heading {name!r} may mean {' or '.join(heading.name for heading in meant)}; write the field's name"
    close = difflib.get_close_matches(name, [*known, *(heading.zh for heading in known.values())], n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    shown = ", ".join(heading.name for heading in known.values() if heading.in_template)
    return (
        f"{name!r} is no field of {kind.name} ({kind.zh}); {hint}known: {shown}. "
        "Rename the column, remove it, or put # before its heading to have it ignored"
    )


def check_unit(unit: str, where: str) -> str:
    """The money unit, if it is one.

    Raises InvalidInput otherwise.
    """
    if unit not in UNITS:
        raise InvalidInput(f"{where}: unknown money unit {unit!r}; known: {'、'.join(name for name in UNITS if name)}")
    return unit
