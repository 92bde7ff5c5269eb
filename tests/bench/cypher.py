"""Questions asked in Cypher of the drawing: the ways of money to an enterprise, what they bring together, what blocks others, and tiers.

The ways of money are those of nine techniques, by capacity. They come without gates, and bounded by their own amounts only: neither
what is recorded on links and claims nor shared limits count. What they bring together is bounded by each product's largest amount, each
programme's limit and nothing else: no flow, no least cost, no mix, no limit that stops it. What is blocked is told by the gates that one
field of a record decides (is the product open, may the claim be assigned, is it confirmed, is it taken as a whole, is the trade between
firms of one group), without limits, tenors, rules, repairs. All that is less than ours answers, of all techniques, so the comparison
favours Cypher.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Final, Self

from neo4j import Driver, GraphDatabase, Query

from graph.drawing import Drawing
from tests.bench.clock import Times, timed
from tests.bench.figure import Figure
from tests.bench.ground import DAY, Ground
from tests.bench.report import number

TIMEOUT = 120.0
LINKS: Final = (3, 4, 5)
"""Supply links of the chains that Cypher is asked for."""

WAYS = """
MATCH (e:Enterprise {id: $id})
CALL (e) {
  MATCH (r:Receivable)-[:OWNED_BY]->(e)
  MATCH (o:LoanProduct)-[:OFFERED_BY]->(s)
  WHERE o.technique IN ['RECEIVABLES_DISCOUNTING', 'FACTORING', 'RECEIVABLES_LOAN'] AND o.status = 'OPEN'
  RETURN [s.id, o.id, r.id, e.id] AS nodes, r.face - coalesce(r.paid, 0) AS tail, o
 UNION ALL
  MATCH (e)<-[:OWNED_BY]-(r:Receivable)-[:OWED_BY]->(a)<-[:ANCHORED_BY]-(g:AnchorProgramme)
        <-[:UNDER]-(o:LoanProduct {technique: 'PAYABLES_FINANCE', status: 'OPEN'})-[:OFFERED_BY]->(s)
  RETURN [s.id, o.id, g.id, r.id, e.id] AS nodes, r.face - coalesce(r.paid, 0) AS tail, o
 UNION ALL
  MATCH p = (e)<-[:OWNED_BY]-(v:Voucher)-[:SPLIT_FROM*0..5]->(root:Voucher)-[:UNDER]->(g:AnchorProgramme)
            <-[:UNDER]-(o:LoanProduct {status: 'OPEN'})-[:OFFERED_BY]->(s)
  WHERE o.technique IN ['PAYABLES_FINANCE', 'DEEP_TIER']
  RETURN reverse([n IN nodes(p) | n.id]) AS nodes, v.face AS tail, o
 UNION ALL
  MATCH p = (e)-[:SUPPLIES*1..LINKS]->(a:Enterprise)<-[:ANCHORED_BY]-(g:AnchorProgramme)
            <-[:UNDER]-(o:LoanProduct {status: 'OPEN'})-[:OFFERED_BY]->(s)
  WHERE o.technique = CASE WHEN length(p) = 4 THEN 'PAYABLES_FINANCE' ELSE 'DEEP_TIER' END
    AND (g.maxTier IS NULL OR length(p) - 3 <= g.maxTier) AND all(n IN nodes(p) WHERE single(m IN nodes(p) WHERE m = n))
  WITH p, o, [r IN relationships(p) WHERE type(r) = 'SUPPLIES' |
              r.annualAmount * r.paymentTermDays / 365 * (1 - coalesce(r.dilution, 0))] AS widths
  RETURN reverse([n IN nodes(p) | n.id]) AS nodes,
         reduce(least = head(widths), w IN tail(widths) | CASE WHEN w < least THEN w ELSE least END) AS tail, o
 UNION ALL
  MATCH (o:LoanProduct {status: 'OPEN'})-[:OFFERED_BY]->(s)
  WHERE o.technique IN ['COMPREHENSIVE_LINE', 'GUARANTEED_LOAN', 'POOL_BACKED_LOAN']
  RETURN [s.id, o.id, e.id] AS nodes, o.maxAmount AS tail, o
 UNION ALL
  MATCH (e)<-[:GRANTED_TO]-(f:Facility)-[:GRANTED_BY]->(s)
  RETURN [s.id, f.id, e.id] AS nodes, f.limit - coalesce(f.drawn, 0) AS tail, NULL AS o
 UNION ALL
  MATCH (e)<-[:BORROWED_BY]-(f:Loan)-[:LENT_BY]->(s)
  RETURN [s.id, f.id, e.id] AS nodes, f.outstanding AS tail, NULL AS o
 UNION ALL
  MATCH (f:Fund) RETURN [f.id, e.id] AS nodes, f.ticketMax AS tail, NULL AS o
}
WITH nodes, o, coalesce(o.advanceRate, 1) * tail AS tail, o.maxAmount AS most
WITH nodes, o, most, CASE WHEN most < tail THEN most ELSE tail END AS capacity
"""

PATHS = f"""{WAYS}
RETURN nodes, capacity ORDER BY capacity IS NULL, capacity DESC, size(nodes), nodes LIMIT 20
"""

FUNDABLE = f"""{WAYS}
WHERE capacity > 0
OPTIONAL MATCH (o)-[:UNDER]->(g:AnchorProgramme)
WITH coalesce(o.id, nodes[1]) AS offer, most, g, sum(capacity) AS total
WITH g, CASE WHEN most < total THEN most ELSE total END AS total
WITH g.id AS programme, g.limit - coalesce(g.used, 0) AS left, sum(total) AS total
RETURN sum(CASE WHEN left < total THEN left ELSE total END) AS amount
"""

BLOCKED = """
MATCH (e:Enterprise {id: $id})
CALL (e) {
  MATCH (r:Receivable)-[:OWNED_BY]->(e)
  MATCH (o:LoanProduct)-[:OFFERED_BY]->(s)
  WHERE o.technique IN ['RECEIVABLES_DISCOUNTING', 'FACTORING', 'RECEIVABLES_LOAN']
  RETURN [s.id, o.id, r.id, e.id] AS nodes, r, o
 UNION ALL
  MATCH (e)<-[:OWNED_BY]-(r:Receivable)-[:OWED_BY]->(a)<-[:ANCHORED_BY]-(g:AnchorProgramme)
        <-[:UNDER]-(o:LoanProduct {technique: 'PAYABLES_FINANCE'})-[:OFFERED_BY]->(s)
  RETURN [s.id, o.id, g.id, r.id, e.id] AS nodes, r, o
 UNION ALL
  MATCH p = (e)-[:SUPPLIES*1..LINKS]->(a:Enterprise)<-[:ANCHORED_BY]-(g:AnchorProgramme)<-[:UNDER]-(o:LoanProduct)-[:OFFERED_BY]->(s)
  WHERE o.technique = CASE WHEN length(p) = 4 THEN 'PAYABLES_FINANCE' ELSE 'DEEP_TIER' END
    AND (g.maxTier IS NULL OR length(p) - 3 <= g.maxTier) AND all(n IN nodes(p) WHERE single(m IN nodes(p) WHERE m = n))
  RETURN reverse([n IN nodes(p) | n.id]) AS nodes, NULL AS r, o
 UNION ALL
  MATCH (o:LoanProduct)-[:OFFERED_BY]->(s)
  WHERE o.technique IN ['COMPREHENSIVE_LINE', 'GUARANTEED_LOAN', 'POOL_BACKED_LOAN']
  RETURN [s.id, o.id, e.id] AS nodes, NULL AS r, o
}
OPTIONAL MATCH (r)-[:OWED_BY]->(buyer:Enterprise)
WITH nodes, o, r, [
  CASE WHEN o.status <> 'OPEN' THEN 'PRODUCT_OPEN' END,
  CASE WHEN r.assignable = false THEN 'TITLE' END,
  CASE WHEN r.confirmed = false AND o.technique = 'PAYABLES_FINANCE' THEN 'CONFIRMATION' END,
  CASE WHEN r.notified = false AND o.withNotice THEN 'NOTICE' END,
  CASE WHEN EXISTS { MATCH (c:Encumbrance)-[:ON]->(r) WHERE c.amount IS NULL } THEN 'PRIOR_CLAIM' END,
  CASE WHEN EXISTS { MATCH (buyer)-[:IN_GROUP]->(:Group)<-[:IN_GROUP]-(:Enterprise {id: $id}) } THEN 'RELATED_PARTY_TRADE' END
] AS gates
WITH nodes, [gate IN gates WHERE gate IS NOT NULL] AS failed WHERE size(failed) > 0
RETURN nodes, failed ORDER BY size(failed), size(nodes), nodes LIMIT 20
"""

TIERS = """
MATCH p = (root:Enterprise {id: $id})<-[:SUPPLIES*1..TIERS]-(s:Enterprise) WHERE s <> root
WITH s, min(length(p)) AS tier
RETURN tier, s.id AS supplier ORDER BY tier, supplier
"""


class CypherQuestions:
    """The drawing of a ground's city, and questions asked of it."""

    def __init__(self, ground: Ground) -> None:
        ground.empty_neo4j()
        knowledge = ground.knowledge
        with Drawing(ground.neo4j.uri) as drawing:
            drawing.draw(knowledge.view(DAY), knowledge.log.log_id, log_is_elsewhere=True)
        # A small city has no record with some of the fields asked for; the server would say so each time.
        self._driver: Driver = GraphDatabase.driver(ground.neo4j.uri, notifications_min_severity="OFF")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.close()

    def paths(self, firm: str, links: int) -> int:
        """How many ways of money were found, at most 20; along supply chains of up to so many links."""
        return self._rows(PATHS.replace("LINKS", str(links)), firm)

    def fundable(self, firm: str, links: int) -> int:
        """One: how much the ways bring together, bounded as the module says."""
        return self._rows(FUNDABLE.replace("LINKS", str(links)), firm)

    def blocked(self, firm: str, links: int) -> int:
        """How many blocked ways were found, at most 20."""
        return self._rows(BLOCKED.replace("LINKS", str(links)), firm)

    def tiers(self, root: str, tiers: int) -> int:
        """How many suppliers there are within so many tiers."""
        return self._rows(TIERS.replace("TIERS", str(tiers)), root)

    def _rows(self, statement: str, identifier: str) -> int:
        with self._driver.session() as session:
            return len(session.run(Query(statement, timeout=TIMEOUT), id=identifier).data())


def ratio(
    name: str, ours: Callable[[str], object], cypher: Callable[[str], object], firms: list[str], ground: Ground
) -> Figure:
    """How many times as long Cypher takes, the two asked in turn; the first firm is asked once before, for plans and caches."""
    ours(firms[0])
    cypher(firms[0])
    mine, theirs = Times(), Times()
    for firm in firms:
        mine += timed(partial(ours, firm))
        theirs += timed(partial(cypher, firm))
    ratios = tuple(other / own for own, other in zip(mine.clock, theirs.clock, strict=True))
    note = f"scale {ground.scale:g}: Cypher {_ms(theirs)}, ours {_ms(mine)}"
    return Figure(name, "×", ratios, None, note)


def _ms(times: Times) -> str:
    slowest = f"{number(1000 * max(times.clock))} ms at worst"
    return f"{number(1000 * median(times.clock))} ms, {slowest}"
