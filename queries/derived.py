"""What questions derive from a view once and share: a view never changes, so neither does what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar, cast

from graph.records import Record
from graph.view import View

T = TypeVar("T")
R = TypeVar("R", bound=Record)

_MISSING: Final = object()
NOTHING: Final[frozenset[str]] = frozenset()


def kept_of(view: View) -> dict[Hashable, Any]:
    """What is kept with a view, by key; handles are keys of records."""
    return view.derived


def once(view: View, key: Hashable, make: Callable[[], T], *, of: frozenset[str] = NOTHING) -> T:
    """What `make` gives, made at most once for this view and key while the view lives.

    `of`, where given, names all that it is made from, what `make` was given among it: kinds, or where it reads but some of a kind's
    fields these, as `Kind.field`. A what-if that touches none of it has what its own view has. Two threads that ask at the same time may
    both make it; both results are equal.
    """
    if of and view.before is not None and view.touched is not None and view.touched.isdisjoint(of):
        view = view.before
    found = view.derived.get(key, _MISSING)
    if found is _MISSING:
        found = view.derived[key] = make()
    return cast(T, found)


def offer_record(view: View, handle: int, kind: type[R]) -> R:
    """The record of an offer or an institution: there are few, and every question reads them.

    Raises TypeError when it is of another kind.
    """
    record = kept_of(view).get(handle)
    if record is None:
        record = once(view, handle, lambda: view.record(handle), of=frozenset({view.kind_of(handle).name}))
    if not isinstance(record, kind):
        raise TypeError(f"{view.id_of(handle)} is no {kind.__name__}")
    return record
