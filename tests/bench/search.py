"""Search: by name, part of a name, code, pinyin and initials; the first twenty hits."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

from pypinyin import Style, lazy_pinyin

from graph.search import SearchIndex
from graph.view import View
from tests.bench.clock import each, timed
from tests.bench.figure import Figure, at_most
from tests.bench.ground import Ground

FIRST = 20
SAMPLE = 60
SEED = 7


def measure(ground: Ground) -> Iterator[Figure]:
    """Milliseconds until the first page of hits; seconds to make the index."""
    view = ground.view
    index = SearchIndex(view.ontology)
    yield Figure.of("the index made", "s", timed(lambda: index.update(view.snapshot)))
    for what, texts in _texts(view, ground.times(SAMPLE)).items():
        times = each(lambda text: _first(index, view, text), texts)
        yield Figure.of(what, "ms", times.milliseconds(), at_most(20, p95=True), f"such as {texts[0]}")


def _first(index: SearchIndex, view: View, text: str) -> int:
    return len(list(islice(index.search(view, text), FIRST)))


def _texts(view: View, size: int) -> dict[str, list[str]]:
    handles = view.handles("Enterprise")
    chance = random.Random(SEED)
    chosen = handles[[chance.randrange(handles.size) for _ in range(size)]]
    names = [str(name) for name in view.texts(chosen, "name")]
    codes = [identifier.rpartition(":")[2] for identifier in view.ids_of(chosen)]
    return {
        "a whole name": names,
        "two characters from inside a name": [name[2:4] for name in names],
        "one character": [name[2] for name in names],
        "six characters": [name[:6] for name in names],
        "a credit code": codes,
        "the beginning of a credit code": [code[:10] for code in codes],
        "pinyin in full": ["".join(lazy_pinyin(name[2:5])) for name in names],
        "pinyin initials": ["".join(lazy_pinyin(name[:4], style=Style.FIRST_LETTER)) for name in names],
        "a text that nothing has": [f"{name[0]}{name[0]}鼋鼍" for name in names],
    }
