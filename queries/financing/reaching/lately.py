"""What questions about one record ask again when they turn a page or change a filter: kept with the view, the last few alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar, cast

from graph.view import View
from queries.derived import once

T = TypeVar("T")

_LOCK: Final = Lock()


def lately(view: View, name: str, key: Hashable, most: int, make: Callable[[], T]) -> T:
    """What `make` gives, made again only where `most` others have been asked for since. It must not hold on to its view."""
    kept = once(view, (lately, name), OrderedDict[Hashable, Any])
    with _LOCK:
        if key in kept:
            kept.move_to_end(key)
            return cast(T, kept[key])
    made = make()
    with _LOCK:
        kept[key] = made
        while len(kept) > most:
            kept.popitem(last=False)
    return made
