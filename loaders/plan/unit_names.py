"""The units of a document, each once, under all the names that it has there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from loaders.plan.reading import NamedUnit
from loaders.plan.units import Unit

_OF_GOVERNMENT = re.compile(r"^(省|市|县|区|州)(?:人民)?政府(?=[\u4e00-\u9fff]{2,}(?:办|委|局|中心|会)$)(?!办公)")

_SHORT_GOVERNMENT = re.compile(r"^(省|市|县|区|州)政府(?=$|办公|各)")


def common_name(name: str, city: str | None) -> str:
    """The name under which a unit of this city goes: 市政府金融办 and 某某市金融办 are 市金融办."""
    if city is not None and name.startswith(city) and len(name) > len(city):
        rest = name[len(city) :]
        if re.search(r"(?:局|委|办|委员会|办公室|厅|中心|政府)$", rest) and not re.search(
            r"分局$|协会$|公司$|银行$", rest
        ):
            name = city[-1] + rest
    return _SHORT_GOVERNMENT.sub(r"\1人民政府", _OF_GOVERNMENT.sub(r"\1", name))


def name_units(units: Iterable[Unit], city: str | None) -> tuple[NamedUnit, ...]:
    """The distinct units in order of their first place in the text, with the other names each has."""
    groups: dict[str, list[Unit]] = {}
    for unit in sorted(units, key=lambda unit: (unit.span, unit.name)):
        groups.setdefault(common_name(unit.name, city), []).append(unit)
    return tuple(
        NamedUnit(
            name=name,
            aliases=tuple(dict.fromkeys(unit.name for unit in group if unit.name != name)),
            unit=group[0],
            span=group[0].span,
        )
        for name, group in groups.items()
    )
