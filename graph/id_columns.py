"""Ids by columns: what `graph.identifiers` does for one text, for a whole column at once.

Most columns hold nothing but printable ASCII, which needs no normalisation: one look at the column saves five passes over it.
"""

from __future__ import annotations

import polars as pl

from graph.ontology import Ontology

_UNUSUAL = r"^$|[^\x21-\x7e]"


def clean(texts: pl.Series) -> pl.Series:
    """The texts NFKC-normalised, without outer blanks, inner spaces escaped; null where nothing is left."""
    if not texts.str.contains(_UNUSUAL).any():
        return texts
    column = pl.col(texts.name)
    text = column.str.normalize("NFKC").str.strip_chars()
    cleaned = pl.when(text == "").then(None).otherwise(text).str.replace_all(" ", "%20", literal=True)
    return texts.to_frame().select(cleaned.alias(texts.name))[texts.name]


def whole(texts: pl.Series, prefix: str, ontology: Ontology) -> pl.Series:
    """The texts as whole ids: `prefix` put before those that begin with no kind's prefix."""
    texts = clean(texts)
    if texts.str.starts_with(f"{prefix}:").all():
        return texts
    column = pl.col(texts.name)
    known = column.str.extract(r"^([A-Za-z]+):").is_in(list(ontology.by_prefix)).fill_null(False)
    ids = pl.when(known).then(column).otherwise(pl.lit(f"{prefix}:") + column)
    return texts.to_frame().select(ids.alias(texts.name))[texts.name]


def escaped_texts(texts: pl.Series) -> pl.Series:
    """The texts as parts of ids."""
    if not texts.str.contains(r"^$|[^\x21-\x7e]|[%:]").any():
        return texts
    return texts.to_frame().select(escaped(pl.col(texts.name)).alias(texts.name))[texts.name]


def escaped(column: pl.Expr) -> pl.Expr:
    """The column's texts as parts of ids, as `graph.identifiers.escape` makes them of one; null where nothing is left."""
    text = column.str.normalize("NFKC").str.strip_chars()
    text = pl.when(text == "").then(None).otherwise(text)
    for char in "%: \t\n":
        text = text.str.replace_all(char, f"%{ord(char):02X}", literal=True)
    return text
