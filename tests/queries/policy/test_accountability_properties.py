"""Who answers for what, against the definition applied to every unit, set and reform of small random worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph.kinds.parties import UnitSet
from graph.kinds.policy import Policy
from graph.records import Record
from graph.view import View
from queries.accountability import accountability
from tests.examples import FEW_WORLDS
from tests.graph.build import view_of
from tests.queries.policy.plans import answers, measure, member
from tests.queries.policy.reforms import key, passes, unit

UNITS, SETS, MEASURES = "abcd", "st", (1, 2, 3)
YEARS = (2011, 2012, 2013)
FEW = settings(max_examples=FEW_WORLDS, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Bodies:
    """Who is listed for which measure, who is in which set, and whose duties passed to whom in which year."""

    entries: frozenset[tuple[str, int]]
    members: frozenset[tuple[str, str]]
    reforms: Mapping[tuple[str, str], int]

    def view(self, order: Sequence[int] = ()) -> View:
        stated: list[Record] = [
            Policy(doc_no="河政办〔2024〕1号", title="方案"),
            *map(unit, UNITS),
            *(UnitSet(id=f"unitSet:{name}", name=name) for name in SETS),
            *(measure(number, f"m{number}") for number in MEASURES),
            *(answers(_id(who), number, place, who) for place, (who, number) in enumerate(sorted(self.entries), 1)),
            *(member(_id(who), f"unitSet:{of}", 1) for who, of in sorted(self.members)),
            *(passes(*ends, year) for ends, year in sorted(self.reforms.items())),
        ]
        stated = [stated[place] for place in order if place < len(stated)] or stated
        return view_of(*stated, as_of=date(2025, 1, 1))

    def holders(self, name: str, since: int = 0) -> set[str]:
        """Who holds what `name` got in a year: all dated reforms are past."""
        own = [(target, year) for (source, target), year in self.reforms.items() if source == name and year >= since]
        return {one for target, year in own for one in self.holders(target, year)} if own else {name}

    def is_in_doubt(self, name: str) -> bool:
        """Whether somebody on the way of these duties had passed its own on before it got them, and never after."""
        applied, earlier, waiting = set(), set(), [(name, 0)]
        while waiting:
            at, since = waiting.pop()
            for ends, year in self.reforms.items():
                if ends[0] == at and year < since:
                    earlier.add(ends)
                elif ends[0] == at:
                    applied.add(ends)
                    waiting.append((ends[1], year))
        return bool(earlier - applied)

    def charges(self, name: str) -> set[tuple[int, str, str]]:
        """Measure, basis, the unit meant."""
        found = set()
        for of in UNITS:
            if of != name and name not in self.holders(of):
                continue
            for who, number in self.entries:
                within = who in SETS and (of, who) in self.members
                if who == of or within:
                    basis = "SUCCESSOR" if of != name else "MEMBER" if within else "NAMED"
                    found.add((number, basis, of))
        return found


def _id(name: str) -> str:
    return f"unitSet:{name}" if name in SETS else f"governmentUnit:{name}"


ENTRIES = st.frozensets(st.tuples(st.sampled_from(UNITS + SETS), st.sampled_from(MEASURES)), max_size=8)
MEMBERS = st.frozensets(st.tuples(st.sampled_from(UNITS), st.sampled_from(SETS)), max_size=5)
# Reforms go up the alphabet: what loops do to holders is tried where successions are.
REFORMS = st.dictionaries(
    st.tuples(st.sampled_from(UNITS), st.sampled_from(UNITS)).filter(lambda two: two[0] < two[1]),
    st.sampled_from(YEARS),
    max_size=3,
)
BODIES = st.builds(Bodies, ENTRIES, MEMBERS, REFORMS)


def found(view: View, name: str) -> set[tuple[int, str, str]]:
    return {
        (view.value(one.measure, "number"), charge.basis.name, key(view, charge.of))
        for one in accountability(view, f"governmentUnit:{name}").measures
        for charge in one.charges
    }


@given(BODIES)
@example(Bodies(frozenset({("a", 1)}), frozenset(), {("a", "b"): 2012, ("b", "c"): 2011}))
@FEW
def test_every_charge_follows_from_the_definition_and_whoever_answers_for_certain_is_the_only_holder(
    bodies: Bodies,
) -> None:
    view = bodies.view()
    for name in UNITS:
        assert found(view, name) == bodies.charges(name)
        for one in accountability(view, f"governmentUnit:{name}").measures:
            for charge in one.charges:
                of = key(view, charge.of)
                holders = bodies.holders(of)
                certain = "NO" if name not in holders else "YES" if len(holders) == 1 else "UNKNOWN"
                assert charge.answers.name == ("UNKNOWN" if bodies.is_in_doubt(of) else certain)


@given(BODIES, st.permutations(range(40)))
@settings(max_examples=max(5, FEW_WORLDS // 4), suppress_health_check=[HealthCheck.too_slow])
def test_the_order_of_statements_changes_nothing(bodies: Bodies, order: Sequence[int]) -> None:
    one, two = bodies.view(), bodies.view(order)
    for name in UNITS:
        assert found(one, name) == found(two, name)
