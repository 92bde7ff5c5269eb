"""Templates: an empty table of a kind, with a row of labels that says what goes into each column."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

from graph.fields import COMMON, FieldType
from graph.ontology import KindSpec, Ontology
from graph.records import Text
from loaders.tabular.headings import Heading, headings

BOM: Final = "\ufeff"
"""Makes Excel read CSV as UTF-8."""

_FORMS: Final = {
    FieldType.DATE: "2024-03-01",
    FieldType.BOOL: "true / false",
    FieldType.TEXTS: "多项以、分隔",
    FieldType.MONEY: "元，或 3.5亿元",
}

_UNITS: Final = {"days": "天", "count": "个数", "people": "人", "tiers": "级", "years": "年", "rank": "位次", "×": "倍"}


def template(kind: KindSpec, ontology: Ontology) -> str:
    """The CSV text of an empty table of this kind.

    Its first row has the fields' names. The second begins with `#` and is ignored when the table is loaded: it gives each
    column's Chinese label, `*` where a record is incomplete without it, the unit, the codes, or the kinds that may be meant.
    Tables may also have `confidence`, `none`, `locator`, and for an amount its `Unit`, `Currency` and `Printed`.
    """
    shown = [heading for heading in headings(kind).values() if heading.in_template]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([heading.name for heading in shown])
    labels = [_label(heading, kind, ontology) for heading in shown]
    writer.writerow([f"#{labels[0]}", *labels[1:]])
    return text.getvalue()


def write_template(folder: Path, kind: KindSpec, ontology: Ontology) -> Path:
    """The file of the kind's template, written into the folder under the name by which the loader knows it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{kind.plural}.csv"
    file.write_text(BOM + template(kind, ontology), encoding="utf-8", newline="")
    return file


def _label(heading: Heading, kind: KindSpec, ontology: Ontology) -> str:
    spec = heading.spec
    if spec is None:
        rungs = " / ".join("+".join(kind.by_name[name].graph_name for name in rung) for rung in kind.identity)
        return f"{heading.zh}（{f'可空：由 {rungs} 得出' if rungs else '本来源内唯一的编号'}）"
    required = "*" if spec.required and heading.column == spec.name else ""
    hint = _hint(heading, ontology)
    return f"{heading.zh}{required}{f'（{hint}）' if hint else ''}"


def _hint(heading: Heading, ontology: Ontology) -> str:
    spec = heading.spec
    if spec is None or heading.column != spec.name:
        return ""
    if spec.term is not None:
        codes = " / ".join(f"{term.name} {term.zh}" for term in spec.term)
        return f"{codes}；多项以、分隔" if spec.holds is FieldType.TERMS else codes
    if spec.holds is FieldType.REF:
        targets = ontology.concrete(spec.target or "")
        if len(targets) == 1:
            return f"{ontology[targets[0]].zh}标识"
        return "、".join(f"{ontology[name].prefix}:…" for name in targets) if len(targets) <= 6 else "种类:标识"
    if spec.label.unit == "0–1":
        return "0.05 或 5%"
    if spec.text_format in (Text.CREDIT_CODE, Text.LEI, Text.LISTING_CODE):
        return "文本格式"
    unit = spec.label.unit or ""
    return _FORMS.get(spec.holds, "") or ("" if spec.name in COMMON else _UNITS.get(unit, unit))
