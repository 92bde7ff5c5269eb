"""Which encoding a text file is in: UTF-8 with or without its mark, GB18030 (GBK, GB2312), UTF-16 with its mark."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from graph.errors import InvalidInput

REPLACEMENT: Final = "\ufffd"
"""Stands where bytes could not be read."""

_PLAUSIBLE: Final = re.compile(
    r"[\u2000-\u206f\u2100-\u214f\u2460-\u24ff\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef\u00b0-\u00ff\u0391-\u03c9\u2160-\u217f]"
)
_TOLERATED: Final = 20
"""A text in which fewer than one in this many foreign characters is unreadable is that encoding, damaged."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file. `damaged`: some bytes were unreadable, and REPLACEMENT stands for them."""

    text: str
    encoding: str
    damaged: bool = False


def decode(data: bytes, file: str) -> Decoded:
    """The text of a file's bytes.

    A few unreadable bytes leave the text `damaged`, since the rows without them are good. Raises InvalidInput when the bytes are
    in no encoding known here.
    """
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            try:
                return Decoded(data.decode(encoding), encoding)
            except UnicodeDecodeError as exc:
                raise _unreadable(data, file, exc.start) from exc
    try:
        return Decoded(data.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError as exc:
        first_bad = exc.start
    guess = data.decode("utf-8-sig", errors="replace")
    if _few_unreadable(guess):
        return Decoded(guess, "utf-8", damaged=True)
    guess = data.decode("gb18030", errors="replace")
    unreadable = guess.count(REPLACEMENT)
    foreign = sum(not char.isascii() for char in guess)
    if (not unreadable or _few_unreadable(guess)) and len(_PLAUSIBLE.findall(guess)) * 10 >= (foreign - unreadable) * 9:
        return Decoded(guess, "gb18030", damaged=bool(unreadable))
    raise _unreadable(data, file, first_bad)


def _few_unreadable(text: str) -> bool:
    unreadable = text.count(REPLACEMENT)
    foreign = sum(not char.isascii() for char in text) - unreadable
    return unreadable * _TOLERATED < foreign


def _unreadable(data: bytes, file: str, place: int) -> InvalidInput:
    return InvalidInput(
        f"{file} is neither UTF-8 nor GB18030 text: byte {place} (0x{data[place]:02x}) cannot be read; "
        "save it again as CSV UTF-8"
    )
