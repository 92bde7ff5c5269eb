"""Cursors of the log: where a subscriber stands, in a form that outlives connections, servers and compactions."""

from __future__ import annotations

from typing import Final

from graph.changes import Position
from graph.errors import InvalidInput
from queries.keyset import decode_cursor, encode_cursor

LOST: Final = "CURSOR_LOST"
BEGIN_ANEW: Final = "read anew what you need, and subscribe `since` the `logCursor` read with it"


def log_cursor(log_id: str, position: Position) -> str:
    """The cursor of a place in a log."""
    return encode_cursor(["log", log_id, position.seq, position.kind, position.id])


def position_of(cursor: str, log_id: str, last: int) -> Position:
    """The place that a cursor names in this log, whose last load is `last`.

    Raises
    ------
    InvalidInput
        It is no cursor; or, CURSOR_LOST, it is one of another log, or of loads that this one has not got.
    """
    try:
        content = decode_cursor(cursor)
    except InvalidInput:
        content = None
    match content:
        case ["log", str(other), int(seq), str(kind), str(identifier)] if (
            seq > 0 and seq is not True and bool(kind) == bool(identifier)
        ):
            place = Position(seq, kind, identifier)
        case _:
            raise InvalidInput(
                f"since {cursor[:40]!r} is no log cursor; give the `cursor` of an event or a `logCursor`, or leave it out to begin now"
            )
    if other != log_id:
        raise InvalidInput(
            f"since is a cursor of another store, {other[:40]}, and this is {log_id}; {BEGIN_ANEW}", code=LOST
        )
    if seq > last + bool(not kind):
        raise InvalidInput(
            f"since names load {seq}, but the last one of this store is {last}: it was put back to an earlier state; {BEGIN_ANEW}",
            code=LOST,
        )
    return place
