"""How paths are scored, with the weights that a question may set, and the clauses that they are based on, as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import strawberry
from strawberry.types.base import StrawberryOptional

from queries.financing.policy_basis import Clause as Named
from queries.financing.score import DEFAULT, ScoreAspect, Weights
from queries.financing.score import Score as Scored
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.derived import derived, make_input
from schema.types.entity import Entity, entity_of
from schema.types.values import Span, input_field, with_given

code_enum(ScoreAspect)

WEIGHTS: Final = {
    "fill": "min(1, capacity / need)",
    "cost": "All-in cost between costBestBps and costWorstBps",
    "tenor": "Days in common with the need",
    "evidence": "Strength of the evidence",
    "policy": "Whether a measure in force names technique and purpose",
    "risk": "1 − default probability of the obligor after cover",
}
WeightsInput: Final = make_input(
    "WeightsInput",
    [
        *(
            input_field(name, StrawberryOptional(Decimal), f"{about}; left out: {getattr(DEFAULT, name)}")
            for name, about in WEIGHTS.items()
        ),
        input_field(
            "costBestBps",
            StrawberryOptional(Decimal),
            f"Cost up to which its part is 1; left out: {DEFAULT.cost_best_bps}",
        ),
        input_field(
            "costWorstBps",
            StrawberryOptional(Decimal),
            f"Cost from which its part is 0; left out: {DEFAULT.cost_worst_bps}",
        ),
    ],
    "评分权重 · Weights of the parts of a score, 0–1; they must sum to 1",
)


def weights_of(value: Mapping[str, Any] | None) -> Weights:
    """The weights that a WeightsInput states. Raises InvalidInput."""
    return with_given(DEFAULT, value).checked()


@strawberry.type(description="评分项 · One part of a score")
class ScorePart:
    """A part that is known."""

    aspect: ScoreAspect
    utility: Decimal = strawberry.field(description="[0.01–1]")
    weight: Decimal = strawberry.field(description="With the weights of missing parts spread over the rest")


@strawberry.type(description="评分 · Π utility^weight of its parts, 0.01–1, half-even to 6 places")
class Score:
    """How good a path is."""

    value: Decimal
    parts: list[ScorePart]
    missing: list[str] = strawberry.field(
        description="Parts that are not known: left out, their weight spread over the rest"
    )

    @classmethod
    def of(cls, score: Scored | None) -> Score | None:
        """The score as the API shows it."""
        if score is None:
            return None
        parts = [ScorePart(aspect=part.aspect, utility=part.utility, weight=part.weight) for part in score.parts]
        return cls(value=score.value, parts=parts, missing=[aspect.name for aspect in score.missing])


@strawberry.type(description="政策依据 · A measure in force that names the technique, or what the money is for")
class Clause:
    """Where it stands in the policy's text."""

    measure: Any = strawberry.field(graphql_type=derived("Measure"))
    policy: Any = strawberry.field(graphql_type=StrawberryOptional(derived("Policy")))
    number: int = strawberry.field(description="Of the measure")
    span: Span | None = strawberry.field(description="Characters of the loaded text; null: its source has none")
    technique: bool = strawberry.field(description="Whether it names the technique")
    purpose: bool = strawberry.field(description="Whether it names what the need is for")

    @classmethod
    def of(cls, scope: Scope, clause: Named) -> Clause:
        """The clause as the API shows it."""
        return cls(
            measure=Entity(scope, clause.measure),
            policy=entity_of(scope, clause.policy),
            number=clause.number,
            span=clause.span,  # type: ignore[arg-type]
            technique=clause.technique,
            purpose=clause.purpose,
        )
