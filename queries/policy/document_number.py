"""Which document a number names: however its brackets are typed, and if none, why not and which numbers are near."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from typing import Final

from graph.errors import InvalidInput, NotFound
from graph.history import versions
from graph.identifiers import make_id
from graph.view import View

_YEAR: Final = re.compile(r"[〔\[【（(﹝［]\s*(?P<year>\d{4})\s*[〕\]】）)﹞］]")
_WIDE: Final = str.maketrans("０１２３４５６７８９", "0123456789")


def document_number(printed: str) -> str:
    """The number as documents print it: no spaces, plain digits, the year in 〔 〕."""
    compact = "".join(printed.split()).translate(_WIDE)
    return _YEAR.sub(lambda match: f"〔{match['year']}〕", compact)


def require_policy(view: View, doc_no: str) -> int:
    """The policy with this document number.

    Raises InvalidInput for a blank number; NotFound where no document in force has it: the message says from when to when one was in
    force, else which numbers are near.
    """
    if not doc_no.strip():
        raise InvalidInput("docNo is blank; give a document number such as 云舟政办〔2024〕12号")
    for number in dict.fromkeys((doc_no, document_number(doc_no))):
        handle = view.find(make_id("policy", number))
        if handle >= 0:
            return handle
    when = f"on {view.as_of.isoformat()} as known at {view.known_at.isoformat()}"
    known = view.locate(make_id("policy", document_number(doc_no)))
    periods = [_period(one.since, one.until) for one in versions(view, known)] if known >= 0 else []
    if periods:
        raise NotFound(f"{doc_no} is not in force {when}: it is {' and '.join(periods)}; ask for such a day")
    numbers = view.texts(view.handles("Policy"), "doc_no").to_list()
    near = get_close_matches(document_number(doc_no), sorted(numbers), n=3, cutoff=0.5)
    hint = f"near it: {', '.join(near)}" if near else "`policies` lists all documents"
    raise NotFound(f"there is no document {doc_no!r} {when}; {hint}")


def _period(since: date | None, until: date | None) -> str:
    parts = [f"from {since.isoformat()}"] if since is not None else []
    parts += [f"until {until.isoformat()}"] if until is not None else []
    return " ".join(parts) or "always"
