"""The needs desk: applications and moves, each a small load of its own, committed in groups; what it answers comes from the commit.

Whoever calls waits for its own change to be durable, and while a group is being committed the next one gathers. The desk reads what it
needs of the need itself: it neither waits for a snapshot nor makes one, except to look once more before it says that something is
not there.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace
from typing import Final, cast

from graph.desk_drafts import Draft, NeedAnswer, answered, introduction, moved, submitted
from graph.desk_problems import Problem, ProblemCode
from graph.desk_statements import NEED, DeskStatements
from graph.desk_wishes import Move, Submission
from graph.errors import InvalidInput, NotFound, SourceChanged, StoreUnavailable
from graph.kinds.demand_side import FinancingNeed
from graph.knowledge import Knowledge
from graph.log import SmallLoad

MAX_GROUP: Final = 64
"""Changes that are committed together."""
TRIES: Final = 50
"""How often a group is decided again because other processes changed needs meanwhile."""


@dataclass(eq=False)
class _Waiting:
    """A wish on its way; `enterprise` is the canonical id of who applies."""

    wish: Submission | Move
    enterprise: str = ""
    answer: NeedAnswer | None = None
    error: Exception | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is an answer, or an error."""
        return self.answer is not None or self.error is not None


class Desk:
    """The needs desk of a store. Safe to share between threads; any number of processes may have one each."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._statements = DeskStatements(knowledge.snapshot)
        self._queue: deque[_Waiting] = deque()
        self._turn = threading.Lock()

    def submit(self, wish: Submission) -> NeedAnswer:
        """The need that an application becomes, APPLIED; the same key again gets the same answer, and nothing happens twice.

        Raises StoreError where the store does not answer: send the same key again to learn what became of it.
        """
        problems = tuple(wish.problems(self._knowledge.today()))
        if problems:
            return self._refused(wish, problems)
        try:
            enterprise = self._live(wish.enterprise, "Enterprise")
        except (InvalidInput, NotFound) as exc:
            remedy = "search for it by name or credit code, or load it first"
            return self._refused(
                wish, (Problem(ProblemCode.UNKNOWN_ENTERPRISE, "input.enterprise", exc.message, remedy),)
            )
        return self._done(_Waiting(wish, enterprise))

    def advance(self, wish: Move) -> NeedAnswer:
        """The need after a move. A wrong one, or one that expects another version, changes nothing and says what holds."""
        problems = tuple(wish.problems(self._knowledge.today()))
        if problems:
            return self._refused(wish, problems)
        named: dict[str, tuple[str, ...]] = {}
        for field, ids, kinds in (
            ("recommendedTo", wish.recommended, ("CapitalSource", "LoanProduct")),
            ("contracts", wish.contracts, ("Contract",)),
        ):
            try:
                named[field] = tuple(dict.fromkeys(self._live(one, *kinds) for one in ids))
            except (InvalidInput, NotFound) as exc:
                remedy = "name records of the present view"
                return self._refused(wish, (Problem(ProblemCode.UNKNOWN_RECORD, field, exc.message, remedy),))
        wish = replace(wish, recommended=named["recommendedTo"], contracts=named["contracts"])
        before = self._knowledge.snapshot
        answer = self._done(_Waiting(wish))
        unknown = any(one.code is ProblemCode.UNKNOWN_NEED for one in answer.problems)
        return self._done(_Waiting(wish)) if unknown and self._knowledge.refresh() is not before else answer

    def _refused(self, wish: Submission | Move, problems: tuple[Problem, ...]) -> NeedAnswer:
        """The answer that the wish's key got when there was nothing wrong with it yet (a day has passed, a firm is gone); else these."""
        if wish.key is not None:
            with self._turn:
                self._statements.rebase(self._knowledge.snapshot)
                if self._knowledge.log.head().seq > self._statements.seen:
                    self._read_on()
                known = self._known(wish.need_id) if isinstance(wish, Move) else None
                before = answered(wish, known, self._statements.of(wish.need_id))
            if before is not None and not before.problems:
                return before
        return NeedAnswer(None, 0, problems)

    def _live(self, identifier: str, *kinds: str) -> str:
        """The canonical id of a live record, looked for again in a newer snapshot where it is not there."""
        before, view = self._knowledge.snapshot, self._knowledge.view()
        try:
            return view.id_of(view.require(identifier, *kinds))
        except NotFound:
            if self._knowledge.refresh() is before:
                raise
        view = self._knowledge.view()
        return view.id_of(view.require(identifier, *kinds))

    # committing

    def _done(self, waiting: _Waiting) -> NeedAnswer:
        self._queue.append(waiting)
        while not waiting.is_done:
            with self._turn:
                if not waiting.is_done:
                    self._run(self._next_group())
        if waiting.error is not None:
            raise waiting.error
        assert waiting.answer is not None
        return waiting.answer

    def _next_group(self) -> list[_Waiting]:
        """The next wishes in their order, one a need: what follows of a need waits for what becomes of the first."""
        group: dict[str, _Waiting] = {}
        later: list[_Waiting] = []
        while self._queue and len(group) < MAX_GROUP:
            waiting = self._queue.popleft()
            if waiting.wish.need_id in group:
                later.append(waiting)
            else:
                group[waiting.wish.need_id] = waiting
        self._queue.extendleft(reversed(later))
        return list(group.values())

    def _run(self, group: list[_Waiting]) -> None:
        """Bring every wish of a group to its end."""
        try:
            self._commit(group)
        except BaseException as exc:
            told = exc if isinstance(exc, Exception) else StoreUnavailable("the desk was interrupted; send it again")
            for waiting in group:
                if waiting.answer is None:
                    waiting.error = told
            # What was committed, if anything, is read from the log again.
            self._statements = DeskStatements(self._knowledge.snapshot)
            if told is not exc:
                raise

    def _commit(self, group: list[_Waiting]) -> None:
        left, sure = group, False
        for _ in range(TRIES):
            self._statements.rebase(self._knowledge.snapshot)
            decided = [(waiting, self._decide(waiting)) for waiting in left]
            refused = any(isinstance(what, NeedAnswer) and what.problems for _, what in decided)
            if refused and not sure and self._knowledge.log.head().seq > self._statements.seen:
                # Another process may have made it right.
                self._read_on()
                sure = True
                continue
            for waiting, what in decided:
                if isinstance(what, NeedAnswer):
                    waiting.answer = what
            drafts = [(waiting, what) for waiting, what in decided if isinstance(what, Draft)]
            left = [waiting for waiting, _ in drafts]
            if not drafts:
                return
            try:
                self._write(drafts)
            except SourceChanged:
                self._read_on()
                sure = True
            else:
                return
        raise SourceChanged(f"other desks changed needs {TRIES} times meanwhile; send it again")

    def _decide(self, waiting: _Waiting) -> Draft | NeedAnswer:
        ontology, today = self._knowledge.snapshot.ontology, self._knowledge.today()
        wish = waiting.wish
        if isinstance(wish, Submission):
            return submitted(ontology, wish, waiting.enterprise, self._statements.of(wish.need_id), today)
        known = self._known(wish.need_id)
        if known is not None and known.id != wish.need_id:
            wish = replace(wish, need_id=known.id)
        return moved(ontology, wish, known, self._statements.of(wish.need_id), today)

    def _known(self, need: str) -> FinancingNeed | None:
        """A need as the present view has it; None: it has none."""
        view = self._knowledge.view()
        handle = view.find(need)
        found = view.record(handle) if handle >= 0 and view.has_kind(handle, NEED) else None
        return cast("FinancingNeed | None", found)

    def _write(self, drafts: list[tuple[_Waiting, Draft]]) -> None:
        first = [] if self._statements.begun else [introduction(self._knowledge.snapshot.ontology)]
        loads: list[SmallLoad] = [*first, *(draft.load for _, draft in drafts)]
        done = self._knowledge.log.commit(loads, compared_at=self._statements.seen)
        for (waiting, draft), load in zip(drafts, done[len(first) :], strict=True):
            self._statements.take(load, draft.row)
            waiting.answer = NeedAnswer(draft.need, load.seq)

    def _read_on(self) -> None:
        """Take what other processes stated at the desk since."""
        if not self._statements.read_on(self._knowledge.log, self._knowledge.snapshot.ontology):
            self._knowledge.refresh()
            self._statements = DeskStatements(self._knowledge.snapshot)
