"""Questions asked in Cypher of the drawing: deep-tier chains, and the tiers of suppliers.

A chain comes with its anchor's programme, product and lender, widest first. It is the question without its gates and without what
is recorded on the links and limits: less than ours answers, so the comparison favours Cypher.
"""

from __future__ import annotations

from typing import Self

from neo4j import Driver, GraphDatabase, Query

from graph.drawing import Drawing
from tests.bench.ground import DAY, Ground

TIMEOUT = 120.0

CHAINS = """
MATCH p = (e:Enterprise {{id: $id}})-[:SUPPLIES*1..{links}]->(a:Enterprise)<-[:ANCHORED_BY]-(g:AnchorProgramme)
          <-[:UNDER]-(o:LoanProduct {{technique: 'DEEP_TIER', status: 'OPEN'}})-[:OFFERED_BY]->(s)
WHERE size(nodes(p)) >= 6 AND (g.maxTier IS NULL OR size(nodes(p)) - 4 <= g.maxTier)
  AND all(n IN nodes(p) WHERE single(m IN nodes(p) WHERE m = n))
WITH p, o, [r IN relationships(p) WHERE type(r) = 'SUPPLIES' |
            r.annualAmount * r.paymentTermDays / 365 * (1 - coalesce(r.dilution, 0))] AS widths
WITH p, o, reduce(least = head(widths), w IN tail(widths) | CASE WHEN w < least THEN w ELSE least END) AS width, size(widths) AS links
WITH p, coalesce(o.advanceRate, 1) * width AS width, o.maxAmount AS most, links
WITH p, CASE WHEN most < width THEN most ELSE width END AS capacity, links
RETURN [n IN nodes(p) | n.id] AS nodes, capacity
ORDER BY capacity IS NULL, capacity DESC, links, nodes LIMIT 20
"""


TIERS = """
MATCH p = (root:Enterprise {{id: $id}})<-[:SUPPLIES*1..{tiers}]-(s:Enterprise) WHERE s <> root
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

    def chains(self, firm: str, links: int) -> int:
        """How many chains of up to so many links were found, at most 20."""
        return self._rows(CHAINS.format(links=links), firm)

    def tiers(self, root: str, tiers: int) -> int:
        """How many suppliers there are within so many tiers."""
        return self._rows(TIERS.format(tiers=tiers), root)

    def _rows(self, statement: str, identifier: str) -> int:
        with self._driver.session() as session:
            return len(session.run(Query(statement, timeout=TIMEOUT), id=identifier).data())
