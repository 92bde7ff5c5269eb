"""How Chinese names are read: pinyin without tones, phrase by phrase where a character has several readings (银行 yin hang).

A reading is one text of syllables parted by blanks, in lower case; runs of Latin letters and digits stand for themselves.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Self

import polars as pl

_LONGEST_PHRASE: Final = 6
_NO_READING: Final = "[^0-9a-z]+"


@dataclass(frozen=True)
class Readings:
    """The readings of characters, and of phrases that read some character otherwise than it is mostly read."""

    characters: dict[str, str]
    phrases: dict[str, str]

    @classmethod
    @lru_cache(maxsize=1)
    def known(cls) -> Self:
        """The readings that pypinyin's dictionaries give; made once, in under a second."""
        from pypinyin.phrases_dict import phrases_dict
        from pypinyin.pinyin_dict import pinyin_dict

        characters = {chr(code): _toneless(readings.partition(",")[0]) for code, readings in pinyin_dict.items()}
        phrases = {}
        for phrase, readings in phrases_dict.items():
            read = [_toneless(options[0]) for options in readings]
            if len(read) != len(phrase) or len(phrase) > _LONGEST_PHRASE:
                continue
            if any(characters.get(char) != syllable for char, syllable in zip(phrase, read, strict=True)):
                phrases[phrase] = " ".join(read)
        return cls(characters, phrases)

    @cached_property
    def syllables(self) -> frozenset[str]:
        """Every syllable that a character can have."""
        return frozenset(self.characters.values()).union(*(reading.split() for reading in self.phrases.values()))

    @cached_property
    def _phrase_starts(self) -> dict[str, tuple[int, ...]]:
        """How long the phrases are that begin with a character, the longest first."""
        found: dict[str, set[int]] = {}
        for phrase in self.phrases:
            found.setdefault(phrase[0], set()).add(len(phrase))
        return {char: tuple(sorted(lengths, reverse=True)) for char, lengths in found.items()}

    def of(self, name: str) -> str:
        """The reading of one name."""
        parts: list[str] = []
        place = 0
        while place < len(name):
            char = name[place]
            lengths = self._phrase_starts.get(char, ())
            phrase = next(
                (name[place : place + size] for size in lengths if name[place : place + size] in self.phrases), ""
            )
            if phrase:
                parts.append(f" {self.phrases[phrase]} ")
            else:
                syllable = self.characters.get(char)
                parts.append(char.lower() if syllable is None else f" {syllable} ")
            place += len(phrase) or 1
        return re.sub(_NO_READING, " ", "".join(parts)).strip()

    def of_all(self, names: pl.Series) -> pl.Series:
        """The readings of many names. Cost: about 2 µs a name."""
        present = set(names.str.split("").explode(empty_as_null=True).unique().drop_nulls().to_list())
        # Of patterns that begin at one character, the first listed counts: the longest.
        wanted = [phrase for phrase in sorted(self.phrases, key=len, reverse=True) if present.issuperset(phrase)]
        patterns = {phrase: f" {self.phrases[phrase]} " for phrase in wanted}
        patterns |= {char: f" {self.characters[char]} " for char in sorted(present & self.characters.keys())}
        if patterns:
            names = names.str.replace_many(list(patterns), list(patterns.values()), leftmost=True)
        return names.str.to_lowercase().str.replace_all(_NO_READING, " ").str.strip_chars()


def _toneless(reading: str) -> str:
    """A reading without tone marks: lǜ is lv, as people type it."""
    decomposed = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(char for char in decomposed if char.isascii() and char.isalpha())
