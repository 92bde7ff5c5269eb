"""Natural keys: how an id is made, taken apart and compared; check digits of the identifiers that it is made from.

An id is `kind:part[:part…]`. Parts are NFKC-normalised and percent-escaped, so that `:` only ever separates. A link's id is
`kind:source:target[:key…]`, its ends' whole ids as parts.
"""

from __future__ import annotations

import re
import unicodedata

from stdnum import lei
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from graph.errors import InvalidIdentifier
from graph.records import Text

_ESCAPED = re.compile(r"[%:\x00-\x20\x7f]")
_LISTING = re.compile(r"^\d{4,6}\.[A-Z]{2,4}$")
_REGION = re.compile(r"^(\d{2}|\d{4}|\d{6}|[A-Za-z\u4e00-\u9fff][\w\-]*)$")
_INDUSTRY = re.compile(r"^[A-Z]?\d{0,6}$")


def escape(part: str) -> str:
    """The part of an id that `part` gives: NFKC-normalised, without outer blanks, `%`, `:` and control characters escaped."""
    text = unicodedata.normalize("NFKC", part).strip()
    return _ESCAPED.sub(lambda match: f"%{ord(match[0]):02X}", text)


def unescape(part: str) -> str:
    """What `escape` was given, but for normalisation."""
    return re.sub(r"%([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), part)


def make_id(prefix: str, *parts: str) -> str:
    """The id of the kind with this prefix and these natural-key parts.

    Raises InvalidIdentifier when there are no parts or one is blank.
    """
    escaped = [escape(part) for part in parts]
    if not escaped or not all(escaped):
        raise InvalidIdentifier(f"an id of {prefix} needs its key parts, got {list(parts)!r}; fill in the key columns")
    return ":".join((prefix, *escaped))


def split_id(identifier: str) -> tuple[str, tuple[str, ...]]:
    """The prefix and the unescaped parts of an id.

    Raises InvalidIdentifier when it has no prefix or no part.
    """
    prefix, *parts = identifier.split(":")
    if not prefix or not parts or not all(parts):
        raise InvalidIdentifier(f"{identifier!r} is not an id; an id looks like enterprise:91410300MA0000000X")
    return prefix, tuple(unescape(part) for part in parts)


def is_valid(text_format: Text, value: str) -> bool:
    """Whether a value keeps its format and, where it has one, its check digit; of a condition only that there is one."""
    match text_format:
        case Text.CREDIT_CODE:
            return _passes(uscc.validate, value) and value == uscc.compact(value)
        case Text.LEI:
            return len(value) == 20 and _passes(lei.validate, value) and value == value.upper()
        case Text.LISTING_CODE:
            return _LISTING.match(value) is not None
        case Text.REGION_CODE:
            return _REGION.match(value) is not None
        case Text.INDUSTRY_CODE:
            return bool(value) and _INDUSTRY.match(value) is not None
        case Text.CONDITION:
            return bool(value)


def rung(identifier: str) -> int:
    """How strong an id's key is: 0 a credit code, 1 an LEI, 2 a listing code, 3 anything else. Lower is canonical."""
    _, parts = split_id(identifier)
    if len(parts) == 1:
        key = parts[0]
        for place, text_format in enumerate((Text.CREDIT_CODE, Text.LEI, Text.LISTING_CODE)):
            if is_valid(text_format, key):
                return place
    return 3


def _passes(validate: object, value: str) -> bool:
    try:
        validate(value)  # type: ignore[operator]
    except ValidationError:
        return False
    return True
