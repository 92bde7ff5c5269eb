"""One index of names, by tantivy: what people call each record, and in how many ways a text may match it.

A segment finds whatever may match, in the order of the best way in which it may (`Match`), then by id; who asks holds it against the
names that count.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Self

import polars as pl
import tantivy

from graph.fields import SEPARATOR
from graph.pinyin import Readings

_BEGIN: Final = "^"
_END: Final = "$"
_JOIN: Final = "_"
_LONGEST_INITIALS: Final = 12
_MOST_SPELLINGS: Final = 16
"""Ways to part a text into syllables that are looked for: xian is xian and xi an."""
_LONGEST_START: Final = 20
"""Characters of a name's beginning that are indexed, as many as a code has; what is longer is found by these."""


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


@dataclass(frozen=True)
class NameSegment:
    """The index of some names: `ids` by document, `names` as they were given."""

    index: tantivy.Index
    ids: pl.Series
    names: pl.DataFrame

    @classmethod
    def of(cls, names: pl.DataFrame) -> Self:
        """The index of names as compared: columns id (in order), name, kind, called (False: a code). Cost: about 20 µs a name."""
        index = tantivy.Index(_schema())
        for name, analyzer in _analyzers().items():
            index.register_tokenizer(name, analyzer)
        # One thread, one segment, documents in id order: so equal scores come in id order.
        writer = index.writer(heap_size=256_000_000, num_threads=1)
        documents = _documents(names)
        for starts, *row in documents.select("start", *FIELDS).iter_rows():
            document = tantivy.Document()
            for name in starts:
                document.add_text("start", name)
            for name, text in zip(FIELDS, row, strict=True):
                document.add_text(name, text)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return cls(index, documents["id"], names)

    @property
    def size(self) -> int:
        """How many records it knows."""
        return len(self.ids)

    def found(self, wanted: str, kinds: Sequence[str] | None) -> Iterator[tuple[int, str]]:
        """The best way in which each record may match, and its id; best first, then by id."""
        searcher, query = self.index.searcher(), _query(wanted, kinds)
        offset, limit = 0, 64
        while True:
            hits = searcher.search(query, limit=limit, offset=offset, count=False).hits
            for score, address in hits:
                yield len(Match) - round(score), self.ids[address.doc]
            if len(hits) < limit:
                return
            offset, limit = offset + limit, min(limit * 4, 16_384)


FIELDS: Final = ("kind", "name", "gram", "pinyin", "initials")


@lru_cache(maxsize=1)
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    tokenizers = {
        "kind": "raw",
        "name": "names",
        "start": "starts",
        "gram": "grams",
        "pinyin": "words",
        "initials": "letters",
    }
    for name, tokenizer in tokenizers.items():
        builder.add_text_field(name, tokenizer_name=tokenizer, index_option="basic")
    return builder.build()


def _analyzers() -> dict[str, tantivy.TextAnalyzer]:
    builder, tokenizer = tantivy.TextAnalyzerBuilder, tantivy.Tokenizer
    return {
        "names": builder(tokenizer.regex(f"[^{SEPARATOR}]+")).build(),
        "starts": builder(tokenizer.ngram(1, _LONGEST_START, True)).build(),
        "grams": builder(tokenizer.ngram(1, 2, False)).build(),
        "words": builder(tokenizer.whitespace()).build(),
        "letters": builder(tokenizer.ngram(1, 3, False)).build(),
    }


def _documents(names: pl.DataFrame) -> pl.DataFrame:
    """One row an id, in id order.

    All names and codes, joined and in a list; what it is called; how each name is read, between marks: its syllables one by one and in
    pairs, and its initials.
    """
    called = names.filter("called")
    readings = Readings.known().of_all(called["name"])
    marked = pl.concat_str(pl.lit(f"{_BEGIN} "), pl.col("reading"), pl.lit(f" {_END}"))
    pair = pl.concat_str(pl.element(), pl.element().shift(-1), separator=_JOIN)
    pairs = marked.str.split(" ").list.eval(pair.drop_nulls()).list.join(" ")
    initials = marked.str.replace_all(r"(\S)\S*", "${1}").str.replace_all(" ", "", literal=True)
    spoken = called.with_columns(reading=readings).with_columns(
        pinyin=pl.concat_str("reading", pairs, separator=" "), initials=initials
    )
    texts = spoken.group_by("id", maintain_order=True).agg(
        gram=pl.col("name").str.join(SEPARATOR),
        pinyin=pl.col("pinyin").str.join(" "),
        initials=pl.col("initials").str.join(SEPARATOR),
    )
    all_names = names.group_by("id", maintain_order=True).agg(
        pl.col("kind").first(), start=pl.col("name"), name=pl.col("name").str.join(SEPARATOR)
    )
    return all_names.join(texts, on="id", how="left", maintain_order="left").with_columns(
        pl.col(pl.String).fill_null("")
    )


def _query(wanted: str, kinds: Sequence[str] | None) -> tantivy.Query:
    """Every document that may match, scored by the best way in which it may."""
    query, must = tantivy.Query, tantivy.Occur.Must
    ways: list[tuple[Match, tantivy.Query]] = [
        (Match.EXACT, _term("name", wanted)),
        (Match.PREFIX, _term("start", wanted[:_LONGEST_START])),
        (Match.CONTAINED, _all("gram", _grams(wanted))),
    ]
    latin = wanted.replace(" ", "")
    if latin.isascii() and latin.isalnum():
        for words in _spellings(latin):
            ways += _ways("pinyin", words, _pairs)
        if len(latin) <= _LONGEST_INITIALS:
            ways += _ways("initials", [*latin], lambda letters: _grams("".join(letters), 3))
    scored = [query.const_score_query(way, float(len(Match) - match)) for match, way in ways]
    found = query.disjunction_max_query(scored)
    if kinds is None:
        return found
    of_kind = query.const_score_query(query.term_set_query(_schema(), "kind", list(kinds)), 0.0)
    return query.boolean_query([(must, found), (must, of_kind)])


def _ways(name: str, words: list[str], terms: Callable[[list[str]], set[str]]) -> Iterator[tuple[Match, tantivy.Query]]:
    yield Match.PINYIN, _all(name, terms([_BEGIN, *words, _END]))
    yield Match.PINYIN_PREFIX, _all(name, terms([_BEGIN, *words]))
    yield Match.PINYIN_CONTAINED, _all(name, terms(words))


def _grams(text: str, size: int = 2) -> set[str]:
    return {text[place : place + size] for place in range(max(1, len(text) - size + 1))}


def _pairs(words: list[str]) -> set[str]:
    return {_JOIN.join(pair) for pair in pairwise(words)} or set(words)


def _all(name: str, terms: set[str]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, _term(name, term)) for term in sorted(terms)])


def _term(name: str, text: str) -> tantivy.Query:
    return tantivy.Query.term_query(_schema(), name, text, "basic")


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
