"""A small plan: two measures, a committee with two lists, a pool, a list, a target, and what was recorded of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from graph.kinds.contracts import Loan
from graph.kinds.demand_side import ListedIn, ProjectList
from graph.kinds.parties import Enterprise, GovernmentUnit, Institution, MemberOf, MemberRole, Person, UnitSet
from graph.kinds.policy import (
    Assessment,
    Committee,
    CountsToward,
    Duty,
    HasDuty,
    Measure,
    Mentions,
    Observation,
    OpenQuestion,
    OpenQuestionKind,
    Policy,
    Post,
    Responsibility,
    Rule,
    RuleKind,
    Target,
    TargetKind,
)
from graph.kinds.supply_side import LoanProduct, Pool
from graph.money import Money
from graph.records import Record, Ref, Span
from tests.queries.policy.reforms import unit

POLICY = "policy:河政办〔2024〕1号"
ISSUED = date(2024, 3, 1)


def span(start: int, quote: str) -> Span:
    """The characters from `start` on."""
    return Span(start, start + len(quote), quote)


def measure(number: int, text: str, **fields: object) -> Measure:
    """A measure of the plan."""
    return Measure(
        id=f"measure:{number}",
        policy=Ref(POLICY),
        number=number,
        title=text,
        text=text,
        span=span(100 * number, text),
        valid_from=ISSUED,
        **fields,  # type: ignore[arg-type]
    )


def answers(who: str, number: int, place: int, printed: str, **fields: object) -> Responsibility:
    """An entry of a measure's list."""
    return Responsibility(
        source=Ref(who),
        target=Ref(f"measure:{number}"),
        list_order=place,
        printed=printed,
        span=span(100 * number + 50 + place, printed),
        **fields,  # type: ignore[arg-type]
    )


def member(who: str, of: str, place: int | None = None, **fields: object) -> MemberOf:
    """A member of a list, a committee or a set."""
    return MemberOf(source=Ref(who), target=Ref(of), list_order=place, **fields)  # type: ignore[arg-type]


def named(where: str, what: str, at: int) -> Mentions:
    """A place where the text names something."""
    return Mentions(source=Ref(where), target=Ref(what), at=at, span=span(at, what))


def plan() -> list[Record]:
    """Measure 1: the office, then all member units; measure 2: the bureau and, without an order that a lead follows from, all banks."""
    office, bureau = "governmentUnit:office", "governmentUnit:bureau"
    return [
        Policy(doc_no="河政办〔2024〕1号", title="方案", issued_on=ISSUED, valid_from=ISSUED, span=span(0, "方案")),
        unit("office", short_name="市金融办", aliases=("金融办",)),
        unit("bureau"),
        GovernmentUnit(id="governmentUnit:guild", name="guild"),
        Institution(id="institution:bank", name="河东银行"),
        UnitSet(id="unitSet:members", name="领导小组成员单位", resolved=True),
        UnitSet(id="unitSet:body", name="领导小组成员单位（正文所列）", resolved=False),
        UnitSet(id="unitSet:banks", name="各金融机构", resolved=False),
        measure(1, "用好资金池"),
        measure(2, "编制清单"),
        answers("unitSet:members", 1, 2, "领导小组成员单位"),
        answers(office, 1, 1, "市金融办"),
        answers("unitSet:banks", 2, 2, "各金融机构"),
        answers(bureau, 2, 1, "bureau"),
        Committee(id="committee:group", name="领导小组", policy=Ref(POLICY)),
        member("unitSet:body", "committee:group", 1, printed="office、bureau等"),
        member("unitSet:members", "committee:group", 2, printed="office、bureau、guild"),
        member(office, "unitSet:body", 1, printed="office", span=span(300, "office")),
        member(bureau, "unitSet:body", 2, printed="bureau", span=span(310, "bureau")),
        member(office, "unitSet:members", 1, printed="office", span=span(400, "office")),
        member(bureau, "unitSet:members", 2, printed="bureau", span=span(410, "bureau")),
        member("governmentUnit:guild", "unitSet:members", 3, printed="guild", span=span(420, "guild")),
        Person(id="person:p", name="某人"),
        Post(id="post:head", title="主任", unit=Ref(office), holder=Ref("person:p")),
        member("post:head", "committee:group", 4, role=MemberRole.MEMBER, printed="某人"),
        Duty(id="duty:1", policy=Ref(POLICY), number=1, text="统筹"),
        HasDuty(source=Ref("unitSet:members"), target=Ref("duty:1")),
        Pool(id="pool:p", name="风险池", valid_from=ISSUED),
        LoanProduct(id="loanProduct:t", name="科技贷"),
        ProjectList(id="projectList:l", name="清单", expected_count=2),
        named("measure:1", "pool:p", 110),
        named("measure:1", "pool:p", 105),
        named("measure:2", "projectList:l", 210),
        named("measure:2", "institution:bank", 205),
        Target(
            id="target:1", policy=Ref(POLICY), measure=Ref("measure:1"), number=1, indicator="科技贷款", kind=TargetKind.CUMULATIVE,
            value=Decimal(4), unit="亿元", printed="4亿元", series="tech-loans", subject=Ref("governmentUnit:office"),
            span=span(120, "4亿元"),
        ),
        CountsToward(source=Ref("loanProduct:t"), target=Ref("target:1")),
        Enterprise(id="enterprise:e", name="e"),
        Loan(id="loan:1", borrower=Ref("enterprise:e"), product=Ref("loanProduct:t"), principal=Money.of(100, unit="万元")),
        Loan(id="loan:2", borrower=Ref("enterprise:e"), pool=Ref("pool:p"), principal=Money.of(50, unit="万元")),
        ListedIn(source=Ref("enterprise:e"), target=Ref("projectList:l")),
        Observation(id="observation:2", subject=Ref("governmentUnit:office"), series="tech-loans", period="2025", value=Decimal(2)),
        Observation(id="observation:1", subject=Ref("governmentUnit:office"), series="tech-loans", period="2024", value=Decimal(1)),
        Observation(id="observation:3", subject=Ref("governmentUnit:office"), series="other", period="2024", value=Decimal(9)),
        Observation(id="observation:4", subject=Ref("pool:p"), series="balance", period="2024", value=Decimal(7)),
        Assessment(id="assessment:1", unit=Ref(office), measure=Ref("measure:1"), period="2024", score=Decimal(90)),
        Rule(
            id="rule:trigger", kind=RuleKind.SYNDICATION_TRIGGER, name="银团", policy=Ref(POLICY), measure=Ref("measure:2"),
            stated_in_source=False, span=span(220, "超过一定数量的，以银团贷款"),
        ),
        _question(1, OpenQuestionKind.POOL_SIZE, span(105, "pool:p"), about=Ref("pool:p")),
        _question(2, OpenQuestionKind.BASELINE, span(120, "4亿元")),
        _question(3, OpenQuestionKind.LIST_MEMBERS, span(210, "清单"), about=Ref("projectList:l")),
        _question(4, OpenQuestionKind.THRESHOLD, span(222, "一定数量")),
        _question(5, OpenQuestionKind.UNIT_SET, span(252, "各金融机构"), about=Ref("unitSet:banks")),
        _question(6, OpenQuestionKind.LEAD, span(151, "市金融办")),
    ]  # fmt: skip


def _question(number: int, kind: OpenQuestionKind, at: Span, **fields: object) -> OpenQuestion:
    return OpenQuestion(
        id=f"openQuestion:{number}",
        policy=Ref(POLICY),
        number=number,
        kind=kind,
        text=kind.zh,
        span=at,
        **fields,  # type: ignore[arg-type]
    )
