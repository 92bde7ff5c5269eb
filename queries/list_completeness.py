"""Whether the lists that policies announce are loaded: the number that is expected against the members that a source states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.snapshot_columns import NOT_STATED
from graph.view import View
from queries.financing.limits.constraints import MissingFact
from queries.financing.terms import Ternary


@dataclass(frozen=True, slots=True)
class ListCompleteness:
    """A list on the day of a view. expected None: not stated. loaded: the distinct members on that day.

    complete UNKNOWN where the number is not stated. measures: those that name the list, by id.
    """

    list: int
    expected: int | None
    loaded: int
    measures: tuple[int, ...]

    @property
    def complete(self) -> Ternary:
        """Whether as many members are loaded as are expected; more than that is no less complete."""
        if self.expected is None:
            return Ternary.UNKNOWN
        return Ternary.YES if self.loaded >= self.expected else Ternary.NO

    @property
    def lacking(self) -> int | None:
        """How many members lack."""
        return None if self.expected is None else max(0, self.expected - self.loaded)

    @property
    def surplus(self) -> int | None:
        """How many more members there are than expected."""
        return None if self.expected is None else max(0, self.loaded - self.expected)

    @property
    def missing(self) -> tuple[MissingFact, ...]:
        """Without the number nobody can tell."""
        return (MissingFact(self.list, "expectedCount"),) if self.expected is None else ()


def list_completeness(view: View) -> tuple[ListCompleteness, ...]:
    """Every list, by id. Members are never invented: an announced list that nobody has loaded has none. Empty: there are no lists.

    Cost: one hop over members.
    """
    lists = view.handles("ProjectList")
    expected = view.ints(lists, "expected_count")
    at, links = view.expand("ListedIn", "target", lists)
    members = view.refs(links, "source")
    named, mentions = view.expand("Mentions", "target", lists)
    measures = view.refs(mentions, "source")
    found = []
    for place, handle in enumerate(lists.tolist()):
        mine = np.unique(measures[(named == place) & (measures >= 0)]).tolist()
        here = [one for one in mine if view.has_kind(one, "Measure")]
        stated = int(expected[place])
        found.append(
            ListCompleteness(
                handle,
                None if stated == NOT_STATED else stated,
                int(np.unique(members[(at == place) & (members >= 0)]).size),
                tuple(sorted(here, key=view.id_of)),
            )
        )
    return tuple(found)
