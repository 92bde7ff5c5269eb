"""Words as a tree from the beneficiary on: what several words walk alike is walked once, whatever their techniques."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from queries.financing.search.screens import shared_by
from queries.financing.search.walking import ANY, technique_code
from queries.financing.spines import Held, Spine, Step
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.terms import Gate

Word = tuple[TechniqueRow, Spine]


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """How some words take a step: they come to the same layer. `row` and `spine` are those of the first of them.

    `technique` by code, ANY where the step does not ask. `rest` the steps that must still come. Of a step that is walked: `most` times
    at most, `apart` from firms under one control, `toward` what all of them go on to.
    """

    row: TechniqueRow
    spine: Spine
    technique: int
    rest: int
    most: int
    apart: bool
    toward: Held | None
    then: Fork


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A step that words take from one layer, and how."""

    step: Step
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fork:
    """Where words stand on one layer: those that are complete, and the steps that the others take next."""

    complete: tuple[Word, ...]
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True, eq=False)
class WordTree:
    """All words from the beneficiary on. `is_cut`: some have more steps than are allowed and are not in it."""

    root: Fork
    is_cut: bool


@lru_cache(maxsize=256)
def word_tree(words: tuple[Word, ...], max_steps: int) -> WordTree:
    """The tree of these words with at most so many steps; there are few sets of words, and each is laid out once."""
    short = [word for word in words if sum(step.least for step in word[1].word) <= max_steps]
    return WordTree(_fork(short, 0, max_steps, None), len(short) < len(words))


def _fork(words: list[Word], done: int, room: int, repeated: Step | None) -> Fork:
    """Where words stand once `done` of their steps are walked, and there is `room` for more; `repeated` the last that was."""
    branches: dict[Step, list[Word]] = {}
    for row, spine in words:
        if done < len(spine.word):
            branches.setdefault(spine.word[-1 - done], []).append((row, spine))
    return Fork(
        tuple((row, spine) for row, spine in words if done == len(spine.word)),
        tuple(Branch(step, tuple(_ways(step, some, done, room, repeated))) for step, some in branches.items()),
    )


def _ways(step: Step, words: list[Word], done: int, room: int, repeated: Step | None) -> Iterator[Way]:
    alike: dict[object, list[Word]] = {}
    for row, spine in words:
        technique = technique_code(row.technique) if step.of_technique else ANY
        rest = spine.rest(done)
        # After a repeated step, how much room there is depends on how often it was taken.
        turns = min(step.most, room - rest) if repeated is None else rest
        key = (turns, Gate.RELATED_PARTY_TRADE in spine.gates) if is_walked(step) else shared_by(row, spine, step)
        alike.setdefault((technique, key), []).append((row, spine))
    for some in alike.values():
        row, spine = some[0]
        onward = {spine.word[-2 - done].back if len(spine.word) > done + 1 else None for _, spine in some}
        toward = onward.pop() if len(onward) == 1 and step.repeated else None
        yield Way(
            row,
            spine,
            technique_code(row.technique) if step.of_technique else ANY,
            spine.rest(done),
            min(step.most, room - spine.rest(done)),
            Gate.RELATED_PARTY_TRADE in spine.gates,
            toward if isinstance(toward, Held) else None,
            _fork(some, done + 1, room - step.least, step if step.repeated else repeated),
        )


def is_walked(step: Step) -> bool:
    """Whether a step is walked over and over, or over links of a trade, which are measured."""
    return step.repeated or step.sells
