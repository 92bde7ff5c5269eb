"""Finding records by what people call them: name, short name, alias, code, pinyin in full or by initials.

An index of every name that any source ever stated, by tantivy, beside the snapshot; what it finds is held against the view that
asks, so no answer knows a name that the view does not. Order: how well the best name matches (`Match`), then id.
"""

from __future__ import annotations

import enum
import heapq
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import polars as pl
import tantivy

from graph.errors import InvalidInput, StoreUnavailable
from graph.ontology import SEPARATOR, FieldSpec, FieldType, KindSpec, Ontology
from graph.pinyin import Readings
from graph.snapshot import Snapshot
from graph.snapshot_columns import Texts
from graph.snapshot_ids import KIND_SHIFT
from graph.view import View

MAX_TEXT: Final = 100
"""Characters that a search text may have."""
NAME_FIELDS: Final = ("name", "short_name", "aliases", "title")
"""Fields, by Python name, that say what something is called."""

_BEGIN: Final = "^"
_END: Final = "$"
_LONGEST_INITIALS: Final = 12
_MOST_SPELLINGS: Final = 16
"""Ways to part a text into syllables that are looked for: xian is xian and xi an."""
_SPECIAL: Final = re.compile(r"[\\.+*?()|\[\]{}^$#&\-~/]")
_MERGED_AT: Final = 6
"""Indexes beside the main one, after which they are joined."""
_REBUILT_AT: Final = 0.25
"""Share of the main index, after which all is built anew."""


class Match(enum.IntEnum):
    """How a text matches a name, the best first."""

    EXACT = 0
    PREFIX = 1
    CONTAINED = 2
    PINYIN = 3
    """The pinyin, or its initials, are the text."""
    PINYIN_PREFIX = 4
    PINYIN_CONTAINED = 5
    """They hold it, from the beginning of a syllable on."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found: its handle, its canonical id and how it matched."""

    handle: int
    id: str
    match: Match


def normalised(text: str) -> str:
    """A name or text as it is compared: NFKC, lower case, outer blanks left out, inner ones made one."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def searched_fields(kind: KindSpec) -> tuple[FieldSpec, ...]:
    """The fields of a kind that a search looks at: what it is called, and the codes that identify it."""
    rungs = {names[0] for names in kind.identity if len(names) == 1}
    return tuple(
        spec
        for spec in kind.own()
        if spec.holds in (FieldType.TEXT, FieldType.TEXTS)
        and (spec.name in NAME_FIELDS or spec.text_format is not None or spec.name in rungs)
    )


class SearchIndex:
    """The index of one knowledge. `update` brings it to a newer snapshot; `search` may run at the same time."""

    def __init__(self, ontology: Ontology) -> None:
        self._fields = {kind.name: fields for kind in ontology.nodes if (fields := searched_fields(kind))}
        self._schema = _schema()
        self._segments: tuple[_Segment, ...] = ()
        self._seq = 0
        self._updating = threading.Lock()
        self._built_once = threading.Event()

    def update(self, snapshot: Snapshot) -> None:
        """Take in the names that loads after the last update stated. Cost: about 20 µs a name, in the background of searches."""
        with self._updating:
            if snapshot.seq <= self._seq:
                self._built_once.set()
                return
            names = self._names(snapshot, self._seq)
            segments = self._segments
            if names.height:
                segments = (*segments, self._built(names))
            extra = sum(segment.size for segment in segments[1:])
            if segments and extra > _REBUILT_AT * segments[0].size:
                segments = (self._built(self._names(snapshot, 0)),)
            elif len(segments) > _MERGED_AT:
                segments = (
                    segments[0],
                    self._built(pl.concat([segment.names for segment in segments[1:]]).unique(maintain_order=True)),
                )
            self._segments, self._seq = segments, snapshot.seq
            self._built_once.set()

    def search(
        self,
        view: View,
        text: str,
        kinds: Sequence[str] | None = None,
        after: tuple[int, str] | None = None,
        *,
        patience: float = 0.0,
    ) -> Iterator[Hit]:
        """The records that a text names, best first; `kinds` by class name; `after`: a hit's match and id, to go on behind it.

        Waits for the first update, at most `patience` seconds. Cost: about 10 µs a record looked at.

        Raises
        ------
        InvalidInput
            A blank text, or one over `MAX_TEXT` characters.
        StoreUnavailable
            There was no update yet.
        """
        wanted = normalised(text)
        if not wanted or len(wanted) > MAX_TEXT:
            raise InvalidInput(f"search text {text[:40]!r} has {len(wanted)} characters; give 1 to {MAX_TEXT}")
        if not self._built_once.wait(max(0.0, patience)):
            raise StoreUnavailable("the names are still being indexed; search again in a few seconds")
        return self._hits(view, wanted, kinds, after)

    def _hits(
        self, view: View, wanted: str, kinds: Sequence[str] | None, after: tuple[int, str] | None
    ) -> Iterator[Hit]:
        matcher = _Matcher(view, wanted, self._fields)
        seen: set[int] = set()
        pending: list[tuple[int, str, int]] = []
        for tier, identifier in heapq.merge(
            *(segment.found(self._schema, wanted, kinds) for segment in self._segments)
        ):
            # What matches no better than where the index stands now cannot be overtaken any more.
            while pending and pending[0][:2] < (tier, identifier):
                yield from _passed(heapq.heappop(pending), after)
            handle = view.find(identifier)
            if handle < 0 or handle in seen:
                continue
            seen.add(handle)
            match = matcher.best(handle)
            if match is not None and (kinds is None or view.kind_of(handle).name in kinds):
                heapq.heappush(pending, (match, view.id_of(handle), handle))
        while pending:
            yield from _passed(heapq.heappop(pending), after)

    def _names(self, snapshot: Snapshot, after: int) -> pl.DataFrame:
        """Ids and what they are called, by id, as loads after `after` state it: columns id, kind, name (a code: called False)."""
        parts = []
        for kind, fields in self._fields.items():
            table = snapshot.tables[kind]
            rows = np.flatnonzero(table.load_from > after).astype(np.int32)
            if not rows.size:
                continue
            handles = table.number[rows].astype(np.int64) | (snapshot.codes[kind] << KIND_SHIFT)
            ids = snapshot.ids_of(handles)
            for spec in fields:
                column = table.columns[spec.name]
                assert isinstance(column, Texts)
                part = pl.DataFrame({"id": ids, "name": column.take(rows)}).drop_nulls()
                if spec.holds is FieldType.TEXTS:
                    part = part.with_columns(pl.col("name").str.split(SEPARATOR)).explode("name")
                parts.append(part.with_columns(kind=pl.lit(kind), called=pl.lit(spec.name in NAME_FIELDS)))
        if not parts:
            return pl.DataFrame(schema={"id": pl.String, "name": pl.String, "kind": pl.String, "called": pl.Boolean})
        folded = pl.col("name").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
        return pl.concat(parts).with_columns(folded).unique(maintain_order=True).sort("id", maintain_order=True)

    def _built(self, names: pl.DataFrame) -> _Segment:
        # Documents stand in id order in one segment, so that equal scores come in id order.
        index = tantivy.Index(self._schema)
        for name, analyzer in _analyzers().items():
            index.register_tokenizer(name, analyzer)
        writer = index.writer(heap_size=256_000_000, num_threads=1)
        documents = _documents(names)
        for kind, name, gram, pinyin, initials in documents.select(
            "kind", "name", "gram", "pinyin", "initials"
        ).iter_rows():
            document = tantivy.Document()
            document.add_text("kind", kind)
            document.add_text("name", name)
            document.add_text("gram", gram)
            document.add_text("pinyin", pinyin)
            document.add_text("initials", initials)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return _Segment(index, documents["id"], names)


@dataclass(frozen=True)
class _Segment:
    """One index: `ids` by document."""

    index: tantivy.Index
    ids: pl.Series
    names: pl.DataFrame

    @property
    def size(self) -> int:
        return len(self.ids)

    def found(self, schema: tantivy.Schema, wanted: str, kinds: Sequence[str] | None) -> Iterator[tuple[int, str]]:
        """How the index says that its documents match, and their ids, best first, then by id."""
        searcher = self.index.searcher()
        query = _query(schema, wanted, kinds)
        offset, limit = 0, 64
        while True:
            hits = searcher.search(query, limit=limit, offset=offset, count=False).hits
            for score, address in hits:
                yield len(Match) - round(score), self.ids[address.doc]
            if len(hits) < limit:
                return
            offset, limit = offset + limit, min(limit * 4, 16_384)


@dataclass
class _Matcher:
    """How the names of a record, as a view knows them, match a text."""

    view: View
    wanted: str
    fields: dict[str, tuple[FieldSpec, ...]]
    latin: str = field(init=False)

    def __post_init__(self) -> None:
        self.latin = self.wanted.replace(" ", "") if self.wanted.isascii() else ""

    def best(self, handle: int) -> Match | None:
        """The best match of what it is called; None: nothing matches."""
        fields = self.fields.get(self.view.kind_of(handle).name, ())
        found = self._match(self.view.record(handle), fields)
        if found is Match.EXACT:
            return found
        # A name that is not the one shown still finds the record, as long as a source that counts states it.
        others = [self._match(statement.record, fields) for statement in self.view.statements(handle)]
        return min((match for match in (found, *others) if match is not None), default=None)

    def _match(self, record: Any, fields: Iterable[FieldSpec]) -> Match | None:
        found: list[Match] = []
        for spec in fields:
            value = getattr(record, spec.name)
            for text in value if isinstance(value, tuple) else () if value is None else (value,):
                name = normalised(text)
                match = self._text(name)
                if match is Match.CONTAINED and spec.name not in NAME_FIELDS:
                    match = None
                if match is None and self.latin and spec.name in NAME_FIELDS:
                    match = self._reading(name)
                if match is not None:
                    found.append(match)
        return min(found, default=None)

    def _text(self, name: str) -> Match | None:
        place = name.find(self.wanted)
        if place < 0:
            return None
        if place:
            return Match.CONTAINED
        return Match.EXACT if len(name) == len(self.wanted) else Match.PREFIX

    def _reading(self, name: str) -> Match | None:
        syllables = Readings.known().of(name).split()
        found: list[Match] = []
        for parts in (syllables, [syllable[0] for syllable in syllables]):
            whole = "".join(parts)
            if whole == self.latin:
                return Match.PINYIN
            if whole.startswith(self.latin):
                found.append(Match.PINYIN_PREFIX)
            elif any("".join(parts[start:]).startswith(self.latin) for start in range(1, len(parts))):
                found.append(Match.PINYIN_CONTAINED)
        return min(found, default=None)


def _passed(found: tuple[int, str, int], after: tuple[int, str] | None) -> Iterator[Hit]:
    match, identifier, handle = found
    if after is None or (match, identifier) > after:
        yield Hit(handle, identifier, Match(match))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("name", tokenizer_name="names", index_option="basic")
    builder.add_text_field("gram", tokenizer_name="grams", index_option="basic")
    builder.add_text_field("pinyin", tokenizer_name="words", index_option="position")
    builder.add_text_field("initials", tokenizer_name="words", index_option="position")
    return builder.build()


def _analyzers() -> dict[str, tantivy.TextAnalyzer]:
    builder, tokenizer = tantivy.TextAnalyzerBuilder, tantivy.Tokenizer
    return {
        "names": builder(tokenizer.regex(f"[^{SEPARATOR}]+")).build(),
        "grams": builder(tokenizer.ngram(1, 2, False)).build(),
        "words": builder(tokenizer.whitespace()).build(),
    }


def _documents(names: pl.DataFrame) -> pl.DataFrame:
    """One row an id, in id order: all names and codes; what it is called; how that is read, each name between marks."""
    called = names.filter("called")
    spoken = called.with_columns(reading=Readings.known().of_all(called["name"])).with_columns(
        pinyin=pl.concat_str(pl.lit(f"{_BEGIN} "), "reading", pl.lit(f" {_END}")),
        initials=pl.concat_str(
            pl.lit(f"{_BEGIN} "), pl.col("reading").str.replace_all(r"(\S)\S*", "${1}"), pl.lit(f" {_END}")
        ),
    )
    texts = spoken.group_by("id", maintain_order=True).agg(
        gram=pl.col("name").str.join(SEPARATOR),
        pinyin=pl.col("pinyin").str.join(" "),
        initials=pl.col("initials").str.join(" "),
    )
    all_names = names.group_by("id", maintain_order=True).agg(
        pl.col("kind").first(), pl.col("name").str.join(SEPARATOR)
    )
    return all_names.join(texts, on="id", how="left", maintain_order="left").fill_null("")


def _query(schema: tantivy.Schema, wanted: str, kinds: Sequence[str] | None) -> tantivy.Query:
    """Every document that may match, scored by the best way in which it may."""
    query, must = tantivy.Query, tantivy.Occur.Must
    ways: list[tuple[Match, tantivy.Query]] = [
        (Match.EXACT, query.term_query(schema, "name", wanted, "basic")),
        (Match.PREFIX, query.regex_query(schema, "name", f"{_SPECIAL.sub(_escaped, wanted)}.*")),
        (Match.CONTAINED, _holding(schema, wanted)),
    ]
    latin = wanted.replace(" ", "")
    if latin.isascii() and latin.isalnum():
        for spelling in _spellings(latin):
            ways += _spoken(schema, "pinyin", spelling)
        if len(latin) <= _LONGEST_INITIALS:
            ways += _spoken(schema, "initials", [*latin])
    scored = [query.const_score_query(way, float(len(Match) - match)) for match, way in ways]
    found = query.disjunction_max_query(scored)
    if kinds is None:
        return found
    of_kind = query.const_score_query(query.term_set_query(schema, "kind", list(kinds)), 0.0)
    return query.boolean_query([(must, found), (must, of_kind)])


def _holding(schema: tantivy.Schema, text: str) -> tantivy.Query:
    query = tantivy.Query
    grams = {text[place : place + 2] for place in range(max(1, len(text) - 1))}
    terms = [(tantivy.Occur.Must, query.term_query(schema, "gram", gram, "basic")) for gram in sorted(grams)]
    return query.boolean_query(terms)


def _spoken(schema: tantivy.Schema, name: str, words: list[str]) -> Iterator[tuple[Match, tantivy.Query]]:
    yield Match.PINYIN, _phrase(schema, name, [_BEGIN, *words, _END])
    yield Match.PINYIN_PREFIX, _phrase(schema, name, [_BEGIN, *words])
    yield Match.PINYIN_CONTAINED, _phrase(schema, name, words)


def _phrase(schema: tantivy.Schema, name: str, words: list[str]) -> tantivy.Query:
    if len(words) == 1:
        return tantivy.Query.term_query(schema, name, words[0], "basic")
    return tantivy.Query.phrase_query(schema, name, list(words))


def _spellings(latin: str) -> list[list[str]]:
    """The ways to part a text into syllables, the last one perhaps begun only, a foreign word perhaps before them."""
    syllables = Readings.known().syllables
    found: list[list[str]] = []

    def part(place: int, before: list[str]) -> None:
        rest = latin[place:]
        if not rest or len(found) >= _MOST_SPELLINGS:
            return
        # What is begun only can be any of these; each is a way of its own.
        found.extend([*before, syllable] for syllable in sorted(syllables) if syllable.startswith(rest))
        for size in range(min(6, len(rest) - 1), 0, -1):
            if rest[:size] in syllables:
                part(place + size, [*before, rest[:size]])

    part(0, [])
    for size in range(len(latin) - 1, 0, -1):
        if latin[:size] not in syllables:
            part(size, [latin[:size]])
    return found


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"
