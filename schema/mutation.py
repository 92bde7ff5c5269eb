"""Mutations: the needs desk. What the caller can mend comes back as problems; what it cannot is an error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import strawberry
from strawberry.types.base import StrawberryOptional

from graph.desk_drafts import NeedAnswer
from graph.desk_problems import Problem as DeskProblem
from graph.desk_problems import ProblemCode
from graph.desk_wishes import Move, Submission
from graph.errors import InvalidInput
from graph.kinds.demand_side import NeedStatus
from graph.kinds.terms import Instrument
from graph.money import CNY, MINOR_PER_MAJOR, Money
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.committed import CommittedNeed
from schema.types.derived import derived, make_enum, make_input, question
from schema.types.financing_questions import NeedInstrument
from schema.types.values import MoneyInput, input_field

ANYBODY: Final = "api"
"""Who acts where nobody is named."""

make_enum(ProblemCode, "ProblemCode", "问题代码 · What is wrong, stable", {one.name: one.value for one in ProblemCode})
code_enum(NeedStatus)

NeedSubmission: Final = make_input(
    "NeedSubmission",
    [
        input_field("enterprise", strawberry.ID, "Who asks"),
        input_field("amount", MoneyInput, "Above 0"),
        input_field("instrument", code_enum(NeedInstrument), "What it asks for"),
        input_field("purpose", str, "What the money is for, in words"),
        input_field("tenorMinDays", StrawberryOptional(int), "Shortest tenor that helps"),
        input_field("tenorMaxDays", StrawberryOptional(int), "Longest"),
        input_field("neededBy", StrawberryOptional(date), "Day by which it is needed; today or later"),
        input_field("note", StrawberryOptional(str), "For whoever reads the history"),
    ],
    "融资申请 · An application for money",
)


@strawberry.type(description="问题 · What is wrong with what was asked, and what to do about it")
class Problem:
    """What `graph.desk_problems.Problem` answers."""

    code: ProblemCode
    field: str | None = strawberry.field(description="The argument that it is about; null: the whole")
    message: str
    remedy: str | None

    @classmethod
    def of(cls, problem: DeskProblem) -> Problem:
        """The problem as the API shows it."""
        return cls(code=problem.code, field=problem.field, message=problem.message, remedy=problem.remedy)


@strawberry.type(description="办理结果 · The need after a change, from its commit; with problems nothing was changed")
class NeedPayload:
    """An answer of the desk."""

    need: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("FinancingNeed")),
        description="With problems: as it stands, where there is one",
    )
    version: int | None = strawberry.field(
        description="What the next move has to expect; null: there is no need, or nothing was stated of it at the desk"
    )
    moves: list[NeedStatus] = strawberry.field(description="可变更状态 · The states that it may move to now")
    problems: list[Problem] = strawberry.field(description="Empty: it is done")

    @classmethod
    def of(cls, scope: Scope, answer: NeedAnswer) -> NeedPayload:
        """The answer as the API shows it."""
        return cls(
            need=None if answer.need is None else CommittedNeed(scope, answer),
            version=None if answer.need is None else answer.version,
            moves=list(answer.moves),
            problems=[Problem.of(problem) for problem in answer.problems],
        )


@strawberry.type
class DeskMutations:
    """The mutations of the needs desk."""

    @question(
        description="提交融资需求 · An application, APPLIED. The same idempotencyKey again: the same answer, nothing twice; with other "
        "content it is a problem. `actor`: who applies, for the history"
    )
    def submit_need(
        self,
        parent: strawberry.Parent[Scope],
        input: NeedSubmission,  # type: ignore[valid-type]
        idempotency_key: str,
        actor: str = ANYBODY,
    ) -> NeedPayload:
        parent.check()
        try:
            amount = _money(input["amount"])  # type: ignore[index]
        except InvalidInput as exc:
            problem = DeskProblem(ProblemCode.BAD_AMOUNT, "input.amount", exc.message, "give it in 元, exact to 分")
            return NeedPayload.of(parent, NeedAnswer(None, 0, (problem,)))
        wish = _submission(input, amount, idempotency_key, actor)
        return NeedPayload.of(parent, parent.service.desk.submit(wish))

    @question(
        description="变更需求状态 · A move to another state. A wrong one names the moves allowed, a stale expectedVersion the present one. "
        "`recommendedTo`: with RECOMMENDED, the sources of capital and loan products that it is put before; `contracts`: with FUNDED, "
        "what funds it; `idempotencyKey`: the same again, the same answer"
    )
    def advance_need(
        self,
        parent: strawberry.Parent[Scope],
        id: strawberry.ID,
        to: NeedStatus,
        expected_version: int,
        note: str | None = None,
        actor: str = ANYBODY,
        idempotency_key: str | None = None,
        recommended_to: list[strawberry.ID] | None = None,
        contracts: list[strawberry.ID] | None = None,
    ) -> NeedPayload:
        parent.check()
        wish = Move(
            str(id),
            to,
            expected_version,
            actor,
            note or "",
            idempotency_key,
            tuple(recommended_to or ()),
            tuple(contracts or ()),
        )
        return NeedPayload.of(parent, parent.service.desk.advance(wish))


def _submission(value: Mapping[str, Any], amount: Money, key: str, actor: str) -> Submission:
    return Submission(
        enterprise=str(value["enterprise"]),
        amount=amount,
        instrument=Instrument[value["instrument"].name],
        purpose=value["purpose"],
        key=key,
        actor=actor,
        tenor_min_days=value.get("tenorMinDays"),
        tenor_max_days=value.get("tenorMaxDays"),
        needed_by=value.get("neededBy"),
        note=value.get("note") or "",
    )


def _money(value: Mapping[str, Any]) -> Money:
    """The amount, of any size: what is too much is a problem like others. Raises InvalidInput where it is finer than 分."""
    amount: Decimal = value["amount"]
    try:
        minor = amount * MINOR_PER_MAJOR
        whole = minor == minor.to_integral_value()
    except InvalidOperation:
        whole = False
    if not whole:
        raise InvalidInput(f"input.amount is {amount}, which is finer than 分 or beyond all money")
    currency = value.get("currency") or CNY
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise InvalidInput(f"input.amount.currency is {currency[:20]!r}, which is no code of ISO 4217 such as {CNY}")
    return Money(int(minor), currency)
