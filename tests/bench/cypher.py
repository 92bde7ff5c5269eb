"""Questions asked in Cypher of the drawing: the ways of money to an enterprise, and the tiers of suppliers.

The ways of money are those of nine techniques, by capacity. They come without gates, and bounded by their own amounts only: neither
what is recorded on links and claims nor shared limits count. That is less than ours answers, of all techniques, so the comparison favours
Cypher.
"""

from __future__ import annotations

from typing import Self

from neo4j import Driver, GraphDatabase, Query

from graph.drawing import Drawing
from tests.bench.ground import DAY, Ground

TIMEOUT = 120.0

PATHS = """
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
WITH nodes, coalesce(o.advanceRate, 1) * tail AS tail, o.maxAmount AS most
WITH nodes, CASE WHEN most < tail THEN most ELSE tail END AS capacity
RETURN nodes, capacity ORDER BY capacity IS NULL, capacity DESC, size(nodes), nodes LIMIT 20
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
        self._driver: Driver = GraphDatabase.driver(ground.neo4j.uri)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.close()

    def paths(self, firm: str, links: int) -> int:
        """How many ways of money were found, at most 20; along supply chains of up to so many links."""
        return self._rows(PATHS.replace("LINKS", str(links)), firm)

    def tiers(self, root: str, tiers: int) -> int:
        """How many suppliers there are within so many tiers."""
        return self._rows(TIERS.replace("TIERS", str(tiers)), root)

    def _rows(self, statement: str, identifier: str) -> int:
        with self._driver.session() as session:
            return len(session.run(Query(statement, timeout=TIMEOUT), id=identifier).data())
