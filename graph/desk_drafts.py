"""What becomes of a wish at the desk, given what is stated: a small load to commit, an answer given before, or a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Final

from graph.blocks import ID, encode_row
from graph.desk_problems import Problem, ProblemCode
from graph.desk_statements import DESK, NEED, Stated, standing
from graph.desk_wishes import Move, Submission, digest
from graph.kinds.demand_side import FinancingNeed, Fulfils, NeedStatus, RecommendedTo
from graph.kinds.identity import Dataset
from graph.log import Counts, LoadHeader, SmallLoad
from graph.need_moves import FIRST, moves_from
from graph.ontology import Ontology
from graph.records import Record, Ref
from graph.values import columns_of

ABOUT_THE_DESK: Final = Dataset(id=f"dataset:{DESK}", name="融资需求台", reliability=Decimal(1))
"""What the desk states of itself with its first load: what is decided there is what holds."""


@dataclass(frozen=True, slots=True)
class NeedAnswer:
    """What the desk answers.

    `need` as it stands after the change, or, with problems, as it stands (None: there is none); `version` the number of the load by
    which the desk stated it last, 0: the desk has not.
    """

    need: FinancingNeed | None
    version: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def moves(self) -> tuple[NeedStatus, ...]:
        """The states that the need may move to now."""
        return () if self.need is None else moves_from(self.need.status)


@dataclass(frozen=True, slots=True)
class Draft:
    """A load that would do what is wished: `row` is what the desk then states of the need, `need` the need with all that is known."""

    load: SmallLoad
    row: FinancingNeed
    need: FinancingNeed


def introduction(ontology: Ontology) -> SmallLoad:
    """The load by which the desk states what it is."""
    return _load(ontology, LoadHeader(DESK, DESK, ("Dataset",)), [ABOUT_THE_DESK])


def submitted(
    ontology: Ontology, wish: Submission, enterprise: str, stated: Sequence[Stated], today: date
) -> Draft | NeedAnswer:
    """What becomes of an application by the live enterprise with this id; `stated` is what the desk states under its key's need."""
    before = answered(wish, None, stated)
    if before is not None:
        return before
    need = FinancingNeed(
        id=wish.need_id,
        enterprise=Ref(enterprise),
        amount=wish.amount,
        instrument=wish.instrument,
        purpose=wish.purpose.strip(),
        tenor_min_days=wish.tenor_min_days,
        tenor_max_days=wish.tenor_max_days,
        needed_by=wish.needed_by,
        submitted_on=today,
        status=FIRST,
        valid_from=today,
    )
    header = LoadHeader(
        DESK, wish.actor.strip(), (NEED,), scope=_scope(wish.key), input_hash=wish.content, note=wish.note
    )
    return Draft(_load(ontology, header, [need]), need, need)


def moved(
    ontology: Ontology, wish: Move, known: FinancingNeed | None, stated: Sequence[Stated], today: date
) -> Draft | NeedAnswer:
    """What becomes of a move. `known` is the need as a view has it (None: it has none), `stated` what the desk states of it."""
    before = answered(wish, known, stated)
    if before is not None:
        return before
    last = standing(stated)
    need = _whole(known, last)
    if need is None:
        message = f"there is no financing need {wish.need_id}"
        remedy = "look it up among financingNeeds, or submit it"
        return NeedAnswer(None, 0, (Problem(ProblemCode.UNKNOWN_NEED, "id", message, remedy),))
    version = 0 if last is None else last.seq
    if wish.expected != version:
        now = "not stated" if need.status is None else need.status.name
        by = "" if last is None else f" since {last.header.actor} changed it"
        message = f"{wish.need_id} is at version {version}{by}, not at {wish.expected}; its status is {now}"
        remedy = f"look at it again and expect version {version}"
        return NeedAnswer(need, version, (Problem(ProblemCode.STALE_VERSION, "expectedVersion", message, remedy),))
    allowed = moves_from(need.status)
    if wish.to not in allowed:
        return NeedAnswer(need, version, (_wrong_move(need, wish.to, allowed),))
    day = max(today, last.need.valid_from or today) if last is not None else today
    row = replace(last.need, status=wish.to, valid_from=day) if last is not None else _bare(wish, day)
    links: list[Record] = [
        *(RecommendedTo(source=Ref(need.id), target=Ref(target), on=today) for target in wish.recommended),
        *(Fulfils(source=Ref(contract), target=Ref(need.id)) for contract in wish.contracts),
    ]
    kinds = tuple(dict.fromkeys(type(one).__name__ for one in (row, *links)))
    scope = "" if wish.key is None else _scope(wish.key)
    header = LoadHeader(DESK, wish.actor.strip(), kinds, scope=scope, input_hash=wish.content, note=wish.note)
    return Draft(
        _load(ontology, header, [row, *links]), row, replace(need, status=wish.to, valid_from=day, valid_to=None)
    )


def answered(wish: Submission | Move, known: FinancingNeed | None, stated: Sequence[Stated]) -> NeedAnswer | None:
    """What the wish's key is answered with because it was used before; None: it was not."""
    if isinstance(wish, Submission):
        return _again(wish.content, stated[0], known) if stated else None
    if wish.key is None:
        return None
    before = next((one for one in stated if one.header.scope == _scope(wish.key)), None)
    return None if before is None else _again(wish.content, before, known)


def _again(content: str, before: Stated, known: FinancingNeed | None) -> NeedAnswer:
    """The answer that the same key got, or that it came with other content."""
    if before.header.input_hash == content:
        return NeedAnswer(_whole(known, before), before.seq)
    message = f"idempotencyKey was used before, by {before.header.actor}, with other content, for {before.need.id}"
    problem = Problem(ProblemCode.KEY_REUSED, "idempotencyKey", message, "send what is new under a new key")
    return NeedAnswer(None, 0, (problem,))


def _wrong_move(need: FinancingNeed, to: NeedStatus, allowed: Sequence[NeedStatus]) -> Problem:
    now = "has no stated status" if need.status is None else f"is {need.status.name}"
    names = ", ".join(one.name for one in allowed)
    remedy = f"move it to one of {names}" if names else "submit a new need; this one is closed"
    may = f"it may move to {names}" if names else "it moves no more"
    message = f"{need.id} {now} and may not move to {to.name}; {may}"
    return Problem(ProblemCode.WRONG_MOVE, "to", message, remedy)


def _whole(known: FinancingNeed | None, last: Stated | None) -> FinancingNeed | None:
    """The need with all that is known of it: what the desk states holds, others fill in what it does not state."""
    if last is None:
        return known
    own = {one.name: getattr(last.need, one.name) for one in fields(FinancingNeed)}
    if known is None:
        return last.need if own["enterprise"] is not None else None
    return replace(known, **{name: value for name, value in own.items() if value is not None})


def _bare(wish: Move, day: date) -> FinancingNeed:
    """The desk's row of a need that another dataset states: the status, and nothing that is not the desk's to say."""
    values = dict.fromkeys(("enterprise", "amount", "instrument"))
    return FinancingNeed(id=wish.need_id, status=wish.to, valid_from=day, **values)  # type: ignore[arg-type]  # others state them


def _scope(key: str) -> str:
    return f"key {digest(key)[:24]}"


def _load(ontology: Ontology, header: LoadHeader, records: Sequence[Record]) -> SmallLoad:
    blocks = []
    for record in records:
        kind = ontology[type(record).__name__]
        row = columns_of(kind, record) | ({} if kind.is_link else {ID: record.id})
        blocks.append((kind.name, encode_row(kind, row), 1))
    return SmallLoad(header, tuple(blocks), Counts(stated=len(blocks)))
