"""What-ifs: laying changes over a view, asking a changed view, and why ways of money are blocked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from graph.money import Money
from graph.records import Ref
from graph.view import View
from graph.what_if import Add, Change, Set
from queries.financing_paths import financing_paths
from queries.why_not import why_not
from tests.bench.clock import each
from tests.bench.cypher import LINKS, CypherQuestions, ratio
from tests.bench.figure import Figure, at_most
from tests.bench.ground import Ground
from tests.bench.paths import hub_of, sampled

SAMPLE: Final = 40


def measure(ground: Ground) -> Iterator[Figure]:
    """Milliseconds of a what-if, of a question to one, and of whyNot."""
    view = ground.view
    firms = sampled(view, ground.times(SAMPLE))
    for name, changes in _cases(view):
        times = each(lambda _, changes=changes: view.with_changes(changes), range(ground.times(10))).milliseconds()
        yield Figure.of(f"a view with {name}", "ms", times, at_most(50))
    [(_, changes), *_] = _cases(view)
    times = each(lambda firm: financing_paths(view.with_changes(changes), firm), firms).milliseconds()
    yield Figure.of("financing paths in a view that is changed for the question", "ms", times)
    ask = partial(why_not, view, count=False)
    ask(firms[0])
    note = "the first 20, each with its least repair"
    yield Figure.of("whyNot of any enterprise", "ms", each(ask, firms).milliseconds(), at_most(200), note)
    hub, _ = hub_of(view)
    times = each(lambda _: ask(hub), range(ground.times(10))).milliseconds()
    yield Figure.of("whyNot of the hub", "ms", times, at_most(200), note)
    yield from _against_cypher(ground.for_cypher)


def _against_cypher(ground: Ground) -> Iterator[Figure]:
    view = ground.view
    firms = sampled(view, ground.times(15))
    with CypherQuestions(ground) as cypher:
        for links in LINKS:
            name = (
                f"Cypher against ours: whyNot, Cypher of some gates and no repairs, with chains of up to {links} links"
            )
            yield ratio(name, partial(why_not, view, count=False), partial(cypher.blocked, links=links), firms, ground)
        name = f"the same without our repairs, with chains of up to {LINKS[-1]} links"
        ours = partial(why_not, view, count=False, repairs=False)
        yield ratio(name, ours, partial(cypher.blocked, links=LINKS[-1]), firms, ground)


def _cases(view: View) -> Iterator[tuple[str, Sequence[Change]]]:
    programme, claim, link, firm = (
        view.id_of(int(view.handles(kind)[0])) for kind in ("AnchorProgramme", "Receivable", "Supplies", "Enterprise")
    )
    yield "another programme limit", [Set(programme, {"limit": Money(10**10)})]
    yield "a confirmed receivable", [Set(claim, {"confirmed": True})]
    yield "another term of a supply link", [Set(link, {"payment_term_days": 90})]
    added = {"source": Ref("enterprise:what-if"), "target": Ref(firm)}
    yield (
        "a firm and its link more",
        [Add("Enterprise", {"id": "enterprise:what-if", "name": "新"}), Add("Supplies", added)],
    )
