"""Mappings read from YAML, each mistake named with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from graph.errors import InvalidInput, NotFound
from graph.ontology import KindSpec, Ontology
from graph.records import Text
from loaders.tabular.cells import reader_for
from loaders.tabular.headings import check_unit, headings
from loaders.tabular.mapping import (
    FieldValue,
    Lookup,
    MappingSpec,
    RecordMapping,
    Rejected,
    Split,
    TableMapping,
    Value,
)


def read_mapping(file: Path, ontology: Ontology) -> MappingSpec:
    """The mapping of a YAML file.

    Raises NotFound when there is no such file, InvalidInput, naming the place in it, when it is no mapping.
    """
    if not file.is_file():
        raise NotFound(f"there is no mapping {file}; give the path of a YAML file")
    return parse_mapping(file.read_text(encoding="utf-8"), file.stem, ontology)


def summary_of(file: Path) -> str:
    """What the mapping of a YAML file says that it reads, in one line."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    return str(document.get("summary") or "") if isinstance(document, dict) else ""


def parse_mapping(text: str, name: str, ontology: Ontology) -> MappingSpec:
    """The mapping that a YAML document declares.

    Raises InvalidInput, naming the place in it.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as exc:
        raise InvalidInput(f"mapping {name} is no YAML: {str(exc)[:300]}") from exc
    return _Parser(ontology, name).mapping(document)


_TOP: Final = {"source", "summary", "dataset", "empty", "tables"}
_VALUE: Final = {
    "column", "constant", "first", "parts", "with", "own", "kind", "empty", "empty_like", "replace", "match", "codes", "case",
    "otherwise", "lookup", "missing", "unit", "form", "words",
}  # fmt: skip


@dataclass(frozen=True)
class _Parser:
    ontology: Ontology
    name: str

    def mapping(self, document: Any) -> MappingSpec:
        top = self.members(document, "", _TOP)
        dataset = self.dataset(top.get("dataset") or {})
        tables = tuple(self.table(item, f"tables[{at}]") for at, item in enumerate(self.items(top, "tables", "")))
        if not tables:
            raise self.wrong("tables", "has no table")
        return MappingSpec(
            self.name,
            self.text(top, "source", ""),
            tables,
            dataset,
            self.texts(top.get("empty"), "empty"),
            str(top.get("summary") or ""),
        )

    def dataset(self, members: Any) -> dict[str, str]:
        known = {name for name in headings(self.ontology["Dataset"]) if name != "id"}
        found = self.members(members, "dataset", known)
        return {name: str(value) for name, value in found.items()}

    def table(self, item: Any, at: str) -> TableMapping:
        members = self.members(item, at, {"file", "optional", "reject", "splits", "records"})
        splits = {
            name: self.split(value, f"{at}.splits.{name}")
            for name, value in self.members(members.get("splits") or {}, f"{at}.splits", None).items()
        }
        records = tuple(
            self.record(value, f"{at}.records[{place}]", splits)
            for place, value in enumerate(self.items(members, "records", at))
        )
        reject = tuple(
            self.rejected(value, f"{at}.reject[{place}]") for place, value in enumerate(members.get("reject") or [])
        )
        return TableMapping(
            self.text(members, "file", at),
            records,
            self.flag(members.get("optional"), f"{at}.optional"),
            reject,
            splits,
        )

    def rejected(self, item: Any, at: str) -> Rejected:
        members = self.members(item, at, {"column", "values", "reason"})
        return Rejected(
            self.text(members, "column", at),
            self.texts(members.get("values"), f"{at}.values"),
            self.text(members, "reason", at),
        )

    def split(self, item: Any, at: str) -> Split:
        members = self.members(item, at, {"column", "as", "by", "names", "closing", "value", "empty"})
        by = members.get("by")
        if sum(name in members for name in ("by", "names", "value")) != 1:
            raise self.wrong(
                at, "needs one of by (a separator), names (a lookup of known names) and value (of an object's members)"
            )
        return Split(
            self.text(members, "column", at),
            self.text(members, "as", at),
            None if by is None else self.regex(by, f"{at}.by"),
            None if "names" not in members else self.lookup(members["names"], f"{at}.names", names=True),
            self.texts(members.get("closing"), f"{at}.closing"),
            None if "value" not in members else self.text(members, "value", at),
            self.texts(members.get("empty"), f"{at}.empty"),
        )

    def record(self, item: Any, at: str, splits: Mapping[str, Split]) -> RecordMapping:
        members = self.members(item, at, {"kind", "fields", "when", "each"})
        kind = self.ontology.kinds.get(self.text(members, "kind", at))
        if kind is None:
            raise self.wrong(
                f"{at}.kind", f"{members['kind']!r} is no kind; known: {', '.join(sorted(self.ontology.kinds))}"
            )
        each = members.get("each")
        if each is not None and each not in splits:
            raise self.wrong(f"{at}.each", f"{each!r} is no split of this table; known: {', '.join(splits) or 'none'}")
        fields = tuple(
            self.field(kind, name, value, f"{at}.fields.{name}")
            for name, value in self.members(members.get("fields"), f"{at}.fields", None).items()
        )
        return RecordMapping(kind, fields, self.texts(members.get("when"), f"{at}.when"), each)

    def field(self, kind: KindSpec, name: str, item: Any, at: str) -> FieldValue:
        heading = headings(kind).get(name)
        if heading is None:
            raise self.wrong(at, f"is no field of {kind.name}; known: {', '.join(headings(kind))}")
        value = self.value(item, at)
        target = heading.spec.target if heading.spec is not None else kind.name
        value = self.owned(value, target if target in self.ontology.kinds else None, at)
        options = item if isinstance(item, dict) else {}
        if heading.spec is None or heading.column != heading.spec.name:
            return FieldValue(heading, value, heading.reader)
        unit = options.get("unit")
        words = self.members(options.get("words") or {}, f"{at}.words", None)
        reader = reader_for(
            heading.spec,
            unit=None if unit is None else check_unit(str(unit), f"mapping {self.name}, {at}.unit"),
            form=options.get("form"),
            words={str(word): str(code) for word, code in words.items()},
        )
        return FieldValue(heading, value, reader)

    def owned(self, value: Value, kind: str | None, at: str) -> Value:
        """The value with the kind that each `own` in it makes an id of."""
        if value.own and value.own_kind is None and kind is None:
            raise self.wrong(at, "needs a kind beside own, since several may be meant")
        if value.own and value.own_kind is not None and value.own_kind not in self.ontology.kinds:
            raise self.wrong(f"{at}.kind", f"{value.own_kind!r} is no kind")
        return replace(
            value,
            own_kind=(value.own_kind or kind) if value.own else None,
            first=tuple(self.owned(part, kind, at) for part in value.first),
            parts=tuple(self.owned(part, kind, at) for part in value.parts),
        )

    def value(self, item: Any, at: str) -> Value:
        if isinstance(item, str):
            return Value(column=item)
        members = self.members(item, at, _VALUE)
        forms = [name for name in ("column", "constant", "first", "parts", "own") if name in members]
        if len(forms) != 1:
            raise self.wrong(at, "needs exactly one of column, constant, first, parts, own")
        otherwise, missing = str(members.get("otherwise", "keep")), str(members.get("missing", "empty"))
        if otherwise not in ("keep", "empty", "reject"):
            raise self.wrong(f"{at}.otherwise", f"{otherwise!r} is none of keep, empty, reject")
        if missing not in ("empty", "reject"):
            raise self.wrong(f"{at}.missing", f"{missing!r} is none of empty, reject")
        own = members.get("own", [])
        return Value(
            column=members.get("column"),
            constant=None if "constant" not in members else str(members["constant"]),
            first=self.values(members.get("first"), f"{at}.first"),
            parts=self.values(members.get("parts"), f"{at}.parts"),
            joint=str(members.get("with", "")),
            own=self.values(own if isinstance(own, list) else [own], f"{at}.own"),
            own_kind=members.get("kind"),
            empty=self.texts(members.get("empty"), f"{at}.empty"),
            empty_like=None if "empty_like" not in members else self.regex(members["empty_like"], f"{at}.empty_like"),
            replace=tuple(self.pair(pair, f"{at}.replace") for pair in members.get("replace") or []),
            match=None if "match" not in members else self.regex(members["match"], f"{at}.match"),
            codes={str(key): str(code) for key, code in (members.get("codes") or {}).items()},
            upper=members.get("case") == "upper",
            otherwise=otherwise,
            lookup=None if "lookup" not in members else self.lookup(members["lookup"], f"{at}.lookup"),
            missing=missing,
        )

    def values(self, items: Any, at: str) -> tuple[Value, ...]:
        if items is not None and not isinstance(items, list):
            raise self.wrong(at, "is no list")
        return tuple(self.value(item, f"{at}[{place}]") for place, item in enumerate(items or []))

    def lookup(self, item: Any, at: str, *, names: bool = False) -> Lookup:
        members = self.members(item, at, {"file", "by"} if names else {"file", "by", "give", "valid"})
        by = self.text(members, "by", at)
        valid = members.get("valid")
        formats = {"creditCode": Text.CREDIT_CODE, "lei": Text.LEI, "listingCode": Text.LISTING_CODE}
        if valid is not None and valid not in formats:
            raise self.wrong(f"{at}.valid", f"{valid!r} is none of {', '.join(formats)}")
        return Lookup(
            self.text(members, "file", at),
            by,
            by if names else self.text(members, "give", at),
            None if valid is None else formats[valid],
        )

    def pair(self, item: Any, at: str) -> tuple[str, str]:
        if not isinstance(item, list) or len(item) != 2:
            raise self.wrong(at, "wants pairs [regular expression, text]")
        return self.regex(item[0], at), str(item[1])

    def regex(self, item: Any, at: str) -> str:
        try:
            re.compile(str(item))
        except re.error as exc:
            raise self.wrong(at, f"{item!r} is no regular expression: {exc}") from exc
        return str(item)

    def members(self, item: Any, at: str, known: set[str] | None) -> dict[str, Any]:
        if not isinstance(item, dict):
            raise self.wrong(at, "wants names and values, as in {name: value}")
        unknown = [str(name) for name in item if known is not None and name not in known]
        if unknown:
            raise self.wrong(f"{at}.{unknown[0]}".lstrip("."), f"is not known; known: {', '.join(sorted(known or ()))}")
        return {str(name): value for name, value in item.items()}

    def items(self, members: Mapping[str, Any], name: str, at: str) -> list[Any]:
        found = members.get(name)
        if not isinstance(found, list):
            raise self.wrong(f"{at}.{name}".lstrip("."), "wants a list")
        return found

    def text(self, members: Mapping[str, Any], name: str, at: str) -> str:
        found = members.get(name)
        if not isinstance(found, str) or not found:
            raise self.wrong(f"{at}.{name}".lstrip("."), "wants a text")
        return found

    def texts(self, item: Any, at: str) -> tuple[str, ...]:
        if item is None:
            return ()
        if not isinstance(item, list):
            raise self.wrong(at, "wants a list of texts")
        return tuple(str(text) for text in item)

    def flag(self, item: Any, at: str) -> bool:
        if item not in (None, True, False):
            raise self.wrong(at, "wants true or false")
        return bool(item)

    def wrong(self, at: str, why: str) -> InvalidInput:
        return InvalidInput(f"mapping {self.name}: {at or 'the document'} {why}")
