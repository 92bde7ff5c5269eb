"""Which blocks a compaction merges: few transactions, none of which covers so many loads that mutations wait for it."""

from graph.compaction import MAX_LOADS, SMALL_ROWS, plan_merges
from graph.log import EPOCH, BlockRef, Counts, Load, LoadHeader

HEADER = LoadHeader("needs-desk", "tests", ("FinancingNeed",))


def loads_of(rows: list[dict[str, int]]) -> list[Load]:
    """Loads with so many rows in each block, by its name."""
    return [
        Load(
            seq,
            f"load {seq}",
            EPOCH,
            HEADER,
            Counts(stated=sum(blocks.values())),
            tuple(BlockRef(name, "FinancingNeed", count) for name, count in blocks.items()),
            sum(blocks.values()),
        )
        for seq, blocks in enumerate(rows, start=1)
    ]


def test_many_mutations_are_merged_in_parts() -> None:
    merges = plan_merges(loads_of([{f"block {number // 16}": 1} for number in range(5 * MAX_LOADS)]))
    assert [len(merge.rows) for merge in merges] == [MAX_LOADS] * 5
    assert sum(len(merge.seqs) for merge in merges) == 5 * MAX_LOADS // 16


def test_what_covers_so_many_loads_is_left_alone() -> None:
    full = [{"full": 1} for _ in range(MAX_LOADS)]
    assert plan_merges(loads_of(full)) == []
    [merge] = plan_merges(loads_of([*full, {"a": 1}, {"b": 1}]))
    assert list(merge.seqs) == ["a", "b"]


def test_what_is_not_full_is_merged_with_what_comes() -> None:
    [merge] = plan_merges(loads_of([*({"part": 1} for _ in range(MAX_LOADS - 1)), {"a": 1}, {"b": 1}]))
    assert list(merge.seqs) == ["part", "a"]


def test_large_blocks_are_left_alone() -> None:
    assert plan_merges(loads_of([{"a": SMALL_ROWS}, {"b": SMALL_ROWS}])) == []
