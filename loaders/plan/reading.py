"""What was read of a text: every item with its place in it, and what the form expects and the text lacks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from loaders.plan.committee import CommitteeRead
from loaders.plan.duties import StatedDuty
from loaders.plan.enumerations import Enumeration
from loaders.plan.figures import Figure
from loaders.plan.goals import Aim
from loaders.plan.header import Header, Stated
from loaders.plan.labels import NumberLabel
from loaders.plan.measures import Measure, Theme
from loaders.plan.names import Mention
from loaders.plan.rules import StatedRule
from loaders.plan.sameness import Candidate
from loaders.plan.text import Span
from loaders.plan.things import Thing
from loaders.plan.units import SetRule, Unit

T = TypeVar("T", bound=Thing)


class Open(Enum):
    """What a text leaves open."""

    THRESHOLD = "THRESHOLD"
    LABEL = "LABEL"
    POOL_SIZE = "POOL_SIZE"
    FUND_SIZE = "FUND_SIZE"
    LIST_MEMBERS = "LIST_MEMBERS"
    UNIT_SET = "UNIT_SET"
    BASELINE = "BASELINE"
    DUE = "DUE"
    PERIOD = "PERIOD"
    LOSS_SHARES = "LOSS_SHARES"
    LEAD = "LEAD"
    APPROVAL_DATE = "APPROVAL_DATE"
    UPPER_POLICY = "UPPER_POLICY"
    ANNOUNCED_POLICY = "ANNOUNCED_POLICY"
    MEMBER_LISTS = "MEMBER_LISTS"
    WORDING = "WORDING"
    CRITERION = "CRITERION"
    SUBJECT = "SUBJECT"
    LEVERAGE = "LEVERAGE"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a text leaves undefined, contradictory or undated. `about`: the name it is about, if it has one."""

    sort: Open
    about: str | None
    text: str
    span: Span
    measure: int | None


class Lack(Enum):
    """What the form of a plan has and a text lacks."""

    EMPTY = "EMPTY"
    DOC_NO = "DOC_NO"
    TITLE = "TITLE"
    ISSUER = "ISSUER"
    DATE = "DATE"
    ADDRESSEES = "ADDRESSEES"
    GOALS = "GOALS"
    THEMES = "THEMES"
    MEASURES = "MEASURES"
    RESPONSIBILITY = "RESPONSIBILITY"
    SEQUENCE = "SEQUENCE"
    COMMITTEE = "COMMITTEE"
    CUT = "CUT"


@dataclass(frozen=True, slots=True)
class Missed:
    """One thing that the form expects and the text lacks, in words, and where it would stand if that is known."""

    lack: Lack
    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit, or a set of units, once: its names over the text and where it is first named."""

    name: str
    aliases: tuple[str, ...]
    unit: Unit
    span: Span

    @property
    def set_rule(self) -> SetRule | None:
        """How a set is filled; None for one unit."""
        return self.unit.set_rule


@dataclass(frozen=True, slots=True)
class PlanReading:
    """All that was read of a text, each part in printed order. `length` is the text's, in characters.

    `figures` are those that the text wants to be reached, with caps, terms and rates; `told` those of which it only tells.
    `references` are other policies by title, `themes` are empty and `missed` says so where the text is no plan.
    """

    length: int
    header: Header
    themes: tuple[Theme, ...]
    measures: tuple[Measure, ...]
    figures: tuple[Figure, ...]
    told: tuple[Figure, ...]
    aims: tuple[Aim, ...]
    rules: tuple[StatedRule, ...]
    principles: tuple[Stated, ...]
    enumerations: tuple[Enumeration, ...]
    mentions: tuple[Mention, ...]
    things: tuple[Thing, ...]
    units: tuple[NamedUnit, ...]
    committee: CommitteeRead | None
    duties: tuple[StatedDuty, ...]
    labels: tuple[NumberLabel, ...]
    references: tuple[Stated, ...]
    candidates: tuple[Candidate, ...]
    questions: tuple[Question, ...]
    missed: tuple[Missed, ...]

    @property
    def is_plan(self) -> bool:
        """True where the text has the form of a plan: measures, and units that answer for them."""
        return any(measure.responsible for measure in self.measures)

    def measure(self, number: int) -> Measure | None:
        """The measure with this number, or None."""
        return next((measure for measure in self.measures if measure.number == number), None)

    def things_of(self, kind: type[T]) -> list[T]:
        """The things of a class, in printed order."""
        return [thing for thing in self.things if isinstance(thing, kind)]
