"""How much more flows in all if one fund is laid out otherwise: exact, from the flow that is there.

Let the new part of a fund let through at least what the fund passes on now. Then the present flow, with the fund's share of it carried by
the new part, is a flow of the changed network too, and the maximum of that exceeds it by the maximum flow of its residual network. Every
simple path there from the source to an unmet leaf runs through the new part, for without it there would have been one before. So it lies
in what the source reaches (S) and leads to the part, what the part leads to and leads to an unmet leaf (T), and what lies between two
visits of the part; only that is solved. Two bounds often agree before: what the part can bring to leaves still open, with all that others
take over from it at once, and what could pass through it if nothing were bounded beyond.
"""

from __future__ import annotations

import numpy as np

from queries.coverage.allocation import given_down
from queries.coverage.max_flow import Arcs, max_flow
from queries.coverage.network import SOURCE, CoverageNetwork, Flags, Ints, LeafEdges, spans
from queries.coverage.residual import Residual, flow_of


class MoreFlow:
    """A maximum flow, asked what more would flow. `into`: the edges of its network by leaf."""

    def __init__(self, residual: Residual, into: LeafEdges) -> None:
        network = self.network = residual.network
        self.residual, self.into = residual, into
        nodes = len(network.size)
        self.open = network.unmet - residual.amount
        self.gap = int(self.open.sum())
        self.node_start = np.searchsorted(network.node, np.arange(nodes + 1))
        self.inner = np.flatnonzero(network.fed_by != SOURCE)
        fund = network.fund
        self.by_fund = np.argsort(fund, kind="stable")
        self.fund_start = np.searchsorted(fund[self.by_fund], np.arange(nodes + 1))
        self.by_above = self.inner[np.argsort(network.fed_by[self.inner], kind="stable")]
        self.above_start = np.searchsorted(network.fed_by[self.by_above], np.arange(nodes + 1))
        self.rich_node, self.rich_leaf = residual.from_source()
        # Nodes to which money can come straight down from their funds.
        self.gives = residual.spare > 0
        for below in network.levels():
            self.gives[below] &= self.gives[network.fed_by[below]]
        self.lacking_node, self.lacking_leaf = residual.before(self.open > 0)

    def nodes_of(self, fund: int) -> Ints:
        """The nodes of a fund: itself, its shares and its caps."""
        return self.by_fund[self.fund_start[fund] : self.fund_start[fund + 1]]

    def can_spend(self, fund: int) -> bool:
        """Whether money could be found for it to spend otherwise: its own, or what others take off its hands."""
        return bool(self.rich_node[self.nodes_of(fund)].any())

    def part_of(self, fund: int, more: int) -> CoverageNetwork:
        """The fund alone as it is, with `more` money."""
        network, nodes = self.network, self.nodes_of(fund)
        number = np.full(len(network.size), SOURCE)
        number[nodes] = np.arange(len(nodes))
        edges = spans(self.node_start, nodes)
        size = network.size[nodes].copy()
        size[0] += more
        above = network.fed_by[nodes]
        return CoverageNetwork(
            network.unmet,
            np.where(above == SOURCE, SOURCE, number[above]),
            size,
            number[network.node[edges]],
            network.leaf[edges],
            network.cap[edges],
        )

    def closes(self, fund: int | None, part: CoverageNetwork, at_most: int | None = None) -> int:
        """What more would flow, in 分, with this part in place of a fund's, or beside all of them (None).

        part: one fund, over the leaves of this network; every size stated. at_most: a bound that is known otherwise. Where the part lets
        through less than the fund passes on now, all is solved anew, and the answer may be negative.
        """
        nodes = np.zeros(0, np.int64) if fund is None else self.nodes_of(fund)
        edges = spans(self.node_start, nodes)
        edges = edges[self.residual.flow[edges] > 0]
        ends = np.union1d(part.leaf[part.cap > 0], self.network.leaf[edges])
        local = CoverageNetwork(
            self.network.unmet[ends],
            part.fed_by,
            part.size,
            part.node[part.cap > 0],
            np.searchsorted(ends, part.leaf[part.cap > 0]),
            part.cap[part.cap > 0],
        )
        had = np.zeros(len(ends), np.int64)
        np.add.at(had, np.searchsorted(ends, self.network.leaf[edges]), self.residual.flow[edges])
        given = int(had.sum())
        held = flow_of(local, had)
        if int(held.amount.sum()) < given:
            return self._anew(nodes, part)
        most = min(
            self.gap if at_most is None else min(self.gap, at_most),
            int(part.size[0]) - given + int(had[self.rich_leaf[ends]].sum()),
        )
        if most <= 0 or not self.lacking_leaf[ends].any():
            return 0
        most = self._bound(held, ends, most)
        if not most:
            return 0
        if int(flow_of(local, had + self.open[ends]).amount.sum()) - given == most:
            return most
        taken = self._taken_over(nodes, ends, had)
        if int(flow_of(local, had - taken + self.open[ends]).amount.sum() + taken.sum()) - given == most:
            return most
        return self._solved(nodes, ends, held, most)

    def _bound(self, part: Residual, ends: Ints, most: int) -> int:
        """The most that can flow through the part from its own money, and from leaves that the source reaches, to leaves that lack.

        Beyond the part nothing is bounded: what it had at the first is taken over, what comes to the second goes on. Other leaves lead
        from one of them to another at most, and are one vertex here.
        """
        network = part.network
        nodes, leaves = len(part.spare), len(ends)
        hub, source, sink = nodes + leaves, nodes + leaves + 1, nodes + leaves + 2
        rich, lacking = self.rich_leaf[ends], self.lacking_leaf[ends]
        vertex = np.where(rich | lacking, nodes + np.arange(leaves), hub)
        inner, root = np.flatnonzero(network.fed_by != SOURCE), np.flatnonzero(network.fed_by == SOURCE)
        up = np.concatenate([network.fed_by[inner], network.node])
        down = np.concatenate([inner, vertex[network.leaf]])
        at_rich, at_lacking = np.flatnonzero(rich), np.flatnonzero(lacking)
        had = part.amount
        tail = [np.full(len(root), source), up, down, np.full(len(at_rich), source), vertex[at_lacking]]
        head = [root, down, up, vertex[at_rich], np.full(len(at_lacking), sink)]
        ahead = np.concatenate([part.spare[inner], part.room])
        back = np.concatenate([part.passed[inner], part.flow])
        capacity = [part.spare[root], ahead, back, had[at_rich], np.full(len(at_lacking), most)]
        columns = [np.concatenate(column) for column in (tail, head, capacity)]
        used = columns[2] > 0
        carried, _ = max_flow(Arcs(sink + 1, *(column[used] for column in columns)), most)
        return min(most, int(carried[columns[1][used] == sink].sum()))

    def _taken_over(self, without: Ints, ends: Ints, had: Ints) -> Ints:
        """By leaf, how much of what it had from the nodes left out others give at once: out of money that they have left, to the leaf."""
        network, residual = self.network, self.residual
        wanted = np.flatnonzero((had > 0) & self.rich_leaf[ends])
        edges = self.into.into(ends[wanted])
        end = np.repeat(np.arange(len(wanted)), np.diff(self.into.start)[ends[wanted]])
        gives = (residual.room_of(edges) > 0) & self.gives[network.node[edges]] & ~np.isin(network.node[edges], without)
        edges, end = edges[gives], end[gives]
        taken = np.zeros(len(ends), np.int64)
        if not len(edges):
            return taken
        taken[wanted] = given_down(network, residual.spare, edges, residual.room_of(edges), end, had[wanted])
        return taken

    def _anew(self, without: Ints, part: CoverageNetwork) -> int:
        """The same by a second full solution."""
        network = self.network
        kept = np.setdiff1d(np.arange(len(network.size)), without)
        number = np.full(len(network.size), SOURCE)
        number[kept] = np.arange(len(kept))
        edges = spans(self.node_start, kept)
        above, own = network.fed_by[kept], part.fed_by
        changed = CoverageNetwork(
            network.unmet,
            np.concatenate(
                [np.where(above == SOURCE, SOURCE, number[above]), np.where(own == SOURCE, SOURCE, len(kept) + own)]
            ),
            np.concatenate([network.size[kept], part.size]),
            np.concatenate([number[network.node[edges]], len(kept) + part.node]),
            np.concatenate([network.leaf[edges], part.leaf]),
            np.concatenate([network.cap[edges], part.cap]),
        )
        return int(flow_of(changed, network.unmet).amount.sum() - self.residual.amount.sum())

    def _solved(self, without: Ints, ends: Ints, part: Residual, most: int) -> int:
        """The maximum flow of the residual network in which `part`, over the leaves `ends`, stands for some nodes."""
        absent = np.zeros(len(self.network.size), np.bool_)
        absent[without] = True
        after_node, after_leaf = self._closure(ends, absent, onward=True)
        before_node, before_leaf = self._closure(ends[part.amount > 0], absent, onward=False)
        nodes = (self.rich_node | after_node) & (self.lacking_node | before_node) & ~absent
        leaves = (self.rich_leaf | after_leaf) & (self.lacking_leaf | before_leaf)
        leaves[ends] = True
        return self._flow(np.flatnonzero(nodes), np.flatnonzero(leaves), ends, part, most)

    def _closure(self, leaves: Ints, absent: Flags, *, onward: bool) -> tuple[Flags, Flags]:
        """(nodes, leaves) that lie after some leaves in the residual network, or before them, without those absent."""
        network, residual = self.network, self.residual
        seen_node, seen_leaf = absent.copy(), np.zeros(len(network.unmet), np.bool_)
        seen_leaf[leaves] = True
        # Onward an edge is walked from its leaf to its node against the flow on it, from its node to its leaf where there is room.
        flow_of_some = residual.flow.__getitem__
        up, down = (flow_of_some, residual.room_of) if onward else (residual.room_of, flow_of_some)
        to_above, to_below = (residual.passed, residual.spare) if onward else (residual.spare, residual.passed)
        while len(leaves):
            edges = self.into.into(leaves)
            nodes = np.unique(network.node[edges[up(edges) > 0]])
            found = [nodes := nodes[~seen_node[nodes]]]
            seen_node[nodes] = True
            while len(self.inner) and len(nodes):
                above = network.fed_by[nodes]
                above = above[(above != SOURCE) & (to_above[nodes] > 0)]
                below = self.by_above[spans(self.above_start, nodes)]
                nodes = np.unique(np.concatenate([above, below[to_below[below] > 0]]))
                nodes = nodes[~seen_node[nodes]]
                seen_node[nodes] = True
                found.append(nodes)
            edges = spans(self.node_start, np.concatenate(found))
            leaves = np.unique(network.leaf[edges[down(edges) > 0]])
            leaves = leaves[~seen_leaf[leaves]]
            seen_leaf[leaves] = True
        return seen_node & ~absent, seen_leaf

    def _flow(self, nodes: Ints, leaves: Ints, ends: Ints, part: Residual, most: int) -> int:
        """The maximum flow over some nodes and leaves of the residual network, and the part."""
        network, residual = self.network, self.residual
        at_node, at_leaf = np.full(len(network.size), -1), np.full(len(network.unmet), -1)
        at_node[nodes] = np.arange(len(nodes))
        at_leaf[leaves] = len(nodes) + np.arange(len(leaves))
        first = len(nodes) + len(leaves)
        source = first + len(part.spare)
        edges = spans(self.node_start, nodes)
        edges = edges[at_leaf[network.leaf[edges]] >= 0]
        inner = nodes[network.fed_by[nodes] != SOURCE]
        inner = inner[at_node[network.fed_by[inner]] >= 0]
        roots = nodes[network.fed_by[nodes] == SOURCE]
        own = np.flatnonzero(part.network.fed_by != SOURCE)
        own_roots = np.flatnonzero(part.network.fed_by == SOURCE)
        tail = [at_node[network.node[edges]], at_node[network.fed_by[inner]]]
        head = [at_leaf[network.leaf[edges]], at_node[inner]]
        tail += [first + part.network.node, first + part.network.fed_by[own]]
        head += [at_leaf[ends[part.network.leaf]], first + own]
        ahead = np.concatenate([residual.room_of(edges), residual.spare[inner], part.room, part.spare[own]])
        back = np.concatenate([residual.flow[edges], residual.passed[inner], part.flow, part.passed[own]])
        up, down = np.concatenate(tail), np.concatenate(head)
        arcs = [
            (up, down, ahead),
            (down, up, back),
            (np.full(len(roots), source), at_node[roots], residual.spare[roots]),
            (np.full(len(own_roots), source), first + own_roots, part.spare[own_roots]),
            (at_leaf[leaves], np.full(len(leaves), source + 1), self.open[leaves]),
        ]
        columns = [np.concatenate(column) for column in zip(*arcs, strict=True)]
        used = columns[2] > 0
        carried, _ = max_flow(Arcs(source + 2, *(column[used] for column in columns)), most)
        return int(carried[columns[1][used] == source + 1].sum())
