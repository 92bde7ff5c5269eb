"""Ids of financing paths: they describe the path, so that any view can evaluate it. Neither day nor time of knowledge is in them.

base64url, without padding, of lines: the technique, then the ids of the nodes from source to beneficiary with the link between two of
them where one carries the step, then, after an empty line, the id of the guarantee or policy that makes the technique.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from graph.errors import InvalidIdentifier
from graph.kinds.terms import Technique
from graph.view import View
from queries.financing.candidates import Candidate
from queries.financing.supports import marks_of

REMEDY = "take it from an answer of financingPaths"


@dataclass(frozen=True, slots=True)
class PathId:
    """A path id taken apart: `chain` the ids of nodes and links from the source."""

    technique: Technique
    chain: tuple[str, ...]
    supports: tuple[str, ...]


def path_id(view: View, candidate: Candidate) -> str:
    """The id of a path."""
    lines = [candidate.row.technique.name, view.id_of(candidate.nodes[0])]
    for node, link in zip(candidate.nodes[1:], candidate.links, strict=True):
        lines += [view.id_of(link)] if link >= 0 else []
        lines.append(view.id_of(node))
    # What backs a contract comes and goes with it, and so does what backs a whole product; what makes the technique is part of the path.
    marks = [view.id_of(mark) for mark in marks_of(candidate, candidate.supports)]
    text = "\n".join([*lines, "", *marks])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def is_path_id(identifier: str) -> bool:
    """Whether an id describes a financing path; an id of a record has a colon, which no path id has."""
    return ":" not in identifier and _lines(identifier) is not None


def parse(identifier: str) -> PathId:
    """What a path id describes.

    Raises InvalidIdentifier when it is no id of a path.
    """
    lines = _lines(identifier)
    if lines is None:
        raise InvalidIdentifier(f"{identifier[:80]!r} is no id of a financing path; {REMEDY}")
    gap = lines.index("")
    return PathId(Technique[lines[0]], tuple(lines[1:gap]), tuple(lines[gap + 1 :]))


def _lines(identifier: str) -> list[str] | None:
    try:
        raw = base64.b64decode(
            identifier.encode("ascii") + b"=" * (-len(identifier) % 4), altchars=b"-_", validate=True
        )
        lines = raw.decode().split("\n")
    except (binascii.Error, UnicodeError):
        return None
    well_formed = lines[0] in Technique.__members__ and lines.count("") == 1 and lines.index("") >= 3
    return lines if well_formed else None
