"""Names that a source runs together with blanks between them, told apart again where that needs no guess."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from loaders.tabular.cells import Fault

LONGEST_NAME: Final = 3
"""Words of the longest foreign name that is taken for one because its last word closes names (… Capital, … Ventures)."""

_LATIN = re.compile(r"[\x21-\x7e\u00a1-\u024f]+")


def split_names(text: str, known: Collection[str], closing: Collection[str]) -> list[str] | Fault:
    """The names in a text, in order.

    Known names go first, the longest where several fit. A word in Chinese characters is a name of its own, since those hold no
    blanks. Foreign words between them are one name when they are the whole text, or one word, or end with a `closing` word and
    have no other; else nobody can tell where one name ends, and the text is a fault.
    """
    words = text.split()
    names: list[str] = []
    run: list[str] = []
    at = 0
    while at < len(words):
        length = _longest_known(words[at:], known, closing)
        if length or not _LATIN.fullmatch(words[at]):
            if not (found := _foreign(run, words, closing)) and run:
                return _fault(run)
            names += found
            names.append(" ".join(words[at : at + max(1, length)]))
            run, at = [], at + max(1, length)
        else:
            run.append(words[at])
            at += 1
    if not (found := _foreign(run, words, closing)) and run:
        return _fault(run)
    return [*names, *found]


def names_alone(texts: Iterable[str], closing: Collection[str]) -> set[str]:
    """The foreign names that stand alone somewhere, where nothing can be taken for a part of them: a whole text of up to two words,
    or between Chinese names one word, or two of which the last closes names."""
    found: set[str] = set()
    for text in texts:
        words = text.split()
        for run in _runs(words):
            sure = len(run) == 1 or (len(run) == 2 and (len(words) == 2 or run[1] in closing))
            if sure and run[0] not in closing:
                found.add(" ".join(run))
    return found


def _runs(words: Sequence[str]) -> Iterator[list[str]]:
    for foreign, run in groupby(words, key=lambda word: _LATIN.fullmatch(word) is not None):
        if foreign:
            yield list(run)


def _longest_known(words: Sequence[str], known: Collection[str], closing: Collection[str]) -> int:
    """How many of the first words are a known name. One that a closing word follows is but the beginning of another."""
    found = (length for length in range(len(words), 0, -1) if " ".join(words[:length]) in known)
    length = next(found, 0)
    return 0 if length < len(words) and words[length] in closing else length


def _foreign(run: Sequence[str], words: Sequence[str], closing: Collection[str]) -> list[str]:
    """The names in a run of unknown foreign words; empty when that cannot be told."""
    if not run:
        return []
    if len(run) == len(words) and len(run) <= LONGEST_NAME and not any(word in closing for word in run[:-1]):
        return [" ".join(run)]
    parts = list(_closed(run, closing))
    return [" ".join(part) for part in parts] if all(_is_name(part, run, closing) for part in parts) else []


def _is_name(part: Sequence[str], run: Sequence[str], closing: Collection[str]) -> bool:
    if len(part) == 1:
        return len(run) == 1 and part[0] not in closing
    return len(part) <= LONGEST_NAME and part[-1] in closing


def _closed(run: Sequence[str], closing: Collection[str]) -> Iterator[list[str]]:
    """The run, cut after each closing word that no other follows."""
    part: list[str] = []
    for at, word in enumerate(run):
        part.append(word)
        if word in closing and (at + 1 == len(run) or run[at + 1] not in closing):
            yield part
            part = []
    if part:
        yield part


def _fault(run: Sequence[str]) -> Fault:
    return Fault(
        "AMBIGUOUS_NAMES",
        f"runs names together: {' '.join(run)[:60]}",
        "put 、 between them, or list the names as known",
    )
